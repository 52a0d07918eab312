
/*
 * Copyright (C) The authors of the news module
 */


#include "news_sanitize_attr.h"
#include "news_url.h"


#define NEWS_ATTR_MAX_DESCRIPTOR  9     /* digits */


static void news_attr_fragment(news_attrs_t *w);
static unsigned news_attr_hex(unsigned char c);
static const unsigned char *news_attr_descriptor(const unsigned char *p,
    const unsigned char *last, news_str_t *descriptor);
static int news_attr_is_descriptor(news_str_t s);
static int news_attr_is_external(news_attrs_t *w, news_str_t url);


#define news_attr_is_space(c)                                                 \
    ((c) == ' ' || (c) == '\n' || (c) == '\t' || (c) == '\r' || (c) == '\f')

#define news_attr_is_digit(c)  ((c) >= '0' && (c) <= '9')


int
news_attr_href(news_attrs_t *w, news_str_t value, const char *words)
{
    news_url_e  kind;

    kind = news_url_kind(value);

    if (kind == NEWS_URL_OTHER || kind == NEWS_URL_DATA_IMAGE) {
        return 0;
    }

    w->has_url = 1;

    /* the host is told from what is written: a tab in it would hide it */

    news_url_write(&w->value, value);
    w->external = news_attr_is_external(w, news_buf_str(&w->value));
    news_attr_fragment(w);

    return 1;
}


/* a link to an id that gets a prefix gets it too; "#top" needs no id */

static void
news_attr_fragment(news_attrs_t *w)
{
    size_t         i, n;
    news_str_t     url;
    unsigned char  c, name[NEWS_ID_MAX];

    url = news_buf_str(&w->value);

    if (url.len < 2 || url.data[0] != '#' || url.len > sizeof(name)
        || news_str_eqz(url, "#top"))
    {
        return;
    }

    n = 0;

    for (i = 1; i < url.len; i++) {
        c = url.data[i];

        if (c == '%' && url.len - i > 2) {
            c = news_attr_hex(url.data[i + 1]) << 4
                | news_attr_hex(url.data[i + 2]);
            i += 2;
        }

        name[n++] = c;
    }

    if (news_id_clobbers(news_str_n(name, n))) {
        w->value.len = 1;
        (void) news_id_write(&w->value, news_str_n(name, n));
    }
}


/* a digit that news_url_write() has found to be one */

static unsigned
news_attr_hex(unsigned char c)
{
    if (news_attr_is_digit(c)) {
        return c - '0';
    }

    return ((c | 0x20U) - 'a' + 10) & 15;
}


int
news_attr_src(news_attrs_t *w, news_str_t value, const char *words)
{
    if (w->tag != NEWS_TAG_IMG
        || news_url_kind(value) != NEWS_URL_DATA_IMAGE)
    {
        return news_attr_cite(w, value, words);
    }

    news_url_write(&w->value, value);
    w->has_url = 1;

    return 1;
}


/* what is fetched from this site or by http, and not empty */

int
news_attr_cite(news_attrs_t *w, news_str_t value, const char *words)
{
    if (news_url_kind(value) > NEWS_URL_HTTP) {
        return 0;
    }

    news_url_write(&w->value, value);
    w->has_url |= (w->value.len > 0);

    return w->value.len > 0;
}


/* candidates after the standard's "parse a srcset attribute" */

int
news_attr_srcset(news_attrs_t *w, news_str_t value, const char *words)
{
    size_t                at, len;
    news_str_t            url, descriptor;
    const unsigned char  *p, *last, *start;

    p = value.data;
    last = p + value.len;

    for ( ;; ) {

        while (p < last && (news_attr_is_space(*p) || *p == ',')) {
            p++;
        }

        if (p == last) {
            w->has_url |= (w->value.len > 0);
            return w->value.len > 0;
        }

        for (start = p; p < last && !news_attr_is_space(*p); p++) {
            /* void */
        }

        url = news_str_n(start, p - start);
        descriptor = news_str_n(p, 0);

        if (p[-1] != ',') {
            p = news_attr_descriptor(p, last, &descriptor);
        }

        while (url.data[url.len - 1] == ',') {
            url.len--;
        }

        if (news_url_kind(url) > NEWS_URL_HTTP
            || !news_attr_is_descriptor(descriptor))
        {
            continue;
        }

        at = w->value.len;
        news_buf_add(&w->value, ", ", at ? 2 : 0);

        len = w->value.len;
        news_url_write(&w->value, url);

        /* control characters may have stood between it and a comma */

        if (w->value.len == len || w->value.failed
            || w->value.data[len] == ','
            || w->value.data[w->value.len - 1] == ',')
        {
            w->value.len = at;
            continue;
        }

        if (descriptor.len) {
            news_buf_addc(&w->value, ' ');
            news_buf_add_str(&w->value, descriptor);
        }
    }
}


/* up to the next comma that is not in parentheses, and over it */

static const unsigned char *
news_attr_descriptor(const unsigned char *p, const unsigned char *last,
    news_str_t *descriptor)
{
    int                   inside;
    const unsigned char  *start;

    inside = 0;

    for (start = p; p < last && (inside || *p != ','); p++) {

        if (*p == '(') {
            inside = 1;

        } else if (*p == ')') {
            inside = 0;
        }
    }

    *descriptor = news_str_trim(news_str_n(start, p - start));

    return p < last ? p + 1 : p;
}


/* none, a width "640w" or a density "1.5x" */

static int
news_attr_is_descriptor(news_str_t s)
{
    size_t  i, dots;

    if (s.len == 0) {
        return 1;
    }

    dots = 0;

    for (i = 0; i < s.len - 1; i++) {

        if (s.data[i] == '.') {
            dots++;

        } else if (!news_attr_is_digit(s.data[i])) {
            return 0;
        }
    }

    if (i == 0 || i > NEWS_ATTR_MAX_DESCRIPTOR || !news_attr_is_digit(s.data[0])
        || !news_attr_is_digit(s.data[i - 1]))
    {
        return 0;
    }

    return s.data[i] == 'x' ? dots < 2 : s.data[i] == 'w' && dots == 0;
}


static int
news_attr_is_external(news_attrs_t *w, news_str_t url)
{
    size_t         i;
    news_str_t     host;
    news_url_e     kind;
    unsigned char  c, d;

    kind = news_url_kind(url);

    if (kind != NEWS_URL_HTTP && kind != NEWS_URL_NETWORK) {
        return 0;
    }

    host = news_url_host(url);

    if (host.len == 0 || host.len != w->site_host.len) {
        return 1;
    }

    for (i = 0; i < host.len; i++) {
        c = host.data[i];
        d = w->site_host.data[i];

        c |= (c >= 'A' && c <= 'Z') ? 0x20 : 0;
        d |= (d >= 'A' && d <= 'Z') ? 0x20 : 0;

        if (c != d) {
            return 1;
        }
    }

    return 0;
}
