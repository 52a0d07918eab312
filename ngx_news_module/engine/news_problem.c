
/*
 * Copyright (C) The authors of the news module
 */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "news_escape.h"
#include "news_problem.h"
#include "news_utf8.h"


void
news_problems_init(news_problems_t *list, news_arena_t *a)
{
    memset(list, 0, sizeof(news_problems_t));

    list->arena = a;
}


void
news_problems_reset(news_problems_t *list, size_t keep)
{
    unsigned         i, n;
    news_problem_t  *p;
    struct {
        news_problem_e  kind;
        unsigned        line;
        unsigned        column;
        char            text[256];
    } lines[NEWS_MAX_PROBLEMS];

    n = 0;

    for (p = list->first; p != NULL; p = p->next) {
        lines[n].kind = p->kind;
        lines[n].line = p->line;
        lines[n].column = p->column;

        memcpy(lines[n].text, p->text.data, p->text.len);
        lines[n].text[p->text.len] = '\0';
        n++;
    }

    news_arena_reset(list->arena, keep);
    news_problems_init(list, list->arena);

    for (i = 0; i < n; i++) {
        news_problem(list, lines[i].kind, lines[i].line, lines[i].column,
                     "%s", lines[i].text);
    }
}


void
news_problem(news_problems_t *list, news_problem_e kind, unsigned line,
    unsigned column, const char *fmt, ...)
{
    int              n;
    char             text[256];
    va_list          args;
    news_buf_t       buf;
    news_problem_t  *p;

    if (list->n == NEWS_MAX_PROBLEMS) {
        return;
    }

    va_start(args, fmt);
    n = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);

    if (n < 0) {
        return;
    }

    if ((size_t) n >= sizeof(text)) {
        n = sizeof(text) - 1;
    }

    /* the cut may have gone through a character */

    n = (int) news_utf8_valid((unsigned char *) text, (size_t) n);

    p = news_arena_calloc(list->arena, sizeof(news_problem_t));
    if (p == NULL) {
        return;
    }

    news_buf_init(&buf, list->arena, (size_t) n + 1);
    news_escape_line(&buf, news_str_n(text, (size_t) n));

    if (buf.failed) {
        return;
    }

    p->kind = kind;
    p->line = line;
    p->column = column;
    p->text = news_buf_str(&buf);

    if (list->last != NULL) {
        list->last->next = p;

    } else {
        list->first = p;
    }

    list->last = p;
    list->n++;
}
