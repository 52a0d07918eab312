#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Bad clients: who read slowly, who go in the middle, who ask for anything in
# a large directory, who do not know HTTP.
#
# TEST_NEWS_FILES is the number of files in the directory.

use warnings;
use strict;

use FindBin;
use Socket qw/ SOL_SOCKET SO_LINGER /;
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $files = $ENV{TEST_NEWS_FILES} || 5000;
my $t = News::Test->new();

$t->write_file('t.mustache', '{{title}}|{{{content}}}');

sub article {
	my ($name, $text) = @_;

	$t->write("$name.txt", "---\ntitle: $name\n---\n$text\n");
}

article('a', 'Text');
article("few/$_", "text $_") for 1 .. 10;
article("many/$_", "text $_") for 1 .. $files;

# other names fill the directory; a file has room for so many of them

my $names = $t->root() . '/many';

for my $n ($files + 1 .. 100000) {
	my $other = $n % 4 + 1;

	link "$names/$other.txt", "$names/$n.txt"
		or die "$names/$n.txt: $!\n";
}

$t->conf(<<'EOF');
news_cache_zone zone=one:16m;
news_cache_zone zone=pins:8m;

server {
    listen %%PORT%% sndbuf=64k;
    listen %%PORT_1%%;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;
    news_compress off;
    news_cache one;
    add_header X-Cache $news_cache_status;

    location /large/ { news_cache pins; sendfile on; }
    location = /status { news_status; }
}

server {
    listen %%PORT_2%%;
    root %%ROOT%%;
}
EOF

$t->settle();
$t->run();


# clients that go, at any moment, while the page changes

sub large {
	my ($n) = @_;

	article('large/a', my $text = join ' ', ("word$n") x 160000);
	$t->settle();

	return "large/a|<p>$text</p>\n";
}

sub kept {
	my %n = $t->counters('/status');

	return map { $n{"news_cache_${_}{zone=\"pins\"}"} } qw/ free_bytes
		size_bytes /;
}

my ($pid) = $t->workers();
my $page = large(1);

is($t->get('/large/a.txt')->body(), $page, 'a large page');

my ($free, $size) = kept();
my $open = descriptors();
my (@sockets, @memory);

cmp_ok($size - $free, '>', length $page, 'it is kept');

for my $round (1 .. 8) {
	my $want = large($round % 2 + 1);

	@sockets = map { $t->ask('/large/a.txt') } 1 .. 8;

	for my $socket (@sockets[0 .. 5]) {
		sysread $socket, my $begin, 1 + rand 100000;

		$begin =~ /\AH/ or fail("round $round: nothing");
	}

	is($t->get('/large/a.txt')->body(), $want, "round $round: page");
	is(scalar(grep { $t->answer($_)->body() =~ /\Q$want\E\z/ }
		@sockets[6, 7]), 2, "round $round: who stay");

	for my $socket (@sockets[0 .. 5]) {
		setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0;
		close $socket;
	}

	@sockets = ();
	push @memory, $t->memory($pid, 'VmRSS') - $t->memory($pid, 'RssShmem');
}

ok($t->wait_for(sub { descriptors() <= $open }), 'connections are closed');

$page = large(3);
is($t->get('/large/a.txt')->body(), $page, 'the last page');

ok($t->wait_for(sub { (kept())[0] == $free }), 'no other is kept')
	or diag("$free bytes were free, now " . (kept())[0]);

cmp_ok($memory[-1] - $memory[1], '<', 8 * 1024, 'memory')
	unless $ENV{TEST_NEWS_SANITIZE};


# a large directory; what is made again and again in a small one is as slow

sub seconds {
	my ($code) = @_;
	my $client = News::Test::Client->new($t->at(1));
	my ($start, $bad) = (time(), 0);

	for (1 .. 400) {
		my ($dir, $n) = $code->();
		my $r = $client->get("/$dir/$n.txt?" . rand);

		$bad++ unless $r && $r->body() eq "$dir/$n|<p>text $n</p>\n";
	}

	is($bad, 0, 'right pages');

	return time() - $start;
}

srand 1;

my $few = seconds(sub { ('few', 1 + int rand 10) });
my $many = seconds(sub { ('many', 1 + int rand $files) });

note("400 requests: 10 files $few s, $files files $many s");
cmp_ok($many, '<', 20 * $few + 2, 'in time');


# what is no request, or a strange one, is answered as for a file

my $end = "Host: localhost\r\nConnection: close\r\n\r\n";

my @requests = (
	"GET /a.txt\r\n", "GET /a.txt HTTP/1.1\r\n\r\n",
	"GET /a.txt HTTP/1.0\r\n\r\n", "GET /a.txt HTTP/3.9\r\n$end",
	"get /a.txt HTTP/1.1\r\n$end", "GET  /a.txt  HTTP/1.1\r\n$end",
	"GET /a.txt HTTP/1.1\n\n", "\r\n\r\nGET /a.txt HTTP/1.1\r\n$end",
	"G\0T /a.txt HTTP/1.1\r\n$end", "GET a.txt HTTP/1.1\r\n$end",
	"GET /a.txt\tHTTP/1.1\r\n$end", "\x16\x03\x01\x02\0\x01\0\r\n\r\n",
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "FOO /a.txt HTTP/1.1\r\n$end",
	(map { "GET $_ HTTP/1.1\r\n$end" } '/a.txt%00', '/a.txt%', '/a.txt%zz',
		'/%61%2etxt', '/a.txt/', '/a.txt/x', '/a.txt?%00', '/a.txt#x',
		'//a.txt', '/./a.txt', '/../a.txt', '/%2e%2e/a.txt', '/many/../a.txt',
		'/..%2f..%2fa.txt', '/a.txt%0d%0aX:%20y', '/a%ff%fe.txt', "/\xe9.txt",
		'/.txt', '/a.txt.', '/a.TXT', '/many', '/' . 'x' x 300 . '.txt',
		'/' . 'x/' x 2500 . 'a.txt', '/' . 'x' x 9000,
		'http://localhost/a.txt', 'http:///a.txt', '*'),
	(map { "GET /a.txt HTTP/1.1\r\n$_\r\n$end" } 'Host: other', 'Host: a/b',
		'Content-Length: x', 'Content-Length: -1', 'Transfer-Encoding: x',
		"Content-Length: 1\r\nContent-Length: 2", 'Bad Header: x', ': x',
		"X\0: y", "X: \0", 'X: ' . 'y' x 40000, 'Expect: 200-ok',
		"Content-Length: 1\r\nTransfer-Encoding: chunked",
		'Range: bytes=-', 'Range: bytes=9-1', 'Range: bytes=1-2', 'Range: lines=1-2',
		'Range: bytes=999999999999999999999-', 'Range: bytes=5000-6000',
		'Range: bytes=' . join(',', ('0-1') x 500), 'If-Range: "x',
		'If-Modified-Since: x', 'If-None-Match: "', 'If-Match: W/',
		'If-Unmodified-Since: 99 Abc 99999',
		'Accept-Encoding: ' . join(',', ('gzip;q=0.') x 2000),
		'Accept-Encoding: ;;;,,,q=', 'Accept: */*;q=x,,' . ',' x 500));

my $wrong = '';
my %seen;

for my $request (@requests) {
	my ($ours, $theirs) = map { said($t->connect($_), $request) } 1, 2;

	$seen{$theirs}++;
	$wrong .= "$ours, not $theirs: " . substr($request, 0, 60) . "\n"
		if $ours ne $theirs;
}

is($wrong, '', 'as for a file');
is(join(' ', grep { $seen{$_} } qw/ 200 206 400 404 416 /),
	'200 206 400 404 416', 'answers of all kinds');
is($t->get('/a.txt')->body(), "a|<p>Text</p>\n", 'and a page');

$t->done();


# the status; or that there is none, and whether there is a body

sub said {
	my ($socket, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';

	print $socket $bytes;
	shutdown $socket, 1;

	my $r = $t->answer($socket);

	return $r->status() || ($r->raw() eq '' ? 'nothing' : 'a body');
}


sub descriptors {
	return scalar(() = glob "/proc/$pid/fd/*");
}
