#!/bin/sh

# Copyright (C) ngx_news_module authors

# What a render costs: processor time of a whole page beside gumbo's parse of
# the same body alone and cmark's conversion of the same Markdown alone, in
# interleaved rounds of one process.
#
#     t/bench/render.sh [ARTICLE [MARKDOWN]]
#
# ARTICLE is one whose body is HTML throughout; without MARKDOWN some 200 KB
# are put together from the Markdown of the examples.

set -eu

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)

sh "$root/ngx_news_module/auto/install-debian" build bench

make -s -C "$root/t" lib

build=$root/t/build
article=${1:-$root/examples/zh/night-library.txt}
markdown=${2:-$build/bench.md}

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
