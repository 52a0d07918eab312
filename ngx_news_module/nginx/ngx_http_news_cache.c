
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/* a key is made of this, and of path and URI */

typedef struct {
    uint64_t                   digest[2];
    uint32_t                   form;
    uint32_t                   port;
    uint32_t                   https;
    uint32_t                   len;      /* of the path */
} ngx_http_news_key_t;


typedef struct {
    news_cache_t              *cache;
    news_cache_ref_t           ref;
} ngx_http_news_pin_t;


/* what fits on the stack */

#define NGX_HTTP_NEWS_KEY_LEN   1024

/* another process has this long for a render */

#define NGX_HTTP_NEWS_LOCK_AGE  3000     /* milliseconds */


static ngx_uint_t ngx_http_news_attach(ngx_http_news_zone_t *zone);
static ngx_int_t ngx_http_news_make_key(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_find(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, news_coding_e coding, news_cache_ref_t *ref);
static ngx_int_t ngx_http_news_is_fresh(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, news_cache_ref_t *ref);
static void ngx_http_news_release(void *data);
static ngx_uint_t ngx_http_news_write(ngx_http_news_job_t *job,
    const news_cache_key_t *key, news_coding_e coding, news_str_t body,
    news_cache_ref_t *ref);


ngx_int_t
ngx_http_news_lookup(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_uint_t                   i, again;
    news_cache_ref_t             ref;
    ngx_http_news_zone_t        *zone;
    const ngx_http_news_info_t  *info;

    zone = ctx->conf->zone;

    if (zone == NULL || !ngx_http_news_attach(zone)) {
        ctx->status = NGX_HTTP_NEWS_BYPASS;
        return NGX_BUSY;
    }

    if (ngx_http_news_make_key(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->status == NGX_HTTP_NEWS_NONE) {
        ctx->status = NGX_HTTP_NEWS_MISS;
    }

    for (i = 0; i < ctx->n_codings; i++) {

        rc = ngx_http_news_find(r, ctx, ctx->codings[i], &ref);

        if (rc == NGX_BUSY) {
            continue;
        }

        if (rc != NGX_OK) {
            return rc;
        }

        info = news_cache_info(&ref);

        if (info->declined) {
            ctx->stamp = info->stamp;
            news_cache_release(&zone->cache, &ref);
            return NGX_DECLINED;
        }

        if (info->large) {

            /* a clock that was set back makes none of it longer */

            again = (info->retry <= (int64_t) ngx_time()
                     || info->retry
                        > (int64_t) ngx_time() + NGX_HTTP_NEWS_RETRY);

            news_cache_release(&zone->cache, &ref);

            if (again) {
                continue;
            }

            ctx->status = NGX_HTTP_NEWS_BYPASS;
            return NGX_BUSY;
        }

        if (info->bare) {
            ctx->bare |= 1 << ctx->codings[i];
            news_cache_release(&zone->cache, &ref);
            continue;
        }

        ctx->status = NGX_HTTP_NEWS_HIT;

        return ngx_http_news_take(r, ctx, ctx->codings[i], &ref);
    }

    return NGX_BUSY;
}


/* NGX_BUSY where there is none, or an old one */

static ngx_int_t
ngx_http_news_find(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    news_coding_e coding, news_cache_ref_t *ref)
{
    ngx_int_t          rc;
    news_cache_t      *cache;
    news_cache_key_t   key;

    cache = &ctx->conf->zone->cache;
    key = ngx_http_news_coding_key(ctx, coding);

    if (news_cache_get(cache, &key, ref) != 0) {
        return NGX_BUSY;
    }

    rc = ngx_http_news_is_fresh(r, ctx, ref);

    if (rc != NGX_OK) {
        news_cache_release(cache, ref);
    }

    return rc;
}


/* a slot is taken by the process that uses it, so not before the fork */

static ngx_uint_t
ngx_http_news_attach(ngx_http_news_zone_t *zone)
{
    if (zone->cache.mine) {
        return 1;
    }

    if (zone->tried == ngx_time()) {
        return 0;
    }

    zone->tried = ngx_time();
    zone->cache.alone = (ngx_process == NGX_PROCESS_SINGLE);

    if (news_cache_attach(&zone->cache) == 0) {
        return 1;
    }

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "news: zone \"%V\" is used by too many processes, "
                  "not cached", &zone->name);

    return 0;
}


/* everything that shapes a page but for the file and the template's text */

static ngx_int_t
ngx_http_news_make_key(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    u_char                    *p, *start;
    size_t                     len;
    ngx_uint_t                 https;
    ngx_http_news_key_t        key;
    ngx_http_news_loc_conf_t  *nlcf;
    u_char                     buf[NGX_HTTP_NEWS_KEY_LEN];

    if (ctx->keyed) {
        return NGX_OK;
    }

    nlcf = ctx->conf;

    ngx_memzero(&key, sizeof(ngx_http_news_key_t));

    key.digest[0] = nlcf->digest[0];
    key.digest[1] = nlcf->digest[1];
    key.form = ctx->form;
    key.len = ctx->path.len;

    if (nlcf->host.len) {
        key.port = ngx_http_news_port(r, &https);
        key.https = https;
    }

    len = sizeof(ngx_http_news_key_t) + ctx->path.len + r->uri.len;
    start = buf;

    if (len > NGX_HTTP_NEWS_KEY_LEN) {
        start = ngx_pnalloc(r->pool, len);
        if (start == NULL) {
            return NGX_ERROR;
        }
    }

    p = ngx_cpymem(start, &key, sizeof(ngx_http_news_key_t));
    p = ngx_cpymem(p, ctx->path.data, ctx->path.len);
    ngx_memcpy(p, r->uri.data, r->uri.len);

    news_cache_key(&nlcf->zone->cache, news_str_n(start, len), &ctx->key);

    ctx->keyed = 1;

    return NGX_OK;
}


news_cache_key_t
ngx_http_news_coding_key(ngx_http_news_ctx_t *ctx, news_coding_e coding)
{
    news_cache_key_t  key;

    key = ctx->key;
    key.hash[0] += coding;

    return key;
}


/* the file is asked for once a request at most */

static ngx_int_t
ngx_http_news_is_fresh(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    news_cache_ref_t *ref)
{
    time_t                       now, checked;
    ngx_int_t                    rc;
    ngx_http_core_loc_conf_t    *clcf;
    const ngx_http_news_info_t  *info;

    info = news_cache_info(ref);

    if (info->template != ngx_http_news_template_digest(ctx)) {
        ctx->status = NGX_HTTP_NEWS_EXPIRED;
        return NGX_BUSY;
    }

    now = ngx_time();

    if (!ctx->stamped) {
        clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

        if (clcf->open_file_cache
#if (NGX_HAVE_OPENAT)
            && clcf->disable_symlinks == NGX_DISABLE_SYMLINKS_OFF
#endif
           )
        {
            checked = (time_t) news_cache_checked(ref);

            if (checked <= now && now - checked < clcf->open_file_cache_valid)
            {
                return NGX_OK;
            }
        }

        rc = ngx_http_news_stat(r, ctx);

        if (rc != NGX_OK) {
            return rc;
        }

        ctx->stamped = 1;
    }

    if (ngx_memcmp(&info->stamp, &ctx->stamp, sizeof(ngx_http_news_stamp_t))
        != 0)
    {
        ctx->status = NGX_HTTP_NEWS_EXPIRED;
        return NGX_BUSY;
    }

    news_cache_set_checked(ref, now);

    return NGX_OK;
}


uint64_t
ngx_http_news_template_digest(ngx_http_news_ctx_t *ctx)
{
    return (ctx->form == NGX_HTTP_NEWS_PAGE) ? ctx->conf->template->digest
                                             : 0;
}


/*
 * What is found stays where it is until the request is done: variables and
 * headers point to it, and of those of an earlier coding some may still do.
 */

ngx_int_t
ngx_http_news_take(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    news_coding_e coding, news_cache_ref_t *ref)
{
    news_cache_t         *cache;
    ngx_pool_cleanup_t   *cln;
    ngx_http_news_pin_t  *pin;

    cache = &ctx->conf->zone->cache;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_news_pin_t));
    if (cln == NULL) {
        news_cache_release(cache, ref);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cln->handler = ngx_http_news_release;

    pin = cln->data;
    pin->cache = cache;
    pin->ref = *ref;

    ctx->ref = *ref;
    ctx->coding = coding;
    ctx->info = news_cache_info(ref);
    ctx->fields = news_cache_head(cache, ref);
    ctx->n = news_cache_body(cache, ref, ctx->parts);
    ctx->size = news_cache_body_size(ref);

    return NGX_OK;
}


static void
ngx_http_news_release(void *data)
{
    ngx_http_news_pin_t *pin = data;

    news_cache_release(pin->cache, &pin->ref);
}


ngx_int_t
ngx_http_news_lock(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    if (news_cache_lock(&ctx->conf->zone->cache, &ctx->key,
                        ngx_current_msec, NGX_HTTP_NEWS_LOCK_AGE)
        != 0)
    {
        return NGX_BUSY;
    }

    cln->handler = ngx_http_news_unlock;
    cln->data = ctx;

    ctx->locked = 1;

    return NGX_OK;
}


void
ngx_http_news_unlock(void *data)
{
    ngx_http_news_ctx_t *ctx = data;

    if (ctx->locked) {
        ctx->locked = 0;
        news_cache_unlock(&ctx->conf->zone->cache, &ctx->key);
    }
}


void
ngx_http_news_publish_none(ngx_http_news_zone_t *zone,
    const news_cache_key_t *key, const ngx_http_news_info_t *info)
{
    news_cache_ref_t  ref;

    if (news_cache_reserve(&zone->cache, key, NEWS_CODINGS, 0, 0, &ref) == 0)
    {
        (void) ngx_http_news_publish(zone, info, &ref);

        news_cache_release(&zone->cache, &ref);
    }
}


ngx_int_t
ngx_http_news_publish(ngx_http_news_zone_t *zone,
    const ngx_http_news_info_t *info, news_cache_ref_t *ref)
{
    if (news_cache_publish(&zone->cache, ref, info,
                           sizeof(ngx_http_news_info_t))
        != 0)
    {
        return NGX_DECLINED;
    }

    news_cache_set_checked(ref, (uint64_t) info->checked);

    return NGX_OK;
}


/*
 * What a job has made goes into the cache, and its memory back: all that takes
 * long for a large page is done where the page was made.
 */

void
ngx_http_news_store(ngx_http_news_job_t *job)
{
    if (job->zone == NULL || !job->settled) {
        return;
    }

    job->full = !ngx_http_news_write(job, &job->key, NEWS_IDENTITY,
                                     job->content, &job->ref);

    if (job->full) {
        return;
    }

    if (job->packed.len) {
        (void) ngx_http_news_write(job, &job->packed_key, NEWS_GZIP,
                                   job->packed, &job->packed_ref);
    }

    if (job->keep) {
        news_problems_reset(&job->page.problems, job->keep);
    }
}


static ngx_uint_t
ngx_http_news_write(ngx_http_news_job_t *job, const news_cache_key_t *key,
    news_coding_e coding, news_str_t body, news_cache_ref_t *ref)
{
    news_cache_t  *cache;

    cache = &job->zone->cache;

    if (news_cache_reserve(cache, key, coding, job->fields.len, body.len, ref)
        != 0)
    {
        return 0;
    }

    if (news_cache_write(cache, ref, job->fields, body) != 0) {
        news_cache_release(cache, ref);
        return 0;
    }

    return 1;
}
