
/*
 * Copyright (C) The authors of the news module
 */


#include "news_id.h"
#include "news_meta_names.h"


static int news_meta_author(news_meta_reader_t *r, const news_value_t *v,
    news_author_t *author);
static int news_meta_join(news_meta_reader_t *r);
static int news_meta_distinct(news_meta_reader_t *r, news_str_t *names,
    size_t *n);
static size_t news_meta_split(news_str_t s, news_str_t *names);
static size_t news_meta_comma(news_str_t s);
static const news_value_t *news_meta_list(news_meta_reader_t *r,
    const char *first, const char *second);
static size_t news_meta_count(const news_value_t *v);


int
news_meta_authors(news_meta_reader_t *r)
{
    size_t               n;
    news_walk_t          w;
    const news_value_t  *v;

    v = news_meta_list(r, "authors", "author");
    n = news_meta_count(v);

    if (n == 0) {
        return 0;
    }

    r->meta->authors = news_arena_calloc(r->arena,
                                         n * sizeof(news_author_t));
    if (r->meta->authors == NULL) {
        return -1;
    }

    n = 0;
    news_meta_walk(&w, v);

    while ((v = news_meta_next(&w)) != NULL) {
        n += news_meta_author(r, v, &r->meta->authors[n]);
    }

    r->meta->n_authors = n;

    return news_meta_join(r);
}


/* the number of authors found, 0 or 1 */

static int
news_meta_author(news_meta_reader_t *r, const news_value_t *v,
    news_author_t *author)
{
    if (v->type == NEWS_STRING) {
        author->name = news_meta_trim(v->u.string);

        return author->name.len != 0;
    }

    author->name = news_meta_trim(
                             news_value_text(news_value_getz(v, "name")));

    if (author->name.len == 0) {
        return 0;
    }

    author->url = news_meta_url(r, v, "url");
    author->avatar = news_meta_url(r, v, "avatar");

    return 1;
}


static int
news_meta_join(news_meta_reader_t *r)
{
    size_t      i;
    news_buf_t  b;

    if (r->meta->n_authors == 1) {
        r->meta->author = r->meta->authors[0].name;
        return 0;
    }

    news_buf_init(&b, r->arena, 64);

    for (i = 0; i < r->meta->n_authors; i++) {
        if (i) {
            news_buf_addz(&b, ", ");
        }

        news_buf_add_str(&b, r->meta->authors[i].name);
    }

    r->meta->author = news_buf_str(&b);

    return b.failed ? -1 : 0;
}


int
news_meta_names(news_meta_reader_t *r, const char *plural,
    const char *singular, news_str_t **names, size_t *n)
{
    news_str_t           s;
    news_walk_t          w;
    const news_value_t  *v;

    v = news_meta_list(r, plural, singular);

    *n = news_meta_count(v);

    if (*n == 0) {
        return 0;
    }

    *names = news_arena_alloc(r->arena, *n * sizeof(news_str_t));

    if (*names == NULL) {
        return -1;
    }

    *n = 0;
    news_meta_walk(&w, v);

    while ((v = news_meta_next(&w)) != NULL) {
        s = news_meta_trim(news_value_text(v));

        if (s.len) {
            (*names)[(*n)++] = s;
        }
    }

    return news_meta_distinct(r, *names, n);
}


/*
 * Of equal names the first is kept.  Whoever writes the names can choose them
 * so that hashes meet: a tree's depth is bounded by their length.
 */

static int
news_meta_distinct(news_meta_reader_t *r, news_str_t *names, size_t *n)
{
    int         rc;
    size_t      i, k;
    news_ids_t  seen;

    if (*n < 2) {
        return 0;
    }

    news_ids_init(&seen, r->arena);

    k = 0;

    for (i = 0; i < *n; i++) {
        rc = news_ids_add(&seen, names[i]);

        if (rc < 0) {
            return -1;
        }

        if (rc) {
            names[k++] = names[i];
        }
    }

    *n = k;

    return 0;
}


/* a list of words, or one string of them */

int
news_meta_keywords(news_meta_reader_t *r)
{
    size_t               n;
    news_str_t           s, *names;
    const news_value_t  *v;

    v = news_value_getz(r->fields, "keywords");

    if (v == NULL || v->type != NEWS_STRING) {
        return news_meta_names(r, "keywords", "keyword", &r->meta->keywords,
                               &r->meta->n_keywords);
    }

    s = v->u.string;
    n = news_meta_split(s, NULL);
    names = news_arena_alloc(r->arena, n * sizeof(news_str_t));

    if (names == NULL) {
        return -1;
    }

    n = news_meta_split(s, names);

    r->meta->keywords = names;
    r->meta->n_keywords = n;

    return news_meta_distinct(r, names, &r->meta->n_keywords);
}


/* at commas of Latin and CJK; names may be NULL to count */

static size_t
news_meta_split(news_str_t s, news_str_t *names)
{
    size_t      n, len, comma;
    news_str_t  word;

    n = 0;

    for ( ;; ) {
        comma = 0;

        for (len = 0; len < s.len; len++) {
            comma = news_meta_comma(news_str_n(s.data + len, s.len - len));

            if (comma) {
                break;
            }
        }

        word = news_meta_trim(news_str_n(s.data, len));

        if (word.len) {
            if (names != NULL) {
                names[n] = word;
            }

            n++;
        }

        if (len == s.len) {
            return n;
        }

        s.data += len + comma;
        s.len -= len + comma;
    }
}


/* the length of the comma the text begins with, or 0 */

static size_t
news_meta_comma(news_str_t s)
{
    if (s.data[0] == ',') {
        return 1;
    }

    if (s.len >= 3
        && (memcmp(s.data, "，", 3) == 0 || memcmp(s.data, "、", 3) == 0))
    {
        return 3;
    }

    return 0;
}


/* the first of two fields that has anything in it */

static const news_value_t *
news_meta_list(news_meta_reader_t *r, const char *first, const char *second)
{
    const news_value_t  *v;

    v = news_value_getz(r->fields, first);

    if (news_meta_count(v)) {
        return v;
    }

    return news_value_getz(r->fields, second);
}


void
news_meta_walk(news_walk_t *w, const news_value_t *v)
{
    w->only = NULL;
    w->depth = 0;

    if (v == NULL) {
        return;
    }

    if (v->type == NEWS_LIST) {
        w->stack[0].list = v;
        w->stack[0].i = 0;
        w->depth = 1;

    } else {
        w->only = v;
    }
}


/* the next string or map, or NULL */

const news_value_t *
news_meta_next(news_walk_t *w)
{
    const news_value_t  *v;
    news_walk_frame_t   *frame;

    if (w->only != NULL) {
        v = w->only;
        w->only = NULL;

        return (v->type == NEWS_NULL) ? NULL : v;
    }

    while (w->depth) {
        frame = &w->stack[w->depth - 1];

        if (frame->i == frame->list->n) {
            w->depth--;
            continue;
        }

        v = frame->list->u.items[frame->i++];

        if (v->type == NEWS_STRING || v->type == NEWS_MAP) {
            return v;
        }

        if (v->type == NEWS_LIST && w->depth < NEWS_FRONT_MAX_DEPTH) {
            w->stack[w->depth].list = v;
            w->stack[w->depth].i = 0;
            w->depth++;
        }
    }

    return NULL;
}


static size_t
news_meta_count(const news_value_t *v)
{
    size_t       n;
    news_walk_t  w;

    n = 0;
    news_meta_walk(&w, v);

    while (news_meta_next(&w) != NULL) {
        n++;
    }

    return n;
}
