
/*
 * Copyright (C) ngx_news_module authors
 */


/* Front matter made of nodes of all kinds. */

#include "lib/fuzz.h"
#include "news_utf8.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    news_buf_t     yaml, text;
    fuzz_bytes_t   in;
    news_arena_t  *a;

    in.p = data;
    in.last = data + size;

    a = news_arena_create((size_t) -1);
    check(a != NULL);

    news_buf_init(&yaml, a, size * 16 + 1);
    fuzz_make_yaml(&in, &yaml);

    news_buf_init(&text, a, yaml.len * 3 + 1);
    news_utf8_repair(&text, news_buf_str(&yaml));

    fuzz_check_front(news_buf_str(&text));

    news_arena_destroy(a);

    return 0;
}
