
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/* milliseconds that a request waits for another process, and between looks */

#define NGX_HTTP_NEWS_DEADLINE   3000
#define NGX_HTTP_NEWS_PAUSE      5
#define NGX_HTTP_NEWS_MAX_PAUSE  50

/* parts of a page that wait; "blocked" has 8 bits, and others count, too */

#define NGX_HTTP_NEWS_MAX_SLEEP  128


static void ngx_http_news_resume(ngx_http_request_t *r);
static void ngx_http_news_wait_handler(ngx_event_t *ev);


ngx_uint_t
ngx_http_news_may_sleep(ngx_http_request_t *r)
{
    return r->main->blocked < NGX_HTTP_NEWS_MAX_SLEEP;
}


/* "blocked" keeps the request, and write events pass by until it is woken */

void
ngx_http_news_sleep(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    r->main->blocked++;
    r->aio = 1;
    r->write_event_handler = ngx_http_news_resume;

    ctx->waiting = 1;
    ctx->request = r;
}


void
ngx_http_news_wake(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_connection_t  *c;

    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ctx->waiting = 0;

    r->main->blocked--;
    r->aio = 0;

#if (nginx_version >= 1025004)

    if (r->main->terminated) {
        c->write->handler(c->write);
        return;
    }

#endif

    r->write_event_handler(r);

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_news_resume(ngx_http_request_t *r)
{
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_news_module);

    if (ctx && ctx->waiting) {
        return;
    }

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news resume");

    r->write_event_handler = ngx_http_core_run_phases;

    ngx_http_core_run_phases(r);
}


void
ngx_http_news_lead(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_http_news_main_conf_t  *nmcf;

    if (ctx->leading || !ctx->keyed) {
        return;
    }

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);

    ctx->leading = 1;

    ngx_queue_init(&ctx->waiters);
    ngx_queue_insert_tail(&nmcf->making, &ctx->queue);
}


ngx_int_t
ngx_http_news_join(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_queue_t                *q;
    ngx_http_news_ctx_t        *leader;
    ngx_http_news_main_conf_t  *nmcf;

    if (!ngx_http_news_may_sleep(r)) {
        return NGX_OK;
    }

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);

    for (q = ngx_queue_head(&nmcf->making);
         q != ngx_queue_sentinel(&nmcf->making);
         q = ngx_queue_next(q))
    {
        leader = ngx_queue_data(q, ngx_http_news_ctx_t, queue);

        if (leader->conf->zone == ctx->conf->zone
            && leader->key.hash[0] == ctx->key.hash[0]
            && leader->key.hash[1] == ctx->key.hash[1])
        {
            ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                           "http news waits for another request");

            ctx->event.handler = ngx_http_news_wait_handler;
            ctx->event.data = ctx;
            ctx->event.log = r->connection->log;

            ngx_queue_insert_tail(&leader->waiters, &ctx->queue);
            ngx_http_news_sleep(r, ctx);

            return NGX_AGAIN;
        }
    }

    return NGX_OK;
}


/* each looks for the page in the cache again */

void
ngx_http_news_wake_others(ngx_http_news_ctx_t *ctx)
{
    ngx_queue_t          *q, *next;
    ngx_http_news_ctx_t  *waiter;

    if (!ctx->leading) {
        return;
    }

    ctx->leading = 0;
    ngx_queue_remove(&ctx->queue);

    for (q = ngx_queue_head(&ctx->waiters);
         q != ngx_queue_sentinel(&ctx->waiters);
         q = next)
    {
        next = ngx_queue_next(q);
        ngx_queue_remove(q);

        waiter = ngx_queue_data(q, ngx_http_news_ctx_t, queue);

        ngx_post_event(&waiter->event, &ngx_posted_events);
    }
}


ngx_int_t
ngx_http_news_wait(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    if (!ngx_http_news_may_sleep(r)) {
        return NGX_OK;
    }

    if (ctx->pause == 0) {
        ctx->deadline = ngx_current_msec + NGX_HTTP_NEWS_DEADLINE;
        ctx->pause = NGX_HTTP_NEWS_PAUSE;

    } else if ((ngx_msec_int_t) (ctx->deadline - ngx_current_msec) <= 0) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "news: another worker takes too long for the page");
        return NGX_OK;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news waits for another worker: %M", ctx->pause);

    ctx->event.handler = ngx_http_news_wait_handler;
    ctx->event.data = ctx;
    ctx->event.log = r->connection->log;

    ngx_add_timer(&ctx->event, ctx->pause);

    ctx->pause = ngx_min(ctx->pause * 2, NGX_HTTP_NEWS_MAX_PAUSE);

    ngx_http_news_sleep(r, ctx);

    return NGX_AGAIN;
}


static void
ngx_http_news_wait_handler(ngx_event_t *ev)
{
    ngx_http_news_ctx_t  *ctx;

    ctx = ev->data;

    ctx->again = 1;

    ngx_http_news_wake(ctx->request, ctx);
}
