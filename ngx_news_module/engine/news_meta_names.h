
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_META_NAMES_H_INCLUDED_
#define _NEWS_META_NAMES_H_INCLUDED_


/* private to news_meta.c and news_meta_names.c */

#include "news_meta.h"


typedef struct {
    news_arena_t           *arena;
    const news_options_t   *options;
    const news_source_t    *source;
    const news_value_t     *fields;
    news_meta_t            *meta;
    news_problems_t        *problems;
} news_meta_reader_t;


/* the scalars and maps of nested lists in order, without recursion */

typedef struct {
    const news_value_t  *list;
    uint32_t             i;
} news_walk_frame_t;


typedef struct {
    const news_value_t  *only;      /* a value that is no list */
    unsigned             depth;
    news_walk_frame_t    stack[NEWS_FRONT_MAX_DEPTH];
} news_walk_t;


/* fill the article's fields; 0, or -1 when memory is out */

int news_meta_authors(news_meta_reader_t *r);
int news_meta_keywords(news_meta_reader_t *r);
int news_meta_names(news_meta_reader_t *r, const char *plural,
    const char *singular, news_str_t **names, size_t *n);

/* begins a walk over a value (NULL: nothing); next is NULL at the end */

void news_meta_walk(news_walk_t *w, const news_value_t *v);
const news_value_t *news_meta_next(news_walk_t *w);

/* a field that is a URL, or nothing with a problem */

news_str_t news_meta_url(news_meta_reader_t *r, const news_value_t *fields,
    const char *name);

/* cuts blanks of ASCII, and those of CJK and no-break */

news_str_t news_meta_trim(news_str_t s);


#endif /* _NEWS_META_NAMES_H_INCLUDED_ */
