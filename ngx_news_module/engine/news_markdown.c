
/*
 * Copyright (C) The authors of the news module
 */


#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmark.h>

#include "news_markdown.h"
#include "news_utf8.h"


/*
 * cmark's own loops between two allocations are at most linear in a line or
 * a block, so its time is watched from the allocator; and its work on a line
 * grows with the open blocks, so it is fed a few lines at a time, and none
 * that begins with more columns of blanks and marks than could be meant: a
 * list takes two columns, a quote one.
 */

#define NEWS_MARKDOWN_CALLS    8
#define NEWS_MARKDOWN_TICKS    32
#define NEWS_MARKDOWN_LINES    16
#define NEWS_MARKDOWN_COLUMNS  65536
#define NEWS_MARKDOWN_TAB      4

/*
 * Small pieces are cut off slabs, and freed ones used again: cmark frees
 * about as much as it takes.  In front of each is its size, header included,
 * as realloc is not told it.
 */

#define NEWS_MARKDOWN_HEADER  16
#define NEWS_MARKDOWN_SMALL   512
#define NEWS_MARKDOWN_SLAB    8192

#if defined(__GLIBC__)
#define NEWS_MARKDOWN_TLS  __attribute__((tls_model("initial-exec")))
#else
#define NEWS_MARKDOWN_TLS
#endif


typedef union news_markdown_piece_u  news_markdown_piece_t;

union news_markdown_piece_u {
    struct {
        size_t                  unused;
        size_t                  size;
    } head;

    news_markdown_piece_t      *next;
};


/* cmark_mem has no context, and what it returns must not be NULL */

typedef struct {
    news_arena_t           *arena;
    unsigned char          *slab;
    size_t                  left;        /* bytes of the slab */
    size_t                  calls;
    news_markdown_piece_t  *free[NEWS_MARKDOWN_SMALL / 16 + 1];
    jmp_buf                 failed;
} news_markdown_ctx_t;


static void news_markdown_tick(news_markdown_ctx_t *ctx);
static void *news_markdown_calloc(size_t n, size_t size);
static void *news_markdown_realloc(void *p, size_t size);
static news_markdown_piece_t *news_markdown_alloc(news_markdown_ctx_t *ctx,
    size_t size);
static void news_markdown_free(void *p);
static int news_markdown_feed(cmark_parser *parser, news_arena_t *a,
    news_str_t text);
static const unsigned char *news_markdown_line(const unsigned char *p,
    const unsigned char **nl, const unsigned char *last);
static int news_markdown_is_deep(const unsigned char *p,
    const unsigned char *last);
static int news_markdown_parse(news_arena_t *a, news_str_t text,
    news_breaks_e breaks, int safe, news_str_t *html);
static int news_markdown_repair(news_arena_t *a, news_str_t text,
    news_str_t *html);
static int news_markdown_may_join(news_str_t text);
static int news_markdown_is_edge(unsigned char c);
static void news_markdown_join(cmark_node *root);
static uint32_t news_markdown_first(const char *s);
static uint32_t news_markdown_last(const char *s);
static news_str_t news_markdown_skip_comments(news_str_t s);
static news_str_t news_markdown_chop_comments(news_str_t s);
static int news_markdown_is_block(news_str_t name);


/*
 * What belongs to a thread is made at its first use where a library is loaded
 * late, and glibc ends the process when there is no memory: so it is of the
 * few bytes that each thread has from its beginning.
 */

static __thread news_markdown_ctx_t  *news_markdown_ctx NEWS_MARKDOWN_TLS;


static cmark_mem  news_markdown_mem = {
    news_markdown_calloc,
    news_markdown_realloc,
    news_markdown_free
};


/* the block-level elements of the HTML standard's rendering section */

static const char  *news_markdown_blocks[] = {
    "address", "article", "aside", "blockquote", "body", "center", "dd",
    "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "html", "legend", "li", "listing", "main", "menu", "nav", "ol",
    "optgroup", "option", "p", "plaintext", "pre", "search", "section",
    "summary", "table", "ul", "xmp"
};


static void
news_markdown_tick(news_markdown_ctx_t *ctx)
{
    if (++ctx->calls % NEWS_MARKDOWN_CALLS == 0
        && news_arena_tick(ctx->arena, NEWS_MARKDOWN_TICKS) != 0)
    {
        longjmp(ctx->failed, 1);
    }
}


static void *
news_markdown_calloc(size_t n, size_t size)
{
    void  *p;

    if (size != 0 && n > SIZE_MAX / 4 / size) {
        longjmp(news_markdown_ctx->failed, 1);
    }

    p = news_markdown_realloc(NULL, n * size);
    memset(p, 0, n * size);

    return p;
}


static void *
news_markdown_realloc(void *p, size_t size)
{
    size_t                  want;
    news_markdown_ctx_t    *ctx;
    news_markdown_piece_t  *old, *new;

    ctx = news_markdown_ctx;

    if (size > SIZE_MAX / 4) {
        longjmp(ctx->failed, 1);
    }

    news_markdown_tick(ctx);

    want = (size + NEWS_MARKDOWN_HEADER + 15) & ~(size_t) 15;

    if (p == NULL) {
        return news_markdown_alloc(ctx, want) + 1;
    }

    old = (news_markdown_piece_t *) p - 1;

    if (want <= old->head.size) {
        return p;
    }

    if (old->head.size > NEWS_MARKDOWN_SMALL) {
        new = news_arena_realloc(ctx->arena, old, old->head.size, want);
        if (new == NULL) {
            longjmp(ctx->failed, 1);
        }

        new->head.size = want;

        return new + 1;
    }

    new = news_markdown_alloc(ctx, want);
    memcpy(new + 1, p, old->head.size - NEWS_MARKDOWN_HEADER);
    news_markdown_free(p);

    return new + 1;
}


static news_markdown_piece_t *
news_markdown_alloc(news_markdown_ctx_t *ctx, size_t size)
{
    news_markdown_piece_t  *piece;

    if (size > NEWS_MARKDOWN_SMALL) {
        piece = news_arena_alloc(ctx->arena, size);

        if (piece == NULL) {
            longjmp(ctx->failed, 1);
        }

    } else if (ctx->free[size / 16] != NULL) {
        piece = ctx->free[size / 16];
        ctx->free[size / 16] = piece->next;

    } else {
        if (ctx->left < size) {
            ctx->slab = news_arena_alloc(ctx->arena, NEWS_MARKDOWN_SLAB);
            ctx->left = NEWS_MARKDOWN_SLAB;

            if (ctx->slab == NULL) {
                longjmp(ctx->failed, 1);
            }
        }

        piece = (news_markdown_piece_t *) ctx->slab;
        ctx->slab += size;
        ctx->left -= size;
    }

    piece->head.size = size;

    return piece;
}


/* large pieces go with the arena */

static void
news_markdown_free(void *p)
{
    size_t                  size;
    news_markdown_ctx_t    *ctx;
    news_markdown_piece_t  *piece;

    ctx = news_markdown_ctx;

    news_markdown_tick(ctx);

    if (p == NULL) {
        return;
    }

    piece = (news_markdown_piece_t *) p - 1;
    size = piece->head.size;

    if (size <= NEWS_MARKDOWN_SMALL) {
        piece->next = ctx->free[size / 16];
        ctx->free[size / 16] = piece;
    }
}


int
news_markdown(news_arena_t *a, news_str_t text, news_breaks_e breaks,
    int safe, news_str_t *html)
{
    volatile int          rc;
    news_markdown_ctx_t   ctx, *outer;

    outer = news_markdown_ctx;

    memset(&ctx, 0, offsetof(news_markdown_ctx_t, failed));
    ctx.arena = a;

    news_markdown_ctx = &ctx;

    rc = -1;

    if (setjmp(ctx.failed) == 0) {
        rc = news_markdown_parse(a, text, breaks, safe, html);
    }

    news_markdown_ctx = outer;

    return rc;
}


static int
news_markdown_parse(news_arena_t *a, news_str_t text, news_breaks_e breaks,
    int safe, news_str_t *html)
{
    int            options;
    char          *out;
    cmark_node    *root;
    cmark_parser  *parser;

    options = safe ? CMARK_OPT_DEFAULT : CMARK_OPT_UNSAFE;

    if (breaks == NEWS_BREAKS_HARD) {
        options |= CMARK_OPT_HARDBREAKS;
    }

    parser = cmark_parser_new_with_mem(options, &news_markdown_mem);

    if (news_markdown_feed(parser, a, text) != 0) {
        return -1;
    }

    root = cmark_parser_finish(parser);

    if (breaks == NEWS_BREAKS_AUTO && news_markdown_may_join(text)) {
        news_markdown_join(root);
    }

    out = cmark_render_html(root, options);

    *html = news_str(out);

    return news_markdown_repair(a, text, html);
}


/* cmark writes the references to U+FFFE and U+FFFF as a lone byte each */

static int
news_markdown_repair(news_arena_t *a, news_str_t text, news_str_t *html)
{
    news_buf_t            b;
    const unsigned char  *p, *last;

    p = text.data;
    last = p + text.len;

    while (p < last && (p = memchr(p, '&', (size_t) (last - p))) != NULL) {
        if (++p < last && *p == '#') {
            break;
        }
    }

    if (p == NULL || p == last
        || news_utf8_valid(html->data, html->len) == html->len)
    {
        return 0;
    }

    news_buf_init(&b, a, html->len + 64);
    news_utf8_repair(&b, *html);

    *html = news_buf_str(&b);

    return b.failed ? -1 : 0;
}


static int
news_markdown_feed(cmark_parser *parser, news_arena_t *a, news_str_t text)
{
    size_t                n;
    const unsigned char  *p, *nl, *last, *start;

    p = text.data;
    last = p + text.len;
    nl = NULL;

    while (p < last) {
        start = p;

        for (n = 0; n < NEWS_MARKDOWN_LINES && p < last; n++) {
            if (news_markdown_is_deep(p, last)) {
                return -1;
            }

            p = news_markdown_line(p, &nl, last);
        }

        cmark_parser_feed(parser, (const char *) start, (size_t) (p - start));

        if (news_arena_tick(a, NEWS_MARKDOWN_LINES) != 0) {
            return -1;
        }
    }

    return 0;
}


/* behind the line's end, which a lone CR is too; "nl" is the next LF */

static const unsigned char *
news_markdown_line(const unsigned char *p, const unsigned char **nl,
    const unsigned char *last)
{
    const unsigned char  *cr;

    if (*nl == NULL || *nl < p) {
        *nl = memchr(p, '\n', (size_t) (last - p));

        if (*nl == NULL) {
            *nl = last;
        }
    }

    cr = memchr(p, '\r', (size_t) (*nl - p));

    if (cr != NULL && cr + 1 != *nl) {
        return cr + 1;
    }

    return *nl < last ? *nl + 1 : last;
}


/* whether more blocks could begin in the line than may */

static int
news_markdown_is_deep(const unsigned char *p, const unsigned char *last)
{
    size_t  columns;

    for (columns = 0; p < last && columns <= NEWS_MARKDOWN_COLUMNS; p++) {

        if (*p == '\t') {
            columns += NEWS_MARKDOWN_TAB;

        } else if (*p != '\0' && strchr(" >-+*.)0123456789", *p) != NULL) {
            columns++;

        } else {
            break;
        }
    }

    return columns > NEWS_MARKDOWN_COLUMNS;
}


/*
 * Whether a line end may stand between two wide characters, markup aside:
 * the walk over the tree is spared where each paragraph is one line.
 */

static int
news_markdown_may_join(news_str_t text)
{
    const unsigned char  *p, *q, *last;

    p = text.data;
    last = p + text.len;

    while ((p = memchr(p, '\n', (size_t) (last - p))) != NULL) {

        for (q = p; q > text.data; q--) {
            if (q[-1] != ' ' && q[-1] != '\t' && q[-1] != '\r') {
                break;
            }
        }

        p++;

        if (q == text.data || !news_markdown_is_edge(q[-1])) {
            continue;
        }

        for (q = p; q < last && (*q == ' ' || *q == '\t'); q++) { /* void */ }

        if (q < last && news_markdown_is_edge(*q)) {
            return 1;
        }
    }

    return 0;
}


/* a byte of a wide character, or of what may mark one up */

static int
news_markdown_is_edge(unsigned char c)
{
    return c >= 0x80 || (c > ' ' && !(c >= 'a' && c <= 'z')
                         && !(c >= 'A' && c <= 'Z')
                         && c != '.' && c != ',' && c != '#');
}


static uint32_t
news_markdown_first(const char *s)
{
    const unsigned char  *p;

    p = (const unsigned char *) s;

    if (p == NULL || *p == '\0') {
        return 0;
    }

    return news_utf8_decode(&p, p + strlen(s));
}


static uint32_t
news_markdown_last(const char *s)
{
    const unsigned char  *p, *start, *last;

    start = (const unsigned char *) s;

    if (start == NULL || *start == '\0') {
        return 0;
    }

    last = start + strlen(s);

    for (p = last - 1; p > start && (*p & 0xc0) == 0x80; p--) { /* void */ }

    return news_utf8_decode(&p, last);
}


/*
 * Drops the line ends that stand between two wide characters, as CSS Text
 * transforms segment breaks; emphasis and links between do not matter.
 */

static void
news_markdown_join(cmark_node *root)
{
    uint32_t          last;
    cmark_iter       *iter;
    cmark_node       *node, *brk;
    const char       *literal;
    cmark_node_type   type;

    last = 0;
    brk = NULL;
    iter = cmark_iter_new(root);

    while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
        node = cmark_iter_get_node(iter);
        type = cmark_node_get_type(node);

        switch (type) {

        case CMARK_NODE_TEXT:
        case CMARK_NODE_CODE:
            literal = cmark_node_get_literal(node);

            if (literal == NULL || *literal == '\0') {
                break;
            }

            if (brk != NULL && news_cp_is_wide(last)
                && news_cp_is_wide(news_markdown_first(literal)))
            {
                cmark_node_unlink(brk);
            }

            brk = NULL;
            last = news_markdown_last(literal);
            break;

        case CMARK_NODE_SOFTBREAK:
            brk = node;
            break;

        case CMARK_NODE_EMPH:
        case CMARK_NODE_STRONG:
        case CMARK_NODE_LINK:
        case CMARK_NODE_HTML_INLINE:
            break;

        default:
            brk = NULL;
            last = 0;
            break;
        }
    }
}


int
news_markdown_is_html(news_str_t body)
{
    size_t      n;
    news_str_t  s, name;

    s = news_markdown_skip_comments(body);

    if (s.len < 2 || s.data[0] != '<') {
        return 0;
    }

    name = news_str_n(s.data + 1, 0);

    for (n = 1; n < s.len; n++) {
        if (s.data[n] == '>' || s.data[n] == '/' || s.data[n] <= ' ') {
            break;
        }
    }

    name.len = n - 1;

    if (!news_markdown_is_block(name)) {
        return 0;
    }

    /* the end: "</", the name, blanks, ">" */

    s = news_markdown_chop_comments(s);

    if (s.len == 0 || s.data[s.len - 1] != '>') {
        return 0;
    }

    s.len--;
    s = news_str_trim(s);

    if (s.len < name.len + 2) {
        return 0;
    }

    s = news_str_n(s.data + s.len - name.len - 2, name.len + 2);

    if (s.data[0] != '<' || s.data[1] != '/') {
        return 0;
    }

    for (n = 0; n < name.len; n++) {
        if ((s.data[n + 2] | 0x20) != (name.data[n] | 0x20)) {
            return 0;
        }
    }

    return 1;
}


/* comments are no text: feeds put them around everything */

static news_str_t
news_markdown_skip_comments(news_str_t s)
{
    const unsigned char  *p, *last;

    for ( ;; ) {
        s = news_str_trim(s);

        if (s.len < 7 || memcmp(s.data, "<!--", 4) != 0) {
            return s;
        }

        p = s.data + 6;
        last = s.data + s.len;

        while (p < last && (*p != '>' || p[-1] != '-' || p[-2] != '-')) {
            p++;
        }

        if (p == last) {
            return s;
        }

        s = news_str_n(p + 1, (size_t) (last - p - 1));
    }
}


static news_str_t
news_markdown_chop_comments(news_str_t s)
{
    size_t  n;

    for ( ;; ) {
        s = news_str_trim(s);

        if (s.len < 7 || memcmp(s.data + s.len - 3, "-->", 3) != 0) {
            return s;
        }

        for (n = s.len - 7; memcmp(s.data + n, "<!--", 4) != 0; n--) {
            if (n == 0) {
                return s;
            }
        }

        s.len = n;
    }
}


static int
news_markdown_is_block(news_str_t name)
{
    size_t  i, n;

    n = sizeof(news_markdown_blocks) / sizeof(news_markdown_blocks[0]);

    for (i = 0; i < n; i++) {
        if (news_str_caseeqz(name, news_markdown_blocks[i])) {
            return 1;
        }
    }

    return 0;
}
