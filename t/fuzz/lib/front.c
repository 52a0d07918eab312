
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * What must hold of front matter: what has it may open it, by any part of it;
 * a mistake is one, and has a place; the values are a map, the same twice,
 * and can be written as JSON.
 */

#include "fuzz.h"
#include "news_front.h"


static news_str_t fuzz_front(news_arena_t *a, const news_front_t *front);


void
fuzz_check_front(news_str_t text)
{
    fuzz_t        f;
    size_t        n;
    news_str_t    json;
    news_front_t  front;

    fuzz_begin(&f);

    if (news_front_find(text, &front)) {

        for (n = 0; n <= text.len; n += 1 + n / 16) {
            check(news_front_opens(news_str_n(text.data, n)) != 0);
        }

        check(news_front_opens(text) == 1);

    } else {
        front.yaml = text;
        front.line = 1;
    }

    json = fuzz_front(f.arena, &front);

    fuzz_check_utf8(json);
    fuzz_check_json(json);
    check(news_str_eq(json, fuzz_front(f.arena, &front)));

    fuzz_end(&f, text.len);
}


static news_str_t
fuzz_front(news_arena_t *a, const news_front_t *front)
{
    int              rc;
    news_buf_t       json;
    news_value_t    *map;
    news_problems_t  problems;

    news_problems_init(&problems, a);

    rc = news_front_parse(a, front, &map, &problems);

    check(rc == 0 || rc == 1);
    check(map->type == NEWS_MAP);
    check(problems.n == (unsigned) rc);

    if (rc == 1) {
        check(problems.first->line >= front->line);
        check(problems.first->column >= 1);
    }

    news_buf_init(&json, a, 64);
    news_value_json(&json, map);
    check(!json.failed);

    return news_buf_str(&json);
}
