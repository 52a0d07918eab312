
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _UNPACK_H_INCLUDED_
#define _UNPACK_H_INCLUDED_


/*
 * unpacked() decodes one whole stream, whatever its coding, and tells whether
 * it gives the bytes wanted and ends where the input does.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#if (NEWS_HAVE_BROTLI)
#include <brotli/decode.h>
#endif

#if (NEWS_HAVE_ZSTD)
#include <zstd.h>
#endif

#include "news_pack.h"


static inline int
unpacked_gzip(news_str_t in, unsigned char *out, size_t *len)
{
    int       rc;
    z_stream  z;

    memset(&z, 0, sizeof(z_stream));

    if (inflateInit2(&z, 15 + 16) != Z_OK) {
        return 0;
    }

    z.next_in = (Bytef *) in.data;
    z.avail_in = (uInt) in.len;
    z.next_out = out;
    z.avail_out = (uInt) *len;

    rc = inflate(&z, Z_FINISH);
    *len = z.total_out;

    (void) inflateEnd(&z);

    return rc == Z_STREAM_END && z.avail_in == 0;
}


#if (NEWS_HAVE_BROTLI)

static inline int
unpacked_br(news_str_t in, unsigned char *out, size_t *len)
{
    return BrotliDecoderDecompress(in.len, in.data, len, out)
           == BROTLI_DECODER_RESULT_SUCCESS;
}


#endif


#if (NEWS_HAVE_ZSTD)

static inline int
unpacked_zstd(news_str_t in, unsigned char *out, size_t *len)
{
    size_t  rc;

    if (ZSTD_getFrameContentSize(in.data, in.len) != *len - 1) {
        return 0;
    }

    rc = ZSTD_decompress(out, *len, in.data, in.len);
    *len = rc;

    return !ZSTD_isError(rc);
}


#endif


static inline int
unpacked(news_coding_e coding, news_str_t in, news_str_t want)
{
    int             rc;
    size_t          len;
    unsigned char  *out;

    rc = 0;
    len = want.len + 1;
    out = malloc(len);

    if (out == NULL) {
        return 0;
    }

    switch (coding) {

    case NEWS_GZIP:
        rc = unpacked_gzip(in, out, &len);
        break;

#if (NEWS_HAVE_BROTLI)

    case NEWS_BR:
        rc = unpacked_br(in, out, &len);
        break;

#endif

#if (NEWS_HAVE_ZSTD)

    case NEWS_ZSTD:
        rc = unpacked_zstd(in, out, &len);
        break;

#endif

    default:
        break;
    }

    rc = rc && len == want.len && memcmp(out, want.data, len) == 0;

    free(out);

    return rc;
}


#endif /* _UNPACK_H_INCLUDED_ */
