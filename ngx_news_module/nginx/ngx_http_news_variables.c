
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"
#include "news_fields.h"


typedef enum {
    NGX_HTTP_NEWS_TITLE = 0,
    NGX_HTTP_NEWS_AUTHOR,
    NGX_HTTP_NEWS_DATE,
    NGX_HTTP_NEWS_HEADIMG,
    NGX_HTTP_NEWS_THUMBNAIL
} ngx_http_news_field_e;


static ngx_int_t ngx_http_news_variable_field(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_news_variable_categories(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_news_variable_meta(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_news_variable_cache_status(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_news_variable_render_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_news_set_value(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, news_str_t s);


/* until the page is made the values may change with the URI: no caching */

static ngx_http_variable_t  ngx_http_news_variables[] = {

    { ngx_string("news_title"), NULL, ngx_http_news_variable_field,
      NGX_HTTP_NEWS_TITLE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_author"), NULL, ngx_http_news_variable_field,
      NGX_HTTP_NEWS_AUTHOR, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_date"), NULL, ngx_http_news_variable_field,
      NGX_HTTP_NEWS_DATE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_headimg"), NULL, ngx_http_news_variable_field,
      NGX_HTTP_NEWS_HEADIMG, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_thumbnail"), NULL, ngx_http_news_variable_field,
      NGX_HTTP_NEWS_THUMBNAIL, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_categories"), NULL, ngx_http_news_variable_categories,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_cache_status"), NULL,
      ngx_http_news_variable_cache_status, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_render_time"), NULL,
      ngx_http_news_variable_render_time, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_meta_"), NULL, ngx_http_news_variable_meta,
      0, NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_PREFIX, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_news_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_news_variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_news_variable_field(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    news_str_t            s;
    news_meta_t          *meta;
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_news_peek(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    meta = &ctx->page.meta;

    switch (data) {

    case NGX_HTTP_NEWS_TITLE:
        s = meta->title;
        break;

    case NGX_HTTP_NEWS_AUTHOR:
        s = meta->author;
        break;

    case NGX_HTTP_NEWS_DATE:
        s = meta->date.raw;
        break;

    case NGX_HTTP_NEWS_HEADIMG:
        s = meta->headimg;
        break;

    default: /* NGX_HTTP_NEWS_THUMBNAIL */
        s = meta->thumbnail;
        break;
    }

    return ngx_http_news_set_value(r, v, s);
}


static ngx_int_t
ngx_http_news_variable_categories(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char               *p, *start;
    size_t                i, len;
    news_meta_t          *meta;
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_news_peek(r);

    if (ctx == NULL || ctx->page.meta.n_categories == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    meta = &ctx->page.meta;
    len = 0;

    for (i = 0; i < meta->n_categories; i++) {
        len += meta->categories[i].len + sizeof(", ") - 1;
    }

    start = ngx_pnalloc(r->pool, len);
    if (start == NULL) {
        return NGX_ERROR;
    }

    p = start;

    for (i = 0; i < meta->n_categories; i++) {
        if (i) {
            *p++ = ',';
            *p++ = ' ';
        }

        p = ngx_copy(p, meta->categories[i].data, meta->categories[i].len);
    }

    return ngx_http_news_set_value(r, v, news_str_n(start, p - start));
}


static ngx_int_t
ngx_http_news_variable_meta(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t *name = (ngx_str_t *) data;

    size_t                prefix;
    news_str_t            field, fields;
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_news_peek(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    prefix = sizeof("news_meta_") - 1;

    if (news_fields_write(ctx->arena, &ctx->page, &fields) != 0) {
        return NGX_ERROR;
    }

    field = news_str_n(name->data + prefix, name->len - prefix);

    return ngx_http_news_set_value(r, v, news_fields_find(fields, field));
}


static ngx_int_t
ngx_http_news_variable_cache_status(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_news_module);

    if (ctx == NULL || !ctx->sent) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_news_set_value(r, v, news_str("BYPASS"));
}


static ngx_int_t
ngx_http_news_variable_render_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char               *p, buf[NGX_TIME_T_LEN + sizeof(".000000")];
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_news_module);

    if (ctx == NULL || !ctx->sent) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_sprintf(buf, "%T.%06uL", (time_t) (ctx->usec / 1000000),
                    ctx->usec % 1000000);

    return ngx_http_news_set_value(r, v, news_str_n(buf, p - buf));
}


static ngx_int_t
ngx_http_news_set_value(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    news_str_t s)
{
    ngx_str_t  value;

    if (s.len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    if (ngx_http_news_clean(r->pool, s.data, s.len, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    v->len = value.len;
    v->data = value.data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
