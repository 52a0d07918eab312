
/*
 * Copyright (C) ngx_news_module authors
 */


#include <string.h>

#include "news_charset.h"
#include "news_utf8.h"
#include "tap.h"


static news_arena_t  *arena;


static news_charsets_t *
test_list(const char *first, const char *second)
{
    size_t      bad;
    news_str_t  names[2];

    names[0] = news_str(first);
    names[1] = second ? news_str(second) : names[0];

    return news_charsets_create(arena, names, second ? 2 : 1, &bad);
}


static void
test_is(const news_charsets_t *c, const void *in, size_t len,
    const char *want, const char *name)
{
    int         rc;
    news_str_t  out;

    rc = news_charsets_decode(c, arena, news_str_n(in, len), &out);
    is_int(rc, 0, name);

    if (rc == 0) {
        is_str(out, want, name);
    }
}


static void
test_utf8(void)
{
    news_str_t        in, out;
    news_charsets_t  *c;

    in = news_str("中文");
    is_int(news_charsets_decode(NULL, arena, in, &out), 0, "no list");
    ok(out.data == in.data && out.len == in.len, "valid text is not copied");

    test_is(NULL, "\xEF\xBB\xBFx", 4, "x", "byte order mark");
    test_is(NULL, "\xEF\xBB\xBF\xEF\xBB\xBFx", 7, "\xEF\xBB\xBFx",
            "one only");
    test_is(NULL, "a\xFF" "b", 3, "a\xEF\xBF\xBD" "b", "invalid byte");
    test_is(NULL, "a\xE4\xB8", 3, "a\xEF\xBF\xBD", "cut sequence");
    test_is(NULL, "", 0, "", "nothing");

    c = test_list("UTF-8", NULL);
    test_is(c, "a\xC0\xAF", 3, "a\xEF\xBF\xBD\xEF\xBF\xBD", "overlong");
    test_is(c, "a\xED\xA0\x80", 4,
            "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", "surrogate");

    is_int(news_charsets_decode(c, arena, news_str_n("a\0b", 3), &out), 0,
           "zero byte");
    is_int(out.len, 3, "stays");
}


static void
test_order(void)
{
    news_charsets_t  *c;

    c = test_list("utf-8", "gb18030");
    ok(c != NULL, "two encodings");

    test_is(c, "中文", 6, "中文", "the first decodes");
    test_is(c, "\xD6\xD0\xCE\xC4", 4, "中文", "the second does");
    test_is(c, "\xD6\xD0\xFF\xCE\xC4", 5, "中\xEF\xBF\xBD文",
            "invalid byte in the last");
    test_is(c, "\xD6\xD0\xCE", 3, "中\xEF\xBF\xBD", "cut in the last");
    test_is(c, "\x84\x31\xA4\x37x\xD6\xD0", 7, "\xEF\xBF\xBDx中",
            "U+FFFD as text");
    test_is(c, "\x84\x31\x95\x33\xD6\xD0", 6, "中", "byte order mark");

    c = test_list("gb18030", "utf-8");
    test_is(c, "\xD6\xD0", 2, "中", "the other way round");
    test_is(c, "\xE4\xB8\xAD\xE6\x96", 5, "中\xEF\xBF\xBD",
            "the last repairs");

    c = test_list("big5", "shift_jis");
    test_is(c, "\xA4\xA4\xA4\xE5", 4, "中文", "Big5");

    c = test_list("windows-1252", NULL);
    test_is(c, "\x93x\x94\x81", 4, "“x”\xEF\xBF\xBD", "one byte each");
}


static void
test_wide(void)
{
    news_charsets_t  *c;

    c = test_list("utf-16", NULL);
    test_is(c, "\xFF\xFE-\0\x2D\x4E", 6, "-中", "UTF-16, little");
    test_is(c, "\xFE\xFF\0-\x4E\x2D", 6, "-中", "UTF-16, big");

    c = test_list("utf-16le", NULL);
    test_is(c, "\xFF\xFE-\0", 4, "-", "its byte order mark is cut");
    test_is(c, "\x00\xD8-\0", 4, "\xEF\xBF\xBD-", "a unit is passed over");
    test_is(c, "-\0-", 3, "-\xEF\xBF\xBD", "half a unit");

    c = test_list("utf-32be", NULL);
    test_is(c, "\0\0\0-\0\x11\0\0\0\0\0-", 12, "-\xEF\xBF\xBD-",
            "above U+10FFFF");

    c = test_list("ucs-4be", NULL);
    test_is(c, "\0\0\0-\0\0\xD8\0\0\0\0-", 12, "-\xEF\xBF\xBD-",
            "a surrogate");
}


static void
test_names(void)
{
    size_t             i, bad;
    news_str_t         names[2];
    news_charsets_t   *c;
    news_arena_mark_t  mark;

    static const char  *unknown[] = {
        "", "no-such-charset", "gb18030//IGNORE", "UTF-8//TRANSLIT", "a/b"
    };

    static const struct {
        const char  *name;
        int          ascii;
    } known[] = {
        { "utf-8", 1 }, { "UTF8", 1 }, { "gb18030", 1 }, { "GBK", 1 },
        { "gb2312", 1 }, { "big5", 1 }, { "shift_jis", 1 }, { "euc-jp", 1 },
        { "euc-kr", 1 }, { "iso-8859-1", 1 }, { "windows-1251", 1 },
        { "koi8-r", 1 }, { "us-ascii", 1 }, { "tis-620", 1 },
        { "iso-2022-jp", 0 }, { "iso-2022-kr", 0 }, { "utf-7", 0 },
        { "utf-16", 0 }, { "utf-16le", 0 }, { "utf-32", 0 }, { "ucs-2", 0 },
        { "ibm037", 0 }
    };

    for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        names[0] = news_str("utf-8");
        names[1] = news_str(unknown[i]);
        c = news_charsets_create(arena, names, 2, &bad);
        ok(c == NULL && bad == 1, "unknown: '%s'", unknown[i]);
    }

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        c = test_list(known[i].name, NULL);
        ok(c != NULL, "known: %s", known[i].name);

        if (c != NULL) {
            is_int(news_charsets_ascii(c), known[i].ascii, "ASCII");
        }
    }

    is_int(news_charsets_ascii(NULL), 1, "no list");
    is_int(news_charsets_ascii(test_list("gb18030", "utf-16")), 0,
           "one of them is not");

    names[0] = news_str("gb18030");
    news_arena_mark(arena, &mark);
    news_arena_fail_at(arena, 1);
    c = news_charsets_create(arena, names, 1, &bad);
    ok(c == NULL && bad == 1, "memory is out");
    news_arena_fail_at(arena, 0);
    news_arena_release(arena, &mark);
}


/* steps, growth, and characters that lie over the end of a step */

static void
test_long(void)
{
    size_t                i, n;
    news_buf_t            in, want;
    news_str_t            out;
    news_charsets_t      *c;

    c = test_list("utf-8", "gb18030");

    for (n = 0; n < 4; n++) {
        news_buf_init(&in, arena, 300000);
        news_buf_init(&want, arena, 300000);
        news_buf_add(&in, "abcd", n);
        news_buf_add(&want, "abcd", n);

        for (i = 0; i < 20000; i++) {
            news_buf_add(&in, "\xD6\xD0\x81\x30\x81\x30\xFF", 7);
            news_buf_addz(&want, "中\xC2\x80\xEF\xBF\xBD");
        }

        is_int(news_charsets_decode(c, arena, news_buf_str(&in), &out), 0,
               "a long text");
        ok(news_str_eq(out, news_buf_str(&want)), "is decoded");
    }

    c = test_list("iso-2022-jp", NULL);
    news_buf_init(&in, arena, 100000);
    news_buf_init(&want, arena, 100000);
    news_buf_add(&in, "\x1B$B", 3);

    for (i = 0; i < 20000; i++) {
        news_buf_add(&in, "F|", 2);
        news_buf_addz(&want, "日");
    }

    is_int(news_charsets_decode(c, arena, news_buf_str(&in), &out), 0,
           "a long text with a state");
    ok(news_str_eq(out, news_buf_str(&want)), "is decoded");
}


static void
test_limits(void)
{
    int                rc;
    size_t             n, bad;
    news_buf_t         in;
    news_str_t         name, out;
    news_arena_t      *a;
    news_charsets_t   *c;
    news_arena_mark_t  mark;

    news_buf_init(&in, arena, 1000000);

    while (in.len < 1000000 && !in.failed) {
        news_buf_add(&in, "\xD6\xD0", 2);
    }

    a = news_arena_create(500000);
    name = news_str("gb18030");
    c = news_charsets_create(a, &name, 1, &bad);
    is_int(news_charsets_decode(c, a, news_buf_str(&in), &out), -1,
           "a limit of memory");
    news_arena_destroy(a);

    in.len = 1000;
    c = test_list("utf-8", "gb18030");

    for (n = 1; n < 20; n++) {
        news_arena_mark(arena, &mark);
        news_arena_fail_at(arena, n);
        rc = news_charsets_decode(c, arena, news_buf_str(&in), &out);
        news_arena_fail_at(arena, 0);
        news_arena_release(arena, &mark);

        if (rc == 0) {
            break;
        }
    }

    ok(n > 1 && n < 20, "every allocation may fail");
}


int
main(void)
{
    arena = news_arena_create((size_t) -1);

    test_utf8();
    test_order();
    test_wide();
    test_names();
    test_long();
    test_limits();

    news_arena_destroy(arena);

    return done();
}
