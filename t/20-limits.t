#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Articles made to cost time and memory.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

my $front = "---\ntitle: A\n---\n";

my %hostile = (
	images => '![[]()' x 80000,
	brackets => '[' x 500000,
	quotes => '> ' x 200000 . 'x',
	lists => join('', map { ' ' x $_ . "* a\n" } 0 .. 1500) . "\n" x 20000,
	divs => '<div>' x 200000,
	tags => '<b><p>' x 100000,
	entities => '&' x 1000000,
	attributes => '<p ' . join(' ', map { "a$_=1" } 1 .. 100000) . '>',
	emphasis => '*a_' x 100000,
	crs => '- ' x 2000 . "a\r" . "\r" x 2000000,
	nested => '1. ' x 800000 . "a\n" . "\n" x 1000000,
	zero => "\0" x 1000000,
	invalid => "\xff\xc0" x 500000,
);

my %yaml = (
	flow => 'x: ' . '[' x 60000,
	aliases => 'a: &a [x, x, x, x, x, x, x, x, x]' . join('', map {
		my $p = chr(ord('a') + $_ - 1);
		my $n = chr(ord('a') + $_);
		"\n$n: &$n [*$p, *$p, *$p, *$p, *$p, *$p, *$p, *$p, *$p]"
	} 1 .. 9),
	large => 'x: ' . 'y' x 70000,
	authors => "s: &s \"" . '<' x 30000 . "\"\nauthors: ["
		. '*s,' x 7000 . ']',
	deep => join("\n", map { ' ' x $_ . 'a:' } 0 .. 300),
);

$t->write("body/$_.txt", "$front$hostile{$_}\n") for keys %hostile;
$t->write("yaml/$_.txt", "---\ntitle: A\n$yaml{$_}\n---\nText\n")
	for keys %yaml;
$t->write('a.txt', "${front}Text\n");
$t->write('robots.txt.txt',
	"---\nrobots: noindex" . ', nofollow' x 5000 . "\n---\nText\n");

$t->site('');
$t->run();

# two seconds of a processor, which may be many of a clock; more with sanitizers

my $limit = $ENV{TEST_NEWS_SANITIZE} ? 30 : 6;

$News::Test::timeout = 120;


my @pid = $t->workers();

for my $name (sort keys %hostile) {
	my $mark = $t->log_mark();
	my $start = $t->cpu($pid[0]);
	my $r = $t->get("/body/$name.txt");

	cmp_ok($t->cpu($pid[0]) - $start, '<', $limit, "$name: time");
	is($r->status(), 200, "$name: status");
	like($r->body(), qr/^A\|/, "$name: page");
	is(length $r->body(), $r->header('Content-Length'), "$name: whole");

	my @lines = $t->log_since($mark) =~ /^(.*\bnews: .*)$/mg;

	if ($r->body() =~ /^A\|<pre/) {
		is(@lines, 1, "$name: one warning");
		like($lines[0], qr/\[warn\].* in ".*\/$name\.txt"/,
			"$name: its words");
	}

	my $text = $r->body();

	ok(utf8::decode($text), "$name: UTF-8");
}

for my $name (sort keys %yaml) {
	my $mark = $t->log_mark();
	my $r = $t->get("/yaml/$name.txt");

	is($r->body(), "A|<p>Text</p>\n", "$name: page");
	like($t->log_since($mark),
		qr/\[error\].*news: front matter: .* in ".*\/$name\.txt"/,
		"$name: what is said");
}

my $r = $t->get('/robots.txt.txt');

is($r->status(), 200, 'long robots: status');
is($r->header('X-Robots-Tag'), 'noindex', 'long robots: header');

is($t->get('/a.txt')->body(), "A|<p>Text</p>\n", 'goes on');
is_deeply([ $t->workers() ], \@pid, 'the same worker');

$t->done();
