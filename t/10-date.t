#!/usr/bin/perl

# Dates in their spellings, zones, dates for people.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('date');
