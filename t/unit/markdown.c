
/*
 * Copyright (C) ngx_news_module authors
 */


#include <time.h>

#include "news_markdown.h"
#include "tap.h"


/* half a second, and what passes between two looks at the clock */

#if defined(__SANITIZE_ADDRESS__)
#define TIME_LIMIT  5
#else
#define TIME_LIMIT  1
#endif


static double
seconds(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


static int
expired(void *data)
{
    double  *until = data;

    return seconds() > *until;
}


static void
test_render(news_arena_t *a, const char *text, news_breaks_e breaks, int safe,
    const char *want, const char *name)
{
    news_str_t  html;

    if (news_markdown(a, news_str(text), breaks, safe, &html) != 0) {
        ok(0, "%s", name);
        return;
    }

    is_str(html, want, name);
}


static void
test_references(news_arena_t *a)
{
    test_render(a, "a&#xFFFE;b `c` &#65535;\n\n[d](/&#xFFFF;)\n",
                NEWS_BREAKS_SOFT, 0,
                "<p>a\xef\xbf\xbd" "b <code>c</code> \xef\xbf\xbd</p>\n"
                "<p><a href=\"/%FF\">d</a></p>\n",
                "references to what is no character leave valid UTF-8");
}


static void
test_breaks(news_arena_t *a)
{
    const char  *cjk;

    cjk = "\xe4\xb8\xad\xe6\x96\x87\n\xe5\xad\x97\n";

    test_render(a, "a\nb\n", NEWS_BREAKS_AUTO, 0, "<p>a\nb</p>\n",
                "Latin keeps its line end");
    test_render(a, cjk, NEWS_BREAKS_AUTO, 0,
                "<p>\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97</p>\n",
                "wide characters are joined");
    test_render(a, cjk, NEWS_BREAKS_SOFT, 0,
                "<p>\xe4\xb8\xad\xe6\x96\x87\n\xe5\xad\x97</p>\n",
                "soft: not joined");
    test_render(a, cjk, NEWS_BREAKS_HARD, 0,
                "<p>\xe4\xb8\xad\xe6\x96\x87<br />\n\xe5\xad\x97</p>\n",
                "hard: a break");
    test_render(a, "\xe4\xb8\xad\nb\n\xe4\xb8\xad\n", NEWS_BREAKS_AUTO, 0,
                "<p>\xe4\xb8\xad\nb\n\xe4\xb8\xad</p>\n",
                "wide and Latin are not joined");
    test_render(a, "\xed\x95\x9c\n\xea\xb8\x80\n", NEWS_BREAKS_AUTO, 0,
                "<p>\xed\x95\x9c\n\xea\xb8\x80</p>\n",
                "Hangul is not joined");
    test_render(a, "**\xe4\xb8\xad**\n*\xe6\x96\x87*\n", NEWS_BREAKS_AUTO, 0,
                "<p><strong>\xe4\xb8\xad</strong>"
                "<em>\xe6\x96\x87</em></p>\n",
                "joined through emphasis");
    test_render(a, "\xe4\xb8\xad\n![x](y)\n\xe6\x96\x87\n", NEWS_BREAKS_AUTO,
                0, "<p>\xe4\xb8\xad\n<img src=\"y\" alt=\"x\" />\n"
                "\xe6\x96\x87</p>\n", "an image is between");
    test_render(a, "\xe4\xb8\xad  \n\xe6\x96\x87\n", NEWS_BREAKS_AUTO, 0,
                "<p>\xe4\xb8\xad<br />\n\xe6\x96\x87</p>\n",
                "a hard break stays");
    test_render(a, "# \xe4\xb8\xad\n\xe6\x96\x87\n", NEWS_BREAKS_AUTO, 0,
                "<h1>\xe4\xb8\xad</h1>\n<p>\xe6\x96\x87</p>\n",
                "blocks are not joined");
}


static void
test_safe(news_arena_t *a)
{
    test_render(a, "<b>x</b> [y](javascript:z)\n", NEWS_BREAKS_AUTO, 1,
                "<p><!-- raw HTML omitted -->x<!-- raw HTML omitted -->"
                " <a href=\"\">y</a></p>\n", "cmark's safe mode");
    test_render(a, "<b>x</b>\n", NEWS_BREAKS_AUTO, 0, "<p><b>x</b></p>\n",
                "raw HTML passes");
}


static void
test_is_html(void)
{
#define html(s)  news_markdown_is_html(news_str(s))

    ok(html("\n<div>   \n\n    <p>x</p>  \n</div>  \n"), "a feed's div");
    ok(html("<P class=\"a\">x</p >"), "case and blanks");
    ok(html("<p>a</p>\n\n# b\n\n<p>c</p>"), "same element at both ends");
    ok(html("<!-- wp:p -->\n<p>a</p>\n<!-- /wp:p -->"), "comments around");
    ok(!html("<div>x</div>\n\ntext"), "text behind");
    ok(!html("text\n<div>x</div>"), "text before");
    ok(!html("<div>x</p>"), "another element");
    ok(!html("<span>x</span>"), "no block");
    ok(!html("<divx>x</divx>"), "no HTML element");
    ok(!html("<div>"), "no end tag");
    ok(!html("</div>"), "no start tag");
    ok(!html(""), "nothing");
    ok(!html("<"), "one byte");
    ok(!html("<!-- <div>x</div> -->"), "only a comment");
    ok(!html("<!-- a <div>x</div>"), "a comment that does not end");
    ok(!html("<div>x</div> -->"), "an end of no comment");

#undef html
}


/* each of these takes minutes or gigabytes without the bounds */

static void
test_bounds(const char *piece, size_t n, const char *tail, size_t m,
    const char *name)
{
    int            rc;
    size_t         i;
    double         start, until;
    news_buf_t     text;
    news_str_t     html;
    news_arena_t  *a, *b;

    b = news_arena_create((size_t) -1);
    news_buf_init(&text, b, 0);

    for (i = 0; i < n; i++) {
        news_buf_addz(&text, piece);
    }

    for (i = 0; i < m; i++) {
        news_buf_addz(&text, tail);
    }

    a = news_arena_create((size_t) 64 * 1024 * 1024);

    start = seconds();
    until = start + 0.5;
    news_arena_set_expired(a, expired, &until);

    rc = news_markdown(a, news_buf_str(&text), NEWS_BREAKS_AUTO, 0, &html);

    ok(news_arena_state(a) != NEWS_ARENA_NOMEM, "%s: %s", name,
       rc == 0 ? "done" : "given up");
    ok(news_arena_peak(a) <= (size_t) 64 * 1024 * 1024, "%s: memory", name);
    ok(seconds() - start < TIME_LIMIT, "%s: time", name);

    news_arena_destroy(a);
    news_arena_destroy(b);
}


int
main(void)
{
    news_arena_t  *a;

    a = news_arena_create((size_t) -1);

    test_references(a);
    test_breaks(a);
    test_safe(a);
    test_is_html();

    test_bounds("![[]()", 150000, "", 0, "images in brackets");
    test_bounds("[", 1000000, "", 0, "open brackets");
    test_bounds("- ", 30000, "\n", 1000000, "deep lists, blank lines");
    test_bounds("- ", 30000, "\r", 1000000, "deep lists, lone CRs");
    test_bounds("1. ", 800000, "\n", 1000000, "numbered lists, very deep");
    test_bounds("> ", 30000, "a\n", 200000, "deep quotes");
    test_bounds("a <!--", 300000, "", 0, "open comments");
    test_bounds("a <?", 300000, "", 0, "open instructions");
    test_bounds("*a **a ", 200000, "", 0, "emphasis");
    test_bounds("[a](<b", 200000, "", 0, "open links");
    test_bounds("a\n", 600000, "", 0, "short lines");
    test_bounds("\r", 1000000, "", 0, "lone CRs");

    news_arena_destroy(a);

    return done();
}
