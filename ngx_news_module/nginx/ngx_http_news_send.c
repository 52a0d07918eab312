
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"
#include "news_hash.h"


#define NGX_HTTP_NEWS_MAX_ROBOTS  1024    /* bytes of a header */


static ngx_int_t ngx_http_news_content_type(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_charset(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, ngx_str_t *charset);
static ngx_int_t ngx_http_news_decodes(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, ngx_http_news_charset_t *charset);
static ngx_int_t ngx_http_news_headers(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_int_t ngx_http_news_etag(ngx_http_request_t *r,
    ngx_str_t *content);
static ngx_int_t ngx_http_news_alternate(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
static ngx_table_elt_t *ngx_http_news_add_header(ngx_http_request_t *r,
    ngx_str_t *key, ngx_str_t *value);


ngx_int_t
ngx_http_news_send(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t     rc;
    ngx_str_t     content;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    if (ctx->form == NGX_HTTP_NEWS_PLAIN
        || ctx->form == NGX_HTTP_NEWS_MARKDOWN)
    {
        content = ctx->text;

    } else {
        content.len = ctx->page.content.len;
        content.data = (u_char *) ctx->page.content.data;
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = content.len;
    r->headers_out.last_modified_time = ngx_file_mtime(&ctx->info);

    if (ctx->form == NGX_HTTP_NEWS_PAGE) {
        r->headers_out.last_modified_time =
                                    ngx_max(ngx_file_mtime(&ctx->info),
                                            ctx->conf->template->mtime);
    }

    if (ngx_http_news_content_type(r, ctx) != NGX_OK
        || ngx_http_news_etag(r, &content) != NGX_OK
        || ngx_http_news_headers(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->allow_ranges = 1;

    /* we need to allocate all before the header would be sent */

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->sent = 1;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b->pos = content.data;
    b->last = content.data + content.len;
    b->memory = content.len ? 1 : 0;
    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;
    b->sync = (b->last_buf || b->memory) ? 0 : 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
ngx_http_news_content_type(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_str_t  *type;

    type = &r->headers_out.content_type;

    switch (ctx->form) {

    case NGX_HTTP_NEWS_JSON:
        ngx_str_set(type, "application/json");
        break;

    case NGX_HTTP_NEWS_MARKDOWN:

        if (ctx->page.meta.format != NEWS_BODY_HTML) {
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

    r->headers_out.content_type_len = type->len;
    r->headers_out.content_type_lowcase = NULL;

    if (ctx->form == NGX_HTTP_NEWS_JSON) {
        return NGX_OK;
    }

    if (ctx->form == NGX_HTTP_NEWS_PAGE) {
        ngx_str_set(&r->headers_out.charset, "utf-8");
        return NGX_OK;
    }

    return ngx_http_news_charset(r, ctx, &r->headers_out.charset);
}


/* the encoding of a file as it is: the one the page was decoded from */

static ngx_int_t
ngx_http_news_charset(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    ngx_str_t *charset)
{
    ngx_int_t                  rc;
    ngx_uint_t                 i;
    ngx_http_news_charsets_t  *charsets;

    charsets = ctx->conf->charsets;

    if (charsets == NULL) {
        ngx_str_set(charset, "utf-8");
        return NGX_OK;
    }

    for (i = 0; i < charsets->n - 1; i++) {
        rc = ngx_http_news_decodes(r, ctx, &charsets->names[i]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_OK) {
            break;
        }
    }

    *charset = charsets->names[i].name;

    return NGX_OK;
}


/* with a list of one encoding, what does not decode becomes U+FFFD */

static ngx_int_t
ngx_http_news_decodes(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    ngx_http_news_charset_t *charset)
{
    u_char             *p, *last;
    ngx_int_t           rc;
    news_str_t          out;
    news_arena_mark_t   mark;

    rc = NGX_ERROR;

    news_arena_mark(ctx->arena, &mark);

    if (news_charsets_decode(charset->alone, ctx->arena,
                             news_str_n(ctx->text.data, ctx->text.len), &out)
        == 0)
    {
        rc = NGX_OK;

        p = (u_char *) out.data;
        last = p + out.len;

        for ( /* void */ ; last - p >= 3; p++) {
            if (p[0] == 0xef && p[1] == 0xbf && p[2] == 0xbd) {
                rc = NGX_DECLINED;
                break;
            }
        }
    }

    news_arena_release(ctx->arena, &mark);

    return rc;
}


static ngx_int_t
ngx_http_news_headers(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_str_t     value;
    news_meta_t  *meta;

    static ngx_str_t  accept = ngx_string("Accept");
    static ngx_str_t  robots = ngx_string("X-Robots-Tag");
    static ngx_str_t  vary = ngx_string("Vary");

    meta = &ctx->page.meta;

    if (meta->robots.len) {
        if (ngx_http_news_clean(r->pool, meta->robots.data, meta->robots.len,
                                &value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        /* what is so long is no rule, and clients refuse long headers */

        if (value.len > NGX_HTTP_NEWS_MAX_ROBOTS) {
            value.len = 0;

            if (meta->noindex) {
                ngx_str_set(&value, "noindex");
            }
        }

        if (value.len
            && ngx_http_news_add_header(r, &robots, &value) == NULL)
        {
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
ngx_http_news_etag(ngx_http_request_t *r, ngx_str_t *content)
{
    ngx_str_t                  value;
    ngx_table_elt_t           *h;
    ngx_http_core_loc_conf_t  *clcf;

    static ngx_str_t  etag = ngx_string("ETag");

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!clcf->etag) {
        return NGX_OK;
    }

    value.len = NEWS_HASH_LEN + 2;
    value.data = ngx_pnalloc(r->pool, value.len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.data[0] = '"';
    news_hash_hex(value.data + 1, news_str_n(content->data, content->len));
    value.data[value.len - 1] = '"';

    h = ngx_http_news_add_header(r, &etag, &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.etag = h;

    return NGX_OK;
}


static ngx_int_t
ngx_http_news_alternate(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_str_t   value;
    news_buf_t  buf;

    static ngx_str_t  link = ngx_string("Link");

    news_buf_init(&buf, ctx->arena, 128);

    news_buf_addc(&buf, '<');
    news_escape_path(&buf, news_str_n(ctx->uri.data, ctx->uri.len));
    news_buf_addz(&buf, "?format=source>; rel=\"alternate\"; type=\"");
    news_buf_addz(&buf, ctx->page.meta.format == NEWS_BODY_HTML
                        ? "text/plain\"" : "text/markdown\"");

    if (buf.failed) {
        return NGX_ERROR;
    }

    value.len = buf.len;
    value.data = buf.data;

    return ngx_http_news_add_header(r, &link, &value) ? NGX_OK : NGX_ERROR;
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
