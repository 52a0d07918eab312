
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Front matter of bytes: one chooses what comes next, and how deep.  What is
 * in flow style is closed as it was opened, and blocks are indented; the
 * fuzzer may put in bytes of its own anywhere.
 */

#include "fuzz.h"


#define FUZZ_FLOWS  64
#define FUZZ_DEEP   40


typedef struct {
    fuzz_bytes_t  *in;
    news_buf_t    *out;
    const char    *nl;
    unsigned       step;
    unsigned       depth;
    unsigned       n;
    char           flows[FUZZ_FLOWS];
} fuzz_yaml_t;


static void fuzz_yaml_node(fuzz_yaml_t *y, unsigned b);
static void fuzz_yaml_line(fuzz_yaml_t *y, unsigned depth);
static void fuzz_yaml_flow(fuzz_yaml_t *y, unsigned how);
static void fuzz_yaml_block(fuzz_yaml_t *y);
static void fuzz_yaml_quoted(fuzz_yaml_t *y, char quote);


static const char *const  fuzz_keys[] = {
    "title", "author", "authors", "date", "updated", "categories", "category",
    "tags", "tag", "headimg", "thumbnail", "link", "description", "excerpt",
    "keywords", "lang", "toc", "comments", "format", "draft", "published",
    "expires", "robots", "gone", "name", "url", "avatar", "content", "a", "b",
    "a.b", "X-Y", "<<", "\xe6\xa0\x87\xe9\xa2\x98", "? a\n", "? ", "\"q\"",
    "'q'", "[a]", "{a: b}", "*a", "&a k", "!!str k", "~", "", "=", "1", "-a",
    "a b", "a: b", "a#b", "__proto__"
};

static const char *const  fuzz_scalars[] = {
    "a", "~", "null", "true", "no", "Off", "1", "-0x1f", "1e3", ".inf", "0o7",
    "2021-07-30", "2021-07-30 15:30:00 +8", "2021-07-30T15:30:00Z",
    "Fri, 30 Jul 2021 15:30:00 GMT", "2021-13-40", "12:30:45", "<<",
    "http://example.org/a", "//example.org", "javascript:x", "/a b", "a: b",
    "a #b", "#a", "@a", "`a", "%a", "|", ">", "-", "?", ":", "---", "...",
    "\xe6\x96\xb0\xe8\x81\x9e", "\xe3\x80\x8c", "\xf0\x9f\x98\x80",
    "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf", "\x7f", "\x01", "\t",
    "markdown", "html", "zh-Hans", "noindex", "a\\", "a, b", "<script>",
    "{{a}}", "&amp;"
};

static const char *const  fuzz_props[] = {
    "&a ", "&b ", "&c ", "&\xe6\x96\xb0 ", "*a", "*b", "*c", "*d", "*a ",
    "!!str ", "!!int ", "!!map ", "!!seq ", "!!null ", "!!binary ",
    "!!merge ", "!!set ", "! ", "!a ", "!a!b ", "!<tag:yaml.org,2002:str> ",
    "!<", "!%41 ", "<<: *a", "<<: [*a, *b]", "&a &b ", "& ", "* "
};

static const char *const  fuzz_marks[] = {
    "# a", "---", "--- ", "...", "%YAML 1.1", "%YAML 1.2", "%YAML 9.9",
    "%TAG ! tag:x,2000:", "%TAG !a! !b", "%X", "\t", "- - - ", "? ", ": ",
    "- ? : ", "]", "}", ",", "'", "\"", "\\", "\r", "   ", "\f", "-\t", ":\t",
    "? - a", "- a: b", "[[[[[[[[", "{a: {a: {a: ", "]]]]", "- &x [*x, *x]"
};

static const char *const  fuzz_escapes[] = {
    "a", " ", "\\n", "\\t", "\\0", "\\x41", "\\u65b0", "\\U0001F600",
    "\\ud800", "\\x", "\\q", "\\\"", "''", "\\\\", "\\/", "\\N", "\\_",
    "\\L", "\\P", "\n", "\n\n", "\\\n", " \n ", "#", ": ", "\xe6\x96\xb0", "<"
};

static const char *const  fuzz_headers[] = {
    "|", ">", "|-", "|+", ">-", ">+", "|2", "|1-", ">9", "|0", "|-2", "| # a",
    "|a", ">+1"
};


void
fuzz_make_yaml(fuzz_bytes_t *in, news_buf_t *out)
{
    unsigned     b;
    fuzz_yaml_t  y;

    b = fuzz_byte(in);

    y.in = in;
    y.out = out;
    y.nl = (b & 4) ? "\r\n" : "\n";
    y.step = 1 + (b & 3);
    y.depth = 0;
    y.n = 0;

    news_buf_addz(out, (b & 8) ? "\xef\xbb\xbf\n---" : "---");

    while (in->p < in->last) {
        fuzz_yaml_node(&y, fuzz_byte(in));
    }

    while (y.n) {
        news_buf_addc(out, y.flows[--y.n]);
    }

    news_buf_addz(out, y.nl);
    news_buf_addz(out, (b & 0x10) ? "..." : "---");
    news_buf_addz(out, y.nl);
    news_buf_addz(out, "body");
}


/* the upper half of "b" says more: how deep, of what kind */

static void
fuzz_yaml_node(fuzz_yaml_t *y, unsigned b)
{
    unsigned  how;

    how = b >> 4;

    switch (b & 15) {

    case 0:
    case 1:
    case 2:
    case 3:
        y->depth = (how & 8) ? y->depth - y->depth * (how & 7) / 7
                             : y->depth + ((b & 15) == 3);

        fuzz_yaml_line(y, y->depth);
        news_buf_addz(y->out, fuzz_pick(y->in, fuzz_keys));
        news_buf_addz(y->out, how == 7 ? ":" : ": ");
        break;

    case 4:
    case 5:
        y->depth += (b & 15) == 5;
        fuzz_yaml_line(y, y->depth);
        news_buf_addz(y->out, how == 7 ? "-" : "- ");
        break;

    case 6:
        fuzz_yaml_line(y, y->depth + (how & 3) + 1);
        break;

    case 7:
    case 8:
        fuzz_yaml_flow(y, how);
        break;

    case 9:
        fuzz_yaml_block(y);
        break;

    case 10:
        fuzz_yaml_quoted(y, (how & 1) ? '"' : '\'');
        break;

    case 11:
        news_buf_addz(y->out, fuzz_pick(y->in, fuzz_props));
        break;

    case 12:

        if (how & 1) {
            fuzz_yaml_line(y, (how & 2) ? y->depth : 0);
        }

        news_buf_addz(y->out, fuzz_pick(y->in, fuzz_marks));
        break;

    case 13:
        fuzz_copy(y->in, y->out, how + 1);
        break;

    default:
        news_buf_addz(y->out, fuzz_pick(y->in, fuzz_scalars));
    }

    if (y->depth > FUZZ_DEEP) {
        y->depth = FUZZ_DEEP;
    }
}


static void
fuzz_yaml_line(fuzz_yaml_t *y, unsigned depth)
{
    news_buf_addz(y->out, y->nl);

    for (depth *= y->step; depth; depth--) {
        news_buf_addc(y->out, ' ');
    }
}


static void
fuzz_yaml_flow(fuzz_yaml_t *y, unsigned how)
{
    switch (how & 3) {

    case 0:

        if (y->n) {
            news_buf_addc(y->out, y->flows[--y->n]);
        }

        break;

    case 1:
        news_buf_addz(y->out, (how & 4) ? "," : ", ");
        break;

    default:

        if (y->n < FUZZ_FLOWS) {
            news_buf_addc(y->out, (how & 1) ? '[' : '{');
            y->flows[y->n++] = (how & 1) ? ']' : '}';
        }
    }
}


static void
fuzz_yaml_block(fuzz_yaml_t *y)
{
    unsigned  b, n;

    news_buf_addz(y->out, fuzz_pick(y->in, fuzz_headers));

    b = fuzz_byte(y->in);

    for (n = b & 3; n; n--) {
        fuzz_yaml_line(y, y->depth + 1);
        news_buf_addz(y->out, fuzz_pick(y->in, fuzz_scalars));
        b >>= 1;

        if (b & 2) {
            news_buf_addz(y->out, y->nl);
        }
    }
}


static void
fuzz_yaml_quoted(fuzz_yaml_t *y, char quote)
{
    unsigned  n;

    news_buf_addc(y->out, (unsigned char) quote);

    for (n = fuzz_byte(y->in) & 7; n; n--) {
        news_buf_addz(y->out, fuzz_pick(y->in, fuzz_escapes));
    }

    news_buf_addc(y->out, (unsigned char) quote);
}
