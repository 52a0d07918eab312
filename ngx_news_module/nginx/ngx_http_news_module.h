
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _NGX_HTTP_NEWS_MODULE_H_INCLUDED_
#define _NGX_HTTP_NEWS_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <nginx.h>

#include "news.h"


#define NGX_HTTP_NEWS_GONE          410

#define NGX_HTTP_NEWS_REQUIRED      0
#define NGX_HTTP_NEWS_OPTIONAL      1

#define NGX_HTTP_NEWS_HIDE          0
#define NGX_HTTP_NEWS_SHOW          1


/* what is answered: the page, the file as it is, or JSON */

typedef enum {
    NGX_HTTP_NEWS_PAGE = 0,
    NGX_HTTP_NEWS_PLAIN,
    NGX_HTTP_NEWS_MARKDOWN,
    NGX_HTTP_NEWS_JSON
} ngx_http_news_form_e;


/* each template file is compiled once a cycle, each zone file read once */

typedef struct ngx_http_news_template_s  ngx_http_news_template_t;
typedef struct ngx_http_news_timezone_s  ngx_http_news_timezone_t;


struct ngx_http_news_template_s {
    ngx_str_t                      name;     /* empty: the built-in theme */
    time_t                         mtime;    /* the latest, partials too */
    news_template_t               *template;
    ngx_http_news_template_t      *next;
};


struct ngx_http_news_timezone_s {
    ngx_str_t                      name;
    news_zone_t                   *zone;
    ngx_http_news_timezone_t      *next;
};


typedef struct {
    ngx_str_t                      name;
    news_charsets_t               *alone;    /* a list of this one */
} ngx_http_news_charset_t;


typedef struct {
    news_charsets_t               *list;
    ngx_http_news_charset_t       *names;
    ngx_uint_t                     n;
} ngx_http_news_charsets_t;


typedef struct {
    news_arena_t                  *arena;
    news_arena_t                  *spare;    /* for the next render */
    ngx_http_news_template_t      *templates;
    ngx_http_news_timezone_t      *timezones;
    ngx_shm_zone_t                *reported;
    ngx_flag_t                     enable;   /* somewhere */
} ngx_http_news_main_conf_t;


typedef struct {
    ngx_flag_t                     enable;
    ngx_flag_t                     heading_ids;
    ngx_flag_t                     strict;
    ngx_flag_t                     source;
    ngx_uint_t                     front_matter;
    ngx_uint_t                     html;
    ngx_uint_t                     body;
    ngx_uint_t                     breaks;
    ngx_uint_t                     future;
    size_t                         max_size;
    ngx_str_t                      lang;
    ngx_str_t                      site_name;
    ngx_str_t                      site_url;
    ngx_str_t                      host;     /* of site_url by default */
    ngx_str_t                     *suffixes; /* ends with an empty one */
    ngx_http_news_charsets_t      *charsets;
    ngx_http_news_template_t      *template;
    ngx_http_news_timezone_t      *timezone;

    news_options_t                 options;
} ngx_http_news_loc_conf_t;


typedef struct {
    ngx_int_t                      rc;
    ngx_uint_t                     form;
    ngx_str_t                      uri;      /* this is all about */
    ngx_str_t                      path;
    ngx_str_t                      text;     /* the file */
    size_t                         allocated;
    ngx_file_info_t                info;
    uint64_t                       usec;     /* of rendering */
    news_arena_t                  *arena;
    news_page_t                    page;

    ngx_http_news_loc_conf_t      *conf;

    unsigned                       meta:1;   /* only the fields were read */
    unsigned                       sent:1;
} ngx_http_news_ctx_t;


/* ngx_http_news_conf.c */

char *ngx_http_news_suffix(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_news_template(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_news_source_charset(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_news_timezone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_news_check_lang(ngx_conf_t *cf, void *post, void *data);
char *ngx_http_news_check_site_url(ngx_conf_t *cf, void *post, void *data);
ngx_http_news_template_t *ngx_http_news_default_template(ngx_conf_t *cf);
void ngx_http_news_default_host(ngx_conf_t *cf, ngx_str_t *host);

/* ngx_http_news_handler.c */

ngx_int_t ngx_http_news_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_news_method_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_news_precontent_handler(ngx_http_request_t *r);
ngx_http_news_ctx_t *ngx_http_news_peek(ngx_http_request_t *r);

/*
 * ngx_http_news_render.c
 *
 * NGX_OK with ctx->page filled in, NGX_DECLINED where it is no article.
 */

ngx_int_t ngx_http_news_render(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, ngx_http_news_loc_conf_t *nlcf);

/* ngx_http_news_accept.c */

ngx_uint_t ngx_http_news_form(ngx_http_request_t *r);

/* ngx_http_news_report.c */

void ngx_http_news_report(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    news_problem_t *problem);
ngx_int_t ngx_http_news_report_zone(ngx_conf_t *cf,
    ngx_http_news_main_conf_t *nmcf);

/* ngx_http_news_send.c */

ngx_int_t ngx_http_news_send(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);
ngx_int_t ngx_http_news_clean(ngx_pool_t *pool, const u_char *data,
    size_t len, ngx_str_t *out);

/* ngx_http_news_variables.c */

ngx_int_t ngx_http_news_add_variables(ngx_conf_t *cf);


extern ngx_module_t  ngx_http_news_module;


#endif /* _NGX_HTTP_NEWS_MODULE_H_INCLUDED_ */
