
/*
 * Copyright (C) The authors of the news module
 */


#include <string.h>

#include "news_utf8.h"


#define NEWS_UTF8_REPLACEMENT  0xfffd


typedef struct {
    uint32_t  first;
    uint32_t  last;
} news_utf8_range_t;


static int news_utf8_in(const news_utf8_range_t *ranges, size_t n,
    uint32_t cp);
static size_t news_utf8_sequence(const unsigned char *p,
    const unsigned char *last, uint32_t *cp);


#define news_utf8_in_table(table, cp)                                        \
    news_utf8_in(table, sizeof(table) / sizeof((table)[0]), cp)


/* Script=Han, Hiragana, Katakana, Bopomofo */

static const news_utf8_range_t  news_utf8_words[] = {
    { 0x2e80, 0x2fd5 },
    { 0x3005, 0x3007 },
    { 0x3021, 0x3029 },
    { 0x3038, 0x303c },
    { 0x3041, 0x3096 },
    { 0x309d, 0x309f },
    { 0x30a1, 0x30fa },
    { 0x30fc, 0x312f },
    { 0x31a0, 0x31bf },
    { 0x31f0, 0x31ff },
    { 0x3400, 0x4dbf },
    { 0x4e00, 0x9fff },
    { 0xf900, 0xfaff },
    { 0xff66, 0xff9f },
    { 0x1b000, 0x1b16f },
    { 0x20000, 0x323af }
};


/* East_Asian_Width wide and full, without Hangul, Yi and emoji */

static const news_utf8_range_t  news_utf8_wide[] = {
    { 0x2e80, 0x303e },
    { 0x3041, 0x312f },
    { 0x3190, 0x31ff },
    { 0x3220, 0x325f },
    { 0x3280, 0x4dbf },
    { 0x4e00, 0x9fff },
    { 0xf900, 0xfaff },
    { 0xfe10, 0xfe19 },
    { 0xfe30, 0xfe6b },
    { 0xff01, 0xff60 },
    { 0xffe0, 0xffe6 },
    { 0x1b000, 0x1b2ff },
    { 0x20000, 0x3fffd }
};


/* past ASCII: punctuation, symbols, blanks, controls, private use */

static const news_utf8_range_t  news_utf8_other[] = {
    { 0x80, 0xa9 },
    { 0xab, 0xb4 },
    { 0xb6, 0xb9 },
    { 0xbb, 0xbf },
    { 0xd7, 0xd7 },
    { 0xf7, 0xf7 },
    { 0x2c2, 0x2c5 },
    { 0x2d2, 0x2df },
    { 0x37e, 0x37e },
    { 0x387, 0x387 },
    { 0x482, 0x482 },
    { 0x55a, 0x55f },
    { 0x589, 0x590 },
    { 0x5be, 0x5be },
    { 0x5c0, 0x5c0 },
    { 0x5c3, 0x5c3 },
    { 0x5c6, 0x5c6 },
    { 0x5f3, 0x60f },
    { 0x61b, 0x61f },
    { 0x66a, 0x66d },
    { 0x6d4, 0x6d4 },
    { 0x6dd, 0x6de },
    { 0x6e9, 0x6e9 },
    { 0x6fd, 0x6fe },
    { 0x700, 0x70f },
    { 0x964, 0x965 },
    { 0x970, 0x970 },
    { 0xdf4, 0xdf4 },
    { 0xe3f, 0xe3f },
    { 0xe4f, 0xe4f },
    { 0xe5a, 0xe5b },
    { 0xf01, 0xf17 },
    { 0xf3a, 0xf3d },
    { 0x104a, 0x104f },
    { 0x10fb, 0x10fb },
    { 0x1361, 0x1368 },
    { 0x166d, 0x166e },
    { 0x1680, 0x1680 },
    { 0x16eb, 0x16ed },
    { 0x17d4, 0x17d6 },
    { 0x17d8, 0x17db },
    { 0x1800, 0x180a },
    { 0x1fbd, 0x1fbd },
    { 0x1fbf, 0x1fc1 },
    { 0x2000, 0x2070 },
    { 0x207a, 0x207e },
    { 0x208a, 0x208e },
    { 0x20a0, 0x20cf },
    { 0x2100, 0x2101 },
    { 0x2103, 0x2106 },
    { 0x2108, 0x2109 },
    { 0x2114, 0x2114 },
    { 0x2116, 0x2118 },
    { 0x211e, 0x2123 },
    { 0x213a, 0x213b },
    { 0x2140, 0x2144 },
    { 0x214a, 0x214d },
    { 0x2150, 0x215f },
    { 0x2189, 0x24b5 },
    { 0x24ea, 0x2bff },
    { 0x2ce5, 0x2cea },
    { 0x2cf9, 0x2cff },
    { 0x2e00, 0x2e7f },
    { 0x2ff0, 0x3004 },
    { 0x3008, 0x3020 },
    { 0x3030, 0x3030 },
    { 0x3036, 0x3037 },
    { 0x303d, 0x3040 },
    { 0x309b, 0x309c },
    { 0x30a0, 0x30a0 },
    { 0x30fb, 0x30fb },
    { 0x3190, 0x319f },
    { 0x31c0, 0x31ef },
    { 0x3200, 0x33ff },
    { 0x4dc0, 0x4dff },
    { 0xd800, 0xf8ff },
    { 0xfb29, 0xfb29 },
    { 0xfd3e, 0xfd4f },
    { 0xfdfc, 0xfdff },
    { 0xfe10, 0xfe1f },
    { 0xfe30, 0xfe6f },
    { 0xfeff, 0xff0f },
    { 0xff1a, 0xff20 },
    { 0xff3b, 0xff40 },
    { 0xff5b, 0xff65 },
    { 0xffe0, 0xffff },
    { 0x1d000, 0x1d164 },
    { 0x1f000, 0x1fbef },
    { 0x1fbfa, 0x1ffff },
    { 0xe0000, 0xe00ff },
    { 0xe01f0, 0x10ffff }
};


static int
news_utf8_in(const news_utf8_range_t *ranges, size_t n, uint32_t cp)
{
    size_t  lo, hi, mid;

    lo = 0;
    hi = n;

    while (lo < hi) {
        mid = lo + (hi - lo) / 2;

        if (cp > ranges[mid].last) {
            lo = mid + 1;

        } else if (cp < ranges[mid].first) {
            hi = mid;

        } else {
            return 1;
        }
    }

    return 0;
}


/*
 * The length of a sequence that does not begin with ASCII; when it is
 * malformed *cp is U+FFFD and the length that of its maximal subpart.
 */

static size_t
news_utf8_sequence(const unsigned char *p, const unsigned char *last,
    uint32_t *cp)
{
    size_t         i, n;
    uint32_t       c;
    unsigned char  lo, hi;

    c = *p;
    *cp = NEWS_UTF8_REPLACEMENT;

    lo = 0x80;
    hi = 0xbf;

    if (c < 0xc2 || c > 0xf4) {
        return 1;
    }

    if (c < 0xe0) {
        n = 2;
        c &= 0x1f;

    } else if (c < 0xf0) {
        n = 3;
        lo = (c == 0xe0) ? 0xa0 : 0x80;
        hi = (c == 0xed) ? 0x9f : 0xbf;
        c &= 0x0f;

    } else {
        n = 4;
        lo = (c == 0xf0) ? 0x90 : 0x80;
        hi = (c == 0xf4) ? 0x8f : 0xbf;
        c &= 0x07;
    }

    for (i = 1; i < n; i++) {
        if (p + i == last || p[i] < lo || p[i] > hi) {
            return i;
        }

        c = (c << 6) | (p[i] & 0x3f);

        lo = 0x80;
        hi = 0xbf;
    }

    *cp = c;

    return n;
}


uint32_t
news_utf8_decode(const unsigned char **p, const unsigned char *last)
{
    uint32_t  cp;

    if (**p < 0x80) {
        return *(*p)++;
    }

    *p += news_utf8_sequence(*p, last, &cp);

    return cp;
}


size_t
news_utf8_encode(unsigned char *dst, uint32_t cp)
{
    if (cp < 0x80) {
        dst[0] = (unsigned char) cp;
        return 1;
    }

    if (cp < 0x800) {
        dst[0] = (unsigned char) (0xc0 | (cp >> 6));
        dst[1] = (unsigned char) (0x80 | (cp & 0x3f));
        return 2;
    }

    if ((cp >= 0xd800 && cp < 0xe000) || cp > 0x10ffff) {
        cp = NEWS_UTF8_REPLACEMENT;
    }

    if (cp < 0x10000) {
        dst[0] = (unsigned char) (0xe0 | (cp >> 12));
        dst[1] = (unsigned char) (0x80 | ((cp >> 6) & 0x3f));
        dst[2] = (unsigned char) (0x80 | (cp & 0x3f));
        return 3;
    }

    dst[0] = (unsigned char) (0xf0 | (cp >> 18));
    dst[1] = (unsigned char) (0x80 | ((cp >> 12) & 0x3f));
    dst[2] = (unsigned char) (0x80 | ((cp >> 6) & 0x3f));
    dst[3] = (unsigned char) (0x80 | (cp & 0x3f));

    return 4;
}


size_t
news_utf8_valid(const unsigned char *data, size_t len)
{
    size_t                n;
    uint32_t              cp;
    uint64_t              word;
    const unsigned char  *p, *last;

    p = data;
    last = data + len;

    while (p < last) {

        if (*p < 0x80) {

            while (last - p >= 8) {
                memcpy(&word, p, 8);

                if (word & 0x8080808080808080u) {
                    break;
                }

                p += 8;
            }

            while (p < last && *p < 0x80) {
                p++;
            }

            continue;
        }

        /* most of Chinese, Japanese and Korean */

        if (last - p >= 3 && *p >= 0xe3 && *p <= 0xec
            && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80)
        {
            p += 3;
            continue;
        }

        n = news_utf8_sequence(p, last, &cp);

        /* U+FFFD itself is valid, and is the one sequence of 3 that is it */

        if (cp == NEWS_UTF8_REPLACEMENT
            && (n != 3 || p[0] != 0xef || p[1] != 0xbf || p[2] != 0xbd))
        {
            break;
        }

        p += n;
    }

    return (size_t) (p - data);
}


void
news_utf8_repair(news_buf_t *out, news_str_t s)
{
    size_t    n;
    uint32_t  cp;

    while (s.len != 0) {
        n = news_utf8_valid(s.data, s.len);
        news_buf_add(out, s.data, n);

        s.data += n;
        s.len -= n;

        if (s.len == 0) {
            return;
        }

        n = news_utf8_sequence(s.data, s.data + s.len, &cp);
        news_buf_add(out, "\xef\xbf\xbd", 3);

        s.data += n;
        s.len -= n;
    }
}


size_t
news_utf8_count(news_str_t s)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < s.len; i++) {
        n += (s.data[i] & 0xc0) != 0x80;
    }

    return n;
}


int
news_cp_is_cjk_word(uint32_t cp)
{
    if (cp < 0x2e80) {
        return 0;
    }

    if (cp >= 0x4e00 && cp <= 0x9fff) {
        return 1;
    }

    return news_utf8_in_table(news_utf8_words, cp);
}


int
news_cp_is_wide(uint32_t cp)
{
    if (cp < 0x2e80) {
        return 0;
    }

    if (cp >= 0x4e00 && cp <= 0x9fff) {
        return 1;
    }

    return news_utf8_in_table(news_utf8_wide, cp);
}


int
news_cp_is_space(uint32_t cp)
{
    return cp == 0x20 || (cp >= 0x09 && cp <= 0x0d) || cp == 0x85
           || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a)
           || cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f
           || cp == 0x3000;
}


int
news_cp_is_letter(uint32_t cp)
{
    if (cp < 0x80) {
        return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z')
               || (cp >= '0' && cp <= '9') || cp == '_';
    }

    return !news_utf8_in_table(news_utf8_other, cp);
}


uint32_t
news_cp_lower(uint32_t cp)
{
    if (cp < 0x80) {
        return (cp >= 'A' && cp <= 'Z') ? cp | 0x20 : cp;
    }

    if (cp < 0x100) {
        return (cp >= 0xc0 && cp <= 0xde && cp != 0xd7) ? cp + 32 : cp;
    }

    /* Latin extended: pairs, upper case even, or odd in two stretches */

    if ((cp >= 0x100 && cp <= 0x12f) || (cp >= 0x132 && cp <= 0x137)
        || (cp >= 0x14a && cp <= 0x177) || (cp >= 0x1de && cp <= 0x1ef)
        || (cp >= 0x1f8 && cp <= 0x21f) || (cp >= 0x222 && cp <= 0x233)
        || (cp >= 0x1e00 && cp <= 0x1e95) || (cp >= 0x1ea0 && cp <= 0x1eff))
    {
        return cp | 1;
    }

    if ((cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17e)
        || (cp >= 0x1cd && cp <= 0x1dc))
    {
        return (cp & 1) ? cp + 1 : cp;
    }

    if (cp == 0x178) {
        return 0xff;
    }

    /* Greek, Cyrillic, Armenian, full-width Latin */

    if (cp >= 0x391 && cp <= 0x3ab && cp != 0x3a2) {
        return cp + 32;
    }

    if (cp == 0x386) {
        return 0x3ac;
    }

    if (cp >= 0x388 && cp <= 0x38a) {
        return cp + 37;
    }

    if (cp == 0x38c) {
        return 0x3cc;
    }

    if (cp == 0x38e || cp == 0x38f) {
        return cp + 63;
    }

    if (cp >= 0x400 && cp <= 0x40f) {
        return cp + 80;
    }

    if (cp >= 0x410 && cp <= 0x42f) {
        return cp + 32;
    }

    if ((cp >= 0x460 && cp <= 0x481) || (cp >= 0x48a && cp <= 0x4bf)
        || (cp >= 0x4d0 && cp <= 0x52f))
    {
        return cp | 1;
    }

    if (cp >= 0x531 && cp <= 0x556) {
        return cp + 48;
    }

    if (cp >= 0xff21 && cp <= 0xff3a) {
        return cp + 32;
    }

    return cp;
}
