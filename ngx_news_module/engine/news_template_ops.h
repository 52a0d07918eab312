
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_TEMPLATE_OPS_H_INCLUDED_
#define _NEWS_TEMPLATE_OPS_H_INCLUDED_


#include "news_template.h"


/*
 * Private to the files news_template*.c: what a template is compiled to.
 *
 * A unit is one source, the template or a partial, as an array of operations
 * that ends with NEWS_OP_RETURN.  Sections know where they end and ends know
 * their section, so running is a loop that moves one pointer.
 */

typedef enum {
    NEWS_OP_TEXT = 0,
    NEWS_OP_INDENT,           /* a line begins with a tag */
    NEWS_OP_ESCAPED,          /* {{name}} */
    NEWS_OP_RAW,              /* {{{name}}}, {{&name}} */
    NEWS_OP_SECTION,          /* {{#name}} */
    NEWS_OP_INVERTED,         /* {{^name}} */
    NEWS_OP_END,              /* {{/name}} */
    NEWS_OP_PARTIAL,          /* {{> name}} */
    NEWS_OP_RETURN
} news_op_e;


typedef struct {
    news_str_t     name;
    uint32_t       hash;
} news_op_name_t;


typedef struct {
    news_op_e          type;
    unsigned           line_start:1;  /* of a text: it begins a line */
    unsigned           n;             /* names; 0 is the name "." */
    uint32_t           jump;          /* of a section: its end; of an end: its
                                         section; of a partial: its unit */
    unsigned           line;          /* of the tag, from 1 */
    news_str_t         text;          /* the text; the tag's name; of a
                                         partial: its indentation */
    news_op_name_t    *names;         /* the name, split at dots */
} news_op_t;


typedef struct {
    news_op_name_t     name;          /* empty for the template itself */
    news_str_t         source;
    news_str_t         file;
    news_op_t         *ops;
    uint32_t           n;
    uint32_t           size;          /* of these allocated */
} news_unit_t;


struct news_template_s {
    news_unit_t       *units;         /* the first is the template */
    uint32_t           n;
    uint32_t           size;
};


typedef struct {
    news_arena_t      *arena;
    news_template_t   *template;
    news_partial_pt    load;
    void              *data;
    news_problems_t   *problems;
} news_compile_t;


/* the unit of a partial, new or known; 0, or -1 after which nothing goes on */

int news_template_partial(news_compile_t *c, news_str_t name, uint32_t *unit,
    news_str_t file, unsigned line);

/* compiles the source of a unit already in the table; 0 or -1 */

int news_template_unit(news_compile_t *c, uint32_t unit);

/* lists a problem with its place */

void news_template_problem(news_compile_t *c, news_problem_e kind,
    news_str_t file, unsigned line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));


#endif /* _NEWS_TEMPLATE_OPS_H_INCLUDED_ */
