
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * The sanitizer: the first byte holds the options, the rest is the body.
 * Its output is valid UTF-8 and balanced, has only what may be there, and
 * comes out of a second pass as it went in.
 */

#include <stdint.h>
#include <stdlib.h>

#include "news_sanitize.h"
#include "news_url.h"
#include "news_utf8.h"


#define OUTPUT_TIMES  10
#define OUTPUT_PLUS   8192

#define check(cond)                                                           \
    do {                                                                      \
        if (!(cond)) {                                                        \
            abort();                                                          \
        }                                                                     \
    } while (0)


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static news_str_t run(news_arena_t *a, news_str_t in, int options);
static void check_tokens(news_arena_t *a, news_str_t out);
static void check_start(news_arena_t *a, const news_html_token_t *token);
static void check_attr(news_arena_t *a, const news_html_token_t *token,
    const news_html_attr_t *attr);
static int is_in(news_str_t name, const char *const *list);


static const char *const  plain[] = {
    "abbr", "align", "alt", "cite", "class", "colspan", "controls",
    "datetime", "decoding", "default", "dir", "headers", "height", "hidden",
    "hreflang", "id", "kind", "label", "lang", "loading", "loop", "media",
    "muted", "open", "playsinline", "preload", "rel", "reversed", "rowspan",
    "scope", "sizes", "span", "srclang", "start", "title", "translate",
    "type", "valign", "value", "width", NULL
};

static const char *const  urls[] = {
    "href", "src", "poster", "srcset", NULL
};


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int            options;
    news_str_t     in, once, twice;
    news_buf_t     b;
    news_arena_t  *a;

    if (size == 0) {
        return 0;
    }

    a = news_arena_create((size_t) -1);
    if (a == NULL) {
        return 0;
    }

    options = data[0];

    news_buf_init(&b, a, size * 3 + 1);
    news_utf8_repair(&b, news_str_n(data + 1, size - 1));
    in = news_buf_str(&b);

    once = run(a, in, options);

    if (options & 1) {
        check((options & 2) || news_str_eq(in, once));

    } else {
        check(once.len <= in.len * OUTPUT_TIMES + OUTPUT_PLUS);
        check(news_utf8_valid(once.data, once.len) == once.len);
        check_tokens(a, once);

        twice = run(a, once, options);
        check(news_str_eq(once, twice));
    }

    news_arena_destroy(a);

    return 0;
}


static news_str_t
run(news_arena_t *a, news_str_t in, int options)
{
    news_buf_t               out;
    news_text_t              text;
    news_sanitize_options_t  o;

    memset(&o, 0, sizeof(o));
    o.trust = options & 1;
    o.heading_ids = (options & 2) ? 1 : 0;
    o.site_host = news_str("example.org");

    news_buf_init(&out, a, in.len + 1);

    check(news_text_init(&text, a) == 0);
    check(news_sanitize(a, in, &o, &out, &text) == 0);

    return news_buf_str(&out);
}


static void
check_tokens(news_arena_t *a, news_str_t out)
{
    int                n, open[NEWS_SANITIZE_MAX_DEPTH];
    unsigned           flags;
    news_html_t        h;
    news_html_token_t  token;

    n = 0;
    news_html_init(&h, out);

    do {
        news_html_next(&h, &token);
        flags = news_tags[token.tag].flags;

        switch (token.type) {

        case NEWS_HTML_START:
            check((flags & NEWS_TAG_KEEP)
                  && news_tags[token.tag].as == token.tag);
            check_start(a, &token);

            if (!(flags & NEWS_TAG_VOID)) {
                check(n < NEWS_SANITIZE_MAX_DEPTH);
                open[n++] = token.tag;
            }

            break;

        case NEWS_HTML_END:
            check(n > 0 && open[--n] == token.tag);
            break;

        default:
            check(token.type == NEWS_HTML_TEXT
                  || (token.type == NEWS_HTML_EOF && token.raw.len == 0));
        }

    } while (token.type != NEWS_HTML_EOF);

    check(n == 0);
}


static void
check_start(news_arena_t *a, const news_html_token_t *token)
{
    unsigned  i;

    for (i = 0; i < token->n_attrs; i++) {
        check_attr(a, token, &token->attrs[i]);
    }
}


static void
check_attr(news_arena_t *a, const news_html_token_t *token,
    const news_html_attr_t *attr)
{
    size_t       i;
    news_buf_t   value;
    news_url_e   kind;

    for (i = 0; i < attr->value.len; i++) {
        check(attr->value.data[i] != '<' && attr->value.data[i] != '>'
              && attr->value.data[i] != '"');
    }

    check(attr->value.data[-1] == '"');

    if (is_in(attr->name, plain)) {
        return;
    }

    check(is_in(attr->name, urls));

    news_buf_init(&value, a, attr->value.len + 1);
    news_html_decode(&value, attr->value, 1);

    kind = news_url_kind(news_buf_str(&value));

    check(kind != NEWS_URL_OTHER);
    check(kind != NEWS_URL_DATA_IMAGE || token->tag == NEWS_TAG_IMG);
    check(kind != NEWS_URL_MAILTO || token->tag == NEWS_TAG_A);
}


static int
is_in(news_str_t name, const char *const *list)
{
    for ( /* void */ ; *list; list++) {
        if (news_str_eqz(name, *list)) {
            return 1;
        }
    }

    return 0;
}
