
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * The bytes are a date, and a zone's file.  What is read as a date is written
 * as one, and that is read as the same.
 */

#include "lib/fuzz.h"
#include "news_date.h"


static void check_text(int64_t utc, const news_zone_t *zone);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t          f;
    size_t          n;
    int64_t         utc, again;
    news_str_t      in;
    news_zone_t    *zone;
    unsigned char   text[64];

    fuzz_begin(&f);

    in = news_str_n(data, size);
    zone = news_zone_parse(f.arena, in);

    if (zone != NULL) {
        for (utc = -5000000000; utc < 9000000000; utc += 100000007) {
            (void) news_zone_at(zone, news_zone_to_utc(zone, utc));
        }
    }

    if (news_date_parse(in, zone, &utc) == 0) {
        n = news_date_iso(text, utc);

        check(n == 20);
        check(news_date_parse(news_str_n(text, n), NULL, &again) == 0);
        check(again == utc);

        check_text(utc, zone);
    }

    fuzz_end(&f, size);

    return 0;
}


static void
check_text(int64_t utc, const news_zone_t *zone)
{
    size_t         i, n;
    unsigned char  text[64], again[64];

    static const char *const  langs[] = { "ru", "zh-Hans", "ar", "en", "" };

    for (i = 0; i < sizeof(langs) / sizeof(langs[0]); i++) {
        n = news_date_text(text, utc, zone, news_str(langs[i]));

        check(n > 0 && n <= sizeof(text));
        check(news_date_text(again, utc, zone, news_str(langs[i])) == n);
        check(memcmp(text, again, n) == 0);

        fuzz_check_utf8(news_str_n(text, n));
    }
}
