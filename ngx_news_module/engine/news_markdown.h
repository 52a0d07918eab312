
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_MARKDOWN_H_INCLUDED_
#define _NEWS_MARKDOWN_H_INCLUDED_


#include "news.h"


/*
 * CommonMark to HTML by cmark, in the arena.  "safe" leaves out raw HTML and
 * dangerous URLs (cmark's safe mode).  Returns 0, or -1 when memory or time
 * is out, or the text nests deeper than a page may; what cmark had taken
 * is then the arena's to release.
 */

int news_markdown(news_arena_t *a, news_str_t text, news_breaks_e breaks,
    int safe, news_str_t *html);

/*
 * Whether a body is HTML throughout: its first text is the start tag of a
 * block-level HTML element, and its last the end tag of the same element.
 */

int news_markdown_is_html(news_str_t body);


#endif /* _NEWS_MARKDOWN_H_INCLUDED_ */
