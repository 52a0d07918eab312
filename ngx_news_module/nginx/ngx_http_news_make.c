
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/*
 * A file up to this size is rendered at once: handing it to a thread and back
 * takes as long.  One that takes longer than that all the same, in
 * microseconds, is begun again in a thread.
 */

#define NGX_HTTP_NEWS_SMALL       (32 * 1024)
#define NGX_HTTP_NEWS_SMALL_TIME  5000

/* a thread takes memory of its own and leaves no more than this of it */

#define NGX_HTTP_NEWS_LEAVE       (256 * 1024)


static ngx_int_t ngx_http_news_in_thread(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static void ngx_http_news_done(void *data);
static ngx_int_t ngx_http_news_finish(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_decline(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_answer(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_keep(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static void ngx_http_news_end(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);


ngx_int_t
ngx_http_news_make(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t             rc;
    uint64_t              limit;
    ngx_uint_t            threads;
    ngx_http_news_job_t  *job;

    rc = ngx_http_news_open(r, ctx);

    if (rc == NGX_OK && ngx_http_news_create_job(r, ctx) != NGX_OK) {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {

        /* another handler may have the request for long */

        ngx_http_news_unlock(ctx);

        return rc;
    }

    job = ctx->job;
    threads = (ctx->conf->pool && !ctx->meta);

    if (threads && ctx->of.size > NGX_HTTP_NEWS_SMALL) {
        if (ngx_http_news_in_thread(r, ctx) == NGX_AGAIN) {
            return NGX_AGAIN;
        }

        threads = 0;
    }

    limit = job->limit;

    if (threads) {
        job->limit = NGX_HTTP_NEWS_SMALL_TIME;
        job->trial = 1;
    }

    ngx_http_news_run_job(job);

    job->limit = limit;
    job->trial = 0;

    if (threads && job->over) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news rendering is slow, and goes to a thread");

        news_arena_reset(job->arena, 0);

        if (ngx_http_news_in_thread(r, ctx) == NGX_AGAIN) {
            return NGX_AGAIN;
        }

        ngx_http_news_run_job(job);
    }

    return ngx_http_news_finish(r, ctx);
}


/* a full queue is no error: the caller does the work */

static ngx_int_t
ngx_http_news_in_thread(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ctx->job->keep = NGX_HTTP_NEWS_LEAVE;

    if (!ngx_http_news_may_sleep(r)
        || ngx_http_news_post(ctx->conf->pool, r->pool, ngx_http_news_run_job,
                              ngx_http_news_done, ctx->job,
                              NGX_HTTP_NEWS_LANE_RENDER)
           != NGX_OK)
    {
        ctx->job->keep = 0;
        return NGX_DECLINED;
    }

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news goes on in a thread");

    ngx_http_news_lead(r, ctx);
    ngx_http_news_sleep(r, ctx);

    return NGX_AGAIN;
}


/* the handler is run again, and finds this */

static void
ngx_http_news_done(void *data)
{
    ngx_http_news_job_t *job = data;

    ngx_int_t             rc;
    ngx_http_request_t   *r;
    ngx_http_news_ctx_t  *ctx;

    ctx = job->ctx;
    r = ctx->request;

    rc = ngx_http_news_finish(r, ctx);

    ctx->rc = (rc == NGX_OK) ? ngx_http_news_visible(r, ctx) : rc;

    ngx_http_news_wake(r, ctx);
}


/* what came of the job: told, counted, and kept */

static ngx_int_t
ngx_http_news_finish(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    news_problem_t             *problem;
    ngx_http_news_job_t        *job;
    ngx_http_news_main_conf_t  *nmcf;

    job = ctx->job;

    switch (job->rc) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        return ngx_http_news_decline(r, ctx);

    case NGX_ABORT:
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, job->err,
                      ngx_read_file_n " \"%V\" failed", &ctx->path);

        ngx_http_news_end(r, ctx);

        return NGX_HTTP_INTERNAL_SERVER_ERROR;

    default: /* NGX_ERROR */
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "no memory to render \"%V\"", &ctx->path);

        ngx_http_news_end(r, ctx);

        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news rendered: %uL us, %uz bytes of memory",
                   job->usec, news_arena_peak(job->arena));

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);

    for (problem = job->page.problems.first; problem; problem = problem->next)
    {
        ngx_http_news_report(r, ctx, &job->info.stamp, problem);
    }

    job->info.template = ngx_http_news_template_digest(ctx);

    ctx->usec = job->usec;
    ctx->info = &job->info;
    ctx->fields = job->fields;

    if (ctx->meta) {
        return ngx_http_news_keep(r, ctx);
    }

    if (job->options.output != NEWS_OUTPUT_META) {
        ngx_http_news_count_render(ngx_http_news_stats(nmcf), job->usec,
                                   job->page.given_up);
    }

    return ngx_http_news_answer(r, ctx);
}


/* no article: that is known the next time, too; the file stays open */

static ngx_int_t
ngx_http_news_decline(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    news_problem_t        problem;
    ngx_http_news_job_t  *job;

    static const char  too_large[] = "file is larger than news_max_size, "
                                     "not rendered";

    job = ctx->job;

    if (job->too_large) {
        ngx_memzero(&problem, sizeof(news_problem_t));

        problem.kind = NEWS_PROBLEM_LIMIT;
        problem.text = news_str(too_large);

        ngx_http_news_report(r, ctx, &job->info.stamp, &problem);
    }

    if (ctx->keyed && job->settled && !ctx->meta) {
        job->info.declined = 1;
        job->info.template = ngx_http_news_template_digest(ctx);

        ngx_http_news_publish_none(ctx->conf->zone, &ctx->key, &job->info);
    }

    ctx->plain = 1;
    ctx->stamp = job->info.stamp;

    ngx_http_news_end(r, ctx);

    return NGX_DECLINED;
}


/* out of the cache, once the world may know what is there */

static ngx_int_t
ngx_http_news_answer(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t              rc;
    ngx_uint_t             i;
    ngx_http_news_job_t   *job;
    ngx_http_news_info_t   info;
    ngx_http_news_zone_t  *zone;

    job = ctx->job;
    zone = job->zone;

    info = job->info;

    if (job->full) {

        /* nobody shall wait for what will not be there, for a while */

        ctx->status = NGX_HTTP_NEWS_BYPASS;

        info.large = 1;
        info.retry = ngx_time() + NGX_HTTP_NEWS_RETRY;

        ngx_http_news_publish_none(zone, &job->key, &info);
    }

    if (job->ref.record == NULL) {
        return ngx_http_news_keep(r, ctx);
    }

    /* what could not be made known is the request's alone */

    if (ngx_http_news_publish(zone, &info, &job->ref) != NGX_OK) {
        ctx->status = NGX_HTTP_NEWS_BYPASS;
    }

    if (job->packed_ref.record) {
        ngx_memcpy(info.etag, job->etag, NGX_HTTP_NEWS_ETAG_LEN);

        if (ngx_http_news_publish(zone, &info, &job->packed_ref) != NGX_OK) {
            news_cache_release(&zone->cache, &job->packed_ref);
        }

    } else if (job->bare) {
        info.bare = 1;
        ctx->bare |= 1 << NEWS_GZIP;
        ngx_http_news_publish_none(zone, &job->packed_key, &info);
    }

    for (i = 0; i < ctx->n_codings; i++) {
        if (ctx->codings[i] == NEWS_GZIP && job->packed_ref.record) {
            break;
        }
    }

    if (i < ctx->n_codings) {
        rc = ngx_http_news_take(r, ctx, NEWS_GZIP, &job->packed_ref);
        news_cache_release(&zone->cache, &job->ref);

    } else {
        rc = ngx_http_news_take(r, ctx, NEWS_IDENTITY, &job->ref);

        if (rc == NGX_OK) {
            ctx->info = &job->info;
        }

        if (job->packed_ref.record) {
            news_cache_release(&zone->cache, &job->packed_ref);
        }
    }

    ngx_http_news_end(r, ctx);

    return rc;
}


/* what is in no cache lives as long as the request */

static ngx_int_t
ngx_http_news_keep(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    u_char               *p;
    ngx_http_news_job_t  *job;

    job = ctx->job;

    p = ngx_pnalloc(r->pool, job->content.len + job->fields.len);

    if (p == NULL) {
        ngx_http_news_end(r, ctx);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->coding = NEWS_IDENTITY;
    ctx->size = job->content.len;
    ctx->n = job->content.len ? 1 : 0;
    ctx->parts[0] = news_str_n(p, job->content.len);

    if (job->content.len) {
        p = ngx_cpymem(p, job->content.data, job->content.len);
    }

    ctx->fields = news_str_n(p, job->fields.len);

    ngx_memcpy(p, job->fields.data, job->fields.len);

    ngx_http_news_end(r, ctx);

    return NGX_OK;
}


static void
ngx_http_news_end(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);

    ngx_http_news_free_arena(nmcf, ctx->conf->pool, ctx->job->arena);

    ctx->job->arena = NULL;

    ngx_http_news_unlock(ctx);
    ngx_http_news_wake_others(ctx);
}
