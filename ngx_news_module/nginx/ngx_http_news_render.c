
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


#define NGX_HTTP_NEWS_MAX_MEMORY  (256 * 1024 * 1024)
#define NGX_HTTP_NEWS_MAX_TIME    2000000    /* microseconds */

/* what a worker keeps of a render's memory for the next one */

#define NGX_HTTP_NEWS_KEEP        (4 * 1024 * 1024)

/* what a request may hold of it, besides the page, while that is sent */

#define NGX_HTTP_NEWS_HOLD        (1024 * 1024)


/*
 * The clock of the thread's processor time takes a system call, that of the
 * wall does not: the former is asked when the latter says that time might be
 * up, and not before it can be.
 */

typedef struct {
    uint64_t                   wall;         /* ask again then */
    uint64_t                   end;          /* of processor time */
} ngx_http_news_clock_t;


typedef struct {
    news_arena_t               *arena;
    ngx_http_news_main_conf_t  *conf;
} ngx_http_news_cleanup_t;


static ngx_int_t ngx_http_news_create_arena(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_settle(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static void ngx_http_news_cleanup(void *data);
static ngx_int_t ngx_http_news_site_url(ngx_http_request_t *r,
    ngx_http_news_loc_conf_t *nlcf, news_str_t *url);
static uint64_t ngx_http_news_usec(clockid_t id);
static int ngx_http_news_expired(void *data);


ngx_int_t
ngx_http_news_render(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    ngx_http_news_loc_conf_t *nlcf)
{
    u_char                 *p, *last;
    uint64_t                start;
    news_rc_e               rc;
    news_source_t           source;
    news_options_t          options;
    news_problem_t         *problem;
    ngx_http_news_clock_t   clock;

    options = nlcf->options;

    if (ctx->meta || ctx->form == NGX_HTTP_NEWS_PLAIN) {
        options.output = NEWS_OUTPUT_META;

    } else if (ctx->form == NGX_HTTP_NEWS_JSON) {
        options.output = NEWS_OUTPUT_JSON;
    }

    if (nlcf->host.len
        && ngx_http_news_site_url(r, nlcf, &options.site_url) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    last = ctx->path.data + ctx->path.len;

    for (p = last; p > ctx->path.data && p[-1] != '/'; p--) { /* void */ }

    source.text = news_str_n(ctx->text.data, ctx->text.len);
    source.name = news_str_n(p, last - p);
    source.url = news_str_n(r->uri.data, r->uri.len);

    if (ngx_http_news_create_arena(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    start = ngx_http_news_usec(CLOCK_MONOTONIC);

    clock.wall = start + NGX_HTTP_NEWS_MAX_TIME;
    clock.end = ngx_http_news_usec(CLOCK_THREAD_CPUTIME_ID)
                + NGX_HTTP_NEWS_MAX_TIME;

    news_arena_set_expired(ctx->arena, ngx_http_news_expired, &clock);

    rc = news_render(ctx->arena, &options, &source, &ctx->page);

    news_arena_set_expired(ctx->arena, NULL, NULL);

    ctx->usec = ngx_http_news_usec(CLOCK_MONOTONIC) - start;

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news render: %d, %uL us, %uz bytes of memory",
                   (int) rc, ctx->usec, news_arena_peak(ctx->arena));

    if (rc == NEWS_DECLINED) {
        return NGX_DECLINED;
    }

    if (rc == NEWS_ERROR) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "no memory to render \"%s\"", ctx->path.data);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (problem = ctx->page.problems.first; problem; problem = problem->next)
    {
        ngx_http_news_report(r, ctx, problem);
    }

    if (news_arena_used(ctx->arena) > NGX_HTTP_NEWS_HOLD) {
        return ngx_http_news_settle(r, ctx);
    }

    return NGX_OK;
}


/* a slow client shall not hold what a large render took */

static ngx_int_t
ngx_http_news_settle(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    u_char  *p;

    p = ngx_palloc(r->pool, news_page_size(&ctx->page));
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    news_page_settle(ctx->arena, &ctx->page, p);

    return NGX_OK;
}


/* what the page is made of lives as long as the request */

static ngx_int_t
ngx_http_news_create_arena(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_pool_cleanup_t         *cln;
    ngx_http_news_cleanup_t    *clnd;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_news_cleanup_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    ctx->arena = nmcf->spare;
    nmcf->spare = NULL;

    if (ctx->arena == NULL) {
        ctx->arena = news_arena_create(NGX_HTTP_NEWS_MAX_MEMORY);
        if (ctx->arena == NULL) {
            return NGX_ERROR;
        }
    }

    cln->handler = ngx_http_news_cleanup;

    clnd = cln->data;
    clnd->arena = ctx->arena;
    clnd->conf = nmcf;

    return NGX_OK;
}


static void
ngx_http_news_cleanup(void *data)
{
    ngx_http_news_cleanup_t *clnd = data;

    if (clnd->conf->spare) {
        news_arena_destroy(clnd->arena);
        return;
    }

    news_arena_reset(clnd->arena, NGX_HTTP_NEWS_KEEP);

    clnd->conf->spare = clnd->arena;
}


/*
 * The name is of the configuration, and scheme and port are of the socket the
 * client came to: nothing is taken from the request.
 */

static ngx_int_t
ngx_http_news_site_url(ngx_http_request_t *r, ngx_http_news_loc_conf_t *nlcf,
    news_str_t *url)
{
    u_char            *p, *data;
    size_t             len;
    ngx_str_t          scheme;
    ngx_uint_t         port;
    ngx_connection_t  *c;

    c = r->connection;

    if (ngx_connection_local_sockaddr(c, NULL, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    port = ngx_inet_get_port(c->local_sockaddr);

    ngx_str_set(&scheme, "http://");

    if (port == 80) {
        port = 0;
    }

#if (NGX_HTTP_SSL)

    if (c->ssl) {
        ngx_str_set(&scheme, "https://");

        port = ngx_inet_get_port(c->local_sockaddr);

        if (port == 443) {
            port = 0;
        }
    }

#endif

    len = scheme.len + nlcf->host.len + sizeof(":65535") - 1;

    data = ngx_pnalloc(r->pool, len);
    if (data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(data, "%V%V", &scheme, &nlcf->host);

    if (port) {
        p = ngx_sprintf(p, ":%ui", port);
    }

    *url = news_str_n(data, p - data);

    return NGX_OK;
}


static uint64_t
ngx_http_news_usec(clockid_t id)
{
    struct timespec  ts;

    if (clock_gettime(id, &ts) == -1) {
        return 0;
    }

    return (uint64_t) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}


static int
ngx_http_news_expired(void *data)
{
    ngx_http_news_clock_t *clock = data;

    uint64_t  now, used;

    now = ngx_http_news_usec(CLOCK_MONOTONIC);

    if (now < clock->wall) {
        return 0;
    }

    used = ngx_http_news_usec(CLOCK_THREAD_CPUTIME_ID);

    if (used >= clock->end) {
        return 1;
    }

    clock->wall = now + (clock->end - used);

    return 0;
}
