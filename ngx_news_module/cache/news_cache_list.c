
/*
 * Copyright (C) The authors of the news module
 */


#include <string.h>

#include "news_cache_shm.h"


static void news_cache_queue(news_cache_t *c, news_cache_record_t *r);
static void news_cache_unqueue(news_cache_t *c, news_cache_record_t *r);
static void news_cache_unlink(news_cache_t *c, news_cache_record_t *r);


uint32_t *
news_cache_bucket(const news_cache_t *c, const uint64_t *key)
{
    return &c->buckets[key[0] & (c->shm->n_buckets - 1)];
}


news_cache_record_t *
news_cache_find(const news_cache_t *c, const uint64_t *key)
{
    uint32_t              i, n;
    news_cache_record_t  *r;

    i = *news_cache_bucket(c, key);

    for (n = 0; i != NEWS_CACHE_NONE && n < c->shm->n_records; n++) {
        r = &c->records[i];

        if (r->key[0] == key[0] && r->key[1] == key[1]) {
            return r;
        }

        i = r->next;
    }

    return NULL;
}


/* a LIVE record becomes the newest of the queue, and can be found */

void
news_cache_link(news_cache_t *c, news_cache_record_t *r)
{
    uint32_t  *bucket;

    bucket = news_cache_bucket(c, r->key);

    r->next = *bucket;
    news_cache_store(bucket, news_cache_index(c, r));

    news_cache_queue(c, r);

    c->shm->entries[r->kind]++;
    c->shm->bytes[r->kind] += r->body;
}


static void
news_cache_unlink(news_cache_t *c, news_cache_record_t *r)
{
    uint32_t  n, i, *p;

    i = news_cache_index(c, r);
    p = news_cache_bucket(c, r->key);

    /* "next" stays, for readers that are passing by */

    for (n = 0; *p != NEWS_CACHE_NONE && n < c->shm->n_records; n++) {
        if (*p == i) {
            news_cache_store(p, r->next);
            break;
        }

        p = &c->records[*p].next;
    }

    news_cache_unqueue(c, r);

    c->shm->entries[r->kind]--;
    c->shm->bytes[r->kind] -= r->body;
}


static void
news_cache_queue(news_cache_t *c, news_cache_record_t *r)
{
    uint32_t           i;
    news_cache_shm_t  *shm;

    shm = c->shm;
    i = news_cache_index(c, r);

    r->newer = NEWS_CACHE_NONE;
    r->older = shm->newest;

    if (shm->newest != NEWS_CACHE_NONE) {
        c->records[shm->newest].newer = i;

    } else {
        shm->oldest = i;
    }

    shm->newest = i;
}


static void
news_cache_unqueue(news_cache_t *c, news_cache_record_t *r)
{
    if (r->newer != NEWS_CACHE_NONE) {
        c->records[r->newer].older = r->older;

    } else {
        c->shm->newest = r->older;
    }

    if (r->older != NEWS_CACHE_NONE) {
        c->records[r->older].newer = r->newer;

    } else {
        c->shm->oldest = r->newer;
    }
}


int
news_cache_is_pinned(const news_cache_t *c, const news_cache_record_t *r)
{
    uint32_t         slot;
    const uint16_t  *pins;

    pins = c->pins + news_cache_index(c, r);

    for (slot = 0; slot < c->shm->n_slots; slot++) {

        if (c->slots[slot].taken && news_cache_load(pins) != 0) {
            return 1;
        }

        pins += c->shm->n_records;
    }

    return 0;
}


/* takes a LIVE record away from new readers, and frees it if it can */

void
news_cache_kill(news_cache_t *c, news_cache_record_t *r)
{
    news_cache_store(&r->seq, r->seq + 1);
    news_cache_barrier();

    news_cache_unlink(c, r);
    news_cache_store(&r->state, NEWS_CACHE_DEAD);

    if (!news_cache_is_pinned(c, r)) {
        news_cache_free(c, r);
        return;
    }

    news_cache_bury(c, r);
}


/* a DEAD record waits for its readers */

void
news_cache_bury(news_cache_t *c, news_cache_record_t *r)
{
    r->newer = NEWS_CACHE_NONE;
    r->older = c->shm->dead;

    if (c->shm->dead != NEWS_CACHE_NONE) {
        c->records[c->shm->dead].newer = news_cache_index(c, r);
    }

    c->shm->dead = news_cache_index(c, r);
}


/* frees those of the dead that nobody reads any more */

void
news_cache_reap(news_cache_t *c)
{
    uint32_t              i, next;
    news_cache_record_t  *r;

    for (i = c->shm->dead; i != NEWS_CACHE_NONE; i = next) {
        r = &c->records[i];
        next = r->older;

        if (news_cache_is_pinned(c, r)) {
            continue;
        }

        if (r->newer != NEWS_CACHE_NONE) {
            c->records[r->newer].older = r->older;

        } else {
            c->shm->dead = r->older;
        }

        if (r->older != NEWS_CACHE_NONE) {
            c->records[r->older].newer = r->newer;
        }

        news_cache_free(c, r);
    }
}


/* a record on no list; its pages are known as sent before they are given */

void
news_cache_free(news_cache_t *c, news_cache_record_t *r)
{
    if (r->sent) {
        news_cache_mark_sent(c, r, 1);
    }

    news_cache_give_pages(c, r);

    r->sent = 0;
    news_cache_store(&r->state, NEWS_CACHE_FREE);

    r->older = c->shm->free;
    c->shm->free = news_cache_index(c, r);
}


/*
 * The queue is in the order of adding, and what was read since then, or is
 * being read, goes to its other end once more.
 */

int
news_cache_evict(news_cache_t *c)
{
    uint32_t              n;
    news_cache_record_t  *r;

    for (n = 0; n < 2 * c->shm->n_records; n++) {

        if (c->shm->oldest == NEWS_CACHE_NONE) {
            return -1;
        }

        r = &c->records[c->shm->oldest];

        if (r->seen || news_cache_is_pinned(c, r)) {
            news_cache_store(&r->seen, 0);
            news_cache_unqueue(c, r);
            news_cache_queue(c, r);
            continue;
        }

        news_cache_kill(c, r);
        c->shm->evictions++;

        return 0;
    }

    return -1;
}
