
/*
 * Copyright (C) The authors of the news module
 */


#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "news_arena.h"


#define NEWS_ARENA_ALIGN      16
#define NEWS_ARENA_BLOCK      ((size_t) 32 * 1024)
#define NEWS_ARENA_MAX_BLOCK  ((size_t) 256 * 1024)

/* smaller pieces than this are not worth keeping */

#define NEWS_ARENA_MIN_SPARE  ((size_t) 32 * 1024)

/* how many allocations and ticks pass between two looks at the clock */

#define NEWS_ARENA_TICKS      32


#if defined(__SANITIZE_ADDRESS__)
#define NEWS_ARENA_DEBUG  1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NEWS_ARENA_DEBUG  1
#endif
#endif

#ifdef NEWS_ARENA_DEBUG
#define NEWS_ARENA_LARGE      0         /* every piece is its own malloc() */
#else
#define NEWS_ARENA_LARGE      8192
#endif


#define news_arena_align(n)                                                  \
    (((n) + (NEWS_ARENA_ALIGN - 1)) & ~((size_t) NEWS_ARENA_ALIGN - 1))


typedef struct news_arena_block_s  news_arena_block_t;
typedef struct news_arena_large_s  news_arena_large_t;


/* small pieces are cut off blocks */

struct news_arena_block_s {
    news_arena_block_t  *prev;
    size_t               size;        /* header included */
    size_t               used;        /* header included */
};


/* large ones are on a list, the newest first, and can grow where they are */

struct news_arena_large_s {
    news_arena_large_t  *older;
    news_arena_large_t  *newer;
    size_t               size;        /* header included */
};


struct news_arena_s {
    news_arena_block_t  *block;
    news_arena_large_t  *large;
    news_arena_block_t  *spare;       /* kept by a reset */
    news_arena_large_t  *spare_large;
    size_t               limit;
    size_t               held;
    size_t               peak;
    size_t               ticks;
    size_t               fail_at;
    news_expired_pt      expired;
    void                *data;
    news_arena_state_e   state;
};


#define NEWS_BLOCK_HEADER  news_arena_align(sizeof(news_arena_block_t))
#define NEWS_LARGE_HEADER  news_arena_align(sizeof(news_arena_large_t))


static news_arena_block_t *news_arena_join_blocks(news_arena_t *a);
static news_arena_large_t *news_arena_join_large(news_arena_t *a);
static news_arena_block_t *news_arena_new_block(news_arena_t *a);
static news_arena_large_t *news_arena_new_large(news_arena_t *a,
    size_t size);
static int news_arena_fail(news_arena_t *a, news_arena_state_e state);
static int news_arena_take(news_arena_t *a, size_t size);
static int news_arena_hold(news_arena_t *a, size_t size);
static void *news_arena_small(news_arena_t *a, size_t size);
static void *news_arena_alloc_large(news_arena_t *a, size_t size);
static void *news_arena_realloc_large(news_arena_t *a, void *p, size_t size);


news_arena_t *
news_arena_create(size_t limit)
{
    news_arena_t  *a;

    a = calloc(1, sizeof(news_arena_t));
    if (a == NULL) {
        return NULL;
    }

    a->limit = limit;
    a->held = sizeof(news_arena_t);
    a->peak = a->held;

    return a;
}


void
news_arena_destroy(news_arena_t *a)
{
    if (a == NULL) {
        return;
    }

    news_arena_reset(a, 0);

    free(a);
}


void
news_arena_reset(news_arena_t *a, size_t keep)
{
    news_arena_block_t  *b, *prev;
    news_arena_large_t  *l, *older;

    b = news_arena_join_blocks(a);
    l = news_arena_join_large(a);

    a->block = NULL;
    a->large = NULL;
    a->spare = NULL;
    a->spare_large = NULL;

#ifdef NEWS_ARENA_DEBUG
    keep = 0;
#endif

    for ( /* void */ ; b != NULL; b = prev) {
        prev = b->prev;

        if (b->size > keep) {
            free(b);
            continue;
        }

        keep -= b->size;
        b->prev = a->spare;
        a->spare = b;
    }

    for ( /* void */ ; l != NULL; l = older) {
        older = l->older;

        if (l->size > keep || l->size < NEWS_ARENA_MIN_SPARE) {
            free(l);
            continue;
        }

        keep -= l->size;
        l->older = a->spare_large;
        a->spare_large = l;
    }

    a->held = sizeof(news_arena_t);
    a->peak = a->held;
    a->ticks = 0;
    a->fail_at = 0;
    a->expired = NULL;
    a->data = NULL;
    a->state = NEWS_ARENA_OK;
}


/* the blocks in use and the spare ones, as one list */

static news_arena_block_t *
news_arena_join_blocks(news_arena_t *a)
{
    news_arena_block_t  **b;

    for (b = &a->block; *b != NULL; b = &(*b)->prev) { /* void */ }

    *b = a->spare;

    return a->block;
}


static news_arena_large_t *
news_arena_join_large(news_arena_t *a)
{
    news_arena_large_t  **l;

    for (l = &a->large; *l != NULL; l = &(*l)->older) { /* void */ }

    *l = a->spare_large;

    return a->large;
}


void
news_arena_set_expired(news_arena_t *a, news_expired_pt expired, void *data)
{
    a->expired = expired;
    a->data = data;

    if (a->state == NEWS_ARENA_EXPIRED) {
        a->state = NEWS_ARENA_OK;
    }
}


static int
news_arena_fail(news_arena_t *a, news_arena_state_e state)
{
    if (a->state == NEWS_ARENA_OK) {
        a->state = state;
    }

    return -1;
}


int
news_arena_tick(news_arena_t *a, size_t n)
{
    if (a->state != NEWS_ARENA_OK) {
        return -1;
    }

    a->ticks += n;

    if (a->ticks < NEWS_ARENA_TICKS) {
        return 0;
    }

    a->ticks = 0;

    if (a->expired != NULL && a->expired(a->data)) {
        return news_arena_fail(a, NEWS_ARENA_EXPIRED);
    }

    return 0;
}


/* whether an allocation may be made at all */

static int
news_arena_take(news_arena_t *a, size_t size)
{
    if (news_arena_tick(a, 1) != 0) {
        return -1;
    }

    if (a->fail_at != 0 && --a->fail_at == 0) {
        return news_arena_fail(a, NEWS_ARENA_NOMEM);
    }

    if (size > SIZE_MAX / 4) {
        return news_arena_fail(a, NEWS_ARENA_LIMIT);
    }

    return 0;
}


/* accounts for "size" bytes more */

static int
news_arena_hold(news_arena_t *a, size_t size)
{
    if (size > a->limit || a->held > a->limit - size) {
        return news_arena_fail(a, NEWS_ARENA_LIMIT);
    }

    a->held += size;

    if (a->held > a->peak) {
        a->peak = a->held;
    }

    return 0;
}


void *
news_arena_alloc(news_arena_t *a, size_t size)
{
    if (news_arena_take(a, size) != 0) {
        return NULL;
    }

    if (size > NEWS_ARENA_LARGE || NEWS_ARENA_LARGE == 0) {
        return news_arena_alloc_large(a, size);
    }

    return news_arena_small(a, news_arena_align(size));
}


static void *
news_arena_small(news_arena_t *a, size_t size)
{
    unsigned char       *p;
    news_arena_block_t  *b;

    b = a->block;

    if (b == NULL || b->size - b->used < size) {
        b = news_arena_new_block(a);
        if (b == NULL) {
            return NULL;
        }
    }

    p = (unsigned char *) b + b->used;
    b->used += size;

    return p;
}


static news_arena_block_t *
news_arena_new_block(news_arena_t *a)
{
    size_t               size;
    news_arena_block_t  *b;

    size = NEWS_ARENA_BLOCK;

    if (a->spare != NULL) {
        size = a->spare->size;

    } else if (a->block != NULL) {
        size = a->block->size * 2;

        if (size > NEWS_ARENA_MAX_BLOCK) {
            size = NEWS_ARENA_MAX_BLOCK;
        }
    }

    if (news_arena_hold(a, size) != 0) {
        return NULL;
    }

    b = a->spare;

    if (b != NULL) {
        a->spare = b->prev;

    } else {
        b = malloc(size);
        if (b == NULL) {
            a->held -= size;
            news_arena_fail(a, NEWS_ARENA_NOMEM);
            return NULL;
        }
    }

    b->prev = a->block;
    b->size = size;
    b->used = NEWS_BLOCK_HEADER;

    a->block = b;

    return b;
}


static void *
news_arena_alloc_large(news_arena_t *a, size_t size)
{
    news_arena_large_t  *l;

    l = news_arena_new_large(a, size + NEWS_LARGE_HEADER);
    if (l == NULL) {
        return NULL;
    }

    l->older = a->large;
    l->newer = NULL;

    if (a->large != NULL) {
        a->large->newer = l;
    }

    a->large = l;

    return (unsigned char *) l + NEWS_LARGE_HEADER;
}


/* a spare one that is large enough, but not by far, or a new one */

static news_arena_large_t *
news_arena_new_large(news_arena_t *a, size_t size)
{
    news_arena_large_t  *l, **place;

    for (place = &a->spare_large; *place != NULL; place = &(*place)->older) {
        l = *place;

        if (l->size < size || l->size / 4 > size) {
            continue;
        }

        if (news_arena_hold(a, l->size) != 0) {
            return NULL;
        }

        *place = l->older;

        return l;
    }

    if (news_arena_hold(a, size) != 0) {
        return NULL;
    }

    l = malloc(size);
    if (l == NULL) {
        a->held -= size;
        news_arena_fail(a, NEWS_ARENA_NOMEM);
        return NULL;
    }

    l->size = size;

    return l;
}


void *
news_arena_calloc(news_arena_t *a, size_t size)
{
    void  *p;

    p = news_arena_alloc(a, size);

    if (p != NULL) {
        memset(p, 0, size);
    }

    return p;
}


void *
news_arena_realloc(news_arena_t *a, void *p, size_t old, size_t size)
{
    void                *q;
    size_t               had, want;
    news_arena_block_t  *b;

    if (p == NULL) {
        return news_arena_alloc(a, size);
    }

    if (old > NEWS_ARENA_LARGE || NEWS_ARENA_LARGE == 0) {
        return news_arena_realloc_large(a, p, size);
    }

    had = news_arena_align(old);
    want = size > SIZE_MAX / 4 ? size : news_arena_align(size);

    if (want <= had) {
        return p;
    }

    b = a->block;

    if (size <= NEWS_ARENA_LARGE
        && (unsigned char *) p + had == (unsigned char *) b + b->used
        && b->size - b->used >= want - had
        && a->state == NEWS_ARENA_OK)
    {
        b->used += want - had;
        return p;
    }

    q = news_arena_alloc(a, size);

    if (q != NULL) {
        memcpy(q, p, old);
    }

    return q;
}


/* a large piece stays large, wherever its size goes */

static void *
news_arena_realloc_large(news_arena_t *a, void *p, size_t size)
{
    size_t               old;
    news_arena_large_t  *l, *n;

    if (news_arena_take(a, size) != 0) {
        return NULL;
    }

    l = (news_arena_large_t *) ((unsigned char *) p - NEWS_LARGE_HEADER);
    old = l->size;
    size += NEWS_LARGE_HEADER;

    if (size <= old && NEWS_ARENA_LARGE != 0) {
        return p;
    }

    if (size > old && news_arena_hold(a, size - old) != 0) {
        return NULL;
    }

    n = realloc(l, size);
    if (n == NULL) {
        if (size > old) {
            a->held -= size - old;
        }

        news_arena_fail(a, NEWS_ARENA_NOMEM);
        return NULL;
    }

    if (size < old) {
        a->held -= old - size;
    }

    n->size = size;

    if (n->older != NULL) {
        n->older->newer = n;
    }

    if (n->newer != NULL) {
        n->newer->older = n;

    } else {
        a->large = n;
    }

    return (unsigned char *) n + NEWS_LARGE_HEADER;
}


void
news_arena_mark(news_arena_t *a, news_arena_mark_t *mark)
{
    mark->block = a->block;
    mark->used = a->block != NULL ? a->block->used : 0;
    mark->large = a->large;
}


void
news_arena_release(news_arena_t *a, const news_arena_mark_t *mark)
{
    news_arena_block_t  *b;
    news_arena_large_t  *l;

    while (a->block != mark->block) {
        b = a->block;
        a->block = b->prev;
        a->held -= b->size;
        free(b);
    }

    if (a->block != NULL) {
        a->block->used = mark->used;
    }

    while (a->large != mark->large) {
        l = a->large;
        a->large = l->older;
        a->held -= l->size;
        free(l);
    }

    if (a->large != NULL) {
        a->large->newer = NULL;
    }

    a->state = NEWS_ARENA_OK;
}


news_arena_state_e
news_arena_state(const news_arena_t *a)
{
    return a->state;
}


int
news_arena_nomem(news_arena_t *a)
{
    return news_arena_fail(a, NEWS_ARENA_NOMEM);
}


size_t
news_arena_used(const news_arena_t *a)
{
    return a->held;
}


size_t
news_arena_peak(const news_arena_t *a)
{
    return a->peak;
}


void
news_arena_fail_at(news_arena_t *a, size_t n)
{
    a->fail_at = n;
}
