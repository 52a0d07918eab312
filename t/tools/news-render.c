
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Renders an article to standard output, with nothing but the engine.
 *
 *     news-render [options] FILE
 *
 *     --template FILE      Mustache template, partials beside it
 *     --html MODE          sanitize, omit, trust
 *     --body KIND          auto, markdown, html
 *     --breaks KIND        auto, soft, hard
 *     --no-heading-ids     no ids for headings
 *     --optional           front matter may be absent
 *     --charset NAME       may be given several times
 *     --timezone ZONE      ±hh:mm or a name below /usr/share/zoneinfo
 *     --lang TAG  --site-name TEXT  --site-url URL  --url PATH
 *     --content            the body alone
 *     --json               fields and content
 *     --seconds N          processor time of a render, 2 by default
 *     --repeat N           render N times, print microseconds for each
 *
 * Problems go to standard error as the module logs them.  Exits with 0, 1 on
 * an error, 2 when the file is no article.
 */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "news.h"


#define MEMORY  ((size_t) 256 * 1024 * 1024)
#define KEEP    ((size_t) 4 * 1024 * 1024)


typedef struct {
    double           seconds;
    struct timespec  start;        /* of processor time */
    struct timespec  wall;
} limit_t;


typedef struct {
    news_options_t   options;
    news_source_t    source;
    news_str_t       charsets[16];
    size_t           n_charsets;
    const char      *template;
    const char      *timezone;
    const char      *path;
    long             repeat;
    double           seconds;
    int              content;
} args_t;


static news_arena_t  *conf;          /* lives as long as the program */


static void
die(const char *what, const char *name)
{
    fprintf(stderr, "news-render: %s \"%s\"\n", what, name);
    exit(1);
}


static int
read_file(const char *path, news_str_t *text)
{
    FILE           *f;
    size_t          n;
    news_buf_t      buf;
    unsigned char  *p;

    f = fopen(path, "rb");
    if (f == NULL) {
        return -1;
    }

    news_buf_init(&buf, conf, 65536);

    for ( ;; ) {
        p = news_buf_reserve(&buf, 65536);
        if (p == NULL) {
            die("no memory for", path);
        }

        n = fread(p, 1, 65536, f);
        if (n == 0) {
            break;
        }

        buf.len += n;
    }

    fclose(f);
    *text = news_buf_str(&buf);

    return 0;
}


static int
load_partial(void *data, news_str_t name, news_str_t *text, news_str_t *file)
{
    int           i;
    char          path[PATH_MAX];
    const char   *slash;
    args_t       *args = data;

    static const char  *endings[] = { "mustache", "html" };

    for (i = 0; i < 2 && args->template != NULL; i++) {
        slash = strrchr(args->template, '/');

        snprintf(path, sizeof(path), "%.*s%.*s.%s",
                 slash ? (int) (slash - args->template + 1) : 0,
                 args->template, (int) name.len, (const char *) name.data,
                 endings[i]);

        if (read_file(path, text) == 0) {
            *file = news_str_dup(conf, news_str(path));
            return 0;
        }
    }

    *file = name;

    return news_theme(name, text);
}


static void
print_problems(const news_problems_t *list, const char *path)
{
    news_problem_t  *p;

    for (p = list->first; p != NULL; p = p->next) {
        fprintf(stderr, "news: %.*s", (int) p->text.len,
                (const char *) p->text.data);

        if (p->line != 0) {
            fprintf(stderr, " at line %u", p->line);
        }

        if (p->column != 0) {
            fprintf(stderr, ", column %u", p->column);
        }

        if (p->file.len != 0) {
            fprintf(stderr, " in \"%.*s\"\n", (int) p->file.len,
                    (const char *) p->file.data);

        } else {
            fprintf(stderr, " in \"%s\"\n", path);
        }
    }
}


static double
since(const struct timespec *start, clockid_t clock)
{
    struct timespec  now;

    clock_gettime(clock, &now);

    return (double) (now.tv_sec - start->tv_sec)
           + (double) (now.tv_nsec - start->tv_nsec) / 1e9;
}


/* the wall's clock takes no system call, and is never behind */

static int
expired(void *data)
{
    limit_t  *limit = data;

    return since(&limit->wall, CLOCK_MONOTONIC) > limit->seconds
           && since(&limit->start, CLOCK_THREAD_CPUTIME_ID) > limit->seconds;
}


static void
compile(args_t *args)
{
    news_str_t       text, file;
    news_problems_t  problems;

    news_problems_init(&problems, conf);

    if (args->content) {
        text = news_str("{{{content}}}");
        file = news_str("content");

    } else if (args->template != NULL) {
        if (read_file(args->template, &text) != 0) {
            die(strerror(errno), args->template);
        }

        file = news_str(args->template);

    } else {
        (void) news_theme(news_str("default"), &text);
        file = news_str("default");
    }

    args->options.template = news_template_compile(conf, text, file,
                                                   load_partial, args,
                                                   &problems);
    print_problems(&problems, "template");

    if (args->options.template == NULL) {
        exit(1);
    }
}


static void
find_zone(args_t *args)
{
    char          path[PATH_MAX];
    news_str_t    name, text;

    if (args->timezone == NULL) {
        return;
    }

    name = news_str(args->timezone);
    args->options.zone = news_zone_offset(conf, name);

    if (args->options.zone != NULL) {
        return;
    }

    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", args->timezone);

    if (read_file(path, &text) == 0) {
        args->options.zone = news_zone_parse(conf, text);
    }

    if (args->options.zone == NULL) {
        die("unknown time zone", args->timezone);
    }
}


static int
choose(const char *option, const char *value, const char *a, const char *b,
    const char *c)
{
    if (strcmp(value, a) == 0) {
        return 0;
    }

    if (strcmp(value, b) == 0) {
        return 1;
    }

    if (strcmp(value, c) == 0) {
        return 2;
    }

    die(option, value);

    return -1;
}


static int
parse_flag(args_t *args, const char *name)
{
    if (strcmp(name, "--no-heading-ids") == 0) {
        args->options.heading_ids = 0;

    } else if (strcmp(name, "--optional") == 0) {
        args->options.front_optional = 1;

    } else if (strcmp(name, "--content") == 0) {
        args->content = 1;

    } else if (strcmp(name, "--json") == 0) {
        args->options.output = NEWS_OUTPUT_JSON;

    } else {
        return 0;
    }

    return 1;
}


static void
parse_value(args_t *args, const char *name, const char *value)
{
    news_options_t  *o;

    o = &args->options;

    if (value == NULL) {
        die("no value for", name);
    }

    if (strcmp(name, "--template") == 0) {
        args->template = value;

    } else if (strcmp(name, "--html") == 0) {
        o->html = (news_html_mode_e) choose(name, value, "sanitize", "omit",
                                            "trust");

    } else if (strcmp(name, "--body") == 0) {
        o->body = (news_body_e) choose(name, value, "auto", "markdown",
                                       "html");

    } else if (strcmp(name, "--breaks") == 0) {
        o->breaks = (news_breaks_e) choose(name, value, "auto", "soft",
                                           "hard");

    } else if (strcmp(name, "--charset") == 0 && args->n_charsets < 16) {
        args->charsets[args->n_charsets++] = news_str(value);

    } else if (strcmp(name, "--timezone") == 0) {
        args->timezone = value;

    } else if (strcmp(name, "--lang") == 0) {
        o->lang = news_str(value);

    } else if (strcmp(name, "--site-name") == 0) {
        o->site_name = news_str(value);

    } else if (strcmp(name, "--site-url") == 0) {
        o->site_url = news_str(value);

    } else if (strcmp(name, "--url") == 0) {
        args->source.url = news_str(value);

    } else if (strcmp(name, "--seconds") == 0) {
        args->seconds = atof(value);

    } else if (strcmp(name, "--repeat") == 0) {
        args->repeat = atol(value);

    } else {
        die("unknown option", name);
    }
}


static void
parse_args(args_t *args, int argc, char **argv)
{
    int  i;

    for (i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            args->path = argv[i];

        } else if (!parse_flag(args, argv[i])) {
            parse_value(args, argv[i], argv[i + 1]);
            i++;
        }
    }

    if (args->path == NULL) {
        die("no file given to", argv[0]);
    }
}


static news_rc_e
render(args_t *args, int last)
{
    limit_t        limit;
    news_rc_e      rc;
    news_page_t    page;

    static news_arena_t  *a;

    if (a == NULL) {
        a = news_arena_create(MEMORY);
        if (a == NULL) {
            die("no memory for", args->path);
        }
    }

    limit.seconds = args->seconds;
    clock_gettime(CLOCK_MONOTONIC, &limit.wall);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &limit.start);
    news_arena_set_expired(a, expired, &limit);

    rc = news_render(a, &args->options, &args->source, &page);

    if (last) {
        print_problems(&page.problems, args->path);

        if (rc == NEWS_OK && args->repeat == 0) {
            fwrite(page.content.data, 1, page.content.len, stdout);
        }
    }

    if (last) {
        news_arena_destroy(a);

    } else {
        news_arena_reset(a, KEEP);
    }

    return rc;
}


int
main(int argc, char **argv)
{
    long              i;
    size_t            bad;
    args_t            args;
    news_rc_e         rc;
    const char       *slash;
    struct timespec   start;

    memset(&args, 0, sizeof(args_t));

    args.seconds = 2;
    args.options.heading_ids = 1;

    conf = news_arena_create((size_t) -1);
    if (conf == NULL) {
        return 1;
    }

    parse_args(&args, argc, argv);
    find_zone(&args);
    compile(&args);

    if (args.n_charsets != 0) {
        args.options.charsets = news_charsets_create(conf, args.charsets,
                                                     args.n_charsets, &bad);
        if (args.options.charsets == NULL) {
            die("unknown charset in the list of", argv[0]);
        }
    }

    if (read_file(args.path, &args.source.text) != 0) {
        die(strerror(errno), args.path);
    }

    slash = strrchr(args.path, '/');
    args.source.name = news_str(slash ? slash + 1 : args.path);

    if (args.source.url.len == 0) {
        args.source.url = news_str(args.path);
    }

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);

    for (i = 1; i < args.repeat; i++) {
        (void) render(&args, 0);
    }

    rc = render(&args, 1);

    if (args.repeat > 0) {
        printf("%.2f\n", since(&start, CLOCK_THREAD_CPUTIME_ID) * 1e6
                         / (double) args.repeat);
    }

    news_arena_destroy(conf);

    return rc == NEWS_OK ? 0 : (rc == NEWS_DECLINED ? 2 : 1);
}
