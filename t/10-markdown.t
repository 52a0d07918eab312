#!/usr/bin/perl

# Markdown: breaks, safe mode, bodies of HTML, bounds.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('markdown');
