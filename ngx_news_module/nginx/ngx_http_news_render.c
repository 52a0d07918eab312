
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


#define NGX_HTTP_NEWS_MAX_TIME  2000000    /* microseconds */

/* gzip up to this size comes with the page, larger ones afterwards */

#define NGX_HTTP_NEWS_MAX_PACK  (1024 * 1024)


static ngx_int_t ngx_http_news_site_url(ngx_http_request_t *r,
    ngx_http_news_loc_conf_t *nlcf, news_str_t *url);
static ngx_int_t ngx_http_news_render(ngx_http_news_job_t *job);
static void ngx_http_news_set_info(ngx_http_news_job_t *job);
static ngx_int_t ngx_http_news_charset(ngx_http_news_job_t *job);
static ngx_int_t ngx_http_news_decodes(ngx_http_news_job_t *job,
    ngx_http_news_charset_t *charset);
static int ngx_http_news_expired(void *data);


ngx_int_t
ngx_http_news_create_job(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    u_char                     *p, *last;
    ngx_uint_t                  i;
    ngx_http_news_job_t        *job;
    ngx_http_news_loc_conf_t   *nlcf;
    ngx_http_news_main_conf_t  *nmcf;

    nlcf = ctx->conf;

    job = ngx_pcalloc(r->pool, sizeof(ngx_http_news_job_t));
    if (job == NULL) {
        return NGX_ERROR;
    }

    job->ctx = ctx;
    job->form = ctx->form;
    job->fd = ctx->of.fd;
    job->max_size = nlcf->max_size;
    job->limit = NGX_HTTP_NEWS_MAX_TIME;
    job->charsets = nlcf->charsets;
    job->info.checked = ngx_time();
    job->options = nlcf->options;

    if (ctx->meta || ctx->form == NGX_HTTP_NEWS_PLAIN
        || ctx->form == NGX_HTTP_NEWS_MARKDOWN)
    {
        job->options.output = NEWS_OUTPUT_META;

    } else if (ctx->form == NGX_HTTP_NEWS_JSON) {
        job->options.output = NEWS_OUTPUT_JSON;
    }

    if (ctx->keyed && !ctx->meta && ctx->status != NGX_HTTP_NEWS_BYPASS) {
        job->zone = nlcf->zone;
        job->key = ctx->key;
        job->packed_key = ngx_http_news_coding_key(ctx, NEWS_GZIP);
    }

    for (i = 0; i < ctx->n_codings; i++) {
        if (ctx->codings[i] == NEWS_GZIP && job->zone) {
            job->pack = NGX_HTTP_NEWS_MAX_PACK;
        }
    }

    if (nlcf->host.len
        && ngx_http_news_site_url(r, nlcf, &job->options.site_url) != NGX_OK)
    {
        return NGX_ERROR;
    }

    last = ctx->path.data + ctx->path.len;

    for (p = last; p > ctx->path.data && p[-1] != '/'; p--) { /* void */ }

    job->source.name = news_str_n(p, last - p);
    job->source.url = news_str_n(ctx->uri.data, ctx->uri.len);

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);

    job->arena = ngx_http_news_get_arena(nmcf);
    if (job->arena == NULL) {
        return NGX_ERROR;
    }

    ctx->job = job;

    return NGX_OK;
}


/* may run in a thread, and touches nothing but the job */

void
ngx_http_news_run_job(void *data)
{
    ngx_http_news_job_t *job = data;

    job->over = 0;
    job->settled = 0;

    if (ngx_http_news_read(job) != NGX_OK
        || ngx_http_news_render(job) != NGX_OK)
    {
        return;
    }

    if (job->over && job->trial) {
        return;
    }

    ngx_http_news_set_info(job);
    ngx_http_news_verify(job);
    ngx_http_news_store(job);
}


static ngx_int_t
ngx_http_news_render(ngx_http_news_job_t *job)
{
    uint64_t               start;
    news_rc_e              rc;
    ngx_http_news_clock_t  clock;

    job->source.text = job->text;

    start = ngx_http_news_usec(CLOCK_MONOTONIC);

    ngx_http_news_set_clock(job->arena, &clock, job->limit);

    rc = news_render(job->arena, &job->options, &job->source, &job->page);

    news_arena_set_expired(job->arena, NULL, NULL);

    job->usec = ngx_http_news_usec(CLOCK_MONOTONIC) - start;
    job->over = clock.over;

    if (rc == NEWS_DECLINED) {
        job->rc = NGX_DECLINED;
        return NGX_DECLINED;
    }

    if (rc == NEWS_ERROR
        || news_fields_write(job->arena, &job->page, &job->fields) != 0
        || ngx_http_news_charset(job) != NGX_OK)
    {
        job->rc = NGX_ERROR;
        return NGX_ERROR;
    }

    job->content = job->page.content;

    if (job->form == NGX_HTTP_NEWS_PLAIN
        || job->form == NGX_HTTP_NEWS_MARKDOWN)
    {
        job->content = job->text;
    }

    return NGX_OK;
}


static void
ngx_http_news_set_info(ngx_http_news_job_t *job)
{
    int                    rc;
    news_meta_t           *meta;
    ngx_http_news_info_t  *info;
    ngx_http_news_clock_t  clock;

    info = &job->info;
    meta = &job->page.meta;

    info->date = meta->date.time;
    info->expires = meta->expires.time;
    info->malformed = job->page.malformed;
    info->draft = meta->draft;
    info->gone = meta->gone;
    info->html = (meta->format == NEWS_BODY_HTML);

    ngx_http_news_set_etag(info->etag, job->content);

    if (job->pack == 0 || job->content.len > job->pack) {
        return;
    }

    ngx_http_news_set_clock(job->arena, &clock, job->limit);

    rc = news_pack(job->arena, NEWS_GZIP, NEWS_PACK_QUICK, job->content,
                   &job->packed);

    news_arena_set_expired(job->arena, NULL, NULL);

    if (rc == 0) {
        ngx_http_news_set_etag(job->etag, job->packed);

    } else {
        job->packed.len = 0;
        job->bare = (rc > 0);
    }
}


/* strong, and of the bytes alone (RFC 9110, section 8.8.3) */

void
ngx_http_news_set_etag(u_char *etag, news_str_t content)
{
    etag[0] = '"';
    news_hash_hex(etag + 1, content);
    etag[NGX_HTTP_NEWS_ETAG_LEN - 1] = '"';
}


/* the encoding of a file as it is: the one the page was decoded from */

static ngx_int_t
ngx_http_news_charset(ngx_http_news_job_t *job)
{
    ngx_int_t                  rc;
    ngx_uint_t                 i;
    ngx_http_news_charsets_t  *charsets;

    charsets = job->charsets;

    if (charsets == NULL || job->form == NGX_HTTP_NEWS_PAGE
        || job->form == NGX_HTTP_NEWS_JSON)
    {
        return NGX_OK;
    }

    for (i = 0; i < charsets->n - 1; i++) {
        rc = ngx_http_news_decodes(job, &charsets->names[i]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_OK) {
            break;
        }
    }

    job->info.charset = (uint16_t) i;

    return NGX_OK;
}


/* with a list of one encoding, what does not decode becomes U+FFFD */

static ngx_int_t
ngx_http_news_decodes(ngx_http_news_job_t *job,
    ngx_http_news_charset_t *charset)
{
    u_char             *p, *last;
    ngx_int_t           rc;
    news_str_t          out;
    news_arena_mark_t   mark;

    rc = NGX_DECLINED;

    news_arena_mark(job->arena, &mark);

    if (news_charsets_decode(charset->alone, job->arena, job->text, &out)
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

    } else if (news_arena_state(job->arena) == NEWS_ARENA_NOMEM) {
        rc = NGX_ERROR;
    }

    news_arena_release(job->arena, &mark);

    return rc;
}


/*
 * The name is of the configuration, and scheme and port are of the socket the
 * client came to: nothing is taken from the request.
 */

static ngx_int_t
ngx_http_news_site_url(ngx_http_request_t *r, ngx_http_news_loc_conf_t *nlcf,
    news_str_t *url)
{
    u_char      *p, *data;
    ngx_str_t    scheme;
    ngx_uint_t   port, https;

    port = ngx_http_news_port(r, &https);

    if (https) {
        ngx_str_set(&scheme, "https://");

    } else {
        ngx_str_set(&scheme, "http://");
    }

    data = ngx_pnalloc(r->pool, scheme.len + nlcf->host.len
                                + sizeof(":65535") - 1);
    if (data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(data, "%V%V", &scheme, &nlcf->host);

    if (port) {
        p = ngx_sprintf(p, ":%ui", port);
    }

    *url = news_str_n(data, p - data);

    return NGX_OK;
}


/* 0 is the scheme's own; that of a wildcard is known without its address */

ngx_uint_t
ngx_http_news_port(ngx_http_request_t *r, ngx_uint_t *https)
{
    ngx_uint_t         port;
    ngx_connection_t  *c;

    c = r->connection;

    *https = 0;
    port = ngx_inet_get_port(c->local_sockaddr);

#if (NGX_HTTP_SSL)

    if (c->ssl) {
        *https = 1;
        return (port == 443) ? 0 : port;
    }

#endif

    return (port == 80) ? 0 : port;
}


void
ngx_http_news_set_clock(news_arena_t *arena, ngx_http_news_clock_t *clock,
    uint64_t limit)
{
    clock->over = 0;
    clock->background = 0;
    clock->stopped = 0;
    clock->wall = ngx_http_news_usec(CLOCK_MONOTONIC) + limit;
    clock->end = ngx_http_news_usec(CLOCK_THREAD_CPUTIME_ID) + limit;

    news_arena_set_expired(arena, ngx_http_news_expired, clock);
}


uint64_t
ngx_http_news_usec(clockid_t id)
{
    struct timespec  ts;

    if (clock_gettime(id, &ts) == -1) {
        return 0;
    }

    return (uint64_t) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}


static int
ngx_http_news_expired(void *data)
{
    ngx_http_news_clock_t *clock = data;

    uint64_t  now, used;

    /* a worker that was told to go waits for requests alone */

    if (clock->background && (ngx_exiting || ngx_terminate)) {
        clock->stopped = 1;
        return 1;
    }

    now = ngx_http_news_usec(CLOCK_MONOTONIC);

    if (now < clock->wall) {
        return 0;
    }

    used = ngx_http_news_usec(CLOCK_THREAD_CPUTIME_ID);

    if (used >= clock->end) {
        clock->over = 1;
        return 1;
    }

    clock->wall = now + (clock->end - used);

    return 0;
}
