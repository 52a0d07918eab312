#!/usr/bin/perl

# Every allocation of the engine and of the libraries below it fails in turn,
# for small articles of every feature and for the examples.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('memory', grep { -s $_ } glob "$FindBin::Bin/../examples/*/*.txt");
