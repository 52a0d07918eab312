
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_SANITIZE_H_INCLUDED_
#define _NEWS_SANITIZE_H_INCLUDED_


#include "news_html.h"
#include "news_text.h"


#define NEWS_SANITIZE_MAX_DEPTH   100   /* open elements written */


typedef struct {
    unsigned     trust:1;          /* copied as it is but for heading ids */
    unsigned     heading_ids:1;
    news_str_t   site_host;        /* links elsewhere get a rel; may be empty */
} news_sanitize_options_t;


/*
 * One pass over the HTML of a body, in time linear in its length.
 *
 * Sanitizing: tokens after the HTML standard, elements, attributes and URL
 * schemes by allowlist, written balanced and canonical, so that a browser
 * builds from the output just the tree that was meant here, and sanitizing
 * the output again changes nothing.  Trusting: the bytes as they are, only
 * heading ids are put in.  Both gather text, words, headings into "text".
 *
 * Appends to "out".  Returns 0, or -1 when memory or time is out ("out" is
 * then not to be used).
 */

int news_sanitize(news_arena_t *a, news_str_t html,
    const news_sanitize_options_t *options, news_buf_t *out,
    news_text_t *text);


#endif /* _NEWS_SANITIZE_H_INCLUDED_ */
