
/*
 * Copyright (C) The authors of the news module
 */


#include "news_escape.h"
#include "news_value.h"


#define NEWS_VALUE_MAX_DEPTH  64


static news_value_t *news_value_create(news_arena_t *a,
    news_value_type_e type);
static int news_value_bool_word(news_str_t s);
static int news_value_is_number(news_str_t s);
static int news_value_digits(const unsigned char **p,
    const unsigned char *last);
static void news_value_json_scalar(news_buf_t *out, const news_value_t *v);
static void news_value_json_at(news_buf_t *out, const news_value_t *v,
    unsigned depth);


/* FNV-1a, 32 bits */

uint32_t
news_name_hash(news_str_t name)
{
    size_t    i;
    uint32_t  hash;

    hash = 2166136261u;

    for (i = 0; i < name.len; i++) {
        hash = (hash ^ name.data[i]) * 16777619u;
    }

    return hash;
}


static news_value_t *
news_value_create(news_arena_t *a, news_value_type_e type)
{
    news_value_t  *v;

    v = news_arena_calloc(a, sizeof(news_value_t));

    if (v != NULL) {
        v->type = type;
    }

    return v;
}


news_value_t *
news_value_null(news_arena_t *a)
{
    return news_value_create(a, NEWS_NULL);
}


news_value_t *
news_value_string(news_arena_t *a, news_str_t s)
{
    news_value_t  *v;

    v = news_value_create(a, NEWS_STRING);

    if (v != NULL) {
        v->u.string = s;
    }

    return v;
}


news_value_t *
news_value_list(news_arena_t *a)
{
    return news_value_create(a, NEWS_LIST);
}


news_value_t *
news_value_map(news_arena_t *a)
{
    return news_value_create(a, NEWS_MAP);
}


int
news_value_push(news_arena_t *a, news_value_t *list, news_value_t *item)
{
    uint32_t        size;
    news_value_t  **items;

    if (list->n == list->size) {
        size = list->size ? list->size * 2 : 4;

        items = news_arena_realloc(a, list->u.items,
                                   list->size * sizeof(news_value_t *),
                                   size * sizeof(news_value_t *));
        if (items == NULL) {
            return -1;
        }

        list->u.items = items;
        list->size = size;
    }

    list->u.items[list->n++] = item;

    return 0;
}


int
news_value_put(news_arena_t *a, news_value_t *map, news_str_t name,
    news_value_t *value)
{
    news_member_t  *m;

    m = news_value_member(map, name, news_name_hash(name));

    if (m != NULL) {
        m->value = value;
        return 0;
    }

    return news_value_add(a, map, name, value);
}


int
news_value_add(news_arena_t *a, news_value_t *map, news_str_t name,
    news_value_t *value)
{
    uint32_t        size;
    news_member_t  *m;

    if (map->n == map->size) {
        size = map->size ? map->size * 2 : 8;

        m = news_arena_realloc(a, map->u.members,
                               map->size * sizeof(news_member_t),
                               size * sizeof(news_member_t));
        if (m == NULL) {
            return -1;
        }

        map->u.members = m;
        map->size = size;
    }

    m = &map->u.members[map->n++];

    m->name = name;
    m->hash = news_name_hash(name);
    m->value = value;

    return 0;
}


news_member_t *
news_value_member(const news_value_t *map, news_str_t name, uint32_t hash)
{
    uint32_t        i;
    news_member_t  *m;

    if (map == NULL || map->type != NEWS_MAP) {
        return NULL;
    }

    m = map->u.members;

    for (i = 0; i < map->n; i++) {
        if (m[i].hash == hash && news_str_eq(m[i].name, name)) {
            return &m[i];
        }
    }

    return NULL;
}


news_value_t *
news_value_get(const news_value_t *map, news_str_t name)
{
    news_member_t  *m;

    m = news_value_member(map, name, news_name_hash(name));

    return m != NULL ? m->value : NULL;
}


news_value_t *
news_value_getz(const news_value_t *map, const char *name)
{
    return news_value_get(map, news_str(name));
}


news_str_t
news_value_text(const news_value_t *v)
{
    if (v == NULL || v->type != NEWS_STRING) {
        return news_str_n(NULL, 0);
    }

    return v->u.string;
}


/* 1, 0, or -1 where it is no boolean */

static int
news_value_bool_word(news_str_t s)
{
    size_t                i;
    static const char    *words[] = {
        "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON",
        "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"
    };

    if (s.len < 2 || s.len > 5) {
        return -1;
    }

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (news_str_eqz(s, words[i])) {
            return i < 9;
        }
    }

    return -1;
}


int
news_value_bool(const news_value_t *v, int absent)
{
    int  b;

    if (v == NULL || v->type != NEWS_STRING) {
        return absent;
    }

    b = news_value_bool_word(v->u.string);

    return b == -1 ? absent : b;
}


int
news_value_is_true(const news_value_t *v)
{
    if (v == NULL) {
        return 0;
    }

    switch (v->type) {

    case NEWS_STRING:
        return v->u.string.len != 0 && news_value_bool(v, 1);

    case NEWS_LIST:
        return v->n != 0;

    case NEWS_MAP:
        return 1;

    default:
        return 0;
    }
}


/* the grammar of JSON's numbers, not what YAML takes for one */

static int
news_value_is_number(news_str_t s)
{
    const unsigned char  *p, *last;

    p = s.data;
    last = s.data + s.len;

    if (p < last && *p == '-') {
        p++;
    }

    if (last - p >= 2 && p[0] == '0' && p[1] >= '0' && p[1] <= '9') {
        return 0;
    }

    if (!news_value_digits(&p, last)) {
        return 0;
    }

    if (p < last && *p == '.') {
        p++;

        if (!news_value_digits(&p, last)) {
            return 0;
        }
    }

    if (p < last && (*p == 'e' || *p == 'E')) {
        p++;

        if (p < last && (*p == '+' || *p == '-')) {
            p++;
        }

        if (!news_value_digits(&p, last)) {
            return 0;
        }
    }

    return p == last;
}


/* goes past digits; returns whether there was one */

static int
news_value_digits(const unsigned char **p, const unsigned char *last)
{
    const unsigned char  *first;

    first = *p;

    while (*p < last && **p >= '0' && **p <= '9') {
        (*p)++;
    }

    return *p != first;
}


static void
news_value_json_scalar(news_buf_t *out, const news_value_t *v)
{
    if (v->plain
        && (news_str_caseeqz(v->u.string, "true")
            || news_str_caseeqz(v->u.string, "false")))
    {
        news_buf_addz(out, news_value_bool(v, 0) ? "true" : "false");
        return;
    }

    if (v->plain && news_value_is_number(v->u.string)) {
        news_buf_add_str(out, v->u.string);
        return;
    }

    news_buf_addc(out, '"');
    news_escape_json(out, v->u.string);
    news_buf_addc(out, '"');
}


void
news_value_json(news_buf_t *out, const news_value_t *v)
{
    news_value_json_at(out, v, 0);
}


/* front matter is at most 32 deep, so this recursion is too */

static void
news_value_json_at(news_buf_t *out, const news_value_t *v, unsigned depth)
{
    uint32_t  i;

    if (v == NULL || v->type == NEWS_NULL || depth > NEWS_VALUE_MAX_DEPTH
        || out->failed)
    {
        news_buf_addz(out, "null");
        return;
    }

    if (v->type == NEWS_STRING) {
        news_value_json_scalar(out, v);
        return;
    }

    news_buf_addc(out, v->type == NEWS_LIST ? '[' : '{');

    for (i = 0; i < v->n; i++) {
        if (i != 0) {
            news_buf_addc(out, ',');
        }

        if (v->type == NEWS_LIST) {
            news_value_json_at(out, v->u.items[i], depth + 1);
            continue;
        }

        news_buf_addc(out, '"');
        news_escape_json(out, v->u.members[i].name);
        news_buf_addz(out, "\":");
        news_value_json_at(out, v->u.members[i].value, depth + 1);
    }

    news_buf_addc(out, v->type == NEWS_LIST ? ']' : '}');
}
