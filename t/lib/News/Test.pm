package News::Test;

# Copyright (C) ngx_news_module authors

# The harness: an nginx of its own for each test file, in a directory and on
# ports of its own.
#
#     my $t = News::Test->new();
#
#     $t->write('a.txt', "---\ntitle: A\n---\nText\n");
#     $t->conf('server { listen %%PORT%%; root %%ROOT%%; news_render on; }');
#     $t->run();
#
#     is($t->get('/a.txt')->status(), 200, 'page');
#
#     $t->done();
#
# TEST_NEWS_CACHE=off turns the cache off where a test does not need it.
# TEST_NGINX_BINARY is the nginx to test, TEST_NEWS_MODULE the module to load
# into it, and empty where it is built in; TEST_NEWS_VALGRIND is a command that
# nginx runs under.  LEAVE keeps the directory, VERBOSE
# shows requests and responses, CATLOG the error log.

use warnings;
use strict;

use File::Basename qw/ basename dirname /;
use File::Path qw/ mkpath rmtree /;
use File::Spec;
use File::Temp qw/ tempdir /;
use IO::Select;
use IO::Socket::INET;
use POSIX qw/ WNOHANG /;
use Test::More ();
use Time::HiRes qw/ sleep time /;


my $root = File::Spec->rel2abs(dirname(__FILE__) . '/../../..');

# seconds until something that has to happen is taken for lost

our $timeout = $ENV{TEST_NEWS_TIMEOUT} || 15;

my @running;

$SIG{$_} = sub { exit 1 } for qw/ INT TERM HUP /;

END {
	my $status = $?;
	$_->stop() for grep { defined } @running;
	$? = $status;
}


sub new {
	my ($class) = @_;
	my $self = bless { ports => [], expected => [], text => '' }, $class;

	# workers are another user's where this is root's

	$self->{dir} = tempdir('news-test-XXXXXX', TMPDIR => 1,
		CLEANUP => !$ENV{LEAVE});
	chmod 0755, $self->{dir};
	umask 022;

	# that of names; where it is empty these are below the same directory

	$self->{prefix} = "$self->{dir}/";

	mkdir "$self->{dir}/$_" for qw/ html tmp /;
	Test::More::diag("directory: $self->{dir}") if $ENV{LEAVE};

	push @running, $self;

	return $self;
}


sub dir {
	return $_[0]{dir};
}


sub root {
	return "$_[0]{dir}/html";
}


sub tree {
	return $root;
}


sub binary {
	return $ENV{TEST_NGINX_BINARY} if $ENV{TEST_NGINX_BINARY};

	for my $path (split(/:/, $ENV{PATH}), '/usr/sbin') {
		return "$path/nginx" if -x "$path/nginx";
	}

	die "no nginx\n";
}


sub module {
	return $ENV{TEST_NEWS_MODULE} if defined $ENV{TEST_NEWS_MODULE};

	my $module = "$root/t/build/module/objs/ngx_http_news_module.so";

	return -f $module ? $module : '';
}


# whether the tests are run with "news_cache off"

sub uncached {
	return ($ENV{TEST_NEWS_CACHE} || '') eq 'off';
}


# whether nginx has been built with an option, as "http_dav_module"

sub has {
	my ($self, $option) = @_;
	my $binary = binary();

	$self->{version} = `$binary -V 2>&1` unless $self->{version};

	return $self->{version} =~ /--with-\Q$option\E\b/;
}


# number of the port, the first being 0

sub port {
	my ($self, $n) = @_;

	$n ||= $self->{at} || 0;
	$self->{ports}[$n] = _free_port() while !$self->{ports}[$n];

	return $self->{ports}[$n];
}


# the same nginx, for requests to another port

sub at {
	my ($self, $n) = @_;

	return bless { %$self, at => $n }, ref $self;
}


sub _free_port {
	for (1 .. 1000) {
		my $port = 10000 + int(rand(20000));

		my $tcp = IO::Socket::INET->new(Proto => 'tcp', Listen => 1,
			LocalAddr => "127.0.0.1:$port") or next;
		my $udp = IO::Socket::INET->new(Proto => 'udp',
			LocalAddr => "127.0.0.1:$port") or next;

		return $port;
	}

	die "no free port\n";
}


# a file below the document root; directories are made

sub write {
	my ($self, $name, $bytes) = @_;

	return $self->write_file("html/$name", $bytes);
}


# the same below the test's directory, that of the configuration

sub write_file {
	my ($self, $name, $bytes) = @_;
	my $path = "$self->{dir}/$name";

	mkpath(dirname($path));

	open my $fh, '>:raw', $path or die "$path: $!\n";
	print $fh $bytes;
	close $fh or die "$path: $!\n";

	return $path;
}


# A file that changed within the last tick of the kernel's clock might change
# again with nobody seeing it, and is not kept.

sub settle {
	sleep 0.03;
}


# what stands in "http"; "main", "events", "workers", the level of the log and
# whether nginx is a daemon can be given too

sub conf {
	my ($self, $http, %opt) = @_;

	$self->{conf} = $http;
	$self->{options} = \%opt;

	return $self;
}


# a server of articles, pages of title and text; what else stands in it

sub site {
	my ($self, $lines, %opt) = @_;

	$self->write_file('t.mustache', '{{title}}|{{{content}}}');

	return $self->conf(<<"EOF", %opt);
server {
    listen %%PORT%%;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;
$lines
}
EOF
}


sub expand {
	my ($self, $text) = @_;

	$text =~ s/%%PORT%%/'127.0.0.1:' . $self->port(0)/ge;
	$text =~ s/%%PORT_(\d+)%%/'127.0.0.1:' . $self->port($1)/ge;
	$text =~ s/%%DIR%%/$self->{dir}/g;
	$text =~ s/%%ROOT%%/$self->{dir}\/html/g;

	return $text;
}


sub _write_conf {
	my ($self, $http, %opt) = @_;
	my $module = module();
	my $load = $module ? "load_module \"$module\";" : '';
	my $main = $opt{main} || '';
	my $level = $opt{level} || 'info';
	my $workers = $opt{workers} || 1;
	my $events = $opt{events} || '';
	my $daemon = $opt{daemon} ? 'on' : 'off';

	# every test of what is served holds without the cache, too

	my $cache = uncached() && $http !~ /\bnews_(?:cache|status)\b/
		? 'news_cache off;' : '';

	my $temp = join "\n", map { "    ${_}_temp_path tmp/$_;" }
		qw/ client_body proxy fastcgi uwsgi scgi /;

	$self->write_file('nginx.conf', $self->expand(<<"EOF"));
$load
daemon $daemon;
pid nginx.pid;
error_log error.log $level;
worker_processes $workers;
$main

events {
    $events
}

http {
$temp
    access_log off;
    types {
        text/html html;
        text/plain txt;
        image/png png;
    }
    default_type application/octet-stream;
    $cache

$http
}
EOF
}


sub run {
	my ($self) = @_;

	$self->_write_conf($self->{conf}, %{$self->{options}});

	$self->{pid} = $self->_spawn();
	$self->_leave_daemon() if $self->{options}{daemon};

	$self->wait_for(sub {
		return 1 if $self->workers() && IO::Socket::INET->new(
			PeerAddr => '127.0.0.1:' . $self->port(0));

		if (waitpid($self->{pid}, WNOHANG) == $self->{pid}) {
			undef $self->{pid};
			die "nginx did not start:\n" . $self->log()
				. $self->read_file('stderr.log');
		}

		return 0;
	}) or die "nginx does not listen:\n" . $self->log();

	return $self;
}


# a daemon's first process ends, and another has its number written

sub _leave_daemon {
	my ($self) = @_;
	my $first = delete $self->{pid};

	waitpid($first, 0);

	$self->{pid} = $? == 0 && $self->wait_for(sub { $self->master() })
		or die "nginx did not start:\n" . $self->log()
			. $self->read_file('stderr.log');
}


# the number in the file of process numbers

sub master {
	my ($self) = @_;

	return $self->read_file('nginx.pid') =~ /^(\d+)\n/ ? $1 : undef;
}


sub _spawn {
	my ($self, @args) = @_;

	my $pid = fork();
	die "fork: $!\n" unless defined $pid;

	if ($pid == 0) {
		my @preload = $ENV{TEST_NEWS_PRELOAD}
			? ('env', "LD_PRELOAD=$ENV{TEST_NEWS_PRELOAD}") : ();
		my @valgrind = split ' ', $ENV{TEST_NEWS_VALGRIND} || '';

		push @valgrind, "--log-file=$self->{dir}/valgrind.%p" if @valgrind;
		$self->_own_suppressions();

		chdir $self->{dir};
		open STDIN, '<', '/dev/null';
		open STDERR, '>>', "$self->{dir}/stderr.log";
		open STDOUT, '>&', \*STDERR;

		exec(@preload, @valgrind, binary(), '-p', $self->{prefix},
			'-e', 'error.log', '-c', 'nginx.conf', @args) or POSIX::_exit(127);
	}

	return $pid;
}


# a copy that workers of another user can read, too

sub _own_suppressions {
	my ($self) = @_;
	my ($path) = ($ENV{LSAN_OPTIONS} || '') =~ /suppressions=([^:]+)/;

	return unless defined $path && open my $fh, '<', $path;

	local $/;
	$self->write_file('leaks', scalar <$fh>);

	$ENV{LSAN_OPTIONS} =~ s/\Q$path\E/$self->{dir}\/leaks/;
}


# exit status and what is said, of "nginx -t" over another configuration

sub conf_error {
	my ($self, $http, %opt) = @_;
	my $mark = $self->log_mark();

	truncate "$self->{dir}/stderr.log", 0;
	$self->_write_conf($http, %opt);

	my $pid = $self->_spawn('-t');
	waitpid($pid, 0);

	my $status = $? >> 8;
	my $text = $self->read_file('stderr.log');

	$self->{tested} .= $text;
	truncate "$self->{dir}/stderr.log", 0;

	# all that is in the log too, and was asked for

	push @{$self->{expected}}, qr/\[emerg\]/
		if $self->log_since($mark) =~ /\[emerg\]/;

	return ($status, $text);
}


# takes the configuration given, or the same again

sub reload {
	my ($self, $http, %opt) = @_;
	my %old = map { $_ => 1 } $self->workers();

	$self->conf($http, %opt) if defined $http;
	$self->_write_conf($self->{conf}, %{$self->{options}});

	kill 'HUP', $self->{pid};

	return $self->wait_for(sub {
		my @now = $self->workers();
		return @now && !grep { $old{$_} } @now;
	});
}


# A new binary beside the old one, which then has its workers end and goes; for
# a daemon, as others do not heed the signal.

sub upgrade {
	my ($self) = @_;
	my $old = $self->{pid};

	kill 'USR2', $old;

	my $new = $self->wait_for(sub {
		my $pid = $self->master();
		return $pid && $pid != $old && $self->workers($pid) && $pid;
	}) or return;

	$self->{pid} = $new;

	kill 'WINCH', $old;
	my $ended = $self->wait_for(sub {
		!grep { $_ != $new } $self->workers($old);
	});

	kill 'QUIT', $old;

	return $self->wait_for(sub { _ended($old) }) && $ended;
}


sub workers {
	my ($self, $master) = @_;
	my @pids;

	$master ||= $self->{pid};

	for my $stat (glob '/proc/[0-9]*/stat') {
		open my $fh, '<', $stat or next;
		my $line = <$fh>;

		next unless defined $line;
		next unless $line =~ /^(\d+) \(.*\) (\S) (\d+) /s;
		push @pids, $1 if $3 == $master && $2 ne 'Z';
	}

	return @pids;
}


# kills the workers, waits for new ones; the alert is expected

sub kill_worker {
	my ($self, $signal) = @_;
	my %old = map { $_ => 1 } $self->workers();

	push @{$self->{expected}}, qr/worker process \d+ exited on signal/;
	$self->{killed} = 1;

	kill $signal || 'KILL', keys %old;

	return $self->wait_for(sub {
		my @now = $self->workers();
		return @now && !grep { $old{$_} } @now;
	});
}


# kills one of the workers, and waits for nothing; its number

sub kill_one {
	my ($self) = @_;
	my @pids = $self->workers() or return;
	my $pid = $pids[rand @pids];

	kill 'KILL', $pid or return;

	push @{$self->{expected}}, qr/process $pid exited on signal 9/;
	$self->{dead}{$pid} = 1;

	return $pid;
}


# Stops processes, and waits until they are: one that is on its way to be might
# still be called for a connection, which no other is called for then.

sub halt {
	my ($self, @pids) = @_;

	kill 'STOP', @pids;

	return $self->wait_for(sub {
		!grep { _state($_) !~ /[TtZX]/ } @pids;
	});
}


sub _state {
	my ($pid) = @_;

	open my $fh, '<', "/proc/$pid/stat" or return 'X';
	my $line = <$fh>;

	return defined $line && $line =~ /^.*\) (\S) /s ? $1 : 'X';
}


# a daemon is no child of this process

sub _ended {
	my ($pid) = @_;

	return waitpid($pid, WNOHANG) == $pid || _state($pid) =~ /[ZX]/;
}


# runs the block while only one of the workers can

sub alone {
	my ($self, $pid, $code) = @_;
	my @others = grep { $_ != $pid } $self->workers();

	$self->halt(@others);
	my $value = eval { $code->() };
	my $error = $@;
	kill 'CONT', @others;

	die $error if $error;

	return $value;
}


# clients that keep a connection to each of the workers, by process number

sub clients {
	my ($self, $uri) = @_;

	return map {
		my $client = News::Test::Client->new($self);

		$self->alone($_, sub { $client->get($uri || '/') })
			or die "worker $_ does not answer\n";
		($_ => $client);
	} $self->workers();
}


# seconds of processor time, all threads

sub cpu {
	my ($self, $pid) = @_;
	my $ticks = 0;

	open my $fh, '<', "/proc/$pid/stat" or return 0;
	my $line = <$fh>;

	$ticks = $1 + $2 if defined $line
		&& $line =~ /^.*\) \S(?: \S+){10} (\d+) (\d+) /s;

	return $ticks / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}


# a line of /proc/PID/status, in kilobytes

sub memory {
	my ($self, $pid, $name) = @_;

	open my $fh, '<', "/proc/$pid/status" or return 0;

	return (map { /^\Q$name\E:\s+(\d+) kB/ ? $1 : () } <$fh>)[0] || 0;
}


sub stop {
	my ($self) = @_;
	my $pid = $self->{pid} or return;

	undef $self->{pid};

	kill 'QUIT', $pid;

	for (1 .. $timeout * 100) {
		return if _ended($pid);
		sleep 0.01;
	}

	$self->{hung} = 1;
	kill 'TERM', $pid;
	sleep 1;
	kill 'KILL', $pid;
	waitpid($pid, 0);
}


# Runs the block in a process of its own, which is given a handle to write to,
# and returns a function that waits for its end and returns the lines.

sub background {
	my ($self, $code) = @_;

	pipe my $in, my $out or die "pipe: $!\n";

	my $pid = fork();
	die "fork: $!\n" unless defined $pid;

	if ($pid == 0) {
		close $in;
		eval { $code->($out); 1 } or print $out "died: $@";
		close $out;
		POSIX::_exit(0);
	}

	close $out;

	return sub {
		my @lines = <$in>;

		waitpid($pid, 0);

		return @lines;
	};
}


# Runs the block while others run in processes of their own, as background()
# has them; they have to end once it is over().  All their lines.

sub beside {
	my ($self, $code, @others) = @_;
	my @waits = map { $self->background($_) } @others;

	my $done = eval { $code->(); 1 };
	my $error = $@;
	my $path = $self->write_file('over', '');
	my @lines = map { $_->() } @waits;

	unlink $path;
	die $error unless $done;

	return @lines;
}


sub over {
	return -e "$_[0]{dir}/over";
}


# polls until the block is true; its value, or an empty one when time is up

sub wait_for {
	my ($self, $code) = @_;
	my $end = time() + $timeout;
	my $value;

	until ($value = $code->()) {
		return if time() > $end;
		sleep 0.02;
	}

	return $value;
}


# requests

sub get {
	my ($self, $uri, @headers) = @_;

	return $self->request('GET', $uri, @headers);
}


sub head {
	my ($self, $uri, @headers) = @_;

	return $self->request('HEAD', $uri, @headers);
}


# headers as "Name: value"; a reference is the body

sub request {
	my ($self, $method, $uri, @headers) = @_;
	my ($body) = map { $$_ } grep { ref } @headers;

	@headers = grep { !ref } @headers;
	push @headers, 'Host: localhost' unless grep { /^host:/i } @headers;
	push @headers, 'Content-Length: ' . length $body if defined $body;

	return $self->raw(join("\r\n", "$method $uri HTTP/1.1", @headers,
		'Connection: close', '', defined $body ? $body : ''), $method);
}


# bytes as they are; the answer is all that comes until the connection closes

sub raw {
	my ($self, $bytes, $method) = @_;
	my $socket = $self->connect();

	_note('>> ', $bytes);
	print $socket $bytes;

	my $raw = _read_all($socket);
	_note('<< ', $raw);

	return News::Test::Response->new(\$raw, $method || 'GET');
}


sub connect {
	my ($self, $n) = @_;

	my $socket = IO::Socket::INET->new(
		PeerAddr => '127.0.0.1:' . $self->port($n || 0))
		or die "connect: $!\n";

	$socket->autoflush(1);

	return $socket;
}


# reads a response in small pieces, with a pause after each

sub slow {
	my ($self, $uri, $size, $pause) = @_;
	my $socket = $self->connect();
	my $raw = '';

	print $socket "GET $uri HTTP/1.1\r\nHost: localhost\r\n"
		. "Connection: close\r\n\r\n";

	while (sysread($socket, my $piece, $size)) {
		$raw .= $piece;
		sleep $pause;
	}

	return News::Test::Response->new(\$raw, 'GET');
}


# several requests in one write, on one connection

sub pipelined {
	my ($self, @uris) = @_;
	my $socket = $self->connect();
	my $last = pop @uris;

	print $socket join('', map { "GET $_ HTTP/1.1\r\nHost: localhost\r\n\r\n" }
		@uris) . "GET $last HTTP/1.1\r\nHost: localhost\r\n"
		. "Connection: close\r\n\r\n";

	my $raw = _read_all($socket);
	my @responses;

	push @responses, News::Test::Response->new(\$raw, 'GET')
		while length $raw && @responses <= @uris;

	return @responses;
}


# Many requests at a time, each on a connection of its own: a URI, or a list of
# one and headers.  Each response knows after how many seconds it was whole;
# one that did not come has no status.

sub parallel {
	my ($self, @requests) = @_;
	my $select = IO::Select->new();
	my $start = time();
	my (%number, @raw, @took);

	for my $n (0 .. $#requests) {
		my $socket = $self->ask($requests[$n]);

		$number{$socket} = $n;
		$raw[$n] = '';
		$select->add($socket);
	}

	while ($select->count() && time() < $start + $timeout) {
		for my $socket ($select->can_read(1)) {
			my $n = $number{$socket};

			next if sysread $socket, $raw[$n], 262144, length $raw[$n];

			$took[$n] = time() - $start;
			$select->remove($socket);
			close $socket;
		}
	}

	return map {
		my $response = News::Test::Response->new(\$raw[$_], 'GET');

		$response->{took} = $took[$_];
		$response;
	} 0 .. $#requests;
}


# sends a request, and leaves it to the caller to read()

sub ask {
	my ($self, $request) = @_;
	my ($uri, @headers) = ref $request ? @$request : $request;
	my $socket = $self->connect();

	push @headers, 'Host: localhost' unless grep { /^host:/i } @headers;

	print $socket join("\r\n", "GET $uri HTTP/1.1", @headers,
		'Connection: close', '', '');

	return $socket;
}


sub answer {
	my ($self, $socket) = @_;
	my $raw = _read_all($socket);

	return News::Test::Response->new(\$raw, 'GET');
}


# values of a page of counters, by name and labels as they are written

sub counters {
	my ($self, $uri) = @_;

	return $self->get($uri)->body() =~ /^([^#\s]\S*) (\S+)$/mg;
}


sub _read_all {
	my ($socket) = @_;
	my $select = IO::Select->new($socket);
	my $raw = '';

	while ($select->can_read($timeout)) {
		my $n = sysread($socket, $raw, 65536, length $raw);
		last unless $n;
	}

	return $raw;
}


sub _note {
	my ($prefix, $text) = @_;

	return unless $ENV{VERBOSE};

	$text =~ s/^/$prefix/mg;
	Test::More::note($text);
}


# files and logs

sub read_file {
	my ($self, $name) = @_;

	open my $fh, '<:raw', "$self->{dir}/$name" or return '';
	local $/;
	my $text = <$fh>;

	return defined $text ? $text : '';
}


sub log {
	my ($self) = @_;

	return $self->read_file('error.log');
}


sub log_mark {
	my ($self) = @_;

	return -s "$self->{dir}/error.log" || 0;
}


sub log_since {
	my ($self, $mark) = @_;

	return substr($self->log(), $mark);
}


# lines of alert, crit or emerg that a test provokes

sub expect {
	my ($self, @patterns) = @_;

	push @{$self->{expected}}, @patterns;
}


# what is wrong with a log, as text that is empty where nothing is

sub complaints {
	my ($self, $log) = @_;
	my @expected = @{$self->{expected}};

	return join '', grep {
		my $line = $_;
		$line =~ /\[(?:alert|emerg|crit)\]/
			&& !grep { $line =~ $_ } @expected;
	} $log =~ /^.*\n?/mg;
}


sub deaths {
	my ($self, $log) = @_;

	return '' if $self->{killed};

	return join '', grep {
		!/process (\d+) exited on signal 9/ || !$self->{dead}{$1}
	} $log =~ /^.*exited on signal.*\n?/mg;
}


sub sanitizer {
	my ($self, $text) = @_;

	return join '', $text =~
		/^.*(?:Sanitizer|runtime error:|SUMMARY:|==\d+== ).*\n?/mg;
}


# what memcheck has found, of every process

sub memcheck {
	my ($self) = @_;

	return join '', map { $self->read_file(basename($_)) }
		glob "$self->{dir}/valgrind.*";
}


# stops nginx and sees what it left; done() for the last one of a test

sub ended {
	my ($self) = @_;

	$self->stop();

	my $log = $self->log();

	Test::More::diag($log) if $ENV{CATLOG};

	Test::More::ok(!$self->{hung}, 'nginx stopped');
	Test::More::is($self->complaints($log), '', 'no alert, emerg or crit');
	Test::More::is($self->deaths($log), '', 'no worker died');
	Test::More::is($self->sanitizer($log . $self->read_file('stderr.log')
		. ($self->{tested} || '') . $self->memcheck()), '',
		'no sanitizer line');
}


sub done {
	my ($self) = @_;

	$self->ended();

	Test::More::done_testing();
}


package News::Test::Client;

# a connection that is kept; nothing is returned where it broke

use warnings;
use strict;

use IO::Select;
use Time::HiRes qw/ time /;


sub new {
	my ($class, $test) = @_;

	return bless { test => $test, raw => '' }, $class;
}


sub get {
	my ($self, $uri, @headers) = @_;

	return $self->request('GET', $uri, @headers);
}


sub request {
	my ($self, $method, $uri, @headers) = @_;

	push @headers, 'Host: localhost' unless grep { /^host:/i } @headers;

	return unless $self->send(join("\r\n", "$method $uri HTTP/1.1", @headers,
		'', ''));

	return $self->receive($method);
}


sub send {
	my ($self, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';

	$self->{socket} ||= eval { $self->{test}->connect() } or return;

	return print { $self->{socket} } $bytes;
}


# one response, which has its length or comes in chunks

sub receive {
	my ($self, $method) = @_;
	my $end = time() + $News::Test::timeout;
	my $need;

	until (defined $need && length $self->{raw} >= $need) {
		my $rest = $end - time();

		return $self->close() unless $rest > 0
			&& IO::Select->new($self->{socket})->can_read($rest)
			&& sysread $self->{socket}, $self->{raw}, 262144,
				length $self->{raw};

		$need = _need($self->{raw}, $method) unless $need;
	}

	my $raw = substr $self->{raw}, 0, $need, '';
	my $response = News::Test::Response->new(\$raw, $method);

	$self->close() if lc $response->header('Connection') eq 'close';

	return $response;
}


# the length of the response that begins here, once it is known

sub _need {
	my ($raw, $method) = @_;
	my $head = index $raw, "\r\n\r\n";

	return if $head < 0;

	my $lines = substr $raw, 0, $head + 2;

	return $head + 4 if $method eq 'HEAD' || $lines =~ /^\S+ (?:204|304) /;
	return $head + 4 + $1 if $lines =~ /^Content-Length: (\d+)/mi;

	my $end = index $raw, "\r\n0\r\n\r\n", $head + 2;

	return $end < 0 ? undef : $end + 7;
}


# true where the server has closed an idle connection

sub closed {
	my ($self) = @_;

	return 1 unless $self->{socket};

	return IO::Select->new($self->{socket})->can_read(0);
}


sub close {
	my ($self) = @_;

	CORE::close($self->{socket}) if $self->{socket};
	$self->{socket} = undef;
	$self->{raw} = '';

	return;
}


package News::Test::Response;

use warnings;
use strict;


# takes one response off the bytes

sub new {
	my ($class, $raw, $method) = @_;
	my $self = bless { status => 0, headers => [], body => '', raw => $$raw,
		text => '' }, $class;

	return $self unless $$raw =~ s{^HTTP/1\.[01] (\d{3})([^\r\n]*)\r\n}{};

	$self->{status} = $1;

	while ($$raw =~ s/^([^:\r\n]+): ?([^\r\n]*)\r\n//) {
		push @{$self->{headers}}, [ $1, $2 ];
	}

	$$raw =~ s/^\r\n//;

	if ($method eq 'HEAD' || $self->{status} == 304) {
		$self->{body} = $$raw;
		return $self;
	}

	if (lc($self->header('Transfer-Encoding')) eq 'chunked') {
		while ($$raw =~ s/^([0-9a-fA-F]+)[^\r\n]*\r\n//) {
			my $size = hex $1;

			$self->{body} .= substr $$raw, 0, $size, '';
			$$raw =~ s/^\r\n//;
			$self->{ended} = 1, last if $size == 0;
		}

	} elsif ($self->header('Content-Length') ne '') {
		my $size = $self->header('Content-Length');

		$size = length $$raw if $size > length $$raw;
		$self->{body} = substr $$raw, 0, $size, '';

	} else {
		$self->{body} = $$raw;
		$$raw = '';
	}

	return $self;
}


sub status {
	return $_[0]{status};
}


sub body {
	return $_[0]{body};
}


# seconds until it was whole, where requests ran in parallel

sub took {
	return $_[0]{took};
}


sub raw {
	return $_[0]{raw};
}


# values of a header: the first, or all

sub header {
	my ($self, $name) = @_;
	my @values = $self->all($name);

	return @values ? $values[0] : '';
}


sub all {
	my ($self, $name) = @_;

	return map { $_->[1] } grep { lc $_->[0] eq lc $name }
		@{$self->{headers}};
}


sub names {
	my ($self) = @_;

	return map { $_->[0] } @{$self->{headers}};
}

1;
