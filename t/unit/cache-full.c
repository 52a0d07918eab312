
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * There is no room: no record, no pages, none side by side, no mutex, no lock,
 * no slot.  Whatever a call could not do, what is there stays right, nothing
 * is lost by a recount of all records, and later there is room again.
 */

#include "news_cache_shm.h"
#include "cache.h"


/* one with more records than pages, and one with less of them */

#define SMALL     (256 * 1024)
#define MEGABYTE  (1024 * 1024)
#define MOST      4096


static size_t            page;
static news_cache_ref_t  refs[MOST];


/* how often each record is on a list of the zone's; -1 where one is endless */

static int
count_list(const news_cache_t *c, uint32_t i, unsigned char *seen)
{
    uint32_t  n;

    for (n = 0; i != NEWS_CACHE_NONE; n++) {
        if (i >= c->shm->n_records || n == c->shm->n_records) {
            return -1;
        }

        seen[i]++;
        i = c->records[i].older;
    }

    return (int) n;
}


/* the pages of a record, which are known as its own; or -1 */

static int
count_pages(const news_cache_t *c, uint32_t i)
{
    int                   n;
    uint32_t              j, k, p;
    news_cache_record_t  *r;

    n = 0;
    r = &c->records[i];

    for (j = 0; j < r->n; j++) {
        for (k = 0; k < r->extents[j].n; k++) {
            p = r->extents[j].page + k;
            n++;

            if (c->owners[p] != i
                || !(c->used[p / NEWS_CACHE_BITS] >> p % NEWS_CACHE_BITS & 1))
            {
                return -1;
            }
        }
    }

    return n;
}


/* what the lists should be, made out of the records */

static const char *
recount_lists(const news_cache_t *c, const int *n)
{
    uint32_t           i;
    unsigned char      seen[MOST];
    news_cache_shm_t  *shm;

    shm = c->shm;
    memset(seen, 0, sizeof(seen));

    if (count_list(c, shm->free, seen) != n[NEWS_CACHE_FREE]
        || count_list(c, shm->newest, seen) != n[NEWS_CACHE_LIVE]
        || count_list(c, shm->dead, seen) != n[NEWS_CACHE_DEAD])
    {
        return "the length of a list";
    }

    for (i = 0; i < shm->n_records; i++) {
        if (seen[i] != (c->records[i].state != NEWS_CACHE_WRITING)) {
            return "a record on two lists";
        }
    }

    return NULL;
}


/* lists, pages and sums; NULL or what is wrong */

static const char *
recount(const news_cache_t *c)
{
    int                   n[4], pages;
    uint32_t              i, used;
    uint64_t              entries, bytes;
    news_cache_shm_t     *shm;
    news_cache_record_t  *r;

    shm = c->shm;
    used = 0;
    entries = 0;
    bytes = 0;

    memset(n, 0, sizeof(n));

    for (i = 0; i < shm->n_records; i++) {
        r = &c->records[i];
        n[r->state]++;

        if (r->state == NEWS_CACHE_LIVE) {
            entries++;
            bytes += r->body;
        }

        pages = (r->state == NEWS_CACHE_FREE) ? 0 : count_pages(c, i);

        if (pages == -1) {
            return "the owner of a page";
        }

        used += (uint32_t) pages;
    }

    for (i = 0; i < NEWS_CACHE_COUNTS; i++) {
        entries -= shm->entries[i];
        bytes -= shm->bytes[i];
    }

    if (used + shm->free_pages != shm->n_pages) {
        return "pages that are free";
    }

    if (entries != 0 || bytes != 0) {
        return "the sums of values";
    }

    return recount_lists(c, n);
}


static void
is_whole(const news_cache_t *c, const char *name)
{
    const char  *wrong;

    wrong = recount(c);

    ok(wrong == NULL, "%s: nothing is lost%s%s", name, wrong ? ", but " : "",
       wrong ? wrong : "");
}


/* pinned ones of a size, until there is no room; their number */

static size_t
fill(news_cache_t *c, size_t head, size_t body)
{
    size_t         n;
    cache_value_t  v;

    v.version = 1;
    v.head = head;
    v.body = body;

    for (n = 0; n < MOST; n++) {
        v.key = n;

        if (cache_put(c, &v, (unsigned) n % 3, &refs[n]) != 0) {
            break;
        }
    }

    return n;
}


/* the pinned are right, and let go; all of the zone is of use then */

static void
empty(news_cache_t *c, size_t n, const char *name)
{
    int     bad;
    size_t  i;

    bad = 0;

    for (i = 0; i < n; i++) {
        if (refs[i].record != NULL) {
            bad += cache_wrong(c, &refs[i], i) != NULL;
            news_cache_release(c, &refs[i]);
        }
    }

    is_int(bad, 0, name);
    is_whole(c, name);
    ok(cache_drain(c) == size_bytes(c) && free_bytes(c) == size_bytes(c),
       "%s: all of it is free again", name);

    zone_close(c);
}


static void
test_records(void)
{
    size_t            n;
    news_cache_t      c;
    news_cache_ref_t  ref;

    zone_open(&c, MEGABYTE, 4);

    n = fill(&c, 0, 0);

    ok(n == c.shm->n_records, "%d values without pages", (int) n);
    ok(put(&c, MOST, 1, 0, 0) == 1, "no record for one more");
    ok(put(&c, 1, 2, 0, 0) == 1, "nor for another one of the same key");
    ok(put(&c, MOST, 1, 0, page) == 1, "nor for one of a page");
    ok(cache_get(&c, 1, &ref) == 0 && cache_version(&ref) == 1,
       "the one there stays");
    news_cache_release(&c, &ref);
    is_whole(&c, "no record");

    news_cache_release(&c, &refs[7]);
    ok(put(&c, MOST, 1, 0, page) == 0, "one let go is room for one");
    ok(has(&c, MOST) && !has(&c, 7), "which takes its place");

    empty(&c, n, "no record");
}


static void
test_pages(void)
{
    size_t         n;
    news_cache_t   c;

    zone_open(&c, SMALL, 4);

    n = fill(&c, 100, page - 128);

    ok(n == c.shm->n_pages, "%d values of a page", (int) n);
    ok(put(&c, MOST, 1, 0, 1) == 1, "no page for one more");
    ok(put(&c, MOST, 1, 1, 0) == 1, "nor for a head");
    ok(put(&c, MOST, 1, 0, 0) == 0 && has(&c, MOST), "none is needed");
    is_whole(&c, "no page");

    news_cache_release(&c, &refs[3]);
    ok(put(&c, MOST, 2, 0, 2 * page) == 1, "one let go is no room for two");
    ok(!has(&c, 3), "but went for it");
    ok(put(&c, MOST, 2, 0, page) == 0 && has(&c, MOST), "and is for one");

    empty(&c, n, "no page");
}


/* every other page is pinned */

static void
test_scattered(void)
{
    size_t        i, n;
    news_cache_t  c;

    zone_open(&c, SMALL, 4);

    n = fill(&c, 0, page);

    for (i = 0; i < n; i += 2) {
        news_cache_release(&c, &refs[i]);
    }

    ok(put(&c, MOST, 1, page + 1, 0) == 1, "no two pages side by side");
    is_whole(&c, "scattered");
    ok(put(&c, MOST, 1, 0, (NEWS_CACHE_PARTS + 1) * page) == 1,
       "too many pieces");
    is_whole(&c, "too many pieces");
    ok(put(&c, MOST, 1, page, (NEWS_CACHE_PARTS - 1) * page) == 0
       && has(&c, MOST), "as many as may be");

    empty(&c, n, "scattered");
}


/* a value and one of another coding: there is room for the first only */

static void
test_second(void)
{
    size_t            n;
    news_cache_t      c;
    cache_value_t     v;
    news_cache_ref_t  first, second;

    zone_open(&c, SMALL, 4);

    n = fill(&c, 0, page);
    news_cache_release(&c, &refs[5]);

    v.key = MOST;
    v.version = 1;
    v.head = 10;
    v.body = 50;

    ok(cache_begin(&c, &v, 0, &first) == 0, "room for the first");
    v.key++;
    ok(cache_begin(&c, &v, 1, &second) == 1 && second.record == NULL,
       "none for the second");
    is_whole(&c, "one reserved");
    v.key--;
    ok(news_cache_publish(&c, &first, &v, sizeof(v)) == 0, "published");
    ok(cache_wrong(&c, &first, MOST) == NULL, "and right");
    ok(put(&c, MOST, 2, 10, 50) == 1, "no room for a newer one");
    ok(cache_get(&c, MOST, &second) == 0 && cache_version(&second) == 1,
       "the older one stays");
    news_cache_release(&c, &second);
    news_cache_release(&c, &first);
    ok(put(&c, MOST, 3, 10, 50) == 0 && has(&c, MOST), "room when let go");

    empty(&c, n, "the second");
}


/* another one holds the mutex, for ever */

static void
test_mutex(void)
{
    news_cache_t        c, other;
    cache_value_t       v;
    news_cache_key_t    key;
    news_cache_ref_t    ref, got;
    news_cache_stats_t  stats;

    zone_open(&c, MEGABYTE, 4);
    (void) put(&c, 1, 1, 10, page);
    cache_key(&c, 1, &key);

    v.key = 1;
    v.version = 2;
    v.head = 10;
    v.body = 2 * page;
    ok(cache_begin(&c, &v, 0, &ref) == 0, "reserved");
    ok(news_cache_open(&other, c.shm, MEGABYTE, c.fd) == 0, "opened");

    (void) pthread_mutex_lock(&c.shm->mutex);

    ok(news_cache_publish(&c, &ref, &v, sizeof(v)) == 1, "not published");
    is_int(news_cache_body_size(&ref), 2 * page, "it can be read");
    news_cache_release(&c, &ref);
    ok(ref.record == NULL, "and let go");
    ok(put(&c, 2, 1, 0, 0) == 1, "nothing is reserved");
    ok(cache_get(&c, 1, &got) == 0 && cache_version(&got) == 1, "found");
    news_cache_release(&c, &got);
    ok(news_cache_lock(&c, &key, 1, 9) == 0, "no lock is \"go on\"");
    news_cache_unlock(&c, &key);
    ok(news_cache_attach(&other) == -1 && other.mine == NULL, "no slot");
    news_cache_stats(&c, &stats);
    is_int(stats.size, 0, "no counters");

    (void) pthread_mutex_unlock(&c.shm->mutex);

    ok(news_cache_attach(&other) == 0, "a slot");
    is_whole(&c, "no mutex");
    ok(has(&c, 1) && has(&other, 1), "what was there is there");
    ok(put(&other, 1, 3, 10, page) == 0 && has(&c, 1), "room again");
    news_cache_detach(&other);

    empty(&c, 0, "no mutex");
}


/* an info too long; pages that were sent, and cannot be taken from the file */

static void
test_steps(void)
{
    int               fd;
    size_t            i;
    news_str_t        parts[NEWS_CACHE_PARTS];
    news_cache_t      c;
    cache_value_t     v;
    news_cache_ref_t  ref;

    zone_open(&c, MEGABYTE, 4);

    v.key = 1;
    v.version = 1;
    v.head = 0;
    v.body = c.shm->n_pages / 2 * page;

    ok(cache_begin(&c, &v, 0, &ref) == 0, "reserved");
    ok(news_cache_publish(&c, &ref, cache_bytes, NEWS_CACHE_INFO + 1) == 1,
       "an info too long");
    news_cache_release(&c, &ref);
    is_whole(&c, "not published");

    for (i = 1; i < 3; i++) {
        v.key = i;
        ok(cache_put(&c, &v, 0, &ref) == 0, "half of the zone");
        (void) news_cache_body(&c, &ref, parts);
        (void) news_cache_sendfile(&c, &ref, parts[0].data);
        news_cache_release(&c, &ref);
    }

    fd = c.fd;
    c.fd = 1 << 20;
    ok(put(&c, 3, 1, 0, 3 * page) == 1, "sent, and not to be had anew");
    is_whole(&c, "not written");
    c.fd = fd;
    ok(put(&c, 3, 1, 0, 3 * page) == 0 && has(&c, 3), "had anew later");

    empty(&c, 0, "not written");
}


/* keys of one set of locks */

static void
test_locks(void)
{
    unsigned          i, bad;
    news_cache_t      c;
    news_cache_key_t  key;

    zone_open(&c, MEGABYTE, 4);
    cache_key(&c, 1, &key);
    bad = 0;

    for (i = 0; i < NEWS_CACHE_LOCK_WAYS; i++) {
        key.hash[0]++;
        bad += news_cache_lock(&c, &key, 100, 50) != 0;
        bad += news_cache_lock(&c, &key, 100, 50) != 1;
    }

    is_int(bad, 0, "a set of locks, all of them taken");

    key.hash[0]++;
    ok(news_cache_lock(&c, &key, 100, 50) == 0, "one more goes on");
    ok(news_cache_lock(&c, &key, 100, 50) == 0, "without a lock");
    news_cache_unlock(&c, &key);

    for (i = 0; i < NEWS_CACHE_LOCK_WAYS; i++) {
        key.hash[0]--;
        bad += news_cache_lock(&c, &key, 149, 50) != 1;
        news_cache_unlock(&c, &key);
    }

    is_int(bad, 0, "the others stay locked");

    for (i = 0; i < NEWS_CACHE_LOCKS; i++) {
        bad += c.shm->locks[i].taken != 0;
    }

    is_int(bad, 0, "none is left");
    ok(news_cache_lock(&c, &key, 100, 50) == 0
       && news_cache_lock(&c, &key, 100, 50) == 1, "there are some again");

    zone_close(&c);
}


static void
test_slots(void)
{
    news_cache_t      a, b, c;
    news_cache_key_t  key;

    zone_open(&a, MEGABYTE, 2);
    (void) put(&a, 1, 1, 10, 10);
    cache_key(&a, 2, &key);

    ok(news_cache_open(&b, a.shm, MEGABYTE, a.fd) == 0
       && news_cache_attach(&b) == 0, "the second of two slots");
    ok(news_cache_open(&c, a.shm, MEGABYTE, a.fd) == 0
       && news_cache_attach(&c) == -1, "no slot for a third");

    ok(!has(&c, 1) && put(&c, 2, 1, 10, 10) == 1, "nothing found, nor kept");
    ok(news_cache_lock(&a, &key, 1, 9) == 0
       && news_cache_lock(&c, &key, 1, 9) == 0, "nobody is waited for");
    news_cache_unlock(&c, &key);
    news_cache_count(&c, 1);
    ok(news_cache_lock(&b, &key, 1, 9) == 1, "but by others");
    news_cache_detach(&c);
    is_whole(&a, "no slot");

    news_cache_detach(&b);
    ok(news_cache_attach(&c) == 0 && has(&c, 1), "one that is free again");
    ok(put(&c, 2, 1, 10, 10) == 0 && has(&a, 2), "and is of use");
    news_cache_detach(&c);

    empty(&a, 0, "no slot");
}


/* all of it in any order, with the mutex away now and then */

static void
test_any(void)
{
    int                bad, n, away, begun;
    size_t             i;
    uint64_t           state;
    const char        *wrong;
    news_cache_t       c;
    cache_value_t      v;
    news_cache_ref_t   ref;

    zone_open(&c, SMALL, 4);
    memset(refs, 0, sizeof(refs));

    bad = 0;
    state = 9;
    wrong = NULL;

    for (n = 0; n < 20000 && wrong == NULL; n++) {
        i = cache_random(&state) % 60;
        away = (cache_random(&state) % 128 == 0);

        v.key = i;
        v.version = (uint64_t) n;
        v.head = cache_random(&state) % 3 * 600;
        v.body = cache_random(&state) % (4 * page);
        begun = (refs[i].record == NULL && cache_begin(&c, &v, 0, &ref) == 0);

        /* it was waited for in vain before */

        if (away) {
            (void) pthread_mutex_lock(&c.shm->mutex);
            c.late = 1;
        }

        if (refs[i].record != NULL) {
            bad += cache_wrong(&c, &refs[i], i) != NULL;
            news_cache_release(&c, &refs[i]);

        } else if (begun) {
            if (news_cache_publish(&c, &ref, &v, sizeof(v)) == 0) {
                refs[i] = ref;

            } else {
                news_cache_release(&c, &ref);
            }
        }

        if (away) {
            (void) pthread_mutex_unlock(&c.shm->mutex);
        }

        if (n % 16 == 0 && !c.shm->sweep) {
            wrong = recount(&c);
        }
    }

    ok(wrong == NULL, "%d steps%s%s", n, wrong ? ": " : "",
       wrong ? wrong : "");
    is_int(bad, 0, "every value is right");
    ok(c.shm->evictions > 100 && c.shm->rebuilds > 10,
       "%d evictions, %d rebuilds", (int) c.shm->evictions,
       (int) c.shm->rebuilds);

    empty(&c, 60, "any order");
}


int
main(void)
{
    page = (size_t) sysconf(_SC_PAGESIZE);

    test_records();
    test_pages();
    test_scattered();
    test_second();
    test_mutex();
    test_steps();
    test_locks();
    test_slots();
    test_any();

    return done();
}
