
/*
 * Copyright (C) ngx_news_module authors
 */


#include "ngx_http_news_module.h"

#if (NGX_LINUX)
#include <sys/mman.h>
#include <sys/resource.h>
#endif


#define NGX_HTTP_NEWS_MIN_PAGES  32
#define NGX_HTTP_NEWS_ZONE_SIZE  (32 * 1024 * 1024)

/*
 * Workers of some reloads may be sending to slow clients still, and a reload
 * may bring more of them, when the zone is there already.
 */

#define NGX_HTTP_NEWS_RELOADS    4
#define NGX_HTTP_NEWS_WORKERS    8
#define NGX_HTTP_NEWS_SLOTS      8
#define NGX_HTTP_NEWS_MAX_SLOTS  1024


static ngx_http_news_zone_t *ngx_http_news_add_zone(ngx_conf_t *cf,
    ngx_str_t *name, size_t size);
static ngx_int_t ngx_http_news_init_zone(ngx_shm_zone_t *shm_zone,
    void *data);
static u_char *ngx_http_news_take_zone(ngx_shm_zone_t *shm_zone,
    size_t *size);
static ngx_http_news_memory_t *ngx_http_news_map(ngx_shm_zone_t *shm_zone,
    u_char *mem, size_t size);
static void ngx_http_news_cleanup_zone(void *data);


/* the zone that is there without being asked for */

static ngx_str_t  ngx_http_news_zone_name = ngx_string("news");


char *
ngx_http_news_cache_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    u_char                *p;
    ssize_t                size;
    ngx_str_t             *value, name, s;
    ngx_http_news_zone_t  *zone;

    value = cf->args->elts;

    if (value[1].len <= 5 || ngx_strncmp(value[1].data, "zone=", 5) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    name.data = value[1].data + 5;

    p = (u_char *) ngx_strchr(name.data, ':');

    if (p == NULL || p == name.data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone size \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    name.len = p - name.data;

    s.data = p + 1;
    s.len = value[1].data + value[1].len - s.data;

    size = ngx_parse_size(&s);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone size \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (size < (ssize_t) (NGX_HTTP_NEWS_MIN_PAGES * ngx_pagesize)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is too small", &value[1]);
        return NGX_CONF_ERROR;
    }

    zone = ngx_http_news_add_zone(cf, &name, size);
    if (zone == NULL) {
        return NGX_CONF_ERROR;
    }

    if (zone->defined) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is already defined", &name);
        return NGX_CONF_ERROR;
    }

    zone->defined = 1;

    return NGX_CONF_OK;
}


char *
ngx_http_news_cache(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_news_loc_conf_t *nlcf = conf;

    ngx_str_t  *value;

    if (nlcf->zone != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        nlcf->zone = NULL;
        return NGX_CONF_OK;
    }

    if (value[1].len == 0) {
        return "has no name of a zone";
    }

    nlcf->zone = ngx_http_news_add_zone(cf, &value[1], 0);

    return (nlcf->zone == NULL) ? NGX_CONF_ERROR : NGX_CONF_OK;
}


ngx_http_news_zone_t *
ngx_http_news_default_zone(ngx_conf_t *cf)
{
    return ngx_http_news_add_zone(cf, &ngx_http_news_zone_name, 0);
}


static ngx_http_news_zone_t *
ngx_http_news_add_zone(ngx_conf_t *cf, ngx_str_t *name, size_t size)
{
    ngx_shm_zone_t             *shm_zone;
    ngx_pool_cleanup_t         *cln;
    ngx_http_news_zone_t       *zone;
    ngx_http_news_main_conf_t  *nmcf;

    shm_zone = ngx_shared_memory_add(cf, name, size, &ngx_http_news_module);
    if (shm_zone == NULL) {
        return NULL;
    }

    if (shm_zone->data) {
        return shm_zone->data;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    zone = ngx_pcalloc(cf->pool, sizeof(ngx_http_news_zone_t));
    if (zone == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     zone->cache = { NULL };
     *     zone->memory = NULL;
     *     zone->slots = 0;
     *     zone->tried = 0;
     *     zone->defined = 0;
     */

    cln->handler = ngx_http_news_cleanup_zone;
    cln->data = zone;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);

    zone->name = *name;
    zone->shm_zone = shm_zone;
    zone->next = nmcf->zones;

    nmcf->zones = zone;

    shm_zone->init = ngx_http_news_init_zone;
    shm_zone->data = zone;

    return zone;
}


/* what is known only when all of the configuration was read */

void
ngx_http_news_init_zones(ngx_conf_t *cf)
{
    ngx_int_t                   workers;
    ngx_core_conf_t            *ccf;
    ngx_http_news_zone_t       *zone;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_news_module);
    ccf = (ngx_core_conf_t *) ngx_get_conf(cf->cycle->conf_ctx,
                                           ngx_core_module);

    for (zone = nmcf->zones; zone; zone = zone->next) {

        if (zone->shm_zone->shm.size == 0
            && zone->name.len == ngx_http_news_zone_name.len
            && ngx_strncmp(zone->name.data, ngx_http_news_zone_name.data,
                           zone->name.len)
               == 0)
        {
            zone->shm_zone->shm.size = NGX_HTTP_NEWS_ZONE_SIZE;
        }

        workers = ngx_max(ngx_ncpu, NGX_HTTP_NEWS_WORKERS);

        if (ccf->worker_processes != NGX_CONF_UNSET) {
            workers = ngx_max(workers, ccf->worker_processes);
        }

        zone->slots = NGX_HTTP_NEWS_SLOTS + NGX_HTTP_NEWS_RELOADS * workers;
        zone->slots = ngx_min(zone->slots, NGX_HTTP_NEWS_MAX_SLOTS);
    }
}


static ngx_int_t
ngx_http_news_init_zone(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_http_news_zone_t *ozone = data;

    u_char                *mem;
    size_t                 size;
    uint64_t               seed;
    ngx_http_news_zone_t  *zone;

    zone = shm_zone->data;

    if (ozone) {

        /* with its slot, where the process goes on, too */

        zone->cache = ozone->cache;
        zone->memory = ozone->memory;

        if (zone->memory) {
            zone->memory->refs++;
        }

        return NGX_OK;
    }

    mem = ngx_http_news_take_zone(shm_zone, &size);
    if (mem == NULL) {
        return NGX_ERROR;
    }

    if (shm_zone->shm.exists
        && news_cache_open(&zone->cache, mem, size, -1) == 0)
    {
        return NGX_OK;
    }

    zone->memory = ngx_http_news_map(shm_zone, mem, size);

    seed = (uint64_t) ngx_random() << 42 ^ (uint64_t) ngx_random() << 21
           ^ (uint64_t) ngx_random() ^ (uintptr_t) mem;

    if (news_cache_create(&zone->cache, mem, size, zone->slots, seed,
                          zone->memory ? zone->memory->fd : -1)
        != 0)
    {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "zone \"%V\" is too small", &zone->name);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * All that the slab allocator has: a cache of whole pages is better off with
 * an allocator for pages, and one that stands a death at any instruction.
 */

static u_char *
ngx_http_news_take_zone(ngx_shm_zone_t *shm_zone, size_t *size)
{
    u_char           *mem;
    ngx_slab_pool_t  *shpool;

    shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (shpool->data) {
        mem = shpool->data;
        *size = shpool->end - mem;
        return mem;
    }

    *size = shpool->pfree << ngx_pagesize_shift;

    mem = ngx_slab_alloc(shpool, *size);
    if (mem == NULL) {
        return NULL;
    }

    shpool->data = mem;

    return mem;
}


/*
 * A file in memory in the place of memory without one, for sendfile(); the
 * cache does without where that cannot be had.
 */

static ngx_http_news_memory_t *
ngx_http_news_map(ngx_shm_zone_t *shm_zone, u_char *mem, size_t size)
{
#if (NGX_LINUX && defined MFD_CLOEXEC)

    ngx_fd_t                 fd;
    struct rlimit            rlmt;
    ngx_http_news_memory_t  *memory;

    /* growing a file past the limit is answered by a signal */

    if (getrlimit(RLIMIT_FSIZE, &rlmt) == -1 || rlmt.rlim_cur < size) {
        return NULL;
    }

    fd = memfd_create("news cache", MFD_CLOEXEC);

    if (fd == -1) {
        return NULL;
    }

    memory = ngx_alloc(sizeof(ngx_http_news_memory_t), shm_zone->shm.log);

    if (memory == NULL
        || ftruncate(fd, size) == -1
        || mmap(mem, size, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, fd, 0)
           == MAP_FAILED)
    {
        ngx_log_error(NGX_LOG_NOTICE, shm_zone->shm.log, ngx_errno,
                      "no memory file for zone \"%V\"", &shm_zone->shm.name);

        if (memory) {
            ngx_free(memory);
        }

        (void) ngx_close_file(fd);

        return NULL;
    }

    /* a part of a huge page cannot be taken away from what is being sent */

    (void) madvise(mem, size, MADV_NOHUGEPAGE);

    memory->fd = fd;
    memory->refs = 1;

    return memory;

#else

    return NULL;

#endif
}


/* the master keeps the file as long as a cycle uses the zone */

static void
ngx_http_news_cleanup_zone(void *data)
{
    ngx_http_news_zone_t *zone = data;

    ngx_http_news_memory_t  *memory;

    memory = zone->memory;

    if (memory == NULL || --memory->refs) {
        return;
    }

    (void) ngx_close_file(memory->fd);

    ngx_free(memory);
}


/* the slots of a process that ends in order are free at once */

void
ngx_http_news_exit_zones(ngx_cycle_t *cycle)
{
    ngx_http_news_zone_t       *zone;
    ngx_http_news_main_conf_t  *nmcf;

    nmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_news_module);

    for (zone = nmcf ? nmcf->zones : NULL; zone; zone = zone->next) {
        news_cache_detach(&zone->cache);
    }
}
