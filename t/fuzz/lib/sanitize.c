
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * What must hold of the sanitizer: its output is valid UTF-8, balanced and
 * not much longer than the input, has only what may be there in the eyes of
 * two parsers, is the same twice, and comes out of a second pass as it went
 * in.
 */

#include "fuzz.h"
#include "news_sanitize.h"


#define OUTPUT_TIMES  10
#define OUTPUT_PLUS   8192


static news_str_t fuzz_sanitize(news_arena_t *a, news_str_t in,
    unsigned options);
static void fuzz_check_tokens(news_str_t out);
static void fuzz_check_start(const news_html_token_t *token);


void
fuzz_check_sanitize(news_str_t in, unsigned options)
{
    fuzz_t      f;
    news_str_t  once;

    fuzz_begin(&f);

    once = fuzz_sanitize(f.arena, in, options);

    check(news_str_eq(once, fuzz_sanitize(f.arena, in, options)));
    fuzz_check_utf8(once);

    if (options & 1) {
        check((options & 2) || news_str_eq(in, once));

    } else {
        check(once.len <= in.len * OUTPUT_TIMES + OUTPUT_PLUS);
        fuzz_check_tokens(once);
        fuzz_check_tree(once);
        check(news_str_eq(once, fuzz_sanitize(f.arena, once, options)));
    }

    fuzz_end(&f, in.len);
}


static news_str_t
fuzz_sanitize(news_arena_t *a, news_str_t in, unsigned options)
{
    news_buf_t               out;
    news_text_t              text;
    news_sanitize_options_t  o;

    memset(&o, 0, sizeof(o));
    o.trust = options & 1;
    o.heading_ids = (options >> 1) & 1;
    o.site_host = news_str("example.org");

    news_buf_init(&out, a, in.len + 1);

    check(news_text_init(&text, a) == 0);
    check(news_sanitize(a, in, &o, &out, &text) == 0);

    return news_buf_str(&out);
}


static void
fuzz_check_tokens(news_str_t out)
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
            fuzz_check_start(&token);

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
fuzz_check_start(const news_html_token_t *token)
{
    size_t                   i;
    unsigned                 n;
    const news_html_attr_t  *attr;

    for (n = 0; n < token->n_attrs; n++) {
        attr = &token->attrs[n];

        check(attr->value.data[-1] == '"');

        for (i = 0; i < attr->value.len; i++) {
            check(attr->value.data[i] != '<' && attr->value.data[i] != '>'
                  && attr->value.data[i] != '"');
        }
    }
}
