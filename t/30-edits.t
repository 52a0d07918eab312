#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Articles that change while their pages are in the cache: edits, dates that
# pass, files that go and come, readers that are slow.

use warnings;
use strict;

use Digest::MD5 qw/ md5_hex /;
use FindBin;
use POSIX qw/ strftime /;
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();
my $root = $t->root();

$t->write_file('t.mustache', '{{title}}|{{{content}}}');
$t->write_file('empty.mustache', '');

my $inside = <<'EOF';
    root %%ROOT%%;
    news_render on;
    news_template t.mustache;
    add_header X-Cache $news_cache_status always;

    location /show/ { alias %%ROOT%%/; news_future show; }
    location /strict/ { alias %%ROOT%%/; news_strict on; }
    location /empty/ { alias %%ROOT%%/; news_template empty.mustache; }
    location /size/ { alias %%ROOT%%/; news_max_size 1k; }
    location /optional/ { alias %%ROOT%%/; news_front_matter optional; }
    location /slow/ { alias %%ROOT%%/; news_cache slow; }
    location /sendfile/ { alias %%ROOT%%/; news_cache slow; sendfile on; }
EOF

$t->conf(<<"EOF", workers => 2);
news_cache_zone zone=one:8m;
news_cache_zone zone=slow:4m;

server {
    listen %%PORT%%;
    listen %%PORT_2%% sndbuf=128k;
    news_cache one;
$inside
}

server {
    listen %%PORT_1%%;
$inside
    news_cache off;
}
EOF

sub iso {
	return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime($_[0]));
}

sub article {
	my ($name, $text, @fields) = @_;

	return $t->write($name, join("\n", '---', 'title: A', @fields, '---',
		$text, ''));
}

article('a.txt', 'one');
$t->run();

my $off = $t->at(1);


# an answer, which has to be the one without a cache

sub check {
	my ($uri, $name) = @_;
	my $r = $t->get($uri);
	my $s = $off->get($uri);

	is(answer($r), answer($s), $name);

	return $r;
}

sub answer {
	my ($r) = @_;

	return join "\n", $r->status(), map({ $r->header($_) =~ s/:\d+\b//r }
		'Content-Type', 'Content-Length', 'ETag', 'Location'),
		$r->header('Last-Modified'), $r->body();
}

sub digest {
	return length($_[0]) . ' ' . md5_hex($_[0]);
}

sub status {
	return $t->get($_[0])->status();
}

# the page of a file that will not change for now is there from now on

sub kept {
	my ($uri, $name) = @_;

	$t->settle();
	$t->get($uri);
	is($t->get($uri)->header('X-Cache'), 'HIT', $name || "$uri is kept");
}


# edits

kept('/a.txt');

article('a.txt', 'two');
$t->settle();

my $r = $t->get('/a.txt');

is($r->header('X-Cache'), 'EXPIRED', 'an edit');
is($r->body(), "A|<p>two</p>\n", 'an edit, the page');
kept('/a.txt', 'an edit, kept');

for my $n (10 .. 19) {
	kept('/a.txt', "before $n");
	article('a.txt', $n);
	is($t->get('/a.txt')->body(), "A|<p>$n</p>\n", "written anew, $n");
}

for my $n (20 .. 29) {
	kept('/a.txt', "before $n");
	rename article('new.txt', $n), "$root/a.txt";
	is($t->get('/a.txt')->body(), "A|<p>$n</p>\n", "replaced, $n");
}

# what is the same but for the time of the change of its inode

my $time = int time() - 100;

utime $time, $time, "$root/a.txt";

for my $n (30 .. 39) {
	kept('/a.txt', "before $n");
	overwrite("$root/a.txt", "---\ntitle: A\n---\n$n\n");
	utime $time, $time, "$root/a.txt";
	is($t->get('/a.txt')->body(), "A|<p>$n</p>\n", "the same date, $n");
}

# and but for the file

for my $n (40 .. 49) {
	kept('/a.txt', "before $n");
	article('new.txt', $n);
	utime $time, $time, "$root/new.txt";
	rename "$root/new.txt", "$root/a.txt";
	is($t->get('/a.txt')->body(), "A|<p>$n</p>\n", "replaced, as old, $n");
}

utime 1, 1, "$root/a.txt";
is($t->get('/a.txt')->header('Last-Modified'),
	$off->get('/a.txt')->header('Last-Modified'), 'a date alone');


# an article becomes none, and one again

for my $case (
	[ "plain plain plain plain\n", 'no article' ],
	[ "---\ntitle: A\n---\nTextual\n", 'an article' ],
	[ "plain plain plain plain?", 'no article again' ],
	[ "---\ntitle: A\n---\nText---\n", 'an article again' ],
	[ '', 'an empty file' ],
	[ "---\n---\n", 'empty front matter' ],
	[ '---', 'front matter that begins' ],
	[ "\n\n---\na: b\n---\n", 'front matter later' ],
	[ "x", 'one byte' ])
{
	my ($text, $name) = @$case;

	$t->write('turn.txt', $text);
	check($_, "$name, $_, at once") for qw{ /turn.txt /optional/turn.txt
		/empty/turn.txt };
	$t->settle();
	check($_, "$name, $_, kept") for qw{ /turn.txt /optional/turn.txt
		/empty/turn.txt } x 3;
}

article('turn.txt', 'x' x 2000);
$t->settle();

for my $size (10, 2000, 900, 2001) {
	article('turn.txt', 'x' x $size);
	check('/size/turn.txt', "$size bytes, at once");
	$t->settle();
	check('/size/turn.txt', "$size bytes, $_") for 1 .. 3;
}

article('turn.txt', '');
kept('/empty/turn.txt');
is($t->get('/empty/turn.txt')->header('Content-Length'), 0, 'an empty page');


# what it says of itself

for my $case (
	[ 'draft: true', 404 ], [ '', 200 ], [ 'published: false', 404 ],
	[ 'gone: true', 410 ], [ 'draft: no', 200 ], [ 'expires: 2001-01-01', 404 ],
	[ 'date: 2999-01-01', 404 ], [ 'date: 2001-01-01', 200 ],
	[ 'x: [1', 200 ], [ 'robots: noindex', 200 ] )
{
	my ($field, $status) = @$case;
	my $name = $field || 'nothing';

	article('says.txt', 'Text', $field);
	is(status('/says.txt'), $status, "$name, at once");
	$t->settle();

	for my $n (1 .. 3) {
		is(status('/says.txt'), $status, "$name, $n");
		check($_, "$name, $_, $n") for qw{ /says.txt /show/says.txt
			/strict/says.txt };
	}
}

is(status('/strict/broken.txt'), 404, 'not there yet');
article('broken.txt', 'Text', 'x: [1');
kept('/broken.txt');
is(status('/strict/broken.txt'), 500, 'strict');
is(status('/broken.txt'), 200, 'not strict');
is(status('/strict/broken.txt'), 500, 'strict again');


# dates that pass: never a second too early, nor too late

my $moment = int(time()) + 3;

article('embargo.txt', 'Text', 'date: ' . iso($moment));
article('expiring.txt', 'Text', 'expires: ' . iso($moment));
article('both.txt', 'Text', 'date: ' . iso($moment),
	'expires: ' . iso($moment + 1));
$t->settle();

my %after = ('/embargo.txt' => [ 404, 200, 200 ],
	'/expiring.txt' => [ 200, 404, 404 ], '/both.txt' => [ 404, 200, 404 ],
	'/show/embargo.txt' => [ 200, 200, 200 ]);
my (%wrong, %seen);

while ((my $before = time()) < $moment + 2) {
	for my $uri (keys %after) {
		my $start = time();
		my $status = status($uri);
		my $end = time();

		# a clock of seconds may be late by what a worker takes for a round

		for my $n (0 .. 2) {
			my $from = $n == 0 ? 0 : $moment + $n - 1 + 0.1;
			my $till = $n == 2 ? 1e12 : $moment + $n;

			next unless $start >= $from && $end < $till;

			$seen{$uri}{$n}++;
			$wrong{$uri}{$n}++ if $status != $after{$uri}[$n];
		}
	}

	sleep 0.02;
}

is_deeply(\%wrong, {}, 'dates, to the second');
is(keys %{$seen{$_}}, 3, "$_, before, between and after") for keys %after;

is($t->get('/embargo.txt')->body(), "A|<p>Text</p>\n", 'embargo, the page');
is($t->get('/embargo.txt')->header('X-Cache'), 'HIT', 'embargo, kept');


# files that go, come, may not be read

article('gone.txt', 'one');
kept('/gone.txt');
unlink "$root/gone.txt";
is(status('/gone.txt'), 404, 'deleted');
is(status('/gone.txt'), 404, 'deleted, again');
article('gone.txt', 'one');
is(status('/gone.txt'), 200, 'back');

kept('/gone.txt');

SKIP: {
	skip 'workers may read all', 9
		if `ps -o user= -p @{[ ($t->workers())[0] ]}` =~ /root/;

	chmod 0, "$root/gone.txt";
	is(status('/gone.txt'), 403, 'not readable');
	is(status('/gone.txt'), 403, 'not readable, again');
	chmod 0644, "$root/gone.txt";
	is(status('/gone.txt'), 200, 'readable');

	article('deep/er/a.txt', 'deep');
	kept('/deep/er/a.txt');
	chmod 0, "$root/deep";
	is(status('/deep/er/a.txt'), 403, 'a directory is closed');
	chmod 0755, "$root/deep";
	is(status('/deep/er/a.txt'), 200, 'a directory is open');
	is($t->get('/deep/er/a.txt')->header('X-Cache'), 'HIT', 'and kept');
	chmod 0700, "$root/deep/er";
	is(status('/deep/er/a.txt'), $off->get('/deep/er/a.txt')->status(),
		'a directory of one user');
	chmod 0755, "$root/deep/er";
	is(status('/deep/er/a.txt'), 200, 'a directory for all');
}

rename "$root/gone.txt", "$root/moved.txt";
is(status('/gone.txt'), 404, 'moved away');
is(status('/moved.txt'), 200, 'moved here');
rename "$root/moved.txt", "$root/gone.txt";
is(status('/gone.txt'), 200, 'moved back');

kept('/gone.txt');
unlink "$root/gone.txt";
mkdir "$root/gone.txt";
check('/gone.txt', 'a directory in its place') for 1 .. 2;
rmdir "$root/gone.txt";
check('/gone.txt', 'no directory') for 1 .. 2;

article('gone.txt', 'two');
kept('/gone.txt');
unlink "$root/gone.txt";
POSIX::mkfifo("$root/gone.txt", 0644);
$t->expect(qr/gone\.txt" is not a regular file/);
check('/gone.txt', 'a FIFO in its place') for 1 .. 2;
unlink "$root/gone.txt";

article('one.txt', 'one');
article('two.txt', 'two');
symlink 'one.txt', "$root/link.txt";
kept('/link.txt');
symlink 'two.txt', "$root/new-link";
rename "$root/new-link", "$root/link.txt";
is($t->get('/link.txt')->body(), "A|<p>two</p>\n", 'a link to another');
kept('/link.txt', 'a link to another, kept');
article('two.txt', 'three');
is($t->get('/link.txt')->body(), "A|<p>three</p>\n", 'the other is edited');
unlink "$root/two.txt";
is(status('/link.txt'), 404, 'a link to nothing');

article('first/a.txt', 'one');
article('second/a.txt', 'two');
symlink 'first', "$root/dir";
kept('/dir/a.txt');
symlink 'second', "$root/new-link";
rename "$root/new-link", "$root/dir";
is($t->get('/dir/a.txt')->body(), "A|<p>two</p>\n", 'a link to a directory');
kept('/dir/a.txt', 'a link to a directory, kept');


# a reader that takes its time has its page, whatever becomes of it

sub page {
	my ($letter) = @_;

	return join '', map { "<p>$letter $_ " . $letter x 80 . "</p>\n" }
		1 .. 15000;
}

sub large {
	my ($name, $letter) = @_;

	article($name, page($letter), 'format: html');
}

for my $way (qw/ slow sendfile /) {
	large('large.txt', 'a');
	kept("/$way/large.txt");

	my $expected = $off->get('/large.txt')->body();

	like($expected, qr/^A\|<p>a 1 a/, "$way, a page");
	cmp_ok(length $expected, '>', 1300000, "$way, a large page");

	my @readers = map { $t->at(2)->ask("/$way/large.txt") } 1 .. 4;

	# a part is there, so that it is being sent

	for (@readers) {
		sysread $_, my $start, 15;
		is($start, 'HTTP/1.1 200 OK', "$way, the page begins");
	}

	for my $letter ('b' .. 'g') {
		large('large.txt', $letter);
		$t->settle();

		my $now = digest($off->get('/large.txt')->body());

		isnt($now, digest($expected), "$way, another page");
		is(digest($t->get("/$way/large.txt")->body()), $now,
			"$way, the page of $letter") for 1 .. 2;

		for my $n (1 .. 3) {
			large("other-$n.txt", $letter);
			$t->settle();
			$t->get("/$way/other-$n.txt") for 1 .. 2;
		}
	}

	for my $n (0 .. $#readers) {
		my ($late) = $t->answer($readers[$n])->raw() =~ /\r\n\r\n(.*)\z/s;

		is(digest($late), digest($expected), "$way, reader $n has its page");
	}

	article("small-$way.txt", 'Text');
	kept("/$way/small-$way.txt", "$way, there is room");
}

$t->done();


sub overwrite {
	my ($path, $bytes) = @_;

	open my $fh, '+<:raw', $path or die "$path: $!\n";
	syswrite $fh, $bytes;
	close $fh;
}
