#!/usr/bin/perl

# Facts about the default theme that need no browser: the style's size and its
# hash in the page's policy, no script, nothing fetched, names of its own; and
# the conversion into C.

use warnings;
use strict;

use Digest::SHA qw/ sha256_base64 /;
use File::Basename qw/ basename dirname /;
use File::Spec;
use File::Temp qw/ tempdir /;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::File;


my $module = File::Spec->rel2abs(dirname(__FILE__) . '/../ngx_news_module');
my %theme;

foreach my $path (glob "$module/theme/*.mustache") {
	$theme{basename($path, '.mustache')} = slurp($path);
}

is(join(' ', sort keys %theme), 'default footer head header style',
	'parts of the theme');

# the style, and the policy that lets it pass

my ($css) = $theme{style} =~ m!^<style>(.*)</style>\n\z!s;

ok(defined $css, 'the style is one element') or $css = '';
unlike($css, qr/\{\{/, 'the style is the same on every page');
cmp_ok(length $css, '<', 10_000, 'the style is below 10 KB');
unlike($css, qr/\@import|url\(|expression/i, 'the style fetches nothing');
is(($css =~ tr/{//), ($css =~ tr/}//), 'braces of the style are balanced');

my ($policy) = $theme{default}
	=~ m!<meta http-equiv="Content-Security-Policy" content="([^"]*)">!;

ok(defined $policy, 'the page has a policy') or $policy = '';

my %policy = map { /^\s*(\S+)\s+(.*)$/ ? ($1 => $2) : () } split /;/, $policy;
my $hash = sha256_base64($css);

$hash .= '=' while length($hash) % 4;

is($policy{'default-src'}, q{'none'}, 'policy: nothing but what is named');
is($policy{'style-src'}, "'sha256-$hash'", 'policy: this style alone');
is($policy{'script-src'}, undef, 'policy: no script');
is($policy{'object-src'}, undef, 'policy: no plug-in');
is($policy{'base-uri'}, q{'none'}, 'policy: no base');
is($policy{'form-action'}, q{'none'}, 'policy: no form');
unlike($policy, qr/unsafe/, 'policy: nothing unsafe');

cmp_ok(index($theme{default}, 'Content-Security-Policy'), '<',
	index($theme{default}, '{{> head}}'), 'the policy comes first');
cmp_ok(index($theme{default}, '{{> head}}'), '<', 1000,
	'the charset is declared early');
unlike($theme{head}, qr/Content-Security-Policy/,
	'the policy is not in the head that other templates use');

# no script, nothing asked of other hosts

my $all = join "\n", map { $theme{$_} } sort keys %theme;

my @scripts = $all =~ /<script\b([^>]*)>/g;

is_deeply(\@scripts, [ ' type="application/ld+json"' ],
	'no script but the structured data');
unlike($all, qr/\son\w+\s*=/i, 'no event handler');
unlike($all, qr/\sstyle\s*=/i, 'no style attribute');
unlike($all, qr!https?://!, 'no other host');
unlike($all, qr/<(?:iframe|object|embed|form|base)\b/i, 'no such element');

my @links = $all =~ /<link\b[^>]*\brel="([^"]*)"/g;

is_deeply([ sort @links ], [ 'canonical', 'icon' ], 'links of the head');
like($theme{head}, qr/<link rel="icon" href="data:,">/,
	'no icon is asked for');

# values are escaped but for two

my @raw = sort $all =~ /\{\{[{&]\s*(\S+?)\s*\}/g;

is_deeply(\@raw, [ 'content', 'news_json_ld' ], 'two values are HTML as is');

# names cannot meet those of an article

my @names = map { split ' ' } $all =~ /\s(?:class|id)="([^"]*)"/g;

cmp_ok(scalar @names, '>', 20, 'classes and ids');
is_deeply([ grep { !/^news-/ } @names ], [], 'all begin with news-');

my @selectors = ($css =~ s/\{[^{}]*\}/{}/gr) =~ /[.#]([a-z][\w-]*)/gi;
my %used = map { $_ => 1 } map { s/\{\{level\}\}/1/r } @names;

is_deeply([ grep { !$used{$_} && !/^news-toc-\d$/ } uniq(@selectors) ], [],
	'the style speaks of nothing else');

# as C, from any folder

my $dir = tempdir(CLEANUP => 1);

chdir($dir) or die "chdir: $!\n";

is(system('sh', "$module/auto/theme", 'a.c'), 0, 'converted');
is(system("cd / && sh \Q$module\E/auto/theme \Q$dir\E/b.c"), 0,
	'converted from elsewhere');
ok(slurp('a.c') eq slurp('b.c'), 'to the same text');

# ids of the theme are no article's

my ($reserved) = slurp("$module/engine/news_id.c")
	=~ /news_id_theme\[\] = \{(.*?)\}/s;

is_deeply([ sort map { /"([^"]+)"/g } $reserved ],
	[ sort { $a cmp $b } uniq($all =~ /\sid="([^"{]+)"/g) ],
	'ids kept from articles');

my $source = slurp('a.c');

foreach my $name (sort keys %theme) {
	my ($bytes) = $source =~ /news_theme_$name\[\] = \{\n(.*?)\};/s;

	ok(defined $bytes
		&& pack('C*', $bytes =~ /\d+/g) eq $theme{$name},
		"\"$name\" is all there");
}

done_testing();


sub uniq {
	my %seen;

	return grep { !$seen{$_}++ } @_;
}
