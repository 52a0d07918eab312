#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# A wall clock that is set forward and back, by seconds and by years: dates of
# articles count as it says, and what is in the cache is neither old nor lost.

use warnings;
use strict;

use FindBin;
use POSIX qw/ strftime /;
use Test::More;
use Time::HiRes qw/ sleep /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $library = ($ENV{TEST_NEWS_BUILD} || "$FindBin::Bin/build") . '/clock.so';

plan(skip_all => 'the clock is not built') unless -f $library;

my $hour = 3600;
my $year = 365 * 24 * $hour;

my $t = News::Test->new();

$ENV{NEWS_CLOCK} = $t->write_file('clock', pack 'q', 0);
$ENV{TEST_NEWS_PRELOAD} = join ' ', grep { length }
	$ENV{TEST_NEWS_PRELOAD} || '', $library;

$t->write_file('t.mustache', '{{title}}|{{{content}}}');

$t->conf(<<'EOF');
news_cache_zone zone=one:4m;
news_cache_zone zone=two:4m;

server {
    listen %%PORT%% sndbuf=64k;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;
    news_compress off;
    news_cache one;
    add_header X-Cache $news_cache_status;

    location /two/ { news_cache two; }
    location /plain/ { alias %%ROOT%%/; news_render off; }
    location = /time { return 200 $msec; }
}
EOF

my $start = time();

sub article {
	my ($name, $text, @fields) = @_;

	$t->write("$name.txt", join "\n", '---', 'title: A', @fields, '---',
		$text, '');
}

sub iso {
	return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $start + $_[0]);
}

article('a', 'one');
article('edited', 0);
article('embargo', 'Text', 'date: ' . iso(1 * $hour));
article('expiring', 'Text', 'expires: ' . iso(2 * $hour));
article('between', 'Text', 'date: ' . iso(1 * $hour),
	'expires: ' . iso(2 * $hour));

$t->settle();
$t->run();


# in place, as the file is mapped

sub set {
	my ($shift) = @_;

	open my $fh, '+<:raw', $ENV{NEWS_CLOCK} or die "clock: $!\n";
	syswrite $fh, pack 'q', $shift;
	close $fh;

	$t->get('/time');

	cmp_ok(abs($t->get('/time')->body() - time() - $shift), '<', 60,
		"the clock is set: $shift");
}

my $edits = 0;

for my $shift (0, 1.5 * $hour, 0, 2.5 * $hour, 1.5 * $hour, -$hour,
	10 * $year, -10 * $year, 2 * $hour + 120, -5, 5, 1.1 * $hour, 0)
{
	my ($came, $went) = ($shift >= 1 * $hour, $shift >= 2 * $hour);

	set($shift);

	for my $n (1 .. 2) {
		is_deeply([ map { $t->get("/$_.txt")->status() }
			qw/ a embargo expiring between / ], [ 200, $came ? 200 : 404,
			$went ? 404 : 200, $came && !$went ? 200 : 404 ],
			"$shift: who is there, $n");

		article('edited', ++$edits);
		is($t->get('/edited.txt')->body(), "A|<p>$edits</p>\n",
			"$shift: an edit, $n");
		is($t->get('/edited.txt')->body(), "A|<p>$edits</p>\n",
			"$shift: an edit, $n, again");
	}

	$t->settle();

	# what has been written a moment ago is no more recent for a clock that
	# is hours away

	if (abs($shift) >= $hour) {
		$t->get('/edited.txt');
		is($t->get('/edited.txt')->header('X-Cache'),
			$t->uncached() ? 'BYPASS' : 'HIT', "$shift: it is kept");
	}

	my ($ours, $theirs) = map { $t->get("/$_.txt") } 'a', 'plain/a';

	is($ours->body(), "A|<p>one</p>\n", "$shift: an old page");
	is($ours->header('X-Cache'), 'HIT', "$shift: it was there all the time")
		if $edits > 2 && !$t->uncached();

	is($ours->header('Last-Modified'), $theirs->header('Last-Modified'),
		"$shift: the date of its file");
	is($t->get('/a.txt', 'If-Modified-Since: '
		. $ours->header('Last-Modified'))->status(), 304, "$shift: 304");
}


# What found no room is tried again after seconds, not when a clock that was
# wrong is right.

SKIP: {
	skip 'there is no cache', 4 if $t->uncached();

	my @names = map { "two/$_" } qw/ p q r s /;
	my @readers;

	article($_, "$_ " x 250000) for @names;

	set($year);
	$t->settle();

	for my $name (@names[0 .. 2]) {
		$t->get("/$name.txt");
		push @readers, $t->ask("/$name.txt");
		sysread $readers[-1], my $begin, 1000;
	}

	$t->get("/$names[3].txt");
	is($t->get("/$names[3].txt")->header('X-Cache'), 'BYPASS', 'no room');

	close $_ for @readers;
	set(0);

	ok($t->wait_for(sub {
		$t->get("/$names[3].txt")->header('X-Cache') eq 'HIT' }),
		'there is room');
}

$t->done();
