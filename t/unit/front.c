
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "news_front.h"
#include "tap.h"


typedef struct {
    const char  *name;
    const char  *text;
    const char  *json;        /* NULL: no front matter */
    const char  *problem;     /* "line:column text", or NULL */
    const char  *body;
} test_front_t;


static news_arena_t  *arena;


/* how front matter is found */

static const test_front_t  test_find[] = {

    { "plain", "---\na: b\n---\nbody\n", "{\"a\":\"b\"}", NULL, "body\n" },
    { "byte order mark", "\xEF\xBB\xBF---\na: b\n---\nbody",
      "{\"a\":\"b\"}", NULL, "body" },
    { "blank lines first", "\n \t\n\r\n---\na: b\n---\nbody",
      "{\"a\":\"b\"}", NULL, "body" },
    { "blanks behind", "--- \t\na: b\n---\t \nbody",
      "{\"a\":\"b\"}", NULL, "body" },
    { "dots close", "---\na: b\n...\nbody", "{\"a\":\"b\"}", NULL, "body" },
    { "CRLF", "---\r\na: b\r\n---\r\nbody\r\n", "{\"a\":\"b\"}", NULL,
      "body\r\n" },
    { "closed by the end", "---\na: b\n---", "{\"a\":\"b\"}", NULL, "" },
    { "closed by dots and the end", "---\na: b\n... ", "{\"a\":\"b\"}", NULL,
      "" },
    { "empty block", "---\n---\nbody", "{}", NULL, "body" },
    { "only a comment", "---\n# nothing\n\n---\nbody", "{}", NULL, "body" },
    { "second block is body", "---\na: b\n---\n---\nc: d\n---\n",
      "{\"a\":\"b\"}", NULL, "---\nc: d\n---\n" },
    { "marker inside a scalar closes", "---\na: |\n  x\n---\n  y\n",
      "{\"a\":\"x\\n\"}", NULL, "  y\n" },
    { "indented marker does not", "---\na: |\n  x\n  ---\n---\nbody",
      "{\"a\":\"x\\n---\\n\"}", NULL, "body" },

    { "no closing line", "---\na: b\n", NULL, NULL, "---\na: b\n" },
    { "only an opening line", "---\n", NULL, NULL, "---\n" },
    { "three characters", "---", NULL, NULL, "---" },
    { "nothing", "", NULL, NULL, "" },
    { "blank", " \n\n", NULL, NULL, " \n\n" },
    { "text first", "x\n---\na: b\n---\n", NULL, NULL,
      "x\n---\na: b\n---\n" },
    { "indented opening line", " ---\na: b\n---\n", NULL, NULL,
      " ---\na: b\n---\n" },
    { "four hyphens", "----\na: b\n----\n", NULL, NULL,
      "----\na: b\n----\n" },
    { "words behind", "--- x\na: b\n---\n", NULL, NULL,
      "--- x\na: b\n---\n" },
    { "dots do not open", "...\na: b\n...\n", NULL, NULL,
      "...\na: b\n...\n" },
    { "lone CR ends no line", "---\ra: b\r---\rbody", NULL, NULL,
      "---\ra: b\r---\rbody" },
    { "lone CR closes nothing", "---\na: b\n---\r", NULL, NULL,
      "---\na: b\n---\r" }
};


/* what YAML says */

static const test_front_t  test_values[] = {

    { "scalars as written",
      "---\na: 1\nb: 0x1F\nc: 1e3\nd: 3.10\ne: yes\nf: 2021-07-30\n---\n",
      "{\"a\":1,\"b\":\"0x1F\",\"c\":1e3,\"d\":3.10,\"e\":\"yes\","
      "\"f\":\"2021-07-30\"}", NULL, "" },
    { "null", "---\na: ~\nb: null\nc: Null\nd: NULL\ne:\nf: nULL\n---\n",
      "{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":null,"
      "\"f\":\"nULL\"}", NULL, "" },
    { "quoted null is text", "---\na: 'null'\nb: \"~\"\nc: ''\nd: !!str ~\n"
      "e: !!str\nf: !!null ''\n---\n",
      "{\"a\":\"null\",\"b\":\"~\",\"c\":\"\",\"d\":\"~\",\"e\":\"\","
      "\"f\":null}", NULL, "" },
    { "lists and maps", "---\na:\n - b\n -\n  - c\n - d: e\nf: {g: [h]}\n---\n",
      "{\"a\":[\"b\",[\"c\"],{\"d\":\"e\"}],\"f\":{\"g\":[\"h\"]}}", NULL,
      "" },
    { "block scalars", "---\na: |-\n  x\n  y\nb: >\n  x\n  y\n---\n",
      "{\"a\":\"x\\ny\",\"b\":\"x y\\n\"}", NULL, "" },
    { "escapes", "---\na: \"\\u4e2d\\x41\\n\"\nb: 'it''s'\n---\n",
      "{\"a\":\"中A\\n\",\"b\":\"it's\"}", NULL, "" },
    { "JSON", "---\n{\"a\": \"b\", \"c\": [1, true]}\n---\n",
      "{\"a\":\"b\",\"c\":[1,true]}", NULL, "" },
    { "names as written", "---\nnull: a\n~: b\n1: c\n'd e': f\n标题: g\n---\n",
      "{\"null\":\"a\",\"~\":\"b\",\"1\":\"c\",\"d e\":\"f\",\"标题\":\"g\"}",
      NULL, "" },
    { "the last of a name counts", "---\na: 1\nb: 2\na: 3\n---\n",
      "{\"a\":3,\"b\":2}", NULL, "" },
    { "names that are no scalars", "---\n? [a, b]\n: c\n{d: e}: f\n"
      "g: h\n---\n", "{\"g\":\"h\"}", NULL, "" },
    { "aliases", "---\na: &x [1, 2]\nb: *x\nc: &y z\nd: *y\n*y : e\n---\n",
      "{\"a\":[1,2],\"b\":[1,2],\"c\":\"z\",\"d\":\"z\",\"z\":\"e\"}", NULL,
      "" },
    { "the newest anchor of a name", "---\na: &x 1\nb: &x 2\nc: *x\n---\n",
      "{\"a\":1,\"b\":2,\"c\":2}", NULL, "" },
    { "merge", "---\na: &a {x: 1, y: 2}\nb: {x: 3, <<: *a, z: 4}\n---\n",
      "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"x\":3,\"z\":4,\"y\":2}}", NULL,
      "" },
    { "merge before own names", "---\na: &a {x: 1, y: 2}\n<<: *a\nx: 3\n---\n",
      "{\"a\":{\"x\":1,\"y\":2},\"x\":3,\"y\":2}", NULL, "" },
    { "merge a list: the earlier counts", "---\na: &a {x: 1}\n"
      "b: &b {x: 2, y: 2}\nc:\n  <<: [*a, *b]\n---\n",
      "{\"a\":{\"x\":1},\"b\":{\"x\":2,\"y\":2},\"c\":{\"x\":1,\"y\":2}}",
      NULL, "" },
    { "merge in a merged map", "---\na: &a {x: 1}\nb: &b {<<: *a, y: 2}\n"
      "c: {<<: *b}\n---\n",
      "{\"a\":{\"x\":1},\"b\":{\"y\":2,\"x\":1},\"c\":{\"y\":2,\"x\":1}}",
      NULL, "" },
    { "nothing to merge", "---\n<<: 1\n'<<': '2'\na: b\n---\n",
      "{\"\\u003c\\u003c\":\"2\",\"a\":\"b\"}", NULL, "" },
    { "comments", "---\n# a\na: b # c\n  # d\n---\n", "{\"a\":\"b\"}", NULL,
      "" }
};


/* mistakes: their place, and what is kept */

static const test_front_t  test_mistakes[] = {

    { "colon in a plain scalar", "---\na: b\nc: d: e\nf: g\n---\nbody",
      "{\"a\":\"b\"}",
      "3:5 front matter: mapping values are not allowed in this context",
      "body" },
    { "columns count characters", "---\na: b\n标题: 你好: 世界\n---\n",
      "{\"a\":\"b\"}",
      "3:7 front matter: mapping values are not allowed in this context",
      "" },
    { "lines count from the file's first", "\xEF\xBB\xBF\n\n---\r\na: b\r\n"
      "c: d: e\r\n---\r\n", "{\"a\":\"b\"}",
      "5:5 front matter: mapping values are not allowed in this context",
      "" },
    { "a lone CR, U+0085 and U+2028 count as characters",
      "---\na: b\rc: \"\xC2\x85\xE2\x80\xA8\"\nd: e: f\n---\n",
      "{\"a\":\"b\",\"c\":\"\\u2028\"}",
      "3:5 front matter: mapping values are not allowed in this context",
      "" },
    { "unclosed quote", "---\na: b\nc: \"d\ne: f\n---\nbody",
      "{\"a\":\"b\"}",
      "5:1 front matter: found unexpected end of stream", "body" },
    { "unclosed quote at once", "---\na: \"d\ne: f\n---\n", "{}",
      "4:1 front matter: found unexpected end of stream", "" },
    { "unclosed quote in a name, after a list",
      "---\na:\n- b\n- c\n\"d: e\nf: g\n---\n", "{\"a\":[\"b\",\"c\"]}",
      "7:1 front matter: found unexpected end of stream", "" },
    { "unclosed list", "---\na: b\nc: [d, e\nf: g\n---\n",
      "{\"a\":\"b\"}",
      "4:2 front matter: did not find expected ',' or ']'", "" },
    { "unclosed map", "---\na: b\nc: {d: e\nf: g\n---\n",
      "{\"a\":\"b\"}",
      "4:2 front matter: did not find expected ',' or '}'", "" },
    { "unclosed list inside a list", "---\na: b\nc:\n - d\n - [e\n---\n",
      "{\"a\":\"b\"}",
      "6:1 front matter: did not find expected ',' or ']'", "" },
    { "bad indentation after a list", "---\na:\n - b\n - c\n  d: e\nf: g\n"
      "---\n", "{\"a\":[\"b\",\"c\"]}",
      "5:4 front matter: mapping values are not allowed in this context",
      "" },
    { "item out of line", "---\na:\n   - b\n  - c\nd: e\n---\n",
      "{\"a\":[\"b\"]}",
      "4:3 front matter: did not find expected key", "" },
    { "tab as indentation", "---\na: b\n\tc: d\ne: f\n---\n",
      "{\"a\":\"b\"}",
      "3:1 front matter: found a tab character that violates indentation",
      "" },
    { "no colon", "---\na: b\nc\nd: e\n---\n", "{\"a\":\"b\"}",
      "4:1 front matter: could not find expected ':'", "" },
    { "reserved character", "---\na: b\nc: @d\ne: f\n---\n",
      "{\"a\":\"b\"}",
      "3:4 front matter: found character that cannot start any token", "" },
    { "bad escape", "---\na: b\nc: \"\\d\"\n---\n", "{\"a\":\"b\"}",
      "3:5 front matter: found unknown escape character", "" },
    { "control character", "---\na: b\nc: d\x01\ne: f\n---\n",
      "{\"a\":\"b\"}",
      "3:5 front matter: control characters are not allowed", "" },
    { "control character behind another mistake",
      "---\na: b\nc: d: e\nf: g\nh: \x01\n---\n", "{\"a\":\"b\"}",
      "5:4 front matter: control characters are not allowed", "" },
    { "undefined alias", "---\na: b\nc: *d\ne: f\n---\n", "{\"a\":\"b\"}",
      "3:4 front matter: found undefined alias", "" },
    { "alias of itself", "---\na: b\nc: &d [*d]\n---\n", "{\"a\":\"b\"}",
      "3:8 front matter: found an alias inside its own node", "" },
    { "the last of a name before the mistake", "---\na: 1\na: 2\nc: *d\n---\n",
      "{\"a\":2}", "4:4 front matter: found undefined alias", "" },
    { "merge before a mistake", "---\na: &a {b: 1}\n<<: *a\nc: *d\n---\n",
      "{\"a\":{\"b\":1},\"b\":1}",
      "4:4 front matter: found undefined alias", "" },
    { "JSON", "---\n{\"a\": \"b\",\n\"c\": \"d\",\n\"e\": f: g}\n---\n",
      "{\"a\":\"b\",\"c\":\"d\"}",
      "4:7 front matter: did not find expected ',' or '}'", "" },
    { "a list", "---\n- a\n- b\n---\nbody", "{}",
      "2:1 front matter: the top level is not a mapping", "body" },
    { "a scalar", "---\n\njust text\n---\nbody", "{}",
      "3:1 front matter: the top level is not a mapping", "body" },
    { "a scalar, then what no scalar goes on with",
      "---\ntitle T\nfoo: bar\n---\nbody", "{}",
      "3:4 front matter: mapping values are not allowed in this context",
      "body" },
    { "a scalar, then more", "---\n'title' T\n---\nbody", "{}",
      "2:9 front matter: did not find expected <document start>", "body" },
    { "a list, then a member", "---\n- a\nfoo: bar\n---\nbody", "{}",
      "3:1 front matter: did not find expected '-' indicator", "body" },
    { "a list, then a mistake in it", "---\n- a: b\n- c: [d\n---\nbody",
      "{}", "4:1 front matter: did not find expected ',' or ']'", "body" },
    { "a list with an alias of nothing", "---\n- a\n- *b\n---\nbody", "{}",
      "3:3 front matter: found undefined alias", "body" },
    { "an empty string", "---\n''\n---\nbody", "{}",
      "2:1 front matter: the top level is not a mapping", "body" },
    { "two documents", "---\na: b\n--- # again\nc: d\n---\n",
      "{\"a\":\"b\"}",
      "3:1 front matter: found a second document", "" },
    { "a directive", "---\n%YAML 1.1\na: b\n---\n", "{}",
      "3:1 front matter: did not find expected <document start>", "" },
    { "behind JSON", "---\n{a: b}\nc\n---\n", "{\"a\":\"b\"}",
      "3:1 front matter: did not find expected <document start>", "" }
};


static void
test_one(const test_front_t *t)
{
    int              rc;
    char             problem[512];
    news_buf_t       json;
    news_front_t     front;
    news_value_t    *map;
    news_problems_t  problems;

    rc = news_front_find(news_str(t->text), &front);

    is_int(rc, t->json != NULL, t->name);
    is_str(front.body, t->body, t->name);

    if (rc == 0) {
        is_int(front.yaml.len, 0, t->name);
        return;
    }

    news_problems_init(&problems, arena);
    rc = news_front_parse(arena, &front, &map, &problems);

    is_int(rc, t->problem != NULL, t->name);

    if (rc == -1) {
        return;
    }

    news_buf_init(&json, arena, 64);
    news_value_json(&json, map);
    is_str(news_buf_str(&json), t->json, t->name);

    is_int(problems.n, rc, t->name);

    if (t->problem != NULL && problems.first != NULL) {
        snprintf(problem, sizeof(problem), "%u:%u %.*s",
                 problems.first->line, problems.first->column,
                 (int) problems.first->text.len, problems.first->text.data);

        is_str(news_str(problem), t->problem, t->name);
    }
}


static void
test_table(const test_front_t *t, size_t n)
{
    while (n--) {
        test_one(t++);
    }
}


static void
test_opens(void)
{
    size_t      i, n;
    news_str_t  s;

    static const char  *yes[] = {
        "---\n", "---\r\n", "--- \t\n", "\n \n---\nx", "\xEF\xBB\xBF---\n"
    };

    static const char  *no[] = {
        "x", "\n x", "--x", "----", "---x", "--- x\n", "---\rx", " -",
        "\xEF\xBB\xBFx", "\xEF\xBCx", "...\n"
    };

    for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        s = news_str(yes[i]);
        is_int(news_front_opens(s), 1, "opens");

        for (n = 0; memchr(s.data + n, '-', s.len - n) != NULL; n++) {
            is_int(news_front_opens(news_str_n(s.data, n)), -1,
                   "may open yet");
        }
    }

    for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        is_int(news_front_opens(news_str(no[i])), 0, "cannot open");
    }

    is_int(news_front_opens(news_str("---\r")), -1, "an LF may follow");
    is_int(news_front_opens(news_str("--- \t")), -1, "and after blanks");
    is_int(news_front_opens(news_str(" \r")), -1, "and here");
}


static void
test_places(void)
{
    news_front_t         front;
    news_value_t        *map;
    const news_value_t  *v;
    news_problems_t      problems;

    news_front_find(news_str("\n---\ntitle: 中文\ndate: \"x\"\nlist: [1,\n"
                             "  2]\n---\n"), &front);
    news_problems_init(&problems, arena);
    news_front_parse(arena, &front, &map, &problems);

    v = news_value_getz(map, "date");
    is_int(v->line, 4, "line of a value");
    is_int(v->column, 7, "its column");
    is_int(v->plain, 0, "quoted");

    v = news_value_getz(map, "list");
    is_int(v->line, 5, "line of a list");
    is_int(v->u.items[1]->line, 6, "line of an item");
    is_int(v->u.items[1]->column, 3, "its column");
    is_int(v->u.items[1]->plain, 1, "plain");
}


/* a kilobyte, "n" times in all */

static news_str_t
test_long_alias(size_t n)
{
    size_t       i;
    news_buf_t   b;

    news_buf_init(&b, arena, 8192);
    news_buf_addz(&b, "a: &a ");

    for (i = 0; i < 128; i++) {
        news_buf_addz(&b, "01234567");
    }

    news_buf_addz(&b, "\nb: [");

    for (i = 1; i < n; i++) {
        news_buf_addz(&b, "*a,");
    }

    news_buf_addz(&b, "]\n");

    return news_buf_str(&b);
}


/* repeats a piece up to a size, between a head and a tail */

static news_str_t
test_repeat(const char *head, const char *piece, const char *tail,
    size_t size)
{
    news_buf_t  b;

    news_buf_init(&b, arena, size + 4096);
    news_buf_addz(&b, head);

    while (b.len + strlen(piece) + strlen(tail) <= size) {
        news_buf_addz(&b, piece);
    }

    news_buf_addz(&b, tail);

    return news_buf_str(&b);
}


static int
test_yaml(news_str_t yaml, news_value_t **map, news_problems_t *problems)
{
    news_front_t  front;

    front.yaml = yaml;
    front.line = 2;
    front.body = news_str("");
    news_problems_init(problems, arena);

    return news_front_parse(arena, &front, map, problems);
}


static void
test_limits(void)
{
    int              i, rc;
    news_buf_t       b;
    news_value_t    *map;
    news_problems_t  problems;

    rc = test_yaml(test_repeat("a: ", "x", "\n", 65536), &map, &problems);
    is_int(rc, 0, "65536 bytes");
    is_int(news_value_getz(map, "a")->u.string.len, 65532, "all of them");

    rc = test_yaml(test_repeat("a: b\nc: ", "x", "\n", 65537), &map,
                   &problems);
    is_int(rc, 1, "one more");
    is_str(problems.first->text, "front matter: more than 65536 bytes",
           "told");
    is_int(problems.first->line, 3, "line of the first too many");
    is_int(problems.first->column, 65532, "its column");
    is_int(map->n, 1, "what was complete before");
    is_str(news_value_text(news_value_getz(map, "a")), "b", "is kept");

    for (i = 31; i <= 32; i++) {
        news_buf_init(&b, arena, 128);
        news_buf_addz(&b, "a: b\nc: ");
        news_buf_add(&b, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", i);
        news_buf_add(&b, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", i);
        rc = test_yaml(news_buf_str(&b), &map, &problems);
        is_int(rc, i - 31, "depth");
        is_int(map->n, (i == 31) ? 2 : 1, "members");
    }

    is_str(problems.first->text, "front matter: more than 32 levels deep",
           "told");
    is_int(problems.first->column, 35, "at the one too deep");

    rc = test_yaml(test_repeat("x: &a [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]\n"
                               "y: [[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]\n",
                               "#", "\n", 100), &map, &problems);
    is_int(rc, 0, "16 levels in 16");

    rc = test_yaml(test_repeat("x: &a [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]\n"
                               "y: [[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]\n",
                               "#", "\n", 100), &map, &problems);
    is_int(rc, 1, "16 levels in 17");
    is_int(map->n, 1, "the first is kept");

    /* the map, a name and the list leave 9997 */

    rc = test_yaml(test_repeat("a: [", "x,", "]\n", 4 + 2 * 9997 + 2), &map,
                   &problems);
    is_int(rc, 0, "10000 nodes");

    rc = test_yaml(test_repeat("a: [", "x,", "]\n", 4 + 2 * 9998 + 2), &map,
                   &problems);
    is_int(rc, 1, "10001 nodes");
    is_str(problems.first->text, "front matter: more than 10000 nodes",
           "told");

    rc = test_yaml(test_repeat("a: &a |\n 0123456789\nb: [", "*a,", "]\n",
                               24 + 2 + 3 * 2000), &map, &problems);
    is_int(rc, 0, "a short scalar 2000 times");

    rc = test_yaml(test_long_alias(1023), &map, &problems);
    is_int(rc, 0, "a megabyte after aliases");

    rc = test_yaml(test_long_alias(1025), &map, &problems);
    is_int(rc, 1, "and more");
    is_str(problems.first->text,
           "front matter: more than a megabyte after aliases", "told");
    is_int(map->n, 1, "the first is kept");

    rc = test_yaml(news_str("a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                            "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                            "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                            "d: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"), &map,
                   &problems);
    is_int(rc, 1, "nodes after aliases");
    is_int(problems.first->line, 5, "line");
    is_int(problems.first->column, 26, "column");
    is_int(map->n, 3, "three are kept");
}


/* each alias leads to its own anchor, of many */

static void
test_anchors(void)
{
    int              i, bad;
    char             text[48];
    news_buf_t       b;
    news_str_t       value;
    news_value_t    *map;
    news_problems_t  problems;

    news_buf_init(&b, arena, 65536);

    for (i = 0; i < 1000; i++) {
        snprintf(text, sizeof(text), "a%d: &n%d v%d\n", i, i, i);
        news_buf_addz(&b, text);
    }

    for (i = 0; i < 1000; i++) {
        snprintf(text, sizeof(text), "b%d: *n%d\n", i, i);
        news_buf_addz(&b, text);
    }

    is_int(test_yaml(news_buf_str(&b), &map, &problems), 0, "many anchors");

    for (i = 0, bad = 0; i < 1000; i++) {
        snprintf(text, sizeof(text), "b%d", i);
        value = news_value_text(news_value_getz(map, text));
        text[0] = 'v';
        bad += !news_str_eqz(value, text);
    }

    is_int(bad, 0, "each alias is its own");
}


/* what is slow in libyaml: 64 KiB of it must stay without notice */

static void
test_killers(void)
{
    size_t            i;
    double            spent;
    clock_t           start;
    news_value_t     *map;
    news_problems_t   problems;

    static const char  *killers[][3] = {
        { "", "[", "" }, { "", "{", "" }, { "a: ", "[", "" },
        { "", "[\n", "" }, { "", "{\n", "" }, { "", "{a: ", "" },
        { "", "- ", "" }, { "", "? ", "" }, { "a:\n ", "- ", "" },
        { "", "? - ", "" }, { "", ": ", "" }, { "", "- - [", "" },
        { "", "%TAG !a! b\n", "" }, { "", "%YAML 1.1\n", "" },
        { "a: ", "!a!b ", "" },
        { "", "a: &a *a\n", "" }, { "", "&a ", "" }, { "a: [", "&a b,", "]" },
        { "a: ", "\"\\\n", "" }, { "a: |\n", "\n", "" },
        { "a: |\n", " \n", "" }, { "a: >\n", " x\n\n", "" },
        { "a: ", "'", "" }, { "a: '", "\n", "'" }, { "", "#\n", "" },
        { "a: ", "x\n ", "" }, { "a: [", "b: c, ", "]" },
        { "a: [", "{b: c}, ", "]" }, { "a: [", "[", "" },
        { "- [", "a,", "" }, { "a: [", "? b,", "]" },
        { "a: {", "b,", "}" }, { "a: {", "? b,", "}" },
        { "", "...\n", "" }, { "", "--- x\n", "" }, { "", "\"a\" : b\n", "" },
        { "", "a:\n", "" }, { "a: &", "x", "" }, { "a: !", "x", "" },
        { "a: !<", "%41", "" }, { "a: [", "[],", "" },
        { "- ", "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]],", "" },
        { "a: &a {b: c}\nd: {", "<<: *a,", "}" },
        { "a: &a {b: c, d: e, f: g}\nh: {<<: [", "*a,", "]}" },
        { "", "\xE4\xB8\xAD", "" }, { "", "\xC2\x85", "" },
        { "", "a: b: c\n", "" }, { "", "[a,\n", "" }, { "a: b\n", "\"\n", "" }
    };

    for (i = 0; i < sizeof(killers) / sizeof(killers[0]); i++) {
        start = clock();

        (void) test_yaml(test_repeat(killers[i][0], killers[i][1],
                                     killers[i][2], 65536),
                         &map, &problems);

        spent = (double) (clock() - start) / CLOCKS_PER_SEC;

        ok(spent < 0.25, "\"%s\" in %.1f ms", i == 17 ? "quotes"
           : strchr(killers[i][1], '\n') ? "lines" : killers[i][1],
           spent * 1000);
    }
}


static void
test_failures(void)
{
    int                rc;
    size_t             i, n;
    news_front_t       front;
    news_value_t      *map;
    news_problems_t    problems;
    news_arena_mark_t  mark;

    static const char  *samples[] = {
        "---\na: &a {b: c}\nd: [*a, ~, 'x']\n<<: *a\nd: e\n---\n",
        "---\na: b\nc:\n - d\n - \"e\n---\n"
    };

    for (i = 0; i < 2; i++) {
        news_front_find(news_str(samples[i]), &front);

        for (n = 1; n < 200; n++) {
            news_arena_mark(arena, &mark);
            news_problems_init(&problems, arena);
            news_arena_fail_at(arena, n);
            rc = news_front_parse(arena, &front, &map, &problems);
            news_arena_fail_at(arena, 0);
            news_arena_release(arena, &mark);

            if (rc != -1) {
                break;
            }
        }

        ok(n > 10 && n < 200, "every allocation may fail");
    }
}


int
main(void)
{
    arena = news_arena_create((size_t) -1);

    test_table(test_find, sizeof(test_find) / sizeof(test_find[0]));
    test_table(test_values, sizeof(test_values) / sizeof(test_values[0]));
    test_table(test_mistakes,
               sizeof(test_mistakes) / sizeof(test_mistakes[0]));

    test_opens();
    test_places();
    test_limits();
    test_anchors();
    test_killers();
    test_failures();

    news_arena_destroy(arena);

    return done();
}
