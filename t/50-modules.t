#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Articles with other modules: what they add, change, forbid and serve.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

$t->write_file('t.mustache', '{{title}}|{{{content}}}');
$t->write_file('empty.mustache', '');
$t->write_file('html.mustache', "<html><body>{{{content}}}</body></html>");
$t->write_file('users', "user:{PLAIN}pass\n");

$t->write('a.txt', "---\ntitle: A\n---\nText\n");
$t->write('b.txt', "---\ntitle: B\n---\n\xd0\x96 word\n");
$t->write('big.txt', "---\ntitle: Big\n---\n" . "word " x 60000);
$t->write('draft.txt', "---\ndraft: true\n---\nText\n");
$t->write('plain.txt', "plain\n");
$t->write('echo.txt', "---\ntitle: E\n---\n<!--#echo var=\"news_title\" -->\n");
$t->write('gz.txt', "---\ntitle: G\n---\nText\n");
$t->write('gz.txt.gz', 'compressed');
$t->write('none.txt.gz', 'compressed');
$t->write('dir/a.txt', "---\ntitle: A\n---\nText\n");
$t->write('news/index.txt', "---\ntitle: I\n---\nText\n");

$t->write('outer.html', '[<!--#include virtual="/a.txt" -->]'
	. '[<!--#include virtual="/empty/a.txt" -->]'
	. '[<!--#include virtual="/b.txt" -->]'
	. '[<!--#include virtual="/plain.txt" -->]'
	. '[<!--#include virtual="/big.txt" -->]'
	. '[<!--#include file="a.txt" -->]');
$t->write('drafts.html', '[<!--#include virtual="/draft.txt" -->]');

my $conf = <<'EOF';
charset_map koi8-r utf-8 {
    F6  D096;
}

server {
    listen %%PORT%%;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;
    index index.html index.txt;

    location /empty/ { alias %%ROOT%%/; news_template empty.mustache; }
    location /outer.html { ssi on; }
    location /drafts.html { ssi on; }

    location /ssi/ {
        alias %%ROOT%%/;
        news_html trust;
        ssi on;
    }

    location /sub/ {
        alias %%ROOT%%/;
        sub_filter Text 'Other text';
    }

    location /add/ {
        alias %%ROOT%%/;
        add_before_body /plain.txt;
        add_after_body /b.txt;
    }

    location /add-empty/ {
        alias %%ROOT%%/;
        news_template empty.mustache;
        add_before_body /a.txt;
        add_after_body /empty/a.txt;
    }

    location /koi8/ {
        alias %%ROOT%%/;
        charset koi8-r;
        override_charset on;
    }

    location /charset/ {
        alias %%ROOT%%/;
        charset koi8-r;
    }

    location /gzip/ {
        alias %%ROOT%%/;
        news_compress off;
        gzip on;
        gzip_min_length 0;
        gzip_vary on;
    }

    location /gunzip/ {
        proxy_pass http://%%PORT%%/gzip/;
        proxy_set_header Accept-Encoding gzip;
        proxy_http_version 1.1;
        gunzip on;
        root /nowhere;
    }

    location /static/ {
        alias %%ROOT%%/;
        gzip_static on;
    }

    location /auth/ {
        alias %%ROOT%%/;
        auth_basic closed;
        auth_basic_user_file %%DIR%%/users;
    }

    location /deny/ {
        alias %%ROOT%%/;
        deny all;
    }

    location /try/ {
        try_files $uri.txt $uri /fall;
    }

    location /fall {
        try_files /none /a.txt;
    }

    location /named/ {
        try_files $uri @named;
    }

    location @named {
        rewrite ^/named(/.*) $1 break;
    }

    location /dav/ {
        dav_methods PUT DELETE MKCOL COPY MOVE;
        create_full_put_path on;
    }

    location /list/ {
        alias %%ROOT%%/dir/;
        autoindex on;
    }

    location /news/ {
        autoindex on;
    }

    location /limit/ {
        alias %%ROOT%%/;
        limit_rate 100k;
    }

    location /mirror/ {
        alias %%ROOT%%/;
        mirror /a.txt;
    }

    location /request/ {
        alias %%ROOT%%/;
        auth_request /a.txt;
    }

    location /refused/ {
        alias %%ROOT%%/;
        auth_request /none-such.txt;
    }
}
EOF

my %option = (sub => 'http_sub_module', dav => 'http_dav_module',
	add => 'http_addition_module', gunzip => 'http_gunzip_module',
	static => 'http_gzip_static_module',
	request => 'http_auth_request_module');

my %has = map { $_ => $t->has($option{$_}) } keys %option;

$conf =~ s/^.*(?:sub_filter|create_full|dav_methods|add_(?:before|after)_body
	|gunzip\ on|gzip_static|auth_request).*\n//mgx
	unless 6 == grep { $_ } values %has;

mkdir $t->root() . '/dav';
chmod 0777, $t->root() . '/dav';

$t->conf($conf);
$t->run();


my $page = "A|<p>Text</p>\n";


# server side includes: several articles in one page, and within one

my $big = $t->get('/big.txt')->body();

is(length $big, 300000 + length("Big|<p></p>\n") - 1, 'large page');

is($t->get('/outer.html')->body(), "[$page][][B|<p>\xd0\x96 word</p>\n]"
	. "[plain\n][$big][$page]", 'includes');
is($t->head('/outer.html')->body(), '', 'includes, HEAD');
like($t->get('/drafts.html')->body(), qr/404 Not Found/, 'include of a draft');
unlike($t->get('/drafts.html')->body(), qr/Text/, 'draft is not seen');

my $r = $t->get('/ssi/echo.txt');

is($r->body(), "E|E\n", 'commands in an article, variable of its own');
is($r->header('Content-Length'), '', 'length is not known');
is($r->header('ETag'), '', 'nor a tag') if $r->header('ETag') !~ m{^W/};
is($r->header('Last-Modified'), '', 'nor a date');

is(($t->pipelined('/outer.html', '/a.txt'))[1]->body(), $page,
	'the next request of the connection');


# what changes the page

SKIP: {
	skip 'not every module is there', 40
		unless 6 == grep { $_ } values %has;

	$r = $t->get('/sub/a.txt');

	is($r->body(), "A|<p>Other text</p>\n", 'sub_filter');
	unlike($r->header('ETag'), qr/^"/, 'sub_filter, no strong tag');
	is($t->get('/sub/a.txt', 'Range: bytes=0-1')->status(), 200,
		'sub_filter, no ranges');

	is($t->get('/add/a.txt')->body(), "plain\n${page}B|<p>\xd0\x96 word</p>\n",
		'addition');
	is($t->get('/add-empty/a.txt')->body(), $page, 'addition, empty');

	is($t->get('/gunzip/a.txt')->body(), $page, 'gunzip');

	is($t->get('/static/gz.txt', 'Accept-Encoding: gzip')->body(),
		"G|<p>Text</p>\n", 'gzip_static comes later');
	is($t->get('/static/none.txt', 'Accept-Encoding: gzip')->body(),
		'compressed', 'gzip_static has what we have not');

	is($t->get('/request/a.txt')->body(), $page, 'auth_request, an article');
	is($t->get('/refused/a.txt')->status(), 500, 'auth_request, refused');

	# methods that another module serves

	my $article = "---\ntitle: P\n---\nPut\n";

	is($t->request('PUT', '/dav/p.txt', \$article)->status(), 201, 'PUT');
	is($t->get('/dav/p.txt')->body(), "P|<p>Put</p>\n", 'what was put');
	is($t->request('PUT', '/dav/p.txt', \$article)->status(), 204,
		'PUT over it');
	is($t->request('COPY', '/dav/p.txt', 'Destination: /dav/q.txt')->status(),
		204, 'COPY');
	is($t->get('/dav/q.txt')->body(), "P|<p>Put</p>\n", 'what was copied');

	$r = $t->request('POST', '/dav/p.txt', \'x');

	is($r->status(), 405, 'POST');
	is($r->header('Allow'), 'GET, HEAD', 'POST, allowed');

	is($t->request('DELETE', '/dav/p.txt')->status(), 204, 'DELETE');
	is($t->get('/dav/p.txt')->status(), 404, 'what was deleted');
	is($t->request('DELETE', '/a.txt')->status(), 405, 'DELETE elsewhere');
}


# charset

$r = $t->get('/koi8/b.txt');

is($r->header('Content-Type'), 'text/html; charset=koi8-r', 'koi8-r');
is($r->body(), "B|<p>\xf6 word</p>\n", 'koi8-r, the bytes');
is($t->get('/b.txt')->body(), "B|<p>\xd0\x96 word</p>\n",
	'nothing was written into shared bytes');
is($t->get('/charset/b.txt')->header('Content-Type'),
	'text/html; charset=utf-8', 'charset without override');


# gzip

$r = $t->get('/gzip/big.txt', 'Accept-Encoding: gzip');

is($r->header('Content-Encoding'), 'gzip', 'gzip');
is($r->header('Vary'), 'Accept-Encoding', 'gzip, Vary');
like($r->header('ETag'), qr{^W/"[0-9a-f]{32}"$}, 'gzip, weak tag');

{
	require IO::Uncompress::Gunzip;
	my $bytes = $r->body();

	IO::Uncompress::Gunzip::gunzip(\$bytes, \my $text);
	is($text, $big, 'gzip, the page');
}

is($t->get('/gzip/big.txt', 'Accept-Encoding: gzip',
	'If-None-Match: ' . $r->header('ETag'))->status(), 304, 'gzip, 304');


# access

is($t->get('/auth/a.txt')->status(), 401, 'auth_basic');
is($t->get('/auth/a.txt', 'Authorization: Basic dXNlcjpwYXNz')->body(), $page,
	'auth_basic, known');
is($t->get('/deny/a.txt')->status(), 403, 'deny');
is($t->request('POST', '/deny/a.txt', \'x')->status(), 403, 'deny, POST');


# try_files, mirror, limit_rate

is($t->get('/try/../try/a')->body(), $page, 'try_files, the last');
is($t->get('/named/a.txt')->body(), $page, 'named location');
is($t->get('/mirror/a.txt')->body(), $page, 'mirror');
is($t->get('/limit/big.txt', 'Range: bytes=0-50000')->body(),
	substr($big, 0, 50001), 'limit_rate');


# listings

like($t->get('/list/')->body(), qr{<a href="a\.txt">}, 'autoindex');
is($t->get('/list/a.txt')->body(), $page, 'article below autoindex');
is($t->get('/news/')->body(), "I|<p>Text</p>\n", 'index before autoindex');

$t->done();
