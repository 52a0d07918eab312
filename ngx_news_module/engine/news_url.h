
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_URL_H_INCLUDED_
#define _NEWS_URL_H_INCLUDED_


#include "news_buf.h"


/* what a URL does, as a browser's parser (WHATWG URL) would see it */

typedef enum {
    NEWS_URL_RELATIVE = 0,    /* path, query or fragment of this site */
    NEWS_URL_NETWORK,         /* "//host/…", also by way of backslashes */
    NEWS_URL_HTTP,            /* http: or https: */
    NEWS_URL_MAILTO,          /* mailto:, tel: and the like: opens a program */
    NEWS_URL_DATA_IMAGE,      /* data:image/(png|gif|jpeg|webp|avif);base64 */
    NEWS_URL_OTHER            /* any other scheme, or not to be told */
} news_url_e;


/*
 * The kind of a decoded URL (no character references left).  Leading control
 * characters and blanks, and tabs and line ends anywhere, are skipped as
 * browsers do, so "java\tscript:" is NEWS_URL_OTHER.
 */

news_url_e news_url_kind(news_str_t url);

/* the host of a NEWS_URL_HTTP or NEWS_URL_NETWORK one, or empty */

news_str_t news_url_host(news_str_t url);

/*
 * Appends the URL as it may stand in a page: blanks around it cut, tabs and
 * line ends gone, backslashes turned where browsers would turn them, and what
 * a URL may not have percent-encoded; writing it again changes nothing.
 */

void news_url_write(news_buf_t *out, news_str_t url);


#endif /* _NEWS_URL_H_INCLUDED_ */
