#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The tokenizer, character references, kinds of URLs.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('html');
