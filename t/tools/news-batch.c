
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Renders many articles, from standard input to standard output, with nothing
 * but the engine.  Before each article, and before the content it has become,
 * goes a line with the number of its bytes.
 */

#include <stdio.h>
#include <stdlib.h>

#include "news.h"


#define MEMORY  ((size_t) 256 * 1024 * 1024)
#define KEEP    ((size_t) 4 * 1024 * 1024)


static int
read_article(news_arena_t *a, news_str_t *text)
{
    char            line[32];
    size_t          len;
    unsigned char  *p;

    if (fgets(line, sizeof(line), stdin) == NULL) {
        return 0;
    }

    len = strtoul(line, NULL, 10);

    p = news_arena_alloc(a, len + 1);
    if (p == NULL || fread(p, 1, len, stdin) != len) {
        return -1;
    }

    *text = news_str_n(p, len);

    return 1;
}


static int
render(news_arena_t *a, const news_options_t *options, news_source_t *source)
{
    news_page_t  page;

    if (news_render(a, options, source, &page) != NEWS_OK || page.given_up) {
        return -1;
    }

    printf("%zu\n", page.content.len);
    fwrite(page.content.data, 1, page.content.len, stdout);

    return 0;
}


int
main(void)
{
    int                rc;
    news_arena_t      *a, *conf;
    news_source_t      source;
    news_options_t     options;
    news_problems_t    problems;

    memset(&options, 0, sizeof(news_options_t));
    memset(&source, 0, sizeof(news_source_t));

    conf = news_arena_create((size_t) -1);
    a = news_arena_create(MEMORY);

    if (conf == NULL || a == NULL) {
        return 1;
    }

    news_problems_init(&problems, conf);

    options.heading_ids = 1;
    options.template = news_template_compile(conf, news_str("{{{content}}}"),
                                             news_str("content"), NULL, NULL,
                                             &problems);
    if (options.template == NULL) {
        return 1;
    }

    source.name = news_str("article.txt");
    source.url = news_str("/article.txt");

    for ( ;; ) {
        rc = read_article(a, &source.text);

        if (rc > 0) {
            rc = render(a, &options, &source) == 0 ? 1 : -1;
        }

        if (rc <= 0) {
            break;
        }

        news_arena_reset(a, KEEP);
    }

    news_arena_destroy(a);
    news_arena_destroy(conf);

    if (rc < 0) {
        fprintf(stderr, "news-batch: an article was not rendered\n");
    }

    return rc ? 1 : 0;
}
