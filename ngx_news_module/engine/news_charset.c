
/*
 * Copyright (C) The authors of the news module
 */


#include <errno.h>
#include <iconv.h>

#include "news_charset.h"
#include "news_utf8.h"


#define NEWS_CHARSET_STEP  16384    /* bytes between looks at the time */


typedef struct {
    const char  *name;        /* NULL: UTF-8 */
    unsigned     unit;        /* bytes passed over after an invalid one */
    unsigned     ascii:1;
} news_charset_t;


struct news_charsets_s {
    size_t           n;
    news_charset_t  *list;
};


static int news_charset_init(news_arena_t *a, news_charset_t *c,
    news_str_t name);
static unsigned news_charset_unit(news_str_t name);
static int news_charset_is_ascii(const char *name);
static int news_charset_keeps_ascii(iconv_t cd);
static int news_charset_is_7bit(iconv_t cd);
static int news_charset_utf8(news_arena_t *a, news_str_t in, int repair,
    news_str_t *out);
static int news_charset_decode(const news_charset_t *c, news_arena_t *a,
    news_str_t in, int repair, news_str_t *out);
static int news_charset_run(iconv_t cd, news_arena_t *a, news_str_t in,
    size_t unit, news_buf_t *b);
static size_t news_charset_convert(iconv_t cd, char **in, size_t *left,
    news_buf_t *b);
static news_str_t news_charset_cut_bom(news_str_t s);


/*
 * iconv knows the empty name too, which is the locale's encoding, and names
 * with a suffix that changes how it treats errors: here they are unknown.
 */

news_charsets_t *
news_charsets_create(news_arena_t *a, const news_str_t *names, size_t n,
    size_t *bad)
{
    int               rc;
    size_t            i;
    news_charsets_t  *c;

    *bad = n;

    c = news_arena_alloc(a, sizeof(news_charsets_t));

    if (c == NULL) {
        return NULL;
    }

    c->n = n;
    c->list = news_arena_calloc(a, n * sizeof(news_charset_t));

    if (c->list == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        rc = news_charset_init(a, &c->list[i], names[i]);

        if (rc == -1) {
            return NULL;
        }

        if (rc == 1) {
            *bad = i;
            return NULL;
        }
    }

    return c;
}


/* 0, 1 where the name is unknown, or -1 */

static int
news_charset_init(news_arena_t *a, news_charset_t *c, news_str_t name)
{
    int         rc;
    iconv_t     cd;
    news_str_t  copy;

    if (news_str_caseeqz(name, "utf-8") || news_str_caseeqz(name, "utf8")) {
        c->name = NULL;
        c->ascii = 1;

        return 0;
    }

    if (name.len == 0 || memchr(name.data, '/', name.len) != NULL
        || memchr(name.data, '\0', name.len) != NULL)
    {
        return 1;
    }

    copy = news_str_dup(a, name);

    if (copy.data == NULL) {
        return -1;
    }

    c->name = (const char *) copy.data;

    cd = iconv_open("UTF-8", c->name);

    if (cd == (iconv_t) -1) {
        return (errno == ENOMEM) ? -1 : 1;
    }

    (void) iconv_close(cd);

    c->unit = news_charset_unit(name);
    rc = news_charset_is_ascii(c->name);
    c->ascii = (rc == 1);

    return (rc == -1) ? -1 : 0;
}


static unsigned
news_charset_unit(news_str_t name)
{
    size_t  i, len;

    static const struct {
        const char  *name;
        unsigned     unit;
    } wide[] = {
        { "utf-16", 2 }, { "utf16", 2 }, { "ucs-2", 2 }, { "ucs2", 2 },
        { "utf-32", 4 }, { "utf32", 4 }, { "ucs-4", 4 }, { "ucs4", 4 },
        { "unicode", 2 }, { "iso-10646-ucs-2", 2 }, { "iso-10646-ucs-4", 4 }
    };

    for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
        len = strlen(wide[i].name);

        if (name.len >= len
            && news_str_caseeqz(news_str_n(name.data, len), wide[i].name))
        {
            return wide[i].unit;
        }
    }

    return 1;
}


/*
 * Found by trying: ASCII comes out as it is, and other characters are never
 * written with ASCII bytes alone, as 7-bit encodings with shifts do.  1, 0, or
 * -1 where that cannot be tried.
 */

static int
news_charset_is_ascii(const char *name)
{
    int      yes;
    iconv_t  cd;

    cd = iconv_open("UTF-8", name);

    if (cd == (iconv_t) -1) {
        return -1;
    }

    yes = news_charset_keeps_ascii(cd);
    (void) iconv_close(cd);

    if (!yes) {
        return 0;
    }

    cd = iconv_open(name, "UTF-8");

    if (cd == (iconv_t) -1) {
        return (errno == ENOMEM) ? -1 : 0;
    }

    yes = !news_charset_is_7bit(cd);
    (void) iconv_close(cd);

    return yes;
}


/* "\" and "~" aside: Japanese encodings have other characters there */

static int
news_charset_keeps_ascii(iconv_t cd)
{
    char    in[128], out[512], *from, *to;
    size_t  n, left, room;

    in[0] = '\t';
    in[1] = '\n';
    in[2] = '\r';

    for (n = 3, left = ' '; left < '~'; left++) {
        if (left != '\\') {
            in[n++] = (char) left;
        }
    }

    from = in;
    left = n;
    to = out;
    room = sizeof(out);

    if (iconv(cd, &from, &left, &to, &room) == (size_t) -1) {
        return 0;
    }

    return (size_t) (to - out) == n && memcmp(in, out, n) == 0;
}


static int
news_charset_is_7bit(iconv_t cd)
{
    int     seen;
    char    out[64], *from, *to, *p;
    size_t  i, left, room;

    static const char  *samples[] = {
        "中", "あ", "한", "é", "Я", "ו", "ไ", "α", "ا", "Ş"
    };

    for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        from = (char *) samples[i];
        left = strlen(from);
        to = out;
        room = sizeof(out);

        (void) iconv(cd, NULL, NULL, NULL, NULL);

        if (iconv(cd, &from, &left, &to, &room) != 0) {
            continue;
        }

        seen = 0;

        for (p = out; p < to; p++) {
            seen |= (unsigned char) *p & 0x80;
        }

        if (!seen) {
            return 1;
        }
    }

    return 0;
}


int
news_charsets_ascii(const news_charsets_t *c)
{
    size_t  i;

    for (i = 0; c != NULL && i < c->n; i++) {
        if (!c->list[i].ascii) {
            return 0;
        }
    }

    return 1;
}


int
news_charsets_decode(const news_charsets_t *c, news_arena_t *a, news_str_t in,
    news_str_t *out)
{
    int     rc, repair;
    size_t  i;

    if (c == NULL || c->n == 0) {
        return news_charset_utf8(a, in, 1, out);
    }

    for (i = 0; /* void */ ; i++) {
        repair = (i == c->n - 1);

        rc = (c->list[i].name == NULL)
             ? news_charset_utf8(a, in, repair, out)
             : news_charset_decode(&c->list[i], a, in, repair, out);

        if (rc != 1 || repair) {
            return rc;
        }
    }
}


/* these two return 0, 1 where the text is in another encoding, or -1 */

static int
news_charset_utf8(news_arena_t *a, news_str_t in, int repair,
    news_str_t *out)
{
    news_buf_t  b;

    in = news_charset_cut_bom(in);

    if (news_arena_tick(a, in.len / 1024 + 1)) {
        return -1;
    }

    if (news_utf8_valid(in.data, in.len) == in.len) {
        *out = in;
        return 0;
    }

    if (!repair) {
        return 1;
    }

    news_buf_init(&b, a, in.len + in.len / 8 + 16);
    news_utf8_repair(&b, in);

    if (b.failed) {
        return -1;
    }

    *out = news_buf_str(&b);

    return 0;
}


/* a conversion descriptor has a state, so each decoding has its own */

static int
news_charset_decode(const news_charset_t *c, news_arena_t *a, news_str_t in,
    int repair, news_str_t *out)
{
    int                rc;
    iconv_t            cd;
    news_buf_t         b;
    news_arena_mark_t  mark;

    cd = iconv_open("UTF-8", c->name);

    /* the name was known when the list was made */

    if (cd == (iconv_t) -1) {
        return news_arena_nomem(a);
    }

    news_arena_mark(a, &mark);
    news_buf_init(&b, a, in.len + in.len / 2 + 16);

    rc = news_charset_run(cd, a, in, repair ? c->unit : 0, &b);

    (void) iconv_close(cd);

    if (rc == -1) {
        return -1;
    }

    /* iconv lets code points above U+10FFFF through */

    if (rc == 0) {
        rc = news_charset_utf8(a, news_buf_str(&b), repair, out);
    }

    if (rc == 1) {
        news_arena_release(a, &mark);
    }

    return rc;
}


/* a unit of 0: nothing is repaired */

static int
news_charset_run(iconv_t cd, news_arena_t *a, news_str_t in, size_t unit,
    news_buf_t *b)
{
    int      error;
    char    *p;
    size_t   n, left, rest, skip;

    p = (char *) in.data;
    rest = in.len;

    while (rest) {
        left = n = (rest > NEWS_CHARSET_STEP) ? NEWS_CHARSET_STEP : rest;

        (void) news_charset_convert(cd, &p, &left, b);

        if (b->failed) {
            return -1;
        }

        rest -= n - left;

        /* an invalid byte takes a few calls, errno is of the last */

        error = errno;

        if (news_arena_tick(a, (n - left) / 64 + 4)) {
            return -1;
        }

        /* a character over the end of the step comes with the next one */

        if (left == 0 || (error == EINVAL && left < rest && left < n)) {
            continue;
        }

        if (unit == 0) {
            return 1;
        }

        news_buf_add(b, "\xEF\xBF\xBD", 3);

        skip = (unit < rest) ? unit : rest;
        p += skip;
        rest -= skip;
    }

    /* what a stateful decoder still holds back */

    (void) news_charset_convert(cd, NULL, NULL, b);

    return b->failed ? -1 : 0;
}


/* (size_t) -1 with errno set where iconv stopped before the end */

static size_t
news_charset_convert(iconv_t cd, char **in, size_t *left, news_buf_t *b)
{
    char    *to;
    size_t   rc, room;

    for ( ;; ) {
        room = left ? *left * 2 + 64 : 64;
        to = (char *) news_buf_reserve(b, room);

        if (to == NULL) {
            return 0;
        }

        rc = iconv(cd, in, left, &to, &room);
        b->len = (unsigned char *) to - b->data;

        if (rc != (size_t) -1 || errno != E2BIG) {
            return rc;
        }
    }
}


static news_str_t
news_charset_cut_bom(news_str_t s)
{
    if (s.len >= 3 && memcmp(s.data, "\xEF\xBB\xBF", 3) == 0) {
        s.data += 3;
        s.len -= 3;
    }

    return s;
}
