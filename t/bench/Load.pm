package Load;

# Copyright (C) ngx_news_module authors

# Load for nginx and what it cost: wrk, a client of its own that keeps its
# connection, processor time and system calls of processes.

use warnings;
use strict;

use Exporter qw/ import /;
use IO::Socket::INET;
use POSIX qw/ WNOHANG /;
use Time::HiRes qw/ sleep time /;

our @EXPORT = qw/ processor_time precise wrk keep head fetch system_calls
	quantile median /;


my $hertz = POSIX::sysconf(&POSIX::_SC_CLK_TCK) || 100;


# seconds of processor that processes and their threads have taken: to the
# nanosecond, or in ticks where the kernel does not tell better

sub processor_time {
	my $sum = 0;

	for my $pid (@_) {
		if (!precise()) {
			my (undef, @stat) = split /.*\) /s, slurp("/proc/$pid/stat");
			my @fields = split / /, $stat[0];

			$sum += ($fields[11] + $fields[12]) / $hertz;
			next;
		}

		for my $file (glob "/proc/$pid/task/*/schedstat") {
			my ($ns) = slurp($file) =~ /^(\d+)/;

			$sum += $ns / 1e9 if $ns;
		}
	}

	return $sum;
}


sub precise {
	return slurp("/proc/self/schedstat") =~ /^[1-9]/;
}


# what wrk says of some seconds of an address: requests, their rate, and
# percentiles of their times in milliseconds where "latency" is given; "cpus"
# are those it may run on

sub wrk {
	my ($url, $seconds, %opt) = @_;
	my $threads = $opt{threads} || 1;

	my @command = ('wrk', '-t', $threads, '-c', $opt{connections} || 16,
		'-d', 600, '--timeout', 30);

	unshift @command, 'taskset', '-c', $opt{cpus} if defined $opt{cpus};
	push @command, '--latency' if $opt{latency};
	push @command, '-s', $opt{script} if $opt{script};
	push @command, map { ('-H', $_) } @{$opt{headers} || []};

	my $pid = open my $out, '-|', @command, $url or die "wrk: $!\n";

	# it knows whole seconds only, and reports when it is interrupted

	sleep $seconds;
	kill 'INT', $pid;

	my $text = do { local $/; <$out> };
	close $out;

	my ($requests) = $text =~ /^ *(\d+) requests in/m;
	my ($rate) = $text =~ /^Requests\/sec: *([\d.]+)/m;

	die "wrk: $url:\n$text"
		if !$requests || $text =~ /Non-2xx|Socket errors/;

	my %ms = (us => 0.001, ms => 1, s => 1000);
	my %latency;

	while ($text =~ /^ +(\d+)% +([\d.]+)(us|ms|s)$/mg) {
		$latency{$1} = $2 * $ms{$3};
	}

	return { requests => $requests, rate => $rate, latency => \%latency };
}


# a connection that is kept

sub keep {
	my ($port) = @_;

	return IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")
		|| die "connect: $!\n";
}


# head and body of an answer; the body has to have a length

sub head {
	my ($socket, $uri) = @_;
	my $raw = '';

	syswrite $socket, "HEAD $uri HTTP/1.1\r\nHost: localhost\r\n\r\n";

	until ($raw =~ /\r\n\r\n/) {
		sysread $socket, $raw, 65536, length $raw or die "$uri: no answer\n";
	}

	return $raw;
}


sub fetch {
	my ($socket, $uri, @headers) = @_;

	syswrite $socket, join "\r\n", "GET $uri HTTP/1.1", 'Host: localhost',
		@headers, '', '';

	my $raw = '';
	my $end = -1;
	my ($n, $length);

	until (defined $length && length $raw >= $end + 4 + $length) {
		$n = sysread $socket, $raw, 1048576, length $raw;
		die "$uri: no answer\n" unless $n;

		next if defined $length;

		$end = index $raw, "\r\n\r\n";
		next if $end < 0;

		die "$uri: " . substr($raw, 0, $end) . "\n"
			unless $raw =~ /^HTTP\/1.1 200 .*^Content-Length: (\d+)/msi;

		$length = $1;
	}

	return substr($raw, 0, $end + 4), substr $raw, $end + 4;
}


# how often each system call was called by processes while code ran; nothing
# where there is no strace, or it is not allowed to look

sub system_calls {
	my ($file, $pids, $code) = @_;
	my $pid = fork;

	die "fork: $!\n" unless defined $pid;

	if ($pid == 0) {
		open STDERR, '>', '/dev/null';
		exec('strace', '-qq', '-c', '-f', '-o', $file,
			map { ('-p', $_) } @$pids) or POSIX::_exit(127);
	}

	for (1 .. 200) {
		last if !grep { slurp("/proc/$_/status") !~ /^TracerPid:\s+[1-9]/m }
			@$pids;
		return if waitpid($pid, WNOHANG) == $pid;
		sleep 0.01;
	}

	$code->();

	kill 'INT', $pid;
	waitpid $pid, 0;

	my %calls;

	for my $line (split /\n/, slurp($file)) {
		my @fields = split ' ', $line;

		$calls{$fields[-1]} += $fields[3]
			if @fields >= 5 && $fields[3] =~ /^\d+$/
				&& $fields[-1] ne 'total';
	}

	return \%calls;
}


sub quantile {
	my ($q, @values) = @_;

	@values = sort { $a <=> $b } @values;

	my $at = $q * $#values;
	my $low = int $at;
	my $high = $low < $#values ? $low + 1 : $low;

	return $values[$low] + ($at - $low) * ($values[$high] - $values[$low]);
}


sub median {
	return quantile(0.5, @_);
}


sub slurp {
	my ($file) = @_;

	open my $fh, '<', $file or return '';
	local $/;
	my $text = <$fh>;

	return defined $text ? $text : '';
}

1;
