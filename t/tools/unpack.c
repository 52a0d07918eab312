
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * unpack gzip|br|zstd < FILE
 *
 * Writes what was packed.  Exits with 1 where the input is not one whole
 * stream, 2 where the coding was not built in.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#if (NEWS_HAVE_BROTLI)
#include <brotli/decode.h>
#endif

#if (NEWS_HAVE_ZSTD)
#include <zstd.h>
#endif


#define UNPACK_MAX  (64 * 1024 * 1024)


static unsigned char  unpack_in[UNPACK_MAX];
static unsigned char  unpack_out[UNPACK_MAX];


static int
unpack_gzip(size_t n, size_t *len)
{
    int       rc;
    z_stream  z;

    memset(&z, 0, sizeof(z_stream));

    if (inflateInit2(&z, 15 + 16) != Z_OK) {
        return 1;
    }

    z.next_in = unpack_in;
    z.avail_in = (uInt) n;
    z.next_out = unpack_out;
    z.avail_out = UNPACK_MAX;

    rc = inflate(&z, Z_FINISH);
    *len = z.total_out;

    (void) inflateEnd(&z);

    return rc != Z_STREAM_END || z.avail_in != 0;
}


static int
unpack(const char *coding, size_t n, size_t *len)
{
    *len = UNPACK_MAX;

    if (strcmp(coding, "gzip") == 0) {
        return unpack_gzip(n, len);
    }

#if (NEWS_HAVE_BROTLI)

    if (strcmp(coding, "br") == 0) {
        return BrotliDecoderDecompress(n, unpack_in, len, unpack_out)
               != BROTLI_DECODER_RESULT_SUCCESS;
    }

#endif

#if (NEWS_HAVE_ZSTD)

    if (strcmp(coding, "zstd") == 0) {
        *len = ZSTD_decompress(unpack_out, UNPACK_MAX, unpack_in, n);

        return ZSTD_isError(*len) != 0;
    }

#endif

    return 2;
}


int
main(int argc, char **argv)
{
    int     rc;
    size_t  n, len;

    if (argc != 2) {
        fprintf(stderr, "usage: unpack gzip|br|zstd < FILE\n");
        return 1;
    }

    n = fread(unpack_in, 1, UNPACK_MAX, stdin);

    rc = unpack(argv[1], n, &len);

    if (rc == 0 && fwrite(unpack_out, 1, len, stdout) != len) {
        return 1;
    }

    return rc;
}
