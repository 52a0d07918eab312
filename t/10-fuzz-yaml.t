#!/usr/bin/perl

# The corpus of the fuzz target "yaml".

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_fuzz('yaml');
