
/*
 * Copyright (C) The authors of the news module
 */


#include <errno.h>
#include <string.h>
#include <time.h>

#include "news_cache_shm.h"
#include "news_hash.h"


/* how long a process waits for the mutex, which is held for microseconds */

#define NEWS_CACHE_WAIT   50000000      /* nanoseconds */

/* POSIX.1-2024, in glibc from 2.30 on */

#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 30)
#define NEWS_CACHE_CLOCKLOCK  1
#endif
#endif

#if (NEWS_CACHE_CLOCKLOCK)
#define NEWS_CACHE_CLOCK  CLOCK_MONOTONIC
#else
#define NEWS_CACHE_CLOCK  CLOCK_REALTIME
#endif

/* buckets have a few records: a longer walk has been led astray */

#define NEWS_CACHE_STEPS  64


static int news_cache_wait(pthread_mutex_t *mutex);
static int news_cache_try_enter(news_cache_t *c);
static int news_cache_entered(news_cache_t *c, int rc);
static void news_cache_abandon(news_cache_t *c, news_cache_record_t *r);
static int news_cache_make_room(news_cache_t *c, news_cache_record_t *r,
    size_t head, size_t size);
static void news_cache_clear_window(news_cache_t *c, uint32_t pages);


int
news_cache_enter(news_cache_t *c)
{
    int  rc;

    rc = pthread_mutex_trylock(&c->shm->mutex);

    /* whoever was waited for in vain is not waited for again */

    if (rc == EBUSY && !c->late) {
        rc = news_cache_wait(&c->shm->mutex);
    }

    c->late = (rc == EBUSY || rc == ETIMEDOUT);

    return news_cache_entered(c, rc);
}


/* a clock that is set back would make a wait for the time of day long */

static int
news_cache_wait(pthread_mutex_t *mutex)
{
    struct timespec  end;

    if (clock_gettime(NEWS_CACHE_CLOCK, &end) == -1) {
        return EBUSY;
    }

    end.tv_nsec += NEWS_CACHE_WAIT;

    if (end.tv_nsec >= 1000000000) {
        end.tv_nsec -= 1000000000;
        end.tv_sec++;
    }

#if (NEWS_CACHE_CLOCKLOCK)
    return pthread_mutex_clocklock(mutex, NEWS_CACHE_CLOCK, &end);
#else
    return pthread_mutex_timedlock(mutex, &end);
#endif
}


static int
news_cache_try_enter(news_cache_t *c)
{
    return news_cache_entered(c, pthread_mutex_trylock(&c->shm->mutex));
}


static int
news_cache_entered(news_cache_t *c, int rc)
{
    if (rc == EOWNERDEAD) {
        rc = pthread_mutex_consistent(&c->shm->mutex);
        c->shm->sweep = 1;
    }

    if (rc != 0) {
        return -1;
    }

    if (news_cache_load(&c->shm->sweep)) {
        news_cache_rebuild(c);
    }

    return 0;
}


void
news_cache_leave(news_cache_t *c)
{
    pthread_mutex_unlock(&c->shm->mutex);
}


void
news_cache_key(const news_cache_t *c, news_str_t bytes, news_cache_key_t *key)
{
    news_hash128(key->hash, c->shm->seed, bytes);
}


/*
 * The pin is written before the record is looked at again: whoever kills it
 * either sees the pin, or has made the number another one by then.
 */

int
news_cache_get(news_cache_t *c, const news_cache_key_t *key,
    news_cache_ref_t *ref)
{
    uint32_t              i, n;
    news_cache_record_t  *r;

    ref->record = NULL;

    if (c->mine == NULL) {
        return 1;
    }

    i = news_cache_load(news_cache_bucket(c, key->hash));

    for (n = 0; i < c->shm->n_records && n < NEWS_CACHE_STEPS; n++) {
        r = &c->records[i];

        ref->seq = news_cache_load(&r->seq);

        if (ref->seq % 2 == 0 && r->key[0] == key->hash[0]
            && r->key[1] == key->hash[1] && c->mine[i] != UINT16_MAX)
        {
            news_cache_store(&c->mine[i], c->mine[i] + 1);
            news_cache_barrier();

            if (news_cache_load(&r->seq) == ref->seq) {
                ref->record = r;

                if (!r->seen) {
                    news_cache_store(&r->seen, 1);
                }

                return 0;
            }

            news_cache_store(&c->mine[i], c->mine[i] - 1);
        }

        i = news_cache_load(&r->next);
    }

    return 1;
}


int
news_cache_pin(news_cache_t *c, const news_cache_ref_t *ref)
{
    uint16_t  *pins;

    pins = &c->mine[news_cache_index(c, ref->record)];

    if (*pins == UINT16_MAX) {
        return 1;
    }

    news_cache_store(pins, *pins + 1);

    return 0;
}


void
news_cache_release(news_cache_t *c, news_cache_ref_t *ref)
{
    uint16_t             *pins;
    news_cache_record_t  *r;

    r = ref->record;
    ref->record = NULL;

    if (ref->seq % 2) {
        news_cache_abandon(c, r);
        return;
    }

    pins = &c->mine[news_cache_index(c, r)];
    news_cache_store(pins, *pins - 1);

    /* the last reader of what is dead; if missed, it is freed later */

    if (*pins == 0 && news_cache_load(&r->seq) != ref->seq
        && news_cache_try_enter(c) == 0)
    {
        news_cache_reap(c);
        news_cache_leave(c);
    }
}


/* reserved, and not published */

static void
news_cache_abandon(news_cache_t *c, news_cache_record_t *r)
{
    if (news_cache_enter(c) != 0) {

        /* nobody else touches it; the next one to enter finds it so */

        news_cache_store(&r->state, NEWS_CACHE_DEAD);
        news_cache_store(&c->shm->sweep, 1);
        return;
    }

    news_cache_free(c, r);
    news_cache_leave(c);
}


const void *
news_cache_info(const news_cache_ref_t *ref)
{
    return ref->record->info;
}


news_str_t
news_cache_head(const news_cache_t *c, const news_cache_ref_t *ref)
{
    news_cache_record_t  *r;

    r = ref->record;

    if (r->head == 0) {
        return news_str_n(NULL, 0);
    }

    return news_str_n(c->data + r->extents[0].page * c->page, r->head);
}


size_t
news_cache_body_size(const news_cache_ref_t *ref)
{
    return ref->record->body;
}


unsigned
news_cache_body(const news_cache_t *c, const news_cache_ref_t *ref,
    news_str_t *parts)
{
    size_t                skip, left, len;
    unsigned              i, n;
    news_cache_record_t  *r;

    r = ref->record;
    skip = news_cache_body_at(r->head);
    left = r->body;

    n = 0;

    for (i = 0; i < r->n && left > 0; i++) {
        len = r->extents[i].n * c->page - skip;

        if (len > left) {
            len = left;
        }

        if (len > 0) {
            parts[n++] = news_str_n(c->data + r->extents[i].page * c->page
                                    + skip, len);
        }

        left -= len;
        skip = 0;
    }

    return n;
}


uint64_t
news_cache_checked(const news_cache_ref_t *ref)
{
    return news_cache_load(&ref->record->checked);
}


void
news_cache_set_checked(const news_cache_ref_t *ref, uint64_t checked)
{
    if (news_cache_checked(ref) != checked) {
        news_cache_store(&ref->record->checked, checked);
    }
}


off_t
news_cache_sendfile(const news_cache_t *c, const news_cache_ref_t *ref,
    const unsigned char *p)
{
    if (!ref->record->sent) {
        news_cache_store(&ref->record->sent, 1);
    }

    return (off_t) (p - (unsigned char *) c->shm);
}


int
news_cache_reserve(news_cache_t *c, const news_cache_key_t *key,
    unsigned kind, size_t head, size_t body, news_cache_ref_t *ref)
{
    int                   rc;
    size_t                at, most;
    news_cache_shm_t     *shm;
    news_cache_record_t  *r;

    ref->record = NULL;
    shm = c->shm;

    most = shm->n_pages / 2 * c->page;

    if (c->mine == NULL || head > most || body > most - head) {
        return 1;
    }

    at = body ? news_cache_body_at(head) : head;

    if (news_cache_enter(c) != 0) {
        return 1;
    }

    if (shm->dead != NEWS_CACHE_NONE) {
        news_cache_reap(c);
    }

    if (shm->free == NEWS_CACHE_NONE && news_cache_evict(c) != 0) {
        news_cache_mourn(c);
    }

    rc = 1;

    if (shm->free != NEWS_CACHE_NONE) {
        r = &c->records[shm->free];
        shm->free = r->older;

        if (news_cache_make_room(c, r, at, at + body) == 0) {
            r->key[0] = key->hash[0];
            r->key[1] = key->hash[1];
            r->head = head;
            r->body = body;
            r->kind = (uint8_t) kind;
            r->owner = (uint16_t) c->slot;
            r->seen = 0;
            r->checked = 0;

            ref->record = r;
            ref->seq = r->seq;

            news_cache_store(&r->state, NEWS_CACHE_WRITING);

            rc = 0;

        } else {
            r->older = shm->free;
            shm->free = news_cache_index(c, r);
        }
    }

    news_cache_leave(c);

    return rc;
}


/*
 * The least recently read go until there are enough pages, and some more of
 * them where these lie too scattered.  For a large value that may not do: then
 * pages side by side are cleared, whoever has them.
 */

static int
news_cache_make_room(news_cache_t *c, news_cache_record_t *r, size_t head,
    size_t size)
{
    uint32_t           pages, enough, done;
    news_cache_shm_t  *shm;

    shm = c->shm;
    pages = (uint32_t) ((size + c->page - 1) / c->page);
    enough = pages + pages / 4;

    for ( ;; ) {

        if (news_cache_take_pages(c, r, head, size) == 0) {
            return 0;
        }

        if (shm->free_pages >= enough || news_cache_evict(c) != 0) {
            break;
        }
    }

    news_cache_mourn(c);

    for (done = 0; done < shm->n_pages + pages; done += pages) {

        if (news_cache_take_pages(c, r, head, size) == 0) {
            return 0;
        }

        news_cache_clear_window(c, pages);
    }

    return -1;
}


/* pins are stepped over; the window moves on */

static void
news_cache_clear_window(news_cache_t *c, uint32_t pages)
{
    uint32_t              n, page;
    news_cache_shm_t     *shm;
    news_cache_record_t  *r;

    shm = c->shm;
    page = shm->hand;

    for (n = 0; n < pages; n++) {

        if (page >= shm->n_pages) {
            page = 0;
        }

        if (c->used[page / NEWS_CACHE_BITS]
            & ((uint64_t) 1 << (page % NEWS_CACHE_BITS)))
        {
            r = &c->records[c->owners[page]];

            if (r->state == NEWS_CACHE_LIVE && !news_cache_is_pinned(c, r)) {
                news_cache_kill(c, r);
                shm->evictions++;
            }
        }

        page++;
    }

    shm->hand = (page < shm->n_pages) ? page : 0;
}


int
news_cache_write(const news_cache_t *c, const news_cache_ref_t *ref,
    news_str_t head, news_str_t body)
{
    unsigned              i, n;
    unsigned char        *p;
    news_str_t            parts[NEWS_CACHE_PARTS];
    news_cache_record_t  *r;

    r = ref->record;

    if (r->stale && news_cache_renew_pages(c, r) != 0) {
        return 1;
    }

    if (head.len > 0) {
        p = c->data + r->extents[0].page * c->page;
        memcpy(p, head.data, head.len);
    }

    n = news_cache_body(c, ref, parts);

    for (i = 0; i < n; i++) {
        memcpy((unsigned char *) parts[i].data, body.data, parts[i].len);
        body.data += parts[i].len;
    }

    return 0;
}


int
news_cache_publish(news_cache_t *c, news_cache_ref_t *ref, const void *info,
    size_t len)
{
    uint16_t             *pins;
    news_cache_record_t  *r, *old;

    r = ref->record;
    pins = &c->mine[news_cache_index(c, r)];

    if (len > NEWS_CACHE_INFO || *pins == UINT16_MAX
        || news_cache_enter(c) != 0)
    {
        return 1;
    }

    memcpy(r->info, info, len);

    if (r->stale) {
        news_cache_mark_sent(c, r, 0);
        r->stale = 0;
    }

    old = news_cache_find(c, r->key);

    if (old != NULL) {
        news_cache_kill(c, old);
    }

    news_cache_store(pins, *pins + 1);
    news_cache_store(&r->state, NEWS_CACHE_LIVE);
    news_cache_link(c, r);

    ref->seq = r->seq + 1;
    news_cache_store(&r->seq, ref->seq);

    news_cache_leave(c);

    return 0;
}
