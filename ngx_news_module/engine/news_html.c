
/*
 * Copyright (C) The authors of the news module
 */


#include <stdint.h>
#include <string.h>

#include "news_html.h"


static void news_html_text(news_html_t *h, news_html_token_t *t);
static void news_html_raw_text(news_html_t *h, news_html_token_t *t);
static const unsigned char *news_html_raw_end(news_html_t *h);
static const unsigned char *news_html_script_end(news_html_t *h);
static const unsigned char *news_html_script_escaped(news_html_t *h,
    const unsigned char *p);
static int news_html_is_end(news_html_t *h, const unsigned char *p);
static int news_html_markup(news_html_t *h, news_html_token_t *t);
static void news_html_comment(news_html_t *h, news_html_token_t *t);
static void news_html_declaration(news_html_t *h, news_html_token_t *t);
static void news_html_bogus(news_html_t *h, news_html_token_t *t, size_t skip);
static void news_html_tag(news_html_t *h, news_html_token_t *t, int end);
static const unsigned char *news_html_attrs(news_html_t *h,
    news_html_token_t *t, const unsigned char *p);
static const unsigned char *news_html_value(news_html_t *h,
    const unsigned char *p, news_str_t *value);
static void news_html_add_attr(news_html_t *h, news_html_token_t *t,
    news_str_t name, news_str_t value, uint64_t *seen);
static int news_html_same_name(news_str_t a, news_str_t b);
static void news_html_switch(news_html_t *h, news_html_token_t *t);


#define news_html_is_space(c)                                                 \
    ((c) == ' ' || (c) == '\n' || (c) == '\t' || (c) == '\r' || (c) == '\f')

#define news_html_is_alpha(c)  (((c) | 0x20) >= 'a' && ((c) | 0x20) <= 'z')

#define news_html_ends_name(c)                                                \
    (news_html_is_space(c) || (c) == '/' || (c) == '>')


void
news_html_init(news_html_t *h, news_str_t in)
{
    h->p = in.data;
    h->last = in.data + in.len;
    h->raw_tag = 0;
    h->foreign = 0;
    h->plaintext = 0;
}


void
news_html_foreign(news_html_t *h, int foreign)
{
    h->foreign = foreign ? 1 : 0;

    if (foreign) {
        h->raw_tag = 0;
        h->plaintext = 0;
    }
}


void
news_html_next(news_html_t *h, news_html_token_t *t)
{
    t->type = NEWS_HTML_EOF;
    t->raw = news_str_n(h->p, 0);
    t->name = t->raw;
    t->data = t->raw;
    t->tag = NEWS_TAG_UNKNOWN;
    t->self_closing = 0;
    t->n_attrs = 0;
    t->attrs = h->attrs;

    if (h->p == h->last) {
        return;
    }

    if (h->raw_tag || h->plaintext) {
        news_html_raw_text(h, t);

        if (t->raw.len) {
            return;
        }
    }

    if (*h->p != '<' || !news_html_markup(h, t)) {
        news_html_text(h, t);
    }
}


/* up to the next "<" that begins markup */

static void
news_html_text(news_html_t *h, news_html_token_t *t)
{
    const unsigned char  *p;

    p = h->p;

    if (*p == '<') {
        p++;
    }

    for ( ;; ) {
        p = memchr(p, '<', h->last - p);

        if (p == NULL) {
            p = h->last;
            break;
        }

        if (h->last - p > 1
            && (news_html_is_alpha(p[1]) || p[1] == '!' || p[1] == '?'
                || (p[1] == '/' && h->last - p > 2)))
        {
            break;
        }

        p++;
    }

    t->type = NEWS_HTML_TEXT;
    t->raw.len = p - h->p;
    t->data = t->raw;
    h->p = p;
}


/* the text of a raw element; leaves an empty token when there is none */

static void
news_html_raw_text(news_html_t *h, news_html_token_t *t)
{
    const unsigned char  *p;

    if (h->plaintext) {
        p = h->last;

    } else if (h->raw_tag == NEWS_TAG_SCRIPT) {
        p = news_html_script_end(h);

    } else {
        p = news_html_raw_end(h);
    }

    t->type = (h->raw_tag == NEWS_TAG_TITLE || h->raw_tag == NEWS_TAG_TEXTAREA)
              ? NEWS_HTML_RCDATA : NEWS_HTML_RAWTEXT;
    t->raw.len = p - h->p;
    t->data = t->raw;

    h->p = p;
    h->raw_tag = 0;
}


/* is this "</" and the name of the open raw element, and nothing more of it */

static int
news_html_is_end(news_html_t *h, const unsigned char *p)
{
    news_str_t         have;
    const news_str_t  *name;

    name = &news_tags[h->raw_tag].name;

    if ((size_t) (h->last - p) < name->len + 3 || p[1] != '/'
        || !news_html_ends_name(p[name->len + 2]))
    {
        return 0;
    }

    have = news_str_n(p + 2, name->len);

    return news_html_same_name(have, *name);
}


static const unsigned char *
news_html_raw_end(news_html_t *h)
{
    const unsigned char  *p;

    for (p = h->p; p < h->last; p++) {
        p = memchr(p, '<', h->last - p);

        if (p == NULL) {
            return h->last;
        }

        if (news_html_is_end(h, p)) {
            return p;
        }
    }

    return h->last;
}


static const unsigned char *
news_html_script_end(news_html_t *h)
{
    const unsigned char  *p;

    for (p = h->p; p < h->last; /* void */ ) {
        p = memchr(p, '<', h->last - p);

        if (p == NULL) {
            return h->last;
        }

        if (news_html_is_end(h, p)) {
            return p;
        }

        if (h->last - p > 3 && memcmp(p, "<!--", 4) == 0) {
            p = news_html_script_escaped(h, p + 4);

            if (p < h->last && *p == '<') {
                return p;
            }

        } else {
            p++;
        }
    }

    return h->last;
}


/*
 * The escaped and double escaped states, entered after "<!--": stops at the
 * end tag, after "-->" or at the end.
 */

static const unsigned char *
news_html_script_escaped(news_html_t *h, const unsigned char *p)
{
    int                   twice, dashes, end;
    const unsigned char  *name;

    twice = 0;
    dashes = 2;

    while (p < h->last) {

        if (*p == '-') {
            dashes++;
            p++;
            continue;
        }

        if (*p == '>' && dashes >= 2) {
            /* the byte after it cannot be taken for the end tag's "<" */
            return p + 1 < h->last && p[1] == '<' && !news_html_is_end(h, p + 1)
                   ? p : p + 1;
        }

        dashes = 0;

        if (*p++ != '<') {
            continue;
        }

        if (!twice && news_html_is_end(h, p - 1)) {
            return p - 1;
        }

        end = (p < h->last && *p == '/');

        if (end != twice) {
            continue;
        }

        name = p + end;

        for (p = name; p < h->last && news_html_is_alpha(*p); p++) {
            /* void */
        }

        if (p < h->last && news_html_ends_name(*p)
            && news_html_same_name(news_str_n(name, p - name),
                                   news_tags[NEWS_TAG_SCRIPT].name))
        {
            twice = !twice;
        }
    }

    return h->last;
}


/* returns 0 when the "<" is text after all */

static int
news_html_markup(news_html_t *h, news_html_token_t *t)
{
    size_t                left;
    const unsigned char  *p;

    p = h->p;
    left = h->last - p;

    if (left > 1 && news_html_is_alpha(p[1])) {
        news_html_tag(h, t, 0);

    } else if (left > 1 && p[1] == '!') {
        news_html_declaration(h, t);

    } else if (left > 1 && p[1] == '?') {
        news_html_bogus(h, t, 1);

    } else if (left > 2 && p[1] == '/') {

        if (news_html_is_alpha(p[2])) {
            news_html_tag(h, t, 1);

        } else {
            news_html_bogus(h, t, 2);
        }

    } else {
        return 0;
    }

    return 1;
}


static void
news_html_declaration(news_html_t *h, news_html_token_t *t)
{
    size_t                left;
    const unsigned char  *p, *q;

    p = h->p;
    left = h->last - p;

    if (left > 3 && p[2] == '-' && p[3] == '-') {
        news_html_comment(h, t);
        return;
    }

    if (left > 8 && h->foreign && memcmp(p, "<![CDATA[", 9) == 0) {
        q = memmem(p + 9, left - 9, "]]>", 3);

        t->type = NEWS_HTML_CDATA;
        t->data = news_str_n(p + 9, (q ? q : h->last) - p - 9);
        t->raw.len = (q ? q + 3 : h->last) - p;
        h->p += t->raw.len;

        return;
    }

    news_html_bogus(h, t, 2);

    if (left > 8 && news_str_caseeqz(news_str_n(p + 2, 7), "doctype")) {
        t->type = NEWS_HTML_DOCTYPE;
    }
}


/* "skip" bytes, then whatever stands before the next ">" */

static void
news_html_bogus(news_html_t *h, news_html_token_t *t, size_t skip)
{
    const unsigned char  *p, *last;

    p = h->p + skip;
    last = memchr(p, '>', h->last - p);

    t->type = NEWS_HTML_COMMENT;
    t->data = news_str_n(p, (last ? last : h->last) - p);
    t->raw.len = (last ? last + 1 : h->last) - h->p;

    h->p += t->raw.len;
}


static void
news_html_comment(news_html_t *h, news_html_token_t *t)
{
    size_t                len;
    const unsigned char  *p, *start;

    start = h->p + 4;
    len = h->last - start;

    t->type = NEWS_HTML_COMMENT;
    t->data = news_str_n(start, 0);

    if (len > 0 && start[0] == '>') {
        p = start + 1;
        goto done;
    }

    if (len > 1 && start[0] == '-' && start[1] == '>') {
        p = start + 2;
        goto done;
    }

    for (p = start; (p = memchr(p, '-', h->last - p)) != NULL; p++) {

        if (h->last - p > 2 && p[1] == '-' && p[2] == '>') {
            t->data.len = p - start;
            p += 3;
            goto done;
        }

        if (h->last - p > 3 && p[1] == '-' && p[2] == '!' && p[3] == '>') {
            t->data.len = p - start;
            p += 4;
            goto done;
        }
    }

    /* what could have become the end is no part of the comment */

    p = h->last;

    if (len > 2 && memcmp(p - 3, "--!", 3) == 0) {
        len -= 3;

    } else if (len > 1 && memcmp(p - 2, "--", 2) == 0) {
        len -= 2;

    } else if (len > 0 && p[-1] == '-') {
        len--;
    }

    t->data.len = len;

done:

    t->raw.len = p - h->p;
    h->p = p;
}


static void
news_html_tag(news_html_t *h, news_html_token_t *t, int end)
{
    const unsigned char  *p, *name;

    name = h->p + 1 + end;

    for (p = name; p < h->last && !news_html_ends_name(*p); p++) {
        /* void */
    }

    t->name = news_str_n(name, p - name);

    p = news_html_attrs(h, t, p);

    if (p == NULL) {
        t->n_attrs = 0;
        t->raw.len = h->last - h->p;
        h->p = h->last;

        return;
    }

    t->type = end ? NEWS_HTML_END : NEWS_HTML_START;
    t->tag = news_tag_find(t->name);
    t->raw.len = p - h->p;
    h->p = p;

    if (!end && !h->foreign) {
        news_html_switch(h, t);
    }
}


/* what the tree builder would tell the tokenizer after this start tag */

static void
news_html_switch(news_html_t *h, news_html_token_t *t)
{
    if (!(news_tags[t->tag].flags & NEWS_TAG_RAW)) {
        return;
    }

    if (t->tag == NEWS_TAG_PLAINTEXT) {
        h->plaintext = 1;

    } else {
        h->raw_tag = t->tag;
    }
}


/* up to and over the ">"; NULL when the input ends before it */

static const unsigned char *
news_html_attrs(news_html_t *h, news_html_token_t *t, const unsigned char *p)
{
    uint64_t              seen;
    news_str_t            name, value;
    const unsigned char  *start;

    seen = 0;

    while (p < h->last) {

        if (*p == '>') {
            return p + 1;
        }

        if (*p == '/') {
            p++;

            if (p < h->last && *p == '>') {
                t->self_closing = 1;
            }

            continue;
        }

        if (news_html_is_space(*p)) {
            p++;
            continue;
        }

        /* the first byte belongs to the name even if it is "=" */

        start = p++;

        while (p < h->last && *p != '=' && !news_html_ends_name(*p)) {
            p++;
        }

        name = news_str_n(start, p - start);
        value = news_str_n(p, 0);

        while (p < h->last && news_html_is_space(*p)) {
            p++;
        }

        if (p < h->last && *p == '=') {
            p = news_html_value(h, p + 1, &value);

            if (p == NULL) {
                return NULL;
            }
        }

        news_html_add_attr(h, t, name, value, &seen);
    }

    return NULL;
}


/* from behind the "="; NULL when a quoted value does not end */

static const unsigned char *
news_html_value(news_html_t *h, const unsigned char *p, news_str_t *value)
{
    const unsigned char  *end;

    while (p < h->last && news_html_is_space(*p)) {
        p++;
    }

    if (p < h->last && (*p == '"' || *p == '\'')) {
        end = memchr(p + 1, *p, h->last - p - 1);

        if (end == NULL) {
            return NULL;
        }

        *value = news_str_n(p + 1, end - p - 1);

        return end + 1;
    }

    for (end = p; end < h->last && *end != '>'; end++) {
        if (news_html_is_space(*end)) {
            break;
        }
    }

    *value = news_str_n(p, end - p);

    return end;
}


/* "seen" tells in one step of most names that they are new */

static void
news_html_add_attr(news_html_t *h, news_html_token_t *t, news_str_t name,
    news_str_t value, uint64_t *seen)
{
    uint64_t  bit;
    unsigned  i;

    if (t->n_attrs == NEWS_HTML_MAX_ATTRS) {
        return;
    }

    bit = (uint64_t) 1 << ((name.len * 7 + (name.data[0] | 0x20)
                            + 5 * ((size_t) name.data[name.len - 1] | 0x20))
                           & 63);

    if (*seen & bit) {
        for (i = 0; i < t->n_attrs; i++) {
            if (news_html_same_name(h->attrs[i].name, name)) {
                return;
            }
        }
    }

    *seen |= bit;

    h->attrs[t->n_attrs].name = name;
    h->attrs[t->n_attrs].value = value;
    t->n_attrs++;
}


static int
news_html_same_name(news_str_t a, news_str_t b)
{
    size_t         i;
    unsigned char  c, d;

    if (a.len != b.len) {
        return 0;
    }

    for (i = 0; i < a.len; i++) {
        c = a.data[i];
        d = b.data[i];

        if (c != d && ((c | 0x20) != (d | 0x20) || !news_html_is_alpha(c))) {
            return 0;
        }
    }

    return 1;
}
