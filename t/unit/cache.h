
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _CACHE_H_INCLUDED_
#define _CACHE_H_INCLUDED_


/*
 * Values for tests of the cache: every byte of one follows from its key and
 * its version, so a reader that knows the key can tell whether each is right.
 */

#include <sys/mman.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "news_cache.h"
#include "tap.h"


typedef struct {
    uint64_t  key;
    uint64_t  version;
    uint64_t  head;
    uint64_t  body;
} cache_value_t;


static unsigned char  cache_bytes[4 * 1024 * 1024];


static inline uint64_t
cache_mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;

    return x ^ (x >> 31);
}


static inline uint64_t
cache_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15ULL;

    return cache_mix(*state);
}


static inline uint64_t
cache_seed(uint64_t key, uint64_t version)
{
    return cache_mix(key * 0x9e3779b97f4a7c15ULL + version + 1);
}


/* bytes from "at" on; body and head follow each other in the stream */

static inline void
cache_fill(unsigned char *p, size_t n, uint64_t seed, size_t at)
{
    size_t    i;
    uint64_t  word;

    for (i = 0; i < n; /* void */ ) {
        word = (seed + (at + i) / 8) * 0x9e3779b97f4a7c15ULL;

        if ((at + i) % 8 == 0 && n - i >= 8) {
            memcpy(p + i, &word, 8);
            i += 8;
            continue;
        }

        p[i] = (unsigned char) (word >> ((at + i) % 8 * 8));
        i++;
    }
}


static inline int
cache_same(const unsigned char *p, size_t n, uint64_t seed, size_t at)
{
    size_t         len;
    unsigned char  want[512];

    for ( /* void */ ; n > 0; p += len, at += len, n -= len) {
        len = (n < sizeof(want)) ? n : sizeof(want);
        cache_fill(want, len, seed, at);

        if (memcmp(p, want, len) != 0) {
            return 0;
        }
    }

    return 1;
}


static inline void
cache_key(const news_cache_t *c, uint64_t n, news_cache_key_t *key)
{
    news_cache_key(c, news_str_n(&n, sizeof(n)), key);
}


/* 0: reserved and written; 1: there is no room */

static inline int
cache_begin(news_cache_t *c, const cache_value_t *v, unsigned kind,
    news_cache_ref_t *ref)
{
    uint64_t          seed;
    news_cache_key_t  key;

    cache_key(c, v->key, &key);

    if (news_cache_reserve(c, &key, kind, v->head, v->body, ref) != 0) {
        return 1;
    }

    seed = cache_seed(v->key, v->version);
    cache_fill(cache_bytes, v->head + v->body, seed, 0);

    if (news_cache_write(c, ref, news_str_n(cache_bytes, v->head),
                         news_str_n(cache_bytes + v->head, v->body))
        != 0)
    {
        news_cache_release(c, ref);
        return 1;
    }

    return 0;
}


/* the same, published and pinned */

static inline int
cache_put(news_cache_t *c, const cache_value_t *v, unsigned kind,
    news_cache_ref_t *ref)
{
    if (cache_begin(c, v, kind, ref) != 0) {
        return 1;
    }

    if (news_cache_publish(c, ref, v, sizeof(*v)) != 0) {
        news_cache_release(c, ref);
        return 1;
    }

    return 0;
}


static inline int
cache_get(news_cache_t *c, uint64_t n, news_cache_ref_t *ref)
{
    news_cache_key_t  key;

    cache_key(c, n, &key);

    return news_cache_get(c, &key, ref);
}


/* what is wrong with a pinned value, or NULL */

static inline const char *
cache_wrong(const news_cache_t *c, const news_cache_ref_t *ref, uint64_t n)
{
    size_t         at;
    unsigned       i, parts;
    uint64_t       seed;
    news_str_t     head, part[NEWS_CACHE_PARTS];
    cache_value_t  v;

    memcpy(&v, news_cache_info(ref), sizeof(v));

    if (v.key != n) {
        return "another key";
    }

    seed = cache_seed(v.key, v.version);
    head = news_cache_head(c, ref);

    if (head.len != v.head || news_cache_body_size(ref) != v.body) {
        return "another length";
    }

    if (!cache_same(head.data, head.len, seed, 0)) {
        return "bytes of the head";
    }

    at = head.len;
    parts = news_cache_body(c, ref, part);

    if (parts > NEWS_CACHE_PARTS || (v.body == 0 && parts != 0)) {
        return "the number of parts";
    }

    for (i = 0; i < parts; i++) {
        if (part[i].len == 0) {
            return "an empty part";
        }

        if (!cache_same(part[i].data, part[i].len, seed, at)) {
            return "bytes of the body";
        }

        at += part[i].len;
    }

    return (at == v.head + v.body) ? NULL : "the sum of the parts";
}


static inline uint64_t
cache_version(const news_cache_ref_t *ref)
{
    cache_value_t  v;

    memcpy(&v, news_cache_info(ref), sizeof(v));

    return v.version;
}


/*
 * Evicts all that is not pinned, by reserving as much as can be had, and
 * releases it; returns the number of bytes that were had.
 */

static inline uint64_t
cache_drain(news_cache_t *c)
{
    size_t               n, page, size;
    uint64_t             total;
    unsigned             i;
    news_cache_key_t     key;
    news_cache_ref_t    *refs;
    news_cache_stats_t   stats;

    cache_key(c, UINT64_MAX, &key);
    news_cache_stats(c, &stats);

    n = 0;
    total = 0;
    page = (size_t) sysconf(_SC_PAGESIZE);
    refs = calloc(stats.size / page + 1, sizeof(news_cache_ref_t));

    if (refs == NULL) {
        return 0;
    }

    for (size = (size_t) stats.size; size > 0; size = size / 2 / page * page) {
        while (n < stats.size / page
               && news_cache_reserve(c, &key, 0, 0, size, &refs[n]) == 0)
        {
            total += size;
            n++;
        }
    }

    for (i = 0; i < n; i++) {
        news_cache_release(c, &refs[i]);
    }

    free(refs);

    return total;
}


static inline uint64_t
cache_ms(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000 + (uint64_t) ts.tv_nsec / 1000000;
}


/* memory of a file of its own; NULL on failure */

static inline void *
cache_map(size_t size, int *fd)
{
    void  *mem;

    *fd = memfd_create("cache", MFD_CLOEXEC);

    if (*fd == -1) {
        return NULL;
    }

    if (ftruncate(*fd, (off_t) size) == -1) {
        return NULL;
    }

    mem = mmap(NULL, size, PROT_READ|PROT_WRITE, MAP_SHARED, *fd, 0);

    return (mem == MAP_FAILED) ? NULL : mem;
}


/* a zone with this process attached; the test ends where there is none */

static inline void
zone_open(news_cache_t *c, size_t size, unsigned slots)
{
    int    fd;
    void  *mem;

    mem = cache_map(size, &fd);

    if (mem == NULL || news_cache_create(c, mem, size, slots, 1, fd) != 0
        || news_cache_attach(c) != 0)
    {
        ok(0, "a zone of %zu bytes", size);
        exit(done());
    }
}


/* the memory stays: the mutex of this process's slot lies there, held */

static inline void
zone_close(news_cache_t *c)
{
    close(c->fd);
}


static inline int
put(news_cache_t *c, uint64_t key, uint64_t version, size_t head, size_t body)
{
    cache_value_t     v;
    news_cache_ref_t  ref;

    v.key = key;
    v.version = version;
    v.head = head;
    v.body = body;

    if (cache_put(c, &v, (unsigned) (key % 3), &ref) != 0) {
        return 1;
    }

    news_cache_release(c, &ref);

    return 0;
}


/* whether a value is there and right */

static inline int
has(news_cache_t *c, uint64_t key)
{
    const char        *wrong;
    news_cache_ref_t   ref;

    if (cache_get(c, key, &ref) != 0) {
        return 0;
    }

    wrong = cache_wrong(c, &ref, key);

    if (wrong != NULL) {
        ok(0, "the value of key %d: %s", (int) key, wrong);
    }

    news_cache_release(c, &ref);

    return wrong == NULL;
}


static inline uint64_t
free_bytes(news_cache_t *c)
{
    news_cache_stats_t  stats;

    news_cache_stats(c, &stats);

    return stats.free;
}


static inline uint64_t
size_bytes(news_cache_t *c)
{
    news_cache_stats_t  stats;

    news_cache_stats(c, &stats);

    return stats.size;
}


#endif /* _CACHE_H_INCLUDED_ */
