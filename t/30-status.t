#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Counters in the text format of Prometheus.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";
use News::Test;
use Test::More;
use Time::HiRes qw/ sleep /;


# the checker of the format is shown bad examples first

my $good = <<'EOF';
# HELP a_total Some \\ and \n.
# TYPE a_total counter
a_total{zone="x\"\\\n{},=",b="2"} 1
a_total{zone=""} 0
# HELP s Seconds.
# TYPE s histogram
s_bucket{le="0.5"} 1
s_bucket{le="+Inf"} 2
s_sum 1.500000
s_count 2
EOF

is_deeply([ check($good) ], [], 'a good example');

for my $case (
	[ 'no line end', sub { s/\n\z// } ],
	[ 'nothing', sub { $_ = '' } ],
	[ 'no HELP', sub { s/# HELP a.*\n// } ],
	[ 'a second HELP', sub { s/(# HELP a.*\n)/$1$1/ } ],
	[ 'a second TYPE', sub { s/(# TYPE a.*\n)/$1$1/ } ],
	[ 'no TYPE', sub { s/# TYPE a.*\n// } ],
	[ 'TYPE after a sample', sub { s/(# TYPE a.*\n)(a.*\n)/$2$1/ } ],
	[ 'an unknown type', sub { s/counter/count/ } ],
	[ 'a bad escape in HELP', sub { s/Some/\\x/ } ],
	[ 'a bad name', sub { s/a_total/1_total/g } ],
	[ 'a bad label', sub { s/b=/b-c=/ } ],
	[ 'a label without quotes', sub { s/"2"/2/ } ],
	[ 'a bad escape', sub { s/"2"/"\\t"/ } ],
	[ 'a quote that is not escaped', sub { s/"2"/"""/ } ],
	[ 'a label twice', sub { s/b="2"/zone="2"/ } ],
	[ 'a series twice', sub { s/(a_total\{zone="".*\n)/$1$1/ } ],
	[ 'no value', sub { s/ 0\n/\n/ } ],
	[ 'a value that is no number', sub { s/ 0\n/ none\n/ } ],
	[ 'a negative counter', sub { s/ 0\n/ -1\n/ } ],
	[ 'a counter of another name', sub { s/a_total/a/g } ],
	[ 'a gauge named total', sub { s/counter/gauge/ } ],
	[ 'a carriage return', sub { s/ 0\n/ 0\r\n/ } ],
	[ 'bytes that are no UTF-8', sub { s/"2"/"\xff"/ } ],
	[ 'a group that is split', sub { s/(a_total\{zone="".*?\n)(.*)/$2$1/s } ],
	[ 'buckets that shrink', sub { s/(="0.5"\}) 1/$1 3/ } ],
	[ 'buckets out of order', sub { s/(.*0\.5.*\n)(.*Inf.*\n)/$2$1/ } ],
	[ 'no last bucket', sub { s/s_bucket.*Inf.*\n// } ],
	[ 'another count', sub { s/s_count 2/s_count 3/ } ],
	[ 'no count', sub { s/s_count.*\n// } ],
	[ 'no sum', sub { s/s_sum.*\n// } ],
	[ 'no buckets', sub { s/s_bucket.*\n//g } ])
{
	my ($name, $edit) = @$case;

	local $_ = $good;
	$edit->();

	isnt($_, $good, "$name: made");
	isnt(scalar(my @bad = check($_)), 0, "$name is found");
}


# articles

my $t = News::Test->new();

my $odd = "o\"d\\d\n";
my @zones = ('news', 'small', $odd);

my $text = join ' ', map { "word$_" } 1 .. 1000;

$t->write('include.html', 'A<!--# include virtual="/status" -->B');
$t->write("$_.txt", "---\ntitle: T\n---\n$text\n") for qw/ a b /;
$t->write('plain.txt', "no article\n");
$t->write('mistake.txt', "---\na: [1\n---\n");
$t->write('value.txt', "---\ndate: x\nheadimg: 'javascript:x'\n---\n");
$t->write('slow.txt', "---\ntitle: S\n---\n" . '![[]()' x 80000);
$t->write("small/$_.txt", "---\ntitle: $_\n---\n$text\n") for 1 .. 200;

$t->write_file('t.mustache', '<h1>{{title}}</h1>{{{content}}}'
	. '<p>end</p>');

$t->conf(<<'EOF', workers => 2);
news_cache_zone zone=small:1m;
news_cache_zone 'zone=o"d\\d\n:1m';
news_template t.mustache;

server {
    listen %%PORT%%;
    root %%ROOT%%;

    news_render on;
    news_compress gzip;
    add_header X-Cache $news_cache_status always;

    location = /status {
        news_status;
    }

    location /off/ {
        alias %%ROOT%%/;
        news_cache off;
    }

    location /small/ {
        news_cache small;
    }

    location /odd/ {
        alias %%ROOT%%/;
        news_cache 'o"d\\d\n';
    }

    location = /include.html {
        ssi on;
    }

    location = /charset {
        charset utf-8;
        charset_types *;
        news_status;
    }
}
EOF
$t->run();

# what was written just now is not kept

sleep 0.1;


# the answer

my $r = $t->get('/status');

is($r->status(), 200, 'status');
is($r->header('Content-Type'), 'text/plain; version=0.0.4; charset=utf-8',
	'type');
is($r->header('Content-Length'), length $r->body(), 'length');
is($r->header($_), '', "no $_")
	for qw/ ETag Last-Modified Cache-Control Accept-Ranges X-Cache /;
is_deeply([ check($r->body()) ], [], 'format');

my $n = values_of($r->body());
my $lines = $r->body() =~ tr/\n//;

for my $zone (@zones) {
	my @keys = grep { index($_, "{zone=$zone") > 0 } keys %$n;

	is(@keys, 18, "$zone: series");
	is_deeply([ grep { $n->{$_} && !/_(?:size|free)_bytes/ } @keys ], [],
		"$zone: nothing yet");
	cmp_ok($n->{"news_cache_size_bytes{zone=$zone}"}, '>', 900000,
		"$zone: size");
	is($n->{"news_cache_free_bytes{zone=$zone}"},
		$n->{"news_cache_size_bytes{zone=$zone}"}, "$zone: all free");
}

is($n->{'news_cache_requests_total{zone=,status=bypass}'}, 0,
	'requests without a zone');
is_deeply([ sort map { /^news_problems_total\{kind=(.*)\}/ } keys %$n ],
	[ qw/ front_matter limit partial template value / ],
	'kinds of problems');
is_deeply([ $r->body() =~ /^news_render_seconds_bucket\{le="([^"]*)"\}/mg ],
	[ qw/ 0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.05 0.1 0.5 2
	+Inf / ], 'buckets');

is($t->get('/status')->body(), $r->body(), 'it does not count itself');

$r = $t->head('/status');

is($r->status(), 200, 'HEAD: status');
is($r->body(), '', 'HEAD: no body');
cmp_ok($r->header('Content-Length'), '>', 1000, 'HEAD: length');

is($t->request('POST', '/status', \ 'a=b')->status(), 405, 'POST');
is($t->request('DELETE', '/status')->status(), 405, 'DELETE');
is($t->request('GET', '/status', \ 'a=b')->status(), 200, 'GET with a body');
is($t->raw("GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	. "Transfer-Encoding: chunked\r\n\r\nx\r\n")->status(), 400,
	'GET with a body of no chunks');

$r = $t->get('/include.html');

like($r->body(), qr/\AA# HELP .*\nB\z/s, 'a subrequest');
is_deeply([ check(substr $r->body(), 1, -1) ], [], 'format in a subrequest');

is($t->get('/charset')->header('Content-Type'),
	'text/plain; version=0.0.4; charset=utf-8',
	'type is kept by the charset filter');

my @answers = $t->pipelined('/status', '/a.txt', '/status');

is_deeply([ map { $_->status() } @answers ], [ 200, 200, 200 ], 'pipelined');
is_deeply([ check($answers[2]->body()) ], [], 'pipelined: format');


# what requests of each kind do; /a.txt has been asked for

my $length = length $answers[1]->body();
my %hit = ('news_cache_requests_total{zone=news,status=hit}' => 1);
my %render = ('news_renders_total' => 1, 'news_render_seconds_count' => 1);

moves('hit', 'HIT', '/a.txt', %hit);
moves('another hit', 'HIT', '/a.txt', %hit);

$n = now();
$r = $t->head('/a.txt');
is($t->get('/a.txt', 'If-None-Match: ' . $r->header('ETag'))->status(), 304,
	'not modified');
is_deeply(moved($n, now()),
	{ 'news_cache_requests_total{zone=news,status=hit}' => 2 },
	'HEAD and 304');

moves('miss', 'MISS', '/b.txt', %render,
	'news_cache_requests_total{zone=news,status=miss}' => 1,
	'news_cache_entries{zone=news,coding=identity}' => 1,
	'news_cache_bytes{zone=news,coding=identity}' => $length);
moves('hit of the new one', 'HIT', '/b.txt', %hit);

$t->write('b.txt', "---\ntitle: T\n---\nmore $text\n");
sleep 0.1;

moves('expired', 'EXPIRED', '/b.txt', %render,
	'news_cache_requests_total{zone=news,status=expired}' => 1,
	'news_cache_bytes{zone=news,coding=identity}' => length 'more ');

for (1 .. 2) {
	moves('news_cache off', 'BYPASS', '/off/a.txt', %render,
		'news_cache_requests_total{zone=,status=bypass}' => 1);
}

moves('a zone of an odd name', 'MISS', '/odd/a.txt', %render,
	"news_cache_requests_total{zone=$odd,status=miss}" => 1,
	"news_cache_entries{zone=$odd,coding=identity}" => 1,
	"news_cache_bytes{zone=$odd,coding=identity}" => $length);


# codings

$n = now();
$r = $t->get('/a.txt', 'Accept-Encoding: gzip');

my $moved = moved($n, now());

is($r->header('Content-Encoding'), 'gzip', 'gzip');
is($moved->{'news_cache_entries{zone=news,coding=gzip}'}, 1, 'gzip: entry');
is($moved->{'news_cache_bytes{zone=news,coding=gzip}'}, length $r->body(),
	'gzip: bytes');
is($moved->{'news_cache_entries{zone=news,coding=identity}'}, undef,
	'gzip: nothing plain');
is($moved->{'news_cache_requests_total{zone=news,status='
	. lc($r->header('X-Cache')) . '}'}, 1, 'gzip: request');

$n = now();
is($t->get('/plain.txt')->body(), "no article\n", 'no article');
$t->get('/plain.txt');
$moved = moved($n, now());
is($moved->{'news_cache_entries{zone=news,coding=none}'}, 1,
	'no article: kept, once');
is($moved->{'news_cache_bytes{zone=news,coding=none}'}, undef,
	'no article: no bytes');


# problems

for my $case ([ 'mistake', 'front_matter', 1 ], [ 'value', 'value', 2 ]) {
	my ($name, $kind, $times) = @$case;

	$n = now();
	$t->get("/$name.txt");
	$moved = moved($n, now());

	is_deeply([ map { "$_ $moved->{$_}" } grep { /problems/ } keys %$moved ],
		[ "news_problems_total{kind=$kind} $times" ], "problem: $name");
}

$n = now();

{
	# two seconds of a processor may be many of a clock

	local $News::Test::timeout = 120;

	$r = $t->get('/slow.txt');
}

$moved = moved($n, now());

like($r->body(), qr/<pre>!\[\[\]/, 'given up');
is($moved->{'news_give_ups_total'}, 1, 'given up: counted');
is($moved->{'news_problems_total{kind=limit}'}, 1, 'given up: a problem');
is($moved->{'news_renders_total'}, 1, 'given up: one render');
is($moved->{'news_render_seconds_bucket{le=0.5}'}, undef, 'given up: slow');
is($moved->{'news_render_seconds_bucket{le=+Inf}'}, 1, 'given up: bucket');
cmp_ok($moved->{'news_render_seconds_sum'}, '>', 1.9, 'given up: seconds');


# more than there is room for

$n = now();
$t->get("/small/$_.txt") for 1 .. 200;
$moved = moved($n, now());

is($moved->{'news_cache_requests_total{zone=small,status=miss}'}, 200,
	'small zone: misses');
cmp_ok($moved->{'news_cache_evictions_total{zone=small}'}, '>', 50,
	'small zone: evictions');
is($moved->{'news_cache_evictions_total{zone=small}'}
	+ $moved->{'news_cache_entries{zone=small,coding=identity}'}, 200,
	'small zone: what is not there was evicted');

$n = now();
cmp_ok($n->{'news_cache_bytes{zone=small,coding=identity}'}, '<=',
	$n->{'news_cache_size_bytes{zone=small}'}
	- $n->{'news_cache_free_bytes{zone=small}'},
	'small zone: bytes are within its size');

$r = $t->get('/status');
is($r->body() =~ tr/\n//, $lines, 'as many lines as at first');
cmp_ok(length $r->body(), '<', 16384, 'and not much longer');
is_deeply([ check($r->body()) ], [], 'the format still');


# all that is counted

is($n->{'news_render_seconds_count'}, $n->{'news_renders_total'},
	'as many seconds as renders');
is($n->{"news_cache_rebuilds_total{zone=$_}"}, 0, "$_: no rebuilds")
	for @zones;

ok($t->reload(), 'reload');
is_deeply(moved($n, now()), {}, 'counters after a reload');
moves('hit after a reload', 'HIT', '/a.txt', %hit);

$n = now();
ok($t->kill_worker(), 'kill');
is_deeply(moved($n, now()), {}, 'counters after a kill');
moves('hit after a kill', 'HIT', '/a.txt', %hit);


# without an article anywhere

ok($t->reload(<<'EOF'), 'reload without articles');
server {
    listen %%PORT%%;

    location = /status {
        news_status;
    }
}
EOF

$r = $t->get('/status');

is($r->status(), 200, 'no articles: status');
is_deeply([ check($r->body()) ], [], 'no articles: format');


# configuration

for my $case (
	[ 'location /s { news_status on; }',
		qr/invalid number of arguments in "news_status" directive/ ],
	[ 'location /s { news_status; news_status; }',
		qr/"news_status" directive is duplicate/ ],
	[ 'news_status;', qr/"news_status" directive is not allowed here/ ],
	[ 'location /s { if ($arg_a) { news_status; } }',
		qr/"news_status" directive is not allowed here/ ])
{
	my ($conf, $error) = @$case;
	my ($status, $said) = $t->conf_error(
		"server { listen %%PORT%%; $conf }");

	is($status, 1, "nginx -t: $conf");
	like($said, $error, "error of: $conf");
}

$t->done();


# all values, by names and labels, these without quotes

sub now {
	return values_of($t->get('/status')->body());
}


sub values_of {
	my ($text) = @_;
	my %values;

	for my $line (grep { !/^#/ } split /\n/, $text) {
		my ($name, $labels, $value) = sample($line);

		$name .= '{' . join(',', map { "$_->[0]=$_->[1]" } @$labels) . '}'
			if @$labels;
		$values{$name} = $value;
	}

	return \%values;
}


sub moved {
	my ($before, $after) = @_;
	my %moved;

	for my $key (keys %$after) {
		my $by = $after->{$key} - $before->{$key};
		$moved{$key} = $by if $by;
	}

	return \%moved;
}


# a request moves these, and none else but memory and seconds

sub moves {
	my ($name, $status, $uri, %want) = @_;
	my $before = now();
	my $r = $t->get($uri);
	my $moved = moved($before, now());

	delete $moved->{$_}
		for grep { /_free_bytes|_bucket|_seconds_sum/ } keys %$moved;

	is($r->header('X-Cache'), $status, "$name: status");
	is_deeply($moved, \%want, "$name: counters");
}


# a line of the format: name, labels, value; nothing where it is none

sub sample {
	my ($line) = @_;
	my @labels;

	return unless $line =~ /\G([a-zA-Z_:][a-zA-Z0-9_:]*)/gc;

	my $name = $1;

	if ($line =~ /\G\{/gc) {
		until ($line =~ /\G\}/gc) {
			return unless $line =~ /\G([a-zA-Z_][a-zA-Z0-9_]*)
				="((?:[^"\\]|\\[\\"n])*)"/xgc;

			my ($label, $value) = ($1, $2);

			$value =~ s/\\(.)/$1 eq 'n' ? "\n" : $1/ge;
			push @labels, [ $label, $value ];

			last if $line =~ /\G\}/gc;
			return unless $line =~ /\G,/gc;
		}
	}

	return unless $line =~ /\G[ ]([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
		(?:[eE][+-]?[0-9]+)?|[+-]Inf|NaN)\z/xgc;

	return ($name, \@labels, $1);
}


# what is wrong with a text, by the rules of the format and of good names

sub check {
	my ($text) = @_;
	my (@bad, %help, %type, %seen, %groups, %histograms);
	my $group = '';

	push @bad, 'nothing' if $text eq '';
	push @bad, 'no line end' if $text !~ /\n\z/;
	push @bad, 'control characters' if $text =~ /[\x00-\x09\x0b-\x1f\x7f]/;
	push @bad, 'no UTF-8' unless utf8::decode(my $copy = $text);

	for my $line (split /\n/, $text) {
		my ($what, $name, $rest) =
			$line =~ /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)\z/;

		if (defined $what && $name ne $group) {
			push @bad, "$name comes again" if $groups{$name}++;
			$group = $name;
		}

		if (defined $what && $what eq 'HELP') {
			$rest =~ s/\\[\\n]//g;
			push @bad, "second HELP of $name" if $help{$name}++;
			push @bad, "escape in HELP of $name" if $rest =~ /\\/;
			next;
		}

		if (defined $what) {
			push @bad, "second TYPE of $name" if $type{$name};
			push @bad, "TYPE of $name is late" if $seen{$name};
			push @bad, "type $rest"
				if $rest !~ /^(?:counter|gauge|histogram)\z/;
			push @bad, "$name is a $rest"
				if $rest eq 'counter' xor $name =~ /_total\z/;
			$type{$name} = $rest;
			next;
		}

		my ($sample, $labels, $value) = sample($line);

		if (!defined $sample) {
			push @bad, "line: $line";
			next;
		}

		$name = $sample;
		$name =~ s/_(?:bucket|sum|count)\z// unless $type{$name};

		my %labels = map { $_->[0] => $_->[1] } @$labels;
		my $series = join "\0", $sample,
			map { "$_=$labels{$_}" } sort keys %labels;

		push @bad, "label twice: $line" if keys %labels != @$labels;
		push @bad, "not in its group: $line" if $name ne $group;
		push @bad, "no HELP: $line" unless $help{$name};
		push @bad, "no TYPE: $line" unless $type{$name};
		push @bad, "series twice: $line" if $seen{$series}++;
		push @bad, "value: $line" if $value !~ /^\d+(?:\.\d+)?\z/;

		$seen{$name}++;

		if (defined $labels{le}) {
			push @{$histograms{$name}{buckets}}, [ $labels{le}, $value ];

		} elsif ($sample =~ /_(sum|count)\z/) {
			$histograms{$name}{$1} = $value;
		}
	}

	for my $name (grep { $type{$_} eq 'histogram' } keys %type) {
		push @bad, map { "$name: $_" } check_histogram($histograms{$name});
	}

	return @bad;
}


sub check_histogram {
	my ($h) = @_;
	my ($le, $n) = (0, 0);
	my @bad;

	for my $bucket (@{$h->{buckets}}) {
		push @bad, 'order' if $le eq '+Inf'
			|| ($bucket->[0] ne '+Inf' && $bucket->[0] <= $le);
		push @bad, 'shrinks' if $bucket->[1] < $n;
		($le, $n) = @$bucket;
	}

	push @bad, 'no last bucket' if $le ne '+Inf';
	push @bad, 'no sum' unless defined $h->{sum};
	push @bad, 'no count' unless defined $h->{count};
	push @bad, 'count' if ($h->{count} || 0) != $n;

	return @bad;
}
