#!/bin/sh

# Copyright (C) ngx_news_module authors

# t/coverage.sh [-v] [argument of prove ...]
#
# Builds engine, cache and module for gcov, runs the tests, and prints how
# many of the lines were run, by file and in all; with -v also those that were
# not.  What a killed worker did is not counted: it writes no data.  t/style.t
# does not run: it would find the calls of gcov.

set -eu

cd -- "$(dirname -- "$0")/.."

tree=$(pwd -P)
auto=$tree/ngx_news_module/auto
build=$tree/t/build-cov
verbose=0

if [ "${1-}" = -v ]; then
    shift
    verbose=1
fi


# Workers of another user write where the compiler put the objects; a file
# that is there and empty is one without data.

prepare() {
    find "$build" -name '*.gcda' -delete

    find "$build" -name '*.gcno' | while read -r notes; do
        : > "${notes%.gcno}.gcda"
        chmod a+rw -- "${notes%.gcno}.gcda"
    done

    folder=$build

    while [ "$(id -u)" = 0 ] && [ "$folder" != / ]; do
        case $(stat -c %A -- "$folder") in
        *x | *t) ;;
        *) echo "$0: workers cannot write below $folder" >&2; exit 1 ;;
        esac

        folder=$(dirname -- "$folder")
    done
}


# each line of the sources with its count, from each object it is in

lines() {
    cd -- "$build"

    find . -name '*.gcda' | while read -r data; do
        gcov -t -o "$(dirname -- "$data")" "$data" 2>/dev/null || true
    done
}


table() {
    awk -F: -v verbose="$verbose" '
    $2 + 0 == 0 && $3 == "Source" {
        file = ""

        if (match($0, "/ngx_news_module/(engine|cache|nginx)/")) {
            file = substr($0, RSTART + length("/ngx_news_module/"))
        }

        next
    }

    file == "" || $1 ~ /^ *-$/ {
        next
    }

    {
        line = file SUBSEP ($2 + 0)

        if (!(line in runs)) {
            runs[line] = 0
            all[file]++
        }

        if ($1 !~ /[#=]/ && runs[line] == 0) {
            runs[line] = 1
            run[file]++
        }

        if (verbose) {
            text[line] = substr($0, length($1 ":" $2 ":") + 1)

            if (last[file] < $2 + 0) {
                last[file] = $2 + 0
            }
        }
    }

    function row(name, n, of) {
        printf format, name, of, n, n * 100 / of
    }

    END {
        sort = "sort -k 4,4n -k 1,1"
        format = "%-36s %6d %6d %6.1f %%\n"
        printf "%-36s %6s %6s\n", "file", "lines", "run"
        fflush()

        for (file in all) {
            part = file
            sub("/.*", "", part)

            part_all[part] += all[file]
            part_run[part] += run[file]
            sum_all += all[file]
            sum_run += run[file]

            printf format, file, all[file], run[file], \
                run[file] * 100 / all[file] | sort
        }

        close(sort)

        if (sum_all == 0) {
            exit 1
        }

        for (part in part_all) {
            row(part, part_run[part], part_all[part])
        }

        row("all", sum_run, sum_all)

        for (file in last) {
            for (n = 1; n <= last[file]; n++) {
                line = file SUBSEP n

                if (line in runs && runs[line] == 0) {
                    printf "%s:%d:%s\n", file, n, text[line]
                }
            }
        }
    }'
}


sh "$auto/install-debian" build run test

mkdir -p -- "$build"

echo "building the engine ..." >&2

if ! make -C t -j"$(nproc)" COVERAGE=1 > "$build/engine.log" 2>&1; then
    tail -n 40 "$build/engine.log" >&2
    exit 1
fi

TEST_NEWS_MODULE=$(sh "$auto/build-debian" "$build/module" \
                       --with-cc-opt="-g -O0 -fPIC --coverage" \
                       --with-ld-opt=--coverage)
TEST_NEWS_BUILD=$build
TEST_NEWS_COVERAGE=1

export TEST_NEWS_MODULE TEST_NEWS_BUILD TEST_NEWS_COVERAGE

tests=yes

for argument in "$@"; do
    if [ -e "$argument" ]; then
        tests=
    fi
done

prepare

status=0

prove -I t/lib -j2 "$@" ${tests:+t/[0-9]*.t} || status=$?

lines | table

exit $status
