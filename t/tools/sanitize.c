
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * sanitize [-t] [-i] [HOST]: HTML of a body from standard input to standard
 * output; -t trusts it, -i leaves headings without ids.  Null bytes part
 * several documents, in and out.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "news_sanitize.h"


static unsigned char *read_all(size_t *len);
static int sanitize(news_str_t html, const news_sanitize_options_t *options);


int
main(int argc, char **argv)
{
    int                       i, rc;
    size_t                    len;
    unsigned char            *in, *p, *end, *last;
    news_sanitize_options_t   options;

    memset(&options, 0, sizeof(options));
    options.heading_ids = 1;

    for (i = 1; i < argc; i++) {

        if (strcmp(argv[i], "-t") == 0) {
            options.trust = 1;

        } else if (strcmp(argv[i], "-i") == 0) {
            options.heading_ids = 0;

        } else {
            options.site_host = news_str(argv[i]);
        }
    }

    in = read_all(&len);
    if (in == NULL) {
        return 1;
    }

    last = in + len;
    rc = 0;

    for (p = in; rc == 0 && p <= last; p = end + 1) {
        end = memchr(p, '\0', last - p);

        if (end == NULL) {
            end = last;
        }

        if (p > in) {
            putchar('\0');
        }

        rc = sanitize(news_str_n(p, end - p), &options);
    }

    free(in);

    return rc;
}


static int
sanitize(news_str_t html, const news_sanitize_options_t *options)
{
    int            rc;
    news_buf_t     out;
    news_text_t    text;
    news_arena_t  *a;

    a = news_arena_create(256 * 1024 * 1024);
    if (a == NULL) {
        return 1;
    }

    news_buf_init(&out, a, html.len + html.len / 4 + 64);

    rc = news_text_init(&text, a);

    if (rc == 0) {
        rc = news_sanitize(a, html, options, &out, &text);
    }

    if (rc == 0) {
        fwrite(out.data, 1, out.len, stdout);

    } else {
        fprintf(stderr, "sanitize: memory is out\n");
    }

    news_arena_destroy(a);

    return rc ? 1 : 0;
}


static unsigned char *
read_all(size_t *len)
{
    size_t          n, size;
    unsigned char  *p, *bigger;

    size = 65536;
    *len = 0;
    p = malloc(size);

    while (p) {
        n = fread(p + *len, 1, size - *len, stdin);
        *len += n;

        if (n == 0) {
            return p;
        }

        if (*len == size) {
            size *= 2;
            bigger = realloc(p, size);

            if (bigger == NULL) {
                free(p);
            }

            p = bigger;
        }
    }

    return NULL;
}
