#!/usr/bin/perl

# The cache when a process is killed, or stands still, at any instruction.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('cache-steps');
