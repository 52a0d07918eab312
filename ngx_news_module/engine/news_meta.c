
/*
 * Copyright (C) The authors of the news module
 */


#include "news_meta_names.h"
#include "news_url.h"


#define NEWS_META_MAX_LANG  35      /* RFC 5646, section 4.4.1 */


static void news_meta_date(news_meta_reader_t *r, const char *name,
    news_when_t *when);
static void news_meta_date_of_name(news_meta_reader_t *r);
static int news_meta_lang(news_meta_reader_t *r);
static int news_meta_is_tag(news_str_t s);
static void news_meta_format(news_meta_reader_t *r);
static int news_meta_robots(news_meta_reader_t *r);
static int news_meta_is_noindex(news_str_t s);
static const news_value_t *news_meta_scalar(news_meta_reader_t *r,
    const news_value_t *fields, const char *name);
static news_str_t news_meta_text(news_meta_reader_t *r, const char *name);
static int news_meta_bool(news_meta_reader_t *r, const char *name,
    int absent);
static int news_meta_switch(news_meta_reader_t *r, const char *name,
    int absent);
static int news_meta_has_control(news_str_t s);
static int news_meta_uncontrol(news_arena_t *a, news_str_t *s);


int
news_meta_read(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_value_t *fields, news_meta_t *meta,
    news_problems_t *problems)
{
    news_meta_reader_t  r;

    memset(meta, 0, sizeof(news_meta_t));

    r.arena = a;
    r.options = options;
    r.source = source;
    r.fields = fields;
    r.meta = meta;
    r.problems = problems;

    meta->fields = fields;
    meta->title = news_meta_text(&r, "title");
    meta->description = news_meta_text(&r, "description");

    if (meta->description.len == 0) {
        meta->description = news_meta_text(&r, "excerpt");
    }

    news_meta_date(&r, "date", &meta->date);
    news_meta_date(&r, "updated", &meta->updated);
    news_meta_date(&r, "expires", &meta->expires);
    news_meta_date_of_name(&r);

    meta->headimg = news_meta_url(&r, fields, "headimg");
    meta->thumbnail = news_meta_url(&r, fields, "thumbnail");
    meta->link = news_meta_url(&r, fields, "link");

    meta->comments = news_meta_bool(&r, "comments", 1);
    meta->toc = news_meta_bool(&r, "toc", 0);
    meta->gone = (news_meta_switch(&r, "gone", 0) != 0);
    meta->draft = (news_meta_switch(&r, "draft", 0) != 0);

    if (news_meta_switch(&r, "published", 1) == 0) {
        meta->draft = 1;
    }

    news_meta_format(&r);

    if (news_meta_authors(&r) != 0
        || news_meta_names(&r, "categories", "category", &meta->categories,
                           &meta->n_categories) != 0
        || news_meta_names(&r, "tags", "tag", &meta->tags,
                           &meta->n_tags) != 0
        || news_meta_keywords(&r) != 0
        || news_meta_lang(&r) != 0
        || news_meta_robots(&r) != 0)
    {
        return -1;
    }

    return 0;
}


news_str_t
news_meta_stem(news_str_t name)
{
    size_t  n;

    for (n = name.len; n > 1; n--) {
        if (name.data[n - 1] == '.') {
            return news_str_n(name.data, n - 1);
        }
    }

    return name;
}


static void
news_meta_date(news_meta_reader_t *r, const char *name, news_when_t *when)
{
    news_str_t           s;
    const news_value_t  *v;

    when->raw = news_str_n(NULL, 0);
    when->time = NEWS_NO_TIME;

    v = news_meta_scalar(r, r->fields, name);
    s = news_meta_trim(news_value_text(v));

    if (s.len == 0) {
        return;
    }

    when->raw = s;

    if (news_date_parse(s, r->options->zone, &when->time) != 0) {
        when->time = NEWS_NO_TIME;

        news_problem(r->problems, NEWS_PROBLEM_VALUE, v->line, v->column,
                     "\"%s\" is no date that can be read", name);
    }
}


static void
news_meta_date_of_name(news_meta_reader_t *r)
{
    news_when_t  *date;

    date = &r->meta->date;

    if (date->raw.len == 0
        && news_date_of_name(r->source->name, r->options->zone, &date->time))
    {
        date->raw = news_str_n(r->source->name.data,
                               sizeof("YYYY-MM-DD") - 1);
    }
}


news_str_t
news_meta_url(news_meta_reader_t *r, const news_value_t *fields,
    const char *name)
{
    news_str_t           s;
    news_url_e           kind;
    const news_value_t  *v;

    v = news_meta_scalar(r, fields, name);
    s = news_meta_trim(news_value_text(v));

    if (s.len == 0) {
        return s;
    }

    if (!news_meta_has_control(s)) {
        kind = news_url_kind(s);

        if (kind == NEWS_URL_HTTP || kind == NEWS_URL_NETWORK
            || kind == NEWS_URL_RELATIVE)
        {
            return s;
        }
    }

    news_problem(r->problems, NEWS_PROBLEM_VALUE, v->line, v->column,
                 "\"%s\" is dropped: not http, https or relative", name);

    return news_str_n(NULL, 0);
}


/* "zh_CN" is often written for "zh-CN" */

static int
news_meta_lang(news_meta_reader_t *r)
{
    size_t               i;
    news_str_t           s;
    unsigned char       *p;
    const news_value_t  *v;

    r->meta->lang = r->options->lang;

    v = news_meta_scalar(r, r->fields, "lang");
    s = news_meta_trim(news_value_text(v));

    if (s.len == 0) {
        return 0;
    }

    if (!news_meta_is_tag(s)) {
        news_problem(r->problems, NEWS_PROBLEM_VALUE, v->line, v->column,
                     "\"lang\" is dropped: not a language tag");
        return 0;
    }

    p = news_arena_alloc(r->arena, s.len);

    if (p == NULL) {
        return -1;
    }

    for (i = 0; i < s.len; i++) {
        p[i] = (s.data[i] == '_') ? '-' : s.data[i];
    }

    r->meta->lang = news_str_n(p, s.len);

    return 0;
}


/* letters, then subtags of one to eight letters and digits */

static int
news_meta_is_tag(news_str_t s)
{
    int            first;
    size_t         i, n;
    unsigned char  c;

    first = 1;
    n = 0;

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if (c == '-' || c == '_') {
            if (n < 1 + (size_t) first) {
                return 0;
            }

            first = 0;
            n = 0;
            continue;
        }

        if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            && (first || c < '0' || c > '9'))
        {
            return 0;
        }

        if (++n > 8) {
            return 0;
        }
    }

    return n >= 1 + (size_t) first && s.len <= NEWS_META_MAX_LANG;
}


static void
news_meta_format(news_meta_reader_t *r)
{
    news_str_t           s;
    const news_value_t  *v;

    v = news_meta_scalar(r, r->fields, "format");
    s = news_meta_trim(news_value_text(v));

    if (news_str_caseeqz(s, "markdown")) {
        r->meta->format = NEWS_BODY_MARKDOWN;

    } else if (news_str_caseeqz(s, "html")) {
        r->meta->format = NEWS_BODY_HTML;

    } else if (s.len) {
        news_problem(r->problems, NEWS_PROBLEM_VALUE, v->line, v->column,
                     "\"format\" is dropped: not markdown or html");
    }
}


/* goes into a response header too */

static int
news_meta_robots(news_meta_reader_t *r)
{
    news_str_t           s;
    news_buf_t           b;
    news_walk_t          w;
    const news_value_t  *v;

    news_buf_init(&b, r->arena, 32);
    news_meta_walk(&w, news_value_getz(r->fields, "robots"));

    while ((v = news_meta_next(&w)) != NULL) {
        s = news_meta_trim(news_value_text(v));

        if (b.len && s.len) {
            news_buf_addz(&b, ", ");
        }

        news_buf_add_str(&b, s);
    }

    s = news_buf_str(&b);

    if (b.failed || news_meta_uncontrol(r->arena, &s) != 0) {
        return -1;
    }

    r->meta->robots = s;
    r->meta->noindex = news_meta_is_noindex(s);

    return 0;
}


static int
news_meta_is_noindex(news_str_t s)
{
    size_t      i, start;
    news_str_t  word;

    start = 0;

    for (i = 0; i <= s.len; i++) {

        if (i < s.len && s.data[i] != ',' && s.data[i] != ' ') {
            continue;
        }

        word = news_str_n(s.data + start, i - start);

        if (news_str_caseeqz(word, "noindex")
            || news_str_caseeqz(word, "none"))
        {
            return 1;
        }

        start = i + 1;
    }

    return 0;
}


/* NULL where there is none; a list or map is told of and counts as none */

static const news_value_t *
news_meta_scalar(news_meta_reader_t *r, const news_value_t *fields,
    const char *name)
{
    const news_value_t  *v;

    v = news_value_getz(fields, name);

    if (v == NULL || v->type == NEWS_NULL) {
        return NULL;
    }

    if (v->type == NEWS_STRING) {
        return v;
    }

    news_problem(r->problems, NEWS_PROBLEM_VALUE, v->line, v->column,
                 "\"%s\" is dropped: not a single value", name);

    return NULL;
}


static news_str_t
news_meta_text(news_meta_reader_t *r, const char *name)
{
    return news_meta_trim(
                       news_value_text(news_meta_scalar(r, r->fields, name)));
}


/* blanks of ASCII, and those of CJK and no-break */

news_str_t
news_meta_trim(news_str_t s)
{
    size_t  len;

    do {
        s = news_str_trim(s);
        len = s.len;

        if (s.len >= 3 && memcmp(s.data, "\xE3\x80\x80", 3) == 0) {
            s.data += 3;
            s.len -= 3;

        } else if (s.len >= 2 && memcmp(s.data, "\xC2\xA0", 2) == 0) {
            s.data += 2;
            s.len -= 2;
        }

        if (s.len >= 3 && memcmp(s.data + s.len - 3, "\xE3\x80\x80", 3) == 0)
        {
            s.len -= 3;

        } else if (s.len >= 2
                   && memcmp(s.data + s.len - 2, "\xC2\xA0", 2) == 0)
        {
            s.len -= 2;
        }

    } while (s.len != len);

    return s;
}


static int
news_meta_bool(news_meta_reader_t *r, const char *name, int absent)
{
    return news_value_bool(news_value_getz(r->fields, name), absent) != 0;
}


/* what was meant to hide an article, and does not, is told of */

static int
news_meta_switch(news_meta_reader_t *r, const char *name, int absent)
{
    int            b;
    news_value_t  *v, trimmed;

    v = news_value_getz(r->fields, name);

    if (v == NULL || v->type == NEWS_NULL) {
        return absent;
    }

    trimmed = *v;

    if (v->type == NEWS_STRING) {
        trimmed.u.string = news_meta_trim(v->u.string);
    }

    b = news_value_bool(&trimmed, -1);

    if (b == -1) {
        news_problem(r->problems, NEWS_PROBLEM_VALUE, v->line, v->column,
                     "\"%s\" is dropped: not true or false", name);
        return absent;
    }

    return b;
}


/* C0, DEL, C1 */

static int
news_meta_has_control(news_str_t s)
{
    size_t  i;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] < 0x20 || s.data[i] == 0x7F
            || (s.data[i] == 0xC2 && i + 1 < s.len && s.data[i + 1] < 0xA0))
        {
            return 1;
        }
    }

    return 0;
}


/* control characters of ASCII become blanks */

static int
news_meta_uncontrol(news_arena_t *a, news_str_t *s)
{
    size_t          i;
    unsigned char  *p;

    if (s->len == 0 || !news_meta_has_control(*s)) {
        return 0;
    }

    p = news_arena_alloc(a, s->len);

    if (p == NULL) {
        return -1;
    }

    for (i = 0; i < s->len; i++) {
        p[i] = (s->data[i] < 0x20 || s->data[i] == 0x7F) ? ' ' : s->data[i];
    }

    s->data = p;

    return 0;
}
