
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/* qualities in thousandths by coding, and that of "*"; -1: not named */

typedef struct {
    ngx_int_t                  q[NEWS_CODINGS];
    ngx_int_t                  any;
} ngx_http_news_qualities_t;


typedef struct {
    ngx_str_t                  name;
    news_coding_e              coding;
} ngx_http_news_coding_name_t;


/* the beginning of what the sub module keeps in a location */

typedef struct {
    ngx_uint_t                 dynamic;
    ngx_array_t               *pairs;
    void                      *tables;
    ngx_hash_t                 types;
    ngx_flag_t                 once;
} ngx_http_news_sub_conf_t;


typedef struct {
    char                      *module;
    char                      *command;
    char                    *(*set)(ngx_conf_t *cf, ngx_command_t *cmd,
                                    void *conf);
    ngx_http_news_changer_e    type;
} ngx_http_news_changer_name_t;


static char *ngx_http_news_add_coding(ngx_conf_t *cf,
    ngx_http_news_codings_t *codings, ngx_str_t *name);
static ngx_http_news_coding_name_t *ngx_http_news_find_coding(u_char *p,
    size_t len);
static void ngx_http_news_accepted(ngx_http_request_t *r,
    ngx_http_news_qualities_t *qs);
static void ngx_http_news_accept_encoding(void *data, u_char *p,
    u_char *last);
static void ngx_http_news_accept_coding(ngx_http_news_qualities_t *qs,
    u_char *p, u_char *last);
static ngx_int_t ngx_http_news_weight(u_char *p, u_char *last);
static ngx_int_t ngx_http_news_qvalue(u_char *p, u_char *last);
static ngx_uint_t ngx_http_news_rank(ngx_http_news_qualities_t *qs,
    ngx_http_news_codings_t *codings, news_coding_e *list);
static ngx_uint_t ngx_http_news_gzip_ok(ngx_http_request_t *r);
static ngx_module_t *ngx_http_news_find_module(ngx_conf_t *cf, char *name);
static void ngx_http_news_add_changer(ngx_http_news_changers_t *changers,
    ngx_module_t *module, ngx_http_news_changer_name_t *name);


static ngx_http_news_codings_t  ngx_http_news_gzip =
    { 1, { NEWS_GZIP } };

static ngx_http_news_codings_t  ngx_http_news_br_gzip =
    { 2, { NEWS_BR, NEWS_GZIP } };


/* names in requests; one of no letters but "*" stands for the others */

static ngx_http_news_coding_name_t  ngx_http_news_coding_names[] = {
    { ngx_string("gzip"), NEWS_GZIP },
    { ngx_string("br"), NEWS_BR },
    { ngx_string("zstd"), NEWS_ZSTD },
    { ngx_string("x-gzip"), NEWS_GZIP },
    { ngx_string("identity"), NEWS_IDENTITY },
    { ngx_string("*"), NEWS_CODINGS },
    { ngx_null_string, NEWS_CODINGS }
};


/* what a coding takes to be built in, by coding */

static char  *ngx_http_news_coding_packages[] = {
    "", "zlib1g-dev", "libbrotli-dev", "libzstd-dev"
};


static ngx_http_news_changer_name_t  ngx_http_news_changer_names[] = {

    { "ngx_http_ssi_filter_module", "ssi",
      ngx_conf_set_flag_slot, NGX_HTTP_NEWS_CHANGER_FLAG },

    { "ngx_http_addition_filter_module", "add_before_body",
      ngx_conf_set_str_slot, NGX_HTTP_NEWS_CHANGER_STR },

    { "ngx_http_addition_filter_module", "add_after_body",
      ngx_conf_set_str_slot, NGX_HTTP_NEWS_CHANGER_STR },

    /* "sub_filter" itself has no offset */

    { "ngx_http_sub_filter_module", "sub_filter_once",
      ngx_conf_set_flag_slot, NGX_HTTP_NEWS_CHANGER_PTR }
};


char *
ngx_http_news_compress(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    char                      *rv;
    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_news_codings_t  **codings;

    codings = (ngx_http_news_codings_t **) (p + cmd->offset);

    if (*codings != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    *codings = ngx_pcalloc(cf->pool, sizeof(ngx_http_news_codings_t));
    if (*codings == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        rv = ngx_http_news_add_coding(cf, *codings, &value[i]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_news_add_coding(ngx_conf_t *cf, ngx_http_news_codings_t *codings,
    ngx_str_t *name)
{
    ngx_uint_t     i;
    news_coding_e  coding;

    if (ngx_strcmp(name->data, "off") == 0) {
        return "has \"off\" beside other parameters";
    }

    for (coding = NEWS_GZIP; coding < NEWS_CODINGS; coding++) {
        if (news_str_eq(news_pack_name(coding),
                        news_str_n(name->data, name->len)))
        {
            break;
        }
    }

    if (coding == NEWS_CODINGS) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown coding \"%V\" in \"news_compress\", "
                           "there are \"br\", \"zstd\" and \"gzip\"", name);
        return NGX_CONF_ERROR;
    }

    if (!news_pack_has(coding)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "coding \"%V\" in \"news_compress\" was not built "
                           "in, its library was not found; install the "
                           "Debian package %s and build the module again",
                           name, ngx_http_news_coding_packages[coding]);
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < codings->n; i++) {
        if (codings->list[i] == coding) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate coding \"%V\" in "
                               "\"news_compress\"", name);
            return NGX_CONF_ERROR;
        }
    }

    codings->list[codings->n++] = coding;

    return NGX_CONF_OK;
}


ngx_http_news_codings_t *
ngx_http_news_default_codings(void)
{
    return news_pack_has(NEWS_BR) ? &ngx_http_news_br_gzip
                                  : &ngx_http_news_gzip;
}


/*
 * Without an Accept-Encoding header any coding would be allowed, and clients
 * that send none are those that know none.
 */

ngx_uint_t
ngx_http_news_encodings(ngx_http_request_t *r,
    ngx_http_news_codings_t *codings, news_coding_e *list)
{
    ngx_uint_t                 n;
    ngx_http_news_qualities_t  qs;

    n = 0;

    if (ngx_http_news_has_encodings(r, codings)) {
        ngx_http_news_accepted(r, &qs);
        n = ngx_http_news_rank(&qs, codings, list);

        if (n && !ngx_http_news_gzip_ok(r)) {
            n = 0;
        }
    }

    list[n++] = NEWS_IDENTITY;

    return n;
}


ngx_uint_t
ngx_http_news_has_encodings(ngx_http_request_t *r,
    ngx_http_news_codings_t *codings)
{
    return r == r->main && codings->n && !ngx_http_news_is_changed(r);
}


static void
ngx_http_news_accepted(ngx_http_request_t *r, ngx_http_news_qualities_t *qs)
{
    ngx_uint_t  i;

    static ngx_str_t  accept = ngx_string("Accept-Encoding");

    for (i = 0; i < NEWS_CODINGS; i++) {
        qs->q[i] = -1;
    }

    qs->any = -1;

    ngx_http_news_each_value(r, &accept, ngx_http_news_accept_encoding, qs);
}


static void
ngx_http_news_accept_encoding(void *data, u_char *p, u_char *last)
{
    ngx_http_news_qualities_t *qs = data;

    u_char  *end;

    for ( /* void */ ; p < last; p = end + 1) {

        while (p < last && (*p == ' ' || *p == '\t' || *p == ',')) {
            p++;
        }

        for (end = p; end < last && *end != ','; end++) { /* void */ }

        ngx_http_news_accept_coding(qs, p, end);
    }
}


/* of a coding that is named twice the lower quality counts */

static void
ngx_http_news_accept_coding(ngx_http_news_qualities_t *qs, u_char *p,
    u_char *last)
{
    u_char                       *end;
    ngx_int_t                     q, *place;
    ngx_http_news_coding_name_t  *name;

    for (end = p; end < last && *end != ';' && *end != ' ' && *end != '\t';
         end++)
    {
        /* void */
    }

    name = ngx_http_news_find_coding(p, end - p);

    if (name == NULL) {
        return;
    }

    q = ngx_http_news_weight(end, last);

    place = (name->coding == NEWS_CODINGS) ? &qs->any : &qs->q[name->coding];

    if (*place == -1 || q < *place) {
        *place = q;
    }
}


static ngx_http_news_coding_name_t *
ngx_http_news_find_coding(u_char *p, size_t len)
{
    ngx_http_news_coding_name_t  *name;

    for (name = ngx_http_news_coding_names; name->name.len; name++) {
        if (name->name.len == len
            && ngx_strncasecmp(name->name.data, p, len) == 0)
        {
            return name;
        }
    }

    return NULL;
}


/* what follows the name: nothing, or parameters of which "q" is known */

static ngx_int_t
ngx_http_news_weight(u_char *p, u_char *last)
{
    while (p < last) {

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        if (p == last) {
            break;
        }

        if (*p++ != ';') {
            return 0;
        }

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        if (p < last && (*p == 'q' || *p == 'Q')) {
            return ngx_http_news_qvalue(p + 1, last);
        }

        while (p < last && *p != ';') {
            p++;
        }
    }

    return 1000;
}


/* "=0.5" to 500; anything that is no quality is a refusal, as in core */

static ngx_int_t
ngx_http_news_qvalue(u_char *p, u_char *last)
{
    ngx_int_t  q, unit;

    if (last - p < 2 || p[0] != '=' || (p[1] != '0' && p[1] != '1')) {
        return 0;
    }

    q = (p[1] - '0') * 1000;
    p += 2;

    if (p < last && *p == '.') {
        p++;

        for (unit = 100; unit && p < last && *p >= '0' && *p <= '9';
             unit /= 10)
        {
            q += (*p++ - '0') * unit;
        }
    }

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    if (q > 1000 || (p < last && *p != ';')) {
        return 0;
    }

    return q;
}


/* in order of quality; of equal ones, in the order configured */

static ngx_uint_t
ngx_http_news_rank(ngx_http_news_qualities_t *qs,
    ngx_http_news_codings_t *codings, news_coding_e *list)
{
    ngx_int_t   q, least, ranks[NEWS_CODINGS];
    ngx_uint_t  i, k, n;

    n = 0;
    least = ngx_max(qs->q[NEWS_IDENTITY], 1);

    for (i = 0; i < codings->n; i++) {
        q = qs->q[codings->list[i]];

        if (q == -1) {
            q = qs->any;
        }

        if (q < least) {
            continue;
        }

        for (k = n++; k && ranks[k - 1] < q; k--) {
            ranks[k] = ranks[k - 1];
            list[k] = list[k - 1];
        }

        ranks[k] = q;
        list[k] = codings->list[i];
    }

    return n;
}


#if (NGX_HTTP_GZIP)

/*
 * gzip_http_version, gzip_proxied and gzip_disable: all that core asks but
 * the coding.  What it asks of the answer is known before that is made: it
 * will have Last-Modified, and ETag where they are on.
 */

static ngx_uint_t
ngx_http_news_gzip_ok(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_uint_t                 tested, ok;
    ngx_table_elt_t           *encoding, *modified, *etag, gzip;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    ngx_memzero(&gzip, sizeof(ngx_table_elt_t));
    ngx_str_set(&gzip.value, "gzip,");

    tested = r->gzip_tested;
    ok = r->gzip_ok;
    encoding = r->headers_in.accept_encoding;
    modified = r->headers_out.last_modified;
    etag = r->headers_out.etag;

    r->headers_in.accept_encoding = &gzip;
    r->headers_out.last_modified = &gzip;
    r->headers_out.etag = clcf->etag ? &gzip : NULL;

    rc = ngx_http_gzip_ok(r);

    r->gzip_tested = tested;
    r->gzip_ok = ok;
    r->headers_in.accept_encoding = encoding;
    r->headers_out.last_modified = modified;
    r->headers_out.etag = etag;

    return rc == NGX_OK;
}


#else

static ngx_uint_t
ngx_http_news_gzip_ok(ngx_http_request_t *r)
{
    return r->http_version >= NGX_HTTP_VERSION_11;
}


#endif


/*
 * The modules may be absent or dynamic, so they are asked for by name, and
 * where they keep what by their directives.
 */

ngx_int_t
ngx_http_news_init_changers(ngx_conf_t *cf)
{
    size_t                      i, n;
    ngx_module_t               *module;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);

    n = sizeof(ngx_http_news_changer_names)
        / sizeof(ngx_http_news_changer_name_t);

    for (i = 0; i < n; i++) {
        module = ngx_http_news_find_module(cf,
                                     ngx_http_news_changer_names[i].module);
        if (module != NULL) {
            ngx_http_news_add_changer(&nmcf->changers, module,
                                      &ngx_http_news_changer_names[i]);
        }
    }

    return NGX_OK;
}


static ngx_module_t *
ngx_http_news_find_module(ngx_conf_t *cf, char *name)
{
    ngx_uint_t  i;

    for (i = 0; cf->cycle->modules[i]; i++) {
        if (cf->cycle->modules[i]->type == NGX_HTTP_MODULE
            && ngx_strcmp(cf->cycle->modules[i]->name, name) == 0)
        {
            return cf->cycle->modules[i];
        }
    }

    return NULL;
}


/* a module that is not as we know it may change any page */

static void
ngx_http_news_add_changer(ngx_http_news_changers_t *changers,
    ngx_module_t *module, ngx_http_news_changer_name_t *name)
{
    ngx_command_t            *cmd;
    ngx_http_news_changer_t  *changer;

    changer = &changers->list[changers->n++];

    changer->ctx_index = module->ctx_index;
    changer->type = NGX_HTTP_NEWS_CHANGER_ANY;

    for (cmd = module->commands; cmd && cmd->name.len; cmd++) {

        if (ngx_strcmp(cmd->name.data, name->command) != 0) {
            continue;
        }

        if (cmd->set != name->set || cmd->conf != NGX_HTTP_LOC_CONF_OFFSET) {
            return;
        }

        changer->offset = cmd->offset;

        if (name->type == NGX_HTTP_NEWS_CHANGER_PTR) {

            if (cmd->offset != offsetof(ngx_http_news_sub_conf_t, once)) {
                return;
            }

            changer->offset = offsetof(ngx_http_news_sub_conf_t, pairs);
        }

        changer->type = name->type;

        return;
    }
}


/* they all take text/html, whatever other types they are told of */

ngx_uint_t
ngx_http_news_is_changed(ngx_http_request_t *r)
{
    u_char                     *p;
    ngx_uint_t                  i, changed;
    ngx_http_news_changer_t    *changer;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_news_module);

    for (i = 0; i < nmcf->changers.n; i++) {
        changer = &nmcf->changers.list[i];
        p = (u_char *) r->loc_conf[changer->ctx_index] + changer->offset;

        switch (changer->type) {

        case NGX_HTTP_NEWS_CHANGER_FLAG:
            changed = (*(ngx_flag_t *) p != 0);
            break;

        case NGX_HTTP_NEWS_CHANGER_STR:
            changed = (((ngx_str_t *) p)->len != 0);
            break;

        case NGX_HTTP_NEWS_CHANGER_PTR:
            changed = (*(void **) p != NULL);
            break;

        default: /* NGX_HTTP_NEWS_CHANGER_ANY */
            changed = 1;
        }

        if (changed) {
            return 1;
        }
    }

    return 0;
}
