
/*
 * Copyright (C) The authors of the news module
 */


#include <stdint.h>
#include <zlib.h>

#if (NEWS_HAVE_BROTLI)
#include <brotli/encode.h>
#include <setjmp.h>
#endif

#if (NEWS_HAVE_ZSTD)
#include <zstd.h>
#endif

#include "news_pack.h"


/* shorter ones fit into the packet with their headers anyway */

#define NEWS_PACK_MIN         256

/* the libraries count in 32 bits here and there */

#define NEWS_PACK_MAX         ((size_t) 1024 * 1024 * 1024)

/* bytes between looks at the time */

#define NEWS_PACK_STEP        ((size_t) 64 * 1024)

/* beyond this, the highest levels take seconds */

#define NEWS_PACK_SMALL_PAGE  ((size_t) 256 * 1024)
#define NEWS_PACK_LARGE_PAGE  ((size_t) 1024 * 1024)

/* 5 is larger by one in a hundred, 9 smaller by one in five hundred */

#define NEWS_PACK_GZIP_LEVEL  6
#define NEWS_PACK_GZIP_MEM    8

/*
 * Blocks of 2^16 bytes take half the memory of what brotli would choose, and
 * let the time be looked at, for one byte more in a thousand.
 */

#define NEWS_PACK_BR_BLOCK    16

/* RFC 9659 lets browsers refuse zstd with a window of more than 2^23 */

#define NEWS_PACK_MAX_WINDOW  22


typedef struct {
    news_arena_t        *arena;
    news_pack_effort_e   effort;
    news_str_t           in;       /* what is left of it */
    unsigned char       *out;      /* where to write on */
    size_t               room;
} news_pack_t;


typedef struct {
    const char          *name;
    int                (*pack)(news_pack_t *p);
    int                  has;
} news_pack_coding_t;


static news_str_t news_pack_next(news_pack_t *p);
static int news_pack_window(size_t len, int min, int max);
static int news_pack_none(news_pack_t *p);
static int news_pack_gzip(news_pack_t *p);
static int news_pack_deflate(news_pack_t *p, z_stream *z);
static void *news_pack_zalloc(void *data, unsigned n, unsigned size);
static void news_pack_zfree(void *data, void *piece);

#if (NEWS_HAVE_BROTLI)

typedef struct news_pack_piece_s  news_pack_piece_t;
typedef struct news_pack_pool_s  news_pack_pool_t;

static int news_pack_br(news_pack_t *p);
static int news_pack_br_encode(news_pack_t *p, news_pack_pool_t *pool);
static int news_pack_br_level(news_pack_t *p);
static int news_pack_br_run(news_pack_t *p, BrotliEncoderState *s);
static void *news_pack_br_alloc(void *data, size_t size);
static void news_pack_br_free(void *data, void *piece);

#endif

#if (NEWS_HAVE_ZSTD)

static int news_pack_zstd(news_pack_t *p);
static int news_pack_zstd_level(news_pack_t *p);
static int news_pack_zstd_init(news_pack_t *p, ZSTD_CCtx *c);
static int news_pack_zstd_run(news_pack_t *p, ZSTD_CCtx *c);

#endif


static const news_pack_coding_t  news_pack_codings[NEWS_CODINGS] = {

    { "", news_pack_none, 1 },
    { "gzip", news_pack_gzip, 1 },

#if (NEWS_HAVE_BROTLI)
    { "br", news_pack_br, 1 },
#else
    { "br", news_pack_none, 0 },
#endif

#if (NEWS_HAVE_ZSTD)
    { "zstd", news_pack_zstd, 1 }
#else
    { "zstd", news_pack_none, 0 }
#endif
};


news_str_t
news_pack_name(news_coding_e coding)
{
    return news_str(news_pack_codings[coding].name);
}


int
news_pack_has(news_coding_e coding)
{
    return news_pack_codings[coding].has;
}


/*
 * What is written comes first in the arena, so that what the library took can
 * be given back.  It has room for as much as may be kept and no more: of a
 * large piece only what was touched is memory.
 */

int
news_pack(news_arena_t *a, news_coding_e coding, news_pack_effort_e effort,
    news_str_t in, news_str_t *out)
{
    int                rc;
    news_pack_t        p;
    news_arena_mark_t  start, packed;

    if (news_arena_state(a) != NEWS_ARENA_OK) {
        return -1;
    }

    if (in.len < NEWS_PACK_MIN || in.len > NEWS_PACK_MAX) {
        return 1;
    }

    news_arena_mark(a, &start);

    p.arena = a;
    p.effort = effort;
    p.in = in;
    p.room = in.len - (in.len + 9) / 10;
    p.out = news_arena_alloc(a, p.room);

    if (p.out == NULL) {
        news_arena_release(a, &start);
        return -1;
    }

    out->data = p.out;
    out->len = p.room;

    news_arena_mark(a, &packed);

    rc = news_pack_codings[coding].pack(&p);

    news_arena_release(a, (rc == 0) ? &packed : &start);

    out->len -= p.room;

    if (rc != 0) {
        *out = news_str_n(NULL, 0);
    }

    return rc;
}


/* the bytes to take next; none, which there never are, when time is up */

static news_str_t
news_pack_next(news_pack_t *p)
{
    news_str_t  s;

    s = p->in;

    if (s.len > NEWS_PACK_STEP) {
        s.len = NEWS_PACK_STEP;
    }

    if (news_arena_tick(p->arena, s.len) != 0) {
        return news_str_n(NULL, 0);
    }

    p->in.data += s.len;
    p->in.len -= s.len;

    return s;
}


/* binary logarithm of a window that all bytes fit in */

static int
news_pack_window(size_t len, int min, int max)
{
    int  log;

    for (log = min; log < max && ((size_t) 1 << log) < len; log++) {
        /* void */
    }

    return log;
}


static int
news_pack_none(news_pack_t *p)
{
    return 1;
}


/*
 * There is one level, for a better one is hardly smaller, and then whoever
 * made it there is one ETag.  All memory is the arena's, so deflateEnd() has
 * nothing to do.
 */

static int
news_pack_gzip(news_pack_t *p)
{
    int       rc;
    z_stream  z;

    memset(&z, 0, sizeof(z_stream));

    z.zalloc = news_pack_zalloc;
    z.zfree = news_pack_zfree;
    z.opaque = p->arena;

    rc = deflateInit2(&z, NEWS_PACK_GZIP_LEVEL, Z_DEFLATED,
                      news_pack_window(p->in.len, 9, 15) + 16,
                      NEWS_PACK_GZIP_MEM, Z_DEFAULT_STRATEGY);
    if (rc != Z_OK) {
        return -1;
    }

    z.next_out = p->out;
    z.avail_out = (uInt) p->room;

    rc = news_pack_deflate(p, &z);

    p->room = z.avail_out;

    return rc;
}


static int
news_pack_deflate(news_pack_t *p, z_stream *z)
{
    int         rc;
    news_str_t  s;

    do {
        s = news_pack_next(p);

        if (s.len == 0) {
            return -1;
        }

        z->next_in = (Bytef *) s.data;
        z->avail_in = (uInt) s.len;

        rc = deflate(z, (p->in.len == 0) ? Z_FINISH : Z_NO_FLUSH);

        if (rc == Z_STREAM_ERROR) {
            return -1;
        }

        if (rc != Z_STREAM_END && z->avail_out == 0) {
            return 1;
        }

    } while (p->in.len);

    return (rc == Z_STREAM_END) ? 0 : -1;
}


static void *
news_pack_zalloc(void *data, unsigned n, unsigned size)
{
    return news_arena_alloc(data, (size_t) n * size);
}


static void
news_pack_zfree(void *data, void *piece)
{
    /* void */
}


#if (NEWS_HAVE_BROTLI)

/*
 * Brotli frees and takes again, so what it frees is kept for later.  It takes
 * many different sizes, but few at a time: the list stays short.
 *
 * As it is built by default, it ends the process when its allocator has no
 * memory.  So that one does not return then; whatever brotli was about, all
 * it had was the arena's.
 */

struct news_pack_piece_s {
    news_pack_piece_t  *next;
    size_t              size;
};


struct news_pack_pool_s {
    news_arena_t       *arena;
    news_pack_piece_t  *free;
    jmp_buf             failed;
};


#define NEWS_PACK_HEADER                                                     \
    ((sizeof(news_pack_piece_t) + 15) & ~((size_t) 15))


static int
news_pack_br(news_pack_t *p)
{
    int               rc;
    news_pack_pool_t  pool;

    pool.arena = p->arena;
    pool.free = NULL;

    rc = -1;

    if (setjmp(pool.failed) == 0) {
        rc = news_pack_br_encode(p, &pool);
    }

    return rc;
}


static int
news_pack_br_encode(news_pack_t *p, news_pack_pool_t *pool)
{
    size_t               i;
    BrotliEncoderState  *s;

    const struct {
        BrotliEncoderParameter  name;
        int                     value;
    } parameters[] = {
        { BROTLI_PARAM_QUALITY, news_pack_br_level(p) },
        { BROTLI_PARAM_SIZE_HINT, (int) p->in.len },
        { BROTLI_PARAM_LGBLOCK, NEWS_PACK_BR_BLOCK },
        { BROTLI_PARAM_LGWIN, news_pack_window(p->in.len + 16,
                                               BROTLI_MIN_WINDOW_BITS,
                                               NEWS_PACK_MAX_WINDOW) }
    };

    s = BrotliEncoderCreateInstance(news_pack_br_alloc, news_pack_br_free,
                                    pool);
    if (s == NULL) {
        return -1;
    }

    for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
        if (!BrotliEncoderSetParameter(s, parameters[i].name,
                                       (uint32_t) parameters[i].value))
        {
            return -1;
        }
    }

    return news_pack_br_run(p, s);
}


static int
news_pack_br_level(news_pack_t *p)
{
    if (p->effort == NEWS_PACK_QUICK || p->in.len > NEWS_PACK_LARGE_PAGE) {
        return 5;
    }

    return (p->in.len > NEWS_PACK_SMALL_PAGE) ? 9 : 11;
}


static int
news_pack_br_run(news_pack_t *p, BrotliEncoderState *s)
{
    news_str_t              in;
    const uint8_t          *data;
    BrotliEncoderOperation  op;

    do {
        in = news_pack_next(p);

        if (in.len == 0) {
            return -1;
        }

        data = in.data;
        op = (p->in.len == 0) ? BROTLI_OPERATION_FINISH
                              : BROTLI_OPERATION_PROCESS;

        if (!BrotliEncoderCompressStream(s, op, &in.len, &data, &p->room,
                                         &p->out, NULL))
        {
            return -1;
        }

        /* it stops early for want of room alone */

        if (in.len || BrotliEncoderHasMoreOutput(s)) {
            return 1;
        }

    } while (p->in.len);

    return BrotliEncoderIsFinished(s) ? 0 : -1;
}


/* a free piece that is large enough, but not by far, or a new one */

static void *
news_pack_br_alloc(void *data, size_t size)
{
    news_pack_pool_t *pool = data;

    news_pack_piece_t  *piece, **place;

    for (place = &pool->free; *place != NULL; place = &(*place)->next) {
        piece = *place;

        if (piece->size >= size && piece->size / 2 <= size) {
            *place = piece->next;
            return (unsigned char *) piece + NEWS_PACK_HEADER;
        }
    }

    if (size > NEWS_PACK_MAX) {
        longjmp(pool->failed, 1);
    }

    piece = news_arena_alloc(pool->arena, NEWS_PACK_HEADER + size);

    if (piece == NULL) {
        longjmp(pool->failed, 1);
    }

    piece->size = size;

    return (unsigned char *) piece + NEWS_PACK_HEADER;
}


static void
news_pack_br_free(void *data, void *p)
{
    news_pack_pool_t *pool = data;

    news_pack_piece_t  *piece;

    if (p == NULL) {
        return;
    }

    piece = (news_pack_piece_t *) ((unsigned char *) p - NEWS_PACK_HEADER);

    piece->next = pool->free;
    pool->free = piece;
}


#endif


#if (NEWS_HAVE_ZSTD)

/*
 * The stable interface of the library takes no allocator, so its memory is
 * malloc()'s; level and window bound it.
 */

static int
news_pack_zstd(news_pack_t *p)
{
    int         rc;
    ZSTD_CCtx  *c;

    c = ZSTD_createCCtx();

    if (c == NULL) {
        return -1;
    }

    rc = news_pack_zstd_init(p, c);

    if (rc == 0) {
        rc = news_pack_zstd_run(p, c);
    }

    (void) ZSTD_freeCCtx(c);

    return rc;
}


static int
news_pack_zstd_level(news_pack_t *p)
{
    if (p->effort == NEWS_PACK_QUICK) {
        return 3;
    }

    return (p->in.len > NEWS_PACK_SMALL_PAGE) ? 9 : 19;
}


static int
news_pack_zstd_init(news_pack_t *p, ZSTD_CCtx *c)
{
    size_t  i, rc;

    const struct {
        ZSTD_cParameter  name;
        int              value;
    } parameters[] = {
        { ZSTD_c_compressionLevel, news_pack_zstd_level(p) },
        { ZSTD_c_windowLog, news_pack_window(p->in.len, 10,
                                             NEWS_PACK_MAX_WINDOW) },
        { ZSTD_c_contentSizeFlag, 1 },
        { ZSTD_c_checksumFlag, 0 }
    };

    for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
        rc = ZSTD_CCtx_setParameter(c, parameters[i].name,
                                    parameters[i].value);
        if (ZSTD_isError(rc)) {
            return -1;
        }
    }

    rc = ZSTD_CCtx_setPledgedSrcSize(c, p->in.len);

    return ZSTD_isError(rc) ? -1 : 0;
}


static int
news_pack_zstd_run(news_pack_t *p, ZSTD_CCtx *c)
{
    size_t             left;
    news_str_t         s;
    ZSTD_inBuffer      in;
    ZSTD_outBuffer     out;
    ZSTD_EndDirective  op;

    out.dst = p->out;
    out.size = p->room;
    out.pos = 0;

    do {
        s = news_pack_next(p);

        if (s.len == 0) {
            return -1;
        }

        in.src = s.data;
        in.size = s.len;
        in.pos = 0;

        op = (p->in.len == 0) ? ZSTD_e_end : ZSTD_e_continue;

        do {
            left = ZSTD_compressStream2(c, &out, &in, op);

            if (ZSTD_isError(left)) {
                return -1;
            }

            if (op == ZSTD_e_continue) {
                left = in.size - in.pos;
            }

            if (left && out.pos == out.size) {
                return 1;
            }

        } while (left);

    } while (p->in.len);

    p->room -= out.pos;

    return 0;
}


#endif
