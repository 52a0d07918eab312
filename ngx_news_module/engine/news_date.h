
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_DATE_H_INCLUDED_
#define _NEWS_DATE_H_INCLUDED_


#include <stdint.h>

#include "news_zone.h"


typedef struct {
    int  year, month, day;              /* month and day from 1 */
    int  hour, minute, second;
    int  weekday;                       /* 0 is Sunday */
} news_civil_t;


/*
 * Reads a date in any spelling of the contract's section 3 (RFC 822/1123,
 * ISO 8601, YYYY-MM-DD and YYYY/MM/DD with time and zone, YAML 1.1
 * timestamps; fractions are cut).  A date without a zone is in "zone" (NULL:
 * UTC).  Years 1 to 9999.  Returns 0 and seconds since 1970 UTC, or -1.
 */

int news_date_parse(news_str_t s, const news_zone_t *zone, int64_t *utc);

/* 1 and the date at the start of a file name "YYYY-MM-DD-…"; else 0 */

int news_date_of_name(news_str_t name, const news_zone_t *zone, int64_t *utc);

/* proleptic Gregorian calendar, years 1 to 9999 */

void news_date_civil(int64_t seconds, news_civil_t *civil);
int64_t news_date_seconds(const news_civil_t *civil);

/* "2021-07-30T15:30:00Z" (RFC 3339); at most 20 bytes; returns the length */

size_t news_date_iso(unsigned char *dst, int64_t utc);

/*
 * The day for people, in the language of the tag (BCP 47), on the calendar
 * of "zone": "30 July 2021", "2021年7月30日"; ISO for languages without words
 * here.  At most 64 bytes; returns the length.
 */

size_t news_date_text(unsigned char *dst, int64_t utc,
    const news_zone_t *zone, news_str_t lang);


#endif /* _NEWS_DATE_H_INCLUDED_ */
