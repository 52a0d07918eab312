
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_PACK_H_INCLUDED_
#define _NEWS_PACK_H_INCLUDED_


#include "news_buf.h"


/* content codings (RFC 9110, section 8.4.1) */

typedef enum {
    NEWS_IDENTITY = 0,
    NEWS_GZIP,                /* RFC 1952 */
    NEWS_BR,                  /* RFC 7932 */
    NEWS_ZSTD,                /* RFC 8878 */
    NEWS_CODINGS
} news_coding_e;


/* how long it may take: while somebody waits, or in the background */

typedef enum {
    NEWS_PACK_QUICK = 0,
    NEWS_PACK_SMALL
} news_pack_effort_e;


/* the name in Content-Encoding, such as "br"; empty for identity */

news_str_t news_pack_name(news_coding_e coding);

/* whether it was built in; identity and gzip always are */

int news_pack_has(news_coding_e coding);

/*
 * Packs "in" into memory of the arena, by whose limits of bytes and time it
 * is bounded.  The same bytes give the same bytes, with the same libraries.
 * Returns 0; 1 where it would not be smaller by a tenth at least, or "in" is
 * too short to be worth it; -1 past a limit.  Whatever it returns, the arena
 * holds nothing more than "out".  zstd has memory of its own meanwhile.
 */

int news_pack(news_arena_t *a, news_coding_e coding,
    news_pack_effort_e effort, news_str_t in, news_str_t *out);


#endif /* _NEWS_PACK_H_INCLUDED_ */
