
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


static ngx_int_t ngx_http_news_preconfiguration(ngx_conf_t *cf);
static void *ngx_http_news_create_main_conf(ngx_conf_t *cf);
static void ngx_http_news_cleanup_main_conf(void *data);
static void *ngx_http_news_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_news_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static void ngx_http_news_merge_options(ngx_http_news_loc_conf_t *conf);
static ngx_int_t ngx_http_news_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_news_insert(ngx_array_t *handlers, ngx_uint_t n,
    ngx_http_handler_pt handler);


static ngx_str_t  ngx_http_news_suffixes[] = {
    ngx_string(".txt"),
    ngx_null_string
};


static ngx_conf_enum_t  ngx_http_news_front_matter[] = {
    { ngx_string("required"), NGX_HTTP_NEWS_REQUIRED },
    { ngx_string("optional"), NGX_HTTP_NEWS_OPTIONAL },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_news_html[] = {
    { ngx_string("sanitize"), NEWS_HTML_SANITIZE },
    { ngx_string("omit"), NEWS_HTML_OMIT },
    { ngx_string("trust"), NEWS_HTML_TRUST },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_news_body[] = {
    { ngx_string("auto"), NEWS_BODY_AUTO },
    { ngx_string("markdown"), NEWS_BODY_MARKDOWN },
    { ngx_string("html"), NEWS_BODY_HTML },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_news_breaks[] = {
    { ngx_string("auto"), NEWS_BREAKS_AUTO },
    { ngx_string("soft"), NEWS_BREAKS_SOFT },
    { ngx_string("hard"), NEWS_BREAKS_HARD },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_news_future[] = {
    { ngx_string("hide"), NGX_HTTP_NEWS_HIDE },
    { ngx_string("show"), NGX_HTTP_NEWS_SHOW },
    { ngx_null_string, 0 }
};


static ngx_conf_post_t  ngx_http_news_lang_post = { ngx_http_news_check_lang };

static ngx_conf_post_t  ngx_http_news_site_url_post =
    { ngx_http_news_check_site_url };


static ngx_command_t  ngx_http_news_commands[] = {

    { ngx_string("news_render"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, enable),
      NULL },

    { ngx_string("news_suffix"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_news_suffix,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("news_front_matter"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, front_matter),
      &ngx_http_news_front_matter },

    { ngx_string("news_template"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_news_template,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("news_html"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, html),
      &ngx_http_news_html },

    { ngx_string("news_body"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, body),
      &ngx_http_news_body },

    { ngx_string("news_breaks"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, breaks),
      &ngx_http_news_breaks },

    { ngx_string("news_heading_ids"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, heading_ids),
      NULL },

    { ngx_string("news_future"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, future),
      &ngx_http_news_future },

    { ngx_string("news_strict"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, strict),
      NULL },

    { ngx_string("news_max_size"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, max_size),
      NULL },

    { ngx_string("news_source"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, source),
      NULL },

    { ngx_string("news_source_charset"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_news_source_charset,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("news_timezone"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_news_timezone,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("news_lang"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, lang),
      &ngx_http_news_lang_post },

    { ngx_string("news_site_name"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, site_name),
      NULL },

    { ngx_string("news_site_url"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, site_url),
      &ngx_http_news_site_url_post },

    { ngx_string("news_cache_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_news_cache_zone,
      0,
      0,
      NULL },

    { ngx_string("news_cache"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_news_cache,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("news_compress"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_news_compress,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_news_loc_conf_t, codings),
      NULL },

    { ngx_string("news_thread_pool"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_news_thread_pool,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("news_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_news_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_news_module_ctx = {
    ngx_http_news_preconfiguration,        /* preconfiguration */
    ngx_http_news_init,                    /* postconfiguration */

    ngx_http_news_create_main_conf,        /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_news_create_loc_conf,         /* create location configuration */
    ngx_http_news_merge_loc_conf           /* merge location configuration */
};


ngx_module_t  ngx_http_news_module = {
    NGX_MODULE_V1,
    &ngx_http_news_module_ctx,             /* module context */
    ngx_http_news_commands,                /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_news_exit_zones,              /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_news_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_news_add_variables(cf);
}


static void *
ngx_http_news_create_main_conf(ngx_conf_t *cf)
{
    ngx_pool_cleanup_t         *cln;
    ngx_http_news_main_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_news_main_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     conf->spare = NULL;
     *     conf->templates = NULL;
     *     conf->timezones = NULL;
     *     conf->zones = NULL;
     *     conf->pools = NULL;
     *     conf->changers = { 0 };
     *     conf->packing = 0;
     *     conf->reported = NULL;
     *     conf->enable = 0;
     */

    ngx_queue_init(&conf->making);

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    conf->arena = news_arena_create((size_t) -1);
    if (conf->arena == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "no memory for an arena");
        return NULL;
    }

    cln->handler = ngx_http_news_cleanup_main_conf;
    cln->data = conf;

    return conf;
}


static void
ngx_http_news_cleanup_main_conf(void *data)
{
    ngx_http_news_main_conf_t *conf = data;

    news_arena_destroy(conf->spare);
    news_arena_destroy(conf->arena);
}


static void *
ngx_http_news_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_news_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_news_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     conf->lang = { 0, NULL };
     *     conf->site_name = { 0, NULL };
     *     conf->site_url = { 0, NULL };
     *     conf->host = { 0, NULL };
     *     conf->digest = { 0, 0 };
     *     conf->options = { 0 };
     */

    conf->enable = NGX_CONF_UNSET;
    conf->heading_ids = NGX_CONF_UNSET;
    conf->strict = NGX_CONF_UNSET;
    conf->source = NGX_CONF_UNSET;
    conf->front_matter = NGX_CONF_UNSET_UINT;
    conf->html = NGX_CONF_UNSET_UINT;
    conf->body = NGX_CONF_UNSET_UINT;
    conf->breaks = NGX_CONF_UNSET_UINT;
    conf->future = NGX_CONF_UNSET_UINT;
    conf->max_size = NGX_CONF_UNSET_SIZE;
    conf->suffixes = NGX_CONF_UNSET_PTR;
    conf->charsets = NGX_CONF_UNSET_PTR;
    conf->template = NGX_CONF_UNSET_PTR;
    conf->timezone = NGX_CONF_UNSET_PTR;
    conf->codings = NGX_CONF_UNSET_PTR;
    conf->zone = NGX_CONF_UNSET_PTR;
    conf->pool = NGX_CONF_UNSET_PTR;

    return conf;
}


static char *
ngx_http_news_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_news_loc_conf_t *prev = parent;
    ngx_http_news_loc_conf_t *conf = child;

    ngx_http_news_main_conf_t  *nmcf;

    ngx_conf_merge_value(conf->enable, prev->enable, 0);
    ngx_conf_merge_value(conf->heading_ids, prev->heading_ids, 1);
    ngx_conf_merge_value(conf->strict, prev->strict, 0);
    ngx_conf_merge_value(conf->source, prev->source, 0);
    ngx_conf_merge_uint_value(conf->front_matter, prev->front_matter,
                              NGX_HTTP_NEWS_REQUIRED);
    ngx_conf_merge_uint_value(conf->html, prev->html, NEWS_HTML_SANITIZE);
    ngx_conf_merge_uint_value(conf->body, prev->body, NEWS_BODY_AUTO);
    ngx_conf_merge_uint_value(conf->breaks, prev->breaks, NEWS_BREAKS_AUTO);
    ngx_conf_merge_uint_value(conf->future, prev->future, NGX_HTTP_NEWS_HIDE);
    ngx_conf_merge_size_value(conf->max_size, prev->max_size,
                              4 * 1024 * 1024);
    ngx_conf_merge_ptr_value(conf->suffixes, prev->suffixes,
                             ngx_http_news_suffixes);
    ngx_conf_merge_ptr_value(conf->charsets, prev->charsets, NULL);
    ngx_conf_merge_ptr_value(conf->template, prev->template, NULL);
    ngx_conf_merge_ptr_value(conf->timezone, prev->timezone, NULL);
    ngx_conf_merge_ptr_value(conf->codings, prev->codings,
                             ngx_http_news_default_codings());
    ngx_conf_merge_ptr_value(conf->zone, prev->zone, NGX_CONF_UNSET_PTR);
    ngx_conf_merge_ptr_value(conf->pool, prev->pool, NGX_CONF_UNSET_PTR);
    ngx_conf_merge_str_value(conf->lang, prev->lang, "");
    ngx_conf_merge_str_value(conf->site_name, prev->site_name, "");
    ngx_conf_merge_str_value(conf->site_url, prev->site_url, "");

    if (!conf->enable) {
        return NGX_CONF_OK;
    }

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);
    nmcf->enable = 1;

    if (conf->template == NULL) {
        conf->template = ngx_http_news_default_template(cf);
        if (conf->template == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->site_url.len == 0) {
        ngx_http_news_default_host(cf, &conf->host);
    }

    if (conf->zone == NGX_CONF_UNSET_PTR) {
        conf->zone = ngx_http_news_default_zone(cf);
        if (conf->zone == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->pool == NGX_CONF_UNSET_PTR) {
        conf->pool = ngx_http_news_default_pool(cf);
    }

    ngx_http_news_merge_options(conf);
    ngx_http_news_conf_digest(cf, conf);

    return NGX_CONF_OK;
}


static void
ngx_http_news_merge_options(ngx_http_news_loc_conf_t *conf)
{
    news_options_t  *options;

    options = &conf->options;

    options->template = conf->template->template;
    options->charsets = conf->charsets ? conf->charsets->list : NULL;
    options->zone = conf->timezone ? conf->timezone->zone : NULL;
    options->lang = news_str_n(conf->lang.data, conf->lang.len);
    options->site_name = news_str_n(conf->site_name.data,
                                    conf->site_name.len);
    options->site_url = news_str_n(conf->site_url.data, conf->site_url.len);
    options->html = (news_html_mode_e) conf->html;
    options->body = (news_body_e) conf->body;
    options->breaks = (news_breaks_e) conf->breaks;
    options->output = NEWS_OUTPUT_PAGE;
    options->heading_ids = conf->heading_ids ? 1 : 0;
    options->front_optional =
                          (conf->front_matter == NGX_HTTP_NEWS_OPTIONAL);
}


static ngx_int_t
ngx_http_news_init(ngx_conf_t *cf)
{
    ngx_array_t                *handlers;
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);

    ngx_http_news_init_zones(cf);

    if (!nmcf->enable) {
        return NGX_OK;
    }

    if (ngx_http_news_report_zone(cf, nmcf) != NGX_OK
        || ngx_http_news_init_changers(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    handlers = &cmcf->phases[NGX_HTTP_CONTENT_PHASE].handlers;

    h = ngx_array_push(handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_news_handler;

    /*
     * Handlers run from the last to the first.  The first in the array is
     * that of the static module, which serves or refuses whatever comes to
     * it; just before it is ours for what nobody has taken.
     */

    if (ngx_http_news_insert(handlers, 1, ngx_http_news_last_handler)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* after try_files, which may change the URI */

    handlers = &cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers;

    return ngx_http_news_insert(handlers, 0,
                                ngx_http_news_precontent_handler);
}


static ngx_int_t
ngx_http_news_insert(ngx_array_t *handlers, ngx_uint_t n,
    ngx_http_handler_pt handler)
{
    ngx_http_handler_pt  *h;

    if (ngx_array_push(handlers) == NULL) {
        return NGX_ERROR;
    }

    h = handlers->elts;

    ngx_memmove(&h[n + 1], &h[n],
                (handlers->nelts - 1 - n) * sizeof(ngx_http_handler_pt));

    h[n] = handler;

    return NGX_OK;
}
