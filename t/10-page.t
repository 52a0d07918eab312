#!/usr/bin/perl

# A whole render: titles, bodies, problems, bounds, failing memory.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('page');
