#!/bin/sh

# Copyright (C) ngx_news_module authors

# t/run.sh [--sanitize | --valgrind] [argument of prove ...]
#
# Installs what is missing, builds, runs the tests.  With --sanitize module
# and engine are built with AddressSanitizer and UBSan.  With --valgrind unit
# tests and nginx, master and workers, run under memcheck, and a test fails
# that reads what is not its own or was never written, or that leaks; memory
# of a pool counts as never written until it is, but what is past a piece of
# one is seen with TEST_NGINX_SRC only, and what a render left in its arena is
# not new to the next.  TEST_NGINX_SRC=DIR takes the nginx of that source tree,
# with the module built in, instead of Debian's.

set -eu

cd -- "$(dirname -- "$0")/.."

tree=$(pwd -P)
auto=$tree/ngx_news_module/auto

warnings="-Wall -Wextra -Wno-unused-parameter -Wshadow -Werror"

build=$tree/t/build
flags="-g -O2 -fPIC"
sanitize=
valgrind=

case ${1-} in

--sanitize)
    shift

    build=$tree/t/build-san
    sanitize=1
    flags="-g -O1 -fPIC -fno-omit-frame-pointer -fsanitize=address,undefined"
    ;;

--valgrind)
    shift

    valgrind="valgrind --quiet --vgdb=no --trace-children=yes --num-callers=20
              --leak-check=full --show-leak-kinds=definite
              --errors-for-leak-kinds=definite --error-exitcode=99
              --suppressions=$tree/t/valgrind.supp"
    ;;

esac


# a whole nginx, from a copy of its source

build_static() {
    rm -rf -- "$build/nginx"
    mkdir -p -- "$build/nginx"
    cp -R -- "$TEST_NGINX_SRC/." "$build/nginx"
    ln -sfn -- "$tree" "$build/tree"

    (
        cd -- "$build/nginx"
        rm -rf objs

        [ -x ./configure ] || ln -s auto/configure configure

        ./configure --with-debug --with-threads --with-compat \
            --with-cc="${CC:-cc}" \
            --with-cc-opt="$1" --with-ld-opt="${sanitize:+$2}" \
            --with-http_ssl_module --with-http_v2_module \
            --with-http_dav_module --with-http_sub_module \
            --with-http_addition_module --with-http_gunzip_module \
            --with-http_gzip_static_module --with-http_auth_request_module \
            --with-http_random_index_module --with-http_slice_module \
            --with-http_realip_module --with-http_stub_status_module \
            --add-module="$build/tree"

        exec make -j"$(nproc)"
    )
}


sh "$auto/install-debian" build run test ${valgrind:+valgrind}

mkdir -p -- "$build"

echo "building the engine ..." >&2

if ! make -C t -j"$(nproc)" ${sanitize:+SANITIZE=1} > "$build/engine.log" 2>&1
then
    tail -n 40 "$build/engine.log" >&2
    exit 1
fi

preload=
link=-fsanitize=address,undefined

if [ -n "${TEST_NGINX_SRC-}" ]; then

    # each piece of a pool is memory of its own

    if [ -n "$sanitize$valgrind" ]; then
        flags="$flags -DNGX_DEBUG_PALLOC=1"
    fi

    # these are for nginx itself

    if [ -n "$sanitize" ]; then
        flags="$flags -DNGX_HAVE_NONALIGNED=0 -fno-sanitize=nonnull-attribute"
    fi

    digest=$({
        echo "$TEST_NGINX_SRC ${CC-} $flags $warnings"
        cat -- "$TEST_NGINX_SRC/src/core/nginx.h"
        find config ngx_news_module -type f -exec sha256sum {} + | sort
    } | sha256sum)

    if [ "$digest" != "$(cat "$build/nginx.digest" 2>/dev/null)" ]; then
        echo "building nginx ..." >&2

        if ! build_static "$flags $warnings" "$link" \
             > "$build/nginx.log" 2>&1
        then
            tail -n 40 "$build/nginx.log" >&2
            exit 1
        fi

        echo "$digest" > "$build/nginx.digest"
    fi

    binary=$build/nginx/objs/nginx
    module=

else
    binary=
    module=$(sh "$auto/build-debian" "$build/module" \
                 --with-cc-opt="$flags $warnings" \
                 --with-ld-opt="${sanitize:+$link}")
fi

# before Debian's nginx, and before what a test preloads to any

if [ -n "$sanitize" ]; then
    for library in asan ubsan; do
        library=$("${CC:-cc}" -print-file-name="lib$library.so")
        preload="$preload${preload:+ }$(readlink -f "$library")"
    done
fi

TEST_NGINX_BINARY=${TEST_NGINX_BINARY-$binary}
TEST_NEWS_MODULE=$module
TEST_NEWS_PRELOAD=$preload
TEST_NEWS_BUILD=$build
TEST_NEWS_SANITIZE=$sanitize
TEST_NEWS_VALGRIND=$valgrind

export TEST_NGINX_BINARY TEST_NEWS_MODULE TEST_NEWS_PRELOAD TEST_NEWS_BUILD
export TEST_NEWS_SANITIZE TEST_NEWS_VALGRIND

if [ -n "$valgrind" ]; then
    TEST_NEWS_TIMEOUT=${TEST_NEWS_TIMEOUT-60}
    export TEST_NEWS_TIMEOUT
fi

# nginx and OpenSSL leave memory of their own when nginx exits; what we leave
# is told

if [ -n "$sanitize" ]; then
    {
        printf 'leak:^%s$\n' ngx_alloc ngx_calloc ngx_memalign \
            ngx_set_environment ngx_init_setproctitle
        printf 'leak:%s\n' libcrypto.so libssl.so
    } > "$build/leaks"

    ASAN_OPTIONS=${ASAN_OPTIONS-detect_odr_violation=0}
    LSAN_OPTIONS=${LSAN_OPTIONS-suppressions=$build/leaks:print_suppressions=0}
    UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}

    export ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS
fi

tests=yes

for argument in "$@"; do
    if [ -e "$argument" ]; then
        tests=
    fi
done

if [ -z "$tests" ]; then
    exec prove -I t/lib -j2 "$@"
fi

if [ -z "$valgrind" ]; then
    exec prove -I t/lib -j2 "$@" t/*.t
fi

# Some thirty times slower: not what measures time or memory, counts on clocks,
# is traced or killed while it runs, packs or sanitizes by the megabyte (the
# inputs of the fuzz targets do that), or needs no program of ours.

exec prove -I t/lib -j2 "$@" \
    t/10-arena.t t/10-cache.t t/10-charset.t t/10-date.t t/10-fields.t \
    t/10-front.t t/10-fuzz-*.t t/10-html.t t/10-markdown.t t/10-meta.t \
    t/10-page.t t/10-template.t t/10-text.t t/10-view.t \
    t/20-conf.t t/20-files.t t/20-handler.t t/20-http.t t/20-log.t \
    t/20-source.t t/20-variables.t t/20-visible.t \
    t/30-access.t t/30-cache.t t/30-compress.t t/30-keys.t t/30-status.t \
    t/50-modules.t t/50-ssl.t
