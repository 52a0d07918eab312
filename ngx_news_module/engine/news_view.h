
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _NEWS_VIEW_H_INCLUDED_
#define _NEWS_VIEW_H_INCLUDED_


#include "news.h"
#include "news_text.h"


/*
 * What templates and JSON see: the front matter's fields, under the computed
 * names of the contract's section 4, which are never replaced.
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
