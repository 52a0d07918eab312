#!/usr/bin/perl

# Front matter: how it is found, values, mistakes and their place, limits.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('front');
