
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdlib.h>
#include <string.h>

#include "news_fields.h"
#include "tap.h"


static news_template_t  *template;


static void
init(news_arena_t *a)
{
    news_problems_t  problems;

    news_problems_init(&problems, a);

    template = news_template_compile(a, news_str("{{{content}}}"),
                                     news_str("test"), NULL, NULL, &problems);
}


static void
render(news_arena_t *a, const char *text, news_page_t *page)
{
    news_source_t   source;
    news_options_t  options;

    memset(&options, 0, sizeof(news_options_t));
    memset(&source, 0, sizeof(news_source_t));

    options.template = template;

    source.text = news_str(text);
    source.name = news_str("2020-02-03-hello.txt");
    source.url = news_str("/2020-02-03-hello.txt");

    if (news_render(a, &options, &source, page) != NEWS_OK) {
        ok(0, "rendered");
    }
}


/* the fields of a page, in memory of just their size */

static news_str_t
write_fields(const char *text)
{
    news_str_t      fields;
    news_page_t     page;
    news_arena_t   *a;
    unsigned char  *data;

    a = news_arena_create((size_t) 64 * 1024 * 1024);
    data = NULL;

    render(a, text, &page);

    if (news_fields_write(a, &page, &fields) == 0) {
        data = malloc(fields.len);
    }

    if (data == NULL) {
        ok(0, "fields are written");
        fields.len = 0;

    } else {
        memcpy(data, fields.data, fields.len);
    }

    news_arena_destroy(a);

    return news_str_n(data, fields.len);
}


static void
drop(news_str_t fields)
{
    free((void *) fields.data);
}


static void
is_field(const char *text, news_field_e field, const char *want,
    const char *name)
{
    news_str_t  fields;

    fields = write_fields(text);
    is_str(news_fields_get(fields, field), want, name);
    drop(fields);
}


static void
test_computed(void)
{
    news_str_t  f;

    f = write_fields("---\ntitle: T\nauthor: [A, {name: B}]\n"
                     "date: 2021-07-30\nheadimg: /h.png\nthumbnail: t.png\n"
                     "categories: [c, [d, e]]\nrobots: noindex, nofollow\n"
                     "---\n");

    is_str(news_fields_get(f, NEWS_FIELD_TITLE), "T", "title");
    is_str(news_fields_get(f, NEWS_FIELD_AUTHOR), "A, B", "authors");
    is_str(news_fields_get(f, NEWS_FIELD_DATE), "2021-07-30", "date");
    is_str(news_fields_get(f, NEWS_FIELD_HEADIMG), "/h.png", "headimg");
    is_str(news_fields_get(f, NEWS_FIELD_THUMBNAIL), "t.png", "thumbnail");
    is_str(news_fields_get(f, NEWS_FIELD_CATEGORIES), "c, d, e",
           "categories");
    is_str(news_fields_get(f, NEWS_FIELD_ROBOTS), "noindex, nofollow",
           "robots");
    is_str(news_fields_find(f, news_str("author")), "A",
           "a member of the name of a computed field is as written");

    drop(f);

    is_field("---\n---\n# H *1*\n", NEWS_FIELD_TITLE, "H 1", "a heading");
    is_field("---\n---\n", NEWS_FIELD_TITLE, "2020-02-03-hello",
             "the name of the file");
    is_field("---\n---\n", NEWS_FIELD_DATE, "2020-02-03", "a date of it");
    is_field("---\n---\n", NEWS_FIELD_CATEGORIES, "", "no categories");
    is_field("---\n---\n", NEWS_FIELD_ROBOTS, "", "no robots");
    is_field("---\ntitle: \"a\\nb\\x7f\\x85c\"\n---\n", NEWS_FIELD_TITLE,
             "a b  c", "control characters");
    is_field("---\ncategories: [\"a\\tb\", \"c\\ed\"]\n---\n",
             NEWS_FIELD_CATEGORIES, "a b, c d", "those of a list");
    is_field("---\ntitle: a\xC3\xA9\xC2\xA0\xE4\xB8\xAD\n---\n",
             NEWS_FIELD_TITLE, "a\xC3\xA9\xC2\xA0\xE4\xB8\xAD",
             "other scripts");
}


static void
test_members(void)
{
    news_str_t  f;

    f = write_fields("---\nSub-Title: \"a\\nb\"\nl: [x, [y], ~]\n"
                     "m: {n: o}\nnone: ~\nempty: ''\nblank: ['', z, '']\n"
                     "To-P: 1\nto_p: 2\nA-b: 3\na-B: 4\n"
                     "\"q\\0r\": 6\n---\n");

    is_str(news_fields_find(f, news_str("sub_title")), "a b", "a member");
    is_str(news_fields_find(f, news_str("sub-title")), "a b",
           "a name in lower case");
    is_str(news_fields_find(f, news_str("Sub-Title")), "a b",
           "a name as written");
    is_str(news_fields_find(f, news_str("l")), "x, y", "a list");
    is_str(news_fields_find(f, news_str("m")), "", "a mapping");
    is_str(news_fields_find(f, news_str("none")), "", "null");
    is_str(news_fields_find(f, news_str("empty")), "", "an empty member");
    is_str(news_fields_find(f, news_str("blank")), "z, ",
           "a list with empty items");
    is_str(news_fields_find(f, news_str("to_p")), "2",
           "the name itself goes before one like it");
    is_str(news_fields_find(f, news_str("a_b")), "3",
           "of those alike the first");
    is_str(news_fields_find(f, news_str("a-B")), "4", "or the one named");
    is_str(news_fields_find(f, news_str("")), "", "an empty name");
    is_str(news_fields_find(f, news_str_n("q\0r", 3)), "6",
           "a name with a zero byte");
    is_str(news_fields_find(f, news_str("q")), "", "not a part of it");
    is_str(news_fields_find(f, news_str("sub_titl")), "", "a part of a name");
    is_str(news_fields_find(f, news_str("sub_titles")), "", "a longer name");
    is_str(news_fields_find(f, news_str("x")), "", "no such member");

    drop(f);

    f = write_fields("---\nn: ~\nN: 1\n---\n");
    is_str(news_fields_find(f, news_str("n")), "",
           "null under the name itself too");
    drop(f);
}


/* robots of "n" bytes, with a first rule */

static void
is_robots(const char *rule, int n, int want, const char *name)
{
    int         len;
    char        text[4096];
    news_str_t  f, robots;

    len = snprintf(text, sizeof(text), "---\nrobots: \"%s", rule);

    memset(text + len, 'x', n - strlen(rule));
    strcpy(text + len + n - strlen(rule), "\"\n---\n");

    f = write_fields(text);

    robots = news_fields_get(f, NEWS_FIELD_ROBOTS);
    is_int(robots.len, want, name);

    if (want == 7) {
        is_str(robots, "noindex", "its first rule");
    }

    is_int(news_fields_find(f, news_str("robots")).len, n,
           "the member is as long as it is");

    drop(f);
}


static void
test_robots(void)
{
    is_robots("nofollow,", 1024, 1024, "the longest robots");
    is_robots("nofollow,", 1025, 0, "too long");
    is_robots("noindex,", 1024, 1024, "the longest robots with noindex");
    is_robots("noindex,", 1025, 7, "too long with noindex");
    is_field("---\nrobots: \"none\\r\\nX: y\"\n---\n", NEWS_FIELD_ROBOTS,
             "none  X: y", "no second header");
}


static void
test_memory(void)
{
    int            rc;
    size_t         i;
    news_str_t     fields;
    news_page_t    page;
    news_arena_t  *a;
    char           text[20000];

    strcpy(text, "---\ntitle: x\na: ");
    memset(text + strlen(text), 'y', 15000);
    strcpy(text + 15000 + sizeof("---\ntitle: x\na: ") - 1, "\n---\n");

    rc = -1;

    for (i = 1; i < 100 && rc != 0; i++) {
        a = news_arena_create((size_t) 64 * 1024 * 1024);
        render(a, text, &page);

        news_arena_fail_at(a, i);
        rc = news_fields_write(a, &page, &fields);

        if (rc == 0) {
            is_int(news_fields_find(fields, news_str("a")).len, 15000,
                   "a long member");

        } else if (news_arena_state(a) != NEWS_ARENA_NOMEM) {
            ok(0, "failed where memory was not out");
        }

        news_arena_destroy(a);
    }

    ok(rc == 0 && i > 3, "%d allocations, each failed once", (int) i - 2);
}


/* a settled page still has what fields are made of */

static void
test_settled(void)
{
    int             rc;
    news_str_t      before, after;
    news_page_t     page;
    news_arena_t   *a, *b;
    unsigned char  *dst;

    a = news_arena_create((size_t) 64 * 1024 * 1024);
    b = news_arena_create((size_t) 64 * 1024 * 1024);

    render(a, "---\nx: [y, z]\nauthor: A\n---\n# H\n\ntext\n", &page);

    dst = news_arena_alloc(b, news_page_size(&page));
    rc = news_fields_write(b, &page, &before);

    news_page_settle(a, &page, dst);
    memset(news_arena_alloc(a, 100000), 'x', 100000);

    rc |= news_fields_write(b, &page, &after);

    ok(rc == 0 && news_str_eq(before, after), "fields of a settled page");
    is_str(news_fields_get(after, NEWS_FIELD_TITLE), "H", "its heading");

    news_arena_destroy(a);
    news_arena_destroy(b);
}


static int
is_within(news_str_t s, news_str_t whole)
{
    return s.len == 0
           || (s.data >= whole.data
               && s.len <= whole.len
               && s.data <= whole.data + whole.len - s.len);
}


/* looks for everything; whether all that was found lies within */

static int
is_safe(news_str_t f)
{
    int       safe;
    unsigned  i;

    static const char  *names[] = { "", "title", "sub_title", "l", "zz" };

    safe = 1;

    for (i = 0; i < NEWS_FIELDS; i++) {
        safe &= is_within(news_fields_get(f, (news_field_e) i), f);
    }

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        safe &= is_within(news_fields_find(f, news_str(names[i])), f);
    }

    return safe;
}


static void
test_damage(void)
{
    int             safe;
    size_t          i, n;
    uint32_t        seed;
    news_str_t      f;
    unsigned char  *data;

    f = write_fields("---\ntitle: T\nauthor: [A, B]\nSub-Title: a\n"
                     "l: [x, y]\nrobots: none\n---\n");
    safe = 1;

    /* memory of just the size shows to a sanitizer what is read past it */

    for (n = 0; n < f.len; n++) {
        data = malloc(n + 1);
        memcpy(data + 1, f.data, n);
        safe &= is_safe(news_str_n(data + 1, n));
        free(data);
    }

    ok(safe && n > 50, "fields that were cut off anywhere");
    ok(is_safe(news_str_n(NULL, 0)), "no bytes at all");

    seed = 1;
    data = malloc(f.len);

    for (n = 0; n < 200000; n++) {
        memcpy(data, f.data, f.len);

        for (i = 0; i <= n % 8; i++) {
            seed = seed * 1664525 + 1013904223;
            data[(seed >> 8) % f.len] = (n & 8) ? 0xff
                                                : (unsigned char) (seed >> 24);
        }

        safe &= is_safe(news_str_n(data, f.len));
    }

    ok(safe, "fields with bytes that were changed");

    free(data);
    drop(f);
}


int
main(void)
{
    news_arena_t  *a;

    a = news_arena_create((size_t) -1);

    init(a);

    test_computed();
    test_members();
    test_robots();
    test_memory();
    test_settled();
    test_damage();

    news_arena_destroy(a);

    return done();
}
