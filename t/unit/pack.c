
/*
 * Copyright (C) ngx_news_module authors
 */


#include "tap.h"
#include "unpack.h"


#define LIMIT    (256 * 1024 * 1024)
#define LARGEST  (1536 * 1024)


static unsigned char  bytes[LARGEST];
static int            expire_after;


/* text of words that come again, as in a page */

static news_str_t
text(size_t len)
{
    size_t       i, n;
    uint32_t     x;
    const char  *word;

    static const char  *words[] = {
        "<p>", "</p>\n", "the ", "bridge ", "is ", "open ", "again", ", ",
        "\xe6\x96\xb0\xe9\x97\xbb", "<a href=\"/news/", "\">", "</a>", ". ",
        "eleven ", "years ", "cyclist "
    };

    x = 1;

    for (i = 0; i < len; i += n) {
        x = x * 1664525 + 1013904223;
        word = words[x >> 28];
        n = strlen(word);

        if (n > len - i) {
            n = len - i;
        }

        memcpy(bytes + i, word, n);
    }

    return news_str_n(bytes, len);
}


static news_str_t
noise(size_t len)
{
    size_t    i;
    uint32_t  x;

    x = 1;

    for (i = 0; i < len; i++) {
        x = x * 1664525 + 1013904223;
        bytes[i] = (unsigned char) (x >> 24);
    }

    return news_str_n(bytes, len);
}


static int
test_expired(void *data)
{
    return --expire_after < 0;
}


static void
test_names(void)
{
    is_str(news_pack_name(NEWS_IDENTITY), "", "identity has no name");
    is_str(news_pack_name(NEWS_GZIP), "gzip", "gzip");
    is_str(news_pack_name(NEWS_BR), "br", "br");
    is_str(news_pack_name(NEWS_ZSTD), "zstd", "zstd");

    ok(news_pack_has(NEWS_IDENTITY) && news_pack_has(NEWS_GZIP),
       "identity and gzip are always there");

#if (NEWS_HAVE_BROTLI)
    ok(news_pack_has(NEWS_BR), "br was built in");
#else
    ok(!news_pack_has(NEWS_BR), "br was not built in");
#endif

#if (NEWS_HAVE_ZSTD)
    ok(news_pack_has(NEWS_ZSTD), "zstd was built in");
#else
    ok(!news_pack_has(NEWS_ZSTD), "zstd was not built in");
#endif
}


static void
test_absent(news_coding_e coding, const char *name)
{
    news_str_t     out;
    news_arena_t  *a;

    a = news_arena_create(LIMIT);

    is_int(news_pack(a, coding, NEWS_PACK_QUICK, text(10000), &out), 1,
           name);

    news_arena_destroy(a);
}


static void
test_round(news_coding_e coding, news_pack_effort_e effort, const char *name)
{
    int            rc, bad;
    size_t         i;
    news_str_t     in, out;
    news_arena_t  *a;

    /* around slices, windows and the borders between levels */

    static const size_t  sizes[] = {
        256, 257, 511, 512, 513, 1023, 1024, 1025, 8191, 8192, 8193, 10000,
        32767, 32768, 32769, 65535, 65536, 65537, 131072, 131073, 262144,
        262145, 1048576, 1048577, LARGEST
    };

    bad = 0;

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        a = news_arena_create(LIMIT);
        in = text(sizes[i]);
        rc = news_pack(a, coding, effort, in, &out);

        if (rc != 0 || out.len > in.len - in.len / 10
            || !unpacked(coding, out, in))
        {
            bad++;
        }

        if (news_arena_used(a) > in.len + 64 * 1024) {
            bad++;
        }

        news_arena_destroy(a);
    }

    is_int(bad, 0, name);
}


static void
test_same(news_coding_e coding, news_pack_effort_e effort, const char *name)
{
    news_str_t     in, first, second;
    news_arena_t  *a, *b;

    a = news_arena_create(LIMIT);
    b = news_arena_create(LIMIT);

    /* what lies in memory before must not matter */

    if (news_arena_alloc(b, 5000) != NULL) {
        news_arena_reset(b, LIMIT);
    }

    in = text(150000);

    ok(news_pack(a, coding, effort, in, &first) == 0
       && news_pack(b, coding, effort, in, &second) == 0
       && news_str_eq(first, second), "%s: the same bytes twice", name);

    news_arena_destroy(a);
    news_arena_destroy(b);
}


static void
test_not_smaller(news_coding_e coding, const char *name)
{
    size_t               used;
    news_str_t           out;
    news_arena_t        *a;
    news_pack_effort_e   effort;

    a = news_arena_create(LIMIT);
    used = news_arena_used(a);

    for (effort = NEWS_PACK_QUICK; effort <= NEWS_PACK_SMALL; effort++) {
        is_int(news_pack(a, coding, effort, text(0), &out), 1, name);
        is_int(news_pack(a, coding, effort, text(255), &out), 1, name);
        is_int(news_pack(a, coding, effort, noise(256), &out), 1, name);
        is_int(news_pack(a, coding, effort, noise(70000), &out), 1, name);
        is_int(news_pack(a, coding, effort, noise(300000), &out), 1, name);
        ok(out.len == 0, "%s: nothing comes out", name);
    }

    is_int(news_arena_used(a), used, "nothing is kept");

    news_arena_destroy(a);
}


/* each allocation fails in turn, until none does */

static void
test_failures(news_coding_e coding, news_pack_effort_e effort,
    const char *name)
{
    int            rc, bad;
    size_t         i, used;
    news_str_t     in, out;
    news_arena_t  *a;

    bad = 0;
    rc = -1;
    in = text(20000);

    for (i = 1; i < 10000 && rc != 0; i++) {
        a = news_arena_create(LIMIT);
        used = news_arena_used(a);

        news_arena_fail_at(a, i);
        rc = news_pack(a, coding, effort, in, &out);
        news_arena_fail_at(a, 0);

        if (rc == 1 || (rc == -1 && news_arena_used(a) != used)) {
            bad++;
        }

        /* and it goes on from there */

        if (news_pack(a, coding, effort, in, &out) != 0
            || !unpacked(coding, out, in))
        {
            bad++;
        }

        news_arena_destroy(a);
    }

    ok(bad == 0 && rc == 0 && i > 2, "%s: %d allocations failed", name,
       (int) i - 2);
}


static void
test_limits(news_coding_e coding, news_pack_effort_e effort, const char *name)
{
    size_t         used;
    news_str_t     in, out;
    news_arena_t  *a;

    in = text(300000);

    a = news_arena_create(200000);
    is_int(news_pack(a, coding, effort, in, &out), -1, "no memory to write");
    news_arena_destroy(a);

    a = news_arena_create(LIMIT);
    used = news_arena_used(a);

    expire_after = 2;
    news_arena_set_expired(a, test_expired, NULL);

    ok(news_pack(a, coding, effort, in, &out) == -1, "%s: time is up", name);
    is_int(news_arena_used(a), used, "nothing is kept");

    ok(news_arena_tick(a, 100) != 0, "time is still up");
    is_int(news_pack(a, coding, effort, in, &out), -1,
           "nothing is begun when time is up");
    is_int(news_arena_state(a), NEWS_ARENA_EXPIRED, "and the state stays");

    news_arena_destroy(a);
}


static void
test_memory(news_coding_e coding, news_pack_effort_e effort, size_t most,
    const char *name)
{
    int            rc;
    size_t         peak;
    news_str_t     out;
    news_arena_t  *a;

    a = news_arena_create(LIMIT);

    rc = news_pack(a, coding, effort, text(262144), &out);
    peak = news_arena_peak(a);

    ok(rc == 0 && peak < most, "%s: %d KB of memory for 256 KB", name,
       (int) (peak / 1024));

    news_arena_destroy(a);
}


static void
test_gzip(void)
{
    news_str_t     quick, small;
    news_arena_t  *a;

    a = news_arena_create(LIMIT);

    (void) news_pack(a, NEWS_GZIP, NEWS_PACK_QUICK, text(100000), &quick);
    (void) news_pack(a, NEWS_GZIP, NEWS_PACK_SMALL, text(100000), &small);

    ok(news_str_eq(quick, small), "gzip is one, however it was made");
    ok(quick.len > 10 && memcmp(quick.data, "\x1f\x8b\x08\0\0\0\0\0", 8) == 0,
       "no time and no name in gzip");

    news_arena_destroy(a);
}


static void
test_coding(news_coding_e coding, const char *name)
{
    if (!news_pack_has(coding)) {
        test_absent(coding, name);
        return;
    }

    test_round(coding, NEWS_PACK_QUICK, name);
    test_round(coding, NEWS_PACK_SMALL, name);
    test_same(coding, NEWS_PACK_QUICK, name);
    test_same(coding, NEWS_PACK_SMALL, name);
    test_not_smaller(coding, name);
    test_failures(coding, NEWS_PACK_QUICK, name);
    test_failures(coding, NEWS_PACK_SMALL, name);
    test_limits(coding, NEWS_PACK_QUICK, name);
    test_limits(coding, NEWS_PACK_SMALL, name);
    test_memory(coding, NEWS_PACK_QUICK, 6 * 1024 * 1024, name);
    test_memory(coding, NEWS_PACK_SMALL, 12 * 1024 * 1024, name);
}


int
main(void)
{
    test_names();
    test_gzip();

    test_absent(NEWS_IDENTITY, "identity is not packed");
    test_coding(NEWS_GZIP, "gzip");
    test_coding(NEWS_BR, "br");
    test_coding(NEWS_ZSTD, "zstd");

    return done();
}
