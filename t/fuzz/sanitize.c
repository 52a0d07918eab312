
/*
 * Copyright (C) ngx_news_module authors
 */


/* The sanitizer: the first byte holds the options, the rest is the body. */

#include "lib/fuzz.h"
#include "news_utf8.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    news_buf_t     b;
    news_arena_t  *a;

    if (size == 0) {
        return 0;
    }

    a = news_arena_create((size_t) -1);
    check(a != NULL);

    news_buf_init(&b, a, size * 3 + 1);
    news_utf8_repair(&b, news_str_n(data + 1, size - 1));
    fuzz_check_sanitize(news_buf_str(&b), data[0]);

    news_arena_destroy(a);

    return 0;
}
