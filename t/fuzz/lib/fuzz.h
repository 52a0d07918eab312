
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _FUZZ_H_INCLUDED_
#define _FUZZ_H_INCLUDED_


/*
 * What the fuzz targets share: bounds on memory and work, what must hold of
 * every output, and inputs with a structure made of the fuzzer's bytes.
 */

#include <stdint.h>
#include <stdlib.h>

#include "news_problem.h"


#define check(cond)                                                           \
    do {                                                                      \
        if (!(cond)) {                                                        \
            fuzz_failed(__FILE__, __LINE__, #cond);                           \
        }                                                                     \
    } while (0)


typedef struct {
    size_t         asked;               /* how often for the time */
    news_arena_t  *arena;
} fuzz_t;


/* the fuzzer's bytes, as what makes a document takes them: 0 past the end */

typedef struct {
    const uint8_t  *p;
    const uint8_t  *last;
} fuzz_bytes_t;


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


void fuzz_failed(const char *file, int line, const char *what);

/*
 * The arena of one run.  fuzz_end() checks what it took for an input of
 * "size" bytes: at most FUZZ_MEMORY bytes a byte, and one question for the
 * time (32 ticks of some hundred nanoseconds) for FUZZ_BYTES of them, beside
 * what an empty input may take.
 */

#define FUZZ_MEMORY       2048
#define FUZZ_MEMORY_PLUS  (16 * 1024 * 1024)
#define FUZZ_ASKED        16
#define FUZZ_ASKED_PLUS   65536

void fuzz_begin(fuzz_t *f);
void fuzz_end(fuzz_t *f, size_t size);

unsigned fuzz_byte(fuzz_bytes_t *in);

#define fuzz_pick(in, list)                                                   \
    (list)[fuzz_byte(in) % (sizeof(list) / sizeof((list)[0]))]

/* a piece of the fuzzer's own bytes, at most "n" */

void fuzz_copy(fuzz_bytes_t *in, news_buf_t *out, size_t n);

/* documents of any bytes, one or two for each element, node … */

void fuzz_make_html(fuzz_bytes_t *in, news_buf_t *out);
void fuzz_make_yaml(fuzz_bytes_t *in, news_buf_t *out);


void fuzz_check_utf8(news_str_t s);
void fuzz_check_json(news_str_t s);

/* front matter of valid UTF-8, or what it may be without its lines */

void fuzz_check_front(news_str_t text);

/* a body of valid UTF-8; the lowest bits: trust, heading ids */

void fuzz_check_sanitize(news_str_t in, unsigned options);

/*
 * What another parser makes of sanitized HTML inside of a page: just the
 * elements and attributes it says, all of them allowed, all inside of their
 * container.
 */

void fuzz_check_tree(news_str_t html);

/*
 * A page: of what runs, only what the theme has.  Where HTML was left out and
 * not sanitized, links may have other schemes.
 */

void fuzz_check_page(news_str_t html, int omitted);


#endif /* _FUZZ_H_INCLUDED_ */
