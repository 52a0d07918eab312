
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/* qualities in thousandths, and how exactly each range named the type */

typedef struct {
    ngx_uint_t                 q;
    ngx_uint_t                 exact;    /* 1: any type, 2: any text,
                                            3: this one */
} ngx_http_news_quality_t;


static ngx_uint_t ngx_http_news_negotiate(ngx_http_request_t *r);
static void ngx_http_news_accept(void *data, u_char *p, u_char *last);
static void ngx_http_news_range(ngx_http_news_quality_t *qualities,
    u_char *p, u_char *last);
static ngx_uint_t ngx_http_news_exact(ngx_str_t *type, ngx_str_t *range);
static ngx_uint_t ngx_http_news_parse_q(u_char *p, u_char *last);
static void ngx_http_news_trim(u_char **p, u_char **last);


static ngx_str_t  ngx_http_news_types[] = {
    ngx_string("text/html"),
    ngx_string("text/markdown"),
    ngx_string("text/plain")
};


/* the form asked for where "news_source" is on */

ngx_uint_t
ngx_http_news_form(ngx_http_request_t *r)
{
    ngx_str_t  value;

    if (ngx_http_arg(r, (u_char *) "format", 6, &value) == NGX_OK) {

        if (value.len == 4 && ngx_strncmp(value.data, "json", 4) == 0) {
            return NGX_HTTP_NEWS_JSON;
        }

        if (value.len == 6 && ngx_strncmp(value.data, "source", 6) == 0) {
            return NGX_HTTP_NEWS_PLAIN;
        }
    }

    /* a part of another page is no choice of the client's */

    if (r != r->main || r->error_page) {
        return NGX_HTTP_NEWS_PAGE;
    }

    return ngx_http_news_negotiate(r);
}


static ngx_uint_t
ngx_http_news_negotiate(ngx_http_request_t *r)
{
    ngx_http_news_quality_t  q[3];

    static ngx_str_t  accept = ngx_string("Accept");

    ngx_memzero(q, sizeof(q));

    ngx_http_news_each_value(r, &accept, ngx_http_news_accept, q);

    if (q[1].q <= q[0].q && q[2].q <= q[0].q) {
        return NGX_HTTP_NEWS_PAGE;
    }

    return (q[1].q >= q[2].q) ? NGX_HTTP_NEWS_MARKDOWN
                                      : NGX_HTTP_NEWS_PLAIN;
}


/* a header may come more than once */

void
ngx_http_news_each_value(ngx_http_request_t *r, ngx_str_t *name,
    ngx_http_news_value_pt handler, void *data)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    part = &r->headers_in.headers.part;
    header = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            header = part->elts;
            i = 0;
        }

        if (header[i].key.len == name->len
            && ngx_strncasecmp(header[i].key.data, name->data, name->len) == 0)
        {
            handler(data, header[i].value.data,
                    header[i].value.data + header[i].value.len);
        }
    }
}


static void
ngx_http_news_accept(void *data, u_char *p, u_char *last)
{
    ngx_http_news_quality_t *qualities = data;

    u_char      *start;
    ngx_uint_t   quoted;

    quoted = 0;

    for (start = p; p < last; p++) {

        if (*p == '"') {
            quoted = !quoted;

        } else if (quoted && *p == '\\' && p + 1 < last) {
            p++;

        } else if (*p == ',' && !quoted) {
            ngx_http_news_range(qualities, start, p);
            start = p + 1;
        }
    }

    ngx_http_news_range(qualities, start, last);
}


/* one range, as "text/markdown; q=0.9": the most exact that fits counts */

static void
ngx_http_news_range(ngx_http_news_quality_t *qualities, u_char *p,
    u_char *last)
{
    u_char      *end, *param;
    ngx_str_t    range;
    ngx_uint_t   i, q, exact;

    for (end = p; end < last && *end != ';'; end++) { /* void */ }

    q = 1000;

    for (param = end; param < last; /* void */ ) {
        param++;

        while (param < last && (*param == ' ' || *param == '\t')) {
            param++;
        }

        if (last - param > 2 && (*param | 0x20) == 'q' && param[1] == '=') {
            q = ngx_http_news_parse_q(param + 2, last);
        }

        while (param < last && *param != ';') {
            param++;
        }
    }

    ngx_http_news_trim(&p, &end);

    range.len = end - p;
    range.data = p;

    for (i = 0; i < 3; i++) {
        exact = ngx_http_news_exact(&ngx_http_news_types[i], &range);

        if (exact > qualities[i].exact) {
            qualities[i].exact = exact;
            qualities[i].q = q;

        } else if (exact && exact == qualities[i].exact) {
            qualities[i].q = ngx_max(qualities[i].q, q);
        }
    }
}


static ngx_uint_t
ngx_http_news_exact(ngx_str_t *type, ngx_str_t *range)
{
    if (range->len == type->len
        && ngx_strncasecmp(range->data, type->data, type->len) == 0)
    {
        return 3;
    }

    if (range->len == 6
        && ngx_strncasecmp(range->data, (u_char *) "text/*", 6) == 0)
    {
        return 2;
    }

    if (range->len == 3 && ngx_strncmp(range->data, "*/*", 3) == 0) {
        return 1;
    }

    return 0;
}


/* "0.5" to 500, anything that is no quality to 0 */

static ngx_uint_t
ngx_http_news_parse_q(u_char *p, u_char *last)
{
    ngx_uint_t  q, unit;

    if (p == last || (*p != '0' && *p != '1')) {
        return 0;
    }

    q = (*p++ - '0') * 1000;

    if (p < last && *p == '.') {
        p++;

        for (unit = 100; unit && p < last && *p >= '0' && *p <= '9';
             unit /= 10)
        {
            q += (*p++ - '0') * unit;
        }
    }

    return ngx_min(q, 1000);
}


static void
ngx_http_news_trim(u_char **p, u_char **last)
{
    while (*p < *last && (**p == ' ' || **p == '\t')) {
        (*p)++;
    }

    while (*last > *p && ((*last)[-1] == ' ' || (*last)[-1] == '\t')) {
        (*last)--;
    }
}
