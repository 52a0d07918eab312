
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _NEWS_LANG_H_INCLUDED_
#define _NEWS_LANG_H_INCLUDED_


#include "news_value.h"


/*
 * The theme's words by language: zh-Hans, zh-Hant, ja, ko, and en for any
 * other.  "lang" is a BCP 47 tag: zh-TW, zh-HK, zh-MO and zh-Hant* are
 * traditional, every other zh is simplified.  Adds a map "words" and the
 * string "reading_text" ("3 min read") to the map; 0, or -1 without memory.
 */

int news_lang_words(news_arena_t *a, news_value_t *map, news_str_t lang,
    unsigned minutes);


#endif /* _NEWS_LANG_H_INCLUDED_ */
