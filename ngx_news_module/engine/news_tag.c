
/*
 * Copyright (C) The authors of the news module
 */


#include "news_tag.h"


#define K  NEWS_TAG_KEEP
#define R  NEWS_TAG_RAW
#define X  NEWS_TAG_SKIP
#define F  NEWS_TAG_FORMAT
#define B  NEWS_TAG_BLOCK
#define S  NEWS_TAG_SPECIAL
#define H  NEWS_TAG_HEADING
#define I  NEWS_TAG_IMPLIED
#define V  NEWS_TAG_VOID
#define C  NEWS_TAG_SCOPE
#define T  NEWS_TAG_GRID
#define P  NEWS_TAG_PART
#define J  NEWS_TAG_INNER
#define O  NEWS_TAG_BREAKOUT
#define N  NEWS_TAG_LINE


/* in the order of news_tag_e: by length, then by name */

const news_tag_t  news_tags[NEWS_TAG_MAX] = {
    { news_string(""), NEWS_TAG_UNKNOWN, 0 },
    { news_string("a"), NEWS_TAG_A, K|F },
    { news_string("b"), NEWS_TAG_B, K|F|O },
    { news_string("i"), NEWS_TAG_I, K|F|O },
    { news_string("p"), NEWS_TAG_P, K|B|S|I|O },
    { news_string("q"), NEWS_TAG_Q, K },
    { news_string("s"), NEWS_TAG_S, K|F|O },
    { news_string("u"), NEWS_TAG_U, K|F|O },
    { news_string("br"), NEWS_TAG_BR, K|N|S|V|O },
    { news_string("dd"), NEWS_TAG_DD, K|B|S|I|O },
    { news_string("dl"), NEWS_TAG_DL, K|B|S|O },
    { news_string("dt"), NEWS_TAG_DT, K|B|S|I|O },
    { news_string("em"), NEWS_TAG_EM, K|F|O },
    { news_string("h1"), NEWS_TAG_H1, K|B|S|H|O },
    { news_string("h2"), NEWS_TAG_H2, K|B|S|H|O },
    { news_string("h3"), NEWS_TAG_H3, K|B|S|H|O },
    { news_string("h4"), NEWS_TAG_H4, K|B|S|H|O },
    { news_string("h5"), NEWS_TAG_H5, K|B|S|H|O },
    { news_string("h6"), NEWS_TAG_H6, K|B|S|H|O },
    { news_string("hr"), NEWS_TAG_HR, K|B|S|V|O },
    { news_string("li"), NEWS_TAG_LI, K|B|S|I|O },
    { news_string("mi"), NEWS_TAG_MI, J },
    { news_string("mn"), NEWS_TAG_MN, J },
    { news_string("mo"), NEWS_TAG_MO, J },
    { news_string("ms"), NEWS_TAG_MS, J },
    { news_string("ol"), NEWS_TAG_OL, K|B|S|O },
    { news_string("rb"), NEWS_TAG_RB, K|I },
    { news_string("rp"), NEWS_TAG_RP, K|I },
    { news_string("rt"), NEWS_TAG_RT, K|I },
    { news_string("td"), NEWS_TAG_TD, K|N|S|C|P },
    { news_string("th"), NEWS_TAG_TH, K|N|S|C|P },
    { news_string("tr"), NEWS_TAG_TR, K|N|S|T|P },
    { news_string("tt"), NEWS_TAG_CODE, K|F|O },
    { news_string("ul"), NEWS_TAG_UL, K|B|S|O },
    { news_string("bdi"), NEWS_TAG_BDI, K },
    { news_string("bdo"), NEWS_TAG_BDO, K },
    { news_string("big"), NEWS_TAG_BIG, O },
    { news_string("col"), NEWS_TAG_COL, K|S|V|P },
    { news_string("del"), NEWS_TAG_DEL, K },
    { news_string("dfn"), NEWS_TAG_DFN, K },
    { news_string("dir"), NEWS_TAG_UL, K|B|S },
    { news_string("div"), NEWS_TAG_DIV, K|B|S|O },
    { news_string("img"), NEWS_TAG_IMG, K|S|V|O },
    { news_string("ins"), NEWS_TAG_INS, K },
    { news_string("kbd"), NEWS_TAG_KBD, K },
    { news_string("nav"), NEWS_TAG_DIV, K|B|S },
    { news_string("pre"), NEWS_TAG_PRE, K|B|S|O },
    { news_string("rtc"), NEWS_TAG_RTC, K|I },
    { news_string("sub"), NEWS_TAG_SUB, K|O },
    { news_string("sup"), NEWS_TAG_SUP, K|O },
    { news_string("svg"), NEWS_TAG_SVG, X },
    { news_string("var"), NEWS_TAG_VAR, K|O },
    { news_string("wbr"), NEWS_TAG_WBR, K|S|V },
    { news_string("xmp"), NEWS_TAG_XMP, R },
    { news_string("abbr"), NEWS_TAG_ABBR, K },
    { news_string("body"), NEWS_TAG_BODY, O },
    { news_string("cite"), NEWS_TAG_CITE, K },
    { news_string("code"), NEWS_TAG_CODE, K|F|O },
    { news_string("desc"), NEWS_TAG_DESC, J },
    { news_string("font"), NEWS_TAG_FONT, 0 },
    { news_string("form"), NEWS_TAG_FORM, B },
    { news_string("head"), NEWS_TAG_HEAD, O },
    { news_string("html"), NEWS_TAG_HTML, 0 },
    { news_string("main"), NEWS_TAG_DIV, K|B|S },
    { news_string("mark"), NEWS_TAG_MARK, K },
    { news_string("math"), NEWS_TAG_MATH, X },
    { news_string("menu"), NEWS_TAG_UL, K|B|S|O },
    { news_string("meta"), NEWS_TAG_META, O },
    { news_string("nobr"), NEWS_TAG_NOBR, O },
    { news_string("ruby"), NEWS_TAG_RUBY, K|O },
    { news_string("samp"), NEWS_TAG_SAMP, K },
    { news_string("span"), NEWS_TAG_SPAN, K|O },
    { news_string("time"), NEWS_TAG_TIME, K },
    { news_string("aside"), NEWS_TAG_ASIDE, K|B|S },
    { news_string("audio"), NEWS_TAG_AUDIO, K },
    { news_string("embed"), NEWS_TAG_EMBED, O },
    { news_string("image"), NEWS_TAG_IMG, K|S|V },
    { news_string("input"), NEWS_TAG_INPUT, 0 },
    { news_string("mtext"), NEWS_TAG_MTEXT, J },
    { news_string("small"), NEWS_TAG_SMALL, K|F|O },
    { news_string("style"), NEWS_TAG_STYLE, R },
    { news_string("table"), NEWS_TAG_TABLE, K|B|S|C|T|O },
    { news_string("tbody"), NEWS_TAG_TBODY, K|N|S|T|P },
    { news_string("tfoot"), NEWS_TAG_TFOOT, K|N|S|T|P },
    { news_string("thead"), NEWS_TAG_THEAD, K|N|S|T|P },
    { news_string("title"), NEWS_TAG_TITLE, R|J },
    { news_string("track"), NEWS_TAG_TRACK, K|S|I|V },
    { news_string("video"), NEWS_TAG_VIDEO, K },
    { news_string("center"), NEWS_TAG_DIV, K|B|S|O },
    { news_string("dialog"), NEWS_TAG_DIALOG, B },
    { news_string("figure"), NEWS_TAG_FIGURE, K|B|S },
    { news_string("footer"), NEWS_TAG_FOOTER, K|B|S },
    { news_string("header"), NEWS_TAG_HEADER, K|B|S },
    { news_string("hgroup"), NEWS_TAG_HGROUP, K|B|S },
    { news_string("iframe"), NEWS_TAG_IFRAME, R },
    { news_string("keygen"), NEWS_TAG_KEYGEN, 0 },
    { news_string("option"), NEWS_TAG_OPTION, N },
    { news_string("script"), NEWS_TAG_SCRIPT, R },
    { news_string("search"), NEWS_TAG_SEARCH, B },
    { news_string("select"), NEWS_TAG_SELECT, X },
    { news_string("source"), NEWS_TAG_SOURCE, K|S|I|V },
    { news_string("strike"), NEWS_TAG_S, K|F|O },
    { news_string("strong"), NEWS_TAG_STRONG, K|F|O },
    { news_string("acronym"), NEWS_TAG_ABBR, K },
    { news_string("address"), NEWS_TAG_ADDRESS, K|B|S },
    { news_string("article"), NEWS_TAG_ARTICLE, K|B|S },
    { news_string("caption"), NEWS_TAG_CAPTION, K|N|S|C|P },
    { news_string("details"), NEWS_TAG_DETAILS, K|B|S },
    { news_string("listing"), NEWS_TAG_PRE, K|B|S|O },
    { news_string("noembed"), NEWS_TAG_NOEMBED, R },
    { news_string("picture"), NEWS_TAG_PICTURE, K },
    { news_string("section"), NEWS_TAG_SECTION, K|B|S },
    { news_string("summary"), NEWS_TAG_SUMMARY, K|B|S },
    { news_string("colgroup"), NEWS_TAG_COLGROUP, K|S|T|P },
    { news_string("datalist"), NEWS_TAG_DATALIST, X },
    { news_string("fieldset"), NEWS_TAG_FIELDSET, B },
    { news_string("noframes"), NEWS_TAG_NOFRAMES, R },
    { news_string("noscript"), NEWS_TAG_NOSCRIPT, R },
    { news_string("optgroup"), NEWS_TAG_OPTGROUP, N },
    { news_string("template"), NEWS_TAG_TEMPLATE, X },
    { news_string("textarea"), NEWS_TAG_TEXTAREA, R },
    { news_string("plaintext"), NEWS_TAG_PLAINTEXT, R },
    { news_string("blockquote"), NEWS_TAG_BLOCKQUOTE, K|B|S|O },
    { news_string("figcaption"), NEWS_TAG_FIGCAPTION, K|B|S },
    { news_string("foreignobject"), NEWS_TAG_FOREIGNOBJECT, J },
    { news_string("annotation-xml"), NEWS_TAG_ANNOTATION_XML, J },
};


/* where the names of each length begin, up to the longest and one more */

static const unsigned char  news_tag_start[] = {
    1, 1, 8, 34, 54, 73, 88, 103, 113, 121, 122, 124, 124, 124, 125, 126
};


int
news_tag_find(news_str_t name)
{
    int            tag, last;
    unsigned char  c;

    if (name.len == 0 || name.len > sizeof(news_tag_start) - 2) {
        return NEWS_TAG_UNKNOWN;
    }

    c = name.data[0] | 0x20;
    last = news_tag_start[name.len + 1];

    for (tag = news_tag_start[name.len]; tag < last; tag++) {
        if (news_tags[tag].name.data[0] == c
            && news_str_caseeqz(name, (const char *) news_tags[tag].name.data))
        {
            return tag;
        }
    }

    return NEWS_TAG_UNKNOWN;
}
