#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Renders in threads: every way to ask for a large cold page, with queues that
# are short, clients that go, and small pages that are not to wait.

use warnings;
use strict;

use FindBin;
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

plan(skip_all => 'nginx has no threads') unless $t->has('threads');

$News::Test::timeout = 60 if $ENV{TEST_NEWS_SANITIZE};

$t->write_file('t.mustache', '{{title}}|{{{content}}}');
$t->write_file('count.mustache', '{{title}}|{{word_count}}');

my $server = 'server { listen %%PORT%%; root %%ROOT%%; news_render on; ';


# mistakes, as of "aio threads"

for my $directive ('news_thread_pool', 'aio') {
	my $value = $directive eq 'aio' ? 'threads=none-such' : 'none-such';

	my ($status, $text) = $t->conf_error("$server $directive $value; }");

	isnt($status, 0, "$directive, an unknown pool");
	like($text, qr/unknown thread pool "none-such" in \S+:\d+/,
		"$directive, an unknown pool, what is said");
}

for my $case (
	[ 'news_thread_pool;', qr/invalid number of arguments/ ],
	[ 'news_thread_pool a b;', qr/invalid number of arguments/ ],
	[ 'news_thread_pool off; news_thread_pool off;', qr/is duplicate/ ],
	[ 'news_thread_pool default; news_thread_pool off;', qr/is duplicate/ ])
{
	my ($text, $pattern) = @$case;
	my ($status, $said) = $t->conf_error("$server $text }");

	isnt($status, 0, $text);
	like($said, $pattern, "$text, what is said");
}

for my $text ('', 'news_thread_pool default;', 'news_thread_pool off;',
	'news_thread_pool small;')
{
	my ($status, $said) = $t->conf_error("$server $text } $server $text }",
		main => 'thread_pool small threads=1 max_queue=1;');

	is($status, 0, "passes: $text") or diag($said);
}


# some 10 to 50 milliseconds each

sub body {
	my ($n) = @_;

	return join '', map { "*$n* **$_** `x`\n\n" } 1 .. 4000;
}

sub page {
	my ($n) = @_;

	return "L$n|" . join '', map {
		"<p><em>$n</em> <strong>$_</strong> <code>x</code></p>\n"
	} 1 .. 4000;
}

# what the engine takes two seconds for, and gives up then

my $hostile = '![[]()' x 80000;

my $next = 1;

# a page that no one has asked for

sub cold {
	my $n = $next++;

	$t->write("l/$n.txt", "---\ntitle: L$n\n---\n" . body($n));

	return $n;
}

$t->write('a.txt', "---\ntitle: A\n---\nText\n");
$t->write("hostile-$_.txt", "---\ntitle: Hostile\n---\n$hostile\n")
	for 1 .. 4;
$t->write('outer.html', '[<!--#include virtual="/l/$arg_a.txt" -->]'
	. '[<!--#include virtual="/l/$arg_b.txt" -->]');

my $inside = <<'EOF';
    root %%ROOT%%;
    news_render on;
    news_template t.mustache;
    news_max_size 16m;
    keepalive_requests 100000;
    add_header X-Cache $news_cache_status;

    location /hostile { news_template count.mustache; }
    location /outer { ssi on; alias %%ROOT%%/outer.html; ssi_types *; }
    location /include/ { ssi on; alias %%ROOT%%/; }
    location /errors/ { error_page 404 = /l/$arg_n.txt; }
    location /kept/ { error_page 404 /l/$arg_n.txt; }
    location /try/ { try_files /none /l/$arg_n.txt; }
    location /rewrite/ { rewrite ^/rewrite/(.*) /l/$1 last; }

    location /proxy/ {
        alias %%ROOT%%/l/;
        proxy_pass http://127.0.0.1:1/;
    }

    location /if/ {
        alias %%ROOT%%/l/;

        if ($news_title = none) {
            return 403;
        }
    }

    location /map/ {
        alias %%ROOT%%/l/;
        add_header X-Title $news_title;
        add_header X-Cache $news_cache_status;
    }

    location /sendfile/ { alias %%ROOT%%/l/; sendfile on; aio threads; }
    location /rate/ { alias %%ROOT%%/l/; limit_rate 2m; }
EOF

$inside .= <<'EOF' if $t->has('http_sub_module');
    location /sub/ { alias %%ROOT%%/l/; sub_filter '<code>x' '<code>y';
                     sub_filter_once off; }
EOF

my $extra = $t->has('http_auth_request_module') ? <<'EOF' : '';
    location /auth/ { alias %%ROOT%%/l/; auth_request /l/1.txt; }
EOF

my $conf = <<"EOF";
news_cache_zone zone=one:64m;

server {
    listen %%PORT%%;
    news_cache one;
    news_thread_pool tiny;
$inside
$extra
    location /off/ { alias %%ROOT%%/l/; news_thread_pool off; }
    location /default/ { alias %%ROOT%%/l/; news_thread_pool default; }
    location /none/ { alias %%ROOT%%/l/; news_thread_pool none; }
    location /uncached/ { alias %%ROOT%%/l/; news_cache off; }
}

server {
    listen %%PORT_1%%;
    news_cache one;
$inside
$extra
}

server {
    listen %%PORT_2%%;
    news_cache one;
    news_thread_pool off;
$inside
$extra
}
EOF

my %option = (main => 'thread_pool tiny threads=1 max_queue=1;'
	. 'thread_pool none threads=1 max_queue=0;');

$t->conf($conf, %option);
$t->run();

my ($worker) = $t->workers();

# pages of many requests that came in parallel

sub wrong {
	my ($numbers, @responses) = @_;

	return scalar grep {
		$responses[$_]->status() != 200
			|| $responses[$_]->body() ne page($numbers->[$_])
	} 0 .. $#$numbers;
}


# more than the queue takes

for my $location (qw/ l default uncached off none /) {
	my @n = map { cold() } 1 .. ($location eq 'l' ? 50 : 15);

	is(wrong(\@n, $t->parallel(map { "/$location/$_.txt" } @n)), 0,
		"$location: cold pages at once");
	is(wrong(\@n, $t->parallel(map { "/$location/$_.txt" } @n)), 0,
		"$location: and again");
}


# a small article that takes long is begun again in a thread

$t->write('l/slow.txt', "---\ntitle: S\n---\n" . '![[]()' x 5000 . "\n");

my $slow = $t->get('/off/slow.txt')->body();

ok(index($slow, 'S|<p>![<a') == 0, 'a small one that takes long');
is($t->get("/$_/slow.txt")->body(), $slow, "the same, $_")
	for qw/ l default uncached none /;


# a pool whose one thread is busy: there is room for no page and no coding

{
	local $News::Test::timeout = 120;

	my $n = cold();
	my $mark = $t->log_mark();
	my $cpu = $t->cpu($worker);

	$t->write('l/busy.txt', "---\ntitle: B\n---\n$hostile\n");
	$t->settle();

	my $busy = $t->ask('/none/busy.txt');

	ok($t->wait_for(sub { $t->cpu($worker) > $cpu + 0.05 }), 'busy: it renders');

	my $r = $t->get("/none/$n.txt", 'Accept-Encoding: br');

	is($r->header('Content-Encoding'), '', 'busy: a page');
	ok($r->body() eq page($n), 'busy: its bytes');
	$t->write('l/slow.txt', "---\ntitle: S\n---\n" . '![[]()' x 5000 . "\n\n");
	is($t->get('/none/slow.txt')->body(), $slow, 'busy: a small one');

	like($t->log_since($mark), qr/thread pool "none" queue overflow/,
		'busy: nginx says so');
	like($t->answer($busy)->body(), qr/^B\|/, 'busy: it ends');
}


# every way to ask, with a small pool, the default one, and none

for my $port (0 .. 2) {
	my $s = $t->at($port);
	my $way = (qw/ tiny default off /)[$port];

	for my $case ([ 'plain', '/l/%d.txt' ],
		[ 'internal redirect', '/errors/x?n=%d' ],
		[ 'try_files', '/try/x?n=%d' ], [ 'rewrite', '/rewrite/%d.txt' ],
		[ 'before a proxy', '/proxy/%d.txt' ],
		[ 'after a condition', '/if/%d.txt' ],
		[ 'with a header', '/map/%d.txt' ],
		[ 'sendfile', '/sendfile/%d.txt' ], [ 'a rate', '/rate/%d.txt' ],
		[ 'arguments', '/l/%d.txt?x' ])
	{
		my ($name, $format) = @$case;
		my $n = cold();
		my $uri = sprintf $format, $n;

		for my $time (1 .. 2) {
			my $r = $s->get($uri);

			is($r->status(), 200, "$way, $name, $time, status");
			ok($r->body() eq page($n), "$way, $name, $time, page");
			is($r->header('Content-Length'), length $r->body(),
				"$way, $name, $time, length");
			is($r->header('X-Title'), "L$n", "$way, $name, $time, title")
				if $uri =~ /map/;
		}
	}

	# an error's page has the error's status

	my $n = cold();
	my $r = $s->get("/kept/x?n=$n");

	is($r->status(), 404, "$way, error page, status");
	ok($r->body() eq page($n), "$way, error page, page");

	# without a body

	$n = cold();
	$r = $s->head("/l/$n.txt");
	is($r->status(), 200, "$way, HEAD, status");
	is($r->header('Content-Length'), length page($n), "$way, HEAD, length");
	is($r->body(), '', "$way, HEAD, body");
	ok($s->get("/l/$n.txt")->body() eq page($n), "$way, after HEAD");

	$n = cold();
	$r = $s->get("/l/$n.txt", 'If-None-Match: *');
	is($r->status(), 304, "$way, 304");
	is($r->body(), '', "$way, 304, body");

	$n = cold();
	$r = $s->get("/l/$n.txt", 'Range: bytes=100000-100099');
	is($r->status(), 206, "$way, range");
	is($r->body(), substr(page($n), 100000, 100), "$way, range, bytes");

	$n = cold();
	is($s->request('POST', "/l/$n.txt", \'x')->status(), 405, "$way, POST");

	# parts of a page, one after the other and both the same

	my ($one, $two) = (cold(), cold());

	ok($s->get("/outer?a=$one&b=$two")->body()
		eq '[' . page($one) . '][' . page($two) . ']', "$way, includes");

	$one = cold();
	ok($s->get("/outer?a=$one&b=$one")->body()
		eq '[' . page($one) . '][' . page($one) . ']',
		"$way, includes of one page");

	$one = cold();
	$r = $s->get("/outer?a=$one&b=none-such");
	is(index($r->body(), '[' . page($one) . ']['), 0,
		"$way, includes of one that is not there");

	$n = cold();
	ok($s->get("/include/l/$n.txt")->body() eq page($n),
		"$way, a page with includes, of which there are none");

	SKIP: {
		skip 'no http_sub_module', 1 unless $t->has('http_sub_module');

		$n = cold();
		ok($s->get("/sub/$n.txt")->body() eq page($n) =~ s/<code>x/<code>y/gr,
			"$way, a page that is changed");
	}

	SKIP: {
		skip 'no http_auth_request_module', 2
			unless $t->has('http_auth_request_module');

		$n = cold();
		$t->write('l/1.txt', "---\ntitle: L1\n---\n" . body(1));
		ok($s->get("/auth/$n.txt")->body() eq page($n),
			"$way, a page that asks for another");
		ok($s->get('/l/1.txt')->body() eq page(1), "$way, the other");
	}

	# one connection, requests one after the other without waiting

	my @n = map { cold() } 1 .. 6;
	my @responses = $s->pipelined((map { ("/l/$_.txt", '/a.txt') } @n),
		'/a.txt');

	is(@responses, 13, "$way, pipelined");
	is(wrong(\@n, @responses[0, 2, 4, 6, 8, 10]), 0, "$way, pipelined, pages");
	is(scalar(grep { $_->body() ne "A|<p>Text</p>\n" }
		@responses[1, 3, 5, 7, 9, 11, 12]), 0, "$way, pipelined, small ones");

	my $client = News::Test::Client->new($s);

	@n = map { cold() } 1 .. 4;
	is(wrong(\@n, map { $client->get("/l/$_.txt") } @n), 0, "$way, kept");

	# a slow client

	$n = cold();
	ok($s->slow("/l/$n.txt", 65536, 0.001)->body() eq page($n),
		"$way, a slow client");

	# clients that go, at any moment

	for my $wait (0, 0, 0.001, 0.002, 0.004, 0.008, 0.016) {
		my @left = map { $s->ask("/l/$_.txt") } cold(), cold();

		push @left, $s->ask("/outer?a=" . cold() . '&b=' . cold());
		sleep $wait;
		close $_ for @left;
	}

	$n = cold();
	ok($s->get("/l/$n.txt")->body() eq page($n), "$way, after clients left");

	# no file, a file that goes, a file that may not be read

	is($s->get('/l/none-such.txt')->status(), 404, "$way, no file");
}

is_deeply([ $t->workers() ], [ $worker ], 'the same worker');


# small pages do not wait for one that takes two seconds

for my $port (0, 1) {
	my $way = $port ? 'default' : 'tiny';
	my $s = $t->at($port);
	my $client = News::Test::Client->new($s);

	$client->get('/a.txt') for 1 .. 2;

	my $start = time();
	my $slow = $s->ask('/hostile-' . ($port + 1) . '.txt');
	my $select = IO::Select->new($slow);
	my @took;

	# what can be read is its answer

	until ($select->can_read(0.005)) {
		my $before = time();
		my $r = $client->get('/a.txt');

		push @took, time() - $before;
		last if $r->body() ne "A|<p>Text</p>\n" || time() > $start + 60;
	}

	my $all = time() - $start;
	my $r = $s->answer($slow);

	@took = sort { $a <=> $b } @took;

	note(sprintf 'a render of %.3f s, %d answers meanwhile, %.1f ms at most',
		$all, scalar @took, 1000 * ($took[-1] || 0));

	like($r->body(), qr/^Hostile\|\d+$/, "$way, an expensive page");
	cmp_ok($all, '>', 0.8, "$way, it takes its time");
	cmp_ok(scalar(@took), '>', 20, "$way, others are answered meanwhile");
	cmp_ok($took[@took * 0.95] || 0, '<', 0.2, "$way, most of them soon");
	cmp_ok($took[-1] || 0, '<', 0.8, "$way, none of them late");
}

# none of a pool of one is lost when the worker is told to go

my @n = map { cold() } 1 .. 10;
my @sockets = map { $t->ask("/l/$_.txt") } @n;

sleep 0.02;
ok($t->reload(), 'reload');
is(wrong(\@n, map { $t->answer($_) } @sockets), 0, 'reload, pages');

$t->done();
