
/*
 * Copyright (C) The authors of the news module
 */


#include <stdint.h>
#include <string.h>

#include "news_sanitize_tree.h"


/* an element left out with its content, and how deep in it we are */

typedef struct {
    int       tag;                      /* 0: none */
    unsigned  depth;                    /* of elements of the same name */
    unsigned  inner;                    /* HTML inside of svg or math */
} news_skip_t;


typedef struct {
    news_html_t   html;
    news_skip_t   skip;
    news_tree_t   tree;
    news_ids_t    ids;
    news_buf_t    decoded;
    unsigned      trust:1;
    unsigned      heading_ids:1;
    unsigned      level;                /* trusting: of the open heading */
    size_t        heading_at;
    news_str_t    heading_id;
} news_sanitize_t;


static void news_sanitize_init(news_sanitize_t *s, news_arena_t *a,
    news_str_t html, const news_sanitize_options_t *options, news_buf_t *out,
    news_text_t *text);
static int news_sanitize_collect(news_sanitize_t *s, news_str_t html);
static void news_sanitize_token(news_sanitize_t *s, news_html_token_t *token,
    int first);
static void news_sanitize_trusted(news_sanitize_t *s,
    news_html_token_t *token);
static void news_sanitize_trusted_heading(news_sanitize_t *s);
static news_str_t news_sanitize_decode(news_sanitize_t *s, news_str_t raw);
static int news_sanitize_enters(news_sanitize_t *s, news_html_token_t *token);
static int news_sanitize_skips(news_sanitize_t *s, news_html_token_t *token);
static int news_sanitize_skips_foreign(news_sanitize_t *s,
    news_html_token_t *token);
static int news_sanitize_breaks_out(news_html_token_t *token);
static int news_sanitize_ends_select(news_sanitize_t *s,
    news_html_token_t *token);
static int news_sanitize_is_inner(news_sanitize_t *s,
    news_html_token_t *token);
static void news_sanitize_leave(news_sanitize_t *s);


#define NEWS_SANITIZE_REOPEN  4096      /* bytes, besides the input's length */


int
news_sanitize(news_arena_t *a, news_str_t html,
    const news_sanitize_options_t *options, news_buf_t *out,
    news_text_t *text)
{
    int                 first;
    news_sanitize_t    *s;
    news_html_token_t   token;

    s = news_arena_calloc(a, sizeof(news_sanitize_t));
    if (s == NULL) {
        return -1;
    }

    news_sanitize_init(s, a, html, options, out, text);

    if (s->trust && s->heading_ids && news_sanitize_collect(s, html) != 0) {
        return -1;
    }

    do {
        news_html_next(&s->html, &token);

        if (news_arena_tick(a, 1 + token.raw.len / 128)) {
            return -1;
        }

        first = s->tree.after_pre;
        s->tree.after_pre = 0;

        if (s->trust) {
            news_buf_add_str(out, token.raw);
        }

        if (!news_sanitize_skips(s, &token)) {

            if (s->trust) {
                news_sanitize_trusted(s, &token);

            } else {
                news_sanitize_token(s, &token, first);
            }
        }

    } while (token.type != NEWS_HTML_EOF && !s->tree.failed);

    news_tree_finish(&s->tree);

    return (s->tree.failed || out->failed || s->decoded.failed
            || s->tree.attrs.out.failed || s->tree.attrs.value.failed
            || s->tree.attrs.decoded.failed
            || news_arena_state(a) != NEWS_ARENA_OK)
           ? -1 : 0;
}


static void
news_sanitize_init(news_sanitize_t *s, news_arena_t *a, news_str_t html,
    const news_sanitize_options_t *options, news_buf_t *out,
    news_text_t *text)
{
    news_html_init(&s->html, html);
    news_ids_init(&s->ids, a);
    news_buf_init(&s->decoded, a, 1024);

    s->trust = options->trust;
    s->heading_ids = options->heading_ids;

    s->tree.arena = a;
    s->tree.out = out;
    s->tree.text = text;
    s->tree.ids = &s->ids;
    s->tree.heading_ids = options->heading_ids;
    s->tree.reopen_left = html.len + NEWS_SANITIZE_REOPEN;
    s->tree.pre_at = (size_t) -1;

    news_attrs_init(&s->tree.attrs, a, &s->ids, options->site_host);
}


static void
news_sanitize_token(news_sanitize_t *s, news_html_token_t *token, int first)
{
    switch (token->type) {

    case NEWS_HTML_TEXT:
        news_tree_text(&s->tree, news_sanitize_decode(s, token->raw), first);
        break;

    case NEWS_HTML_START:

        if (!news_sanitize_enters(s, token)) {
            news_tree_start(&s->tree, token);
        }

        break;

    case NEWS_HTML_END:
        news_tree_end(&s->tree, token);
        break;

    case NEWS_HTML_COMMENT:

        if (news_str_eqz(news_str_trim(token->data), "more")) {
            news_text_more(s->tree.text);
        }

        break;

    default:
        break;
    }
}


/* the bytes are out already */

static void
news_sanitize_trusted(news_sanitize_t *s, news_html_token_t *token)
{
    unsigned      flags;
    news_text_t  *text;

    text = s->tree.text;
    flags = news_tags[token->tag].flags;

    if (token->type == NEWS_HTML_TEXT) {
        news_text_add(text, news_sanitize_decode(s, token->raw));

    } else if (token->type == NEWS_HTML_COMMENT) {

        if (news_str_eqz(news_str_trim(token->data), "more")) {
            news_text_more(text);
        }
    }

    if (token->type == NEWS_HTML_EOF || (flags & NEWS_TAG_HEADING)) {
        news_sanitize_trusted_heading(s);
    }

    if (token->type != NEWS_HTML_START && token->type != NEWS_HTML_END) {
        return;
    }

    if (flags & (NEWS_TAG_BLOCK|NEWS_TAG_LINE)) {
        news_text_block(text);
    }

    if (token->type == NEWS_HTML_END || news_sanitize_enters(s, token)) {
        return;
    }

    if (flags & NEWS_TAG_HEADING) {
        s->level = token->name.data[1] - '0';
        s->heading_at = s->tree.out->len - token->raw.len + 1 + token->name.len;
        s->heading_id = news_attrs_find(&s->decoded, token, "id");

        if (s->heading_id.len) {
            s->heading_id = news_str_dup(s->tree.arena, s->heading_id);
        }

        news_text_heading_begin(text, s->level);
    }
}


static void
news_sanitize_trusted_heading(news_sanitize_t *s)
{
    if (s->level == 0) {
        return;
    }

    if (news_tree_heading_id(s->tree.out, s->heading_at, s->tree.text,
                             s->level, s->heading_id,
                             (s->heading_ids && s->heading_id.data == NULL)
                             ? &s->ids : NULL)
        < 0)
    {
        s->tree.failed = 1;
    }

    s->level = 0;
}


int
news_tree_heading_id(news_buf_t *out, size_t at, news_text_t *text,
    unsigned level, news_str_t id, news_ids_t *ids)
{
    int         made;
    news_str_t  s;
    news_buf_t  attr;

    made = (id.len == 0 && ids != NULL);

    if (made && news_id_heading(ids, news_buf_str(&text->heading), &id) != 0) {
        return -1;
    }

    if (news_text_heading_end(text, level, id, &s) != 0) {
        return -1;
    }

    if (!made) {
        return 0;
    }

    /* letters, digits and hyphens: nothing to escape */

    news_buf_init(&attr, out->arena, id.len + 8);
    news_buf_addz(&attr, " id=\"");
    news_buf_add_str(&attr, id);
    news_buf_addc(&attr, '"');

    if (attr.failed) {
        return -1;
    }

    news_buf_insert(out, at, attr.data, attr.len);

    return (int) attr.len;
}


/* trusting: nothing is dropped, so no id made may meet a later author's */

static int
news_sanitize_collect(news_sanitize_t *s, news_str_t html)
{
    news_str_t         id;
    news_html_token_t  token;

    do {
        news_html_next(&s->html, &token);

        if (token.type == NEWS_HTML_START && token.n_attrs) {
            id = news_attrs_find(&s->decoded, &token, "id");

            if (id.len && news_ids_add(&s->ids, id) < 0) {
                return -1;
            }
        }

        if (news_arena_tick(s->tree.arena, 1 + token.raw.len / 128)) {
            return -1;
        }

    } while (token.type != NEWS_HTML_EOF);

    news_html_init(&s->html, html);

    return 0;
}


static news_str_t
news_sanitize_decode(news_sanitize_t *s, news_str_t raw)
{
    uint64_t              word;
    const unsigned char  *p, *last;

    p = raw.data;
    last = p + raw.len;

    for ( /* void */ ; last - p >= 8; p += 8) {
        memcpy(&word, p, 8);

        if (news_html_has(word, '&') | news_html_has(word, '\r')
            | news_html_has(word, '\0'))
        {
            break;
        }
    }

    while (p < last && *p != '&' && *p != '\r' && *p != '\0') {
        p++;
    }

    if (p == last) {
        return raw;
    }

    s->decoded.len = 0;
    news_html_decode(&s->decoded, raw, 0);

    return news_buf_str(&s->decoded);
}


/* does this start tag begin something left out with its content */

static int
news_sanitize_enters(news_sanitize_t *s, news_html_token_t *token)
{
    int  foreign;

    if (!(news_tags[token->tag].flags & NEWS_TAG_SKIP)) {
        return 0;
    }

    foreign = (token->tag == NEWS_TAG_SVG || token->tag == NEWS_TAG_MATH);

    if (foreign && token->self_closing) {
        return 1;
    }

    s->skip.tag = token->tag;
    s->skip.depth = 1;
    s->skip.inner = 0;

    news_html_foreign(&s->html, foreign);

    return 1;
}


/* returns 1 while the token belongs to what is left out */

static int
news_sanitize_skips(news_sanitize_t *s, news_html_token_t *token)
{
    int  start;

    if (s->skip.tag == 0) {
        return 0;
    }

    if (token->type == NEWS_HTML_EOF) {
        return 0;
    }

    if (token->type != NEWS_HTML_START && token->type != NEWS_HTML_END) {
        return 1;
    }

    if (s->skip.tag == NEWS_TAG_SVG || s->skip.tag == NEWS_TAG_MATH) {
        return news_sanitize_skips_foreign(s, token);
    }

    start = (token->type == NEWS_HTML_START);

    if (s->skip.tag == NEWS_TAG_SELECT && start
        && (token->tag == NEWS_TAG_INPUT || token->tag == NEWS_TAG_KEYGEN
            || token->tag == NEWS_TAG_TEXTAREA))
    {
        news_sanitize_leave(s);
        return 0;
    }

    if (s->skip.tag == NEWS_TAG_SELECT && news_sanitize_ends_select(s, token))
    {
        news_sanitize_leave(s);
        return 0;
    }

    if (token->tag != s->skip.tag) {
        return 1;
    }

    if (start && s->skip.tag != NEWS_TAG_SELECT) {
        s->skip.depth++;

    } else if (--s->skip.depth == 0) {
        news_sanitize_leave(s);
    }

    return 1;
}


static int
news_sanitize_skips_foreign(news_sanitize_t *s, news_html_token_t *token)
{
    int  inner, start;

    start = (token->type == NEWS_HTML_START);
    inner = news_sanitize_is_inner(s, token);

    if (s->skip.inner == 0 && news_sanitize_breaks_out(token)) {
        news_sanitize_leave(s);
        return 0;
    }

    if (start && token->self_closing) {
        return 1;
    }

    if (token->tag == s->skip.tag) {

        if (start) {
            s->skip.depth++;

        } else if (--s->skip.depth == 0) {
            news_sanitize_leave(s);
        }

        return 1;
    }

    if (inner && start) {
        s->skip.inner++;

    } else if (inner && s->skip.inner) {
        s->skip.inner--;
    }

    if (inner) {
        news_html_foreign(&s->html, s->skip.inner == 0);
    }

    return 1;
}


/* the tags at which a browser gives up svg and math */

static int
news_sanitize_breaks_out(news_html_token_t *token)
{
    unsigned  i;

    if (token->type == NEWS_HTML_END) {
        return token->tag == NEWS_TAG_P || token->tag == NEWS_TAG_BR;
    }

    if (token->tag != NEWS_TAG_FONT) {
        return (news_tags[token->tag].flags & NEWS_TAG_BREAKOUT) ? 1 : 0;
    }

    for (i = 0; i < token->n_attrs; i++) {
        if (news_str_caseeqz(token->attrs[i].name, "color")
            || news_str_caseeqz(token->attrs[i].name, "face")
            || news_str_caseeqz(token->attrs[i].name, "size"))
        {
            return 1;
        }
    }

    return 0;
}


/* a select in a table goes no farther than its cell */

static int
news_sanitize_ends_select(news_sanitize_t *s, news_html_token_t *token)
{
    unsigned  i;

    if (token->tag != NEWS_TAG_TABLE
        && !(news_tags[token->tag].flags & NEWS_TAG_PART))
    {
        return 0;
    }

    for (i = 0; i < s->tree.n; i++) {
        if (s->tree.open[i].tag == NEWS_TAG_TABLE) {
            return 1;
        }
    }

    return 0;
}


/* an annotation holds HTML only if it says so */

static int
news_sanitize_is_inner(news_sanitize_t *s, news_html_token_t *token)
{
    news_str_t  encoding;

    if (!(news_tags[token->tag].flags & NEWS_TAG_INNER)) {
        return 0;
    }

    if (token->tag != NEWS_TAG_ANNOTATION_XML
        || token->type == NEWS_HTML_END)
    {
        return 1;
    }

    encoding = news_attrs_find(&s->decoded, token, "encoding");

    return news_str_caseeqz(encoding, "text/html")
           || news_str_caseeqz(encoding, "application/xhtml+xml");
}


static void
news_sanitize_leave(news_sanitize_t *s)
{
    s->skip.tag = 0;
    news_html_foreign(&s->html, 0);
}
