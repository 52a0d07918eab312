#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# What is said in the error log, and how often.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

$t->write('broken.txt', "---\ntitle: A\nx: [1\n---\nText\n");
$t->write("con\nt\trol.txt", "---\ntitle: A\nx: [1\n---\nText\n");
$t->write('date.txt', "---\ntitle: A\ndate: some day\n---\nText\n");
$t->write('image.txt', "---\ntitle: A\nheadimg: 'javascript:x'\n---\nText\n");
$t->write('two.txt', "---\ndate: x\nexpires: y\n---\nText\n");
$t->write('fine.txt', "---\ntitle: A\n---\nText\n");

my $conf = <<'EOF';
server {
    listen %%PORT%%;
    root %%ROOT%%;
    news_render on;
    location /again/ { alias %%ROOT%%/; }
    location /quiet/ { alias %%ROOT%%/; error_log %%DIR%%/quiet.log error; }
}
EOF

$t->conf($conf, workers => 2);
$t->run();


sub lines {
	my @found = $t->log() =~ /^(.*\bnews: .*)$/mg;

	return @found;
}

sub since {
	my ($mark) = @_;

	my @found = $t->log_since($mark) =~ /^(.*\bnews: .*)$/mg;

	return @found;
}


# once a file, whatever worker, location, connection or reload

for (1 .. 20) {
	$t->get('/broken.txt');
	$t->get('/again/broken.txt');
	$t->head('/broken.txt');
}

my @lines = lines();

is(@lines, 1, 'one line');
like($lines[0], qr{ \[error\] .* news:\ front\ matter:\ [^"]+
	\ at\ line\ \d+,\ column\ \d+\ in\ "[^"]*/html/broken\.txt",\ client:}x,
	'its words');

ok($t->reload(), 'reload');
$t->get('/broken.txt') for 1 .. 4;
is(lines(), 1, 'one line after a reload');

$t->kill_worker();
$t->get('/broken.txt') for 1 .. 4;
is(lines(), 1, 'one line after a kill');


# again when the file has changed

my $mark = $t->log_mark();

utime 1, 1, $t->root() . '/broken.txt';
$t->get('/broken.txt') for 1 .. 4;
is(since($mark), 1, 'again when changed');

$mark = $t->log_mark();
rename $t->write('new', $t->read_file('html/broken.txt')),
	$t->root() . '/broken.txt';
$t->get('/broken.txt') for 1 .. 4;
is(since($mark), 1, 'again when replaced');


# warnings, several to a file

for my $case ([ 'date', 1 ], [ 'image', 1 ], [ 'two', 2 ], [ 'fine', 0 ]) {
	my ($name, $n) = @$case;

	$mark = $t->log_mark();
	$t->get("/$name.txt") for 1 .. 3;

	my @found = since($mark);

	is(@found, $n, "$name: lines");
	like($_, qr/ \[warn\] .* news: .* in ".*\/$name\.txt"/, "$name: warning")
		for @found;
}


# what a log is too quiet for has not been told

$mark = $t->log_mark();
utime 2, 2, $t->root() . '/date.txt';

$t->get('/quiet/date.txt');
unlike($t->read_file('quiet.log'), qr/news:/, 'quiet');
$t->get('/date.txt');
is(since($mark), 1, 'told where it is to be told');

utime 2, 2, $t->root() . '/broken.txt';
$t->get('/quiet/broken.txt');
like($t->read_file('quiet.log'), qr/news: front matter: /,
	'a mistake is told at the default level');


# names

$mark = $t->log_mark();
$t->get('/con%0At%09rol.txt');

my @found = since($mark);

is(@found, 1, 'control characters');
like($found[0], qr/in "[^"]*con t rol\.txt"/, 'control characters are gone');


# more files than there is memory for are told of too, once in a while again

$mark = $t->log_mark();

for my $n (1 .. 300) {
	$t->write("many/$n.txt", "---\ndate: x\n---\n");
	$t->get("/many/$n.txt");
}

is(since($mark), 300, 'many files');
$mark = $t->log_mark();
$t->get("/many/$_.txt") for 1 .. 300;
is(since($mark), 0, 'many files, known');

$t->done();
