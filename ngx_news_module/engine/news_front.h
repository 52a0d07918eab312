
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_FRONT_H_INCLUDED_
#define _NEWS_FRONT_H_INCLUDED_


#include "news_problem.h"
#include "news_value.h"


#define NEWS_FRONT_MAX_SIZE   65536     /* bytes between the two lines */
#define NEWS_FRONT_MAX_DEPTH  32
#define NEWS_FRONT_MAX_NODES  10000     /* after aliases */
#define NEWS_FRONT_MAX_TEXT   1048576   /* of scalars, after aliases */


typedef struct {
    news_str_t   yaml;        /* between the two lines */
    unsigned     line;        /* of the file, on which "yaml" begins, from 1 */
    news_str_t   body;        /* what follows the closing line */
} news_front_t;


/*
 * Finds front matter at the start of decoded text: optional U+FEFF, optional
 * blank lines, a line "---", YAML, a line "---" or "...", blanks allowed
 * behind both; lines end in LF or CRLF.  Returns 1 and fills "front", or 0
 * with yaml empty and body the whole text.
 */

int news_front_find(news_str_t text, news_front_t *front);

/*
 * Whether a text beginning with these bytes can have front matter: 1, 0, or
 * -1 when more bytes are needed to tell.
 */

int news_front_opens(news_str_t head);

/*
 * Parses with libyaml, event by event.  *map is always a map, empty at worst;
 * after a mistake it has the members complete before the mistake's line.
 * Returns 0, 1 when there was a mistake (listed with its place in the file),
 * or -1 when memory or time is out.
 */

int news_front_parse(news_arena_t *a, const news_front_t *front,
    news_value_t **map, news_problems_t *problems);


#endif /* _NEWS_FRONT_H_INCLUDED_ */
