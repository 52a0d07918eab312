package News::Article;

# Articles whose pages tell whether they are right: the title is the digest of
# the text.  For a template as TEMPLATE.

use warnings;
use strict;

use Digest::MD5 qw/ md5_hex /;
use Exporter qw/ import /;

our @EXPORT = qw/ article right TEMPLATE /;

use constant TEMPLATE => '{{title}}|{{number}}|{{{content}}}';


# article number n, of so many lines, in a version

sub article {
	my ($n, $lines, $version) = @_;
	my $text = join "\n", map { md5_hex("$n $version $_") . " $_" } 0 .. $lines;

	return "---\ntitle: " . md5_hex("<p>$text</p>\n")
		. "\nnumber: $n\n---\n$text\n";
}


# true where the page is that article's, in some version

sub right {
	my ($n, $body) = @_;

	return $body =~ /\A([0-9a-f]{32})\|$n\|(<p>[^<]*<\/p>\n)\z/s
		&& $1 eq md5_hex($2);
}

1;
