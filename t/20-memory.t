#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Clients that do not read: a request holds its page, not what the render
# took.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


plan(skip_all => 'memory is another with sanitizers')
	if $ENV{TEST_NEWS_SANITIZE};

my $t = News::Test->new();

# some 80 megabytes while it is rendered, 4 as a page

my $body = ('*a* **b** `c` ' x 8 . "\n\n") x 5000;

$t->write_file('t.mustache', '{{title}}|{{{content}}}');
$t->write('large.txt', "---\ntitle: Large\n---\n$body");
$t->write('a.txt', "---\ntitle: A\n---\nText\n");

$t->conf(<<'EOF');
server {
    listen %%PORT%% sndbuf=16k;
    root %%ROOT%%;
    news_render on;
    news_template t.mustache;
}
EOF

$t->run();

my ($pid) = $t->workers();

my $large = $t->get('/large.txt');

is($large->status(), 200, 'status');
like($large->body(), qr/^Large\|<p><em>a<\/em> <strong>b/, 'page');

my $length = length($large->body());

cmp_ok($length, '>', 1_000_000, 'a large page');

my $clients = 12;
my @clients;

for my $n (1 .. $clients) {
	my $s = $t->connect();

	print $s "GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n";
	sysread($s, my $start, 1024);

	like($start, qr/^HTTP\/1.1 200 /, "client $n");
	push @clients, $s;
}

is($t->get('/a.txt')->status(), 200, 'others go on');

my ($now) = status($pid, 'VmRSS');
my ($peak) = status($pid, 'VmHWM');

note("$now kB now, $peak kB at most, a page of $length bytes");

cmp_ok($now, '<', 64 * 1024 + $clients * ($length + length($body)) / 1024,
	'the pages are held, and not much more');

close($_) for @clients;

$t->done();


sub status {
	my ($process, $name) = @_;

	open my $fh, '<', "/proc/$process/status" or die "status: $!\n";

	return map { /^$name:\s+(\d+) kB/ ? $1 : () } <$fh>;
}
