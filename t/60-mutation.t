#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Bodies out of a grammar, as HTML and inside of Markdown, rendered by the
# module and read by Chromium in all its ways, with no policy: no script runs,
# nothing is asked for but images and media, no element, attribute or address
# is there that must not be, nothing leaves its container, every way gives the
# tree that was written, and that tree, written out by the browser and
# rendered again, is the same bytes.
#
# TEST_NEWS_DOCUMENTS bodies, of TEST_NEWS_SEED; one that fails is made as
# small as can be.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Chromium;
use News::Html;
use News::Tree;


plan(skip_all => 'chromium is not installed: apt-get install chromium')
	unless News::Chromium::path();

my $documents = $ENV{TEST_NEWS_DOCUMENTS} || 3000;
my $seed = $ENV{TEST_NEWS_SEED} || 1;

# bodies of a page, and which of them are asked from the server, too

my $batch = 500;
my $share = 100;

my $tree = News::Tree->new();
my $html = News::Html->new($seed, News::Tree::allowed());

my ($done, @failed) = (0);

while ($done < $documents && @failed < 3) {
	my $last = $done + $batch > $documents ? $documents : $done + $batch;
	my @numbers = $done .. $last - 1;
	my @bodies = map { $html->body($_) } @numbers;
	my @lists = $tree->served($share, map { article($_) } @bodies);

	push @failed, map { [ $numbers[$_], $bodies[$_], $lists[$_] ] }
		grep { @{$lists[$_]} } 0 .. $#lists;

	$done = $last;
}

is(scalar @failed, 0, "$done bodies of seed $seed");
is($tree->beacons(), '', 'nothing was asked for in vain');

told(@$_) for grep { defined } @failed[0 .. 2];


# the same bodies do harm where they are trusted

cmp_ok($tree->trusted(map { article($html->body($_)) } 0 .. 99), '>=', 10,
	'bodies that run a script where they are trusted');

# each mistake is seen

for my $case (
	[ '<p><p>x</p></p>', qr/another tree/ ],
	[ '<table>x</table>', qr/another tree/ ],
	[ '</div><p>x</p>', qr/leaves its container/ ],
	[ '<p onclick="x">x</p>', qr/dangerous attribute onclick/ ],
	[ '<p class="x">x</p>', qr/attribute class of p is not in the list/ ],
	[ '<a href="javascript:x">x</a>', qr/URL "javascript:x"/ ],
	[ '<video src="data:image/png;base64,x"></video>', qr/URL "data:/ ],
	[ '<img srcset="x 1x, blob:x 2x" />', qr/URL "blob:x"/ ],
	[ '<nav>x</nav>', qr/element nav is not in the list/ ],
	[ '<button>x</button>', qr/dangerous element button/ ],
	[ '<svg></svg>', qr/dangerous element svg/ ],
	[ '<p id="cookie">x</p>', qr/id cookie/ ],
	[ '<p id="a">x</p><p id="a">x</p>', qr/id a/ ],
	[ '<p>x</p><!-- x -->', qr/another tree/ ],
	[ '<p title=x>x</p>', qr/another tree/ ],
	[ '<ul><li></li></ul><p align="x">x</p>', qr/again/ ],
	[ '<script>pwn()</script>', qr/a script ran/ ],
	[ '<script src="/run.js"></script>', qr/a script ran/ ],
	[ '<iframe src="/run.html"></iframe>', qr/a script ran/ ],
	[ '<img src="x" onerror="pwn()" />', qr/a script ran/ ],
	[ '<link rel="stylesheet" href="/beacon" />', qr/request by link/ ],
	[ '<p style="background:url(/beacon)">x</p>', qr/request by css/ ])
{
	my ($content, $problem) = @$case;
	my @lists = $tree->look({}, '<p>x</p>', $content, '<p>x</p>');

	like(join("\n", map { @$_ } @lists), $problem, "control: $content");
}

isnt($tree->beacons(), '', 'control: a request is seen');

$tree->done();


sub article {
	my ($body) = @_;

	return News::Tree::article($body->{format}, join '', @{$body->{parts}});
}


# the body and what is wrong with it, with all left out that does not matter

sub told {
	my ($number, $body, $list) = @_;
	my @parts = @{$body->{parts}};
	my $size = @parts;

	while ($size >= 1) {
		my @smaller = map {
			my @rest = @parts;
			splice @rest, $_ * $size, $size;
			\@rest;
		} 0 .. int($#parts / $size);

		my @lists = $tree->problems(map {
			article({ format => $body->{format}, parts => $_ })
		} @smaller);

		my ($fails) = grep { @{$lists[$_]} } 0 .. $#lists;

		if (defined $fails) {
			@parts = @{$smaller[$fails]};
			$list = $lists[$fails];
			$size = @parts if $size > @parts;

		} else {
			$size = int($size / 2);
		}
	}

	my ($content) = $tree->render(article({ %$body, parts => \@parts }));

	diag("body $number of seed $seed, $body->{format}:\n", join('', @parts),
		"\nbecomes:\n$content\n", join("\n", @$list));
}
