
/*
 * Copyright (C) The authors of the news module
 */


#include "news_front_build.h"


#define NEWS_FRONT_TRIES   6
#define NEWS_FRONT_OPENER  "---\n"


static const unsigned char *news_front_line_end(const unsigned char *p,
    const unsigned char *last);
static int news_front_is_marker(const unsigned char *p,
    const unsigned char *end, unsigned char c);
static int news_front_skip_blank_lines(const unsigned char **pos,
    const unsigned char *last, unsigned *line);
static void news_front_past_size(news_front_parser_t *f);
static int news_front_run(news_front_parser_t *f, news_str_t text);
static int news_front_read(void *data, unsigned char *buffer, size_t size,
    size_t *read);
static int news_front_yaml_mistake(news_front_parser_t *f,
    const yaml_parser_t *parser);
static void news_front_start(const news_front_parser_t *f,
    news_place_t *place);
static void news_front_step(const news_front_parser_t *f,
    news_place_t *place);
static news_str_t news_front_before(news_str_t text, const unsigned char *p);
static int news_front_recover(news_front_parser_t *f);
static int news_front_at_top(const news_front_parser_t *f);
static int news_front_partial(news_front_parser_t *f);


int
news_front_find(news_str_t text, news_front_t *front)
{
    unsigned              line;
    const unsigned char  *p, *end, *last, *yaml;

    front->yaml = news_str_n(text.data, 0);
    front->line = 0;
    front->body = text;

    p = text.data;
    last = p + text.len;
    line = 1;

    if (!news_front_skip_blank_lines(&p, last, &line)) {
        return 0;
    }

    end = news_front_line_end(p, last);

    if (end == last || !news_front_is_marker(p, end, '-')) {
        return 0;
    }

    yaml = end;

    for (p = yaml; p < last; p = end) {
        end = news_front_line_end(p, last);

        if (news_front_is_marker(p, end, '-')
            || news_front_is_marker(p, end, '.'))
        {
            front->yaml = news_str_n(yaml, p - yaml);
            front->line = line + 1;
            front->body = news_str_n(end, last - end);

            return 1;
        }
    }

    return 0;
}


int
news_front_opens(news_str_t head)
{
    size_t                n;
    unsigned              line;
    const unsigned char  *p, *end, *last;

    p = head.data;
    last = p + head.len;
    line = 1;

    if (!news_front_skip_blank_lines(&p, last, &line)) {
        return -1;
    }

    end = news_front_line_end(p, last);

    if (end > p && end[-1] == '\n') {
        return news_front_is_marker(p, end, '-');
    }

    /* the line is not whole: can it still become the opening one? */

    for (n = 0; n < 3 && p < end; n++) {
        if (*p++ != '-') {
            return 0;
        }
    }

    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    if (p < end && *p == '\r') {
        p++;
    }

    return (p == end) ? -1 : 0;
}


/* behind the line's LF, or the end of the text */

static const unsigned char *
news_front_line_end(const unsigned char *p, const unsigned char *last)
{
    if (p < last) {
        p = memchr(p, '\n', last - p);

        if (p != NULL) {
            return p + 1;
        }
    }

    return last;
}


/* whether the line is three of the character and blanks */

static int
news_front_is_marker(const unsigned char *p, const unsigned char *end,
    unsigned char c)
{
    if (end > p && end[-1] == '\n') {
        end--;

        if (end > p && end[-1] == '\r') {
            end--;
        }
    }

    if (end - p < 3 || p[0] != c || p[1] != c || p[2] != c) {
        return 0;
    }

    for (p += 3; p < end; p++) {
        if (*p != ' ' && *p != '\t') {
            return 0;
        }
    }

    return 1;
}


/* moves to the first line that is not blank; 0 when the text ends before */

static int
news_front_skip_blank_lines(const unsigned char **pos,
    const unsigned char *last, unsigned *line)
{
    size_t                n;
    const unsigned char  *p;

    p = *pos;
    n = (last - p < 3) ? last - p : 3;

    if (n && memcmp(p, "\xEF\xBB\xBF", n) == 0) {
        p += n;
    }

    for ( ;; ) {
        *pos = p;

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        if (last - p > 1 && p[0] == '\r' && p[1] == '\n') {
            p++;
        }

        if (p == last || (*p == '\r' && last - p == 1)) {
            return 0;
        }

        if (*p != '\n') {
            return 1;
        }

        p++;
        (*line)++;
    }
}


int
news_front_parse(news_arena_t *a, const news_front_t *front,
    news_value_t **map, news_problems_t *problems)
{
    int                  rc, mistake;
    news_str_t           text;
    news_front_parser_t  f;

    memset(&f, 0, sizeof(news_front_parser_t));

    f.arena = a;
    f.line = front->line;
    text = front->yaml;
    mistake = 0;
    rc = 1;

    if (text.len > NEWS_FRONT_MAX_SIZE) {
        f.text = text;
        news_front_past_size(&f);

    } else {
        rc = news_front_run(&f, text);
    }

    if (rc == 1) {
        news_problem(problems, NEWS_PROBLEM_FRONT, f.where.line,
                     f.where.column, "front matter: %s", f.problem);

        rc = news_front_recover(&f);
        mistake = 1;
    }

    if (rc == -1) {
        *map = NULL;
        return -1;
    }

    *map = f.top;

    if (*map == NULL) {
        *map = news_value_map(a);
    }

    return (*map == NULL) ? -1 : mistake;
}


/* the mistake is the first byte past the limit */

static void
news_front_past_size(news_front_parser_t *f)
{
    const unsigned char  *past;

    past = f->text.data + NEWS_FRONT_MAX_SIZE;
    news_front_start(f, &f->where);

    while (f->where.p < past) {
        news_front_step(f, &f->where);
    }

    f->problem = "more than 65536 bytes";
}


/*
 * After a mistake: what stands before its line is parsed again as a text of
 * its own.  It may end in the middle of something, or hold a mistake that
 * libyaml had not come to; so it is cut again where that begins.
 */

static int
news_front_recover(news_front_parser_t *f)
{
    int                   rc;
    unsigned              n;
    const unsigned char  *p;

    p = f->where.p;

    for (n = 0; n < NEWS_FRONT_TRIES; n++) {
        rc = news_front_run(f, news_front_before(f->text, p));

        if (rc != 1) {
            return rc;
        }

        if (f->where.p < f->text.data + f->text.len) {
            p = f->where.p;

        } else if (f->context.p != NULL && news_front_at_top(f)) {
            p = f->context.p;

        } else {
            break;
        }
    }

    return news_front_partial(f);
}


/* the lines before that of p */

static news_str_t
news_front_before(news_str_t text, const unsigned char *p)
{
    while (p > text.data && p[-1] != '\n') {
        p--;
    }

    return news_str_n(text.data, p - text.data);
}


/* whether the line of what is unfinished begins a member of the top map */

static int
news_front_at_top(const news_front_parser_t *f)
{
    size_t                column;
    const unsigned char  *p, *last;

    if (f->depth == 0 || f->flow) {
        return 0;
    }

    last = f->text.data + f->text.len;
    p = f->text.data + news_front_before(f->text, f->context.p).len;

    for (column = 1; p < last && *p == ' '; p++) {
        column++;
    }

    /* an item of a list may stand as far left as the list's name */

    if (last - p > 1 && p[0] == '-' && (p[1] == ' ' || p[1] == '\n')) {
        return 0;
    }

    return column <= f->stack[0].value->column;
}


/* ends the top map with the members complete by now */

static int
news_front_partial(news_front_parser_t *f)
{
    if (f->not_map) {
        f->top = NULL;
        return 0;
    }

    if (f->depth == 0) {
        return 0;
    }

    f->top = f->stack[0].value;

    return news_front_settle(f->arena, f->top, f->stack[0].merge);
}


/* 0, 1 after a mistake, or -1 */

static int
news_front_run(news_front_parser_t *f, news_str_t text)
{
    int            rc, done;
    yaml_event_t   event;
    yaml_parser_t  parser;

    f->text = text;
    f->given = 0;
    f->nodes = 0;
    f->bytes = 0;
    f->depth = 0;
    f->documents = 0;
    f->flow = 0;
    f->not_map = 0;
    f->top = NULL;
    f->anchors = NULL;
    f->context.p = NULL;
    news_front_start(f, &f->here);

    if (!yaml_parser_initialize(&parser)) {
        return news_arena_nomem(f->arena);
    }

    yaml_parser_set_input(&parser, news_front_read, f);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);

    do {
        if (news_arena_tick(f->arena, 4)) {
            rc = -1;
            break;
        }

        if (!yaml_parser_parse(&parser, &event)) {
            rc = news_front_yaml_mistake(f, &parser);
            break;
        }

        done = (event.type == YAML_STREAM_END_EVENT);
        rc = news_front_event(f, &event);
        yaml_event_delete(&event);

    } while (rc == 0 && !done);

    yaml_parser_delete(&parser);

    return rc;
}


/*
 * Gives libyaml the opening line too: directives, which can only stand before
 * it, are then mistakes, as they should be.
 */

static int
news_front_read(void *data, unsigned char *buffer, size_t size,
    size_t *read)
{
    news_front_parser_t *f = data;

    size_t      n;
    news_str_t  s;

    s = news_str(NEWS_FRONT_OPENER);
    n = f->given;

    if (n >= s.len) {
        n -= s.len;
        s = f->text;
    }

    s.data += n;
    s.len -= n;

    if (s.len > size) {
        s.len = size;
    }

    if (s.len) {
        memcpy(buffer, s.data, s.len);
    }

    f->given += s.len;
    *read = s.len;

    return 1;
}


static int
news_front_yaml_mistake(news_front_parser_t *f, const yaml_parser_t *parser)
{
    size_t  offset;

    if (parser->error == YAML_MEMORY_ERROR || parser->problem == NULL) {
        return news_arena_nomem(f->arena);
    }

    f->problem = parser->problem;
    news_front_start(f, &f->where);

    if (parser->error == YAML_READER_ERROR) {
        offset = sizeof(NEWS_FRONT_OPENER) - 1;

        while (offset < parser->problem_offset
               && f->where.p < f->text.data + f->text.len)
        {
            offset -= (size_t) f->where.p;
            news_front_step(f, &f->where);
            offset += (size_t) f->where.p;
        }

        return 1;
    }

    news_front_seek(f, &f->where, parser->problem_mark);

    if (parser->context != NULL) {
        news_front_start(f, &f->context);
        news_front_seek(f, &f->context, parser->context_mark);
    }

    return 1;
}


static void
news_front_start(const news_front_parser_t *f, news_place_t *place)
{
    place->p = f->text.data;
    place->yaml_line = 1;
    place->yaml_column = 0;
    place->line = f->line;
    place->column = 1;
}


void
news_front_seek(const news_front_parser_t *f, news_place_t *place,
    yaml_mark_t mark)
{
    const unsigned char  *last;

    last = f->text.data + f->text.len;

    while (place->p < last
           && (place->yaml_line < mark.line
               || (place->yaml_line == mark.line
                   && place->yaml_column < mark.column)))
    {
        news_front_step(f, place);
    }
}


static void
news_front_step(const news_front_parser_t *f, news_place_t *place)
{
    const unsigned char  *p, *last;

    p = place->p;
    last = f->text.data + f->text.len;

    place->column++;
    place->yaml_column++;

    /* breaks of YAML 1.1: LF, CR, U+0085, U+2028, U+2029 */

    if (p[0] == '\n'
        || (p[0] == '\r' && (last - p < 2 || p[1] != '\n'))
        || (last - p > 1 && memcmp(p, "\xC2\x85", 2) == 0)
        || (last - p > 2 && memcmp(p, "\xE2\x80\xA8", 3) == 0)
        || (last - p > 2 && memcmp(p, "\xE2\x80\xA9", 3) == 0))
    {
        place->yaml_line++;
        place->yaml_column = 0;
    }

    if (p[0] == '\n') {
        place->line++;
        place->column = 1;
    }

    do {
        p++;
    } while (p < last && (*p & 0xC0) == 0x80);

    place->p = p;
}
