#!/bin/sh

# Copyright (C) ngx_news_module authors

# t/nginx-tests.sh TESTS [WITHOUT WITH]
#
# nginx's own tests, run by an nginx without the module and by one with it at
# a time: a result that only the one with the module has is printed, and is a
# failure.  TESTS is a checkout of nginx-tests, as old as nginx is; WITHOUT
# and WITH are binaries that were built with the same options but for the
# module.  Without them Debian's nginx is taken, which loads the module.

set -eu

[ $# = 1 ] || [ $# = 3 ] || {
    echo "usage: $0 TESTS [WITHOUT WITH]" >&2
    exit 2
}

root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
auto=$root/ngx_news_module/auto
tests=$(cd -- "$1" && pwd -P)
rounds=5

# users' paths leave it out
PATH=$PATH:/usr/sbin:/sbin

globals=

if [ $# = 3 ]; then
    without=$2
    with=$3

else
    sh "$auto/install-debian" build run suite

    without=$(command -v nginx)
    with=$without
    globals="load_module $(sh "$auto/build-debian" "$root/t/build/module");"

    export TEST_NGINX_MODULES=/usr/lib/nginx/modules
fi

results=$(mktemp -d)
trap 'rm -rf -- "$results"' EXIT
trap 'exit 1' INT TERM HUP


# adds what each test of a file was, and the end of all

run() {
    status=0

    TEST_NGINX_BINARY=$1 TEST_NGINX_GLOBALS=$2 timeout 300 \
        perl -I "$tests/lib" "$tests/$3" > "$4.out" 2> "$4.err" || status=$?

    {
        sed -nE 's/^((not )?ok [0-9]+)( .*)?( # (skip|TODO)\>.*)?$/\1\4/ip
                 s/^1\.\..*/&/p' "$4.out"
        echo "exit $status"
    } >> "$4"
}


# what the second has and the first has not

news() {
    sort -u -- "$results/without" > "$results/known"
    sort -u -- "$results/with" | comm -13 "$results/known" -
}


failed=0
files=0
count=0

cd -- "$tests"

for file in *.t; do
    : > "$results/without"
    : > "$results/with"

    # those that are another way at times are run again

    for round in $(seq $rounds); do
        run "$without" '' "$file" "$results/without" &
        run "$with" "$globals" "$file" "$results/with"
        wait

        [ "$round" != 1 ] || count=$((count
            + $(grep -cE '^(not )?ok [0-9]+$' "$results/with" || true)))

        [ -n "$(news)" ] || break
    done

    files=$((files + 1))

    if [ -n "$(news)" ]; then
        failed=$((failed + 1))
        news | sed "s/^/$file: /"

    elif [ "$round" != 1 ]; then
        echo "$file: no difference after $round rounds"
    fi
done

echo "$files files, $count tests run, $failed differ"

[ $files -gt 0 ] && [ $count -gt 0 ] && [ $failed = 0 ]
