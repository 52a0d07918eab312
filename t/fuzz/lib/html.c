
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * HTML of bytes: one chooses what comes next, those after it the names.  A
 * change of a byte is then a change of an element or an attribute, and end
 * tags are those of elements that are open.
 */

#include "fuzz.h"


#define FUZZ_OPEN  64


typedef struct {
    fuzz_bytes_t  *in;
    news_buf_t    *out;
    unsigned       n;
    const char    *open[FUZZ_OPEN];
} fuzz_html_t;


static void fuzz_html_start(fuzz_html_t *h, unsigned how);
static void fuzz_html_attr(fuzz_html_t *h);
static void fuzz_html_name(fuzz_html_t *h, const char *name, int upper);
static void fuzz_html_end(fuzz_html_t *h, unsigned back);


static const char *const  fuzz_elements[] = {
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside",
    "audio", "b", "base", "basefont", "bdi", "bdo", "bgsound", "big",
    "blink", "blockquote", "body", "br", "button", "canvas", "caption",
    "center", "cite", "code", "col", "colgroup", "command", "content",
    "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir",
    "div", "dl", "dt", "element", "em", "embed", "fieldset", "figcaption",
    "figure", "font", "footer", "form", "frame", "frameset", "h1", "h2",
    "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i",
    "iframe", "image", "img", "input", "ins", "isindex", "kbd", "keygen",
    "label", "legend", "li", "link", "listing", "main", "map", "mark",
    "marquee", "menu", "menuitem", "meta", "meter", "multicol", "nav",
    "nextid", "nobr", "noembed", "noframes", "noscript", "object", "ol",
    "optgroup", "option", "output", "p", "param", "picture", "plaintext",
    "portal", "pre", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s",
    "samp", "script", "search", "section", "select", "shadow", "slot",
    "small", "source", "spacer", "span", "strike", "strong", "style", "sub",
    "summary", "sup", "table", "tbody", "td", "template", "textarea",
    "tfoot", "th", "thead", "time", "title", "tr", "track", "tt", "u", "ul",
    "var", "video", "wbr", "x-y", "xmp",

    "svg", "altGlyph", "animate", "animateMotion", "animateTransform",
    "circle", "clipPath", "defs", "desc", "feImage", "filter",
    "foreignObject", "g", "handler", "linearGradient", "marker", "mask",
    "metadata", "path", "rect", "set", "stop", "switch", "symbol", "text",
    "textPath", "tref", "tspan", "use", "view",

    "math", "annotation", "annotation-xml", "maction", "malignmark",
    "menclose", "merror", "mfenced", "mfrac", "mglyph", "mi",
    "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mroot",
    "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msup", "mtable",
    "mtd", "mtext", "mtr", "munder", "none", "semantics"
};

static const char *const  fuzz_attrs[] = {
    "href", "src", "id", "name", "class", "style", "onclick", "onerror",
    "onload", "title", "alt", "srcset", "sizes", "width", "height", "lang",
    "dir", "hidden", "translate", "hreflang", "cite", "datetime", "start",
    "reversed", "type", "value", "colspan", "rowspan", "align", "valign",
    "headers", "scope", "abbr", "span", "open", "poster", "preload", "loop",
    "muted", "autoplay", "playsinline", "media", "kind", "srclang", "label",
    "default", "controls", "rel", "target", "ping", "download", "action",
    "formaction", "background", "data", "code", "codebase", "srcdoc",
    "sandbox", "allow", "is", "slot", "part", "nonce", "integrity",
    "crossorigin", "http-equiv", "content", "charset", "encoding",
    "definitionurl", "xlink:href", "xml:base", "xmlns", "xmlns:xlink",
    "attributeName", "from", "to", "values", "begin", "contenteditable",
    "tabindex", "accesskey", "autofocus", "usemap", "ismap", "longdesc",
    "dynsrc", "lowsrc", "color", "size", "face", "data-x", "aria-label",
    "role", "\"", "'", "<", "x\xd7\x90", "\x01", "-", "o\"n", "on"
};

static const char *const  fuzz_values[] = {
    "", "x", "a", "#a", "#top", "a b", "1", "-1", "0", "100%", "99999999999",
    "javascript:alert(1)", "JaVa\tScRiPt:alert(1)", "\x01javascript:x",
    "&#106;avascript:x", "java&#10;script:x", "javascript&colon;x",
    "vbscript:x", "data:text/html,<script>x</script>",
    "data:image/png;base64,AAAA", "data:image/svg+xml;base64,AAAA",
    "http://example.org/", "https://example.org:443/a?b=c&d=e#f",
    "//example.org", "\\\\example.org/\\a", "/\t/x", "/a b\"c", "../a",
    "mailto:a@b", "tel:+1", "blob:x", "file:///etc", "x:y", "%6aavascript:x",
    "&amp;", "&lt;script&gt;", "&quot;>", "&#0;", "&#xd;", "&#128;", "&notit",
    "&notin;", "&", "&copy=1", "\r\n", "\n", "\xe6\x96\xb0", "\xef\xbf\xbd",
    "a 1x, b 2x", "a 100w,b 2x", "a,b", "data:,a 1x, //b 2x", "news-main",
    "user-content-a", "body", "cookie", "__proto__", "getElementById", "auto",
    "ltr", "left", "row", "language-c", "text/html", "video/mp4",
    "application/xhtml+xml", "(max-width: 1px)", "en", "A", "<", ">", "`",
    "'", "\\", "url(javascript:x)", "expression(x)", "]]>", "-->", "</style>"
};

static const char *const  fuzz_texts[] = {
    "a", " ", "\n", "word ", "\t", "\f", "\r\n", "\r", "&amp;", "&lt;b&gt;",
    "&", "&#60;", "&#x3c;script>", "&nbsp;", "&notit;", "&NotEqualTilde;",
    "&#0;", "&#13;", "&#xd800;", "&#x110000;", "&#99999999999;", "&#", "&#x",
    "&a", "\xe6\x96\xb0\xe8\x81\x9e", "\xd7\xa9", "\xf0\x9f\x98\x80",
    "\xe2\x80\xae", "\xef\xbb\xbf", "\xef\xbf\xbf", "\x01", "\x7f", "\"", "'",
    "javascript:x", "1. a", "\n\n\n", "    ", "`", "*", "[a](b)", "{{a}}"
};

static const char *const  fuzz_oddities[] = {
    "<", "</", "<!", "<?", "<!-", "<!--", "-->", "--!>", "<!-->", "<!--->",
    "<!--a-->", "<!-- more -->", "<!--><img src=x onerror=y>-->",
    "<!--<!--a-->", "<!--a--!>", "<!--a", "<![CDATA[", "]]>",
    "<![CDATA[<b>]]>", "<!DOCTYPE html>", "<!doctype html PUBLIC \"",
    "<?xml version='1.0'?>", "<a", "<p ", "<img src=", "<a href=\"",
    "<a href='", "</p", "</>", "</ p>", "<>", "< p>", ">", "/>", "<p/", "=",
    "<p//a=b/>", "<p a=b c=d", "<a b='c'd=e>", "<p =a>", "<p a = b>",
    "<p a\n=\n\"b\"/ c>", "</p a=b>", "</br>", "</p>", "</script>",
    "</style>", "</title>", "</textarea>", "</select>", "</svg>", "</math>",
    "</template>", "</body>", "</html>", "</div></div></div>",
    "<svg/onload=a>", "<p\v>", "<p\f>", "<p`>", "<\xd7\x90>", "<a\xd7\x90>",
    "<1>", "<script>a<!--<script>", "</script>-->", "<br/>", "<svg/>",
    "<math/>", "<table><tr><td>", "<p><table></p>", "<a><table><a>",
    "<select><svg>", "<svg><style>", "<math><mtext><mglyph><style>",
    "<svg><p>", "<svg></p>", "<svg><font color>", "<b><p></b>", "<img>"
};


void
fuzz_make_html(fuzz_bytes_t *in, news_buf_t *out)
{
    unsigned     b;
    fuzz_html_t  h;

    h.in = in;
    h.out = out;
    h.n = 0;

    while (in->p < in->last) {
        b = fuzz_byte(in);

        switch (b & 7) {

        case 4:
            fuzz_html_end(&h, (b >> 3) & 3);
            break;

        case 5:
            news_buf_addz(out, fuzz_pick(in, fuzz_texts));
            break;

        case 6:
            news_buf_addz(out, fuzz_pick(in, fuzz_oddities));
            break;

        case 7:

            if (b & 0x80) {
                fuzz_copy(in, out, (b >> 3) & 15);
                break;
            }

            news_buf_addz(out, "</");
            fuzz_html_name(&h, fuzz_pick(in, fuzz_elements), b & 8);
            news_buf_addc(out, '>');
            break;

        default:
            fuzz_html_start(&h, b >> 3);
        }
    }
}


static void
fuzz_html_start(fuzz_html_t *h, unsigned how)
{
    unsigned     n;
    const char  *name;

    name = fuzz_pick(h->in, fuzz_elements);

    news_buf_addc(h->out, '<');
    fuzz_html_name(h, name, (how & 0x1c) == 0x1c);

    for (n = how & 3; n > 0; n--) {
        fuzz_html_attr(h);
    }

    news_buf_addz(h->out, (how & 0x1c) == 0x18 ? "/>" : ">");

    if (h->n < FUZZ_OPEN) {
        h->open[h->n++] = name;
    }
}


static void
fuzz_html_attr(fuzz_html_t *h)
{
    unsigned     b;
    const char  *value;

    b = fuzz_byte(h->in);

    news_buf_addc(h->out, (b & 0x80) ? '/' : ' ');
    fuzz_html_name(h, fuzz_attrs[(b & 0x7f)
                                 % (sizeof(fuzz_attrs) / sizeof(char *))],
                   b & 0x80);

    b = fuzz_byte(h->in);

    if (b == 0xff) {
        return;
    }

    value = fuzz_values[(b & 0x7f) % (sizeof(fuzz_values) / sizeof(char *))];

    if (b & 0x80) {
        b = fuzz_byte(h->in);

        news_buf_addc(h->out, '=');
        news_buf_addz(h->out, (b & 1) ? "'" : "");
        news_buf_addz(h->out, value);
        fuzz_copy(h->in, h->out, (b >> 2) & 7);
        news_buf_addz(h->out, (b & 3) == 1 ? "'" : "");
        return;
    }

    news_buf_addz(h->out, "=\"");
    news_buf_addz(h->out, value);
    news_buf_addc(h->out, '"');
}


static void
fuzz_html_name(fuzz_html_t *h, const char *name, int upper)
{
    for ( /* void */ ; *name; name++) {
        news_buf_addc(h->out, (upper && *name >= 'a' && *name <= 'z')
                              ? *name & ~0x20 : *name);
    }
}


/* of the last but "back" of the open elements, and of those in it or not */

static void
fuzz_html_end(fuzz_html_t *h, unsigned back)
{
    unsigned  i;

    if (h->n <= back) {
        return;
    }

    h->n -= back + 1;

    for (i = (back & 1) ? h->n + back : h->n; /* void */ ; i--) {
        news_buf_addz(h->out, "</");
        fuzz_html_name(h, h->open[i], 0);
        news_buf_addc(h->out, '>');

        if (i == h->n) {
            return;
        }
    }
}
