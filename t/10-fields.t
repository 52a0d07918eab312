#!/usr/bin/perl

# The fields of a page as bytes.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('fields');
