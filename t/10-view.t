#!/usr/bin/perl

# The names templates and JSON see, structured data, words by language.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('view');
