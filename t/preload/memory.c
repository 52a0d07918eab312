
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Loaded before nginx, and before the sanitizers where there are some: the nth
 * allocation of all its processes fails, be it of the heap or of memory that
 * is shared; with NEWS_MEMORY_SHARED it is of the latter.  The file that
 * NEWS_MEMORY names holds two numbers: how many allocations are still to come
 * until one fails, where 0 is off, and how many failed.
 */

#include <sys/mman.h>
#include <sys/syscall.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>


#define memory_weak  __attribute__((weak))

/* the allocator below this one; the other one's functions are not there */

#define memory_real(name)  (&__interceptor_##name ? __interceptor_##name      \
                                                  : __libc_##name)


typedef struct {
    long  left;
    long  failed;
} count_t;


void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);

void *__interceptor_malloc(size_t size) memory_weak;
void *__interceptor_calloc(size_t n, size_t size) memory_weak;
void *__interceptor_realloc(void *p, size_t size) memory_weak;
void *__interceptor_memalign(size_t align, size_t size) memory_weak;

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
int posix_memalign(void **p, size_t align, size_t size);


static void init(void) __attribute__((constructor));


static int       shared;
static count_t  *count;


static void
init(void)
{
    int          fd;
    void        *p;
    const char  *path;

    path = getenv("NEWS_MEMORY");
    shared = getenv("NEWS_MEMORY_SHARED") != NULL;

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


static int
heap_fails(void)
{
    return !shared && fails();
}


void *
malloc(size_t size)
{
    return heap_fails() ? NULL : memory_real(malloc)(size);
}


void *
calloc(size_t n, size_t size)
{
    return heap_fails() ? NULL : memory_real(calloc)(n, size);
}


void *
realloc(void *p, size_t size)
{
    return heap_fails() ? NULL : memory_real(realloc)(p, size);
}


int
posix_memalign(void **p, size_t align, size_t size)
{
    if (!heap_fails()) {
        *p = memory_real(memalign)(align, size);

        if (*p != NULL) {
            return 0;
        }
    }

    return ENOMEM;
}


/*
 * As nginx calls them, with large offsets; without the library, whose
 * functions the sanitizers have, too.
 */

void *
mmap64(void *start, size_t size, int access, int flags, int fd, off64_t offset)
{
    if ((flags & MAP_SHARED) && fails()) {
        return MAP_FAILED;
    }

    return (void *) syscall(SYS_mmap, start, size, access, flags, fd, offset);
}


int
memfd_create(const char *name, unsigned flags)
{
    return fails() ? -1 : (int) syscall(SYS_memfd_create, name, flags);
}


int
ftruncate64(int fd, off64_t size)
{
    return fails() ? -1 : (int) syscall(SYS_ftruncate, fd, size);
}


/* glibc's ends the process where it has no memory */

struct passwd *
getpwnam(const char *name)
{
    count_t         *saved;
    struct passwd   *p;
    struct passwd *(*next)(const char *);

    saved = count;
    count = NULL;

    *(void **) &next = dlsym(RTLD_NEXT, "getpwnam");
    p = next(name);

    count = saved;

    return p;
}
