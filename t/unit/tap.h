
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _TAP_H_INCLUDED_
#define _TAP_H_INCLUDED_


/*
 * Test Anything Protocol for unit tests: ok(), is_str(), is_int(), and
 * "return done();" at the end of main().
 */

#include <stdarg.h>
#include <stdio.h>

#include "news_buf.h"


static int  tap_run;
static int  tap_failed;


static inline int tap_ok(int pass, const char *file, int line,
    const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));


static inline int
tap_ok(int pass, const char *file, int line, const char *fmt, ...)
{
    va_list  args;

    printf("%sok %d - ", pass ? "" : "not ", ++tap_run);

    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);

    printf("\n");

    if (!pass) {
        printf("#   at %s line %d\n", file, line);
        tap_failed++;
    }

    return pass;
}


static inline void
tap_is_str(news_str_t got, news_str_t want, const char *file, int line,
    const char *name)
{
    if (!tap_ok(news_str_eq(got, want), file, line, "%s", name)) {
        printf("#      got: '%.*s'\n", (int) got.len,
               got.data ? (const char *) got.data : "");
        printf("# expected: '%.*s'\n", (int) want.len,
               want.data ? (const char *) want.data : "");
    }
}


static inline void
tap_is_int(long long got, long long want, const char *file, int line,
    const char *name)
{
    if (!tap_ok(got == want, file, line, "%s", name)) {
        printf("#      got: %lld\n# expected: %lld\n", got, want);
    }
}


#define ok(pass, ...)  tap_ok((pass) != 0, __FILE__, __LINE__, __VA_ARGS__)

#define is_str(got, want, name)                                              \
    tap_is_str(got, news_str(want), __FILE__, __LINE__, name)

#define is_int(got, want, name)                                              \
    tap_is_int((long long) (got), (long long) (want), __FILE__, __LINE__,    \
               name)


static inline int
done(void)
{
    printf("1..%d\n", tap_run);

    return tap_failed != 0 || tap_run == 0;
}


#endif /* _TAP_H_INCLUDED_ */
