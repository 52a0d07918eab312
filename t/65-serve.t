#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# examples/serve.sh: the examples and another directory, what each of the
# examples answers, and that nothing is left when it is stopped.

use warnings;
use strict;

use Cwd qw/ abs_path /;
use File::Basename qw/ dirname /;
use File::Temp qw/ tempdir /;
use HTTP::Tiny;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw/ sleep time /;


my $root = abs_path(dirname(__FILE__) . '/..');

plan(skip_all => 'nginx-dev is not installed')
	unless -d '/usr/share/nginx/src';
plan(skip_all => 'builds its own module, without sanitizers')
	if $ENV{TEST_NEWS_SANITIZE};


my $tmp = tempdir('news-serve-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $dir = "$tmp/an \"archive\" 'with' \$1 and 文";
my ($pid, $url, $response);

END {
	stop('KILL') if $pid;
}

# workers are another user's where this is root's

chmod 0755, $tmp;
mkdir "$tmp/tmp";
mkdir $dir;

$ENV{TMPDIR} = "$tmp/tmp";
$ENV{XDG_CACHE_HOME} = "$root/t/build/cache";
$ENV{PORT} = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
	->sockport();


# the examples

start();
is($url, "http://127.0.0.1:$ENV{PORT}/", 'address is printed');

$response = get('/');
is($response->{status}, 200, 'home page');
is($response->{headers}{'content-type'}, 'text/html; charset=utf-8',
	'home page is HTML');
like($response->{content}, qr{<h1[^>]*>News from the harbour, in plain text</h1>},
	'home page is an article');

# every article of its own site that the home page names answers

my %status = (
	'desk/draft.txt' => 404,
	'desk/embargo.txt' => 404,
	'desk/withdrawn.txt' => 410,
);

my @links = $response->{content} =~ /<a href="([a-z-]+\/[\w-]+\.txt)"/g;

cmp_ok(scalar(@links), '>=', 15, 'home page has links');

for my $link (@links) {
	is(get("/$link")->{status}, $status{$link} || 200, $link);
}

$response = get('/robots.txt');
like($response->{headers}{'content-type'}, qr!^text/plain!, 'robots.txt');
like($response->{content}, qr/^User-agent/, 'robots.txt is as it was');

like(get('/magazine/slow-post.txt')->{content}, qr/class="kicker"/,
	'another template');
like(get('/zh/night-library.txt')->{content}, qr/深夜不打烊的社区图书馆/,
	'HTML throughout');

my $mistake = qr/news: front matter: .* at line \d+, column \d+/;

get('/desk/broken-front-matter.txt');
like(errors(), qr{$mistake in "\Q$root\E/examples/desk/broken-},
	'mistake is logged');
is(() = errors() =~ /$mistake/g, 1, 'mistake is logged once');

stop('INT');
is($?, 0, 'stopped from the keyboard');
is_deeply([ glob("$tmp/tmp/*") ], [], 'nothing is left');
ok(!connected(), 'port is free');


# another directory, and quick now

open my $fh, '>', "$dir/a b.txt" or die "$dir: $!\n";
print $fh "---\ntitle: One\n---\ntext\n";
close $fh;

my $begin = time();

start($dir);
cmp_ok(time() - $begin, '<', 10, 'second run is quick');

like(get('/a%20b.txt')->{content}, qr{<h1[^>]*>One</h1>}, 'directory');
unlike(get('/a%20b.txt')->{content}, qr/Courier/, 'directory has no name');
is(get('/')->{status}, 200, 'directory is listed');

stop('TERM');
is($?, 0, 'stopped');
is_deeply([ glob("$tmp/tmp/*") ], [], 'nothing is left');


# what cannot be

is(system("$root/examples/serve.sh '$tmp/none' 2>/dev/null") >> 8, 2,
	'no such directory');

$ENV{PORT} = '80x';
is(system("$root/examples/serve.sh 2>/dev/null") >> 8, 2, 'no port');

done_testing();


sub start {
	my (@args) = @_;
	my ($deadline);

	unlink "$tmp/out";

	$pid = fork();
	die "fork: $!\n" unless defined $pid;

	if ($pid == 0) {
		setpgrp(0, 0);
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$tmp/out";
		open STDERR, '>>', "$tmp/err";
		exec("$root/examples/serve.sh", @args) or exit 127;
	}

	for ($deadline = time() + 240; time() < $deadline; sleep(0.05)) {
		($url) = slurp("$tmp/out") =~ /^(.+)\n/;

		return if defined $url || waitpid($pid, 1);
	}
}


# as a terminal does it: the signal goes to all of the group

sub stop {
	my ($signal) = @_;

	kill $signal, $signal eq 'TERM' ? $pid : -$pid;
	waitpid $pid, 0;
	undef $pid;
}


sub get {
	my ($uri) = @_;

	return HTTP::Tiny->new(timeout => 10)->get(
		"http://127.0.0.1:$ENV{PORT}$uri");
}


sub connected {
	return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
		PeerPort => $ENV{PORT});
}


sub errors {
	return slurp("$tmp/err");
}


sub slurp {
	my ($file) = @_;

	open my $fh, '<', $file or return '';
	local $/;

	return scalar <$fh> // '';
}
