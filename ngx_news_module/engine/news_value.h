
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_VALUE_H_INCLUDED_
#define _NEWS_VALUE_H_INCLUDED_


#include <stdint.h>

#include "news_buf.h"


/*
 * The tree between the parts: YAML writes it, the article's fields are read
 * from it, templates and JSON show it.  Values live in an arena, are shared
 * by pointer (an alias is the same value again), and once built are only
 * read.
 */

typedef enum {
    NEWS_NULL = 0,
    NEWS_STRING,              /* any scalar, as written */
    NEWS_LIST,
    NEWS_MAP
} news_value_type_e;


typedef struct news_value_s  news_value_t;


typedef struct {
    news_str_t      name;
    uint32_t        hash;     /* news_name_hash() of the name */
    news_value_t   *value;    /* never NULL */
} news_member_t;


struct news_value_s {
    news_value_type_e  type;
    unsigned           plain:1;    /* a scalar written without quotes */
    unsigned           closed:1;   /* a map whose absent names are empty: a
                                      template does not look further out */
    uint32_t           n;          /* items or members */
    uint32_t           size;       /* of these allocated */
    unsigned           line;       /* in the file, from 1; 0 is unknown */
    unsigned           column;     /* in characters, from 1 */

    union {
        news_str_t      string;
        news_value_t  **items;
        news_member_t  *members;
    } u;
};


uint32_t news_name_hash(news_str_t name);

/* constructors; the string is borrowed; NULL when memory is out */

news_value_t *news_value_null(news_arena_t *a);
news_value_t *news_value_string(news_arena_t *a, news_str_t s);
news_value_t *news_value_list(news_arena_t *a);
news_value_t *news_value_map(news_arena_t *a);

/* 0, or -1 when memory is out; put replaces an existing member of the name */

int news_value_push(news_arena_t *a, news_value_t *list, news_value_t *item);
int news_value_put(news_arena_t *a, news_value_t *map, news_str_t name,
    news_value_t *value);

/* as put, but does not look for an existing member of that name */

int news_value_add(news_arena_t *a, news_value_t *map, news_str_t name,
    news_value_t *value);

/*
 * NULL where "map" is NULL or no map, or has no such member; the first takes
 * news_name_hash() of the name, for whoever has it already.
 */

news_member_t *news_value_member(const news_value_t *map, news_str_t name,
    uint32_t hash);
news_value_t *news_value_get(const news_value_t *map, news_str_t name);
news_value_t *news_value_getz(const news_value_t *map, const char *name);

/* the scalar's text; empty for NULL, null, lists and maps */

news_str_t news_value_text(const news_value_t *v);

/*
 * YAML 1.1 booleans (true, yes, on, false, no, off; lower case, capitalized,
 * upper case; quoted or not): 1 or 0, and "absent" for anything else, NULL
 * included.
 */

int news_value_bool(const news_value_t *v, int absent);

/*
 * Whether a Mustache section of the value is shown: not for NULL, null, an
 * empty string, an empty list, and a scalar that is a false boolean.
 */

int news_value_is_true(const news_value_t *v);

/*
 * Writes the value as JSON (RFC 8259): plain true and false as booleans,
 * plain scalars that are JSON numbers as numbers, all others as strings; "<"
 * never appears, so the text may stand in a script element.
 */

void news_value_json(news_buf_t *out, const news_value_t *v);


#endif /* _NEWS_VALUE_H_INCLUDED_ */
