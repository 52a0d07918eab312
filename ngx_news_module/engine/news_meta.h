
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_META_H_INCLUDED_
#define _NEWS_META_H_INCLUDED_


#include "news.h"


/*
 * Reads the fields of an article from its front matter: spellings, defaults,
 * checks of URLs and dates.  What needs the body (title from a heading,
 * description) is left empty.  Problems are listed.  Returns 0, or -1 when
 * memory is out.
 */

int news_meta_read(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_value_t *fields, news_meta_t *meta,
    news_problems_t *problems);

/* file name without its ending */

news_str_t news_meta_stem(news_str_t name);


#endif /* _NEWS_META_H_INCLUDED_ */
