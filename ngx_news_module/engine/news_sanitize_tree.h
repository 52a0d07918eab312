
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_SANITIZE_TREE_H_INCLUDED_
#define _NEWS_SANITIZE_TREE_H_INCLUDED_


#include "news_sanitize.h"
#include "news_sanitize_attr.h"


#define NEWS_TREE_PENDING  8            /* elements to reopen, at most */


/*
 * The open elements of what has been written.  Before a start tag is written,
 * everything a browser's tree builder would close at its sight is closed by
 * end tags of our own, and what it would put in (tbody, tr) is put in; an end
 * tag is only ever written for the innermost element.  So a browser that
 * reads the output has no choice left, and neither has a second pass.
 */

typedef struct {
    int            tag;
    size_t         at;                  /* the start tag in the output */
    size_t         len;
    size_t         id_at;               /* its id, not to be repeated */
    size_t         id_len;
    unsigned       base;                /* of a cell: t->base outside it */
    unsigned       dead:1;              /* its end tag came too early: it ends
                                           with the block inside it */
    unsigned       has_url:1;
} news_open_t;


typedef struct {
    news_arena_t  *arena;
    news_buf_t    *out;
    news_text_t   *text;
    news_ids_t    *ids;
    news_attrs_t   attrs;

    unsigned       n;                   /* elements open */
    unsigned       n_pending;           /* formatting to be opened again */
    unsigned       base;                /* those below belong outside of the
                                           table cell */
    size_t         reopen_left;         /* bytes still granted to that */

    size_t         heading_at;          /* end of its start tag, before ">" */
    unsigned       heading;             /* 1 + its place below, or 0 */
    news_str_t     heading_id;          /* the author's */

    size_t         pre_at;              /* just behind the last "<pre>" */

    unsigned       heading_ids:1;
    unsigned       after_pre:1;         /* the next token is the first in it */
    unsigned       failed:1;

    unsigned       dropped[NEWS_TAG_MAX];   /* start tags left out, whose end
                                               tags are not to be taken */
    news_open_t    closed;              /* of the last void element */
    news_open_t    pending[NEWS_TREE_PENDING];
    news_open_t    open[NEWS_SANITIZE_MAX_DEPTH];
} news_tree_t;


void news_tree_start(news_tree_t *t, news_html_token_t *token);
void news_tree_end(news_tree_t *t, news_html_token_t *token);

/* decoded text; "first" is nonzero when its token came right after "<pre>" */

void news_tree_text(news_tree_t *t, news_str_t s, int first);

/* closes everything */

void news_tree_finish(news_tree_t *t);

/*
 * Ends a heading whose text was gathered: reports it, and makes it an id if
 * "ids" is not NULL and it has none.  The id is inserted at "at"; returns the
 * number of bytes inserted, or -1 when memory is out.
 */

int news_tree_heading_id(news_buf_t *out, size_t at, news_text_t *text,
    unsigned level, news_str_t id, news_ids_t *ids);


#endif /* _NEWS_SANITIZE_TREE_H_INCLUDED_ */
