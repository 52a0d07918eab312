
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdio.h>

#include "fuzz.h"
#include "news_utf8.h"


static int fuzz_count(void *data);


void
fuzz_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    abort();
}


void
fuzz_begin(fuzz_t *f)
{
    f->asked = 0;
    f->arena = news_arena_create((size_t) -1);

    check(f->arena != NULL);

    news_arena_set_expired(f->arena, fuzz_count, f);
}


static int
fuzz_count(void *data)
{
    fuzz_t  *f = data;

    f->asked++;

    return 0;
}


void
fuzz_end(fuzz_t *f, size_t size)
{
    check(news_arena_state(f->arena) == NEWS_ARENA_OK);
    check(news_arena_peak(f->arena) <= size * FUZZ_MEMORY + FUZZ_MEMORY_PLUS);
    check(f->asked <= size * FUZZ_ASKED + FUZZ_ASKED_PLUS);

    news_arena_destroy(f->arena);
}


unsigned
fuzz_byte(fuzz_bytes_t *in)
{
    return in->p < in->last ? *in->p++ : 0;
}


void
fuzz_copy(fuzz_bytes_t *in, news_buf_t *out, size_t n)
{
    if (n > (size_t) (in->last - in->p)) {
        n = (size_t) (in->last - in->p);
    }

    news_buf_add(out, in->p, n);
    in->p += n;
}


void
fuzz_check_utf8(news_str_t s)
{
    check(s.len == 0 || news_utf8_valid(s.data, s.len) == s.len);
}
