
/*
 * Copyright (C) The authors of the news module
 */


#include <string.h>

#include "news_fields.h"


/*
 * The bytes: a line for each computed field, in their order, then two for
 * each member of the front matter, its name and its value.  A line is its
 * length, 32 bits in the machine's order, and as many bytes.
 */

#define NEWS_FIELDS_LENGTH  sizeof(uint32_t)

/* past this robots are no rule, and clients refuse long headers */

#define NEWS_FIELDS_MAX_ROBOTS  1024


static void news_fields_computed(news_buf_t *out, const news_meta_t *meta);
static void news_fields_robots(news_buf_t *out, const news_meta_t *meta);
static void news_fields_members(news_buf_t *out, const news_value_t *map);
static void news_fields_value(news_buf_t *out, size_t at,
    const news_value_t *v, unsigned depth);
static void news_fields_item(news_buf_t *out, size_t at, news_str_t s);
static void news_fields_line(news_buf_t *out, news_str_t s);
static size_t news_fields_open(news_buf_t *out);
static void news_fields_close(news_buf_t *out, size_t at);
static int news_fields_next(news_str_t *left, news_str_t *line);
static int news_fields_is_like(news_str_t field, news_str_t name);


int
news_fields_write(news_arena_t *a, const news_page_t *page,
    news_str_t *fields)
{
    news_buf_t  out;

    news_buf_init(&out, a, 1024);

    news_fields_computed(&out, &page->meta);

    if (page->meta.fields != NULL) {
        news_fields_members(&out, page->meta.fields);
    }

    *fields = news_buf_str(&out);

    return out.failed ? -1 : 0;
}


/* in the order of news_field_e */

static void
news_fields_computed(news_buf_t *out, const news_meta_t *meta)
{
    size_t  i, at;

    news_fields_line(out, meta->title);
    news_fields_line(out, meta->author);
    news_fields_line(out, meta->date.raw);
    news_fields_line(out, meta->headimg);
    news_fields_line(out, meta->thumbnail);

    at = news_fields_open(out);

    for (i = 0; i < meta->n_categories; i++) {
        news_fields_item(out, at, meta->categories[i]);
    }

    news_fields_close(out, at);

    news_fields_robots(out, meta);
}


static void
news_fields_robots(news_buf_t *out, const news_meta_t *meta)
{
    size_t  at;

    at = news_fields_open(out);
    news_escape_line(out, meta->robots);

    if (!out->failed && out->len - at > NEWS_FIELDS_MAX_ROBOTS) {
        out->len = at;

        if (meta->noindex) {
            news_buf_addz(out, "noindex");
        }
    }

    news_fields_close(out, at);
}


static void
news_fields_members(news_buf_t *out, const news_value_t *map)
{
    size_t    at;
    uint32_t  i;

    for (i = 0; i < map->n && !out->failed; i++) {
        at = news_fields_open(out);
        news_buf_add_str(out, map->u.members[i].name);
        news_fields_close(out, at);

        at = news_fields_open(out);
        news_fields_value(out, at, map->u.members[i].value, 0);
        news_fields_close(out, at);
    }
}


/* lists within lists are joined as one; depth is bounded by front matter's */

static void
news_fields_value(news_buf_t *out, size_t at, const news_value_t *v,
    unsigned depth)
{
    uint32_t  i;

    if (v->type == NEWS_STRING) {
        news_fields_item(out, at, v->u.string);
        return;
    }

    if (v->type != NEWS_LIST || depth > NEWS_FRONT_MAX_DEPTH) {
        return;
    }

    for (i = 0; i < v->n && !out->failed; i++) {
        news_fields_value(out, at, v->u.items[i], depth + 1);
    }
}


/* of a line that began at "at" */

static void
news_fields_item(news_buf_t *out, size_t at, news_str_t s)
{
    if (out->len != at) {
        news_buf_addz(out, ", ");
    }

    news_escape_line(out, s);
}


static void
news_fields_line(news_buf_t *out, news_str_t s)
{
    size_t  at;

    at = news_fields_open(out);
    news_escape_line(out, s);
    news_fields_close(out, at);
}


/* returns where the line begins; its length is not known before its end */

static size_t
news_fields_open(news_buf_t *out)
{
    static const unsigned char  room[NEWS_FIELDS_LENGTH];

    news_buf_add(out, room, NEWS_FIELDS_LENGTH);

    return out->len;
}


static void
news_fields_close(news_buf_t *out, size_t at)
{
    size_t    n;
    uint32_t  len;

    if (out->failed) {
        return;
    }

    n = out->len - at;
    len = (uint32_t) n;

    if (len != n) {
        out->failed = 1;
        return;
    }

    memcpy(out->data + at - NEWS_FIELDS_LENGTH, &len, NEWS_FIELDS_LENGTH);
}


news_str_t
news_fields_get(news_str_t fields, news_field_e field)
{
    unsigned    i;
    news_str_t  line;

    line = news_str_n(NULL, 0);

    for (i = 0; i <= (unsigned) field; i++) {
        if (news_fields_next(&fields, &line) != 0) {
            return news_str_n(NULL, 0);
        }
    }

    return line;
}


news_str_t
news_fields_find(news_str_t fields, news_str_t name)
{
    unsigned    i;
    news_str_t  found, member, value;

    found = news_str_n(NULL, 0);

    for (i = 0; i < NEWS_FIELDS; i++) {
        if (news_fields_next(&fields, &value) != 0) {
            return found;
        }
    }

    while (news_fields_next(&fields, &member) == 0
           && news_fields_next(&fields, &value) == 0)
    {
        if (news_str_eq(member, name)) {
            return value;
        }

        if (found.data == NULL && news_fields_is_like(member, name)) {
            found = value;
        }
    }

    return found;
}


/* takes a line off; -1 at the end, and where the bytes are no line */

static int
news_fields_next(news_str_t *left, news_str_t *line)
{
    uint32_t  len;

    if (left->len < NEWS_FIELDS_LENGTH) {
        return -1;
    }

    memcpy(&len, left->data, NEWS_FIELDS_LENGTH);

    if (len > left->len - NEWS_FIELDS_LENGTH) {
        return -1;
    }

    line->data = left->data + NEWS_FIELDS_LENGTH;
    line->len = len;

    left->data = line->data + len;
    left->len -= NEWS_FIELDS_LENGTH + len;

    return 0;
}


/* whether a member can be told by a name of small letters and "_" */

static int
news_fields_is_like(news_str_t field, news_str_t name)
{
    size_t         n;
    unsigned char  c;

    if (field.len != name.len) {
        return 0;
    }

    for (n = 0; n < name.len; n++) {
        c = field.data[n];

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if (c != name.data[n] && !(name.data[n] == '_' && c == '-')) {
            return 0;
        }
    }

    return 1;
}
