
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_TAG_H_INCLUDED_
#define _NEWS_TAG_H_INCLUDED_


#include "news_buf.h"


/* elements that matter to the tokenizer or the sanitizer, by length */

typedef enum {
    NEWS_TAG_UNKNOWN = 0,
    NEWS_TAG_A, NEWS_TAG_B, NEWS_TAG_I, NEWS_TAG_P, NEWS_TAG_Q, NEWS_TAG_S,
    NEWS_TAG_U, NEWS_TAG_BR, NEWS_TAG_DD, NEWS_TAG_DL, NEWS_TAG_DT,
    NEWS_TAG_EM, NEWS_TAG_H1, NEWS_TAG_H2, NEWS_TAG_H3, NEWS_TAG_H4,
    NEWS_TAG_H5, NEWS_TAG_H6, NEWS_TAG_HR, NEWS_TAG_LI, NEWS_TAG_MI,
    NEWS_TAG_MN, NEWS_TAG_MO, NEWS_TAG_MS, NEWS_TAG_OL, NEWS_TAG_RB,
    NEWS_TAG_RP, NEWS_TAG_RT, NEWS_TAG_TD, NEWS_TAG_TH, NEWS_TAG_TR,
    NEWS_TAG_TT, NEWS_TAG_UL, NEWS_TAG_BDI, NEWS_TAG_BDO, NEWS_TAG_BIG,
    NEWS_TAG_COL, NEWS_TAG_DEL, NEWS_TAG_DFN, NEWS_TAG_DIR, NEWS_TAG_DIV,
    NEWS_TAG_IMG, NEWS_TAG_INS, NEWS_TAG_KBD, NEWS_TAG_NAV, NEWS_TAG_PRE,
    NEWS_TAG_RTC, NEWS_TAG_SUB, NEWS_TAG_SUP, NEWS_TAG_SVG, NEWS_TAG_VAR,
    NEWS_TAG_WBR, NEWS_TAG_XMP, NEWS_TAG_ABBR, NEWS_TAG_BODY, NEWS_TAG_CITE,
    NEWS_TAG_CODE, NEWS_TAG_DESC, NEWS_TAG_FONT, NEWS_TAG_FORM, NEWS_TAG_HEAD,
    NEWS_TAG_HTML, NEWS_TAG_MAIN, NEWS_TAG_MARK, NEWS_TAG_MATH, NEWS_TAG_MENU,
    NEWS_TAG_META, NEWS_TAG_NOBR, NEWS_TAG_RUBY, NEWS_TAG_SAMP, NEWS_TAG_SPAN,
    NEWS_TAG_TIME, NEWS_TAG_ASIDE, NEWS_TAG_AUDIO, NEWS_TAG_EMBED,
    NEWS_TAG_IMAGE, NEWS_TAG_INPUT, NEWS_TAG_MTEXT, NEWS_TAG_SMALL,
    NEWS_TAG_STYLE, NEWS_TAG_TABLE, NEWS_TAG_TBODY, NEWS_TAG_TFOOT,
    NEWS_TAG_THEAD, NEWS_TAG_TITLE, NEWS_TAG_TRACK, NEWS_TAG_VIDEO,
    NEWS_TAG_CENTER, NEWS_TAG_DIALOG, NEWS_TAG_FIGURE, NEWS_TAG_FOOTER,
    NEWS_TAG_HEADER, NEWS_TAG_HGROUP, NEWS_TAG_IFRAME, NEWS_TAG_KEYGEN,
    NEWS_TAG_OPTION, NEWS_TAG_SCRIPT, NEWS_TAG_SEARCH, NEWS_TAG_SELECT,
    NEWS_TAG_SOURCE, NEWS_TAG_STRIKE, NEWS_TAG_STRONG, NEWS_TAG_ACRONYM,
    NEWS_TAG_ADDRESS, NEWS_TAG_ARTICLE, NEWS_TAG_CAPTION, NEWS_TAG_DETAILS,
    NEWS_TAG_LISTING, NEWS_TAG_NOEMBED, NEWS_TAG_PICTURE, NEWS_TAG_SECTION,
    NEWS_TAG_SUMMARY, NEWS_TAG_COLGROUP, NEWS_TAG_DATALIST, NEWS_TAG_FIELDSET,
    NEWS_TAG_NOFRAMES, NEWS_TAG_NOSCRIPT, NEWS_TAG_OPTGROUP,
    NEWS_TAG_TEMPLATE, NEWS_TAG_TEXTAREA, NEWS_TAG_PLAINTEXT,
    NEWS_TAG_BLOCKQUOTE, NEWS_TAG_FIGCAPTION, NEWS_TAG_FOREIGNOBJECT,
    NEWS_TAG_ANNOTATION_XML, NEWS_TAG_MAX
} news_tag_e;


/* what the sanitizer does with an element; not one: the tag is dropped */

#define NEWS_TAG_KEEP      0x0001       /* written */
#define NEWS_TAG_RAW       0x0002       /* raw text, dropped */
#define NEWS_TAG_SKIP      0x0004       /* dropped with all its content */

/* what it does to the tree, after the standard's "Tree construction" */

#define NEWS_TAG_FORMAT    0x0008       /* reopened after a misnested end */
#define NEWS_TAG_BLOCK     0x0010       /* its start tag closes a p */
#define NEWS_TAG_SPECIAL   0x0020       /* stops the search for inline ends */
#define NEWS_TAG_HEADING   0x0040
#define NEWS_TAG_IMPLIED   0x0080       /* its end tag may be missing */
#define NEWS_TAG_VOID      0x0100       /* has no end tag */
#define NEWS_TAG_SCOPE     0x0200       /* end tags do not reach beyond it */
#define NEWS_TAG_GRID      0x0400       /* takes only parts of a table */
#define NEWS_TAG_PART      0x0800       /* a part of a table */
#define NEWS_TAG_INNER     0x1000       /* HTML inside svg and math */
#define NEWS_TAG_BREAKOUT  0x2000       /* ends svg and math */
#define NEWS_TAG_LINE      0x4000       /* words do not run across it */


typedef struct {
    news_str_t  name;
    int         as;                     /* what is written instead */
    unsigned    flags;
} news_tag_t;


extern const news_tag_t  news_tags[NEWS_TAG_MAX];


/* a name in any case; NEWS_TAG_UNKNOWN if it is none of the above */

int news_tag_find(news_str_t name);


#endif /* _NEWS_TAG_H_INCLUDED_ */
