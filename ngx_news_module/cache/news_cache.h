
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_CACHE_H_INCLUDED_
#define _NEWS_CACHE_H_INCLUDED_


/*
 * A cache in memory shared by processes: values by key, the least recently
 * used going first.  It knows no server and no articles: a value is a small
 * fixed "info", a "head" and a body of bytes.
 *
 * A value is read in place, without a lock and without a copy.  A reader pins
 * it, and its bytes stay what they are until it is released, even when the
 * value has been replaced or evicted meanwhile.  Each process has a slot with
 * its pins; when a process dies, at whatever instruction, the others find that
 * out by its slot's robust mutex (POSIX), take its pins back, and rebuild the
 * lists if it died while changing them.  Nothing here blocks for long: where
 * the lock cannot be had soon, a call fails, and its caller does without the
 * cache.
 *
 * Memory is given in pages of the system.  A value need not be in one piece,
 * so there is always room for one where enough pages are free, whatever came
 * and went before.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "news_buf.h"


#define NEWS_CACHE_PARTS   8      /* pieces of a value, at most */
#define NEWS_CACHE_INFO    192    /* bytes of an info, at most */
#define NEWS_CACHE_COUNTS  16     /* counters of the caller's */


typedef struct {
    uint64_t             hash[2];
} news_cache_key_t;


typedef struct news_cache_shm_s     news_cache_shm_t;
typedef struct news_cache_slot_s    news_cache_slot_t;
typedef struct news_cache_record_s  news_cache_record_t;


/* what a process knows of a cache; private but for "fd" and "alone" */

typedef struct {
    news_cache_shm_t     *shm;
    news_cache_slot_t    *slots;
    news_cache_record_t  *records;
    uint32_t             *buckets;
    uint32_t             *owners;        /* record of each page */
    uint64_t             *used;          /* bits of pages */
    uint64_t             *sent;          /* pages the kernel may still send */
    uint16_t             *pins;          /* of all slots */
    uint16_t             *mine;          /* of this process; NULL: no slot */
    unsigned char        *data;
    size_t                page;          /* bytes */
    unsigned              slot;          /* of this process */
    int                   fd;            /* of the memory; or -1 */
    unsigned              alone;         /* set by the caller: no other
                                            process will attach */
    unsigned              late;          /* the mutex was not to be had */
} news_cache_t;


/* a pinned value */

typedef struct {
    news_cache_record_t  *record;        /* NULL: none */
    uint32_t              seq;
} news_cache_ref_t;


typedef struct {
    uint64_t              counts[NEWS_CACHE_COUNTS];
    uint64_t              bytes[NEWS_CACHE_COUNTS];     /* of bodies, by the
                                                           kind given */
    uint64_t              entries[NEWS_CACHE_COUNTS];   /* the same */
    uint64_t              evictions;     /* values dropped for room */
    uint64_t              rebuilds;      /* after a death in the middle */
    uint64_t              size;          /* of the data, in bytes */
    uint64_t              free;
} news_cache_stats_t;


/*
 * Formats "size" bytes at "mem" (aligned to a page) for up to "slots"
 * processes; "seed" is random and keeps keys from being guessed.  "fd" is a
 * file that "mem" is a shared mapping of, from its beginning, or -1.  Returns
 * 0, or -1 when the memory is too small.
 */

int news_cache_create(news_cache_t *c, void *mem, size_t size,
    unsigned slots, uint64_t seed, int fd);

/* finds what news_cache_create() made; -1 when it is not there */

int news_cache_open(news_cache_t *c, void *mem, size_t size, int fd);

/*
 * Takes a slot for this process, which has to be the one that uses the cache
 * then, with one thread but for what is said below.  Without one a cache
 * finds and keeps nothing.  -1 when all slots are taken by live processes.
 */

int news_cache_attach(news_cache_t *c);

/* gives the slot back; to be called before the memory is unmapped */

void news_cache_detach(news_cache_t *c);

/* the key of some bytes, of which the caller has many parts to tell apart */

void news_cache_key(const news_cache_t *c, news_str_t bytes,
    news_cache_key_t *key);


/* finds and pins a value; 0, or 1 where there is none */

int news_cache_get(news_cache_t *c, const news_cache_key_t *key,
    news_cache_ref_t *ref);

/* another pin of the same value; 0, or 1 when it has too many */

int news_cache_pin(news_cache_t *c, const news_cache_ref_t *ref);

/* every pin is released once; the value must not be touched after */

void news_cache_release(news_cache_t *c, news_cache_ref_t *ref);


/*
 * What a pinned value is.  The body is in up to NEWS_CACHE_PARTS pieces, whose
 * number is returned; none for an empty one.
 */

const void *news_cache_info(const news_cache_ref_t *ref);
news_str_t news_cache_head(const news_cache_t *c, const news_cache_ref_t *ref);
unsigned news_cache_body(const news_cache_t *c, const news_cache_ref_t *ref,
    news_str_t *parts);
size_t news_cache_body_size(const news_cache_ref_t *ref);

/* a number that readers may set, 0 at first: when it was last looked after */

uint64_t news_cache_checked(const news_cache_ref_t *ref);
void news_cache_set_checked(const news_cache_ref_t *ref, uint64_t checked);

/*
 * Where a byte of the body is in the file "fd".  From then on its pages are
 * taken away from the file and not written again, as the kernel may go on
 * sending them after the value was released.
 */

off_t news_cache_sendfile(const news_cache_t *c, const news_cache_ref_t *ref,
    const unsigned char *p);


/*
 * Adding a value, in three steps: room is reserved, others being evicted for
 * it; the bytes are written, which may be done by another thread of the
 * process; the value is published, in the place of an earlier one of its key,
 * and stays pinned for the caller.  "kind" is below NEWS_CACHE_COUNTS.  Each
 * returns 0, or 1 where there is no room, or no time: what was reserved is the
 * caller's alone then, to be read, and released.  A value larger than half of
 * the memory has no room.  Reserving, too, may be done by another thread.
 */

int news_cache_reserve(news_cache_t *c, const news_cache_key_t *key,
    unsigned kind, size_t head, size_t body, news_cache_ref_t *ref);
int news_cache_write(const news_cache_t *c, const news_cache_ref_t *ref,
    news_str_t head, news_str_t body);
int news_cache_publish(news_cache_t *c, news_cache_ref_t *ref,
    const void *info, size_t len);


/*
 * One process at a time for a key: 0 is "go on", for "age" milliseconds at
 * most, 1 is "another one is at it".  A dead one has nothing.  "now" is in
 * milliseconds, of a clock that all processes have.
 */

int news_cache_lock(news_cache_t *c, const news_cache_key_t *key,
    uint64_t now, uint64_t age);
void news_cache_unlock(news_cache_t *c, const news_cache_key_t *key);


/* counters, those of dead processes included; "n" below NEWS_CACHE_COUNTS */

void news_cache_count(news_cache_t *c, unsigned n);
void news_cache_stats(news_cache_t *c, news_cache_stats_t *stats);


#endif /* _NEWS_CACHE_H_INCLUDED_ */
