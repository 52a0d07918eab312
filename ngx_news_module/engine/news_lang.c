
/*
 * Copyright (C) The authors of the news module
 */


#include "news_lang.h"
#include "news_utf8.h"


#define NEWS_LANG_MAX_SUBTAGS  8
#define NEWS_LANG_MAX_GUESS    600      /* bytes of a text looked at */


typedef struct {
    const char  *skip;
    const char  *home;
    const char  *by;
    const char  *published;
    const char  *updated;
    const char  *categories;
    const char  *tags;
    const char  *contents;
    const char  *original;
    const char  *reading;     /* around the minutes */
    const char  *minutes;
} news_words_t;


typedef struct {
    const char  *lang;
    const char  *region;
} news_region_t;


typedef struct {
    unsigned     han;
    unsigned     traditional;
    unsigned     kana;
    unsigned     hangul;
    unsigned     latin;
} news_letters_t;


static void news_lang_count(news_letters_t *n, news_str_t text);
static int news_lang_cp_is_traditional(uint32_t cp);
static unsigned news_lang_split(news_str_t lang, news_str_t *subtags);
static int news_lang_has(const news_str_t *subtags, unsigned n,
    const char *subtag);
static int news_lang_is_traditional(const news_str_t *subtags, unsigned n);
static const news_words_t *news_lang_find(news_str_t lang);
static int news_lang_put(news_arena_t *a, news_value_t *map, const char *name,
    news_str_t text);
static news_str_t news_lang_region(const news_str_t *subtags, unsigned n);


static const news_words_t  news_words_en = {
    "Skip to content",
    "Home",
    "By",
    "Published",
    "Updated",
    "Categories",
    "Tags",
    "Contents",
    "Original article",
    "", " min read"
};


static const news_words_t  news_words_hans = {
    "跳到正文",
    "首页",
    "作者",
    "发布于",
    "更新于",
    "分类",
    "标签",
    "目录",
    "查看原文",
    "阅读约 ", " 分钟"
};


static const news_words_t  news_words_hant = {
    "跳至正文",
    "首頁",
    "作者",
    "發布於",
    "更新於",
    "分類",
    "標籤",
    "目錄",
    "查看原文",
    "閱讀約 ", " 分鐘"
};


static const news_words_t  news_words_ja = {
    "本文へスキップ",
    "ホーム",
    "著者",
    "公開",
    "更新",
    "カテゴリー",
    "タグ",
    "目次",
    "元の記事を読む",
    "約", "分で読めます"
};


static const news_words_t  news_words_ko = {
    "본문으로 건너뛰기",
    "홈",
    "글",
    "게시",
    "수정",
    "카테고리",
    "태그",
    "목차",
    "원문 보기",
    "읽는 시간 약 ", "분"
};


/*
 * Frequent characters that simplified Chinese writes in another way:
 * 來個們傳兩務問國報場實對後從應時會東業機為無現發經與號見許說讓這過還長開間關
 * 電點
 */

static const uint16_t  news_traditional[] = {
    0x4f86, 0x500b, 0x5011, 0x50b3, 0x5169, 0x52d9, 0x554f, 0x570b,
    0x5831, 0x5834, 0x5be6, 0x5c0d, 0x5f8c, 0x5f9e, 0x61c9, 0x6642,
    0x6703, 0x6771, 0x696d, 0x6a5f, 0x70ba, 0x7121, 0x73fe, 0x767c,
    0x7d93, 0x8207, 0x865f, 0x898b, 0x8a31, 0x8aaa, 0x8b93, 0x9019,
    0x904e, 0x9084, 0x9577, 0x958b, 0x9593, 0x95dc, 0x96fb, 0x9ede
};


static const char  *news_rtl[] = {
    "ar", "arc", "azb", "ckb", "dv", "fa", "glk", "he", "iw", "ks", "lrc",
    "mzn", "nqo", "pnb", "ps", "sd", "skr", "syr", "ug", "ur", "yi",
    NULL
};


/* where a language is at home, for tags that name no territory */

static const news_region_t  news_regions[] = {
    { "ar", "AR" }, { "bg", "BG" }, { "cs", "CZ" }, { "da", "DK" },
    { "de", "DE" }, { "el", "GR" }, { "en", "US" }, { "es", "ES" },
    { "et", "EE" }, { "fa", "IR" }, { "fi", "FI" }, { "fr", "FR" },
    { "he", "IL" }, { "hi", "IN" }, { "hr", "HR" }, { "hu", "HU" },
    { "id", "ID" }, { "it", "IT" }, { "ja", "JP" }, { "ko", "KR" },
    { "lt", "LT" }, { "lv", "LV" }, { "ms", "MY" }, { "nb", "NO" },
    { "nl", "NL" }, { "pl", "PL" }, { "pt", "PT" }, { "ro", "RO" },
    { "ru", "RU" }, { "sk", "SK" }, { "sl", "SI" }, { "sr", "RS" },
    { "sv", "SE" }, { "th", "TH" }, { "tr", "TR" }, { "uk", "UA" },
    { "ur", "PK" }, { "vi", "VN" },
    { NULL, NULL }
};


static void
news_lang_count(news_letters_t *n, news_str_t text)
{
    uint32_t              cp;
    const unsigned char  *p, *last;

    if (text.len > NEWS_LANG_MAX_GUESS) {
        text.len = NEWS_LANG_MAX_GUESS;
    }

    p = text.data;
    last = p + text.len;

    while (p < last) {

        if (*p < 0x80) {
            n->latin += ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z');
            p++;
            continue;
        }

        cp = news_utf8_decode(&p, last);

        if (cp >= 0x4e00 && cp <= 0x9fff) {
            n->han++;
            n->traditional += (unsigned) news_lang_cp_is_traditional(cp);

        } else if (cp >= 0x3041 && cp <= 0x30fa) {
            n->kana++;

        } else if (cp >= 0xac00 && cp <= 0xd7a3) {
            n->hangul++;
        }
    }
}


static int
news_lang_cp_is_traditional(uint32_t cp)
{
    size_t  i, n;

    n = sizeof(news_traditional) / sizeof(news_traditional[0]);

    for (i = 0; i < n && news_traditional[i] <= cp; i++) {
        if (news_traditional[i] == cp) {
            return 1;
        }
    }

    return 0;
}


/* a foreign word or two in a text do not change its language */

news_str_t
news_lang_guess(news_str_t title, news_str_t text)
{
    unsigned        all;
    news_letters_t  n;

    memset(&n, 0, sizeof(news_letters_t));

    if (title.len != 0) {
        news_lang_count(&n, title);
    }

    if (text.len != 0) {
        news_lang_count(&n, text);
    }

    all = n.han + n.kana + n.hangul;

    if (all == 0 || all * 3 < n.latin) {
        return news_str("");
    }

    if (n.hangul * 2 > all) {
        return news_str("ko");
    }

    if (n.kana * 8 > all) {
        return news_str("ja");
    }

    return news_str(n.traditional * 50 > n.han ? "zh-Hant" : "zh-Hans");
}


/* "_" separates too: locales are often written where tags should be */

static unsigned
news_lang_split(news_str_t lang, news_str_t *subtags)
{
    size_t    i, start;
    unsigned  n;

    if (lang.len == 0) {
        subtags[0] = news_str("");
        return 1;
    }

    n = 0;
    start = 0;

    for (i = 0; i <= lang.len && n < NEWS_LANG_MAX_SUBTAGS; i++) {
        if (i < lang.len && lang.data[i] != '-' && lang.data[i] != '_') {
            continue;
        }

        subtags[n++] = news_str_n(lang.data + start, i - start);
        start = i + 1;
    }

    return n;
}


/* the first subtag is the language, and not looked at */

static int
news_lang_has(const news_str_t *subtags, unsigned n, const char *subtag)
{
    unsigned  i;

    for (i = 1; i < n; i++) {
        if (news_str_caseeqz(subtags[i], subtag)) {
            return 1;
        }
    }

    return 0;
}


static int
news_lang_is_traditional(const news_str_t *subtags, unsigned n)
{
    if (news_lang_has(subtags, n, "hant")) {
        return 1;
    }

    if (news_lang_has(subtags, n, "hans")) {
        return 0;
    }

    return news_lang_has(subtags, n, "tw") || news_lang_has(subtags, n, "hk")
           || news_lang_has(subtags, n, "mo");
}


static const news_words_t *
news_lang_find(news_str_t lang)
{
    unsigned    n;
    news_str_t  subtags[NEWS_LANG_MAX_SUBTAGS];

    n = news_lang_split(lang, subtags);

    if (news_str_caseeqz(subtags[0], "zh")) {
        return news_lang_is_traditional(subtags, n) ? &news_words_hant
                                                    : &news_words_hans;
    }

    if (news_str_caseeqz(subtags[0], "ja")) {
        return &news_words_ja;
    }

    if (news_str_caseeqz(subtags[0], "ko")) {
        return &news_words_ko;
    }

    return &news_words_en;
}


static int
news_lang_put(news_arena_t *a, news_value_t *map, const char *name,
    news_str_t text)
{
    news_value_t  *v;

    v = news_value_string(a, text);

    return v != NULL ? news_value_add(a, map, news_str(name), v) : -1;
}


int
news_lang_words(news_arena_t *a, news_value_t *map, news_str_t lang,
    unsigned minutes)
{
    int                  rc;
    news_buf_t           reading;
    news_value_t        *words;
    const news_words_t  *w;

    w = news_lang_find(lang);

    words = news_value_map(a);
    if (words == NULL) {
        return -1;
    }

    rc = news_lang_put(a, words, "skip", news_str(w->skip));
    rc |= news_lang_put(a, words, "home", news_str(w->home));
    rc |= news_lang_put(a, words, "by", news_str(w->by));
    rc |= news_lang_put(a, words, "published", news_str(w->published));
    rc |= news_lang_put(a, words, "updated", news_str(w->updated));
    rc |= news_lang_put(a, words, "categories", news_str(w->categories));
    rc |= news_lang_put(a, words, "tags", news_str(w->tags));
    rc |= news_lang_put(a, words, "contents", news_str(w->contents));
    rc |= news_lang_put(a, words, "original", news_str(w->original));

    news_buf_init(&reading, a, 48);
    news_buf_addz(&reading, w->reading);
    news_buf_addf(&reading, "%u", minutes);
    news_buf_addz(&reading, w->minutes);

    if (rc != 0 || reading.failed) {
        return -1;
    }

    rc = news_value_add(a, map, news_str("news_words"), words);

    return rc | news_lang_put(a, map, "news_reading", news_buf_str(&reading));
}


news_str_t
news_lang_dir(news_str_t lang)
{
    unsigned     n;
    news_str_t   subtags[NEWS_LANG_MAX_SUBTAGS];
    const char **rtl;

    n = news_lang_split(lang, subtags);

    if (news_lang_has(subtags, n, "latn") || news_lang_has(subtags, n, "cyrl"))
    {
        return news_str("");
    }

    if (news_lang_has(subtags, n, "arab") || news_lang_has(subtags, n, "hebr"))
    {
        return news_str("rtl");
    }

    for (rtl = news_rtl; *rtl != NULL; rtl++) {
        if (news_str_caseeqz(subtags[0], *rtl)) {
            return news_str("rtl");
        }
    }

    return news_str("");
}


static news_str_t
news_lang_region(const news_str_t *subtags, unsigned n)
{
    unsigned              i;
    const news_region_t  *r;

    for (i = 1; i < n; i++) {
        if (subtags[i].len == 2) {
            return subtags[i];
        }

        if (subtags[i].len < 2) {
            break;
        }
    }

    if (news_str_caseeqz(subtags[0], "zh")) {
        return news_str(news_lang_is_traditional(subtags, n) ? "TW" : "CN");
    }

    for (r = news_regions; r->lang != NULL; r++) {
        if (news_str_caseeqz(subtags[0], r->lang)) {
            return news_str(r->region);
        }
    }

    return news_str("");
}


news_str_t
news_lang_locale(news_arena_t *a, news_str_t lang)
{
    size_t          i;
    unsigned        n;
    news_str_t      region, subtags[NEWS_LANG_MAX_SUBTAGS];
    unsigned char  *p;

    n = news_lang_split(lang, subtags);
    region = news_lang_region(subtags, n);

    if (region.len != 2 || subtags[0].len < 2 || subtags[0].len > 3) {
        return news_str("");
    }

    p = news_arena_alloc(a, subtags[0].len + 3);
    if (p == NULL) {
        return news_str("");
    }

    for (i = 0; i < subtags[0].len; i++) {
        p[i] = subtags[0].data[i] | 0x20;
    }

    p[i] = '_';
    p[i + 1] = region.data[0] & ~0x20;
    p[i + 2] = region.data[1] & ~0x20;

    return news_str_n(p, i + 3);
}
