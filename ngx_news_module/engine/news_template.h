
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_TEMPLATE_H_INCLUDED_
#define _NEWS_TEMPLATE_H_INCLUDED_


#include "news_problem.h"
#include "news_value.h"


#define NEWS_TEMPLATE_MAX_DEPTH   64      /* nested sections and partials */


/*
 * Mustache (the public specification, lambdas aside) compiled to operations.
 * Immutable once compiled, shared by threads.
 */

typedef struct news_template_s  news_template_t;


/*
 * Finds a partial: 0 with *text and *file (for messages) set, 1 when there is
 * none, -1 on an error that the callback has told of itself.  The strings
 * must live as long as the template.
 */

typedef int (*news_partial_pt)(void *data, news_str_t name, news_str_t *text,
    news_str_t *file);


/*
 * Compiles a template and every partial it names, each once.  Everything
 * lives in the arena.  "file" is for messages.  A missing partial is empty
 * and listed as NEWS_PROBLEM_PARTIAL.  Returns NULL with a
 * NEWS_PROBLEM_TEMPLATE listed (file, line, what is wrong) or, nothing being
 * listed, when memory is out or the callback failed.
 */

news_template_t *news_template_compile(news_arena_t *a, news_str_t source,
    news_str_t file, news_partial_pt load, void *data,
    news_problems_t *problems);

/*
 * Runs it over the names of "root", a map.  Returns 0; or -1 when memory or
 * time is out.  What nests deeper than NEWS_TEMPLATE_MAX_DEPTH is empty.
 */

int news_template_run(const news_template_t *t, news_arena_t *a,
    const news_value_t *root, news_buf_t *out);

/* the built-in theme: text of "default", "head", …; 0, or 1 when not there */

int news_theme(news_str_t name, news_str_t *text);


#endif /* _NEWS_TEMPLATE_H_INCLUDED_ */
