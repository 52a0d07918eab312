
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * The sanitizer on elements, attributes and oddities: the first byte holds
 * the heading ids' option, the others make the document.
 */

#include "lib/fuzz.h"
#include "news_utf8.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned       options;
    news_buf_t     html, text;
    fuzz_bytes_t   in;
    news_arena_t  *a;

    in.p = data;
    in.last = data + size;

    a = news_arena_create((size_t) -1);
    check(a != NULL);

    options = fuzz_byte(&in) & 2;

    news_buf_init(&html, a, size * 16 + 1);
    fuzz_make_html(&in, &html);

    news_buf_init(&text, a, html.len * 3 + 1);
    news_utf8_repair(&text, news_buf_str(&html));

    fuzz_check_sanitize(news_buf_str(&text), options);

    news_arena_destroy(a);

    return 0;
}
