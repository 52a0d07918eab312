#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Memory is out at every allocation of a request in turn.  The answer is right,
# an error or cut short; the worker lives, the next answer is right, and nothing
# is left pinned, locked or in memory.  An nginx with NGX_DEBUG_PALLOC makes
# each allocation of a pool one of these.

use warnings;
use strict;

use FindBin;
use POSIX ();
use Test::More;
use Time::HiRes qw/ time /;

use lib "$FindBin::Bin/lib";
use News::Test;
use News::Unit;


# the more allocations, the fewer of them where each takes long

my $every = $ENV{TEST_NEWS_SANITIZE} ? 10 : 3000;

my $library = unit_build() . '/memory.so';

plan(skip_all => 'the allocator is not built') unless -f $library;

my $t = News::Test->new();
my $waited = 0;
my $count = $t->write_file('count', pack 'q2', 0, 0);
my $page = "---\ntitle: A\ndate: 2021-07-30\ntags: [a, b]\n---\n"
	. "# *b*\n\n[c](d) <i>e</i>\n" x 40;

chmod 0666, $count;

$ENV{NEWS_MEMORY} = $count;
$ENV{TEST_NEWS_PRELOAD} = join ' ', $library, $ENV{TEST_NEWS_PRELOAD} || ();
$ENV{ASAN_OPTIONS} .= ':verify_asan_link_order=0' if $ENV{TEST_NEWS_SANITIZE};

# what nginx itself says, for a worker's failure too

$t->expect(qr/\[emerg\] .*(?:malloc|posix_memalign)\(.*failed/);

$t->write_file('t.mustache', '{{title}}|{{#tags}}{{.}}{{/tags}}{{{content}}}');
$t->write('large.txt', "---\ntitle: L\n---\n" . "*a* **b**\n\n" x 9000);
$t->write('draft.txt', "---\ndraft: true\n---\nd\n");
$t->write('gone.txt', "---\ngone: true\n---\nd\n");
$t->write('bad.txt', "---\na: [\n---\nd\n");
$t->write('gbk.txt', "---\ntitle: \xd6\xd0\n---\n\xce\xc4\n");
$t->write('include.html', '<!--# include virtual="/hit.txt" -->|');
$t->write('hit.txt', $page);

$t->conf(<<'EOT', main => 'thread_pool default threads=256;');
map $news_meta_tags $tags { default none; ~a has; }
log_format news '$news_title $news_author $news_meta_tags $tags';

server {
    listen %%PORT%%;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;
    news_source on;
    news_source_charset utf-8 gb18030;
    access_log access.log news;

    add_header X-Tags $tags;

    location = /include.html { ssi on; }
    location /off/ { alias %%ROOT%%/; news_cache off; }
    location /status { news_status; }
}
EOT

$t->run();

my ($worker) = $t->workers();

# in every coding, each of which takes a while to be there

for my $coding (qw/ gzip br /) {
	$t->wait_for(sub {
		my $r = $t->get('/hit.txt', "Accept-Encoding: $coding");
		($r->header('Content-Encoding') || '') eq $coding;
	});
}

# each time in a thread that is new

tries('large', '/off/large.txt');

# a page that is there, and one that each time is not

tries('hit', '/hit.txt');
tries('HEAD', '/hit.txt', method => 'HEAD');
tries('gzip', '/hit.txt', headers => [ 'Accept-Encoding: gzip' ]);
tries('br', '/hit.txt', headers => [ 'Accept-Encoding: br' ]);
tries('a range', '/hit.txt', headers => [ 'Range: bytes=3-9' ]);
tries('ranges', '/hit.txt', headers => [ 'Range: bytes=3-9,20-29' ]);
tries('304', '/hit.txt', headers => [ 'If-None-Match: '
	. $t->get('/hit.txt')->header('ETag') ]);
tries('include', '/include.html');
tries('status', '/status', any => 1);

tries('cold', '/cold.txt', text => $page);
tries('cold, gzip', '/cold.txt', text => $page,
	headers => [ 'Accept-Encoding: gzip' ]);

tries('not cached', '/off/hit.txt');
tries('draft', '/off/draft.txt');
tries('gone', '/off/gone.txt');
tries('a mistake', '/off/bad.txt');
tries('another encoding', '/off/gbk.txt');
tries('its source', '/off/gbk.txt?format=source');
tries('JSON', '/off/hit.txt?format=json');
tries('no article', '/include.html?a');

cmp_ok($waited, '<', 3, 'no lock was left');

# each value there is takes a page, and none that was replaced still has its own

ask('/hit.txt', text => $page);

my %c = $t->counters('/status');
my $values = 0;

$values += $c{"news_cache_entries{zone=\"news\",coding=\"$_\"}"}
	for qw/ identity gzip br zstd /;

cmp_ok($values, '>', 3, 'values in the cache');
is($c{'news_cache_size_bytes{zone="news"}'}
	- $c{'news_cache_free_bytes{zone="news"}'},
	$values * POSIX::sysconf(POSIX::_SC_PAGESIZE()), 'nothing is pinned');

SKIP: {
	skip 'the sanitizers keep what is freed', 1 if $ENV{TEST_NEWS_SANITIZE};

	fail_often(2);
	my $before = $t->memory($worker, 'VmRSS');
	fail_often(8);
	my $after = $t->memory($worker, 'VmRSS');

	cmp_ok($after, '<', $before + 1024, "kilobytes, after $before");
}

is_deeply([ $t->workers() ], [ $worker ], 'the same worker');
unlike($t->log(), qr/\[alert\]/, 'no alert');

$t->done();


# the file is another one each time where it is given

sub tries {
	my ($name, $uri, %opt) = @_;
	my ($n, $wrong, $errors) = (0, '', 0);
	my $want = ask($uri, %opt);

	for ($n = 1; $n < 3000; $n += 1 + int $n / $every) {
		my $got = ask($uri, %opt, at => $n);

		if ($got ne $want && !$opt{any}
			&& $got !~ /\AHTTP\/1\.1 500 / && index($want, $got) != 0
			&& $got !~ /<title>500 |\[an error occurred while processing /)
		{
			$wrong .= "allocation $n: " . substr($got, 0, 200) . "\n";
		}

		last unless failed();

		$errors++ if $got ne $want;

		my $again = ask($uri, %opt);

		if ($again ne $want && !$opt{any}) {
			$wrong .= "after $n: " . substr($again, 0, 200) . "\n";
		}
	}

	is($wrong, '', "$name: right or none");
	ok($n < 3000 && $n > 1, "$name: $n allocations, $errors errors");
}


# thousands of requests, in most of which an allocation fails

sub fail_often {
	my ($rounds) = @_;

	for (1 .. $rounds) {
		for my $uri (qw{ /hit.txt /off/hit.txt /off/bad.txt /include.html }) {
			ask($uri, at => $_) for 1 .. 60;
		}
	}
}


sub ask {
	my ($uri, %opt) = @_;
	my $method = $opt{method} || 'GET';

	if (defined $opt{text}) {
		my $path = $t->root() . '/' . substr $uri, 1;

		$t->write(substr("$uri.new", 1), $opt{text});
		utime 1_600_000_000, 1_600_000_000, "$path.new";
		rename "$path.new", $path;
		$t->settle();
	}

	put($opt{at} || 0, 0);
	my $begun = time;
	my $raw = $t->request($method, $uri, @{$opt{headers} || []})->raw();
	put(0);

	# a lock is one's own for three seconds

	$waited++ if time - $begun > 2.5;

	$raw =~ s/^Date: .*\r\n//m;
	$raw =~ s/\b0{10,}\d+\b/0/g;

	return $raw;
}


sub put {
	open my $fh, '+<', $count or die "$count: $!\n";
	syswrite $fh, pack 'q*', @_;
}


sub failed {
	return (unpack 'q2', $t->read_file('count'))[1];
}
