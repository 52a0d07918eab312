#!/usr/bin/perl

# gzip, br and zstd.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('pack');
