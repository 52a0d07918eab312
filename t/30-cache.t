#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The page cache: its directives, what is a hit, and that a hit is the same
# answer in everything as one without a cache.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();


# mistakes

sub fails {
	my ($http, $pattern, $name) = @_;

	my ($status, $text) = $t->conf_error($http);

	isnt($status, 0, $name);
	like($text, $pattern, "$name, what is said");
}

sub passes {
	my ($http, $name) = @_;

	my ($status, $text) = $t->conf_error($http);

	is($status, 0, $name) or diag($text);
}

my $server = 'server { listen %%PORT%%; root %%ROOT%%; news_render on; }';

for my $case (
	[ 'zone=x:1k', qr/zone.*too small/, 'a small zone' ],
	[ 'zone=x:0', qr/zone/, 'a zone of nothing' ],
	[ 'zone=x:1q', qr/invalid.*"zone=x:1q"|invalid.*"x:1q"|invalid.*"1q"/,
		'a bad size' ],
	[ 'zone=x:-1m', qr/invalid/, 'a negative size' ],
	[ 'zone=x:', qr/invalid/, 'no size' ],
	[ 'zone=x', qr/invalid/, 'no colon' ],
	[ 'zone=:1m', qr/invalid/, 'no name' ],
	[ 'x:1m', qr/invalid/, 'no "zone="' ],
	[ 'zone=x:99999999999999999999m', qr/invalid/, 'a size past any' ],
	[ 'zone=x:1m zone=y:1m', qr/invalid|duplicate/, 'two in one' ],
	[ '', qr/invalid number of arguments/, 'no argument' ])
{
	my ($arguments, $pattern, $name) = @$case;

	fails("news_cache_zone $arguments; news_cache x; $server", $pattern, $name);
	fails("news_cache_zone $arguments; $server", $pattern, "$name, not used");
}

fails("news_cache none-such; $server", qr/"none-such"/, 'an unknown zone');
fails("$server server { listen %%PORT_1%%; news_render on;"
	. ' location / { news_cache none-such; } }', qr/"none-such"/,
	'an unknown zone, in a location');
fails("news_cache ''; $server", qr/news_cache|""/, 'a zone without a name');
fails("news_cache_zone zone=x:1m; news_cache_zone zone=x:1m; $server",
	qr/"x"/, 'a zone twice');
fails("news_cache_zone zone=x:1m; news_cache_zone zone=x:2m; $server",
	qr/"x"/, 'a zone twice, with another size');
fails("server { listen %%PORT%%; news_cache_zone zone=x:1m; }",
	qr/"news_cache_zone" directive is not allowed here/, 'in a server');
fails("server { listen %%PORT%%; location / { news_cache_zone zone=x:1m; } }",
	qr/"news_cache_zone" directive is not allowed here/, 'in a location');
fails("news_cache off; news_cache off; $server", qr/is duplicate/, 'off twice');
fails("news_cache_zone zone=x:1m; news_cache x; news_cache off; $server",
	qr/is duplicate/, 'both a zone and off');

my $limit = 'limit_req_zone $binary_remote_addr zone=x:1m rate=1r/s;';

fails("$limit news_cache_zone zone=x:1m; news_cache x; $server",
	qr/"x"/, "a zone of another module's");
fails("news_cache_zone zone=x:1m; news_cache x; $limit $server",
	qr/"x"/, "a zone of another module's, later");
fails("$limit news_cache x; $server", qr/"x"/, "a zone of no other's");

passes("news_cache_zone zone=x:1m; news_cache x; $server", 'a zone');
passes("news_cache x; $server news_cache_zone zone=x:1m;",
	'a zone that is named before');
passes("news_cache_zone zone=x:1m; $server", 'a zone that nobody uses');
passes("news_cache news; $server", 'the one there is');
passes("news_cache_zone zone=news:2m; $server", 'its size');
passes("news_cache off; $server", 'off');
passes('news_cache_zone zone=x:1m; server { listen %%PORT%%; news_render on;'
	. ' news_cache x; location / { news_cache off; } }', 'all contexts');


# what is served

my $front = "---\ntitle: A\n---\n";

$t->write_file('t.mustache', '{{title}}|{{> part}}|{{{content}}}');
$t->write_file('part.mustache', 'part');
$t->write_file('empty.mustache', '');

$t->write('a.txt', <<'EOF');
---
title: "A \x01\n title"
author: [One, Two]
date: 2021-07-30
headimg: /head.png
thumbnail: /thumb.png
categories: [x, y]
tags: [t, u]
robots: noindex
two-words: w
---
Text of the *article*
EOF

$t->write('b.txt', "---\ntitle: B\n---\n\xd0\x96 word\n");
$t->write('big.txt', "${front}" . join('', map { "word $_\n" } 1 .. 60000));
$t->write('huge.txt', "${front}" . join('', map { "word $_\n" } 1 .. 120000));
$t->write('plain.txt', "plain\n");
$t->write('empty.html', '');
$t->write('draft.txt', "---\ndraft: true\n---\nText\n");
$t->write('gone.txt', "---\ngone: true\n---\nText\n");
$t->write('broken.txt', "---\ntitle: A\nx: [1\n---\nText\n");
$t->write('broken2.txt', "---\ntitle: A\ndate: some day\n---\nText\n");
$t->write('404.txt', "---\ntitle: Not here\n---\nText\n");
$t->write('dir/index.txt', "${front}Index\n");
$t->write('echo.txt', "---\ntitle: E\n---\n<!--#echo var=\"arg_x\" -->\n");
$t->write('outer.html', '[<!--#include virtual="/a.txt" -->]'
	. '[<!--#include virtual="/big.txt" -->]'
	. '[<!--#include virtual="/b.txt" -->]'
	. '[<!--#include virtual="/empty/a.txt" -->]'
	. '[<!--#include virtual="/a.txt" -->]'
	. '[<!--#include virtual="/plain.txt" -->]');
$t->write("n/$_.txt", "---\ntitle: N$_\n---\nText $_\n") for 1 .. 20;

my $long = join '/', ('d' x 250) x 3;

$t->write("$long/$_.txt", "---\ntitle: L$_\n---\nText\n") for 1 .. 2;

my $inside = <<'EOF';
    root %%ROOT%%;
    index index.html index.txt;

    news_render on;
    news_template t.mustache;

    add_header X-Cache $news_cache_status always;
    add_header X-Title $news_title;
    add_header X-Author $news_author;
    add_header X-Date $news_date;
    add_header X-Headimg $news_headimg;
    add_header X-Thumbnail $news_thumbnail;
    add_header X-Categories $news_categories;
    add_header X-Tags $news_meta_tags;
    add_header X-Words $news_meta_two_words;
    add_header X-None $news_meta_none;

    location /empty/ { alias %%ROOT%%/; news_template empty.mustache; }
    location /outer.html { ssi on; }
    location /sendfile/ { alias %%ROOT%%/; sendfile on; tcp_nopush on; }
    location /chunks/ { alias %%ROOT%%/; sendfile on; sendfile_max_chunk 64k; }
    location /noetag/ { alias %%ROOT%%/; etag off; }
    location /noranges/ { alias %%ROOT%%/; max_ranges 0; }
    location /rate/ { alias %%ROOT%%/; limit_rate 4m; }
    location /redirect/ { rewrite ^/redirect/(.*) /$1 last; }
    location /break/ { rewrite ^/break/(.*) /$1 break; }
    location /try/ { try_files $uri.none /a.txt; }
    location /named/ { try_files /none @named; }
    location @named { rewrite ^/named(/.*) $1 break; }
    location /errors/ { error_page 404 /404.txt; }
    location /as-is/ { error_page 404 = /404.txt; }
    location /teapot { return 418; }
    error_page 418 /a.txt;

    location /dir/ { }

    location /ssi/ {
        alias %%ROOT%%/;
        news_html trust;
        ssi on;
    }

    location /koi8/ {
        alias %%ROOT%%/;
        charset koi8-r;
        override_charset on;
    }

    location /proxy/ {
        alias %%ROOT%%/;
        proxy_pass http://127.0.0.1:1/;
    }
EOF

my $conf = <<"EOF";
news_cache_zone zone=one:8m;
news_cache_zone zone=small:1m;

charset_map koi8-r utf-8 {
    F6  D096;
}

log_format cache '\$request_method \$uri \$status '
                 '\$news_cache_status|\$news_render_time|';
log_subrequest on;

server {
    listen %%PORT%%;
    access_log %%DIR%%/cache.log cache;
    news_cache one;
$inside

    location /off/ { alias %%ROOT%%/; news_cache off; }
    location /small/ { alias %%ROOT%%/; news_cache small; }
    location /built-in/ { alias %%ROOT%%/; news_cache news; }
}

server {
    listen %%PORT_1%%;
    news_cache off;
$inside

    location /small/ { alias %%ROOT%%/; }
}

server {
    listen %%PORT_2%%;
$inside
}
EOF

$t->conf($conf);
$t->settle();
$t->run();

my $off = $t->at(1);

sub logged {
	my ($mark) = @_;
	my @lines;

	$t->wait_for(sub {
		@lines = substr($t->read_file('cache.log'), $mark) =~ /^(.*\|)$/mg;
	});

	return @lines;
}

# the statuses of some requests, one after the other

sub seen {
	my ($name, $uri, @statuses) = @_;

	is_deeply([ map { $t->get($uri)->header('X-Cache') } @statuses ],
		\@statuses, $name);
}


# all of an answer that does not tell when it was made

sub all {
	my ($r) = @_;
	my ($boundary) = $r->header('Content-Type')
		=~ m{^multipart/byteranges; boundary=(\w+)$};
	my @headers = sort { $a cmp $b } map { "$_->[0]: $_->[1]" }
		grep { $_->[0] !~ /^(?:Date|X-Cache|Vary)$/ } @{$r->{headers}};
	my $text = join "\n", $r->status(), @headers, '', $r->body();

	$text =~ s/\Q$boundary\E/boundary/g if $boundary;

	return $text;
}


# one and the same in every way to ask

for my $case (
	[ '/a.txt' ], [ '/b.txt' ], [ '/big.txt' ], [ '/empty/a.txt' ],
	[ '/plain.txt' ], [ '/draft.txt' ], [ '/gone.txt' ], [ '/none.txt' ],
	[ '/a.txt?x=y' ], [ '/sendfile/a.txt' ], [ '/sendfile/big.txt' ],
	[ '/chunks/big.txt' ], [ '/noetag/a.txt' ], [ '/rate/b.txt' ],
	[ '/redirect/a.txt' ], [ '/break/a.txt' ], [ '/try/x' ],
	[ '/named/a.txt' ], [ '/errors/x' ], [ '/as-is/x' ], [ '/teapot' ],
	[ '/dir/' ], [ '/outer.html' ], [ '/ssi/echo.txt?x=1' ],
	[ '/ssi/echo.txt?x=2' ], [ '/koi8/b.txt' ], [ '/proxy/a.txt' ],
	[ '/errors/x', 'Range: bytes=0-1' ], [ '/errors/x', 'If-None-Match: *' ],
	[ '/a.txt', 'Range: bytes=0-3' ], [ '/a.txt', 'Range: bytes=-3' ],
	[ '/a.txt', 'Range: bytes=2-' ], [ '/a.txt', 'Range: bytes=99999999-' ],
	[ '/a.txt', 'Range: bytes=0-1,4-6,-2' ],
	[ '/big.txt', 'Range: bytes=100000-300000' ],
	[ '/big.txt', 'Range: bytes=1-70000,4000-4095,90000-400000' ],
	[ '/sendfile/big.txt', 'Range: bytes=4095-70001' ],
	[ '/sendfile/big.txt', 'Range: bytes=1-70000,4000-4095,90000-400000' ],
	[ '/empty/a.txt', 'Range: bytes=0-' ],
	[ '/noranges/a.txt', 'Range: bytes=0-1' ],
	[ '/a.txt', 'If-None-Match: *' ], [ '/a.txt', 'If-None-Match: "x"' ],
	[ '/a.txt', 'If-Match: *' ], [ '/a.txt', 'If-Match: "x"' ],
	[ '/a.txt', 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT' ],
	[ '/a.txt', 'If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT' ],
	[ '/a.txt', 'If-Range: "x"', 'Range: bytes=0-1' ])
{
	my ($uri, @headers) = @$case;

	for my $method (qw/ GET HEAD /) {
		my $name = join ' ', $method, $uri, @headers;
		my $expected = all($off->request($method, $uri, @headers));

		for my $n (1 .. 3) {
			is(all($t->request($method, $uri, @headers)), $expected,
				"$name, $n");
		}
	}
}

my $page = $t->get('/a.txt');

is($page->header('X-Cache'), 'HIT', 'a hit');
is($page->header('X-Robots-Tag'), 'noindex', 'a hit, robots');
is($page->header('X-Title'), 'A    title', 'a hit, $news_title');
is($page->header('X-Words'), 'w', 'a hit, $news_meta_two_words');

my $etag = $page->header('ETag');

for my $n (1 .. 2) {
	my $r = $t->get('/a.txt', "If-None-Match: $etag");

	is($r->status(), 304, "its own tag, $n");
	is($r->header('ETag'), $etag, "its own tag, $n, again");
	is($r->header('X-Cache'), 'HIT', "its own tag, $n, a hit");
	is($t->get('/a.txt', "If-Range: $etag", 'Range: bytes=0-3')->body(),
		substr($page->body(), 0, 4), "its own tag, $n, a range");
}

is($t->raw("GET /a.txt HTTP/1.0\r\n\r\n")->body(), $page->body(), 'HTTP/1.0');


# what is a hit

$t->settle();

seen('miss, hit', '/n/1.txt', qw/ MISS HIT HIT /);
seen('arguments are no other page', '/n/1.txt?a=b', 'HIT');

for my $n (1, 2) {
	seen("a long name, $n", "/$long/$n.txt", qw/ MISS HIT /);
	is($t->get("/$long/$n.txt")->header('X-Title'), "L$n", 'its own page');
}

seen('off', '/off/n/1.txt', qw/ BYPASS BYPASS /);
seen('another zone', '/small/n/1.txt', qw/ MISS HIT /);
seen('the built-in zone', '/built-in/n/1.txt', qw/ MISS HIT /);

is_deeply([ map { $t->at(2)->get('/n/1.txt')->header('X-Cache') } 1 .. 3 ],
	[ qw/ MISS HIT HIT / ], 'the built-in zone is there by default');
is($off->get('/n/1.txt')->header('X-Cache'), 'BYPASS', 'off in a server');

is($t->head('/n/2.txt')->header('X-Cache'), 'MISS', 'HEAD fills');
is($t->head('/n/2.txt')->header('X-Cache'), 'HIT', 'HEAD hits');
seen('after HEAD', '/n/2.txt', 'HIT');

is($t->get('/n/3.txt', 'Range: bytes=0-1')->header('X-Cache'), 'MISS',
	'a range fills');
is($t->get('/n/3.txt')->body(), $off->get('/n/3.txt')->body(),
	'and all of the page is there');

is($t->get('/n/4.txt', 'If-None-Match: *')->status(), 304,
	'a condition fills');
seen('after a condition', '/n/4.txt', 'HIT');

seen('after a redirect', '/redirect/n/4.txt', 'HIT');
seen('no article', '/plain.txt', '', '', '');
seen('no file', '/none.txt', '', '');
seen('a draft', '/draft.txt', '', '');

is($t->request('POST', '/n/1.txt', \'x')->status(), 405, 'POST to a hit');
is($t->request('POST', '/n/5.txt', \'x')->status(), 405, 'POST to a miss');
seen('after POST', '/n/5.txt', qw/ MISS HIT /);


# many on a connection

my @uris = map { "/n/$_.txt" } 1 .. 20, 1 .. 20;
my @responses = $t->pipelined(@uris, '/big.txt', @uris);

is(@responses, 81, 'pipelined');
is_deeply([ map { $_->body() } @responses ],
	[ map { $off->get($_)->body() } @uris, '/big.txt', @uris ],
	'pipelined, the pages');


# in the log: no time on a hit

my $mark = length $t->read_file('cache.log');

$t->get('/n/1.txt');
like((logged($mark))[0], qr{^GET /n/1\.txt 200 HIT\|-?\|$}, 'a hit, no time');

$mark = length $t->read_file('cache.log');
$t->get('/off/n/1.txt');
like((logged($mark))[0], qr{^GET /off/n/1\.txt 200 BYPASS\|\d+\.\d{3,}\|$},
	'not cached, a time');


# more than a zone can have

$t->get('/small/n/2.txt');
seen('a page larger than the zone', '/small/huge.txt', qw/ BYPASS BYPASS /);
is($t->get('/small/huge.txt')->body(), $off->get('/huge.txt')->body(),
	'a page larger than the zone, its bytes');
seen('it takes no room from others', '/small/n/2.txt', 'HIT');

is($t->get('/small/big.txt')->body(), $off->get('/big.txt')->body(),
	'a page of most of the zone');


# problems are told once

for my $name (qw/ broken broken2 /) {
	$mark = $t->log_mark();
	$t->write("new-$name.txt", $t->read_file("html/$name.txt"));

	for my $way ('as new', 'settled') {
		$t->settle() if $way eq 'settled';
		$t->get("/new-$name.txt") for 1 .. 4;
		$t->get("/empty/new-$name.txt") for 1 .. 2;
	}

	is(() = $t->log_since($mark) =~ /\bnews: /g, 1, "$name is told once");
}


# changes of the template need a reload, and are seen by all pages at once

my $plain = all($t->get('/n/6.txt'));

seen('before the reload', '/n/6.txt', 'HIT');
ok($t->reload(), 'reload');
seen('a reload alone changes nothing', '/n/6.txt', 'HIT');
is(all($t->get('/n/6.txt')), $plain, 'the same answer');

$t->write_file('part.mustache', 'PART');
seen('a template before the reload', '/n/6.txt', 'HIT');
ok($t->reload(), 'reload, another part');

my $r = $t->get('/n/6.txt');

is($r->header('X-Cache'), 'EXPIRED', 'another part');
is($r->body(), "N6|PART|<p>Text 6</p>\n", 'another part, the page');
seen('another part, again', '/n/6.txt', 'HIT');
is(all($t->get('/n/6.txt')), all($off->get('/n/6.txt')),
	'another part, the answer');
seen('a page with another template', '/empty/a.txt', 'HIT');

$t->write_file('t.mustache', '{{> part}}/{{{content}}}');
ok($t->reload(), 'reload, another template');
is($t->get('/n/6.txt')->body(), "PART/<p>Text 6</p>\n", 'another template');
seen('another template, again', '/n/6.txt', 'HIT');

$t->write_file('t.mustache', '{{title}}|{{> part}}|{{{content}}}');
$t->write_file('part.mustache', 'part');
ok($t->reload(), 'reload, the old template');
is($t->get('/n/6.txt')->body(), "N6|part|<p>Text 6</p>\n",
	'the old template');
seen('the old template, again', '/n/6.txt', 'HIT');


# a dead worker takes nothing along

my $bodies = join '', map { $t->get($_)->body() } @uris;

ok($t->kill_worker(), 'kill');
seen('a page of a dead worker', '/n/6.txt', 'HIT');
is(join('', map { $t->get($_)->body() } @uris), $bodies,
	'pages of a dead worker');


# zones of other sizes, with other names, without users

for my $size (qw/ 4m 1m 16m /) {
	(my $other = $conf) =~ s/zone=one:8m/zone=one:$size/;

	ok($t->reload($other), "reload, $size");
	seen("a zone of $size", '/n/7.txt', qw/ MISS HIT /);
	is(join('', map { $t->get($_)->body() } @uris), $bodies,
		"pages in a zone of $size");
}

(my $other = $conf) =~ s/zone=one:8m/zone=other:2m/;
$other =~ s/news_cache one;/news_cache other;/;

ok($t->reload($other), 'reload, another zone');
seen('another zone', '/n/7.txt', qw/ MISS HIT /);

$other =~ s/news_cache_zone zone=other:2m;//;
$other =~ s/news_cache other;/news_cache off;/;

ok($t->reload($other), 'reload, no zone');
seen('no zone', '/n/7.txt', qw/ BYPASS BYPASS /);

ok($t->reload($conf), 'reload, the first');
seen('the first again', '/n/7.txt', qw/ MISS HIT /);

$t->done();
