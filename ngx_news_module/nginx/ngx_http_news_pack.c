
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/* gzip up to this size is made while the client waits */

#define NGX_HTTP_NEWS_QUICK_SIZE  (32 * 1024)

/* without threads nothing else is, and not for large pages */

#define NGX_HTTP_NEWS_ALONE_SIZE  (64 * 1024)

/* microseconds; milliseconds that nobody else makes the same */

#define NGX_HTTP_NEWS_PACK_TIME   20000000
#define NGX_HTTP_NEWS_PACK_LOCK   60000

/* of a worker; what is more is asked for again */

#define NGX_HTTP_NEWS_MAX_PACKS   64


typedef struct {
    ngx_pool_t                    *pool;
    ngx_http_news_main_conf_t     *conf;
    ngx_http_news_pool_t          *threads;
    ngx_http_news_zone_t          *zone;
    news_cache_key_t               key;
    news_cache_ref_t               ref;      /* of the page, pinned */
    news_coding_e                  coding;
    news_pack_effort_e             effort;
    news_arena_t                  *arena;
    news_str_t                     packed;
    int                            rc;
    ngx_uint_t                     stopped;  /* for the worker was told to */
} ngx_http_news_pack_t;


static ngx_int_t ngx_http_news_find_page(ngx_http_news_ctx_t *ctx,
    news_cache_ref_t *ref);
static ngx_int_t ngx_http_news_pack_now(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, news_coding_e coding, news_cache_ref_t *page);
static void ngx_http_news_pack_later(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, news_coding_e coding, news_cache_ref_t *page);
static void ngx_http_news_pack_run(void *data);
static void ngx_http_news_pack_done(void *data);
static ngx_int_t ngx_http_news_pack_publish(ngx_http_news_pack_t *pack,
    news_cache_ref_t *ref);


/* the codings that the client likes better than the one that is there */

ngx_int_t
ngx_http_news_pack(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t         rc;
    ngx_uint_t        i;
    news_coding_e     coding, best;
    news_cache_ref_t  page;

    best = ctx->coding;

    for (i = 0; i < ctx->n_codings && ctx->codings[i] != best; i++) {

        coding = ctx->codings[i];

        if (ctx->bare & (1 << coding)
            || ngx_http_news_find_page(ctx, &page) != NGX_OK)
        {
            continue;
        }

        if (ctx->conf->pool == NULL
            || (coding == NEWS_GZIP
                && news_cache_body_size(&page) <= NGX_HTTP_NEWS_QUICK_SIZE))
        {
            rc = ngx_http_news_pack_now(r, ctx, coding, &page);

            if (rc != NGX_DECLINED) {
                return rc;
            }

            continue;
        }

        ngx_http_news_pack_later(r, ctx, coding, &page);
    }

    return NGX_OK;
}


/* the page as it is, of the same version; pinned by this */

static ngx_int_t
ngx_http_news_find_page(ngx_http_news_ctx_t *ctx, news_cache_ref_t *ref)
{
    news_cache_t                *cache;
    news_cache_key_t             key;
    const ngx_http_news_info_t  *info;

    cache = &ctx->conf->zone->cache;
    key = ngx_http_news_coding_key(ctx, NEWS_IDENTITY);

    if (news_cache_get(cache, &key, ref) != 0) {
        return NGX_DECLINED;
    }

    info = news_cache_info(ref);

    if (info->template == ctx->info->template
        && ngx_memcmp(&info->stamp, &ctx->info->stamp,
                      sizeof(ngx_http_news_stamp_t))
           == 0)
    {
        return NGX_OK;
    }

    news_cache_release(cache, ref);

    return NGX_DECLINED;
}


/* NGX_DECLINED: it could not be, or is not worth it */

static ngx_int_t
ngx_http_news_pack_now(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    news_coding_e coding, news_cache_ref_t *page)
{
    ngx_int_t              rc;
    news_cache_ref_t       ref;
    ngx_http_news_pack_t   pack;

    ngx_memzero(&pack, sizeof(ngx_http_news_pack_t));

    pack.zone = ctx->conf->zone;
    pack.key = ngx_http_news_coding_key(ctx, coding);
    pack.ref = *page;
    pack.coding = coding;
    pack.effort = NEWS_PACK_QUICK;

    rc = NGX_DECLINED;

    if (coding != NEWS_GZIP
        && news_cache_body_size(page) > NGX_HTTP_NEWS_ALONE_SIZE)
    {
        goto done;
    }

    pack.conf = ngx_http_get_module_main_conf(r, ngx_http_news_module);
    pack.arena = ngx_http_news_get_arena(pack.conf);

    if (pack.arena == NULL) {
        goto done;
    }

    ngx_http_news_pack_run(&pack);

    rc = ngx_http_news_pack_publish(&pack, &ref);

    ngx_http_news_free_arena(pack.conf, NULL, pack.arena);

    if (rc == NGX_OK) {
        rc = ngx_http_news_take(r, ctx, coding, &ref);
    }

done:

    news_cache_release(&pack.zone->cache, page);

    return rc;
}


static void
ngx_http_news_pack_later(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    news_coding_e coding, news_cache_ref_t *page)
{
    ngx_pool_t                 *pool;
    news_cache_t               *cache;
    news_cache_key_t            key;
    ngx_http_news_pack_t       *pack;
    ngx_http_news_main_conf_t  *nmcf;

    cache = &ctx->conf->zone->cache;
    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);
    key = ngx_http_news_coding_key(ctx, coding);

    if (nmcf->packing >= NGX_HTTP_NEWS_MAX_PACKS || ngx_exiting
        || news_cache_lock(cache, &key, ngx_current_msec,
                           NGX_HTTP_NEWS_PACK_LOCK)
           != 0)
    {
        news_cache_release(cache, page);
        return;
    }

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        goto failed;
    }

    pack = ngx_pcalloc(pool, sizeof(ngx_http_news_pack_t));
    if (pack == NULL) {
        goto failed;
    }

    pack->pool = pool;
    pack->conf = nmcf;
    pack->threads = ctx->conf->pool;
    pack->zone = ctx->conf->zone;
    pack->key = key;
    pack->ref = *page;
    pack->coding = coding;
    pack->effort = NEWS_PACK_SMALL;
    pack->arena = ngx_http_news_get_arena(nmcf);

    if (pack->arena == NULL) {
        goto failed;
    }

    if (ngx_http_news_post(pack->threads, pool, ngx_http_news_pack_run,
                           ngx_http_news_pack_done, pack,
                           NGX_HTTP_NEWS_LANE_PACK)
        == NGX_OK)
    {
        nmcf->packing++;
        return;
    }

    ngx_http_news_free_arena(nmcf, NULL, pack->arena);

failed:

    if (pool) {
        ngx_destroy_pool(pool);
    }

    news_cache_unlock(cache, &key);
    news_cache_release(cache, page);
}


/* may run in a thread */

static void
ngx_http_news_pack_run(void *data)
{
    ngx_http_news_pack_t *pack = data;

    unsigned                i, n;
    news_buf_t              buf;
    news_str_t              page, parts[NEWS_CACHE_PARTS];
    ngx_http_news_clock_t   clock;

    n = news_cache_body(&pack->zone->cache, &pack->ref, parts);

    if (n == 1) {
        page = parts[0];

    } else {
        news_buf_init(&buf, pack->arena, news_cache_body_size(&pack->ref) + 1);

        for (i = 0; i < n; i++) {
            news_buf_add_str(&buf, parts[i]);
        }

        page = news_buf_str(&buf);

        if (buf.failed) {
            pack->rc = -1;
            return;
        }
    }

    ngx_http_news_set_clock(pack->arena, &clock, NGX_HTTP_NEWS_PACK_TIME);

    clock.background = (pack->pool != NULL);

    pack->rc = news_pack(pack->arena, pack->coding, pack->effort, page,
                         &pack->packed);

    news_arena_set_expired(pack->arena, NULL, NULL);

    pack->stopped = clock.stopped;
}


static void
ngx_http_news_pack_done(void *data)
{
    ngx_http_news_pack_t *pack = data;

    news_cache_t      *cache;
    news_cache_ref_t   ref;

    cache = &pack->zone->cache;

    if (ngx_http_news_pack_publish(pack, &ref) == NGX_OK) {
        news_cache_release(cache, &ref);
    }

    news_cache_unlock(cache, &pack->key);
    news_cache_release(cache, &pack->ref);

    ngx_http_news_free_arena(pack->conf, pack->threads, pack->arena);

    pack->conf->packing--;

    ngx_destroy_pool(pack->pool);
}


/* what could not be packed within the bounds stays as it is */

static ngx_int_t
ngx_http_news_pack_publish(ngx_http_news_pack_t *pack, news_cache_ref_t *ref)
{
    news_str_t             fields;
    news_cache_t          *cache;
    ngx_http_news_info_t   info;

    if (pack->stopped) {
        return NGX_DECLINED;
    }

    cache = &pack->zone->cache;
    info = *(const ngx_http_news_info_t *) news_cache_info(&pack->ref);

    /* it took its time, and is no fresher than the page */

    info.checked = (int64_t) news_cache_checked(&pack->ref);

    if (pack->rc != 0) {
        info.bare = 1;
        ngx_http_news_publish_none(pack->zone, &pack->key, &info);
        return NGX_DECLINED;
    }

    fields = news_cache_head(cache, &pack->ref);

    ngx_http_news_set_etag(info.etag, pack->packed);

    if (news_cache_reserve(cache, &pack->key, pack->coding, fields.len,
                           pack->packed.len, ref)
        != 0)
    {
        return NGX_DECLINED;
    }

    if (news_cache_write(cache, ref, fields, pack->packed) != 0
        || ngx_http_news_publish(pack->zone, &info, ref) != NGX_OK)
    {
        news_cache_release(cache, ref);
        return NGX_DECLINED;
    }

    return NGX_OK;
}
