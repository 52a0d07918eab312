
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * A whole render.  The first byte chooses options, the rest is the file.  The
 * page is valid UTF-8, within its bounds, and the same twice; all of its
 * fields are found.  Where HTML is sanitized, another parser finds in the
 * page only what the theme and the sanitizer put there; and the content alone
 * is sanitized as it stands.
 */

#include "lib/fuzz.h"
#include "news_fields.h"
#include "news_utf8.h"


#define MEMORY  ((size_t) 64 * 1024 * 1024)


static news_arena_t           *conf;
static news_template_t        *theme, *bare;
static const news_charsets_t  *charsets;


static int
load_partial(void *data, news_str_t name, news_str_t *text, news_str_t *file)
{
    *file = name;

    return news_theme(name, text);
}


static void
init(void)
{
    size_t            bad;
    news_str_t        text;
    news_problems_t   problems;

    static const news_str_t  names[] = {
        news_string("utf-8"), news_string("gb18030")
    };

    conf = news_arena_create((size_t) -1);

    check(conf != NULL);
    check(news_theme(news_str("default"), &text) == 0);

    news_problems_init(&problems, conf);

    theme = news_template_compile(conf, text, news_str("default"),
                                  load_partial, NULL, &problems);
    bare = news_template_compile(conf, news_str("{{{content}}}"),
                                 news_str("bare"), load_partial, NULL,
                                 &problems);
    charsets = news_charsets_create(conf, names, 2, &bad);

    check(theme != NULL && bare != NULL && charsets != NULL);
}


static news_rc_e
render(news_arena_t *a, const news_template_t *template, const uint8_t *data,
    size_t size, news_page_t *page)
{
    uint8_t         bits;
    news_source_t   source;
    news_options_t  options;

    bits = data[0];

    memset(&options, 0, sizeof(news_options_t));
    memset(&source, 0, sizeof(news_source_t));

    options.template = template;
    options.html = (news_html_mode_e) (bits % 3);
    options.heading_ids = (bits >> 2) & 1;
    options.front_optional = (bits >> 3) & 1;
    options.breaks = (news_breaks_e) ((bits >> 4) % 3);
    options.output = (bits & 0x40) ? NEWS_OUTPUT_JSON : NEWS_OUTPUT_PAGE;
    options.charsets = (bits & 0x80) ? charsets : NULL;

    source.text = news_str_n(data + 1, size - 1);
    source.name = news_str("2021-07-30-a.txt");
    source.url = news_str("/a.txt");

    return news_render(a, &options, &source, page);
}


/* "got" is the text as a line */

static void
same_line(news_arena_t *a, news_str_t got, news_str_t text)
{
    news_buf_t  line;

    news_buf_init(&line, a, text.len + 1);
    news_escape_line(&line, text);

    check(!line.failed && news_str_eq(got, news_buf_str(&line)));
}


static void
member(news_arena_t *a, news_str_t bytes, const news_member_t *m)
{
    size_t          i;
    news_str_t      got;
    unsigned char  *name;

    got = news_fields_find(bytes, m->name);

    check(got.data != NULL);

    if (m->value->type != NEWS_LIST) {
        same_line(a, got, news_value_text(m->value));
    }

    for (i = 0; i < got.len; i++) {
        check(got.data[i] >= 0x20 && got.data[i] != 0x7f);
    }

    /* as a variable has it: there may be others like it */

    name = news_arena_alloc(a, m->name.len);
    check(name != NULL);

    for (i = 0; i < m->name.len; i++) {
        name[i] = m->name.data[i];

        if (name[i] >= 'A' && name[i] <= 'Z') {
            name[i] |= 0x20;

        } else if (name[i] == '-') {
            name[i] = '_';
        }
    }

    got = news_fields_find(bytes, news_str_n(name, m->name.len));
    check(got.data != NULL);
}


static void
fields(news_arena_t *a, const news_page_t *page)
{
    uint32_t             i;
    news_str_t           bytes;
    const news_value_t  *map;

    news_arena_set_expired(a, NULL, NULL);

    map = page->meta.fields;

    check(news_fields_write(a, page, &bytes) == 0);

    same_line(a, news_fields_get(bytes, NEWS_FIELD_TITLE), page->meta.title);
    same_line(a, news_fields_get(bytes, NEWS_FIELD_AUTHOR),
              page->meta.author);
    same_line(a, news_fields_get(bytes, NEWS_FIELD_DATE),
              page->meta.date.raw);

    for (i = 0; i < map->n; i++) {
        member(a, bytes, &map->u.members[i]);
    }
}


static void
second_parse(const uint8_t *data, size_t size, const news_page_t *page)
{
    news_str_t     json;
    news_page_t    content;
    news_arena_t  *a;

    if (data[0] & 0x40) {
        json = page->content;

        check(json.len-- != 0 && json.data[json.len] == '\n');
        fuzz_check_json(json);

        return;
    }

    if (data[0] % 3 == NEWS_HTML_TRUST) {
        return;
    }

    fuzz_check_page(page->content, data[0] % 3 == NEWS_HTML_OMIT);

    if (data[0] % 3 == NEWS_HTML_SANITIZE && !page->given_up) {
        a = news_arena_create(MEMORY);
        check(a != NULL);

        check(render(a, bare, data, size, &content) == NEWS_OK);
        fuzz_check_tree(content.content);

        news_arena_destroy(a);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t        f, g;
    news_rc_e     rc;
    news_page_t   page, again;

    if (size == 0) {
        return 0;
    }

    if (conf == NULL) {
        init();
    }

    fuzz_begin(&f);
    fuzz_begin(&g);

    rc = render(f.arena, theme, data, size, &page);

    check(rc == NEWS_OK || rc == NEWS_DECLINED);
    check(render(g.arena, theme, data, size, &again) == rc);

    if (rc == NEWS_OK) {
        fuzz_check_utf8(page.content);
        check(news_str_eq(page.content, again.content));
        second_parse(data, size, &page);
        fields(f.arena, &page);
    }

    fuzz_end(&f, size);
    fuzz_end(&g, size);

    return 0;
}
