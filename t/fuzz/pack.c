
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdlib.h>

#include "../unit/unpack.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/*
 * The first byte chooses coding, effort, and which allocation fails, if any;
 * the second how many times the rest comes.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                  rc;
    size_t               i, n, len;
    news_str_t           in, out;
    news_arena_t        *a;
    news_coding_e        coding;
    unsigned char       *bytes;
    news_pack_effort_e   effort;

    if (size < 2) {
        return 0;
    }

    coding = (news_coding_e) (data[0] % NEWS_CODINGS);
    effort = (data[0] & 4) ? NEWS_PACK_SMALL : NEWS_PACK_QUICK;
    n = (size_t) data[1] + 1;
    len = size - 2;

    bytes = malloc(len * n + 1);

    if (bytes == NULL) {
        return 0;
    }

    for (i = 0; i < n; i++) {
        memcpy(bytes + i * len, data + 2, len);
    }

    in = news_str_n(bytes, len * n);

    a = news_arena_create(256 * 1024 * 1024);

    if (a == NULL) {
        abort();
    }

    news_arena_fail_at(a, data[0] >> 3);

    rc = news_pack(a, coding, effort, in, &out);

    if ((rc == 0 && (out.len > in.len - in.len / 10
                     || !unpacked(coding, out, in)))
        || (rc == -1 && data[0] >> 3 == 0))
    {
        abort();
    }

    news_arena_destroy(a);
    free(bytes);

    return 0;
}
