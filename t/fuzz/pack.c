
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * The first byte chooses coding, effort, and which allocation fails, if any;
 * the second how many times the rest comes.  What is packed unpacks to what
 * it was, is smaller by a tenth, and the same twice.
 */

#include "../unit/unpack.h"
#include "lib/fuzz.h"


static int pack(const uint8_t *data, news_str_t in, news_arena_t *a,
    news_str_t *out);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             rc;
    fuzz_t          f, g;
    size_t          i, n, len;
    news_str_t      in, out, again;
    unsigned char  *bytes;

    if (size < 2) {
        return 0;
    }

    n = (size_t) data[1] + 1;
    len = size - 2;

    bytes = malloc(len * n + 1);
    check(bytes != NULL);

    for (i = 0; i < n; i++) {
        memcpy(bytes + i * len, data + 2, len);
    }

    in = news_str_n(bytes, len * n);

    fuzz_begin(&f);
    fuzz_begin(&g);

    rc = pack(data, in, f.arena, &out);

    check(pack(data, in, g.arena, &again) == rc);
    check(rc != 0 || news_str_eq(out, again));

    fuzz_end(&f, in.len);
    fuzz_end(&g, in.len);
    free(bytes);

    return 0;
}


static int
pack(const uint8_t *data, news_str_t in, news_arena_t *a, news_str_t *out)
{
    int                 rc;
    news_coding_e       coding;
    news_arena_mark_t   mark;
    news_pack_effort_e  effort;

    coding = (news_coding_e) (data[0] % NEWS_CODINGS);
    effort = (data[0] & 4) ? NEWS_PACK_SMALL : NEWS_PACK_QUICK;

    news_arena_mark(a, &mark);
    news_arena_fail_at(a, data[0] >> 3);

    rc = news_pack(a, coding, effort, in, out);

    news_arena_fail_at(a, 0);

    if (rc == 0) {
        check(out->len <= in.len - in.len / 10);
        check(unpacked(coding, *out, in));

    } else if (rc == -1) {
        check(data[0] >> 3 != 0);
        news_arena_release(a, &mark);
    }

    return rc;
}
