#!/usr/bin/perl

# Encodings of the files.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('charset');
