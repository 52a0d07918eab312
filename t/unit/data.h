
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _DATA_H_INCLUDED_
#define _DATA_H_INCLUDED_


/*
 * Values for tests out of a short notation: JSON with single quotes and
 * without escapes.  Numbers, true and false are plain scalars.
 */

#include <stdlib.h>
#include <string.h>

#include "news_value.h"


static inline news_value_t *data_value(news_arena_t *a, const char **p);


static inline void
data_blanks(const char **p)
{
    *p += strspn(*p, " \n,:");
}


static inline news_str_t
data_word(const char **p)
{
    size_t       n;
    const char  *start;

    if (**p == '\'') {
        start = ++*p;
        n = strcspn(start, "'");
        *p += n + 1;

    } else {
        start = *p;
        n = strcspn(start, " ,:]}");
        *p += n;
    }

    return news_str_n(start, n);
}


static inline news_value_t *
data_list(news_arena_t *a, const char **p)
{
    news_value_t  *list;

    list = news_value_list(a);

    for (++*p, data_blanks(p); **p != ']'; data_blanks(p)) {
        if (news_value_push(a, list, data_value(a, p)) != 0) {
            abort();
        }
    }

    ++*p;

    return list;
}


static inline news_value_t *
data_map(news_arena_t *a, const char **p)
{
    news_str_t     name;
    news_value_t  *map;

    map = news_value_map(a);

    for (++*p, data_blanks(p); **p != '}'; data_blanks(p)) {
        name = data_word(p);
        data_blanks(p);

        if (news_value_put(a, map, name, data_value(a, p)) != 0) {
            abort();
        }
    }

    ++*p;

    return map;
}


static inline news_value_t *
data_value(news_arena_t *a, const char **p)
{
    int            plain;
    news_str_t     word;
    news_value_t  *v;

    data_blanks(p);

    if (**p == '{') {
        return data_map(a, p);
    }

    if (**p == '[') {
        return data_list(a, p);
    }

    plain = (**p != '\'');
    word = data_word(p);

    if (plain && news_str_eqz(word, "null")) {
        return news_value_null(a);
    }

    v = news_value_string(a, word);
    v->plain = plain ? 1 : 0;

    return v;
}


static inline news_value_t *
data(news_arena_t *a, const char *text)
{
    return data_value(a, &text);
}


#endif /* _DATA_H_INCLUDED_ */
