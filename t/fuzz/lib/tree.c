
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * The second parse, by gumbo.  Its tree is written out again and has to be
 * the bytes that were parsed: nothing is moved, closed or opened by a browser
 * that was not by us.  What may be in it is listed here once more.
 */

#include <gumbo.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"


#define FUZZ_HEAD  "<html><head><title>t</title></head><body><main>"
#define FUZZ_FOOT  "</main><p></p></body></html>"

#define fuzz_is_alpha(c)  (((c) | 0x20) >= 'a' && ((c) | 0x20) <= 'z')


typedef struct {
    const unsigned char  *p;
    const unsigned char  *last;
} fuzz_want_t;


static GumboOutput *fuzz_parse(news_str_t html);
static void fuzz_mend(news_buf_t *out, news_str_t html);
static GumboNode *fuzz_next(GumboNode *node, GumboNode *root);
static GumboNode *fuzz_after(GumboNode *node, GumboNode *root,
    fuzz_want_t *want);
static void fuzz_want(fuzz_want_t *want, const char *s, size_t len);
static void fuzz_want_text(fuzz_want_t *want, const char *s, int attr);
static void fuzz_want_start(fuzz_want_t *want, const GumboNode *node);
static news_str_t fuzz_name(const GumboNode *node);
static void fuzz_check_element(const GumboNode *node);
static void fuzz_check_attr(news_str_t element, const GumboAttribute *attr);
static void fuzz_check_url(news_str_t element, const char *attr,
    const char *url);
static void fuzz_check_omitted(const char *url);
static void fuzz_check_part(const GumboNode *node, int omitted);
static size_t fuzz_scheme(const char *url);
static int fuzz_is_in(news_str_t name, const char *const *list);


static const char *const  fuzz_elements[] = {
    "a", "abbr", "address", "article", "aside", "audio", "b", "bdi", "bdo",
    "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd",
    "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
    "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "picture", "pre", "q",
    "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "section", "small",
    "source", "span", "strong", "sub", "summary", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "time", "tr", "track", "u", "ul", "var",
    "video", "wbr", NULL
};

static const char *const  fuzz_voids[] = {
    "br", "col", "hr", "img", "source", "track", "wbr", NULL
};

static const char *const  fuzz_attrs[] = {
    "abbr", "align", "alt", "class", "colspan", "controls", "datetime",
    "decoding", "default", "dir", "headers", "height", "hidden", "hreflang",
    "id", "kind", "label", "lang", "loading", "loop", "media", "muted",
    "open", "playsinline", "preload", "rel", "reversed", "rowspan", "scope",
    "sizes", "span", "srclang", "start", "title", "translate", "type",
    "valign", "value", "width", NULL
};

static const char *const  fuzz_urls[] = {
    "cite", "href", "poster", "src", "srcset", NULL
};

static const char *const  fuzz_ids[] = {
    "news-main", "news-toc", "body", "cookie", "location", "__proto__",
    "getElementById", NULL
};

static const char *const  fuzz_heads[] = {
    "link", "meta", "script", "style", "title", NULL
};

static const char *const  fuzz_parts[] = {
    "html", "head", "body", "main", "nav", NULL
};

static const char *const  fuzz_images[] = {
    "image/avif", "image/gif", "image/jpeg", "image/jpg", "image/png",
    "image/webp", NULL
};


void
fuzz_check_tree(news_str_t html)
{
    GumboNode     *node, *content, *root;
    news_buf_t     page;
    fuzz_want_t    want;
    GumboOutput   *output;
    news_arena_t  *a;

    a = news_arena_create((size_t) -1);
    check(a != NULL);

    news_buf_init(&page, a, html.len + 256);
    news_buf_addz(&page, FUZZ_HEAD);
    fuzz_mend(&page, html);
    news_buf_addz(&page, FUZZ_FOOT);
    check(!page.failed);

    output = fuzz_parse(news_buf_str(&page));
    root = output->root;

    want.p = page.data;
    want.last = page.data + page.len;
    content = NULL;

    for (node = root; node != NULL; node = fuzz_after(node, root, &want)) {

        if (node->type == GUMBO_NODE_ELEMENT) {
            fuzz_want_start(&want, node);

            if (content != NULL && want.p < want.last
                                             - (sizeof(FUZZ_FOOT) - 1))
            {
                fuzz_check_element(node);
            }

            if (node->v.element.tag == GUMBO_TAG_MAIN) {
                check(content == NULL);
                content = node;
            }

        } else {
            check(node->type == GUMBO_NODE_TEXT
                  || node->type == GUMBO_NODE_WHITESPACE);
            fuzz_want_text(&want, node->v.text.text, 0);
        }
    }

    check(want.p == want.last);

    gumbo_destroy_output(&kGumboDefaultOptions, output);
    news_arena_destroy(a);
}


static GumboOutput *
fuzz_parse(news_str_t html)
{
    GumboOutput  *output;

    output = gumbo_parse_with_options(&kGumboDefaultOptions,
                                      (const char *) html.data, html.len);
    check(output != NULL);

    return output;
}


/* gumbo makes U+FFFD of what is no character; browsers do not */

static void
fuzz_mend(news_buf_t *out, news_str_t html)
{
    size_t                i, n;
    unsigned              bits;
    const unsigned char  *p;

    for (i = 0; i < html.len; i += n) {
        p = html.data + i;
        n = 1 + (*p >= 0xc0) + (*p >= 0xe0) + (*p >= 0xf0);

        bits = (n < 3) ? 0 : (p[n - 2] & 63U) << 6 | (p[n - 1] & 63U);

        if ((*p < 0x20 && *p != '\t' && *p != '\n' && *p != '\f')
            || *p == 0x7f
            || (*p == 0xc2 && p[1] < 0xa0)
            || (n > 2 && (bits & 0xffe) == 0xffe
                && (n == 4 ? (p[1] & 15) == 15 : *p == 0xef))
            || (*p == 0xef && bits >= 0xdd0 && bits <= 0xdef))
        {
            news_buf_addc(out, '?');
            continue;
        }

        news_buf_add(out, p, n);
    }
}


/* the node after, in the order of the document */

static GumboNode *
fuzz_next(GumboNode *node, GumboNode *root)
{
    return fuzz_after(node, root, NULL);
}


/* the same, with the end tags in between */

static GumboNode *
fuzz_after(GumboNode *node, GumboNode *root, fuzz_want_t *want)
{
    size_t        i;
    news_str_t    name;
    GumboVector  *children;

    if (node->type == GUMBO_NODE_ELEMENT
        && node->v.element.children.length != 0)
    {
        return node->v.element.children.data[0];
    }

    for ( ;; ) {

        if (want != NULL && node->type == GUMBO_NODE_ELEMENT) {
            name = fuzz_name(node);

            if (!fuzz_is_in(name, fuzz_voids)) {
                fuzz_want(want, "</", 2);
                fuzz_want(want, (const char *) name.data, name.len);
                fuzz_want(want, ">", 1);
            }
        }

        if (node == root) {
            return NULL;
        }

        i = node->index_within_parent + 1;
        node = node->parent;
        children = &node->v.element.children;

        if (i < children->length) {
            return children->data[i];
        }
    }
}


static void
fuzz_want(fuzz_want_t *want, const char *s, size_t len)
{
    if ((size_t) (want->last - want->p) < len
        || memcmp(want->p, s, len) != 0)
    {
        fprintf(stderr, "another parser has \"%.*s\" before \"%.*s\"\n",
                (int) len, s, (int) (want->last - want->p), want->p);
        abort();
    }

    want->p += len;
}


static void
fuzz_want_text(fuzz_want_t *want, const char *s, int attr)
{
    for ( /* void */ ; *s; s++) {

        switch (*s) {

        case '&':
            fuzz_want(want, "&amp;", 5);
            break;

        case '<':
            fuzz_want(want, "&lt;", 4);
            break;

        case '>':
            fuzz_want(want, "&gt;", 4);
            break;

        case '\r':
            fuzz_want(want, "&#13;", 5);
            break;

        case '"':

            if (attr) {
                fuzz_want(want, "&quot;", 6);
                break;
            }

            fuzz_want(want, s, 1);
            break;

        default:
            fuzz_want(want, s, 1);
        }
    }
}


static void
fuzz_want_start(fuzz_want_t *want, const GumboNode *node)
{
    unsigned               i;
    news_str_t             name;
    const GumboVector     *attrs;
    const GumboAttribute  *attr;

    check(node->v.element.tag_namespace == GUMBO_NAMESPACE_HTML);

    name = fuzz_name(node);
    attrs = &node->v.element.attributes;

    fuzz_want(want, "<", 1);
    fuzz_want(want, (const char *) name.data, name.len);

    for (i = 0; i < attrs->length; i++) {
        attr = attrs->data[i];

        fuzz_want(want, " ", 1);
        fuzz_want(want, attr->name, strlen(attr->name));
        fuzz_want(want, "=\"", 2);
        fuzz_want_text(want, attr->value, 1);
        fuzz_want(want, "\"", 1);
    }

    if (fuzz_is_in(name, fuzz_voids)) {
        fuzz_want(want, " />", 3);
        return;
    }

    fuzz_want(want, ">", 1);

    /* the first line end of a pre is none of its text */

    if (node->v.element.tag == GUMBO_TAG_PRE && want->p < want->last
        && *want->p == '\n')
    {
        want->p++;
    }
}


/* gumbo is older than picture, whose name is where it stands */

static news_str_t
fuzz_name(const GumboNode *node)
{
    GumboStringPiece  piece;

    if (node->v.element.tag != GUMBO_TAG_UNKNOWN) {
        return news_str(gumbo_normalized_tagname(node->v.element.tag));
    }

    piece = node->v.element.original_tag;
    gumbo_tag_from_original_text(&piece);

    return news_str_n(piece.data, piece.length);
}


static void
fuzz_check_element(const GumboNode *node)
{
    unsigned            i;
    news_str_t          name;
    const GumboVector  *attrs;

    name = fuzz_name(node);
    attrs = &node->v.element.attributes;

    check(fuzz_is_in(name, fuzz_elements));

    for (i = 0; i < attrs->length; i++) {
        fuzz_check_attr(name, attrs->data[i]);
    }
}


static void
fuzz_check_attr(news_str_t element, const GumboAttribute *attr)
{
    const char  *p;

    check(attr->attr_namespace == GUMBO_ATTR_NAMESPACE_NONE);

    if (!fuzz_is_in(news_str(attr->name), fuzz_urls)) {
        check(fuzz_is_in(news_str(attr->name), fuzz_attrs));

    } else if (strcmp(attr->name, "srcset") != 0) {
        fuzz_check_url(element, attr->name, attr->value);

    } else {

        for (p = attr->value; *p; p += strspn(p, " ")) {
            fuzz_check_url(element, attr->name, p);
            p += strcspn(p, " ");
        }
    }

    if (strcmp(attr->name, "id") == 0) {
        check(*attr->value && !fuzz_is_in(news_str(attr->value), fuzz_ids));
    }
}


/* whatever the scheme, it is in plain sight: nothing in it is skipped */

static void
fuzz_check_url(news_str_t element, const char *attr, const char *url)
{
    size_t    n;
    unsigned  i;

    n = fuzz_scheme(url);

    if (n == 0 || (n == 4 && strncasecmp(url, "http", n) == 0)
        || (n == 5 && strncasecmp(url, "https", n) == 0))
    {
        return;
    }

    if ((n == 6 && strncasecmp(url, "mailto", n) == 0)
        || (n == 3 && strncasecmp(url, "tel", n) == 0))
    {
        check(news_str_eqz(element, "a") && strcmp(attr, "href") == 0);
        return;
    }

    check(n == 4 && strncasecmp(url, "data", n) == 0);
    check(news_str_eqz(element, "img") && strcmp(attr, "src") == 0);

    for (i = 0; fuzz_images[i]; i++) {
        n = strlen(fuzz_images[i]);

        if (strncasecmp(url + 5, fuzz_images[i], n) == 0
            && strncasecmp(url + 5 + n, ";base64,", 8) == 0)
        {
            return;
        }
    }

    check(fuzz_images[i] != NULL);
}


/* cmark's safe mode lets schemes pass that it does not know */

static void
fuzz_check_omitted(const char *url)
{
    size_t  n;

    n = fuzz_scheme(url);

    check(n != 10 || strncasecmp(url, "javascript", n) != 0);
    check(n != 8 || strncasecmp(url, "vbscript", n) != 0);
    check(n != 4 || strncasecmp(url, "file", n) != 0);
    check(n != 4 || strncasecmp(url, "data", n) != 0
          || strncasecmp(url, "data:image/", 11) == 0);
}


/* the length of what browsers would take for one */

static size_t
fuzz_scheme(const char *url)
{
    size_t  i;

    for (i = 0; fuzz_is_alpha(url[0]); i++) {

        if (url[i] == ':') {
            return i;
        }

        /* a tab or line end in it, and it goes on */

        check(url[i] != '\t' && url[i] != '\n' && url[i] != '\r');

        if (!fuzz_is_alpha(url[i])
            && (url[i] == '\0' || strchr("0123456789+-.", url[i]) == NULL))
        {
            break;
        }
    }

    /* what browsers cut in front of it */

    check(url[0] == '\0' || (unsigned char) url[0] > ' ');

    return 0;
}


static int
fuzz_is_in(news_str_t name, const char *const *list)
{
    for ( /* void */ ; *list; list++) {
        if (news_str_eqz(name, *list)) {
            return 1;
        }
    }

    return 0;
}


void
fuzz_check_page(news_str_t html, int omitted)
{
    unsigned      mains;
    GumboNode    *node, *root;
    GumboOutput  *output;

    output = fuzz_parse(html);
    root = output->root;
    mains = 0;

    for (node = root; node != NULL; node = fuzz_next(node, root)) {
        check(node->type != GUMBO_NODE_TEMPLATE);

        if (node->type == GUMBO_NODE_ELEMENT) {
            fuzz_check_part(node, omitted);
            mains += (node->v.element.tag == GUMBO_TAG_MAIN);
        }
    }

    check(mains == 1);

    gumbo_destroy_output(&kGumboDefaultOptions, output);
}


/* of a page: what the theme has besides */

static void
fuzz_check_part(const GumboNode *node, int omitted)
{
    unsigned               i;
    news_str_t             name;
    const GumboVector     *attrs;
    const GumboAttribute  *attr;

    name = fuzz_name(node);
    attrs = &node->v.element.attributes;

    check(node->v.element.tag_namespace == GUMBO_NAMESPACE_HTML);

    if (fuzz_is_in(name, fuzz_heads)) {
        check(node->parent->v.element.tag == GUMBO_TAG_HEAD);
        return;
    }

    check(fuzz_is_in(name, fuzz_elements) || fuzz_is_in(name, fuzz_parts));

    for (i = 0; i < attrs->length; i++) {
        attr = attrs->data[i];

        check(strncmp(attr->name, "on", 2) != 0
              && strcmp(attr->name, "style") != 0);

        if (!fuzz_is_in(news_str(attr->name), fuzz_urls)
            || strcmp(attr->name, "srcset") == 0)
        {
            continue;
        }

        if (omitted) {
            fuzz_check_omitted(attr->value);

        } else {
            fuzz_check_url(name, attr->name, attr->value);
        }
    }
}
