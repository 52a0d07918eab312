#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Which requests are for articles, and what the others get.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();
my $long = 'x' x 300;

$t->write_file('t.mustache', "{{title}}|{{{content}}}");

my $article = "---\ntitle: A\n---\nText\n";
my $page = "A|<p>Text</p>\n";

$t->write($_, $article) for
	'a.txt', 'b.news', 'c.TXT', 'd.md', 'e.txt.bak', '.txt', 'sub/x.txt',
	'sub/robots.txt', '.well-known/x.txt', 'robots.txt', 'dir.txt/in.txt',
	'a b+c.txt', 'index/index.txt', 'both/index.txt', '文.txt';

$t->write('both/index.html', 'html');
$t->write('none.txt', "plain\n");
$t->write('unclosed.txt', "---\ntitle: A\n");
$t->write('dashes.txt', "--- \ntitle: A\n... \r\nText\n");
$t->write('blank.txt', "\xef\xbb\xbf\n \t\r\n---\r\ntitle: A\r\n---\r\nText\r\n");
$t->write('cr.txt', "---\rtitle: A\r---\rText\r");
$t->write('empty.txt', '');
$t->write('one.txt', '-');
$t->write('closed.txt', "---\n---\nText\n");
$t->write('late.txt', ("\n" x 5000) . $article);
$t->write('late-none.txt', ("\n" x 5000) . "plain\n");
$t->write('secret.txt', $article);
$t->write("size/$_.txt", $article . ' ' x ($_ - length $article))
	for 1023, 1024, 1025;
$t->write('size/none.txt', 'y' x 2000);

chmod 0, $t->root() . '/secret.txt';
system('mkfifo', $t->root() . '/fifo.txt') == 0 or die "mkfifo\n";

$t->conf(<<'EOF');
server {
    listen %%PORT%%;
    root %%ROOT%%;
    index index.html index.txt;

    news_render on;
    news_template t.mustache;
    error_page 418 /a.txt;

    location /md/ {
        alias %%ROOT%%/;
        news_suffix .md .news;
    }

    location /all/ {
        alias %%ROOT%%/;
        news_front_matter optional;
    }

    location /.well-known/ {
        news_front_matter optional;
    }

    location /off/ {
        alias %%ROOT%%/;
        news_render off;
    }

    location /size/ {
        news_max_size 1k;
    }

    location /proxy/ {
        alias %%ROOT%%/;
        proxy_pass http://%%PORT_1%%/;
    }

    location /rewrite/ {
        rewrite ^/rewrite/(.*) /$1 last;
    }

    location /try/ {
        try_files $uri /a.txt;
    }

    location /teapot {
        return 418;
    }

    location /inside/ {
        internal;
        alias %%ROOT%%/;
    }
}

server {
    listen %%PORT_1%%;

    location / {
        return 200 "backend $request_method $uri";
    }
}
EOF

$t->run();


# articles

for my $uri (qw{ /a.txt /dashes.txt /blank.txt /sub/x.txt /.txt /robots.txt
	/late.txt /dir.txt/in.txt /a%20b+c.txt /%E6%96%87.txt /a.txt?x=y
	/rewrite/a.txt /try/none-such.txt /all/a.txt /md/b.news /md/d.md })
{
	is($t->get($uri)->body(), $page, $uri);
}

is($t->get('/closed.txt')->body(), "closed|<p>Text</p>\n", 'empty mapping');


# index

is($t->get('/index/')->body(), $page, 'index');
is($t->get('/both/')->body(), 'html', 'index.html comes first');
is($t->get('/both/index.txt')->body(), $page, 'index.txt beside it');


# any other file goes on untouched

for my $name (qw/ none.txt unclosed.txt cr.txt empty.txt one.txt b.news c.TXT
	d.md e.txt.bak late-none.txt /)
{
	my $r = $t->get("/$name");

	is($r->body(), $t->read_file("html/$name"), "$name is served as it is");
	unlike($r->header('Content-Type'), qr/html/, "$name has its type");
}

is($t->get('/off/a.txt')->body(), $article, 'off');
is($t->get('/md/a.txt')->body(), $article, 'other endings');


# without front matter

is($t->get('/all/none.txt')->body(), "none|<p>plain</p>\n", 'optional');
is($t->get('/all/empty.txt')->body(), 'empty|', 'optional, empty');
is($t->get('/all/one.txt')->status(), 200, 'optional, one byte');
is($t->get('/all/robots.txt')->body(), $article, 'robots.txt');
is($t->get('/all/sub/robots.txt')->body(), $article, 'robots.txt below');
is($t->get('/.well-known/x.txt')->body(), $article, '.well-known');
is($t->get('/all/sub/x.txt')->body(), $page, 'no name of those');


# sizes

my $mark = $t->log_mark();

like($t->get('/size/1023.txt')->body(), qr/^A\|/, 'a byte less');
like($t->get('/size/1024.txt')->body(), qr/^A\|/, 'the size');
like($t->get('/size/1025.txt')->body(), qr/^---/, 'a byte more');
like($t->get('/size/1025.txt')->body(), qr/^---/, 'and again');
like($t->get('/size/none.txt')->body(), qr/^y+$/, 'no article, large');

my @lines = $t->log_since($mark) =~ /^(.*\[warn\].*news:.*)$/mg;

is(@lines, 1, 'one warning');
like($lines[0], qr/news_max_size.* in ".*1025\.txt"/, 'it names the file');


# what is no regular file, what cannot be read

is($t->get('/dir.txt')->status(), 301, 'directory');
is($t->get('/none-such.txt')->status(), 404, 'not there');
is($t->get('/a.txt/x.txt')->status(), 404, 'not a directory');
is($t->get("/$long.txt")->status(), 404, 'name too long');

$t->expect(qr/"[^"]*fifo\.txt" is not a regular file/);
is($t->get('/fifo.txt')->status(), 404, 'FIFO');

SKIP: {
	skip 'workers read everything', 1 if -r $t->root() . '/secret.txt'
		&& $> != 0;

	is($t->get('/secret.txt')->status(), 403, 'not readable');
}

is($t->get('/inside/a.txt')->status(), 404, 'internal');


# a proxy beside it

is($t->get('/proxy/a.txt')->body(), $page, 'article before a proxy');
is($t->get('/proxy/none.txt')->body(), 'backend GET /none.txt',
	'proxy, no article');
is($t->get('/proxy/none-such.txt')->body(), 'backend GET /none-such.txt',
	'proxy, no file');
is($t->request('POST', '/proxy/a.txt', \'x')->body(), 'backend POST /a.txt',
	'proxy, other method');


# methods

for my $method (qw/ POST PUT DELETE OPTIONS PATCH MKCOL FOO /) {
	my $r = $t->request($method, '/a.txt', $method eq 'POST' ? \'x=y' : ());

	is($r->status(), 405, $method);
	is($r->header('Allow'), 'GET, HEAD', "$method, allowed");
}

for my $method (qw/ POST DELETE /) {
	my $r = $t->request($method, '/none.txt', \'');

	is($r->status(), 405, "$method, no article");
	is($r->header('Allow'), '', "$method, the static module's answer");
}

is($t->request('POST', '/none-such.txt', \'x')->status(), 404,
	'POST, not there');

is($t->request('GET', '/a.txt', \('x' x 100))->body(), $page,
	'a request with a body');


# as a page of an error

my $r = $t->get('/teapot', 'Range: bytes=0-1', 'If-None-Match: *');

is($r->status(), 418, 'status of the error');
is($r->body(), $page, 'whole page');

$t->done();
