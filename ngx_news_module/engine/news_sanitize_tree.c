
/*
 * Copyright (C) The authors of the news module
 */


#include "news_sanitize_tree.h"


static int news_tree_is_parent(news_tree_t *t, int tag);
static void news_tree_before(news_tree_t *t, int tag);
static void news_tree_before_item(news_tree_t *t, int tag, int twin);
static void news_tree_before_block(news_tree_t *t, int tag);
static int news_tree_before_anchor(news_tree_t *t);
static void news_tree_part(news_tree_t *t, int tag);
static void news_tree_row(news_tree_t *t, unsigned table);
static void news_tree_part_end(news_tree_t *t, int tag);
static void news_tree_format_end(news_tree_t *t, int tag);
static void news_tree_inline_end(news_tree_t *t, int tag);
static int news_tree_find(news_tree_t *t, int tag);
static int news_tree_table(news_tree_t *t);
static void news_tree_open(news_tree_t *t, int tag, int has_attrs);
static void news_tree_pop_to(news_tree_t *t, unsigned n);
static void news_tree_pop(news_tree_t *t, int again);
static void news_tree_heading_end(news_tree_t *t);
static void news_tree_suspend(news_tree_t *t, const news_open_t *o);
static void news_tree_reopen(news_tree_t *t);
static void news_tree_reopen_one(news_tree_t *t, const news_open_t *o);


#define news_tree_top(t)    ((t)->n ? (t)->open[(t)->n - 1].tag : 0)
#define news_tree_flags(t)  (news_tags[news_tree_top(t)].flags)

#define news_tree_is_section(tag)                                             \
    ((tag) == NEWS_TAG_TBODY || (tag) == NEWS_TAG_THEAD                       \
     || (tag) == NEWS_TAG_TFOOT)


void
news_tree_start(news_tree_t *t, news_html_token_t *token)
{
    int       tag, room;
    unsigned  flags;

    tag = news_tags[token->tag].as;
    flags = news_tags[tag].flags;

    if (!(flags & NEWS_TAG_KEEP)) {

        if (flags & NEWS_TAG_BLOCK) {
            news_tree_before_block(t, tag);
        }

        if (flags & (NEWS_TAG_BLOCK|NEWS_TAG_LINE)) {
            news_text_block(t->text);
        }

        return;
    }

    if (!news_tree_is_parent(t, tag)
        || !news_attrs_write(&t->attrs, tag, news_tree_top(t), token))
    {
        return;
    }

    if (flags & NEWS_TAG_PART) {
        news_tree_part(t, tag);
        news_tree_open(t, tag, 1);
        return;
    }

    news_tree_before(t, tag);

    if (tag == NEWS_TAG_A && !news_tree_before_anchor(t)) {
        t->dropped[tag]++;
        return;
    }

    if (!(flags & (NEWS_TAG_BLOCK|NEWS_TAG_IMPLIED))) {
        news_tree_reopen(t);
    }

    /* a table must have room for a cell, the one place text can go to */

    room = tag == NEWS_TAG_TABLE ? 4 : (flags & NEWS_TAG_VOID) ? 0 : 1;

    if (t->n + room > NEWS_SANITIZE_MAX_DEPTH) {
        t->dropped[tag]++;
        return;
    }

    news_tree_open(t, tag, 1);
}


/* parts that mean nothing, or something else, outside their parents */

static int
news_tree_is_parent(news_tree_t *t, int tag)
{
    int  top;

    top = news_tree_top(t);

    switch (tag) {

    case NEWS_TAG_SOURCE:
        return top == NEWS_TAG_PICTURE || top == NEWS_TAG_AUDIO
               || top == NEWS_TAG_VIDEO;

    case NEWS_TAG_TRACK:
        return top == NEWS_TAG_AUDIO || top == NEWS_TAG_VIDEO;

    case NEWS_TAG_RB:
    case NEWS_TAG_RP:
    case NEWS_TAG_RT:
    case NEWS_TAG_RTC:
        return news_tree_find(t, NEWS_TAG_RUBY) >= 0;

    default:
        return !(news_tags[tag].flags & NEWS_TAG_PART)
               || news_tree_table(t) >= 0;
    }
}


/* closes what the start tag of anything but a part of a table closes */

static void
news_tree_before(news_tree_t *t, int tag)
{
    unsigned  flags;

    flags = news_tags[tag].flags;

    if (news_tree_flags(t) & NEWS_TAG_GRID) {

        if (tag == NEWS_TAG_TABLE) {
            news_tree_pop_to(t, news_tree_table(t));

        } else {
            news_tree_part(t, NEWS_TAG_TD);
            news_tree_open(t, NEWS_TAG_TD, 0);
        }
    }

    if (tag == NEWS_TAG_LI) {
        news_tree_before_item(t, tag, tag);

    } else if (tag == NEWS_TAG_DD || tag == NEWS_TAG_DT) {
        news_tree_before_item(t, NEWS_TAG_DD, NEWS_TAG_DT);
    }

    if (flags & NEWS_TAG_BLOCK) {
        news_tree_before_block(t, tag);
        return;
    }

    if (flags & NEWS_TAG_IMPLIED) {
        while ((news_tree_flags(t) & NEWS_TAG_IMPLIED)
               && !(news_tree_top(t) == NEWS_TAG_RTC
                    && (tag == NEWS_TAG_RT || tag == NEWS_TAG_RP)))
        {
            news_tree_pop(t, 1);
        }
    }
}


/* an item ends the one before it, also through div, p and address */

static void
news_tree_before_item(news_tree_t *t, int tag, int twin)
{
    int       open;
    unsigned  i;

    for (i = t->n; i > 0; i--) {
        open = t->open[i - 1].tag;

        if (open == tag || open == twin) {
            news_tree_pop_to(t, i - 1);
            return;
        }

        if ((news_tags[open].flags & NEWS_TAG_SPECIAL)
            && open != NEWS_TAG_DIV && open != NEWS_TAG_P
            && open != NEWS_TAG_ADDRESS)
        {
            return;
        }
    }
}


/* a block ends a paragraph, and an anchor that is no link */

static void
news_tree_before_block(news_tree_t *t, int tag)
{
    int       p;
    unsigned  i;

    p = news_tree_find(t, NEWS_TAG_P);

    if (p >= 0) {
        news_tree_pop_to(t, p);
    }

    for (i = t->n; i > 0; i--) {

        if (t->open[i - 1].tag == NEWS_TAG_A && !t->open[i - 1].has_url) {
            news_tree_pop_to(t, i - 1);
            break;
        }

        if (news_tags[t->open[i - 1].tag].flags & NEWS_TAG_SPECIAL) {
            break;
        }
    }

    while ((news_tags[tag].flags & NEWS_TAG_HEADING)
           && (news_tree_flags(t) & NEWS_TAG_HEADING))
    {
        news_tree_pop(t, 1);
    }
}


/*
 * A link in a link: browsers end the outer one.  Where a block is in between,
 * that would tear the block apart; the inner one is left out instead.
 */

static int
news_tree_before_anchor(news_tree_t *t)
{
    int       block;
    unsigned  i, flags;

    for (i = t->base; i < t->n_pending; i++) {
        if (t->pending[i].tag == NEWS_TAG_A) {
            memmove(&t->pending[i], &t->pending[i + 1],
                    (t->n_pending - i - 1) * sizeof(news_open_t));
            t->n_pending--;
            break;
        }
    }

    block = 0;

    for (i = t->n; i > 0; i--) {
        flags = news_tags[t->open[i - 1].tag].flags;

        if (t->open[i - 1].tag == NEWS_TAG_A) {

            if (block) {
                return 0;
            }

            t->open[i - 1].dead = 1;
            news_tree_pop_to(t, i - 1);

            return 1;
        }

        if ((flags & (NEWS_TAG_SCOPE|NEWS_TAG_PART))
            == (NEWS_TAG_SCOPE|NEWS_TAG_PART))
        {
            return 1;
        }

        if (flags & NEWS_TAG_SPECIAL) {
            block = 1;
        }
    }

    return 1;
}


/*
 * Makes the innermost table ready for a part: a table holds caption, colgroup
 * or a section; a section holds rows, a row holds cells.
 */

static void
news_tree_part(news_tree_t *t, int tag)
{
    unsigned  table;

    table = news_tree_table(t);

    switch (tag) {

    case NEWS_TAG_TD:
    case NEWS_TAG_TH:

        if (t->n > table + 2 && t->open[table + 2].tag == NEWS_TAG_TR) {
            news_tree_pop_to(t, table + 3);
            return;
        }

        news_tree_row(t, table);
        news_tree_open(t, NEWS_TAG_TR, 0);
        return;

    case NEWS_TAG_TR:
        news_tree_row(t, table);
        return;

    case NEWS_TAG_COL:

        if (t->n > table + 1 && t->open[table + 1].tag == NEWS_TAG_COLGROUP) {
            return;
        }

        news_tree_pop_to(t, table + 1);
        news_tree_open(t, NEWS_TAG_COLGROUP, 0);
        return;

    default:
        news_tree_pop_to(t, table + 1);
    }
}


static void
news_tree_row(news_tree_t *t, unsigned table)
{
    if (t->n > table + 1 && news_tree_is_section(t->open[table + 1].tag)) {
        news_tree_pop_to(t, table + 2);
        return;
    }

    news_tree_pop_to(t, table + 1);
    news_tree_open(t, NEWS_TAG_TBODY, 0);
}


void
news_tree_end(news_tree_t *t, news_html_token_t *token)
{
    int       i, tag;
    unsigned  flags;

    tag = news_tags[token->tag].as;
    flags = news_tags[tag].flags;

    if (flags & (NEWS_TAG_BLOCK|NEWS_TAG_LINE)) {
        news_text_block(t->text);
    }

    /* as in a browser, they are an element even if none is open */

    if (tag == NEWS_TAG_BR
        || (tag == NEWS_TAG_P && !t->dropped[tag]
            && !(news_tree_flags(t) & NEWS_TAG_GRID)
            && news_tree_find(t, tag) < 0))
    {
        token->n_attrs = 0;
        news_tree_start(t, token);
    }

    if (!(flags & NEWS_TAG_KEEP) || (flags & NEWS_TAG_VOID)) {
        return;
    }

    if (t->dropped[tag]) {
        t->dropped[tag]--;
        return;
    }

    if (flags & NEWS_TAG_PART) {
        news_tree_part_end(t, tag);

    } else if (flags & NEWS_TAG_FORMAT) {
        news_tree_format_end(t, tag);

    } else if (flags & NEWS_TAG_BLOCK) {
        i = tag == NEWS_TAG_TABLE ? news_tree_table(t) : news_tree_find(t, tag);

        if (i >= 0) {
            news_tree_pop_to(t, i);
        }

    } else {
        news_tree_inline_end(t, tag);
    }
}


static void
news_tree_part_end(news_tree_t *t, int tag)
{
    int       table;
    unsigned  i;

    table = news_tree_table(t);

    if (table < 0) {
        return;
    }

    for (i = table + 1; i < t->n && i <= (unsigned) table + 3; i++) {

        if (t->open[i].tag == tag) {
            news_tree_pop_to(t, i);
            return;
        }

        if (!(news_tags[t->open[i].tag].flags & NEWS_TAG_GRID)) {
            return;
        }
    }
}


static void
news_tree_format_end(news_tree_t *t, int tag)
{
    int       block;
    unsigned  i, flags;

    for (i = t->n_pending; i > t->base; i--) {
        if (t->pending[i - 1].tag == tag) {
            memmove(&t->pending[i - 1], &t->pending[i],
                    (t->n_pending - i) * sizeof(news_open_t));
            t->n_pending--;
            return;
        }
    }

    block = 0;

    for (i = t->n; i > 0; i--) {

        if (t->open[i - 1].tag == tag && !t->open[i - 1].dead) {
            t->open[i - 1].dead = 1;

            if (!block) {
                news_tree_pop_to(t, i - 1);
            }

            return;
        }

        flags = news_tags[t->open[i - 1].tag].flags;

        if (flags & (NEWS_TAG_SCOPE|NEWS_TAG_GRID)) {
            return;
        }

        if (flags & NEWS_TAG_SPECIAL) {
            block = 1;
        }
    }
}


static void
news_tree_inline_end(news_tree_t *t, int tag)
{
    unsigned  i;

    for (i = t->n; i > 0; i--) {

        if (t->open[i - 1].tag == tag) {
            news_tree_pop_to(t, i - 1);
            return;
        }

        if (news_tags[t->open[i - 1].tag].flags & NEWS_TAG_SPECIAL) {
            return;
        }
    }
}


void
news_tree_text(news_tree_t *t, news_str_t s, int first)
{
    size_t  i;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] != ' ' && s.data[i] != '\n' && s.data[i] != '\t'
            && s.data[i] != '\f')
        {
            break;
        }
    }

    if (i < s.len) {

        if (news_tree_flags(t) & NEWS_TAG_GRID) {
            news_tree_part(t, NEWS_TAG_TD);
            news_tree_open(t, NEWS_TAG_TD, 0);
        }

        news_tree_reopen(t);
    }

    /* a browser takes away the first line end of a pre */

    if (!first && s.len && s.data[0] == '\n' && t->out->len == t->pre_at) {
        news_buf_addc(t->out, '\n');
    }

    news_attrs_escape(t->out, s, 0);
    news_text_add(t->text, s);
}


void
news_tree_finish(news_tree_t *t)
{
    while (t->n) {
        news_tree_pop(t, 0);
    }
}


/* the innermost open element that an end tag reaches, or -1 */

static int
news_tree_find(news_tree_t *t, int tag)
{
    int       open;
    unsigned  i;

    for (i = t->n; i > 0; i--) {
        open = t->open[i - 1].tag;

        if (open == tag
            || (news_tags[open].flags & news_tags[tag].flags
                & NEWS_TAG_HEADING))
        {
            return (int) (i - 1);
        }

        if ((news_tags[open].flags & NEWS_TAG_SCOPE)
            || (tag == NEWS_TAG_LI
                && (open == NEWS_TAG_OL || open == NEWS_TAG_UL)))
        {
            return -1;
        }
    }

    return -1;
}


static int
news_tree_table(news_tree_t *t)
{
    unsigned  i;

    for (i = t->n; i > 0; i--) {
        if (t->open[i - 1].tag == NEWS_TAG_TABLE) {
            return (int) (i - 1);
        }
    }

    return -1;
}


/* writes a start tag; the attributes are those in t->attrs, or none */

static void
news_tree_open(news_tree_t *t, int tag, int has_attrs)
{
    unsigned      flags;
    news_open_t  *o;

    flags = news_tags[tag].flags;

    if (flags & (NEWS_TAG_BLOCK|NEWS_TAG_LINE)) {
        news_text_block(t->text);
    }

    o = (flags & NEWS_TAG_VOID) ? &t->closed : &t->open[t->n++];

    o->tag = tag;
    o->at = t->out->len;
    o->id_len = 0;
    o->base = t->base;
    o->dead = 0;
    o->has_url = has_attrs && t->attrs.has_url;

    news_buf_addc(t->out, '<');
    news_buf_add_str(t->out, news_tags[tag].name);

    if (has_attrs) {
        o->id_at = t->out->len - o->at + t->attrs.id_at;
        o->id_len = t->attrs.id_len;
        news_buf_add_str(t->out, news_buf_str(&t->attrs.out));
    }

    if ((flags & NEWS_TAG_HEADING) && !t->heading) {
        t->heading = t->n;
        t->heading_at = t->out->len;
        t->heading_id = news_str_n(NULL, 0);

        if (o->id_len) {
            t->heading_id = news_str_dup(t->arena, news_str_n(t->attrs.out.data
                                         + t->attrs.id_at + 5,
                                         t->attrs.id_len - 6));
        }

        news_text_heading_begin(t->text, news_tags[tag].name.data[1] - '0');
    }

    if (flags & NEWS_TAG_VOID) {
        news_buf_add(t->out, " />", 3);
        return;
    }

    news_buf_addc(t->out, '>');
    o->len = t->out->len - o->at;

    if ((flags & NEWS_TAG_PART) && (flags & NEWS_TAG_SCOPE)) {
        t->base = t->n_pending;
    }

    if (tag == NEWS_TAG_PRE) {
        t->pre_at = t->out->len;
        t->after_pre = 1;
    }
}


/* closes elements until "n" are open, or fewer; the last one for good */

static void
news_tree_pop_to(news_tree_t *t, unsigned n)
{
    while (t->n > n) {
        news_tree_pop(t, 1);
    }
}


/* "again": a formatting element not yet ended is to be opened again */

static void
news_tree_pop(news_tree_t *t, int again)
{
    unsigned      flags;
    news_open_t  *o;

    do {
        o = &t->open[t->n - 1];
        flags = news_tags[o->tag].flags;

        if (t->heading == t->n) {
            news_tree_heading_end(t);
        }

        t->n--;

        news_buf_add(t->out, "</", 2);
        news_buf_add_str(t->out, news_tags[o->tag].name);
        news_buf_addc(t->out, '>');

        if (flags & (NEWS_TAG_BLOCK|NEWS_TAG_LINE)) {
            news_text_block(t->text);
        }

        if ((flags & NEWS_TAG_FORMAT) && again && !o->dead) {
            news_tree_suspend(t, o);
        }

        if ((flags & NEWS_TAG_PART) && (flags & NEWS_TAG_SCOPE)) {
            t->n_pending = t->base;
            t->base = o->base;
        }

        if (flags & NEWS_TAG_SCOPE) {
            memset(t->dropped, 0, sizeof(t->dropped));
        }

    } while (t->n && t->open[t->n - 1].dead);
}


static void
news_tree_heading_end(news_tree_t *t)
{
    int           n;
    unsigned      i;
    news_open_t  *o;

    o = &t->open[t->heading - 1];

    n = news_tree_heading_id(t->out, t->heading_at, t->text,
                             news_tags[o->tag].name.data[1] - '0',
                             t->heading_id, t->heading_ids ? t->ids : NULL);
    t->heading = 0;

    if (n < 0) {
        t->failed = 1;
        return;
    }

    for (i = 0; i < t->n_pending; i++) {
        if (t->pending[i].at > t->heading_at) {
            t->pending[i].at += n;
        }
    }

    if (t->pre_at > t->heading_at && t->pre_at != (size_t) -1) {
        t->pre_at += n;
    }
}


/* elements are closed from inside out, so each goes before those there */

static void
news_tree_suspend(news_tree_t *t, const news_open_t *o)
{
    unsigned  i;

    if (o->tag == NEWS_TAG_A && !o->has_url) {
        return;
    }

    for (i = t->base; i < t->n_pending; i++) {
        if (t->pending[i].tag == o->tag) {
            return;
        }
    }

    if (t->n_pending == NEWS_TREE_PENDING) {
        return;
    }

    memmove(&t->pending[t->base + 1], &t->pending[t->base],
            (t->n_pending - t->base) * sizeof(news_open_t));

    t->pending[t->base] = *o;
    t->n_pending++;
}


static void
news_tree_reopen(news_tree_t *t)
{
    unsigned  i;

    for (i = t->base; i < t->n_pending; i++) {
        if (t->n < NEWS_SANITIZE_MAX_DEPTH) {
            news_tree_reopen_one(t, &t->pending[i]);
        }
    }

    t->n_pending = t->base;
}


/* the start tag is copied from where it was written, less its id */

static void
news_tree_reopen_one(news_tree_t *t, const news_open_t *o)
{
    size_t          rest;
    news_open_t    *new;
    unsigned char  *p;

    if (o->len > t->reopen_left) {
        return;
    }

    t->reopen_left -= o->len;

    p = news_buf_reserve(t->out, o->len);
    if (p == NULL) {
        return;
    }

    new = &t->open[t->n++];
    *new = *o;
    new->at = t->out->len;
    new->len = o->len - o->id_len;
    new->id_len = 0;
    new->base = t->base;

    if (o->id_len == 0) {
        memcpy(p, t->out->data + o->at, o->len);

    } else {
        rest = o->id_at + o->id_len;
        memcpy(p, t->out->data + o->at, o->id_at);
        memcpy(p + o->id_at, t->out->data + o->at + rest, o->len - rest);
    }

    t->out->len += new->len;
}
