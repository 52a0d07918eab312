
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_ZONE_H_INCLUDED_
#define _NEWS_ZONE_H_INCLUDED_


#include <stdint.h>

#include "news_buf.h"


/*
 * A time zone, read from a TZif file (RFC 8536) or an offset.  No TZ and no
 * tzset(): both belong to the process.  Immutable, shared by threads.
 */

typedef struct news_zone_s  news_zone_t;


/* "±hh:mm", "±hhmm", "±hh", "Z", "UTC"; NULL when it is none or no memory */

news_zone_t *news_zone_offset(news_arena_t *a, news_str_t name);

/* the bytes of a TZif file, copied; NULL when they are not one, or no memory */

news_zone_t *news_zone_parse(news_arena_t *a, news_str_t tzif);

/* offset east of UTC in seconds, at an instant; a NULL zone is UTC */

int news_zone_at(const news_zone_t *zone, int64_t utc);

/*
 * The instant of a wall clock time, given as if it were UTC.  Of two the
 * earlier is taken; a time the clocks skipped is moved on by the gap.
 */

int64_t news_zone_to_utc(const news_zone_t *zone, int64_t wall);


#endif /* _NEWS_ZONE_H_INCLUDED_ */
