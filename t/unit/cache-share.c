
/*
 * Copyright (C) ngx_news_module authors
 */


#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <signal.h>

#include "cache.h"
#include "news_cache_shm.h"


#define MEGABYTE  (1024 * 1024)


static size_t  page;
static int     stopped;       /* a clock that cannot be read */
static time_t  ahead;         /* of the time of day, in seconds */


/* in place of that of the C library */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
    int  rc;

    if (stopped) {
        return -1;
    }

    rc = (int) syscall(SYS_clock_gettime, id, ts);

    if (id == CLOCK_REALTIME) {
        ts->tv_sec += ahead;
    }

    return rc;
}


/* pinned too often, so often that nothing can be evicted */

static void
test_pins(void)
{
    int                bad;
    size_t             i, n;
    uint64_t           start;
    news_cache_t       c;
    cache_value_t      v;
    news_cache_ref_t   ref, *refs;

    zone_open(&c, MEGABYTE, 4);

    (void) put(&c, 1, 1, 10, 3 * page);
    ok(cache_get(&c, 1, &ref) == 0, "pinned");

    for (n = 1; n < 100000 && news_cache_pin(&c, &ref) == 0; n++) {
        /* void */
    }

    ok(n > 1000 && n < 100000, "pinned %d times", (int) n);
    ok(cache_get(&c, 1, &ref) == 1, "no more pins to get");
    ok(cache_get(&c, 1, &ref) == 1 && ref.record == NULL, "none");

    start = size_bytes(&c);
    ok(cache_drain(&c) < start, "it is in the way");

    ref.record = NULL;
    bad = 1;

    zone_close(&c);

    zone_open(&c, MEGABYTE, 4);
    refs = calloc(2000, sizeof(news_cache_ref_t));

    if (refs == NULL) {
        ok(0, "memory");
        return;
    }

    v.version = 1;
    v.head = 100;

    for (n = 0; n < 2000; n++) {
        v.key = n;
        v.body = n * 37 % (3 * page);

        if (cache_put(&c, &v, 0, &refs[n]) != 0) {
            break;
        }
    }

    ok(n > 20 && n < 2000, "%d values pinned, and no room", (int) n);

    start = cache_ms();
    v.key = 0;
    v.body = 10 * page;
    ok(cache_begin(&c, &v, 0, &ref) == 1, "no room where all is pinned");
    ok(cache_ms() - start < 1000, "known soon");

    for (i = 0, bad = 0; i < n; i++) {
        bad += cache_wrong(&c, &refs[i], i) != NULL;
        news_cache_release(&c, &refs[i]);
    }

    is_int(bad, 0, "all are right");
    ok(cache_begin(&c, &v, 0, &ref) == 0, "room where nothing is pinned");
    news_cache_release(&c, &ref);
    ok(cache_drain(&c) == size_bytes(&c), "nothing is lost");

    free(refs);
    zone_close(&c);
}


static void
test_pinned(void)
{
    int               bad;
    uint64_t          n;
    news_cache_t      c;
    cache_value_t     v;
    news_cache_ref_t  one, two;

    zone_open(&c, MEGABYTE, 4);

    v.key = 1000000;
    v.version = 1;
    v.head = 77;
    v.body = 9 * page;
    bad = cache_put(&c, &v, 0, &one) != 0 || news_cache_pin(&c, &one) != 0;
    two = one;

    for (n = 0; n < 5000; n++) {
        bad += put(&c, n, n, 50, n * 613 % (6 * page)) != 0;
    }

    is_int(bad, 0, "a storm around a pinned value");
    ok(cache_wrong(&c, &one, v.key) == NULL, "it is what it was");
    news_cache_release(&c, &one);
    ok(cache_drain(&c) < size_bytes(&c), "it has another pin");
    ok(cache_wrong(&c, &two, v.key) == NULL, "and is what it was");
    news_cache_release(&c, &two);
    ok(cache_drain(&c) == size_bytes(&c), "nothing is lost");

    zone_close(&c);
}


/* runs a function in a process of its own, which leaves without a word */

static int
apart(int (*f)(news_cache_t *c, void *data), news_cache_t *c, void *data,
    int signo)
{
    int           status;
    pid_t         pid;
    news_cache_t  own;

    pid = fork();

    if (pid == 0) {
        if (news_cache_open(&own, c->shm, MEGABYTE, c->fd) != 0
            || news_cache_attach(&own) != 0)
        {
            _exit(99);
        }

        status = f(&own, data);

        if (signo != 0) {
            (void) kill(getpid(), signo);
        }

        _exit(status);
    }

    if (pid == -1 || waitpid(pid, &status, 0) != pid) {
        return -1;
    }

    if (WIFEXITED(status)) {
        return WEXITSTATUS(status);
    }

    return (WTERMSIG(status) == signo) ? 0 : 100 + WTERMSIG(status);
}


static int
apart_count(news_cache_t *c, void *data)
{
    int  i;

    for (i = 0; i < 5; i++) {
        news_cache_count(c, 3);
    }

    return 0;
}


static int
apart_pin(news_cache_t *c, void *data)
{
    int               i;
    uint64_t         *key = data;
    news_cache_ref_t  ref;

    for (i = 0; i < 3; i++) {
        if (cache_get(c, *key, &ref) != 0
            || cache_wrong(c, &ref, *key) != NULL)
        {
            return 1;
        }
    }

    return 0;
}


static int
apart_reserve(news_cache_t *c, void *data)
{
    cache_value_t     v;
    news_cache_ref_t  ref;

    v.key = 77;
    v.version = 1;
    v.head = 10;
    v.body = 20 * page;

    return cache_begin(c, &v, 0, &ref);
}


static int
apart_lock(news_cache_t *c, void *data)
{
    return news_cache_lock(c, data, 1000, 5000);
}


static int
apart_unlock(news_cache_t *c, void *data)
{
    news_cache_unlock(c, data);

    return 0;
}


static void
test_dead(void)
{
    int                 i, bad;
    uint64_t            key, free_before;
    news_cache_t        c;
    news_cache_stats_t  s;

    zone_open(&c, MEGABYTE, 3);

    for (i = 0, bad = 0; i < 40; i++) {
        news_cache_count(&c, 3);
        bad += apart(apart_count, &c, NULL, i % 2 ? SIGKILL : 0) != 0;
    }

    is_int(bad, 0, "forty processes, one after another, for two slots");
    news_cache_stats(&c, &s);
    is_int(s.counts[3], 40 + 40 * 5, "all have been counted");
    is_int(s.counts[2], 0, "nothing else has");

    key = 1;
    (void) put(&c, 1, 1, 10, 30 * page);
    is_int(apart(apart_pin, &c, &key, SIGKILL), 0, "pinned by one that died");
    ok(cache_drain(&c) == size_bytes(&c), "its pins are taken back");
    ok(!has(&c, 1), "the value could go");

    free_before = free_bytes(&c);
    is_int(apart(apart_reserve, &c, NULL, SIGKILL), 0, "reserved by another");
    ok(free_bytes(&c) <= free_before, "it was");
    ok(cache_drain(&c) == size_bytes(&c), "its room is taken back");

    zone_close(&c);
}


static void
test_full(void)
{
    int           go[2], up[2], status;
    char          byte;
    pid_t         pid;
    news_cache_t  c, own;

    zone_open(&c, MEGABYTE, 2);

    if (pipe(go) == -1 || pipe(up) == -1) {
        ok(0, "pipes");
        return;
    }

    pid = fork();

    if (pid == 0) {
        byte = (news_cache_open(&own, c.shm, MEGABYTE, c.fd) == 0
                && news_cache_attach(&own) == 0) ? '1' : '0';

        if (write(up[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1) {
            _exit(1);
        }

        _exit(0);
    }

    ok(read(up[0], &byte, 1) == 1 && byte == '1', "the second of two slots");
    is_int(apart(apart_count, &c, NULL, 0), 99, "there is no third");

    (void) kill(pid, SIGKILL);
    (void) waitpid(pid, &status, 0);

    is_int(apart(apart_count, &c, NULL, 0), 0, "but when one has died");

    close(go[0]);
    close(go[1]);
    close(up[0]);
    close(up[1]);
    zone_close(&c);
}


static void
test_locks(void)
{
    int               i, bad;
    news_cache_t      c;
    news_cache_key_t  one, two, key;

    zone_open(&c, MEGABYTE, 4);
    cache_key(&c, 1, &one);
    cache_key(&c, 2, &two);

    is_int(news_cache_lock(&c, &one, 1000, 5000), 0, "locked");
    is_int(apart(apart_lock, &c, &one, 0), 1, "another one is at it");
    is_int(apart(apart_lock, &c, &two, 0), 0, "not at another key");

    is_int(apart(apart_unlock, &c, &one, 0), 0, "unlocked by another");
    is_int(apart(apart_lock, &c, &one, 0), 1, "which has no say");

    news_cache_unlock(&c, &two);
    is_int(apart(apart_lock, &c, &one, 0), 1, "another key was unlocked");

    news_cache_unlock(&c, &one);
    is_int(apart(apart_lock, &c, &one, SIGKILL), 0, "unlocked");
    is_int(news_cache_lock(&c, &one, 1001, 5000), 0, "a dead one has nothing");
    news_cache_unlock(&c, &one);

    is_int(apart(apart_lock, &c, &one, 0), 0, "locked by one that leaves");
    is_int(news_cache_lock(&c, &one, 1001, 5000), 0, "it has nothing either");
    news_cache_unlock(&c, &one);

    is_int(news_cache_lock(&c, &one, 100, 899), 0, "locked for a while");
    is_int(apart(apart_lock, &c, &one, 0), 0, "which is over");
    is_int(news_cache_lock(&c, &one, 1000, 1), 0, "and again");
    is_int(apart(apart_lock, &c, &one, 0), 1, "to the millisecond");

    for (i = 0, bad = 0; i < 5000; i++) {
        cache_key(&c, (uint64_t) i + 100, &key);
        bad += news_cache_lock(&c, &key, 2000, 10) != 0;
        news_cache_unlock(&c, &key);
    }

    is_int(bad, 0, "many keys, one after another");

    /* more than anybody has at once; it may not block for long */

    for (i = 0; i < 5000; i++) {
        cache_key(&c, (uint64_t) i + 100, &key);
        (void) news_cache_lock(&c, &key, 3000, 10);
    }

    cache_key(&c, 1000000, &key);
    is_int(news_cache_lock(&c, &key, 3010, 10), 0, "until their time is over");

    zone_close(&c);
}


/* sends a value's body; the number of bytes, or -1 */

static ssize_t
send_body(news_cache_t *c, const news_cache_ref_t *ref, int out, size_t skip)
{
    off_t       at;
    ssize_t     n, sum;
    unsigned    i, parts;
    news_str_t  part[NEWS_CACHE_PARTS];

    sum = 0;
    parts = news_cache_body(c, ref, part);

    for (i = 0; i < parts; i++) {
        if (skip >= part[i].len) {
            skip -= part[i].len;
            continue;
        }

        at = news_cache_sendfile(c, ref, part[i].data + skip);
        n = sendfile(out, c->fd, &at, part[i].len - skip);

        if (n != (ssize_t) (part[i].len - skip)) {
            return -1;
        }

        sum += n;
        skip = 0;
    }

    return sum;
}


static int
same_sent(int in, const cache_value_t *v, size_t skip)
{
    size_t         n;
    ssize_t        got;
    unsigned char  bytes[4000];

    for (n = skip; n < v->body; n += (size_t) got) {
        got = read(in, bytes, (v->body - n < sizeof(bytes)) ? v->body - n
                                                            : sizeof(bytes));

        if (got <= 0
            || !cache_same(bytes, (size_t) got,
                           cache_seed(v->key, v->version), v->head + n))
        {
            return 0;
        }
    }

    return 1;
}


/* what the kernel still has to send is left alone */

static void
test_sent(int out, int in, const char *name)
{
    int               round, bad;
    size_t            skip;
    uint64_t          i, state;
    news_cache_t      c;
    cache_value_t     v;
    news_cache_ref_t  ref;

    zone_open(&c, MEGABYTE, 4);

    bad = 0;
    state = 17;
    v.version = 1;

    for (round = 0; round < 60; round++) {
        v.key = (uint64_t) round;
        v.head = cache_random(&state) % 6000;
        v.body = 1 + cache_random(&state) % 40000;
        skip = cache_random(&state) % v.body;

        if (cache_put(&c, &v, 0, &ref) != 0
            || send_body(&c, &ref, out, skip) != (ssize_t) (v.body - skip))
        {
            bad++;
            break;
        }

        /* still there for other readers */

        bad += cache_wrong(&c, &ref, v.key) != NULL;
        news_cache_release(&c, &ref);
        bad += !has(&c, v.key);

        for (i = 0; i < 60; i++) {
            (void) put(&c, 1000 + i, (uint64_t) round, 10, 20000);
        }

        bad += !same_sent(in, &v, skip);
    }

    is_int(bad, 0, name);
    ok(cache_drain(&c) == size_bytes(&c), "nothing is lost");

    zone_close(&c);
}


/* one who holds the mutex and is stopped, and a clock that is set back */

static void
test_clock(void)
{
    int              status, ready[2];
    char             byte;
    pid_t            pid;
    news_cache_t     c;
    struct timespec  from, to;

    zone_open(&c, MEGABYTE, 4);

    if (pipe(ready) == -1) {
        ok(0, "pipe");
        return;
    }

    pid = fork();

    if (pid == 0) {
        (void) news_cache_enter(&c);
        (void) write(ready[1], "", 1);
        (void) pause();
        _exit(0);
    }

    ok(read(ready[0], &byte, 1) == 1, "another holds the mutex");

    ahead = 5;

    (void) clock_gettime(CLOCK_MONOTONIC, &from);
    ok(news_cache_enter(&c) != 0, "waited for in vain");
    (void) clock_gettime(CLOCK_MONOTONIC, &to);

    ahead = 0;

    ok(to.tv_sec - from.tv_sec < 3, "and not for long");

    c.late = 0;
    stopped = 1;
    ok(news_cache_enter(&c) != 0, "nor waited for without a clock");
    stopped = 0;

    (void) kill(pid, SIGKILL);
    (void) waitpid(pid, &status, 0);
    (void) close(ready[0]);
    (void) close(ready[1]);

    ok(news_cache_enter(&c) == 0, "it is free when its owner is dead");
    news_cache_leave(&c);

    zone_close(&c);
}


/*
 * A process has died: all records are gone through.  What is pinned stays
 * though another value has its key, two never have one page, and what makes
 * no sense is free.
 */

static void
test_rebuild(void)
{
    size_t               all;
    uint64_t             key;
    news_cache_t         c, other;
    news_cache_ref_t     old, refs[5];
    news_cache_stats_t   stats;

    zone_open(&c, MEGABYTE, 4);
    all = size_bytes(&c);

    for (key = 1; key < 5; key++) {
        (void) put(&c, key, 1, 10, 10);
        (void) cache_get(&c, key, &refs[key]);
        news_cache_release(&c, &refs[key]);
    }

    ok(cache_get(&c, 1, &old) == 0 && put(&c, 1, 2, 10, 2 * page) == 0,
       "one that is read, and another in its place");

    ok(cache_get(&c, 2, &refs[2]) == 0 && cache_get(&c, 3, &refs[3]) == 0
       && cache_get(&c, 4, &refs[4]) == 0, "three more");

    refs[3].record->extents[0] = refs[2].record->extents[0];
    refs[4].record->n = 255;

    for (key = 2; key < 5; key++) {
        news_cache_release(&c, &refs[key]);
    }

    c.shm->sweep = 1;
    news_cache_stats(&c, &stats);

    is_int(stats.rebuilds, 1, "rebuilt");
    ok(cache_wrong(&c, &old, 1) == NULL && cache_version(&old) == 1,
       "what is read is there");
    ok(cache_get(&c, 1, &refs[1]) == 0 && cache_version(&refs[1]) == 2,
       "and so is the newer one");
    news_cache_release(&c, &refs[1]);
    is_int(cache_get(&c, 2, &refs[2]) + cache_get(&c, 3, &refs[3]), 1,
           "of two with the same page one is left");
    ok(cache_get(&c, 4, &refs[4]) == 1, "of no sense, none");
    is_int(size_bytes(&c) - free_bytes(&c), 5 * page, "pages in use");

    /* as long as it is pinned its pages are its own */

    ok(cache_drain(&c) < all, "most of it is of use");
    ok(cache_wrong(&c, &old, 1) == NULL, "what is read is still there");
    news_cache_release(&c, &old);

    if (refs[2].record != NULL) {
        news_cache_release(&c, &refs[2]);

    } else {
        news_cache_release(&c, &refs[3]);
    }

    ok(cache_drain(&c) == all, "all of it is");

    /* a slot that nobody has, and whose mutex somebody holds */

    (void) pthread_mutex_lock(&c.slots[1].alive);
    ok(news_cache_open(&other, c.shm, MEGABYTE, c.fd) == 0
       && news_cache_attach(&other) == 0 && other.slot == 2, "the next slot");
    (void) pthread_mutex_unlock(&c.slots[1].alive);

    zone_close(&c);
}


int
main(void)
{
    int  pipes[2], sockets[2];

    page = (size_t) sysconf(_SC_PAGESIZE);

    test_pins();
    test_pinned();
    test_dead();
    test_full();
    test_locks();
    test_clock();
    test_rebuild();

    if (pipe(pipes) == -1
        || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == -1)
    {
        ok(0, "pipes");
        return done();
    }

    test_sent(pipes[1], pipes[0], "sent to a pipe");
    test_sent(sockets[0], sockets[1], "sent to a socket");

    return done();
}
