
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Markdown, the first byte holds the options.  The HTML is valid UTF-8, the
 * same twice, and what the sanitizer makes of it is what it says.
 */

#include "lib/fuzz.h"
#include "news_markdown.h"
#include "news_utf8.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int            rc, safe;
    fuzz_t         f;
    news_str_t     html, again;
    news_buf_t     text;
    news_breaks_e  breaks;

    if (size == 0) {
        return 0;
    }

    fuzz_begin(&f);

    safe = data[0] & 1;
    breaks = (news_breaks_e) ((data[0] >> 1) % 3);

    news_buf_init(&text, f.arena, size * 3 + 1);
    news_utf8_repair(&text, news_str_n(data + 1, size - 1));

    rc = news_markdown(f.arena, news_buf_str(&text), breaks, safe, &html);

    if (rc == 0) {
        rc = news_markdown(f.arena, news_buf_str(&text), breaks, safe,
                           &again);

        check(rc == 0 && news_str_eq(html, again));

        fuzz_check_utf8(html);
        fuzz_check_sanitize(html, data[0] >> 3 & 2);

    } else {

        /* it nests too deep: that is all there is to fail */

        check(news_arena_state(f.arena) == NEWS_ARENA_OK);
    }

    fuzz_end(&f, size);

    return 0;
}
