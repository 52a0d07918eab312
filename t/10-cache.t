#!/usr/bin/perl

# The cache: values, the order they go in, room for them, numbers.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('cache');
