
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/*
 * A file that has the name of an article and is none, as the static module
 * serves it; but it is the very file that was looked at.
 */


static ngx_int_t ngx_http_news_absent(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_directory(ngx_http_request_t *r);
static ngx_int_t ngx_http_news_send_file(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static void ngx_http_news_directio(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);


ngx_int_t
ngx_http_news_static(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ctx->absent && ctx->of.err) {
        return ngx_http_news_absent(r, ctx);
    }

    r->root_tested = !r->error_page;

    if (ctx->of.is_dir) {
        return ngx_http_news_directory(r);
    }

    if (ctx->absent) {
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0,
                      "\"%V\" is not a regular file", &ctx->path);

        return NGX_HTTP_NOT_FOUND;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    r->connection->log->action = "sending response to client";

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = ctx->stamp.size;
    r->headers_out.last_modified_time = ctx->stamp.mtime;

    if (ngx_http_set_etag(r) != NGX_OK
        || ngx_http_set_content_type(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->allow_ranges = 1;

    return ngx_http_news_send_file(r, ctx);
}


static ngx_int_t
ngx_http_news_absent(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_core_loc_conf_t  *clcf;

    switch (ctx->of.err) {

    case NGX_ENOENT:
    case NGX_ENOTDIR:
    case NGX_ENAMETOOLONG:
        rc = NGX_HTTP_NOT_FOUND;
        break;

    default:
        rc = NGX_HTTP_FORBIDDEN;
        break;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (rc != NGX_HTTP_NOT_FOUND || clcf->log_not_found) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, ctx->of.err,
                      "%s \"%V\" failed", ctx->of.failed, &ctx->path);
    }

    return rc;
}


static ngx_int_t
ngx_http_news_directory(ngx_http_request_t *r)
{
    u_char           *p;
    size_t            len;
    uintptr_t         escape;
    ngx_str_t         uri;
    ngx_table_elt_t  *h;

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http news directory");

    escape = 2 * ngx_escape_uri(NULL, r->uri.data, r->uri.len,
                                NGX_ESCAPE_URI);

    len = r->uri.len + escape + 1 + (r->args.len ? 1 + r->args.len : 0);

    uri.data = ngx_pnalloc(r->pool, len);
    if (uri.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (escape) {
        p = (u_char *) ngx_escape_uri(uri.data, r->uri.data, r->uri.len,
                                      NGX_ESCAPE_URI);

    } else {
        p = ngx_copy(uri.data, r->uri.data, r->uri.len);
    }

    *p++ = '/';

    if (r->args.len) {
        *p++ = '?';
        p = ngx_copy(p, r->args.data, r->args.len);
    }

    uri.len = p - uri.data;

    ngx_http_clear_location(r);

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->hash = 1;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif
    ngx_str_set(&h->key, "Location");
    h->value = uri;

    r->headers_out.location = h;

    return NGX_HTTP_MOVED_PERMANENTLY;
}


static ngx_int_t
ngx_http_news_send_file(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    /* all is allocated before the header is sent */

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->file = ngx_pcalloc(r->pool, sizeof(ngx_file_t));
    if (b->file == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    ngx_http_news_directio(r, ctx);

    b->file_last = ctx->stamp.size;

    b->in_file = (b->file_last > 0);
    b->last_buf = (r == r->main);
    b->last_in_chain = 1;
    b->sync = !b->in_file && !b->last_buf;

    b->file->fd = ctx->of.fd;
    b->file->name = ctx->path;
    b->file->log = r->connection->log;
    b->file->directio = ctx->of.is_directio;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


/* what was opened to be looked at was opened without */

static void
ngx_http_news_directio(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (ctx->of.is_directio || (off_t) ctx->stamp.size < clcf->directio) {
        return;
    }

    if (ngx_directio_on(ctx->of.fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, ngx_errno,
                      ngx_directio_on_n " \"%V\" failed", &ctx->path);
        return;
    }

    ctx->of.is_directio = 1;
}
