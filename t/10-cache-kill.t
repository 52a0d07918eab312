#!/usr/bin/perl

# The cache under processes that are killed all the time.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('cache-kill');
