
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Memory is out at every allocation in turn, the engine's and those of the
 * libraries below it: for that one alone, or from there on for all.  What
 * comes of it is an error, or what comes when there is memory.
 */

#include <string.h>

#include "news.h"
#include "news_fields.h"
#include "news_pack.h"
#include "memory.h"
#include "tap.h"


#define LIMIT  ((size_t) 64 * 1024 * 1024)
#define ROOM   (1024 * 1024)


/* what is not given is the theme, UTF-8, UTC */

typedef struct {
    const char  *name;
    const char  *text;
    const char  *charset;
    const char  *template;
    int          html;
    int          body;
    int          output;
} sample_t;


/* 0 with what was made written to "out", or -1 */

typedef int (*part_pt)(news_arena_t *a, const sample_t *s, news_buf_t *out);


typedef enum {
    SINGLE = 0,               /* one allocation, of whomever */
    SUSTAINED,                /* one, and all after it */
    ARENA                     /* one of the engine's */
} kind_e;


static const char  *kinds[] = {
    "one that fails", "all that fail from one on", "one of the arena's"
};


static news_arena_t    *conf;
static news_options_t   options;      /* of the sample, made beforehand */
static news_str_t       tzif;
static int              failed;
static unsigned char    settled[ROOM], wanted[ROOM];


static const sample_t  samples[] = {

    { "fields of all kinds",
      "\xef\xbb\xbf\n---\ntitle: T\nauthor: [{name: A, url: /a}, B]\n"
      "categories: [x, [y, z]]\ntags: t\nkeywords: [k, l]\nlang: zh-TW\n"
      "date: 2021-07-30 15:30\nupdated: Fri, 30 Jul 2021 15:30:00 GMT\n"
      "expires: 2199/1/1 +8\ntoc: true\nrobots: noindex\nlink: //h/x\n"
      "headimg: 'javascript:x'\nthumbnail: /y z\ncustom: {a: [1, {b: c}]}\n"
      "---\n# H\n\n## I\n\ntext\n", NULL, NULL, 0, 0, 0 },

    { "a theme of another language",
      "---\nlang: ar\ndate: 2021-07-30\nupdated: 2021-08-01\ntags: [a, b]\n"
      "author: N\nheadimg: /i.png\ndescription: D\n---\nx\n",
      NULL, NULL, 0, 0, 0 },

    { "aliases and merges",
      "---\na: &a {b: c, d: &d [1, 2]}\ne: {<<: *a, f: *d}\n"
      "g: [*a, *a, {<<: [*a, {h: i}]}]\nj: !!str 'k'\nl: |\n  m\n  n\n"
      "o: >-\n  p\n  q\n\"r\\u4e2d\": 's''t'\n? u\n: v\n---\nx\n",
      NULL, NULL, 0, 0, 0 },

    { "a mistake of YAML", "---\na: b\nc: [d\ne: f\n---\nx\n",
      NULL, NULL, 0, 0, 0 },
    { "a mistake of the scanner", "---\na: b\nc: 'd\n---\nx\n",
      NULL, NULL, 0, 0, 0 },
    { "an unknown anchor", "---\na: b\nc: {d: *e}\n---\nx\n",
      NULL, NULL, 0, 0, 0 },
    { "a list at the top", "---\n- a\n- b\n---\nx\n", NULL, NULL, 0, 0, 0 },
    { "a control character", "---\na: b\nc: \x01\n---\nx\n",
      NULL, NULL, 0, 0, 0 },
    { "fields that are wrong",
      "---\ndate: soon\nupdated: [1]\ncomments: x\nlink: 'a:b'\n"
      "author: {url: 'x:y'}\n---\nx\n", NULL, NULL, 0, 0, 0 },
    { "a field too deep",
      "---\na: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]"
      "]]]]]]]]]]]]\n---\nx\n", NULL, NULL, 0, 0, 0 },

    { "all of CommonMark",
      "---\ntoc: true\n---\n# A #\n\nB\n===\n\nC\n---\n\n***\n\n> q\n> > r\n\n"
      "- a\n  - b\n\n    c\n1) d\n\n       e\n\n```x y\ncode\n```\n\n"
      "    more\n\n<div>\nh\n</div>\n\n[r]: /u 't'\n[中]: <v>\n\n"
      "*a* **b** ***c*** `d` ``e ` f`` [g](h \"i\") ![j](k) [r] [r][] [l][r]"
      " <http://m> <n@o.p> <b>q</b> &amp; &#x41; &#xFFFE; \\* s  \nt\\\nu\n\n"
      "中文\n换行 &hellip; \"x\"\n\n<!-- more -->\n\n- [ ] y\n",
      NULL, NULL, 0, 0, 0 },

    { "HTML that is nested",
      "<div><ul><li><table><tr><td><p><b><i><a href='javascript:x'>a<div>"
      "<h2 id=x>T</h2><h2>T</h2><dl><dt>d<dd>e</dl><img src=x onerror=y>"
      "<svg><style><title></svg><ruby>r<rt>s</ruby><math></math><pre>\n\n"
      "</b></table><details open><summary>u</summary></details>"
      "<iframe srcdoc=x></iframe><script>z</script><blockquote cite=/q>"
      "<input type=checkbox checked><p style='color:red;x:y' class='a b'>"
      "&#x3c;&notit;&unknown; <video controls src=v><source src=w></video>"
      "</div>", NULL, NULL, 0, NEWS_BODY_HTML, 0 },

    { "HTML that is trusted", "<div><p>a</div><script>b</script>", NULL, NULL,
      NEWS_HTML_TRUST, 0, 0 },
    { "HTML that is omitted", "a <b>c</b>\n\n<div>\nd\n</div>\n", NULL, NULL,
      NEWS_HTML_OMIT, 0, 0 },
    { "fields and content", "---\na: [b, {c: d}]\n---\n*e* \x02\n", NULL,
      NULL, 0, 0, NEWS_OUTPUT_JSON },
    { "fields alone", "---\na: [b, {c: d}]\n---\n*e*\n", NULL,
      NULL, 0, 0, NEWS_OUTPUT_META },

    { "GB18030", "---\ntitle: \xd6\xd0\xce\xc4\n---\n\xb0\xa1\x81\xff\n",
      "gb18030", NULL, 0, 0, 0 },
    { "ISO-2022-JP", "---\ntitle: \x1b$B4A\x1b(B\n---\n\x1b$B;z\x1b(B \xff\n",
      "iso-2022-jp", NULL, 0, 0, 0 },
    { "no encoding fits", "---\ntitle: \xff\n---\n\xfe\n", "us-ascii", NULL,
      0, 0, 0 },

    { "a template", "---\na: {a: {b: 1}}\nl: [1, {n: 2}]\n---\n# x\n", NULL,
      "{{! c }}{{#l}}{{.}}{{n}}{{/l}}{{^no}}{{title}}{{/no}}\n"
      "  {{> self}}\n{{=<% %>=}}<%& a.a.b %><%> none %><%{ content }%>\n",
      0, 0, 0 },
    { "a template that is wrong", "x", NULL, "{{#a}}{{/b}}", 0, 0, 0 }
};


static int
load_partial(void *data, news_str_t name, news_str_t *text, news_str_t *file)
{
    *file = name;

    if (news_str_eqz(name, "self")) {
        *text = news_str("({{#a}}{{> self}}{{/a}}{{b}}{{> head}})");
        return 0;
    }

    return news_theme(name, text);
}


/* problems are written, too: one that is lost is seen */

static void
write_problems(news_buf_t *out, const news_problems_t *list)
{
    const news_problem_t  *p;

    for (p = list->first; p != NULL; p = p->next) {
        news_buf_addc(out, (unsigned char) p->kind);
        news_buf_addc(out, (unsigned char) p->line);
        news_buf_add(out, p->text.data, p->text.len);
        news_buf_addc(out, '\n');
    }
}


static int
make_options(news_arena_t *a, const sample_t *s, news_options_t *o,
    news_problems_t *problems)
{
    size_t           bad;
    news_str_t       names[2], text;
    news_problem_t  *last;

    memset(o, 0, sizeof(news_options_t));

    o->heading_ids = 1;
    o->front_optional = 1;
    o->html = (news_html_mode_e) s->html;
    o->body = (news_body_e) s->body;
    o->output = (news_output_e) s->output;
    o->site_name = news_str("Site");
    o->site_url = news_str("http://example.org");

    text = news_str(s->template != NULL ? s->template : "");

    if (s->template == NULL) {
        (void) news_theme(news_str("default"), &text);
    }

    o->template = news_template_compile(a, text, news_str("t"), load_partial,
                                        NULL, problems);

    if (o->template == NULL) {
        last = problems->last;
        return (last != NULL && last->kind == NEWS_PROBLEM_TEMPLATE) ? 0 : -1;
    }

    if (s->charset != NULL) {
        names[0] = news_str("utf-8");
        names[1] = news_str(s->charset);
        o->charsets = news_charsets_create(a, names, 2, &bad);
        if (o->charsets == NULL) {
            return -1;
        }
    }

    o->zone = (tzif.len != 0) ? news_zone_parse(a, tzif)
                              : news_zone_offset(a, news_str("+01:00"));

    return (o->zone != NULL) ? 0 : -1;
}


/* a configuration: how it is compiled is seen by what it makes */

static int
run_options(news_arena_t *a, const sample_t *s, news_buf_t *out)
{
    news_page_t      p;
    news_source_t    source;
    news_options_t   o;
    news_problems_t  problems;

    news_problems_init(&problems, a);

    if (make_options(a, s, &o, &problems) != 0) {
        return -1;
    }

    memory_stop();
    news_arena_fail_at(a, 0);
    write_problems(out, &problems);

    if (o.template == NULL) {
        return 0;
    }

    news_buf_addc(out, (unsigned char) news_charsets_ascii(o.charsets));

    memset(&source, 0, sizeof(news_source_t));
    source.text = news_str(s->text);

    if (news_render(conf, &o, &source, &p) == NEWS_ERROR) {
        return 1;
    }

    news_buf_add(out, p.content.data, p.content.len);

    return 0;
}


/* an article: as the server has it */

static int
run_render(news_arena_t *a, const sample_t *s, news_buf_t *out)
{
    news_str_t     fields;
    news_page_t    p;
    news_source_t  source;

    memset(&source, 0, sizeof(news_source_t));

    source.text = news_str(s->text);
    source.name = news_str("2021-02-03-a.txt");
    source.url = news_str("/n/2021-02-03-a.txt");

    if (news_render(a, &options, &source, &p) != NEWS_OK
        || news_fields_write(a, &p, &fields) != 0)
    {
        return -1;
    }

    write_problems(out, &p.problems);
    news_buf_add(out, fields.data, fields.len);

    if (news_page_size(&p) > ROOM) {
        return 1;
    }

    news_page_settle(a, &p, settled);

    news_buf_addc(out, p.given_up);
    news_buf_addc(out, p.malformed);
    news_buf_add(out, p.content.data, p.content.len);
    news_buf_add(out, p.meta.description.data, p.meta.description.len);

    return 0;
}


/* a page packed, in each coding: what was not is left out */

static int
run_pack(news_arena_t *a, const sample_t *s, news_buf_t *out)
{
    int            rc;
    news_str_t     packed;
    news_coding_e  coding;

    for (coding = NEWS_GZIP; coding < NEWS_CODINGS; coding++) {
        rc = news_pack(a, coding, NEWS_PACK_QUICK, news_str(s->text),
                       &packed);
        if (rc == -1) {
            return -1;
        }

        news_buf_addc(out, (unsigned char) rc);
        news_buf_add(out, packed.data, packed.len);
    }

    return 0;
}


/* what is written lies in memory that does not fail */

static int
run(part_pt part, const sample_t *s, size_t at, kind_e kind, news_buf_t *out)
{
    int            rc;
    news_arena_t  *a;

    rc = -1;
    out->len = 0;

    memory_fail(kind == ARENA ? 0 : at, kind == SUSTAINED);

    a = news_arena_create(LIMIT);

    if (a != NULL) {
        news_arena_fail_at(a, kind == ARENA ? at : 0);
        rc = part(a, s, out);
    }

    memory_stop();

    failed = memory_failed != 0
             || (a != NULL && news_arena_state(a) == NEWS_ARENA_NOMEM);

    news_arena_destroy(a);

    return out->failed ? 1 : rc;
}


static void
test_part(part_pt part, const sample_t *s, const char *name)
{
    int                rc, bad;
    size_t             n;
    kind_e             kind, last;
    news_buf_t         out;
    news_str_t         want;
    news_arena_mark_t  mark, before;

    news_arena_mark(conf, &mark);
    news_buf_init(&out, conf, ROOM);
    (void) news_buf_reserve(&out, ROOM);
    news_arena_mark(conf, &before);

    rc = run(part, s, 0, SINGLE, &out);
    want = news_str_n(wanted, out.len);
    memcpy(wanted, out.data, out.len);

    ok(rc == 0 && !failed, "%s: %s", s->name, name);

    /* packing leaves the arena as it was, and has another test for that */

    last = (part == run_pack) ? SUSTAINED : ARENA;

    for (kind = SINGLE; kind <= last; kind++) {
        bad = 0;
        n = 0;

        do {
            news_arena_release(conf, &before);
            rc = run(part, s, ++n, kind, &out);

            if (rc != -1
                && (rc != 0 || !news_str_eq(news_buf_str(&out), want)))
            {
                bad++;
                printf("# allocation %d: another result\n", (int) n);
            }

            if (rc == -1 && !failed) {
                bad++;
                break;
            }

        } while (failed && bad < 5);

        ok(bad == 0, "%s, %d allocations", kinds[kind], (int) n - 1);
    }

    news_arena_release(conf, &mark);
}


static void
test_sample(const sample_t *s)
{
    news_arena_t     *a;
    news_problems_t   problems;

    a = news_arena_create(LIMIT);
    news_problems_init(&problems, a);

    if (make_options(a, s, &options, &problems) != 0) {
        ok(0, "%s: options", s->name);

    } else if (options.template != NULL) {
        test_part(run_render, s, "a render");
    }

    news_arena_destroy(a);
}


static int
read_whole(const char *path, news_str_t *text)
{
    FILE           *f;
    size_t          n;
    unsigned char  *p;

    f = fopen(path, "rb");

    if (f == NULL) {
        return -1;
    }

    p = news_arena_alloc(conf, 65536);
    n = fread(p, 1, 65535, f);
    p[n] = '\0';
    *text = news_str_n(p, n);

    return fclose(f);
}


int
main(int argc, char **argv)
{
    int         i;
    sample_t    s;
    news_str_t  text;

    setvbuf(stdout, NULL, _IOLBF, 0);

    conf = news_arena_create((size_t) -1);

    if (conf == NULL) {
        return 1;
    }

    (void) read_whole("/usr/share/zoneinfo/Europe/Paris", &tzif);

    for (i = 0; i < (int) (sizeof(samples) / sizeof(sample_t)); i++) {
        test_sample(&samples[i]);

        if (samples[i].charset != NULL || samples[i].template != NULL
            || i == 0)
        {
            test_part(run_options, &samples[i], "a configuration");
        }
    }

    test_part(run_pack, &samples[0], "packed");

    memset(&s, 0, sizeof(sample_t));

    for (i = 1; i < argc; i++) {
        if (read_whole(argv[i], &text) != 0) {
            ok(0, "%s is there", argv[i]);
            continue;
        }

        s.name = argv[i];
        s.text = (const char *) text.data;
        test_sample(&s);
    }

    news_arena_destroy(conf);

    return done();
}
