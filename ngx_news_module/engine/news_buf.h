
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_BUF_H_INCLUDED_
#define _NEWS_BUF_H_INCLUDED_


#include <string.h>

#include "news_arena.h"


/* a borrowed slice: bytes owned by somebody else, no terminating zero */

typedef struct {
    const unsigned char  *data;
    size_t                len;
} news_str_t;


#define news_string(s)  { (const unsigned char *) (s), sizeof(s) - 1 }


/*
 * A growing buffer in an arena.  A failed append sets "failed", and all later
 * ones do nothing: a writer appends freely and tests "failed" once, at the
 * end.
 */

typedef struct {
    unsigned char  *data;
    size_t          len;
    size_t          size;     /* bytes allocated */
    news_arena_t   *arena;
    unsigned        failed:1;
} news_buf_t;


news_str_t news_str(const char *s);                 /* of a C string */
news_str_t news_str_n(const void *data, size_t len);
int news_str_eq(news_str_t a, news_str_t b);        /* 1 when equal */
int news_str_eqz(news_str_t a, const char *s);      /* with a C string */
int news_str_caseeqz(news_str_t a, const char *s);  /* ASCII case folded;
                                                       "s" in lower case */

/* cuts ASCII blanks, line ends included, from both ends */

news_str_t news_str_trim(news_str_t s);

/* a copy in the arena, followed by a zero byte; .data is NULL on failure */

news_str_t news_str_dup(news_arena_t *a, news_str_t s);


/* "hint" is the size to start with in bytes; nothing can fail here */

void news_buf_init(news_buf_t *b, news_arena_t *a, size_t hint);

/* makes room for "n" more bytes; returns the place to write to, or NULL */

unsigned char *news_buf_reserve(news_buf_t *b, size_t n);

static inline void news_buf_add(news_buf_t *b, const void *data, size_t len);
void news_buf_add_str(news_buf_t *b, news_str_t s);
void news_buf_addz(news_buf_t *b, const char *s);
static inline void news_buf_addc(news_buf_t *b, unsigned char c);
void news_buf_addf(news_buf_t *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));    /* at most 255 bytes */

/* puts bytes in at an offset not past the end, moving what follows */

void news_buf_insert(news_buf_t *b, size_t at, const void *data, size_t len);

/* what has been written, valid until the next append */

news_str_t news_buf_str(const news_buf_t *b);


/* inline: writers add a few bytes at a time, and very often */

static inline void
news_buf_add(news_buf_t *b, const void *data, size_t len)
{
    if (len == 0
        || (b->size - b->len < len && news_buf_reserve(b, len) == NULL))
    {
        return;
    }

    memcpy(b->data + b->len, data, len);
    b->len += len;
}


static inline void
news_buf_addc(news_buf_t *b, unsigned char c)
{
    if (b->size == b->len && news_buf_reserve(b, 1) == NULL) {
        return;
    }

    b->data[b->len++] = c;
}


#endif /* _NEWS_BUF_H_INCLUDED_ */
