
/*
 * Copyright (C) ngx_news_module authors
 */


#include "cache.h"


#define MEGABYTE  (1024 * 1024)


static size_t  page;


/* memory of any size, and a page behind it that must not be touched */

static void
test_small(void)
{
    int             rc, used, smaller;
    size_t          n;
    unsigned char  *mem;
    news_cache_t    c;

    used = 0;
    smaller = 1;

    for (n = 0; n <= 128; n++) {
        mem = mmap(NULL, (n + 1) * page, PROT_READ|PROT_WRITE,
                   MAP_SHARED|MAP_ANONYMOUS, -1, 0);

        if (mem == MAP_FAILED) {
            break;
        }

        (void) mprotect(mem + n * page, page, PROT_NONE);

        rc = news_cache_create(&c, mem, n * page, 2, n, -1);

        if (rc == 0) {
            used += news_cache_attach(&c) == 0 && put(&c, 1, 1, 10, 100) == 0
                    && has(&c, 1) && cache_drain(&c) == size_bytes(&c);
            smaller = 0;

        } else {
            used += smaller;
            (void) munmap(mem, (n + 1) * page);
        }
    }

    is_int(used, 129, "too small, or usable to the last page");
    ok(!smaller, "half a megabyte is enough");
}


static void
test_slots(void)
{
    int            fd;
    void          *mem;
    size_t         size;
    unsigned       n, good;
    news_cache_t   c;

    good = 0;
    size = 2 * MEGABYTE;

    for (n = 1; n <= 257; n += 64) {
        mem = mmap(NULL, size, PROT_READ|PROT_WRITE,
                   MAP_SHARED|MAP_ANONYMOUS, -1, 0);

        if (mem == MAP_FAILED) {
            break;
        }

        good += news_cache_create(&c, mem, size, n, 7, -1) == 0
                && news_cache_attach(&c) == 0 && put(&c, 1, 1, 10, 100) == 0
                && has(&c, 1) && cache_drain(&c) == size_bytes(&c);
    }

    is_int(good, 5, "one slot, many slots");

    mem = cache_map(size, &fd);

    if (mem == NULL) {
        ok(0, "memory");
        return;
    }

    is_int(news_cache_create(&c, mem, size, 0, 7, fd), -1, "no slot");
    is_int(news_cache_create(&c, mem, size, UINT16_MAX, 7, fd), -1,
           "more slots than there is room for");
    is_int(news_cache_create(&c, mem, size, UINT16_MAX + 1, 7, fd), -1,
           "more slots than any");
    is_int(news_cache_create(&c, mem, SIZE_MAX, 1, 7, fd), -1,
           "more memory than any");
}


static void
test_open(void)
{
    int                fd, bad;
    size_t             i;
    uint64_t           state;
    news_cache_t       a, b;
    unsigned char     *mem;
    news_cache_key_t   one, two;

    mem = cache_map(MEGABYTE, &fd);

    if (mem == NULL) {
        ok(0, "memory");
        return;
    }

    ok(news_cache_open(&a, mem, MEGABYTE, fd) != 0, "nothing but zeros");

    state = 5;
    bad = 0;

    for (i = 0; i < MEGABYTE; i++) {
        mem[i] = (unsigned char) cache_random(&state);
    }

    ok(news_cache_open(&a, mem, MEGABYTE, fd) != 0, "garbage");

    ok(news_cache_create(&a, mem, MEGABYTE, 4, 99, fd) == 0, "over garbage");
    ok(a.mine == NULL, "without a slot");
    is_int(a.fd, fd, "the file");
    is_int(free_bytes(&a), size_bytes(&a), "all of it is free");
    ok(size_bytes(&a) > MEGABYTE * 3 / 4, "most of it is for values: %d",
       (int) size_bytes(&a));

    ok(put(&a, 1, 1, 10, 10) == 1, "nothing is kept without a slot");
    ok(!has(&a, 1), "nothing is found");

    ok(news_cache_attach(&a) == 0, "attached");
    ok(put(&a, 1, 1, 10, 10) == 0, "kept");

    ok(news_cache_open(&b, mem, MEGABYTE, fd) == 0, "opened again");
    cache_key(&a, 1, &one);
    cache_key(&b, 1, &two);
    ok(memcmp(&one, &two, sizeof(one)) == 0, "with the same keys");
    ok(!has(&b, 1), "nothing is found without a slot");

    ok(news_cache_open(&b, mem, MEGABYTE - page, fd) != 0, "a smaller one");
    ok(news_cache_open(&b, mem, 2 * MEGABYTE, fd) != 0, "a larger one");

    for (i = 0; i < 8; i++) {
        mem[i] ^= 1;
        bad += news_cache_open(&b, mem, MEGABYTE, fd) == 0;
        mem[i] ^= 1;
    }

    is_int(bad, 0, "another mark");
    ok(news_cache_open(&b, mem, MEGABYTE, fd) == 0, "the right mark");

    close(fd);
}


static void
test_keys(void)
{
    news_cache_t       a, b;
    news_cache_key_t   one, two;
    unsigned char     *mem;

    mem = mmap(NULL, 2 * MEGABYTE, PROT_READ|PROT_WRITE,
               MAP_SHARED|MAP_ANONYMOUS, -1, 0);

    if (mem == MAP_FAILED
        || news_cache_create(&a, mem, MEGABYTE, 4, 1, -1) != 0
        || news_cache_create(&b, mem + MEGABYTE, MEGABYTE, 4, 2, -1) != 0)
    {
        ok(0, "two zones");
        return;
    }

    news_cache_key(&a, news_str("x"), &one);
    news_cache_key(&b, news_str("x"), &two);
    ok(memcmp(&one, &two, sizeof(one)) != 0, "keys depend on the seed");

    news_cache_key(&a, news_str("y"), &two);
    ok(one.hash[0] != two.hash[0] && one.hash[1] != two.hash[1],
       "and on the bytes");

    news_cache_key(&a, news_str_n("x", 2), &two);
    ok(memcmp(&one, &two, sizeof(one)) != 0, "and on the length");

    news_cache_key(&a, news_str(""), &one);
    news_cache_key(&a, news_str_n(NULL, 0), &two);
    ok(memcmp(&one, &two, sizeof(one)) == 0, "no bytes");

    munmap(mem, 2 * MEGABYTE);
}


static void
test_sizes(void)
{
    int           bad;
    size_t        i, j, sizes[12];
    uint64_t      n;
    news_cache_t  c;

    zone_open(&c, 4 * MEGABYTE, 4);

    for (i = 0; i < 6; i++) {
        sizes[i] = i;
    }

    for (i = 0; i < 6; i++) {
        sizes[6 + i] = (i / 3 + 1) * page - 1 + i % 3;
    }

    n = 0;
    bad = 0;

    for (i = 0; i < 12; i++) {
        for (j = 0; j < 12; j++) {
            n++;
            bad += put(&c, n, n * 3, sizes[i], sizes[j]) != 0;
        }
    }

    is_int(bad, 0, "heads and bodies around pages");

    while (n > 0) {
        bad += !has(&c, n--);
    }

    is_int(bad, 0, "are what they were");
    ok(!has(&c, 145), "and nothing else");
    ok(cache_drain(&c) == size_bytes(&c), "and go");
    ok(free_bytes(&c) == size_bytes(&c), "with all their pages");

    zone_close(&c);
}


static void
test_info(void)
{
    unsigned char        info[NEWS_CACHE_INFO];
    news_cache_t         c;
    news_cache_key_t     key;
    news_cache_ref_t     ref, other;

    zone_open(&c, MEGABYTE, 4);
    cache_key(&c, 1, &key);
    memset(info, 0xa5, sizeof(info));

    ok(news_cache_get(&c, &key, &ref) == 1, "none at first");
    ok(ref.record == NULL, "no record");

    ok(news_cache_reserve(&c, &key, 15, 0, 0, &ref) == 0, "no bytes at all");
    news_cache_write(&c, &ref, news_str(""), news_str(""));
    ok(news_cache_publish(&c, &ref, info, sizeof(info)) == 0, "published");
    ok(memcmp(news_cache_info(&ref), info, sizeof(info)) == 0, "a full info");
    is_int(news_cache_head(&c, &ref).len, 0, "no head");
    is_int(news_cache_body_size(&ref), 0, "no body");
    is_int(free_bytes(&c), size_bytes(&c), "no pages");

    is_int(news_cache_checked(&ref), 0, "not looked after yet");
    news_cache_set_checked(&ref, UINT64_MAX - 1);
    ok(news_cache_get(&c, &key, &other) == 0, "got");
    ok(news_cache_checked(&other) == UINT64_MAX - 1, "looked after");
    news_cache_release(&c, &ref);

    ok(news_cache_reserve(&c, &key, 0, 3, 0, &ref) == 0, "a new one");
    news_cache_write(&c, &ref, news_str("abc"), news_str(""));
    ok(news_cache_publish(&c, &ref, "", 0) == 0, "published");
    is_int(news_cache_checked(&ref), 0, "not looked after");
    ok(news_cache_checked(&other) == UINT64_MAX - 1, "unlike the old one");

    is_str(news_cache_head(&c, &ref), "abc", "a head alone");

    news_cache_release(&c, &ref);
    news_cache_release(&c, &other);

    zone_close(&c);
}


static void
test_replaced(void)
{
    int               i, bad;
    uint64_t          used;
    news_cache_t      c;
    cache_value_t     v;
    news_cache_ref_t  old[20], ref;

    zone_open(&c, 2 * MEGABYTE, 4);

    bad = 0;
    v.key = 7;
    v.head = 300;

    for (i = 0; i < 20; i++) {
        v.version = (uint64_t) i;
        v.body = (size_t) i * 1500;
        bad += cache_put(&c, &v, 1, &old[i]) != 0;
    }

    is_int(bad, 0, "twenty versions, all of them pinned");

    for (i = 0; i < 20; i++) {
        bad += cache_wrong(&c, &old[i], 7) != NULL
               || cache_version(&old[i]) != (uint64_t) i;
    }

    is_int(bad, 0, "each is what it was");
    ok(cache_get(&c, 7, &ref) == 0 && cache_version(&ref) == 19,
       "the last is found");
    news_cache_release(&c, &ref);

    used = size_bytes(&c) - free_bytes(&c);

    for (i = 0; i < 19; i++) {
        news_cache_release(&c, &old[i]);
        ok(old[i].record == NULL, "released");
    }

    ok(size_bytes(&c) - free_bytes(&c) < used, "room is given back");
    ok(size_bytes(&c) - free_bytes(&c) == (19 * 1500 + 300 + page - 1)
       / page * page, "that of the last is not");
    news_cache_release(&c, &old[19]);
    ok(has(&c, 7), "still found");

    ok(cache_drain(&c) == size_bytes(&c), "nothing is lost");
    ok(!has(&c, 7), "gone");

    zone_close(&c);
}


static void
test_unpublished(void)
{
    int               bad;
    news_cache_t      c;
    cache_value_t     v;
    news_cache_ref_t  one, two;

    zone_open(&c, MEGABYTE, 4);

    v.key = 3;
    v.version = 1;
    v.head = 10;
    v.body = 2 * page;

    ok(cache_begin(&c, &v, 2, &one) == 0, "reserved");
    ok(!has(&c, 3), "not found before it is published");
    news_cache_release(&c, &one);
    ok(!has(&c, 3), "nor after");
    is_int(free_bytes(&c), size_bytes(&c), "its room is given back");

    (void) put(&c, 3, 9, 5, page);
    ok(cache_begin(&c, &v, 2, &one) == 0, "reserved");
    ok(has(&c, 3), "an earlier one stays");

    v.version = 2;
    ok(cache_begin(&c, &v, 2, &two) == 0, "reserved by another");
    ok(news_cache_publish(&c, &two, &v, sizeof(v)) == 0, "published");
    v.version = 1;
    ok(news_cache_publish(&c, &one, &v, sizeof(v)) == 0, "published late");

    bad = cache_wrong(&c, &one, 3) != NULL || cache_wrong(&c, &two, 3) != NULL;
    ok(!bad, "both are right");
    news_cache_release(&c, &two);
    news_cache_release(&c, &one);

    ok(cache_get(&c, 3, &one) == 0 && cache_version(&one) == 1,
       "the last one is found");
    news_cache_release(&c, &one);
    ok(cache_drain(&c) == size_bytes(&c), "nothing is lost");

    zone_close(&c);
}


static void
test_order(void)
{
    int                 bad;
    uint64_t            i, n;
    news_cache_t        c;
    news_cache_stats_t  stats;

    zone_open(&c, MEGABYTE, 4);

    for (n = 0; n < 100000; n++) {
        (void) put(&c, n, 1, 8, page - 8);
        news_cache_stats(&c, &stats);

        if (stats.evictions > 0) {
            break;
        }
    }

    ok(n > 100 && n < 100000, "full with %d values of a page", (int) n);
    ok(!has(&c, 0), "the first is gone");

    bad = 0;

    for (i = 4; i < n; i += 4) {
        bad += !has(&c, i);
    }

    for (i = 0; i < n / 2; i++) {
        bad += put(&c, n + 1 + i, 1, 8, page - 8) != 0;
    }

    is_int(bad, 0, "some were read, new ones came");

    for (i = 4; i < n; i += 4) {
        bad += !has(&c, i);
    }

    is_int(bad, 0, "those read stayed");

    for (i = 0; i < n / 2; i++) {
        bad += !has(&c, n + 1 + i);
    }

    is_int(bad, 0, "so did the new ones");

    for (i = 1; i < n / 2; i++) {
        bad += i % 4 != 0 && has(&c, i);
    }

    is_int(bad, 0, "the others went");

    zone_close(&c);
}


static void
test_large(void)
{
    size_t              low, high, n;
    news_cache_t        c;
    cache_value_t       v;
    news_cache_key_t    key;
    news_cache_ref_t    ref;
    news_cache_stats_t  stats;

    zone_open(&c, 2 * MEGABYTE, 4);

    for (n = 0; n < 100; n++) {
        (void) put(&c, n, 1, 100, 5000);
    }

    cache_key(&c, 1000, &key);

    ok(news_cache_reserve(&c, &key, 0, SIZE_MAX, 0, &ref) == 1, "a huge head");
    ok(ref.record == NULL, "no record");
    ok(news_cache_reserve(&c, &key, 0, 0, SIZE_MAX, &ref) == 1, "a huge body");
    ok(news_cache_reserve(&c, &key, 0, 1, SIZE_MAX, &ref) == 1, "their sum");
    ok(news_cache_reserve(&c, &key, 0, SIZE_MAX - 10, 11, &ref) == 1, "is 0");
    ok(news_cache_reserve(&c, &key, 0, SIZE_MAX / 2, SIZE_MAX / 2 + 2, &ref)
       == 1, "and again");
    ok(news_cache_reserve(&c, &key, 0, 10, (size_t) 1 << 44, &ref) == 1,
       "pages past 32 bits");
    ok(news_cache_reserve(&c, &key, 0, 0, size_bytes(&c) + 1, &ref) == 1,
       "one byte more than there is");

    news_cache_stats(&c, &stats);
    is_int(stats.entries[0] + stats.entries[1] + stats.entries[2], 100,
           "nothing was evicted for what never fits");

    low = 0;
    high = (size_t) stats.size + 1;

    while (high - low > 1) {
        n = low + (high - low) / 2;

        if (news_cache_reserve(&c, &key, 0, 0, n, &ref) == 0) {
            news_cache_release(&c, &ref);
            low = n;

        } else {
            high = n;
        }
    }

    ok(low >= stats.size / 8, "one value may take %d of %d", (int) low,
       (int) stats.size);

    v.key = 5;
    v.version = 5;
    v.head = 123;
    v.body = low - 123;
    ok(cache_put(&c, &v, 0, &ref) == 0, "the largest one");
    ok(cache_wrong(&c, &ref, 5) == NULL, "is right");
    news_cache_release(&c, &ref);
    ok(cache_drain(&c) == size_bytes(&c), "nothing is lost");

    zone_close(&c);
}


/* however small the pieces, there is room for a large value */

static void
test_pieces(void)
{
    int               bad, round;
    size_t            size;
    uint64_t          i, state;
    news_cache_t      c;
    cache_value_t     v;
    news_cache_ref_t  ref, kept[24];

    zone_open(&c, 4 * MEGABYTE, 4);

    bad = 0;
    state = 11;
    memset(kept, 0, sizeof(kept));

    for (round = 0; round < 100; round++) {
        for (i = 0; i < 400; i++) {
            size = cache_random(&state) % (cache_random(&state) % 8 == 0
                                           ? 15 * page : 2 * page);
            bad += put(&c, cache_random(&state) % 900, i, 40, size);
        }

        /* a few pinned ones, scattered */

        for (i = 0; i < 3; i++) {
            size = cache_random(&state) % 24;

            if (kept[size].record != NULL) {
                news_cache_release(&c, &kept[size]);
            }

            (void) cache_get(&c, cache_random(&state) % 900, &kept[size]);
        }

        v.key = 10000;
        v.version = (uint64_t) round;
        v.head = 500;
        v.body = 700000;

        if (cache_put(&c, &v, 0, &ref) != 0) {
            bad++;
            continue;
        }

        bad += cache_wrong(&c, &ref, v.key) != NULL;
        news_cache_release(&c, &ref);
    }

    is_int(bad, 0, "a large value among small ones, a hundred times");

    for (i = 0; i < 24; i++) {
        if (kept[i].record != NULL) {
            news_cache_release(&c, &kept[i]);
        }
    }

    ok(cache_drain(&c) == size_bytes(&c), "nothing is lost");

    zone_close(&c);
}


/* hits of a hundred under a skewed load of mixed sizes */

static double
hits(news_cache_t *c, uint64_t *state, unsigned insertions)
{
    size_t            size;
    uint64_t          key, a;
    unsigned          n, found;
    news_cache_key_t  k;
    news_cache_ref_t  ref;

    found = 0;

    for (n = 0; insertions > 0; n++) {
        a = cache_random(state) % 2000;
        key = a * a * a / 2000 / 2000 * 3 / 2;
        cache_key(c, key, &k);

        if (news_cache_get(c, &k, &ref) == 0) {
            news_cache_release(c, &ref);
            found++;
            continue;
        }

        insertions--;
        size = cache_mix(key) % (key % 5 == 0 ? 60000 : 6000);

        if (news_cache_reserve(c, &k, 0, 100, size, &ref) == 0) {
            (void) news_cache_publish(c, &ref, "", 0);
            news_cache_release(c, &ref);
        }
    }

    return found * 100.0 / n;
}


static void
test_storm(void)
{
    double        first, last;
    uint64_t      state;
    news_cache_t  c;

    zone_open(&c, 8 * MEGABYTE, 4);

    state = 3;

    (void) hits(&c, &state, 3000);
    first = hits(&c, &state, 10000);
    (void) hits(&c, &state, 100000);
    last = hits(&c, &state, 10000);

    ok(first > 40 && first < 95, "%.1f of 100 are hits at first", first);
    ok(last > first - 2, "%.1f of 100 after 100,000 insertions", last);
    ok(cache_drain(&c) == size_bytes(&c), "nothing is lost");

    zone_close(&c);
}


static void
test_stats(void)
{
    int                 i, bad;
    news_cache_t        c;
    cache_value_t       v;
    news_cache_ref_t    ref, old;
    news_cache_stats_t  s;

    zone_open(&c, MEGABYTE, 4);

    bad = 0;
    v.version = 1;
    v.head = 10;

    for (i = 0; i < 30; i++) {
        v.key = (uint64_t) i;
        v.body = 1000;
        bad += cache_put(&c, &v, (unsigned) i % 3 * 7, &ref) != 0;
        news_cache_release(&c, &ref);
    }

    news_cache_stats(&c, &s);
    ok(!bad && s.entries[0] == 10 && s.entries[7] == 10 && s.entries[14] == 10
       && s.entries[1] == 0, "entries by kind");
    ok(s.bytes[0] == 10000 && s.bytes[7] == 10000 && s.bytes[14] == 10000
       && s.bytes[1] == 0, "bytes by kind");
    is_int(s.size - s.free, 30 * page, "pages in use");
    is_int(s.evictions, 0, "no evictions");
    is_int(s.rebuilds, 0, "no rebuilds");

    /* a replaced one counts no more, be it pinned or not */

    ok(cache_get(&c, 0, &old) == 0, "pinned");
    v.key = 0;
    v.body = 500;
    ok(cache_put(&c, &v, 15, &ref) == 0, "replaced by another kind");
    news_cache_release(&c, &ref);
    news_cache_stats(&c, &s);
    ok(s.entries[0] == 9 && s.bytes[0] == 9000 && s.entries[15] == 1
       && s.bytes[15] == 500, "counted so");
    news_cache_release(&c, &old);

    (void) cache_drain(&c);
    news_cache_stats(&c, &s);

    for (i = 0, bad = 0; i < NEWS_CACHE_COUNTS; i++) {
        bad += s.entries[i] != 0 || s.bytes[i] != 0;
    }

    is_int(bad, 0, "nothing is left");
    is_int(s.evictions, 30, "all were evicted");

    zone_close(&c);
}


int
main(void)
{
    page = (size_t) sysconf(_SC_PAGESIZE);

    test_small();
    test_slots();
    test_open();
    test_keys();
    test_sizes();
    test_info();
    test_replaced();
    test_unpublished();
    test_order();
    test_large();
    test_pieces();
    test_storm();
    test_stats();

    return done();
}
