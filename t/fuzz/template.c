
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * A template and its partials: pieces of the input between zero bytes, the
 * first the template, the others the partials "a", "b", "c" ….  Compiling
 * tells what is wrong or works, the same twice; running ends within its
 * bounds, with the same bytes twice.
 */

#include "lib/fuzz.h"
#include "news_template.h"
#include "news_utf8.h"


#define MEMORY      ((size_t) 16 * 1024 * 1024)
#define MAX_ASKED   4096
#define MAX_PIECES  8


typedef struct {
    unsigned      n;
    news_str_t    pieces[MAX_PIECES];
} input_t;


static int
load(void *data, news_str_t name, news_str_t *text, news_str_t *file)
{
    unsigned  i;
    input_t  *in = data;

    check(name.len != 0 && name.data[0] != '.');
    check(memchr(name.data, '/', name.len) == NULL);
    check(memchr(name.data, '\0', name.len) == NULL);

    if (name.len != 1 || name.data[0] < 'a') {
        return 1;
    }

    i = (unsigned) name.data[0] - 'a' + 1;

    if (i >= in->n) {
        return 1;
    }

    *text = in->pieces[i];
    *file = name;

    return 0;
}


static void
split(input_t *in, const uint8_t *data, size_t size)
{
    const uint8_t  *p, *last;

    last = data + size;

    for (in->n = 0; in->n < MAX_PIECES; data = p + 1) {
        p = (data < last) ? memchr(data, '\0', (size_t) (last - data)) : NULL;

        if (p == NULL) {
            in->pieces[in->n++] = news_str_n(data, (size_t) (last - data));
            break;
        }

        in->pieces[in->n++] = news_str_n(data, (size_t) (p - data));
    }
}


/* a: true, b: the list l, c: a string, l: [{a, l: []}, "x"], n: null */

static news_value_t *
values(news_arena_t *a)
{
    int            rc;
    news_value_t  *root, *list, *item, *s;

    root = news_value_map(a);
    list = news_value_list(a);
    item = news_value_map(a);
    s = news_value_string(a, news_str("<x>\n&"));

    check(root != NULL && list != NULL && item != NULL && s != NULL);

    rc = news_value_put(a, item, news_str("a"), s);
    rc |= news_value_put(a, item, news_str("l"), news_value_list(a));
    rc |= news_value_push(a, list, item);
    rc |= news_value_push(a, list, s);
    rc |= news_value_put(a, root, news_str("a"),
                         news_value_string(a, news_str("true")));
    rc |= news_value_put(a, root, news_str("b"), list);
    rc |= news_value_put(a, root, news_str("c"), s);
    rc |= news_value_put(a, root, news_str("l"), list);
    rc |= news_value_put(a, root, news_str("n"), news_value_null(a));

    check(rc == 0);

    return root;
}


static void
check_problems(const news_template_t *template, const news_problems_t *list,
    news_arena_t *a)
{
    unsigned               n;
    const news_problem_t  *p;

    for (p = list->first, n = 0; p != NULL; p = p->next) {
        n += (p->kind == NEWS_PROBLEM_TEMPLATE);

        check(p->line != 0);
        fuzz_check_utf8(p->text);
    }

    if (template != NULL) {
        check(n == 0);

    } else {
        check(n == 1 || news_arena_state(a) != NEWS_ARENA_OK);
    }
}


static int
expired(void *data)
{
    unsigned  *asked = data;

    return ++*asked > MAX_ASKED;
}


static int
run(news_arena_t *a, input_t *in, news_str_t *page)
{
    int               rc;
    unsigned          asked;
    news_buf_t        out;
    news_problems_t   problems;
    news_template_t  *template;

    *page = news_str("");
    asked = 0;

    news_arena_set_expired(a, expired, &asked);
    news_problems_init(&problems, a);

    template = news_template_compile(a, in->pieces[0], news_str("page"),
                                     load, in, &problems);

    check_problems(template, &problems, a);

    if (template == NULL) {
        return 1;
    }

    news_buf_init(&out, a, 0);

    rc = news_template_run(template, a, values(a), &out);

    if (rc == 0) {
        *page = news_buf_str(&out);

    } else {
        check(news_arena_state(a) != NEWS_ARENA_OK);
    }

    return rc;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int            first;
    input_t        in;
    news_str_t     one, two;
    news_arena_t  *a, *b;

    split(&in, data, size);

    a = news_arena_create(MEMORY);
    b = news_arena_create(MEMORY);

    check(a != NULL && b != NULL);

    first = run(a, &in, &one);

    check(run(b, &in, &two) == first);
    check(news_str_eq(one, two));
    check(news_arena_peak(a) <= MEMORY);

    if (size != 0 && news_utf8_valid(data, size) == size) {
        fuzz_check_utf8(one);
    }

    news_arena_destroy(a);
    news_arena_destroy(b);

    return 0;
}
