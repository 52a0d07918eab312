#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# What has the name of an article and is none is answered as a file is, and
# the text of a draft that takes its place in that moment is not out.

use warnings;
use strict;

use FindBin;
use Test::More;
use Time::HiRes qw/ sleep /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();
my $root = $t->root();

my $public = "No front matter.\n" x 400;
my $secret = 'Not to be seen.';
my $draft = "---\ntitle: T\ndraft: true\n---\n" . "$secret\n" x 300;

$t->write('letter.txt', $public);
$t->write('empty.txt', '');
$t->write('small.txt', "---\ntitle: S\n---\nText\n");
$t->write("$_.txt", $draft) for qw/ away dir letter-2 written held /;
$t->write('begun.txt', '');
$t->write('page.shtml', '<!--#include virtual="/empty.txt"-->'
	. '<!--#include virtual="/letter.txt"-->');
$t->write('parts.shtml', join '', map { "<!--#include virtual=\"$_\"-->" }
	qw{ /none.txt /big.txt /empty.txt /dir/none.txt /links/link.txt /loop.txt });
$t->write('a letter#.txt/x', 'x');
$t->write('indexed/letter.txt', $public);
symlink 'letter.txt', "$root/link.txt";
symlink 'loop.txt', "$root/loop.txt";
$t->write('big.txt', "---\ntitle: T\n---\n" . 'x' x 100000);
$t->write('locked.txt', $public);
chmod 0, "$root/locked.txt";
system('mkfifo', "$root/fifo.txt") == 0 or die "mkfifo failed\n";

my $common = <<'EOF';
    root %%ROOT%%;
    ssi on;
    directio 4k;
    expires 1h;

    location /off/ { alias %%ROOT%%/; log_not_found off; }
    location /links/ { alias %%ROOT%%/; disable_symlinks on; }
    location /indexed/ { index letter.txt; }
    location /error/ { error_page 404 /letter.txt; }
    location /error/kept/ { error_page 404 = /letter.txt; }
    location /error/none/ { error_page 404 /none.txt; }
    location /error/empty/ { error_page 404 /empty.txt; }
    location /error/directory/ { error_page 404 /a%20letter%23.txt; }

    location /cached/ {
        alias %%ROOT%%/;
        open_file_cache max=100;
        open_file_cache_valid 60s;
        open_file_cache_errors on;
    }
EOF

$t->conf(<<"EOF", workers => 2);
server {
    listen %%PORT%%;
    news_render on;
    news_max_size 64k;
$common
}

server {
    listen %%PORT_1%%;
$common
}

server {
    listen %%PORT_2%%;
    root %%ROOT%%;
    news_render on;
    news_max_size 64k;
    open_file_cache max=100;
    open_file_cache_valid 60s;
    open_file_cache_errors on;
}
EOF

$t->settle();
$t->run();


# all of an answer but for what differs from one to the next

sub answer {
	my ($at, $method, $uri, @headers) = @_;
	my $raw = $at->request($method, $uri, @headers)->raw();

	$raw =~ s/^(?:Date|Expires): .*\r\n//mg;
	$raw =~ s/127\.0\.0\.1:\d+|localhost:\d+/localhost/g;
	$raw =~ s/\b0{10,}\d+\b/0/g;

	return $raw;
}

sub complaint {
	my ($log) = @_;

	return join "\n",
		$log =~ /\[(?:error|crit|alert)\] \S+ \*\d+ (?!news: )(.*?), client:/g;
}

my $static = $t->at(1);
my ($etag) = answer($static, 'GET', '/letter.txt') =~ /^ETag: (.*)\r$/m;

$t->expect(qr/"$root\/fifo\.txt" is not a regular file/);

for my $case ([ 'GET', '/letter.txt' ], [ 'HEAD', '/letter.txt' ],
	[ 'GET', '/letter.txt', 'Range: bytes=5-20' ],
	[ 'GET', '/letter.txt', 'Range: bytes=100000-' ],
	[ 'GET', '/letter.txt', "If-None-Match: $etag" ],
	[ 'GET', '/letter.txt', 'If-Match: "x"' ],
	[ 'GET', '/letter.txt', "If-Range: $etag", 'Range: bytes=1-2,4-5' ],
	[ 'POST', '/letter.txt' ], [ 'DELETE', '/letter.txt' ],
	[ 'GET', '/letter.txt', \'a body that nobody reads' ],
	[ 'GET', '/empty.txt' ], [ 'HEAD', '/empty.txt' ],
	[ 'GET', '/page.shtml' ], [ 'GET', '/parts.shtml' ],
	[ 'GET', '/indexed/' ],
	[ 'GET', '/link.txt' ], [ 'GET', '/links/link.txt' ],
	[ 'GET', '/links/letter.txt' ], [ 'GET', '/links/none.txt' ],
	[ 'GET', '/loop.txt' ], [ 'GET', '/links/loop.txt' ],
	[ 'GET', '/error/x' ], [ 'HEAD', '/error/x' ],
	[ 'GET', '/error/x', 'Range: bytes=5-20' ], [ 'GET', '/error/kept/x' ],
	[ 'GET', '/error/none/x' ], [ 'GET', '/error/none/x.txt' ],
	[ 'GET', '/error/empty/x' ], [ 'GET', '/error/directory/x' ],
	[ 'GET', '/a%20letter%23.txt' ], [ 'GET', '/a%20letter%23.txt?b=%20c' ],
	[ 'GET', '/dir/none.txt' ], [ 'GET', '/off/none.txt' ],
	[ 'GET', '/letter.txt/none.txt' ], [ 'GET', '/' . 'x' x 300 . '.txt' ],
	[ 'GET', '/none.txt' ], [ 'HEAD', '/none.txt' ], [ 'POST', '/none.txt' ],
	[ 'GET', '/locked.txt' ], [ 'GET', '/fifo.txt' ],
	[ 'GET', '/big.txt' ], [ 'GET', '/cached/none.txt' ],
	[ 'GET', '/cached/letter.txt' ], [ 'GET', '/cached/link.txt' ],
	[ 'GET', '/cached/loop.txt' ], [ 'GET', '/cached/a%20letter%23.txt' ])
{
	my $name = substr(join(' ', map { ref ? 'body' : $_ } @$case), 0, 50);

	for my $n (1 .. 2) {
		my (@answers, @complaints);

		for my $at ($static, $t) {
			my $mark = $t->log_mark();

			push @answers, answer($at, @$case);
			push @complaints, complaint($t->log_since($mark));
		}

		is($answers[1], $answers[0], "$name $n: as a file");
		is($complaints[1], $complaints[0], "$name $n: and in the log");
	}
}

# a body that is none, which nobody reads, either; for an article, too

for my $name (qw/ letter.txt small.txt /) {
	my @status = map { $_->raw("GET /$name HTTP/1.1\r\nHost: localhost\r\n"
		. "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nx\r\n")
		->status() } $static, $t;

	is("@status", '400 400', "$name: a body of no chunks");
}

like(complaint($t->log()), qr/^open\(\) "\Q$root\E\/none\.txt" failed \(2: /m,
	'a file that is not there is told of');


# what is there changes all the time; what comes out is one or the other

sub swapped {
	my ($name, $allowed, @steps) = @_;
	my $end = $t->dir() . '/enough';

	my $writer = $t->background(sub {
		until (-e $end) {
			for my $step (@steps) {
				$step->();
				sleep 0.0003;
			}
		}
	});

	my @readers = map { $t->background(sub {
		my ($out) = @_;
		my $client = News::Test::Client->new($t);
		my %seen;

		for my $uri (("/$name") x 6000) {
			my $r = $client->get($uri);

			$seen{join ' ', $r->status(), $r->body() =~ /\A([^\r\n]{0,20})/}++;
		}

		print $out map { "$_\n" } keys %seen;
	}) } 1 .. 2;

	my %seen = map { s/\n//r => 1 } map { $_->() } @readers;

	$t->write_file('enough', '');
	$writer->();
	unlink $end;

	is_deeply([ sort keys %seen ], $allowed, "$name: one or the other");
}

my $not_found = '404 <html>';

swapped('away.txt', [ $not_found ],
	sub { rename "$root/away.txt", "$root/away" },
	sub { rename "$root/away", "$root/away.txt" });

swapped('dir.txt', [ '301 <html>', $not_found ],
	sub { rename "$root/dir.txt", "$root/away"; mkdir "$root/dir.txt" },
	sub { rmdir "$root/dir.txt"; rename "$root/away", "$root/dir.txt" });

rename "$root/letter-2.txt", "$root/draft";

sub put {
	my ($from) = @_;

	link "$root/$from", "$root/next";
	rename "$root/next", "$root/letter-2.txt";
	unlink "$root/next";
}

swapped('letter-2.txt', [ '200 No front matter.', $not_found ],
	sub { put('draft') }, sub { put('letter.txt') });

swapped('written.txt', [ '200 ', $not_found ], sub {
	open my $fh, '>:raw', "$root/written.txt" or die "written.txt: $!\n";
	sleep 0.0003;
	syswrite $fh, $draft;
});


# a file that was held open is not what was looked at, and the other way

sub shown {
	my ($uri) = @_;

	return scalar grep { $t->get($uri)->body() =~ /\Q$secret/ } 1 .. 8;
}

is(shown('/cached/held.txt'), 0, 'held: a draft');

$t->write('held.txt', $public);
$t->settle();

is($t->get('/held.txt')->body(), $public, 'held: a letter now');
is(shown('/cached/held.txt'), 0, 'held: the draft is not out');

mkdir "$root/became.txt";
is($t->at(2)->get('/became.txt')->status(), 301, 'became: a directory')
	for 1, 2;
rmdir "$root/became.txt";
$t->write('became.txt', $public);
$t->settle();

is($t->get('/became.txt')->body(), $public, 'became: a letter now') for 1 .. 3;
is($t->at(2)->get('/became.txt')->status(), 301, 'became: what is held')
	for 1, 2;

is($t->get('/cached/begun.txt')->body(), '', 'begun: empty') for 1 .. 3;

$t->write('begun.txt', $draft);
$t->settle();

is(shown('/cached/begun.txt'), 0, 'begun: a draft now');

$t->done();
