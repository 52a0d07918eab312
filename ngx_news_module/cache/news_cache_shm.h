
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_CACHE_SHM_H_INCLUDED_
#define _NEWS_CACHE_SHM_H_INCLUDED_


/*
 * What lies in shared memory, and how it is kept whole.
 *
 * The records are the truth; queue, buckets, bits and owners of pages are
 * derived from them, and made anew when a process died while it held the
 * mutex.  A record's state is written after what it stands for, so that this
 * is possible at any point:
 *
 *     FREE      has no pages
 *     WRITING   has pages that its owner, a live process, fills
 *     LIVE      has key, pages, info, to be found by readers
 *     DEAD      was replaced or evicted, and may be pinned still
 *
 * "seq" is even when and only when readers may take the record.  A reader
 * pins and then looks at it again; whoever kills makes it odd and then looks
 * for pins; a full barrier between, on both sides, lets at least one of them
 * see the other.  All but readers hold the mutex, but for the bytes of a
 * WRITING record.
 */

#include <pthread.h>

#include "news_cache.h"


#define NEWS_CACHE_NONE       UINT32_MAX
#define NEWS_CACHE_LOCKS      512
#define NEWS_CACHE_LOCK_WAYS  8
#define NEWS_CACHE_BITS       64        /* in a word of pages */
#define NEWS_CACHE_LINE       64        /* bodies are copied from such */


typedef enum {
    NEWS_CACHE_FREE = 0,
    NEWS_CACHE_WRITING,
    NEWS_CACHE_LIVE,
    NEWS_CACHE_DEAD
} news_cache_state_e;


typedef struct {
    uint32_t             page;
    uint32_t             n;
} news_cache_extent_t;


struct news_cache_record_s {
    uint32_t             seq;
    uint32_t             next;          /* in the bucket */
    uint64_t             key[2];
    uint64_t             checked;
    size_t               head;
    size_t               body;
    uint32_t             seen;          /* read since last looked at */
    uint32_t             sent;          /* the kernel may send its pages */
    uint32_t             state;
    uint32_t             newer;         /* in the queue, or the list of dead */
    uint32_t             older;         /* also the next free one */
    uint16_t             owner;         /* slot that writes */
    uint8_t              kind;
    uint8_t              n;             /* extents */
    uint8_t              stale;         /* pages to be made anew */
    news_cache_extent_t  extents[NEWS_CACHE_PARTS];
    uint64_t             info[NEWS_CACHE_INFO / sizeof(uint64_t)];
};


/* the mutex is held as long as the process lives */

struct news_cache_slot_s {
    pthread_mutex_t      alive;
    uint32_t             taken;
    uint64_t             counts[NEWS_CACHE_COUNTS];
};


typedef struct {
    uint64_t             key[2];
    uint64_t             end;           /* milliseconds */
    uint32_t             slot;
    uint32_t             taken;
} news_cache_lock_t;


struct news_cache_shm_s {
    uint64_t             magic;
    uint64_t             total;         /* bytes of the memory */
    uint64_t             seed;
    pthread_mutex_t      mutex;
    uint32_t             sweep;         /* something was left lying about */
    uint32_t             n_slots;
    uint32_t             n_buckets;     /* a power of two */
    uint32_t             n_records;
    uint32_t             n_pages;
    uint32_t             free_pages;
    uint32_t             hand;          /* where the next search begins */
    uint32_t             newest;        /* the queue */
    uint32_t             oldest;
    uint32_t             free;          /* records */
    uint32_t             dead;
    uint64_t             evictions;
    uint64_t             rebuilds;
    uint64_t             counts[NEWS_CACHE_COUNTS];     /* of dead slots */
    uint64_t             bytes[NEWS_CACHE_COUNTS];
    uint64_t             entries[NEWS_CACHE_COUNTS];
    news_cache_lock_t    locks[NEWS_CACHE_LOCKS];
};


#define news_cache_load(p)      __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define news_cache_store(p, v)  __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define news_cache_barrier()    __atomic_thread_fence(__ATOMIC_SEQ_CST)


static inline size_t
news_cache_words(uint32_t n_pages)
{
    return ((size_t) n_pages + NEWS_CACHE_BITS - 1) / NEWS_CACHE_BITS;
}


/* where in a value the body begins */

static inline size_t
news_cache_body_at(size_t head)
{
    return (head + NEWS_CACHE_LINE - 1) & ~(size_t) (NEWS_CACHE_LINE - 1);
}


static inline uint32_t
news_cache_index(const news_cache_t *c, const news_cache_record_t *r)
{
    return (uint32_t) (r - c->records);
}


/* news_cache.c: 0, or -1 when the mutex cannot be had soon */

int news_cache_enter(news_cache_t *c);
void news_cache_leave(news_cache_t *c);


/* news_cache_pages.c */

/*
 * Gives a record pages for "size" bytes, the first "head" of which lie in one
 * piece; 0, or -1 where there are not enough, or too scattered.
 */

int news_cache_take_pages(news_cache_t *c, news_cache_record_t *r,
    size_t head, size_t size);
void news_cache_give_pages(news_cache_t *c, news_cache_record_t *r);
void news_cache_clear_pages(news_cache_t *c);

/* so that nothing the kernel sends yet is written over; 0 or -1 */

int news_cache_renew_pages(const news_cache_t *c,
    const news_cache_record_t *r);

/* what is known of a record's pages; -1 where they are others' already */

int news_cache_mark_pages(news_cache_t *c, news_cache_record_t *r);
void news_cache_mark_sent(news_cache_t *c, const news_cache_record_t *r,
    int sent);


/* news_cache_list.c: queue, buckets, and the end of a record */

uint32_t *news_cache_bucket(const news_cache_t *c, const uint64_t *key);
void news_cache_link(news_cache_t *c, news_cache_record_t *r);
void news_cache_kill(news_cache_t *c, news_cache_record_t *r);
void news_cache_free(news_cache_t *c, news_cache_record_t *r);
void news_cache_bury(news_cache_t *c, news_cache_record_t *r);
void news_cache_reap(news_cache_t *c);
int news_cache_is_pinned(const news_cache_t *c, const news_cache_record_t *r);

/* the record of a key, or NULL; the mutex is held */

news_cache_record_t *news_cache_find(const news_cache_t *c,
    const uint64_t *key);

/* evicts the one that was not read for longest; -1 where there is none */

int news_cache_evict(news_cache_t *c);


/* news_cache_slot.c */

/* whether the process of a slot lives; what a dead one left is taken back */

int news_cache_is_alive(news_cache_t *c, uint32_t slot);

/* looks at all slots */

void news_cache_mourn(news_cache_t *c);

/* makes everything anew out of the records */

void news_cache_rebuild(news_cache_t *c);


#endif /* _NEWS_CACHE_SHM_H_INCLUDED_ */
