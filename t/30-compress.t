#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Content codings: which one, its bytes, and what goes with it.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;
use News::Unit;


my $t = News::Test->new();

# the tests are built with the libraries that the module is built with

my @has = grep {
	my $rc = system(unit_build() . "/unpack $_ < /dev/null");
	$rc >> 8 != 2;
} qw/ br zstd gzip /;

my %has = map { $_ => 1 } @has;

ok($has{gzip}, 'gzip is always there');

$t->write_file('t.mustache', "<h1>{{title}}</h1>\n{{{content}}}");
$t->write('a.txt', article('A', 200));
$t->write('b.txt', article('B', 200));
$t->write('large.txt', article('L', 6000));
$t->write('edit.txt', article('E', 200));
$t->write('small.txt', "---\ntitle: S\n---\nText\n");
$t->write('plain.txt', "plain\n");
$t->write('outer.html', '[<!--#include virtual="/a.txt" -->]');

my $conf = <<'EOF2';
gzip_min_length 0;
news_cache_zone zone=tiny:1m;

server {
    listen %%PORT_1%%;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;
    news_compress LIST;
    news_thread_pool off;
    open_file_cache max=10;
    open_file_cache_valid 60s;
}

server {
    listen %%PORT%%;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;
    news_compress LIST;

    location /default/ { alias %%ROOT%%/; }
    location /off/ { alias %%ROOT%%/; news_compress off; }
    location /gzip/ { alias %%ROOT%%/; news_compress gzip; }
    location /reversed/ { alias %%ROOT%%/; news_compress REVERSED; }
    location /vary/ { alias %%ROOT%%/; gzip_vary on; }
    location /source/ { alias %%ROOT%%/; news_source on; }
    location /source-vary/ { alias %%ROOT%%/; news_source on; gzip_vary on; }
    location /nocache/ { alias %%ROOT%%/; news_cache off; }
    location /alone/ { alias %%ROOT%%/; news_thread_pool off; }

    location /tiny/ {
        alias %%ROOT%%/;
        news_cache tiny;
        add_header X-Cache $news_cache_status;
    }

    location /own/ {
        alias %%ROOT%%/;
        news_compress off;
        gzip on;
        gzip_vary on;
    }

    location /both/ { alias %%ROOT%%/; gzip on; gzip_vary on; }
    location /both-off/ { alias %%ROOT%%/; gzip on; gzip_vary off; }

    location /gunzip/ { alias %%ROOT%%/; gunzip on; }

    location /proxy/ {
        proxy_pass http://%%PORT%%/gzip/;
        proxy_set_header Accept-Encoding gzip;
        proxy_http_version 1.1;
        gzip_proxied any;
        gunzip on;
        root /nowhere;
    }

    location /outer.html { ssi on; }
    location /ssi/ { alias %%ROOT%%/; ssi on; }
    location /ssi-gzip/ { alias %%ROOT%%/; ssi on; gzip on; }
    location /sub/ { alias %%ROOT%%/; sub_filter bridge tower; }
    location /sub/none/ { alias %%ROOT%%/; sub_filter_once off; }
    location /before/ { alias %%ROOT%%/; add_before_body /plain.txt; }
    location /after/ { alias %%ROOT%%/; add_after_body /plain.txt; }

    location /noetag/ { alias %%ROOT%%/; etag off; }
    location /noranges/ { alias %%ROOT%%/; max_ranges 0; }
    location /disable/ { alias %%ROOT%%/; gzip_disable Old; }
    location /msie6/ { alias %%ROOT%%/; gzip_disable msie6; }
    location /http10/ { alias %%ROOT%%/; gzip_http_version 1.0; }
    location /any/ { alias %%ROOT%%/; gzip_proxied any; }
    location /modified/ { alias %%ROOT%%/; gzip_proxied no_last_modified; }
    location /etag/ { alias %%ROOT%%/; gzip_proxied no_etag; }

    location /auth/ {
        alias %%ROOT%%/;
        gzip_proxied auth no_etag;
    }
}
EOF2

my $reversed = join ' ', reverse @has;

$conf =~ s/LIST/@has/g;
$conf =~ s/REVERSED/$reversed/;

for my $case (
	[ 'sub_filter', 'http_sub_module' ],
	[ 'add_', 'http_addition_module' ],
	[ 'gunzip', 'http_gunzip_module' ])
{
	my ($word, $module) = @$case;

	$conf =~ s/^ *(?:location\ .*\Q$word\E.*|\Q$word\E.*)\n//mg
		unless $t->has($module);
}

$t->conf($conf);
$t->run();
$t->settle();

my $page = $t->get('/off/a.txt')->body();

cmp_ok(length $page, '>', 10000, 'a page');
ready('/a.txt', $_) for @has;


# negotiation: what would be liked best, in order, of what may be built in

for my $case (
	[ '' ],
	[ '', '' ],
	[ '', 'deflate' ],
	[ '', 'compress, x-compress' ],
	[ 'gzip', 'gzip' ],
	[ 'gzip', 'gzip, deflate' ],
	[ 'br gzip', 'gzip, deflate, br' ],
	[ 'br zstd gzip', 'gzip, deflate, br, zstd' ],
	[ 'br', 'br' ],
	[ 'zstd', 'zstd' ],
	[ 'gzip', 'GZip' ],
	[ 'gzip', 'x-gzip' ],
	[ 'gzip', 'X-GZIP;Q=0.5' ],
	[ 'gzip', "gzip\t;\tq=0.5" ],
	[ 'gzip', ',, gzip ,' ],
	[ 'gzip', 'gzip;q=1.000, br;q=0.999, zstd;q=0.999' ],
	[ 'zstd gzip br', 'gzip;q=0.502, br;q=0.501, zstd;q=0.503' ],
	[ 'br zstd gzip', 'gzip;q=0.5, br;q=0.5, zstd;q=0.5' ],
	[ 'br gzip', 'gzip', 'br' ],
	[ 'gzip', 'deflate', 'identity;q=0.5', 'gzip' ],
	[ '', 'gzip', 'gzip;q=0' ],
	[ 'br gzip', 'gzip;q=0.1, br;q=0.5, gzip;q=0.9' ],
	[ '', 'x-gzip;q=0, gzip' ],
	[ '', 'gzip;q=0' ],
	[ '', 'gzip;q=0.0' ],
	[ '', 'gzip;q=0.000' ],
	[ 'gzip', 'gzip;q=0.001' ],
	[ 'gzip', 'gzip;q=1.' ],
	[ 'gzip', 'gzip;level=9' ],
	[ 'gzip', 'gzip;level=9;q=0.5 , br;q=0.4, zstd;q=0.4' ],
	[ '', 'gzip;level=9;q=0' ],
	[ '', 'gzip;q=1.001' ],
	[ '', 'gzip;q=2' ],
	[ '', 'gzip;q=0.0001' ],
	[ '', 'gzip;q=-1' ],
	[ '', 'gzip;q=x' ],
	[ '', 'gzip;q=' ],
	[ '', 'gzip;q' ],
	[ '', 'gzip q=1' ],
	[ '', 'gzipped, brr, b, r, zst, *x' ],
	[ 'br zstd gzip', '*' ],
	[ 'br zstd gzip', '*;q=0.1' ],
	[ 'br zstd', '*, gzip;q=0' ],
	[ '', '*;q=0' ],
	[ 'gzip', '*;q=0, gzip' ],
	[ 'gzip', 'br;q=0, zstd;q=0, *' ],
	[ 'gzip', 'gzip, *;q=0.5' ],
	[ '', 'identity' ],
	[ '', 'identity;q=0' ],
	[ '', 'identity, *;q=0' ],
	[ '', 'identity;q=1, gzip;q=0.5, br;q=0.5, zstd;q=0.999' ],
	[ 'gzip', 'identity;q=0.5, gzip;q=0.5' ],
	[ 'gzip', 'identity;q=0.5, gzip;q=0.501, br;q=0.499, zstd;q=0.4' ],
	[ 'gzip', 'identity;q=0, gzip;q=0.1' ])
{
	my ($liked, @values) = @$case;
	my ($want) = grep { $has{$_} } split ' ', $liked;
	my $r = get('/a.txt', @values);
	my $name = join ' + ', map { "'$_'" } @values;

	$name ||= 'no Accept-Encoding';

	is($r->header('Content-Encoding'), $want || '', "coding: $name");
	is(unpacked($r), $page, "page: $name");
	is_deeply([ $r->all('Vary') ], [ 'Accept-Encoding' ], "Vary: $name");
}

ready("/reversed/a.txt", $_) for @has;
is(get('/reversed/a.txt', '*')->header('Content-Encoding'), 'gzip',
	'the order of the configuration');
is(get('/gzip/a.txt', 'br, zstd')->header('Content-Encoding'), '',
	'a coding that is not on the list');
is(get('/off/a.txt', 'gzip')->header('Content-Encoding'), '', 'off');
is_deeply([ get('/off/a.txt', 'gzip')->all('Vary') ], [], 'off, no Vary');


# one coding: bytes, length, tag, conditions, ranges

my $plain = $t->get('/a.txt');
my %tags = ($plain->header('ETag') => 'identity');

for my $coding (@has) {
	my @accept = "Accept-Encoding: $coding";
	my $r = $t->get('/a.txt', @accept);
	my $bytes = $r->body();
	my $tag = $r->header('ETag');

	is($r->status(), 200, "$coding: status");
	is($r->header('Content-Type'), 'text/html; charset=utf-8',
		"$coding: type");
	is_deeply([ $r->all('Content-Encoding') ], [ $coding ],
		"$coding: said once");
	is($r->header('Content-Length'), length $bytes, "$coding: length");
	cmp_ok(length $bytes, '<', length($page) * 0.9, "$coding: smaller");
	is($r->header('Accept-Ranges'), 'bytes', "$coding: Accept-Ranges");
	is($r->header('Last-Modified'), $plain->header('Last-Modified'),
		"$coding: Last-Modified");
	like($tag, qr/^"[0-9a-f]{32}"$/, "$coding: strong tag");
	ok(!$tags{$tag}, "$coding: a tag of its own");
	is($t->get('/a.txt', @accept)->body(), $bytes, "$coding: the same again");

	my $head = $t->head('/a.txt', @accept);

	is($head->body(), '', "$coding: HEAD");
	is($head->header($_), $r->header($_), "$coding: HEAD, $_")
		for qw/ Content-Length Content-Encoding ETag Last-Modified /;
	is_deeply([ $head->all('Vary') ], [ 'Accept-Encoding' ],
		"$coding: HEAD, Vary");

	for my $method (qw/ GET HEAD /) {
		my $not = $t->request($method, '/a.txt', @accept,
			"If-None-Match: $tag");

		is($not->status(), 304, "$coding: 304 to $method");
		is($not->body(), '', "$coding: 304 to $method, no body");
		is($not->header('ETag'), $tag, "$coding: 304 to $method, tag");
		is($not->header('Content-Encoding'), '',
			"$coding: 304 to $method, no coding");
		is_deeply([ $not->all('Vary') ], [ 'Accept-Encoding' ],
			"$coding: 304 to $method, Vary");
	}

	is($t->get('/a.txt', @accept, "If-None-Match: W/$tag, \"x\"")->status(),
		304, "$coding: 304 to a list");
	is($t->get('/a.txt', @accept, 'If-Modified-Since: '
		. $r->header('Last-Modified'))->status(), 304, "$coding: 304, date");
	is($t->get('/a.txt', @accept, "If-Match: $tag")->status(), 200,
		"$coding: If-Match");
	is($t->get('/a.txt', "If-Match: $tag")->status(), 412,
		"$coding: no If-Match with identity");

	# of another coding

	for my $other (keys %tags) {
		is($t->get('/a.txt', @accept, "If-None-Match: $other")->status(),
			200, "$coding: not the tag of $tags{$other}");
		is($t->get('/a.txt', @accept, "If-Match: $other")->status(), 412,
			"$coding: no If-Match with $tags{$other}");
	}

	$tags{$tag} = $coding;

	# ranges are of the bytes sent

	my $part = $t->get('/a.txt', @accept, 'Range: bytes=10-109');

	is($part->status(), 206, "$coding: range");
	is($part->body(), substr($bytes, 10, 100), "$coding: range, bytes");
	is($part->header('Content-Range'), 'bytes 10-109/' . length $bytes,
		"$coding: Content-Range");
	is($part->header('Content-Encoding'), $coding, "$coding: range, coding");
	is($part->header('ETag'), $tag, "$coding: range, tag");
	is_deeply([ $part->all('Vary') ], [ 'Accept-Encoding' ],
		"$coding: range, Vary");

	is($t->get('/a.txt', @accept, 'Range: bytes=-7')->body(),
		substr($bytes, -7), "$coding: the end");
	is($t->get('/a.txt', @accept, 'Range: bytes=' . length($bytes) . '-')
		->status(), 416, "$coding: past the end");

	$part = $t->get('/a.txt', @accept, 'Range: bytes=0-4,20-29');

	is($part->status(), 206, "$coding: two ranges");
	like($part->body(), qr/\r\n\r\n\Q${\ substr $bytes, 0, 5}\E\r\n--/,
		"$coding: first of two");
	like($part->body(), qr/\r\n\r\n\Q${\ substr $bytes, 20, 10}\E\r\n--/,
		"$coding: second of two");

	is($t->get('/a.txt', @accept, 'Range: bytes=0-9', "If-Range: $tag")
		->status(), 206, "$coding: If-Range");
	is($t->get('/a.txt', @accept, 'Range: bytes=0-9',
		'If-Range: ' . $plain->header('ETag'))->status(), 200,
		"$coding: If-Range with the tag of identity");
}

is(scalar(keys %tags), 1 + @has, 'all tags differ');


# Vary, once, whatever was asked

for my $uri (map { ("/$_/a.txt", "/$_/small.txt") } qw/ default vary both
	both-off gzip gunzip /)
{
	next if $uri =~ /gunzip/ && !$t->has('http_gunzip_module');

	for my $method (qw/ GET HEAD /) {
		for my $value (undef, '', 'gzip', 'br', 'identity', 'gzip;q=0', '*') {
			my @accept = defined $value ? "Accept-Encoding: $value" : ();
			my $r = $t->request($method, $uri, @accept);
			my $name = "$method $uri, " . (@accept ? "'$value'" : 'none');

			is_deeply([ $r->all('Vary') ], [ 'Accept-Encoding' ],
				"Vary, $name");

			$r = $t->request($method, $uri, @accept,
				'If-Modified-Since: ' . $r->header('Last-Modified'));

			is($r->status(), 304, "304, $name");
			is_deeply([ $r->all('Vary') ], [ 'Accept-Encoding' ],
				"Vary, 304, $name");
		}
	}
}

for my $uri ('/source/a.txt', '/source-vary/a.txt') {
	for my $query ('', '?format=source', '?format=json') {
		my $r = $t->get("$uri$query");

		is(join(', ', sort map { split /, */ } $r->all('Vary')),
			'Accept, Accept-Encoding', "Vary, $uri$query");
		is(unpacked(get("$uri$query", 'gzip')), $r->body(),
			"$uri$query, gzip");
		isnt(get("$uri$query", 'gzip')->header('ETag'),
			$r->header('ETag'), "$uri$query, tag");
	}
}


# after more headers than nginx keeps in one piece

is($t->get('/a.txt', (map { "X-$_: 1" } 1 .. 30), 'Accept-Encoding: gzip')
	->header('Content-Encoding'), 'gzip', 'many headers');


# what is too short to be worth it, and what is large

is(get('/small.txt', '*')->header('Content-Encoding'), '', 'a small page');
is(get('/small.txt', '*')->body(), "<h1>S</h1>\n<p>Text</p>\n",
	'a small page, bytes');

my $large = $t->get('/off/large.txt')->body();

cmp_ok(length $large, '>', 400000, 'a large page');

# without threads a worker has no time for large ones

for my $coding (@has) {
	is(unpacked(get('/large.txt', $coding)), $large,
		"a large page, $coding, at first");
	ready('/large.txt', $coding) if $coding eq 'gzip' || $t->has('threads');
	is(unpacked(get('/large.txt', $coding)), $large, "a large page, $coding");
}

for my $coding (grep { $_ ne 'gzip' } @has) {
	for my $n (1 .. 3) {
		my $r = get('/alone/large.txt', $coding);

		is($r->header('Content-Encoding'), '', "without threads, $coding, $n");
		is($r->body(), $large, "without threads, $coding, $n: page");
	}

	is(get('/alone/large.txt', "$coding, gzip;q=0.5")
		->header('Content-Encoding'), 'gzip', "without threads, $coding or gzip");
	is(get('/alone/a.txt', $coding)->header('Content-Encoding'), $coding,
		"without threads, $coding, a page that is not large");
}


# what there is no page of, or another version, is not packed

SKIP: {
	skip 'gzip alone', 8 if $has[0] eq 'gzip';

	my $one = article('One', 200);

	$t->write('held.txt', $one);
	$t->settle();

	my $held = $t->get('/off/held.txt')->body();

	ready('/held.txt', 'gzip');
	is(unpacked(get('/held.txt', 'gzip')), $held, 'held: packed');

	$t->write('held.txt', article('Two', 200));
	$t->settle();

	like($t->get('/held.txt')->body(), qr{<h1>Two</h1>}, 'held: edited');

	my $r = $t->at(1)->get('/held.txt', "Accept-Encoding: $has[0], gzip");

	is($r->header('Content-Encoding'), 'gzip', 'held: what is known');
	is(unpacked($r), $held, 'held: of before, for a minute');

	$t->write("n/$_.txt", "---\ntitle: N\n---\n" . 'text ' x 1600) for 1 .. 200;
	$t->settle();
	ready('/tiny/b.txt', 'gzip');

	for my $n (1 .. 200) {
		$t->get("/tiny/n/$n.txt");
		get('/tiny/b.txt', 'gzip') if $n % 10 == 0;
	}

	$r = get('/tiny/b.txt', "$has[0], gzip;q=0.5");
	is($r->header('X-Cache') . ' ' . $r->header('Content-Encoding'),
		'HIT gzip', 'tiny: what is left');
	is(unpacked($r), $t->get('/off/b.txt')->body(), 'tiny: page');
	is($t->get('/tiny/b.txt')->header('X-Cache'), 'MISS',
		'tiny: there was no other');
}


# the first answer waits for no slow coding

for my $coding (grep { $_ ne 'gzip' } @has) {
	$t->write("first-$coding.txt", article($coding, 2000));
	$t->settle();

	my $r = get("/first-$coding.txt", "$coding, gzip;q=0.5");

	ok($r->header('Content-Encoding') eq 'gzip'
		|| $r->header('Content-Encoding') eq '', "$coding comes later");
	is(unpacked($r), $t->get("/off/first-$coding.txt")->body(),
		"$coding, the page meanwhile");

	ready("/first-$coding.txt", $coding) if $t->has('threads');
	is(unpacked(get("/first-$coding.txt", $coding)),
		$t->get("/first-$coding.txt")->body(), "$coding, the page then");
}


# a file that changed is never seen in an old coding

ready('/edit.txt', $_) for @has;

for my $n (1 .. 20) {
	my $text = article("E$n", 200);
	my @codings = (@has, 'identity');

	$t->write('edit.txt', $text);
	$t->settle() if $n % 2;

	my $r = get('/edit.txt', $codings[$n % @codings]);

	like(unpacked($r), qr{<h1>E$n</h1>}, "change $n");
}


# kept over a reload

ok($t->reload(), 'reload');
is(get('/a.txt', $_)->header('Content-Encoding'), $_, "$_ after a reload")
	for @has;


# nginx's own gzip

my $r = get('/own/a.txt', 'gzip, br');

is($r->header('Content-Encoding'), 'gzip', 'gzip on, news_compress off');
is($r->header('Content-Length'), '', 'gzip on, made for this answer');
like($r->header('ETag'), qr{^W/"}, 'gzip on, weak tag');
is_deeply([ $r->all('Vary') ], [ 'Accept-Encoding' ], 'gzip on, Vary');
is(unpacked($r), $page, 'gzip on, page');

for my $uri ('/both/a.txt', '/both-off/a.txt') {
	for my $coding (@has) {
		ready($uri, $coding);
		$r = get($uri, $coding);

		is_deeply([ $r->all('Content-Encoding') ], [ $coding ],
			"gzip on beside it, $uri, $coding");
		like($r->header('ETag'), qr/^"/, "one coding, $uri, $coding");
		is(unpacked($r), $page, "packed once, $uri, $coding");
	}

	$r = get($uri, 'identity;q=1, gzip;q=0.5');

	is($r->header('Content-Encoding'), '', "identity preferred, $uri");
	is($r->header('ETag'), $plain->header('ETag'), "its tag, $uri");
	is($r->body(), $page, "its bytes, $uri");
}


# gunzip

SKIP: {
	skip 'no gunzip module', 4 unless $t->has('http_gunzip_module');

	$r = $t->get('/gunzip/a.txt');
	is($r->header('Content-Encoding') . $r->body(), $page, 'gunzip on');
	is(get('/gunzip/a.txt', 'gzip')->header('Content-Encoding'), 'gzip',
		'gunzip on, gzip asked for');

	$r = $t->get('/proxy/a.txt');
	is($r->header('Content-Encoding') . $r->body(), $page,
		'unpacked for a client of a proxy');
	is(unpacked(get('/proxy/a.txt', 'gzip')), $page, 'through a proxy');
}


# pages that others change, and parts of pages

my @changed = ([ '/ssi/a.txt', $page ], [ '/outer.html', "[$page]" ]);

push @changed, [ '/sub/a.txt', $page =~ s/bridge/tower/r ]
	if $t->has('http_sub_module');
push @changed, [ '/before/a.txt', "plain\n$page" ],
	[ '/after/a.txt', "${page}plain\n" ] if $t->has('http_addition_module');

for my $case (@changed) {
	my ($uri, $want) = @$case;

	for my $n (1, 2) {
		$r = get($uri, '*');

		is($r->header('Content-Encoding'), '', "$uri, no coding, $n");
		is($r->body(), $want, "$uri, bytes, $n");
	}
}

$r = get('/ssi-gzip/a.txt', 'gzip');

is($r->header('Content-Encoding'), 'gzip', 'packed after it was changed');
is(unpacked($r), $page, 'packed after it was changed, page');

is(get('/sub/none/a.txt', 'gzip')->header('Content-Encoding'), 'gzip',
	'sub_filter_once changes nothing') if $t->has('http_sub_module');


# other directives

for my $coding (@has) {
	ready("/noetag/a.txt", $coding);
	$r = get('/noetag/a.txt', $coding);

	is($r->header('ETag'), '', "etag off, $coding");
	is(unpacked($r), $page, "etag off, $coding, page");
	is($t->get('/noetag/a.txt', "Accept-Encoding: $coding",
		'If-Modified-Since: ' . $r->header('Last-Modified'))->status(),
		304, "etag off, $coding, 304");

	ready("/noranges/a.txt", $coding);
	$r = $t->get('/noranges/a.txt', "Accept-Encoding: $coding",
		'Range: bytes=0-9');

	is($r->status(), 200, "max_ranges 0, $coding");
	is($r->header('Accept-Ranges'), '', "max_ranges 0, $coding, not said");
	is(unpacked($r), $page, "max_ranges 0, $coding, page");
}

my $msie6 = 'User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)';

for my $case (
	[ '', '/disable/a.txt', 'User-Agent: An old one' ],
	[ 'gzip', '/disable/a.txt', 'User-Agent: A new one' ],
	[ 'gzip', '/disable/a.txt' ],
	[ '', '/msie6/a.txt', $msie6 ],
	[ 'gzip', '/a.txt', $msie6 ],
	[ '', '/a.txt', 'Via: 1.1 x' ],
	[ 'gzip', '/any/a.txt', 'Via: 1.1 x' ],
	[ '', '/modified/a.txt', 'Via: 1.1 x' ],
	[ '', '/etag/a.txt', 'Via: 1.1 x' ],
	[ '', '/auth/a.txt', 'Via: 1.1 x' ],
	[ 'gzip', '/auth/a.txt', 'Via: 1.1 x', 'Authorization: Basic eDp5' ])
{
	my ($want, $uri, @headers) = @$case;

	$r = $t->get($uri, 'Accept-Encoding: gzip', @headers);

	is($r->header('Content-Encoding'), $want, "@$case[1 .. $#$case]");
	is(unpacked($r), $page, "@$case[1 .. $#$case], page");
	is_deeply([ $r->all('Vary') ], [ 'Accept-Encoding' ],
		"@$case[1 .. $#$case], Vary");
}

for my $case ([ '', '/a.txt' ], [ 'gzip', '/http10/a.txt' ]) {
	my ($want, $uri) = @$case;

	$r = $t->raw("GET $uri HTTP/1.0\r\nHost: localhost\r\n"
		. "Accept-Encoding: gzip\r\n\r\n");

	is($r->header('Content-Encoding'), $want, "HTTP/1.0, $uri");
	is(unpacked($r), $page, "HTTP/1.0, $uri, page");
}

for my $coding (@has, 'identity') {
	is(unpacked(get('/nocache/a.txt', $coding)), $page,
		"without a cache, $coding");
}


# the directive

for my $case (
	[ 'lz4', 'unknown coding "lz4" in "news_compress"' ],
	[ 'GZIP', 'unknown coding "GZIP"' ],
	[ '""', 'unknown coding ""' ],
	[ 'gzip gzip', 'duplicate coding "gzip"' ],
	[ 'off gzip', '"off" beside other parameters' ],
	[ 'gzip off', '"off" beside other parameters' ],
	[ 'off off', '"off" beside other parameters' ],
	[ 'off; news_compress gzip', 'is duplicate' ],
	[ '', 'invalid number of arguments' ],
	map { [ $_, "coding \"$_\" in \"news_compress\" was not built in" ] }
		grep { !$has{$_} } qw/ br zstd /)
{
	my ($value, $want) = @$case;
	my ($status, $text) = $t->conf_error("news_compress $value;");

	isnt($status, 0, "news_compress $value");
	like($text, qr/\[emerg\].*\Q$want\E/, "news_compress $value, said");
}

my ($status, $text) = $t->conf_error("news_compress off; server {"
	. " news_compress @has; location / { news_compress gzip; } }");

is($status, 0, "contexts of news_compress: $text");

$t->done();


# words that come again, but not all of them

sub article {
	my ($title, $lines) = @_;
	my @words = qw/ bridge river town train library tide night desk council
		harbour school winter market road year /;
	my $seed = 7;

	my $body = join "\n\n", map {
		join ' ', map {
			$seed = ($seed * 1103515245 + 12345) % 2147483648;
			$words[$seed / 65536 % @words] . ($seed % 7 ? '' : $seed % 1000)
		} 1 .. 12
	} 1 .. $lines;

	return "---\ntitle: $title\n---\nThe bridge. $body\n";
}


sub get {
	my ($uri, @values) = @_;

	return $t->get($uri, map { "Accept-Encoding: $_" } @values);
}


sub ready {
	my ($uri, $coding) = @_;

	ok($t->wait_for(sub {
		get($uri, $coding)->header('Content-Encoding') eq $coding
	}), "$uri is ready, $coding");
}


# what the body is when unpacked

sub unpacked {
	my ($r) = @_;
	my $coding = $r->header('Content-Encoding');

	return $r->body() if $coding eq '';

	my $file = $t->write_file('packed', $r->body());

	my $tool = unit_build() . '/unpack';
	my $text = `$tool $coding < $file`;

	return $? ? "not $coding" : $text;
}
