
/*
 * Copyright (C) The authors of the news module
 */


#include "news_lang.h"
#include "news_url.h"
#include "news_view.h"


typedef struct {
    const news_view_t  *view;
    const news_meta_t  *meta;
    news_arena_t       *arena;
    news_value_t       *map;
    news_str_t          url;
    news_str_t          canonical;
    news_str_t          image;
    news_str_t          lang;           /* of words and dates */
    unsigned            failed:1;
} news_maker_t;


static void news_view_page(news_maker_t *mk);
static void news_view_site(news_maker_t *mk);
static void news_view_lists(news_maker_t *mk);
static void news_view_dates(news_maker_t *mk);
static void news_view_when(news_maker_t *mk, const news_when_t *when,
    const char *name, const char *iso_name, const char *text_name);
static void news_view_theme(news_maker_t *mk);
static void news_view_fields(news_maker_t *mk);
static void news_view_add(news_maker_t *mk, news_value_t *map,
    const char *name, news_value_t *value);
static void news_view_string(news_maker_t *mk, news_value_t *map,
    const char *name, news_str_t s);
static void news_view_plain(news_maker_t *mk, news_value_t *map,
    const char *name, news_str_t s);
static void news_view_number(news_maker_t *mk, const char *name, size_t n);
static void news_view_push(news_maker_t *mk, news_value_t *list,
    news_value_t *item);
static void news_view_authors(news_maker_t *mk);
static void news_view_named(news_maker_t *mk, const char *name,
    const news_str_t *names, size_t n);
static void news_view_keywords(news_maker_t *mk);
static void news_view_has(news_maker_t *mk);
static news_str_t news_view_buf(news_maker_t *mk, const news_buf_t *buf);
static news_str_t news_view_iso(news_maker_t *mk, const news_when_t *when);
static news_str_t news_view_path(news_maker_t *mk);
static news_str_t news_view_absolute(news_maker_t *mk, news_str_t url);
static news_str_t news_view_folder(news_str_t path);
static news_str_t news_view_json_ld(news_maker_t *mk);
static void news_ld_member(news_buf_t *out, const char *name, news_str_t s);
static void news_ld_string(news_buf_t *out, news_str_t s);
static void news_ld_strings(news_buf_t *out, const news_str_t *s, size_t n);
static void news_ld_dates(news_maker_t *mk, news_buf_t *out);
static void news_ld_authors(news_maker_t *mk, news_buf_t *out);
static void news_ld_topics(news_maker_t *mk, news_buf_t *out);


news_value_t *
news_view_map(news_arena_t *a, const news_view_t *view)
{
    news_maker_t  mk;

    memset(&mk, 0, sizeof(news_maker_t));

    mk.view = view;
    mk.meta = view->meta;
    mk.arena = a;

    mk.map = news_value_map(a);
    if (mk.map == NULL) {
        return NULL;
    }

    mk.url = news_view_path(&mk);
    mk.canonical = news_view_absolute(&mk, mk.meta->link.len ? mk.meta->link
                                                             : mk.url);
    mk.image = news_view_absolute(&mk, mk.meta->headimg.len
                                       ? mk.meta->headimg
                                       : mk.meta->thumbnail);
    mk.lang = mk.meta->lang.len ? mk.meta->lang
                                : news_lang_guess(mk.meta->title,
                                                  mk.meta->description);
    news_view_page(&mk);
    news_view_dates(&mk);
    news_view_lists(&mk);
    news_view_site(&mk);

    if (view->options->output != NEWS_OUTPUT_JSON) {
        news_view_theme(&mk);
    }

    news_view_fields(&mk);

    return mk.failed ? NULL : mk.map;
}


static void
news_view_page(news_maker_t *mk)
{
    news_value_t       *map;
    const news_meta_t  *meta;

    map = mk->map;
    meta = mk->meta;

    news_view_string(mk, map, "title", meta->title);
    news_view_plain(mk, map, "heading_title",
                    news_str(meta->heading_title ? "true" : "false"));
    news_view_string(mk, map, "author", meta->author);
    news_view_string(mk, map, "headimg", meta->headimg);
    news_view_string(mk, map, "thumbnail", meta->thumbnail);
    news_view_string(mk, map, "description", meta->description);
    news_view_plain(mk, map, "comments",
                    news_str(meta->comments ? "true" : "false"));
    news_view_string(mk, map, "lang", meta->lang);
    news_view_string(mk, map, "link", meta->link);
    news_view_string(mk, map, "robots", meta->robots);
    news_view_number(mk, "word_count", mk->view->text->words);
    news_view_number(mk, "reading_minutes",
                     news_text_minutes(mk->view->text->words));
}


static void
news_view_site(news_maker_t *mk)
{
    const news_options_t  *options;

    options = mk->view->options;

    news_view_string(mk, mk->map, "url", mk->url);
    news_view_string(mk, mk->map, "canonical", mk->canonical);
    news_view_string(mk, mk->map, "site_name", options->site_name);
    news_view_string(mk, mk->map, "site_url", options->site_url);
    news_view_string(mk, mk->map, "content", mk->view->content);
}


static void
news_view_lists(news_maker_t *mk)
{
    news_value_t       *toc;
    const news_meta_t  *meta;

    meta = mk->meta;

    news_view_authors(mk);
    news_view_named(mk, "categories", meta->categories, meta->n_categories);
    news_view_named(mk, "tags", meta->tags, meta->n_tags);
    news_view_keywords(mk);

    toc = meta->toc ? mk->view->text->toc : NULL;

    news_view_add(mk, mk->map, "toc",
                  toc != NULL ? toc : news_value_list(mk->arena));
}


static void
news_view_dates(news_maker_t *mk)
{
    news_view_when(mk, &mk->meta->date, "date", "date_iso", "date_text");
    news_view_when(mk, &mk->meta->updated, "updated", "updated_iso",
                   "updated_text");
}


/* a date that could not be read is shown to people as it was written */

static void
news_view_when(news_maker_t *mk, const news_when_t *when, const char *name,
    const char *iso_name, const char *text_name)
{
    news_str_t      text;
    unsigned char  *p;

    text = when->raw;

    if (when->time != NEWS_NO_TIME) {
        p = news_arena_alloc(mk->arena, 64);
        if (p == NULL) {
            mk->failed = 1;
            return;
        }

        text = news_str_n(p, news_date_text(p, when->time,
                                            mk->view->options->zone,
                                            mk->lang));
    }

    news_view_string(mk, mk->map, name, when->raw);
    news_view_string(mk, mk->map, iso_name, news_view_iso(mk, when));
    news_view_string(mk, mk->map, text_name, text);
}


static void
news_view_theme(news_maker_t *mk)
{
    unsigned       minutes;
    news_str_t     lang;
    news_value_t  *map;

    map = mk->map;
    lang = mk->meta->lang;
    minutes = news_text_minutes(mk->view->text->words);

    if (news_lang_words(mk->arena, map, mk->lang, minutes) != 0) {
        mk->failed = 1;
        return;
    }

    news_view_string(mk, map, "news_dir", news_lang_dir(lang));
    news_view_string(mk, map, "news_locale",
                     news_lang_locale(mk->arena, lang));
    news_view_string(mk, map, "news_image", mk->image);
    news_view_string(mk, map, "news_json_ld", news_view_json_ld(mk));
    news_view_has(mk);
}


/* the fields of the front matter that no computed name hides */

static void
news_view_fields(news_maker_t *mk)
{
    uint32_t        i, j, n;
    news_value_t   *fields;
    news_member_t  *m, *known;

    fields = mk->meta->fields;

    if (fields == NULL || fields->type != NEWS_MAP || mk->failed) {
        return;
    }

    n = mk->map->n;

    for (i = 0; i < fields->n; i++) {
        m = &fields->u.members[i];
        known = mk->map->u.members;

        for (j = 0; j < n; j++) {
            if (known[j].hash == m->hash
                && news_str_eq(known[j].name, m->name))
            {
                break;
            }
        }

        if (j == n
            && news_value_add(mk->arena, mk->map, m->name, m->value) != 0)
        {
            mk->failed = 1;
            return;
        }
    }
}


/* once something failed the rest is skipped; "failed" is tested at the end */

static void
news_view_add(news_maker_t *mk, news_value_t *map, const char *name,
    news_value_t *value)
{
    if (mk->failed || map == NULL || value == NULL
        || news_value_add(mk->arena, map, news_str(name), value) != 0)
    {
        mk->failed = 1;
    }
}


static void
news_view_string(news_maker_t *mk, news_value_t *map, const char *name,
    news_str_t s)
{
    if (s.len == 0) {
        s = news_str("");
    }

    news_view_add(mk, map, name, news_value_string(mk->arena, s));
}


/* a boolean or a number in JSON */

static void
news_view_plain(news_maker_t *mk, news_value_t *map, const char *name,
    news_str_t s)
{
    news_value_t  *v;

    v = news_value_string(mk->arena, s);

    if (v != NULL) {
        v->plain = 1;
    }

    news_view_add(mk, map, name, v);
}


static void
news_view_number(news_maker_t *mk, const char *name, size_t n)
{
    news_buf_t  buf;

    news_buf_init(&buf, mk->arena, 24);
    news_buf_addf(&buf, "%zu", n);

    news_view_plain(mk, mk->map, name, news_view_buf(mk, &buf));
}


static void
news_view_push(news_maker_t *mk, news_value_t *list, news_value_t *item)
{
    if (mk->failed || list == NULL || item == NULL
        || news_value_push(mk->arena, list, item) != 0)
    {
        mk->failed = 1;
    }
}


/* items have all their names, so that none is looked up in the page's own */

static void
news_view_authors(news_maker_t *mk)
{
    size_t          i;
    news_value_t   *list, *item;
    news_author_t  *author;

    list = news_value_list(mk->arena);

    for (i = 0; i < mk->meta->n_authors && !mk->failed; i++) {
        author = &mk->meta->authors[i];
        item = news_value_map(mk->arena);

        news_view_string(mk, item, "name", author->name);
        news_view_string(mk, item, "url", author->url);
        news_view_string(mk, item, "avatar", author->avatar);
        news_view_push(mk, list, item);
    }

    news_view_add(mk, mk->map, "authors", list);
}


/* no listing is above an article, so "url" is empty */

static void
news_view_named(news_maker_t *mk, const char *name, const news_str_t *names,
    size_t n)
{
    size_t         i;
    news_value_t  *list, *item;

    list = news_value_list(mk->arena);

    for (i = 0; i < n && !mk->failed; i++) {
        item = news_value_map(mk->arena);

        news_view_string(mk, item, "name", names[i]);
        news_view_string(mk, item, "url", news_str(""));
        news_view_push(mk, list, item);
    }

    news_view_add(mk, mk->map, name, list);
}


static void
news_view_keywords(news_maker_t *mk)
{
    size_t         i;
    news_value_t  *list;

    list = news_value_list(mk->arena);

    for (i = 0; i < mk->meta->n_keywords && !mk->failed; i++) {
        news_view_push(mk, list, news_value_string(mk->arena,
                                                   mk->meta->keywords[i]));
    }

    news_view_add(mk, mk->map, "keywords", list);
}


/* a section over a list is shown once an item: these are for what is around */

static void
news_view_has(news_maker_t *mk)
{
    size_t              i;
    news_buf_t          keywords;
    news_str_t          yes;
    news_value_t       *has;
    const news_meta_t  *meta;

    meta = mk->meta;
    yes = news_str("true");
    has = news_value_map(mk->arena);

    news_view_add(mk, mk->map, "news_has", has);

    if (meta->toc && mk->view->text->toc != NULL
        && mk->view->text->toc->n != 0)
    {
        news_view_plain(mk, has, "toc", yes);
    }

    if (meta->n_authors) {
        news_view_plain(mk, has, "authors", yes);
    }

    if (meta->n_categories) {
        news_view_plain(mk, has, "categories", yes);
    }

    if (meta->n_tags) {
        news_view_plain(mk, has, "tags", yes);
    }

    news_buf_init(&keywords, mk->arena, 0);

    for (i = 0; i < meta->n_keywords; i++) {
        news_buf_addz(&keywords, i ? ", " : "");
        news_buf_add_str(&keywords, meta->keywords[i]);
    }

    news_view_string(mk, mk->map, "news_keywords",
                     news_view_buf(mk, &keywords));
}


static news_str_t
news_view_buf(news_maker_t *mk, const news_buf_t *buf)
{
    if (buf->failed) {
        mk->failed = 1;
        return news_str("");
    }

    return news_buf_str(buf);
}


static news_str_t
news_view_iso(news_maker_t *mk, const news_when_t *when)
{
    unsigned char  *p;

    if (when->time == NEWS_NO_TIME) {
        return news_str("");
    }

    p = news_arena_alloc(mk->arena, 20);
    if (p == NULL) {
        mk->failed = 1;
        return news_str("");
    }

    return news_str_n(p, news_date_iso(p, when->time));
}


static news_str_t
news_view_path(news_maker_t *mk)
{
    news_buf_t  buf;

    if (mk->view->source->url.len == 0) {
        return news_str("");
    }

    news_buf_init(&buf, mk->arena, mk->view->source->url.len * 3);
    news_escape_path(&buf, mk->view->source->url);

    return news_view_buf(mk, &buf);
}


/* empty where that needs the site's address, and none is known */

static news_str_t
news_view_absolute(news_maker_t *mk, news_str_t url)
{
    news_str_t  site;
    news_buf_t  buf;

    site = mk->view->options->site_url;

    if (url.len == 0 || news_url_kind(url) == NEWS_URL_HTTP) {
        return url;
    }

    if (site.len == 0) {
        return news_str("");
    }

    news_buf_init(&buf, mk->arena, site.len + mk->url.len + url.len);

    if (news_url_kind(url) == NEWS_URL_NETWORK) {
        news_buf_addz(&buf, site.len > 5 && site.data[4] == ':' ? "http:"
                                                                : "https:");
        news_buf_add_str(&buf, url);

        return news_view_buf(mk, &buf);
    }

    news_buf_add_str(&buf, site);

    if (url.data[0] == '?' || url.data[0] == '#') {
        news_buf_add_str(&buf, mk->url);

    } else if (url.data[0] != '/') {
        news_buf_add_str(&buf, news_view_folder(mk->url));
    }

    news_buf_add_str(&buf, url);

    return news_view_buf(mk, &buf);
}


/* up to the last "/", which it includes */

static news_str_t
news_view_folder(news_str_t path)
{
    while (path.len != 0 && path.data[path.len - 1] != '/') {
        path.len--;
    }

    return path.len ? path : news_str("/");
}


static news_str_t
news_view_json_ld(news_maker_t *mk)
{
    news_buf_t             out;
    const news_meta_t     *meta;
    const news_options_t  *options;

    meta = mk->meta;
    options = mk->view->options;

    news_buf_init(&out, mk->arena, 1024);

    news_buf_addz(&out, "{\"@context\":\"https://schema.org\","
                        "\"@type\":\"NewsArticle\"");

    news_ld_member(&out, "headline", meta->title);
    news_ld_dates(mk, &out);
    news_ld_authors(mk, &out);

    if (mk->image.len) {
        news_buf_addz(&out, ",\"image\":");
        news_ld_strings(&out, &mk->image, 1);
    }

    news_ld_member(&out, "description", meta->description);
    news_ld_member(&out, "inLanguage", meta->lang);
    news_ld_topics(mk, &out);
    news_ld_member(&out, "mainEntityOfPage", mk->canonical);

    if (options->site_name.len) {
        news_buf_addz(&out, ",\"publisher\":{\"@type\":\"Organization\"");
        news_ld_member(&out, "name", options->site_name);
        news_ld_member(&out, "url", options->site_url);
        news_buf_addc(&out, '}');
    }

    news_buf_addc(&out, '}');

    return news_view_buf(mk, &out);
}


/* left out when empty */

static void
news_ld_member(news_buf_t *out, const char *name, news_str_t s)
{
    if (s.len == 0) {
        return;
    }

    news_buf_addz(out, ",\"");
    news_buf_addz(out, name);
    news_buf_addz(out, "\":");
    news_ld_string(out, s);
}


static void
news_ld_string(news_buf_t *out, news_str_t s)
{
    news_buf_addc(out, '"');

    if (s.len != 0) {
        news_escape_json(out, s);
    }

    news_buf_addc(out, '"');
}


static void
news_ld_strings(news_buf_t *out, const news_str_t *s, size_t n)
{
    size_t  i;

    news_buf_addc(out, '[');

    for (i = 0; i < n; i++) {
        if (i != 0) {
            news_buf_addc(out, ',');
        }

        news_ld_string(out, s[i]);
    }

    news_buf_addc(out, ']');
}


/* search engines want dateModified; unchanged, it is the date of publishing */

static void
news_ld_dates(news_maker_t *mk, news_buf_t *out)
{
    news_str_t  published, modified;

    published = news_view_iso(mk, &mk->meta->date);
    modified = news_view_iso(mk, &mk->meta->updated);

    news_ld_member(out, "datePublished", published);
    news_ld_member(out, "dateModified", modified.len ? modified : published);
}


/* an author who bears the site's name is no person */

static void
news_ld_authors(news_maker_t *mk, news_buf_t *out)
{
    int                   site;
    size_t                i;
    const news_meta_t    *meta;
    const news_author_t  *author;

    meta = mk->meta;

    if (meta->n_authors == 0) {
        return;
    }

    news_buf_addz(out, ",\"author\":[");

    for (i = 0; i < meta->n_authors; i++) {
        author = &meta->authors[i];
        site = news_str_eq(author->name, mk->view->options->site_name);

        news_buf_addz(out, i ? ",{\"@type\":" : "{\"@type\":");
        news_ld_string(out, news_str(site ? "Organization" : "Person"));
        news_ld_member(out, "name", author->name);
        news_ld_member(out, "url", news_view_absolute(mk, author->url));
        news_buf_addc(out, '}');
    }

    news_buf_addc(out, ']');
}


/* sections of the paper; words for searching are keywords or, else, tags */

static void
news_ld_topics(news_maker_t *mk, news_buf_t *out)
{
    const news_meta_t  *meta;

    meta = mk->meta;

    if (meta->n_categories) {
        news_buf_addz(out, ",\"articleSection\":");
        news_ld_strings(out, meta->categories, meta->n_categories);
    }

    if (meta->n_keywords) {
        news_buf_addz(out, ",\"keywords\":");
        news_ld_strings(out, meta->keywords, meta->n_keywords);

    } else if (meta->n_tags) {
        news_buf_addz(out, ",\"keywords\":");
        news_ld_strings(out, meta->tags, meta->n_tags);
    }

    news_buf_addf(out, ",\"wordCount\":%zu", mk->view->text->words);
}
