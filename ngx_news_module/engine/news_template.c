
/*
 * Copyright (C) The authors of the news module
 */


#include <stdarg.h>
#include <stdio.h>

#include "news_template_ops.h"


/* looked through one by one, so their number is bounded */

#define NEWS_TEMPLATE_MAX_UNITS  1000


static news_unit_t *news_template_add(news_compile_t *c, news_str_t name,
    news_str_t source, news_str_t file);
static int news_template_find(news_template_t *t, news_str_t name,
    uint32_t *unit);


news_template_t *
news_template_compile(news_arena_t *a, news_str_t source, news_str_t file,
    news_partial_pt load, void *data, news_problems_t *problems)
{
    uint32_t        i;
    news_compile_t  c;

    c.arena = a;
    c.load = load;
    c.data = data;
    c.problems = problems;

    c.template = news_arena_calloc(a, sizeof(news_template_t));
    if (c.template == NULL) {
        return NULL;
    }

    if (news_template_add(&c, news_str_n(NULL, 0), source, file) == NULL) {
        return NULL;
    }

    /* units that a unit names are appended while it is compiled */

    for (i = 0; i < c.template->n; i++) {
        if (news_template_unit(&c, i) == -1) {
            return NULL;
        }
    }

    return c.template;
}


static news_unit_t *
news_template_add(news_compile_t *c, news_str_t name, news_str_t source,
    news_str_t file)
{
    uint32_t          size;
    news_unit_t      *u;
    news_template_t  *t;

    t = c->template;

    if (t->n == t->size) {
        size = t->size ? t->size * 2 : 8;

        u = news_arena_realloc(c->arena, t->units,
                               t->size * sizeof(news_unit_t),
                               size * sizeof(news_unit_t));
        if (u == NULL) {
            return NULL;
        }

        t->units = u;
        t->size = size;
    }

    u = &t->units[t->n++];

    memset(u, 0, sizeof(news_unit_t));

    u->name.name = name;
    u->name.hash = news_name_hash(name);
    u->source = source.len ? source : news_str("");
    u->file = file;

    return u;
}


static int
news_template_find(news_template_t *t, news_str_t name, uint32_t *unit)
{
    uint32_t  i, hash;

    hash = news_name_hash(name);

    for (i = 1; i < t->n; i++) {
        if (t->units[i].name.hash == hash
            && news_str_eq(t->units[i].name.name, name))
        {
            *unit = i;
            return 1;
        }
    }

    return 0;
}


int
news_template_partial(news_compile_t *c, news_str_t name, uint32_t *unit,
    news_str_t file, unsigned line)
{
    int         rc;
    news_str_t  source, found;

    if (news_template_find(c->template, name, unit)) {
        return 0;
    }

    if (c->template->n > NEWS_TEMPLATE_MAX_UNITS) {
        news_template_problem(c, NEWS_PROBLEM_TEMPLATE, file, line,
                              "too many partials");
        return -1;
    }

    source = news_str_n(NULL, 0);
    found = news_str_n(NULL, 0);

    rc = (c->load != NULL) ? c->load(c->data, name, &source, &found) : 1;

    if (rc == -1) {
        return -1;
    }

    if (rc == 1) {
        news_template_problem(c, NEWS_PROBLEM_PARTIAL, file, line,
                              "partial \"%.*s\" is not there",
                              (int) name.len, (const char *) name.data);
        source = news_str_n(NULL, 0);
    }

    *unit = c->template->n;

    return news_template_add(c, name, source, found) != NULL ? 0 : -1;
}


void
news_template_problem(news_compile_t *c, news_problem_e kind, news_str_t file,
    unsigned line, const char *fmt, ...)
{
    char      text[256];
    va_list   args;
    unsigned  n;

    n = c->problems->n;

    /* the last place is kept for the mistake that ends it all */

    if (kind == NEWS_PROBLEM_PARTIAL && n >= NEWS_MAX_PROBLEMS - 1) {
        return;
    }

    va_start(args, fmt);
    (void) vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);

    news_problem(c->problems, kind, line, 0, "%s", text);

    if (c->problems->n != n) {
        c->problems->last->file = file;
    }
}
