
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"

#if (NGX_THREADS)

#include <ngx_thread_pool.h>

#if (NGX_LINUX)
#include <sys/resource.h>
#include <sys/syscall.h>
#endif

#endif


#define NGX_HTTP_NEWS_SLICE  100000000    /* nanoseconds */


/* a timer keeps a worker that was told to go */

#define NGX_HTTP_NEWS_TIMER    60000


#if (NGX_THREADS)

/*
 * Work takes a processor for itself, and the event loops need some: what is
 * more than a lane has room for waits in a queue of our own.
 */

typedef struct {
    ngx_uint_t                 running;
    ngx_queue_t                queue;
} ngx_http_news_lane_t;


struct ngx_http_news_pool_s {
    ngx_str_t                  name;
    ngx_thread_pool_t         *pool;
    ngx_http_news_lane_t       lanes[NGX_HTTP_NEWS_LANES];
    ngx_http_news_pool_t      *next;
};


typedef struct {
    ngx_http_news_work_pt      work;
    ngx_http_news_work_pt      done;
    void                      *data;
    ngx_uint_t                 lane;
    ngx_queue_t                queue;
    ngx_thread_task_t         *task;
    ngx_http_news_pool_t      *np;
} ngx_http_news_task_t;


/* how many of a kind run at once, in a worker of a machine with some cores */

static ngx_uint_t  ngx_http_news_lane_width[] = {
    2,                                  /* NGX_HTTP_NEWS_LANE_RENDER */
    1,                                  /* NGX_HTTP_NEWS_LANE_PACK */
    1024                                /* NGX_HTTP_NEWS_LANE_FREE */
};


static ngx_http_news_pool_t *ngx_http_news_add_pool(ngx_conf_t *cf,
    ngx_str_t *name);
static void ngx_http_news_thread_handler(void *data, ngx_log_t *log);
static void ngx_http_news_set_slice(uint64_t nsec);
static void ngx_http_news_thread_event_handler(ngx_event_t *ev);
static void ngx_http_news_next_task(ngx_http_news_pool_t *np,
    ngx_uint_t lane);

#endif


char *
ngx_http_news_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_news_loc_conf_t *nlcf = conf;

    ngx_str_t  *value;

    if (nlcf->pool != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        nlcf->pool = NULL;
        return NGX_CONF_OK;
    }

#if (NGX_THREADS)

    nlcf->pool = ngx_http_news_add_pool(cf, &value[1]);

    return (nlcf->pool == NULL) ? NGX_CONF_ERROR : NGX_CONF_OK;

#else

    return "needs nginx with threads, built with \"--with-threads\"";

#endif
}


/* NULL where nginx has no threads, too */

ngx_http_news_pool_t *
ngx_http_news_default_pool(ngx_conf_t *cf)
{
#if (NGX_THREADS)

    static ngx_str_t  name = ngx_string("default");

    return ngx_http_news_add_pool(cf, &name);

#else

    return NULL;

#endif
}


#if (NGX_THREADS)

static ngx_http_news_pool_t *
ngx_http_news_add_pool(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                  i;
    ngx_http_news_pool_t       *np;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);

    for (np = nmcf->pools; np; np = np->next) {
        if (np->name.len == name->len
            && ngx_strncmp(np->name.data, name->data, name->len) == 0)
        {
            return np;
        }
    }

    np = ngx_pcalloc(cf->pool, sizeof(ngx_http_news_pool_t));
    if (np == NULL) {
        return NULL;
    }

    np->pool = ngx_thread_pool_add(cf, name);
    if (np->pool == NULL) {
        return NULL;
    }

    for (i = 0; i < NGX_HTTP_NEWS_LANES; i++) {
        ngx_queue_init(&np->lanes[i].queue);
    }

    np->name = *name;
    np->next = nmcf->pools;

    nmcf->pools = np;

    return np;
}


ngx_int_t
ngx_http_news_post(ngx_http_news_pool_t *np, ngx_pool_t *pool,
    ngx_http_news_work_pt work, ngx_http_news_work_pt done, void *data,
    ngx_uint_t lane)
{
    ngx_thread_task_t     *task;
    ngx_http_news_task_t  *t;

    task = ngx_thread_task_alloc(pool, sizeof(ngx_http_news_task_t));
    if (task == NULL) {
        return NGX_DECLINED;
    }

    t = task->ctx;

    t->work = work;
    t->done = done;
    t->data = data;
    t->lane = lane;
    t->task = task;
    t->np = np;

    task->handler = ngx_http_news_thread_handler;
    task->event.handler = ngx_http_news_thread_event_handler;
    task->event.data = t;
    task->event.log = ngx_cycle->log;

    if (np->lanes[lane].running >= ngx_http_news_lane_width[lane]) {
        ngx_queue_insert_tail(&np->lanes[lane].queue, &t->queue);

    } else {

        /* a full queue is said by nginx */

        if (ngx_thread_task_post(np->pool, task) != NGX_OK) {
            return NGX_DECLINED;
        }

        np->lanes[lane].running++;
    }

    ngx_add_timer(&task->event, NGX_HTTP_NEWS_TIMER);

    return NGX_OK;
}


static void
ngx_http_news_thread_handler(void *data, ngx_log_t *log)
{
    ngx_http_news_task_t *t = data;

    ngx_http_news_set_slice(NGX_HTTP_NEWS_SLICE);

    t->work(t->data);

    ngx_http_news_set_slice(0);
}


/*
 * Linux since 6.12 lets a thread whose slice of time is shorter go before one
 * that has a longer one: an event loop that has a request to answer does not
 * wait for a render to have had its turn.  Nothing is lost where it cannot be,
 * and 0 is the default again.
 */

static void
ngx_http_news_set_slice(uint64_t nsec)
{
#if (NGX_LINUX && defined SYS_sched_setattr)

    struct {
        uint32_t  size;
        uint32_t  policy;
        uint64_t  flags;
        int32_t   nice;
        uint32_t  priority;
        uint64_t  runtime;
        uint64_t  deadline;
        uint64_t  period;
    } attr;

    ngx_memzero(&attr, sizeof(attr));

    errno = 0;

    attr.size = sizeof(attr);
    attr.nice = getpriority(PRIO_PROCESS, 0);
    attr.runtime = nsec;

    (void) syscall(SYS_sched_setattr, 0, &attr, 0);

#endif
}


static void
ngx_http_news_thread_event_handler(ngx_event_t *ev)
{
    ngx_http_news_task_t  *t;

    t = ev->data;

    if (ev->timedout) {
        ev->timedout = 0;
        ngx_add_timer(ev, NGX_HTTP_NEWS_TIMER);
        return;
    }

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    t->np->lanes[t->lane].running--;
    ngx_http_news_next_task(t->np, t->lane);

    t->done(t->data);
}


/* what does not go into the pool any more is done here */

static void
ngx_http_news_next_task(ngx_http_news_pool_t *np, ngx_uint_t lane)
{
    ngx_queue_t           *q;
    ngx_http_news_lane_t  *l;
    ngx_http_news_task_t  *t;

    l = &np->lanes[lane];

    while (!ngx_queue_empty(&l->queue)
           && l->running < ngx_http_news_lane_width[lane])
    {
        q = ngx_queue_head(&l->queue);
        ngx_queue_remove(q);

        t = ngx_queue_data(q, ngx_http_news_task_t, queue);

        l->running++;

        if (ngx_thread_task_post(np->pool, t->task) != NGX_OK) {
            t->work(t->data);
            ngx_post_event(&t->task->event, &ngx_posted_events);
        }
    }
}


#else

ngx_int_t
ngx_http_news_post(ngx_http_news_pool_t *np, ngx_pool_t *pool,
    ngx_http_news_work_pt work, ngx_http_news_work_pt done, void *data,
    ngx_uint_t lane)
{
    return NGX_DECLINED;
}


#endif
