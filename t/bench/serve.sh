#!/bin/sh

# Copyright (C) ngx_news_module authors

# What an answer costs: processor time of the workers for a page of the module
# beside nginx's static file of the same bytes, in interleaved rounds.  Prints
# Markdown.
#
#     t/bench/serve.sh [--long] [--pin] [PART ...]
#
# PART is one of: small real large (hits of pages of 4 KB, of an article of
# the examples, of 200 KB), cold, memory, calls, latency; all without one.
# It takes about 8 minutes; with longer rounds, --long, 20.
#
# A worker that is quicker than wrk sleeps and wakes for every request, which
# costs as much as an answer and is paid by the quicker side.  With --pin both
# share a core, and what is measured is the work; that is also steady on a busy
# machine.
#
# TEST_NGINX_BINARY and TEST_NEWS_MODULE are as in t/run.sh; without them the
# module is built as for installation.

set -eu

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
auto=$root/ngx_news_module/auto

sh "$auto/install-debian" build run test bench

# users' paths leave it out
PATH=$PATH:/usr/sbin:/sbin

if [ -z "${TEST_NEWS_MODULE+set}${TEST_NGINX_BINARY:+set}" ]; then
    TEST_NEWS_MODULE=$(sh "$auto/build-debian" "$root/t/build/bench")
fi

export PATH TEST_NEWS_MODULE=${TEST_NEWS_MODULE-}

exec perl -I"$root/t/lib" -I"$root/t/bench" "$root/t/bench/serve.pl" "$@"
