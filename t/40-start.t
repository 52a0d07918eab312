#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Memory is out at every allocation of a start in turn, of the heap and of what
# is shared.  nginx says so and does not start, or it starts and all is right.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;
use News::Unit;


my $library = unit_build() . '/memory.so';

plan(skip_all => 'the allocator is not built') unless -f $library;

my $every = $ENV{TEST_NEWS_SANITIZE} ? 97 : 31;

my $t = News::Test->new();
my $count = $t->write_file('count', pack 'q2', 0, 0);
my $http = <<'EOT';
news_cache_zone zone=one:256k;
map $news_meta_tags $tags { default none; ~a has; }
log_format news '$news_title $tags';

server {
    listen %%PORT%%;
    root %%ROOT%%;

    news_render on;
    news_timezone Europe/Paris;
    news_template t.mustache;
    news_source_charset utf-8 gb18030;
    news_cache one;
    access_log access.log news;

    location /theme/ { alias %%ROOT%%/; news_template default; }
    location /status { news_status; }
}
EOT

chmod 0666, $count;

$ENV{NEWS_MEMORY} = $count;
$ENV{TEST_NEWS_PRELOAD} = join ' ', $library, $ENV{TEST_NEWS_PRELOAD} || ();
$ENV{ASAN_OPTIONS} .= ':verify_asan_link_order=0:detect_leaks=0'
	if $ENV{TEST_NEWS_SANITIZE};

$t->write_file('t.mustache', '{{title}}|{{> p}}|{{{content}}}');
$t->write_file('p.mustache', '{{#tags}}{{.}}{{/tags}}');
$t->write('a.txt', "---\ntitle: A\ntags: [a]\n---\n*b*\n");

$t->conf($http);

my ($n, $wrong, $refused) = (0, '', 0);

# the last of them are nginx's own and ours, the most are OpenSSL's; where lines
# are counted that has some at the very end

my $last = $ENV{TEST_NEWS_COVERAGE} ? 1500 : 150;
my $all = test(1e9);

for ($n = 1; $n <= $all; $n += $n < $all - $last ? $every : 1) {
	my $status = test($n);

	$refused++ if $status == 1;
}

is($wrong, '', 'an error or none');
cmp_ok($refused, '>', 50, "$all allocations, $refused errors");


# of memory that is shared each one: a file to send from is done without

$ENV{NEWS_MEMORY_SHARED} = 1;
$t->expect(qr/_index\(\) failed|failed(?: \(12:|$)/);

my ($served, $without, $want) = (0, 0);

$wrong = '';
$refused = 0;

for ($n = 0; $n < 100; $n++) {
	my $mark = $t->log_mark();

	$t->conf($http);
	put($n, 0);

	my $ran = eval { $t->run(); 1 };
	my $failed = (unpack 'q2', $t->read_file('count'))[1];

	put(0, 0);

	if ($ran) {
		my $got = join '|', map { $t->get($_)->body() || '' }
			qw{ /a.txt /a.txt /theme/a.txt };

		$want = $got unless defined $want;
		$wrong .= "allocation $n: $got\n" if $got ne $want;
		$served++;
		$t->stop();

	} else {
		$refused++;
		$wrong .= "allocation $n: not said\n"
			if $t->log_since($mark) !~ /\[(?:emerg|alert)\] .* failed /;
	}

	$without++ if $t->log_since($mark) =~ /no memory file for zone "one"/;

	last if $n && !$failed;
}

is($wrong, '', 'shared memory: right, or an error');
like($want, qr/\AA\|a\|<p><em>b<\/em><\/p>\n\|A\|/, 'the page');
cmp_ok($refused, '>', 1, "$n allocations, $refused errors");
cmp_ok($without, '>', 0, "$without times without a file, all served");
cmp_ok($served - $without, '>', 1, "$served times served");

$t->done();


# "nginx -t" with one that fails: its status, or else how many there were

sub test {
	my ($at) = @_;

	my $mark = $t->log_mark();

	put($at, 0);
	my ($status, $text) = $t->conf_error($http);
	$text .= $t->log_since($mark);
	my ($left, $failed) = unpack 'q2', $t->read_file('count');
	put(0, 0);

	if ($status > 1 || $t->sanitizer($text) ne ''
		|| $status == 1 && $text !~ /\[(?:emerg|alert)\]|memory/
		|| ($status == 0) != ($text =~ /test is successful/))
	{
		$wrong .= "allocation $at: $status, $text\n";
	}

	return $failed ? $status : $at - $left;
}


sub put {
	open my $fh, '+<', $count or die "$count: $!\n";
	syswrite $fh, pack 'q*', @_;
}
