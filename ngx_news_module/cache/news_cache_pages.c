
/*
 * Copyright (C) The authors of the news module
 */


#include <fcntl.h>
#include <string.h>

#include "news_cache_shm.h"


static uint32_t news_cache_run(const news_cache_t *c, uint32_t *page,
    uint32_t end);
static void news_cache_keep_run(news_cache_extent_t *runs, unsigned *n,
    uint32_t page, uint32_t len);
static int news_cache_fit(const news_cache_t *c, news_cache_record_t *r,
    const news_cache_extent_t *runs, unsigned n, uint32_t pages, size_t head);
static uint32_t news_cache_next_bit(const uint64_t *bits, uint32_t i,
    uint32_t end, int set);
static void news_cache_set_bits(uint64_t *bits, uint32_t i, uint32_t n,
    int set);
static int news_cache_any_bit(const uint64_t *bits, uint32_t i, uint32_t n);


/*
 * One free piece that is large enough is best; else the largest ones there
 * are, put together.
 */

int
news_cache_take_pages(news_cache_t *c, news_cache_record_t *r, size_t head,
    size_t size)
{
    unsigned              n;
    uint32_t              page, len, pages, start, end;
    news_cache_shm_t     *shm;
    news_cache_extent_t   runs[NEWS_CACHE_PARTS];

    shm = c->shm;
    pages = (uint32_t) ((size + c->page - 1) / c->page);

    r->n = 0;
    r->stale = 0;

    if (pages == 0) {
        return 0;
    }

    if (pages > shm->free_pages) {
        return -1;
    }

    n = 0;
    start = shm->hand;
    end = shm->n_pages;

    for (page = start; /* void */ ; page += len) {
        len = news_cache_run(c, &page, end);

        if (len == 0) {
            if (end == start) {
                break;
            }

            /* from the beginning up to where the search began */

            end = start;
            page = 0;
            continue;
        }

        if (len >= pages) {
            runs[0].page = page;
            runs[0].n = pages;
            n = 1;
            break;
        }

        news_cache_keep_run(runs, &n, page, len);
    }

    if (news_cache_fit(c, r, runs, n, pages, head) != 0) {
        return -1;
    }

    shm->hand = r->extents[r->n - 1].page + r->extents[r->n - 1].n;

    if (shm->hand >= shm->n_pages) {
        shm->hand = 0;
    }

    return news_cache_mark_pages(c, r);
}


/* the next free pages from "page" on, which is set to their first */

static uint32_t
news_cache_run(const news_cache_t *c, uint32_t *page, uint32_t end)
{
    uint32_t  last;

    *page = news_cache_next_bit(c->used, *page, end, 0);

    if (*page == end) {
        return 0;
    }

    last = news_cache_next_bit(c->used, *page, end, 1);

    return last - *page;
}


/* the largest ones, largest first */

static void
news_cache_keep_run(news_cache_extent_t *runs, unsigned *n, uint32_t page,
    uint32_t len)
{
    unsigned  i;

    i = *n;

    if (i < NEWS_CACHE_PARTS) {
        (*n)++;

    } else if (runs[--i].n >= len) {
        return;
    }

    for ( /* void */ ; i > 0 && runs[i - 1].n < len; i--) {
        runs[i] = runs[i - 1];
    }

    runs[i].page = page;
    runs[i].n = len;
}


static int
news_cache_fit(const news_cache_t *c, news_cache_record_t *r,
    const news_cache_extent_t *runs, unsigned n, uint32_t pages, size_t head)
{
    unsigned  i;
    uint32_t  left;

    left = pages;

    for (i = 0; i < n && left > 0; i++) {
        r->extents[i] = runs[i];

        if (r->extents[i].n > left) {
            r->extents[i].n = left;
        }

        left -= r->extents[i].n;
    }

    if (left > 0 || r->extents[0].n * c->page < head) {
        return -1;
    }

    r->n = (uint8_t) i;

    for (i = 0; i < r->n; i++) {
        if (c->fd != -1
            && news_cache_any_bit(c->sent, r->extents[i].page,
                                  r->extents[i].n))
        {
            r->stale = 1;
        }
    }

    return 0;
}


void
news_cache_clear_pages(news_cache_t *c)
{
    memset(c->used, 0,
           news_cache_words(c->shm->n_pages) * sizeof(uint64_t));

    c->shm->free_pages = c->shm->n_pages;
}


int
news_cache_mark_pages(news_cache_t *c, news_cache_record_t *r)
{
    uint32_t              j;
    unsigned              i;
    news_cache_extent_t  *e;

    if (r->n > NEWS_CACHE_PARTS) {
        return -1;
    }

    for (i = 0; i < r->n; i++) {
        e = &r->extents[i];

        if (e->page >= c->shm->n_pages || e->n > c->shm->n_pages - e->page
            || news_cache_any_bit(c->used, e->page, e->n))
        {
            break;
        }

        news_cache_set_bits(c->used, e->page, e->n, 1);

        for (j = 0; j < e->n; j++) {
            c->owners[e->page + j] = news_cache_index(c, r);
        }

        c->shm->free_pages -= e->n;
    }

    if (i == r->n) {
        return 0;
    }

    r->n = (uint8_t) i;
    news_cache_give_pages(c, r);

    return -1;
}


void
news_cache_give_pages(news_cache_t *c, news_cache_record_t *r)
{
    unsigned  i;

    for (i = 0; i < r->n; i++) {
        news_cache_set_bits(c->used, r->extents[i].page, r->extents[i].n, 0);
        c->shm->free_pages += r->extents[i].n;
    }

    r->n = 0;
}


void
news_cache_mark_sent(news_cache_t *c, const news_cache_record_t *r, int sent)
{
    unsigned  i;

    for (i = 0; i < r->n && i < NEWS_CACHE_PARTS; i++) {
        if (r->extents[i].page < c->shm->n_pages
            && r->extents[i].n <= c->shm->n_pages - r->extents[i].page)
        {
            news_cache_set_bits(c->sent, r->extents[i].page, r->extents[i].n,
                                sent);
        }
    }
}


/*
 * Takes the pages away from the file and gets new ones: the kernel keeps those
 * it has still to send.
 */

int
news_cache_renew_pages(const news_cache_t *c, const news_cache_record_t *r)
{
#if (__linux__)

    off_t     start;
    unsigned  i;

    start = (off_t) (c->data - (unsigned char *) c->shm);

    for (i = 0; i < r->n; i++) {
        if (fallocate(c->fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE,
                      start + (off_t) (r->extents[i].page * c->page),
                      (off_t) (r->extents[i].n * c->page))
            != 0)
        {
            return -1;
        }
    }

    return 0;

#else

    return -1;

#endif
}


/* the first bit from "i" on that is set, or is not; else "end" */

static uint32_t
news_cache_next_bit(const uint64_t *bits, uint32_t i, uint32_t end, int set)
{
    uint64_t  word;

    while (i < end) {
        word = bits[i / NEWS_CACHE_BITS];

        if (!set) {
            word = ~word;
        }

        word >>= i % NEWS_CACHE_BITS;

        if (word != 0) {
            i += (uint32_t) __builtin_ctzll(word);
            return (i < end) ? i : end;
        }

        i += NEWS_CACHE_BITS - i % NEWS_CACHE_BITS;
    }

    return end;
}


static void
news_cache_set_bits(uint64_t *bits, uint32_t i, uint32_t n, int set)
{
    uint32_t  end;
    uint64_t  mask;

    for (end = i + n; i < end; i++) {

        if (i % NEWS_CACHE_BITS == 0 && end - i >= NEWS_CACHE_BITS) {
            bits[i / NEWS_CACHE_BITS] = set ? UINT64_MAX : 0;
            i += NEWS_CACHE_BITS - 1;
            continue;
        }

        mask = (uint64_t) 1 << (i % NEWS_CACHE_BITS);

        if (set) {
            bits[i / NEWS_CACHE_BITS] |= mask;

        } else {
            bits[i / NEWS_CACHE_BITS] &= ~mask;
        }
    }
}


static int
news_cache_any_bit(const uint64_t *bits, uint32_t i, uint32_t n)
{
    return news_cache_next_bit(bits, i, i + n, 1) != i + n;
}
