
/*
 * Copyright (C) The authors of the news module
 */


#include <stdint.h>
#include <string.h>

#include "news_sanitize_attr.h"


#define NEWS_ATTR_A        0x0001
#define NEWS_ATTR_IMG      0x0002
#define NEWS_ATTR_SOURCE   0x0004
#define NEWS_ATTR_AUDIO    0x0008
#define NEWS_ATTR_VIDEO    0x0010
#define NEWS_ATTR_TRACK    0x0020
#define NEWS_ATTR_QUOTE    0x0040       /* blockquote, q */
#define NEWS_ATTR_EDIT     0x0080       /* del, ins */
#define NEWS_ATTR_TIME     0x0100
#define NEWS_ATTR_OL       0x0200
#define NEWS_ATTR_LI       0x0400
#define NEWS_ATTR_TD       0x0800
#define NEWS_ATTR_TH       0x1000
#define NEWS_ATTR_COL      0x2000       /* col, colgroup */
#define NEWS_ATTR_DETAILS  0x4000
#define NEWS_ATTR_CODE     0x8000       /* code, pre */
#define NEWS_ATTR_ROW      0x10000      /* a row, rows, a cell */
#define NEWS_ATTR_BLOCK    0x20000      /* p, div, headings */
#define NEWS_ATTR_ALL      0x80000000   /* any element */

#define NEWS_ATTR_MEDIA    (NEWS_ATTR_AUDIO|NEWS_ATTR_VIDEO)
#define NEWS_ATTR_PICTURE  (NEWS_ATTR_IMG|NEWS_ATTR_SOURCE)
#define NEWS_ATTR_BOX      (NEWS_ATTR_IMG|NEWS_ATTR_SOURCE|NEWS_ATTR_VIDEO)

#define NEWS_ATTR_MAX_NUMBER  9         /* digits */
#define NEWS_ATTR_MAX_SPAN    1000


/* appends to w->value what may be written; returns 0 to drop the attribute */

typedef int (*news_attr_pt)(news_attrs_t *w, news_str_t value,
    const char *words);

typedef struct {
    news_str_t     name;
    unsigned       on;
    news_attr_pt   write;
    const char    *words;               /* an enumeration's, or characters */
} news_attr_t;


static void news_attrs_one(news_attrs_t *w, unsigned group,
    const news_html_token_t *t, const news_html_attr_t *attr);
static int news_attrs_allowed(news_attrs_t *w, const news_attr_t *rule,
    const news_html_token_t *t);
static news_str_t news_attrs_decode(news_buf_t *decoded, news_str_t value);
static void news_attrs_add(news_attrs_t *w, news_str_t name);
static int news_attrs_finish(news_attrs_t *w);
static int news_attr_text(news_attrs_t *w, news_str_t value,
    const char *words);
static int news_attr_chars(news_attrs_t *w, news_str_t value,
    const char *words);
static int news_attr_flag(news_attrs_t *w, news_str_t value,
    const char *words);
static int news_attr_word(news_attrs_t *w, news_str_t value,
    const char *words);
static int news_attr_number(news_attrs_t *w, news_str_t value,
    const char *words);
static int news_attr_integer(news_attrs_t *w, news_str_t value,
    const char *words);
static int news_attr_span(news_attrs_t *w, news_str_t value,
    const char *words);
static int news_attr_class(news_attrs_t *w, news_str_t value,
    const char *words);
static int news_attr_id(news_attrs_t *w, news_str_t value, const char *words);
static int news_attr_headers(news_attrs_t *w, news_str_t value,
    const char *words);
static news_str_t news_attr_token(news_str_t *s);


static const unsigned  news_attr_groups[NEWS_TAG_MAX] = {
    [NEWS_TAG_A] = NEWS_ATTR_A,
    [NEWS_TAG_IMG] = NEWS_ATTR_IMG,
    [NEWS_TAG_SOURCE] = NEWS_ATTR_SOURCE,
    [NEWS_TAG_AUDIO] = NEWS_ATTR_AUDIO,
    [NEWS_TAG_VIDEO] = NEWS_ATTR_VIDEO,
    [NEWS_TAG_TRACK] = NEWS_ATTR_TRACK,
    [NEWS_TAG_BLOCKQUOTE] = NEWS_ATTR_QUOTE,
    [NEWS_TAG_Q] = NEWS_ATTR_QUOTE,
    [NEWS_TAG_DEL] = NEWS_ATTR_EDIT,
    [NEWS_TAG_INS] = NEWS_ATTR_EDIT,
    [NEWS_TAG_TIME] = NEWS_ATTR_TIME,
    [NEWS_TAG_OL] = NEWS_ATTR_OL,
    [NEWS_TAG_LI] = NEWS_ATTR_LI,
    [NEWS_TAG_TD] = NEWS_ATTR_TD|NEWS_ATTR_ROW,
    [NEWS_TAG_TH] = NEWS_ATTR_TH|NEWS_ATTR_ROW,
    [NEWS_TAG_TR] = NEWS_ATTR_ROW,
    [NEWS_TAG_TBODY] = NEWS_ATTR_ROW,
    [NEWS_TAG_THEAD] = NEWS_ATTR_ROW,
    [NEWS_TAG_TFOOT] = NEWS_ATTR_ROW,
    [NEWS_TAG_COL] = NEWS_ATTR_COL,
    [NEWS_TAG_COLGROUP] = NEWS_ATTR_COL,
    [NEWS_TAG_DETAILS] = NEWS_ATTR_DETAILS,
    [NEWS_TAG_CODE] = NEWS_ATTR_CODE,
    [NEWS_TAG_PRE] = NEWS_ATTR_CODE,
    [NEWS_TAG_P] = NEWS_ATTR_BLOCK,
    [NEWS_TAG_DIV] = NEWS_ATTR_BLOCK,
    [NEWS_TAG_H1] = NEWS_ATTR_BLOCK,
    [NEWS_TAG_H2] = NEWS_ATTR_BLOCK,
    [NEWS_TAG_H3] = NEWS_ATTR_BLOCK,
    [NEWS_TAG_H4] = NEWS_ATTR_BLOCK,
    [NEWS_TAG_H5] = NEWS_ATTR_BLOCK,
    [NEWS_TAG_H6] = NEWS_ATTR_BLOCK
};


#define NEWS_ATTR_LANG   "-"
#define NEWS_ATTR_QUERY  " (),.:<>=+*/%-"

static const news_attr_t  news_attr_rules[] = {
    { news_string("href"), NEWS_ATTR_A, news_attr_href, NULL },
    { news_string("src"),
      NEWS_ATTR_PICTURE|NEWS_ATTR_MEDIA|NEWS_ATTR_TRACK,
      news_attr_src, NULL },
    { news_string("alt"), NEWS_ATTR_IMG, news_attr_text, NULL },
    { news_string("title"), NEWS_ATTR_ALL, news_attr_text, NULL },
    { news_string("id"), NEWS_ATTR_ALL, news_attr_id, NULL },
    { news_string("name"), NEWS_ATTR_A, news_attr_id, NULL },
    { news_string("class"), NEWS_ATTR_CODE, news_attr_class, NULL },
    { news_string("width"), NEWS_ATTR_BOX, news_attr_number, "%" },
    { news_string("height"), NEWS_ATTR_BOX, news_attr_number, NULL },
    { news_string("srcset"), NEWS_ATTR_PICTURE, news_attr_srcset, NULL },
    { news_string("sizes"), NEWS_ATTR_PICTURE, news_attr_chars,
      NEWS_ATTR_QUERY },
    { news_string("lang"), NEWS_ATTR_ALL, news_attr_chars, NEWS_ATTR_LANG },
    { news_string("dir"), NEWS_ATTR_ALL, news_attr_word, "ltr rtl auto" },
    { news_string("hidden"), NEWS_ATTR_ALL, news_attr_flag, NULL },
    { news_string("translate"), NEWS_ATTR_ALL, news_attr_word, "yes no" },
    { news_string("hreflang"), NEWS_ATTR_A, news_attr_chars,
      NEWS_ATTR_LANG },
    { news_string("cite"), NEWS_ATTR_QUOTE|NEWS_ATTR_EDIT, news_attr_cite,
      NULL },
    { news_string("datetime"), NEWS_ATTR_EDIT|NEWS_ATTR_TIME,
      news_attr_text, NULL },
    { news_string("start"), NEWS_ATTR_OL, news_attr_integer, NULL },
    { news_string("reversed"), NEWS_ATTR_OL, news_attr_flag, NULL },
    { news_string("type"), NEWS_ATTR_OL, news_attr_chars, "" },
    { news_string("value"), NEWS_ATTR_LI, news_attr_integer, NULL },
    { news_string("colspan"), NEWS_ATTR_TD|NEWS_ATTR_TH, news_attr_span,
      NULL },
    { news_string("rowspan"), NEWS_ATTR_TD|NEWS_ATTR_TH, news_attr_span,
      "0" },
    { news_string("align"), NEWS_ATTR_ROW|NEWS_ATTR_BLOCK, news_attr_word,
      "left center right justify" },
    { news_string("valign"), NEWS_ATTR_ROW, news_attr_word,
      "top middle bottom baseline" },
    { news_string("headers"), NEWS_ATTR_TD|NEWS_ATTR_TH,
      news_attr_headers, NULL },
    { news_string("scope"), NEWS_ATTR_TH, news_attr_word,
      "row col rowgroup colgroup" },
    { news_string("abbr"), NEWS_ATTR_TH, news_attr_text, NULL },
    { news_string("span"), NEWS_ATTR_COL, news_attr_span, NULL },
    { news_string("open"), NEWS_ATTR_DETAILS, news_attr_flag, NULL },
    { news_string("poster"), NEWS_ATTR_VIDEO, news_attr_cite, NULL },
    { news_string("preload"), NEWS_ATTR_MEDIA, news_attr_word,
      "none metadata auto" },
    { news_string("loop"), NEWS_ATTR_MEDIA, news_attr_flag, NULL },
    { news_string("muted"), NEWS_ATTR_MEDIA, news_attr_flag, NULL },
    { news_string("playsinline"), NEWS_ATTR_VIDEO, news_attr_flag, NULL },
    { news_string("media"), NEWS_ATTR_SOURCE, news_attr_chars,
      NEWS_ATTR_QUERY },
    { news_string("type"), NEWS_ATTR_SOURCE, news_attr_chars,
      "/+-.;=, \"'" },
    { news_string("kind"), NEWS_ATTR_TRACK, news_attr_word,
      "subtitles captions descriptions chapters metadata" },
    { news_string("srclang"), NEWS_ATTR_TRACK, news_attr_chars,
      NEWS_ATTR_LANG },
    { news_string("label"), NEWS_ATTR_TRACK, news_attr_text, NULL },
    { news_string("default"), NEWS_ATTR_TRACK, news_attr_flag, NULL }
};


#define news_attr_is_space(c)                                                 \
    ((c) == ' ' || (c) == '\n' || (c) == '\t' || (c) == '\r' || (c) == '\f')

#define news_attr_is_digit(c)  ((c) >= '0' && (c) <= '9')

#define news_attr_is_alnum(c)                                                 \
    (news_attr_is_digit(c) || (((c) | 0x20) >= 'a' && ((c) | 0x20) <= 'z'))


void
news_attrs_init(news_attrs_t *w, news_arena_t *a, news_ids_t *ids,
    news_str_t site_host)
{
    size_t  i;

    for (i = 0; i < site_host.len && site_host.data[0] != '['; i++) {
        if (site_host.data[i] == ':') {
            site_host.len = i;
        }
    }

    for ( /* void */ ; i < site_host.len; i++) {
        if (site_host.data[i] == ']') {
            site_host.len = i + 1;
        }
    }

    w->ids = ids;
    w->site_host = site_host;
    news_buf_init(&w->out, a, 512);
    news_buf_init(&w->decoded, a, 256);
    news_buf_init(&w->value, a, 256);
}


int
news_attrs_write(news_attrs_t *w, int tag, int parent,
    const news_html_token_t *t)
{
    unsigned  i, group;

    w->out.len = 0;
    w->id_at = 0;
    w->id_len = 0;
    w->has_id = 0;
    w->has_url = 0;
    w->external = 0;
    w->has_alt = 0;
    w->tag = tag;
    w->parent = parent;

    group = news_attr_groups[tag] | NEWS_ATTR_ALL;

    if (t->tag == NEWS_TAG_CENTER) {
        news_buf_addz(&w->out, " align=\"center\"");
        group &= ~(unsigned) NEWS_ATTR_BLOCK;
    }

    for (i = 0; i < t->n_attrs; i++) {
        news_attrs_one(w, group, t, &t->attrs[i]);
    }

    return news_attrs_finish(w);
}


static void
news_attrs_one(news_attrs_t *w, unsigned group, const news_html_token_t *t,
    const news_html_attr_t *attr)
{
    size_t              i;
    unsigned char       c;
    const news_attr_t  *rule;

    c = attr->name.data[0] | 0x20;

    for (i = 0; i < sizeof(news_attr_rules) / sizeof(news_attr_rules[0]); i++)
    {
        rule = &news_attr_rules[i];

        if (rule->name.data[0] != c || rule->name.len != attr->name.len
            || !(rule->on & group)
            || !news_str_caseeqz(attr->name, (const char *) rule->name.data)
            || !news_attrs_allowed(w, rule, t))
        {
            continue;
        }

        w->value.len = 0;

        if (rule->write(w, news_attrs_decode(&w->decoded, attr->value),
                        rule->words))
        {
            news_attrs_add(w, rule->name);
        }

        return;
    }
}


/* what depends on more than the element */

static int
news_attrs_allowed(news_attrs_t *w, const news_attr_t *rule,
    const news_html_token_t *t)
{
    if (rule->write == news_attr_id) {

        if (w->has_id) {
            return 0;
        }

        return rule->name.data[0] == 'i'
               || news_attrs_find(&w->decoded, t, "id").data == NULL;
    }

    if (w->tag == NEWS_TAG_SOURCE) {

        if (w->parent == NEWS_TAG_PICTURE) {
            return rule->write != news_attr_src;
        }

        return rule->write != news_attr_srcset
               && rule->write != news_attr_number
               && !news_str_eqz(rule->name, "sizes");
    }

    return 1;
}


news_str_t
news_attrs_find(news_buf_t *decoded, const news_html_token_t *t,
    const char *name)
{
    unsigned  i;

    for (i = 0; i < t->n_attrs; i++) {
        if (news_str_caseeqz(t->attrs[i].name, name)) {
            return news_attrs_decode(decoded, t->attrs[i].value);
        }
    }

    return news_str_n(NULL, 0);
}


static news_str_t
news_attrs_decode(news_buf_t *decoded, news_str_t value)
{
    size_t  i;

    for (i = 0; i < value.len; i++) {
        if (value.data[i] == '&' || value.data[i] == '\r'
            || value.data[i] == '\0')
        {
            break;
        }
    }

    if (i == value.len) {
        return value;
    }

    decoded->len = 0;
    news_html_decode(decoded, value, 1);

    return news_buf_str(decoded);
}


static void
news_attrs_add(news_attrs_t *w, news_str_t name)
{
    size_t      at;
    news_str_t  value;

    at = w->out.len;
    value = news_buf_str(&w->value);

    if (w->has_id && w->id_len == 0) {
        name = news_str("id");
    }

    news_buf_addc(&w->out, ' ');
    news_buf_add_str(&w->out, name);
    news_buf_add(&w->out, "=\"", 2);
    news_attrs_escape(&w->out, value, 1);
    news_buf_addc(&w->out, '"');

    if (w->has_id && w->id_len == 0) {
        w->id_at = at;
        w->id_len = w->out.len - at;
    }

    if (news_str_eqz(name, "alt")) {
        w->has_alt = 1;
    }
}


/* what stands on every element of a kind */

static int
news_attrs_finish(news_attrs_t *w)
{
    switch (w->tag) {

    case NEWS_TAG_A:

        if (w->external) {
            news_buf_addz(&w->out, " rel=\"noopener nofollow\"");
        }

        return 1;

    case NEWS_TAG_IMG:

        if (!w->has_alt) {
            news_buf_addz(&w->out, " alt=\"\"");
        }

        news_buf_addz(&w->out, " loading=\"lazy\" decoding=\"async\"");

        return w->has_url;

    case NEWS_TAG_AUDIO:
    case NEWS_TAG_VIDEO:
        news_buf_addz(&w->out, " controls=\"\"");
        return 1;

    case NEWS_TAG_SOURCE:
    case NEWS_TAG_TRACK:
        return w->has_url;

    default:
        return 1;
    }
}


void
news_attrs_escape(news_buf_t *out, news_str_t s, int attr)
{
    uint64_t              word;
    const char           *entity;
    const unsigned char  *p, *start, *last;

    p = s.data;
    last = p + s.len;

    for (start = p; p < last; p++) {

        while (last - p >= 8) {
            memcpy(&word, p, 8);

            if (news_html_has(word, '&') | news_html_has(word, '<')
                | news_html_has(word, '>') | news_html_has(word, '"')
                | news_html_has(word, '\r'))
            {
                break;
            }

            p += 8;
        }

        if (p == last) {
            break;
        }

        if (*p > '>') {
            continue;
        }

        switch (*p) {

        case '&':
            entity = "&amp;";
            break;

        case '<':
            entity = "&lt;";
            break;

        case '>':
            entity = "&gt;";
            break;

        case '\r':
            /* of a reference; as a byte it would be read as a line end */
            entity = "&#13;";
            break;

        case '"':

            if (attr) {
                entity = "&quot;";
                break;
            }

            continue;

        default:
            continue;
        }

        news_buf_add(out, start, p - start);
        news_buf_addz(out, entity);
        start = p + 1;
    }

    news_buf_add(out, start, p - start);
}


static int
news_attr_text(news_attrs_t *w, news_str_t value, const char *words)
{
    news_buf_add_str(&w->value, value);
    return 1;
}


/* letters, digits and "words", nothing else */

static int
news_attr_chars(news_attrs_t *w, news_str_t value, const char *words)
{
    size_t         i;
    unsigned char  c;

    value = news_str_trim(value);

    for (i = 0; i < value.len; i++) {
        c = value.data[i];

        if (!news_attr_is_alnum(c) && (c == '\0' || strchr(words, c) == NULL))
        {
            return 0;
        }
    }

    /* the only list types are of one letter or digit */

    if (w->tag == NEWS_TAG_OL && words[0] == '\0'
        && (value.len != 1 || strchr("1aAiI", value.data[0]) == NULL))
    {
        return 0;
    }

    news_buf_add_str(&w->value, value);

    return value.len > 0;
}


static int
news_attr_flag(news_attrs_t *w, news_str_t value, const char *words)
{
    return 1;
}


/* one of "words", written in lower case */

static int
news_attr_word(news_attrs_t *w, news_str_t value, const char *words)
{
    size_t  i, len;

    value = news_str_trim(value);

    for ( /* void */ ; *words; words += len + (words[len] == ' ')) {
        len = strcspn(words, " ");

        if (len != value.len) {
            continue;
        }

        for (i = 0; i < len; i++) {
            if ((value.data[i] | 0x20) != words[i]) {
                break;
            }
        }

        if (i == len) {
            news_buf_add(&w->value, words, len);
            return 1;
        }
    }

    return 0;
}


/* "640", "640px", no fraction; with "words" also "50%" */

static int
news_attr_number(news_attrs_t *w, news_str_t value, const char *words)
{
    size_t      i, start;
    news_str_t  unit;

    value = news_str_trim(value);

    for (start = 0; start + 1 < value.len; start++) {
        if (value.data[start] != '0') {
            break;
        }
    }

    for (i = start; i < value.len && news_attr_is_digit(value.data[i]); i++) {
        /* void */
    }

    unit = news_str_n(value.data + i, value.len - i);

    if (i == start || i - start > NEWS_ATTR_MAX_NUMBER) {
        return 0;
    }

    news_buf_add(&w->value, value.data + start, i - start);

    if (words != NULL && i - start < 4 && news_str_eqz(unit, "%")) {
        news_buf_addc(&w->value, '%');
        return 1;
    }

    return unit.len == 0 || news_str_caseeqz(unit, "px");
}


static int
news_attr_integer(news_attrs_t *w, news_str_t value, const char *words)
{
    size_t  len;

    value = news_str_trim(value);

    if (value.len && (value.data[0] == '-' || value.data[0] == '+')) {
        news_buf_add(&w->value, "-", value.data[0] == '-');
        value.data++;
        value.len--;
    }

    if (value.len == 0 || !news_attr_is_digit(value.data[value.len - 1])) {
        return 0;
    }

    len = w->value.len;

    return news_attr_number(w, value, NULL) && w->value.len > len;
}


static int
news_attr_span(news_attrs_t *w, news_str_t value, const char *words)
{
    size_t    i;
    unsigned  n;

    if (!news_attr_number(w, value, NULL)) {
        return 0;
    }

    n = 0;

    for (i = 0; i < w->value.len && n <= NEWS_ATTR_MAX_SPAN; i++) {
        n = n * 10 + (w->value.data[i] - '0');
    }

    if (n > NEWS_ATTR_MAX_SPAN) {
        n = NEWS_ATTR_MAX_SPAN;
    }

    w->value.len = 0;
    news_buf_addf(&w->value, "%u", n);

    /* rowspan="0": to the end of the rows */

    return n > 0 || words != NULL;
}


/* the classes that tell the language of code */

static int
news_attr_class(news_attrs_t *w, news_str_t value, const char *words)
{
    size_t         i;
    news_str_t     s;
    unsigned char  c;

    for ( ;; ) {
        s = news_attr_token(&value);

        if (s.len == 0) {
            return w->value.len > 0;
        }

        if (!(s.len > 9 && memcmp(s.data, "language-", 9) == 0)
            && !(s.len > 5 && memcmp(s.data, "lang-", 5) == 0))
        {
            continue;
        }

        for (i = 0; i < s.len; i++) {
            c = s.data[i];

            if (!news_attr_is_alnum(c)
                && (c == '\0' || strchr("_+#.-", c) == NULL))
            {
                break;
            }
        }

        if (i == s.len) {
            news_buf_add(&w->value, " ", w->value.len > 0);
            news_buf_add_str(&w->value, s);
        }
    }
}


static int
news_attr_id(news_attrs_t *w, news_str_t value, const char *words)
{
    int  rc;

    if (!news_id_write(&w->value, value)) {
        return 0;
    }

    rc = news_ids_add(w->ids, news_buf_str(&w->value));

    if (rc < 0) {
        w->out.failed = 1;
    }

    w->has_id = (rc == 1);

    return w->has_id;
}


static int
news_attr_headers(news_attrs_t *w, news_str_t value, const char *words)
{
    size_t      len;
    news_str_t  id;

    for ( ;; ) {
        id = news_attr_token(&value);

        if (id.len == 0) {
            return w->value.len > 0;
        }

        len = w->value.len;
        news_buf_add(&w->value, " ", len > 0);

        if (!news_id_write(&w->value, id)) {
            w->value.len = len;
        }
    }
}


/* takes the first word off */

static news_str_t
news_attr_token(news_str_t *s)
{
    size_t      i, start;
    news_str_t  word;

    for (start = 0; start < s->len; start++) {
        if (!news_attr_is_space(s->data[start])) {
            break;
        }
    }

    for (i = start; i < s->len && !news_attr_is_space(s->data[i]); i++) {
        /* void */
    }

    word = news_str_n(s->data + start, i - start);
    s->data += i;
    s->len -= i;

    return word;
}
