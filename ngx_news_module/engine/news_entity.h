
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_ENTITY_H_INCLUDED_
#define _NEWS_ENTITY_H_INCLUDED_


#include "news_buf.h"


#define NEWS_ENTITY_MAX     31          /* longest name, without ";" */
#define NEWS_ENTITY_LEGACY   6          /* longest that needs no ";" */


/*
 * Finds a named character reference of the HTML standard; the name comes
 * without "&" and ";".  Returns 0 when there is none, 1 when it counts only
 * with a semicolon, 2 when also without.  The value is static text.
 */

int news_entity_find(news_str_t name, news_str_t *value);


#endif /* _NEWS_ENTITY_H_INCLUDED_ */
