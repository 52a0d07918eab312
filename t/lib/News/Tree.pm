package News::Tree;

# Copyright (C) ngx_news_module authors

# What Chromium makes of articles: they are rendered, read as pages without a
# policy and in the other ways a browser has, looked at, written out and
# rendered again.  The lists of what is allowed are the engine's; what is
# dangerous is told by what the browser takes it for (see tree.js).
#
#     my $tree = News::Tree->new();
#     my @problems = $tree->problems(@articles);
#
# gives for each article a list, empty where all is well.

use warnings;
use strict;

use File::Basename qw/ dirname /;
use JSON::PP ();

use News::Chromium;
use News::Test;
use News::Unit;


my $lib = dirname(__FILE__);
my $json = JSON::PP->new();

# where a template might put a body

my @containers = ([ '<div data-c>', '</div>' ],
	[ '<article data-c>', '</article>' ], [ '<section data-c>', '</section>' ],
	[ '<blockquote data-c>', '</blockquote>' ]);


sub new {
	my ($class) = @_;
	my $t = News::Test->new();
	my $self = bless { t => $t, tool => unit_build() . '/news-batch' }, $class;
	my $theme = $t->tree() . '/ngx_news_module/theme';
	my $template = slurp("$theme/default.mustache");

	# scripts may run, and are heard of

	$template =~ s/^<meta http-equiv="Content-Security-Policy".*\n//m
		or die "no policy in the theme\n";
	$template =~ s/<head>\n/$&<script>alert = pwn = parent.pwn<\/script>\n/;

	$t->write_file('free.mustache', $template);
	$t->write_file("$_.mustache", slurp("$theme/$_.mustache"))
		for qw/ footer head header style /;
	$t->write('run.js', "top.pwn();\n");
	$t->write('run.html', "<script>top.pwn()</script>\n");
	$t->write('article-empty.txt', "---\ntitle: t\n---\n");

	$t->conf(<<'EOC');
    server {
        listen %%PORT%%;
        root %%ROOT%%;
        charset utf-8;
        log_not_found off;
        keepalive_requests 100000000;
        news_render on;
        news_template free.mustache;

        location /trusted- {
            news_html trust;
        }

        location /beacon {
            access_log beacon.log;
        }
    }
EOC

	$t->run();

	$self->{base} = 'http://127.0.0.1:' . $t->port();
	$self->{script} = slurp("$lib/tree.js");
	$self->{allowed} = allowed();

	return $self;
}


# elements, each with its attributes, out of the engine's source

sub allowed {
	my $engine = "$lib/../../../ngx_news_module/engine";
	my $tags = slurp("$engine/news_tag.c");
	my $attrs = slurp("$engine/news_sanitize_attr.c");
	my (%group, %on, %allowed);

	$group{$1} = $2
		while $attrs =~ /^#define (NEWS_ATTR_\w+) +(\(?[\w|]+\)?)/mg;
	$on{$1} = $2 while $attrs =~ /^    \[(NEWS_TAG_\w+)\] = ([\w|]+)/mg;

	my $bits = sub {
		my ($expression) = @_;

		1 while $expression =~ s/\b(NEWS_ATTR_[A-Z]+)\b/$group{$1}/g;

		return eval $expression || 0;
	};

	while ($tags =~ /\("([\w-]+)"\), (NEWS_TAG_\w+), K\b/g) {
		my ($name, $tag) = ($1, $2);
		my $mine = $bits->($on{$tag} || '0') | $bits->('NEWS_ATTR_ALL');

		next if $tag ne 'NEWS_TAG_' . uc $name;

		while ($attrs =~ /^    \{ news_string\("(\w+)"\),\s+([\w|]+),/mg) {
			my ($attr, $groups) = ($1, $2);

			push @{$allowed{$name}}, $attr if $bits->($groups) & $mine;
		}
	}

	# an anchor's name becomes an id, and what is always added

	$allowed{a} = [ grep { $_ ne 'name' } @{$allowed{a}} ];

	my ($finish) = $attrs =~ /^news_attrs_finish\(.*?^\{(.*?)^\}/ms;
	my @cases;

	for (split /\n/, $finish) {
		@cases = () if /^    (?:case|default)/ && !@cases || /return/;
		push @cases, lc $1 if /case NEWS_TAG_(\w+):/;

		while (/[" ](\w+)=\\"/g) {
			push @{$allowed{$_}}, $1 for @cases;
		}
	}

	return \%allowed;
}


# articles to contents, by the engine alone

sub render {
	my ($self, @articles) = @_;
	my $dir = $self->{t}->dir();
	my (@contents, $len);

	$self->{t}->write_file('batch', join '',
		map { length($_) . "\n$_" } @articles);

	open my $out, '-|:raw', "'$self->{tool}' < '$dir/batch'"
		or die "$self->{tool}: $!\n";

	while (defined($len = <$out>)) {
		read $out, my ($content), $len;
		push @contents, $content;
	}

	close $out or die "$self->{tool} failed\n";

	return @contents;
}


sub problems {
	my ($self, @articles) = @_;

	return $self->look({}, $self->render(@articles));
}


# the same, and some of the articles by the whole module, too

sub served {
	my ($self, $share, @articles) = @_;
	my %urls;

	for my $n (grep { $_ % $share == 0 } 0 .. $#articles) {
		$urls{$n} = '/article-' . ++$self->{served} . '.txt';
		$self->{t}->write($urls{$n}, $articles[$n]);
	}

	return $self->look(\%urls, $self->render(@articles));
}


# contents, as they came out of the renderer

sub look {
	my ($self, $urls, @contents) = @_;
	my @texts = @contents;
	my ($seen, @lists, @again);

	utf8::decode($_) or die "no UTF-8: $_\n" for @texts;

	$self->show(@contents);
	$seen = $self->evaluate('newsCheck', \@texts, $urls, $self->{allowed});
	@lists = map { $_->{problems} } @{$seen->{results}};

	# a page of many: which of them it was

	if (@{$seen->{page}} && @contents > 1) {
		my $half = int(@contents / 2);

		return ($self->look({}, @contents[0 .. $half - 1]),
			$self->look({}, @contents[$half .. $#contents]));
	}

	push @{$lists[0]}, @{$seen->{page}};

	@texts = map { $_->{html} } @{$seen->{results}};
	utf8::encode($_) for @texts;
	@again = $self->render(map { article('html', $_) } @texts);

	for my $n (0 .. $#again) {
		push @{$lists[$n]}, "again: $again[$n]"
			if one_form($again[$n]) ne one_form($contents[$n]);
	}

	return @lists;
}


# a page with all the contents, each in a container of its own

sub show {
	my ($self, @contents) = @_;
	my $n = 0;
	my $page = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
		. "<script>\n$self->{script}</script></head><body data-top>";

	for my $content (@contents) {
		my ($start, $end) = @{$containers[$n++ % @containers]};

		$page .= "<main>$start$content$end<p data-end></p></main>";
	}

	$self->{t}->write('page.html', "$page</body></html>\n");

	# a browser takes ever more memory for the pages it has had

	undef $self->{browser} if ++$self->{pages} % 50 == 0;

	unless ($self->{browser}) {
		$self->{browser} = News::Chromium->new();
		$self->{browser}->quiet();
	}

	$self->{browser}->go("$self->{base}/page.html");
}


sub evaluate {
	my ($self, $function, @arguments) = @_;

	return $self->{browser}->evaluate("$function("
		. join(', ', map { $json->encode($_) } @arguments) . ')');
}


# how many of the articles run a script where bodies are trusted

sub trusted {
	my ($self, @articles) = @_;
	my $n = 0;
	my @urls = map { '/trusted-' . $n++ . '.txt' } @articles;

	$self->{t}->write($urls[$_], $articles[$_]) for 0 .. $#articles;
	$self->show('');

	return $self->evaluate('newsTrusted', \@urls);
}


# requests that no element and attribute makes that is kept

sub beacons {
	my ($self) = @_;

	return $self->{t}->read_file('beacon.log');
}


sub done {
	my ($self) = @_;

	undef $self->{browser};
	$self->{t}->done();
}


sub article {
	my ($format, $body) = @_;

	return "---\ntitle: t\nformat: $format\n---\n$body";
}


# the first line end in a pre is none

sub one_form {
	my ($html) = @_;

	return $html =~ s/(<pre(?: [^>]*)?>)\n(?!\n)/$1/gr;
}


sub slurp {
	my ($file) = @_;

	open my $fh, '<:raw', $file or die "$file: $!\n";
	local $/;

	return scalar <$fh>;
}

1;
