
/*
 * Copyright (C) The authors of the news module
 */


#ifndef _NEWS_H_INCLUDED_
#define _NEWS_H_INCLUDED_


/*
 * The engine: bytes of an article and options in, a page out.  It knows no
 * server, opens no files, reads no clock, keeps no state between calls; any
 * number of threads may render at once, each with its own arena, sharing the
 * options.  This is the one header its users include.
 */

#include <stdint.h>

#include "news_arena.h"
#include "news_buf.h"
#include "news_charset.h"
#include "news_date.h"
#include "news_escape.h"
#include "news_front.h"
#include "news_problem.h"
#include "news_template.h"
#include "news_value.h"
#include "news_zone.h"


#define NEWS_NO_TIME  INT64_MIN


typedef enum {
    NEWS_HTML_SANITIZE = 0,
    NEWS_HTML_OMIT,
    NEWS_HTML_TRUST
} news_html_mode_e;


typedef enum {
    NEWS_BODY_AUTO = 0,
    NEWS_BODY_MARKDOWN,
    NEWS_BODY_HTML
} news_body_e;


typedef enum {
    NEWS_BREAKS_AUTO = 0,
    NEWS_BREAKS_SOFT,
    NEWS_BREAKS_HARD
} news_breaks_e;


typedef enum {
    NEWS_OUTPUT_PAGE = 0,     /* the template's page */
    NEWS_OUTPUT_JSON,         /* fields and content */
    NEWS_OUTPUT_META          /* fields only; the body is not looked at */
} news_output_e;


/* all borrowed; immutable while a render uses them */

typedef struct {
    const news_template_t   *template;
    const news_charsets_t   *charsets;       /* NULL: UTF-8 */
    const news_zone_t       *zone;           /* NULL: UTC */
    news_str_t               lang;
    news_str_t               site_name;
    news_str_t               site_url;       /* no "/" at the end, or empty */
    news_html_mode_e         html;
    news_body_e              body;
    news_breaks_e            breaks;
    news_output_e            output;
    unsigned                 heading_ids:1;
    unsigned                 front_optional:1;    /* else a file without
                                                     front matter is declined */
} news_options_t;


typedef struct {
    news_str_t   text;        /* the file */
    news_str_t   name;        /* its name, without folders */
    news_str_t   url;         /* path of the page, decoded */
} news_source_t;


typedef struct {
    news_str_t   name;
    news_str_t   url;
    news_str_t   avatar;
} news_author_t;


typedef struct {
    news_str_t   raw;         /* as written */
    int64_t      time;        /* seconds since 1970 UTC, or NEWS_NO_TIME */
} news_when_t;


typedef struct {
    news_str_t         title;
    news_str_t         author;          /* names joined by ", " */
    news_author_t     *authors;
    size_t             n_authors;
    news_str_t        *categories;
    size_t             n_categories;
    news_str_t        *tags;
    size_t             n_tags;
    news_str_t        *keywords;
    size_t             n_keywords;
    news_when_t        date;
    news_when_t        updated;
    news_when_t        expires;
    news_str_t         headimg;
    news_str_t         thumbnail;
    news_str_t         link;
    news_str_t         description;
    news_str_t         lang;
    news_str_t         robots;
    news_body_e        format;          /* what the body is, not AUTO */
    unsigned           comments:1;
    unsigned           toc:1;
    unsigned           draft:1;         /* draft, or published: false */
    unsigned           gone:1;
    unsigned           noindex:1;
    unsigned           heading_title:1; /* the title is the body's h1 */
    news_value_t      *fields;          /* the front matter, a map */
} news_meta_t;


typedef struct {
    news_str_t        content;          /* the page, or JSON; in the arena */
    news_meta_t       meta;
    size_t            words;
    news_problems_t   problems;
    unsigned          malformed:1;      /* a mistake in the front matter */
    unsigned          given_up:1;       /* the body is escaped in <pre> */

    news_arena_mark_t body;             /* private: where the body begins */
} news_page_t;


typedef enum {
    NEWS_OK = 0,
    NEWS_DECLINED = 1,        /* no article */
    NEWS_ERROR = -1           /* memory is out */
} news_rc_e;


/*
 * Renders an article.  Everything in "page" lives in the arena, or is
 * borrowed from the source and the options.  The arena's limits of bytes and
 * time bound the work; past one of them the body is given as escaped text,
 * without a further limit of time.  Nothing is written on NEWS_DECLINED.
 */

news_rc_e news_render(news_arena_t *a, const news_options_t *options,
    const news_source_t *source, news_page_t *page);


/*
 * Moves what readers get out of the arena, and gives back all the memory that
 * rendering the body took: a page that is sent slowly then holds no more than
 * itself.  "dst" has room for news_page_size() bytes, and lives as long as
 * the page is used.  The list of problems is empty after.
 */

size_t news_page_size(const news_page_t *page);
void news_page_settle(news_arena_t *a, news_page_t *page, unsigned char *dst);


#endif /* _NEWS_H_INCLUDED_ */
