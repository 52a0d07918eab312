
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


static ngx_int_t ngx_http_news_variable_field(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_news_variable_meta(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_news_variable_cache_status(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_news_variable_render_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_news_set_value(ngx_http_variable_value_t *v,
    news_str_t s);


/* until the page is made the values may change with the URI: no caching */

static ngx_http_variable_t  ngx_http_news_variables[] = {

    { ngx_string("news_title"), NULL, ngx_http_news_variable_field,
      NEWS_FIELD_TITLE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_author"), NULL, ngx_http_news_variable_field,
      NEWS_FIELD_AUTHOR, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_date"), NULL, ngx_http_news_variable_field,
      NEWS_FIELD_DATE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_headimg"), NULL, ngx_http_news_variable_field,
      NEWS_FIELD_HEADIMG, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_thumbnail"), NULL, ngx_http_news_variable_field,
      NEWS_FIELD_THUMBNAIL, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_categories"), NULL, ngx_http_news_variable_field,
      NEWS_FIELD_CATEGORIES, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_cache_status"), NULL,
      ngx_http_news_variable_cache_status, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_render_time"), NULL,
      ngx_http_news_variable_render_time, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("news_meta_"), NULL, ngx_http_news_variable_meta,
      0, NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_PREFIX, 0 },

      ngx_http_null_variable
};


/* ngx_http_news_status_e */

static const news_str_t  ngx_http_news_statuses[] = {
    news_string(""),
    news_string("HIT"),
    news_string("MISS"),
    news_string("EXPIRED"),
    news_string("BYPASS")
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
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_news_peek(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_news_set_value(v, news_fields_get(ctx->fields,
                                                      (news_field_e) data));
}


static ngx_int_t
ngx_http_news_variable_meta(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t *name = (ngx_str_t *) data;

    size_t                prefix;
    news_str_t            field;
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_news_peek(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    prefix = sizeof("news_meta_") - 1;

    field = news_str_n(name->data + prefix, name->len - prefix);

    return ngx_http_news_set_value(v, news_fields_find(ctx->fields, field));
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

    return ngx_http_news_set_value(v, ngx_http_news_statuses[ctx->status]);
}


static ngx_int_t
ngx_http_news_variable_render_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char               *p, *last;
    ngx_http_news_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_news_module);

    if (ctx == NULL || !ctx->sent || ctx->status == NGX_HTTP_NEWS_HIT) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + sizeof(".000000") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = ngx_sprintf(p, "%T.%06uL", (time_t) (ctx->usec / 1000000),
                       ctx->usec % 1000000);

    return ngx_http_news_set_value(v, news_str_n(p, last - p));
}


/* a value lives as long as the request does, and has no control characters */

static ngx_int_t
ngx_http_news_set_value(ngx_http_variable_value_t *v, news_str_t s)
{
    if (s.len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->len = s.len;
    v->data = (u_char *) s.data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
