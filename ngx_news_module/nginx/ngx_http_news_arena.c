
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


#define NGX_HTTP_NEWS_MAX_MEMORY  (256 * 1024 * 1024)

/* what a worker keeps of a render's memory for the next one */

#define NGX_HTTP_NEWS_KEEP        (4 * 1024 * 1024)


/* giving back much memory takes long: a thread does it */

typedef struct {
    news_arena_t                  *arena;
    ngx_pool_t                    *pool;
} ngx_http_news_drop_t;


static ngx_int_t ngx_http_news_drop_arena(ngx_http_news_pool_t *np,
    news_arena_t *arena);
static void ngx_http_news_destroy_arena(void *data);
static void ngx_http_news_destroyed_arena(void *data);


news_arena_t *
ngx_http_news_get_arena(ngx_http_news_main_conf_t *nmcf)
{
    news_arena_t  *arena;

    arena = nmcf->spare;

    if (arena) {
        nmcf->spare = NULL;
        return arena;
    }

    return news_arena_create(NGX_HTTP_NEWS_MAX_MEMORY);
}


void
ngx_http_news_free_arena(ngx_http_news_main_conf_t *nmcf,
    ngx_http_news_pool_t *np, news_arena_t *arena)
{
    if (news_arena_used(arena) > NGX_HTTP_NEWS_KEEP && np
        && ngx_http_news_drop_arena(np, arena) == NGX_OK)
    {
        return;
    }

    if (nmcf->spare) {
        news_arena_destroy(arena);
        return;
    }

    news_arena_reset(arena, NGX_HTTP_NEWS_KEEP);

    nmcf->spare = arena;
}


static ngx_int_t
ngx_http_news_drop_arena(ngx_http_news_pool_t *np, news_arena_t *arena)
{
    ngx_pool_t            *pool;
    ngx_http_news_drop_t  *drop;

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    drop = ngx_palloc(pool, sizeof(ngx_http_news_drop_t));
    if (drop == NULL) {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    drop->arena = arena;
    drop->pool = pool;

    if (ngx_http_news_post(np, pool, ngx_http_news_destroy_arena,
                           ngx_http_news_destroyed_arena, drop,
                           NGX_HTTP_NEWS_LANE_FREE)
        != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_news_destroy_arena(void *data)
{
    ngx_http_news_drop_t *drop = data;

    news_arena_destroy(drop->arena);
}


static void
ngx_http_news_destroyed_arena(void *data)
{
    ngx_http_news_drop_t *drop = data;

    ngx_destroy_pool(drop->pool);
}
