
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/*
 * What has been logged about which version of which file, in shared memory:
 * each problem is told of once, whichever worker meets it and however often.
 * A table of fingerprints in sets of a few, read and written without locks;
 * losing one means a line more in the log, no more.
 */

#define NGX_HTTP_NEWS_ZONE_SIZE  (128 * 1024)
#define NGX_HTTP_NEWS_SETS       1024
#define NGX_HTTP_NEWS_WAYS       8


typedef struct {
    uint64_t                   text;
    ngx_http_news_stamp_t      stamp;
} ngx_http_news_version_t;


/* counters of the whole module are here too, as this is always there */

typedef struct {
    ngx_http_news_stats_t      stats;
    ngx_atomic_t               slots[NGX_HTTP_NEWS_SETS * NGX_HTTP_NEWS_WAYS];
} ngx_http_news_reported_t;


static ngx_uint_t  ngx_http_news_reported_tag;


static ngx_int_t ngx_http_news_init_reported(ngx_shm_zone_t *shm_zone,
    void *data);
static ngx_uint_t ngx_http_news_is_reported(ngx_atomic_t *slots,
    const ngx_http_news_stamp_t *stamp, ngx_str_t *text);
static ngx_atomic_uint_t ngx_http_news_fingerprint(
    const ngx_http_news_stamp_t *stamp, ngx_str_t *text);


void
ngx_http_news_report(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    const ngx_http_news_stamp_t *stamp, news_problem_t *problem)
{
    u_char                     *last, buf[512];
    ngx_log_t                  *log;
    ngx_str_t                   path, text;
    ngx_uint_t                  level;
    ngx_http_news_reported_t   *reported;
    ngx_http_news_main_conf_t  *nmcf;

    log = r->connection->log;

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);
    reported = nmcf->reported->data;

    if (!ctx->meta && problem->kind < NGX_HTTP_NEWS_PROBLEMS) {
        (void) ngx_atomic_fetch_add(
                                &reported->stats.problems[problem->kind], 1);
    }

    level = (problem->kind == NEWS_PROBLEM_FRONT) ? NGX_LOG_ERR
                                                  : NGX_LOG_WARN;
    if (log->log_level < level) {
        return;
    }

    text.len = problem->text.len;
    text.data = (u_char *) problem->text.data;

    last = ngx_slprintf(buf, buf + sizeof(buf), "%V", &text);

    if (problem->line) {
        last = ngx_slprintf(last, buf + sizeof(buf),
                            " at line %ui, column %ui",
                            (ngx_uint_t) problem->line,
                            (ngx_uint_t) problem->column);
    }

    text.len = last - buf;
    text.data = buf;

    if (ngx_http_news_is_reported(reported->slots, stamp, &text)) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, log, 0,
                       "http news known problem: %V", &text);
        return;
    }

    if (ngx_http_news_clean(r->pool, ctx->path.data, ctx->path.len, &path)
        != NGX_OK)
    {
        return;
    }

    ngx_log_error(level, log, 0, "news: %V in \"%V\"", &text, &path);
}


ngx_int_t
ngx_http_news_report_zone(ngx_conf_t *cf, ngx_http_news_main_conf_t *nmcf)
{
    ngx_str_t  name;

    ngx_str_set(&name, "news_reported");

    /* the tag is not that of caches, which are named by the user */

    nmcf->reported = ngx_shared_memory_add(cf, &name, NGX_HTTP_NEWS_ZONE_SIZE,
                                           &ngx_http_news_reported_tag);
    if (nmcf->reported == NULL) {
        return NGX_ERROR;
    }

    nmcf->reported->init = ngx_http_news_init_reported;

    return NGX_OK;
}


static ngx_int_t
ngx_http_news_init_reported(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_slab_pool_t  *shpool;

    if (data) {
        shm_zone->data = data;
        return NGX_OK;
    }

    shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (!shm_zone->shm.exists) {
        shpool->data = ngx_slab_calloc(shpool,
                                       sizeof(ngx_http_news_reported_t));
        if (shpool->data == NULL) {
            return NGX_ERROR;
        }
    }

    shm_zone->data = shpool->data;

    return NGX_OK;
}


/* NULL where no page is rendered */

ngx_http_news_stats_t *
ngx_http_news_stats(ngx_http_news_main_conf_t *nmcf)
{
    ngx_http_news_reported_t  *reported;

    if (nmcf->reported == NULL) {
        return NULL;
    }

    reported = nmcf->reported->data;

    return reported ? &reported->stats : NULL;
}


static ngx_uint_t
ngx_http_news_is_reported(ngx_atomic_t *slots,
    const ngx_http_news_stamp_t *stamp, ngx_str_t *text)
{
    ngx_uint_t         i;
    ngx_atomic_t      *set;
    ngx_atomic_uint_t  print;

    print = ngx_http_news_fingerprint(stamp, text);

    set = slots + (print % NGX_HTTP_NEWS_SETS) * NGX_HTTP_NEWS_WAYS;

    for (i = 0; i < NGX_HTTP_NEWS_WAYS; i++) {

        if (set[i] == 0 && ngx_atomic_cmp_set(&set[i], 0, print)) {
            return 0;
        }

        if (set[i] == print) {
            return 1;
        }
    }

    set[ngx_random() % NGX_HTTP_NEWS_WAYS] = print;

    return 0;
}


static ngx_atomic_uint_t
ngx_http_news_fingerprint(const ngx_http_news_stamp_t *stamp,
    ngx_str_t *text)
{
    ngx_atomic_uint_t        print;
    ngx_http_news_version_t  version;

    ngx_memzero(&version, sizeof(ngx_http_news_version_t));

    version.text = news_hash64(news_str_n(text->data, text->len));
    version.stamp = *stamp;

    print = (ngx_atomic_uint_t)
            news_hash64(news_str_n(&version, sizeof(ngx_http_news_version_t)));

    return print ? print : 1;
}
