#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Bad days of a tree: files that cannot be read, that are directories at
# times, that have odd dates, that change while they are read.

use warnings;
use strict;

use FindBin;
use IO::Select;
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();
my $root = $t->root();

$t->write_file('t.mustache', '{{title}}|{{{content}}}');

sub article {
	my ($title, $text) = @_;

	return "---\ntitle: $title\n---\n$text\n";
}

sub page {
	my ($title, $text) = @_;

	return "$title|<p>$text</p>\n";
}

# a version of a text: its number, again and again

sub text {
	my ($n, $size) = @_;

	return join ' ', ($n) x ($size / (1 + length $n));
}

$t->write("$_.txt", article($_, $_)) for qw/ dir stamp busy locked /;
$t->write('deep/a.txt', article('deep', 'deep'));

$t->conf(<<'EOF', workers => 2);
news_cache_zone zone=one:16m;

server {
    listen %%PORT%% sndbuf=256k;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;
    news_compress off;
    news_cache one;
    add_header X-Cache $news_cache_status;

    location /plain/ { alias %%ROOT%%/; news_render off; }
}
EOF

$t->settle();
$t->run();

# as a file is answered: the status, and the body of an error

sub same {
	my ($uri, $status, $name) = @_;
	my $r = $t->get($uri);
	my $plain = $t->get("/plain$uri");

	is($r->status(), $status, "$name: $status");
	is($plain->status(), $status, "$name: as a file");
	is($r->body(), $plain->body(), "$name: body");
}


# what may not be read, though it is in the cache

for my $case ([ 'locked.txt', 'locked.txt', page('locked', 'locked') ],
	[ 'deep', 'deep/a.txt', page('deep', 'deep') ])
{
	my ($locked, $name, $page) = @$case;
	my $mode = (stat "$root/$locked")[2] & 07777;

	for my $n (1, 2) {
		is($t->get("/$name")->body(), $page, "$name $n");
	}

	chmod 0, "$root/$locked";

	SKIP: {
		skip 'workers may read anything', 3
			if $t->get("/plain/$name")->status() == 200;

		same("/$name", 403, "$locked cannot be read");
	}

	chmod $mode, "$root/$locked";
	is($t->get("/$name")->body(), $page, "$name again");
}


# a directory in place of a file, and a file in place of a directory

sub reader {
	my ($uri, $page, $text, $out) = @_;
	my %seen;

	until ($t->over()) {
		my $r = $t->get($uri);

		$seen{$r->status() != 200 ? $r->status()
			: $r->body() eq $page ? 'page'
			: $r->body() eq $text ? 'text' : 'wrong'}++;
	}

	print $out "$_ $seen{$_}\n" for keys %seen;
}

for my $case ([ 'dir.txt', 'dir.txt', page('dir', 'dir'), 301 ],
	[ 'deep', 'deep/a.txt', page('deep', 'deep'), 404 ])
{
	my ($swapped, $name, $page, $status) = @$case;
	my $path = "$root/$swapped";
	my $text = $t->read_file("html/$name");
	my $wrong = 0;

	my @lines = $t->beside(sub {
		for my $n (1 .. 40) {
			rename $path, "$path.away";
			$status == 404 ? $t->write($swapped, "file\n") : mkdir $path;
			sleep 0.01;

			$wrong++ if $t->get("/$name")->status() != $status;

			$status == 404 ? unlink $path : rmdir $path;
			rename "$path.away", $path;
			sleep 0.01;

			$wrong++ if $t->get("/$name")->body() ne $page;
		}
	}, (sub { reader("/$name", $page, $text, $_[0]) }) x 2);

	my %seen;

	/^(\w+) (\d+)$/ and $seen{$1} += $2 for @lines;

	# there is nothing between the one and the other

	delete $seen{404} if $status != 404;

	is($wrong, 0, "$swapped: seen at once");
	is_deeply([ sort keys %seen ], [ $status, 'page' ],
		"$swapped: the page, or none");
}

rename "$root/dir.txt", "$root/was.txt";
mkdir "$root/dir.txt";

same('/dir.txt/', 403, 'a directory, with a slash');
same('/was.txt/x.txt', 404, 'below a file');
is($t->get('/was.txt')->body(), page('dir', 'dir'), 'the file elsewhere');


# dates of all times

for my $stamp (0, 1, 86400 * 365, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1,
	253402300799, time() + 3600, time() + 86400 * 3650, -86400)
{
	my $name = int $stamp;

	utime $name, $name, "$root/stamp.txt" or next;
	$t->settle();

	my @answers = map { $t->get('/stamp.txt') } 1 .. 3;

	is_deeply([ map { $_->body() } @answers ],
		[ (page('stamp', 'stamp')) x 3 ], "$name: page");
	is($answers[2]->header('X-Cache'), 'HIT', "$name: kept");

	my $date = $answers[2]->header('Last-Modified');

	is($t->get('/stamp.txt', "If-Modified-Since: $date")->status(),
		$date eq '' ? 200 : 304, "$name: '$date'");
	is($t->get('/stamp.txt', 'If-None-Match: '
		. $answers[2]->header('ETag'))->status(), 304, "$name: ETag");
}


# Written in place, bit by bit: when that is over the page is the last version,
# whatever was made of the others.

my $wrong = 0;
my %seen;

sub write_busy {
	my ($n) = @_;
	my $size = $n % 3 ? 5000 : 60000;
	my $bytes = article($n, text($n, $size));
	my $part = int(length($bytes) / 4) + 1;

	open my $fh, '+<:raw', "$root/busy.txt" or die "busy.txt: $!\n";
	truncate $fh, 0 if $n % 2;

	for my $piece (unpack "(a$part)*", $bytes) {
		syswrite $fh, $piece;
		sleep rand 0.005;
	}

	truncate $fh, length $bytes;
	close $fh;

	for (1 .. 3) {
		my $r = $t->get('/busy.txt');

		$wrong++ if $r->body() ne page($n, text($n, $size));
		$seen{$r->header('X-Cache')}++;
		sleep 0.02;
	}
}

$t->beside(sub { write_busy($_) for 1 .. 60 },
	(sub { $t->get('/busy.txt') until $t->over() }) x 3);

is($wrong, 0, 'what has been written is there');

cmp_ok($seen{HIT}, '>', 10, 'and is kept');


# cut short while somebody reads the page

my $text = text('large', 3000000);
my $large = page('large', $text);
my $bytes = article('large', $text);

for my $kind (qw/ MISS HIT /) {
	$t->write('large.txt', $bytes);
	$t->settle();
	$t->get('/large.txt') if $kind eq 'HIT';

	my $socket = $t->ask('/large.txt');

	ok(IO::Select->new($socket)->can_read($News::Test::timeout),
		"$kind: begun");
	sysread $socket, my $raw, 1000;

	truncate "$root/large.txt", 0;
	sleep 0.1;

	like($raw, qr/X-Cache: (?:$kind|BYPASS)\r\n/, "$kind: as it should be");

	while (sysread $socket, $raw, 65536, length $raw) {
		next;
	}

	ok($raw =~ s/\A.*?\r\n\r\n//s && $raw eq $large,
		"$kind: whole, of a file that is empty now");
	is($t->get('/large.txt')->body(), '', "$kind: and then it is empty");
}

# and while it is made: of which there may be any part, but not afterwards

my $cut = 1000000;
my ($status, $after) = (0, 0);

for my $n (1 .. 10) {
	$t->write('large.txt', $bytes);
	$t->settle();

	my $socket = $t->ask('/large.txt');

	sleep 0.003 * $n;
	truncate "$root/large.txt", $n % 2 ? 0 : $cut;

	$status++ if $t->answer($socket)->status() == 200;

	my $want = $n % 2 ? ''
		: page('large', substr($text, 0, $cut + 1 - length article('large', ''))
			=~ s/ +\z//r);

	$after++ if $t->get('/large.txt')->body() eq $want;
}

is($status, 10, 'cut short while it is made');
is($after, 10, 'and right afterwards');

$t->done();
