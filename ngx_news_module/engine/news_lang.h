
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_LANG_H_INCLUDED_
#define _NEWS_LANG_H_INCLUDED_


#include "news_value.h"


/*
 * What a language tag (BCP 47) means to the theme.  Strings returned are
 * constants or lie in the arena.
 */

/*
 * The theme's words: zh-Hans, zh-Hant, ja, ko, and en for any other.  zh-TW,
 * zh-HK, zh-MO and zh-Hant* are traditional, every other zh is simplified.
 * Adds a map "news_words" and the string "news_reading" ("3 min read") to the
 * map; 0, or -1 without memory.
 */

int news_lang_words(news_arena_t *a, news_value_t *map, news_str_t lang,
    unsigned minutes);

/*
 * The language of a text by its letters: "ja", "ko", "zh-Hant", "zh-Hans", or
 * empty where they do not tell.  For words and dates on a page that names no
 * language; the beginning of both texts is looked at.
 */

news_str_t news_lang_guess(news_str_t title, news_str_t text);

/* "rtl" for languages and scripts written from the right, else empty */

news_str_t news_lang_dir(news_str_t lang);

/*
 * Language and territory as OpenGraph wants them, "zh_CN"; empty where the
 * tag does not tell and none is usual, or memory is out.
 */

news_str_t news_lang_locale(news_arena_t *a, news_str_t lang);


#endif /* _NEWS_LANG_H_INCLUDED_ */
