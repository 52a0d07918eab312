#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The variables.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();
my $miss = $t->uncached() ? 'BYPASS' : 'MISS';

$t->write_file('t.mustache', '{{title}}');

$t->write('a.txt', <<'EOF');
---
title: "A \x01\n \x85title"
author: [One, Two]
date: Fri, 30 Jul 2021 15:30:00 GMT
headimg: /head.png
thumbnail: /thumb.png
categories: [x, y, "z\r\nSet-Cookie: a"]
tags: [t, u]
Members: yes
two-words: w
list: [1, 2]
---
Text
EOF

$t->write('b.txt', "---\ntitle: B\n---\n");
$t->write('plain.txt', "plain\n");
$t->write('members.txt', "---\nmembers: true\n---\nText\n");
$t->write('draft.txt', "---\ntitle: D\ndraft: true\n---\nText\n");

$t->conf(<<'EOF');
log_format news escape=none '$uri|$news_title|$news_author|$news_date|'
    '$news_headimg|$news_thumbnail|$news_categories|$news_meta_tags|'
    '$news_meta_list|$news_meta_two_words|$news_meta_members|'
    '$news_meta_none|$news_cache_status|$news_render_time|';

server {
    listen %%PORT%%;
    root %%ROOT%%;
    access_log %%DIR%%/news.log news;

    news_render on;
    news_template t.mustache;

    add_header X-Title $news_title always;
    add_header X-Categories $news_categories;
    add_header X-Cache $news_cache_status;
    add_header X-Time $news_render_time;

    location /members/ {
        alias %%ROOT%%/;

        if ($news_meta_members ~ ^(yes|true)$) {
            return 403;
        }
    }

    location /map/ {
        alias %%ROOT%%/;
        add_header X-Map $mapped;
    }
}

map $news_title $mapped {
    B        bee;
    default  none;
}
EOF

$t->run();


sub logged {
	my ($uri) = @_;
	my $line;

	$t->wait_for(sub {
		($line) = $t->read_file('news.log') =~ /^\Q$uri\E\|(.*)$/m;
	});

	return $line;
}


# in the log

$t->get('/a.txt');

like(logged('/a.txt'), qr{^A\ {5}title\|One,\ Two\|
	Fri,\ 30\ Jul\ 2021\ 15:30:00\ GMT\|/head\.png\|/thumb\.png\|
	x,\ y,\ z\ \ Set-Cookie:\ a\|t,\ u\|1,\ 2\|w\|yes\|-?\|
	$miss\|\d+\.\d{6}\|$}x, 'of an article');

$t->get('/b.txt');
like(logged('/b.txt'), qr/^B\|-?\|-?\|-?\|-?\|-?\|-?\|-?\|-?\|-?\|-?\|$miss\|/,
	'of an article with a title');

for my $uri (qw{ /plain.txt /none.txt /draft.txt /x.png }) {
	$t->get($uri);
	like(logged($uri), qr/^(?:-?\|){13}$/, "of $uri");
}


# in headers

my $r = $t->get('/a.txt');

is($r->header('X-Title'), 'A     title', 'in a header');
is($r->header('X-Categories'), 'x, y, z  Set-Cookie: a', 'one line');
is($r->header('Set-Cookie'), '', 'no other header');
is($r->header('X-Cache'), $t->uncached() ? 'BYPASS' : 'HIT', 'cache status');
like($r->header('X-Time'), $t->uncached() ? qr/^\d+\.\d{6}$/ : qr/^$/, 'time');

is($t->get('/plain.txt')->header('X-Title'), '', 'no article');
is($t->get('/draft.txt')->header('X-Title'), '', 'draft');
is($t->get('/map/b.txt')->header('X-Map'), 'bee', 'map');
is($t->get('/map/a.txt')->header('X-Map'), 'none', 'map, default');

$r = $t->get('/a.txt', 'If-None-Match: *');

is($r->status(), 304, 'not modified');
is($r->header('X-Title'), 'A     title', 'not modified, title');


# in a condition, before there is a page

is($t->get('/members/a.txt')->status(), 403, 'condition is true');
is($t->get('/members/members.txt')->status(), 403, 'condition is true again');
is($t->get('/members/b.txt')->body(), 'B', 'condition is false');
is($t->get('/members/plain.txt')->body(), "plain\n", 'no article to test');
is($t->get('/members/none.txt')->status(), 404, 'nothing to test');

$t->done();
