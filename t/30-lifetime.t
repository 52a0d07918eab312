#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Requests that end before their page is made, and what they leave to others:
# workers that are told to go, locks, pages in several pieces, memory that is
# full for a while.

use warnings;
use strict;

use FindBin;
use IO::Select;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

# two seconds of a processor may be many of a clock

$News::Test::timeout = 60;

$t->write_file('t.mustache', '{{title}}|{{{content}}}');
$t->write_file('count.mustache', '{{title}}|{{word_count}}');

# what the engine takes two seconds for, and gives up then

my $hostile = '![[]()' x 80000;

sub hostile {
	my ($name, $title) = @_;

	$t->write("$name.txt", "---\ntitle: $title\n---\n$hostile\n");
	$t->settle();
}

# lines that differ, in a page of a size

sub lines {
	my ($name, $size) = @_;

	return join '', map { sprintf "%s %05d\n", $name, $_ }
		1 .. $size / (length($name) + 7);
}

sub article {
	my ($name, $size) = @_;

	$t->write("$name.txt", "---\ntitle: $name\nformat: html\n---\n<pre>"
		. lines($name, $size) . "</pre>\n");
}

$t->write('a.txt', "---\ntitle: A\n---\nText\n");
$t->write('all.html', '<!--#include virtual="/h.txt" -->' x 256);
article('page', 100000);

my $conf = <<'EOF';
news_cache_zone zone=one:1m;

log_format t '$uri $status [$news_title] [$news_cache_status]';

server {
    listen %%PORT%%;
    root %%ROOT%%;
    access_log %%DIR%%/t.log t;

    news_render on;
    news_template t.mustache;
    news_cache one;
    news_compress off;
    add_header X-Cache $news_cache_status;

    location /h.txt { news_template count.mustache; }
    location /all.html { ssi on; }
    location /status { news_status; }

    location /missing.txt { error_page 404 /missing.txt; }
    location /behind/ { proxy_pass http://%%PORT_1%%; }
    location /slow/ { alias %%ROOT%%/; limit_rate 100k; }
    location /gzip/ { alias %%ROOT%%/; news_compress gzip; }

    location /open/ {
        alias %%ROOT%%/;
        news_template count.mustache;
        open_file_cache max=10;
        open_file_cache_valid 3;
    }
}

EOF

$t->settle();
$t->conf($conf, main => 'worker_shutdown_timeout 200ms;');
$t->run();


# nobody waits for one who found no file

for my $uri ('/missing.txt', '/none.txt') {
	my $start = time();

	is($t->get($uri)->status(), 404, "$uri, status");
	cmp_ok(time() - $start, '<', 2.5, "$uri, at once");
}

my $backend = IO::Socket::INET->new(Listen => 5, ReuseAddr => 1,
	LocalAddr => '127.0.0.1:' . $t->port(1)) or die "listen: $!\n";
my $ready = IO::Select->new($backend);
my (@clients, @held);

for my $n (1 .. 2) {
	push @clients, $t->ask('/behind/x.txt');
	ok($ready->can_read(2.5), "request $n for the other handler")
		and push @held, $backend->accept();
}

undef @held;
is($t->answer($_)->status(), 502, 'which went away') for @clients;


# in one piece or in several, several ranges come; errors have no coding

article("s$_", 18000) for 1 .. 46;
$t->settle();
$t->get("/s$_.txt") for 1 .. 46;

for my $time (1 .. 2) {
	$t->get("/s$_.txt") for grep { $_ % 2 } 1 .. 46;
}

my $page = 'page|<pre>' . lines('page', 100000) . "</pre>\n";

is($t->get('/page.txt')->body(), $page, 'a page among others');

for my $case ([ 10, 19 ], [ 10, 19, 50000, 60000, 90000, 90009 ],
	[ 90000, 90009, 10, 19 ], [ 0, 60000, 40000, 50000 ])
{
	my @bounds = @$case;
	my @ranges;

	push @ranges, [ splice @bounds, 0, 2 ] while @bounds;

	my $value = join ',', map { "$_->[0]-$_->[1]" } @ranges;
	my $r = $t->get('/page.txt', "Range: bytes=$value");

	is($r->status(), 206, "ranges $value, status");

	for my $range (@ranges) {
		my ($from, $to) = @$range;

		isnt(index($r->body(), substr($page, $from, $to - $from + 1)), -1,
			"ranges $value, $from");
	}
}

for my $coding ('gzip', 'identity') {
	my $r = $t->get('/gzip/page.txt', "Accept-Encoding: $coding",
		'Range: bytes=9999999-');

	is($r->status(), 416, "$coding, 416");
	is($r->header('Content-Encoding'), '', "$coding, 416 has no coding");
}


# no room as long as others are being sent, and some afterwards

article("big$_", 260000) for 1 .. 3;
article('late', 210000);
$t->settle();

my @slow = map { $t->ask("/slow/big$_.txt") } 1 .. 3;

sleep 0.3;
is($t->get('/late.txt')->header('X-Cache'), 'BYPASS', 'no room');
$t->answer($_) for @slow;

ok($t->wait_for(sub { $t->get('/late.txt')->header('X-Cache') eq 'HIT' }),
	'there is some later');


# what is not asked for again was so when the file was read, not afterwards

hostile('o', 'Old');

my $start = time();

is($t->get('/open/o.txt')->body() =~ /^(\w+)\|/ && $1, 'Old', 'a slow page');
$t->write('o.txt', "---\ntitle: New\n---\nText\n");

sleep 0.1 while time() < $start + 3.9;
is($t->get('/open/o.txt')->body(), 'New|1', 'a slow page, and its time');


# workers that may not wait for what they do

sub go {
	my (@clients) = @_;

	sleep 0.3;
	hostile('h', 'New');
	ok($t->reload(), 'a worker has gone');
	$t->answer($_) for @clients;
	is($t->get('/a.txt')->status(), 200, 'another one is there');
	is($t->complaints($t->log()), '', 'nothing went wrong');
}

for my $n (1, 3) {
	hostile('h', 'H');
	go(map { sleep 0.1; $t->ask('/h.txt') } 1 .. $n);
}

hostile('h', 'H');
go($t->ask('/all.html'));


# more workers than there were when the zone was made

ok($t->reload($conf, workers => 20), 'more workers');

my %clients = $t->clients('/a.txt');

is(scalar(grep { $_->get('/a.txt')->header('X-Cache') ne 'HIT' }
	values %clients), 0, 'more workers, and each has the cache');


# names of zones that are ours

for my $zone ('', 'news_cache_zone zone=news_reported:128k;') {
	my ($status, $text) = $t->conf_error("$zone server { listen %%PORT%%; "
		. 'root %%ROOT%%; news_render on; news_cache news_reported; }');

	isnt($status, 0, "a zone of ours: $zone");
	like($text, qr/"news_reported" is already declared for a different use/,
		"a zone of ours: $zone, what is said");
}

$t->done();
