
/*
 * Copyright (C) The authors of the news module
 */


#include <string.h>

#include "news.h"
#include "news_markdown.h"
#include "news_meta.h"
#include "news_sanitize.h"
#include "news_text.h"
#include "news_url.h"
#include "news_utf8.h"
#include "news_view.h"


/*
 * Past a bound: how much of the body is shown where all of it would be too
 * much, and how often a second run may ask for the time before it is over.
 */

#define NEWS_PAGE_CUT    ((size_t) 8 * 1024 * 1024)
#define NEWS_PAGE_POLLS  8192

/* a text that decoding makes larger than this leaves no memory to show it */

#define NEWS_PAGE_DECODED  ((size_t) 48 * 1024 * 1024)


/* what a body becomes on its way into the page */

typedef struct {
    news_str_t     source;
    news_str_t     html;
    news_text_t    text;
    unsigned       bare:1;    /* the page has no lists and no other fields */
} news_body_t;


static int news_page_start(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page, news_str_t *body);
static int news_page_over(news_arena_t *a, const news_arena_mark_t *mark,
    news_page_t *page);
static int news_page_escaped(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page, news_body_t *body);
static int news_page_spent(void *data);
static news_str_t news_page_cut(news_str_t s);
static int news_page_front(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page, news_str_t *body);
static int news_page_body(news_arena_t *a, const news_options_t *options,
    const news_page_t *page, news_body_t *body);
static int news_page_plain(news_arena_t *a, news_body_t *body);
static int news_page_finish(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page, news_body_t *body);
static int news_page_title(news_arena_t *a, const news_source_t *source,
    news_meta_t *meta, const news_text_t *text);
static int news_page_description(news_arena_t *a, news_meta_t *meta,
    const news_text_t *text);
static int news_page_write(news_arena_t *a, const news_options_t *options,
    const news_view_t *view, news_page_t *page);
static const char *news_page_limit(news_arena_state_e state);


news_rc_e
news_render(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page)
{
    int           rc;
    news_body_t   body;
    news_meta_t   meta;

    memset(page, 0, sizeof(news_page_t));
    memset(&body, 0, sizeof(news_body_t));

    rc = news_page_start(a, options, source, page, &body.source);

    if (rc != NEWS_OK) {
        return rc;
    }

    news_arena_mark(a, &page->body);

    if (options->output == NEWS_OUTPUT_META) {
        return NEWS_OK;
    }

    if (!page->given_up) {
        meta = page->meta;

        if (news_page_body(a, options, page, &body) == 0
            && news_page_finish(a, options, source, page, &body) == 0)
        {
            return NEWS_OK;
        }

        page->meta = meta;

        if (news_page_over(a, &page->body, page) != 0) {
            return NEWS_ERROR;
        }

        news_arena_mark(a, &page->body);
    }

    rc = news_page_escaped(a, options, source, page, &body);

    news_arena_set_expired(a, NULL, NULL);

    return rc;
}


/*
 * An encoding may cost as much as a body, so the bound may be reached before
 * a body is found: then what is not UTF-8 is not read.
 */

static int
news_page_start(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page, news_str_t *body)
{
    int                rc;
    news_source_t      cut;
    news_options_t     utf8;
    news_arena_mark_t  mark;

    news_arena_mark(a, &mark);
    news_problems_init(&page->problems, a);

    rc = news_page_front(a, options, source, page, body);

    if (rc != NEWS_ERROR) {
        return rc;
    }

    memset(page, 0, sizeof(news_page_t));
    news_problems_init(&page->problems, a);

    if (news_page_over(a, &mark, page) != 0) {
        return NEWS_ERROR;
    }

    utf8 = *options;
    utf8.charsets = NULL;

    cut = *source;
    cut.text = news_page_cut(cut.text);

    return news_page_front(a, &utf8, &cut, page, body);
}


/* a bound was reached; -1 where it was not one of ours */

static int
news_page_over(news_arena_t *a, const news_arena_mark_t *mark,
    news_page_t *page)
{
    news_arena_state_e  state;

    state = news_arena_state(a);

    if (state == NEWS_ARENA_NOMEM) {
        return -1;
    }

    news_arena_release(a, mark);
    news_arena_set_expired(a, NULL, NULL);

    news_problem(&page->problems, NEWS_PROBLEM_LIMIT, 0, 0, "%s",
                 news_page_limit(state));

    page->given_up = 1;

    return 0;
}


/*
 * Once more, with nothing done to the body.  When that is too much as well,
 * the template makes a lot of few fields, or the body is huge: the page then
 * has neither lists nor fields of its own, and what fits of the body.
 */

static int
news_page_escaped(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page, news_body_t *body)
{
    unsigned      left;
    news_meta_t   meta;

    meta = page->meta;
    left = NEWS_PAGE_POLLS;

    news_arena_set_expired(a, news_page_spent, &left);

    if (news_page_plain(a, body) == 0
        && news_page_finish(a, options, source, page, body) == 0)
    {
        return NEWS_OK;
    }

    if (news_arena_state(a) == NEWS_ARENA_NOMEM) {
        return NEWS_ERROR;
    }

    news_arena_release(a, &page->body);
    news_arena_set_expired(a, NULL, NULL);

    page->meta = meta;

    body->source = news_page_cut(body->source);
    body->bare = 1;

    if (news_page_plain(a, body) == 0
        && news_page_finish(a, options, source, page, body) == 0)
    {
        return NEWS_OK;
    }

    return NEWS_ERROR;
}


static int
news_page_spent(void *data)
{
    unsigned  *left = data;

    return *left == 0 || --*left == 0;
}


static news_str_t
news_page_cut(news_str_t s)
{
    if (s.len > NEWS_PAGE_CUT) {
        s.len = NEWS_PAGE_CUT;

        while (s.len != 0 && (s.data[s.len] & 0xC0) == 0x80) {
            s.len--;
        }
    }

    return s;
}


static const char *
news_page_limit(news_arena_state_e state)
{
    switch (state) {

    case NEWS_ARENA_EXPIRED:
        return "render took too much processor time, "
               "the body is served as plain text";

    case NEWS_ARENA_LIMIT:
        return "render took too much memory, "
               "the body is served as plain text";

    default:
        return "body cannot be rendered, it is served as plain text";
    }
}


static int
news_page_front(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page, news_str_t *body)
{
    int            rc;
    news_str_t     text;
    news_front_t   front;
    news_value_t  *fields;

    rc = news_charsets_decode(options->charsets, a, source->text, &text);
    if (rc != 0) {
        return NEWS_ERROR;
    }

    if (text.len > NEWS_PAGE_DECODED && text.len > source->text.len) {
        return NEWS_ERROR;
    }

    if (news_front_find(text, &front)) {
        rc = news_front_parse(a, &front, &fields, &page->problems);
        if (rc == -1) {
            return NEWS_ERROR;
        }

        page->malformed = (rc == 1);

    } else {
        if (!options->front_optional) {
            return NEWS_DECLINED;
        }

        fields = news_value_map(a);
        if (fields == NULL) {
            return NEWS_ERROR;
        }
    }

    *body = front.body;

    rc = news_meta_read(a, options, source, fields, &page->meta,
                        &page->problems);
    if (rc != 0) {
        return NEWS_ERROR;
    }

    if (page->meta.format == NEWS_BODY_AUTO) {
        page->meta.format = options->body;
    }

    if (page->meta.format == NEWS_BODY_AUTO) {
        page->meta.format = news_markdown_is_html(front.body)
                            ? NEWS_BODY_HTML : NEWS_BODY_MARKDOWN;
    }

    return NEWS_OK;
}


static int
news_page_body(news_arena_t *a, const news_options_t *options,
    const news_page_t *page, news_body_t *body)
{
    int                      html;
    news_buf_t               out;
    news_sanitize_options_t  sanitize;

    html = (page->meta.format == NEWS_BODY_HTML);

    if (html && options->html == NEWS_HTML_OMIT) {
        /* what cmark's safe mode makes of a block of HTML */
        body->html = news_str("<!-- raw HTML omitted -->\n");

    } else if (html) {
        body->html = body->source;

    } else if (news_markdown(a, body->source, options->breaks,
                             options->html == NEWS_HTML_OMIT, &body->html)
               != 0)
    {
        return -1;
    }

    if (news_text_init(&body->text, a) != 0) {
        return -1;
    }

    body->text.skip_h1 = (page->meta.title.len == 0);

    memset(&sanitize, 0, sizeof(news_sanitize_options_t));

    sanitize.trust = (options->html != NEWS_HTML_SANITIZE);
    sanitize.heading_ids = options->heading_ids;
    sanitize.site_host = news_url_host(options->site_url);

    news_buf_init(&out, a, body->html.len + body->html.len / 8 + 256);

    if (news_sanitize(a, body->html, &sanitize, &out, &body->text) != 0
        || out.failed)
    {
        return -1;
    }

    body->html = news_buf_str(&out);

    return 0;
}


static int
news_page_plain(news_arena_t *a, news_body_t *body)
{
    news_buf_t  out;

    if (news_text_init(&body->text, a) != 0) {
        return -1;
    }

    news_text_add(&body->text, body->source);

    news_buf_init(&out, a, body->source.len + body->source.len / 8 + 64);

    news_buf_addz(&out, "<pre>");

    /* a parser drops the line end that directly follows the tag */

    if (body->source.len != 0 && body->source.data[0] == '\n') {
        news_buf_addc(&out, '\n');
    }

    news_escape_html(&out, body->source);
    news_buf_addz(&out, "</pre>\n");

    body->html = news_buf_str(&out);

    return out.failed ? -1 : 0;
}


static int
news_page_finish(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page, news_body_t *body)
{
    news_view_t   view;
    news_meta_t  *meta, bare;

    meta = &page->meta;

    if (news_page_title(a, source, meta, &body->text) != 0
        || news_page_description(a, meta, &body->text) != 0)
    {
        return -1;
    }

    page->words = body->text.words;

    memset(&view, 0, sizeof(news_view_t));

    view.options = options;
    view.source = source;
    view.meta = meta;

    if (body->bare) {
        bare = *meta;
        bare.n_authors = 0;
        bare.n_categories = 0;
        bare.n_tags = 0;
        bare.n_keywords = 0;
        bare.toc = 0;
        bare.fields = NULL;
        view.meta = &bare;
    }

    view.text = &body->text;
    view.content = body->html;

    return news_page_write(a, options, &view, page);
}


static int
news_page_title(news_arena_t *a, const news_source_t *source,
    news_meta_t *meta, const news_text_t *text)
{
    news_buf_t  out;

    if (meta->title.len != 0) {
        return 0;
    }

    if (text->h1.len != 0) {
        meta->title = text->h1;
        meta->heading_title = 1;
        return 0;
    }

    /* file names are bytes: what is no UTF-8 must not reach the page */

    news_buf_init(&out, a, source->name.len + 1);
    news_utf8_repair(&out, news_meta_stem(source->name));

    meta->title = news_buf_str(&out);

    return out.failed ? -1 : 0;
}


static int
news_page_description(news_arena_t *a, news_meta_t *meta,
    const news_text_t *text)
{
    news_str_t  lead;

    if (meta->description.len != 0) {
        return 0;
    }

    lead = news_buf_str(&text->lead);

    if (text->more && text->more_at != 0) {
        lead.len = text->more_at;
    }

    return news_text_description(a, lead, &meta->description);
}


static int
news_page_write(news_arena_t *a, const news_options_t *options,
    const news_view_t *view, news_page_t *page)
{
    news_buf_t     out;
    news_value_t  *map;

    map = news_view_map(a, view);
    if (map == NULL) {
        return -1;
    }

    news_buf_init(&out, a, view->content.len + 16384);

    if (options->output == NEWS_OUTPUT_JSON) {
        news_value_json(&out, map);
        news_buf_addc(&out, '\n');

    } else if (news_template_run(options->template, a, map, &out) != 0) {
        return -1;
    }

    page->content = news_buf_str(&out);

    return out.failed ? -1 : 0;
}


size_t
news_page_size(const news_page_t *page)
{
    return page->content.len + page->meta.title.len
           + page->meta.description.len;
}


void
news_page_settle(news_arena_t *a, news_page_t *page, unsigned char *dst)
{
    size_t       i;
    news_str_t  *s[3];

    /* the others were there before the body */

    s[0] = &page->content;
    s[1] = &page->meta.title;
    s[2] = &page->meta.description;

    for (i = 0; i < 3; i++) {
        if (s[i]->len != 0) {
            memcpy(dst, s[i]->data, s[i]->len);
        }

        s[i]->data = dst;
        dst += s[i]->len;
    }

    news_problems_init(&page->problems, a);
    news_arena_release(a, &page->body);
}
