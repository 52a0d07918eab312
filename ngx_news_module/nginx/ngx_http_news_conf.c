
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


#define NGX_HTTP_NEWS_MAX_TEMPLATE  (1024 * 1024)


typedef struct {
    ngx_conf_t                *cf;
    ngx_http_news_template_t  *template;
} ngx_http_news_loader_t;


static ngx_http_news_template_t *ngx_http_news_compile(ngx_conf_t *cf,
    ngx_str_t *name);
static ngx_int_t ngx_http_news_compile_text(ngx_conf_t *cf,
    ngx_http_news_template_t *t, ngx_str_t *text, ngx_str_t *file);
static int ngx_http_news_load_partial(void *data, news_str_t name,
    news_str_t *text, news_str_t *file);
static void ngx_http_news_conf_problem(ngx_conf_t *cf, ngx_uint_t level,
    news_problem_t *problem);
static ngx_uint_t ngx_http_news_host_name(ngx_str_t *name);


char *
ngx_http_news_suffix(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_news_loc_conf_t *nlcf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i;

    if (nlcf->suffixes != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    /* the last one stays empty */

    nlcf->suffixes = ngx_pcalloc(cf->pool,
                                 cf->args->nelts * sizeof(ngx_str_t));
    if (nlcf->suffixes == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (value[i].len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "empty file-name ending in \"news_suffix\"");
            return NGX_CONF_ERROR;
        }

        nlcf->suffixes[i - 1] = value[i];
    }

    return NGX_CONF_OK;
}


char *
ngx_http_news_template(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_news_loc_conf_t *nlcf = conf;

    ngx_str_t  *value, name;

    if (nlcf->template != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "default") == 0) {
        nlcf->template = ngx_http_news_default_template(cf);

    } else {
        name = value[1];

        if (name.len == 0) {
            return "has no file name";
        }

        if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        nlcf->template = ngx_http_news_compile(cf, &name);
    }

    return (nlcf->template == NULL) ? NGX_CONF_ERROR : NGX_CONF_OK;
}


ngx_http_news_template_t *
ngx_http_news_default_template(ngx_conf_t *cf)
{
    ngx_str_t  name;

    ngx_str_null(&name);

    return ngx_http_news_compile(cf, &name);
}


static ngx_http_news_template_t *
ngx_http_news_compile(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_int_t                   rc;
    ngx_str_t                   file, text;
    news_str_t                  theme;
    ngx_http_news_template_t   *t;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);

    for (t = nmcf->templates; t; t = t->next) {
        if (t->name.len == name->len
            && (name->len == 0
                || ngx_strncmp(t->name.data, name->data, name->len) == 0))
        {
            return t;
        }
    }

    t = ngx_pcalloc(cf->pool, sizeof(ngx_http_news_template_t));
    if (t == NULL) {
        return NULL;
    }

    if (name->len) {
        file = *name;

        rc = ngx_http_news_read_file(cf, &file, NGX_HTTP_NEWS_MAX_TEMPLATE,
                                     &text, &t->mtime);
        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, NGX_ENOENT,
                               ngx_open_file_n " \"%V\" failed", &file);
        }

        if (rc != NGX_OK) {
            return NULL;
        }

    } else {
        ngx_str_set(&file, "default.mustache");

        if (news_theme(news_str("default"), &theme) != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "there is no built-in template");
            return NULL;
        }

        text.data = (u_char *) theme.data;
        text.len = theme.len;
    }

    t->name = *name;

    if (ngx_http_news_compile_text(cf, t, &text, &file) != NGX_OK) {
        return NULL;
    }

    t->next = nmcf->templates;
    nmcf->templates = t;

    return t;
}


static ngx_int_t
ngx_http_news_compile_text(ngx_conf_t *cf, ngx_http_news_template_t *t,
    ngx_str_t *text, ngx_str_t *file)
{
    ngx_uint_t                  level;
    news_problem_t             *problem;
    news_problems_t             problems;
    ngx_http_news_loader_t      loader;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);

    loader.cf = cf;
    loader.template = t;

    t->digest = ngx_http_news_digest(t->digest, text);

    news_problems_init(&problems, nmcf->arena);

    t->template = news_template_compile(nmcf->arena,
                                        news_str_n(text->data, text->len),
                                        news_str_n(file->data, file->len),
                                        ngx_http_news_load_partial, &loader,
                                        &problems);

    for (problem = problems.first; problem; problem = problem->next) {
        level = (problem->kind == NEWS_PROBLEM_PARTIAL) ? NGX_LOG_WARN
                                                        : NGX_LOG_EMERG;
        ngx_http_news_conf_problem(cf, level, problem);
    }

    if (t->template == NULL) {
        if (problems.first == NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "could not compile template \"%V\"", file);
        }

        return NGX_ERROR;
    }

    return NGX_OK;
}


/* beside the template, else of the built-in theme */

static int
ngx_http_news_load_partial(void *data, news_str_t name, news_str_t *text,
    news_str_t *file)
{
    ngx_http_news_loader_t *loader = data;

    u_char                    *p;
    time_t                     mtime;
    ngx_int_t                  rc;
    ngx_str_t                  path, bytes;
    ngx_uint_t                 i;
    ngx_http_news_template_t  *t;

    static ngx_str_t  endings[] = {
        ngx_string(".mustache"),
        ngx_string(".html")
    };

    t = loader->template;

    if (t->name.len) {

        for (p = t->name.data + t->name.len;
             p > t->name.data && p[-1] != '/';
             p--)
        {
            /* void: with no prefix there may be no slash */
        }

        for (i = 0; i < 2; i++) {
            path.len = (p - t->name.data) + name.len + endings[i].len;
            path.data = ngx_pnalloc(loader->cf->pool, path.len + 1);
            if (path.data == NULL) {
                return -1;
            }

            ngx_sprintf(path.data, "%*s%*s%V%Z",
                        (size_t) (p - t->name.data), t->name.data,
                        name.len, name.data, &endings[i]);

            rc = ngx_http_news_read_file(loader->cf, &path,
                                         NGX_HTTP_NEWS_MAX_TEMPLATE, &bytes,
                                         &mtime);
            if (rc == NGX_DECLINED) {
                continue;
            }

            if (rc != NGX_OK) {
                return -1;
            }

            t->mtime = ngx_max(t->mtime, mtime);
            t->digest = ngx_http_news_digest(t->digest, &bytes);

            *text = news_str_n(bytes.data, bytes.len);
            *file = news_str_n(path.data, path.len);

            return 0;
        }
    }

    *file = name;

    if (news_theme(name, text) != 0) {
        return 1;
    }

    bytes.data = (u_char *) text->data;
    bytes.len = text->len;

    t->digest = ngx_http_news_digest(t->digest, &bytes);

    return 0;
}


/* texts in the order they are read, which their names follow from */

uint64_t
ngx_http_news_digest(uint64_t digest, ngx_str_t *text)
{
    uint64_t  hash[2];

    news_hash128(hash, digest, news_str_n(text->data, text->len));

    return hash[0];
}


static void
ngx_http_news_conf_problem(ngx_conf_t *cf, ngx_uint_t level,
    news_problem_t *problem)
{
    ngx_str_t  file, text;

    file.len = problem->file.len;
    file.data = (u_char *) problem->file.data;

    text.len = problem->text.len;
    text.data = (u_char *) problem->text.data;

    ngx_conf_log_error(level, cf, 0, "%V in %V:%ui",
                       &text, &file, (ngx_uint_t) problem->line);
}


ngx_int_t
ngx_http_news_read_file(ngx_conf_t *cf, ngx_str_t *name, size_t max,
    ngx_str_t *text, time_t *mtime)
{
    ssize_t          n;
    ngx_fd_t         fd;
    ngx_int_t        rc;
    ngx_file_t       file;
    ngx_file_info_t  fi;

    fd = ngx_open_file(name->data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        if (ngx_errno == NGX_ENOENT || ngx_errno == NGX_ENOTDIR) {
            return NGX_DECLINED;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    ngx_memzero(&file, sizeof(ngx_file_t));

    file.fd = fd;
    file.name = *name;
    file.log = cf->log;

    rc = NGX_ERROR;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", name);
        goto done;
    }

    if (!ngx_is_file(&fi)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is not a regular file", name);
        goto done;
    }

    if (ngx_file_size(&fi) > (off_t) max) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is larger than %uz bytes", name, max);
        goto done;
    }

    text->len = (size_t) ngx_file_size(&fi);
    text->data = ngx_pnalloc(cf->pool, text->len + 1);
    if (text->data == NULL) {
        goto done;
    }

    n = ngx_read_file(&file, text->data, text->len, 0);

    if (n == NGX_ERROR || (size_t) n != text->len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, (n == NGX_ERROR) ? ngx_errno : 0,
                           ngx_read_file_n " \"%V\" failed", name);
        goto done;
    }

    *mtime = ngx_file_mtime(&fi);

    rc = NGX_OK;

done:

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, cf->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", name);
    }

    return rc;
}


char *
ngx_http_news_source_charset(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_news_loc_conf_t *nlcf = conf;

    size_t                      bad;
    ngx_str_t                  *value;
    news_str_t                 *names;
    ngx_uint_t                  i, n;
    ngx_http_news_charsets_t   *charsets;
    ngx_http_news_main_conf_t  *nmcf;

    if (nlcf->charsets != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);

    value = cf->args->elts;
    value++;

    n = cf->args->nelts - 1;

    names = ngx_palloc(cf->temp_pool, n * sizeof(news_str_t));
    if (names == NULL) {
        return NGX_CONF_ERROR;
    }

    charsets = ngx_palloc(cf->pool, sizeof(ngx_http_news_charsets_t));
    if (charsets == NULL) {
        return NGX_CONF_ERROR;
    }

    charsets->names = ngx_palloc(cf->pool,
                                 n * sizeof(ngx_http_news_charset_t));
    if (charsets->names == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < n; i++) {
        names[i] = news_str_n(value[i].data, value[i].len);

        charsets->names[i].name = value[i];
        charsets->names[i].alone = news_charsets_create(nmcf->arena,
                                                        &names[i], 1, &bad);

        if (charsets->names[i].alone == NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s charset \"%V\"",
                               (bad == 0) ? "unknown" : "no memory for",
                               &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    charsets->n = n;
    charsets->list = news_charsets_create(nmcf->arena, names, n, &bad);

    if (charsets->list == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "no memory for charsets");
        return NGX_CONF_ERROR;
    }

    nlcf->charsets = charsets;

    return NGX_CONF_OK;
}


/* BCP 47: subtags of one to eight letters and digits, the first of letters */

char *
ngx_http_news_check_lang(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t *lang = data;

    u_char      c;
    size_t      len;
    ngx_uint_t  i, first;

    len = 0;
    first = 1;

    for (i = 0; i < lang->len; i++) {
        c = lang->data[i];

        if (c == '-' && len) {
            len = 0;
            first = 0;
            continue;
        }

        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
            || (!first && c >= '0' && c <= '9'))
        {
            if (++len <= 8) {
                continue;
            }
        }

        len = 0;
        break;
    }

    if (len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid language tag \"%V\"", lang);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_news_check_site_url(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t *url = data;

    u_char     c;
    size_t     i, scheme;

    while (url->len && url->data[url->len - 1] == '/') {
        url->len--;
    }

    scheme = 0;

    if (url->len > 8
        && ngx_strncasecmp(url->data, (u_char *) "https://", 8) == 0)
    {
        scheme = 8;

    } else if (url->len > 7
               && ngx_strncasecmp(url->data, (u_char *) "http://", 7) == 0)
    {
        scheme = 7;
    }

    if (scheme == 0 || url->data[scheme] == '/') {
        goto invalid;
    }

    for (i = scheme; i < url->len; i++) {
        c = url->data[i];

        if (c <= ' ' || c == 0x7f || ngx_strchr("\"'<>?#\\^`{|}", c)) {
            goto invalid;
        }
    }

    return NGX_CONF_OK;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid URL \"%V\", as \"https://news.example.org\" "
                       "is expected", url);
    return NGX_CONF_ERROR;
}


/* the first server name that is a name, and no pattern */

void
ngx_http_news_default_host(ngx_conf_t *cf, ngx_str_t *host)
{
    ngx_uint_t                 i;
    ngx_http_server_name_t    *sn;
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    sn = cscf->server_names.elts;

    for (i = 0; i < cscf->server_names.nelts; i++) {

#if (NGX_PCRE)
        if (sn[i].regex) {
            continue;
        }
#endif

        if (ngx_http_news_host_name(&sn[i].name)) {
            *host = sn[i].name;
            return;
        }
    }
}


static ngx_uint_t
ngx_http_news_host_name(ngx_str_t *name)
{
    u_char  c;
    size_t  i;

    if (name->len == 0 || name->data[0] == '.' || name->data[0] == '-') {
        return 0;
    }

    if (name->len == 1 && name->data[0] == '_') {
        return 0;
    }

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'
            || c == ':' || c == '[' || c == ']')
        {
            continue;
        }

        return 0;
    }

    return 1;
}


/*
 * Everything that shapes an answer, and who may read the files: pages of
 * locations that differ in any of it never mix.  Of the template it is the
 * name, as a page of its former text is an old page of the same key.
 */

void
ngx_http_news_conf_digest(ngx_conf_t *cf, ngx_http_news_loc_conf_t *conf)
{
    ngx_str_t         s;
    ngx_uint_t        i;
    ngx_core_conf_t  *ccf;
    uint64_t          digest, numbers[12];

    ccf = (ngx_core_conf_t *) ngx_get_conf(cf->cycle->conf_ctx,
                                           ngx_core_module);

    ngx_memzero(numbers, sizeof(numbers));

    numbers[0] = conf->html;
    numbers[1] = conf->body;
    numbers[2] = conf->breaks;
    numbers[3] = conf->heading_ids;
    numbers[4] = conf->front_matter;
    numbers[5] = conf->max_size;
    numbers[6] = conf->timezone ? conf->timezone->digest : 0;
    numbers[7] = conf->charsets ? conf->charsets->n : 0;
    numbers[8] = ccf->user;
    numbers[9] = ccf->group;

#if (NGX_HAVE_OPENAT)
    {
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    numbers[10] = clcf->disable_symlinks;
    }
#endif

    s.len = sizeof(numbers);
    s.data = (u_char *) numbers;

    digest = ngx_http_news_digest(0, &s);
    digest = ngx_http_news_digest(digest, &conf->lang);
    digest = ngx_http_news_digest(digest, &conf->site_name);
    digest = ngx_http_news_digest(digest, &conf->site_url);
    digest = ngx_http_news_digest(digest, &conf->host);
    digest = ngx_http_news_digest(digest, &conf->template->name);

    if (conf->timezone) {
        digest = ngx_http_news_digest(digest, &conf->timezone->name);
    }

    for (i = 0; conf->charsets && i < conf->charsets->n; i++) {
        digest = ngx_http_news_digest(digest, &conf->charsets->names[i].name);
    }

    conf->digest[0] = digest;
    conf->digest[1] = ngx_http_news_digest(digest, &s);
}
