
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_HTML_H_INCLUDED_
#define _NEWS_HTML_H_INCLUDED_


#include "news_tag.h"


/*
 * A tokenizer after the HTML standard's section "Tokenization", made for
 * hostile input: linear in time, no allocation but the table of attributes,
 * every byte of the input in exactly one token.  Input is valid UTF-8.
 *
 * Names of tags it knows come as numbers.  It switches by itself to RCDATA,
 * RAWTEXT, script data and PLAINTEXT as a browser's tree builder would for
 * HTML elements; news_html_foreign() tells it of svg and math.
 */

#define NEWS_HTML_MAX_ATTRS  64         /* further ones are dropped */


/* nonzero where one of the eight bytes of a word is "c" */

#define NEWS_HTML_ONES        0x0101010101010101u

#define news_html_has(word, c)                                               \
    ((((word) ^ NEWS_HTML_ONES * (c)) - NEWS_HTML_ONES)                      \
     & ~((word) ^ NEWS_HTML_ONES * (c)) & NEWS_HTML_ONES * 0x80)


typedef enum {
    NEWS_HTML_EOF = 0,
    NEWS_HTML_TEXT,                     /* with character references */
    NEWS_HTML_RCDATA,                   /* of title, textarea */
    NEWS_HTML_RAWTEXT,                  /* of style, script, xmp, iframe … */
    NEWS_HTML_CDATA,                    /* of <![CDATA[ in foreign content */
    NEWS_HTML_START,
    NEWS_HTML_END,
    NEWS_HTML_COMMENT,                  /* bogus ones included */
    NEWS_HTML_DOCTYPE
} news_html_token_e;


typedef struct {
    news_str_t   name;                  /* as written */
    news_str_t   value;                 /* as written, with references */
} news_html_attr_t;


typedef struct {
    news_html_token_e   type;
    news_str_t          raw;            /* the token's bytes */
    news_str_t          name;           /* of a tag, as written */
    news_str_t          data;           /* of a text or comment */
    int                 tag;            /* news_tag_e; NEWS_TAG_UNKNOWN */
    unsigned            self_closing:1;
    unsigned            n_attrs;        /* without duplicates */
    news_html_attr_t   *attrs;
} news_html_token_t;


typedef struct {
    const unsigned char  *p;
    const unsigned char  *last;
    int                   raw_tag;      /* whose end tag ends raw text */
    unsigned              foreign:1;
    unsigned              plaintext:1;
    news_html_attr_t      attrs[NEWS_HTML_MAX_ATTRS];
} news_html_t;


void news_html_init(news_html_t *h, news_str_t in);

/*
 * The next token, valid until the next call; NEWS_HTML_EOF at the end.  A tag
 * that the input's end cuts off is no tag: its bytes are EOF's "raw".
 */

void news_html_next(news_html_t *h, news_html_token_t *token);

/* inside svg or math: no raw text elements, CDATA sections exist */

void news_html_foreign(news_html_t *h, int foreign);

/*
 * Appends text with its character references decoded (all 2,231 names of the
 * standard, numeric ones with the standard's replacements).  "attr" applies
 * the rule for attribute values: no semicolon, then "=" or a letter or digit,
 * is no reference.  Line ends become LF, NUL becomes U+FFFD.
 */

void news_html_decode(news_buf_t *out, news_str_t s, int attr);


#endif /* _NEWS_HTML_H_INCLUDED_ */
