#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The sanitizer on its corpus: twice is once, nothing but what is allowed.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_fuzz('sanitize');
