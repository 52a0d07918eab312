#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# One file in many ways: what shapes a page keeps it apart from the others, in
# one zone, whichever comes first.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

my $template = '{{title}}|{{lang}}|{{site_name}}|{{site_url}}|{{url}}|'
	. '{{canonical}}|{{date_iso}}|{{{content}}}';

$t->write_file('t.mustache', $template);
$t->write_file('u.mustache', "other $template");
$t->write_file('sub/t.mustache', "third {{> part}} $template");
$t->write_file('sub/part.mustache', 'part');
$t->write_file('part.mustache', 'another part');
$t->write_file('empty.mustache', '');

$t->write('a.txt', <<"EOF");
---
title: A
date: 2021-07-30 12:00
robots: noindex
---

# Heading

One line
and <b>another</b> &copy; \xd0\x96
EOF

$t->write('h.txt', <<'EOF');
---
title: H
---
<div>

# Heading

    <p>text</p>
</div>
EOF

$t->write('gb.txt', "---\ntitle: \xc4\xe3\n---\n\xba\xc3\n");
$t->write('plain.txt', "# No front matter\n");
$t->write('robots.txt', "User-agent: *\n");
$t->write('broken.txt', "---\ntitle: A\nx: [1\n---\nText\n");
$t->write('future.txt', "---\ntitle: F\ndate: 2999-01-01\n---\nText\n");
$t->write('unreadable.txt', "---\ntitle: A\ndate: some day\n---\nText\n");
$t->write('a.md', "---\ntitle: M\n---\nText\n");
$t->write('size.txt', "---\ntitle: S\n---\n" . "word\n" x 300);
$t->write('deep/a.txt', "---\ntitle: Deep\n---\nText\n");
$t->write('before.html', 'before');

# the same file by other names

symlink 'a.txt', $t->root() . '/link.txt';
link $t->root() . '/a.txt', $t->root() . '/hard.txt';


my %location = (
	same => '',
	omit => 'news_html omit;',
	trust => 'news_html trust;',
	markdown => 'news_body markdown;',
	html => 'news_body html;',
	soft => 'news_breaks soft;',
	hard => 'news_breaks hard;',
	ids => 'news_heading_ids off;',
	lang => 'news_lang de;',
	lang2 => 'news_lang de-AT;',
	site => 'news_site_name "One";',
	site2 => 'news_site_name "Two";',
	url => 'news_site_url https://one.example;',
	url2 => 'news_site_url https://two.example;',
	zone => 'news_timezone +08:00;',
	zone2 => 'news_timezone Asia/Kathmandu;',
	template => 'news_template u.mustache;',
	template2 => 'news_template sub/t.mustache;',
	empty => 'news_template empty.mustache;',
	default => 'news_template default;',
	charset => 'news_source_charset utf-8 gb18030;',
	latin => 'news_source_charset iso-8859-1;',
	optional => 'news_front_matter optional;',
	show => 'news_future show;',
	strict => 'news_strict on;',
	small => 'news_max_size 1k;',
	suffix => 'news_suffix .md;',
	source => 'news_source on;',
	render => 'news_render off;',
	split => 'news_lang de; news_site_name "x|";',
	split2 => 'news_lang de; news_site_name "x"; news_site_url http://x;',
	koi8 => 'charset koi8-r; override_charset on;',
	ssi => 'ssi on;',
	noetag => 'etag off;',
);

$location{sub} = 'sub_filter line "filtered";' if $t->has('http_sub_module');
$location{add} = 'add_before_body /before.html;'
	if $t->has('http_addition_module');

my $inside = join '', map {
	"    location /$_/ { alias %%ROOT%%/; $location{$_} }\n"
} sort keys %location;

my $server = <<"EOF";
    location ~ ^/regex/(.*)\$ { alias %%ROOT%%/\$1; }
    location ~ ^/host/(.*)\$ { alias %%ROOT%%/\$arg_d/\$1; }

$inside
EOF

# the URI is the same, and the server another; its name is no literal one, and
# so in no page

my @servers = ([ '""', $server ],
	map { [ "~^$_\$", $location{$_} ] } sort keys %location);

push @servers, [ 'one.example', '' ], [ 'two.example', 'news_lang fr;' ],
	[ 'three.example', 'news_lang fr; news_site_name Three;'
		. 'news_site_url https://three.example/x;' ];

sub servers {
	my ($one, $two, $cache) = @_;
	my $text = '';

	for (@servers) {
		my ($name, $inside) = @$_;

		$inside .= ' news_render on;' if $inside !~ /^ *news_render/;
		$inside .= ' news_template t.mustache;'
			if $inside !~ /^ *news_template/;

		$text .= <<"EOF";
server {
    listen %%PORT_$one%%;
    listen %%PORT_$two%%;
    server_name $name;
    root %%ROOT%%;
    news_cache $cache;
    add_header X-Cache \$news_cache_status;
    $inside
}
EOF
	}

	return $text;
}

$t->conf(<<'EOF' . servers(0, 2, 'one') . servers(1, 3, 'off'));
news_cache_zone zone=one:16m;

charset_map koi8-r utf-8 {
    F6  D096;
}
EOF

$t->settle();
$t->run();


# what is said of the page, ports being those of the servers with a cache

my %port = ($t->port(1) => $t->port(0), $t->port(3) => $t->port(2));

sub all {
	my ($r) = @_;
	my $body = $r->body();

	$body =~ s/:(\d+)/':' . ($port{$1} || $1)/ge;

	return join "\n", $r->status(),
		map({ $r->header($_) } 'Content-Type', 'Last-Modified', 'Link',
			'X-Robots-Tag', 'Content-Language'), $body;
}

my @names = qw/ a.txt h.txt gb.txt plain.txt robots.txt broken.txt future.txt
	unreadable.txt a.md size.txt /;

my @cases = ((map { [ "/$_/a.txt" ] } sort keys %location),
	(map { my $name = $_; map { [ "/$name", "Host: $_" ] }
		sort keys %location } @names),
	(map { [ $_ ] } qw{ /a.txt /link.txt /hard.txt /regex/a.txt /deep/a.txt
		/host/a.txt?d=. /host/a.txt?d=deep /host/deep/a.txt?d=.
		/same/deep/a.txt }));

for my $accept ('text/html', 'text/markdown', 'text/plain', '*/*') {
	push @cases, map { [ "/source/$_", "Accept: $accept" ] }
		qw/ a.txt h.txt gb.txt broken.txt future.txt /;
}

for my $name (qw/ a.txt h.txt gb.txt broken.txt future.txt /) {
	push @cases, map { [ "/source/$name?format=$_" ] } qw/ source json /;
}

for my $host (qw/ one.example two.example three.example /) {
	push @cases, map { [ $_, "Host: $host" ] } qw{ /a.txt /future.txt };
}

my @expected = map { all($t->at(1)->get(@$_)) } @cases;
my @other = map { all($t->at(3)->get(@$_)) } @cases;

# cold, in this order, then in another, then again

my @n = 0 .. $#cases;
my %status;

for my $pass (1 .. 3) {
	for my $n ($pass == 2 ? reverse @n : @n) {
		my $name = join ' ', @{$cases[$n]}, 'pass', $pass;
		my $r = $t->get(@{$cases[$n]});

		is(all($r), $expected[$n], $name);
		$status{$pass}{$n} = $r->header('X-Cache');

		is(all($t->at(2)->get(@{$cases[$n]})), $other[$n],
			"$name, another port");
	}
}

# every page is one of its own, and kept

for my $n (@n) {
	next unless $expected[$n] =~ /^200\ntext\/html/;

	my $name = join ' ', @{$cases[$n]};

	like($status{1}{$n}, qr/^(?:MISS|HIT)$/, "$name, first");
	is($status{$_}{$n}, 'HIT', "$name, $_") for 2, 3;
}

my %first = map { $cases[$_][0] => $status{1}{$_} }
	grep { @{$cases[$_]} == 1 } @n;

is($first{"/$_/a.txt"}, 'MISS', "/$_/a.txt is another page")
	for grep { !/^(?:small|suffix|render)$/ } keys %location;

# a wrong test would not see a thing

my %different = map { $expected[$_] => 1 }
	grep { $cases[$_][0] =~ m{^/(?:a|h|gb|broken|future|plain|size)\.txt$}
		&& ($cases[$_][1] || '') =~ /^Host: \w+$/ } @n;

cmp_ok(scalar(keys %different), '>=', 2 * keys %location,
	'the pages are different');


# one key for one page: names of the same URI

for my $uri ('/same//a.txt', '/same/./a.txt', '/same/deep/../a.txt',
	'/same/%61.txt', '/same/a.txt?x=y', '/same/a.txt?format=json')
{
	is($t->get($uri)->header('X-Cache'), 'HIT', "$uri is the same page");
}


# a reload changes what is configured, for each page by itself

(my $changed = $t->{conf}) =~ s/news_site_name "One"/news_site_name "Other"/g;

ok($t->reload($changed), 'reload');

for my $pass (1 .. 2) {
	like($t->get('/site/a.txt')->body(), qr/\|Other\|/, "changed, $pass");
	like($t->get('/site2/a.txt')->body(), qr/\|Two\|/, "not changed, $pass");
}

is($t->get('/site2/a.txt')->header('X-Cache'), 'HIT', 'not changed, kept');

$t->done();
