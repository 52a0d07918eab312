#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Bad days of a server: a new binary and new configurations under load, no
# descriptors, no connections, no room on the disk.

use warnings;
use strict;

use FindBin;
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Article;
use News::Test;


my $articles = 400;

sub articles {
	my ($t) = @_;

	$t->write_file('t.mustache', TEMPLATE);
	$t->write("$_.txt", article($_, $_ % 40 == 0 ? 2000 : $_ % 60, 0))
		for 0 .. $articles - 1;
	$t->write('bare.txt', "no article\n");
	$t->settle();
}

# Asks until it is over, for all articles in turn and for a few of them
# all the time, on a connection for each request: nginx loses none of those.

sub client {
	my ($t, $seed, $out) = @_;
	my ($right, %status) = 0;

	srand $seed;

	for (my $i = $seed * 131; !$t->over(); $i++) {
		my $n = $i % 3 ? int rand 10 : $i % $articles;
		my $r = $t->get("/$n.txt");

		$status{$r->header('X-Cache')}++;

		if ($r->status() == 200 && right($n, $r->body())) {
			$right++;

		} else {
			print $out "wrong /$n.txt ", $r->status(), ' ',
				substr($r->raw(), 0, 200) =~ s/\s+/ /gr, "\n";
		}
	}

	print $out "right $right\n", map { "$_ $status{$_}\n" } keys %status;
}

# runs the block while clients ask

sub under_load {
	my ($t, $name, $code) = @_;
	my %count;

	my @lines = $t->beside(sub {
		sleep 0.2;
		$code->();
		sleep 0.2;
	}, map { my $seed = $_; sub { client($t, $seed, $_[0]) } } 1, 2);

	/^(\w+) (\d+)$/ and $count{$1} += $2 for @lines;

	note(join ', ', map { "$_ $count{$_}" } sort keys %count);

	is(join('', grep { /^(?:wrong|died)/ } @lines), '',
		"$name: no wrong answer");
	cmp_ok($count{right}, '>', 20, "$name: right ones");

	return if $t->uncached();

	cmp_ok($count{$_} || 0, '>', 0, "$name: $_") for qw/ HIT MISS /;
}


my $server = <<'EOT';
server {
    listen %%PORT%% backlog=1024;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;
    add_header X-Cache $news_cache_status;

    location /plain/ { alias %%ROOT%%/; news_render off; }
    location /up { return 200 up; }
}
EOT

# a new binary is given the environment that is named

my $main = join ' ', map { "env $_;" } qw/ LD_PRELOAD ASAN_OPTIONS LSAN_OPTIONS
	UBSAN_OPTIONS /;


# upgrade

my $t = News::Test->new();

articles($t);
$t->conf($server, daemon => 1, workers => 2, main => $main);
$t->run();

ok(right(7, $t->get('/7.txt')->body()), 'a page is right');
ok(!right(7, $t->get('/8.txt')->body()), 'another is not');
ok(!right(7, $t->get('/7.txt')->body() =~ s/1/2/r), 'nor a wrong one');

under_load($t, 'upgrade', sub {
	for my $n (1 .. 2) {
		my $old = $t->master();

		ok($t->upgrade(), "upgrade $n");
		isnt($t->master(), $old, "another master, $n");
	}
});

is(scalar($t->workers()), 2, 'two workers');


# reload: zones that come, grow and go, and what is no configuration

under_load($t, 'reload', sub {
	for my $size ('1m', '2m', '2m', '') {
		my $zone = $size && "news_cache_zone zone=one:$size;"
			. 'news_cache one;';

		ok($t->reload($zone . $server, daemon => 1, workers => 2,
			main => $main), "reload, zone of '$size'");
		sleep 0.1;
	}

	my $mark = $t->log_mark();
	my @workers = sort $t->workers();

	$t->expect(qr/"news_max_size" directive/);
	$t->write_file('nginx.conf', $t->read_file('nginx.conf')
		=~ s/(news_render on;)/$1 news_max_size x;/r);
	kill 'HUP', $t->master();

	ok($t->wait_for(sub { $t->log_since($mark) =~ /\[emerg\]/ }),
		'a mistake is told');
	is_deeply([ sort $t->workers() ], \@workers, 'and changes nothing');
});

$t->ended();


# no descriptors: what is open is served, what is not fails as a file does

my $limit = 40;

$t = News::Test->new();
articles($t);
$t->expect(qr/\(24: Too many open files\)/);
$t->conf("keepalive_timeout 300; $server",
	main => "worker_rlimit_nofile $limit;", events => 'worker_connections 100;');
$t->run();

$t->get('/1.txt');

my @clients = map { News::Test::Client->new($t) } 1 .. $limit + 20;

for my $client (@clients) {
	$client->send("GET /up HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

ok($t->wait_for(sub { $t->log() =~ /accept4?\(\) failed \(24:/ }),
	'no descriptor is left');

for my $n (0 .. 3) {
	is($clients[$n]->receive('GET')->body(), 'up', "client $n");
}

SKIP: {
	skip 'there is no cache', 2 if $t->uncached();

	my $r = $clients[0]->get('/1.txt');

	is($r->header('X-Cache'), 'HIT', 'a page that was made before');
	ok(right(1, $r->body()), 'is served');
}

# an error of this kind ends the connection, and one who waits takes its place

my @answers;

for my $n (0 .. 3) {
	my $uri = qw{ /plain/2.txt /2.txt /plain/bare.txt /bare.txt }[$n];
	my $mark = $t->log_mark();

	ok($t->wait_for(sub {
		$t->log_since($mark) =~ /accept4?\(\) failed \(24:/ }), "$uri waits");

	$mark = $t->log_mark();

	my $r = $clients[$n]->get($uri);

	push @answers, join "\n", $r->status(), $r->body(), lines($t, $mark);
}

like($answers[0], qr/\A500\n.*\[crit\] open\(\) \S+ failed \(24: /s,
	'a file is not opened');
is($answers[1], $answers[0], 'nor an article, which is said as it is');
like($answers[2], qr/\A500\n/, 'nor is what is no article');
is($answers[3], $answers[2], 'and it is said so');

# those who waited are served when others have gone

my @later = splice @clients, -10;

$_->close() for @clients;

is(scalar(grep {
	my $r = $_->receive('GET');
	$r && $r->body() eq 'up';
} @later), scalar @later, 'who waited is answered');
$_->close() for @later;

ok(right(2, $t->get('/2.txt')->body()), 'what failed is served');
is($t->get('/bare.txt')->body(), "no article\n", 'and what is no article');
is($t->get('/none.txt')->status(), 404, 'and what is not there');

$t->ended();


# no connections: those who read slowly have all of them

$t = News::Test->new();
articles($t);
$t->write('large.txt', "---\ntitle: L\n---\n" . "word " x 500000);
$t->settle();
$t->expect(qr/worker_connections are not enough/);
$t->conf($server =~ s/backlog/sndbuf=256k backlog/r,
	events => 'worker_connections 16;');
$t->run();

my $large = $t->get('/large.txt')->body();

is($large, 'L||<p>' . 'word ' x 499999 . "word</p>\n", 'a large page');

my @sockets = map { $t->ask('/large.txt') } 1 .. 30;

ok($t->wait_for(sub { $t->log() =~ /worker_connections are not enough/ }),
	'no connection is left');

my @bodies = grep { length } map { $t->answer($_)->body() } @sockets;

cmp_ok(scalar @bodies, '>', 5, 'some are served');
is(scalar(grep { $_ ne $large } @bodies), 0, 'and all of it');
@sockets = ();

ok(right($_, $t->get("/$_.txt")->body()), "page $_ afterwards") for 0, 1;

$t->ended();


# no room for logs nor for what nginx writes besides

$t = News::Test->new();
articles($t);

my $full = $t->dir() . '/full';

mkdir $full;

my $mounted = $> == 0 && system("mount -t tmpfs -o size=64k,mode=0777 none "
	. "'$full' 2>'" . $t->dir() . "/mount.log'") == 0;

END {
	system("umount -l '$full'") if $mounted;
}

$server =~ s/(listen.*)/$1\n access_log \/dev\/full; error_log \/dev\/full info;
	client_body_temp_path %%DIR%%\/full\/temp;
	location \/behind\/ { client_body_buffer_size 1k;
		proxy_pass http:\/\/%%PORT%%\/; }/;

$t->expect(qr/\(28: No space left on device\)/,
	qr/could not log|logs? .* could not be/);
$t->conf($server);
$t->run();

for my $n (0 .. 49) {
	right($n, $t->get("/$n.txt")->body()) or fail("page $n");
}

ok(right(0, $t->get('/0.txt')->body()), 'pages, no room for logs');
is($t->get('/none.txt')->status(), 404, 'and errors');

SKIP: {
	skip 'nothing can be mounted', 5 unless $mounted;

	is($t->request('POST', '/behind/1.txt', \('x' x 100000))->status(), 500,
		'no room for what is sent');

	open my $fh, '>:raw', "$full/fill" or die "$full/fill: $!\n";
	syswrite $fh, 'x' x 4096 or last for 1 .. 100;
	close $fh;

	is($t->request('POST', '/behind/1.txt', \('x' x 100000))->status(), 500,
		'nor when it is full');
	is($t->request('GET', '/1.txt', \('x' x 100000))->status(), 200,
		'a page does without');
	ok(right($_, $t->get("/$_.txt")->body()), "page $_") for 1, 77;
}

$t->done();


# lines of the log, without what differs

sub lines {
	my ($t, $mark) = @_;

	return join '', map { s/^.*?(\[\w+\]) \S+ (?:\*\d+ )?/$1 /;
		s/, request: .*//; s/, client: .*//;
		s/"[^"]*"/"..."/; $_ }
		grep { /open/ && !/accept/ } $t->log_since($mark) =~ /^.*\n/mg;
}
