#!/usr/bin/perl

# The arena, buffers, strings, values, UTF-8 and escaping.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('arena');
