
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_UTF8_H_INCLUDED_
#define _NEWS_UTF8_H_INCLUDED_


#include <stdint.h>

#include "news_buf.h"


/* UTF-8 after RFC 3629: no surrogates, no overlong forms, up to U+10FFFF */

/*
 * Decodes one code point at *p, not past "last", and moves *p behind it.  A
 * malformed sequence is U+FFFD and moves by its maximal subpart (Unicode,
 * section 3.9), always by at least one byte.  *p must be before "last".
 */

uint32_t news_utf8_decode(const unsigned char **p, const unsigned char *last);

/* writes at most 4 bytes, returns their number */

size_t news_utf8_encode(unsigned char *dst, uint32_t cp);

/* length of the longest valid prefix, in bytes; fast where all is valid */

size_t news_utf8_valid(const unsigned char *data, size_t len);

/* appends the text with each malformed sequence replaced by U+FFFD */

void news_utf8_repair(news_buf_t *out, news_str_t s);

/* code points of valid UTF-8 */

size_t news_utf8_count(news_str_t s);

/* classes of code points, after Unicode's Script and East_Asian_Width */

int news_cp_is_cjk_word(uint32_t cp);    /* Han, Hiragana, Katakana, Bopomofo:
                                            one word a character */
int news_cp_is_wide(uint32_t cp);        /* wide or full-width, not Hangul: a
                                            line end between two is dropped */
int news_cp_is_space(uint32_t cp);       /* White_Space, U+3000 included */
int news_cp_is_letter(uint32_t cp);      /* letter, digit or combining mark of
                                            any script */
uint32_t news_cp_lower(uint32_t cp);     /* simple folding, Latin, Greek,
                                            Cyrillic, Armenian, full-width */


#endif /* _NEWS_UTF8_H_INCLUDED_ */
