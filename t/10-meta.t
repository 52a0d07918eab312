#!/usr/bin/perl

# Fields of an article.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('meta');
