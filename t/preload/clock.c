
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * A wall clock that somebody sets: it is wrong by the seconds, an int64_t,
 * in the file that NEWS_CLOCK names.  For LD_PRELOAD; the other clocks go on.
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>


static void clock_open(void) __attribute__((constructor));


static volatile int64_t  *clock_shift;


static void
clock_open(void)
{
    int          fd;
    void        *p;
    const char  *name;

    name = getenv("NEWS_CLOCK");
    fd = name ? open(name, O_RDONLY) : -1;

    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);

    if (p != MAP_FAILED) {
        clock_shift = p;
    }

    close(fd);
}


/* the kernel is asked, as whoever is next might ask us */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
    if (syscall(SYS_clock_gettime, id, ts) == -1) {
        return -1;
    }

    if (clock_shift && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) {
        ts->tv_sec += *clock_shift;
    }

    return 0;
}


int
gettimeofday(struct timeval *tv, void *tz)
{
    struct timespec  ts;

    if (clock_gettime(CLOCK_REALTIME, &ts) == -1) {
        return -1;
    }

    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;

    return 0;
}


time_t
time(time_t *t)
{
    struct timespec  ts;

    if (clock_gettime(CLOCK_REALTIME_COARSE, &ts) == -1) {
        return -1;
    }

    if (t) {
        *t = ts.tv_sec;
    }

    return ts.tv_sec;
}
