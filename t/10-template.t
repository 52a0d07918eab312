#!/usr/bin/perl

# Mustache: interpolation, sections, partials, delimiters, lines of their own,
# mistakes with their places, bounds.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('template');
