#!/bin/sh

# Copyright (C) ngx_news_module authors

# What a render costs: processor time of a whole page beside gumbo's parse of
# the same body alone and cmark's conversion of the same Markdown alone, in
# interleaved rounds of one process.
#
#     t/bench/render.sh [ARTICLE [MARKDOWN]]
#
# ARTICLE is one whose body is HTML throughout.  Without them, 8 KB of HTML and
# 200 KB of Markdown are put together from the examples.

set -eu

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)

sh "$root/ngx_news_module/auto/install-debian" build bench

make -s -C "$root/t" lib

build=$root/t/build
article=${1:-$build/bench.txt}
markdown=${2:-$build/bench.md}

if [ $# -lt 1 ]; then
    from=$root/examples/zh/night-library.txt

    {
        awk '{ print } /^---/ && ++n == 2 { exit }' "$from"
        echo '<div>'

        for i in 1 2 3 4 5; do
            grep '^<p>' "$from"
        done

        echo '</div>'
    } > "$article"
fi

if [ $# -lt 2 ]; then
    : > "$markdown"

    while [ "$(wc -c < "$markdown")" -lt 200000 ]; do
        for file in en/tide-tables en/night-train zh/terraces fr/phare; do
            awk 'n >= 2; /^---[ \t]*$/ { n++ }' "$root/examples/$file.txt"
        done >> "$markdown"
    done
fi

cc -g -std=c99 -D_GNU_SOURCE -O2 -Wall -Wextra \
    -I"$root/ngx_news_module/engine" -o "$build/bench-render" \
    "$root/t/bench/render.c" "$build/libnews.a" \
    -lcmark -lyaml -lxxhash -lgumbo

exec "$build/bench-render" "$article" "$markdown"
