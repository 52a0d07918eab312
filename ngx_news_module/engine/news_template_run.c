
/*
 * Copyright (C) The authors of the news module
 */


#include "news_escape.h"
#include "news_template_ops.h"


/*
 * Operations of one run, after which sections and partials are empty.  A
 * partial that names itself inside a list finds that list again in the
 * contexts around when an item has none, and would double at each level.
 */

#define NEWS_TEMPLATE_MAX_OPS  4000000

#define NEWS_TEMPLATE_TICK     64

/* members looked at in the time of one operation */

#define NEWS_TEMPLATE_SCAN     16

/* bytes written in that time */

#define NEWS_TEMPLATE_BYTES    256


/* an open section, or a partial being run */

typedef struct {
    const news_value_t  *context;     /* NULL: none of its own */
    const news_value_t  *list;        /* NULL: shown once */
    uint32_t             next;        /* item of the list */
    uint32_t             unit;        /* of a partial: where to go on */
    uint32_t             back;
    size_t               indent;      /* of a partial: length before it */
} news_frame_t;


typedef struct {
    const news_template_t  *template;
    news_arena_t           *arena;
    news_buf_t             *out;
    news_buf_t              indent;
    const news_unit_t      *unit;
    const news_op_t        *op;
    size_t                  ops;         /* all that were run */
    size_t                  work;        /* not yet told to the arena */
    news_frame_t           *top;
    news_frame_t            frames[NEWS_TEMPLATE_MAX_DEPTH + 1];
} news_run_t;


static int news_run_tick(news_run_t *r);
static int news_run_op(news_run_t *r);
static void news_run_text(news_run_t *r, const news_op_t *op);
static const news_value_t *news_run_find(news_run_t *r, const news_op_t *op);
static const news_value_t *news_run_member(const news_value_t *map,
    const news_op_name_t *name);
static void news_run_value(news_run_t *r, const news_value_t *v, int escape);
static news_str_t news_run_string(const news_value_t *v);
static void news_run_string_out(news_run_t *r, news_str_t s, int escape);
static news_frame_t *news_run_push(news_run_t *r);
static void news_run_section(news_run_t *r);
static void news_run_inverted(news_run_t *r);
static void news_run_end(news_run_t *r);
static void news_run_partial(news_run_t *r);
static int news_run_return(news_run_t *r);


int
news_template_run(const news_template_t *t, news_arena_t *a,
    const news_value_t *root, news_buf_t *out)
{
    int         rc;
    news_run_t  r;

    r.template = t;
    r.arena = a;
    r.out = out;
    r.unit = &t->units[0];
    r.op = r.unit->ops;
    r.ops = 0;
    r.work = 0;
    r.top = r.frames;

    memset(r.top, 0, sizeof(news_frame_t));
    r.top->context = root;

    news_buf_init(&r.indent, a, 0);

    do {
        rc = news_run_op(&r);

        if (++r.work >= NEWS_TEMPLATE_TICK && news_run_tick(&r)) {
            return -1;
        }

    } while (rc == 0 && !out->failed);

    return (rc == -1 || out->failed || r.indent.failed) ? -1 : 0;
}


static int
news_run_tick(news_run_t *r)
{
    size_t  work;

    work = r->work;

    r->ops += work;
    r->work = 0;

    return news_arena_tick(r->arena, work);
}


/* 0, 1 when all is done, -1 without memory */

static int
news_run_op(news_run_t *r)
{
    const news_op_t  *op;

    op = r->op++;

    switch (op->type) {

    case NEWS_OP_TEXT:
        news_run_text(r, op);
        return 0;

    case NEWS_OP_INDENT:
        news_buf_add_str(r->out, news_buf_str(&r->indent));
        return 0;

    case NEWS_OP_ESCAPED:
        news_run_value(r, news_run_find(r, op), 1);
        return 0;

    case NEWS_OP_RAW:
        news_run_value(r, news_run_find(r, op), 0);
        return 0;

    case NEWS_OP_SECTION:
        news_run_section(r);
        return 0;

    case NEWS_OP_INVERTED:
        news_run_inverted(r);
        return 0;

    case NEWS_OP_END:
        news_run_end(r);
        return 0;

    case NEWS_OP_PARTIAL:
        news_run_partial(r);
        return r->indent.failed ? -1 : 0;

    default: /* NEWS_OP_RETURN */
        return news_run_return(r);
    }
}


/* text of the template; inside an indented partial, line by line */

static void
news_run_text(news_run_t *r, const news_op_t *op)
{
    int                   line_start;
    news_str_t            s;
    const unsigned char  *p, *last, *end;

    if (r->indent.len == 0) {
        news_buf_add_str(r->out, op->text);
        return;
    }

    s = news_buf_str(&r->indent);
    line_start = op->line_start;
    last = op->text.data + op->text.len;

    for (p = op->text.data; p < last; p = end) {

        if (line_start) {
            news_buf_add_str(r->out, s);
        }

        end = memchr(p, '\n', (size_t) (last - p));
        end = (end != NULL) ? end + 1 : last;

        news_buf_add(r->out, p, (size_t) (end - p));
        line_start = 1;
    }
}


/* the first name is looked up outwards, the others only in what it gave */

static const news_value_t *
news_run_find(news_run_t *r, const news_op_t *op)
{
    unsigned             i;
    news_frame_t        *f;
    const news_value_t  *v;

    for (f = r->top, v = NULL; f >= r->frames; f--) {

        if (f->context == NULL) {
            continue;
        }

        if (op->n == 0) {
            return f->context;
        }

        v = news_run_member(f->context, &op->names[0]);
        r->work += f->context->n / NEWS_TEMPLATE_SCAN;

        if (v != NULL || f->context->closed) {
            break;
        }
    }

    for (i = 1; i < op->n && v != NULL; i++) {
        v = news_run_member(v, &op->names[i]);
    }

    return v;
}


static const news_value_t *
news_run_member(const news_value_t *map, const news_op_name_t *name)
{
    const news_member_t  *m;

    m = news_value_member(map, name->name, name->hash);

    return m != NULL ? m->value : NULL;
}


/* Mustache leaves open how a list is shown: its items joined by ", " */

static void
news_run_value(news_run_t *r, const news_value_t *v, int escape)
{
    int         first;
    uint32_t    i;
    news_str_t  s;

    if (v == NULL) {
        return;
    }

    if (v->type != NEWS_LIST) {
        news_run_string_out(r, news_run_string(v), escape);
        return;
    }

    for (i = 0, first = 1; i < v->n; i++) {
        s = news_run_string(v->u.items[i]);

        if (s.len == 0) {
            continue;
        }

        if (!first) {
            news_buf_add(r->out, ", ", 2);
        }

        news_run_string_out(r, s, escape);
        first = 0;
    }

    r->work += v->n;
}


/* a map is shown by its name: {{.}} among authors, categories, tags */

static news_str_t
news_run_string(const news_value_t *v)
{
    if (v->type == NEWS_MAP) {
        v = news_value_getz(v, "name");
    }

    return news_value_text(v);
}


static void
news_run_string_out(news_run_t *r, news_str_t s, int escape)
{
    if (s.len == 0) {
        return;
    }

    r->work += s.len / NEWS_TEMPLATE_BYTES;

    if (escape) {
        news_escape_html(r->out, s);

    } else {
        news_buf_add_str(r->out, s);
    }
}


/* NULL when nothing may nest any more */

static news_frame_t *
news_run_push(news_run_t *r)
{
    news_frame_t  *f;

    if (r->top == &r->frames[NEWS_TEMPLATE_MAX_DEPTH]
        || r->ops > NEWS_TEMPLATE_MAX_OPS)
    {
        return NULL;
    }

    f = ++r->top;

    memset(f, 0, sizeof(news_frame_t));

    return f;
}


static void
news_run_section(news_run_t *r)
{
    news_frame_t        *f;
    const news_op_t     *op;
    const news_value_t  *v;

    op = r->op - 1;
    v = news_run_find(r, op);

    f = news_value_is_true(v) ? news_run_push(r) : NULL;

    if (f == NULL) {
        r->op = &r->unit->ops[op->jump + 1];
        return;
    }

    if (v->type == NEWS_LIST) {
        f->list = v;
        v = v->u.items[f->next++];
    }

    f->context = v;
}


static void
news_run_inverted(news_run_t *r)
{
    const news_op_t  *op;

    op = r->op - 1;

    if (news_value_is_true(news_run_find(r, op)) || news_run_push(r) == NULL) {
        r->op = &r->unit->ops[op->jump + 1];
    }
}


static void
news_run_end(news_run_t *r)
{
    news_frame_t  *f;

    f = r->top;

    if (f->list == NULL || f->next == f->list->n
        || r->ops > NEWS_TEMPLATE_MAX_OPS)
    {
        r->top--;
        return;
    }

    f->context = f->list->u.items[f->next++];
    r->op = &r->unit->ops[(r->op - 1)->jump + 1];
}


static void
news_run_partial(news_run_t *r)
{
    news_frame_t     *f;
    const news_op_t  *op;

    op = r->op - 1;

    f = news_run_push(r);
    if (f == NULL) {
        return;
    }

    f->unit = (uint32_t) (r->unit - r->template->units);
    f->back = (uint32_t) (r->op - r->unit->ops);
    f->indent = r->indent.len;

    news_buf_add_str(&r->indent, op->text);

    r->unit = &r->template->units[op->jump];
    r->op = r->unit->ops;
}


/* sections are closed within their unit, so the top frame is the partial's */

static int
news_run_return(news_run_t *r)
{
    news_frame_t  *f;

    if (r->top == r->frames) {
        return 1;
    }

    f = r->top--;

    r->indent.len = f->indent;
    r->unit = &r->template->units[f->unit];
    r->op = &r->unit->ops[f->back];

    return 0;
}
