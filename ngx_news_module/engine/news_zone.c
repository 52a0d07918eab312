
/*
 * Copyright (C) The authors of the news module
 */


#include "news_date.h"
#include "news_zone.h"


#define NEWS_ZONE_HEADER   44
#define NEWS_ZONE_MAX_OFF  ((int64_t) 26 * 3600)
#define NEWS_ZONE_DAY      86400


/* when the clocks change: a rule of the TZif footer, after POSIX */

typedef struct {
    char  kind;               /* 'M' month and week, 'J' day without leap
                                 days from 1, 'N' day from 0 */
    int   month;
    int   week;
    int   day;
    int   time;               /* seconds of wall clock, also negative */
} news_zone_rule_t;


struct news_zone_s {
    size_t               n;         /* transitions */
    const int64_t       *at;        /* their instants, ascending */
    const int32_t       *offset;    /* n + 1: before the first, after each */
    int                  standard;
    int                  summer;
    unsigned             footer:1;  /* "standard" counts after the last */
    unsigned             rules:1;   /* and so do "summer" and the rules */
    news_zone_rule_t     begin;
    news_zone_rule_t     end;
};


/* counts of a TZif header, and where its data is */

typedef struct {
    size_t                utc;
    size_t                standard;
    size_t                leaps;
    size_t                times;
    size_t                types;
    size_t                chars;
    size_t                wide;     /* bytes of an instant, 4 or 8 */
    size_t                size;     /* of all the data */
    const unsigned char  *data;
} news_tzif_t;


static int news_zone_header(news_str_t s, size_t wide, news_tzif_t *h);
static int news_zone_data(news_arena_t *a, const news_tzif_t *h,
    news_zone_t *zone);
static int news_zone_type(const news_tzif_t *h, size_t type, int32_t *offset);
static int64_t news_zone_int(const unsigned char *p, size_t n);
static int news_zone_footer(news_zone_t *zone, news_str_t s);
static int news_zone_posix(news_zone_t *zone, const unsigned char **p,
    const unsigned char *last);
static int news_zone_name(const unsigned char **p, const unsigned char *last);
static int news_zone_rule(const unsigned char **p, const unsigned char *last,
    news_zone_rule_t *rule);
static int news_zone_day(const unsigned char **p, const unsigned char *last,
    news_zone_rule_t *rule);
static int news_zone_time(const unsigned char **p, const unsigned char *last,
    int max, int *seconds);
static int news_zone_number(const unsigned char **p,
    const unsigned char *last, int max, int *n);
static int news_zone_by_rules(const news_zone_t *zone, int64_t utc);
static int64_t news_zone_change(const news_zone_rule_t *rule, int year);


news_zone_t *
news_zone_offset(news_arena_t *a, news_str_t name)
{
    int           hours, minutes;
    size_t        i;
    news_zone_t  *zone;

    hours = 0;
    minutes = 0;

    if (name.len && (name.data[0] == '+' || name.data[0] == '-')) {

        if (name.len == 6 && name.data[3] != ':') {
            return NULL;
        }

        if (name.len != 3 && name.len != 5 && name.len != 6) {
            return NULL;
        }

        for (i = 1; i < name.len; i++) {
            if ((name.data[i] < '0' || name.data[i] > '9')
                && !(i == 3 && name.len == 6))
            {
                return NULL;
            }
        }

        hours = (name.data[1] - '0') * 10 + (name.data[2] - '0');

        if (name.len > 3) {
            i = name.len - 2;
            minutes = (name.data[i] - '0') * 10 + (name.data[i + 1] - '0');
        }

        if (hours > 23 || minutes > 59) {
            return NULL;
        }

    } else if (!news_str_caseeqz(name, "z") && !news_str_caseeqz(name, "utc"))
    {
        return NULL;
    }

    zone = news_arena_calloc(a, sizeof(news_zone_t));

    if (zone == NULL) {
        return NULL;
    }

    zone->footer = 1;
    zone->standard = hours * 3600 + minutes * 60;

    if (name.data[0] == '-') {
        zone->standard = -zone->standard;
    }

    return zone;
}


news_zone_t *
news_zone_parse(news_arena_t *a, news_str_t tzif)
{
    news_str_t    footer;
    news_zone_t  *zone;
    news_tzif_t   h;

    if (news_zone_header(tzif, 4, &h) != 0) {
        return NULL;
    }

    zone = news_arena_calloc(a, sizeof(news_zone_t));

    if (zone == NULL) {
        return NULL;
    }

    if (tzif.data[4] == '\0') {
        return (news_zone_data(a, &h, zone) == 0) ? zone : NULL;
    }

    /* from version 2 on the data comes again, in 64 bits, and a footer */

    tzif.len -= (h.data + h.size) - tzif.data;
    tzif.data = h.data + h.size;

    if (news_zone_header(tzif, 8, &h) != 0
        || news_zone_data(a, &h, zone) != 0)
    {
        return NULL;
    }

    footer.data = h.data + h.size;
    footer.len = tzif.len - (footer.data - tzif.data);

    return (news_zone_footer(zone, footer) == 0) ? zone : NULL;
}


static int
news_zone_header(news_str_t s, size_t wide, news_tzif_t *h)
{
    size_t                i, counts[6];
    const unsigned char  *p;

    p = s.data;

    if (s.len < NEWS_ZONE_HEADER || memcmp(p, "TZif", 4) != 0) {
        return -1;
    }

    /* a count above the file's size is wrong, and sums cannot overflow */

    for (i = 0; i < 6; i++) {
        counts[i] = (size_t) news_zone_int(p + 20 + 4 * i, 4) & 0xFFFFFFFF;

        if (counts[i] > s.len) {
            return -1;
        }
    }

    h->utc = counts[0];
    h->standard = counts[1];
    h->leaps = counts[2];
    h->times = counts[3];
    h->types = counts[4];
    h->chars = counts[5];
    h->wide = wide;
    h->data = p + NEWS_ZONE_HEADER;
    h->size = h->times * (wide + 1) + h->types * 6 + h->chars
              + h->leaps * (wide + 4) + h->standard + h->utc;

    if (h->size > s.len - NEWS_ZONE_HEADER) {
        return -1;
    }

    return 0;
}


static int
news_zone_data(news_arena_t *a, const news_tzif_t *h, news_zone_t *zone)
{
    size_t                i;
    int32_t              *offset;
    int64_t              *at;
    const unsigned char  *p, *types;

    at = news_arena_alloc(a, h->times * sizeof(int64_t));
    offset = news_arena_alloc(a, (h->times + 1) * sizeof(int32_t));

    if (at == NULL || offset == NULL
        || news_zone_type(h, 0, &offset[0]) != 0)
    {
        return -1;
    }

    p = h->data;
    types = p + h->times * h->wide;

    for (i = 0; i < h->times; i++) {
        at[i] = news_zone_int(p, h->wide);
        p += h->wide;

        if (i > 0 && at[i] <= at[i - 1]) {
            return -1;
        }

        if (news_zone_type(h, types[i], &offset[i + 1]) != 0) {
            return -1;
        }
    }

    zone->n = h->times;
    zone->at = at;
    zone->offset = offset;

    return 0;
}


static int
news_zone_type(const news_tzif_t *h, size_t type, int32_t *offset)
{
    int64_t  n;

    if (type >= h->types) {
        return -1;
    }

    n = news_zone_int(h->data + h->times * (h->wide + 1) + type * 6, 4);

    if (n < -NEWS_ZONE_MAX_OFF || n > NEWS_ZONE_MAX_OFF) {
        return -1;
    }

    *offset = (int32_t) n;

    return 0;
}


/* big-endian, with a sign */

static int64_t
news_zone_int(const unsigned char *p, size_t n)
{
    size_t    i;
    uint64_t  v;

    v = (p[0] & 0x80) ? UINT64_MAX : 0;

    for (i = 0; i < n; i++) {
        v = v << 8 | p[i];
    }

    return (v & UINT64_C(1) << 63) ? -(int64_t) ~v - 1 : (int64_t) v;
}


/* LF, a POSIX TZ string or nothing, LF */

static int
news_zone_footer(news_zone_t *zone, news_str_t s)
{
    const unsigned char  *p, *last;

    if (s.len < 2 || s.data[0] != '\n') {
        return -1;
    }

    p = s.data + 1;
    last = memchr(p, '\n', s.len - 1);

    if (last == NULL) {
        return -1;
    }

    if (p == last) {
        return 0;
    }

    return (news_zone_posix(zone, &p, last) == 0 && p == last) ? 0 : -1;
}


/* std offset [dst [offset] , start[/time] , end[/time]] */

static int
news_zone_posix(news_zone_t *zone, const unsigned char **p,
    const unsigned char *last)
{
    if (news_zone_name(p, last) != 0
        || news_zone_time(p, last, 24, &zone->standard) != 0)
    {
        return -1;
    }

    /* POSIX counts west of UTC */

    zone->standard = -zone->standard;
    zone->footer = 1;

    if (*p == last) {
        return 0;
    }

    if (news_zone_name(p, last) != 0) {
        return -1;
    }

    zone->summer = zone->standard + 3600;

    if (*p < last && **p != ',') {
        if (news_zone_time(p, last, 24, &zone->summer) != 0) {
            return -1;
        }

        zone->summer = -zone->summer;
    }

    zone->rules = 1;

    return news_zone_rule(p, last, &zone->begin)
           || news_zone_rule(p, last, &zone->end);
}


/* letters, or anything in angle brackets */

static int
news_zone_name(const unsigned char **p, const unsigned char *last)
{
    const unsigned char  *start, *end;

    start = *p;

    if (start < last && *start == '<') {
        end = memchr(start, '>', last - start);

        if (end == NULL) {
            return -1;
        }

        *p = end + 1;

        return 0;
    }

    for (end = start; end < last; end++) {
        if ((*end | 0x20) < 'a' || (*end | 0x20) > 'z') {
            break;
        }
    }

    *p = end;

    return (end - start < 3) ? -1 : 0;
}


static int
news_zone_rule(const unsigned char **p, const unsigned char *last,
    news_zone_rule_t *rule)
{
    if (*p == last || **p != ',') {
        return -1;
    }

    (*p)++;

    if (news_zone_day(p, last, rule) != 0) {
        return -1;
    }

    rule->time = 2 * 3600;

    if (*p < last && **p == '/') {
        (*p)++;

        return news_zone_time(p, last, 167, &rule->time);
    }

    return 0;
}


static int
news_zone_day(const unsigned char **p, const unsigned char *last,
    news_zone_rule_t *rule)
{
    rule->kind = 'N';

    if (*p < last && **p == 'J') {
        (*p)++;
        rule->kind = 'J';

        return news_zone_number(p, last, 365, &rule->day) || rule->day == 0;
    }

    if (*p == last || **p != 'M') {
        return news_zone_number(p, last, 365, &rule->day);
    }

    (*p)++;
    rule->kind = 'M';

    if (news_zone_number(p, last, 12, &rule->month) != 0
        || *p == last || *(*p)++ != '.'
        || news_zone_number(p, last, 5, &rule->week) != 0
        || *p == last || *(*p)++ != '.'
        || news_zone_number(p, last, 6, &rule->day) != 0)
    {
        return -1;
    }

    return rule->month == 0 || rule->week == 0;
}


/* [+-]hh[:mm[:ss]] */

static int
news_zone_time(const unsigned char **p, const unsigned char *last, int max,
    int *seconds)
{
    int  n, sign, unit;

    sign = 1;

    if (*p < last && (**p == '-' || **p == '+')) {
        sign = (**p == '-') ? -1 : 1;
        (*p)++;
    }

    if (news_zone_number(p, last, max, &n) != 0) {
        return -1;
    }

    *seconds = n * 3600;

    for (unit = 60; unit && *p < last && **p == ':'; unit /= 60) {
        (*p)++;

        if (news_zone_number(p, last, 59, &n) != 0) {
            return -1;
        }

        *seconds += n * unit;
    }

    *seconds *= sign;

    return 0;
}


static int
news_zone_number(const unsigned char **p, const unsigned char *last, int max,
    int *n)
{
    const unsigned char  *start;

    *n = 0;
    start = *p;

    while (*p < last && **p >= '0' && **p <= '9') {
        *n = *n * 10 + (*(*p)++ - '0');

        if (*n > max) {
            return -1;
        }
    }

    return (*p == start) ? -1 : 0;
}


int
news_zone_at(const news_zone_t *zone, int64_t utc)
{
    size_t  low, high, middle;

    if (zone == NULL) {
        return 0;
    }

    if (zone->footer && (zone->n == 0 || utc >= zone->at[zone->n - 1])) {
        return zone->rules ? news_zone_by_rules(zone, utc) : zone->standard;
    }

    /* how many transitions are not after the instant */

    low = 0;
    high = zone->n;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (zone->at[middle] <= utc) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return zone->offset[low];
}


/*
 * The last change of the years around decides.  Where summer time is kept
 * all year it begins in the second that it ends, and the beginning counts.
 */

static int
news_zone_by_rules(const news_zone_t *zone, int64_t utc)
{
    int           year, offset;
    int64_t       at, latest;
    news_civil_t  civil;

    /* years past what dates can be written in follow the rules of the edge */

    if (utc > INT64_C(253402300799)) {
        utc = INT64_C(253402300799);

    } else if (utc < INT64_C(-62135596800)) {
        utc = INT64_C(-62135596800);
    }

    news_date_civil(utc, &civil);

    latest = INT64_MIN;
    offset = zone->standard;

    for (year = civil.year - 1; year <= civil.year + 1; year++) {

        at = news_zone_change(&zone->end, year) - zone->summer;

        if (at <= utc && at >= latest) {
            latest = at;
            offset = zone->standard;
        }

        at = news_zone_change(&zone->begin, year) - zone->standard;

        if (at <= utc && at >= latest) {
            latest = at;
            offset = zone->summer;
        }
    }

    return offset;
}


/* the wall clock time of a rule's change in a year */

static int64_t
news_zone_change(const news_zone_rule_t *rule, int year)
{
    int           day;
    int64_t       seconds;
    news_civil_t  civil;

    memset(&civil, 0, sizeof(news_civil_t));

    civil.year = year;
    civil.month = (rule->kind == 'M') ? rule->month : 1;
    civil.day = 1;
    seconds = news_date_seconds(&civil);

    if (rule->kind == 'N') {
        day = rule->day;

    } else if (rule->kind == 'J') {
        day = rule->day - 1;

        if (day >= 59
            && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
        {
            day++;
        }

    } else {
        news_date_civil(seconds, &civil);
        day = (rule->day - civil.weekday + 7) % 7 + (rule->week - 1) * 7;

        /* the fifth week is the last one */

        if (rule->week == 5) {
            news_date_civil(seconds + (int64_t) day * NEWS_ZONE_DAY, &civil);

            if (civil.month != rule->month) {
                day -= 7;
            }
        }
    }

    return seconds + (int64_t) day * NEWS_ZONE_DAY + rule->time;
}


int64_t
news_zone_to_utc(const news_zone_t *zone, int64_t wall)
{
    int      i, before, offsets[4];
    int64_t  utc, best;

    before = news_zone_at(zone, wall - NEWS_ZONE_MAX_OFF);

    offsets[0] = before;
    offsets[1] = news_zone_at(zone, wall - before);
    offsets[2] = news_zone_at(zone, wall + NEWS_ZONE_MAX_OFF);
    offsets[3] = news_zone_at(zone, wall - offsets[2]);

    best = INT64_MAX;

    for (i = 0; i < 4; i++) {
        utc = wall - offsets[i];

        if (utc < best && news_zone_at(zone, utc) == offsets[i]) {
            best = utc;
        }
    }

    /* in a gap the old offset leads past it */

    return (best == INT64_MAX) ? wall - before : best;
}
