
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_ID_H_INCLUDED_
#define _NEWS_ID_H_INCLUDED_


#include "news_buf.h"


#define NEWS_ID_MAX  128                /* bytes, without the prefix */


typedef struct news_id_node_s  news_id_node_t;

/* the ids of a page: a crit-bit tree, so no choice of ids makes it slow */

typedef struct {
    news_id_node_t  *root;
    news_arena_t    *arena;
} news_ids_t;


void news_ids_init(news_ids_t *ids, news_arena_t *a);

/* 1 added, 0 was there, -1 memory is out; the id is copied */

int news_ids_add(news_ids_t *ids, news_str_t id);


/*
 * Appends an author's id as it may stand in a page.  A name that scripts
 * could meet as a property of the document, the window or a form gets the
 * prefix "user-content-": that depends on the name alone, so that a link to
 * it can be given the same.  Returns 0 when it is refused: empty, too long,
 * with blanks, or of the theme's own "news-".
 */

int news_id_write(news_buf_t *out, news_str_t id);

/* 1 when that prefix is needed */

int news_id_clobbers(news_str_t id);


/*
 * Makes the id of a heading from its text, unique in the page, and adds it.
 * The id is in the arena; returns 0, or -1 when memory is out.
 */

int news_id_heading(news_ids_t *ids, news_str_t text, news_str_t *id);


#endif /* _NEWS_ID_H_INCLUDED_ */
