
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _NGX_HTTP_NEWS_ENCODING_H_INCLUDED_
#define _NGX_HTTP_NEWS_ENCODING_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "news_pack.h"


/* of "news_compress", in order of preference; none: "off" */

typedef struct {
    ngx_uint_t                     n;
    news_coding_e                  list[NEWS_CODINGS];
} ngx_http_news_codings_t;


typedef enum {
    NGX_HTTP_NEWS_CHANGER_FLAG = 0,
    NGX_HTTP_NEWS_CHANGER_STR,
    NGX_HTTP_NEWS_CHANGER_PTR,
    NGX_HTTP_NEWS_CHANGER_ANY            /* not known: it may change any */
} ngx_http_news_changer_e;


/* where a filter that changes pages keeps whether it does, in a location */

typedef struct {
    ngx_uint_t                     ctx_index;
    size_t                         offset;
    ngx_http_news_changer_e        type;
} ngx_http_news_changer_t;


#define NGX_HTTP_NEWS_CHANGERS  4

typedef struct {
    ngx_uint_t                     n;
    ngx_http_news_changer_t        list[NGX_HTTP_NEWS_CHANGERS];
} ngx_http_news_changers_t;


/* a slot: the offset of the directive is that of the pointer to codings */

char *ngx_http_news_compress(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_http_news_codings_t *ngx_http_news_default_codings(void);

/*
 * The codings to try for the request, best first and identity last, into a
 * list with room for NEWS_CODINGS; returns how many.
 */

ngx_uint_t ngx_http_news_encodings(ngx_http_request_t *r,
    ngx_http_news_codings_t *codings, news_coding_e *list);

/* whether there is a choice at all, so that the answer varies */

ngx_uint_t ngx_http_news_has_encodings(ngx_http_request_t *r,
    ngx_http_news_codings_t *codings);

/* whether another module will change the page */

ngx_int_t ngx_http_news_init_changers(ngx_conf_t *cf);
ngx_uint_t ngx_http_news_is_changed(ngx_http_request_t *r);


#endif /* _NGX_HTTP_NEWS_ENCODING_H_INCLUDED_ */
