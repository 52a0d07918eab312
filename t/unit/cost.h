
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _COST_H_INCLUDED_
#define _COST_H_INCLUDED_


/*
 * What an input costs a part of the engine.  An input is written as a recipe,
 * short units repeated to a size, so that one that was found is a line of a
 * test; the search for them is t/tools/cost.c.
 */

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "news_fields.h"
#include "news_markdown.h"
#include "news_pack.h"
#include "news_sanitize.h"


/* those of the module (README, "Bounds") */

#define COST_MEMORY   ((size_t) 256 * 1024 * 1024)
#define COST_SECONDS  2.0


typedef enum {
    COST_REPEAT = 0,      /* before, one ..., between, after */
    COST_THEN,            /* before, one ..., between, two ..., after; each
                             takes half of the bytes */
    COST_NEST,            /* the same; each as often as the other */
    COST_GRID             /* before, (one ... two) ..., after; as many of one
                             in a row as there are rows */
} cost_shape_e;


/*
 * In a unit \1 is its number, \2 a zero byte, and \3 and \4 are names whose
 * hashes meet: in their middle bits, or in the low ones.
 */

typedef struct {
    const char    *stage;
    unsigned       variant;   /* the stage's options */
    cost_shape_e   shape;
    const char    *before;
    const char    *one;
    const char    *between;
    const char    *two;
    const char    *after;
} cost_recipe_t;


typedef struct {
    double         seconds;
    size_t         in;
    size_t         out;
    size_t         arena;     /* bytes at the peak */
    size_t         other;     /* of libraries that do not use the arena */
    size_t         copied;    /* bytes of ours */
    unsigned       bounded:1; /* a bound was met */
    unsigned       failed:1;  /* memory was out */
} cost_t;


typedef struct {
    const char    *name;
    size_t         max;       /* bytes that it can be given */
    size_t         seen;      /* bytes at which the search looks at it */
    const char    *ordinary;  /* a unit of what it usually reads */
    void         (*run)(news_arena_t *a, const cost_recipe_t *r,
                        news_str_t in, cost_t *cost);
} cost_stage_t;


/*
 * What is taken from malloc(), by any library: a sanitizer's allocator is
 * not replaced.
 */

#if defined(__SANITIZE_ADDRESS__)
#define COST_NO_MALLOC  1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COST_NO_MALLOC  1
#endif
#endif


static size_t  cost_held;
static size_t  cost_peak;


#ifndef COST_NO_MALLOC

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);


static inline void *
cost_take(void *p)
{
    if (p != NULL) {
        cost_held += malloc_usable_size(p);

        if (cost_held > cost_peak) {
            cost_peak = cost_held;
        }
    }

    return p;
}


void *
malloc(size_t size)
{
    return cost_take(__libc_malloc(size));
}


void *
calloc(size_t n, size_t size)
{
    return cost_take(__libc_calloc(n, size));
}


void *
realloc(void *p, size_t size)
{
    size_t   had;
    void    *q;

    had = (p != NULL) ? malloc_usable_size(p) : 0;
    q = __libc_realloc(p, size);

    if (q != NULL || size == 0) {
        cost_held -= had;
    }

    return cost_take(q);
}


void
free(void *p)
{
    if (p != NULL) {
        cost_held -= malloc_usable_size(p);
    }

    __libc_free(p);
}


#endif


static inline double
cost_clock(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


static inline int
cost_expired(void *data)
{
    double  *until = data;

    return cost_clock() > *until;
}


/* the text of recipes */

/* the next name whose hash has none of these bits */

static inline void
cost_name(news_buf_t *out, uint32_t bits, size_t *at)
{
    size_t  i, n;
    char    name[5];

    static const char  letters[] = "abcdefghijklmnopqrstuvwxyzABCDEF";

    do {
        n = (*at)++;

        for (i = 0; i < 5; i++) {
            name[i] = letters[n % 32];
            n /= 32;
        }

    } while (news_name_hash(news_str_n(name, 5)) & bits);

    news_buf_add(out, name, 5);
}


static inline void
cost_unit(news_buf_t *out, const char *unit, size_t i)
{
    static size_t  at;

    if (i == 0) {
        at = 0;
    }

    for ( /* void */ ; *unit != '\0'; unit++) {

        switch (*unit) {

        case '\1':
            news_buf_addf(out, "%zu", i);
            break;

        case '\2':
            news_buf_addc(out, '\0');
            break;

        case '\3':
            cost_name(out, 0x7fc0, &at);
            break;

        case '\4':
            cost_name(out, 0x1ff, &at);
            break;

        default:
            news_buf_addc(out, (unsigned char) *unit);
            break;
        }
    }
}


static inline void
cost_until(news_buf_t *out, const char *unit, size_t len)
{
    size_t  i;

    for (i = 0; out->len < len && *unit != '\0'; i++) {
        cost_unit(out, unit, i);
    }
}


static inline size_t
cost_row(size_t size, size_t one, size_t two)
{
    size_t  n;

    for (n = 1; n * (n * one + two + 1) < size; n++) { /* void */ }

    return n;
}


static inline news_str_t
cost_input(news_arena_t *a, const cost_recipe_t *r, size_t size)
{
    size_t      i, n, after;
    news_buf_t  b;

    news_buf_init(&b, a, size + 4096);
    cost_unit(&b, r->before, 0);

    after = strlen(r->after);
    size = size > after ? size - after : 0;

    switch (r->shape) {

    case COST_REPEAT:
        cost_until(&b, r->one, size);
        cost_unit(&b, r->between, 0);
        break;

    case COST_THEN:
        cost_until(&b, r->one, size / 2);
        cost_unit(&b, r->between, 0);
        cost_until(&b, r->two, size);
        break;

    case COST_NEST:
        n = size / (strlen(r->one) + strlen(r->two) + 1) + 1;

        for (i = 0; i < n; i++) {
            cost_unit(&b, r->one, i);
        }

        cost_unit(&b, r->between, 0);

        for (i = n; i-- > 0; /* void */ ) {
            cost_unit(&b, r->two, i);
        }

        break;

    case COST_GRID:
        n = cost_row(size, strlen(r->one), strlen(r->two));

        while (b.len < size && *r->one != '\0') {
            for (i = 0; i < n; i++) {
                cost_unit(&b, r->one, i);
            }

            cost_unit(&b, r->two, b.len);
        }

        break;
    }

    if (b.len > size) {
        b.len = size;
    }

    cost_unit(&b, r->after, 0);

    return news_buf_str(&b);
}


/* the stages; each says in "cost" what its bounds made of the input */

static inline void
cost_charset(news_arena_t *a, const cost_recipe_t *r, news_str_t in,
    cost_t *cost)
{
    size_t                  n, bad;
    news_str_t              out, names[4];
    news_arena_t           *conf;
    const news_charsets_t  *charsets;

    static const char *const  lists[][4] = {
        { "utf-8", "gb18030" }, { "utf-8", "shift_jis", "euc-jp", "big5" },
        { "iso-2022-jp" }, { "utf-7" }, { "iso-2022-cn-ext" },
        { "utf-8", "big5-hkscs" }, { "utf-16" }, { "windows-1258" },
        { "utf-8" }, { "iso-2022-kr", "iso-2022-jp-3", "euc-jisx0213" }
    };

    conf = news_arena_create((size_t) -1);

    for (n = 0; n < 4 && lists[r->variant % 10][n] != NULL; n++) {
        names[n] = news_str(lists[r->variant % 10][n]);
    }

    charsets = news_charsets_create(conf, names, n, &bad);
    cost->bounded = (news_charsets_decode(charsets, a, in, &out) != 0);

    if (!cost->bounded) {
        cost->out = out.len;
    }

    news_arena_destroy(conf);
}


static inline void
cost_front(news_arena_t *a, const cost_recipe_t *r, news_str_t in,
    cost_t *cost)
{
    news_value_t     *map;
    news_front_t      front;
    news_problems_t   problems;

    memset(&front, 0, sizeof(news_front_t));

    front.yaml = in;
    front.line = 2;

    news_problems_init(&problems, a);

    cost->bounded = (news_front_parse(a, &front, &map, &problems) == -1);
}


static inline void
cost_date(news_arena_t *a, const cost_recipe_t *r, news_str_t in,
    cost_t *cost)
{
    int64_t  utc;

    (void) news_date_parse(in, NULL, &utc);
}


static inline void
cost_markdown(news_arena_t *a, const cost_recipe_t *r, news_str_t in,
    cost_t *cost)
{
    news_str_t  html;

    cost->bounded = (news_markdown(a, in, (news_breaks_e) (r->variant % 3),
                                   (int) (r->variant / 3 % 2), &html)
                     != 0);

    if (!cost->bounded) {
        cost->out = html.len;
    }
}


static inline void
cost_sanitize(news_arena_t *a, const cost_recipe_t *r, news_str_t in,
    cost_t *cost)
{
    news_buf_t               out;
    news_text_t              text;
    news_sanitize_options_t  options;

    memset(&options, 0, sizeof(news_sanitize_options_t));

    options.heading_ids = 1;
    options.trust = r->variant % 4 == 3;
    options.site_host = news_str("example.org");

    news_buf_init(&out, a, in.len);

    cost->bounded = (news_text_init(&text, a) != 0
                     || news_sanitize(a, in, &options, &out, &text) != 0);
    cost->out = out.len;
}


static inline void
cost_pack(news_arena_t *a, const cost_recipe_t *r, news_str_t in,
    cost_t *cost)
{
    news_str_t                 out;
    static const news_coding_e  codings[] = { NEWS_GZIP, NEWS_BR, NEWS_ZSTD };

    cost->bounded = (news_pack(a, codings[r->variant % 3],
                               r->variant % 3 ? NEWS_PACK_SMALL
                                              : NEWS_PACK_QUICK,
                               in, &out) == -1);
}


/* templates: the input itself is the partial "p", and what it is run over */

static inline int
cost_partial(void *data, news_str_t name, news_str_t *text, news_str_t *file)
{
    *file = name;

    if (data != NULL && news_str_eqz(name, "p")) {
        *text = *(news_str_t *) data;
        return 0;
    }

    return news_theme(name, text);
}


static inline const news_value_t *
cost_root(void)
{
    size_t                i;
    news_str_t            text;
    news_value_t         *list, *item;
    static news_value_t  *root;
    static news_arena_t  *a;

    if (root != NULL) {
        return root;
    }

    a = news_arena_create((size_t) -1);
    text = news_str("a <b> & \"c\"");

    root = news_value_map(a);
    list = news_value_list(a);

    for (i = 0; i < 30; i++) {
        item = news_value_map(a);

        news_value_put(a, item, news_str("s"), news_value_string(a, text));
        news_value_put(a, item, news_str("m"), root);
        news_value_push(a, list, item);
    }

    news_value_put(a, root, news_str("c"), list);
    news_value_put(a, root, news_str("s"), news_value_string(a, text));
    news_value_put(a, root, news_str("m"), root);

    return root;
}


static inline void
cost_template(news_arena_t *a, const cost_recipe_t *r, news_str_t in,
    cost_t *cost)
{
    news_buf_t        out;
    news_problems_t   problems;
    news_template_t  *t;

    news_problems_init(&problems, a);
    news_buf_init(&out, a, 0);

    t = news_template_compile(a, in, news_str("page"), cost_partial, &in,
                              &problems);

    if (t == NULL) {
        cost->bounded = (news_arena_state(a) != NEWS_ARENA_OK);
        return;
    }

    cost->bounded = (r->variant % 2 == 0
                     && news_template_run(t, a, cost_root(), &out) != 0);
    cost->out = out.len;
}


static inline const news_template_t *
cost_theme(void)
{
    news_str_t               text;
    news_problems_t          problems;
    static news_arena_t     *a;
    static news_template_t  *theme;

    if (theme == NULL && news_theme(news_str("default"), &text) == 0) {
        a = news_arena_create((size_t) -1);

        news_problems_init(&problems, a);

        theme = news_template_compile(a, text, news_str("default"),
                                      cost_partial, NULL, &problems);
    }

    return theme;
}


static inline void
cost_render(news_arena_t *a, const cost_recipe_t *r, news_str_t front,
    news_str_t body, cost_t *cost)
{
    news_buf_t      text;
    news_rc_e       rc;
    news_str_t      fields;
    news_page_t     page;
    news_source_t   source;
    news_arena_t   *b;
    news_options_t  options;

    static const news_html_mode_e  modes[] = {
        NEWS_HTML_SANITIZE, NEWS_HTML_SANITIZE, NEWS_HTML_OMIT, NEWS_HTML_TRUST
    };

    b = news_arena_create((size_t) -1);

    news_buf_init(&text, b, front.len + body.len + 64);
    news_buf_addz(&text, "---\n");
    news_buf_add_str(&text, front);
    news_buf_addz(&text, "\n---\n");
    news_buf_add_str(&text, body);

    memset(&options, 0, sizeof(news_options_t));
    memset(&source, 0, sizeof(news_source_t));

    options.template = cost_theme();
    options.html = modes[r->variant % 4];
    options.heading_ids = 1;
    options.output = (r->variant / 4 % 3 == 2) ? NEWS_OUTPUT_JSON
                                               : NEWS_OUTPUT_PAGE;
    options.site_url = news_str("https://example.org");

    source.text = news_buf_str(&text);
    source.name = news_str("2021-07-30-a.txt");
    source.url = news_str("/a.txt");

    rc = news_render(a, &options, &source, &page);

    cost->copied = text.size;
    cost->failed = (rc == NEWS_ERROR);

    if (rc == NEWS_OK) {
        news_arena_set_expired(a, NULL, NULL);

        cost->bounded = page.given_up;
        cost->failed = (news_fields_write(a, &page, &fields) != 0);
        cost->out = page.content.len + fields.len;
    }

    news_arena_destroy(b);
}


static inline void
cost_fields(news_arena_t *a, const cost_recipe_t *r, news_str_t in,
    cost_t *cost)
{
    cost_render(a, r, in, news_str("# a\n\nb\n"), cost);
}


static inline void
cost_page(news_arena_t *a, const cost_recipe_t *r, news_str_t in,
    cost_t *cost)
{
    cost_render(a, r, news_str("toc: true"), in, cost);
}


static const cost_stage_t  cost_stages[] = {
    { "charset", 4194304, 65536, "an \xe4\xb8\xad\n", cost_charset },
    { "front", 65536, 65536, "a\1: b c\n", cost_front },
    { "fields", 65535, 65535, "a\1: b c\n", cost_fields },
    { "date", 65536, 65536, "2021-07-30", cost_date },
    { "markdown", 4194304, 32768, "a *b* [c](d) e f g h\n\n", cost_markdown },
    { "sanitize", 4194304, 65536, "<p>a <a href=\"b\">c</a> d e f g</p>\n",
      cost_sanitize },
    { "template", 1048576, 16384, "<p>a {{s}} b</p>\n", cost_template },
    { "pack", 4194304, 65536, "a b\1 c d\1 e", cost_pack },
    { "page", 4194304, 32768, "a *b* [c](d) e f g h\n\n", cost_page },
};

#define COST_STAGES  (sizeof(cost_stages) / sizeof(cost_stages[0]))


/* COST_STAGES where there is none of that name */

static inline size_t
cost_find(const char *name)
{
    size_t  i;

    for (i = 0; i < COST_STAGES; i++) {
        if (strcmp(cost_stages[i].name, name) == 0) {
            break;
        }
    }

    return i;
}


static inline const cost_stage_t *
cost_stage(const cost_recipe_t *r)
{
    size_t  i;

    i = cost_find(r->stage);

    if (i == COST_STAGES) {
        abort();
    }

    return &cost_stages[i];
}


/* once, with an input of that size and that much time */

static inline cost_t
cost_measure(const cost_recipe_t *r, size_t size, double seconds)
{
    size_t                held;
    double                start, until;
    cost_t                cost;
    news_str_t            in;
    news_arena_t         *a, *b;
    const cost_stage_t   *stage;

    memset(&cost, 0, sizeof(cost_t));

    stage = cost_stage(r);
    a = news_arena_create(COST_MEMORY);
    b = news_arena_create((size_t) -1);

    if (a == NULL || b == NULL) {
        abort();
    }

    (void) cost_theme();
    (void) cost_root();

    in = cost_input(b, r, size);

    held = cost_held;
    cost_peak = held;

    start = cost_clock();
    until = start + seconds;

    news_arena_set_expired(a, cost_expired, &until);

    stage->run(a, r, in, &cost);

    cost.seconds = cost_clock() - start;
    cost.in = in.len;
    cost.arena = news_arena_peak(a);

    held += cost.copied + cost.arena;
    cost.other = cost_peak > held ? cost_peak - held : 0;

    news_arena_destroy(a);
    news_arena_destroy(b);

    return cost;
}


/* the cheapest of several: what else a machine does only adds to it */

static inline cost_t
cost_best(const cost_recipe_t *r, size_t size, double seconds, unsigned n)
{
    cost_t  cost, best;

    best = cost_measure(r, size, seconds);

    while (--n) {
        cost = cost_measure(r, size, seconds);

        if (cost.seconds < best.seconds) {
            best = cost;
        }
    }

    return best;
}


#endif /* _COST_H_INCLUDED_ */
