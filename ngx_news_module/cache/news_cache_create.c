
/*
 * Copyright (C) The authors of the news module
 */


#include <string.h>
#include <unistd.h>

#include "news_cache_shm.h"


#define NEWS_CACHE_MAGIC      UINT64_C(0x315f7377656e2d67)
#define NEWS_CACHE_ALIGN      64
#define NEWS_CACHE_MIN_PAGES  16


static size_t news_cache_layout(news_cache_t *c, unsigned char *mem,
    uint32_t slots, uint32_t pages);
static uint32_t news_cache_records(uint32_t pages);
static uint32_t news_cache_buckets(uint32_t records);
static int news_cache_mutex(pthread_mutex_t *mutex);


int
news_cache_create(news_cache_t *c, void *mem, size_t size, unsigned slots,
    uint64_t seed, int fd)
{
    size_t             meta, over;
    uint32_t           i, pages;
    news_cache_shm_t  *shm;

    memset(c, 0, sizeof(news_cache_t));

    c->page = (size_t) sysconf(_SC_PAGESIZE);
    c->fd = fd;

    if (slots == 0 || slots > UINT16_MAX
        || size / c->page >= NEWS_CACHE_NONE / 2)
    {
        return -1;
    }

    /* as many pages as leave room for what describes them */

    for (pages = (uint32_t) (size / c->page); /* void */ ; pages--) {

        if (pages < NEWS_CACHE_MIN_PAGES) {
            return -1;
        }

        meta = news_cache_layout(c, mem, slots, pages);

        if (meta + pages * c->page <= size) {
            break;
        }

        over = (meta + pages * c->page - size) / c->page / 2;

        if (over >= pages) {
            return -1;
        }

        pages -= (uint32_t) over;
    }

    memset(mem, 0, meta);

    shm = c->shm;

    shm->total = size;
    shm->seed = seed;
    shm->n_slots = slots;
    shm->n_pages = pages;
    shm->n_records = news_cache_records(pages);
    shm->n_buckets = news_cache_buckets(shm->n_records);

    if (news_cache_mutex(&shm->mutex) != 0) {
        return -1;
    }

    for (i = 0; i < slots; i++) {
        if (news_cache_mutex(&c->slots[i].alive) != 0) {
            return -1;
        }
    }

    for (i = 0; i < shm->n_records; i++) {
        c->records[i].seq = 1;
    }

    news_cache_rebuild(c);

    shm->rebuilds = 0;
    shm->magic = NEWS_CACHE_MAGIC;

    return 0;
}


int
news_cache_open(news_cache_t *c, void *mem, size_t size, int fd)
{
    news_cache_shm_t  *shm;

    memset(c, 0, sizeof(news_cache_t));

    shm = mem;

    if (size < sizeof(news_cache_shm_t) || shm->magic != NEWS_CACHE_MAGIC
        || shm->total != size)
    {
        return -1;
    }

    c->page = (size_t) sysconf(_SC_PAGESIZE);
    c->fd = fd;

    (void) news_cache_layout(c, mem, shm->n_slots, shm->n_pages);

    return 0;
}


/* where everything lies; returns the size of all but the pages */

static size_t
news_cache_layout(news_cache_t *c, unsigned char *mem, uint32_t slots,
    uint32_t pages)
{
    size_t    i, n, size[8];
    void     *p[8];
    uint32_t  records;

    records = news_cache_records(pages);

    size[0] = sizeof(news_cache_shm_t);
    size[1] = slots * sizeof(news_cache_slot_t);
    size[2] = records * sizeof(news_cache_record_t);
    size[3] = news_cache_buckets(records) * sizeof(uint32_t);
    size[4] = pages * sizeof(uint32_t);
    size[5] = news_cache_words(pages) * sizeof(uint64_t);
    size[6] = size[5];
    size[7] = (size_t) slots * records * sizeof(uint16_t);

    n = 0;

    for (i = 0; i < 8; i++) {
        p[i] = mem + n;
        n += (size[i] + NEWS_CACHE_ALIGN - 1) & ~(size_t) (NEWS_CACHE_ALIGN
                                                           - 1);
    }

    n = (n + c->page - 1) / c->page * c->page;

    c->shm = p[0];
    c->slots = p[1];
    c->records = p[2];
    c->buckets = p[3];
    c->owners = p[4];
    c->used = p[5];
    c->sent = p[6];
    c->pins = p[7];
    c->data = mem + n;

    return n;
}


/* most values take two pages at least; those without pages take turns */

static uint32_t
news_cache_records(uint32_t pages)
{
    return pages / 2 + 64;
}


static uint32_t
news_cache_buckets(uint32_t records)
{
    uint32_t  n;

    for (n = 64; n < records; n *= 2) { /* void */ }

    return n;
}


/* of processes, and one that tells when its owner has died */

static int
news_cache_mutex(pthread_mutex_t *mutex)
{
    int                  rc;
    pthread_mutexattr_t  attr;

    if (pthread_mutexattr_init(&attr) != 0) {
        return -1;
    }

    rc = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);

    if (rc == 0) {
        rc = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    }

    if (rc == 0) {
        rc = pthread_mutex_init(mutex, &attr);
    }

    pthread_mutexattr_destroy(&attr);

    return (rc == 0) ? 0 : -1;
}
