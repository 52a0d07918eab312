
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/* what is counted, taken once, as it is written down twice */

typedef struct {
    ngx_str_t                   name;
    news_cache_stats_t          stats;
} ngx_http_news_status_zone_t;


typedef struct {
    uint64_t                    bypass;
    uint64_t                    renders;
    uint64_t                    usec;
    uint64_t                    seconds[NGX_HTTP_NEWS_SECONDS];
    uint64_t                    given_up;
    uint64_t                    problems[NGX_HTTP_NEWS_PROBLEMS];
} ngx_http_news_status_counts_t;


typedef struct {
    ngx_http_news_status_counts_t   counts;
    ngx_http_news_status_zone_t    *zones;
    ngx_uint_t                      n;
} ngx_http_news_status_t;


/* "labels" tell the numbers from "offset" on apart; NULL: there is one */

typedef struct {
    ngx_str_t                   name;
    ngx_str_t                   type;
    ngx_str_t                   help;
    ngx_str_t                  *labels;
    size_t                      offset;
} ngx_http_news_metric_t;


typedef struct {
    ngx_str_t                   le;
    uint64_t                    usec;
} ngx_http_news_bound_t;


/* text to be: while "pos" is NULL it is only measured */

typedef struct {
    u_char                     *pos;
    size_t                      len;
} ngx_http_news_text_t;


static ngx_int_t ngx_http_news_status_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_news_status_read(ngx_http_request_t *r,
    ngx_http_news_status_t *status);
static void ngx_http_news_status_count(ngx_http_news_stats_t *stats,
    ngx_http_news_status_counts_t *counts);
static void ngx_http_news_status_write(ngx_http_news_text_t *text,
    ngx_http_news_status_t *status);
static void ngx_http_news_status_seconds(ngx_http_news_text_t *text,
    ngx_http_news_status_counts_t *counts);
static void ngx_http_news_status_head(ngx_http_news_text_t *text,
    ngx_http_news_metric_t *metric);
static void ngx_http_news_status_numbers(ngx_http_news_text_t *text,
    ngx_http_news_metric_t *metric, ngx_str_t *zone, void *base);
static void ngx_http_news_status_label(ngx_http_news_text_t *text,
    ngx_str_t *zone, ngx_str_t *label);
static void ngx_http_news_status_number(ngx_http_news_text_t *text,
    uint64_t n);
static void ngx_http_news_status_escape(ngx_http_news_text_t *text,
    ngx_str_t *value);
static void ngx_http_news_status_add(ngx_http_news_text_t *text,
    ngx_str_t *s);
static void ngx_http_news_status_addz(ngx_http_news_text_t *text,
    const char *s);


/* ngx_http_news_status_e from NGX_HTTP_NEWS_HIT on, as lines have it */

static ngx_str_t  ngx_http_news_status_labels[] = {
    ngx_string("status=\"hit\""),
    ngx_string("status=\"miss\""),
    ngx_string("status=\"expired\""),
    ngx_string("status=\"bypass\""),
    ngx_null_string
};


/* news_coding_e */

static ngx_str_t  ngx_http_news_coding_labels[] = {
    ngx_string("coding=\"identity\""),
    ngx_string("coding=\"gzip\""),
    ngx_string("coding=\"br\""),
    ngx_string("coding=\"zstd\""),
    ngx_string("coding=\"none\""),
    ngx_null_string
};


/* news_problem_e */

static ngx_str_t  ngx_http_news_problem_labels[] = {
    ngx_string("kind=\"front_matter\""),
    ngx_string("kind=\"value\""),
    ngx_string("kind=\"limit\""),
    ngx_string("kind=\"template\""),
    ngx_string("kind=\"partial\""),
    ngx_null_string
};


/* of each zone; the first has a line without a zone, too */

static ngx_http_news_metric_t  ngx_http_news_zone_metrics[] = {

    { ngx_string("news_cache_requests_total"),
      ngx_string("counter"),
      ngx_string("Requests answered with an article, "
                 "by what the cache had of it."),
      ngx_http_news_status_labels,
      offsetof(news_cache_stats_t, counts[NGX_HTTP_NEWS_HIT]) },

    { ngx_string("news_cache_evictions_total"),
      ngx_string("counter"),
      ngx_string("Answers dropped from the cache to make room."),
      NULL,
      offsetof(news_cache_stats_t, evictions) },

    { ngx_string("news_cache_rebuilds_total"),
      ngx_string("counter"),
      ngx_string("Repairs of the cache after a process died changing it."),
      NULL,
      offsetof(news_cache_stats_t, rebuilds) },

    { ngx_string("news_cache_entries"),
      ngx_string("gauge"),
      ngx_string("Answers in the cache, by content coding."),
      ngx_http_news_coding_labels,
      offsetof(news_cache_stats_t, entries[NEWS_IDENTITY]) },

    { ngx_string("news_cache_bytes"),
      ngx_string("gauge"),
      ngx_string("Bytes of their bodies, by content coding."),
      ngx_http_news_coding_labels,
      offsetof(news_cache_stats_t, bytes[NEWS_IDENTITY]) },

    { ngx_string("news_cache_size_bytes"),
      ngx_string("gauge"),
      ngx_string("Memory of the cache for answers."),
      NULL,
      offsetof(news_cache_stats_t, size) },

    { ngx_string("news_cache_free_bytes"),
      ngx_string("gauge"),
      ngx_string("Memory of the cache that holds none."),
      NULL,
      offsetof(news_cache_stats_t, free) },

    { ngx_null_string, ngx_null_string, ngx_null_string, NULL, 0 }
};


static ngx_http_news_metric_t  ngx_http_news_metrics[] = {

    { ngx_string("news_renders_total"),
      ngx_string("counter"),
      ngx_string("Articles rendered."),
      NULL,
      offsetof(ngx_http_news_status_counts_t, renders) },

    { ngx_string("news_give_ups_total"),
      ngx_string("counter"),
      ngx_string("Renders past a bound, their body shown as plain text."),
      NULL,
      offsetof(ngx_http_news_status_counts_t, given_up) },

    { ngx_string("news_problems_total"),
      ngx_string("counter"),
      ngx_string("Problems met when rendering, by kind."),
      ngx_http_news_problem_labels,
      offsetof(ngx_http_news_status_counts_t, problems) },

    { ngx_null_string, ngx_null_string, ngx_null_string, NULL, 0 }
};


static ngx_http_news_metric_t  ngx_http_news_seconds_metric = {
    ngx_string("news_render_seconds"),
    ngx_string("histogram"),
    ngx_string("How long renders took."),
    NULL,
    0
};


static ngx_http_news_bound_t  ngx_http_news_bounds[NGX_HTTP_NEWS_SECONDS] = {
    { ngx_string("le=\"0.0001\""), 100 },
    { ngx_string("le=\"0.00025\""), 250 },
    { ngx_string("le=\"0.0005\""), 500 },
    { ngx_string("le=\"0.001\""), 1000 },
    { ngx_string("le=\"0.0025\""), 2500 },
    { ngx_string("le=\"0.005\""), 5000 },
    { ngx_string("le=\"0.01\""), 10000 },
    { ngx_string("le=\"0.05\""), 50000 },
    { ngx_string("le=\"0.1\""), 100000 },
    { ngx_string("le=\"0.5\""), 500000 },
    { ngx_string("le=\"2\""), 2000000 },
    { ngx_string("le=\"+Inf\""), 0 }
};


static ngx_int_t
ngx_http_news_status_handler(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_buf_t               *b;
    ngx_chain_t              out;
    ngx_http_news_text_t     text;
    ngx_http_news_status_t   status;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_news_status_read(r, &status) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(&text, sizeof(ngx_http_news_text_t));

    ngx_http_news_status_write(&text, &status);

    b = ngx_create_temp_buf(r->pool, text.len);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.pos = b->last;

    ngx_http_news_status_write(&text, &status);

    b->last = text.pos;
    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    /*
     * The version is a part of the type: otherwise the charset filter,
     * which finds "text/plain" among its types, would cut it off.
     */

    ngx_str_set(&r->headers_out.content_type, "text/plain; version=0.0.4");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_str_set(&r->headers_out.charset, "utf-8");

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
ngx_http_news_status_read(ngx_http_request_t *r,
    ngx_http_news_status_t *status)
{
    ngx_http_news_zone_t         *zone;
    ngx_http_news_stats_t        *stats;
    ngx_http_news_main_conf_t    *nmcf;
    ngx_http_news_status_zone_t  *z;

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);

    ngx_memzero(status, sizeof(ngx_http_news_status_t));

    stats = ngx_http_news_stats(nmcf);

    if (stats) {
        ngx_http_news_status_count(stats, &status->counts);
    }

    for (zone = nmcf->zones; zone; zone = zone->next) {
        status->n++;
    }

    if (status->n == 0) {
        return NGX_OK;
    }

    z = ngx_palloc(r->pool, status->n * sizeof(ngx_http_news_status_zone_t));
    if (z == NULL) {
        return NGX_ERROR;
    }

    status->zones = z;

    for (zone = nmcf->zones; zone; zone = zone->next) {
        z->name = zone->name;
        news_cache_stats(&zone->cache, &z->stats);

        /* no numbers are better than zeros, which would be a restart */

        if (z->stats.size) {
            z++;
        }
    }

    status->n = z - status->zones;

    return NGX_OK;
}


static void
ngx_http_news_status_count(ngx_http_news_stats_t *stats,
    ngx_http_news_status_counts_t *counts)
{
    ngx_uint_t  i;

    counts->bypass = stats->bypass;
    counts->renders = stats->renders;
    counts->usec = stats->usec;
    counts->given_up = stats->given_up;

    for (i = 0; i < NGX_HTTP_NEWS_SECONDS; i++) {
        counts->seconds[i] = stats->seconds[i];
    }

    for (i = 0; i < NGX_HTTP_NEWS_PROBLEMS; i++) {
        counts->problems[i] = stats->problems[i];
    }
}


static void
ngx_http_news_status_write(ngx_http_news_text_t *text,
    ngx_http_news_status_t *status)
{
    ngx_uint_t               i;
    ngx_http_news_metric_t  *m;

    static ngx_str_t  none = ngx_null_string;
    static ngx_str_t  bypass = ngx_string("status=\"bypass\"");

    for (m = ngx_http_news_zone_metrics; m->name.len; m++) {
        ngx_http_news_status_head(text, m);

        for (i = 0; i < status->n; i++) {
            ngx_http_news_status_numbers(text, m, &status->zones[i].name,
                                         &status->zones[i].stats);
        }

        if (m == ngx_http_news_zone_metrics) {
            ngx_http_news_status_add(text, &m->name);
            ngx_http_news_status_label(text, &none, &bypass);
            ngx_http_news_status_number(text, status->counts.bypass);
        }
    }

    for (m = ngx_http_news_metrics; m->name.len; m++) {
        ngx_http_news_status_head(text, m);
        ngx_http_news_status_numbers(text, m, NULL, &status->counts);
    }

    ngx_http_news_status_seconds(text, &status->counts);
}


/* the count is what the buckets have, whatever is counted meanwhile */

static void
ngx_http_news_status_seconds(ngx_http_news_text_t *text,
    ngx_http_news_status_counts_t *counts)
{
    u_char       buf[NGX_INT64_LEN + sizeof(".000000\n")];
    uint64_t     n;
    ngx_str_t   *name, sum;
    ngx_uint_t   i;

    name = &ngx_http_news_seconds_metric.name;

    ngx_http_news_status_head(text, &ngx_http_news_seconds_metric);

    n = 0;

    for (i = 0; i < NGX_HTTP_NEWS_SECONDS; i++) {
        n += counts->seconds[i];

        ngx_http_news_status_add(text, name);
        ngx_http_news_status_addz(text, "_bucket");
        ngx_http_news_status_label(text, NULL, &ngx_http_news_bounds[i].le);
        ngx_http_news_status_number(text, n);
    }

    sum.data = buf;
    sum.len = ngx_sprintf(buf, "%uL.%06uL\n", counts->usec / 1000000,
                          counts->usec % 1000000)
              - buf;

    ngx_http_news_status_add(text, name);
    ngx_http_news_status_addz(text, "_sum ");
    ngx_http_news_status_add(text, &sum);

    ngx_http_news_status_add(text, name);
    ngx_http_news_status_addz(text, "_count");
    ngx_http_news_status_number(text, n);
}


static void
ngx_http_news_status_head(ngx_http_news_text_t *text,
    ngx_http_news_metric_t *metric)
{
    ngx_http_news_status_addz(text, "# HELP ");
    ngx_http_news_status_add(text, &metric->name);
    ngx_http_news_status_addz(text, " ");
    ngx_http_news_status_add(text, &metric->help);
    ngx_http_news_status_addz(text, "\n# TYPE ");
    ngx_http_news_status_add(text, &metric->name);
    ngx_http_news_status_addz(text, " ");
    ngx_http_news_status_add(text, &metric->type);
    ngx_http_news_status_addz(text, "\n");
}


static void
ngx_http_news_status_numbers(ngx_http_news_text_t *text,
    ngx_http_news_metric_t *metric, ngx_str_t *zone, void *base)
{
    uint64_t   *n;
    ngx_str_t  *label;

    n = (uint64_t *) ((u_char *) base + metric->offset);
    label = metric->labels;

    do {
        ngx_http_news_status_add(text, &metric->name);
        ngx_http_news_status_label(text, zone, label);
        ngx_http_news_status_number(text, *n++);

    } while (label && (++label)->len);
}


static void
ngx_http_news_status_label(ngx_http_news_text_t *text, ngx_str_t *zone,
    ngx_str_t *label)
{
    if (zone == NULL && label == NULL) {
        return;
    }

    ngx_http_news_status_addz(text, "{");

    if (zone) {
        ngx_http_news_status_addz(text, "zone=\"");
        ngx_http_news_status_escape(text, zone);
        ngx_http_news_status_addz(text, label ? "\"," : "\"");
    }

    if (label) {
        ngx_http_news_status_add(text, label);
    }

    ngx_http_news_status_addz(text, "}");
}


static void
ngx_http_news_status_number(ngx_http_news_text_t *text, uint64_t n)
{
    u_char     buf[NGX_INT64_LEN + sizeof(" \n")];
    ngx_str_t  s;

    s.data = buf;
    s.len = ngx_sprintf(buf, " %uL\n", n) - buf;

    ngx_http_news_status_add(text, &s);
}


/* the value of a label */

static void
ngx_http_news_status_escape(ngx_http_news_text_t *text, ngx_str_t *value)
{
    size_t     i;
    ngx_str_t  c;

    for (i = 0; i < value->len; i++) {
        c.len = 1;
        c.data = &value->data[i];

        if (*c.data == LF) {
            ngx_http_news_status_addz(text, "\\n");
            continue;
        }

        if (*c.data == '\\' || *c.data == '"') {
            ngx_http_news_status_addz(text, "\\");
        }

        ngx_http_news_status_add(text, &c);
    }
}


static void
ngx_http_news_status_add(ngx_http_news_text_t *text, ngx_str_t *s)
{
    if (text->pos) {
        text->pos = ngx_cpymem(text->pos, s->data, s->len);

    } else {
        text->len += s->len;
    }
}


static void
ngx_http_news_status_addz(ngx_http_news_text_t *text, const char *s)
{
    ngx_str_t  str;

    str.len = ngx_strlen(s);
    str.data = (u_char *) s;

    ngx_http_news_status_add(text, &str);
}


/* called when a page is made, in the worker's own thread or another one */

void
ngx_http_news_count_render(ngx_http_news_stats_t *stats, uint64_t usec,
    ngx_uint_t given_up)
{
    ngx_uint_t  i;

    if (stats == NULL) {
        return;
    }

    for (i = 0; i < NGX_HTTP_NEWS_SECONDS - 1; i++) {
        if (usec <= ngx_http_news_bounds[i].usec) {
            break;
        }
    }

    (void) ngx_atomic_fetch_add(&stats->renders, 1);
    (void) ngx_atomic_fetch_add(&stats->usec, (ngx_atomic_int_t) usec);
    (void) ngx_atomic_fetch_add(&stats->seconds[i], 1);

    if (given_up) {
        (void) ngx_atomic_fetch_add(&stats->given_up, 1);
    }
}


char *
ngx_http_news_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler == ngx_http_news_status_handler) {
        return "is duplicate";
    }

    clcf->handler = ngx_http_news_status_handler;

    return NGX_CONF_OK;
}
