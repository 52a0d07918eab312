#!/usr/bin/perl

# Words, descriptions, headings.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('text');
