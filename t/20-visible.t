#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# What articles say of themselves: drafts, dates, withdrawal, mistakes.

use warnings;
use strict;

use FindBin;
use POSIX qw/ strftime /;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

sub article {
	my ($name, $fields) = @_;

	$t->write("$name.txt", "---\ntitle: A\n$fields\n---\nText\n");
}

sub iso {
	return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime($_[0]));
}

article('draft', 'draft: true');
article('unpublished', 'published: no');
article('published', 'published: true');
article('future', 'date: ' . iso(time() + 86400));
article('expired', 'expires: ' . iso(time() - 1));
article('fresh', 'expires: ' . iso(time() + 86400));
article('gone', 'gone: true');
article('gone-draft', "gone: true\ndraft: true");
article('gone-expired', "gone: true\nexpires: 2001-01-01");
article('unreadable', 'date: some day');
article('broken', 'x: [1');
article('broken-draft', "draft: true\nx: [1");

$t->write('404.txt', "---\ntitle: Not here\n---\nText\n");

$t->site(<<'EOF');
    news_source on;

    location /show/ { alias %%ROOT%%/; news_future show; }
    location /strict/ { alias %%ROOT%%/; news_strict on; }

    location /errors/ {
        alias %%ROOT%%/;
        error_page 404 410 /404.txt;
    }

    location /zone/ {
        alias %%ROOT%%/;
        news_timezone +14:00;
    }

    location /west/ {
        alias %%ROOT%%/;
        news_timezone -12:00;
    }
EOF

$t->run();


for my $case (
	[ 'draft', 404 ], [ 'unpublished', 404 ], [ 'published', 200 ],
	[ 'future', 404 ], [ 'expired', 404 ], [ 'fresh', 200 ], [ 'gone', 410 ],
	[ 'gone-draft', 404 ], [ 'gone-expired', 410 ], [ 'unreadable', 200 ],
	[ 'broken', 200 ], [ 'broken-draft', 404 ])
{
	my ($name, $status) = @$case;

	# in no form is there more to see

	for my $query ('', '?format=source', '?format=json') {
		my $r = $t->get("/$name.txt$query");

		is($r->status(), $status, "$name$query");
		unlike($r->body(), qr/Text/, "$name$query is not seen")
			if $status != 200;
	}

	is($t->get("/$name.txt", 'Accept: text/plain')->status(), $status,
		"$name, plain");
	is($t->head("/$name.txt")->status(), $status, "$name, HEAD");
	is($t->request('POST', "/$name.txt", \'')->status(),
		$status == 200 ? 405 : $status, "$name, POST");
}

is($t->get('/show/future.txt')->status(), 200, 'news_future show');


# strict

is($t->get('/strict/broken.txt')->status(), 500, 'strict');
is($t->get('/strict/unreadable.txt')->status(), 200, 'strict, a date');
is($t->get('/strict/fresh.txt')->status(), 200, 'strict, no mistake');
is($t->get('/strict/broken.txt?format=source')->status(), 500,
	'strict, source');


# pages of errors

my $r = $t->get('/errors/draft.txt');

is($r->status(), 404, 'error page');
is($r->body(), "Not here|<p>Text</p>\n", 'error page is an article');
is($t->get('/errors/gone.txt')->status(), 410, 'error page, gone');


# a date without a zone is of the zone configured; the day appears by itself

my $wall = strftime('%Y-%m-%d %H:%M:%S', gmtime(time() + 6 * 3600));

article('wall', "date: $wall");

is($t->get('/wall.txt')->status(), 404, 'in UTC it is to come');
is($t->get('/zone/wall.txt')->status(), 200, 'in the east it is past');
is($t->get('/west/wall.txt')->status(), 404, 'in the west it is not');

article('soon', 'date: ' . iso(time() + 3));
article('soon-expired', 'expires: ' . iso(time() + 3));

is($t->get('/soon.txt')->status(), 404, 'embargo');
is($t->get('/soon-expired.txt')->status(), 200, 'not expired');
ok($t->wait_for(sub { $t->get('/soon.txt')->status() == 200 }), 'appears');
ok($t->wait_for(sub { $t->get('/soon-expired.txt')->status() == 404 }),
	'expires');

$t->done();
