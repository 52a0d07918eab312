#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# A long day: clients of all kinds, an editor, reloads, new binaries, workers
# that are killed, a zone that is too small for all.  Every answer is one of a
# version that was there between the request and the answer; no draft is seen;
# memory and descriptors stay as they are after a while.
#
# TEST_NEWS_SOAK is the number of minutes; t/soak.sh runs this.

use warnings;
use strict;

use Compress::Zlib ();
use Digest::MD5 qw/ md5_hex /;
use Fcntl qw/ SEEK_SET /;
use File::Find;
use FindBin;
use POSIX qw/ strftime /;
use Socket qw/ SOL_SOCKET SO_LINGER /;
use Test::More;
use Time::HiRes qw/ sleep time /;

use lib "$FindBin::Bin/lib";
use News::Test;


my $minutes = $ENV{TEST_NEWS_SOAK} || 1;
my $articles = 300;
my $record = 32;
my $unpack = ($ENV{TEST_NEWS_BUILD} || "$FindBin::Bin/build") . '/unpack';

# a machine with other work

$News::Test::timeout *= 4;

my $t = News::Test->new();
my $root = $t->root();
my $end = time() + $minutes * 60;


# What version N of an article is: most are pages, some are not to be seen, at
# times or at all.

sub kind {
	my ($n, $version) = @_;
	my $k = ($n + 3 * $version) % 19;

	return $k == 0 ? 'none' : $k == 1 ? 'draft' : $k == 2 ? 'embargo'
		: $k == 3 ? 'expiring' : 'page';
}

sub article {
	my ($n, $version, $moment) = @_;
	my $kind = kind($n, $version);
	my $lines = $n % 97 == 0 ? 4000 : $n % 13 == 0 ? 600 : 1 + $n % 50;
	my $text = join "\n", map { md5_hex("$n $version $_") } 0 .. $lines;
	my $iso = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $moment);

	$text .= "\nunseen" if $kind eq 'draft';

	return join "\n", '---', 'title: ' . md5_hex("<p>$text</p>\n"),
		"number: $n", "version: $version", $kind eq 'draft' ? 'draft: true' : (),
		$kind eq 'embargo' ? "date: $iso" : (),
		$kind eq 'expiring' ? "expires: $iso" : (), '---', $text, '';
}

# The journal says for each article which version is coming, which is there,
# and the moment of that.

my $journal = $t->write_file('journal', pack('q q d x8', 0, 0, 0)
	x $articles);

sub journal {
	my ($n, @values) = @_;

	open my $fh, '+<:raw', $journal or die "journal: $!\n";
	sysseek $fh, $n * $record, SEEK_SET;

	return syswrite $fh, pack 'q q d x8', @values if @values;

	sysread $fh, (my $bytes), $record;

	return unpack 'q q d', $bytes;
}

# a template carries its number, which is read when nginx is configured

my $template = 0;

sub template {
	$template++;
	$t->write_file('new.mustache', "T$template|{{title}}|{{number}}|{{version}}|"
		. '{{{content}}}');
	rename $t->dir() . '/new.mustache', $t->dir() . '/t.mustache';
}

# articles that stay as they are, some of them hostile

my %constant = (
	'deep.txt' => '> ' x 5000 . "x\n",
	'tags.txt' => '<div><svg><math>' x 3000 . "<script>unseen</script>\n",
	'links.txt' => '[a](' x 8000 . "\n",
	'stars.txt' => '*a_ ' x 8000 . "\n",
	'entities.txt' => '&#0;&amp&lt;' x 4000 . "\n",
	'bytes.txt' => join('', map { chr(($_ * 7) % 256) } 1 .. 20000) . "\n",
	'long.txt' => join("\n\n", map { "## $_\n\nword *$_*" } 1 .. 4000) . "\n",
);

$constant{$_} = "---\ntitle: $_\n---\n$constant{$_}" for keys %constant;
$constant{'yaml.txt'} = "---\ntitle: [a\n  b: &c {{{\n---\nText\n";
$constant{'plain.txt'} = "no article\n" x 100;

find({ no_chdir => 1, wanted => sub {
	return unless /([^\/]+)\.txt$/ && -f;
	open my $fh, '<:raw', $_ or return;
	local $/;
	$constant{"real-$1.txt"} = <$fh>;
} }, $t->tree() . '/examples/zh', $t->tree() . '/examples/en');

$t->write("fixed/$_", $constant{$_}) for keys %constant;
$t->write('fixed/all.html', '<!--#include virtual="/ssi/fixed/long.txt" -->'
	. '<!--#include virtual="/ssi/fixed/plain.txt" -->');

for my $n (0 .. $articles - 1) {
	my $kind = kind($n, 0);

	$t->write("$n.txt", article($n, 0, time())) if $kind ne 'none';
	journal($n, 0, 0, time());
}

template();

my $http = <<'EOF';
news_cache_zone zone=one:3m;

server {
    listen %%PORT%% backlog=1024;
    listen %%PORT_1%% sndbuf=32k;
    root %%ROOT%%;
    keepalive_requests 100000;
    client_header_timeout 10s;
    send_timeout 10s;

    news_render on;
    news_template t.mustache;
    news_compress br zstd gzip;
    news_cache one;
    add_header X-Cache $news_cache_status;

    location /sendfile/ { alias %%ROOT%%/; sendfile on; }
    location /files/ { alias %%ROOT%%/; open_file_cache max=50;
        open_file_cache_valid 1; }
    location /inline/ { alias %%ROOT%%/; news_thread_pool off; }
    location /off/ { alias %%ROOT%%/; news_cache off; }
    location /source/ { alias %%ROOT%%/; news_source on; }
    location /ssi/ { alias %%ROOT%%/; ssi on; ssi_types text/plain; }
    location = /status { news_status; }
}
EOF

my @options = (daemon => 1, workers => 2, level => 'warn', main => join ' ',
	'worker_shutdown_timeout 5s;', map { "env $_;" } qw/ LD_PRELOAD
	ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS /);

$t->conf($http, @options);
$t->run();

my %digest = map { $_ => fixed($t->get("/fixed/$_")) } keys %constant;

# the page and the file that it is made of

$digest{'all.html'} = '200 ' . md5_hex(join '', map {
	body($t->get("/fixed/$_")) =~ s/T\d+\|//r } 'long.txt', 'plain.txt');

cmp_ok(scalar(keys %digest), '>', 10, 'articles that stay');


# clients: each answer is checked; what is wrong is written

my @prefixes = ('', '', '', qw{ /sendfile /inline /off /source /ssi /files });

sub over {
	return time() >= $end || -e $t->dir() . '/enough';
}

sub client {
	my ($seed, $out) = @_;
	my @connections = map { News::Test::Client->new($t) } 1 .. 3;
	my %count;

	srand $seed;

	my $say = sub { syswrite $out, join(' ', @_) . "\n" };
	my $next = time() + 5;

	until (over()) {
		my $client = $connections[rand @connections];
		my $chance = rand;
		my $start = time();

		my ($what, $wrong) = eval {
			$chance < 0.04 ? gone() : $chance < 0.08 ? pipelined()
				: $chance < 0.09 ? status($client)
				: $chance < 0.12 ? source($client)
				: $chance < 0.24 ? constant($client) : changing($client)
		};

		($what, $wrong) = ('broken', '') if $@ =~ /connect/;
		($what, $wrong) = ('died', $@) if !defined $what;

		$count{$what}++;
		$say->('wrong', $what, substr($wrong, 0, 300) =~ s/\s+/ /gr) if $wrong;

		if (time() > $next) {
			$say->("count $_ " . delete $count{$_}) for keys %count;
			$next = time() + 5;
		}

		# as long as it took, so that others can run, too

		sleep time() - $start + 0.004;
	}

	$say->("count $_ $count{$_}") for keys %count;
}

sub coding {
	my $chance = rand;

	return $chance < 0.5 ? () : 'Accept-Encoding: '
		. ($chance < 0.9 ? 'gzip' : $chance < 0.95 ? 'br' : 'zstd');
}

sub body {
	my ($r) = @_;
	my $coding = $r->header('Content-Encoding');

	return $r->body() if $coding eq '';

	if ($coding eq 'gzip') {
		my $body = Compress::Zlib::memGunzip($r->body());
		return defined $body ? $body : 'broken';
	}

	my $name = $t->write_file("packed.$$", $r->body());

	return `$unpack $coding < $name`;
}

# the digest of a page, whatever the number of the template was

sub fixed {
	my ($r) = @_;
	my $body = body($r) =~ s/T\d+\|//gr;

	return $r->status() . ' ' . md5_hex($body);
}

sub constant {
	my ($client) = @_;
	my $name = (sort keys %digest)[rand keys %digest];
	my $uri = ($name eq 'all.html' ? '/ssi' : $prefixes[rand 6])
		. "/fixed/$name";
	my $r = $client->get($uri, coding()) or return ('broken', '');

	return ('constant', '') if fixed($r) eq $digest{$name};

	return ('constant', "$uri: " . $r->status() . ', ' . length($r->body())
		. ' bytes, the last ' . substr $r->body(), -200);
}

# the file as it is, and as JSON

sub source {
	my ($client) = @_;
	my $name = (sort keys %constant)[rand keys %constant];
	my $uri = "/source/fixed/$name";
	my $form = rand() < 0.5 ? 'source' : 'json';
	my $r = $client->get("$uri?format=$form", coding())
		or return ('broken', '');

	my $right = $form eq 'source' || $name eq 'plain.txt'
		? body($r) eq $constant{$name}
		: body($r) =~ /\A\{"title":.*\}\n?\z/s;

	return ('source', $right ? '' : "$uri?format=$form: " . $r->status());
}

sub status {
	my ($client) = @_;
	my $r = $client->get('/status') or return ('broken', '');

	return ('status', $r->body() =~ /^news_renders_total \d+$/m ? ''
		: '/status: ' . $r->status());
}

sub changing {
	my ($client) = @_;
	my $n = int $articles * rand() ** 2;
	my $prefix = $prefixes[rand @prefixes];
	my $uri = "$prefix/$n.txt";
	my @headers = coding();

	# what open_file_cache has may be as old as it says

	my $start = time();
	my ($from, $old, $moment);

	if ($prefix eq '/files') {
		$from = 0;

	} else {
		(undef, $from, $moment) = journal($n);
	}

	my $r = $client->get($uri, @headers) or return ('broken', '');
	my ($till) = journal($n);
	my $wrong = wrong($n, $r, $from, $till, $start, $moment);
	my $what = $r->header('X-Cache') || 'none';

	return ($what, "$uri: $wrong") if $wrong;
	return $what if $r->status() != 200 || rand() < 0.8;

	# the same again, as it is asked for in other ways

	return ('head', head($client, $uri, $r, $n)) if rand() < 0.3;
	return ('range', range($client, $uri, $r)) if rand() < 0.5;

	return $what if $r->header('ETag') eq '';

	my $again = $client->get($uri, @headers, 'If-None-Match: '
		. $r->header('ETag')) or return ('broken', '');

	return ('304', $again->status() == 304 || $again->header('ETag')
		ne $r->header('ETag') ? '' : "$uri: no 304");
}

sub wrong {
	my ($n, $r, $from, $till, $start, $moment) = @_;
	my $status = $r->status();
	my @kinds = map { kind($n, $_) } $from .. $till;

	if ($status == 404) {
		return '404' unless grep { $_ ne 'page' } @kinds;
		return '404, published' if @kinds == 1 && $kinds[0] eq 'embargo'
			&& defined $moment && $start > $moment + 3;
		return '';
	}

	return "status $status" if $status != 200;

	my $body = body($r);

	return 'a draft' if $body =~ /unseen/;
	return 'no page: ' . substr $body, 0, 100 unless $body =~
		/\AT(\d+)\|([0-9a-f]{32})\|$n\|(\d+)\|(<p>[^<]*<\/p>\n)\z/;

	my ($digest, $version, $content) = ($2, $3, $4);

	return "version $version of $from .. $till"
		if $version < $from || $version > $till;
	return "digest of $version" if md5_hex($content) ne $digest;

	my $kind = kind($n, $version);

	return "$kind, version $version" if $kind =~ /none|draft/;
	return 'expired' if $kind eq 'expiring' && @kinds == 1
		&& defined $moment && $start > $moment + 3;
	return 'too early' if $kind eq 'embargo' && @kinds == 1
		&& defined $moment && time() < $moment - 1;

	return '';
}

sub head {
	my ($client, $uri, $page, $n) = @_;
	my $r = $client->request('HEAD', $uri) or return '';

	return $r->status() =~ /^(?:200|404)$/ && $r->body() eq '' ? ''
		: "$uri: HEAD";
}

# a part, if it is of the same page

sub range {
	my ($client, $uri, $page) = @_;
	my $length = length $page->body();
	my $from = int rand $length;
	my $to = $from + int rand($length - $from);
	my $coding = $page->header('Content-Encoding');

	my $r = $client->get($uri, "Range: bytes=$from-$to", 'If-Range: '
		. $page->header('ETag'), $coding ? "Accept-Encoding: $coding" : ())
		or return '';

	return '' if $r->status() == 206 && $r->body()
		eq substr $page->body(), $from, $to - $from + 1;

	return $r->status() == 206 ? "$uri: range $from-$to"
		: $r->status() =~ /^(?:200|404)$/ ? '' : "$uri: range " . $r->status();
}

sub pipelined {
	my @names = map { (sort keys %digest)[rand keys %digest] } 1 .. 4;

	@names = grep { $_ ne 'all.html' } @names;

	my @answers = $t->pipelined(map { "/fixed/$_" } @names, 'deep.txt');

	return 'broken' if @answers != @names + 1 || !$answers[-1]->status();

	for my $i (0 .. $#names) {
		return ('pipelined', "$names[$i], pipelined")
			if fixed($answers[$i]) ne $digest{$names[$i]};
	}

	return 'pipelined';
}

# one that reads a little, waits and goes

sub gone {
	my $n = 97 * int rand 4;
	my $socket = $t->at(1)->ask("/sendfile/$n.txt");

	sysread $socket, my $begin, 1 + rand 20000;
	sleep rand 2;

	setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0
		if rand() < 0.5;
	close $socket;

	return 'gone';
}


# the editor

sub editor {
	my ($out) = @_;
	my ($edits, %version) = 0;

	srand 77;

	until (over()) {
		my $n = int $articles * rand() ** 3;
		my $version = ($version{$n} || 0) + 1;
		my (undef, $old, $was) = journal($n);
		my $moment = int(time()) + 2 + int rand 3;

		journal($n, $version, $old, $was);

		if (kind($n, $version) eq 'none') {
			unlink "$root/$n.txt";

		} else {
			$t->write('editor.new', article($n, $version, $moment));
			rename "$root/editor.new", "$root/$n.txt";
		}

		journal($n, $version, $version, $moment);
		$version{$n} = $version;
		$edits++;

		sleep rand 0.1;
	}

	syswrite $out, "count edits $edits\n";
}


my $clients = 3;
my @lines;

sub child {
	my ($code) = @_;
	my $name = $t->dir() . '/said.' . @lines;

	open my $out, '>>:raw', $name or die "$name: $!\n";

	my $wait = $t->background(sub {
		eval { $code->($out); 1 } or syswrite $out, "wrong died $@\n";
	});

	push @lines, $name;

	return $wait;
}

my @children = map { my $seed = $_; child(sub { client($seed, $_[0]) }) }
	1 .. $clients;

push @children, child(\&editor);

# what they said so far

sub said {
	my (%count, @wrong);

	for my $name (@lines) {
		open my $fh, '<', $name or next;

		while (my $line = <$fh>) {
			push @wrong, $line if $line =~ /^wrong/;
			$count{$1} += $2 if $line =~ /^count (\S+) (\d+)$/;
		}
	}

	return (\%count, \@wrong);
}

# of the master and its workers: memory without the zone, and descriptors

sub sizes {
	my @pids = ($t->{pid}, $t->workers());
	my @memory = map { $t->memory($_, 'VmRSS')
		- $t->memory($_, 'RssShmem') } @pids;
	my @open = map { scalar(() = glob "/proc/$_/fd/*") } @pids;

	return ((sort { $b <=> $a } @memory[1 .. $#memory])[0] || 0, $memory[0],
		(sort { $b <=> $a } @open)[0]);
}

my (@samples, %did);
my $line = time() + 60;
my $action = time() + 2;

srand 5;

while (time() < $end) {
	sleep 0.2;

	if (time() > $action) {
		my $what = (qw/ kill kill reload reload template wait upgrade /)[rand 7];

		template() if $what eq 'template';

		my $done = $what eq 'kill' ? $t->kill_one()
			: $what eq 'upgrade' ? $t->upgrade()
			: $what eq 'wait' ? 1 : kill 'HUP', $t->{pid};

		# a worker might have gone before it could be killed

		fail("$what was done") unless $done || $what eq 'kill';

		$did{$what}++ if $done;
		$action = time() + 3 + rand 6;
	}

	next if time() < $line;

	my ($count, $wrong) = said();
	my @now = sizes();

	push @samples, \@now;
	$line += 60;

	note(sprintf '%s: %d answers, %d wrong; worker %d KB, master %d KB, %d'
		. ' descriptors', strftime('%H:%M', gmtime),
		total($count), scalar @$wrong, @now);

	last if @$wrong > 50;
}

$t->write_file('enough', '');
$_->() for @children;

my ($count, $wrong) = said();

sub total {
	my ($count) = @_;
	my $sum = 0;

	$sum += $count->{$_} for grep { $_ ne 'edits' } keys %$count;

	return $sum;
}

note(join ', ', map({ "$_ $count->{$_}" } sort keys %$count),
	map { "$_ $did{$_}" } sort keys %did);

is(join('', @$wrong[0 .. ($#$wrong < 20 ? $#$wrong : 20)]), '',
	'no wrong answer');
cmp_ok($count->{$_} || 0, '>', 0, $_)
	for qw/ HIT MISS EXPIRED gone pipelined constant source status range head
		edits /;
cmp_ok($count->{304} || 0, '>', 0, 'not modified');
cmp_ok($count->{broken} || 0, '<', total($count) / 5, 'few broke');


# afterwards

ok($t->reload(), 'a reload');
ok($t->wait_for(sub { $t->workers() == 2 }), 'two workers');
$t->settle();

my $stale = 0;

for my $n (0 .. $articles - 1) {
	my $version = (journal($n))[1];

	$stale++ if wrong($n, $t->get("/$n.txt"), $version, $version, time());
}

is($stale, 0, 'the last versions');

# what dead workers had would be missing

$t->write("small/$_.txt", "---\ntitle: A\n---\nText\n") for 1 .. 200;
$t->settle();

my @status = map { map { $t->get("/small/$_.txt")->header('X-Cache') }
	1 .. 200 } 1, 2;

is(scalar(grep { $_ eq 'HIT' } @status[200 .. 399]), 200, 'there is room');

# flat: the last third of the samples is as the one in the middle

my $third = int(@samples / 3);
my $room = $ENV{TEST_NEWS_SANITIZE} ? 64 : 16;

SKIP: {
	skip 'a run of less than six minutes', 3 if $third < 2;

	for my $i (0 .. 2) {
		my @middle = sort { $a <=> $b } map { $_->[$i] }
			@samples[$third .. 2 * $third - 1];
		my @late = sort { $a <=> $b } map { $_->[$i] }
			@samples[2 * $third .. $#samples];
		my $grown = $late[@late / 2] - $middle[@middle / 2];

		cmp_ok($grown, '<', $i == 2 ? 10 : $room * 1024,
			(qw/ worker master descriptors /)[$i] . ': it does not grow');
	}
}

cmp_ok((sizes())[2], '<', 60, 'descriptors in the end');

$t->done();
