
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_ESCAPE_H_INCLUDED_
#define _NEWS_ESCAPE_H_INCLUDED_


#include "news_buf.h"


/* one function for each context; all append to "out" */

/* HTML text and double- or single-quoted attributes: & < > " ' */

void news_escape_html(news_buf_t *out, news_str_t s);

/* path of a URL: every byte but unreserved characters (RFC 3986) and "/" */

void news_escape_path(news_buf_t *out, news_str_t s);

/* inside a JSON string (RFC 8259), "<", ">", "&", U+2028, U+2029 escaped */

void news_escape_json(news_buf_t *out, news_str_t s);

/* one line of a log or a header: control characters become spaces */

void news_escape_line(news_buf_t *out, news_str_t s);

/* the same into memory with room for s.len bytes; returns the length */

size_t news_clean_line(unsigned char *dst, news_str_t s);


#endif /* _NEWS_ESCAPE_H_INCLUDED_ */
