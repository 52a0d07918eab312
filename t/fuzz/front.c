
/*
 * Copyright (C) ngx_news_module authors
 */


#include <stdlib.h>

#include "news_front.h"
#include "news_utf8.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int              rc;
    news_buf_t       text, json;
    news_front_t     front;
    news_value_t    *map;
    news_arena_t    *a;
    news_problems_t  problems;

    a = news_arena_create((size_t) -1);

    news_buf_init(&text, a, size + 16);
    news_utf8_repair(&text, news_str_n(data, size));

    rc = news_front_find(news_buf_str(&text), &front);

    /* what has front matter may open it, by any part of it */

    if (rc == 1 && news_front_opens(news_buf_str(&text)) != 1) {
        abort();
    }

    if (rc == 0) {
        front.yaml = news_buf_str(&text);
        front.line = 1;
    }

    news_problems_init(&problems, a);
    rc = news_front_parse(a, &front, &map, &problems);

    if (rc == -1 || map->type != NEWS_MAP || problems.n != (unsigned) rc) {
        abort();
    }

    if (rc == 1
        && (problems.first->line < front.line || problems.first->column < 1))
    {
        abort();
    }

    news_buf_init(&json, a, 64);
    news_value_json(&json, map);

    if (news_utf8_valid(json.data, json.len) != json.len) {
        abort();
    }

    news_arena_destroy(a);

    return 0;
}
