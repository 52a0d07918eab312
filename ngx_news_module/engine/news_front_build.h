
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_FRONT_BUILD_H_INCLUDED_
#define _NEWS_FRONT_BUILD_H_INCLUDED_


/* private to news_front.c and news_front_build.c */

#include <yaml.h>

#include "news_front.h"


typedef enum {
    NEWS_FRONT_KEY = 0,       /* a name comes next */
    NEWS_FRONT_VALUE,
    NEWS_FRONT_MERGE,         /* the value of "<<" */
    NEWS_FRONT_SKIP           /* the value of a name that is no scalar */
} news_front_state_e;


typedef struct news_anchor_s  news_anchor_t;

struct news_anchor_s {
    news_str_t       name;
    uint32_t         hash;
    uint32_t         nodes;   /* of its subtree, aliases expanded */
    uint32_t         height;  /* 0: a scalar */
    size_t           bytes;   /* of its scalars, aliases expanded */
    news_value_t    *value;   /* NULL until complete */
    news_anchor_t   *next;
};


/* a list or map that is being read */

typedef struct {
    news_value_t        *value;
    news_value_t        *merge;     /* list of the maps to merge, or NULL */
    news_anchor_t       *anchor;
    news_str_t           name;
    uint32_t             nodes;
    uint32_t             height;
    size_t               bytes;     /* the parser's before it */
    news_front_state_e   state;
} news_frame_t;


/* a place in the text; libyaml's lines end in more ways than the file's */

typedef struct {
    const unsigned char  *p;
    size_t                yaml_line;    /* from 0 */
    size_t                yaml_column;
    unsigned              line;         /* in the file, from 1 */
    unsigned              column;       /* in characters, from 1 */
} news_place_t;


typedef struct {
    news_arena_t       *arena;
    news_str_t          text;       /* what is parsed of the YAML */
    size_t              given;      /* bytes libyaml has got */
    size_t              nodes;      /* after aliases */
    size_t              bytes;      /* of scalars, after aliases */
    unsigned            line;       /* of the file, where the text begins */
    unsigned            depth;      /* lists and maps that are open */
    unsigned            documents;
    unsigned            flow:1;     /* the top map is written in braces */
    unsigned            not_map:1;  /* the top level is something else */
    news_value_t       *top;
    news_anchor_t     **anchors;
    news_place_t        here;       /* of the event at hand */

    const char         *problem;    /* of the mistake; a constant */
    news_place_t        where;
    news_place_t        context;    /* where what is unfinished began */

    news_frame_t        stack[NEWS_FRONT_MAX_DEPTH];
} news_front_parser_t;


/* moves forward to a place given by libyaml; never back */

void news_front_seek(const news_front_parser_t *f, news_place_t *place,
    yaml_mark_t mark);

/* takes an event into the tree; 0, 1 after a mistake, or -1 */

int news_front_event(news_front_parser_t *f, const yaml_event_t *event);

/*
 * Ends a map: of members with the same name the last counts, in the place of
 * the first; then the maps of the list "merge" (or NULL) add what is not
 * there.  Returns 0, or -1 when memory is out.
 */

int news_front_settle(news_arena_t *a, news_value_t *map,
    const news_value_t *merge);


#endif /* _NEWS_FRONT_BUILD_H_INCLUDED_ */
