
/*
 * Copyright (C) ngx_news_module authors
 */


#include <string.h>
#include <time.h>

#include "news_text.h"
#include "news_utf8.h"
#include "tap.h"


static news_arena_t  *arena;


static void
test_words(void)
{
    size_t       i;
    news_text_t  t;

    static const struct {
        const char  *text;
        size_t       words;
    } samples[] = {
        { "", 0 }, { "  \n", 0 }, { "one", 1 }, { "two words", 2 },
        { " two\twords\n", 2 }, { "don't", 1 }, { "don’t stop", 2 },
        { "state-of-the-art", 1 }, { "a/b", 1 }, { "dash - here", 2 },
        { "3.14 and 88%", 3 }, { "你好", 2 }, { "你好，世界。", 4 },
        { "88亿元", 3 }, { "2021年7月", 4 }, { "A、B", 2 }, { "使用nginx服务", 5 },
        { "ひらがなカタカナ", 8 }, { "안녕하세요 세계", 2 },
        { "Привет мир", 2 }, { "été à Paris", 3 }, { "　　中文　字", 3 },
        { "a\xC2\xA0" "b", 2 }, { "𠀀𠀁", 2 }, { "一丁㐀", 3 },
        { "😀 😀", 0 }, { "ＡＢＣ １２", 2 }, { "…", 0 }
    };

    for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        is_int(news_text_words(news_str(samples[i].text)), samples[i].words,
               strchr(samples[i].text, '\n') ? "lines" : samples[i].text);
    }

    news_text_init(&t, arena);
    news_text_add(&t, news_str("on"));
    news_text_add(&t, news_str("e two"));
    news_text_block(&t);
    news_text_add(&t, news_str("three"));
    is_int(t.words, 3, "a word over inline tags, none over blocks");

    is_int(news_text_minutes(0), 1, "minutes of nothing");
    is_int(news_text_minutes(300), 1, "a minute");
    is_int(news_text_minutes(449), 1, "less than a half more");
    is_int(news_text_minutes(450), 2, "a half more");
}


static void
test_lead(void)
{
    int          i;
    news_text_t  t;

    news_text_init(&t, arena);
    t.want_all = 1;

    news_text_block(&t);
    news_text_add(&t, news_str("　　 first \n\t line "));
    news_text_add(&t, news_str("\xC2\xA0of"));
    news_text_add(&t, news_str("ten"));
    news_text_block(&t);
    news_text_block(&t);
    news_text_add(&t, news_str(" "));
    news_text_add(&t, news_str("second "));
    news_text_block(&t);

    is_str(news_buf_str(&t.lead), "first line often second", "lead");
    is_str(news_buf_str(&t.all), "first line often\nsecond\n", "all");

    news_text_more(&t);
    news_text_add(&t, news_str("third"));
    is_int(t.more, 1, "more");
    is_str(news_buf_str(&t.lead), "first line often second",
           "nothing behind it");
    is_int(t.more_at, t.lead.len, "where");
    is_str(news_buf_str(&t.all), "first line often\nsecond\nthird",
           "but in all");

    news_text_init(&t, arena);
    news_text_more(&t);
    news_text_add(&t, news_str("text"));
    is_str(news_buf_str(&t.lead), "text", "more before any text");
    is_int(t.more_at, 0, "is at its start");

    news_text_init(&t, arena);

    for (i = 0; i < 10000; i++) {
        news_text_add(&t, news_str("中文和 words "));
    }

    ok(t.lead.len > 1000 && t.lead.len < 4200, "the lead is short");
    is_int(news_utf8_valid(t.lead.data, t.lead.len), t.lead.len,
           "and valid");
    is_int(t.words, 40000, "all words are counted");
}


static void
test_headings(void)
{
    news_str_t           text;
    news_text_t          t;
    const news_value_t  *item;

    news_text_init(&t, arena);
    t.skip_h1 = 1;

    news_text_heading_begin(&t, 1);
    news_text_add(&t, news_str(" The \n"));
    news_text_add(&t, news_str("title "));
    is_int(news_text_heading_end(&t, 1, news_str("the-title"), &text), 0,
           "ends");
    is_str(text, "The title", "trimmed and folded");
    is_str(t.h1, "The title", "the first one");
    news_text_block(&t);

    news_text_add(&t, news_str("Text."));
    news_text_block(&t);
    news_text_heading_begin(&t, 1);
    news_text_add(&t, news_str("Other"));
    news_text_heading_end(&t, 1, news_str(""), &text);
    news_text_block(&t);

    is_str(t.h1, "The title", "stays");
    is_str(news_buf_str(&t.lead), "Text. Other", "the title is not in lead");
    is_int(t.words, 4, "but its words count");

    news_text_heading_begin(&t, 2);
    news_text_add(&t, news_str("  "));
    news_text_heading_end(&t, 2, news_str("x"), &text);
    is_int(text.len, 0, "an empty one");

    is_int(t.toc->n, 2, "is not listed");
    item = t.toc->u.items[0];
    is_str(news_value_text(news_value_getz(item, "level")), "1", "level");
    is_str(news_value_text(news_value_getz(item, "id")), "the-title", "id");
    is_str(news_value_text(news_value_getz(item, "text")), "The title",
           "text");
    is_int(item->closed, 1, "closed");

    is_int(news_text_heading_end(&t, 2, news_str("x"), &text), 0,
           "an end alone");
    is_int(text.len, 0, "has no text");

    news_text_init(&t, arena);
    news_text_heading_begin(&t, 1);
    news_text_add(&t, news_str("Kept"));
    news_text_heading_end(&t, 1, news_str(""), &text);
    is_str(news_buf_str(&t.lead), "Kept", "in lead where it is no title");
}


static void
test_description_is(const char *text, const char *want, const char *name)
{
    news_str_t  out;

    is_int(news_text_description(arena, news_str(text), &out), 0,
           "description");
    is_str(out, want, name);
    ok(news_utf8_count(out) <= 160, "its length");
}


static void
test_description(void)
{
    news_buf_t  b;
    news_str_t  out;

    test_description_is("", "", "nothing");
    test_description_is(" short \n text ", "short text", "short");
    test_description_is("　　缩进", "缩进", "indented");

    test_description_is(
        "The quick brown fox jumps over the lazy dog and runs away from the "
        "hunters who have been following it since the early morning through "
        "the wet and cold woods of the north.",
        "The quick brown fox jumps over the lazy dog and runs away from the "
        "hunters who have been following it since the early morning through "
        "the wet and cold woods of…", "long");

    news_buf_init(&b, arena, 1024);
    while (b.len < 160) { news_buf_addc(&b, 'x'); }
    news_text_description(arena, news_buf_str(&b), &out);
    is_int(out.len, 160, "160 characters stay");

    news_buf_addc(&b, 'x');
    news_text_description(arena, news_buf_str(&b), &out);
    is_int(out.len, 159 + 3, "one more, and no blank: cut anywhere");

    b.len = 0;
    while (b.len < 158 * 3) { news_buf_addz(&b, "字"); }
    news_buf_addz(&b, "字。字字");
    news_text_description(arena, news_buf_str(&b), &out);
    is_int(news_utf8_count(out), 159, "no line begins with a full stop");

    b.len = 0;
    while (b.len < 300 * 3) { news_buf_addz(&b, "字"); }
    news_text_description(arena, news_buf_str(&b), &out);
    is_int(news_utf8_count(out), 160, "CJK is cut anywhere");
    ok(memcmp(out.data + out.len - 3, "…", 3) == 0, "ellipsis");

    b.len = 0;
    while (b.len < 158) { news_buf_addc(&b, 'x'); }
    news_buf_addz(&b, "e\xCC\x81xxx");
    news_text_description(arena, news_buf_str(&b), &out);
    is_int(out.len, 158 + 3, "a mark stays with its letter");
}


static void
test_speed(void)
{
    double       spent;
    size_t       i, k;
    clock_t      start;
    news_buf_t   b;
    news_text_t  t;

    static const char  *samples[] = {
        "The quick brown fox jumps over the lazy dog. ",
        "银保监会召开全系统年年中工作座谈会，", "ひらがなとカタカナ、", "Привет мир "
    };

    for (k = 0; k < sizeof(samples) / sizeof(samples[0]); k++) {
        news_buf_init(&b, arena, 4 * 1024 * 1024);

        while (b.len < 4 * 1024 * 1024) {
            news_buf_addz(&b, samples[k]);
        }

        news_text_init(&t, arena);
        start = clock();

        for (i = 0; i + 100 < b.len; i += 100) {
            news_text_add(&t, news_str_n(b.data + i, 100));
        }

        spent = (double) (clock() - start) / CLOCKS_PER_SEC;

        ok(t.words > 0 && spent < 1.0, "%.2f ns a byte",
           spent * 1e9 / (double) b.len);
    }
}


static void
test_failures(void)
{
    int                rc;
    size_t             n;
    news_str_t         text;
    news_text_t        t;
    news_arena_mark_t  mark;

    for (n = 1; n < 100; n++) {
        news_arena_mark(arena, &mark);
        news_arena_fail_at(arena, n);

        rc = news_text_init(&t, arena);

        if (rc == 0) {
            t.want_all = 1;
            news_text_heading_begin(&t, 1);
            news_text_add(&t, news_str("text"));
            rc = news_text_heading_end(&t, 1, news_str("id"), &text);

            if (t.lead.failed || t.all.failed) {
                rc = -1;
            }
        }

        if (rc == 0) {
            rc = news_text_description(arena, text, &text);
        }

        news_arena_fail_at(arena, 0);
        news_arena_release(arena, &mark);

        if (rc == 0) {
            break;
        }
    }

    ok(n > 3 && n < 100, "every allocation may fail");
}


int
main(void)
{
    arena = news_arena_create((size_t) -1);

    test_words();
    test_lead();
    test_headings();
    test_description();
    test_speed();
    test_failures();

    news_arena_destroy(arena);

    return done();
}
