#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Calls of the system fail: a file cannot be read or looked at, changes all the
# time, the cache's mutex is not to be had.  The answer is right or an error,
# the log says why, and the next one is right.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;
use News::Unit;


my $library = unit_build() . '/calls.so';

plan(skip_all => 'the calls are not built') unless -f $library;

my $n_files = 0;
my @kinds = qw/ READ INTERRUPT STAT CHANGE HOLE DIRECT LOCK CLOCK /;
my %kind = map { $kinds[$_] => $_ } 0 .. $#kinds;

my $t = News::Test->new();
my $calls = $t->write_file('calls', pack 'i8', (0) x 8);

chmod 0666, $calls;

$ENV{NEWS_CALLS} = $calls;
$ENV{TEST_NEWS_PRELOAD} = join ' ', grep { length }
	$ENV{TEST_NEWS_PRELOAD} || '', $library;

my $plain = "No front matter.\n" x 400;
my $text = 'word ' x 1000 . 'end';
my $large = 'word ' x 10000 . 'end';
my $huge = 'word ' x 200000 . 'end';

$t->write('hit.txt', article('H', $text));
$t->write('plain.txt', $plain);

my $threads = $t->has('threads');

$t->site(<<'EOT');
    news_compress gzip;
    news_cache small;
    sendfile on;
    add_header X-Cache $news_cache_status;

    location /direct/ { alias %%ROOT%%/; directio 4k; }
    location /status { news_status; }
}

news_cache_zone zone=small:5m;

server {
    listen %%PORT_1%%;
EOT

$t->settle();
$t->run();

is($t->get('/hit.txt')->header('X-Cache'), 'MISS', 'a page');


# read, at the beginning and later on; in a thread, too

for my $case ([ 1, $text ], [ 2, $text ], [ 1, $large ], [ 2, $large ]) {
	my ($n, $words) = @$case;
	my $name = cold($words);
	my $mark = $t->log_mark();
	my $r = with('READ', $n, "/$name.txt");

	is($r->status(), 500, "$name: read $n fails");
	like($t->log_since($mark), qr/\[crit\] .*pread\(\) \S*$name\.txt" failed/,
		"$name: the log says so");
	right("/$name.txt", $name, $words);
}

$t->expect(qr/\[crit\] .* pread\(\) ".*\.txt" failed \(5: /);

for my $words ($text, $large) {
	my $name = cold($words);

	right("/$name.txt", $name, $words, 'INTERRUPT', 1);
}

# those who wait for the page make it themselves

{
	my $name = cold($large);

	set('READ', 1);
	my @answers = $t->parallel(("/$name.txt") x 10);
	set('READ', 0);

	is_deeply([ sort map { $_->status() } @answers ], [ (200) x 9, 500 ],
		'one of many cannot read');
	is(scalar(grep { $_->body() eq page($name, $large) } @answers), 9,
		'the others have the page');
}


# what is known of the file, when it is opened, before it is read, after that

$t->expect(qr/\[crit\] .* fstat\(\) ".*\.txt" failed \(5: /,
	qr/\[crit\] .* pread\(\) ".*\.txt" failed \(5: /);

for my $n (1 .. 3) {
	my $name = cold($text);
	my $mark = $t->log_mark();

	is(with('STAT', $n, "/$name.txt")->status(), 500, "$name: look $n fails");
	like($t->log_since($mark), qr/\[crit\] .*$name\.txt" failed \(5: /,
		"$name: the log says so");
	right("/$name.txt", $name, $text);
}

# no article: it is looked at once more before it is sent

$t->write('plain-2.txt', $plain);

for my $n (1 .. 5) {
	my $r = with('STAT', $n, '/plain-2.txt');

	ok($r->status() == 500 || $r->body() eq $plain, "no article, look $n");
}

is($t->get('/plain-2.txt')->body(), $plain, 'no article');


# a file that changes all the time

{
	my $name = cold($text);

	for my $n (1, 2) {
		my $r = with('CHANGE', -1, "/$name.txt");

		is($r->body(), page($name, $text), "changes, $n");
		isnt($r->header('X-Cache'), 'HIT', "changes, $n: not kept");
	}

	# of what is no article nothing is sent that was not looked at

	my $r = with('CHANGE', -1, '/plain.txt');

	is($r->status(), 200, 'no article, changes');
	is($r->body(), substr($plain, 0, 4096), 'no more than was looked at');
	is($t->get('/plain.txt')->body(), $plain, 'and then it is whole');
}


# clocks

{
	my $name = cold($text);

	for my $n (1 .. 4) {
		my $r = with('CLOCK', $n, "/$name.txt");

		ok($r->status() == 500 || $r->body() eq page($name, $text),
			"clock $n");
	}

	right("/$name.txt", $name, $text, 'CLOCK', 3);
	$t->expect(qr/\[crit\] .* pread\(\) ".*\.txt" failed \(22: /);
}


# I/O past the page cache, which not all file systems have

{
	my $mark = $t->log_mark();

	$t->expect(qr/fcntl\(O_DIRECT\) ".*plain\.txt" failed \(22: /);
	is(with('DIRECT', -1, '/direct/plain.txt')->body(), $plain,
		'no direct I/O');
	like($t->log_since($mark), qr/\[alert\] .*O_DIRECT\) ".*\/plain\.txt"/,
		'the log says so');
}


# memory that the kernel may be sending still, and does not give back

SKIP: {
	skip 'no memory that is a file', 2 unless sent();

	set('HOLE', -1);

	my @status = map { sent() } 1 .. 12;

	set('HOLE', 0);

	is(scalar(grep { $_ eq '' } @status), 0, 'no hole: right');
	cmp_ok(scalar(grep { $_ eq 'BYPASS' } @status), '>', 0,
		'no hole: some are not kept');
}

is(scalar(grep { sent() eq '' } 1 .. 12), 0, 'holes: right');


# the mutex: each time in turn, then for ever

my %seen;

for my $n (1 .. 16) {
	my $name = cold($text);

	right("/$name.txt", $name, $text, 'LOCK', $n);
	$seen{$t->get("/$name.txt")->header('X-Cache')}++;
}

cmp_ok($seen{HIT} || 0, '>', 8, 'one lock that fails: most are kept');

is(with('LOCK', -1, '/hit.txt')->header('X-Cache'), 'HIT',
	'no lock: what is there');
is(with('LOCK', -1, '/hit.txt')->body(), page('H', $text), 'its page');
is(with('LOCK', -1, '/status')->status(), 200, 'no lock: counters');

for my $case ([ $text, 'gzip' ], [ $text, '' ], [ $large, '' ]) {
	my ($words, $coding) = @$case;
	my $name = cold($words);

	for my $n (1, 2) {
		my $r = with('LOCK', -1, "/$name.txt", "Accept-Encoding: $coding");

		is($r->status(), 200, "no lock, $n: status");
		is($r->body(), page($name, $words), "no lock, $n: page")
			if $r->header('Content-Encoding') eq '';
		isnt($r->header('X-Cache'), 'HIT', "no lock, $n: not kept");
	}

	$t->get("/$name.txt");
	is($t->get("/$name.txt")->header('X-Cache'), 'HIT', 'lock: kept');
}

# a process that comes later has no place in the zone, until it can be had

my $mark = $t->log_mark();

set('LOCK', -1);
ok($t->reload(), 'reload');

for my $n (1, 2) {
	my $r = $t->get('/hit.txt');

	is($r->body(), page('H', $text), "no slot, $n: page");
	is($r->header('X-Cache'), 'BYPASS', "no slot, $n");
}

set('LOCK', 0);
like($t->log_since($mark), qr/zone "small" is used by too many processes/,
	'the log says so');
ok($t->wait_for(sub { $t->get('/hit.txt')->header('X-Cache') eq 'HIT' }),
	'a slot');

$t->done();


sub article {
	my ($title, $words) = @_;

	return "---\ntitle: $title\n---\n$words\n";
}


sub page {
	my ($title, $words) = @_;

	return "$title|<p>$words</p>\n";
}


# an article that nobody has asked for

sub cold {
	my ($words) = @_;
	my $name = 'cold-' . ++$n_files;

	$t->write("$name.txt", article($name, $words));
	$t->settle();

	return $name;
}


sub set {
	my ($call, $n) = @_;

	open my $fh, '+<', $calls or die "$calls: $!\n";
	sysseek $fh, 4 * $kind{$call}, 0;
	syswrite $fh, pack 'i', $n;
}


# an answer, while calls fail

sub with {
	my ($call, $n, $uri, @headers) = @_;

	set($call, $n);
	my $r = $t->get($uri, @headers);
	set($call, 0);

	return $r;
}


sub right {
	my ($uri, $title, $words, $call, $n) = @_;
	my $r = with($call || 'READ', $n || 0, $uri);

	is($r->body(), page($title, $words), "$title: page"
		. ($call ? ", $call $n" : ''));
}


# a version of a page that the kernel sends from the zone; empty where wrong

sub sent {
	my $name = 'H' . ++$n_files;

	$t->write('huge.txt', article($name, $huge));
	$t->settle();

	my $r = $t->get('/huge.txt');

	return $r->body() eq page($name, $huge) ? $r->header('X-Cache') : '';
}
