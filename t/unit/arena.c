
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdlib.h>
#include <string.h>

#include "news_escape.h"
#include "news_problem.h"
#include "news_utf8.h"
#include "news_value.h"
#include "tap.h"


static int  expire_after;


static int
test_expired(void *data)
{
    return --expire_after < 0;
}


static void
test_arena(void)
{
    int                i, bad;
    char              *p, *q;
    size_t             used;
    news_arena_t      *a;
    news_arena_mark_t  mark;

    a = news_arena_create(1024 * 1024);

    p = news_arena_alloc(a, 10);
    ok(p != NULL && ((uintptr_t) p & 15) == 0, "aligned memory");

    strcpy(p, "abcdefghi");
    p = news_arena_realloc(a, p, 10, 100);
    ok(strcmp(p, "abcdefghi") == 0, "realloc keeps bytes");

    q = news_arena_alloc(a, 10);
    p = news_arena_realloc(a, p, 100, 20000);
    ok(q != NULL && strcmp(p, "abcdefghi") == 0, "small to large");

    p = news_arena_realloc(a, p, 20000, 200000);
    ok(strcmp(p, "abcdefghi") == 0, "large grows");

    p = news_arena_realloc(a, p, 200000, 50);
    ok(strcmp(p, "abcdefghi") == 0, "large shrinks");

    news_arena_mark(a, &mark);
    used = news_arena_used(a);
    bad = 0;

    for (i = 0; i < 5000; i++) {
        q = news_arena_alloc(a, (size_t) i);
        bad |= q == NULL && news_arena_state(a) == NEWS_ARENA_OK;

        if (q != NULL) {
            memset(q, i, (size_t) i);
        }
    }

    ok(!bad, "failures have a state");
    is_int(news_arena_state(a), NEWS_ARENA_LIMIT, "limit reached");
    ok(news_arena_alloc(a, 1) == NULL, "a failed arena stays failed");
    ok(news_arena_peak(a) <= 1024 * 1024, "peak below the limit");

    news_arena_release(a, &mark);
    is_int(news_arena_state(a), NEWS_ARENA_OK, "released");
    is_int(news_arena_used(a), used, "memory given back");
    ok(strcmp(p, "abcdefghi") == 0, "older memory stays");
    ok(news_arena_alloc(a, 1) != NULL, "usable again");

    ok(news_arena_alloc(a, SIZE_MAX - 8) == NULL, "a huge size");
    news_arena_release(a, &mark);
    ok(news_arena_realloc(a, p, 50, SIZE_MAX - 8) == NULL, "a huge realloc");
    news_arena_release(a, &mark);

    news_arena_fail_at(a, 3);
    ok(news_arena_alloc(a, 1) != NULL, "first of three");
    ok(news_arena_calloc(a, 1) != NULL, "second of three");
    ok(news_arena_alloc(a, 1) == NULL, "third of three");
    is_int(news_arena_state(a), NEWS_ARENA_NOMEM, "injected failure");

    news_arena_release(a, &mark);

    expire_after = 2;
    news_arena_set_expired(a, test_expired, NULL);

    for (i = 0; i < 10000 && news_arena_tick(a, 1) == 0; i++) { /* void */ }

    ok(i > 10 && i < 1000, "ticks ask for the time");
    is_int(news_arena_state(a), NEWS_ARENA_EXPIRED, "expired");
    ok(news_arena_alloc(a, 1) == NULL, "no memory past the time");

    news_arena_set_expired(a, NULL, NULL);
    ok(news_arena_alloc(a, 1) != NULL, "time limit lifted");

    news_arena_destroy(a);
    news_arena_destroy(NULL);
}


static void
test_reset(void)
{
    int            i, round, bad;
    char          *p;
    news_arena_t  *a;

    a = news_arena_create(4 * 1024 * 1024);
    bad = 0;

    for (round = 0; round < 20; round++) {

        for (i = 0; i < 3000; i++) {
            p = news_arena_alloc(a, (size_t) (i * 7 % 600));
            bad |= p == NULL;

            if (p != NULL) {
                memset(p, round, (size_t) (i * 7 % 600));
            }
        }

        p = news_arena_alloc(a, 100000);
        p = p ? news_arena_realloc(a, p, 100000, 200000) : NULL;
        bad |= p == NULL;

        if (p != NULL) {
            memset(p, round, 200000);
        }

        /* from none to all of it kept */

        news_arena_reset(a, (size_t) round * 128 * 1024);
        bad |= news_arena_used(a) > 1024;
    }

    ok(!bad, "reset and used again, the limit counting what is in use");

    news_arena_fail_at(a, 1);
    ok(news_arena_alloc(a, 1) == NULL, "failed");
    news_arena_reset(a, 1024 * 1024);
    ok(news_arena_alloc(a, 1) != NULL, "a reset forgets it");

    news_arena_destroy(a);
}


static void
test_buf(news_arena_t *a)
{
    int          i;
    news_buf_t   b;
    news_str_t   s;

    news_buf_init(&b, a, 0);

    for (i = 0; i < 10000; i++) {
        news_buf_addz(&b, "0123456789");
    }

    is_int(b.len, 100000, "appended");
    ok(memcmp(b.data + 99990, "0123456789", 10) == 0, "the end is right");

    news_buf_insert(&b, 0, "<<", 2);
    news_buf_insert(&b, b.len, ">>", 2);
    ok(memcmp(b.data, "<<0123", 6) == 0, "inserted at the start");
    ok(memcmp(b.data + b.len - 4, "89>>", 4) == 0, "inserted at the end");

    news_buf_init(&b, a, 0);
    news_buf_addf(&b, "%d %s", 42, "x");
    news_buf_addc(&b, '!');
    is_str(news_buf_str(&b), "42 x!", "formatted");

    is_str(news_str_trim(news_str(" \t\r\nab c\n ")), "ab c", "trimmed");
    is_str(news_str_trim(news_str(" \t ")), "", "trimmed to nothing");
    ok(news_str_caseeqz(news_str("NoIndex"), "noindex"), "case folded");
    ok(!news_str_caseeqz(news_str("noinde"), "noindex"), "shorter");
    ok(!news_str_caseeqz(news_str("noindexx"), "noindex"), "longer");

    s = news_str_dup(a, news_str("copy"));
    ok(strcmp((const char *) s.data, "copy") == 0, "copy ends in zero");
}


static void
test_buf_failure(void)
{
    int            i;
    news_buf_t     b;
    news_arena_t  *a;

    a = news_arena_create(100000);
    news_buf_init(&b, a, 0);

    for (i = 0; i < 20000; i++) {
        news_buf_addz(&b, "0123456789");
    }

    ok(b.failed && b.len < 100000, "a full buffer fails and stays whole");

    news_arena_destroy(a);
}


static void
test_utf8(news_arena_t *a)
{
    news_buf_t            b;
    uint32_t              cp;
    unsigned char         out[4];
    const unsigned char  *p, *last;

#define valid(s)  news_utf8_valid((const unsigned char *) s, sizeof(s) - 1)

    is_int(valid("plain ascii, long enough for words"), 34, "ASCII");
    is_int(valid("\xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x98\x80"), 11, "CJK");
    is_int(valid("\xef\xbf\xbd" "a"), 4, "U+FFFD itself");
    is_int(valid("ab\xc0\x80"), 2, "overlong");
    is_int(valid("ab\xed\xa0\x80"), 2, "surrogate");
    is_int(valid("ab\xf4\x90\x80\x80"), 2, "past U+10FFFF");
    is_int(valid("ab\xe4\xb8"), 2, "cut short");
    is_int(valid("\xe0\x9f\xbf"), 0, "overlong of three");

#undef valid

    news_buf_init(&b, a, 0);
    news_utf8_repair(&b, news_str("a\xf0\x80\x80\x41\xe4\xb8z\xff"));
    is_str(news_buf_str(&b),
           "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "A\xef\xbf\xbdz"
           "\xef\xbf\xbd",
           "maximal subparts");

    p = (const unsigned char *) "\xf0\x9f\x98\x80";
    last = p + 4;
    cp = news_utf8_decode(&p, last);
    is_int(cp, 0x1f600, "decoded");
    ok(p == last, "moved");
    is_int(news_utf8_encode(out, cp), 4, "encoded length");
    ok(memcmp(out, "\xf0\x9f\x98\x80", 4) == 0, "encoded");
    is_int(news_utf8_encode(out, 0xd800), 3, "no surrogates out");
    is_int(news_utf8_count(news_str("a\xe4\xb8\xad\xc3\xa9")), 3, "counted");

    ok(news_cp_is_cjk_word(0x4e2d) && news_cp_is_cjk_word(0x3042)
       && !news_cp_is_cjk_word(0xac00) && !news_cp_is_cjk_word(0x3002),
       "words");
    ok(news_cp_is_wide(0x3002) && news_cp_is_wide(0xff0c)
       && !news_cp_is_wide(0xac00) && !news_cp_is_wide('a'), "wide");
    ok(news_cp_is_letter(0x4e2d) && news_cp_is_letter(0xe9)
       && news_cp_is_letter(0x301) && news_cp_is_letter(0x5d0)
       && !news_cp_is_letter(0x3002) && !news_cp_is_letter(0x2014)
       && !news_cp_is_letter(0x1f600) && !news_cp_is_letter(0xff01),
       "letters");
    ok(news_cp_is_space(0x3000) && !news_cp_is_space(0x200b), "blanks");
}


/* the ends of each run of capitals, and what has no small letter */

static void
test_lower(void)
{
    size_t  i;

    static const uint32_t  pairs[][2] = {
        { 'A', 'a' }, { 'Z', 'z' }, { '@', '@' }, { '[', '[' }, { '0', '0' },
        { '_', '_' }, { 0xbf, 0xbf }, { 0xc0, 0xe0 }, { 0xde, 0xfe },
        { 0xd7, 0xd7 }, { 0xdf, 0xdf }, { 0x100, 0x101 }, { 0x12e, 0x12f },
        { 0x130, 0x130 }, { 0x132, 0x133 }, { 0x136, 0x137 }, { 0x138, 0x138 },
        { 0x139, 0x13a }, { 0x147, 0x148 }, { 0x149, 0x149 }, { 0x14a, 0x14b },
        { 0x176, 0x177 }, { 0x178, 0xff }, { 0x179, 0x17a }, { 0x17d, 0x17e },
        { 0x17f, 0x17f }, { 0x1cd, 0x1ce }, { 0x1db, 0x1dc }, { 0x1dd, 0x1dd },
        { 0x1de, 0x1df }, { 0x1ee, 0x1ef }, { 0x1f0, 0x1f0 }, { 0x1f8, 0x1f9 },
        { 0x21e, 0x21f }, { 0x220, 0x220 }, { 0x222, 0x223 }, { 0x232, 0x233 },
        { 0x234, 0x234 }, { 0x386, 0x3ac }, { 0x387, 0x387 }, { 0x388, 0x3ad },
        { 0x38a, 0x3af }, { 0x38b, 0x38b }, { 0x38c, 0x3cc }, { 0x38e, 0x3cd },
        { 0x38f, 0x3ce }, { 0x390, 0x390 }, { 0x391, 0x3b1 }, { 0x3a2, 0x3a2 },
        { 0x3ab, 0x3cb }, { 0x400, 0x450 }, { 0x40f, 0x45f }, { 0x410, 0x430 },
        { 0x42f, 0x44f }, { 0x460, 0x461 }, { 0x480, 0x481 }, { 0x482, 0x482 },
        { 0x48a, 0x48b }, { 0x4be, 0x4bf }, { 0x4c0, 0x4c0 }, { 0x4d0, 0x4d1 },
        { 0x52e, 0x52f }, { 0x530, 0x530 }, { 0x531, 0x561 }, { 0x556, 0x586 },
        { 0x557, 0x557 }, { 0x1e00, 0x1e01 }, { 0x1e94, 0x1e95 },
        { 0x1e96, 0x1e96 }, { 0x1ea0, 0x1ea1 }, { 0x1efe, 0x1eff },
        { 0x1f00, 0x1f00 }, { 0x10d0, 0x10d0 }, { 0x4e2d, 0x4e2d },
        { 0xff20, 0xff20 }, { 0xff21, 0xff41 }, { 0xff3a, 0xff5a },
        { 0xff3b, 0xff3b }
    };

    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        ok(news_cp_lower(pairs[i][0]) == pairs[i][1], "lower case of U+%04X",
           (unsigned) pairs[i][0]);
        ok(news_cp_lower(pairs[i][1]) == pairs[i][1], "and it stays");
    }
}


static news_str_t
escaped(news_arena_t *a, void (*escape)(news_buf_t *, news_str_t),
    const char *s)
{
    news_buf_t  b;

    news_buf_init(&b, a, 0);
    escape(&b, news_str(s));

    return news_buf_str(&b);
}


static void
test_escape(news_arena_t *a)
{
    news_buf_t  buf;

    is_str(escaped(a, news_escape_html, "a<b>&\"'c"),
           "a&lt;b&gt;&amp;&quot;&#39;c", "HTML");
    news_buf_init(&buf, a, 16);
    news_escape_html(&buf, news_str_n("a\0b", 3));
    is_str(news_buf_str(&buf), "a\xef\xbf\xbd" "b", "HTML, null");
    is_str(escaped(a, news_escape_path, "/a b/\xe4\xb8\xad(1)-_.~"),
           "/a%20b/%E4%B8%AD%281%29-_.~", "path");
    is_str(escaped(a, news_escape_json, "a\"\\\n</s>&\x01\xe2\x80\xa8z"),
           "a\\\"\\\\\\n\\u003c/s\\u003e\\u0026\\u0001\\u2028z", "JSON");
    is_str(escaped(a, news_escape_line, "a\r\nb\xc2\x9b\x7f\x1b[0m"),
           "a  b   [0m", "line");
}


static void
test_value(news_arena_t *a)
{
    int            i;
    char           name[16];
    news_buf_t     b;
    news_value_t  *map, *list, *v;

    map = news_value_map(a);
    list = news_value_list(a);

    for (i = 0; i < 100; i++) {
        sprintf(name, "n%d", i);
        v = news_value_string(a, news_str_dup(a, news_str(name)));
        news_value_push(a, list, v);
        news_value_put(a, map, v->u.string, v);
    }

    is_int(map->n, 100, "members");
    is_str(news_value_text(news_value_getz(map, "n73")), "n73", "found");
    ok(news_value_getz(map, "n100") == NULL, "not found");
    news_value_put(a, map, news_str("n73"), news_value_null(a));
    is_int(map->n, 100, "replaced");
    is_str(news_value_text(news_value_getz(map, "n73")), "", "null is empty");

#define scalar(s)  news_value_string(a, news_str(s))

    ok(!news_value_is_true(scalar("false")) && !news_value_is_true(scalar("No"))
       && !news_value_is_true(scalar("")) && !news_value_is_true(NULL)
       && !news_value_is_true(news_value_list(a))
       && news_value_is_true(scalar("0")) && news_value_is_true(scalar("nO"))
       && news_value_is_true(news_value_map(a)), "truth");
    is_int(news_value_bool(scalar("x"), 1), 1, "no boolean: the default");
    is_int(news_value_bool(scalar("OFF"), 1), 0, "off");

    map = news_value_map(a);
    v = scalar("true");
    v->plain = 1;
    news_value_put(a, map, news_str("b"), v);
    news_value_put(a, map, news_str("q"), scalar("true"));
    list = news_value_list(a);
    v = scalar("-1.5e3");
    v->plain = 1;
    news_value_push(a, list, v);
    v = scalar("007");
    v->plain = 1;
    news_value_push(a, list, v);
    news_value_push(a, list, news_value_null(a));
    news_value_put(a, map, news_str("l\""), list);

    news_buf_init(&b, a, 0);
    news_value_json(&b, map);
    is_str(news_buf_str(&b),
           "{\"b\":true,\"q\":\"true\",\"l\\\"\":[-1.5e3,\"007\",null]}",
           "JSON of a tree");
}


/* what JSON has for a number is one where YAML had it plain */

static void
test_number(news_arena_t *a)
{
    size_t         i;
    news_buf_t     b;
    news_value_t  *v;

    static const char  *const scalars[][2] = {
        { "0", "0" }, { "-0", "-0" }, { "10", "10" }, { "0.5", "0.5" },
        { "1e5", "1e5" }, { "2E-5", "2E-5" }, { "2.5e+5", "2.5e+5" },
        { "-", "\"-\"" }, { "00", "\"00\"" }, { "1.", "\"1.\"" },
        { ".5", "\".5\"" }, { "+1", "\"+1\"" }, { "1e", "\"1e\"" },
        { "1e+", "\"1e+\"" }, { "1.5x", "\"1.5x\"" }, { "1 ", "\"1 \"" }
    };

    for (i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
        v = news_value_string(a, news_str(scalars[i][0]));
        v->plain = 1;

        news_buf_init(&b, a, 0);
        news_value_json(&b, v);
        is_str(news_buf_str(&b), scalars[i][1], "a plain scalar");
    }
}


static void
test_problem(news_arena_t *a)
{
    int              i;
    char             text[2000];
    news_problems_t  list;

    news_problems_init(&list, a);

    for (i = 0; i < 100; i++) {
        news_problem(&list, NEWS_PROBLEM_VALUE, 3, 4, "bad \n %s", "x\x1by");
    }

    is_int(list.n, NEWS_MAX_PROBLEMS, "problems are bounded");
    is_str(list.first->text, "bad   x y", "no control characters");
    is_int(list.first->line, 3, "line");

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';

    news_problems_init(&list, a);
    news_problem(&list, NEWS_PROBLEM_VALUE, 1, 1, "%s", text);
    ok(list.first->text.len > 100
       && list.first->text.len < sizeof(text) - 1
       && memcmp(list.first->text.data, text, list.first->text.len) == 0,
       "a long text is cut");
}


int
main(void)
{
    news_arena_t  *a;

    test_arena();
    test_reset();
    test_buf_failure();

    a = news_arena_create((size_t) -1);

    test_buf(a);
    test_utf8(a);
    test_lower();
    test_escape(a);
    test_value(a);
    test_number(a);
    test_problem(a);

    news_arena_destroy(a);

    return done();
}
