
/*
 * Copyright (C) ngx_news_module authors
 */


#include <string.h>

#include "news_meta.h"
#include "tap.h"


static news_arena_t     *arena;
static news_meta_t       meta;
static news_problems_t   problems;


static void
test_read(const char *yaml, const char *name)
{
    news_front_t     front;
    news_value_t    *map;
    news_source_t    source;
    news_options_t   options;

    memset(&options, 0, sizeof(news_options_t));
    memset(&source, 0, sizeof(news_source_t));
    options.lang = news_str("fr");
    source.name = news_str(name);

    front.yaml = news_str(yaml);
    front.line = 2;
    front.body = news_str("");
    news_problems_init(&problems, arena);

    ok(news_front_parse(arena, &front, &map, &problems) == 0
       && news_meta_read(arena, &options, &source, map, &meta,
                         &problems) == 0, "read");
}


static void
test_names_are(const news_str_t *names, size_t n, const char *want)
{
    size_t      i;
    news_buf_t  b;

    news_buf_init(&b, arena, 64);

    for (i = 0; i < n; i++) {
        news_buf_add_str(&b, names[i]);
        news_buf_addc(&b, '|');
    }

    is_str(news_buf_str(&b), want, "names");
}


static void
test_lists(void)
{
    test_read("categories:\n - a\n - [b, [c, ~]]\n - a\n - 1.50\ntag: x, y\n"
              "keywords: k，l、m, ,k", "x");
    test_names_are(meta.categories, meta.n_categories, "a|b|c|1.50|");
    test_names_are(meta.tags, meta.n_tags, "x, y|");
    test_names_are(meta.keywords, meta.n_keywords, "k|l|m|");

    test_read("categories: [　a　, \"\xC2\xA0 b\xC2\xA0\", 　]", "x");
    test_names_are(meta.categories, meta.n_categories, "a|b|");

    test_read("category: a, b\ntags: [c]\ntag: d\nkeywords: [e, 'f, g']", "x");
    test_names_are(meta.categories, meta.n_categories, "a, b|");
    test_names_are(meta.tags, meta.n_tags, "c|");
    test_names_are(meta.keywords, meta.n_keywords, "e|f, g|");
}


static void
test_authors(void)
{
    test_read("author: 中证网", "x");
    is_str(meta.author, "中证网", "a name");

    test_read("author:\n - A\n - {name: B, url: ' /b ', "
              "avatar: 'javascript:x'}\n - ~\n - {url: /c}", "x");
    is_int(meta.n_authors, 2, "authors");
    is_str(meta.author, "A, B", "joined");
    is_str(meta.authors[1].url, "/b", "url");
    is_int(meta.authors[1].avatar.len, 0, "dropped");
    is_int(problems.n, 1, "told");

    test_read("author: A\nauthors: [B, C]", "x");
    is_str(meta.author, "B, C", "the plural");
}


static void
test_scalars(void)
{
    test_read("title: ' T '\nexcerpt: E\nlang: zh_CN\nformat: HTML\n"
              "robots: [nofollow, NoIndex]\ntoc: yes\ncomments: 'off'\n"
              "headimg: //h/x\nthumbnail: 'data:x'\nlink: 'http://a/'\n"
              "date: Fri, 30 Jul 2021 15:30:00 GMT\nupdated: soon\n"
              "published: no\ngone: true", "2020-01-01-x.txt");
    is_str(meta.title, "T", "title");
    is_str(meta.description, "E", "excerpt");
    is_str(meta.lang, "zh-CN", "lang");
    is_int(meta.format, NEWS_BODY_HTML, "format");
    is_str(meta.robots, "nofollow, NoIndex", "robots");
    is_int(meta.noindex, 1, "noindex");
    is_int(meta.toc, 1, "toc");
    is_int(meta.comments, 0, "comments");
    is_int(meta.draft, 1, "published: no");
    is_int(meta.gone, 1, "gone");
    is_str(meta.headimg, "//h/x", "headimg");
    is_int(meta.thumbnail.len, 0, "thumbnail is dropped");
    is_str(meta.link, "http://a/", "link");
    is_int(meta.date.time, 1627659000, "date");
    is_str(meta.updated.raw, "soon", "kept as text");
    ok(meta.updated.time == NEWS_NO_TIME, "no time");
    is_int(problems.n, 2, "two are told");

    test_read("title: [a]\nlang: '!'\nformat: pdf\nlink: \"a\\tb\"\n"
              "date: ~", "2020-01-02-x.txt");
    is_int(meta.title.len, 0, "no title");
    is_str(meta.lang, "fr", "the option's language");
    is_int(meta.format, NEWS_BODY_AUTO, "no format");
    is_int(meta.link.len, 0, "control characters");
    is_int(meta.comments, 1, "comments by default");
    is_int(meta.draft, 0, "no draft");
    is_str(meta.date.raw, "2020-01-02", "the name's date");
    is_int(meta.date.time, 1577923200, "its time");
    is_int(problems.n, 4, "four are told");

    test_read("draft: 1\npublished: [no]\ngone: truee\ntoc: x\n",
              "x.txt");
    is_int(meta.draft, 0, "draft: 1");
    is_int(meta.gone, 0, "gone: truee");
    is_int(problems.n, 3, "what does not hide is told of");

    test_read("draft: ' true '\ngone: ~\npublished:\n", "x.txt");
    is_int(meta.draft, 1, "blanks around true");
    is_int(meta.gone, 0, "null");
    is_int(problems.n, 0, "nothing to tell");

    is_str(news_meta_stem(news_str("a.b.txt")), "a.b", "stem");
    is_str(news_meta_stem(news_str(".txt")), ".txt", "no stem");
}


static void
test_langs(void)
{
    char    yaml[64];
    size_t  i;

    static const char  *const langs[][2] = {
        { "zh-Hans-CN", "zh-Hans-CN" }, { "en_GB", "en-GB" },
        { "de-12345678", "de-12345678" }, { "de-123456789", "fr" },
        { "abcdefghi", "fr" }, { "zh--CN", "fr" }, { "zh-", "fr" },
        { "z-CN", "fr" }, { "1a", "fr" }
    };

    for (i = 0; i < sizeof(langs) / sizeof(langs[0]); i++) {
        snprintf(yaml, sizeof(yaml), "lang: %s", langs[i][0]);
        test_read(yaml, "x");
        is_str(meta.lang, langs[i][1], langs[i][0]);
    }
}


int
main(void)
{
    arena = news_arena_create((size_t) -1);

    test_lists();
    test_authors();
    test_langs();
    test_scalars();

    news_arena_destroy(arena);

    return done();
}
