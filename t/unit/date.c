
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "news_date.h"
#include "tap.h"


#define TEST_NONE  "none"


typedef struct {
    const char  *text;
    const char  *iso;         /* TEST_NONE: not to be read */
} test_date_t;


typedef struct {
    int64_t  at;
    int      offset;
} test_zone_t;


static news_arena_t  *arena;


/* without a zone: in +08:00 */

static const test_date_t  test_dates[] = {

    /* RFC 822, 1123 */

    { "Fri, 30 Jul 2021 15:30:00 GMT", "2021-07-30T15:30:00Z" },
    { "Fri, 30 Jul 2021 15:30:00 +0800", "2021-07-30T07:30:00Z" },
    { "Fri, 30 Jul 2021 15:30:00 -0330", "2021-07-30T19:00:00Z" },
    { "Fri, 30 Jul 2021 15:30:00", "2021-07-30T07:30:00Z" },
    { "Fri, 30 Jul 2021 15:30 EST", "2021-07-30T20:30:00Z" },
    { "30 Jul 2021 15:30:00 EDT", "2021-07-30T19:30:00Z" },
    { "30 Jul 2021 15:30:00 CST", "2021-07-30T21:30:00Z" },
    { "30 Jul 2021 15:30:00 cdt", "2021-07-30T20:30:00Z" },
    { "30 Jul 2021 15:30:00 MST", "2021-07-30T22:30:00Z" },
    { "30 Jul 2021 15:30:00 MDT", "2021-07-30T21:30:00Z" },
    { "30 Jul 2021 15:30:00 PST", "2021-07-30T23:30:00Z" },
    { "30 Jul 2021 15:30:00 PDT", "2021-07-30T22:30:00Z" },
    { "30 Jul 2021 15:30:00 UT", "2021-07-30T15:30:00Z" },
    { "30 Jul 2021 15:30:00 UTC", "2021-07-30T15:30:00Z" },
    { "30 Jul 2021 15:30:00 Z", "2021-07-30T15:30:00Z" },
    { "30 Jul 2021 15:30:00 A", "2021-07-30T15:30:00Z" },
    { "30 Jul 2021 15:30:00 GMT+8", "2021-07-30T07:30:00Z" },
    { "Mon, 30 Jul 2021 15:30:00 GMT", "2021-07-30T15:30:00Z" },
    { "Friday, 30 July 2021 15:30:00 GMT", "2021-07-30T15:30:00Z" },
    { "fri, 30 JUL 2021 15:30:00 gmt", "2021-07-30T15:30:00Z" },
    { "Fri,30 Jul 2021 15:30:00 GMT", "2021-07-30T15:30:00Z" },
    { "Fri 30 Jul 2021 15:30:00 GMT", "2021-07-30T15:30:00Z" },
    { "  Fri,  3 Jul  2021   5:30:00   GMT ", "2021-07-03T05:30:00Z" },
    { "Fri, 30 Jul 21 15:30:00 GMT", "2021-07-30T15:30:00Z" },
    { "30 Jul 49 00:00:00 GMT", "2049-07-30T00:00:00Z" },
    { "30 Jul 50 00:00:00 GMT", "1950-07-30T00:00:00Z" },
    { "30 Jul 121 00:00:00 GMT", "2021-07-30T00:00:00Z" },
    { "Friday, 30-Jul-21 15:30:00 GMT", "2021-07-30T15:30:00Z" },
    { "30 Jul 2021", "2021-07-29T16:00:00Z" },
    { "30 Sept 2021 00:00 Z", "2021-09-30T00:00:00Z" },
    { "30 Jul. 2021 15:30:00 GMT", "2021-07-30T15:30:00Z" },
    { "Fri (or so), 30 Jul (summer (north\\)) ) 2021 15:30:00 GMT (UTC)",
      "2021-07-30T15:30:00Z" },

    /* ISO 8601 */

    { "2021-07-30T15:30:00Z", "2021-07-30T15:30:00Z" },
    { "2021-07-30t15:30:00z", "2021-07-30T15:30:00Z" },
    { "2021-07-30T15:30Z", "2021-07-30T15:30:00Z" },
    { "2021-07-30T15Z", "2021-07-30T15:00:00Z" },
    { "2021-07-30T15:30:00+08:00", "2021-07-30T07:30:00Z" },
    { "2021-07-30T15:30:00+0800", "2021-07-30T07:30:00Z" },
    { "2021-07-30T15:30:00-08", "2021-07-30T23:30:00Z" },
    { "2021-07-30T15:30:00.999Z", "2021-07-30T15:30:00Z" },
    { "2021-07-30T15:30:00,5+08:00", "2021-07-30T07:30:00Z" },
    { "2021-07-30T15:30:00", "2021-07-30T07:30:00Z" },
    { "20210730T153000Z", "2021-07-30T15:30:00Z" },
    { "20210730T1530+0800", "2021-07-30T07:30:00Z" },
    { "20210730", "2021-07-29T16:00:00Z" },
    { "2021-07-30T24:00:00Z", "2021-07-31T00:00:00Z" },
    { "2021-12-31T24:00Z", "2022-01-01T00:00:00Z" },
    { "2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z" },
    { "2020-02-29", "2020-02-28T16:00:00Z" },
    { "2000-02-29", "2000-02-28T16:00:00Z" },

    /* dates with a blank, with slashes, YAML 1.1 */

    { "2021-07-30", "2021-07-29T16:00:00Z" },
    { "2021-07-30 15:30", "2021-07-30T07:30:00Z" },
    { "2021-07-30 15:30:00", "2021-07-30T07:30:00Z" },
    { "2021-07-30 15:30:00 UTC", "2021-07-30T15:30:00Z" },
    { "2021-07-30 15:30:00 GMT", "2021-07-30T15:30:00Z" },
    { "2021-07-30 15:30:00 +0800", "2021-07-30T07:30:00Z" },
    { "2021-07-30 15:30 +08:00", "2021-07-30T07:30:00Z" },
    { "2021-07-30 15:30:00+9", "2021-07-30T06:30:00Z" },
    { "2021-07-30 15:30 GMT+08:00", "2021-07-30T07:30:00Z" },
    { "2021-07-30 +08:00", "2021-07-29T16:00:00Z" },
    { "2021-07-30 -5", "2021-07-30T05:00:00Z" },
    { "2021-07-30 UTC", "2021-07-30T00:00:00Z" },
    { "2021-07-30Z", "2021-07-30T00:00:00Z" },
    { "2021-07-30+08:00", "2021-07-29T16:00:00Z" },
    { "2021/07/30", "2021-07-29T16:00:00Z" },
    { "2021/7/3 5:30", "2021-07-02T21:30:00Z" },
    { "2021/07/30 15:30:00 +0800", "2021-07-30T07:30:00Z" },
    { "2001-12-14t21:59:43.10-05:00", "2001-12-15T02:59:43Z" },
    { "2001-12-14 21:59:43.10 -5", "2001-12-15T02:59:43Z" },
    { "2001-12-15 2:59:43.10", "2001-12-14T18:59:43Z" },
    { "2001-1-5 2:59:43 +8", "2001-01-04T18:59:43Z" },
    { "2001-12-14\t21:59:43", "2001-12-14T13:59:43Z" },
    { "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z" },
    { "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z" },

    /* none of them */

    { "", TEST_NONE }, { " ", TEST_NONE }, { "yesterday", TEST_NONE },
    { "2021", TEST_NONE }, { "2021-07", TEST_NONE }, { "20217", TEST_NONE },
    { "2021-02-29", TEST_NONE }, { "2021-02-30", TEST_NONE },
    { "1900-02-29", TEST_NONE }, { "2021-13-01", TEST_NONE },
    { "2021-00-01", TEST_NONE }, { "2021-01-00", TEST_NONE },
    { "2021-04-31", TEST_NONE }, { "2021-1-1-1", TEST_NONE },
    { "2021-007-30", TEST_NONE }, { "2021-07-030", TEST_NONE },
    { "0000-01-01", TEST_NONE }, { "-2021-07-30", TEST_NONE },
    { "+12021-07-30", TEST_NONE }, { "12021-07-30", TEST_NONE },
    { "2021-07/30", TEST_NONE }, { "2021.07.30", TEST_NONE },
    { "2021-07-30 25:00", TEST_NONE }, { "2021-07-30 24:01", TEST_NONE },
    { "2021-07-30 15:60", TEST_NONE }, { "2021-07-30 15:30:61", TEST_NONE },
    { "2021-07-30 15", TEST_NONE }, { "2021-07-30 15:3", TEST_NONE },
    { "2021-07-30 15:30:0", TEST_NONE }, { "2021-07-30 1530", TEST_NONE },
    { "2021-07-30T", TEST_NONE }, { "2021-07-30 15:30:00.", TEST_NONE },
    { "2021-07-30 15:30.5", TEST_NONE }, { "2021-07-30 15:30 x", TEST_NONE },
    { "2021-07-30T15:30:00ZZ", TEST_NONE },
    { "2021-07-30T15:30:00Z x", TEST_NONE },
    { "2021-07-30 15:30 +24:00", TEST_NONE },
    { "2021-07-30 15:30 +08:60", TEST_NONE },
    { "2021-07-30 15:30 +080", TEST_NONE },
    { "2021-07-30 15:30 +", TEST_NONE }, { "2021-07-30-08", TEST_NONE },
    { "2021-07-30 15:30 JST", TEST_NONE },
    { "2021-07-30 15:30 EST+1", TEST_NONE },
    { "2021-W30-5", TEST_NONE }, { "2021-211", TEST_NONE },
    { "2021-07-3015:30", TEST_NONE }, { "2021-07-30 3:30 PM", TEST_NONE },
    { "Fri, 30 Jul", TEST_NONE }, { "Fri, 30 2021", TEST_NONE },
    { "Foo, 30 Jul 2021", TEST_NONE }, { "30 Foo 2021", TEST_NONE },
    { "30 Feb 2021", TEST_NONE }, { "300 Jul 2021", TEST_NONE },
    { "30 Jul 2021 GMT", TEST_NONE }, { "30 Jul 20211", TEST_NONE },
    { "30 Jul 2021 15:30:00 J", TEST_NONE },
    { "30 Jul 2021 (15:30", TEST_NONE }, { "30 Jul 2021) 15:30", TEST_NONE },
    { "0001-01-01T00:00:00+01:00", TEST_NONE },
    { "9999-12-31T23:59:59-01:00", TEST_NONE }
};


static void
test_parse(void)
{
    int             rc;
    size_t          i, n;
    int64_t         utc;
    news_zone_t    *zone;
    unsigned char   iso[32];

    zone = news_zone_offset(arena, news_str("+08:00"));

    for (i = 0; i < sizeof(test_dates) / sizeof(test_dates[0]); i++) {
        rc = news_date_parse(news_str(test_dates[i].text), zone, &utc);
        n = 0;

        if (rc == 0) {
            n = news_date_iso(iso, utc);
        }

        is_str(rc == 0 ? news_str_n(iso, n) : news_str(TEST_NONE),
               test_dates[i].iso, test_dates[i].text);
    }

    is_int(news_date_parse(news_str_n("2021-07-30\0", 11), NULL, &utc), -1,
           "a zero byte");
    is_int(news_date_parse(news_str("2021-07-30"), NULL, &utc), 0, "no zone");
    is_int(utc, 1627603200, "is UTC");
}


static void
test_names(void)
{
    int64_t       utc;
    news_zone_t  *zone;

    zone = news_zone_offset(arena, news_str("-0230"));

    is_int(news_date_of_name(news_str("2021-07-30-title.txt"), zone, &utc), 1,
           "a name with a date");
    is_int(utc, 1627603200 + 9000, "in the zone");
    is_int(news_date_of_name(news_str("2021-07-30.txt"), NULL, &utc), 0,
           "no hyphen behind");
    is_int(news_date_of_name(news_str("2021-7-30-x.txt"), NULL, &utc), 0,
           "short");
    is_int(news_date_of_name(news_str("2021-02-30-x.txt"), NULL, &utc), 0,
           "no such day");
    is_int(news_date_of_name(news_str("2021-07-30"), NULL, &utc), 0,
           "too short");
}


/* against the C library, every 13 days and odd seconds */

static void
test_calendar(void)
{
    int           bad;
    time_t        at;
    int64_t       t;
    struct tm     tm;
    news_civil_t  c;

    bad = 0;

    for (t = INT64_C(-62135596800); t <= INT64_C(253402300799);
         t += 13 * 86400 + 3607)
    {
        at = (time_t) t;
        gmtime_r(&at, &tm);
        news_date_civil(t, &c);

        bad += c.year != tm.tm_year + 1900 || c.month != tm.tm_mon + 1
               || c.day != tm.tm_mday || c.hour != tm.tm_hour
               || c.minute != tm.tm_min || c.second != tm.tm_sec
               || c.weekday != tm.tm_wday || news_date_seconds(&c) != t;
    }

    is_int(bad, 0, "the calendar of years 1 to 9999");
}


static void
test_text(void)
{
    size_t         i, n;
    news_zone_t   *zone;
    unsigned char  text[64];

    static const struct {
        const char  *lang;
        int64_t      utc;
        const char  *text;
    } days[] = {
        { "", 1627603200, "July 30, 2021" },
        { "en", 1627603200, "July 30, 2021" },
        { "en-US", 1627603200, "July 30, 2021" },
        { "EN-gb", 1627603200, "30 July 2021" },
        { "zh-CN", 1627603200, "2021年7月30日" },
        { "zh-Hant-TW", 1627603200, "2021年7月30日" },
        { "ja", 1627603200, "2021年7月30日" },
        { "ko-KR", 1627603200, "2021년 7월 30일" },
        { "de", 1614816000, "4. März 2021" },
        { "fr", 1627776000, "1er août 2021" },
        { "fr-CA", 1627862400, "2 août 2021" },
        { "es", 1627603200, "30 de julio de 2021" },
        { "it", 1627603200, "30 luglio 2021" },
        { "pt-BR", 1614816000, "4 de março de 2021" },
        { "nl", 1614816000, "4 maart 2021" },
        { "ru", 1614816000, "4 марта 2021 г." },
        { "sv", 1614816000, "2021-03-04" },
        { "eng", 1614816000, "2021-03-04" },
        { "en", INT64_C(-62135510400), "January 2, 1" }
    };

    for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
        n = news_date_text(text, days[i].utc, NULL, news_str(days[i].lang));
        is_str(news_str_n(text, n), days[i].text, days[i].lang);
    }

    zone = news_zone_offset(arena, news_str("-01"));
    n = news_date_text(text, 1627603200, zone, news_str("en"));
    is_str(news_str_n(text, n), "July 29, 2021", "day of the zone");
}


static void
test_offsets(void)
{
    size_t        i;
    news_zone_t  *zone;

    static const struct {
        const char  *name;
        int          offset;
    } offsets[] = {
        { "+08:00", 28800 }, { "-0330", -12600 }, { "+05", 18000 },
        { "Z", 0 }, { "z", 0 }, { "UTC", 0 }, { "utc", 0 },
        { "-00:30", -1800 }
    };

    static const char  *none[] = {
        "", "+8", "+080", "+08:0", "+08-00", "+24:00", "+08:60", "08:00",
        "+08:00x", "Asia/Shanghai", "+aa", "+:800"
    };

    for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        zone = news_zone_offset(arena, news_str(offsets[i].name));
        ok(zone != NULL, "%s", offsets[i].name);
        is_int(news_zone_at(zone, 0), offsets[i].offset, offsets[i].name);
        is_int(news_zone_to_utc(zone, 0), -offsets[i].offset, "back");
    }

    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        zone = news_zone_offset(arena, news_str(none[i]));
        ok(zone == NULL, "no offset: '%s'", none[i]);
    }

    is_int(news_zone_at(NULL, 0), 0, "no zone is UTC");
    is_int(news_zone_to_utc(NULL, 5), 5, "both ways");
}


static void
test_put(news_buf_t *b, int64_t v, int bytes)
{
    while (bytes--) {
        news_buf_addc(b, (unsigned char) ((uint64_t) v >> (8 * bytes)));
    }
}


/* a TZif file: "types" offsets, each transition to the next type in turn */

static news_str_t
test_tzif(int version, const int64_t *at, size_t n, const int *types,
    size_t n_types, const char *footer)
{
    int         pass, passes, wide;
    size_t      i;
    news_buf_t  b;

    news_buf_init(&b, arena, 256);
    passes = version ? 2 : 1;

    for (pass = 1; pass <= passes; pass++) {
        wide = (pass == 2) ? 8 : 4;

        news_buf_add(&b, "TZif", 4);
        test_put(&b, version, 1);
        news_buf_add(&b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
        test_put(&b, 0, 4);
        test_put(&b, 0, 4);
        test_put(&b, 0, 4);
        test_put(&b, (int64_t) n, 4);
        test_put(&b, (int64_t) n_types, 4);
        test_put(&b, 4, 4);

        for (i = 0; i < n; i++) {
            test_put(&b, at[i], wide);
        }

        for (i = 0; i < n; i++) {
            test_put(&b, (int64_t) ((i + 1) % n_types), 1);
        }

        for (i = 0; i < n_types; i++) {
            test_put(&b, types[i], 4);
            test_put(&b, 0, 2);
        }

        news_buf_add(&b, "XXX", 4);
    }

    if (version) {
        news_buf_addc(&b, '\n');
        news_buf_addz(&b, footer);
        news_buf_addc(&b, '\n');
    }

    return news_buf_str(&b);
}


static void
test_zone_is(const char *footer, const test_zone_t *list, size_t n)
{
    size_t        i;
    news_zone_t  *zone;

    static const int  types[] = { 0 };

    zone = news_zone_parse(arena, test_tzif('2', NULL, 0, types, 1, footer));
    ok(zone != NULL, "%s", footer);

    for (i = 0; zone != NULL && i < n; i++) {
        is_int(news_zone_at(zone, list[i].at), list[i].offset, footer);
    }
}


static void
test_rules(void)
{
    size_t        i;
    news_zone_t  *zone;

    static const int  types[] = { 0 };

    static const test_zone_t  berlin[] = {
        { 1616893199, 3600 }, { 1616893200, 7200 },     /* 28 Mar 2021 */
        { 1635641999, 7200 }, { 1635642000, 3600 },     /* 31 Oct 2021 */
        { 4078429199, 3600 }, { 4078429200, 7200 },     /* 29 Mar 2099 */

        /* before the year 1, and after 9999: as at the end there */

        { -62150000000, 3600 }, { 253418000000, 3600 }
    };

    static const test_zone_t  sydney[] = {
        { 1617465599, 39600 }, { 1617465600, 36000 },   /* 4 Apr 2021 */
        { 1633190399, 36000 }, { 1633190400, 39600 },   /* 3 Oct 2021 */
        { 1640995200, 39600 }
    };

    static const test_zone_t  quoted[] = { { 0, -10800 }, { 1, -10800 } };
    static const test_zone_t  always[] = {
        { 1609459200, -14400 }, { 1625097600, -14400 }, { 1640995199, -14400 },
        { 1640995200, -14400 }, { 1640926800, -14400 }, { 1641013200, -14400 }
    };

    static const test_zone_t  julian[] = {
        { 1583020799, 0 }, { 1583020800, 3600 },        /* 1 Mar 2020 */
        { 1583107199, 3600 }, { 1583107200, 0 },
        { 1614556799, 0 }, { 1614556800, 3600 }         /* 1 Mar 2021 */
    };

    static const test_zone_t  greenland[] = {
        { 1711846799, -7200 }, { 1711846800, -3600 },
        { 1729990799, -3600 }, { 1729990800, -7200 }
    };

    static const char  *bad[] = {
        "X", "XX", "XXX", "XXX0YYY", "XXX0YYY,M3.2.0", "XXX0YYY,M0.2.0,J1",
        "XXX0YYY,M13.2.0,J1", "XXX0YYY,M3.6.0,J1", "XXX0YYY,M3.2.7,J1",
        "XXX0YYY,J0,J1", "XXX0YYY,J366,J1", "XXX0YYY,366,J1",
        "XXX0YYY,J1/168,J2", "XXX25", "XXX0:60", "XXX0YYY,J1,J2x", "<XXX0",
        "XXX99999999999999999999", "XXX0YYY,J1,J", "XXX0YYY,M3,J1", "XXX-"
    };

    test_zone_is("CET-1CEST,M3.5.0,M10.5.0/3", berlin, 8);
    test_zone_is("AEST-10AEDT,M10.1.0,M4.1.0/3", sydney, 5);
    test_zone_is("<-03>3", quoted, 2);
    test_zone_is("EST5EDT,0/0,J365/25", always, 6);
    test_zone_is("AAA0BBB,J60/0,J60/25", julian, 2);
    test_zone_is("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", greenland, 4);

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        zone = news_zone_parse(arena,
                               test_tzif('2', NULL, 0, types, 1, bad[i]));
        ok(zone == NULL, "footer refused: %s", bad[i]);
    }
}


static void
test_transitions(void)
{
    size_t        i;
    news_str_t    s;
    news_zone_t  *zone;

    static const int      types[] = { -18000, -14400 };
    static const int      far[] = { 0, 700000 };
    static const int64_t  at[] = { 100000, 500000, 900000 };
    static const int64_t  same[] = { 100000, 100000 };

    for (i = 0; i < 3; i++) {
        s = test_tzif(i ? (int) ('1' + i) : 0, at, 3, types, 2, i == 1 ? ""
                      : "EST5");
        zone = news_zone_parse(arena, s);
        ok(zone != NULL, "transitions");

        is_int(news_zone_at(zone, INT64_MIN), -18000, "before the first");
        is_int(news_zone_at(zone, 99999), -18000, "just before");
        is_int(news_zone_at(zone, 100000), -14400, "at the first");
        is_int(news_zone_at(zone, 499999), -14400, "before the second");
        is_int(news_zone_at(zone, 500000), -18000, "at the second");
        is_int(news_zone_at(zone, 899999), -18000, "before the last");
        is_int(news_zone_at(zone, 950000), i == 2 ? -18000 : -14400,
               "behind the last");
        is_int(news_zone_at(zone, INT64_MAX), i == 2 ? -18000 : -14400,
               "far behind");

        is_int(news_zone_to_utc(zone, 100000 - 18000 - 1), 99999, "before");
        is_int(news_zone_to_utc(zone, 100000 - 18000), 100000, "a gap");
        is_int(news_zone_to_utc(zone, 100000 - 18000 + 1800), 101800,
               "moved on");
        is_int(news_zone_to_utc(zone, 100000 - 14400), 100000, "after it");
        is_int(news_zone_to_utc(zone, 500000 - 14400 - 1800), 498200,
               "the earlier of two");
        is_int(news_zone_to_utc(zone, 500000 - 14400), 500000 + 3600,
               "one again");
    }

    ok(news_zone_parse(arena, test_tzif('2', same, 2, types, 2, "EST5"))
       == NULL, "refused: two transitions at a time");
    ok(news_zone_parse(arena, test_tzif('2', at, 3, far, 2, "EST5")) == NULL,
       "refused: an offset of more than a week");
    ok(news_zone_parse(arena, test_tzif('2', at, 0, types, 0, "EST5"))
       == NULL, "refused: no type");

    /* no cut of a good file is one, and no changed count reads outside */

    for (i = 0; i < s.len; i++) {
        zone = news_zone_parse(arena, news_str_n(s.data, i));
        if (zone != NULL) {
            break;
        }
    }

    is_int(i, s.len, "no part of a file is one");
}


/* the system's own zones, where it has any */

static void
test_system(void)
{
    int           bad;
    FILE         *f;
    char          path[128];
    size_t        i, n;
    time_t        at;
    int64_t       t;
    struct tm     tm;
    news_zone_t  *zone;

    static unsigned char  data[65536];
    static const char    *names[] = {
        "Asia/Shanghai", "America/New_York", "Europe/Dublin", "Asia/Tehran",
        "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca",
        "America/Nuuk", "Asia/Kathmandu", "Pacific/Apia", "Asia/Gaza"
    };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", names[i]);
        f = fopen(path, "rb");

        if (f == NULL) {
            ok(1, "%s # skip not installed", names[i]);
            continue;
        }

        n = fread(data, 1, sizeof(data), f);
        fclose(f);

        zone = news_zone_parse(arena, news_str_n(data, n));
        memset(data, 0, sizeof(data));
        setenv("TZ", names[i], 1);
        tzset();

        bad = (zone == NULL);

        for (t = INT64_C(-5000000000); !bad && t < INT64_C(9000000000);
             t += 3 * 86400 + 3607)
        {
            at = (time_t) t;
            localtime_r(&at, &tm);
            bad += news_zone_at(zone, t) != tm.tm_gmtoff;
            bad += news_zone_at(zone, news_zone_to_utc(zone,
                                                       t + tm.tm_gmtoff))
                   != tm.tm_gmtoff
                   && news_zone_to_utc(zone, t + tm.tm_gmtoff) > t;
        }

        is_int(bad, 0, names[i]);
    }
}


int
main(void)
{
    arena = news_arena_create((size_t) -1);

    test_parse();
    test_names();
    test_calendar();
    test_text();
    test_offsets();
    test_rules();
    test_transitions();
    test_system();

    news_arena_destroy(arena);

    return done();
}
