
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Processes that read, replace, hold, send and count in one small cache, one
 * of which is killed every few milliseconds, or stopped for a while.  Every
 * byte is looked at.  The argument is how many seconds it goes on.
 */

#include <sys/sendfile.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>

#include "cache.h"


#define SIZE      (1024 * 1024)
#define WORKERS   6
#define KEYS      5000
#define HOLDS     8

#define SOON      1000      /* milliseconds, on a busy machine */


typedef struct {
    uint64_t          stops;         /* how often it was stopped, and went on */
    uint64_t          ops;
    uint64_t          slowest;       /* milliseconds */
} worker_t;


/* shared by all */

typedef struct {
    uint64_t          version;
    uint64_t          began, ended;  /* of one of the counters */
    uint64_t          hits, puts, full, unattached;
    uint64_t          errors;
    char              note[200];
    worker_t          workers[WORKERS];
} report_t;


/* of one worker */

typedef struct {
    news_cache_t      c;
    worker_t         *me;
    uint64_t          state;
    int               out, in;
    cache_value_t     sent_value;
    size_t            sent_at;
    news_cache_ref_t  holds[HOLDS];
    uint64_t          keys[HOLDS];
} work_t;


static int        fd;
static void      *zone;
static report_t  *report;


#define more(p)  (void) __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST)


static void
wrong(const char *what, uint64_t key)
{
    if (__atomic_fetch_add(&report->errors, 1, __ATOMIC_SEQ_CST) == 0) {
        snprintf(report->note, sizeof(report->note), "%s, key %d", what,
                 (int) key);
    }
}


/* small keys are asked for most */

static uint64_t
some_key(work_t *w)
{
    uint64_t  a;

    a = cache_random(&w->state) % KEYS;

    return a * a / KEYS * a / KEYS * a / KEYS;
}


static void
check(work_t *w, const news_cache_ref_t *ref, uint64_t key)
{
    const char  *what;

    what = cache_wrong(&w->c, ref, key);

    if (what != NULL) {
        wrong(what, key);
    }
}


/* one that was held for long is looked at once more */

static void
hold(work_t *w, news_cache_ref_t *ref, uint64_t key)
{
    unsigned  i;

    i = cache_random(&w->state) % HOLDS;

    if (w->holds[i].record != NULL) {
        check(w, &w->holds[i], w->keys[i]);
        news_cache_release(&w->c, &w->holds[i]);
    }

    w->holds[i] = *ref;
    w->keys[i] = key;
}


static void
put_one(work_t *w, uint64_t key)
{
    cache_value_t     v;
    news_cache_ref_t  ref;

    v.key = key;
    v.version = __atomic_add_fetch(&report->version, 1, __ATOMIC_SEQ_CST);
    v.head = cache_random(&w->state) % 600;
    v.body = cache_random(&w->state) % (cache_random(&w->state) % 8 == 0
                                        ? 60000 : 5000);

    if (cache_begin(&w->c, &v, (unsigned) key % 16, &ref) != 0) {
        more(&report->full);
        return;
    }

    if (cache_random(&w->state) % 16 == 0) {
        news_cache_release(&w->c, &ref);
        return;
    }

    if (news_cache_publish(&w->c, &ref, &v, sizeof(v)) != 0) {
        more(&report->full);
        news_cache_release(&w->c, &ref);
        return;
    }

    more(&report->puts);
    check(w, &ref, key);
    news_cache_release(&w->c, &ref);
}


static void
put_locked(work_t *w, uint64_t key)
{
    news_cache_key_t  k;

    cache_key(&w->c, key, &k);

    if (news_cache_lock(&w->c, &k, cache_ms(), 3000) == 0) {
        put_one(w, key);
        news_cache_unlock(&w->c, &k);
    }
}


/* what was sent before is still in the pipe, and what it was */

static void
receive(work_t *w)
{
    ssize_t        n;
    unsigned char  bytes[4096];

    while ((n = read(w->in, bytes, sizeof(bytes))) > 0) {
        if (!cache_same(bytes, (size_t) n,
                        cache_seed(w->sent_value.key, w->sent_value.version),
                        w->sent_at))
        {
            wrong("what was sent", w->sent_value.key);
        }

        w->sent_at += (size_t) n;
    }
}


static void
send_some(work_t *w, const news_cache_ref_t *ref)
{
    off_t       at;
    news_str_t  parts[NEWS_CACHE_PARTS];

    receive(w);

    if (news_cache_body(&w->c, ref, parts) == 0) {
        return;
    }

    memcpy(&w->sent_value, news_cache_info(ref), sizeof(cache_value_t));
    w->sent_at = w->sent_value.head;

    at = news_cache_sendfile(&w->c, ref, parts[0].data);
    (void) sendfile(w->out, w->c.fd, &at, parts[0].len);
}


static void
work_once(work_t *w)
{
    uint64_t          key, what;
    news_cache_ref_t  ref;

    key = some_key(w);
    what = cache_random(&w->state) % 64;

    if (what < 4) {
        put_one(w, key);
        return;
    }

    if (cache_get(&w->c, key, &ref) != 0) {
        put_locked(w, key);
        return;
    }

    more(&report->hits);
    check(w, &ref, key);

    if (what < 12) {
        hold(w, &ref, key);
        return;
    }

    if (what < 20) {
        send_some(w, &ref);

    } else if (what < 24 && news_cache_pin(&w->c, &ref) == 0) {
        news_cache_set_checked(&ref, what);
        news_cache_release(&w->c, &ref);
        ref.record = NULL;
        (void) cache_get(&w->c, key, &ref);
    }

    if (ref.record != NULL) {
        check(w, &ref, key);
        news_cache_release(&w->c, &ref);
    }
}


static void
work(unsigned n, uint64_t seed)
{
    int       pipes[2];
    work_t    w;
    uint64_t  time, stops;

    memset(&w, 0, sizeof(w));
    w.me = &report->workers[n];
    w.state = seed;

    if (pipe2(pipes, O_NONBLOCK) == -1
        || news_cache_open(&w.c, zone, SIZE, fd) != 0)
    {
        _exit(1);
    }

    w.in = pipes[0];
    w.out = pipes[1];

    while (news_cache_attach(&w.c) != 0) {
        more(&report->unattached);
        usleep(1000);
    }

    for ( ;; ) {
        stops = __atomic_load_n(&w.me->stops, __ATOMIC_SEQ_CST);
        time = cache_ms();

        more(&report->began);
        news_cache_count(&w.c, 3);
        more(&report->ended);

        work_once(&w);

        time = cache_ms() - time;
        w.me->ops++;

        if (time > w.me->slowest
            && stops == __atomic_load_n(&w.me->stops, __ATOMIC_SEQ_CST))
        {
            w.me->slowest = time;
        }
    }
}


static pid_t
start(unsigned n, uint64_t seed)
{
    pid_t  pid;

    pid = fork();

    if (pid == 0) {
        work(n, seed);
    }

    return pid;
}


/* takes nearly all of the room, and changes one value as fast as it can */

static void
change(work_t *w, uint64_t end)
{
    cache_value_t     v;
    news_cache_ref_t  ref;

    v.head = 0;
    v.version = 0;
    v.body = SIZE / 2;

    for (v.key = 10; v.body > 32768; v.key++) {
        if (cache_put(&w->c, &v, 0, &ref) != 0) {
            v.body /= 2;
        }
    }

    v.key = 0;

    while (cache_ms() < end) {
        v.version++;
        v.head = v.version % 64;
        v.body = v.version * 64 % 2000;

        if (cache_put(&w->c, &v, 0, &ref) == 0) {
            more(&report->puts);
            news_cache_release(&w->c, &ref);
        }
    }
}


static void
watch(work_t *w, uint64_t end)
{
    news_cache_ref_t  ref;

    while (cache_ms() < end) {
        if (cache_get(&w->c, 0, &ref) != 0) {
            continue;
        }

        more(&report->hits);
        check(w, &ref, 0);
        check(w, &ref, 0);
        news_cache_release(&w->c, &ref);
    }
}


/*
 * One that reads what another one replaces all the time: that each sees what
 * the other has written is a matter of nanoseconds.
 */

static void
duel(uint64_t seconds)
{
    int       status;
    pid_t     pids[2];
    work_t    w;
    uint64_t  end;
    unsigned  i;

    end = cache_ms() + seconds * 1000;

    for (i = 0; i < 2; i++) {
        pids[i] = fork();

        if (pids[i] == 0) {
            memset(&w, 0, sizeof(w));

            if (news_cache_open(&w.c, zone, SIZE, fd) == 0
                && news_cache_attach(&w.c) == 0)
            {
                (i == 0) ? watch(&w, end) : change(&w, end);
            }

            _exit(0);
        }
    }

    for (i = 0; i < 2; i++) {
        (void) waitpid(pids[i], &status, 0);
    }

    printf("# %d hits, %d added\n", (int) report->hits, (int) report->puts);

    ok(report->hits > 1000 && report->puts > 1000, "read and replaced");
    ok(report->errors == 0, "no wrong byte: %d %s", (int) report->errors,
       report->note);

    memset(report, 0, sizeof(report_t));
}


/* for some seconds; the number of processes that were killed */

static int
storm(uint64_t seconds, int *stopped)
{
    int       status, killed, last;
    pid_t     pids[WORKERS];
    uint64_t  state, end;
    unsigned  i;

    state = (uint64_t) getpid();
    printf("# seed %d\n", (int) state);

    for (i = 0; i < WORKERS; i++) {
        pids[i] = start(i, cache_random(&state));
    }

    killed = 0;
    last = -1;
    end = cache_ms() + seconds * 1000;

    while (cache_ms() < end) {
        usleep((useconds_t) (cache_random(&state) % 6000));
        i = cache_random(&state) % WORKERS;

        if (last != -1) {

            /* the time that it stood still is not its own */

            more(&report->workers[last].stops);
            (void) kill(pids[last], SIGCONT);
            last = -1;

        } else if (cache_random(&state) % 8 == 0) {
            more(&report->workers[i].stops);
            (void) kill(pids[i], SIGSTOP);
            last = (int) i;
            (*stopped)++;
            usleep((useconds_t) (cache_random(&state) % 40000));
            continue;
        }

        (void) kill(pids[i], SIGKILL);
        (void) waitpid(pids[i], &status, 0);
        killed++;

        pids[i] = start(i, cache_random(&state));
    }

    for (i = 0; i < WORKERS; i++) {
        (void) kill(pids[i], SIGKILL);
        (void) waitpid(pids[i], &status, 0);
    }

    return killed;
}


static void
test_after(void)
{
    int                 n, bad;
    uint64_t            key;
    news_cache_t        c;
    cache_value_t       v;
    news_cache_ref_t    ref;
    news_cache_stats_t  s;

    if (!ok(news_cache_open(&c, zone, SIZE, fd) == 0
            && news_cache_attach(&c) == 0, "a process that comes later"))
    {
        return;
    }

    for (key = 0, n = 0, bad = 0; key < KEYS; key++) {
        if (cache_get(&c, key, &ref) == 0) {
            bad += cache_wrong(&c, &ref, key) != NULL;
            n++;
            news_cache_release(&c, &ref);
        }
    }

    news_cache_stats(&c, &s);

    is_int(bad, 0, "the values that are left are right");

    /* a counter may have been taken over twice, if one died doing that */

    ok(s.counts[3] + WORKERS >= report->ended
       && s.counts[3] <= report->began + report->began / 10,
       "%d were counted, of %d", (int) s.counts[3], (int) report->ended);

    printf("# %d values are left, %d evictions, %d rebuilds\n", n,
           (int) s.evictions, (int) s.rebuilds);

    is_int(cache_drain(&c), s.size, "no page is lost");
    news_cache_stats(&c, &s);
    is_int(s.free, s.size, "all are free");

    for (n = 0, bad = 0; n < NEWS_CACHE_COUNTS; n++) {
        bad += s.entries[n] != 0 || s.bytes[n] != 0;
    }

    is_int(bad, 0, "no entry is left");

    v.version = 1;
    v.head = 10;

    for (v.key = 0; v.key < 3000; v.key++) {
        v.body = v.key * 31 % 20000;
        bad += cache_put(&c, &v, 0, &ref) != 0;
        bad += cache_wrong(&c, &ref, v.key) != NULL;
        news_cache_release(&c, &ref);
    }

    is_int(bad, 0, "it works on");
    is_int(cache_drain(&c), s.size, "and loses no page");
}


int
main(int argc, char **argv)
{
    int           killed, stopped;
    unsigned      i;
    uint64_t      ops, seconds, slowest;
    news_cache_t  c;

    setvbuf(stdout, NULL, _IOLBF, 0);

    zone = cache_map(SIZE, &fd);
    report = mmap(NULL, sizeof(report_t), PROT_READ|PROT_WRITE,
                  MAP_SHARED|MAP_ANONYMOUS, -1, 0);

    if (zone == NULL || report == MAP_FAILED
        || news_cache_create(&c, zone, SIZE, 2 * WORKERS, 1, fd) != 0)
    {
        ok(0, "memory");
        return done();
    }

    stopped = 0;
    seconds = (argc > 1) ? strtoul(argv[1], NULL, 10) : 8;

    duel(seconds / 4);
    killed = storm(seconds, &stopped);

    ops = 0;
    slowest = 0;

    for (i = 0; i < WORKERS; i++) {
        ops += report->workers[i].ops;

        if (report->workers[i].slowest > slowest) {
            slowest = report->workers[i].slowest;
        }
    }

    printf("# %d operations, %d hits, %d added, %d times no room, %d no slot\n",
           (int) ops, (int) report->hits, (int) report->puts,
           (int) report->full, (int) report->unattached);

    ok(killed > 100, "%d were killed, %d stopped", killed, stopped);
    ok(report->hits > 1000 && report->puts > 1000, "it was used");
    ok(report->errors == 0, "no wrong byte: %d %s", (int) report->errors,
       report->note);
    ok(slowest < SOON, "nobody waited long: %d ms", (int) slowest);

    test_after();

    return done();
}
