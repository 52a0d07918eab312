
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_PROBLEM_H_INCLUDED_
#define _NEWS_PROBLEM_H_INCLUDED_


#include "news_buf.h"


/* the engine never logs: what went wrong is listed, and the caller tells */

typedef enum {
    NEWS_PROBLEM_FRONT = 0,   /* a mistake in the front matter */
    NEWS_PROBLEM_VALUE,       /* a field that was dropped or kept as text */
    NEWS_PROBLEM_LIMIT,       /* a bound was reached, and the body is plain */
    NEWS_PROBLEM_TEMPLATE,    /* a template cannot be used */
    NEWS_PROBLEM_PARTIAL      /* a partial is not there */
} news_problem_e;


typedef struct news_problem_s  news_problem_t;

struct news_problem_s {
    news_problem_e   kind;
    unsigned         line;    /* from 1; 0: no position */
    unsigned         column;  /* in characters, from 1 */
    news_str_t       file;    /* of a template; empty for an article */
    news_str_t       text;    /* no control characters, at most 255 bytes */
    news_problem_t  *next;
};


typedef struct {
    news_arena_t    *arena;
    news_problem_t  *first;
    news_problem_t  *last;
    unsigned         n;       /* at most NEWS_MAX_PROBLEMS are kept */
} news_problems_t;


#define NEWS_MAX_PROBLEMS  16


void news_problems_init(news_problems_t *list, news_arena_t *a);

/*
 * Resets the arena that the list is in, of which it keeps up to "keep" bytes;
 * the list stays, and is all that does.
 */

void news_problems_reset(news_problems_t *list, size_t keep);

/* adds a line; when memory is out it is lost, which is no error */

void news_problem(news_problems_t *list, news_problem_e kind, unsigned line,
    unsigned column, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));


#endif /* _NEWS_PROBLEM_H_INCLUDED_ */
