
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_TEXT_H_INCLUDED_
#define _NEWS_TEXT_H_INCLUDED_


#include "news_value.h"


#define NEWS_DESCRIPTION_MAX  160       /* characters, the ellipsis included */


/*
 * Gathers what a body says: the pass over its HTML (news_sanitize.c) hands in
 * decoded visible text and where blocks begin, and reads nothing back.
 */

typedef struct {
    news_arena_t    *arena;
    news_buf_t       lead;         /* the first visible text, blanks folded,
                                      enough for a description */
    news_buf_t       all;          /* visible text of all the body, blanks
                                      folded, a line a block; only if wanted */
    news_buf_t       heading;      /* text of the heading now open */
    news_str_t       h1;           /* text of the first level-1 heading */
    news_value_t    *toc;          /* list of maps: level, id, text */
    size_t           words;
    unsigned         in_word:1;
    unsigned         blank:1;      /* a blank is due before the next text */
    unsigned         in_heading:1;
    unsigned         more:1;       /* "<!-- more -->" was seen */
    unsigned         want_all:1;
    unsigned         has_h1:1;
    unsigned         skip_h1:1;    /* the first h1 is the title: not in lead */
    unsigned         in_h1:1;
    size_t           more_at;      /* length of lead then */
} news_text_t;


/* 0, or -1 when memory is out */

int news_text_init(news_text_t *t, news_arena_t *a);

void news_text_add(news_text_t *t, news_str_t visible);
void news_text_block(news_text_t *t);       /* a block begins or ends */
void news_text_more(news_text_t *t);        /* "<!-- more -->" */
void news_text_heading_begin(news_text_t *t, unsigned level);

/* the text of the heading, trimmed; "id" may be empty; 0 or -1 */

int news_text_heading_end(news_text_t *t, unsigned level, news_str_t id,
    news_str_t *text);

/* at most NEWS_DESCRIPTION_MAX characters of a text, cut between words */

int news_text_description(news_arena_t *a, news_str_t text, news_str_t *out);

/* words of any text: a CJK character counts one, others go by spaces */

size_t news_text_words(news_str_t text);

/* minutes, at least 1 */

unsigned news_text_minutes(size_t words);


#endif /* _NEWS_TEXT_H_INCLUDED_ */
