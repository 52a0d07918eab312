#!/bin/sh

# Copyright (C) ngx_news_module authors

# Searches for inputs that cost much per byte, in each part of the engine or
# in those that are named, and prints the dearest with what they cost:
#
#     t/cost.sh [-t SECONDS] [-s SEED] [-n HOW_MANY] [PART ...]
#
# The seconds are of processor time, for each part.  A line that it prints is
# one for t/unit/cost.c.

set -eu

root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)

sh "$root/ngx_news_module/auto/install-debian" build

make -s -C "$root/t" "$root/t/build/cost"

exec "$root/t/build/cost" "$@"
