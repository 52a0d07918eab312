#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The sanitizer: samples with their exact output, hostile inputs, memory.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('sanitize');
