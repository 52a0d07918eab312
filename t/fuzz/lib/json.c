
/*
 * Copyright (C) ngx_news_module authors
 */


/* Whether a text is JSON, after the grammar of RFC 8259. */

#include "fuzz.h"


#define FUZZ_JSON_DEPTH  128


static const unsigned char *fuzz_json_scalar(const unsigned char *p,
    const unsigned char *last);
static const unsigned char *fuzz_json_string(const unsigned char *p,
    const unsigned char *last);
static const unsigned char *fuzz_json_number(const unsigned char *p,
    const unsigned char *last);
static const unsigned char *fuzz_json_digits(const unsigned char *p,
    const unsigned char *last);


/* without blanks between the tokens, as it is written */

void
fuzz_check_json(news_str_t s)
{
    int                   wants_name;
    char                  open[FUZZ_JSON_DEPTH];
    unsigned              n;
    const unsigned char  *p, *last;

    p = s.data;
    last = p + s.len;
    n = 0;

    do {
        wants_name = (n > 0 && open[n - 1] == '}');

        if (wants_name) {
            p = fuzz_json_string(p, last);
            check(p < last && *p++ == ':');
        }

        check(p < last);

        if (*p == '{' || *p == '[') {
            check(n < FUZZ_JSON_DEPTH);
            open[n++] = (*p++ == '{') ? '}' : ']';

            if (p == last || *p != open[n - 1]) {
                continue;
            }

        } else {
            p = fuzz_json_scalar(p, last);
        }

        while (n > 0 && p < last && *p == open[n - 1]) {
            n--;
            p++;
        }

        check(n == 0 || (p < last && *p++ == ','));

    } while (n > 0);

    check(p == last);
}


static const unsigned char *
fuzz_json_scalar(const unsigned char *p, const unsigned char *last)
{
    size_t  i, len;

    static const char *const  words[] = { "true", "false", "null" };

    if (*p == '"') {
        return fuzz_json_string(p, last);
    }

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        len = strlen(words[i]);

        if ((size_t) (last - p) >= len && memcmp(p, words[i], len) == 0) {
            return p + len;
        }
    }

    return fuzz_json_number(p, last);
}


static const unsigned char *
fuzz_json_string(const unsigned char *p, const unsigned char *last)
{
    unsigned  i;

    check(p < last && *p == '"');

    for (p++; p < last && *p != '"'; p++) {
        check(*p >= 0x20 && *p != '<');

        if (*p != '\\') {
            continue;
        }

        check(++p < last && *p != '\0' && strchr("\"\\/bfnrtu", *p) != NULL);

        for (i = (*p == 'u') ? 4 : 0; i > 0; i--) {
            check(++p < last && *p != '\0'
                  && strchr("0123456789abcdefABCDEF", *p) != NULL);
        }
    }

    check(p < last);

    return p + 1;
}


static const unsigned char *
fuzz_json_number(const unsigned char *p, const unsigned char *last)
{
    if (p < last && *p == '-') {
        p++;
    }

    if (p < last && *p == '0') {
        p++;

    } else {
        p = fuzz_json_digits(p, last);
    }

    if (p < last && *p == '.') {
        p = fuzz_json_digits(p + 1, last);
    }

    if (p < last && (*p == 'e' || *p == 'E')) {
        p++;

        if (p < last && (*p == '+' || *p == '-')) {
            p++;
        }

        p = fuzz_json_digits(p, last);
    }

    return p;
}


static const unsigned char *
fuzz_json_digits(const unsigned char *p, const unsigned char *last)
{
    check(p < last && *p >= '0' && *p <= '9');

    while (p < last && *p >= '0' && *p <= '9') {
        p++;
    }

    return p;
}
