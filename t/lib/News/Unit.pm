package News::Unit;

# Runs a unit test or replays a fuzz corpus built by t/Makefile; the program
# prints TAP itself.

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
	my ($name) = @_;

	exec(unit_build() . "/unit-$name") or die "unit-$name: $!\n";
}


sub run_fuzz {
	my ($name) = @_;

	exec(unit_build() . "/fuzz-$name", "$root/fuzz/corpus/$name")
		or die "fuzz-$name: $!\n";
}

1;
