
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/* from this size on the kernel sends without copying, where it may */

#define NGX_HTTP_NEWS_SENDFILE  (512 * 1024)


static ngx_int_t ngx_http_news_join_parts(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_body(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, ngx_chain_t **out);
static void ngx_http_news_sendfile(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, ngx_chain_t *out, ngx_file_t *file);
static void ngx_http_news_content_type(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_headers(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_etag(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_coding(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_alternate(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static void ngx_http_news_count(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_table_elt_t *ngx_http_news_add_header(ngx_http_request_t *r,
    ngx_str_t *key, ngx_str_t *value);


ngx_int_t
ngx_http_news_send(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t              rc;
    ngx_file_t            *file;
    ngx_chain_t           *out;
    ngx_http_news_zone_t  *zone;

    zone = ctx->conf->zone;

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = ctx->size;
    r->headers_out.last_modified_time = (time_t) ctx->info->stamp.mtime;

    if (ctx->form == NGX_HTTP_NEWS_PAGE) {
        r->headers_out.last_modified_time =
                                   ngx_max(r->headers_out.last_modified_time,
                                           ctx->conf->template->mtime);
    }

    ngx_http_news_content_type(r, ctx);

    if (ngx_http_news_etag(r, ctx) != NGX_OK
        || ngx_http_news_headers(r, ctx) != NGX_OK
        || ngx_http_news_coding(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->allow_ranges = 1;

    /* we need to allocate all before the header would be sent */

    if (ngx_http_news_join_parts(r, ctx) != NGX_OK
        || ngx_http_news_body(r, ctx, &out) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    file = NULL;

    if (ctx->ref.record && !ctx->joined && zone->cache.fd != -1
        && ctx->size >= NGX_HTTP_NEWS_SENDFILE)
    {
        file = ngx_pcalloc(r->pool, sizeof(ngx_file_t));
        if (file == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    ctx->sent = 1;

    ngx_http_news_count(r, ctx);

    rc = ngx_http_send_header(r);

    if (rc > NGX_OK && r->headers_out.content_encoding) {

        /* the page of an error, as 416, has none */

        r->headers_out.content_encoding->hash = 0;
        r->headers_out.content_encoding = NULL;
    }

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    if (file) {
        ngx_http_news_sendfile(r, ctx, out, file);
    }

    return ngx_http_output_filter(r, out);
}


/* several ranges are cut out of one piece only */

static ngx_int_t
ngx_http_news_join_parts(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    u_char      *p, *data;
    ngx_str_t   *range;
    ngx_uint_t   i;

    if (ctx->n < 2 || r->headers_in.range == NULL) {
        return NGX_OK;
    }

    range = &r->headers_in.range->value;

    if (ngx_strlchr(range->data, range->data + range->len, ',') == NULL) {
        return NGX_OK;
    }

    data = ngx_pnalloc(r->pool, (size_t) ctx->size);
    if (data == NULL) {
        return NGX_ERROR;
    }

    p = data;

    for (i = 0; i < ctx->n; i++) {
        p = ngx_cpymem(p, ctx->parts[i].data, ctx->parts[i].len);
    }

    ctx->n = 1;
    ctx->parts[0] = news_str_n(data, p - data);
    ctx->joined = 1;

    return NGX_OK;
}


/* a page has a piece or a few; an empty one has a buffer all the same */

static ngx_int_t
ngx_http_news_body(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    ngx_chain_t **out)
{
    ngx_buf_t    *b;
    ngx_uint_t    i;
    ngx_chain_t  *cl, **last;

    last = out;
    i = 0;

    do {
        cl = ngx_alloc_chain_link(r->pool);
        if (cl == NULL) {
            return NGX_ERROR;
        }

        b = ngx_calloc_buf(r->pool);
        if (b == NULL) {
            return NGX_ERROR;
        }

        if (i < ctx->n) {
            b->pos = (u_char *) ctx->parts[i].data;
            b->last = b->pos + ctx->parts[i].len;
            b->memory = 1;
        }

        cl->buf = b;
        cl->next = NULL;

        *last = cl;
        last = &cl->next;

    } while (++i < ctx->n);

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;
    b->sync = (b->last_buf || b->memory) ? 0 : 1;

    return NGX_OK;
}


/* memory that is a file, too: filters see bytes, and the kernel need not */

static void
ngx_http_news_sendfile(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    ngx_chain_t *out, ngx_file_t *file)
{
    ngx_buf_t                 *b;
    news_cache_t              *cache;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!clcf->sendfile || !r->connection->sendfile
        || r->filter_need_in_memory || r->main->main_filter_need_in_memory
        || r != r->main)
    {
        return;
    }

    cache = &ctx->conf->zone->cache;

    file->fd = cache->fd;
    file->name = ctx->path;
    file->log = r->connection->log;

    for ( /* void */ ; out; out = out->next) {
        b = out->buf;

        b->file = file;
        b->file_pos = news_cache_sendfile(cache, &ctx->ref, b->pos);
        b->file_last = b->file_pos + (b->last - b->pos);
        b->in_file = 1;
    }
}


static void
ngx_http_news_content_type(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_str_t                 *type;
    ngx_http_news_charsets_t  *charsets;

    type = &r->headers_out.content_type;

    ngx_str_set(&r->headers_out.charset, "utf-8");

    switch (ctx->form) {

    case NGX_HTTP_NEWS_JSON:
        ngx_str_set(type, "application/json");
        ngx_str_null(&r->headers_out.charset);
        break;

    case NGX_HTTP_NEWS_MARKDOWN:

        if (!ctx->info->html) {
            ngx_str_set(type, "text/markdown");
            break;
        }

        /* fall through */

    case NGX_HTTP_NEWS_PLAIN:
        ngx_str_set(type, "text/plain");
        break;

    default: /* NGX_HTTP_NEWS_PAGE */
        ngx_str_set(type, "text/html");
        break;
    }

    charsets = ctx->conf->charsets;

    if (charsets && (ctx->form == NGX_HTTP_NEWS_PLAIN
                     || ctx->form == NGX_HTTP_NEWS_MARKDOWN))
    {
        r->headers_out.charset = charsets->names[ctx->info->charset].name;
    }

    r->headers_out.content_type_len = type->len;
    r->headers_out.content_type_lowcase = NULL;
}


static ngx_int_t
ngx_http_news_headers(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_str_t   value;
    news_str_t  robots;

    static ngx_str_t  accept = ngx_string("Accept");
    static ngx_str_t  name = ngx_string("X-Robots-Tag");
    static ngx_str_t  vary = ngx_string("Vary");

    robots = news_fields_get(ctx->fields, NEWS_FIELD_ROBOTS);

    if (robots.len) {
        value.len = robots.len;
        value.data = (u_char *) robots.data;

        if (ngx_http_news_add_header(r, &name, &value) == NULL) {
            return NGX_ERROR;
        }
    }

    if (!ctx->conf->source) {
        return NGX_OK;
    }

    if (ngx_http_news_add_header(r, &vary, &accept) == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_news_alternate(r, ctx);
}


static ngx_int_t
ngx_http_news_etag(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_str_t                  value;
    ngx_table_elt_t           *h;
    ngx_http_core_loc_conf_t  *clcf;

    static ngx_str_t  etag = ngx_string("ETag");

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!clcf->etag) {
        return NGX_OK;
    }

    value.len = NGX_HTTP_NEWS_ETAG_LEN;
    value.data = (u_char *) ctx->info->etag;

    h = ngx_http_news_add_header(r, &etag, &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.etag = h;

    return NGX_OK;
}


/*
 * Where a coding could be chosen the choice was made, and nginx's own gzip
 * does not make another one.
 */

static ngx_int_t
ngx_http_news_coding(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_str_t                  value;
    news_str_t                 name;
    ngx_table_elt_t           *h;
#if (NGX_HTTP_GZIP)
    ngx_http_core_loc_conf_t  *clcf;
#endif

    static ngx_str_t  encoding = ngx_string("Content-Encoding");
    static ngx_str_t  vary = ngx_string("Vary");
    static ngx_str_t  accept = ngx_string("Accept-Encoding");

    if (!ctx->keyed || !ngx_http_news_has_encodings(r, ctx->conf->codings)) {
        return NGX_OK;
    }

#if (NGX_HTTP_GZIP)

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (ctx->ref.record) {
        r->gzip_tested = 1;
        r->gzip_ok = (ctx->coding == NEWS_GZIP);
    }

    r->gzip_vary = 1;

    if (!clcf->gzip_vary)

#endif

    {
        if (ngx_http_news_add_header(r, &vary, &accept) == NULL) {
            return NGX_ERROR;
        }
    }

    if (ctx->coding == NEWS_IDENTITY) {
        return NGX_OK;
    }

    name = news_pack_name(ctx->coding);

    value.len = name.len;
    value.data = (u_char *) name.data;

    h = ngx_http_news_add_header(r, &encoding, &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.content_encoding = h;

    return NGX_OK;
}


static ngx_int_t
ngx_http_news_alternate(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_str_t                   value;
    news_buf_t                  buf;
    news_arena_t               *arena;
    ngx_http_news_main_conf_t  *nmcf;

    static ngx_str_t  link = ngx_string("Link");

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);

    arena = ngx_http_news_get_arena(nmcf);
    if (arena == NULL) {
        return NGX_ERROR;
    }

    news_buf_init(&buf, arena, 128);

    news_buf_addc(&buf, '<');
    news_escape_path(&buf, news_str_n(ctx->uri.data, ctx->uri.len));
    news_buf_addz(&buf, "?format=source>; rel=\"alternate\"; type=\"");
    news_buf_addz(&buf, ctx->info->html ? "text/plain\""
                                        : "text/markdown\"");

    value.len = buf.len;
    value.data = buf.failed ? NULL : ngx_pnalloc(r->pool, buf.len);

    if (value.data) {
        ngx_memcpy(value.data, buf.data, buf.len);
    }

    ngx_http_news_free_arena(nmcf, NULL, arena);

    if (value.data == NULL
        || ngx_http_news_add_header(r, &link, &value) == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_news_count(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_http_news_stats_t      *stats;
    ngx_http_news_main_conf_t  *nmcf;

    if (ctx->conf->zone) {
        news_cache_count(&ctx->conf->zone->cache, ctx->status);
        return;
    }

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);
    stats = ngx_http_news_stats(nmcf);

    if (stats) {
        (void) ngx_atomic_fetch_add(&stats->bypass, 1);
    }
}


static ngx_table_elt_t *
ngx_http_news_add_header(ngx_http_request_t *r, ngx_str_t *key,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif
    h->key = *key;
    h->value = *value;

    return h;
}


/* a line of a log or a header: a blank for every control character, C1 too */

ngx_int_t
ngx_http_news_clean(ngx_pool_t *pool, const u_char *data, size_t len,
    ngx_str_t *out)
{
    out->data = ngx_pnalloc(pool, len ? len : 1);
    if (out->data == NULL) {
        return NGX_ERROR;
    }

    out->len = news_clean_line(out->data, news_str_n(data, len));

    return NGX_OK;
}
