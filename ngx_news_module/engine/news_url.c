
/*
 * Copyright (C) The authors of the news module
 */


#include "news_url.h"


#define NEWS_URL_SLICE  4096        /* bytes between looks at the time */


static void news_url_escape(news_buf_t *out, unsigned char c);
static const unsigned char *news_url_skip(const unsigned char *p,
    const unsigned char *last);
static const unsigned char *news_url_start(news_str_t url);
static news_url_e news_url_scheme(const unsigned char *p,
    const unsigned char *last, const unsigned char **rest);
static int news_url_is_image(const unsigned char *p,
    const unsigned char *last);

static int news_url_needs_escape(const unsigned char *p,
    const unsigned char *last, news_str_t host);


#define news_url_is_slash(c)  ((c) == '/' || (c) == '\\')


static const struct {
    const char  *name;
    news_url_e   kind;
} news_url_schemes[] = {
    { "http", NEWS_URL_HTTP },
    { "https", NEWS_URL_HTTP },
    { "mailto", NEWS_URL_MAILTO },
    { "tel", NEWS_URL_MAILTO },
    { "data", NEWS_URL_DATA_IMAGE }
};


static const char *const  news_url_images[] = {
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif",
    "image/jpg"
};


news_url_e
news_url_kind(news_str_t url)
{
    news_url_e            kind;
    const unsigned char  *p, *last, *rest;

    last = url.data + url.len;
    p = news_url_start(url);

    kind = news_url_scheme(p, last, &rest);

    if (kind == NEWS_URL_DATA_IMAGE) {
        return news_url_is_image(rest, last) ? kind : NEWS_URL_OTHER;
    }

    if (kind != NEWS_URL_RELATIVE) {
        return kind;
    }

    if (p < last && news_url_is_slash(*p)) {
        p = news_url_skip(p + 1, last);

        if (p < last && news_url_is_slash(*p)) {
            return NEWS_URL_NETWORK;
        }
    }

    return NEWS_URL_RELATIVE;
}


news_str_t
news_url_host(news_str_t url)
{
    news_url_e            kind;
    news_str_t            host;
    const unsigned char  *p, *last, *end, *rest;

    host.data = url.data;
    host.len = 0;

    if (url.len == 0) {
        return host;
    }

    kind = news_url_kind(url);

    if (kind != NEWS_URL_HTTP && kind != NEWS_URL_NETWORK) {
        return host;
    }

    last = url.data + url.len;
    p = news_url_start(url);

    if (kind == NEWS_URL_HTTP) {
        (void) news_url_scheme(p, last, &rest);
        p = rest;
    }

    p = news_url_skip(p, last);

    while (p < last && news_url_is_slash(*p)) {
        p = news_url_skip(p + 1, last);
    }

    for (end = p; end < last; end++) {

        if (news_url_is_slash(*end) || *end == '?' || *end == '#') {
            break;
        }

        if (*end == '@') {
            p = end + 1;
        }
    }

    host.data = p;

    if (p < end && *p == '[') {
        while (p < end && *p != ']') {
            p++;
        }
    }

    while (p < end && *p != ':') {
        p++;
    }

    host.len = p - host.data;

    return host;
}


/* over the tabs and line ends that browsers take out of any URL */

static const unsigned char *
news_url_skip(const unsigned char *p, const unsigned char *last)
{
    while (p < last && (*p == '\t' || *p == '\n' || *p == '\r')) {
        p++;
    }

    return p;
}


static const unsigned char *
news_url_start(news_str_t url)
{
    const unsigned char  *p, *last;

    p = url.data;
    last = p + url.len;

    while (p < last && *p <= ' ') {
        p++;
    }

    return p;
}


/* NEWS_URL_RELATIVE when there is none; "rest" is behind the colon */

static news_url_e
news_url_scheme(const unsigned char *p, const unsigned char *last,
    const unsigned char **rest)
{
    size_t         i, len;
    news_str_t     name;
    unsigned char  c, scheme[8];

    len = 0;
    *rest = p;

    for (p = news_url_skip(p, last); p < last && *p != ':';
         p = news_url_skip(p + 1, last))
    {
        c = *p | 0x20;

        if (c < 'a' || c > 'z' || *p < 'A') {
            c = *p;

            if (len == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-'
                              || c == '.'))
            {
                return NEWS_URL_RELATIVE;
            }
        }

        if (len < sizeof(scheme)) {
            scheme[len] = c;
        }

        len++;
    }

    if (p == last || len == 0) {
        return NEWS_URL_RELATIVE;
    }

    *rest = p + 1;

    if (len > sizeof(scheme)) {
        return NEWS_URL_OTHER;
    }

    name = news_str_n(scheme, len);

    for (i = 0; i < sizeof(news_url_schemes) / sizeof(news_url_schemes[0]);
         i++)
    {
        if (news_str_eqz(name, news_url_schemes[i].name)) {
            return news_url_schemes[i].kind;
        }
    }

    return NEWS_URL_OTHER;
}


/* type and ";base64," in one piece, then nothing but base64 and blanks */

static int
news_url_is_image(const unsigned char *p, const unsigned char *last)
{
    size_t      i, len;
    news_str_t  type;

    for (i = 0; i < sizeof(news_url_images) / sizeof(news_url_images[0]); i++)
    {
        len = strlen(news_url_images[i]);

        if ((size_t) (last - p) < len + 8) {
            continue;
        }

        type = news_str_n(p, len);

        if (news_str_caseeqz(type, news_url_images[i])
            && news_str_caseeqz(news_str_n(p + len, 8), ";base64,"))
        {
            p += len + 8;
            break;
        }
    }

    if (i == sizeof(news_url_images) / sizeof(news_url_images[0])) {
        return 0;
    }

    for ( /* void */ ; p < last; p++) {
        if (!((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
            && !(*p >= '0' && *p <= '9') && *p != '+' && *p != '/'
            && *p != '=' && *p > ' ')
        {
            return 0;
        }
    }

    return 1;
}


static void
news_url_escape(news_buf_t *out, unsigned char c)
{
    unsigned char  escaped[3];

    static const char  hex[] = "0123456789ABCDEF";

    escaped[0] = '%';
    escaped[1] = (unsigned char) hex[c >> 4];
    escaped[2] = (unsigned char) hex[c & 15];

    news_buf_add(out, escaped, 3);
}


void
news_url_write(news_buf_t *out, news_str_t url)
{
    int                   query, hash;
    news_url_e            kind;
    news_str_t            host;
    unsigned char         c;
    const unsigned char  *p, *last;

    kind = news_url_kind(url);
    host = news_url_host(url);

    query = 0;
    hash = 0;
    last = url.data + url.len;

    for (p = news_url_start(url); last > p && last[-1] <= ' '; last--) {
        /* void */
    }

    for ( /* void */ ; p < last; p++) {
        c = *p;

        if ((last - p) % NEWS_URL_SLICE == 0
            && news_arena_tick(out->arena, NEWS_URL_SLICE / 8))
        {
            return;
        }

        if (c == '\t' || c == '\n' || c == '\r') {
            continue;
        }

        if (kind == NEWS_URL_DATA_IMAGE) {
            if (c > ' ') {
                news_buf_addc(out, c);
            }

            continue;
        }

        if (c == '\\' && !query && !hash && kind < NEWS_URL_MAILTO) {
            c = '/';

        } else if ((c == '#' && hash) || news_url_needs_escape(p, last, host)) {
            news_url_escape(out, c);
            continue;
        }

        query |= (c == '?');
        hash |= (c == '#');

        news_buf_addc(out, c);
    }
}


static int
news_url_needs_escape(const unsigned char *p, const unsigned char *last,
    news_str_t host)
{
    static const char  hex[] = "0123456789abcdefABCDEF";

    if (*p <= ' ' || *p == 0x7f) {
        return 1;
    }

    if (*p == '%') {
        return last - p < 3 || strchr(hex, p[1]) == NULL
               || strchr(hex, p[2]) == NULL || p[1] == '\0' || p[2] == '\0';
    }

    if (*p == '[' || *p == ']') {
        return host.len == 0 || p < host.data || p >= host.data + host.len;
    }

    return strchr("\"<>\\^`{|}", *p) != NULL;
}
