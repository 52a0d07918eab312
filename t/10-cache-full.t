#!/usr/bin/perl

# Every step of adding a value to the cache fails for want of room in turn.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('cache-full');
