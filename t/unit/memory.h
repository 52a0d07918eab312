
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _MEMORY_H_INCLUDED_
#define _MEMORY_H_INCLUDED_


/*
 * The allocator of the whole program, libraries and C library included: one
 * that can be made to fail, on top of the one there is.
 */

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>


#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_SANITIZED  1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_SANITIZED  1
#endif
#endif

#ifdef MEMORY_SANITIZED
#define memory_real(name)  __interceptor_##name
#else
#define memory_real(name)  __libc_##name
#endif


void *memory_real(malloc)(size_t size);
void *memory_real(calloc)(size_t n, size_t size);
void *memory_real(realloc)(void *p, size_t size);
void *memory_real(memalign)(size_t align, size_t size);

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
int posix_memalign(void **p, size_t align, size_t size);


/* the nth allocation from now fails; 0 is off */

static size_t  memory_fail_at;
static int     memory_from_there;     /* all that come after it fail too */
static size_t  memory_failed;


static inline void
memory_fail(size_t n, int from_there)
{
    memory_fail_at = n;
    memory_from_there = from_there;
    memory_failed = 0;
}


/* nothing fails any more; how many did stays known */

static inline void
memory_stop(void)
{
    memory_fail_at = 0;
}


static inline int
memory_fails(void)
{
    if (memory_fail_at == 0 || --memory_fail_at != 0) {
        return 0;
    }

    memory_fail_at = memory_from_there;
    memory_failed++;
    errno = ENOMEM;

    return 1;
}


void *
malloc(size_t size)
{
    return memory_fails() ? NULL : memory_real(malloc)(size);
}


void *
calloc(size_t n, size_t size)
{
    return memory_fails() ? NULL : memory_real(calloc)(n, size);
}


void *
realloc(void *p, size_t size)
{
    return memory_fails() ? NULL : memory_real(realloc)(p, size);
}


int
posix_memalign(void **p, size_t align, size_t size)
{
    if (!memory_fails()) {
        *p = memory_real(memalign)(align, size);

        if (*p != NULL) {
            return 0;
        }
    }

    return ENOMEM;
}


#endif /* _MEMORY_H_INCLUDED_ */
