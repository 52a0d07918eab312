
/*
 * Copyright (C) The authors of the news module
 */


#include "news_text.h"
#include "news_utf8.h"


#define NEWS_TEXT_LEAD     2048     /* bytes, of which 160 characters show */
#define NEWS_TEXT_MAX_TOC  4096
#define NEWS_TEXT_SLICE    65536    /* bytes between looks at the time */
#define NEWS_TEXT_SPEED    300      /* words a minute */


static void news_text_slice(news_text_t *t, news_str_t visible);
static size_t news_text_count(const unsigned char *p,
    const unsigned char *last, unsigned *in_word);
static int news_text_is_cjk(const unsigned char *p,
    const unsigned char *last);
static size_t news_text_letter(const unsigned char *p,
    const unsigned char *last);
static unsigned news_text_fold(news_buf_t *b, news_str_t s, unsigned blank,
    size_t max);
static size_t news_text_blank(const unsigned char *p,
    const unsigned char *last);
static const unsigned char *news_text_run(const unsigned char *p,
    const unsigned char *last);
static void news_text_due(news_buf_t *b, unsigned *blank);
static int news_text_to_toc(news_text_t *t, unsigned level, news_str_t id,
    news_str_t text);
static size_t news_text_cut(const uint32_t *cps, size_t max);
static int news_text_may_cut(uint32_t before, uint32_t after);
static int news_text_joins(uint32_t cp);
static int news_text_closes(uint32_t cp);


/* what a byte is to words: 0 a blank, 1 a letter or digit, 2 neither */

static const unsigned char  news_text_class[128] = {
    0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,
    0, 2, 2, 2, 2, 2, 2, 2,  2, 2, 2, 2, 2, 2, 2, 2,
    1, 1, 1, 1, 1, 1, 1, 1,  1, 1, 2, 2, 2, 2, 2, 2,
    2, 1, 1, 1, 1, 1, 1, 1,  1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1,  1, 1, 1, 2, 2, 2, 2, 2,
    2, 1, 1, 1, 1, 1, 1, 1,  1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1,  1, 1, 1, 2, 2, 2, 2, 0
};


int
news_text_init(news_text_t *t, news_arena_t *a)
{
    memset(t, 0, sizeof(news_text_t));

    t->arena = a;

    news_buf_init(&t->lead, a, 1024);
    news_buf_init(&t->all, a, 4096);
    news_buf_init(&t->heading, a, 128);

    t->toc = news_value_list(a);

    return (t->toc == NULL) ? -1 : 0;
}


/* in slices, so that the time is watched in a text of any length */

void
news_text_add(news_text_t *t, news_str_t visible)
{
    size_t  n;

    while (visible.len > NEWS_TEXT_SLICE) {
        n = NEWS_TEXT_SLICE;

        while (n > 1 && (visible.data[n] & 0xC0) == 0x80) {
            n--;
        }

        news_text_slice(t, news_str_n(visible.data, n));

        visible.data += n;
        visible.len -= n;

        if (news_arena_tick(t->arena, NEWS_TEXT_SLICE / 64)) {
            return;
        }
    }

    news_text_slice(t, visible);
}


static void
news_text_slice(news_text_t *t, news_str_t visible)
{
    unsigned  blank, in_word;

    in_word = t->in_word;

    t->words += news_text_count(visible.data, visible.data + visible.len,
                                &in_word);
    t->in_word = in_word;

    blank = t->blank;

    if (t->lead.len < NEWS_TEXT_LEAD
        && !(t->more && t->more_at)
        && !(t->in_h1 && t->skip_h1))
    {
        blank = news_text_fold(&t->lead, visible, t->blank, NEWS_TEXT_LEAD);
    }

    if (t->in_heading) {
        blank = news_text_fold(&t->heading, visible, t->blank, (size_t) -1);
    }

    if (t->want_all) {
        blank = news_text_fold(&t->all, visible, t->blank, (size_t) -1);
    }

    t->blank = blank;
}


void
news_text_block(news_text_t *t)
{
    t->in_word = 0;
    t->blank = 1;

    if (t->want_all && t->all.len && t->all.data[t->all.len - 1] != '\n') {
        news_buf_addc(&t->all, '\n');
    }
}


void
news_text_more(news_text_t *t)
{
    if (!t->more) {
        t->more = 1;
        t->more_at = t->lead.len;
    }
}


void
news_text_heading_begin(news_text_t *t, unsigned level)
{
    t->in_heading = 1;
    t->heading.len = 0;

    if (level == 1 && !t->has_h1) {
        t->in_h1 = 1;
    }
}


int
news_text_heading_end(news_text_t *t, unsigned level, news_str_t id,
    news_str_t *text)
{
    news_str_t  copy;

    *text = news_str_n(NULL, 0);

    if (!t->in_heading) {
        return 0;
    }

    t->in_heading = 0;

    if (t->heading.failed) {
        return -1;
    }

    copy = news_str_dup(t->arena, news_buf_str(&t->heading));

    if (copy.data == NULL) {
        return -1;
    }

    *text = copy;

    if (t->in_h1) {
        t->in_h1 = 0;
        t->has_h1 = 1;
        t->h1 = copy;
    }

    if (copy.len == 0 || t->toc->n == NEWS_TEXT_MAX_TOC) {
        return 0;
    }

    return news_text_to_toc(t, level, id, copy);
}


static int
news_text_to_toc(news_text_t *t, unsigned level, news_str_t id,
    news_str_t text)
{
    news_value_t  *map, *number, *anchor, *title;

    static const char  *levels[] = { "1", "2", "3", "4", "5", "6" };

    if (level < 1 || level > 6) {
        return 0;
    }

    id = news_str_dup(t->arena, id);

    map = news_value_map(t->arena);
    number = news_value_string(t->arena, news_str(levels[level - 1]));
    anchor = news_value_string(t->arena, id);
    title = news_value_string(t->arena, text);

    if (map == NULL || number == NULL || anchor == NULL || title == NULL
        || id.data == NULL)
    {
        return -1;
    }

    map->closed = 1;
    number->plain = 1;

    if (news_value_add(t->arena, map, news_str("level"), number) != 0
        || news_value_add(t->arena, map, news_str("id"), anchor) != 0
        || news_value_add(t->arena, map, news_str("text"), title) != 0)
    {
        return -1;
    }

    return news_value_push(t->arena, t->toc, map);
}


/*
 * Runs over every body, so the common bytes are told without decoding.  A
 * run of characters between blanks is a word when there is a letter or digit
 * in it; a CJK character is one by itself, and CJK punctuation ends one.
 */

static size_t
news_text_count(const unsigned char *p, const unsigned char *last,
    unsigned *in_word)
{
    size_t    n, words;
    uint32_t  cp;
    unsigned  class, in;

    words = 0;
    in = *in_word;

    while (p < last) {

        if (*p < 0x80) {
            class = news_text_class[*p++];
            words += (class == 1) & !in;
            in = (class == 1) | (in & (class != 0));
            continue;
        }

        if (news_text_is_cjk(p, last)) {
            words++;
            in = 0;
            p += 3;
            continue;
        }

        n = news_text_letter(p, last);

        if (n) {
            words += !in;
            in = 1;
            p += n;
            continue;
        }

        cp = news_utf8_decode(&p, last);

        if (news_cp_is_cjk_word(cp)) {
            words++;
            in = 0;

        } else if (news_cp_is_letter(cp)) {
            words += !in;
            in = 1;

        } else if (news_cp_is_space(cp) || news_cp_is_wide(cp)) {
            in = 0;
        }
    }

    *in_word = in;

    return words;
}


/* ideographs of U+4E00 to U+9FFF, and kana of U+3041 to U+3096, to U+30FA */

static int
news_text_is_cjk(const unsigned char *p, const unsigned char *last)
{
    if (last - p < 3) {
        return 0;
    }

    switch (*p) {

    case 0xE3:
        return (p[1] == 0x81 && p[2] != 0x80)
               || (p[1] == 0x82 && (p[2] <= 0x96 || p[2] >= 0xA1))
               || (p[1] == 0x83 && p[2] <= 0xBA);

    case 0xE4:
        return p[1] >= 0xB8;

    default:
        return *p >= 0xE5 && *p <= 0xE9;
    }
}


/* the length of a letter of Latin, Cyrillic or Hangul's common ones, or 0 */

static size_t
news_text_letter(const unsigned char *p, const unsigned char *last)
{
    if (*p == 0xEB || *p == 0xEC) {
        return (last - p >= 3) ? 3 : 0;
    }

    if (last - p >= 2
        && (*p == 0xC4 || *p == 0xC5 || *p == 0xD0 || *p == 0xD1
            || (*p == 0xC3 && p[1] != 0x97 && p[1] != 0xB7)))
    {
        return 2;
    }

    return 0;
}


size_t
news_text_words(news_str_t text)
{
    unsigned  in_word;

    in_word = 0;

    return news_text_count(text.data, text.data + text.len, &in_word);
}


/* appends up to about "max" bytes in all; returns whether a blank is due */

static unsigned
news_text_fold(news_buf_t *b, news_str_t s, unsigned blank, size_t max)
{
    size_t                n;
    const unsigned char  *p, *end, *last;

    p = s.data;
    last = p + s.len;

    while (p < last && b->len < max && !b->failed) {
        n = news_text_blank(p, last);

        if (n) {
            blank = 1;
            p += n;
            continue;
        }

        end = news_text_run(p, last);

        if ((size_t) (end - p) > max) {
            end = p + max;

            while (end > p && (*end & 0xC0) == 0x80) {
                end--;
            }
        }

        news_text_due(b, &blank);
        news_buf_add(b, p, end - p);
        p = end;
    }

    return blank;
}


/* the length of the blank or control character the text begins with, or 0 */

static size_t
news_text_blank(const unsigned char *p, const unsigned char *last)
{
    const unsigned char  *next;

    if (*p <= 0x20 || *p == 0x7F) {
        return 1;
    }

    /* of all others only these lead bytes begin one */

    if (*p != 0xC2 && (*p < 0xE1 || *p > 0xE3)) {
        return 0;
    }

    next = p;

    if (*p == 0xC2 && last - p > 1 && p[1] < 0xA0) {
        return 2;
    }

    return news_cp_is_space(news_utf8_decode(&next, last)) ? next - p : 0;
}


/* the end of what has no blanks */

static const unsigned char *
news_text_run(const unsigned char *p, const unsigned char *last)
{
    while (p < last) {

        if (*p > 0x20 && *p < 0x7F) {
            p++;
            continue;
        }

        if (news_text_blank(p, last)) {
            break;
        }

        do {
            p++;
        } while (p < last && (*p & 0xC0) == 0x80);
    }

    return p;
}


static void
news_text_due(news_buf_t *b, unsigned *blank)
{
    if (*blank && b->len && b->data[b->len - 1] != '\n') {
        news_buf_addc(b, ' ');
    }

    *blank = 0;
}


/*
 * Cut where a line could be broken, but not in the first half for the sake
 * of it: a single word without end is cut anywhere.
 */

int
news_text_description(news_arena_t *a, news_str_t text, news_str_t *out)
{
    size_t                n, ends[NEWS_DESCRIPTION_MAX + 1];
    uint32_t              cps[NEWS_DESCRIPTION_MAX + 1];
    news_buf_t            b;
    const unsigned char  *p, *last;

    news_buf_init(&b, a, (size_t) 4 * NEWS_DESCRIPTION_MAX);
    (void) news_text_fold(&b, text, 0, NEWS_TEXT_LEAD);

    if (b.failed) {
        return -1;
    }

    p = b.data;
    last = p + b.len;

    for (n = 0; p < last && n <= NEWS_DESCRIPTION_MAX; n++) {
        cps[n] = news_utf8_decode(&p, last);
        ends[n] = p - b.data;
    }

    if (n > NEWS_DESCRIPTION_MAX) {
        n = news_text_cut(cps, NEWS_DESCRIPTION_MAX - 1);
        b.len = n ? ends[n - 1] : 0;
        news_buf_addz(&b, "…");
    }

    *out = news_buf_str(&b);

    return b.failed ? -1 : 0;
}


/* how many characters stay, at most "max"; there is one more behind them */

static size_t
news_text_cut(const uint32_t *cps, size_t max)
{
    size_t  n;

    for (n = max; n > max / 2; n--) {
        if (news_text_may_cut(cps[n - 1], cps[n])) {
            break;
        }
    }

    if (n == max / 2) {
        for (n = max; n > 1 && news_text_joins(cps[n]); n--) { /* void */ }
    }

    while (n && news_cp_is_space(cps[n - 1])) {
        n--;
    }

    return n;
}


static int
news_text_may_cut(uint32_t before, uint32_t after)
{
    if (news_cp_is_space(after) || news_cp_is_space(before)) {
        return 1;
    }

    if (news_text_joins(after) || news_text_closes(after)) {
        return 0;
    }

    return news_cp_is_wide(before) || news_cp_is_wide(after);
}


/* whether it belongs to the character before it */

static int
news_text_joins(uint32_t cp)
{
    return (cp >= 0x0300 && cp <= 0x036F)       /* combining marks */
           || cp == 0x200D || cp == 0x20E3
           || (cp >= 0x3099 && cp <= 0x309A)
           || (cp >= 0xFE00 && cp <= 0xFE0F)    /* variation selectors */
           || (cp >= 0xE0100 && cp <= 0xE01EF)
           || (cp >= 0x1F3FB && cp <= 0x1F3FF); /* skin tones */
}


/* punctuation that no line begins with */

static int
news_text_closes(uint32_t cp)
{
    size_t  i;

    static const uint16_t  closing[] = {
        '!', ')', ',', '.', ':', ';', '?', ']', '}', '%',
        0x2019, 0x201D, 0x2026, 0x2014, 0x3001, 0x3002, 0x3005, 0x3009,
        0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0x3017, 0x30FB, 0x30FC,
        0xFF01, 0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F,
        0xFF3D, 0xFF5D, 0xFF5E
    };

    for (i = 0; i < sizeof(closing) / sizeof(closing[0]); i++) {
        if (cp == closing[i]) {
            return 1;
        }
    }

    return 0;
}


/* half a minute and more is a minute */

unsigned
news_text_minutes(size_t words)
{
    size_t  minutes;

    minutes = (words + NEWS_TEXT_SPEED / 2) / NEWS_TEXT_SPEED;

    return minutes ? (unsigned) minutes : 1;
}
