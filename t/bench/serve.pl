#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# See serve.sh.  The pages are served by the module and, as files of the same
# bytes, by nginx, from servers of one nginx that differ in nothing else; the
# loads take turns, and the first round is not counted.

use warnings;
use strict;

use POSIX qw/ strftime /;
use Time::HiRes qw/ sleep time /;

use Load;
use News::Test;


my ($long, $pin) = map { my $option = $_; scalar grep { $_ eq $option } @ARGV }
	qw/ --long --pin /;
my %parts = map { $_ => 1 } grep { !/^--(?:long|pin)$/ } @ARGV;
my @parts = qw/ small real large cold memory calls latency /;

for my $part (keys %parts) {
	die "usage: serve.sh [--long] [--pin] [@parts]\n"
		unless grep { $_ eq $part } @parts;
}

%parts = map { $_ => 1 } @parts unless %parts;

my @workers = (1, 2);
my $rounds = $long ? 12 : 8;
my $seconds = $long ? 1 : 0.45;
my $connections = 16;

my @sizes = grep { $parts{$_} } qw/ small real large /;
my %size = (small => 4096, large => 204800);
my $real = 'examples/zh/terraces.txt';

my $tree = News::Test->tree();

# ports; those of files are one more than those of pages

use constant {
	PAGE => 0, FILE => 1, PAGE_KEPT => 2, FILE_KEPT => 3,
	GZIP_FILE => 4, GZIP_FILE_KEPT => 5, RETURN => 6
};

my $common = <<'EOF';
    sendfile on;
    keepalive_requests 1000000000;
    keepalive_timeout 600;
EOF

my $kept = 'open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;';

$| = 1;

heading();
hits() if @sizes;
cold() if $parts{cold} || $parts{memory};
calls() if $parts{calls};
latency() if $parts{latency};


sub heading {
	my ($model) = Load::slurp('/proc/cpuinfo') =~ /^model name\s*: (.*)$/m;
	my $cores = () = Load::slurp('/proc/cpuinfo') =~ /^processor\s*:/mg;
	my $binary = News::Test->binary();
	my ($version) = `$binary -v 2>&1` =~ m{nginx/(\S+)};

	printf "%s, %d cores of %s, Linux %s, nginx %s%s.\n",
		strftime('%Y-%m-%d', gmtime), $cores, $model || 'some processor',
		(POSIX::uname())[2], $version,
		precise() ? '' : ', processor time in ticks of 10 ms only';
}


# hits

sub hits {
	printf "\nProcessor time of the workers for a hit, in microseconds: "
		. "medians of %d rounds of\n%s s. The ratio is static to module, "
		. "with the quartiles of the rounds;\n\"itself\" is the static "
		. "file measured twice.\n\n", $rounds - 1, $seconds;

	row('page', 'coding', 'workers', 'open_file_cache', 'module', 'static',
		'ratio', 'itself', '`return 200`', 'module to it',
		'module, req/s', 'static, req/s');
	row('---', '---', ('--:') x 10);

	for my $workers (@workers) {
		my $t = News::Test->new();
		my $pages = pages($t, $workers, @sizes);

		for my $name (@sizes) {
			my $page = $pages->{$name};

			compare($t, $name, $page, '', $workers);
			compare($t, $name, $page, 'gzip', $workers)
				if $page->{gzip};
		}

		stop($t);
	}
}


# the pages and all their servers; what the module answers becomes a file

sub pages {
	my ($t, $workers, @names) = @_;
	my %pages;

	$t->write_file('small.mustache', '<!DOCTYPE html><html lang="{{lang}}">'
		. '<head><meta charset="utf-8"><title>{{title}}</title></head>'
		. "<body>{{{content}}}</body></html>\n");

	my %options = (workers => $workers, level => 'warn',
		main => $pin ? 'worker_cpu_affinity auto;' : '');

	$t->conf(servers($t, $workers, {},
		'add_header X-News-Cache $news_cache_status;'), %options);
	$t->run();

	for my $name (@names) {
		if ($size{$name}) {
			fit($t, $name);

		} else {
			$t->write("$name.txt", Load::slurp("$tree/$real"));
		}
	}

	# files that changed in this very moment are not kept

	sleep 1.1;

	for my $name (@names) {
		my $page = $pages{$name} = {};
		my ($head);

		(undef, $page->{body}) = fetch(keep($t->port(PAGE)),
			"/$name.txt");
		($head) = fetch(keep($t->port(PAGE)), "/$name.txt");
		($page->{status}) = $head =~ /^X-News-Cache: (\w+)/mi;

		$t->write_file("copy/$name.html", $page->{body});

		next unless $t->has('http_gzip_static_module');

		($head, my $body) = fetch(keep($t->port(PAGE)), "/$name.txt",
			'Accept-Encoding: gzip');

		if ($head =~ /^Content-Encoding: gzip\r/mi) {
			$page->{gzip} = $body;
			$t->write_file("copy/$name.html.gz", $body);
		}
	}

	for my $name (@names) {
		my $status = $pages{$name}{status} || 'no status';

		warn "the answers for $name.txt are no hits: $status\n"
			if $status ne 'HIT';
		warn "the answer for $name.txt is never compressed\n"
			unless $pages{$name}{gzip};
	}

	$t->reload(servers($t, $workers, \%pages, ''), %options)
		or die "nginx was not reloaded\n";

	return \%pages;
}


# writes an article whose page has the size asked for

sub fit {
	my ($t, $name) = @_;
	my $text = filler($size{$name} * 1.1);
	my $n = int $size{$name} * 0.9;

	for (1 .. 30) {
		my $body = substr $text, 0, $n;

		$body =~ s/(\s+)\z/'x' x length $1/e;
		$t->write("$name.txt", "---\ntitle: A page\n---\n$body\n");

		my (undef, $page) = fetch(keep($t->port(PAGE)), "/$name.txt");
		my $missing = $size{$name} - length $page;

		return if $missing == 0;
		$n += $missing;
	}
}


# paragraphs of words of the examples, always the same

sub filler {
	my ($size) = @_;
	my $text = '';
	my @words;

	for my $file (glob "$tree/examples/en/*.txt") {
		my $article = Load::slurp($file);

		$article =~ s/\A---.*?^---$//ms;
		push @words, $article =~ /(?<= )[a-z]+(?= )/g;
	}

	srand 1;

	while (length $text < $size) {
		$text .= join(' ', map { $words[rand @words] } 1 .. 11)
			. (rand() < 0.15 ? ".\n\n" : "\n");
	}

	return $text;
}


sub servers {
	my ($t, $workers, $pages, $header) = @_;
	my $listen = $workers > 1 ? 'reuseport' : '';
	my $root = $t->root();
	my $copy = $t->dir() . '/copy';
	my $returns = join '', map { returns($pages->{$_}{body}) }
		sort keys %$pages;

	my $page = "root $root; news_render on; $header "
		. 'location = /small.txt { news_template small.mustache; }';
	my $file = "root $copy; location = /small.html { }";
	my $gzip = $t->has('http_gzip_static_module')
		? 'gzip_static on;' : '';

	return $common . join '', map {
		"server { listen %%PORT_$_->[0]%% $listen; $_->[1] }\n"
	} [ PAGE, $page ], [ PAGE_KEPT, "$page $kept" ], [ FILE, $file ],
		[ FILE_KEPT, "$file $kept" ], [ GZIP_FILE, "$file $gzip" ],
		[ GZIP_FILE_KEPT, "$file $gzip $kept" ],
		[ RETURN, "default_type text/html; $returns" ];
}


# "return 200" of the size of a body: a constant where one can be that long,
# else many times the same one

sub returns {
	my ($body) = @_;
	my $n = length $body;
	my $where = "location = /$n";

	return "$where { return 200 \"" . 'x' x $n . "\"; }\n" if $n < 4000;

	my $piece = 'x' x 2048;
	my $rest = 'x' x ($n % 2048);
	my $pieces = '$piece' x int($n / 2048);

	return "$where { set \$piece \"$piece\"; set \$rest \"$rest\"; "
		. "return 200 \"$pieces\$rest\"; }\n";
}


# rounds of a page, its file, and bytes of the configuration

sub compare {
	my ($t, $name, $page, $coding, $workers) = @_;
	my $n = length $page->{body};
	my $body = $coding ? $page->{gzip} : $page->{body};
	my @headers = $coding ? ("Accept-Encoding: $coding") : ();

	my ($file, $file_kept) = $coding ? (GZIP_FILE, GZIP_FILE_KEPT)
		: (FILE, FILE_KEPT);

	my @arms = (
		[ 'page', PAGE, "/$name.txt" ],
		[ 'file', $file, "/$name.html" ],
		[ 'page kept', PAGE_KEPT, "/$name.txt" ],
		[ 'file kept', $file_kept, "/$name.html" ],
		[ 'file again', $file_kept, "/$name.html" ],
		$coding ? () : [ 'return', RETURN, "/$n" ],
	);

	for my $arm (@arms) {
		my (undef, $got) = fetch(keep($t->port($arm->[1])), $arm->[2],
			@headers);

		die "$arm->[0] of $name: other bytes than the page's\n"
			if $arm->[0] eq 'return' ? length $got != $n
				: $got ne $body;
	}

	my $times = turns($t, $workers, \@headers, @arms);
	my $itself = ratio($times, 'file again', 'file kept');

	warn "$name: not a steady machine: the static file is $itself of itself\n"
		if abs(median(@{$times->{"file again"}{cost}})
			/ median(@{$times->{"file kept"}{cost}}) - 1) > 0.05;

	for my $cache ('', ' kept') {
		my $label = sprintf '%s, %s bytes', $name, commas(length $body);

		row($label, $coding || 'identity', $workers,
			$cache ? 'on' : 'off',
			cost($times, "page$cache"), cost($times, "file$cache"),
			'**' . ratio($times, "file$cache", "page$cache") . '**',
			$cache ? $itself : '',
			$coding ? ('', '') : (cost($times, 'return'),
				ratio($times, "page$cache", 'return')),
			rate($times, "page$cache"), rate($times, "file$cache"));
	}
}


# times of arms by round: forwards and backwards in turn

sub turns {
	my ($t, $workers, $headers, @arms) = @_;
	my @pids = $t->workers();
	my %times;

	my %options = (threads => $workers, headers => $headers,
		connections => $connections * $workers);

	$options{cpus} = '0-' . ($workers - 1) if $pin;

	for my $round (0 .. $rounds - 1) {
		for my $arm ($round % 2 ? reverse @arms : @arms) {
			my ($name, $port, $uri) = @$arm;
			my $before = processor_time(@pids);

			my $load = wrk('http://127.0.0.1:' . $t->port($port) . $uri,
				$seconds, %options);

			# until its connections are closed

			sleep 0.02;

			my $took = processor_time(@pids) - $before;

			next unless $round;

			push @{$times{$name}{cost}},
				$took * 1e6 / $load->{requests};
			push @{$times{$name}{rate}}, $load->{rate};
		}
	}

	return \%times;
}


sub cost {
	my ($times, $name) = @_;

	return sprintf '%.1f', median(@{$times->{$name}{cost}});
}


sub rate {
	my ($times, $name) = @_;

	return commas(sprintf '%.0f', median(@{$times->{$name}{rate}}));
}


sub ratio {
	my ($times, $one, $two) = @_;
	my @one = @{$times->{$one}{cost}};
	my @two = @{$times->{$two}{cost}};
	my @ratios = map { $one[$_] / $two[$_] } 0 .. $#one;

	return sprintf '%.2f (%.2f–%.2f)', median(@one) / median(@two),
		quantile(0.25, @ratios), quantile(0.75, @ratios);
}


# renders, and what the pages take in memory

sub cold {
	my $n = $long ? 6000 : 2000;
	my $t = News::Test->new();
	my $article = Load::slurp("$tree/$real");

	for my $dir (qw/ plain gzip /) {
		for my $i (1 .. $n) {
			(my $text = $article) =~ s/^title: .*/title: Number $i/m;
			$t->write("$dir/$i.txt", $text);
		}
	}

	sleep 1.1;

	my $zone = accepts($t, 'news_cache_zone zone=bench:256m;')
		? 'news_cache_zone zone=bench:256m; news_cache bench;' : '';
	my $status = accepts($t,
		'server { listen %%PORT%%; location / { news_status; } }')
		? 'location = /status { news_status; }' : '';

	$t->conf("$common $zone server { listen %%PORT%%; root %%ROOT%%; "
		. "news_render on; $status }", workers => 2, level => 'warn');
	$t->run();

	my $before = $status ? counters($t) : {};
	my ($rate, $cost, $size) = render($t, $n, 'plain');
	my $after = $status ? counters($t) : {};

	if ($parts{cold}) {
		print "\nArticles as $real, each asked for once, by one client of "
			. "two workers.\n\n";
		row('coding', 'articles/s', 'processor time, µs', 'bytes sent');
		row('---', '--:', '--:', '--:');
		row('identity', $rate, $cost, $size);
		row('gzip', render($t, $n, 'gzip'));
	}

	memory($n, $size, $before, $after) if $parts{memory};

	stop($t);
}


sub render {
	my ($t, $n, $dir) = @_;
	my @headers = $dir eq 'gzip' ? ('Accept-Encoding: gzip') : ();
	my @pids = $t->workers();
	my $socket = keep($t->port(0));
	my $before = processor_time(@pids);
	my $start = time;
	my $size = 0;

	for my $i (1 .. $n) {
		my (undef, $body) = fetch($socket, "/$dir/$i.txt", @headers);

		$size += length $body;
	}

	my $rate = $n / (time() - $start);

	sleep 0.02;

	my $cost = (processor_time(@pids) - $before) * 1e6 / $n;

	return commas(sprintf '%.0f', $rate), sprintf('%.0f', $cost),
		commas(sprintf '%.0f', $size / $n);
}


sub memory {
	my ($n, $size, $before, $after) = @_;

	if (!defined $after->{news_cache_free_bytes}) {
		print "\nMemory per page: the module has no counters of it.\n";
		return;
	}

	my $took = $before->{news_cache_free_bytes}
		- $after->{news_cache_free_bytes};
	my $entries = $after->{news_cache_entries}
		- $before->{news_cache_entries};

	printf "\nMemory per page: %s bytes of the zone for a page of %s bytes; "
		. "%s entries\nof %s pages.\n",
		$entries ? commas(sprintf '%.0f', $took / $entries) : 'no', $size,
		commas($entries), commas($n);
}


# counters of news_status, those of several zones or kinds added up

sub counters {
	my ($t) = @_;
	my $text = $t->get('/status')->body();
	my %counters;

	while ($text =~ /^(\w+)(?:\{.*?\})? ([\d.e+]+)$/mg) {
		$counters{$1} += $2;
	}

	return \%counters;
}


sub accepts {
	my ($t, $conf) = @_;
	my ($status) = $t->conf_error($conf);

	return $status == 0;
}


# system calls

sub calls {
	my $t = News::Test->new();
	my @names = qw/ small real large /;
	my $pages = pages($t, 1, @names);
	my @pids = $t->workers();
	my $n = 500;

	my %arms = (page => PAGE, file => FILE, 'page kept' => PAGE_KEPT,
		'file kept' => FILE_KEPT, return => RETURN);

	print "\nSystem calls for a request, of $n on one connection.\n\n";
	row('page', 'open_file_cache', 'module', 'static', '`return 200`');
	row(('---') x 5);

	for my $name (@names) {
		my %cells;

		for my $arm (keys %arms) {
			my $uri = $arm eq 'return' ? '/' . length $pages->{$name}{body}
				: $arm =~ /page/ ? "/$name.txt" : "/$name.html";
			my $socket = keep($t->port($arms{$arm}));

			fetch($socket, $uri) for 1 .. 10;

			my $calls = system_calls($t->dir() . '/calls', \@pids,
				sub { fetch($socket, $uri) for 1 .. $n });

			$cells{$arm} = listed($calls, $n);
		}

		row($name, 'off', $cells{page}, $cells{file}, $cells{return});
		row($name, 'on', $cells{'page kept'}, $cells{'file kept'}, '');
	}

	stop($t);
}


sub listed {
	my ($calls, $n) = @_;

	return 'no strace' unless $calls;

	my @names = sort grep { $calls->{$_} > $n / 50 } keys %$calls;
	my $sum = 0;

	$sum += $calls->{$_} / $n for @names;

	return sprintf '%.1f: %s', $sum, join ', ', map {
		sprintf '%s %.3g', $_, $calls->{$_} / $n
	} @names;
}


# hits while large articles are rendered one after another

sub latency {
	my $articles = 60;
	my $time = $long ? 10 : 3;
	my $t = News::Test->new();

	$t->write('hit.txt', Load::slurp("$tree/$real"));

	# each has a name of its own, but needs no room of its own

	my $big = $t->write('big.txt', "---\ntitle: Big\n---\n"
		. substr(filler(4100000), 0, 4100000) . "\n");

	link $big, $t->root() . "/big-$_.txt" for 1 .. $articles;

	sleep 1.1;

	my %scripts = (
		'as many as it takes' => undef,
		'4,000 a second' => $t->write_file('paced.lua',
			"function delay()\n    return math.random(1, 7)\nend\n"),
	);

	print "\nTimes of hits in milliseconds: quiet; while another client asks "
		. "for the heads of\narticles of 4 MB, that render one after the "
		. "other; while it reads a static file of\n4.6 MB 15 times a second; "
		. "while it reads pages of 4.6 MB that render.\n\n";
	row('load', 'workers', 'p50 quiet', 'p99 quiet', 'p50 rendering',
		'p99 rendering', 'renders/s', 'p99 static sent',
		'p99 rendering, sent');
	row('---', ('--:') x 8);

	for my $workers (1, 2) {
		$t->conf("$common server { listen %%PORT%%"
			. ($workers > 1 ? ' reuseport' : '') . "; root %%ROOT%%; "
			. 'news_render on; }', workers => $workers, level => 'warn');
		$t->run();
		fetch(keep($t->port(0)), '/hit.txt');
		$t->write('big.bin', (fetch(keep($t->port(0)), '/big.txt'))[1]);

		for my $load (sort keys %scripts) {
			my %opt = (latency => 1, threads => 1, connections => 16,
				script => $scripts{$load});
			my $url = 'http://127.0.0.1:' . $t->port(0) . '/hit.txt';

			my $quiet = wrk($url, $time, %opt)->{latency};

			my %busy;
			my $renders;

			for my $what (qw/ head static page /) {
				my ($pid, $pipe) = reader($t, $articles, $what);

				$busy{$what} = wrk($url, $time, %opt)->{latency};

				kill 'KILL', $pid;
				waitpid $pid, 0;

				my $done = length(do { local $/; <$pipe> } // '');

				$renders = $done if $what eq 'head';
			}

			row($load, $workers, (map { sprintf '%.2f', $_ }
				$quiet->{50}, $quiet->{99}, $busy{head}{50},
				$busy{head}{99}), sprintf('%.1f', $renders / $time),
				map { sprintf '%.2f', $busy{$_}{99} } qw/ static page /);
		}

		stop($t);
	}
}


# a process that asks for one large article after another, and writes a byte
# for each

sub reader {
	my ($t, $articles, $what) = @_;

	pipe my $reader, my $writer or die "pipe: $!\n";

	my $pid = fork;
	die "fork: $!\n" unless defined $pid;

	if ($pid) {
		close $writer;
		return $pid, $reader;
	}

	eval {
		my $socket = keep($t->port(0));

		for (my $i = 0; ; $i++) {
			if ($what eq 'static') {
				fetch($socket, '/big.bin');
				sleep 0.065;
				next;
			}

			my $name = '/big-' . ($i % $articles + 1) . '.txt';

			# once they were all asked for, they change

			utime 1e9 + $i, 1e9 + $i, $t->root() . $name
				if $i >= $articles || $what eq 'page';

			if ($what eq 'head') {
				head($socket, $name);

			} else {
				fetch($socket, $name);
			}

			syswrite $writer, '.';
		}
	};

	POSIX::_exit(1);
}


# stops nginx, and does not hide what it had to say

sub stop {
	my ($t) = @_;

	$t->stop();

	my $said = $t->complaints($t->log()) . $t->deaths($t->log());

	die $said if $said;
}


sub row {
	print '| ', join(' | ', @_), " |\n";
}


sub commas {
	my $n = reverse $_[0];

	$n =~ s/(\d{3})(?=\d)/$1,/g;

	return scalar reverse $n;
}
