
/*
 * Copyright (C) ngx_news_module authors
 */


#include <time.h>

#include "data.h"
#include "news_template.h"
#include "tap.h"


#define MEMORY  ((size_t) 64 * 1024 * 1024)


/* partials: name, text, name, text … */

typedef struct {
    const char   *name;
    const char   *data;
    const char   *template;
    const char   *want;
    const char   *partials[8];
} run_t;


typedef struct {
    const char   *name;
    const char   *template;
    unsigned      line;
    const char   *text;
    const char   *partials[4];
} error_t;


static const run_t  runs[] = {

    /* interpolation */

    { "text alone", "{}", "Plain {text} }} stays.\n",
      "Plain {text} }} stays.\n", { NULL } },
    { "empty template", "{}", "", "", { NULL } },
    { "escaped", "{'x': '<a href=\"b\">&c'}", "[{{x}}]",
      "[&lt;a href=&quot;b&quot;&gt;&amp;c]", { NULL } },
    { "triple", "{'x': '<b>&'}", "[{{{x}}}]", "[<b>&]", { NULL } },
    { "ampersand", "{'x': '<b>&'}", "[{{&x}}|{{& x }}]", "[<b>&|<b>&]",
      { NULL } },
    { "blanks in tags", "{'x': 1}", "{{ x }}{{\tx\n}}{{{  x }}}", "111",
      { NULL } },
    { "scalars as written", "{'a': 1.50, 'b': true, 'c': false}",
      "{{a}} {{b}} {{c}}", "1.50 true false", { NULL } },
    { "null and absent are empty", "{'a': null}", "[{{a}}{{b}}{{{c}}}]",
      "[]", { NULL } },
    { "values are no templates", "{'a': '{{b}}', 'b': 1}", "{{a}}", "{{b}}",
      { NULL } },
    { "standing alone keeps its line", "{'a': 1}", " {{a}} \n", " 1 \n",
      { NULL } },
    { "words beyond ASCII", "{'标题': '新闻', 'my key': 2}",
      "《{{标题}}》{{my key}}", "《新闻》2", { NULL } },

    /* dotted names */

    { "dotted", "{'a': {'b': {'c': 7}}}", "{{a.b.c}}", "7", { NULL } },
    { "broken chain", "{'a': {}, 'c': {'d': 1}}", "[{{a.b.c.d}}]", "[]",
      { NULL } },
    { "first part decides", "{'a': {'b': {}}, 'b': {'c': 1}}",
      "[{{#a}}{{b.c}}{{/a}}]", "[]", { NULL } },
    { "a key with a dot is out of reach", "{'a.b': 1}", "[{{a.b}}]", "[]",
      { NULL } },
    { "through a scalar", "{'a': 1}", "[{{a.b}}]", "[]", { NULL } },

    /* sections */

    { "true", "{'a': true}", "{{#a}}yes{{/a}}", "yes", { NULL } },
    { "false", "{'a': false}", "[{{#a}}yes{{/a}}]", "[]", { NULL } },
    { "false in words", "{'a': 'no', 'b': 'off', 'c': ''}",
      "[{{#a}}a{{/a}}{{#b}}b{{/b}}{{#c}}c{{/c}}]", "[]", { NULL } },
    { "zero is shown", "{'a': 0}", "[{{#a}}{{.}}{{/a}}]", "[0]", { NULL } },
    { "null", "{'a': null}", "[{{#a}}x{{/a}}{{^a}}y{{/a}}]", "[y]",
      { NULL } },
    { "string is the context", "{'a': 'b'}", "{{#a}}{{.}}={{a}}{{/a}}",
      "b=b", { NULL } },
    { "map is the context", "{'a': {'n': 1}, 'n': 2}",
      "{{n}}{{#a}}{{n}}{{/a}}{{n}}", "212", { NULL } },
    { "outer names", "{'o': 1, 'a': {'b': {'i': 2}}}",
      "{{#a}}{{#b}}{{o}}{{i}}{{/b}}{{/a}}", "12", { NULL } },
    { "null hides an outer name", "{'n': 1, 'a': {'n': null}}",
      "[{{#a}}{{n}}{{/a}}]", "[]", { NULL } },
    { "list", "{'l': [{'n': 1}, {'n': 2}, {}], 'n': 9}",
      "{{#l}}{{n}},{{/l}}", "1,2,9,", { NULL } },
    { "empty list", "{'l': []}", "[{{#l}}x{{/l}}{{^l}}none{{/l}}]", "[none]",
      { NULL } },
    { "list of lists", "{'l': [[1, 2], [3]]}",
      "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", "(12)(3)", { NULL } },
    { "list in a list", "{'l': [{'m': [1, 2], 'n': 'a'}, {'m': [3]}]}",
      "{{#l}}{{n}}{{#m}}{{.}}{{/m}};{{/l}}", "a12;3;", { NULL } },
    { "null and false items", "{'l': [null, false, 1]}",
      "{{#l}}({{.}}){{/l}}", "()(false)(1)", { NULL } },
    { "root is a list", "[1, 2]", "{{#.}}<{{.}}>{{/.}}", "<1><2>", { NULL } },
    { "root is a string", "'a&b'", "{{.}}{{{.}}}", "a&amp;ba&b", { NULL } },
    { "the same section twice, nested", "{'a': true}",
      "{{#a}}1{{#a}}2{{/a}}3{{/a}}4{{#a}}5{{/a}}", "12345", { NULL } },
    { "dotted section", "{'a': {'b': [1, 2]}}", "{{#a.b}}{{.}}{{/a.b}}",
      "12", { NULL } },
    { "inverted", "{'a': false, 'b': {'c': 1}}",
      "{{^a}}1{{/a}}{{^b}}2{{/b}}{{^b.c}}3{{/b.c}}{{^b.d}}4{{/b.d}}", "14",
      { NULL } },
    { "inverted in a section", "{'l': [{'t': true}, {}]}",
      "{{#l}}{{#t}}T{{/t}}{{^t}}F{{/t}}{{/l}}", "TF", { NULL } },

    /* what Mustache leaves open */

    { "a list shown is joined", "{'l': ['a&', 2, null, [3], {'name': 'd'}]}",
      "{{l}} {{{l}}}", "a&amp;, 2, d a&, 2, d", { NULL } },
    { "a map is shown by its name", "{'l': [{'name': 'x', 'url': 1}, {}]}",
      "{{#l}}[{{.}}]{{/l}}", "[x][]", { NULL } },

    /* lines of their own */

    { "sections", "{'a': true}", "1\n{{#a}}\n2\n{{/a}}\n3\n", "1\n2\n3\n",
      { NULL } },
    { "indented sections", "{'a': true}",
      "1\n \t{{#a}} \n2\n\t{{/a}}\t\n3", "1\n2\n3", { NULL } },
    { "CRLF", "{'a': true}", "1\r\n{{#a}}\r\n2\r\n{{/a}}\r\n3\r\n",
      "1\r\n2\r\n3\r\n", { NULL } },
    { "a lone CR ends no line", "{'a': true}", "{{#a}}\r2{{/a}}", "\r2",
      { NULL } },
    { "at both ends", "{'a': true}", "  {{#a}}\n1{{/a}}\n {{^a}}\n{{/a}}",
      "1\n", { NULL } },
    { "two tags on a line", "{'a': true}", " {{#a}}{{/a}}\n{{#a}} {{/a}}\n",
      " \n \n", { NULL } },
    { "inverted", "{}", "1\n{{^a}}\n2\n{{/a}}\n", "1\n2\n", { NULL } },

    /* comments */

    { "comment", "{}", "1{{! no #/>{ }}2", "12", { NULL } },
    { "comment on its line", "{}", "1\n  {{! a\n b }}\n2\n", "1\n2\n",
      { NULL } },
    { "comment behind text", "{}", "1 {{! a }}\n2", "1 \n2", { NULL } },

    /* delimiters */

    { "delimiters", "{'a': 1}", "{{=<% %>=}}<%a%>{{a}}<%={{ }}=%>{{a}}<%a%>",
      "1{{a}}1<%a%>", { NULL } },
    { "delimiters with blanks", "{'a': 1}", "{{= | \n | =}}|a||{a}||&a|",
      "111", { NULL } },
    { "delimiters on their line", "{'a': 1}", "0\n {{=[ ]=}} \n[a]\n",
      "0\n1\n", { NULL } },
    { "delimiters end with the partial", "{'a': 1}",
      "{{>p}}{{a}}{{=<% %>=}}<%>q%>", "11[1]",
      { "p", "{{=<% %>=}}<%a%>", "q", "[{{a}}]", NULL } },

    /* partials */

    { "partial", "{'a': 1}", "[{{>p}}{{> p }}]", "[(1)(1)]",
      { "p", "({{a}})", NULL } },
    { "absent partial", "{}", "[{{>p}}]\n {{>p}}\n.", "[]\n.", { NULL } },
    { "partial in a section", "{'l': [{'n': 1}, {'n': 2}]}",
      "{{#l}}{{>p}}{{/l}}", "1;2;", { "p", "{{n}};", NULL } },
    { "partial in a partial", "{'a': 1}", "{{>p}}", "<(1)>",
      { "p", "<{{>q}}>", "q", "({{a}})", NULL } },
    { "recursion", "{'n': 1, 'c': [{'n': 2, 'c': []}, {'n': 3, 'c': []}]}",
      "{{>p}}", "1(2()3())", { "p", "{{n}}({{#c}}{{>p}}{{/c}})", NULL } },
    { "indented", "{'v': 'x\ny'}", "1\n  {{>p}}\n2\n",
      "1\n  a\n  x\ny\n  \n  \n  b\n2\n", { "p", "a\n{{v}}\n\n\nb\n", NULL } },
    { "inline is not indented", "{}", "  [{{>p}}]\n", "  [a\nb\n]\n",
      { "p", "a\nb\n", NULL } },
    { "indented at the end", "{}", "1\n  {{>p}}", "1\n  a\n  b",
      { "p", "a\nb", NULL } },
    { "indented twice", "{}", " {{>p}}\n.", " a\n   b\n   c\n d\n.",
      { "p", "a\n  {{>q}}\nd\n", "q", "b\nc\n", NULL } },
    { "tags on their lines in an indented partial", "{'l': [1, 2]}",
      "\t{{>p}}\n.", "\ta\n\t1\n\t2\n\tz\n.",
      { "p", "a\n{{#l}}\n{{.}}\n{{/l}}\n{{!x}}\nz\n", NULL } },
    { "a section at the end of an indented partial", "{'a': true}",
      " {{>p}}\n.", " 1\n.", { "p", "{{#a}}\n1\n{{/a}}", NULL } },
    { "line begins in a section", "{'a': true}", " {{>p}}\n",
      " b\n c d\n", { "p", "{{#a}}b\nc{{/a}} d\n", NULL } },
    { "CRLF behind a partial", "{}", " {{>p}}\r\n.", " a\r\n.",
      { "p", "a\r\n", NULL } },
    { "a cycle ends", "{}", "{{>p}}", "", { "p", "{{>q}}", "q", "{{>p}}",
      NULL } }
};


static const error_t  errors[] = {
    { "unclosed tag", "a\nb {{name\nc", 2, "tag is not closed", { NULL } },
    { "its end is the next one's", "{{a <b>{{c}}", 1, "tag is not closed",
      { NULL } },
    { "a line end in a name", "{{a\nb}}", 1, "tag is not closed", { NULL } },
    { "unclosed triple", "{{{a}}", 1, "tag is not closed", { NULL } },
    { "unclosed comment", "1\n2\n3{{! \n\n", 3, "tag is not closed",
      { NULL } },
    { "unclosed section", "1\n{{#a}}\n{{#b}}{{/b}}\n", 2,
      "section \"a\" is not closed", { NULL } },
    { "wrong end", "{{#a}}\n\n{{/b}}", 3,
      "section \"a\" opened on line 1 is closed as \"b\"", { NULL } },
    { "end without a beginning", "x\n{{/b}}", 2,
      "section \"b\" is closed but not open", { NULL } },
    { "no name", "{{}}", 1, "tag has no name", { NULL } },
    { "section without a name", "{{# }}", 1, "tag has no name", { NULL } },
    { "partial without a name", "{{>}}", 1, "tag has no name", { NULL } },
    { "empty part", "{{a..b}}", 1, "bad name \"a..b\"", { NULL } },
    { "dot at the end", "{{#a.}}", 1, "bad name \"a.\"", { NULL } },
    { "one delimiter", "{{=<%=}}", 1, "bad delimiters \"<%\"", { NULL } },
    { "three delimiters", "{{=a b c=}}", 1, "bad delimiters \"a b c\"",
      { NULL } },
    { "no delimiter", "{{= =}}", 1, "bad delimiters \"\"", { NULL } },
    { "folder", "{{>a/b}}", 1, "bad partial name \"a/b\"", { NULL } },
    { "folder above", "{{>..}}", 1, "bad partial name \"..\"", { NULL } },
    { "hidden file", "{{> .x}}", 1, "bad partial name \".x\"", { NULL } },
    { "dynamic name", "{{>*a}}", 1, "dynamic names are not supported",
      { NULL } },
    { "parent", "{{<a}}{{/a}}", 1, "template inheritance is not supported",
      { NULL } },
    { "block", "{{$a}}{{/a}}", 1, "template inheritance is not supported",
      { NULL } },
    { "in a partial", "{{>p}}", 2, "section \"x\" is not closed",
      { "p", "\n{{#x}}", NULL } },
    { "a long name", "{{#中中中中中中中中中中中中中中中中中中中中中中中中中中中}}", 1,
      "section \"中中中中中中中中中中中中中中中中中中中中中中中中中中\" is not closed",
      { NULL } },
    { "across files", "{{#x}}{{>p}}{{/x}}", 1,
      "section \"x\" is closed but not open", { "p", "{{/x}}", NULL } }
};


static int
load(void *arg, news_str_t name, news_str_t *text, news_str_t *file)
{
    const char *const *p = arg;

    for ( /* void */ ; p != NULL && *p != NULL; p += 2) {
        if (news_str_eqz(name, p[0])) {
            *text = news_str(p[1]);
            *file = name;
            return 0;
        }
    }

    return 1;
}


static int
load_theme(void *arg, news_str_t name, news_str_t *text, news_str_t *file)
{
    *file = name;

    return news_theme(name, text);
}


static int
load_none(void *arg, news_str_t name, news_str_t *text, news_str_t *file)
{
    return -1;
}


static news_template_t *
compile(news_arena_t *a, const char *text, const char *const *partials,
    news_problems_t *problems)
{
    news_problems_init(problems, a);

    return news_template_compile(a, news_str(text), news_str("page"), load,
                                 (void *) partials, problems);
}


static void
test_run(const run_t *t)
{
    news_buf_t        out;
    news_arena_t     *a;
    news_problems_t   problems;
    news_template_t  *template;

    a = news_arena_create(MEMORY);

    template = compile(a, t->template, t->partials, &problems);

    if (ok(template != NULL, "%s: compiled", t->name)) {
        news_buf_init(&out, a, 0);

        is_int(news_template_run(template, a, data(a, t->data), &out), 0,
               t->name);
        is_str(news_buf_str(&out), t->want, t->name);
    }

    news_arena_destroy(a);
}


static void
test_error(const error_t *t)
{
    news_arena_t     *a;
    news_problems_t   problems;
    news_template_t  *template;

    a = news_arena_create(MEMORY);

    template = compile(a, t->template, t->partials, &problems);

    ok(template == NULL, "%s: refused", t->name);

    if (ok(problems.n == 1, "%s: one problem", t->name)) {
        is_int(problems.first->kind, NEWS_PROBLEM_TEMPLATE, t->name);
        is_int(problems.first->line, t->line, t->name);
        is_str(problems.first->text, t->text, t->name);
        is_str(problems.first->file,
               t->partials[0] != NULL ? t->partials[0] : "page", t->name);
    }

    news_arena_destroy(a);
}


static void
test_missing(void)
{
    int               i;
    char              text[1024];
    size_t            n;
    news_arena_t     *a;
    news_problems_t   problems;
    news_template_t  *template;

    a = news_arena_create(MEMORY);

    template = compile(a, "\n{{>p}}{{>p}}{{>q}}", NULL, &problems);

    ok(template != NULL, "partials may be absent");
    is_int(problems.n, 2, "each is told once");
    is_int(problems.first->kind, NEWS_PROBLEM_PARTIAL, "as what it is");
    is_int(problems.first->line, 2, "with its line");
    is_str(problems.first->file, "page", "and its file");
    is_str(problems.first->text, "partial \"p\" is not there", "and its name");

    for (i = 0, n = 0; i < 30; i++) {
        n += (size_t) snprintf(text + n, sizeof(text) - n, "{{>p%d}}", i);
    }

    snprintf(text + n, sizeof(text) - n, "{{#x}}");

    template = compile(a, text, NULL, &problems);

    ok(template == NULL && problems.last->kind == NEWS_PROBLEM_TEMPLATE,
       "many absent partials do not hide a mistake");

    news_problems_init(&problems, a);

    template = news_template_compile(a, news_str("{{>p}}"), news_str("page"),
                                     load_none, NULL, &problems);

    ok(template == NULL && problems.n == 0,
       "a callback that failed has told of it itself");

    news_arena_destroy(a);
}


static void
test_closed(void)
{
    news_buf_t        out;
    news_value_t     *root;
    news_arena_t     *a;
    news_problems_t   problems;
    news_template_t  *template;

    a = news_arena_create(MEMORY);

    root = data(a, "{'n': 1, 'a': {'b': 2}}");
    news_value_getz(root, "a")->closed = 1;

    template = compile(a, "[{{#a}}{{b}}{{n}}{{/a}}]", NULL, &problems);
    news_buf_init(&out, a, 0);

    is_int(news_template_run(template, a, root, &out), 0, "closed map");
    is_str(news_buf_str(&out), "[2]", "a closed map ends looking out");

    news_arena_destroy(a);
}


/* what would take for ever or nest for ever ends, and soon */

static void
test_bounds(void)
{
    int               i, n;
    char              text[8192];
    clock_t           start;
    news_buf_t        out;
    news_arena_t     *a;
    news_problems_t   problems;
    news_template_t  *template;

    static const char  *twice[] = { "p", "{{#c}}{{>p}}{{/c}}", NULL };

    a = news_arena_create(MEMORY);
    start = clock();

    template = compile(a, "{{>p}}.", twice, &problems);
    news_buf_init(&out, a, 0);

    is_int(news_template_run(template, a, data(a, "{'c': [{}, {}, {}]}"),
                             &out),
           0, "a partial that triples at each level ends");
    is_str(news_buf_str(&out), ".", "with what follows it");
    ok((clock() - start) / CLOCKS_PER_SEC < 5, "soon");

    for (i = 0, n = 0; i < 200; i++) {
        n += snprintf(text + n, sizeof(text) - n, "%s{{#a}}",
                      i == NEWS_TEMPLATE_MAX_DEPTH ? "in" : "");
    }

    for (i = 0; i < 200; i++) {
        n += snprintf(text + n, sizeof(text) - n, "%s{{/a}}",
                      i == 200 - NEWS_TEMPLATE_MAX_DEPTH ? "out" : "");
    }

    template = compile(a, text, NULL, &problems);
    news_buf_init(&out, a, 0);

    is_int(news_template_run(template, a, data(a, "{'a': true}"), &out), 0,
           "deep sections");
    is_str(news_buf_str(&out), "inout", "are empty past the limit");

    news_arena_destroy(a);
}


static int
expired(void *arg)
{
    return 1;
}


static void
test_limits(void)
{
    news_buf_t        out;
    news_arena_t     *a;
    news_value_t     *root;
    news_problems_t   problems;
    news_template_t  *template;

    static const char  *twice[] = { "p", "{{#c}}{{>p}}{{/c}}", NULL };

    a = news_arena_create(4 * 1024 * 1024);

    root = data(a, "{'c': [1, 2, 3, 4, 5, 6, 7, 8, 9], 's': '0123456789'}");
    template = compile(a, "{{>p}}", twice, &problems);
    news_buf_init(&out, a, 0);
    news_arena_set_expired(a, expired, NULL);

    is_int(news_template_run(template, a, root, &out), -1, "time is out");

    news_arena_set_expired(a, NULL, NULL);

    template = compile(a, "{{#c}}{{#c}}{{#c}}{{#c}}{{#c}}{{#c}}{{s}}{{/c}}"
                       "{{/c}}{{/c}}{{/c}}{{/c}}{{/c}}", NULL, &problems);
    news_buf_init(&out, a, 0);

    is_int(news_template_run(template, a, root, &out), -1, "memory is out");

    news_arena_destroy(a);
}


/* each allocation fails once, nothing crashes, nothing wrong is listed */

static void
test_memory(void)
{
    int               rc, bad;
    size_t            n;
    news_str_t        text;
    news_buf_t        out;
    news_arena_t     *a;
    news_problems_t   problems;
    news_template_t  *template;

    bad = 0;
    rc = -1;

    for (n = 1; rc == -1 && n < 10000; n++) {
        a = news_arena_create(MEMORY);

        news_problems_init(&problems, a);
        bad |= news_theme(news_str("default"), &text);

        news_arena_fail_at(a, n);

        template = news_template_compile(a, text, news_str("default"),
                                         load_theme, NULL, &problems);

        if (template != NULL) {
            news_buf_init(&out, a, 0);
            rc = news_template_run(template, a, news_value_map(a), &out);
        }

        bad |= (problems.n != 0);

        news_arena_destroy(a);
    }

    ok(!bad && rc == 0 && n > 10, "any allocation may fail (%d)", (int) n);
}


static void
test_theme(void)
{
    size_t            i;
    news_str_t        text;
    news_arena_t     *a;
    news_problems_t   problems;
    news_template_t  *template;

    static const char  *names[] = {
        "default", "head", "header", "footer", "style"
    };

    a = news_arena_create(MEMORY);

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {

        if (!ok(news_theme(news_str(names[i]), &text) == 0 && text.len > 0,
                "theme has \"%s\"", names[i]))
        {
            continue;
        }

        news_problems_init(&problems, a);

        template = news_template_compile(a, text, news_str(names[i]),
                                         load_theme, NULL, &problems);

        ok(template != NULL && problems.n == 0, "\"%s\" has no problem",
           names[i]);
    }

    is_int(news_theme(news_str("other"), &text), 1, "no other name");
    is_int(news_theme(news_str(""), &text), 1, "no empty name");

    news_arena_destroy(a);
}


int
main(void)
{
    size_t  i;

    for (i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        test_run(&runs[i]);
    }

    for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        test_error(&errors[i]);
    }

    test_missing();
    test_closed();
    test_bounds();
    test_limits();
    test_memory();
    test_theme();

    return done();
}
