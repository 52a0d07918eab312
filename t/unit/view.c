
/*
 * Copyright (C) ngx_news_module authors
 */


#include "data.h"
#include "news_lang.h"
#include "news_view.h"
#include "tap.h"


#define MEMORY  ((size_t) 16 * 1024 * 1024)


typedef struct {
    const char  *lang;
    const char  *reading;
    const char  *contents;
    const char  *dir;
    const char  *locale;
} lang_t;


typedef struct {
    const char  *site;
    const char  *page;
    const char  *image;
    const char  *want;
} absolute_t;


static const lang_t  langs[] = {
    { "", "3 min read", "Contents", "", "" },
    { "en", "3 min read", "Contents", "", "en_US" },
    { "EN-gb", "3 min read", "Contents", "", "en_GB" },
    { "de", "3 min read", "Contents", "", "de_DE" },
    { "tlh", "3 min read", "Contents", "", "" },
    { "zh", "阅读约 3 分钟", "目录", "", "zh_CN" },
    { "zh-CN", "阅读约 3 分钟", "目录", "", "zh_CN" },
    { "zh-SG", "阅读约 3 分钟", "目录", "", "zh_SG" },
    { "zh-Hans-HK", "阅读约 3 分钟", "目录", "", "zh_HK" },
    { "zh-Hant", "閱讀約 3 分鐘", "目錄", "", "zh_TW" },
    { "zh-hant-hk", "閱讀約 3 分鐘", "目錄", "", "zh_HK" },
    { "zh_TW", "閱讀約 3 分鐘", "目錄", "", "zh_TW" },
    { "zh-MO", "閱讀約 3 分鐘", "目錄", "", "zh_MO" },
    { "zhx", "3 min read", "Contents", "", "" },
    { "ja-JP", "約3分で読めます", "目次", "", "ja_JP" },
    { "ko", "읽는 시간 약 3분", "목차", "", "ko_KR" },
    { "ar", "3 min read", "Contents", "rtl", "ar_AR" },
    { "fa-IR", "3 min read", "Contents", "rtl", "fa_IR" },
    { "he", "3 min read", "Contents", "rtl", "he_IL" },
    { "az-Arab", "3 min read", "Contents", "rtl", "" },
    { "ur-Latn", "3 min read", "Contents", "", "ur_PK" },
    { "en-x-us", "3 min read", "Contents", "", "en_US" },
    { "a-b-c-d-e-f-g-h-i-j-k", "3 min read", "Contents", "", "" }
};


/* title, text, language */

static const char  *guesses[][3] = {
    { "", "", "" },
    { "A title", "and a text", "" },
    { "Заголовок", "", "" },
    { "银保监会召开全系统2021年年中工作座谈会", "", "zh-Hans" },
    { "國務院發布報告", "這是一個關於經濟的說明", "zh-Hant" },
    { "終点の駅で本を借りる", "", "ja" },
    { "駅", "一日に六本しか列車の来ない駅", "ja" },
    { "새벽 시장", "불이 켜지는 시장", "ko" },
    { "The sign 茶 in an English title", "", "" },
    { "日本的「の」字为什么流行起来的原因", "", "zh-Hans" }
};


static const absolute_t  absolutes[] = {
    { "https://n.example", "/a/b.txt", "/i.jpg", "https://n.example/i.jpg" },
    { "https://n.example", "/a/b.txt", "i.jpg", "https://n.example/a/i.jpg" },
    { "https://n.example", "/b.txt", "i.jpg", "https://n.example/i.jpg" },
    { "https://n.example", "/b.txt", "?i=1", "https://n.example/b.txt?i=1" },
    { "https://n.example", "/b.txt", "//c.example/i", "https://c.example/i" },
    { "http://n.example", "/b.txt", "//c.example/i", "http://c.example/i" },
    { "https://n.example", "/b.txt", "http://c.example/i",
      "http://c.example/i" },
    { "", "/b.txt", "https://c.example/i", "https://c.example/i" },
    { "", "/b.txt", "/i.jpg", "" },
    { "", "/b.txt", "//c.example/i", "" },
    { "https://n.example", "/b.txt", "", "" }
};


static news_author_t  authors[] = {
    { news_string("Ann \"A\" <a>"), news_string("/ann"), news_string("") },
    { news_string("The Paper"), news_string(""), news_string("a.png") }
};

static news_str_t  categories[] = { news_string("金融"), news_string("B") };
static news_str_t  tags[] = { news_string("t1") };
static news_str_t  keywords[] = { news_string("k1"), news_string("k2") };

static news_options_t  options;
static news_source_t   source;
static news_meta_t     meta;
static news_text_t     text;


static void
fill(void)
{
    memset(&options, 0, sizeof(news_options_t));
    memset(&source, 0, sizeof(news_source_t));
    memset(&meta, 0, sizeof(news_meta_t));
    memset(&text, 0, sizeof(news_text_t));

    options.site_name = news_str("The Paper");
    options.site_url = news_str("https://n.example");

    source.url = news_str("/新 a/b_c-d.~e.txt");

    meta.title = news_str("T </script>");
    meta.author = news_str("Ann \"A\" <a>, The Paper");
    meta.authors = authors;
    meta.n_authors = 2;
    meta.categories = categories;
    meta.n_categories = 2;
    meta.tags = tags;
    meta.n_tags = 1;
    meta.keywords = keywords;
    meta.n_keywords = 2;
    meta.date.raw = news_str("30 July");
    meta.date.time = 1627659000;
    meta.updated.raw = news_str("soon");
    meta.updated.time = NEWS_NO_TIME;
    meta.headimg = news_str("/h.jpg");
    meta.thumbnail = news_str("/t.jpg");
    meta.description = news_str("D");
    meta.lang = news_str("en");
    meta.robots = news_str("noindex");
    meta.comments = 1;

    text.words = 600;
}


static news_value_t *
view(news_arena_t *a)
{
    news_view_t  v;

    v.options = &options;
    v.source = &source;
    v.meta = &meta;
    v.text = &text;
    v.content = news_str("<p>C</p>");

    return news_view_map(a, &v);
}


static void
is_name(const news_value_t *map, const char *name, const char *want)
{
    is_str(news_value_text(news_value_getz(map, name)), want, name);
}


static void
test_names(news_arena_t *a)
{
    news_value_t  *map, *list, *item;

    fill();

    map = view(a);

    is_name(map, "title", "T </script>");
    is_name(map, "heading_title", "false");
    is_name(map, "content", "<p>C</p>");
    is_name(map, "author", "Ann \"A\" <a>, The Paper");
    is_name(map, "date", "30 July");
    is_name(map, "date_iso", "2021-07-30T15:30:00Z");
    ok(news_value_text(news_value_getz(map, "date_text")).len > 0,
       "date_text");
    is_name(map, "updated", "soon");
    is_name(map, "updated_iso", "");
    is_name(map, "updated_text", "soon");
    is_name(map, "headimg", "/h.jpg");
    is_name(map, "thumbnail", "/t.jpg");
    is_name(map, "description", "D");
    is_name(map, "comments", "true");
    is_name(map, "lang", "en");
    is_name(map, "url", "/%E6%96%B0%20a/b_c-d.~e.txt");
    is_name(map, "canonical",
            "https://n.example/%E6%96%B0%20a/b_c-d.~e.txt");
    is_name(map, "site_name", "The Paper");
    is_name(map, "site_url", "https://n.example");
    is_name(map, "word_count", "600");
    is_name(map, "robots", "noindex");
    is_name(map, "link", "");
    is_name(map, "news_keywords", "k1, k2");
    is_name(map, "news_image", "https://n.example/h.jpg");
    is_name(map, "news_locale", "en_US");

    list = news_value_getz(map, "authors");
    is_int(list->n, 2, "authors");

    item = list->u.items[0];
    is_name(item, "name", "Ann \"A\" <a>");
    is_name(item, "url", "/ann");
    is_name(item, "avatar", "");
    ok(news_value_getz(item, "avatar") != NULL, "an empty name is there");

    list = news_value_getz(map, "categories");
    is_int(list->n, 2, "categories");

    item = list->u.items[0];
    is_name(item, "name", "金融");
    ok(news_value_getz(item, "url") != NULL, "a category has a url");

    is_int(news_value_getz(map, "tags")->n, 1, "tags");
    is_int(news_value_getz(map, "keywords")->n, 2, "keywords");
    is_int(news_value_getz(map, "toc")->n, 0, "no toc");

    meta.comments = 0;
    meta.heading_title = 1;
    meta.link = news_str("https://o.example/x");

    map = view(a);

    is_name(map, "comments", "false");
    is_name(map, "heading_title", "true");
    is_name(map, "canonical", "https://o.example/x");
}


static void
test_toc(news_arena_t *a)
{
    news_value_t  *map;

    fill();

    text.toc = data(a, "[{'level': 2, 'id': 'a', 'text': 'A'}]");

    map = view(a);
    is_int(news_value_getz(map, "toc")->n, 0, "toc not asked for");
    ok(news_value_getz(news_value_getz(map, "news_has"), "toc") == NULL,
       "news_has.toc not set");

    meta.toc = 1;

    map = view(a);
    is_int(news_value_getz(map, "toc")->n, 1, "toc asked for");
    is_name(news_value_getz(map, "news_has"), "toc", "true");
    is_name(news_value_getz(map, "news_has"), "tags", "true");
}


static void
test_fields(news_arena_t *a)
{
    size_t         n;
    uint32_t       i;
    news_value_t  *map;

    fill();

    meta.fields = data(a, "{'title': 'X', 'content': '<script>', 'url': 'u',"
                          " 'news_json_ld': '</script>', 'toc': true,"
                          " 'mood': 'fine', 'place': {'city': 'Oslo'},"
                          " 'words': 5, 'updated_iso': 'never'}");
    map = view(a);

    is_name(map, "title", "T </script>");
    is_name(map, "content", "<p>C</p>");
    is_name(map, "url", "/%E6%96%B0%20a/b_c-d.~e.txt");
    is_name(map, "updated_iso", "");
    is_name(map, "mood", "fine");
    is_name(map, "words", "5");
    is_name(news_value_getz(map, "place"), "city", "Oslo");
    is_int(news_value_getz(map, "toc")->type, NEWS_LIST, "toc is the list");

    for (i = 0, n = 0; i < map->n; i++) {
        n += news_str_eqz(map->u.members[i].name, "title");
    }

    is_int(n, 1, "each name is there once");

    source.url = news_str("");
    is_name(view(a), "url", "");

    ok(memmem(news_value_text(news_value_getz(map, "news_json_ld")).data,
              news_value_text(news_value_getz(map, "news_json_ld")).len,
              "<", 1)
       == NULL, "no field gets into the script element");
}


static void
test_json_ld(news_arena_t *a)
{
    fill();

    is_name(view(a), "news_json_ld",
            "{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\","
            "\"headline\":\"T \\u003c/script\\u003e\","
            "\"datePublished\":\"2021-07-30T15:30:00Z\","
            "\"dateModified\":\"2021-07-30T15:30:00Z\","
            "\"author\":[{\"@type\":\"Person\","
            "\"name\":\"Ann \\\"A\\\" \\u003ca\\u003e\","
            "\"url\":\"https://n.example/ann\"},"
            "{\"@type\":\"Organization\",\"name\":\"The Paper\"}],"
            "\"image\":[\"https://n.example/h.jpg\"],"
            "\"description\":\"D\",\"inLanguage\":\"en\","
            "\"articleSection\":[\"金融\",\"B\"],"
            "\"keywords\":[\"k1\",\"k2\"],\"wordCount\":600,"
            "\"mainEntityOfPage\":"
            "\"https://n.example/%E6%96%B0%20a/b_c-d.~e.txt\","
            "\"publisher\":{\"@type\":\"Organization\","
            "\"name\":\"The Paper\",\"url\":\"https://n.example\"}}");

    memset(&meta, 0, sizeof(news_meta_t));

    meta.date.time = NEWS_NO_TIME;
    meta.updated.time = NEWS_NO_TIME;
    options.site_name = news_str("");
    options.site_url = news_str("");
    text.words = 0;

    is_name(view(a), "news_json_ld",
            "{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\","
            "\"wordCount\":0}");
    is_name(view(a), "canonical", "");
}


static void
test_json(news_arena_t *a)
{
    uint32_t       i;
    news_buf_t     out;
    news_value_t  *map;

    fill();

    options.output = NEWS_OUTPUT_JSON;
    map = view(a);

    for (i = 0; i < map->n; i++) {
        if (map->u.members[i].name.len > 5
            && memcmp(map->u.members[i].name.data, "news_", 5) == 0)
        {
            break;
        }
    }

    is_int(i, map->n, "nothing of the theme's in JSON");

    news_buf_init(&out, a, 0);
    news_value_json(&out, map);
    news_buf_addc(&out, '\0');

    ok(strstr((char *) out.data, "\"heading_title\":false") != NULL
       && strstr((char *) out.data, "\"comments\":true") != NULL
       && strstr((char *) out.data, "\"word_count\":600") != NULL,
       "booleans and numbers in JSON");
}


static void
test_langs(news_arena_t *a)
{
    size_t         i;
    news_str_t     lang;
    news_value_t  *map;

    for (i = 0; i < sizeof(langs) / sizeof(langs[0]); i++) {
        lang = news_str(langs[i].lang);
        map = news_value_map(a);

        is_int(news_lang_words(a, map, lang, 3), 0, langs[i].lang);
        is_name(map, "news_reading", langs[i].reading);
        is_name(news_value_getz(map, "news_words"), "contents",
                langs[i].contents);
        is_str(news_lang_dir(lang), langs[i].dir, langs[i].lang);
        is_str(news_lang_locale(a, lang), langs[i].locale, langs[i].lang);
    }
}


static void
test_guesses(news_arena_t *a)
{
    size_t         i;
    news_buf_t     b;
    news_value_t  *map;

    for (i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
        is_str(news_lang_guess(news_str(guesses[i][0]),
                               news_str(guesses[i][1])),
               guesses[i][2], guesses[i][0]);
    }

    news_buf_init(&b, a, 0);

    while (b.len < 600) {
        news_buf_addz(&b, "  ");
    }

    news_buf_addz(&b, "中文");
    is_str(news_lang_guess(news_buf_str(&b), news_str("")), "",
           "what comes late is not looked at");

    fill();

    meta.lang = news_str("");
    meta.title = news_str("新闻标题");
    text.words = 3;

    map = view(a);

    is_name(map, "lang", "");
    is_name(map, "news_reading", "阅读约 1 分钟");

    meta.lang = news_str("en");

    is_name(view(a), "news_reading", "1 min read");
}


static void
test_absolutes(news_arena_t *a)
{
    size_t  i;

    for (i = 0; i < sizeof(absolutes) / sizeof(absolutes[0]); i++) {
        fill();

        options.site_url = news_str(absolutes[i].site);
        source.url = news_str(absolutes[i].page);
        meta.headimg = news_str(absolutes[i].image);
        meta.thumbnail = news_str("");

        is_name(view(a), "news_image", absolutes[i].want);
    }
}


static void
test_memory(void)
{
    size_t         n;
    news_arena_t  *a;
    news_value_t  *map;

    fill();

    map = NULL;

    for (n = 1; map == NULL && n < 10000; n++) {
        a = news_arena_create(MEMORY);

        news_arena_fail_at(a, n);
        map = view(a);

        news_arena_destroy(a);
    }

    ok(map != NULL && n > 50, "any allocation may fail (%d)", (int) n);
}


int
main(void)
{
    news_arena_t  *a;

    a = news_arena_create(MEMORY);

    test_names(a);
    test_toc(a);
    test_fields(a);
    test_json_ld(a);
    test_json(a);
    test_langs(a);
    test_guesses(a);
    test_absolutes(a);

    news_arena_destroy(a);

    test_memory();

    return done();
}
