
/*
 * Copyright (C) The authors of the news module
 */


#include <string.h>

#include "news_cache_shm.h"


static news_cache_lock_t *news_cache_set(const news_cache_t *c,
    const news_cache_key_t *key);


int
news_cache_lock(news_cache_t *c, const news_cache_key_t *key, uint64_t now,
    uint64_t age)
{
    int                 rc;
    unsigned            i;
    news_cache_lock_t  *lock, *set, *free;

    if (c->mine == NULL || news_cache_enter(c) != 0) {
        return 0;
    }

    rc = 0;
    free = NULL;
    set = news_cache_set(c, key);

    for (i = 0; i < NEWS_CACHE_LOCK_WAYS; i++) {
        lock = &set[i];

        if (lock->taken && now < lock->end) {

            if (lock->key[0] != key->hash[0] || lock->key[1] != key->hash[1])
            {
                continue;
            }

            if (news_cache_is_alive(c, lock->slot)) {
                rc = 1;
                goto done;
            }
        }

        free = lock;

        if (lock->key[0] == key->hash[0] && lock->key[1] == key->hash[1]) {
            break;
        }
    }

    /* a set that is full locks no more, which costs a render and no wrong */

    if (free != NULL) {
        /* one that dies here leaves no lock in another's name */

        news_cache_store(&free->taken, 0);
        news_cache_barrier();

        free->key[0] = key->hash[0];
        free->key[1] = key->hash[1];
        free->end = now + age;
        free->slot = c->slot;

        news_cache_store(&free->taken, 1);
    }

done:

    news_cache_leave(c);

    return rc;
}


/* what another one has taken over since stays locked */

void
news_cache_unlock(news_cache_t *c, const news_cache_key_t *key)
{
    unsigned            i;
    news_cache_lock_t  *set;

    if (c->mine == NULL || news_cache_enter(c) != 0) {
        return;
    }

    set = news_cache_set(c, key);

    for (i = 0; i < NEWS_CACHE_LOCK_WAYS; i++) {
        if (set[i].taken && set[i].slot == c->slot
            && set[i].key[0] == key->hash[0]
            && set[i].key[1] == key->hash[1])
        {
            set[i].taken = 0;
        }
    }

    news_cache_leave(c);
}


static news_cache_lock_t *
news_cache_set(const news_cache_t *c, const news_cache_key_t *key)
{
    uint64_t  n;

    n = key->hash[1] % (NEWS_CACHE_LOCKS / NEWS_CACHE_LOCK_WAYS);

    return &c->shm->locks[n * NEWS_CACHE_LOCK_WAYS];
}


void
news_cache_count(news_cache_t *c, unsigned n)
{
    uint64_t  *count;

    if (c->mine != NULL) {
        count = &c->slots[c->slot].counts[n];
        __atomic_store_n(count, *count + 1, __ATOMIC_RELAXED);
    }
}


void
news_cache_stats(news_cache_t *c, news_cache_stats_t *stats)
{
    uint32_t           i, n;
    news_cache_shm_t  *shm;

    shm = c->shm;

    memset(stats, 0, sizeof(news_cache_stats_t));

    if (news_cache_enter(c) != 0) {
        return;
    }

    for (i = 0; i < NEWS_CACHE_COUNTS; i++) {
        stats->counts[i] = shm->counts[i];
        stats->bytes[i] = shm->bytes[i];
        stats->entries[i] = shm->entries[i];

        for (n = 0; n < shm->n_slots; n++) {
            stats->counts[i] += news_cache_load(&c->slots[n].counts[i]);
        }
    }

    stats->evictions = shm->evictions;
    stats->rebuilds = shm->rebuilds;
    stats->size = (uint64_t) shm->n_pages * c->page;
    stats->free = (uint64_t) shm->free_pages * c->page;

    news_cache_leave(c);
}
