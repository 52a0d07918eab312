
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Processor time of a whole render, beside gumbo's parse of the same body
 * and cmark's conversion of the same Markdown: rounds interleaved, medians.
 *
 *     bench-render ARTICLE MARKDOWN
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmark.h>
#include <gumbo.h>

#include "news.h"


#define ROUNDS  31
#define KEEP    (4 * 1024 * 1024)


typedef struct {
    news_options_t   options;
    news_source_t    source;
    news_str_t       body;
} bench_t;


typedef void (*bench_pt)(bench_t *b);


static news_arena_t  *conf;


static int
load_partial(void *data, news_str_t name, news_str_t *text, news_str_t *file)
{
    (void) data;

    *file = name;

    return news_theme(name, text);
}


static double
seconds(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


static int
expired(void *data)
{
    struct timespec   ts;
    struct timespec  *start = data;

    /* as the module does: the cheap clock is asked */

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec - start->tv_sec > 60;
}


static void
render(bench_t *b)
{
    news_page_t       page;
    struct timespec   start;

    static news_arena_t  *a;

    /* one arena for all, as a worker of the module has */

    if (a == NULL) {
        a = news_arena_create((size_t) 256 * 1024 * 1024);
    }

    if (a == NULL) {
        exit(1);
    }

    clock_gettime(CLOCK_MONOTONIC, &start);
    news_arena_set_expired(a, expired, &start);

    if (news_render(a, &b->options, &b->source, &page) != NEWS_OK
        || page.given_up || page.content.len < b->body.len / 2)
    {
        fprintf(stderr, "bench-render: not rendered\n");
        exit(1);
    }

    news_arena_reset(a, KEEP);
}


static void
parse_gumbo(bench_t *b)
{
    GumboOutput  *out;

    out = gumbo_parse_with_options(&kGumboDefaultOptions,
                                   (const char *) b->body.data, b->body.len);
    gumbo_destroy_output(&kGumboDefaultOptions, out);
}


static void
convert_cmark(bench_t *b)
{
    free(cmark_markdown_to_html((const char *) b->body.data, b->body.len,
                                CMARK_OPT_UNSAFE));
}


static double
measure(bench_pt run, bench_t *b, int n)
{
    int     i;
    double  start;

    start = seconds();

    for (i = 0; i < n; i++) {
        run(b);
    }

    return (seconds() - start) * 1e6 / n;
}


static int
compare_doubles(const void *one, const void *two)
{
    double  a, b;

    a = *(const double *) one;
    b = *(const double *) two;

    return (a > b) - (a < b);
}


static void
compare(const char *what, bench_pt other, bench_t *b, double goal)
{
    int     i, n;
    double  ours[ROUNDS], theirs[ROUNDS], once;

    once = measure(render, b, 3);
    n = (int) (20000 / once) + 1;

    for (i = 0; i < ROUNDS; i++) {
        ours[i] = measure(render, b, n);
        theirs[i] = measure(other, b, n);
    }

    qsort(ours, ROUNDS, sizeof(double), compare_doubles);
    qsort(theirs, ROUNDS, sizeof(double), compare_doubles);

    printf("%-28s %8zu bytes  render %9.1f us  alone %9.1f us"
           "  ratio %.2f  (goal: at most %.2f)\n",
           what, b->body.len, ours[ROUNDS / 2], theirs[ROUNDS / 2],
           ours[ROUNDS / 2] / theirs[ROUNDS / 2], goal);
}


static void
load(bench_t *b, const char *path)
{
    FILE           *f;
    long            size;
    size_t          n;
    news_str_t      theme;
    news_front_t    front;
    unsigned char  *data;
    news_problems_t problems;

    f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        exit(1);
    }

    fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);

    data = malloc((size_t) size + 1);
    n = data != NULL ? fread(data, 1, (size_t) size, f) : 0;
    fclose(f);

    memset(b, 0, sizeof(bench_t));

    b->source.text = news_str_n(data, n);
    b->source.name = news_str("article.txt");
    b->source.url = news_str("/news/article.txt");

    (void) news_front_find(b->source.text, &front);
    b->body = front.body;

    news_problems_init(&problems, conf);
    (void) news_theme(news_str("default"), &theme);

    b->options.heading_ids = 1;
    b->options.front_optional = 1;
    b->options.site_name = news_str("News");
    b->options.site_url = news_str("https://news.example.org");
    b->options.lang = news_str("zh-CN");
    b->options.template = news_template_compile(conf, theme,
                                                news_str("default"),
                                                load_partial, NULL,
                                                &problems);
}


int
main(int argc, char **argv)
{
    bench_t  b;

    conf = news_arena_create((size_t) -1);

    if (argc != 3 || conf == NULL) {
        return 1;
    }

    load(&b, argv[1]);
    compare("article, gumbo's parse:", parse_gumbo, &b, 0.5);

    load(&b, argv[2]);
    compare("Markdown, cmark alone:", convert_cmark, &b, 2.0);

    news_arena_destroy(conf);

    return 0;
}
