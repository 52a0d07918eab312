
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_HASH_H_INCLUDED_
#define _NEWS_HASH_H_INCLUDED_


#include <stdint.h>

#include "news_buf.h"


#define NEWS_HASH_LEN  32


/*
 * Hashes of bytes alone: the same on every machine, whatever its byte order.
 * They tell versions apart, and are no protection against forgery.
 */

/* writes NEWS_HASH_LEN digits of hexadecimal, no terminating zero */

void news_hash_hex(unsigned char *dst, news_str_t s);

uint64_t news_hash64(news_str_t s);

/* two words; a secret seed keeps others from making equal ones */

void news_hash128(uint64_t hash[2], uint64_t seed, news_str_t s);


#endif /* _NEWS_HASH_H_INCLUDED_ */
