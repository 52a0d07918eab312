
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_FIELDS_H_INCLUDED_
#define _NEWS_FIELDS_H_INCLUDED_


#include "news.h"


/*
 * The fields of an article that are asked for by name once the page is made
 * (by variables, say), as one string of bytes that can be kept beside it.
 */

/*
 * Fields that are computed; their names are not those of front matter.  All
 * of them are lines: without control characters (C0, DEL, C1).
 */

typedef enum {
    NEWS_FIELD_TITLE = 0,
    NEWS_FIELD_AUTHOR,        /* names joined by ", " */
    NEWS_FIELD_DATE,          /* as written */
    NEWS_FIELD_HEADIMG,
    NEWS_FIELD_THUMBNAIL,
    NEWS_FIELD_CATEGORIES,    /* joined by ", " */
    NEWS_FIELD_ROBOTS,        /* fit for a header: 1024 bytes at most */
    NEWS_FIELDS
} news_field_e;


/*
 * Writes the fields of a page into the arena: the computed ones, and every
 * member of the front matter as a line too: a scalar as written, a list
 * joined by ", ", else empty.  Where the page has been settled it can still be
 * written.  Returns 0, or -1 when memory is out.
 */

int news_fields_write(news_arena_t *a, const news_page_t *page,
    news_str_t *fields);

/*
 * Find a field in what news_fields_write() wrote, as a slice of it; empty
 * where there is none.  A member is found by its name in lower case, "_"
 * standing for "-" too; one of just that name goes before others.  Damaged
 * bytes give wrong fields, but never one that is not within them.
 */

news_str_t news_fields_get(news_str_t fields, news_field_e field);
news_str_t news_fields_find(news_str_t fields, news_str_t name);


#endif /* _NEWS_FIELDS_H_INCLUDED_ */
