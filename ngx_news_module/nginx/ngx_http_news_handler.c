
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


static ngx_http_news_ctx_t *ngx_http_news_prepare(ngx_http_request_t *r,
    ngx_uint_t meta);
static ngx_int_t ngx_http_news_reopen(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_not_allowed(ngx_http_request_t *r);
static ngx_int_t ngx_http_news_locate(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_article(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_share(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_uint_t ngx_http_news_test_name(ngx_http_request_t *r,
    ngx_http_news_loc_conf_t *nlcf, ngx_str_t *path);


static ngx_str_t  ngx_http_news_excluded[] = {
    ngx_string("robots.txt"),
    ngx_string("ads.txt"),
    ngx_string("app-ads.txt"),
    ngx_string("humans.txt"),
    ngx_string("security.txt"),
    ngx_string("llms.txt"),
    ngx_string("llms-full.txt"),
    ngx_null_string
};


ngx_int_t
ngx_http_news_handler(ngx_http_request_t *r)
{
    ngx_int_t             rc;
    ngx_http_news_ctx_t  *ctx;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_news_prepare(r, 0);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->rc == NGX_AGAIN) {
        r->main->count++;
        return NGX_DONE;
    }

    if (ctx->rc != NGX_OK) {
        return ctx->rc;
    }

    r->root_tested = !r->error_page;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    r->connection->log->action = "sending response to client";

    if (ctx->ref.record) {
        rc = ngx_http_news_pack(r, ctx);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return ngx_http_news_send(r, ctx);
}


/*
 * What no other handler has taken, just before the static module.  That would
 * look for the file once more, and might find another by now: an article, or
 * a draft, and its text would be out.
 */

ngx_int_t
ngx_http_news_last_handler(ngx_http_request_t *r)
{
    ngx_uint_t            get;
    ngx_http_news_ctx_t  *ctx;

    get = r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD);

    ctx = ngx_http_news_prepare(r, get ? 0 : 1);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (get) {
        if (ctx->rc == NGX_DECLINED && ctx->named) {
            ctx->rc = ngx_http_news_reopen(r, ctx);
        }

        if (ctx->rc == NGX_DECLINED && ctx->named) {
            return ngx_http_news_static(r, ctx);
        }

        return ngx_http_news_handler(r);
    }

    return (ctx->rc == NGX_OK) ? ngx_http_news_not_allowed(r) : ctx->rc;
}


/*
 * The file that is known to be no article, from the cache of open files too;
 * another is looked at first.
 */

static ngx_int_t
ngx_http_news_reopen(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_file_info_t            fi;
    ngx_http_news_stamp_t      stamp;
    ngx_http_core_loc_conf_t  *clcf;

    if (ctx->absent || ctx->plain) {
        return NGX_DECLINED;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    rc = ngx_http_news_open_by(r, ctx, clcf->open_file_cache);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_fd_info(ctx->of.fd, &fi) != NGX_FILE_ERROR) {

        ngx_http_news_set_stamp(&stamp, &fi);

        if (ngx_memcmp(&stamp, &ctx->stamp, sizeof(ngx_http_news_stamp_t))
            == 0)
        {
            ctx->plain = 1;
            return NGX_DECLINED;
        }
    }

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news file has changed");

    rc = ngx_http_news_make(r, ctx);

    return (rc == NGX_OK) ? ngx_http_news_visible(r, ctx) : rc;
}


static ngx_int_t
ngx_http_news_not_allowed(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news method \"%V\" is not allowed", &r->method_name);

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->hash = 1;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif
    ngx_str_set(&h->key, "Allow");
    ngx_str_set(&h->value, "GET, HEAD");

    return NGX_HTTP_NOT_ALLOWED;
}


/* an article comes before the handler of its location, such as a proxy */

ngx_int_t
ngx_http_news_precontent_handler(ngx_http_request_t *r)
{
    ngx_http_news_ctx_t  *ctx;

    if (r->content_handler == NULL
        || !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)))
    {
        return NGX_DECLINED;
    }

    ctx = ngx_http_news_prepare(r, 0);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (ctx->rc != NGX_DECLINED) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news article before the location's handler");

        r->content_handler = ngx_http_news_handler;
    }

    return NGX_DECLINED;
}


/* the fields, for variables; NULL where the request is for no article */

ngx_http_news_ctx_t *
ngx_http_news_peek(ngx_http_request_t *r)
{
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_news_module);

    if (ctx == NULL || !ctx->sent) {

        /* a condition may ask before the page is made, a log after it is not */

        if (r->header_sent || !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
            return NULL;
        }

        ctx = ngx_http_news_prepare(r, 1);
    }

    return (ctx && ctx->rc == NGX_OK) ? ctx : NULL;
}


static ngx_http_news_ctx_t *
ngx_http_news_prepare(ngx_http_request_t *r, ngx_uint_t meta)
{
    ngx_http_news_ctx_t       *ctx;
    ngx_http_news_loc_conf_t  *nlcf;

    nlcf = ngx_http_get_module_loc_conf(r, ngx_http_news_module);

    ctx = ngx_http_get_module_ctx(r, ngx_http_news_module);

    if (ctx && ctx->conf == nlcf && (meta || !ctx->meta)
        && ctx->uri.len == r->uri.len
        && ngx_strncmp(ctx->uri.data, r->uri.data, r->uri.len) == 0)
    {
        /* a variable of the log may be asked for of a request that is gone */

        if (ctx->again && !meta) {
            ctx->again = 0;
            ctx->stamped = 0;
            ctx->rc = ngx_http_news_article(r, ctx);
        }

        return ctx;
    }

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_news_ctx_t));
    if (ctx == NULL) {
        return NULL;
    }

    ctx->conf = nlcf;
    ctx->uri = r->uri;
    ctx->meta = meta;

    ngx_http_set_ctx(r, ctx, ngx_http_news_module);

    ctx->rc = ngx_http_news_locate(r, ctx);

    if (ctx->rc == NGX_OK) {
        ctx->rc = ngx_http_news_article(r, ctx);
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news \"%V\": %i", &r->uri, ctx->rc);

    return ctx;
}


/* what it would be, by name */

static ngx_int_t
ngx_http_news_locate(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    u_char                    *last;
    size_t                     root;
    ngx_http_news_loc_conf_t  *nlcf;

    nlcf = ctx->conf;

    if (!nlcf->enable || r->uri.data[r->uri.len - 1] == '/') {
        return NGX_DECLINED;
    }

    last = ngx_http_map_uri_to_path(r, &ctx->path, &root, 0);
    if (last == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->path.len = last - ctx->path.data;

    if (!ngx_http_news_test_name(r, nlcf, &ctx->path)) {
        return NGX_DECLINED;
    }

    ctx->named = 1;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news filename: \"%s\"", ctx->path.data);

    if (nlcf->source) {
        ctx->form = ngx_http_news_form(r);
    }

    ctx->n_codings = ngx_http_news_encodings(r, nlcf->codings, ctx->codings);

    return NGX_OK;
}


/* from the cache, or made: here, in a thread, or by another request */

static ngx_int_t
ngx_http_news_article(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_news_lookup(r, ctx);

    if (rc == NGX_BUSY && ctx->keyed && !ctx->meta
        && ctx->status != NGX_HTTP_NEWS_BYPASS)
    {
        rc = ngx_http_news_share(r, ctx);
    }

    if (rc == NGX_BUSY) {
        rc = ngx_http_news_make(r, ctx);
    }

    return (rc == NGX_OK) ? ngx_http_news_visible(r, ctx) : rc;
}


/* NGX_BUSY where it is this request that has to make the page */

static ngx_int_t
ngx_http_news_share(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_news_join(r, ctx);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_news_lock(r, ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_BUSY) {
        rc = ngx_http_news_wait(r, ctx);

        return (rc == NGX_OK) ? NGX_BUSY : rc;
    }

    /* it may have been made just before */

    rc = ngx_http_news_lookup(r, ctx);

    if (rc != NGX_BUSY) {
        ngx_http_news_unlock(ctx);
    }

    return rc;
}


static ngx_uint_t
ngx_http_news_test_name(ngx_http_request_t *r, ngx_http_news_loc_conf_t *nlcf,
    ngx_str_t *path)
{
    size_t      len;
    ngx_str_t  *name;

    for (name = nlcf->suffixes; name->len; name++) {

        if (path->len >= name->len
            && ngx_memcmp(path->data + path->len - name->len, name->data,
                          name->len)
               == 0)
        {
            break;
        }
    }

    if (name->len == 0) {
        return 0;
    }

    if (nlcf->front_matter == NGX_HTTP_NEWS_REQUIRED) {
        return 1;
    }

    if (r->uri.len > sizeof("/.well-known/") - 1
        && ngx_strncmp(r->uri.data, "/.well-known/",
                       sizeof("/.well-known/") - 1)
           == 0)
    {
        return 0;
    }

    for (len = 0;
         len < path->len && path->data[path->len - len - 1] != '/';
         len++)
    {
        /* void: with no prefix there may be no slash */
    }

    for (name = ngx_http_news_excluded; name->len; name++) {

        if (len == name->len
            && ngx_memcmp(path->data + path->len - len, name->data, len) == 0)
        {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
ngx_http_news_visible(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    int64_t                      now;
    const ngx_http_news_info_t  *info;

    info = ctx->info;
    now = (int64_t) ngx_time();

    if (info->malformed && ctx->conf->strict) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news malformed front matter");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (info->draft
        || (ctx->conf->future == NGX_HTTP_NEWS_HIDE
            && info->date != NEWS_NO_TIME && info->date > now))
    {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news not published yet");
        return NGX_HTTP_NOT_FOUND;
    }

    if (info->gone) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news withdrawn");
        return NGX_HTTP_NEWS_GONE;
    }

    if (info->expires != NEWS_NO_TIME && info->expires <= now) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news expired");
        return NGX_HTTP_NOT_FOUND;
    }

    return NGX_OK;
}
