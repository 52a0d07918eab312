
/*
 * Copyright (C) ngx_news_module authors
 */


#include <string.h>
#include <time.h>

#include "news.h"
#include "news_utf8.h"
#include "tap.h"


static news_arena_t    *conf;
static news_options_t   options;


static int
load_partial(void *data, news_str_t name, news_str_t *text, news_str_t *file)
{
    *file = name;

    return news_theme(name, text);
}


static news_template_t *
compile(const char *text)
{
    news_problems_t  problems;

    news_problems_init(&problems, conf);

    return news_template_compile(conf, news_str(text), news_str("test"),
                                 load_partial, NULL, &problems);
}


static news_rc_e
render(news_arena_t *a, news_str_t text, news_page_t *page)
{
    news_source_t  source;

    memset(&source, 0, sizeof(news_source_t));

    source.text = text;
    source.name = news_str("2020-02-03-hello.txt");
    source.url = news_str("/a b/2020-02-03-hello.txt");

    return news_render(a, &options, &source, page);
}


static void
test_page(const char *template, const char *text, const char *want,
    const char *name)
{
    news_page_t    page;
    news_arena_t  *a;

    a = news_arena_create((size_t) 64 * 1024 * 1024);
    options.template = compile(template);

    if (render(a, news_str(text), &page) == NEWS_OK) {
        is_str(page.content, want, name);

    } else {
        ok(0, "%s", name);
    }

    news_arena_destroy(a);
}


static void
test_titles(void)
{
    test_page("{{title}}|{{heading_title}}", "---\ntitle: T\n---\n# H\n",
              "T|false", "title of the front matter");
    test_page("{{title}}|{{heading_title}}",
              "---\na: b\n---\n## X\n\n# H *i*\n", "H i|true",
              "title of the first heading of level 1");
    test_page("{{title}}|{{heading_title}}", "---\n---\ntext\n",
              "2020-02-03-hello|false", "title of the file name");
    test_page("{{title}}", "---\ntitle: ~\n---\n# H\n", "H", "null title");
    test_page("{{title}}", "---\ntitle: ''\n---\n# H\n", "H", "empty title");
    test_page("{{date_iso}}", "---\na: b\n---\nx\n", "2020-02-03T00:00:00Z",
              "date of the file name");
    test_page("{{url}}", "---\n---\n", "/a%20b/2020-02-03-hello.txt", "url");
}


static void
test_description(void)
{
    test_page("{{description}}", "---\ndescription: D\nexcerpt: E\n---\nx\n",
              "D", "description");
    test_page("{{description}}", "---\nexcerpt: E\n---\nx\n", "E", "excerpt");
    test_page("{{description}}", "---\ntitle: T\n---\none\n\n<!-- more -->\n\n"
              "two\n", "one", "text before more");
    test_page("{{description}}", "---\ntitle: T\n---\n<!-- more -->\n\n"
              "two\n", "two", "nothing before more");
    test_page("{{description}}", "---\ntitle: T\n---\n*one*\n\ntwo\n",
              "one two", "first visible text");
}


static void
test_bodies(void)
{
    test_page("{{{content}}}", "---\ntitle: T\n---\n\n<div>   \n\n"
              "        <p>a</p>\n</div>\n",
              "\n<div>   \n\n        <p>a</p>\n</div>\n",
              "HTML throughout never passes through Markdown");
    test_page("{{{content}}}", "---\nformat: markdown\n---\n\n<div>\n\n"
              "    code\n</div>\n",
              "<div>\n<pre><code>code\n</code></pre>\n</div>\n",
              "the field format decides");
    test_page("{{{content}}}", "---\nformat: html\n---\n*a*", "*a*",
              "format html");

    test_page("{{description}}", "---\nformat: html\n---\n<p>a</p>"
              "<!-- more --><p>b</p>", "a", "more in HTML");

    options.html = NEWS_HTML_TRUST;
    test_page("{{{content}}}", "---\n---\n<script>x</script>\n",
              "<script>x</script>\n", "trusted");
    test_page("{{{content}}}", "---\n---\n# A b\n",
              "<h1 id=\"a-b\">A b</h1>\n", "heading ids where trusted");

    options.html = NEWS_HTML_OMIT;
    test_page("{{{content}}}", "---\n---\n<div>\nx\n</div>\n",
              "<!-- raw HTML omitted -->\n", "HTML omitted");
    test_page("{{{content}}}", "---\n---\nx <i>y</i> [z](javascript:a)\n",
              "<p>x <!-- raw HTML omitted -->y<!-- raw HTML omitted --> "
              "<a href=\"\">z</a></p>\n", "cmark's safe mode");

    options.html = NEWS_HTML_SANITIZE;
}


static void
test_declined(void)
{
    news_page_t    page;
    news_arena_t  *a;

    a = news_arena_create((size_t) 64 * 1024 * 1024);
    options.template = compile("{{{content}}}");

    is_int(render(a, news_str("no front matter"), &page), NEWS_DECLINED,
           "declined");
    is_int(render(a, news_str("---\nopen"), &page), NEWS_DECLINED,
           "no closing line");

    options.front_optional = 1;
    is_int(render(a, news_str(""), &page), NEWS_OK, "an empty file");
    is_str(page.content, "", "and an empty page");
    is_str(page.meta.title, "2020-02-03-hello", "with a title");
    options.front_optional = 0;

    news_arena_destroy(a);
}


static void
test_problems(void)
{
    news_page_t    page;
    news_arena_t  *a;

    a = news_arena_create((size_t) 64 * 1024 * 1024);
    options.template = compile("{{title}}|{{{content}}}");

    is_int(render(a, news_str("\n---\ntitle: T\nb: [c\n---\nbody\n"), &page),
           NEWS_OK, "malformed front matter is served");
    is_str(page.content, "T|<p>body</p>\n", "with what came before");
    ok(page.malformed && page.problems.n == 1, "and told");
    is_int(page.problems.first->line, 5, "line of the file");

    news_arena_destroy(a);
}


static int
expired(void *data)
{
    struct timespec   ts;
    struct timespec  *start = data;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);

    return (double) (ts.tv_sec - start->tv_sec)
           + (double) (ts.tv_nsec - start->tv_nsec) / 1e9 > 0.2;
}


static void
test_bound(const char *piece, size_t n, const char *name)
{
    size_t            i;
    news_buf_t        text;
    news_page_t       page;
    news_arena_t     *a, *b;
    struct timespec   start;

    a = news_arena_create((size_t) 64 * 1024 * 1024);
    b = news_arena_create((size_t) -1);

    news_buf_init(&text, b, 0);
    news_buf_addz(&text, "---\ntitle: T\n---\n");

    for (i = 0; i < n; i++) {
        news_buf_addz(&text, piece);
    }

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    news_arena_set_expired(a, expired, &start);

    is_int(render(a, news_buf_str(&text), &page), NEWS_OK, name);
    ok(page.given_up && page.problems.n == 1
       && page.problems.first->kind == NEWS_PROBLEM_LIMIT,
       "%s: given up", name);
    ok(page.content.len > n * strlen(piece)
       && memcmp(page.content.data, "T|<pre>", 7) == 0,
       "%s: served in full", name);

    news_arena_destroy(a);
    news_arena_destroy(b);
}


static void
test_bounds(void)
{
    options.template = compile("{{title}}|{{{content}}}");

    test_bound("![[]()", 150000, "a body that takes too long");
    test_bound("a\n", 1000000, "a body that takes too much memory");
    test_bound("[", 1000000, "open brackets");
}


/* fails at each allocation in turn until none is left to fail */

static void
test_memory(void)
{
    size_t         i;
    news_rc_e      rc;
    news_page_t    page;
    news_arena_t  *a;

    static const char  text[] =
        "\xef\xbb\xbf\n---\ntitle: T\nauthor: [{name: A, url: /a}, B]\n"
        "categories: [x, [y, z]]\ndate: 2021-07-30 15:30 +8\ntoc: true\n"
        "a: &a {b: c}\nd: {<<: *a, e: [1, 2]}\nheadimg: 'javascript:x'\n"
        "bad: [1\n---\n# H\n\n## I\n\ntext **b**\n\n- l\n\n"
        "<table><tr><td>x</table>\n\n[a]: b \"c\"\n[a] ![i](j)\n";

    options.template = compile("{{> head}}{{#authors}}{{name}}{{/authors}}"
                               "{{#toc}}{{text}}{{/toc}}{{{content}}}");
    rc = NEWS_ERROR;

    for (i = 1; i < 20000; i++) {
        a = news_arena_create((size_t) 64 * 1024 * 1024);
        news_arena_fail_at(a, i);

        rc = render(a, news_str(text), &page);

        if (rc != NEWS_ERROR && news_arena_state(a) != NEWS_ARENA_NOMEM) {
            news_arena_destroy(a);
            break;
        }

        news_arena_destroy(a);
    }

    ok(rc == NEWS_OK && i > 50, "%d allocations, each failed once", (int) i);
}


static void
test_settle(void)
{
    size_t          used;
    news_page_t     page;
    news_arena_t   *a;
    unsigned char  *dst;

    a = news_arena_create((size_t) 64 * 1024 * 1024);
    options.template = compile("{{title}}|{{{content}}}");

    (void) render(a, news_str("---\nx: y\nb: [\n---\n# H\n\n*b*\n"), &page);

    used = news_arena_used(a);
    dst = news_arena_alloc(conf, news_page_size(&page));
    news_page_settle(a, &page, dst);
    ok(news_arena_used(a) <= used, "memory is given back");

    memset(news_arena_alloc(a, 100000), 'x', 100000);

    is_str(page.content, "H|<h1 id=\"h\">H</h1>\n<p><em>b</em></p>\n",
           "a settled page stays");
    is_str(page.meta.title, "H", "and its title");
    is_str(page.meta.description, "b", "and its description");
    is_str(news_value_text(news_value_getz(page.meta.fields, "x")), "y",
           "and its fields");
    is_int(page.problems.n, 0, "problems are forgotten");

    news_arena_destroy(a);
}


static int
never(void *data)
{
    size_t  *polls = data;

    return (*polls)++ > 3;
}


/* bounds that escaping the body alone does not keep */

static void
test_last_resort(void)
{
    size_t         bad, polls;
    news_str_t     name, text;
    news_buf_t     b;
    news_page_t    page;
    news_arena_t  *a;
    news_source_t  source;

    a = news_arena_create((size_t) 16 * 1024 * 1024);
    options.template = compile("{{#a}}{{#a}}{{#a}}{{s}}{{/a}}{{/a}}{{/a}}"
                               "{{title}}|{{{content}}}");

    news_buf_init(&b, conf, 4096);
    news_buf_addz(&b, "---\ntitle: T\ns: 0123456789012345678901\na: [");

    for (bad = 0; bad < 200; bad++) {
        news_buf_addz(&b, "x,");
    }

    news_buf_addz(&b, "]\n---\n\n<b>\n");

    is_int(render(a, news_buf_str(&b), &page), NEWS_OK,
           "a template that multiplies lists");
    is_str(page.content, "T|<pre>\n\n&lt;b&gt;\n</pre>\n",
           "has the title, and all lines");
    ok(page.given_up && page.problems.n == 1, "and one warning");
    ok(page.meta.fields != NULL && page.meta.fields->n == 3, "fields stay");

    news_arena_destroy(a);

    /* decoding takes all the time */

    a = news_arena_create((size_t) 16 * 1024 * 1024);
    options.template = compile("{{title}}|{{{content}}}");
    name = news_str("gb18030");
    options.charsets = news_charsets_create(conf, &name, 1, &bad);

    news_buf_init(&b, conf, 4096);
    news_buf_addz(&b, "---\ntitle: T\n---\n");

    for (bad = 0; bad < 100000; bad++) {
        news_buf_addc(&b, 0xFF);
    }

    text = news_buf_str(&b);
    polls = 0;

    memset(&source, 0, sizeof(news_source_t));
    source.text = text;
    source.name = news_str("a.txt");
    source.url = news_str("/a.txt");

    news_arena_set_expired(a, never, &polls);

    is_int(news_render(a, &options, &source, &page), NEWS_OK,
           "an encoding that takes long");
    ok(page.given_up && page.problems.n == 1, "is given up");
    ok(page.content.len > 7 && memcmp(page.content.data, "T|<pre>", 7) == 0,
       "the body is escaped");

    options.charsets = NULL;
    news_arena_destroy(a);
}


static void
test_json(void)
{
    news_page_t    page;
    news_arena_t  *a;

    a = news_arena_create((size_t) 64 * 1024 * 1024);
    options.output = NEWS_OUTPUT_JSON;

    is_int(render(a, news_str("---\ntitle: </script>\nx: [1]\n---\n*b*\n"),
                  &page), NEWS_OK, "JSON");
    ok(page.content.len > 2 && page.content.data[0] == '{'
       && memchr(page.content.data, '<', page.content.len) == NULL,
       "is an object without a tag");

    options.output = NEWS_OUTPUT_META;
    is_int(render(a, news_str("---\ntitle: M\n---\n*b*\n"), &page), NEWS_OK,
           "fields only");
    is_str(page.meta.title, "M", "title");
    is_str(page.content, "", "and no page");

    options.output = NEWS_OUTPUT_PAGE;

    news_arena_destroy(a);
}


int
main(void)
{
    conf = news_arena_create((size_t) -1);

    options.heading_ids = 1;

    test_titles();
    test_description();
    test_bodies();
    test_declined();
    test_problems();
    test_bounds();
    test_settle();
    test_last_resort();
    test_json();
    test_memory();

    news_arena_destroy(conf);

    return done();
}
