
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Loaded before nginx: the nth allocation of all its processes fails.  The
 * file that NEWS_MEMORY names holds two numbers: how many allocations are
 * still to come until one fails, where 0 is off, and how many failed.
 */

#include <sys/mman.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>


typedef struct {
    long  left;
    long  failed;
} count_t;


void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
int posix_memalign(void **p, size_t align, size_t size);


static void init(void) __attribute__((constructor));


static count_t  *count;


static void
init(void)
{
    int          fd;
    void        *p;
    const char  *path;

    path = getenv("NEWS_MEMORY");

    if (path == NULL) {
        return;
    }

    fd = open(path, O_RDWR);

    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(count_t), PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);

    if (p != MAP_FAILED) {
        count = p;
    }

    (void) close(fd);
}


static int
fails(void)
{
    if (count == NULL || __atomic_load_n(&count->left, __ATOMIC_SEQ_CST) <= 0
        || __atomic_sub_fetch(&count->left, 1, __ATOMIC_SEQ_CST) != 0)
    {
        return 0;
    }

    (void) __atomic_add_fetch(&count->failed, 1, __ATOMIC_SEQ_CST);
    errno = ENOMEM;

    return 1;
}


void *
malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}


void *
calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}


void *
realloc(void *p, size_t size)
{
    return fails() ? NULL : __libc_realloc(p, size);
}


int
posix_memalign(void **p, size_t align, size_t size)
{
    if (!fails()) {
        *p = __libc_memalign(align, size);

        if (*p != NULL) {
            return 0;
        }
    }

    return ENOMEM;
}
