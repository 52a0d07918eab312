
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _CACHE_CHECK_H_INCLUDED_
#define _CACHE_CHECK_H_INCLUDED_


/*
 * A small zone that several processes share, one of which reports: what is
 * wrong with it, if anything.
 */

#include <sys/wait.h>
#include <poll.h>

#include "cache.h"


#define ZONE    (256 * 1024)
#define KEYS    64
#define TARGET  30      /* the key that changes */


typedef struct {
    char         present[KEYS];      /* before */
    uint64_t     rebuilds;
    int          blocked;            /* one that had to do without */
    char         note[200];
} report_t;


static int               zone_fd, pipe_go[2], pipe_done[2], pipe_sent[2];
static report_t         *report;
static unsigned char    *zone;
static news_cache_ref_t  stays, unfinished;      /* of the other one */


static inline int
join(news_cache_t *c, int attach)
{
    if (news_cache_open(c, zone, ZONE, zone_fd) != 0) {
        return -1;
    }

    return attach ? news_cache_attach(c) : 0;
}


/* the end of a child, which t/coverage.sh is to hear of */

#if (COVERAGE)
void __gcov_dump(void);
#endif

static inline void
leave(int status)
{
#if (COVERAGE)
    __gcov_dump();
#endif

    _exit(status);
}


static inline int
wait_for(pid_t pid)
{
    int  status;

    if (pid == -1 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
        return -1;
    }

    return WEXITSTATUS(status);
}


static inline int
fail(const char *text, int n)
{
    snprintf(report->note, sizeof(report->note), "%s %d", text, n);

    return 1;
}


/* every value is right; those there before are there, but for the exceptions */

static inline int
check_values(news_cache_t *c, int may_go)
{
    int               i;
    const char       *wrong;
    news_cache_ref_t  ref;

    for (i = 0; i < KEYS; i++) {
        if (cache_get(c, (uint64_t) i, &ref) != 0) {
            if (report->present[i] && !may_go && i != TARGET) {
                return fail("lost key", i);
            }

            continue;
        }

        wrong = cache_wrong(c, &ref, (uint64_t) i);

        if (wrong != NULL) {
            return fail(wrong, i);
        }

        if (cache_version(&ref) > (i == TARGET || i >= 40 ? 9 : 1)) {
            return fail("a version from nowhere", i);
        }

        news_cache_release(c, &ref);
    }

    return 0;
}


static inline int
check_empty(news_cache_t *c, const char *when)
{
    int                 i;
    uint64_t            n;
    news_cache_stats_t  stats;

    n = cache_drain(c);
    news_cache_stats(c, &stats);

    if (n != stats.size || stats.free != stats.size) {
        return fail(when, (int) ((stats.size - n) / 4096));
    }

    for (i = 0; i < NEWS_CACHE_COUNTS; i++) {
        if (stats.entries[i] != 0 || stats.bytes[i] != 0) {
            return fail("entries of an empty cache", (int) stats.entries[i]);
        }
    }

    return 0;
}


static inline int
add(news_cache_t *c, uint64_t key, uint64_t version, size_t body)
{
    cache_value_t     v;
    news_cache_ref_t  ref;

    v.key = key;
    v.version = version;
    v.head = 100;
    v.body = body;

    if (cache_put(c, &v, 2, &ref) != 0) {
        return fail("no room for", (int) key);
    }

    news_cache_release(c, &ref);

    return 0;
}


/* by a process that comes later: all is right, nothing is lost, all works */

static inline int
check_zone(int may_go)
{
    int                 rc;
    uint64_t            i, start;
    news_cache_t        c;
    news_cache_key_t    key;
    news_cache_stats_t  stats;

    alarm(10);
    start = cache_ms();

    if (join(&c, 1) != 0) {
        return fail("no slot to check", 0);
    }

    cache_key(&c, TARGET, &key);

    rc = check_values(&c, may_go);

    if (rc == 0 && news_cache_lock(&c, &key, 2000, 1000) != 0) {
        rc = fail("a lock of the dead", 0);
    }

    rc = rc || check_empty(&c, "pages lost:");

    for (i = 0; rc == 0 && i < 30; i++) {
        rc = add(&c, i, 1, i * 900 % 6000);
    }

    rc = rc || check_values(&c, 1) || check_empty(&c, "pages lost later:");

    news_cache_stats(&c, &stats);
    report->rebuilds = stats.rebuilds;

    if (rc == 0 && cache_ms() - start > 5000) {
        rc = fail("milliseconds:", (int) (cache_ms() - start));
    }

    return rc;
}


static inline int
check_apart(int may_go)
{
    pid_t  pid;

    pid = fork();

    if (pid == 0) {
        leave(check_zone(may_go));
    }

    return wait_for(pid);
}


/* it gives up its pin, and a value that was not published */

static inline int
let_go(news_cache_t *c)
{
    if (stays.record != NULL) {
        if (cache_wrong(c, &stays, TARGET) != NULL) {
            return fail("a pinned value changed", 0);
        }

        news_cache_release(c, &stays);
    }

    if (unfinished.record != NULL) {
        news_cache_release(c, &unfinished);
    }

    return 0;
}


/*
 * The other one, attached and with a pin before the first begins, and there
 * until all is done.
 */

static inline pid_t
start_other(int (*act)(news_cache_t *c, int may_go), int may_go)
{
    char           byte;
    pid_t          pid;
    news_cache_t   c;
    cache_value_t  v;

    pid = fork();

    if (pid == 0) {
        alarm(10);

        byte = (join(&c, 1) == 0) ? 'a' : 'x';

        if (byte == 'a') {
            v.key = 60;
            v.version = 1;
            v.head = 10;
            v.body = 10;

            (void) cache_get(&c, TARGET, &stays);
            (void) cache_begin(&c, &v, 0, &unfinished);
        }

        if (write(pipe_done[1], &byte, 1) != 1 || byte != 'a'
            || read(pipe_go[0], &byte, 1) != 1)
        {
            _exit(fail("no slot for the other", 0));
        }

        if (act(&c, may_go) != 0) {
            _exit(1);
        }

        if (write(pipe_done[1], &byte, 1) != 1
            || read(pipe_go[0], &byte, 1) != 1)
        {
            _exit(fail("no pipe", 0));
        }

        leave(check_values(&c, 1));
    }

    return (pid != -1 && read(pipe_done[0], &byte, 1) == 1) ? pid : -1;
}


/* lets it act, or end; 0 when it did that well */

static inline int
let_act(pid_t pid)
{
    int            status;
    char           byte;
    struct pollfd  pfd;

    byte = 'g';

    if (write(pipe_go[1], &byte, 1) != 1) {
        return -1;
    }

    pfd.fd = pipe_done[0];
    pfd.events = POLLIN;

    /* this process has the other end too: a death is no end of file */

    while (poll(&pfd, 1, 1) == 0) {
        if (waitpid(pid, &status, WNOHANG) != 0) {
            return -1;
        }
    }

    return (read(pipe_done[0], &byte, 1) == 1) ? 0 : -1;
}


static inline int
let_end(pid_t pid)
{
    char  byte;

    byte = 'e';

    return (write(pipe_go[1], &byte, 1) == 1) ? wait_for(pid) : -1;
}


/* what arrives is what was sent, whatever came after it */

static inline int
sent_is_right(void)
{
    ssize_t        n;
    unsigned char  bytes[8192];

    n = read(pipe_sent[0], bytes, sizeof(bytes));

    return n <= 0 || cache_same(bytes, (size_t) n, cache_seed(TARGET, 1), 100);
}


#endif /* _CACHE_CHECK_H_INCLUDED_ */
