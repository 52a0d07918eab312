
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"


/* the beginning of a file, which often tells that it is no article */

#define NGX_HTTP_NEWS_BLOCK      4096

/* a file that is being written is read again */

#define NGX_HTTP_NEWS_MAX_TRIES  4

/* some file systems keep times in seconds, or two of them */

#define NGX_HTTP_NEWS_COARSE     2


static ngx_int_t ngx_http_news_failed(ngx_http_request_t *r,
    ngx_http_news_ctx_t *ctx, ngx_err_t err, char *failed);
static ngx_int_t ngx_http_news_read_once(ngx_http_news_job_t *job);
static ngx_int_t ngx_http_news_read_part(ngx_http_news_job_t *job,
    u_char *buf, size_t *len, size_t size);
static ngx_uint_t ngx_http_news_is_racy(ngx_http_news_stamp_t *stamp,
    struct timespec *now);
static ngx_uint_t ngx_http_news_is_recent(uint64_t sec, uint64_t nsec,
    struct timespec *now);
static ngx_uint_t ngx_http_news_same_bytes(ngx_http_news_job_t *job);


ngx_int_t
ngx_http_news_open(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    /* errors are cached as those of static files are */

    if (clcf->open_file_cache && clcf->open_file_cache_errors) {
        rc = ngx_http_news_open_by(r, ctx, clcf->open_file_cache);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    /* what is rendered now is what is there now, and not what was open */

    return ngx_http_news_open_by(r, ctx, NULL);
}


ngx_int_t
ngx_http_news_open_by(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    ngx_open_file_cache_t *cache)
{
    ngx_open_file_info_t      *of;
    ngx_http_core_loc_conf_t  *clcf;

    of = &ctx->of;
    ctx->absent = 0;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    ngx_memzero(of, sizeof(ngx_open_file_info_t));

    of->read_ahead = clcf->read_ahead;
    of->directio = cache ? clcf->directio : NGX_OPEN_FILE_DIRECTIO_OFF;
    of->valid = clcf->open_file_cache_valid;
    of->min_uses = clcf->open_file_cache_min_uses;
    of->errors = clcf->open_file_cache_errors;
    of->events = clcf->open_file_cache_events;

    if (ngx_http_set_disable_symlinks(r, clcf, &ctx->path, of) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_open_cached_file(cache, &ctx->path, of, r->pool) != NGX_OK) {

        if (of->err == 0) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_news_failed(r, ctx, of->err, of->failed);
    }

    if (!of->is_file) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "http news \"%s\" is not a regular file",
                       ctx->path.data);

        ctx->absent = 1;

        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * What the file is now.  Where links are not to be followed the file is
 * opened, as only that finds out.
 */

ngx_int_t
ngx_http_news_stat(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_uint_t                 open;
    ngx_file_info_t            fi;
#if (NGX_HAVE_OPENAT)
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    open = (clcf->disable_symlinks != NGX_DISABLE_SYMLINKS_OFF);

#else

    open = 0;

#endif

    if (!open) {
        if (ngx_file_info(ctx->path.data, &fi) == NGX_FILE_ERROR) {
            rc = ngx_http_news_failed(r, ctx, ngx_errno, ngx_file_info_n);

            /* the words of the static module */

            ctx->of.failed = ngx_open_file_n;

            return rc;
        }

        open = !ngx_is_file(&fi);
    }

    if (open) {
        rc = ngx_http_news_open(r, ctx);

        if (rc != NGX_OK) {
            return rc;
        }

        if (ngx_fd_info(ctx->of.fd, &fi) == NGX_FILE_ERROR) {
            return ngx_http_news_failed(r, ctx, ngx_errno, ngx_fd_info_n);
        }
    }

    ngx_http_news_set_stamp(&ctx->stamp, &fi);

    return NGX_OK;
}


/*
 * What failed in another way than being absent is not tried once more by the
 * static module: it might open, and the text of a draft would be out.
 */

static ngx_int_t
ngx_http_news_failed(ngx_http_request_t *r, ngx_http_news_ctx_t *ctx,
    ngx_err_t err, char *failed)
{
    switch (err) {

    case NGX_ENOENT:
    case NGX_ENOTDIR:
    case NGX_ENAMETOOLONG:
    case NGX_EACCES:
#if (NGX_HAVE_OPENAT)
    case NGX_EMLINK:
    case NGX_ELOOP:
#endif

        ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, err,
                       "http news %s \"%s\" failed", failed,
                       ctx->path.data);

        ctx->absent = 1;
        ctx->of.err = err;
        ctx->of.failed = failed;

        return NGX_DECLINED;

    default:

        ngx_log_error(NGX_LOG_CRIT, r->connection->log, err,
                      "%s \"%s\" failed", failed, ctx->path.data);

        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


void
ngx_http_news_set_stamp(ngx_http_news_stamp_t *stamp, ngx_file_info_t *fi)
{
    ngx_memzero(stamp, sizeof(ngx_http_news_stamp_t));

    stamp->dev = fi->st_dev;
    stamp->ino = fi->st_ino;
    stamp->size = fi->st_size;
    stamp->mtime = fi->st_mtime;
    stamp->ctime = fi->st_ctime;

#if (NGX_LINUX || NGX_FREEBSD)
    stamp->mtime_nsec = fi->st_mtim.tv_nsec;
    stamp->ctime_nsec = fi->st_ctim.tv_nsec;
#endif
}


/*
 * The file is read, and never mapped: it may be cut short at any moment.  What
 * was read may be kept when the file was the same before and after, and had
 * not been changed so lately that another change would not show.
 */

ngx_int_t
ngx_http_news_read(ngx_http_news_job_t *job)
{
    ngx_uint_t             tries;
    struct timespec        now;
    ngx_file_info_t        fi;
    news_arena_mark_t      mark;
    ngx_http_news_stamp_t  after;

    news_arena_mark(job->arena, &mark);

    for (tries = 0; tries < NGX_HTTP_NEWS_MAX_TRIES; tries++) {

        news_arena_release(job->arena, &mark);

        job->too_large = 0;

        if (clock_gettime(CLOCK_REALTIME_COARSE, &now) == -1
            || ngx_fd_info(job->fd, &fi) == NGX_FILE_ERROR)
        {
            goto failed;
        }

        ngx_http_news_set_stamp(&job->info.stamp, &fi);

        if (ngx_http_news_read_once(job) != NGX_OK) {
            return job->rc;
        }

        if (ngx_fd_info(job->fd, &fi) == NGX_FILE_ERROR) {
            goto failed;
        }

        ngx_http_news_set_stamp(&after, &fi);

        if (ngx_memcmp(&after, &job->info.stamp, sizeof(after)) == 0
            && (job->rc == NGX_DECLINED || job->text.len == after.size))
        {
            job->settled = !ngx_http_news_is_racy(&after, &now);
            return job->rc;
        }
    }

    if (job->rc == NGX_DECLINED && !job->too_large) {

        /* what has not been looked at may be of an article by now */

        job->info.stamp.size = job->text.len;
    }

    return job->rc;

failed:

    job->err = ngx_errno;
    job->rc = NGX_ABORT;

    return NGX_ABORT;
}


/* NGX_DECLINED where the beginning or the size are not of an article */

static ngx_int_t
ngx_http_news_read_once(ngx_http_news_job_t *job)
{
    u_char  *buf;
    size_t   len, size;

    /* a byte more shows that the file has grown */

    size = (size_t) ngx_min(job->info.stamp.size, job->max_size) + 1;

    buf = news_arena_alloc(job->arena, size);
    if (buf == NULL) {
        job->rc = NGX_ERROR;
        return NGX_ERROR;
    }

    len = 0;

    if (ngx_http_news_read_part(job, buf, &len,
                                ngx_min(size, NGX_HTTP_NEWS_BLOCK))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    job->rc = NGX_OK;
    job->text = news_str_n(buf, len);

    if (!job->options.front_optional
        && news_charsets_ascii(job->options.charsets)
        && news_front_opens(job->text) == 0)
    {
        job->rc = NGX_DECLINED;
        return NGX_OK;
    }

    if (job->info.stamp.size > job->max_size) {
        job->too_large = 1;
        job->rc = NGX_DECLINED;
        return NGX_OK;
    }

    if (ngx_http_news_read_part(job, buf, &len, size) != NGX_OK) {
        return NGX_ERROR;
    }

    job->text = news_str_n(buf, len);

    return NGX_OK;
}


/* reads until there are "size" bytes, or the file ends */

static ngx_int_t
ngx_http_news_read_part(ngx_http_news_job_t *job, u_char *buf, size_t *len,
    size_t size)
{
    ssize_t  n;

    while (*len < size) {
        n = pread(job->fd, buf + *len, size - *len, (off_t) *len);

        if (n == -1) {
            if (ngx_errno == NGX_EINTR) {
                continue;
            }

            job->err = ngx_errno;
            job->rc = NGX_ABORT;

            return NGX_ERROR;
        }

        if (n == 0) {
            break;
        }

        *len += n;
    }

    return NGX_OK;
}


/*
 * File systems stamp changes by a clock that ticks some hundred times a
 * second: a file that changes again within the tick looks the same, and is
 * "racy" as git calls it.
 */

static ngx_uint_t
ngx_http_news_is_racy(ngx_http_news_stamp_t *stamp, struct timespec *now)
{
    return ngx_http_news_is_recent(stamp->ctime, stamp->ctime_nsec, now)
           || ngx_http_news_is_recent(stamp->mtime, stamp->mtime_nsec, now);
}


static ngx_uint_t
ngx_http_news_is_recent(uint64_t sec, uint64_t nsec, struct timespec *now)
{
    uint64_t  time;

    time = (uint64_t) now->tv_sec;

    /* what is to be in the future is told apart from what will be done then */

    if (sec > time + NGX_HTTP_NEWS_COARSE) {
        return 0;
    }

    if (nsec == 0) {
        return sec + NGX_HTTP_NEWS_COARSE > time;
    }

    return sec > time || (sec == time && nsec >= (uint64_t) now->tv_nsec);
}


/*
 * After a render that took longer than a tick, a file that was racy before
 * can be told: it is the same still, and may be kept.
 */

void
ngx_http_news_verify(ngx_http_news_job_t *job)
{
    struct timespec        now;
    ngx_file_info_t        fi;
    ngx_http_news_stamp_t  stamp;

    if (job->settled
        || clock_gettime(CLOCK_REALTIME_COARSE, &now) == -1
        || ngx_http_news_is_racy(&job->info.stamp, &now)
        || !ngx_http_news_same_bytes(job)
        || ngx_fd_info(job->fd, &fi) == NGX_FILE_ERROR)
    {
        return;
    }

    ngx_http_news_set_stamp(&stamp, &fi);

    job->settled = (ngx_memcmp(&stamp, &job->info.stamp, sizeof(stamp)) == 0);
}


static ngx_uint_t
ngx_http_news_same_bytes(ngx_http_news_job_t *job)
{
    u_char   buf[NGX_HTTP_NEWS_BLOCK];
    size_t   done, size;
    ssize_t  n;

    for (done = 0; done < job->text.len; done += n) {
        size = ngx_min(job->text.len - done, sizeof(buf));

        n = pread(job->fd, buf, size, (off_t) done);

        if (n <= 0 || ngx_memcmp(buf, job->text.data + done, n) != 0) {
            return 0;
        }
    }

    return 1;
}
