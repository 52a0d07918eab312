
/*
 * Copyright (C) ngx_news_module authors
 */


/* Front matter of any bytes. */

#include "lib/fuzz.h"
#include "news_utf8.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    news_buf_t     text;
    news_arena_t  *a;

    a = news_arena_create((size_t) -1);
    check(a != NULL);

    news_buf_init(&text, a, size * 3 + 1);
    news_utf8_repair(&text, news_str_n(data, size));

    fuzz_check_front(news_buf_str(&text));

    news_arena_destroy(a);

    return 0;
}
