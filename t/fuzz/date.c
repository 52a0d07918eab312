
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdlib.h>

#include "news_date.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* the bytes are a date, and a zone's file */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t         n;
    int64_t        utc, again;
    news_zone_t   *zone;
    news_arena_t  *a;
    unsigned char  text[64];

    a = news_arena_create((size_t) -1);

    zone = news_zone_parse(a, news_str_n(data, size));

    if (zone != NULL) {
        for (utc = -5000000000; utc < 9000000000; utc += 100000007) {
            (void) news_zone_at(zone, news_zone_to_utc(zone, utc));
        }
    }

    if (news_date_parse(news_str_n(data, size), zone, &utc) == 0) {
        n = news_date_iso(text, utc);

        if (n != 20
            || news_date_parse(news_str_n(text, n), NULL, &again) != 0
            || again != utc
            || news_date_text(text, utc, zone, news_str("ru")) > 64)
        {
            abort();
        }
    }

    news_arena_destroy(a);

    return 0;
}
