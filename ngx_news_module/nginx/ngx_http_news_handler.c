
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/* reads go by this size, and its alignment is good for direct I/O too */

#define NGX_HTTP_NEWS_BLOCK      4096

/* a file that is being written is read again */

#define NGX_HTTP_NEWS_MAX_TRIES  4


static ngx_http_news_ctx_t *ngx_http_news_prepare(ngx_http_request_t *r,
    ngx_uint_t meta);
static ngx_int_t ngx_http_news_article(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_uint_t ngx_http_news_test_name(ngx_http_request_t *r,
    ngx_http_news_loc_conf_t *nlcf, ngx_str_t *path);
static ngx_int_t ngx_http_news_open(ngx_http_request_t *r, ngx_str_t *path,
    ngx_open_file_info_t *of);
static ngx_int_t ngx_http_news_read(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, ngx_open_file_info_t *of);
static ngx_int_t ngx_http_news_read_once(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, ngx_file_t *file);
static ngx_int_t ngx_http_news_read_part(ngx_http_news_ctx_t *ctx,
    ngx_file_t *file, size_t size);
static ngx_uint_t ngx_http_news_same(ngx_file_info_t *a, ngx_file_info_t *b);
static ngx_int_t ngx_http_news_visible(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);


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

    if (ctx->rc != NGX_OK) {
        return ctx->rc;
    }

    r->root_tested = !r->error_page;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    r->connection->log->action = "sending response to client";

    return ngx_http_news_send(r, ctx);
}


/* a method that no other handler has taken */

ngx_int_t
ngx_http_news_method_handler(ngx_http_request_t *r)
{
    ngx_table_elt_t      *h;
    ngx_http_news_ctx_t  *ctx;

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_news_prepare(r, 1);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->rc != NGX_OK) {
        return ctx->rc;
    }

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
        return ctx;
    }

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_news_ctx_t));
    if (ctx == NULL) {
        return NULL;
    }

    ctx->conf = nlcf;
    ctx->uri = r->uri;
    ctx->meta = meta;

    ctx->rc = ngx_http_news_article(r, ctx);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news \"%V\": %i", &r->uri, ctx->rc);

    ngx_http_set_ctx(r, ctx, ngx_http_news_module);

    return ctx;
}


static ngx_int_t
ngx_http_news_article(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    u_char                    *last;
    size_t                     root;
    ngx_int_t                  rc;
    ngx_open_file_info_t       of;
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

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news filename: \"%s\"", ctx->path.data);

    rc = ngx_http_news_open(r, &ctx->path, &of);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_news_read(r, ctx, &of);

    if (rc != NGX_OK) {
        return rc;
    }

    if (nlcf->source) {
        ctx->form = ngx_http_news_form(r);
    }

    rc = ngx_http_news_render(r, ctx, nlcf);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_news_visible(r, ctx);
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

    for (len = 0; path->data[path->len - len - 1] != '/'; len++) {
        if (len + 1 == path->len) {
            break;
        }
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


/*
 * What is not there or may not be read is left to the static module, which
 * has the right words for it.  What failed otherwise is not: tried once more
 * it might open, and the text of a draft would be out.
 */

static ngx_int_t
ngx_http_news_open(ngx_http_request_t *r, ngx_str_t *path,
    ngx_open_file_info_t *of)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    ngx_memzero(of, sizeof(ngx_open_file_info_t));

    of->read_ahead = clcf->read_ahead;
    of->directio = NGX_OPEN_FILE_DIRECTIO_OFF;
    of->valid = clcf->open_file_cache_valid;
    of->min_uses = clcf->open_file_cache_min_uses;
    of->errors = clcf->open_file_cache_errors;
    of->events = clcf->open_file_cache_events;

    if (ngx_http_set_disable_symlinks(r, clcf, path, of) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_open_cached_file(clcf->open_file_cache, path, of, r->pool)
        != NGX_OK)
    {
        switch (of->err) {

        case 0:
            return NGX_HTTP_INTERNAL_SERVER_ERROR;

        case NGX_ENOENT:
        case NGX_ENOTDIR:
        case NGX_ENAMETOOLONG:
        case NGX_EACCES:
#if (NGX_HAVE_OPENAT)
        case NGX_EMLINK:
        case NGX_ELOOP:
#endif

            ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, of->err,
                           "http news %s \"%s\" failed", of->failed,
                           path->data);

            return NGX_DECLINED;

        default:

            ngx_log_error(NGX_LOG_CRIT, r->connection->log, of->err,
                          "%s \"%s\" failed", of->failed, path->data);

            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (!of->is_file) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news \"%s\" is not a regular file", path->data);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * The descriptor may be shared through the cache of open files: it is only
 * read at positions, never mapped, moved or closed.
 */

static ngx_int_t
ngx_http_news_read(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    ngx_open_file_info_t *of)
{
    ngx_int_t        rc;
    ngx_uint_t       tries;
    ngx_file_t       file;
    ngx_file_info_t  after;

    ngx_memzero(&file, sizeof(ngx_file_t));

    file.fd = of->fd;
    file.name = ctx->path;
    file.log = r->connection->log;
    file.directio = of->is_directio;

    for (tries = 0; tries < NGX_HTTP_NEWS_MAX_TRIES; tries++) {

        if (ngx_fd_info(of->fd, &ctx->info) == NGX_FILE_ERROR) {
            goto failed;
        }

        rc = ngx_http_news_read_once(r, ctx, &file);

        if (rc != NGX_OK) {
            return rc;
        }

        if (ngx_fd_info(of->fd, &after) == NGX_FILE_ERROR) {
            goto failed;
        }

        if (ngx_http_news_same(&ctx->info, &after)
            && (off_t) ctx->text.len == ngx_file_size(&after))
        {
            break;
        }

        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news \"%s\" changed while it was read",
                       ctx->path.data);
    }

    return NGX_OK;

failed:

    ngx_log_error(NGX_LOG_CRIT, r->connection->log, ngx_errno,
                  ngx_fd_info_n " \"%s\" failed", ctx->path.data);

    return NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static ngx_int_t
ngx_http_news_read_once(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    ngx_file_t *file)
{
    off_t                      size;
    size_t                     need;
    news_problem_t             problem;
    ngx_http_news_loc_conf_t  *nlcf;

    static const char  too_large[] = "file is larger than news_max_size, "
                                     "not rendered";

    nlcf = ctx->conf;
    size = ngx_file_size(&ctx->info);

    /* a byte more shows that the file has grown */

    need = (size_t) ngx_min(size, (off_t) nlcf->max_size);
    need = ngx_align(need + 1, NGX_HTTP_NEWS_BLOCK);

    if (need > ctx->allocated) {
        ctx->text.data = ngx_pmemalign(r->pool, need, NGX_HTTP_NEWS_BLOCK);
        if (ctx->text.data == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->allocated = need;
    }

    ctx->text.len = 0;

    if (ngx_http_news_read_part(ctx, file, NGX_HTTP_NEWS_BLOCK) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (nlcf->front_matter == NGX_HTTP_NEWS_REQUIRED
        && news_charsets_ascii(nlcf->options.charsets)
        && news_front_opens(news_str_n(ctx->text.data, ctx->text.len)) == 0)
    {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news no front matter");
        return NGX_DECLINED;
    }

    if (size > (off_t) nlcf->max_size) {
        ngx_memzero(&problem, sizeof(news_problem_t));

        problem.kind = NEWS_PROBLEM_LIMIT;
        problem.text = news_str(too_large);

        ngx_http_news_report(r, ctx, &problem);

        return NGX_DECLINED;
    }

    if (ngx_http_news_read_part(ctx, file, need) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_OK;
}


/* reads until there are "size" bytes, or the file ends */

static ngx_int_t
ngx_http_news_read_part(ngx_http_news_ctx_t *ctx, ngx_file_t *file,
    size_t size)
{
    ssize_t  n;

    while (ctx->text.len < size) {

        /* direct I/O is aligned, but for the end of the file */

        if (file->directio && ctx->text.len % NGX_HTTP_NEWS_BLOCK) {
            break;
        }

        n = ngx_read_file(file, ctx->text.data + ctx->text.len,
                          size - ctx->text.len, (off_t) ctx->text.len);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n == 0) {
            break;
        }

        ctx->text.len += n;
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_news_same(ngx_file_info_t *a, ngx_file_info_t *b)
{
    if (a->st_size != b->st_size || a->st_mtime != b->st_mtime
        || a->st_ctime != b->st_ctime)
    {
        return 0;
    }

#if (NGX_LINUX || NGX_FREEBSD)

    if (a->st_mtim.tv_nsec != b->st_mtim.tv_nsec
        || a->st_ctim.tv_nsec != b->st_ctim.tv_nsec)
    {
        return 0;
    }

#endif

    return 1;
}


static ngx_int_t
ngx_http_news_visible(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    int64_t       now;
    news_meta_t  *meta;

    meta = &ctx->page.meta;
    now = (int64_t) ngx_time();

    if (ctx->page.malformed && ctx->conf->strict) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news malformed front matter");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (meta->draft
        || (ctx->conf->future == NGX_HTTP_NEWS_HIDE
            && meta->date.time != NEWS_NO_TIME && meta->date.time > now))
    {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news not published yet");
        return NGX_HTTP_NOT_FOUND;
    }

    if (meta->gone) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news withdrawn");
        return NGX_HTTP_NEWS_GONE;
    }

    if (meta->expires.time != NEWS_NO_TIME && meta->expires.time <= now) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news expired");
        return NGX_HTTP_NOT_FOUND;
    }

    return NGX_OK;
}
