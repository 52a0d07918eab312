#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# A zone that is far too small, many articles, edits, workers that are killed
# at any instruction, reloads: every page is right, and the zone can be used
# when it is over.
#
# TEST_NEWS_STORM is the number of articles, TEST_NEWS_STORM_SECONDS the time.

use warnings;
use strict;

use Compress::Zlib ();
use FindBin;
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Article;
use News::Test;


my $articles = $ENV{TEST_NEWS_STORM} || 1000;
my $seconds = $ENV{TEST_NEWS_STORM_SECONDS} || 7;
my $edited = 50;
my $clients = 3;

my $t = News::Test->new();
my $root = $t->root();

$t->write_file('t.mustache', TEMPLATE);

# sizes of all kinds, a few of them past what is rendered inline

sub lines {
	my ($n) = @_;

	return $n % 97 == 0 ? 3000 : $n % 13 == 0 ? 600 : $n % 120;
}

$t->write("$_.txt", article($_, lines($_), 0)) for 0 .. $articles - 1;

$t->conf(<<'EOF', workers => 2);
news_cache_zone zone=one:1m;

server {
    listen %%PORT%% backlog=1024;
    root %%ROOT%%;
    keepalive_requests 1000000;

    news_render on;
    news_template t.mustache;
    news_cache one;
    add_header X-Cache $news_cache_status;

    location /sendfile/ { alias %%ROOT%%/; sendfile on; }
    location /files/ { alias %%ROOT%%/; open_file_cache max=100; }
    location /inline/ { alias %%ROOT%%/; news_thread_pool off; }
}
EOF

$t->run();

ok(right(7, $t->get('/7.txt')->body()), 'a page is right');
ok(!right(7, $t->get('/8.txt')->body()), 'another is not');
ok(!right(7, $t->get('/7.txt')->body() =~ s/1/2/r), 'nor a wrong one');


# a client says how many answers were right, wrong, of which kind

sub client {
	my ($seed, $out) = @_;
	my @prefixes = ('', '', '/sendfile', '/files', '/inline');
	my @connections = map { News::Test::Client->new($t) } 1 .. 3;
	my %count = map { $_ => 0 } qw/ right wrong broken HIT MISS EXPIRED
		BYPASS gzip /;
	my $end = time() + $seconds;

	srand $seed;

	while (time() < $end) {
		my $n = int $articles * rand() ** 3;
		my $uri = $prefixes[rand @prefixes] . "/$n.txt";
		my @headers = rand() < 0.3 ? ('Accept-Encoding: gzip') : ();
		my $r = $connections[rand @connections]->get($uri, @headers);

		if (!$r) {
			$count{broken}++;
			next;
		}

		my $body = $r->body();

		if ($r->header('Content-Encoding') eq 'gzip') {
			$count{gzip}++;
			$body = Compress::Zlib::memGunzip($body);
			$body = '' unless defined $body;
		}

		$count{$r->header('X-Cache')}++;

		if ($r->status() == 200 && right($n, $body)) {
			$count{right}++;

		} else {
			$count{wrong}++;
			print $out 'said ', $r->status(), " for $uri: ",
				substr($body, 0, 60) =~ s/\n/ /gr, "\n";
		}
	}

	print $out "$_ $count{$_}\n" for keys %count;
}

# what is edited, faster than it is asked for

sub editor {
	my ($out) = @_;
	my $end = time() + $seconds;
	my %version;

	while (time() < $end) {
		my $n = int rand $edited;
		my $new = "$root/editor.new";

		$version{$n} = ($version{$n} || 0) + 1;

		open my $fh, '>:raw', $new or die "$new: $!\n";
		print $fh article($n, lines($n), $version{$n});
		close $fh;
		rename $new, "$root/$n.txt";

		sleep 0.005;
	}

	print $out "version $_ $version{$_}\n" for keys %version;
}

sub descriptors {
	return scalar(() = glob "/proc/$t->{pid}/fd/*");
}


my @children = map { my $seed = $_;
	$t->background(sub { client($seed, $_[0]) }) } 1 .. $clients;

push @children, $t->background(\&editor);

# a worker is killed again and again, some with nothing between

my $end = time() + $seconds;
my $reload = time() + 0.5;
my ($kills, $reloads) = (0, 0);
my ($size, $open);

srand 1;

while (time() < $end) {
	if (time() > $reload) {
		kill 'HUP', $t->{pid};
		$reloads++;
		$reload = time() + 1;

	} else {
		$kills++ if $t->kill_one();
	}

	sleep 0.05 + rand 0.4;

	($size, $open) = ($t->memory($t->{pid}, 'VmRSS'), descriptors())
		if !defined $size && $reloads == 2;
}

my (%count, %version, @said);

for my $line (map { $_->() } @children) {
	push @said, $line if $line =~ /^(?:said|died)/;
	$version{$1} = $2 if $line =~ /^version (\d+) (\d+)$/;
	$count{$1} += $2 if $line =~ /^(\w+) (\d+)$/;
}

note(join ', ', "$kills kills, $reloads reloads",
	map { "$_ $count{$_}" } sort keys %count);

is(join('', @said), '', 'no wrong answer');
is($count{wrong}, 0, 'not one');
cmp_ok($count{right}, '>', 100 * $seconds / 7, 'right answers');
cmp_ok($count{right}, '>', 5 * $count{broken},
	'connections that broke with their worker');
cmp_ok($count{HIT}, '>', 0, 'hits');
cmp_ok($count{MISS}, '>', 0, 'misses');
cmp_ok($kills, '>=', $seconds, 'kills');
cmp_ok($reloads, '>=', 2, 'reloads');


# afterwards

ok($t->wait_for(sub { $t->workers() == 2 }), 'two workers');
ok($t->reload(), 'reload');

$t->settle();

my $stale = 0;

for my $n (0 .. $edited - 1) {
	my ($digest) = article($n, lines($n), $version{$n} || 0)
		=~ /^title: (\S+)/m;

	$stale++ if $t->get("/$n.txt")->body() !~ /\A\Q$digest\E\|$n\|/;
}

is($stale, 0, 'the last versions');

# as much as there is room for: some were lost if dead workers had kept them

$t->write("small-$_.txt", article($_, lines($_), 0) =~ s/---\n.*?\n---\n\K.*/Text\n/sr)
	for 1 .. 50;
$t->settle();

my @status = map { my $n = $_; map {
	$t->get("/small-$_.txt")->header('X-Cache') } 1 .. 50 } 1 .. 3;

is_deeply([ @status[50 .. 149] ], [ ('HIT') x 100 ], 'there is room');

# memory, after every page was made

my @client = map { News::Test::Client->new($t) } 1 .. 2;
my $bad = 0;

sub round {
	for my $n (0 .. ($articles > 1000 ? 1000 : $articles) - 1) {
		my $r = $client[$n % 2]->get("/$n.txt");

		$bad++ unless $r && right($n, $r->body());
	}

	return map {
		$t->memory($_, 'VmRSS') - $t->memory($_, 'RssShmem')
	} sort { $a <=> $b } $t->workers();
}

my @first = round();
my @last = round();

is($bad, 0, 'pages of all articles');

SKIP: {
	skip 'memory is another with sanitizers', 4 if $ENV{TEST_NEWS_SANITIZE};

	cmp_ok($last[$_] - $first[$_], '<', 4 * 1024, "worker $_ does not grow")
		for 0 .. 1;

	cmp_ok((sort { $b <=> $a } @last)[0], '<', 64 * 1024,
		'workers are not large');
	cmp_ok($t->memory($t->{pid}, 'VmRSS') - $size, '<', 4 * 1024,
		'nor is the master');
}

cmp_ok(descriptors(), '<=', $open + 4, 'nothing is left open');

$t->done();
