
/*
 * Copyright (C) The authors of the news module
 */


#include <string.h>

#include "news_entity.h"
#include "news_html.h"
#include "news_utf8.h"


static const unsigned char *news_html_reference(news_buf_t *out,
    const unsigned char *p, const unsigned char *last, int attr);
static const unsigned char *news_html_common(news_buf_t *out,
    const unsigned char *p, const unsigned char *last);
static const unsigned char *news_html_named(news_buf_t *out,
    const unsigned char *p, const unsigned char *last, int attr);
static const unsigned char *news_html_numeric(news_buf_t *out,
    const unsigned char *p, const unsigned char *last);
static void news_html_add_number(news_buf_t *out, uint32_t cp);


#define news_html_is_alpha(c)  (((c) | 0x20) >= 'a' && ((c) | 0x20) <= 'z')
#define news_html_is_digit(c)  ((c) >= '0' && (c) <= '9')


/* what the standard puts for the numbers 0x80 to 0x9f */

static const unsigned short  news_html_c1[] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
    0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178
};


void
news_html_decode(news_buf_t *out, news_str_t s, int attr)
{
    const unsigned char  *p, *start, *last;

    p = s.data;
    start = p;
    last = p + s.len;

    while (p < last) {

        if (*p != '&' && *p != '\r' && *p != '\0') {
            p++;
            continue;
        }

        news_buf_add(out, start, p - start);

        if (*p == '&') {
            p = news_html_reference(out, p, last, attr);

        } else if (*p == '\0') {
            news_buf_add(out, "\357\277\275", 3);
            p++;

        } else {
            p++;

            if (p == last || *p != '\n') {
                news_buf_addc(out, '\n');
            }
        }

        start = p;
    }

    news_buf_add(out, start, p - start);
}


/* "p" is at the "&"; returns the first byte not taken */

static const unsigned char *
news_html_reference(news_buf_t *out, const unsigned char *p,
    const unsigned char *last, int attr)
{
    const unsigned char  *next;

    next = news_html_common(out, p, last);

    if (next == NULL && last - p > 1) {

        if (p[1] == '#') {
            next = news_html_numeric(out, p + 2, last);

        } else if (news_html_is_alpha(p[1])) {
            next = news_html_named(out, p + 1, last, attr);
        }
    }

    if (next == NULL) {
        news_buf_addc(out, '&');
        next = p + 1;
    }

    return next;
}


/* the ones that whoever escapes text writes, without a search */

static const unsigned char *
news_html_common(news_buf_t *out, const unsigned char *p,
    const unsigned char *last)
{
    size_t  i;

    static const struct {
        news_str_t     text;
        unsigned char  c;
    } common[] = {
        { news_string("&lt;"), '<' },
        { news_string("&gt;"), '>' },
        { news_string("&amp;"), '&' },
        { news_string("&quot;"), '"' }
    };

    for (i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
        if ((size_t) (last - p) >= common[i].text.len
            && memcmp(p, common[i].text.data, common[i].text.len) == 0)
        {
            news_buf_addc(out, common[i].c);
            return p + common[i].text.len;
        }
    }

    return NULL;
}


static const unsigned char *
news_html_named(news_buf_t *out, const unsigned char *p,
    const unsigned char *last, int attr)
{
    size_t      len, max;
    news_str_t  value;

    max = last - p;

    for (len = 1; len < max && len <= NEWS_ENTITY_MAX; len++) {
        if (!news_html_is_alpha(p[len]) && !news_html_is_digit(p[len])) {
            break;
        }
    }

    if (len < max && p[len] == ';'
        && news_entity_find(news_str_n(p, len), &value))
    {
        news_buf_add_str(out, value);
        return p + len + 1;
    }

    /* in an attribute only the whole run can be a name, and no "=" after */

    if (attr && (len > NEWS_ENTITY_LEGACY || (len < max && p[len] == '='))) {
        return NULL;
    }

    max = attr ? len : 2;

    if (len > NEWS_ENTITY_LEGACY) {
        len = NEWS_ENTITY_LEGACY;
    }

    for ( /* void */ ; len >= max && len > 1; len--) {
        if (news_entity_find(news_str_n(p, len), &value) == 2) {
            news_buf_add_str(out, value);
            return p + len;
        }
    }

    return NULL;
}


static const unsigned char *
news_html_numeric(news_buf_t *out, const unsigned char *p,
    const unsigned char *last)
{
    uint32_t              cp, digit, base;
    const unsigned char  *start;

    base = 10;

    if (p < last && (*p | 0x20) == 'x') {
        base = 16;
        p++;
    }

    cp = 0;

    for (start = p; p < last; p++) {

        if (news_html_is_digit(*p)) {
            digit = *p - '0';

        } else if (base == 16 && (*p | 0x20) >= 'a' && (*p | 0x20) <= 'f') {
            digit = (*p | 0x20) - 'a' + 10;

        } else {
            break;
        }

        if (cp <= 0x10ffff) {
            cp = cp * base + digit;
        }
    }

    if (p == start) {
        return NULL;
    }

    news_html_add_number(out, cp);

    return (p < last && *p == ';') ? p + 1 : p;
}


static void
news_html_add_number(news_buf_t *out, uint32_t cp)
{
    size_t         len;
    unsigned char  utf8[4];

    if (cp >= 0x80 && cp <= 0x9f) {
        cp = news_html_c1[cp - 0x80];

    } else if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
        cp = 0xfffd;
    }

    len = news_utf8_encode(utf8, cp);
    news_buf_add(out, utf8, len);
}
