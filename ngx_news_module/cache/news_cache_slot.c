
/*
 * Copyright (C) The authors of the news module
 */


#include <errno.h>
#include <string.h>

#include "news_cache_shm.h"


static int news_cache_check(news_cache_t *c, uint32_t slot);
static void news_cache_bequeath(news_cache_t *c, uint32_t slot);
static void news_cache_keep(news_cache_t *c, news_cache_record_t *r);


int
news_cache_attach(news_cache_t *c)
{
    int                 rc;
    uint32_t            i;
    news_cache_slot_t  *slot;

    c->mine = NULL;

    if (news_cache_enter(c) != 0) {
        return -1;
    }

    news_cache_mourn(c);

    for (i = 0; i < c->shm->n_slots; i++) {
        slot = &c->slots[i];

        if (slot->taken) {
            continue;
        }

        /* a mutex that is held is known to the C library, by its address */

        rc = c->alone ? 0 : pthread_mutex_trylock(&slot->alive);

        if (rc == EOWNERDEAD) {
            rc = pthread_mutex_consistent(&slot->alive);
        }

        if (rc != 0) {
            continue;
        }

        /* one that died here has left nothing */

        news_cache_store(&slot->taken, 1);

        c->slot = i;
        c->mine = c->pins + (size_t) i * c->shm->n_records;

        news_cache_leave(c);

        return 0;
    }

    news_cache_leave(c);

    return -1;
}


/* what is still pinned is pinned no more */

void
news_cache_detach(news_cache_t *c)
{
    uint32_t  slot;

    if (c->mine == NULL) {
        return;
    }

    slot = c->slot;
    c->mine = NULL;

    if (!c->alone) {
        pthread_mutex_unlock(&c->slots[slot].alive);
    }

    if (news_cache_enter(c) == 0) {
        (void) news_cache_is_alive(c, slot);
        news_cache_leave(c);
    }
}


int
news_cache_is_alive(news_cache_t *c, uint32_t slot)
{
    int                   rc;
    uint32_t              i;
    news_cache_record_t  *r;

    rc = news_cache_check(c, slot);

    if (rc >= 0) {
        return rc;
    }

    for (i = 0; i < c->shm->n_records; i++) {
        r = &c->records[i];

        if (r->state == NEWS_CACHE_WRITING && r->owner == slot) {
            news_cache_free(c, r);
        }
    }

    news_cache_reap(c);

    return 0;
}


void
news_cache_mourn(news_cache_t *c)
{
    uint32_t  i;

    for (i = 0; i < c->shm->n_slots; i++) {
        (void) news_cache_is_alive(c, i);
    }
}


/*
 * 1 where the process lives, 0 where there is none, -1 where it has just been
 * found dead: its slot's mutex can be had by others only then.
 */

static int
news_cache_check(news_cache_t *c, uint32_t slot)
{
    int                 rc;
    news_cache_slot_t  *s;

    if (c->mine != NULL && slot == c->slot) {
        return 1;
    }

    s = &c->slots[slot];

    if (!s->taken) {
        return 0;
    }

    rc = pthread_mutex_trylock(&s->alive);

    if (rc == EOWNERDEAD) {
        rc = pthread_mutex_consistent(&s->alive);
    }

    if (rc != 0) {
        return 1;
    }

    news_cache_bequeath(c, slot);

    pthread_mutex_unlock(&s->alive);

    return -1;
}


/* its pins, locks and counters; what it was writing stays for the caller */

static void
news_cache_bequeath(news_cache_t *c, uint32_t slot)
{
    uint32_t            i;
    news_cache_shm_t   *shm;
    news_cache_lock_t  *lock;
    news_cache_slot_t  *s;

    shm = c->shm;
    s = &c->slots[slot];

    for (i = 0; i < NEWS_CACHE_LOCKS; i++) {
        lock = &shm->locks[i];

        if (lock->taken && lock->slot == slot) {
            lock->taken = 0;
        }
    }

    for (i = 0; i < NEWS_CACHE_COUNTS; i++) {
        shm->counts[i] += s->counts[i];
        s->counts[i] = 0;
    }

    memset(c->pins + (size_t) slot * shm->n_records, 0,
           shm->n_records * sizeof(uint16_t));

    news_cache_store(&s->taken, 0);
}


void
news_cache_rebuild(news_cache_t *c)
{
    uint32_t           i;
    news_cache_shm_t  *shm;

    shm = c->shm;

    news_cache_store(&shm->sweep, 0);

    for (i = 0; i < shm->n_slots; i++) {
        (void) news_cache_check(c, i);
    }

    /* readers may be passing by: no bucket ever leads out of the records */

    for (i = 0; i < shm->n_buckets; i++) {
        news_cache_store(&c->buckets[i], NEWS_CACHE_NONE);
    }

    memset(shm->entries, 0, sizeof(shm->entries));
    memset(shm->bytes, 0, sizeof(shm->bytes));

    shm->newest = NEWS_CACHE_NONE;
    shm->oldest = NEWS_CACHE_NONE;
    shm->free = NEWS_CACHE_NONE;
    shm->dead = NEWS_CACHE_NONE;
    shm->hand = 0;

    news_cache_clear_pages(c);

    for (i = 0; i < shm->n_records; i++) {
        news_cache_keep(c, &c->records[i]);
    }

    shm->rebuilds++;
}


/* what may be kept is what was whole when the process died */

static void
news_cache_keep(news_cache_t *c, news_cache_record_t *r)
{
    int  keep, live;

    live = 0;
    keep = 0;

    switch (r->state) {

    case NEWS_CACHE_WRITING:
        keep = c->slots[r->owner].taken != 0;
        break;

    case NEWS_CACHE_LIVE:
        live = (r->seq % 2 == 0);
        keep = live || news_cache_is_pinned(c, r);
        break;

    case NEWS_CACHE_DEAD:
        keep = news_cache_is_pinned(c, r);
        break;

    default: /* NEWS_CACHE_FREE */
        r->n = 0;
        break;
    }

    if (keep && news_cache_mark_pages(c, r) == 0) {

        if (live) {
            news_cache_link(c, r);

        } else if (r->state != NEWS_CACHE_WRITING) {
            news_cache_store(&r->state, NEWS_CACHE_DEAD);
            news_cache_bury(c, r);
        }

        return;
    }

    if (r->seq % 2 == 0) {
        news_cache_store(&r->seq, r->seq + 1);
    }

    if (r->sent) {
        news_cache_mark_sent(c, r, 1);
    }

    r->n = 0;
    r->sent = 0;
    news_cache_store(&r->state, NEWS_CACHE_FREE);

    r->older = c->shm->free;
    c->shm->free = news_cache_index(c, r);
}
