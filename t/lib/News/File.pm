package News::File;

# Files of the tree.

use warnings;
use strict;

use Exporter qw/ import /;

our @EXPORT = qw/ slurp /;


sub slurp {
	my ($path) = @_;

	open my $fh, '<:raw', $path or die "$path: $!\n";
	local $/;

	return scalar <$fh>;
}

1;
