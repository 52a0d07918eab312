
/*
 * Copyright (C) The authors of the news module
 */


#include "news_escape.h"


static size_t news_escape_json_special(const unsigned char *p,
    const unsigned char *last);


static const char  news_escape_hex[] = "0123456789ABCDEF";


void
news_escape_html(news_buf_t *out, news_str_t s)
{
    const char           *ref;
    const unsigned char  *p, *last, *start;

    if (s.len == 0) {
        return;
    }

    start = s.data;
    last = s.data + s.len;

    for (p = start; p < last; p++) {

        switch (*p) {

        case '&':
            ref = "&amp;";
            break;

        case '<':
            ref = "&lt;";
            break;

        case '>':
            ref = "&gt;";
            break;

        case '"':
            ref = "&quot;";
            break;

        case '\'':
            ref = "&#39;";
            break;

        case '\0':
            /* it has no reference: as browsers show it in an attribute */
            ref = "\xef\xbf\xbd";
            break;

        default:
            continue;
        }

        news_buf_add(out, start, (size_t) (p - start));
        news_buf_addz(out, ref);
        start = p + 1;
    }

    news_buf_add(out, start, (size_t) (last - start));
}


void
news_escape_path(news_buf_t *out, news_str_t s)
{
    unsigned char         c, pct[3];
    const unsigned char  *p, *last;

    if (s.len == 0) {
        return;
    }

    last = s.data + s.len;

    for (p = s.data; p < last; p++) {
        c = *p;

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
            || c == '~' || c == '/')
        {
            news_buf_addc(out, c);
            continue;
        }

        pct[0] = '%';
        pct[1] = (unsigned char) news_escape_hex[c >> 4];
        pct[2] = (unsigned char) news_escape_hex[c & 0xf];

        news_buf_add(out, pct, 3);
    }
}


/* length of what must be escaped at p: U+2028 and U+2029 take 3 bytes */

static size_t
news_escape_json_special(const unsigned char *p, const unsigned char *last)
{
    if (*p < 0x20 || *p == '"' || *p == '\\' || *p == '<' || *p == '>'
        || *p == '&' || *p == 0x7f)
    {
        return 1;
    }

    if (*p == 0xe2 && last - p >= 3 && p[1] == 0x80
        && (p[2] == 0xa8 || p[2] == 0xa9))
    {
        return 3;
    }

    return 0;
}


void
news_escape_json(news_buf_t *out, news_str_t s)
{
    size_t                n;
    const unsigned char  *p, *last, *start;

    if (s.len == 0) {
        return;
    }

    start = s.data;
    last = s.data + s.len;

    for (p = start; p < last; /* void */ ) {
        n = news_escape_json_special(p, last);

        if (n == 0) {
            p++;
            continue;
        }

        news_buf_add(out, start, (size_t) (p - start));

        if (n == 3) {
            news_buf_addf(out, "\\u%04x", p[2] == 0xa8 ? 0x2028 : 0x2029);

        } else if (*p == '"' || *p == '\\') {
            news_buf_addc(out, '\\');
            news_buf_addc(out, *p);

        } else if (*p == '\n') {
            news_buf_addz(out, "\\n");

        } else {
            news_buf_addf(out, "\\u%04x", *p);
        }

        p += n;
        start = p;
    }

    news_buf_add(out, start, (size_t) (last - start));
}


void
news_escape_line(news_buf_t *out, news_str_t s)
{
    unsigned char  *p;

    if (s.len == 0) {
        return;
    }

    p = news_buf_reserve(out, s.len);

    if (p != NULL) {
        out->len += news_clean_line(p, s);
    }
}


size_t
news_clean_line(unsigned char *dst, news_str_t s)
{
    size_t          i;
    unsigned char  *p;

    p = dst;

    for (i = 0; i < s.len; i++) {

        if (s.data[i] < 0x20 || s.data[i] == 0x7f) {
            *p++ = ' ';

        } else if (s.data[i] == 0xc2 && i + 1 < s.len
                   && s.data[i + 1] < 0xa0)
        {
            /* U+0080 to U+009F, which terminals obey too */

            *p++ = ' ';
            i++;

        } else {
            *p++ = s.data[i];
        }
    }

    return (size_t) (p - dst);
}
