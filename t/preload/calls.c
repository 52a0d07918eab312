
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Loaded before nginx: calls of the system fail.  The file that NEWS_CALLS
 * names holds a number for each kind below: 0 lets all pass, n has the nth
 * call from now on fail, and -1 every one.
 */

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>


typedef enum {
    CALL_READ = 0,
    CALL_INTERRUPT,           /* a read that a signal interrupts */
    CALL_STAT,
    CALL_CHANGE,              /* a file that looks like another each time */
    CALL_HOLE,                /* pages that are taken from a file in memory */
    CALL_DIRECT,              /* I/O past the page cache */
    CALL_LOCK,                /* a mutex that another process does not leave */
    CALL_CLOCK,
    CALLS
} call_e;


typedef ssize_t (*pread64_pt)(int fd, void *buf, size_t n, off64_t offset);
typedef int (*fstat64_pt)(int fd, struct stat64 *st);
typedef int (*fallocate_pt)(int fd, int mode, off_t offset, off_t len);
typedef int (*fcntl_pt)(int fd, int cmd, ...);
typedef int (*trylock_pt)(pthread_mutex_t *mutex);
typedef int (*clocklock_pt)(pthread_mutex_t *mutex, clockid_t id,
    const struct timespec *end);


static void init(void) __attribute__((constructor));


static int           *calls;
static __thread int   locked;     /* by another, as the last call was told */


static void
init(void)
{
    int          fd;
    void        *p;
    const char  *path;

    path = getenv("NEWS_CALLS");
    fd = path ? open(path, O_RDWR) : -1;

    if (fd == -1) {
        return;
    }

    p = mmap(NULL, CALLS * sizeof(int), PROT_READ|PROT_WRITE, MAP_SHARED, fd,
             0);

    if (p != MAP_FAILED) {
        calls = p;
    }

    (void) close(fd);
}


static int
fails(call_e call, int error)
{
    int  n;

    n = calls ? __atomic_load_n(&calls[call], __ATOMIC_SEQ_CST) : 0;

    if (n == 0
        || (n > 0
            && __atomic_sub_fetch(&calls[call], 1, __ATOMIC_SEQ_CST) != 0))
    {
        return 0;
    }

    errno = error;

    return 1;
}


ssize_t
pread64(int fd, void *buf, size_t n, off64_t offset)
{
    if (fails(CALL_READ, EIO) || fails(CALL_INTERRUPT, EINTR)) {
        return -1;
    }

    return ((pread64_pt) dlsym(RTLD_NEXT, "pread64"))(fd, buf, n, offset);
}


int
fstat64(int fd, struct stat64 *st)
{
    int  rc;

    static long  n;

    if (fails(CALL_STAT, EIO)) {
        return -1;
    }

    rc = ((fstat64_pt) dlsym(RTLD_NEXT, "fstat64"))(fd, st);

    if (rc == 0 && fails(CALL_CHANGE, 0)) {
        st->st_mtim.tv_nsec = __atomic_add_fetch(&n, 1, __ATOMIC_SEQ_CST);
    }

    return rc;
}


int
fallocate(int fd, int mode, off_t offset, off_t len)
{
    if (fails(CALL_HOLE, EOPNOTSUPP)) {
        return -1;
    }

    return ((fallocate_pt) dlsym(RTLD_NEXT, "fallocate"))(fd, mode, offset,
                                                          len);
}


/* the name of fcntl() in what is built for large files */

int
fcntl64(int fd, int cmd, ...)
{
    void     *arg;
    va_list   args;

    va_start(args, cmd);
    arg = va_arg(args, void *);
    va_end(args);

    if (cmd == F_SETFL && ((long) arg & O_DIRECT)
        && fails(CALL_DIRECT, EINVAL))
    {
        return -1;
    }

    return ((fcntl_pt) dlsym(RTLD_NEXT, "fcntl64"))(fd, cmd, arg);
}


int
pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    locked = fails(CALL_LOCK, errno);

    if (locked) {
        return EBUSY;
    }

    return ((trylock_pt) dlsym(RTLD_NEXT, "pthread_mutex_trylock"))(mutex);
}


int
pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t id,
    const struct timespec *end)
{
    if (locked) {
        return ETIMEDOUT;
    }

    return ((clocklock_pt) dlsym(RTLD_NEXT, "pthread_mutex_clocklock"))(mutex,
                                                                        id,
                                                                        end);
}


/* nginx itself asks for others, sanitizers before there is a dlsym() */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
    if ((id == CLOCK_REALTIME_COARSE || id == CLOCK_THREAD_CPUTIME_ID)
        && fails(CALL_CLOCK, EINVAL))
    {
        return -1;
    }

    return (int) syscall(SYS_clock_gettime, id, ts);
}
