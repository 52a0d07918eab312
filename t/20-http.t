#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The rules of HTTP: headers, conditions, ranges, HEAD.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

$t->write_file('t.mustache', '{{title}}|{{> part}}|{{{content}}}');
$t->write_file('part.mustache', 'part');
$t->write_file('empty.mustache', '');
$t->write_file('one.mustache', 'x');

$t->write('a.txt', "---\ntitle: A\n---\nText\n");
$t->write('same.txt', "---\ntitle: 'A' # said otherwise\n---\n\n\nText\n");
$t->write('robots.txt', "---\ntitle: A\nrobots: \"noindex,\\r\\nX: y\"\n---\n");
$t->write('empty.html', '');
$t->write('big.txt', "---\ntitle: A\n---\n" . "word " x 100000);

$t->conf(<<'EOF');
server {
    listen %%PORT%%;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;

    location /empty/ { alias %%ROOT%%/; news_template empty.mustache; }
    location /one/ { alias %%ROOT%%/; news_template one.mustache; }
    location /noetag/ { alias %%ROOT%%/; etag off; }
    location /noranges/ { alias %%ROOT%%/; max_ranges 0; }
    location /again/ { alias %%ROOT%%/; }
}
EOF

my ($day, $later) = (1600000000, 1600000100);

utime $day, $day, $t->root() . '/a.txt', $t->dir() . '/t.mustache',
	$t->dir() . '/part.mustache';

$t->run();


my $page = "A|part|<p>Text</p>\n";
my $r = $t->get('/a.txt');
my $etag = $r->header('ETag');

is($r->body(), $page, 'page');
is($r->header('Content-Type'), 'text/html; charset=utf-8', 'type');
is($r->header('Content-Length'), length $page, 'length');
is($r->header('Last-Modified'), 'Sun, 13 Sep 2020 12:26:40 GMT', 'date');
is($r->header('Accept-Ranges'), 'bytes', 'ranges');
like($etag, qr/^"[0-9a-f]{32}"$/, 'strong entity tag');
is_deeply([ sort map { lc } $r->names() ], [ sort qw/ server date content-type
	content-length last-modified connection etag accept-ranges /,
	$t->uncached() ? () : 'vary' ], 'no other header');

is($t->get('/same.txt')->header('ETag'), $etag, 'tag of the bytes alone');
is($t->get('/again/a.txt')->header('ETag'), $etag, 'in another place');
isnt($t->get('/one/a.txt')->header('ETag'), $etag, 'of other bytes');


# HEAD

my $h = $t->head('/a.txt');

is($h->body(), '', 'HEAD');
is($h->header($_), $r->header($_), "HEAD, $_") for qw/ Content-Type
	Content-Length Last-Modified ETag Accept-Ranges /;


# conditions

my $date = $r->header('Last-Modified');

for my $case (
	[ 304, "If-None-Match: $etag" ],
	[ 304, 'If-None-Match: *' ],
	[ 304, "If-None-Match: \"x\", W/$etag" ],
	[ 304, "If-Modified-Since: $date" ],
	[ 304, "If-None-Match: $etag", "If-Modified-Since: $date" ],
	[ 200, 'If-None-Match: "x"' ],
	[ 200, 'If-None-Match: "x"', "If-Modified-Since: $date" ],
	[ 200, 'If-Modified-Since: Sun, 13 Sep 2020 12:26:39 GMT' ],
	[ 200, "If-Match: $etag" ],
	[ 200, 'If-Match: *' ],
	[ 412, 'If-Match: "x"' ],
	[ 200, "If-Unmodified-Since: $date" ],
	[ 412, 'If-Unmodified-Since: Sun, 13 Sep 2020 12:26:39 GMT' ])
{
	my ($status, @headers) = @$case;

	for my $method (qw/ GET HEAD /) {
		my $c = $t->request($method, '/a.txt', @headers);
		is($c->status(), $status, "$method, @headers");

		next if $status != 304;

		is($c->header('ETag'), $etag, "$method, tag");
		is($c->header('Last-Modified'), $date, "$method, date");
		is($c->body(), '', "$method, no body");
	}
}


# ranges

for my $case (
	[ 'bytes=0-0', 206, 'A', '0-0' ],
	[ 'bytes=2-5', 206, 'part', '2-5' ],
	[ 'bytes=-5', 206, "</p>\n", (length($page) - 5) . '-'
		. (length($page) - 1) ],
	[ 'bytes=2-', 206, substr($page, 2), '2-' . (length($page) - 1) ],
	[ 'bytes=0-9999', 206, $page, '0-' . (length($page) - 1) ])
{
	my ($range, $status, $body, $which) = @$case;
	my $c = $t->get('/a.txt', "Range: $range");

	is($c->status(), $status, $range);
	is($c->body(), $body, "$range, bytes");
	is($c->header('Content-Range'), "bytes $which/" . length $page,
		"$range, which");
	is($c->header('Content-Length'), length $body, "$range, length");
}

my $many = $t->get('/a.txt', 'Range: bytes=0-1,3-4');

is($many->status(), 206, 'several ranges');
like($many->header('Content-Type'), qr{^multipart/byteranges; boundary=},
	'several ranges, type');
like($many->body(), qr{\r\nContent-Type:\ text/html;\ charset=utf-8\r\n
	Content-Range:\ bytes\ 0-1/\d+\r\n\r\nA\|\r\n--.*
	Content-Range:\ bytes\ 3-4/\d+\r\n\r\nar\r\n--}sx,
	'several ranges, parts');

$many = $t->get('/a.txt', 'Range: bytes=9999-');

is($many->status(), 416, 'no such range');
is($many->header('Content-Range'), 'bytes */' . length $page,
	'no such range, length');

is($t->get('/a.txt', 'Range: bytes=0-0', "If-Range: $etag")->body(), 'A',
	'If-Range');
is($t->get('/a.txt', 'Range: bytes=0-0', 'If-Range: "x"')->body(), $page,
	'If-Range, another');
is($t->get('/noranges/a.txt', 'Range: bytes=0-0')->body(), $page,
	'max_ranges');


# no bytes, and one

for my $method (qw/ GET HEAD /) {
	$r = $t->request($method, '/empty/a.txt');

	is($r->status(), 200, "empty page, $method");
	is($r->header('Content-Length'), 0, "empty page, $method, length");
	is($r->body(), '', "empty page, $method, body");
}

is($t->get('/empty/a.txt', 'Range: bytes=0-0')->status(),
	$t->get('/empty.html', 'Range: bytes=0-0')->status(),
	'empty page, range, as of an empty file');
is($t->get('/one/a.txt')->body(), 'x', 'one byte');
is($t->get('/one/a.txt', 'Range: bytes=0-0')->body(), 'x',
	'one byte, range');


# etag off, robots

$r = $t->get('/noetag/a.txt');

is($r->header('ETag'), '', 'etag off');
is($r->header('Last-Modified'), $date, 'etag off, date');

$r = $t->get('/robots.txt');

is($r->header('X-Robots-Tag'), 'noindex,  X: y', 'X-Robots-Tag');
is($r->header('X'), '', 'X-Robots-Tag is one line');


# large, slowly, on one connection, to clients that leave

my $big = $t->get('/big.txt')->body();

is(length $big, 500000 + length("A|part|<p></p>\n") - 1, 'large');
is($t->slow('/big.txt', 20000, 0.005)->body(), $big, 'large, slowly');

my @pages = $t->pipelined('/a.txt', '/big.txt', '/empty/a.txt', '/a.txt');

is_deeply([ map { length $_->body() } @pages ],
	[ length $page, length $big, 0, length $page ], 'pipelined');

for (1 .. 5) {
	my $socket = $t->connect();

	print $socket "GET /big.txt HTTP/1.1\r\nHost: x\r\n\r\n";
	sysread $socket, my $bytes, 10;
	close $socket;
}

is($t->get('/a.txt')->body(), $page, 'after clients that left');


# the date moves with template and partial

utime $later, $later, $t->dir() . '/part.mustache';
$t->reload();
is($t->get('/a.txt')->header('Last-Modified'),
	'Sun, 13 Sep 2020 12:28:20 GMT', 'date of a partial');

utime $later + 100, $later + 100, $t->dir() . '/t.mustache';
$t->reload();
is($t->get('/a.txt')->header('Last-Modified'),
	'Sun, 13 Sep 2020 12:30:00 GMT', 'date of a template');
is($t->get('/a.txt')->header('ETag'), $etag, 'the bytes are the same');

$t->write_file('part.mustache', 'PART');
$t->reload();
is($t->get('/a.txt')->body(), "A|PART|<p>Text</p>\n", 'another partial');
isnt($t->get('/a.txt')->header('ETag'), $etag, 'another tag');

$t->done();
