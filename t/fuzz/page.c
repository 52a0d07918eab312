
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * A whole render.  The first byte chooses options, the rest is the file.
 * The page is valid UTF-8, within its bounds, and the same twice.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "news.h"
#include "news_utf8.h"


#define MEMORY  ((size_t) 64 * 1024 * 1024)


static news_arena_t           *conf;
static news_template_t        *theme;
static const news_charsets_t  *charsets;


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static int
load_partial(void *data, news_str_t name, news_str_t *text, news_str_t *file)
{
    *file = name;

    return news_theme(name, text);
}


static void
init(void)
{
    size_t            bad;
    news_str_t        text;
    news_problems_t   problems;

    static const news_str_t  names[] = {
        news_string("utf-8"), news_string("gb18030")
    };

    conf = news_arena_create((size_t) -1);

    if (conf == NULL || news_theme(news_str("default"), &text) != 0) {
        abort();
    }

    news_problems_init(&problems, conf);

    theme = news_template_compile(conf, text, news_str("default"),
                                  load_partial, NULL, &problems);
    charsets = news_charsets_create(conf, names, 2, &bad);

    if (theme == NULL || charsets == NULL) {
        abort();
    }
}


static news_rc_e
render(news_arena_t *a, const uint8_t *data, size_t size, news_page_t *page)
{
    uint8_t         bits;
    news_source_t   source;
    news_options_t  options;

    bits = data[0];

    memset(&options, 0, sizeof(news_options_t));
    memset(&source, 0, sizeof(news_source_t));

    options.template = theme;
    options.html = (news_html_mode_e) (bits % 3);
    options.heading_ids = (bits >> 2) & 1;
    options.front_optional = (bits >> 3) & 1;
    options.breaks = (news_breaks_e) ((bits >> 4) % 3);
    options.output = (bits & 0x40) ? NEWS_OUTPUT_JSON : NEWS_OUTPUT_PAGE;
    options.charsets = (bits & 0x80) ? charsets : NULL;

    source.text = news_str_n(data + 1, size - 1);
    source.name = news_str("2021-07-30-a.txt");
    source.url = news_str("/a.txt");

    return news_render(a, &options, &source, page);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    news_rc_e      rc;
    news_page_t    page, again;
    news_arena_t  *a, *b;

    if (size == 0) {
        return 0;
    }

    if (conf == NULL) {
        init();
    }

    a = news_arena_create(MEMORY);
    b = news_arena_create(MEMORY);

    if (a == NULL || b == NULL) {
        abort();
    }

    rc = render(a, data, size, &page);

    if (rc != NEWS_OK && rc != NEWS_DECLINED) {
        abort();
    }

    if (render(b, data, size, &again) != rc) {
        abort();
    }

    if (rc == NEWS_OK
        && (!news_str_eq(page.content, again.content)
            || news_utf8_valid(page.content.data, page.content.len)
               != page.content.len
            || news_arena_peak(a) > MEMORY))
    {
        abort();
    }

    (void) news_page_field(a, &page, news_str("title"));

    news_arena_destroy(a);
    news_arena_destroy(b);

    return 0;
}
