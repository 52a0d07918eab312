
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Searches for inputs that cost much per byte: units of each stage's syntax
 * are repeated, nested and mixed, and what costs most is varied further.
 *
 *     cost [-t SECONDS] [-s SEED] [-n BEST] [STAGE ...]
 *
 * Prints the dearest inputs as lines of t/unit/cost.c, with what they cost at
 * a quarter, half and all of the size that the stage can be given, under the
 * bounds of a render, in times of what an ordinary input does per byte.
 */

#include <stdio.h>

#include "../unit/cost.h"


#define UNIT     48       /* bytes, the longest unit */
#define KEEP     32       /* recipes that are varied */
#define TRY      0.25     /* seconds, the most that one try takes */


typedef struct {
    cost_recipe_t   recipe;
    char            units[5][UNIT];
    double          score;
} found_t;


typedef struct {
    const char            *stage;
    const char *const     *tokens;
} words_t;


static const char *const  markdown[] = {
    "*", "**", "_", "`", "``", "[", "]", "(", ")", "![", "](", "[]", "[a]",
    "[a]: b\n", "[\1]: b\n", "[\1]", "[a][", "](<", "\\", "\\\n", "  \n", "<",
    ">", "<a", "<!--", "-->", "<?", "?>", "<![CDATA[", "]]>", "<!A", "&", ";",
    "&amp;", "&#0;", "&#xfffe;", "- ", "1. ", "> ", "# ", "#", "---\n",
    "===\n",
    "    ", "\t", "```\n", "~~~\n", "~", "\n", "\n\n", "\r", "a", " ", "\"",
    "'", "http://", "<http:", "@", "<b>", "</b>", "<div>\n", "\xe4\xb8\xad",
    "\xe4\xb8\xad\n", "\xc2\xa0", "\2", "a\n", "=", "-", "+", ":", "<a b=\"",
    "\xef\xbb\xbf", "<script>\n", "|", NULL
};

static const char *const  html[] = {
    "<b>", "</b>", "<i>", "</i>", "<p>", "</p>", "<div>", "</div>", "<a>",
    "</a>", "<a href=\"b\">", "<a name=\1>", "<p id=a\1>", "<h1>", "</h1>",
    "<h2>a</h2>", "<h2>\1</h2>", "<h2 id=a-\1>", "<table>", "</table>", "<tr>",
    "<td>", "<th>", "</td>", "<tbody>", "<caption>", "<col>", "<li>", "<ul>",
    "</ul>", "<dl>", "<dt>", "<dd>", "<svg>", "<math>", "<mi>", "<desc>",
    "<font>", "<nobr>", "<ruby>", "<rt>", "<select>", "<option>", "<button>",
    "<script>", "</script>", "<style>", "<title>", "<textarea>", "<template>",
    "<!--", "-->", "<![CDATA[", "]]>", "<!doctype>", "<?", "<", ">", "</", "/",
    "&", "&amp", "&amp;", "&#", "&#x1;", "&CounterClockwiseContourIntegral",
    "=", "\"", "'", " ", "a", "\r", "\n", "\2", "<p a\1=b ", " a", " a=b",
    " a\1=b", " class=a", " id=\1", " href=\"", "javascript:", "&#106;",
    "<img src=a>", "<img srcset=\"", "a 1x,", "http://", "%41", "\\", ":",
    "<pre>", "<blockquote>", "<details>", "<summary>", "<!-- more -->",
    "\xe4\xb8\xad", "\xc2\xad", "\xd7\x90", "<u><s><em>", "</u></b>", "<br>",
    "<article>", "<form>", "<video>", "<source>", "<iframe>", "<plaintext>",
    "<h3 id=\"\1", "<ol start=1>", "<q>", "<br/", "<p\f", NULL
};

static const char *const  yaml[] = {
    "[", "]", "{", "}", ",", ":", ": ", "- ", "? ", "& ", "&a ", "&a\1 ", "*a",
    "*a,", "*a\1 ", "<<: *a\n", "<<: ", "!a ", "!!str ", "!<", "%TAG !a! b\n",
    "%YAML 1.1\n", "|\n", ">\n", "|1-\n", "'", "\"", "\\", "\\\n", "\\x41",
    "#", " #a\n", "---\n", "...\n", "a", "a: ", "a\1: ", "b\n", "\n",
    "\n ", "  ",
    " ", "\t", "~", "null", "\xe4\xb8\xad", "\xc2\x85", "\xe2\x80\xa8", "\r",
    "categories: [", "tags: [", "authors: [", "author: ", "{name: \1}", "\1,",
    "title: ", "keywords: ", "date: ", "headimg: ", "robots: ", "lang: ",
    "{a: ", "{a}", "[a]", "'a'", "a\1", "a: &a [", "a: &a {", "description: ",
    "\xef\xbc\x8c", "\3,", "\3: \n", "&\4 ,", "&\4 a,", "-", "zh-",
    "link: ", "excerpt: ", "toc: true\n", NULL
};

static const char *const  bytes[] = {
    "a", "\n", "\xe4\xb8\xad", "\xc2\xa0", "\x80", "\xff", "\xfe", "\xc3",
    "\xe4", "\xf0\x9f", "\xef\xbb\xbf", "\x81\x30", "\x81\x30\x81\x30", "\x81",
    "\x8f", "\x8e", "\x8e\xa2\xa1", "\x8f\xa1", "\xa1\xa1", "\x1b$B", "\x1b(B",
    "\x1b(J", "\x1b$@", "\x1b$)A", "\x1b$)C", "\x1b$*H", "\x1bN", "\x0e",
    "\x0f", "\x1b", "!!", "0!", "$\"", "+", "-", "+-", "+AGE-", "+2AD", "/",
    "\2", "\2a", "a\2", "\xd8\2", "\2\xd8", "\xdc\2", "\x88\x62", "\x88\xa3",
    "\xcc", "\xec", "A\xcc", "a\xec", "\x82\xf5", "\x1b$(Q", "\x1b$(O", NULL
};

static const char *const  mustache[] = {
    "{{#c}}", "{{/c}}", "{{^c}}", "{{#m}}", "{{/m}}", "{{^x}}", "{{/x}}",
    "{{s}}", "{{{s}}}", "{{&s}}", "{{.}}", "{{#.}}", "{{/.}}", "{{m.m.m.s}}",
    "{{c.s}}", "{{a\1}}", "{{#a\1}}", "{{/a\1}}", "{{>p}}", "{{> p }}\n",
    "{{>a\1}}", "{{> head}}", "{{!", "}}", "{{", "{{=<% %>=}}", "<%={{ }}=%>",
    "{{= ", " =}}", "\n", " ", "  {{#c}}\n", "  {{/c}}\n", "\t", "\r\n", "a",
    "&", "<", "{{#s}}", "{{/s}}", "{{m.\1}}", "{{a.b.c.d.e.f}}", ".", "{", "}",
    "  {{>p}}\n", "{{#c}}{{>p}}{{/c}}", NULL
};

static const char *const  dates[] = {
    "2021", "-07-30", "/07/30", " ", "T", "15:30", ":00", ".0", "0", "9", "Z",
    "+08", "+0800", "+08:00", "GMT", "Fri, ", "30 Jul ", "-", ":", ",", "a",
    "\t", NULL
};

static const words_t  words[] = {
    { "charset", bytes }, { "front", yaml }, { "fields", yaml },
    { "date", dates }, { "markdown", markdown }, { "sanitize", html },
    { "template", mustache }, { "pack", bytes }, { "page", markdown },
    { "page", html }
};


static uint64_t            seed;
static found_t             best[KEEP];
static size_t              kept;
static double              least;
static const char *const  *tokens[4];
static size_t              lists;


static unsigned
chance(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (unsigned) ((seed >> 16) % n);
}


static const char *
token(void)
{
    size_t              n;
    const char *const  *list;

    list = tokens[chance((unsigned) lists)];

    for (n = 0; list[n] != NULL; n++) { /* void */ }

    return list[chance((unsigned) n)];
}


static void
unit_add(char *unit, const char *s)
{
    if (strlen(unit) + strlen(s) < UNIT) {
        strcat(unit, s);
    }
}


static void
unit_vary(char *unit)
{
    char    had[UNIT];
    size_t  n;

    memcpy(had, unit, UNIT);
    n = strlen(had);

    switch (chance(6)) {

    case 0:
        unit[0] = '\0';
        unit_add(unit, token());
        break;

    case 1:
        unit[0] = '\0';
        unit_add(unit, token());
        unit_add(unit, had);
        break;

    case 2:
        unit[n / 2] = '\0';
        break;

    case 3:
        if (n != 0) {
            memmove(unit, unit + 1, n);
        }

        break;

    case 4:
        if (n != 0) {
            n = chance((unsigned) n);
            unit[n] = '\0';
            unit_add(unit, token());
            unit_add(unit, had + n);
        }

        break;

    default:
        unit_add(unit, token());
        break;
    }
}


static void
bind(found_t *f)
{
    f->recipe.before = f->units[0];
    f->recipe.one = f->units[1];
    f->recipe.between = f->units[2];
    f->recipe.two = f->units[3];
    f->recipe.after = f->units[4];
}


static void
fresh(found_t *f)
{
    unsigned  i;

    memset(f->units, 0, sizeof(f->units));

    f->recipe.variant = chance(12);
    f->recipe.shape = (cost_shape_e) chance(4);

    unit_add(f->units[1], token());
    unit_add(f->units[3], token());

    for (i = 0; i < 5; i++) {
        if (chance(3) == 0) {
            unit_add(f->units[i], token());
        }
    }
}


static void
vary(found_t *f)
{
    unsigned  i;

    *f = best[chance((unsigned) kept)];

    for (i = 1 + chance(2); i > 0; i--) {
        switch (chance(8)) {

        case 0:
            f->recipe.shape = (cost_shape_e) chance(4);
            break;

        case 1:
            f->recipe.variant = chance(12);
            break;

        default:
            unit_vary(f->units[chance(5)]);
            break;
        }
    }
}


/*
 * The cost of a byte at the stage's largest size, going by how it grows: a
 * byte's cost stays what it is where time is linear.
 */

static double
score(const cost_stage_t *stage, const cost_recipe_t *r)
{
    double  grown, size, per_byte;
    cost_t  small, large;

    large = cost_best(r, stage->seen, TRY, 2);

    if (large.in < stage->seen / 2) {
        return 0;
    }

    small = cost_best(r, stage->seen / 4, TRY, 2);

    if (small.seconds < 1e-6) {
        small.seconds = 1e-6;
    }

    per_byte = large.seconds / (double) large.in;
    grown = large.seconds / small.seconds / 4;

    for (size = (double) stage->seen; size < (double) stage->max; size *= 4) {
        if (grown > 1.5 && grown < 8) {
            per_byte *= grown;
        }
    }

    if (kept < KEEP || per_byte < least) {
        return per_byte;
    }

    /* a bound may be met early: then it is cheap */

    large = cost_measure(r, stage->max, TRY);

    if (large.bounded && large.seconds < TRY) {
        per_byte = large.seconds / (double) large.in;
    }

    return per_byte;
}


/* one of a kind is kept: the kind is what is repeated, without numbers */

static int
alike(const found_t *a, const found_t *b)
{
    return strcmp(a->units[1], b->units[1]) == 0
           && a->recipe.shape == b->recipe.shape;
}


static void
keep(const found_t *f)
{
    size_t  i, at;

    at = kept;

    for (i = 0; i < kept; i++) {
        if (alike(&best[i], f)) {
            at = i;
            break;
        }

        if (kept == KEEP && (at == kept || best[i].score < best[at].score)) {
            at = i;
        }
    }

    if (at == kept) {
        kept++;

    } else if (best[at].score >= f->score) {
        return;
    }

    best[at] = *f;
    bind(&best[at]);

    for (least = f->score, i = 0; i < kept; i++) {
        if (best[i].score < least) {
            least = best[i].score;
        }
    }
}


static int
by_score(const void *a, const void *b)
{
    const found_t  *x = a, *y = b;

    return (x->score < y->score) - (x->score > y->score);
}


static void
literal(const char *s)
{
    printf("\"");

    for ( /* void */ ; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\') {
            printf("\\%c", *s);

        } else if (*s == '\n') {
            printf("\\n");

        } else if (*s < ' ' || *s == 0x7f) {
            printf("\\%03o", (unsigned) (unsigned char) *s);

        } else {
            printf("%c", *s);
        }
    }

    printf("\"");
}


static void
report(const cost_stage_t *stage, const found_t *f, double ordinary)
{
    size_t  i;
    cost_t  cost;

    static const char *const  shapes[] = {
        "COST_REPEAT", "COST_THEN", "COST_NEST", "COST_GRID"
    };

    printf("    { \"%s\", %u, %s", f->recipe.stage, f->recipe.variant,
           shapes[f->recipe.shape]);

    for (i = 0; i < 5; i++) {
        printf(", ");
        literal(f->units[i]);
    }

    printf(" },\n");

    for (i = 4; i > 0; i /= 2) {
        cost = cost_measure(&f->recipe, stage->max / i, COST_SECONDS);

        printf("        %8zu bytes %8.1f ms, %6.1f times an ordinary byte, "
               "%6.1f MB, %5.1f MB besides, %6.1f MB out%s%s\n",
               cost.in, cost.seconds * 1e3,
               cost.seconds / (double) cost.in / ordinary,
               (double) cost.arena / 1e6, (double) cost.other / 1e6,
               (double) cost.out / 1e6, cost.bounded ? ", bounded" : "",
               cost.failed ? ", FAILED" : "");
    }

    fflush(stdout);
}


static void
search(const cost_stage_t *stage, double seconds, size_t n)
{
    size_t         i, tries;
    cost_t         cost;
    double         until, ordinary;
    found_t        f;
    cost_recipe_t  r;

    kept = 0;
    least = 0;
    lists = 0;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].stage, stage->name) == 0) {
            tokens[lists++] = words[i].tokens;
        }
    }

    memset(&r, 0, sizeof(cost_recipe_t));

    r.stage = stage->name;
    r.before = r.between = r.two = r.after = "";
    r.one = stage->ordinary;

    cost = cost_best(&r, stage->seen, TRY, 5);
    ordinary = cost.seconds / (double) cost.in;
    until = cost_clock() + seconds;

    for (tries = 0; cost_clock() < until; tries++) {
        memset(&f, 0, sizeof(found_t));
        f.recipe.stage = stage->name;

        if (kept < KEEP || chance(4) == 0) {
            fresh(&f);

        } else {
            vary(&f);
        }

        bind(&f);

        f.score = score(stage, &f.recipe);

        if (f.score > 0) {
            keep(&f);
        }
    }

    printf("%s: %zu tries, an ordinary byte takes %.1f ns\n", stage->name,
           tries, ordinary * 1e9);

    qsort(best, kept, sizeof(found_t), by_score);

    for (i = 0; i < kept && i < n; i++) {
        bind(&best[i]);
        report(stage, &best[i], ordinary);
    }
}


int
main(int argc, char **argv)
{
    int     i;
    size_t  n, top;
    double  seconds;

    seed = 88172645463325252u;
    seconds = 20;
    top = 8;

    for (i = 1; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        switch (argv[i][1]) {

        case 't':
            seconds = atof(argv[i + 1]);
            break;

        case 's':
            seed ^= strtoull(argv[i + 1], NULL, 10) * 2654435761u;
            break;

        default:
            top = (size_t) strtoull(argv[i + 1], NULL, 10);
            break;
        }
    }

    if (i == argc) {
        for (n = 0; n < COST_STAGES; n++) {
            search(&cost_stages[n], seconds, top);
        }
    }

    for ( /* void */ ; i < argc; i++) {
        n = cost_find(argv[i]);

        if (n == COST_STAGES) {
            fprintf(stderr, "cost: no stage \"%s\"\n", argv[i]);
            return 1;
        }

        search(&cost_stages[n], seconds, top);
    }

    return 0;
}
