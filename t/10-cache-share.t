#!/usr/bin/perl

# Values of the cache, pinned, sent, locked and left by several processes.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('cache-share');
