
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


#define NGX_HTTP_NEWS_MAX_ZONE  (64 * 1024)

#define NGX_HTTP_NEWS_ZONEINFO  "/usr/share/zoneinfo"


static ngx_int_t ngx_http_news_read_zone(ngx_conf_t *cf,
    ngx_http_news_timezone_t *tz);
static ngx_int_t ngx_http_news_zone_name(ngx_str_t *name);


char *
ngx_http_news_timezone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_news_loc_conf_t *nlcf = conf;

    ngx_str_t                  *value;
    ngx_http_news_timezone_t   *tz;
    ngx_http_news_main_conf_t  *nmcf;

    if (nlcf->timezone != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);

    value = cf->args->elts;

    for (tz = nmcf->timezones; tz; tz = tz->next) {
        if (tz->name.len == value[1].len
            && ngx_strncmp(tz->name.data, value[1].data, tz->name.len) == 0)
        {
            nlcf->timezone = tz;
            return NGX_CONF_OK;
        }
    }

    tz = ngx_pcalloc(cf->pool, sizeof(ngx_http_news_timezone_t));
    if (tz == NULL) {
        return NGX_CONF_ERROR;
    }

    tz->name = value[1];
    tz->zone = news_zone_offset(nmcf->arena,
                                news_str_n(value[1].data, value[1].len));

    if (tz->zone == NULL
        && ngx_http_news_read_zone(cf, tz) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    tz->next = nmcf->timezones;
    nmcf->timezones = tz;

    nlcf->timezone = tz;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_news_read_zone(ngx_conf_t *cf, ngx_http_news_timezone_t *tz)
{
    time_t                      mtime;
    ngx_int_t                   rc;
    ngx_str_t                   path, text, *name;
    ngx_file_info_t             fi;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);

    name = &tz->name;

    if (ngx_http_news_zone_name(name) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time zone \"%V\"", name);
        return NGX_ERROR;
    }

    if (ngx_file_info(NGX_HTTP_NEWS_ZONEINFO, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "time zone \"%V\" needs \""
                           NGX_HTTP_NEWS_ZONEINFO "\", install tzdata", name);
        return NGX_ERROR;
    }

    path.len = sizeof(NGX_HTTP_NEWS_ZONEINFO "/") - 1 + name->len;
    path.data = ngx_pnalloc(cf->pool, path.len + 1);
    if (path.data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(path.data, NGX_HTTP_NEWS_ZONEINFO "/%V%Z", name);

    rc = ngx_http_news_read_file(cf, &path, NGX_HTTP_NEWS_MAX_ZONE, &text,
                                 &mtime);
    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown time zone \"%V\", there is no \"%V\"",
                           name, &path);
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    tz->digest = ngx_http_news_digest(0, &text);
    tz->zone = news_zone_parse(nmcf->arena, news_str_n(text.data, text.len));

    if (tz->zone == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no time zone file", &path);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* as "Asia/Shanghai", "Etc/GMT+8", "EST5EDT": nothing that leads elsewhere */

static ngx_int_t
ngx_http_news_zone_name(ngx_str_t *name)
{
    u_char      c;
    ngx_uint_t  i;

    if (name->len == 0 || name->len > 64 || name->data[0] == '/') {
        return NGX_ERROR;
    }

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
            || (c >= '0' && c <= '9')
            || c == '_' || c == '-' || c == '+' || c == '/')
        {
            continue;
        }

        return NGX_ERROR;
    }

    return NGX_OK;
}
