
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _NGX_HTTP_NEWS_MODULE_H_INCLUDED_
#define _NGX_HTTP_NEWS_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <nginx.h>

#include "news.h"
#include "news_cache.h"
#include "news_fields.h"
#include "news_hash.h"
#include "news_pack.h"

#include "ngx_http_news_encoding.h"


#define NGX_HTTP_NEWS_GONE          410

#define NGX_HTTP_NEWS_REQUIRED      0
#define NGX_HTTP_NEWS_OPTIONAL      1

#define NGX_HTTP_NEWS_HIDE          0
#define NGX_HTTP_NEWS_SHOW          1


/* what is answered: the page, the file as it is, or JSON */

typedef enum {
    NGX_HTTP_NEWS_PAGE = 0,
    NGX_HTTP_NEWS_PLAIN,
    NGX_HTTP_NEWS_MARKDOWN,
    NGX_HTTP_NEWS_JSON
} ngx_http_news_form_e;


/* how a request was answered: $news_cache_status, counters */

typedef enum {
    NGX_HTTP_NEWS_NONE = 0,
    NGX_HTTP_NEWS_HIT,
    NGX_HTTP_NEWS_MISS,
    NGX_HTTP_NEWS_EXPIRED,
    NGX_HTTP_NEWS_BYPASS,
    NGX_HTTP_NEWS_STATUSES
} ngx_http_news_status_e;


#define NGX_HTTP_NEWS_SECONDS   12    /* of a histogram; the last is +Inf */
#define NGX_HTTP_NEWS_PROBLEMS  5     /* kinds: news_problem_e */


/* counted in shared memory, by all workers, without a lock */

typedef struct {
    ngx_atomic_t                   bypass;   /* where there is no cache */
    ngx_atomic_t                   renders;
    ngx_atomic_t                   usec;     /* of all renders */
    ngx_atomic_t                   seconds[NGX_HTTP_NEWS_SECONDS];
    ngx_atomic_t                   given_up;
    ngx_atomic_t                   problems[NGX_HTTP_NEWS_PROBLEMS];
} ngx_http_news_stats_t;


/*
 * A shared-memory cache.  Its counters are by ngx_http_news_status_e; kinds of
 * values are news_coding_e, and NEWS_CODINGS for what has no page.
 */

typedef struct ngx_http_news_zone_s  ngx_http_news_zone_t;

/* of memory that is sent by sendfile(), shared by cycles */

typedef struct {
    ngx_fd_t                       fd;
    ngx_uint_t                     refs;
} ngx_http_news_memory_t;


struct ngx_http_news_zone_s {
    ngx_str_t                      name;
    ngx_shm_zone_t                *shm_zone;
    news_cache_t                   cache;
    ngx_http_news_memory_t        *memory;
    ngx_uint_t                     slots;    /* processes that may use it */
    time_t                         tried;    /* to take one */
    ngx_flag_t                     defined;
    ngx_http_news_zone_t          *next;
};


/* what tells one version of a file from another */

typedef struct {
    uint64_t                       dev;
    uint64_t                       ino;
    uint64_t                       size;
    uint64_t                       mtime;
    uint64_t                       mtime_nsec;
    uint64_t                       ctime;
    uint64_t                       ctime_nsec;
} ngx_http_news_stamp_t;


#define NGX_HTTP_NEWS_ETAG_LEN  (NEWS_HASH_LEN + 2)

/* seconds; there may be no room as others are being sent to slow clients */

#define NGX_HTTP_NEWS_RETRY     5


/* what is kept of an answer beside its bytes and fields */

typedef struct {
    ngx_http_news_stamp_t          stamp;
    uint64_t                       template; /* digest */
    int64_t                        date;     /* NEWS_NO_TIME: none */
    int64_t                        expires;
    int64_t                        checked;  /* when the file was so */
    int64_t                        retry;    /* large: until then */
    u_char                         etag[NGX_HTTP_NEWS_ETAG_LEN];
    uint16_t                       charset;  /* of the list, for a file */
    unsigned                       declined:1;   /* no article */
    unsigned                       large:1;      /* no room in the cache */
    unsigned                       bare:1;       /* not worth this coding */
    unsigned                       malformed:1;
    unsigned                       draft:1;
    unsigned                       gone:1;
    unsigned                       html:1;       /* the body */
} ngx_http_news_info_t;


/* each template file is compiled once a cycle, each zone file read once */

typedef struct ngx_http_news_template_s  ngx_http_news_template_t;
typedef struct ngx_http_news_timezone_s  ngx_http_news_timezone_t;


struct ngx_http_news_template_s {
    ngx_str_t                      name;     /* empty: the built-in theme */
    uint64_t                       digest;   /* of all its text */
    time_t                         mtime;    /* the latest, partials too */
    news_template_t               *template;
    ngx_http_news_template_t      *next;
};


struct ngx_http_news_timezone_s {
    ngx_str_t                      name;
    uint64_t                       digest;
    news_zone_t                   *zone;
    ngx_http_news_timezone_t      *next;
};


typedef struct {
    ngx_str_t                      name;
    news_charsets_t               *alone;    /* a list of this one */
} ngx_http_news_charset_t;


typedef struct {
    news_charsets_t               *list;
    ngx_http_news_charset_t       *names;
    ngx_uint_t                     n;
} ngx_http_news_charsets_t;


typedef struct ngx_http_news_job_s   ngx_http_news_job_t;
typedef struct ngx_http_news_ctx_s   ngx_http_news_ctx_t;
typedef struct ngx_http_news_pool_s  ngx_http_news_pool_t;


typedef struct {
    news_arena_t                  *arena;
    news_arena_t                  *spare;    /* for the next render */
    ngx_http_news_template_t      *templates;
    ngx_http_news_timezone_t      *timezones;
    ngx_http_news_zone_t          *zones;
    ngx_http_news_pool_t          *pools;
    ngx_http_news_changers_t       changers;
    ngx_queue_t                    making;   /* requests, in threads */
    ngx_uint_t                     packing;  /* codings, the same */
    ngx_shm_zone_t                *reported;
    ngx_flag_t                     enable;   /* somewhere */
} ngx_http_news_main_conf_t;


typedef struct {
    ngx_flag_t                     enable;
    ngx_flag_t                     heading_ids;
    ngx_flag_t                     strict;
    ngx_flag_t                     source;
    ngx_uint_t                     front_matter;
    ngx_uint_t                     html;
    ngx_uint_t                     body;
    ngx_uint_t                     breaks;
    ngx_uint_t                     future;
    size_t                         max_size;
    ngx_str_t                      lang;
    ngx_str_t                      site_name;
    ngx_str_t                      site_url;
    ngx_str_t                      host;     /* of site_url by default */
    ngx_str_t                     *suffixes; /* ends with an empty one */
    ngx_http_news_charsets_t      *charsets;
    ngx_http_news_template_t      *template;
    ngx_http_news_timezone_t      *timezone;
    ngx_http_news_codings_t       *codings;
    ngx_http_news_zone_t          *zone;     /* NULL: no cache */
    ngx_http_news_pool_t          *pool;     /* NULL: no threads */

    uint64_t                       digest[2];    /* of what shapes a page */
    news_options_t                 options;
} ngx_http_news_loc_conf_t;


/*
 * The clock of the thread's processor time takes a system call, that of the
 * wall does not: the former is asked when the latter says that time might be
 * up, and not before it can be.
 */

typedef struct {
    uint64_t                       wall;     /* ask again then */
    uint64_t                       end;      /* of processor time */
    ngx_uint_t                     over;
    ngx_uint_t                     background;
    ngx_uint_t                     stopped;
} ngx_http_news_clock_t;


/*
 * An article to be read and rendered: all that a thread may touch, and where
 * it leaves what it made.  Everything made lives in the arena.
 */

struct ngx_http_news_job_s {

    /* what to do */

    ngx_uint_t                     form;
    ngx_fd_t                       fd;
    size_t                         max_size;
    uint64_t                       limit;    /* microseconds */
    size_t                         pack;     /* gzip up to this size */
    news_options_t                 options;
    news_source_t                  source;
    ngx_http_news_charsets_t      *charsets;
    news_arena_t                  *arena;
    ngx_http_news_zone_t          *zone;     /* to be kept there, or NULL */
    news_cache_key_t               key;
    news_cache_key_t               packed_key;
    size_t                         keep;     /* of the arena, once all is */

    /* for the event loop alone */

    ngx_http_news_ctx_t           *ctx;

    /* what came of it */

    ngx_int_t                      rc;       /* NGX_OK, NGX_DECLINED: no
                                                article, NGX_ABORT: not read,
                                                NGX_ERROR: no memory */
    ngx_err_t                      err;
    ngx_http_news_info_t           info;
    news_str_t                     text;     /* the file */
    news_page_t                    page;
    news_str_t                     fields;
    news_str_t                     content;
    news_str_t                     packed;   /* gzip, or empty */
    u_char                         etag[NGX_HTTP_NEWS_ETAG_LEN];  /* of it */
    uint64_t                       usec;     /* of rendering */
    news_cache_ref_t               ref;      /* room in the cache */
    news_cache_ref_t               packed_ref;
    unsigned                       over:1;   /* past the limit of time */
    unsigned                       too_large:1;
    unsigned                       settled:1;    /* may be kept */
    unsigned                       bare:1;       /* gzip is not worth it */
    unsigned                       trial:1;      /* to be begun again */
    unsigned                       full:1;       /* no room in the cache */
};


/* a request's article: found in the cache, or being made */

struct ngx_http_news_ctx_s {
    ngx_int_t                      rc;       /* NGX_AGAIN: to be waited for */
    ngx_uint_t                     form;
    ngx_str_t                      uri;      /* this is all about */
    ngx_str_t                      path;
    ngx_http_news_loc_conf_t      *conf;
    ngx_http_news_status_e         status;
    news_cache_key_t               key;

    /* what is sent */

    const ngx_http_news_info_t    *info;
    news_str_t                     fields;
    news_coding_e                  coding;
    ngx_uint_t                     n;
    news_str_t                     parts[NEWS_CACHE_PARTS];
    off_t                          size;
    news_cache_ref_t               ref;      /* where it is in the cache */

    /* making it */

    ngx_http_news_stamp_t          stamp;
    ngx_open_file_info_t           of;
    ngx_uint_t                     n_codings;
    news_coding_e                  codings[NEWS_CODINGS];
    ngx_http_news_job_t           *job;
    uint64_t                       usec;
    ngx_uint_t                     bare;     /* bits of codings not worth it */
    ngx_msec_t                     deadline; /* of waiting */
    ngx_msec_t                     pause;    /* before looking again */
    ngx_event_t                    event;
    ngx_queue_t                    queue;    /* in those of others */
    ngx_queue_t                    waiters;
    ngx_http_request_t            *request;

    unsigned                       named:1;  /* as articles are */
    unsigned                       absent:1; /* no file: "of" tells why */
    unsigned                       plain:1;  /* "of" is of no article */
    unsigned                       meta:1;   /* only the fields were read */
    unsigned                       sent:1;
    unsigned                       keyed:1;
    unsigned                       stamped:1;
    unsigned                       waiting:1;
    unsigned                       again:1;  /* to be looked up anew */
    unsigned                       locked:1;
    unsigned                       leading:1;
    unsigned                       joined:1; /* a copy of the parts */
};


/* ngx_http_news_conf.c */

char *ngx_http_news_suffix(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_news_template(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_news_source_charset(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_news_check_lang(ngx_conf_t *cf, void *post, void *data);
char *ngx_http_news_check_site_url(ngx_conf_t *cf, void *post, void *data);
ngx_http_news_template_t *ngx_http_news_default_template(ngx_conf_t *cf);
void ngx_http_news_default_host(ngx_conf_t *cf, ngx_str_t *host);
void ngx_http_news_conf_digest(ngx_conf_t *cf,
    ngx_http_news_loc_conf_t *conf);
uint64_t ngx_http_news_digest(uint64_t digest, ngx_str_t *text);

/* NGX_DECLINED is a file that is not there; any other error is told of */

ngx_int_t ngx_http_news_read_file(ngx_conf_t *cf, ngx_str_t *name, size_t max,
    ngx_str_t *text, time_t *mtime);

/* ngx_http_news_timezone.c */

char *ngx_http_news_timezone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* ngx_http_news_handler.c */

ngx_int_t ngx_http_news_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_news_last_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_news_precontent_handler(ngx_http_request_t *r);
ngx_http_news_ctx_t *ngx_http_news_peek(ngx_http_request_t *r);

/* NGX_OK, or the status that the article's fields ask for now */

ngx_int_t ngx_http_news_visible(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);

/* ngx_http_news_static.c */

/* what is no article: the file, or why there is none */

ngx_int_t ngx_http_news_static(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);

/* ngx_http_news_file.c */

/*
 * NGX_OK with a regular file, NGX_DECLINED where there is none: the context's
 * "of" tells what it is.
 */

ngx_int_t ngx_http_news_open(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);
ngx_int_t ngx_http_news_open_by(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, ngx_open_file_cache_t *cache);
ngx_int_t ngx_http_news_stat(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);
void ngx_http_news_set_stamp(ngx_http_news_stamp_t *stamp,
    ngx_file_info_t *fi);

/* may be called in a thread; the job's "rc" is set and returned */

ngx_int_t ngx_http_news_read(ngx_http_news_job_t *job);
void ngx_http_news_verify(ngx_http_news_job_t *job);

/* ngx_http_news_zone.c */

char *ngx_http_news_cache_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_news_cache(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_http_news_zone_t *ngx_http_news_default_zone(ngx_conf_t *cf);
void ngx_http_news_init_zones(ngx_conf_t *cf);
void ngx_http_news_exit_zones(ngx_cycle_t *cycle);

/* ngx_http_news_cache.c */

/* NGX_OK: found, and pinned for the request; NGX_BUSY: to be made */

ngx_int_t ngx_http_news_lookup(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);

/* one render for many: NGX_OK, or NGX_BUSY while another process is at it */

ngx_int_t ngx_http_news_lock(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);
void ngx_http_news_unlock(void *data);

/* the request is answered from there; the pin goes with the request */

ngx_int_t ngx_http_news_take(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    news_coding_e coding, news_cache_ref_t *ref);

/* what was reserved and written; on NGX_DECLINED nobody else can find it */

ngx_int_t ngx_http_news_publish(ngx_http_news_zone_t *zone,
    const ngx_http_news_info_t *info, news_cache_ref_t *ref);

/* that there is no page, for a reason in the info */

void ngx_http_news_publish_none(ngx_http_news_zone_t *zone,
    const news_cache_key_t *key, const ngx_http_news_info_t *info);

news_cache_key_t ngx_http_news_coding_key(ngx_http_news_ctx_t *ctx,
    news_coding_e coding);
uint64_t ngx_http_news_template_digest(ngx_http_news_ctx_t *ctx);

/* room, and bytes into it; may be called in a thread */

void ngx_http_news_store(ngx_http_news_job_t *job);

/* ngx_http_news_render.c */

ngx_int_t ngx_http_news_create_job(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx);
void ngx_http_news_run_job(void *data);
void ngx_http_news_set_clock(news_arena_t *arena,
    ngx_http_news_clock_t *clock, uint64_t limit);
uint64_t ngx_http_news_usec(clockid_t id);
void ngx_http_news_set_etag(u_char *etag, news_str_t content);
ngx_uint_t ngx_http_news_port(ngx_http_request_t *r, ngx_uint_t *https);

/* ngx_http_news_arena.c: a render's memory, and the next one's */

news_arena_t *ngx_http_news_get_arena(ngx_http_news_main_conf_t *nmcf);
void ngx_http_news_free_arena(ngx_http_news_main_conf_t *nmcf,
    ngx_http_news_pool_t *np, news_arena_t *arena);

/* ngx_http_news_make.c: NGX_AGAIN where a thread is at it */

ngx_int_t ngx_http_news_make(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);

/* ngx_http_news_thread.c */

char *ngx_http_news_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
ngx_http_news_pool_t *ngx_http_news_default_pool(ngx_conf_t *cf);

typedef enum {
    NGX_HTTP_NEWS_LANE_RENDER = 0,
    NGX_HTTP_NEWS_LANE_PACK,
    NGX_HTTP_NEWS_LANE_FREE,
    NGX_HTTP_NEWS_LANES
} ngx_http_news_lane_e;


/*
 * Runs "work" in a thread, and "done" in the event loop after it; both get
 * "data".  NGX_DECLINED where that cannot be.  What is used lives in "pool".
 */

typedef void (*ngx_http_news_work_pt)(void *data);

ngx_int_t ngx_http_news_post(ngx_http_news_pool_t *np, ngx_pool_t *pool,
    ngx_http_news_work_pt work, ngx_http_news_work_pt done, void *data,
    ngx_uint_t lane);

/* ngx_http_news_wait.c */

/* the request is kept, and goes on when it is woken; not if it has too many */

ngx_uint_t ngx_http_news_may_sleep(ngx_http_request_t *r);
void ngx_http_news_sleep(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);
void ngx_http_news_wake(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);

/*
 * Where another request of this process makes the same page, or another
 * process does: NGX_AGAIN, or NGX_OK past the time for that.
 */

ngx_int_t ngx_http_news_join(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);
ngx_int_t ngx_http_news_wait(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);

/* of the one that makes it */

void ngx_http_news_lead(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);
void ngx_http_news_wake_others(ngx_http_news_ctx_t *ctx);

/* ngx_http_news_pack.c: what a client would rather have is made for others */

ngx_int_t ngx_http_news_pack(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);

/* ngx_http_news_accept.c */

typedef void (*ngx_http_news_value_pt)(void *data, u_char *p, u_char *last);

ngx_uint_t ngx_http_news_form(ngx_http_request_t *r);
void ngx_http_news_each_value(ngx_http_request_t *r, ngx_str_t *name,
    ngx_http_news_value_pt handler, void *data);

/* ngx_http_news_report.c */

void ngx_http_news_report(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    const ngx_http_news_stamp_t *stamp, news_problem_t *problem);
ngx_int_t ngx_http_news_report_zone(ngx_conf_t *cf,
    ngx_http_news_main_conf_t *nmcf);
ngx_http_news_stats_t *ngx_http_news_stats(ngx_http_news_main_conf_t *nmcf);

/* ngx_http_news_send.c */

ngx_int_t ngx_http_news_send(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx);
ngx_int_t ngx_http_news_clean(ngx_pool_t *pool, const u_char *data,
    size_t len, ngx_str_t *out);

/* ngx_http_news_status.c */

char *ngx_http_news_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
void ngx_http_news_count_render(ngx_http_news_stats_t *stats, uint64_t usec,
    ngx_uint_t given_up);

/* ngx_http_news_variables.c */

ngx_int_t ngx_http_news_add_variables(ngx_conf_t *cf);


extern ngx_module_t  ngx_http_news_module;


#endif /* _NGX_HTTP_NEWS_MODULE_H_INCLUDED_ */
