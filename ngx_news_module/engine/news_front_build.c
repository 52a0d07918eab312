
/*
 * Copyright (C) The authors of the news module
 */


#include "news_front_build.h"


#define NEWS_FRONT_BUCKETS         512    /* of anchors, a power of two */
#define NEWS_FRONT_MAX_DIRECTIVES  16


static int news_front_mistake(news_front_parser_t *f, const char *problem);
static int news_front_directives(news_front_parser_t *f);
static int news_front_node(news_front_parser_t *f, const yaml_event_t *event);
static int news_front_scalar(news_front_parser_t *f,
    const yaml_event_t *event);
static int news_front_is_null(const yaml_event_t *event);
static int news_front_open(news_front_parser_t *f, const yaml_event_t *event);
static int news_front_close(news_front_parser_t *f);
static int news_front_alias(news_front_parser_t *f, const yaml_event_t *event);
static int news_front_count(news_front_parser_t *f, uint32_t nodes,
    size_t bytes);
static int news_front_put(news_front_parser_t *f, news_value_t *v,
    uint32_t nodes, uint32_t height);
static int news_front_member(news_front_parser_t *f, news_frame_t *frame,
    news_value_t *v);
static int news_front_merge(news_front_parser_t *f, news_frame_t *frame,
    news_value_t *v);
static int news_front_add_map(news_arena_t *a, news_value_t *map,
    const news_value_t *other, uint32_t *table, size_t size);
static uint32_t *news_front_slot(uint32_t *table, size_t size,
    const news_value_t *map, news_str_t name, uint32_t hash);
static int news_front_anchor(news_front_parser_t *f, const yaml_char_t *name,
    news_anchor_t **anchor);
static news_anchor_t *news_front_find_anchor(news_front_parser_t *f,
    news_str_t name);


/* a mistake of ours, at the event at hand */

static int
news_front_mistake(news_front_parser_t *f, const char *problem)
{
    f->problem = problem;
    f->where = f->here;

    return 1;
}


int
news_front_event(news_front_parser_t *f, const yaml_event_t *event)
{
    switch (event->type) {

    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return news_front_close(f);

    case YAML_DOCUMENT_END_EVENT:
        news_front_seek(f, &f->here, event->end_mark);

        return news_front_directives(f);

    case YAML_DOCUMENT_START_EVENT:
        news_front_seek(f, &f->here, event->start_mark);

        if (f->documents++) {
            return news_front_mistake(f, "found a second document");
        }

        return 0;

    case YAML_ALIAS_EVENT:
    case YAML_SCALAR_EVENT:
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        news_front_seek(f, &f->here, event->start_mark);

        return news_front_node(f, event);

    case YAML_STREAM_END_EVENT:
        return f->not_map;

    default:
        return 0;
    }
}


/*
 * A directive can only be a mistake here, and libyaml says so, but looks for
 * each among all before it.
 */

static int
news_front_directives(news_front_parser_t *f)
{
    unsigned              n;
    const unsigned char  *p, *last;

    n = 0;
    last = f->text.data + f->text.len;

    for (p = f->here.p; p < last; p++) {
        if (*p == '%' && (p == f->text.data || p[-1] == '\n')
            && ++n > NEWS_FRONT_MAX_DIRECTIVES)
        {
            return news_front_mistake(f, "found directives");
        }
    }

    return 0;
}


static int
news_front_node(news_front_parser_t *f, const yaml_event_t *event)
{
    if (f->depth == 0 && event->type != YAML_MAPPING_START_EVENT) {

        /* nothing at all is an empty map */

        if (event->type == YAML_SCALAR_EVENT
            && event->data.scalar.length == 0
            && event->data.scalar.plain_implicit)
        {
            return 0;
        }

        /* told at its end: libyaml may know better what is wrong */

        (void) news_front_mistake(f, "the top level is not a mapping");
        f->not_map = 1;

        if (event->type != YAML_SEQUENCE_START_EVENT) {
            return 0;
        }
    }

    if (event->type == YAML_ALIAS_EVENT) {
        return news_front_alias(f, event);
    }

    if (event->type == YAML_SCALAR_EVENT) {
        return news_front_scalar(f, event);
    }

    return news_front_open(f, event);
}


static int
news_front_scalar(news_front_parser_t *f, const yaml_event_t *event)
{
    int             rc;
    news_str_t      s;
    news_value_t   *v;
    news_frame_t   *frame;
    news_anchor_t  *anchor;

    frame = &f->stack[f->depth - 1];

    rc = news_front_count(f, 1, event->data.scalar.length);

    if (rc != 0) {
        return rc;
    }

    if (news_front_is_null(event)
        && (frame->value->type == NEWS_LIST || frame->state != NEWS_FRONT_KEY))
    {
        v = news_value_null(f->arena);

    } else {
        s = news_str_n(event->data.scalar.value, event->data.scalar.length);
        s = news_str_dup(f->arena, s);
        v = (s.data == NULL) ? NULL : news_value_string(f->arena, s);
    }

    if (v == NULL
        || news_front_anchor(f, event->data.scalar.anchor, &anchor) == -1)
    {
        return -1;
    }

    v->plain = (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE
                && event->data.scalar.plain_implicit);
    v->line = f->here.line;
    v->column = f->here.column;

    if (anchor != NULL) {
        anchor->value = v;
        anchor->nodes = 1;
        anchor->bytes = event->data.scalar.length;
    }

    return news_front_put(f, v, 1, 0);
}


static int
news_front_is_null(const yaml_event_t *event)
{
    news_str_t   s;
    const char  *tag;

    tag = (const char *) event->data.scalar.tag;

    if (tag != NULL) {
        return strcmp(tag, YAML_NULL_TAG) == 0;
    }

    s = news_str_n(event->data.scalar.value, event->data.scalar.length);

    return event->data.scalar.plain_implicit
           && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE
           && (s.len == 0 || news_str_eqz(s, "~") || news_str_eqz(s, "null")
               || news_str_eqz(s, "Null") || news_str_eqz(s, "NULL"));
}


static int
news_front_open(news_front_parser_t *f, const yaml_event_t *event)
{
    int            rc, is_map;
    news_frame_t  *frame;
    yaml_char_t   *name;

    if (f->depth == NEWS_FRONT_MAX_DEPTH) {
        return news_front_mistake(f, "more than 32 levels deep");
    }

    rc = news_front_count(f, 1, 0);

    if (rc != 0) {
        return rc;
    }

    is_map = (event->type == YAML_MAPPING_START_EVENT);
    name = is_map ? event->data.mapping_start.anchor
                  : event->data.sequence_start.anchor;

    frame = &f->stack[f->depth];
    memset(frame, 0, sizeof(news_frame_t));

    frame->nodes = 1;
    frame->bytes = f->bytes;
    frame->height = 1;
    frame->value = is_map ? news_value_map(f->arena)
                          : news_value_list(f->arena);

    if (frame->value == NULL
        || news_front_anchor(f, name, &frame->anchor) == -1)
    {
        return -1;
    }

    if (f->depth == 0) {
        f->flow = (event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
    }

    frame->value->line = f->here.line;
    frame->value->column = f->here.column;
    f->depth++;

    return 0;
}


static int
news_front_close(news_front_parser_t *f)
{
    news_frame_t  *frame;
    news_value_t  *v;

    frame = &f->stack[--f->depth];
    v = frame->value;

    if (v->type == NEWS_MAP
        && news_front_settle(f->arena, v, frame->merge) == -1)
    {
        return -1;
    }

    if (frame->anchor != NULL) {
        frame->anchor->value = v;
        frame->anchor->nodes = frame->nodes;
        frame->anchor->bytes = f->bytes - frame->bytes;
        frame->anchor->height = frame->height;
    }

    return news_front_put(f, v, frame->nodes, frame->height);
}


static int
news_front_alias(news_front_parser_t *f, const yaml_event_t *event)
{
    int             rc;
    news_anchor_t  *anchor;

    anchor = news_front_find_anchor(f,
                            news_str((char *) event->data.alias.anchor));

    if (anchor == NULL) {
        return news_front_mistake(f, "found undefined alias");
    }

    if (anchor->value == NULL) {
        return news_front_mistake(f, "found an alias inside its own node");
    }

    if (f->depth + anchor->height > NEWS_FRONT_MAX_DEPTH) {
        return news_front_mistake(f, "more than 32 levels deep");
    }

    rc = news_front_count(f, anchor->nodes, anchor->bytes);

    if (rc != 0) {
        return rc;
    }

    return news_front_put(f, anchor->value, anchor->nodes, anchor->height);
}


static int
news_front_count(news_front_parser_t *f, uint32_t nodes, size_t bytes)
{
    f->nodes += nodes;
    f->bytes += bytes;

    if (f->nodes > NEWS_FRONT_MAX_NODES) {
        return news_front_mistake(f, "more than 10000 nodes");
    }

    if (f->bytes > NEWS_FRONT_MAX_TEXT) {
        return news_front_mistake(f, "more than a megabyte after aliases");
    }

    return 0;
}


/* hands a complete node to the list or map around it */

static int
news_front_put(news_front_parser_t *f, news_value_t *v, uint32_t nodes,
    uint32_t height)
{
    news_frame_t  *frame;

    if (f->depth == 0) {
        f->top = v;
        return 0;
    }

    frame = &f->stack[f->depth - 1];
    frame->nodes += nodes;

    if (frame->height <= height) {
        frame->height = height + 1;
    }

    if (frame->value->type == NEWS_LIST) {
        return news_value_push(f->arena, frame->value, v);
    }

    return news_front_member(f, frame, v);
}


/* a name of a map, or its value */

static int
news_front_member(news_front_parser_t *f, news_frame_t *frame,
    news_value_t *v)
{
    news_front_state_e  state;

    state = frame->state;
    frame->state = NEWS_FRONT_KEY;

    switch (state) {

    case NEWS_FRONT_KEY:
        if (v->type != NEWS_STRING || v->u.string.len == 0) {
            frame->state = NEWS_FRONT_SKIP;

        } else if (v->plain && news_str_eqz(v->u.string, "<<")) {
            frame->state = NEWS_FRONT_MERGE;

        } else {
            frame->state = NEWS_FRONT_VALUE;
            frame->name = v->u.string;
        }

        return 0;

    case NEWS_FRONT_VALUE:
        return news_value_add(f->arena, frame->value, frame->name, v);

    case NEWS_FRONT_MERGE:
        return news_front_merge(f, frame, v);

    default: /* NEWS_FRONT_SKIP */
        return 0;
    }
}


/* remembers a map, or the maps of a list, for the end of the map at hand */

static int
news_front_merge(news_front_parser_t *f, news_frame_t *frame,
    news_value_t *v)
{
    uint32_t  i;

    if (frame->merge == NULL) {
        frame->merge = news_value_list(f->arena);

        if (frame->merge == NULL) {
            return -1;
        }
    }

    if (v->type == NEWS_MAP) {
        return news_value_push(f->arena, frame->merge, v);
    }

    if (v->type != NEWS_LIST) {
        return 0;
    }

    for (i = 0; i < v->n; i++) {
        if (v->u.items[i]->type == NEWS_MAP
            && news_value_push(f->arena, frame->merge, v->u.items[i]) == -1)
        {
            return -1;
        }
    }

    return 0;
}


int
news_front_settle(news_arena_t *a, news_value_t *map,
    const news_value_t *merge)
{
    size_t          size;
    uint32_t        i, n, *slot, *table;
    news_member_t  *m;

    n = map->n;

    for (i = 0; merge != NULL && i < merge->n; i++) {
        n += merge->u.items[i]->n;
    }

    if (n < 2 && merge == NULL) {
        return 0;
    }

    for (size = 8; size < 2 * (size_t) n; size *= 2) { /* void */ }

    table = news_arena_calloc(a, size * sizeof(uint32_t));

    if (table == NULL) {
        return -1;
    }

    n = map->n;
    map->n = 0;

    for (i = 0; i < n; i++) {
        m = &map->u.members[i];
        slot = news_front_slot(table, size, map, m->name, m->hash);

        if (*slot) {
            map->u.members[*slot - 1].value = m->value;

        } else {
            map->u.members[map->n++] = *m;
            *slot = map->n;
        }
    }

    for (i = 0; merge != NULL && i < merge->n; i++) {
        if (news_front_add_map(a, map, merge->u.items[i], table, size) == -1) {
            return -1;
        }
    }

    return 0;
}


static int
news_front_add_map(news_arena_t *a, news_value_t *map,
    const news_value_t *other, uint32_t *table, size_t size)
{
    uint32_t        i, *slot;
    news_member_t  *m;

    for (i = 0; i < other->n; i++) {
        m = &other->u.members[i];
        slot = news_front_slot(table, size, map, m->name, m->hash);

        if (*slot) {
            continue;
        }

        if (news_value_add(a, map, m->name, m->value) == -1) {
            return -1;
        }

        *slot = map->n;
    }

    return 0;
}


/* where the name's number is kept, counted from 1, or 0 is for it to come */

static uint32_t *
news_front_slot(uint32_t *table, size_t size, const news_value_t *map,
    news_str_t name, uint32_t hash)
{
    size_t          i;
    news_member_t  *m;

    for (i = hash & (size - 1); table[i]; i = (i + 1) & (size - 1)) {
        m = &map->u.members[table[i] - 1];

        if (m->hash == hash && news_str_eq(m->name, name)) {
            break;
        }
    }

    return &table[i];
}


/* *anchor is NULL where there is none; 0, or -1 */

static int
news_front_anchor(news_front_parser_t *f, const yaml_char_t *name,
    news_anchor_t **anchor)
{
    news_anchor_t  *new, **bucket;

    *anchor = NULL;

    if (name == NULL) {
        return 0;
    }

    if (f->anchors == NULL) {
        f->anchors = news_arena_calloc(f->arena, NEWS_FRONT_BUCKETS
                                                 * sizeof(news_anchor_t *));
        if (f->anchors == NULL) {
            return -1;
        }
    }

    new = news_arena_calloc(f->arena, sizeof(news_anchor_t));

    if (new == NULL) {
        return -1;
    }

    new->name = news_str_dup(f->arena, news_str((const char *) name));

    if (new->name.data == NULL) {
        return -1;
    }

    new->hash = news_name_hash(new->name);
    bucket = &f->anchors[new->hash & (NEWS_FRONT_BUCKETS - 1)];
    new->next = *bucket;
    *bucket = new;
    *anchor = new;

    return 0;
}


/* of anchors with the same name the newest */

static news_anchor_t *
news_front_find_anchor(news_front_parser_t *f, news_str_t name)
{
    uint32_t        hash;
    news_anchor_t  *anchor;

    if (f->anchors == NULL) {
        return NULL;
    }

    hash = news_name_hash(name);
    anchor = f->anchors[hash & (NEWS_FRONT_BUCKETS - 1)];

    while (anchor != NULL
           && (anchor->hash != hash || !news_str_eq(anchor->name, name)))
    {
        anchor = anchor->next;
    }

    return anchor;
}
