
/*
 * Copyright (C) The authors of the news module
 */


#include "news_template_ops.h"


#define NEWS_TEMPLATE_MAX_DELIMITER  32
#define NEWS_TEMPLATE_MAX_QUOTED     80    /* bytes of a name in messages */
#define NEWS_NO_SECTION              UINT32_MAX


/* one tag; from "start" to "end" it stands in the source, delimiters too */

typedef struct {
    unsigned char          sigil;       /* 0: {{name}}; '{' for triple */
    unsigned               line;
    const unsigned char   *start;
    const unsigned char   *end;
    news_str_t             text;        /* inside, without sigil and blanks */
} news_tag_t;


typedef struct {
    news_compile_t        *c;
    uint32_t               unit;
    uint32_t               section;     /* innermost open one */
    unsigned               line;        /* of "counted" */
    const unsigned char   *counted;
    const unsigned char   *first;
    const unsigned char   *p;           /* all before it is compiled */
    const unsigned char   *last;
    news_str_t             open;        /* delimiters */
    news_str_t             close;
    news_str_t             file;
} news_parser_t;


static int news_parse_next(news_parser_t *ps);
static int news_parse_tag(news_parser_t *ps, news_tag_t *tag);
static const unsigned char *news_parse_find(const unsigned char *p,
    const unsigned char *last, news_str_t s);
static unsigned news_parse_line(news_parser_t *ps, const unsigned char *p);
static int news_parse_error(news_parser_t *ps, unsigned line,
    const char *text);
static int news_parse_named(news_parser_t *ps, unsigned line,
    const char *before, news_str_t name, const char *after);
static news_str_t news_parse_quoted(news_str_t name);
static int news_parse_begins_line(news_parser_t *ps, const unsigned char *p);
static int news_parse_is_standalone(news_parser_t *ps, news_tag_t *tag,
    const unsigned char **start, const unsigned char **end);
static news_op_t *news_parse_op(news_parser_t *ps, news_op_e type);
static int news_parse_text(news_parser_t *ps, const unsigned char *last);
static int news_parse_compile(news_parser_t *ps, news_tag_t *tag,
    news_str_t indent);
static int news_parse_variable(news_parser_t *ps, news_tag_t *tag);
static int news_parse_section(news_parser_t *ps, news_tag_t *tag);
static int news_parse_end(news_parser_t *ps, news_tag_t *tag);
static int news_parse_partial(news_parser_t *ps, news_tag_t *tag,
    news_str_t indent);
static int news_parse_delimiters(news_parser_t *ps, news_tag_t *tag);
static int news_parse_delimiter(news_str_t *rest, news_str_t *delimiter);
static int news_parse_name(news_parser_t *ps, news_tag_t *tag, news_op_t *op);
static int news_parse_is_blank(unsigned char c);


int
news_template_unit(news_compile_t *c, uint32_t unit)
{
    int             rc;
    news_op_t      *op;
    news_unit_t    *u;
    news_parser_t   ps;

    u = &c->template->units[unit];

    ps.c = c;
    ps.unit = unit;
    ps.section = NEWS_NO_SECTION;
    ps.line = 1;
    ps.counted = u->source.data;
    ps.first = u->source.data;
    ps.p = u->source.data;
    ps.last = u->source.data + u->source.len;
    ps.open = news_str("{{");
    ps.close = news_str("}}");
    ps.file = u->file;

    do {
        rc = news_parse_next(&ps);
    } while (rc == 0);

    if (rc == -1) {
        return -1;
    }

    if (ps.section != NEWS_NO_SECTION) {
        op = &c->template->units[unit].ops[ps.section];

        return news_parse_named(&ps, op->line, "section \"", op->text,
                                "\" is not closed");
    }

    return news_parse_op(&ps, NEWS_OP_RETURN) != NULL ? 0 : -1;
}


/* the text up to the next tag, and the tag; 1 at the end, -1 on an error */

static int
news_parse_next(news_parser_t *ps)
{
    news_str_t            indent;
    news_tag_t            tag;
    const unsigned char  *start, *end;

    tag.start = news_parse_find(ps->p, ps->last, ps->open);

    if (tag.start == NULL) {
        return news_parse_text(ps, ps->last) == -1 ? -1 : 1;
    }

    if (news_parse_tag(ps, &tag) == -1) {
        return -1;
    }

    if (news_parse_is_standalone(ps, &tag, &start, &end)) {

        if (news_parse_text(ps, start) == -1) {
            return -1;
        }

        indent = news_str_n(start, (size_t) (tag.start - start));
        ps->p = end;

        return news_parse_compile(ps, &tag, indent);
    }

    if (news_parse_text(ps, tag.start) == -1) {
        return -1;
    }

    if (news_parse_begins_line(ps, tag.start)
        && news_parse_op(ps, NEWS_OP_INDENT) == NULL)
    {
        return -1;
    }

    ps->p = tag.end;

    return news_parse_compile(ps, &tag, news_str_n(NULL, 0));
}


static int
news_parse_tag(news_parser_t *ps, news_tag_t *tag)
{
    news_str_t            close;
    unsigned char         buf[NEWS_TEMPLATE_MAX_DELIMITER + 1];
    const unsigned char  *p, *end;

    tag->line = news_parse_line(ps, tag->start);

    p = tag->start + ps->open.len;

    if (p < ps->last && *p != '\0' && strchr("#^/>!=&{<$", *p) != NULL) {
        tag->sigil = *p++;

    } else {
        tag->sigil = 0;
    }

    close = ps->close;

    if (tag->sigil == '{' || tag->sigil == '=') {
        buf[0] = (tag->sigil == '{') ? '}' : '=';
        memcpy(&buf[1], close.data, close.len);
        close = news_str_n(buf, close.len + 1);
    }

    end = news_parse_find(p, ps->last, close);

    if (end == NULL) {
        return news_parse_error(ps, tag->line, "tag is not closed");
    }

    tag->end = end + close.len;
    tag->text = news_str_trim(news_str_n(p, (size_t) (end - p)));

    /* its end may be that of the next one */

    if (tag->sigil != '!' && tag->sigil != '='
        && (memchr(tag->text.data, '\n', tag->text.len) != NULL
            || news_parse_find(tag->text.data, end, ps->open) != NULL))
    {
        return news_parse_error(ps, tag->line, "tag is not closed");
    }

    return 0;
}


static const unsigned char *
news_parse_find(const unsigned char *p, const unsigned char *last,
    news_str_t s)
{
    while ((size_t) (last - p) >= s.len) {
        p = memchr(p, s.data[0], (size_t) (last - p) - s.len + 1);

        if (p == NULL || memcmp(p, s.data, s.len) == 0) {
            return p;
        }

        p++;
    }

    return NULL;
}


/* counts on from where it was asked last */

static unsigned
news_parse_line(news_parser_t *ps, const unsigned char *p)
{
    const unsigned char  *n;

    for ( ;; ) {
        n = memchr(ps->counted, '\n', (size_t) (p - ps->counted));

        if (n == NULL) {
            break;
        }

        ps->line++;
        ps->counted = n + 1;
    }

    /* lines may be long, and have many tags */

    ps->counted = p;

    return ps->line;
}


static int
news_parse_error(news_parser_t *ps, unsigned line, const char *text)
{
    news_template_problem(ps->c, NEWS_PROBLEM_TEMPLATE, ps->file, line, "%s",
                          text);

    return -1;
}


static int
news_parse_named(news_parser_t *ps, unsigned line, const char *before,
    news_str_t name, const char *after)
{
    name = news_parse_quoted(name);

    news_template_problem(ps->c, NEWS_PROBLEM_TEMPLATE, ps->file, line,
                          "%s%.*s%s", before, (int) name.len,
                          (const char *) name.data, after);

    return -1;
}


/* cut between characters, so that a message stays valid */

static news_str_t
news_parse_quoted(news_str_t name)
{
    if (name.len > NEWS_TEMPLATE_MAX_QUOTED) {
        name.len = NEWS_TEMPLATE_MAX_QUOTED;

        while (name.len != 0 && (name.data[name.len] & 0xc0) == 0x80) {
            name.len--;
        }
    }

    return name;
}


static int
news_parse_begins_line(news_parser_t *ps, const unsigned char *p)
{
    return p == ps->first || p[-1] == '\n';
}


/*
 * Tags that print nothing take their whole line with them when it holds
 * nothing else; "start" and "end" are then the line's.
 */

static int
news_parse_is_standalone(news_parser_t *ps, news_tag_t *tag,
    const unsigned char **start, const unsigned char **end)
{
    const unsigned char  *p, *q;

    if (tag->sigil == 0 || tag->sigil == '{' || tag->sigil == '&') {
        return 0;
    }

    p = tag->start;

    while (p > ps->p && (p[-1] == ' ' || p[-1] == '\t')) {
        p--;
    }

    if (!news_parse_begins_line(ps, p)) {
        return 0;
    }

    q = tag->end;

    while (q < ps->last && (*q == ' ' || *q == '\t')) {
        q++;
    }

    if (q < ps->last && *q == '\r' && q + 1 < ps->last && q[1] == '\n') {
        q++;
    }

    if (q < ps->last && *q != '\n') {
        return 0;
    }

    *start = p;
    *end = (q < ps->last) ? q + 1 : q;

    return 1;
}


static news_op_t *
news_parse_op(news_parser_t *ps, news_op_e type)
{
    uint32_t      size;
    news_op_t    *op;
    news_unit_t  *u;

    u = &ps->c->template->units[ps->unit];

    if (u->n == u->size) {
        size = u->size ? u->size * 2 : 16;

        op = news_arena_realloc(ps->c->arena, u->ops,
                                u->size * sizeof(news_op_t),
                                size * sizeof(news_op_t));
        if (op == NULL) {
            return NULL;
        }

        u->ops = op;
        u->size = size;
    }

    op = &u->ops[u->n++];

    memset(op, 0, sizeof(news_op_t));
    op->type = type;

    return op;
}


static int
news_parse_text(news_parser_t *ps, const unsigned char *last)
{
    news_op_t  *op;

    if (last == ps->p) {
        return 0;
    }

    op = news_parse_op(ps, NEWS_OP_TEXT);
    if (op == NULL) {
        return -1;
    }

    op->text = news_str_n(ps->p, (size_t) (last - ps->p));
    op->line_start = news_parse_begins_line(ps, ps->p);

    return 0;
}


static int
news_parse_compile(news_parser_t *ps, news_tag_t *tag, news_str_t indent)
{
    switch (tag->sigil) {

    case '!':
        return 0;

    case '=':
        return news_parse_delimiters(ps, tag);

    case '#':
    case '^':
        return news_parse_section(ps, tag);

    case '/':
        return news_parse_end(ps, tag);

    case '>':
        return news_parse_partial(ps, tag, indent);

    case '<':
    case '$':
        return news_parse_error(ps, tag->line,
                                "template inheritance is not supported");

    default:
        return news_parse_variable(ps, tag);
    }
}


static int
news_parse_variable(news_parser_t *ps, news_tag_t *tag)
{
    news_op_t  *op;

    op = news_parse_op(ps, tag->sigil ? NEWS_OP_RAW : NEWS_OP_ESCAPED);
    if (op == NULL) {
        return -1;
    }

    return news_parse_name(ps, tag, op);
}


static int
news_parse_section(news_parser_t *ps, news_tag_t *tag)
{
    uint32_t    at;
    news_op_t  *op;

    at = ps->c->template->units[ps->unit].n;

    op = news_parse_op(ps, tag->sigil == '#' ? NEWS_OP_SECTION
                                             : NEWS_OP_INVERTED);
    if (op == NULL) {
        return -1;
    }

    /* until its end is known, the section around it */

    op->jump = ps->section;
    ps->section = at;

    return news_parse_name(ps, tag, op);
}


static int
news_parse_end(news_parser_t *ps, news_tag_t *tag)
{
    uint32_t      at;
    news_op_t    *op, *end;
    news_str_t    opened, closed;
    news_unit_t  *u;

    if (ps->section == NEWS_NO_SECTION) {
        return news_parse_named(ps, tag->line, "section \"", tag->text,
                                "\" is closed but not open");
    }

    end = news_parse_op(ps, NEWS_OP_END);
    if (end == NULL) {
        return -1;
    }

    u = &ps->c->template->units[ps->unit];
    at = ps->section;
    op = &u->ops[at];

    if (!news_str_eq(op->text, tag->text)) {
        opened = news_parse_quoted(op->text);
        closed = news_parse_quoted(tag->text);

        news_template_problem(ps->c, NEWS_PROBLEM_TEMPLATE, ps->file,
                              tag->line, "section \"%.*s\" opened on line %u "
                              "is closed as \"%.*s\"",
                              (int) opened.len, (const char *) opened.data,
                              op->line,
                              (int) closed.len, (const char *) closed.data);
        return -1;
    }

    ps->section = op->jump;

    op->jump = u->n - 1;
    end->jump = at;

    return 0;
}


static int
news_parse_partial(news_parser_t *ps, news_tag_t *tag, news_str_t indent)
{
    size_t       i;
    uint32_t     unit;
    news_op_t   *op;
    news_str_t   name;

    name = tag->text;

    if (name.len == 0) {
        return news_parse_error(ps, tag->line, "tag has no name");
    }

    if (name.data[0] == '*') {
        return news_parse_error(ps, tag->line,
                                "dynamic names are not supported");
    }

    /* it will be a file's name */

    for (i = 0; i < name.len; i++) {
        if (name.data[i] <= ' ' || name.data[i] == 0x7f
            || name.data[i] == '/' || name.data[i] == '\\')
        {
            break;
        }
    }

    if (i < name.len || name.data[0] == '.' || name.len > 200) {
        return news_parse_named(ps, tag->line, "bad partial name \"", name,
                                "\"");
    }

    if (news_template_partial(ps->c, name, &unit, ps->file, tag->line) == -1) {
        return -1;
    }

    op = news_parse_op(ps, NEWS_OP_PARTIAL);
    if (op == NULL) {
        return -1;
    }

    op->jump = unit;
    op->text = indent;
    op->line = tag->line;

    return 0;
}


static int
news_parse_delimiters(news_parser_t *ps, news_tag_t *tag)
{
    news_str_t  rest, open, close;

    rest = tag->text;

    if (news_parse_delimiter(&rest, &open) == -1
        || news_parse_delimiter(&rest, &close) == -1
        || rest.len != 0)
    {
        return news_parse_named(ps, tag->line, "bad delimiters \"", tag->text,
                                "\"");
    }

    ps->open = open;
    ps->close = close;

    return 0;
}


/* cuts a word off the start of "rest" */

static int
news_parse_delimiter(news_str_t *rest, news_str_t *delimiter)
{
    size_t  i;

    for (i = 0; i < rest->len; i++) {
        if (news_parse_is_blank(rest->data[i])) {
            break;
        }

        if (rest->data[i] == '=') {
            return -1;
        }
    }

    if (i == 0 || i > NEWS_TEMPLATE_MAX_DELIMITER) {
        return -1;
    }

    *delimiter = news_str_n(rest->data, i);
    *rest = news_str_trim(news_str_n(rest->data + i, rest->len - i));

    return 0;
}


/* splits "a.b.c"; "." alone is the context itself and has no parts */

static int
news_parse_name(news_parser_t *ps, news_tag_t *tag, news_op_t *op)
{
    size_t           i, start;
    news_str_t       s;
    news_op_name_t  *name;

    s = tag->text;

    op->text = s;
    op->line = tag->line;

    if (s.len == 0) {
        return news_parse_error(ps, tag->line, "tag has no name");
    }

    if (s.len == 1 && s.data[0] == '.') {
        return 0;
    }

    for (i = 0, op->n = 1; i < s.len; i++) {
        op->n += (s.data[i] == '.');
    }

    op->names = news_arena_alloc(ps->c->arena, op->n * sizeof(news_op_name_t));
    if (op->names == NULL) {
        return -1;
    }

    name = op->names;

    for (i = 0, start = 0; i <= s.len; i++) {

        if (i < s.len && s.data[i] != '.') {
            continue;
        }

        if (i == start) {
            return news_parse_named(ps, tag->line, "bad name \"", s, "\"");
        }

        name->name = news_str_n(s.data + start, i - start);
        name->hash = news_name_hash(name->name);
        name++;

        start = i + 1;
    }

    return 0;
}


static int
news_parse_is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
           || c == '\v';
}
