#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The README says what the source does: directives, variables, packages,
# fields of templates, and links that lead somewhere.

use warnings;
use strict;

use File::Basename qw/ dirname /;
use File::Spec;
use Test::More;


my $root = File::Spec->rel2abs(dirname(__FILE__) . '/..');
my $glue = "$root/ngx_news_module/nginx";
my $engine = "$root/ngx_news_module/engine";
my $readme = slurp("$root/README.md");
my ($source, @commands, @variables, %contexts, %section);


# every directive has a section of its own, with its contexts

$source = slurp("$glue/ngx_http_news_module.c");

while ($source =~ /\{ ngx_string\("(news_\w+)"\),\s*(NGX_[\w|\s]+),/g) {
	my ($name, $flags) = ($1, $2);

	push @commands, $name;
	$contexts{$name} = join ', ', ($flags =~ /HTTP_MAIN/ ? 'http' : ()),
		($flags =~ /HTTP_SRV/ ? 'server' : ()),
		($flags =~ /HTTP_LOC/ ? 'location' : ());
}

while ($readme =~ /^### (news_\w+)\n(.*?)(?=^##)/msg) {
	$section{$1} = $2;
}

ok(@commands > 10, 'directives found');
is_deeply([ sort keys %section ], [ sort @commands ], 'directives described');

for my $name (@commands) {
	my $text = $section{$name} || '';

	like($text, qr/^> Syntax: `$name(?: .*)?;`\\$/m, "$name syntax");
	like($text, qr/^> Default: (`$name .*;`|—)\\$/m, "$name default");
	like($text, qr/^> Context: \Q$contexts{$name}\E$/m, "$name context");
	like($text, qr/^[A-Z`].{50}/ms, "$name explained");
}


# variables

@variables = slurp("$glue/ngx_http_news_variables.c")
	=~ /ngx_string\("(news_\w+)"\)/g;

ok(@variables > 5, 'variables found');

for my $name (@variables) {
	my $shown = $name eq 'news_meta_' ? '\$news_meta_`\*field\*'
		: "\\\$$name`";

	like($readme, qr/`$shown/, "variable $name");
}


# packages: one list, which the scripts read and the README repeats

my %packages = slurp("$root/ngx_news_module/auto/packages")
	=~ /^(\w+): (.*)$/mg;

like($readme, qr/^apt-get install \Q$packages{build}\E$/m, 'to build');

for my $group (grep { $_ ne 'build' } sort keys %packages) {
	like($readme, qr/`\Q$packages{$group}\E`/, "packages: $group");
}


# bounds

for my $define (
	[ 'news_front.h', 'NEWS_FRONT_MAX_DEPTH', 'depth %s' ],
	[ 'news_front.h', 'NEWS_FRONT_MAX_NODES', '%s nodes' ],
	[ 'news_sanitize.h', 'NEWS_SANITIZE_MAX_DEPTH', '\| %s \|' ],
	[ 'news_html.h', 'NEWS_HTML_MAX_ATTRS', '\| %s \|' ],
	[ 'news_sanitize_attr.c', 'NEWS_ATTR_MAX_SPAN', '\| %s \|' ],
	[ 'news_template.h', 'NEWS_TEMPLATE_MAX_DEPTH', '\| %s inside' ])
{
	my ($file, $name, $text) = @$define;
	my ($n) = slurp("$engine/$file")
		=~ /#define $name\s+(\d+)/;

	$n = reverse join ',', scalar(reverse $n) =~ /\d{1,3}/g
		if $n && $n > 9999;

	$text = sprintf $text, $n || 'no such';
	like($readme, qr/$text/, $name);
}


# what sanitize allows

my ($allowed) = $readme =~ /^### What sanitize allows\n(.*?)(?=^##)/ms;
my ($elements) = $allowed =~ /<!-- elements -->\n(.*?)\n\n/s;
my $tags = slurp("$engine/news_tag.c");
my (@kept, @became);

while ($tags =~ /news_string\("([\w-]+)"\), NEWS_TAG_(\w+), K\b/g) {
	push @{ lc $2 eq $1 ? \@kept : \@became }, $1;
}

is_deeply([ $elements =~ /`(\w+)`/g ], [ sort @kept ], 'elements');

like($allowed, qr/`\Q$_\E`/, "$_ becomes another") for @became;

like($allowed, qr/`\Q$_\E`/, "attribute $_")
	for grep { $_ ne 'name' } slurp("$engine/news_sanitize_attr.c")
		=~ /^    \{ news_string\("(\w+)"\), ?/mg;


# links

for my $link ($readme =~ /\]\(([^)#][^)]*)\)/g) {
	next if $link =~ m{^https?://};

	ok(-e "$root/$link", "link to $link");
}

for my $anchor ($readme =~ /\]\(#([^)]+)\)/g) {
	like($readme, qr/^#+ \Q$anchor\E$/mi, "link to #$anchor");
}

done_testing();


sub slurp {
	my ($file) = @_;

	open my $fh, '<', $file or return '';
	local $/;

	return scalar <$fh>;
}
