
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_VIEW_H_INCLUDED_
#define _NEWS_VIEW_H_INCLUDED_


#include "news.h"
#include "news_text.h"


/*
 * What templates and JSON see: the computed names of an article and, under
 * any other name, the front matter's fields.  Where no language is given,
 * "lang" is empty, and words and dates follow the letters of the title.  For
 * templates also what the theme needs, in names that begin with "news_":
 *
 *   news_words          words in the page's language (news_lang.c)
 *   news_reading        "3 min read"
 *   news_dir            "rtl", or empty
 *   news_locale         "zh_CN", for OpenGraph
 *   news_image          headimg, else thumbnail, absolute or empty
 *   news_keywords       the keywords joined by ", "
 *   news_has            whether lists have items: toc, authors, categories,
 *                       tags
 *   news_json_ld        schema.org NewsArticle, fit for a script element
 */

typedef struct {
    const news_options_t   *options;
    const news_source_t    *source;
    const news_meta_t      *meta;
    const news_text_t      *text;
    news_str_t              content;    /* HTML of the body */
} news_view_t;


/* the map of names, or NULL when memory is out */

news_value_t *news_view_map(news_arena_t *a, const news_view_t *view);


#endif /* _NEWS_VIEW_H_INCLUDED_ */
