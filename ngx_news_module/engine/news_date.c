
/*
 * Copyright (C) The authors of the news module
 */


#include "news_date.h"


#define NEWS_DATE_MAX_LEN  127


/* a date that is being read: a copy, with comments cut and a zero at the end */

typedef struct {
    const unsigned char  *p;
    news_civil_t          civil;
    int                   offset;       /* seconds east of UTC */
    unsigned              zoned:1;
    unsigned              rfc:1;
    unsigned char         text[NEWS_DATE_MAX_LEN + 1];
} news_date_t;


typedef struct {
    char  name[5];
    int   hours;
} news_date_zone_t;


static int news_date_copy(news_date_t *d, news_str_t s);
static int news_date_iso_read(news_date_t *d);
static int news_date_day_read(news_date_t *d);
static int news_date_rfc_read(news_date_t *d);
static int news_date_rfc_year(news_date_t *d);
static int news_date_name(news_date_t *d, const char names[][10], int n);
static int news_date_time(news_date_t *d, int t);
static int news_date_time_basic(news_date_t *d);
static int news_date_fraction(news_date_t *d);
static int news_date_zone(news_date_t *d);
static int news_date_offset(news_date_t *d);
static int news_date_zone_name(news_date_t *d);
static int news_date_number(news_date_t *d, int min, int max, int *value);
static int news_date_digits(const unsigned char *p);
static int news_date_blanks(news_date_t *d);
static int news_date_check(news_civil_t *civil);
static int news_date_finish(news_civil_t *civil, const news_zone_t *zone,
    int zoned, int offset, int64_t *utc);
static int news_date_leap(int year);


static const char  news_date_weekdays[][10] = {
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday"
};


static const char  news_date_months[][10] = {
    "january", "february", "march", "april", "may", "june", "july", "august",
    "september", "october", "november", "december"
};


static const unsigned char  news_date_month_days[] = {
    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
};


static const news_date_zone_t  news_date_zones[] = {
    { "gmt", 0 }, { "utc", 0 }, { "ut", 0 }, { "z", 0 },
    { "est", -5 }, { "edt", -4 }, { "cst", -6 }, { "cdt", -5 },
    { "mst", -7 }, { "mdt", -6 }, { "pst", -8 }, { "pdt", -7 }
};


int
news_date_parse(news_str_t s, const news_zone_t *zone, int64_t *utc)
{
    int          rc;
    news_date_t  d;

    if (news_date_copy(&d, s) != 0) {
        return -1;
    }

    memset(&d.civil, 0, sizeof(news_civil_t));

    d.p = d.text;
    d.zoned = 0;
    d.rfc = (news_date_digits(d.p) < 4);
    d.offset = 0;

    rc = d.rfc ? news_date_rfc_read(&d) : news_date_iso_read(&d);

    news_date_blanks(&d);

    if (rc != 0 || *d.p != '\0') {
        return -1;
    }

    return news_date_finish(&d.civil, zone, d.zoned, d.offset, utc);
}


/* copies without comments in parentheses and without blanks at the ends */

static int
news_date_copy(news_date_t *d, news_str_t s)
{
    size_t    i, n;
    unsigned  depth;

    s = news_str_trim(s);
    depth = 0;
    n = 0;

    for (i = 0; i < s.len; i++) {

        if (s.data[i] == '(') {
            depth++;
            continue;
        }

        if (depth) {
            if (s.data[i] == ')') {
                depth--;

            } else if (s.data[i] == '\\') {
                i++;
            }

            continue;
        }

        if (n == NEWS_DATE_MAX_LEN || s.data[i] == '\0') {
            return -1;
        }

        d->text[n++] = s.data[i];
    }

    d->text[n] = '\0';

    return depth ? -1 : 0;
}


/* YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD; T or blanks; time; zone */

static int
news_date_iso_read(news_date_t *d)
{
    int  blanks;

    if (news_date_day_read(d) != 0) {
        return -1;
    }

    if (*d->p == 'T' || *d->p == 't') {
        d->p++;

        if (news_date_time(d, 1) != 0) {
            return -1;
        }

        news_date_blanks(d);

        return news_date_zone(d);
    }

    blanks = news_date_blanks(d);

    if (*d->p == '\0') {
        return 0;
    }

    if (news_date_digits(d->p)) {
        if (!blanks || news_date_time(d, 0) != 0) {
            return -1;
        }

        news_date_blanks(d);

        return news_date_zone(d);
    }

    /* after a bare day "-08" would be anything */

    if (*d->p == '-' && !blanks) {
        return -1;
    }

    return news_date_zone(d);
}


static int
news_date_day_read(news_date_t *d)
{
    int            n;
    unsigned char  separator;

    n = news_date_digits(d->p);

    if (n == 8) {
        return news_date_number(d, 4, 4, &d->civil.year)
               || news_date_number(d, 2, 2, &d->civil.month)
               || news_date_number(d, 2, 2, &d->civil.day);
    }

    if (n != 4) {
        return -1;
    }

    (void) news_date_number(d, 4, 4, &d->civil.year);

    separator = *d->p;

    if (separator != '-' && separator != '/') {
        return -1;
    }

    d->p++;

    if (news_date_digits(d->p) > 2
        || news_date_number(d, 1, 2, &d->civil.month) != 0
        || *d->p != separator)
    {
        return -1;
    }

    d->p++;

    if (news_date_digits(d->p) > 2) {
        return -1;
    }

    return news_date_number(d, 1, 2, &d->civil.day);
}


/* [Fri,] 30 Jul 2021 [15:30[:00] [zone]] */

static int
news_date_rfc_read(news_date_t *d)
{
    if (news_date_digits(d->p) == 0) {

        if (news_date_name(d, news_date_weekdays, 7) == -1) {
            return -1;
        }

        news_date_blanks(d);

        if (*d->p == ',') {
            d->p++;
        }

        news_date_blanks(d);
    }

    if (news_date_digits(d->p) > 2
        || news_date_number(d, 1, 2, &d->civil.day) != 0)
    {
        return -1;
    }

    if (*d->p == '-') {
        d->p++;
    }

    news_date_blanks(d);

    d->civil.month = news_date_name(d, news_date_months, 12) + 1;

    if (d->civil.month == 0) {
        return -1;
    }

    if (*d->p == '-') {
        d->p++;
    }

    news_date_blanks(d);

    if (news_date_rfc_year(d) != 0) {
        return -1;
    }

    if (news_date_blanks(d) == 0 || *d->p == '\0') {
        return 0;
    }

    if (news_date_time(d, 0) != 0) {
        return -1;
    }

    news_date_blanks(d);

    return news_date_zone(d);
}


/* of four digits, or of two or three as RFC 2822 has them */

static int
news_date_rfc_year(news_date_t *d)
{
    int  n;

    n = news_date_digits(d->p);

    if (n < 2 || n > 4 || news_date_number(d, n, n, &d->civil.year) != 0) {
        return -1;
    }

    if (n == 3 || (n == 2 && d->civil.year >= 50)) {
        d->civil.year += 1900;

    } else if (n == 2) {
        d->civil.year += 2000;
    }

    return 0;
}


/* a name in full or by its first three letters: its number from 0, or -1 */

static int
news_date_name(news_date_t *d, const char names[][10], int n)
{
    int         i;
    size_t      len;
    news_str_t  word;

    for (len = 0; (d->p[len] | 0x20) >= 'a' && (d->p[len] | 0x20) <= 'z';
         len++)
    {
        /* void */
    }

    word = news_str_n(d->p, len);

    for (i = 0; i < n; i++) {
        if (news_str_caseeqz(word, names[i])
            || (len == 3 && (word.data[0] | 0x20) == names[i][0]
                && (word.data[1] | 0x20) == names[i][1]
                && (word.data[2] | 0x20) == names[i][2])
            || (len == 4 && news_str_caseeqz(word, "sept")
                && names[i][0] == 's' && names[i][2] == 'p'))
        {
            d->p += len;

            if (*d->p == '.' ) {
                d->p++;
            }

            return i;
        }
    }

    return -1;
}


/* H:MM[:SS[.fraction]]; after a "T" also HH, HHMM and HHMMSS */

static int
news_date_time(news_date_t *d, int t)
{
    int  n;

    n = news_date_digits(d->p);

    if (t && (n == 4 || n == 6 || (n == 2 && d->p[2] != ':'))) {
        return news_date_time_basic(d);
    }

    if (n > 2 || news_date_number(d, 1, 2, &d->civil.hour) != 0
        || *d->p != ':')
    {
        return -1;
    }

    d->p++;

    if (news_date_digits(d->p) != 2) {
        return -1;
    }

    (void) news_date_number(d, 2, 2, &d->civil.minute);

    if (*d->p != ':') {
        return 0;
    }

    d->p++;

    if (news_date_digits(d->p) != 2) {
        return -1;
    }

    (void) news_date_number(d, 2, 2, &d->civil.second);

    return news_date_fraction(d);
}


static int
news_date_time_basic(news_date_t *d)
{
    int  n;

    n = news_date_digits(d->p);

    (void) news_date_number(d, 2, 2, &d->civil.hour);

    if (n > 2) {
        (void) news_date_number(d, 2, 2, &d->civil.minute);
    }

    if (n > 4) {
        (void) news_date_number(d, 2, 2, &d->civil.second);

        return news_date_fraction(d);
    }

    return 0;
}


static int
news_date_fraction(news_date_t *d)
{
    int  n;

    if (*d->p != '.' && *d->p != ',') {
        return 0;
    }

    n = news_date_digits(d->p + 1);
    d->p += 1 + n;

    return n ? 0 : -1;
}


/* nothing, an offset, or a name with or without an offset ("GMT+8") */

static int
news_date_zone(news_date_t *d)
{
    if (*d->p == '\0') {
        return 0;
    }

    d->zoned = 1;

    if (*d->p == '+' || *d->p == '-') {
        return news_date_offset(d);
    }

    return news_date_zone_name(d);
}


/* ±H, ±HH, ±H:MM, ±HH:MM, ±HHMM */

static int
news_date_offset(news_date_t *d)
{
    int  n, hours, minutes, sign;

    sign = (*d->p == '-') ? -1 : 1;
    d->p++;

    n = news_date_digits(d->p);
    minutes = 0;

    if (n == 4) {
        (void) news_date_number(d, 2, 2, &hours);
        (void) news_date_number(d, 2, 2, &minutes);

    } else if (n > 2 || news_date_number(d, 1, 2, &hours) != 0) {
        return -1;

    } else if (*d->p == ':') {
        d->p++;

        if (news_date_digits(d->p) != 2) {
            return -1;
        }

        (void) news_date_number(d, 2, 2, &minutes);
    }

    if (hours > 23 || minutes > 59) {
        return -1;
    }

    d->offset = sign * (hours * 3600 + minutes * 60);

    return 0;
}


/*
 * Single letters other than Z are UTC, as RFC 5322 asks: RFC 822 had their
 * signs wrong, so nobody knows what a writer meant.  "J" was never a zone.
 */

static int
news_date_zone_name(news_date_t *d)
{
    int            i, n;
    size_t         len;
    news_str_t     name;
    unsigned char  c;

    for (len = 0; (d->p[len] | 0x20) >= 'a' && (d->p[len] | 0x20) <= 'z';
         len++)
    {
        /* void */
    }

    name = news_str_n(d->p, len);
    d->p += len;

    if (len == 1) {
        c = name.data[0] | 0x20;

        return (c == 'z' || (d->rfc && c != 'j')) ? 0 : -1;
    }

    n = sizeof(news_date_zones) / sizeof(news_date_zones[0]);

    for (i = 0; i < n; i++) {
        if (news_str_caseeqz(name, news_date_zones[i].name)) {
            break;
        }
    }

    if (i == n) {
        return -1;
    }

    d->offset = news_date_zones[i].hours * 3600;

    if (d->offset == 0 && (*d->p == '+' || *d->p == '-')) {
        return news_date_offset(d);
    }

    return 0;
}


/* a number of so many digits; there may be more digits behind it */

static int
news_date_number(news_date_t *d, int min, int max, int *value)
{
    int  n;

    *value = 0;

    for (n = 0; n < max && *d->p >= '0' && *d->p <= '9'; n++) {
        *value = *value * 10 + (*d->p++ - '0');
    }

    return (n < min) ? -1 : 0;
}


static int
news_date_digits(const unsigned char *p)
{
    int  n;

    for (n = 0; p[n] >= '0' && p[n] <= '9'; n++) { /* void */ }

    return n;
}


static int
news_date_blanks(news_date_t *d)
{
    int  n;

    for (n = 0; *d->p == ' ' || *d->p == '\t' || *d->p == '\r'
                || *d->p == '\n'; n++)
    {
        d->p++;
    }

    return n;
}


/* 24:00 is the next day's start, a leap second the second before it */

static int
news_date_check(news_civil_t *civil)
{
    int  days;

    if (civil->year < 1 || civil->year > 9999
        || civil->month < 1 || civil->month > 12)
    {
        return -1;
    }

    days = news_date_month_days[civil->month - 1];

    if (civil->month == 2 && news_date_leap(civil->year)) {
        days++;
    }

    if (civil->day < 1 || civil->day > days) {
        return -1;
    }

    if (civil->second == 60) {
        civil->second = 59;
    }

    if (civil->hour == 24) {
        return (civil->minute == 0 && civil->second == 0) ? 0 : -1;
    }

    if (civil->hour > 23 || civil->minute > 59 || civil->second > 59) {
        return -1;
    }

    return 0;
}


static int
news_date_finish(news_civil_t *civil, const news_zone_t *zone, int zoned,
    int offset, int64_t *utc)
{
    int64_t  seconds;

    if (news_date_check(civil) != 0) {
        return -1;
    }

    seconds = news_date_seconds(civil);

    seconds = zoned ? seconds - offset : news_zone_to_utc(zone, seconds);

    /* what a zone moves out of the years 1 to 9999 has no RFC 3339 form */

    if (seconds < INT64_C(-62135596800) || seconds > INT64_C(253402300799)) {
        return -1;
    }

    *utc = seconds;

    return 0;
}


int
news_date_of_name(news_str_t name, const news_zone_t *zone, int64_t *utc)
{
    int           i;
    news_civil_t  civil;

    static const char  form[] = "dddd-dd-dd-";

    if (name.len < sizeof(form) - 1) {
        return 0;
    }

    for (i = 0; form[i]; i++) {
        if (form[i] == 'd' ? (name.data[i] < '0' || name.data[i] > '9')
                           : name.data[i] != '-')
        {
            return 0;
        }
    }

    memset(&civil, 0, sizeof(news_civil_t));

    for (i = 0; i < 4; i++) {
        civil.year = civil.year * 10 + (name.data[i] - '0');
    }

    civil.month = (name.data[5] - '0') * 10 + (name.data[6] - '0');
    civil.day = (name.data[8] - '0') * 10 + (name.data[9] - '0');

    return news_date_finish(&civil, zone, 0, 0, utc) == 0;
}


static int
news_date_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}
