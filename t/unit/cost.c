
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Inputs that cost much for their size, as t/cost.sh finds them: four times
 * the bytes take about four times as long, and a page of them is there within
 * its bounds of time and memory, those of libraries included.
 */

#include "cost.h"
#include "tap.h"


#define TIME      0.5                       /* seconds, for a whole page */
#define SLACK     3.0                       /* that may come on top */
#define GROWTH    9.0                       /* 4 is linear, 16 is square */
#define OTHER     ((size_t) 1024 * 1024)    /* bytes outside of the arena */
#define ROUNDS    4


/* what grows with its size alone */

static const cost_recipe_t  linear[] = {

    /* names of equal hashes; each of them, and values, many times */

    { "fields", 0, COST_REPEAT, "keywords: ", "\3,", "", "", "" },
    { "fields", 0, COST_REPEAT, "keywords: ", "a\1,", "", "", "" },
    { "fields", 0, COST_REPEAT, "", "\3: \n", "", "", "" },
    { "fields", 0, COST_REPEAT, "", "a: \n", "", "", "" },
    { "fields", 0, COST_THEN, "a:\n- &a a\n", "- &\4 a\n", "", "- *a\n", "" },
    { "fields", 0, COST_THEN, "a: &a {b: c}\nd:\n", "# \1\n", "",
      "- {<<: *a}\n", "" },
    { "fields", 8, COST_THEN, "a:\n", "- ", "\"\\x41", "*a,", "" },
    { "front", 4, COST_NEST, "a", "toc: tru- e\n", "a: &a {", "\r", "\n" },
    { "front", 0, COST_REPEAT, "", "[", "", "", "" },
    { "date", 0, COST_REPEAT, "2021-07-30", " ", "", "", "" },

    /* encodings with shifts, and those that compose */

    { "charset", 3, COST_NEST, "+AGE-", "\202\365", "", "\2", "0" },
    { "charset", 3, COST_REPEAT, "", "+AGE-", "", "", "" },
    { "charset", 2, COST_REPEAT, "", "\033$B\033(B", "", "", "" },
    { "charset", 1, COST_REPEAT, "", "\217\241", "", "", "" },
    { "charset", 7, COST_REPEAT, "", "A\314", "", "", "" },

    /* headings alike, formatting to reopen, attributes, references, tables */

    { "sanitize", 0, COST_REPEAT, "", "<h2>", "", "", "" },
    { "sanitize", 3, COST_REPEAT, "", "<h2>a</h2>", "", "", "" },
    { "sanitize", 0, COST_THEN, "", "<p id=a-\1>", "", "<h2>a</h2>", "" },
    { "sanitize", 6, COST_GRID, "<li><p>", "<h2>a<h2>\1</h2>", "",
      "<b><p>", "&#" },
    { "sanitize", 0, COST_REPEAT, "", "<b id=a\1><i><u><p>", "", "", "" },
    { "sanitize", 0, COST_NEST, "", "<b><i>", "<p>", "</i></p>", "" },
    { "sanitize", 0, COST_REPEAT, "<p ", "a\1=b ", "", "", ">" },
    { "sanitize", 0, COST_REPEAT, "<p ", "a=b ", "", "", ">" },
    { "sanitize", 0, COST_REPEAT, "", "<table><tr>a<td>", "", "", "" },
    { "sanitize", 0, COST_REPEAT, "", "&CounterClockwise", "", "", "" },
    { "sanitize", 0, COST_REPEAT, "<img srcset=\"", "a 1x,", "", "", "\">" },

    /* what cmark can do in a time that is linear */

    { "markdown", 0, COST_REPEAT, "", "[a\1]: b\n", "", "", "" },
    { "markdown", 0, COST_THEN, "", "[a\1]: b\n", "\n", "[a\1]", "" },
    { "markdown", 1, COST_NEST, "", "*'<---\n", "<", "", "[\1]&amp;" },
    { "markdown", 0, COST_GRID, "", "`", "", "a ", "" },
    { "markdown", 0, COST_REPEAT, "", "[&_|", "&#xfffe;[", "", "> " },
    { "markdown", 0, COST_REPEAT, "", "*a **a ", "", "", "" },

    /* templates of sections in one another, and of one partial */

    { "template", 1, COST_NEST, "", "{{#c}}", "", "{{/c}}", "" },
    { "template", 1, COST_REPEAT, "", "{{>p}}", "", "", "" },
    { "template", 1, COST_REPEAT, "", "{{a\1}}", "", "", "" },
    { "template", 0, COST_NEST, "", "\n{{#c}}", "",
      "{{#c}}{{>p}}{{/c}}{{/c}}", "" }
};


/* what would take for ever, or all memory, without bounds */

static const cost_recipe_t  bounded[] = {
    { "page", 0, COST_REPEAT, "", "![[]()", "", "", "" },
    { "page", 0, COST_REPEAT, "", "# a\n", "", "", "" },
    { "page", 0, COST_REPEAT, "", "\"", "", "", "" },
    { "page", 0, COST_REPEAT, "", "&", "", "", "" },
    { "page", 0, COST_THEN, "", "- ", "\n", "\n", "" },
    { "page", 0, COST_REPEAT, "", "9", "", "", "" }
};


/* other work on the machine can only make it more */

static double
growth(const cost_recipe_t *r, const cost_stage_t *stage)
{
    size_t    large;
    double    grown, least;
    cost_t    some, more;
    unsigned  i;

    large = stage->seen;

    if (large * 4 <= stage->max) {
        large *= 4;
    }

    least = 1e9;

    for (i = 0; i < ROUNDS && least >= GROWTH; i++) {
        some = cost_best(r, large / 4, COST_SECONDS, ROUNDS);
        more = cost_best(r, large, COST_SECONDS, ROUNDS);

        /* less than this is the cost of no input */

        if (some.seconds < 20e-6) {
            some.seconds = 20e-6;
        }

        grown = more.seconds / some.seconds;

        if (grown < least) {
            least = grown;
        }
    }

    return least;
}


static void
test_linear(const cost_recipe_t *r, size_t n)
{
    double  grown;
    cost_t  cost;

    grown = growth(r, cost_stage(r));

    ok(grown < GROWTH, "%s %u: four times the bytes, %.1f times the time",
       r->stage, (unsigned) n, grown);

    cost = cost_measure(r, cost_stage(r)->seen, COST_SECONDS);

    ok(!cost.bounded && cost.in != 0, "%s %u: no bound is met", r->stage,
       (unsigned) n);
    ok(cost.other <= OTHER, "%s %u: %u bytes besides the arena", r->stage,
       (unsigned) n, (unsigned) cost.other);
}


static void
test_bounded(const cost_recipe_t *r, size_t n)
{
    cost_t               cost;
    const cost_stage_t  *stage;

    stage = cost_stage(r);
    cost = cost_measure(r, stage->max, TIME);

    ok(!cost.failed, "%s %u: there is a page", r->stage, (unsigned) n);
    ok(cost.bounded, "%s %u: a bound is met", r->stage, (unsigned) n);
    ok(cost.arena <= COST_MEMORY && cost.other <= OTHER,
       "%s %u: memory", r->stage, (unsigned) n);
    ok(cost.seconds < TIME + SLACK, "%s %u: over in %.0f ms", r->stage,
       (unsigned) n, cost.seconds * 1e3);
}


int
main(void)
{
    size_t  i;

    for (i = 0; i < sizeof(linear) / sizeof(linear[0]); i++) {
        test_linear(&linear[i], i);
    }

    for (i = 0; i < sizeof(bounded) / sizeof(bounded[0]); i++) {
        test_bounded(&bounded[i], i);
    }

    return done();
}
