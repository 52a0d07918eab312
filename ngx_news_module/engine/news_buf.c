
/*
 * Copyright (C) The authors of the news module
 */


#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "news_buf.h"


static int news_is_blank(unsigned char c);
static unsigned char *news_buf_fail(news_buf_t *b);


news_str_t
news_str(const char *s)
{
    return news_str_n(s, strlen(s));
}


news_str_t
news_str_n(const void *data, size_t len)
{
    news_str_t  s;

    s.data = data;
    s.len = len;

    return s;
}


int
news_str_eq(news_str_t a, news_str_t b)
{
    return a.len == b.len
           && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


int
news_str_eqz(news_str_t a, const char *s)
{
    return news_str_eq(a, news_str(s));
}


int
news_str_caseeqz(news_str_t a, const char *s)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < a.len; i++) {
        c = a.data[i];

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if (s[i] == '\0' || c != (unsigned char) s[i]) {
            return 0;
        }
    }

    return s[i] == '\0';
}


static int
news_is_blank(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}


news_str_t
news_str_trim(news_str_t s)
{
    while (s.len != 0 && news_is_blank(s.data[0])) {
        s.data++;
        s.len--;
    }

    while (s.len != 0 && news_is_blank(s.data[s.len - 1])) {
        s.len--;
    }

    return s;
}


news_str_t
news_str_dup(news_arena_t *a, news_str_t s)
{
    unsigned char  *p;

    p = news_arena_alloc(a, s.len + 1);
    if (p == NULL) {
        return news_str_n(NULL, 0);
    }

    if (s.len != 0) {
        memcpy(p, s.data, s.len);
    }

    p[s.len] = '\0';

    return news_str_n(p, s.len);
}


void
news_buf_init(news_buf_t *b, news_arena_t *a, size_t hint)
{
    b->data = NULL;
    b->len = 0;
    b->size = 0;
    b->arena = a;
    b->failed = 0;

    if (hint != 0) {
        (void) news_buf_reserve(b, hint);
    }
}


/* no room is left, so that the appends inline come here */

static unsigned char *
news_buf_fail(news_buf_t *b)
{
    b->failed = 1;
    b->size = b->len;

    return NULL;
}


unsigned char *
news_buf_reserve(news_buf_t *b, size_t n)
{
    size_t          size;
    unsigned char  *p;

    if (b->failed) {
        return NULL;
    }

    if (b->size - b->len >= n) {
        return b->data + b->len;
    }

    if (n > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) {
        return news_buf_fail(b);
    }

    size = b->size + b->size / 2;

    if (size < b->len + n) {
        size = b->len + n;
    }

    if (size < 64) {
        size = 64;
    }

    p = news_arena_realloc(b->arena, b->data, b->size, size);
    if (p == NULL) {
        return news_buf_fail(b);
    }

    b->data = p;
    b->size = size;

    return p + b->len;
}


void
news_buf_add_str(news_buf_t *b, news_str_t s)
{
    news_buf_add(b, s.data, s.len);
}


void
news_buf_addz(news_buf_t *b, const char *s)
{
    news_buf_add(b, s, strlen(s));
}


void
news_buf_addf(news_buf_t *b, const char *fmt, ...)
{
    int      n;
    char     text[256];
    va_list  args;

    va_start(args, fmt);
    n = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);

    if (n < 0) {
        b->failed = 1;
        return;
    }

    news_buf_add(b, text, (size_t) n < sizeof(text) ? (size_t) n
                                                    : sizeof(text) - 1);
}


void
news_buf_insert(news_buf_t *b, size_t at, const void *data, size_t len)
{
    unsigned char  *p;

    if (len == 0 || news_buf_reserve(b, len) == NULL) {
        return;
    }

    p = b->data + at;

    memmove(p + len, p, b->len - at);
    memcpy(p, data, len);

    b->len += len;
}


news_str_t
news_buf_str(const news_buf_t *b)
{
    return news_str_n(b->data, b->len);
}
