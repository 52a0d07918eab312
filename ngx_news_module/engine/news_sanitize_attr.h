
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_SANITIZE_ATTR_H_INCLUDED_
#define _NEWS_SANITIZE_ATTR_H_INCLUDED_


#include "news_html.h"
#include "news_id.h"


/* writes the attributes of one start tag after another, by allowlist */

typedef struct {
    news_buf_t    out;                  /* of the last tag: ' NAME="VALUE"' */
    size_t        id_at;                /* where the id stands in it */
    size_t        id_len;               /* 0: it has none */
    news_str_t    id;                   /* its value; valid as "out" is */
    unsigned      has_id:1;
    unsigned      has_url:1;            /* href, src or srcset was kept */

    int           tag;
    int           parent;
    news_ids_t   *ids;
    news_str_t    site_host;
    news_buf_t    decoded;
    news_buf_t    value;
    unsigned      external:1;
    unsigned      has_alt:1;
} news_attrs_t;


void news_attrs_init(news_attrs_t *w, news_arena_t *a, news_ids_t *ids,
    news_str_t site_host);

/*
 * Writes what is allowed of a start tag's attributes into "out", as it is to
 * be for the element "tag" inside "parent", with what is always added.
 * Returns 0 when the element would be of no use: an image without a source.
 */

int news_attrs_write(news_attrs_t *w, int tag, int parent,
    const news_html_token_t *t);

/* text and attribute values: & < > and, in attributes, " */

void news_attrs_escape(news_buf_t *out, news_str_t s, int attr);

/* the value of a token's attribute, decoded; NULL data if there is none */

news_str_t news_attrs_find(news_buf_t *decoded, const news_html_token_t *t,
    const char *name);


/*
 * The rules of attributes that are URLs: they append to w->value what may be
 * written, and return 0 to drop the attribute.
 */

int news_attr_href(news_attrs_t *w, news_str_t value, const char *words);
int news_attr_src(news_attrs_t *w, news_str_t value, const char *words);
int news_attr_cite(news_attrs_t *w, news_str_t value, const char *words);
int news_attr_srcset(news_attrs_t *w, news_str_t value, const char *words);


#endif /* _NEWS_SANITIZE_ATTR_H_INCLUDED_ */
