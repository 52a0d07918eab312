
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * A process is killed, or stopped for a while, at any instruction of what it
 * does with a cache.  Every one that changed the shared memory is taken, and
 * a part of the others.  What is left is looked at by another process.
 */

#include <sys/sendfile.h>
#include <fcntl.h>

#include "cache-check.h"

#if (__x86_64__)

#include "trace.h"


/* points of an operation that are tried; sanitizers are slow to fork */

#if (__SANITIZE_ADDRESS__)
#define MOST  100
#else
#define MOST  1000
#endif


typedef struct {
    const char  *name;
    int        (*prepare)(news_cache_t *c);
    int        (*run)(news_cache_t *c);
    unsigned     attach:1;           /* done beforehand */
    unsigned     evicts:1;
    unsigned     ruins:1;            /* begins with a list half changed */
} operation_t;


static size_t            zone_meta;
static cache_value_t     value;
static unsigned char     saved[ZONE], before[ZONE];
static news_cache_ref_t  held;


/* operations: 0, or another number when something is wrong */

static int
nothing(news_cache_t *c)
{
    return 0;
}


static int
run_get(news_cache_t *c)
{
    int               rc;
    news_cache_ref_t  ref, again;

    if (cache_get(c, TARGET, &ref) != 0) {
        return 0;
    }

    again = ref;
    rc = news_cache_pin(c, &again);

    rc |= cache_wrong(c, &ref, TARGET) != NULL;
    news_cache_release(c, &ref);
    rc |= cache_wrong(c, &again, TARGET) != NULL;
    news_cache_release(c, &again);

    return rc;
}


/* what is added is made beforehand */

static int
ready(uint64_t key, size_t body)
{
    value.key = key;
    value.version = 2;
    value.head = 100;
    value.body = body;

    cache_fill(cache_bytes, value.head + body, cache_seed(key, 2), 0);

    return 0;
}


static int
ready_target(news_cache_t *c)
{
    return ready(TARGET, 5000);
}


static int
ready_new(news_cache_t *c)
{
    return ready(KEYS - 1, 9000);
}


static int
ready_large(news_cache_t *c)
{
    return ready(KEYS - 1, 90000);
}


static int
ready_held(news_cache_t *c)
{
    return ready(TARGET, 100) || cache_get(c, TARGET, &held);
}


static int
run_put(news_cache_t *c)
{
    int               rc;
    news_str_t        head, body;
    news_cache_key_t  key;
    news_cache_ref_t  ref;

    cache_key(c, value.key, &key);
    head = news_str_n(cache_bytes, value.head);
    body = news_str_n(cache_bytes + value.head, value.body);

    if (news_cache_reserve(c, &key, 2, value.head, value.body, &ref) != 0) {
        return 0;
    }

    if (news_cache_write(c, &ref, head, body) != 0) {
        news_cache_release(c, &ref);
        return 0;
    }

    if (news_cache_publish(c, &ref, &value, sizeof(value)) != 0) {
        news_cache_release(c, &ref);
        return 0;
    }

    rc = value.body < 10000 && cache_wrong(c, &ref, value.key) != NULL;
    news_cache_release(c, &ref);

    return rc;
}


/* the one that is held goes when it is released */

static int
run_replace_held(news_cache_t *c)
{
    int  rc;

    rc = run_put(c);
    rc |= cache_wrong(c, &held, TARGET) != NULL;
    rc |= cache_version(&held) != 1;
    news_cache_release(c, &held);

    return rc;
}


static int
run_abandon(news_cache_t *c)
{
    cache_value_t     v;
    news_cache_ref_t  ref;

    v.key = TARGET;
    v.version = 2;
    v.head = 10;
    v.body = 3000;

    if (cache_begin(c, &v, 0, &ref) == 0) {
        news_cache_release(c, &ref);
    }

    return 0;
}


/* pages that were sent are taken away from the file, and used again */

static int
send_all(news_cache_t *c, int (*and_then)(news_cache_t *c))
{
    uint64_t          i;
    news_str_t        parts[NEWS_CACHE_PARTS];
    news_cache_ref_t  ref;

    for (i = 0; i < KEYS; i++) {
        if (cache_get(c, i, &ref) != 0) {
            continue;
        }

        if (news_cache_body(c, &ref, parts) > 0) {
            (void) news_cache_sendfile(c, &ref, parts[0].data);
        }

        news_cache_release(c, &ref);
    }

    return and_then(c);
}


/* and those of the target are on their way */

static int
send_ready_target(news_cache_t *c)
{
    off_t             at;
    ssize_t           n;
    news_str_t        parts[NEWS_CACHE_PARTS];
    news_cache_ref_t  ref;

    if (cache_get(c, TARGET, &ref) != 0
        || news_cache_body(c, &ref, parts) != 1)
    {
        return -1;
    }

    at = news_cache_sendfile(c, &ref, parts[0].data);
    n = sendfile(pipe_sent[1], zone_fd, &at, parts[0].len);

    news_cache_release(c, &ref);

    return (n == (ssize_t) parts[0].len) ? send_all(c, ready_target) : -1;
}


static int
send_ready_new(news_cache_t *c)
{
    return send_all(c, ready_new);
}


static int
run_lock(news_cache_t *c)
{
    news_cache_key_t  key;

    cache_key(c, TARGET, &key);

    if (news_cache_lock(c, &key, 1000, 1000000) == 0) {
        news_cache_unlock(c, &key);
    }

    return 0;
}


static int
run_attach(news_cache_t *c)
{
    return news_cache_attach(c);
}


static const operation_t  operations[] = {

    { "get", nothing, run_get, 1, 0, 0 },
    { "replace", ready_target, run_put, 1, 0, 0 },
    { "replace what is read", ready_held, run_replace_held, 1, 0, 0 },
    { "replace what was sent", send_ready_target, run_put, 1, 0, 0 },
    { "add", ready_new, run_put, 1, 1, 0 },
    { "add a large one", ready_large, run_put, 1, 1, 0 },
    { "add where all was sent", send_ready_new, run_put, 1, 1, 0 },
    { "abandon", nothing, run_abandon, 1, 0, 0 },
    { "lock", nothing, run_lock, 1, 0, 0 },
    { "attach", nothing, run_attach, 0, 0, 0 },
    { "rebuild", nothing, run_attach, 0, 1, 1 }
};


/* processes */

/* leaves values, and pins, a lock and a value unfinished, of a dead process */

static int
fill(const operation_t *op)
{
    uint64_t          i;
    news_cache_t      c;
    cache_value_t     v;
    news_cache_key_t  key;
    news_cache_ref_t  ref;

    if (join(&c, 1) != 0) {
        return fail("no slot to fill", 0);
    }

    v.version = 1;
    v.head = 100;

    for (i = 0; i < (op->evicts ? 40 : 32); i++) {
        v.key = i;
        v.body = i * 977 % 5000;

        if (cache_put(&c, &v, 1, &ref) != 0) {
            return fail("no room to fill", (int) i);
        }

        /* some stay pinned; some have been read */

        if (i % 8 != 1) {
            news_cache_release(&c, &ref);
        }
    }

    for (i = 0; i < 40; i += 5) {
        if (cache_get(&c, i, &ref) == 0) {
            news_cache_release(&c, &ref);
        }
    }

    v.key = 50;
    v.body = 6000;
    (void) cache_begin(&c, &v, 1, &ref);

    cache_key(&c, TARGET, &key);
    (void) news_cache_lock(&c, &key, 1000, 1000000);

    return 0;
}


/* a child that stands before the operation */

static pid_t
start(const operation_t *op)
{
    int           rc;
    pid_t         pid;
    news_cache_t  c;

    pid = fork();

    if (pid == 0) {
        if (join(&c, op->attach) != 0 || op->prepare(&c) != 0
            || trace_me() != 0)
        {
            _exit(77);
        }

        trace_here();
        rc = op->run(&c);
        trace_here();

        _exit(rc);
    }

    return (pid != -1 && trace_wait(pid) == 0) ? pid : -1;
}


static void
end(pid_t pid)
{
    int  status;

    (void) kill(pid, SIGKILL);
    (void) waitpid(pid, &status, 0);
}


static int
changed(void)
{
    if (memcmp(before, zone, zone_meta) == 0) {
        return 0;
    }

    memcpy(before, zone, zone_meta);

    return 1;
}


static void
see_present(void)
{
    int               i;
    pid_t             pid;
    news_cache_t      c;
    news_cache_ref_t  ref;

    pid = fork();

    if (pid == 0) {
        if (join(&c, 1) != 0) {
            _exit(1);
        }

        for (i = 0; i < KEYS; i++) {
            report->present[i] = cache_get(&c, (uint64_t) i, &ref) == 0;
        }

        _exit(0);
    }

    (void) wait_for(pid);
}


/* a zone as it is before the operation, saved; its points; their number */

static int
set_out(const operation_t *op)
{
    int           n;
    pid_t         pid;
    news_cache_t  c;

    memset(report, 0, sizeof(report_t));

    if (news_cache_create(&c, zone, ZONE, 4, 1, zone_fd) != 0) {
        return -1;
    }

    zone_meta = (size_t) (c.data - zone);

    pid = fork();

    if (pid == 0) {
        _exit(fill(op));
    }

    if (wait_for(pid) != 0) {
        return -1;
    }

    memcpy(saved, zone, ZONE);
    see_present();
    memcpy(zone, saved, ZONE);

    pid = start(op);

    if (pid == -1) {
        return -1;
    }

    memcpy(before, zone, zone_meta);
    n = trace_steps(pid, 13, changed);
    end(pid);
    (void) sent_is_right();

    return n;
}


/* the same, but that a process has died while adding a value */

static int
set_out_ruined(const operation_t *op)
{
    int                 i, n;
    pid_t               pid;
    const operation_t  *add;

    add = &operations[5];
    n = set_out(add);

    for (i = n * 2 / 3; i < n; i++) {
        memcpy(zone, saved, ZONE);
        pid = start(add);

        if (pid == -1) {
            return -1;
        }

        (void) trace_to(pid, &trace_points[i]);
        end(pid);

        memcpy(before, zone, ZONE);

        if (check_apart(1) == 0 && report->rebuilds > 0) {
            break;
        }
    }

    memcpy(zone, before, ZONE);
    memcpy(saved, zone, ZONE);

    pid = start(op);

    if (pid == -1) {
        return -1;
    }

    n = trace_steps(pid, 13, changed);
    end(pid);

    return n;
}


/*
 * A process that was there before reads on, and is the first to find what the
 * dead one left, which may be when it releases a value that was replaced.
 */

static int
survive(news_cache_t *c, int may_go)
{
    uint64_t             time;
    news_cache_stats_t   stats;

    time = cache_ms();

    if (let_go(c) != 0) {
        return 1;
    }

    news_cache_stats(c, &stats);

    if (stats.size == 0) {
        return fail("no way in", 0);
    }

    if (check_values(c, may_go) != 0 || add(c, 41, 9, 100) != 0) {
        return 1;
    }

    return (cache_ms() - time > 1000) ? fail("not soon", 0) : 0;
}


/* what another process does while this one stands still */

static int
meanwhile(news_cache_t *c, int may_go)
{
    uint64_t          i, time;
    cache_value_t     v;
    news_cache_ref_t  ref;

    time = cache_ms();

    if (check_values(c, may_go) != 0) {
        return 1;
    }

    if (cache_ms() - time > 1000) {
        return fail("reading took milliseconds:", (int) (cache_ms() - time));
    }

    v.version = 9;
    v.head = 10;
    time = cache_ms();

    for (i = 0; i < 12; i++) {
        v.key = (i == 0) ? TARGET : 40 + i;
        v.body = i * 1711 % 9000;

        if (cache_put(c, &v, 3, &ref) != 0) {
            report->blocked = 1;
            break;
        }

        news_cache_release(c, &ref);
    }

    if (cache_ms() - time > 1000) {
        return fail("writing took milliseconds:", (int) (cache_ms() - time));
    }

    if (let_go(c) != 0) {
        return 1;
    }

    return 0;
}


/* 1 when the point was reached, 0 when not, -1 when something is wrong then */

static int
kill_at(const operation_t *op, const trace_point_t *point, int survivor)
{
    int    rc, reached;
    pid_t  pid, other;

    other = survivor ? start_other(survive, op->evicts) : 0;
    pid = start(op);

    if (pid == -1 || other == -1) {
        return -1;
    }

    reached = trace_to(pid, point) == 0;
    end(pid);

    if (!survivor) {
        return check_apart(op->evicts) == 0 ? reached : -1;
    }

    if (let_act(other) != 0) {
        return -1;
    }

    rc = check_apart(1);

    return (let_end(other) == 0 && rc == 0) ? reached : -1;
}


static void
test_killed(const operation_t *op, int n)
{
    int  i, rc, bad, tried, reached, rebuilds;

    bad = 0;
    tried = 0;
    reached = 0;
    rebuilds = 0;

    for (i = 0; i < 2 * n && bad < 3; i += 1 + 2 * (n / MOST)) {

        if (i % 2 && i / 2 % 3 != 0) {
            continue;
        }

        memcpy(zone, saved, ZONE);
        report->note[0] = '\0';

        rc = kill_at(op, &trace_points[i / 2], i % 2);

        if (!sent_is_right()) {
            (void) fail("what was sent", 0);
            rc = -1;
        }

        if (rc == -1) {
            bad++;
            printf("# %s, killed at step %d, %s: %s\n", op->name,
                   (int) trace_points[i / 2].step,
                   i % 2 ? "one survives" : "none survives", report->note);
        }

        /* one that survives has done a part of it before */

        tried += i % 2 == 0;
        reached += rc == 1 && i % 2 == 0;
        rebuilds += report->rebuilds > 0;
    }

    is_int(bad, 0, "the cache is whole after any of them");
    ok(reached > tried * 9 / 10, "%d of %d points were reached, %d rebuilds",
       reached, tried, rebuilds);
}


/* the first stops at a point, the other does all it wants, the first goes on */

static const char *
pause_at(const operation_t *op, const trace_point_t *point)
{
    int    rc, reached;
    pid_t  pid, other;

    other = start_other(meanwhile, op->evicts);
    pid = start(op);

    if (pid == -1 || other == -1) {
        return "no processes";
    }

    reached = trace_to(pid, point) == 0;
    rc = let_act(other);

    if (!reached
        || (ptrace(PTRACE_CONT, pid, NULL, NULL) == 0 && trace_wait(pid) == 0))
    {
        (void) ptrace(PTRACE_CONT, pid, NULL, NULL);
    }

    if (wait_for(pid) != 0) {
        return "the one that was stopped";
    }

    if (rc != 0 || let_end(other) != 0 || check_apart(1) != 0) {
        return report->note;
    }

    return NULL;
}


static void
test_paused(const operation_t *op, int n)
{
    int          i, bad, blocked;
    const char  *wrong;

    bad = 0;
    blocked = 0;

    for (i = 0; i < n && bad < 3; i += 2 + 2 * (n / MOST)) {
        memcpy(zone, saved, ZONE);
        report->note[0] = '\0';
        report->blocked = 0;

        wrong = pause_at(op, &trace_points[i]);

        if (!sent_is_right()) {
            wrong = "what was sent";
        }

        if (wrong != NULL) {
            bad++;
            printf("# %s, stopped at step %d: %s\n", op->name,
                   (int) trace_points[i].step, wrong);
        }

        /* where the mutex is held the other one waits: not there each time */

        if (report->blocked) {
            blocked++;
            i += 24;
        }
    }

    is_int(bad, 0, "right values and a whole cache when it goes on");
    ok(n > 0, "%d times the other one did without", blocked);
}


int
main(int argc, char **argv)
{
    int       n;
    unsigned  i;

    /* no symbols are looked up on the way */

    if (getenv("LD_BIND_NOW") == NULL) {
        (void) setenv("LD_BIND_NOW", "1", 1);
        (void) execv("/proc/self/exe", argv);
    }

    setvbuf(stdout, NULL, _IOLBF, 0);

    zone = cache_map(ZONE, &zone_fd);
    report = mmap(NULL, sizeof(report_t), PROT_READ|PROT_WRITE,
                  MAP_SHARED|MAP_ANONYMOUS, -1, 0);

    if (zone == NULL || report == MAP_FAILED || pipe(pipe_go) == -1
        || pipe(pipe_done) == -1 || pipe2(pipe_sent, O_NONBLOCK) == -1)
    {
        ok(0, "memory");
        return done();
    }

    for (i = 0; i < sizeof(operations) / sizeof(operation_t); i++) {
        n = operations[i].ruins ? set_out_ruined(&operations[i])
                                : set_out(&operations[i]);

        if (!ok(n > 0, "%s: %d points%s%s", operations[i].name, n,
                report->note[0] ? ", " : "", report->note))
        {
            continue;
        }

        test_killed(&operations[i], n);
        test_paused(&operations[i], n);
    }

    return done();
}


#else

int
main(void)
{
    printf("1..0 # SKIP breakpoints of x86-64\n");

    return 0;
}


#endif
