package News::Unit;

# Runs a unit test or replays a fuzz corpus built by t/Makefile; the program
# prints TAP itself.  TEST_NEWS_VALGRIND is a command to run it under.

use warnings;
use strict;

use Exporter qw/ import /;
use File::Basename qw/ dirname /;
use File::Spec;

our @EXPORT = qw/ run_unit run_fuzz unit_build /;


my $root = File::Spec->rel2abs(dirname(__FILE__) . '/../..');


sub unit_build {
	return $ENV{TEST_NEWS_BUILD} || "$root/build";
}


sub run_unit {
	my ($name, @args) = @_;

	_run("unit-$name", @args);
}


sub run_fuzz {
	my ($name) = @_;

	_run("fuzz-$name", "$root/fuzz/corpus/$name");
}


sub _run {
	my ($name, @args) = @_;
	my @valgrind = split ' ', $ENV{TEST_NEWS_VALGRIND} || '';

	exec(@valgrind, unit_build() . "/$name", @args) or die "$name: $!\n";
}

1;
