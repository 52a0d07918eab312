#!/bin/sh

# Copyright (C) ngx_news_module authors

# t/analyze.sh [file.c ...]
#
# Installs what is missing, and looks at engine, cache and glue, or at the
# files named, with the warnings of gcc and clang, with clang-tidy and with
# cppcheck.  Prints what they find; the exit status is 1 then.

set -eu

here=$(dirname -- "$(readlink -f -- "$0")")
news=$(dirname -- "$here")/ngx_news_module
build=$here/build-analyze
nginx=/usr/share/nginx/src/src

warnings="-Wall -Wextra -Wno-unused-parameter -Wshadow -Wstrict-prototypes \
    -Wmissing-prototypes -Wformat=2 -Wvla -Wdeclaration-after-statement \
    -Werror"

gcc="-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wnull-dereference"


# prints what a tool says where it is not content

run() {
    if ! said=$("$@" 2>&1); then
        printf '%s:\n%s\n' "$1" "$said"
        return 1
    fi
}


# Four tools over one file; clang-tidy has its checks from .clang-tidy.  It
# is given one file a run: with more it takes each va_list of all but the
# first for one without va_start().

look() {
    file=$1
    bad=0
    std=-std=c99
    flags="-D_GNU_SOURCE -DNEWS_HAVE_BROTLI=1 -DNEWS_HAVE_ZSTD=1 \
           -I$news/engine -I$news/cache"

    case $file in

    "$news"/nginx/*)
        std=-std=gnu11
        flags="$flags -I$news/nginx -I$build/module/objs"

        for folder in core event event/modules os/unix http http/modules \
                      http/v2
        do
            flags="$flags -I$nginx/$folder"
        done
        ;;

    esac

    run gcc -c -O2 -fPIC $std $flags $warnings $gcc -o /dev/null "$file" \
        || bad=1

    run clang -c -O2 -fPIC $std $flags $warnings -o /dev/null "$file" || bad=1
    run clang-tidy --quiet "$file" -- $std $flags || bad=1

    run cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
        --library=posix --library=gnu --enable=warning,portability \
        $flags "$file" || bad=1

    return $bad
}


# Each tool is shown a mistake first, which it has to find.

control() {
    cat > "$build/control/mistakes.c" <<'END'
int  news_mistake(int n);


int
news_mistake(int n)
{
    int  i, a[2];

    for (i = 0; i < 2; i++) {
        int  n = i;
        a[i] = n;
    }

    return a[2] + (n ? a[0] : a[0]);
}
END

    found=$(look "$build/control/mistakes.c" || true)

    for tool in gcc clang clang-tidy cppcheck; do
        if ! printf '%s\n' "$found" | grep -q "^$tool:"; then
            echo "$0: $tool does not find a mistake" >&2
            exit 1
        fi
    done
}


if [ "${1-}" = --look ]; then
    look "$2"
    exit
fi

if [ $# = 0 ]; then
    set -- "$news"/engine/*.c "$news"/cache/*.c "$news"/nginx/*.c
fi

mkdir -p -- "$build/control"

if ! readlink -ze -- "$@" > "$build/files"; then
    echo "$0: no such file among: $*" >&2
    exit 1
fi

sh "$news/auto/install-debian" build analyze

# for its ngx_auto_config.h

sh "$news/auto/build-debian" "$build/module" > /dev/null

control

echo "analyzing $# files ..." >&2

xargs -0 -n 1 -P "$(nproc)" sh "$here/analyze.sh" --look < "$build/files" \
    || exit 1
