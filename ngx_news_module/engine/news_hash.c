
/*
 * Copyright (C) The authors of the news module
 */


#include <xxhash.h>

#include "news_hash.h"


void
news_hash_hex(unsigned char *dst, news_str_t s)
{
    size_t              i;
    unsigned char       c;
    XXH128_canonical_t  canonical;

    static const char  hex[] = "0123456789abcdef";

    XXH128_canonicalFromHash(&canonical, XXH3_128bits(s.data, s.len));

    for (i = 0; i < sizeof(canonical.digest); i++) {
        c = canonical.digest[i];

        *dst++ = (unsigned char) hex[c >> 4];
        *dst++ = (unsigned char) hex[c & 0xf];
    }
}


uint64_t
news_hash64(news_str_t s)
{
    return XXH3_64bits(s.data, s.len);
}


void
news_hash128(uint64_t hash[2], uint64_t seed, news_str_t s)
{
    XXH128_hash_t  h;

    h = XXH3_128bits_withSeed(s.data, s.len, seed);

    hash[0] = h.low64;
    hash[1] = h.high64;
}
