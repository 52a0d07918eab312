#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# One render for many: clients that want the same cold page wait for one
# render, and for no renderer that is dead, stopped or gone.

use warnings;
use strict;

use FindBin;
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

$News::Test::timeout = 60 if $ENV{TEST_NEWS_SANITIZE};

# much to do, some 0.3 seconds, and little to send

my $links = $ENV{TEST_NEWS_SANITIZE} ? 30000 : 250000;
my $few = int $links / 5;

sub text {
	my ($n) = @_;

	return join '', map { "[a$_](/x$_ \"t\")" . ($_ % 20 ? ' ' : "\n\n") }
		1 .. $n;
}

my $long = text($links);
my $short = text($few);
my %words;

$t->write_file('t.mustache', '{{title}}|{{word_count}}');

sub cold {
	my ($name, $text) = @_;

	$text ||= $short;
	$words{$name} = $text eq $long ? $links : $few;

	$t->write("$name.txt", "---\ntitle: $name\n---\n$text");
	$t->settle();
}

my $conf = <<'EOF';
news_cache_zone zone=one:4m;

log_format one '$uri $status $news_cache_status';

server {
    listen %%PORT%% backlog=1024;
    root %%ROOT%%;
    access_log %%DIR%%/one.log one;

    news_render on;
    news_template t.mustache;
    news_max_size 16m;
    news_cache one;
    add_header X-Cache $news_cache_status;

    location /off/ { alias %%ROOT%%/; news_thread_pool off; }
    location /status { access_log off; news_status; }
    location /worker { access_log off; return 204; }
}
EOF

$t->write('a.txt', "---\ntitle: A\n---\nText\n");
$t->conf($conf, workers => 2);
$t->run();


# lines of the log of a URI, by status of the cache

sub logged {
	my ($uri, $n) = @_;
	my @found;

	$t->wait_for(sub {
		@found = $t->read_file('one.log') =~ /^\Q$uri\E \d+ (\S+)$/mg;
		@found >= $n;
	});

	return join ' ', map {
		my $status = $_;
		my $count = grep { $_ eq $status } @found;
		$count ? "$status $count" : ();
	} qw/ HIT MISS EXPIRED BYPASS - /;
}

sub renders {
	my %value = $t->counters('/status');
	my $sum = 0;

	$sum += $value{$_} for grep { /^news_renders_total\b/ } keys %value;

	return $sum;
}

sub wrong {
	my ($name, @responses) = @_;

	return scalar grep {
		!$_ || $_->status() != 200 || $_->body() ne "$name|$words{$name}"
	} @responses;
}

# the status, where it is known that a render is under way

sub busy {
	my ($pid, $from) = @_;

	return $t->wait_for(sub { $t->cpu($pid) >= $from + 0.03 });
}


# 200 at once

for my $location ('', 'off/') {
	my $name = $location ? 'off' : 'pool';
	my $n = $location ? 60 : 200;

	cold($name, $long);

	my $before = renders();
	my @responses = $t->parallel(("/$location$name.txt") x $n);

	is(wrong($name, @responses), 0, "$name, $n answers");
	is(renders() - $before, 1, "$name, one render");
	is(logged("/$location$name.txt", $n), join(' ', 'HIT', $n - 1, 'MISS 1'),
		"$name, one miss");
	is($t->get("/$location$name.txt")->header('X-Cache'), 'HIT',
		"$name, kept");
}

# an edit is one, too

cold('pool');

my $before = renders();

is(wrong('pool', $t->parallel(('/pool.txt') x 50)), 0, 'an edit, answers');
is(renders() - $before, 1, 'an edit, one render');

# several pages at a time: one render for each

cold("several-$_") for 1 .. 4;

$before = renders();

my @names = map { "several-$_" } (1 .. 4) x 15;
my @responses = $t->parallel(map { "/$_.txt" } @names);

is(scalar(grep { wrong($names[$_], $responses[$_]) } 0 .. $#names), 0,
	'several, answers');
is(renders() - $before, 4, 'several, one render each');


# the renderer is killed

cold('killed', $long);

my %client = $t->clients('/worker');
my ($pid, $other) = sort keys %client;

my $cpu = $t->cpu($pid);

$client{$pid}->send("GET /killed.txt HTTP/1.1\r\nHost: a\r\n\r\n");
ok(busy($pid, $cpu), 'killed: it renders');

my $waiting = $t->alone($other, sub {
	my $sockets = [ map { $t->ask('/killed.txt') } 1 .. 20 ];

	# they are accepted by the only worker that can

	$client{$other}->get('/worker');

	return $sockets;
});

my $start = time();

kill 'KILL', $pid;
$t->expect(qr/worker process $pid exited on signal 9/);
$t->{dead}{$pid} = 1;

is(wrong('killed', map { $t->answer($_) } @$waiting), 0,
	'killed: the others have answers');
cmp_ok(time() - $start, '<', $ENV{TEST_NEWS_SANITIZE} ? 40 : 6,
	'killed: soon');
ok($t->wait_for(sub { $t->workers() == 2 }), 'killed: there are two again');
is($t->get('/killed.txt')->header('X-Cache'), 'HIT', 'killed: kept');


# the renderer is stopped

cold('stopped', $long);

%client = $t->clients('/worker');
($pid, $other) = sort keys %client;
$cpu = $t->cpu($pid);

$client{$pid}->send("GET /stopped.txt HTTP/1.1\r\nHost: a\r\n\r\n");
ok(busy($pid, $cpu), 'stopped: it renders');

ok($t->halt($pid), 'stopped: it is');
$start = time();

@responses = $t->parallel(('/stopped.txt') x 20, '/a.txt');

my $small = pop @responses;

is(wrong('stopped', @responses), 0, 'stopped: the others have answers');

# three seconds to wait, and a render on a machine that is busy

cmp_ok((sort { $b <=> $a } map { $_->took() || 99 } @responses)[0], '<',
	$ENV{TEST_NEWS_SANITIZE} ? 40 : 7, 'stopped: soon');
cmp_ok($small->took() || 99, '<', 2.5, 'stopped: another page at once');
cmp_ok(($t->parallel('/stopped.txt'))[0]->took() || 99, '<', 2.5,
	'stopped: the next one at once');

kill 'CONT', $pid;

is(wrong('stopped', $client{$pid}->receive('GET')), 0,
	'stopped: its own client has an answer');
is($t->get('/stopped.txt')->header('X-Cache'), 'HIT', 'stopped: kept');


# and two others, one of which takes long, too: the third waits no more

ok($t->reload($conf, workers => 3), 'late: three workers');
$t->write('late.txt', "---\ntitle: L\n---\n" . '![[]()' x 80000);
$t->settle();

%client = $t->clients('/worker');
($pid, my @others) = sort keys %client;
$cpu = $t->cpu($pid);

$client{$pid}->send("GET /late.txt HTTP/1.1\r\nHost: a\r\n\r\n");
ok(busy($pid, $cpu), 'late: it renders');
ok($t->halt($pid), 'late: it is stopped');

my $mark = $t->log_mark();

{
	local $News::Test::timeout = 120;

	$client{$_}->send("GET /late.txt HTTP/1.1\r\nHost: a\r\n\r\n")
		for @others;

	my @late = map { $client{$_}->receive('GET') } @others;

	is(scalar(grep { $_ && $_->body() =~ /\AL\|\d+\z/ } @late), 2,
		'late: the others have answers');

	kill 'CONT', $pid;

	my $r = $client{$pid}->receive('GET');

	like($r ? $r->body() : '', qr/\AL\|\d+\z/, 'late: its own client, too');
}

like($t->log_since($mark), qr/news: another worker takes too long for the page/,
	'late: the log says so');


# clients that go: all, those that wait, the one that asked first

cold('gone');
close $_ for map { $t->ask('/gone.txt') } 1 .. 20;

my @sockets = map { $t->ask('/gone.txt') } 1 .. 20;

close $sockets[$_] for grep { $_ % 2 } 0 .. $#sockets;
is(wrong('gone', map { $t->answer($sockets[$_]) } grep { $_ % 2 == 0 }
	0 .. $#sockets), 0, 'gone: others have answers');

cold('first');

my $first = $t->ask('/first.txt');

sleep 0.03;
@sockets = map { $t->ask('/first.txt') } 1 .. 10;
close $first;
is(wrong('first', map { $t->answer($_) } @sockets), 0,
	'first: others have answers');

# reset, not closed

cold('reset');

for my $socket (map { $t->ask('/reset.txt') } 1 .. 10) {
	setsockopt $socket, IO::Socket::SOL_SOCKET(), IO::Socket::SO_LINGER(),
		pack 'ii', 1, 0;
	close $socket;
}

is(wrong('reset', $t->get('/reset.txt')), 0, 'reset: an answer');


# a reload while it renders

cold('reload', $long);
@sockets = map { $t->ask('/reload.txt') } 1 .. 30;
sleep 0.05;
ok($t->reload(), 'reload');
push @sockets, map { $t->ask('/reload.txt') } 1 .. 10;
is(wrong('reload', map { $t->answer($_) } @sockets), 0,
	'reload: all have answers');
is($t->get('/reload.txt')->header('X-Cache'), 'HIT', 'reload: kept');

# a file that is deleted, or edited, while its page is made

cold('deleted');
@sockets = map { $t->ask('/deleted.txt') } 1 .. 10;
sleep 0.05;
unlink $t->root() . '/deleted.txt';
is(scalar(grep { $_->status() != 200 && $_->status() != 404 }
	map { $t->answer($_) } @sockets), 0, 'deleted: answers');
is($t->get('/deleted.txt')->status(), 404, 'deleted: it is');

cold('edited');
@sockets = map { $t->ask('/edited.txt') } 1 .. 10;
sleep 0.05;
$t->write('edited.txt', "---\ntitle: E\n---\nnew text\n");
is($t->get('/edited.txt')->body(), 'E|2', 'edited: the new page at once');

my @bodies = map { $t->answer($_)->body() } @sockets;

is(scalar(grep { $_ ne "edited|$few" && $_ ne 'E|2' } @bodies), 0,
	'edited: one or the other');

for my $n (1 .. 5) {
	is($t->get('/edited.txt')->body(), 'E|2', "edited: the new page, $n");
}


# told to go, a worker makes the page first

cold('quit', $long);

@sockets = map { $t->ask('/quit.txt') } 1 .. 20;

# all are with workers: these take a connection after those that came before

my @last = $t->clients('/worker');

$last[$_]->close() for grep { $_ % 2 } 0 .. $#last;

$t->stop();

is(wrong('quit', map { $t->answer($_) } @sockets), 0,
	'told to go: all have answers');

$t->done();
