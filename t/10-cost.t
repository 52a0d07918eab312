#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Inputs that cost much: linear time, bounded memory.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Unit;

run_unit('cost');
