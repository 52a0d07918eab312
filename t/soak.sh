#!/bin/sh

# Copyright (C) ngx_news_module authors

# t/soak.sh [MINUTES]
#
# Mixed load, edits, reloads, new binaries and kills on a build with
# sanitizers, for 30 minutes or as many as are given: see t/soak.pl.

set -eu

TEST_NEWS_SOAK=${1:-30}

# what is kept to find late uses would hide what grows

ASAN_OPTIONS=detect_odr_violation=0:quarantine_size_mb=16

export TEST_NEWS_SOAK ASAN_OPTIONS

cd -- "$(dirname -- "$0")/.."

exec sh t/run.sh --sanitize -j1 -v t/soak.pl
