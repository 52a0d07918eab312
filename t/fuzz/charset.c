
/*
 * Copyright (C) ngx_news_module authors
 */


/* Decoding, by two encodings that the first byte chooses. */

#include "lib/fuzz.h"
#include "news_charset.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t            f;
    size_t            bad;
    news_str_t        in, out, again, names[2];
    news_charsets_t  *c;

    static const char  *known[] = {
        "utf-8", "gb18030", "big5", "shift_jis", "euc-kr", "utf-16",
        "utf-32le", "iso-2022-jp", "windows-1252", "utf-7", "ucs-4be"
    };

    if (size == 0) {
        return 0;
    }

    fuzz_begin(&f);

    in = news_str_n(data + 1, size - 1);
    names[0] = news_str(known[(data[0] & 15) % 11]);
    names[1] = news_str(known[(data[0] >> 4) % 11]);

    c = news_charsets_create(f.arena, names, 2, &bad);

    check(c != NULL);
    check(news_charsets_decode(c, f.arena, in, &out) == 0);
    check(news_charsets_decode(c, f.arena, in, &again) == 0);
    check(news_str_eq(out, again));

    fuzz_check_utf8(out);
    fuzz_end(&f, size);

    return 0;
}
