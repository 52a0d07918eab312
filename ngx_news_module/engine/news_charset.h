
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_CHARSET_H_INCLUDED_
#define _NEWS_CHARSET_H_INCLUDED_


#include "news_buf.h"


/* encodings of the files, tried in order; immutable, shared by threads */

typedef struct news_charsets_s  news_charsets_t;


/*
 * Takes names iconv_open(3) knows.  The list lives in the arena.  Returns
 * NULL with *bad set to the name iconv does not know, or to n when memory is
 * out.
 */

news_charsets_t *news_charsets_create(news_arena_t *a, const news_str_t *names,
    size_t n, size_t *bad);

/* 1 where every encoding of the list writes ASCII text as ASCII bytes */

int news_charsets_ascii(const news_charsets_t *c);

/*
 * Decodes to valid UTF-8: the first encoding that decodes without error, else
 * the last, with each invalid byte as U+FFFD.  A NULL list is UTF-8.  A UTF-8
 * byte order mark at the start is cut.  "out" is "in" itself where nothing
 * had to change, else it lies in the arena.  Returns 0, or -1 when memory or
 * time is out.
 */

int news_charsets_decode(const news_charsets_t *c, news_arena_t *a,
    news_str_t in, news_str_t *out);


#endif /* _NEWS_CHARSET_H_INCLUDED_ */
