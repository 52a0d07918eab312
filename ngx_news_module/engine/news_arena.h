
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_ARENA_H_INCLUDED_
#define _NEWS_ARENA_H_INCLUDED_


#include <stddef.h>


/*
 * One arena holds everything a render makes and is dropped whole.  It meters
 * bytes and processor time alike: past either limit every further allocation
 * fails, so whatever allocates is bounded without a check of its own, and
 * loops that do not allocate call news_arena_tick().
 *
 * An arena is used by one thread at a time.  Builds with AddressSanitizer
 * take each piece from malloc(), so that overruns inside are seen.
 */

typedef struct news_arena_s  news_arena_t;


/* nonzero when the render has used up its processor time */

typedef int (*news_expired_pt)(void *data);


typedef enum {
    NEWS_ARENA_OK = 0,
    NEWS_ARENA_LIMIT,         /* the byte limit was reached */
    NEWS_ARENA_EXPIRED,       /* the processor time was used up */
    NEWS_ARENA_NOMEM          /* malloc() failed, or a test made it fail */
} news_arena_state_e;


/* a point to which the arena can be taken back */

typedef struct {
    void    *block;
    size_t   used;
    void    *large;
} news_arena_mark_t;


/*
 * Takes the limit in bytes of all memory the arena may hold, its own
 * bookkeeping included; (size_t) -1 is no limit.  Returns NULL when memory is
 * out.  The caller owns the arena and destroys it; NULL is allowed there.
 */

news_arena_t *news_arena_create(size_t limit);
void news_arena_destroy(news_arena_t *a);


/*
 * Takes the arena back to what it was when created, for another render; of
 * its memory it keeps up to "keep" bytes, which count as held only when used
 * again.  A server that renders one page after the other is spared the
 * page faults of fresh memory, which cost as much as small renders do.
 */

void news_arena_reset(news_arena_t *a, size_t keep);


/*
 * Sets the callback asked, every few allocations and ticks, whether time is
 * up, and forgets an earlier expiry; NULL takes the time limit away.
 */

void news_arena_set_expired(news_arena_t *a, news_expired_pt expired,
    void *data);


/*
 * Return memory aligned for any type, or NULL past a limit; a failed arena
 * stays failed until released to a mark or given a new callback.  A size of
 * zero is allowed.  calloc zeroes.  realloc grows in place where it can; "p"
 * may be NULL, and of the "old" bytes the lesser of "old" and "size" are
 * kept.  On NULL "p" is untouched.
 */

void *news_arena_alloc(news_arena_t *a, size_t size);
void *news_arena_calloc(news_arena_t *a, size_t size);
void *news_arena_realloc(news_arena_t *a, void *p, size_t old, size_t size);


/*
 * Counts "n" units of work, each of the order of a hundred nanoseconds, and
 * asks for the time now and then.  Returns nonzero when the arena has failed.
 */

int news_arena_tick(news_arena_t *a, size_t n);


/*
 * A mark remembers what is allocated; release frees everything allocated
 * since, and forgets a failure.  What was allocated before the mark must not
 * have been reallocated since.
 */

void news_arena_mark(news_arena_t *a, news_arena_mark_t *mark);
void news_arena_release(news_arena_t *a, const news_arena_mark_t *mark);


news_arena_state_e news_arena_state(const news_arena_t *a);

/* tells that a library with memory of its own has run out; returns -1 */

int news_arena_nomem(news_arena_t *a);

/* bytes held now, and the most ever held */

size_t news_arena_used(const news_arena_t *a);
size_t news_arena_peak(const news_arena_t *a);

/* for tests: the nth allocation from now, counted from 1, fails; 0 is off */

void news_arena_fail_at(news_arena_t *a, size_t n);


#endif /* _NEWS_ARENA_H_INCLUDED_ */
