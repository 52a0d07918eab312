
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdlib.h>

#include "news_charset.h"
#include "news_utf8.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* the first byte chooses the encodings */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t            bad;
    news_str_t        out, names[2];
    news_arena_t     *a;
    news_charsets_t  *c;

    static const char  *known[] = {
        "utf-8", "gb18030", "big5", "shift_jis", "euc-kr", "utf-16",
        "utf-32le", "iso-2022-jp", "windows-1252", "utf-7", "ucs-4be"
    };

    if (size == 0) {
        return 0;
    }

    a = news_arena_create((size_t) -1);

    names[0] = news_str(known[(data[0] & 15) % 11]);
    names[1] = news_str(known[(data[0] >> 4) % 11]);
    c = news_charsets_create(a, names, 2, &bad);

    if (c == NULL
        || news_charsets_decode(c, a, news_str_n(data + 1, size - 1),
                                &out) != 0
        || news_utf8_valid(out.data, out.len) != out.len)
    {
        abort();
    }

    news_arena_destroy(a);

    return 0;
}
