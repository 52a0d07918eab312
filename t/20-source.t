#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The file as it is, and as JSON: news_source.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

# where pages are kept, packed forms can be chosen

my @encoding = $t->uncached() ? () : 'Accept-Encoding';

my $markdown = "---\ntitle: A\nrobots: noindex\n---\nSome *text*\n";
my $html = "---\ntitle: H\n---\n<div>\n<p>text</p>\n</div>\n";

$t->write('a.txt', $markdown);
$t->write('h.txt', $html);
$t->write('plain.txt', "plain\n");
$t->write('bom.txt', "\xef\xbb\xbf---\r\ntitle: A\r\n---\r\nText\r\n");
$t->write('gb.txt', "---\ntitle: \xc4\xe3\n---\n\xba\xc3\n");
$t->write('a "b".txt', $markdown);
$t->write('outer.html', '<!--#include virtual="/a.txt" -->');

$t->site(<<'EOF');
    news_source on;

    location /off/ { alias %%ROOT%%/; news_source off; }
    location /gb/ { alias %%ROOT%%/; news_source_charset utf-8 gb18030; }
    location /latin/ { alias %%ROOT%%/; news_source_charset iso-8859-1; }
    location /outer.html { ssi on; }
    location /error/ { error_page 404 /a.txt; }
EOF

$t->run();


my $page = "A|<p>Some <em>text</em></p>\n";
my $link = '</a.txt?format=source>; rel="alternate"; type="text/markdown"';


# what is asked for

for my $case (
	[ 'page' ],
	[ 'page', 'Accept: */*' ],
	[ 'page', 'Accept: text/*' ],
	[ 'page', 'Accept: text/html' ],
	[ 'page', 'Accept: application/json' ],
	[ 'page', 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,'
		. '*/*;q=0.8' ],
	[ 'page', 'Accept: text/markdown, text/html' ],
	[ 'page', 'Accept: text/markdown;q=0' ],
	[ 'page', 'Accept: text/markdown;q=0.5, */*' ],
	[ 'page', 'Accept: text/markdown;q=0.5, text/*;q=0.5' ],
	[ 'page', 'Accept: text/markdown; q=0.499, text/html; q=0.5' ],
	[ 'page', 'Accept: text/markdown;q=x, text/html;q=0.001' ],
	[ 'page', 'Accept: ' ],
	[ 'page', 'Accept: ,;q=1,;,"a' ],
	[ 'page', 'Accept: text/markdown;v="\",";q=0.4, text/html;q=0.5' ],
	[ 'page', 'Accept: text/markdown ;q=0.4, text/html ;q=0.5' ],
	[ 'markdown', 'Accept: text/markdown' ],
	[ 'markdown', 'Accept: TEXT/MarkDown' ],
	[ 'markdown', 'Accept: text/markdown, */*;q=0.8' ],
	[ 'markdown', 'Accept: text/html;q=0.9 , text/markdown ' ],
	[ 'markdown', 'Accept: text/markdown;q=0.501, text/html;q=0.5' ],
	[ 'markdown', 'Accept: text/markdown;variant="a,b;c";Q=1, text/html;q=.5' ],
	[ 'markdown', 'Accept: text/markdown, text/plain' ],
	[ 'markdown', 'Accept: text/html;q=0.5', 'Accept: text/markdown' ],
	[ 'markdown', 'Accept: text/*, text/html;q=0.1' ],
	[ 'markdown', 'Accept: text/markdown;q=0.6, text/markdown;q=0.4, '
		. 'text/html;q=0.5' ],
	[ 'plain', 'Accept: text/plain' ],
	[ 'plain', 'Accept: text/plain, text/markdown;q=0.9, text/html;q=0.8' ])
{
	my ($form, @headers) = @$case;
	my $r = $t->get('/a.txt', @headers);
	my $name = @headers ? "@headers" : 'no Accept';

	my $type = $form eq 'page' ? 'text/html; charset=utf-8'
		: "text/$form; charset=utf-8";

	is($r->header('Content-Type'), $type, $name);
	is($r->body(), $form eq 'page' ? $page : $markdown, "$name, body");
	is_deeply([ $r->all('Vary') ], [ 'Accept', @encoding ],
		"$name, Vary");
	is($r->header('Link'), $link, "$name, Link");
	is($r->header('X-Robots-Tag'), 'noindex', "$name, robots");
}

# after more headers than nginx keeps in one piece

is($t->get('/a.txt', (map { "X-$_: 1" } 1 .. 30), 'Accept: text/markdown')
	->body(), $markdown, 'many headers');


# the query

my $r = $t->get('/a.txt?format=source');

is($r->body(), $markdown, 'format=source');
is($r->header('Content-Type'), 'text/plain; charset=utf-8',
	'format=source, type');
is($t->get('/a.txt?format=source', 'Accept: text/html')->body(), $markdown,
	'format=source before Accept');

$r = $t->get('/a.txt?format=json', 'Accept: text/plain');

is($r->header('Content-Type'), 'application/json', 'format=json, type');
like($r->body(), qr/^\{.*"title": ?"A".*\}\s*$/s, 'format=json');
like($r->body(), qr/"content": ?"\\u003cp/, 'format=json, content');
is($r->header('X-Robots-Tag'), 'noindex', 'format=json, robots');
is($r->header('Content-Length'), length $r->body(), 'format=json, length');

is($t->get("/a.txt?format=$_")->body(), $page, "format=$_")
	for 'html', 'sourc', 'sources', 'JSON', '', 'xml';
is($t->get('/a.txt?a=b&format=source&c')->body(), $markdown, 'other arguments');


# each is a representation of its own

my %etag = map { $_ => $t->get("/a.txt$_")->header('ETag') }
	'', '?format=source', '?format=json';

is(keys %{{ reverse %etag }}, 3, 'three tags');

for my $query (keys %etag) {
	my $c = $t->get("/a.txt$query", "If-None-Match: $etag{$query}");

	is($c->status(), 304, "304 '$query'");
	is_deeply([ $c->all('Vary') ], [ 'Accept', @encoding ],
		"304 '$query', Vary");
	is($c->header('Link'), $link, "304 '$query', Link");

	is($t->head("/a.txt$query")->header('Content-Length'),
		length $t->get("/a.txt$query")->body(), "HEAD '$query'");
	is($t->get("/a.txt$query", 'Range: bytes=0-2')->body(),
		substr($t->get("/a.txt$query")->body(), 0, 3), "range '$query'");
}

is($t->get('/a.txt', "If-None-Match: $etag{''}", 'Accept: text/markdown')
	->status(), 200, 'the tag of another representation');


# types and encodings

is($t->get('/h.txt', 'Accept: text/markdown')->header('Content-Type'),
	'text/plain; charset=utf-8', 'HTML is no Markdown');
is($t->get('/h.txt', 'Accept: text/markdown')->body(), $html, 'HTML body');

is($t->get('/bom.txt?format=source')->body(), $t->read_file('html/bom.txt'),
	'byte for byte');

$r = $t->get('/gb/gb.txt?format=source');

is($r->header('Content-Type'), 'text/plain; charset=gb18030', 'gb18030');
is($r->body(), $t->read_file('html/gb.txt'), 'gb18030, the bytes');
is($t->get('/gb/gb.txt')->body(), "\xe4\xbd\xa0|<p>\xe5\xa5\xbd</p>\n",
	'gb18030, the page is UTF-8');
is($t->get('/gb/a.txt?format=source')->header('Content-Type'),
	'text/plain; charset=utf-8', 'utf-8, the first of two');
is($t->get('/latin/gb.txt?format=source')->header('Content-Type'),
	'text/plain; charset=iso-8859-1', 'iso-8859-1');


# elsewhere nothing has changed

is($t->get('/plain.txt')->header('Vary'), '', 'no article, no Vary');
is($t->get('/plain.txt')->header('Link'), '', 'no article, no Link');

$r = $t->get('/off/a.txt?format=source', 'Accept: text/markdown');

is($r->body(), $page, 'off');
is_deeply([ $r->all('Vary'), $r->all('Link') ], \@encoding,
	'off, no headers');

is($t->get('/outer.html', 'Accept: text/plain')->body(), $page,
	'a part of a page is HTML');
is($t->get('/error/x', 'Accept: text/plain')->body(), $page,
	'a page of an error is HTML');

is($t->get('/a%20%22b%22.txt')->header('Link'),
	'</a%20%22b%22.txt?format=source>; rel="alternate"; type="text/markdown"',
	'Link is encoded');

like($t->get('/h.txt')->header('Link'), qr/; type="text\/plain"$/,
	'Link says what an HTML body is sent as');

$t->done();
