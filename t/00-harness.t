#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The harness itself: what it is to find is put in its way.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

$t->write('a.txt', "---\ntitle: One\n---\n\nFirst\n");
$t->write('plain.txt', "no front matter\n");

$t->conf(<<'EOF', workers => 2);
server {
    listen %%PORT%%;
    root %%ROOT%%;
    news_render on;

    location = /chunks {
        default_type text/html;
        return 200 "";
    }
}
EOF

$t->run();


# it sees what is there

my $page = $t->get('/a.txt');

is($page->status(), 200, 'status');
is($page->header('content-type'), 'text/html; charset=utf-8', 'header');
is(length $page->body(), $page->header('Content-Length'), 'body');
like($page->body(), qr/First/, 'body is the page');
unlike($page->body(), qr/Second/, 'and no other');

is($t->get('/plain.txt')->body(), "no front matter\n", 'plain file');
is($t->head('/a.txt')->body(), '', 'head');
is($t->get('/none.txt')->status(), 404, 'not there');

my @pages = $t->pipelined('/a.txt', '/plain.txt', '/none.txt');

is_deeply([ map { $_->status() } @pages ], [ 200, 200, 404 ], 'pipelined');
is($pages[0]->body(), $page->body(), 'pipelined body');
is($pages[1]->body(), "no front matter\n", 'second of the pipeline');

is($t->slow('/a.txt', 100, 0.001)->body(), $page->body(), 'slow');

@pages = $t->parallel('/a.txt', [ '/a.txt', 'Range: bytes=0-1' ], '/none.txt');

is_deeply([ map { $_->status() } @pages ], [ 200, 206, 404 ], 'parallel');
is($pages[0]->body(), $page->body(), 'parallel body');
cmp_ok($pages[0]->took(), '>', 0, 'parallel time');


# connections that are kept, one to each worker

my %client = $t->clients('/chunks');

is_deeply([ sort keys %client ], [ sort $t->workers() ], 'clients of workers');

for my $client (values %client) {
	is($client->get('/a.txt')->body(), $page->body(), 'kept');
	is($client->request('HEAD', '/a.txt')->body(), '', 'kept, head');
	is($client->get('/none.txt')->status(), 404, 'kept, not there');
	is($client->get('/a.txt', "If-None-Match: *")->status(), 304,
		'kept, not modified');
	ok(!$client->closed(), 'kept, still');
}

my ($pid) = keys %client;

ok(!defined $t->alone($pid, sub {
	local $News::Test::timeout = 0.2;
	my ($other) = grep { $_ != $pid } keys %client;

	$client{$other}->get('/a.txt');
}), 'the others are stopped');


# a test with one thing wrong fails by it, and one without passes

my $child = <<'EOF';

use News::Test;
use Test::More;

my $t = News::Test->new();

$t->write('a.txt', "---\ntitle: One\n---\n\nFirst\n");
$t->conf('server { listen %%PORT%%; root %%ROOT%%; news_render on; }');
$t->run();

eval $ARGV[0] or die $@;

$t->done();

EOF

for my $case (
	[ 'nothing wrong', '1' ],
	[ 'a wrong body', 'is($t->get("/a.txt")->body(), "x", "body"); 1',
		'body' ],
	[ 'an alert', '$t->write_file("error.log", "[alert] 1#1: x\n")',
		'no alert, emerg or crit' ],
	[ 'a dead worker', 'kill 9, $t->workers(); $t->wait_for(sub {'
		. '$t->log() =~ /exited on signal/ && $t->workers() })',
		'no worker died' ],
	[ 'a sanitizer line',
		'$t->write_file("stderr.log", "==1==ERROR: AddressSanitizer: x\n")',
		'no sanitizer line' ],
	[ 'undefined behaviour',
		'$t->write_file("stderr.log", "a.c:1:2: runtime error: x\n")',
		'no sanitizer line' ],
	[ 'a line of memcheck',
		'$t->write_file("valgrind.1", "==1== Invalid read of size 1\n")',
		'no sanitizer line' ])
{
	my ($name, $code, $failing) = @$case;

	open my $fh, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', $^X,
		"-I$FindBin::Bin/lib", '-e', $child, $code or die "fork: $!\n";
	my $tap = do { local $/; <$fh> };
	close $fh;

	if ($failing) {
		isnt($?, 0, "$name fails");
		like($tap, qr/^not ok \d+ - \Q$failing\E$/m, "$name is named");

	} else {
		is($?, 0, "$name passes");
		unlike($tap, qr/^not ok/m, "$name has no failure");
	}
}


# log lines

is($t->complaints("2024/01/01 [error] x\n[warn] y\n"), '', 'errors are fine');

for my $level (qw/ alert emerg crit /) {
	my $line = "2024/01/01 00:00:00 [$level] 1#1: bad thing\n";

	is($t->complaints("good\n$line"), $line, "$level is found");
}

$t->expect(qr/announced thing/);

is($t->complaints("[alert] announced thing\n"), '', 'announced');
isnt($t->complaints("[alert] another thing\n"), '', 'not announced');

is($t->sanitizer("all is well\n"), '', 'no sanitizer line');
isnt($t->sanitizer("==1==ERROR: AddressSanitizer: heap-use-after-free\n"),
	'', 'address sanitizer is found');
isnt($t->sanitizer("a.c:1:2: runtime error: signed integer overflow\n"), '',
	'undefined behaviour is found');

isnt($t->deaths("[alert] worker process 1 exited on signal 11\n"), '',
	'death is found');


# one worker of two

my $one = $t->kill_one();

ok($t->wait_for(sub {
	$t->log() =~ /exited on signal 9/ && $t->workers() == 2
}), 'one is killed');
is($t->deaths($t->log()), '', 'and was to be');
isnt($t->deaths("[alert] worker process 1 exited on signal 9\n"), '',
	'another is found');


# a worker that dies, in truth

my @old = $t->workers();
my $mark = $t->log_mark();

is(@old, 2, 'workers');

ok($t->kill_worker('KILL'), 'workers are back');
like($t->log_since($mark), qr/\[alert\].*exited on signal 9/, 'killed');
ok($t->wait_for(sub { $t->log_since($mark) =~ /start worker process/ }),
	'started');

delete $t->{killed};
isnt($t->deaths($t->log()), '', 'a death in a log is found');
$t->{killed} = 1;

is($t->get('/a.txt')->body(), $page->body(), 'the same page');


# reload takes the new configuration, nginx -t tells of a bad one

ok($t->reload(<<'EOF'), 'reload');
server {
    listen %%PORT%%;
    root %%ROOT%%;
}
EOF

is($t->get('/a.txt')->body(), "---\ntitle: One\n---\n\nFirst\n", 'reloaded');

my ($status, $text) = $t->conf_error('server { no_such_thing on; }');

isnt($status, 0, 'bad configuration');
like($text, qr/unknown directive "no_such_thing"/, 'is told of');

($status, $text) = $t->conf_error("server { listen %%PORT%%; }");

is($status, 0, 'good configuration');

{
	local $News::Test::timeout = 0.1;
	ok(!$t->wait_for(sub { 0 }), 'waiting ends');
}

$t->done();
