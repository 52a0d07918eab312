#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Never a stale byte: files that change faster than clocks can tell, and files
# that are half written.

use warnings;
use strict;

use FindBin;
use POSIX ();
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();
my $root = $t->root();

$t->write_file('t.mustache', '{{title}}|{{{content}}}');

$t->conf(<<'EOF', workers => 2);
news_cache_zone zone=one:4m;

server {
    listen %%PORT%%;
    root %%ROOT%%;

    keepalive_requests 1000000;

    news_render on;
    news_template t.mustache;
    news_cache one;
    add_header X-Cache $news_cache_status;
    add_header X-Worker $pid;

    location /valid/ {
        alias %%ROOT%%/;
        open_file_cache max=100;
        open_file_cache_valid 1s;
        open_file_cache_errors on;
    }

    location /worker {
        return 204;
    }
}
EOF

sub article {
	my ($n) = @_;

	return sprintf "---\ntitle: A\n---\n%08d\n", $n;
}

sub page {
	my ($n) = @_;

	return sprintf "A|<p>%08d</p>\n", $n;
}

# in place: the inode and the size stay

sub overwrite {
	my ($path, $bytes) = @_;

	open my $fh, '+<:raw', $path or die "$path: $!\n";
	syswrite $fh, $bytes;
	close $fh;
}

$t->write("$_.txt", article(0)) for qw/ place rename both valid /;
$t->run();

my %client = $t->clients('/worker');
my @clients = values %client;

for my $pid (keys %client) {
	is($client{$pid}->get('/worker')->header('X-Worker'), $pid,
		"a connection to worker $pid");
}


# 2,000 rewrites, each asked for at once, of one worker or the other, or both

my %way = (
	place => sub { overwrite("$root/place.txt", article($_[0])) },
	rename => sub {
		rename $t->write('new.txt', article($_[0])), "$root/rename.txt";
	},
	both => sub {
		my ($n) = @_;

		return overwrite("$root/both.txt", article($n)) if $n % 2;

		rename $t->write('new.txt', article($n)), "$root/both.txt";
	},
);

# one date for all: what changes is the time of the change

my $date = int time() - 1000;

my %count = (place => 1000, rename => 500, both => 500);
my $requests = 0;

srand 1;

for my $way (sort keys %way) {
	my (@stale, %status);

	for my $n (1 .. $count{$way}) {
		$way{$way}->($n);
		utime $date, $date, "$root/$way.txt" if $n % 3 == 0;

		my @asked = $n % 2 ? reverse @clients : @clients;

		@asked = $asked[0] if $n % 4 == 0;

		for my $client (@asked) {
			my $r = $client->get("/$way.txt");

			$requests++;
			$status{$r->header('X-Cache')}++;
			push @stale, $n if $r->body() ne page($n);
		}

		# now and then the file is old enough to be kept, and is kept

		next unless $n % 10 == 0;

		sleep 0.004 * int rand 6;

		for my $client (@clients, @clients) {
			my $r = $client->get("/$way.txt");

			$status{$r->header('X-Cache')}++;
			push @stale, $n if $r->body() ne page($n);
		}
	}

	is("@stale", '', "$way: nothing stale");
	cmp_ok($status{HIT} || 0, '>', 0, "$way: hits between");
	cmp_ok($status{EXPIRED} || 0, '>', 0, "$way: and expired ones");
	note(join ', ', map { "$_ $status{$_}" } sort keys %status);
}

cmp_ok($requests, '>', 2000, 'requests');


# A page of a file that may change within the tick of its last change is not
# kept: what was asked for fast enough is no hit.  How many are, is the clock's.

my ($fast, $hits) = (0, 0);

for my $n (1 .. 300) {
	my $client = $clients[$n % 2];
	my $start = time();

	overwrite("$root/place.txt", article($n));
	$client->get('/place.txt');

	my $r = $client->get('/place.txt');

	next if time() - $start > 0.001;

	$fast++;
	$hits++ if $r->header('X-Cache') eq 'HIT';
}

SKIP: {
	skip 'nothing is fast enough here', 1 if $fast < 20;

	note("$hits hits of $fast");
	cmp_ok($hits, '<', $fast, 'not kept within the tick');
}


# deleted and made again

my $bad = 0;

for my $n (1 .. 200) {
	unlink "$root/both.txt";
	$bad++ if $clients[$n % 2]->get('/both.txt')->status() != 404;
	$t->write('both.txt', article($n));
	$bad++ if $clients[($n + 1) % 2]->get('/both.txt')->body() ne page($n);
}

is($bad, 0, 'deleted and made again');


# where files are looked at once in a second, an edit is there a second later

for my $n (1 .. 2) {
	$t->settle();

	for my $client (@clients) {
		ok($t->wait_for(sub {
			my $r = $client->get('/valid/valid.txt');
			$r->body() eq page($n - 1) && $r->header('X-Cache') eq 'HIT';
		}), "open_file_cache, a hit before edit $n");
	}

	if ($n == 1) {
		overwrite("$root/valid.txt", article($n));

	} else {
		rename $t->write('new.txt', article($n)), "$root/valid.txt";
	}

	my $start = time();

	for my $client (@clients) {
		my $other = 0;

		ok($t->wait_for(sub {
			my $body = $client->get('/valid/valid.txt')->body();

			$other++ unless $body eq page($n - 1) || $body eq page($n);
			$body eq page($n);
		}), "open_file_cache, edit $n");

		# the cache of nginx counts in whole seconds

		cmp_ok(time() - $start, '<', 3.5, "open_file_cache, edit $n, when");
		is($other, 0, "open_file_cache, edit $n, nothing else");
	}
}

unlink "$root/valid.txt";

my $start = time();

ok($t->wait_for(sub {
	!grep { $_->get('/valid/valid.txt')->status() != 404 } @clients;
}), 'open_file_cache, a deletion');

cmp_ok(time() - $start, '<', 3.5, 'open_file_cache, a deletion, when');


# half a file: what is read while it is written may be any part of it, and
# what is read after that is all

my $wrong = 0;
my %parts;

for my $n (1 .. 40) {
	my $pid = fork();
	my $text = join '', map { sprintf "%04d %06d\n\n", $n, $_ } 1 .. 300;
	my $bytes = "---\ntitle: T$n\n---\n$text";
	my $whole = "T$n|" . join '',
		map { sprintf "<p>%04d %06d</p>\n", $n, $_ } 1 .. 300;

	if ($pid == 0) {
		my $piece = 1 + int(length($bytes) / (2 + $n % 7));

		open my $fh, $n % 2 ? '>:raw' : '+<:raw', "$root/half.txt"
			or POSIX::_exit(1);

		for (my $at = 0; $at < length $bytes; $at += $piece) {
			syswrite $fh, substr $bytes, $at, $piece;
			select undef, undef, undef, 0.001 * ($n % 4 ? $n % 9 : 20);
		}

		close $fh;
		POSIX::_exit(0);
	}

	until (waitpid($pid, POSIX::WNOHANG()) == $pid) {
		for my $client (@clients) {
			my $r = $client->get('/half.txt');

			$parts{length $r->body()} = 1;
		}
	}

	is($?, 0, "half a file, $n, written");

	for my $client (@clients, @clients) {
		my $r = $client->get('/half.txt');

		$wrong++ unless $r->body() eq $whole;
	}

	$t->settle() if $n % 5 == 0;

	for my $client (@clients, @clients) {
		$wrong++ unless $client->get('/half.txt')->body() eq $whole;
	}
}

is($wrong, 0, 'half a file: the whole one right after');
cmp_ok(scalar(keys %parts), '>', 5, 'half a file: there were parts');

$t->settle();
$_->get('/half.txt') for @clients;
is($_->get('/half.txt')->header('X-Cache'), 'HIT', 'the whole one is kept')
	for @clients;


# all the time, by a writer that does not wait

my $pid = fork();

if ($pid == 0) {
	for (my $n = 1;; $n++) {
		my $text = chr(97 + $n % 26) x 40 . "\n";
		my $new = "$root/busy.new";

		open my $fh, '>:raw', $new or POSIX::_exit(1);
		print $fh "---\ntitle: A\n---\n" . $text x (1 + $n % 100);
		close $fh;
		rename $new, "$root/busy.txt";
		select undef, undef, undef, 0.02 if $n % 50 == 0;
	}
}

ok($t->wait_for(sub { $clients[0]->get('/busy.txt')->status() == 200 }),
	'a busy file');

my ($mixed, $asked) = (0, 0);
my $end = time() + 1.5;

while (time() < $end) {
	for my $client (@clients) {
		my $body = $client->get('/busy.txt')->body();

		$asked++;
		$mixed++ unless $body =~ /^A\|<p>(([a-z])\2{39})(?:\n\1)*<\/p>\n$/;
	}
}

kill 'KILL', $pid;
waitpid $pid, 0;

is($mixed, 0, 'a busy file: never two versions in one page');
cmp_ok($asked, '>', 50, 'a busy file: asked for often');

$t->done();
