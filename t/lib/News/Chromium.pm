package News::Chromium;

# Copyright (C) ngx_news_module authors

# Drives Debian's chromium over a pair of pipes (DevTools protocol): opens
# pages at a given width and color scheme, and tells what they asked for,
# complained about and look like.  Perl core only.

use warnings;
use strict;

use File::Temp qw/ tempdir /;
use IO::Select;
use JSON::PP ();
use MIME::Base64 qw/ decode_base64 /;
use POSIX ();
use Time::HiRes qw/ time /;


my $json = JSON::PP->new()->utf8()->allow_nonref();


sub path {
	for my $name (qw/ chromium chromium-browser /) {
		for my $dir (split /:/, $ENV{PATH}, -1) {
			return "$dir/$name" if length $dir && -x "$dir/$name";
		}
	}

	return;
}


sub new {
	my ($class) = @_;
	my ($self, $dir, $pid, $target);

	pipe(my $command, my $to) or die "pipe: $!\n";
	pipe(my $from, my $answer) or die "pipe: $!\n";

	$dir = tempdir('news-chromium-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	$pid = fork();

	die "fork: $!\n" unless defined $pid;

	if ($pid == 0) {
		run($dir, fileno($command), fileno($answer));
	}

	close $command;
	close $answer;

	$to->autoflush(1);

	$self = bless {
		pid => $pid, to => $to, from => $from, id => 0, input => '',
		dir => $dir, events => [],
	}, $class;

	$target = $self->call('Target.createTarget', { url => 'about:blank' });
	$self->{session} = $self->call('Target.attachToTarget',
		{ targetId => $target->{targetId}, flatten => JSON::PP::true })
		->{sessionId};

	$self->call("$_.enable") for qw/ Page Network Log Runtime /;

	$self->call('Page.addScriptToEvaluateOnNewDocument', {
		source => q{
			window.newsViolations = [];
			document.addEventListener('securitypolicyviolation',
				e => newsViolations.push(e.violatedDirective
					+ ' ' + e.blockedURI));
		}
	});

	return $self;
}


# becomes the browser; it reads commands from 3, writes answers to 4

sub run {
	my ($dir, $command, $answer) = @_;
	my ($log);

	# out of the way first: the pipes may be 3 and 4 themselves

	$command = POSIX::dup2($command, 20);
	$answer = POSIX::dup2($answer, 21);

	POSIX::dup2($command, 3);
	POSIX::dup2($answer, 4);
	POSIX::close($_) for 20, 21;

	setpgrp(0, 0);

	$ENV{HOME} = $ENV{TMPDIR} = $dir;

	open STDIN, '<', '/dev/null';
	open STDOUT, '>', "$dir/log";
	open STDERR, '>&', \*STDOUT;

	exec(path(), qw{
		--headless --no-sandbox --disable-gpu --disable-dev-shm-usage
		--disable-background-networking --disable-component-update
		--disable-default-apps --disable-extensions --disable-sync
		--disable-quic --no-first-run --no-default-browser-check
		--hide-scrollbars --remote-debugging-pipe about:blank
	}, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
		"--user-data-dir=$dir/profile") or POSIX::_exit(127);
}


sub DESTROY {
	my ($self) = @_;

	local ($?, $!, $@);

	return unless $self->{pid};

	kill 'KILL', -$self->{pid};
	waitpid $self->{pid}, 0;
}


# one command and its result; events that come meanwhile are kept

sub call {
	my ($self, $method, $params) = @_;
	my ($id, $message, %request);

	$id = ++$self->{id};

	%request = (id => $id, method => $method, params => $params || {});
	$request{sessionId} = $self->{session} if $self->{session};

	print { $self->{to} } $json->encode(\%request), "\0";

	for ( ;; ) {
		$message = $self->message(time() + 60);

		last if ($message->{id} || 0) == $id;
		push @{$self->{events}}, $message if $message->{method};
	}

	die "$method: $message->{error}{message}\n" if $message->{error};

	return $message->{result};
}


sub message {
	my ($self, $deadline) = @_;
	my ($end, $text);

	while (($end = index($self->{input}, "\0")) < 0) {
		die "chromium does not answer\n"
			unless IO::Select->new($self->{from})
				->can_read($deadline - time());

		sysread($self->{from}, $self->{input}, 65536,
			length $self->{input}) or die "chromium is gone\n";
	}

	$text = substr($self->{input}, 0, $end);
	$self->{input} = substr($self->{input}, $end + 1);

	return $json->decode($text);
}


# events of the page now open, by name

sub events {
	my ($self, $name) = @_;

	return map { $_->{params} } grep { $_->{method} eq $name }
		@{$self->{events}};
}


sub wait_event {
	my ($self, $name) = @_;
	my ($message);

	return if $self->events($name);

	do {
		$message = $self->message(time() + 60);
		push @{$self->{events}}, $message if $message->{method};
	} until (($message->{method} || '') eq $name);
}


# opens a page; options: width, height, dark, print, block (patterns of URLs)

sub open_page {
	my ($self, $url, %o) = @_;

	$self->call('Page.navigate', { url => 'about:blank' });
	$self->call('Network.setBlockedURLs', { urls => $o{block} || [] });

	$self->call('Emulation.setDeviceMetricsOverride', {
		width => $o{width} || 1280, height => $o{height} || 900,
		deviceScaleFactor => 1, mobile => JSON::PP::false
	});

	$self->call('Emulation.setEmulatedMedia', {
		media => $o{print} ? 'print' : 'screen',
		features => [ { name => 'prefers-color-scheme',
				value => $o{dark} ? 'dark' : 'light' } ]
	});

	$self->evaluate('1');
	$self->go($url);

	# images that are loaded lazily, fonts, and what comes after a frame

	$self->evaluate('(async () => { await document.fonts.ready;'
		. 'await new Promise(r => setTimeout(r, 150)); return 1 })()');
}


# the same, and no more than that

sub go {
	my ($self, $url) = @_;
	my ($result);

	$self->{events} = [];

	$result = $self->call('Page.navigate', { url => $url });

	die "$url: $result->{errorText}\n" if $result->{errorText};

	$self->wait_event('Page.loadEventFired');
}


# no events but those of pages: many pages are faster then

sub quiet {
	my ($self) = @_;

	$self->call("$_.disable") for qw/ Network Log Runtime /;
}


# the value of an expression, as data

sub evaluate {
	my ($self, $js) = @_;
	my ($result);

	$result = $self->call('Runtime.evaluate', {
		expression => $js, returnByValue => JSON::PP::true,
		awaitPromise => JSON::PP::true
	});

	die "$result->{exceptionDetails}{text} in $js\n"
		if $result->{exceptionDetails};

	return $result->{result}{value};
}


# addresses of everything the page asked for

sub requests {
	my ($self) = @_;

	return map { $_->{request}{url} }
		$self->events('Network.requestWillBeSent');
}


# what a developer would see in red: messages, exceptions, violations

sub complaints {
	my ($self) = @_;
	my (@list);

	@list = map { "$_->{entry}{source}: $_->{entry}{text}" }
		grep { $_->{entry}{level} =~ /error|warning/ }
		$self->events('Log.entryAdded');

	push @list, map { "console: $_->{type}" }
		$self->events('Runtime.consoleAPICalled');

	push @list, map { "exception: $_->{exceptionDetails}{text}" }
		$self->events('Runtime.exceptionThrown');

	push @list, map { "policy: $_" }
		@{$self->evaluate('window.newsViolations || []')};

	return @list;
}


# the whole page as it is now, as PNG

sub screenshot {
	my ($self, $file) = @_;
	my ($size, $data);

	$size = $self->evaluate('[innerWidth, Math.min(16384,'
		. 'document.documentElement.scrollHeight)]');

	$self->call('Emulation.setDeviceMetricsOverride', {
		width => $size->[0], height => $size->[1],
		deviceScaleFactor => 1, mobile => JSON::PP::false
	});

	$data = $self->call('Page.captureScreenshot')->{data};

	open my $fh, '>:raw', $file or die "$file: $!\n";
	print $fh decode_base64($data);
	close $fh or die "$file: $!\n";
}

1;
