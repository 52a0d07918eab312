
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "news_arena.h"


#define NEWS_ARENA_ALIGN      16
#define NEWS_ARENA_BLOCK      (32 * 1024)
#define NEWS_ARENA_MAX_BLOCK  (256 * 1024)

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
    news_arena_mark_t  mark;

    if (a == NULL) {
        return;
    }

    memset(&mark, 0, sizeof(news_arena_mark_t));

    news_arena_release(a, &mark);

    free(a);
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
    size_t               n;
    unsigned char       *p;
    news_arena_block_t  *b;

    b = a->block;

    if (b == NULL || b->size - b->used < size) {

        n = NEWS_ARENA_BLOCK;

        if (b != NULL) {
            n = b->size * 2;

            if (n > NEWS_ARENA_MAX_BLOCK) {
                n = NEWS_ARENA_MAX_BLOCK;
            }
        }

        if (news_arena_hold(a, n) != 0) {
            return NULL;
        }

        b = malloc(n);
        if (b == NULL) {
            a->held -= n;
            news_arena_fail(a, NEWS_ARENA_NOMEM);
            return NULL;
        }

        b->prev = a->block;
        b->size = n;
        b->used = NEWS_BLOCK_HEADER;

        a->block = b;
    }

    p = (unsigned char *) b + b->used;
    b->used += size;

    return p;
}


static void *
news_arena_alloc_large(news_arena_t *a, size_t size)
{
    news_arena_large_t  *l;

    size += NEWS_LARGE_HEADER;

    if (news_arena_hold(a, size) != 0) {
        return NULL;
    }

    l = malloc(size);
    if (l == NULL) {
        a->held -= size;
        news_arena_fail(a, NEWS_ARENA_NOMEM);
        return NULL;
    }

    l->older = a->large;
    l->newer = NULL;
    l->size = size;

    if (a->large != NULL) {
        a->large->newer = l;
    }

    a->large = l;

    return (unsigned char *) l + NEWS_LARGE_HEADER;
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

    if (size <= NEWS_ARENA_LARGE + NEWS_LARGE_HEADER && size <= old
        && NEWS_ARENA_LARGE != 0)
    {
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
