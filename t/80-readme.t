#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The README says what the source does: directives, variables, packages,
# fields of templates, and links that lead somewhere.

use warnings;
use strict;

use File::Basename qw/ dirname /;
use File::Spec;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::File;


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


# bounds: what a row says is what the source has

my $glued = 'ngx_http_news';

for my $bound (
	[ 'size of the file', "nginx/${glued}_module.c", '', 1 << 20, '%s MB' ],
	[ 'processor time of a render', "nginx/${glued}_render.c",
		'NGX_HTTP_NEWS_MAX_TIME', 1e6, '%s s' ],
	[ 'memory of a render', "nginx/${glued}_arena.c",
		'NGX_HTTP_NEWS_MAX_MEMORY', 1 << 20, '%s MiB' ],
	[ 'one render', "nginx/${glued}_arena.c",
		'NGX_HTTP_NEWS_MAX_MEMORY', 1 << 20, '%s MiB' ],
	[ 'one pack', "nginx/${glued}_arena.c",
		'NGX_HTTP_NEWS_MAX_MEMORY', 1 << 20, '%s MiB' ],
	[ 'one worker with one', "nginx/${glued}_arena.c",
		'NGX_HTTP_NEWS_MAX_MEMORY', 1 << 20, '4 times %s MiB' ],
	[ 'one worker between', "nginx/${glued}_arena.c",
		'NGX_HTTP_NEWS_KEEP', 1 << 20, '%s MB' ],
	[ 'a zone', "nginx/${glued}_zone.c",
		'NGX_HTTP_NEWS_ZONE_SIZE', 1 << 20, '%s MB' ],
	[ 'messages and counters', "nginx/${glued}_report.c",
		'NGX_HTTP_NEWS_ZONE_SIZE', 1 << 10, '%s KB' ],
	[ 'render outside', "nginx/${glued}_make.c",
		'NGX_HTTP_NEWS_SMALL', 1 << 10, '%s KB' ],
	[ 'render outside', "nginx/${glued}_make.c",
		'NGX_HTTP_NEWS_SMALL_TIME', 1000, '%s ms' ],
	[ 'renders at a time', "nginx/${glued}_thread.c", 'LANE_RENDER', 1, '%s' ],
	[ 'packs at a time', "nginx/${glued}_thread.c", 'LANE_PACK', 1, '%s, and' ],
	[ 'packs at a time', "nginx/${glued}_pack.c",
		'NGX_HTTP_NEWS_MAX_PACKS', 1, '%s waiting' ],
	[ 'processor time of a pack', "nginx/${glued}_pack.c",
		'NGX_HTTP_NEWS_PACK_TIME', 1e6, '%s s' ],
	[ 'wait for another', "nginx/${glued}_wait.c",
		'NGX_HTTP_NEWS_DEADLINE', 1000, '%s s' ],
	[ 'another worker does not', "nginx/${glued}_wait.c",
		'NGX_HTTP_NEWS_DEADLINE', 1000, '%s s' ],
	[ 'front matter', 'engine/news_front.h', 'NEWS_FRONT_MAX_SIZE', 1 << 10,
		'%s KiB' ],
	[ 'depth of its', 'engine/news_front.h', 'NEWS_FRONT_MAX_DEPTH', 1, '%s' ],
	[ 'its values', 'engine/news_front.h', 'NEWS_FRONT_MAX_NODES', 1,
		'%s nodes' ],
	[ 'its values', 'engine/news_front.h', 'NEWS_FRONT_MAX_TEXT', 1 << 20,
		'%s MiB' ],
	[ 'elements open', 'engine/news_sanitize.h', 'NEWS_SANITIZE_MAX_DEPTH', 1,
		'%s' ],
	[ 'attributes of', 'engine/news_html.h', 'NEWS_HTML_MAX_ATTRS', 1, '%s' ],
	[ 'rows or columns', 'engine/news_sanitize_attr.c', 'NEWS_ATTR_MAX_SPAN',
		1, '%s' ],
	[ 'headings in', 'engine/news_text.c', 'NEWS_TEXT_MAX_TOC', 1, '%s' ],
	[ 'file of a template', "nginx/${glued}_conf.c",
		'NGX_HTTP_NEWS_MAX_TEMPLATE', 1 << 20, '%s MB' ],
	[ 'partials of', 'engine/news_template.c', 'NEWS_TEMPLATE_MAX_UNITS', 1,
		'%s' ],
	[ 'sections and', 'engine/news_template.h', 'NEWS_TEMPLATE_MAX_DEPTH', 1,
		'%s inside' ],
	[ 'steps of', 'engine/news_template_run.c', 'NEWS_TEMPLATE_MAX_OPS', 1,
		'%s' ],
	[ 'messages about', 'engine/news_problem.h', 'NEWS_MAX_PROBLEMS', 1,
		'%s' ])
{
	my ($row, $file, $name, $unit, $format) = @$bound;
	my $text = slurp("$root/ngx_news_module/$file");

	my ($product) = $name =~ /^LANE/ ? $text =~ m{(\d+),? +/\* \w+_$name \*/}
		: $name ? $text =~ /^#define $name\s+\(?([\d *]+)/m
		: $text =~ /max_size,\s*([\d *]+)\)/;
	my $n = 1 / $unit;

	$n *= $_ for defined $product ? $product =~ /\d+/g : 0;
	$n = reverse join ',', scalar(reverse $n) =~ /\d{1,3}/g if $n > 9999;

	my $said = sprintf $format, $n;

	like($readme, qr/^\| \Q$row\E[^|]*\|[^|]*(?<![\d,.])\Q$said\E\b/m,
		"$row: $said");
}

# directives of the table, and what the log says

my ($failures) = $readme =~ /^### Failures\n(.*?)(?=^##)/ms;
my ($bounds) = $readme =~ /^### Bounds\n(.*?)(?=^##)/ms;
my $everything = join '', map { slurp($_) } glob("$glue/*.c $engine/*.c");

# literals that follow one another are one

$everything =~ s/"\s*\n\s*"//g;

for my $name ("$bounds$failures" =~ /`(news_\w+)/g) {
	ok($section{$name}, "bound by $name");
}

for my $said ($failures =~ /`\[\w+\] ([^`]*)`/g) {
	next if $said =~ /^(?:open|thread pool|worker process)/;

	for my $part (split /PROBLEM|PATH|FIELD|NAME|\bL\b|\bC\b|…/, $said) {
		$part =~ s/^news: //;
		$part =~ s/"//g;
		$part =~ s/^[ ,]+|[ ,]+$//g;

		next if length $part < 3;

		ok(index($everything, $part) >= 0, "the log says: $part");
	}
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
