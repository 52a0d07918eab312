#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Files that change, are replaced, cached, linked or read past the cache.

use warnings;
use strict;

use FindBin;
use POSIX ();
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

$t->write_file('t.mustache', '{{title}}|{{{content}}}');

my $file = $t->root() . '/a.txt';

sub article {
	my ($name, $title, $text) = @_;

	return $t->write($name, "---\ntitle: $title\n---\n$text\n");
}

article('a.txt', 'A', 'one');
article('big.txt', 'A', 'word ' x 20000);
article('deep/b.txt', 'B', 'deep');
article("page-$_.txt", 'P', 'x' x ($_ - 18)) for 4095, 4096, 4097, 8192;

symlink 'a.txt', $t->root() . '/link.txt';
symlink 'deep', $t->root() . '/shallow';

my $conf = <<'EOF';
server {
    listen %%PORT%%;
    root %%ROOT%%;

    news_render on;
    news_template t.mustache;

    location /cached/ {
        alias %%ROOT%%/;
        open_file_cache max=10;
        open_file_cache_valid 60s;
        open_file_cache_errors on;
    }

    location /short/ {
        alias %%ROOT%%/;
        open_file_cache max=10;
        open_file_cache_valid 1s;
    }

    location /links/ {
        alias %%ROOT%%/;
        disable_symlinks on;
    }

    location /owner/ {
        alias %%ROOT%%/;
        disable_symlinks if_not_owner;
    }

    location /from/ {
        alias %%ROOT%%/;
        disable_symlinks on from=%%ROOT%%;
    }

    location /plain/links/ {
        alias %%ROOT%%/;
        news_render off;
        disable_symlinks on;
    }

    location /plain/from/ {
        alias %%ROOT%%/;
        news_render off;
        disable_symlinks on from=%%ROOT%%;
    }

    location /direct/ {
        alias %%ROOT%%/;
        directio 512;
        open_file_cache max=100;

        location /direct/off/ {
            alias %%ROOT%%/;
            news_render off;
        }
    }

    location /aio/ {
        alias %%ROOT%%/;
        sendfile on;
        aio threads;
    }
}
EOF

$conf =~ s/aio threads;// unless $t->has('threads');

$t->conf($conf);
$t->run();


# edits

is($t->get('/a.txt')->body(), "A|<p>one</p>\n", 'first');

article('a.txt', 'A', 'two');
is($t->get('/a.txt')->body(), "A|<p>two</p>\n", 'edited');

# the same length, the same second

for my $n (10 .. 30) {
	rename article('new', 'A', $n), $file;
	$t->get('/a.txt')->body() eq "A|<p>$n</p>\n" or fail("replaced $n");
}

is($t->get('/a.txt')->body(), "A|<p>30</p>\n", 'replaced');

unlink $file;
is($t->get('/a.txt')->status(), 404, 'deleted');

article('a.txt', 'A', 'again');
is($t->get('/a.txt')->body(), "A|<p>again</p>\n", 'back');


# a file that is rewritten all the time is an old one or a new one

my $pid = fork();

if ($pid == 0) {
	for my $n (1 .. 100000) {
		my $letter = $n % 2 ? 'a' : 'b';

		rename article('busy.new', 'A', $letter x 20000),
			$t->root() . '/busy.txt';
	}

	POSIX::_exit(0);
}

$t->wait_for(sub { $t->get('/busy.txt')->status() == 200 });

my $bad = 0;

for (1 .. 50) {
	$bad++ unless $t->get('/busy.txt')->body()
		=~ /^A\|<p>(?:a{20000}|b{20000})<\/p>\n$/;
}

kill 'KILL', $pid;
waitpid $pid, 0;

is($bad, 0, 'never two versions in one page');


# the sizes of reads

for my $n (4095, 4096, 4097, 8192) {
	like($t->get("/page-$n.txt")->body(), qr/^P\|<p>x{@{[ $n - 18 ]}}<\/p>$/,
		"$n bytes");
}

my $big = $t->get('/big.txt')->body();

like($big, qr/^A\|<p>(?:word ){19999}word<\/p>$/, 'many blocks');


# the cache of open files

is($t->get('/cached/a.txt')->body(), "A|<p>again</p>\n", 'cached');
is($t->get('/short/a.txt')->body(), "A|<p>again</p>\n", 'cached, short');

rename article('new', 'A', 'other'), $file;

# a page that is not kept is made of what is there

is($t->get('/cached/a.txt')->body(), $t->uncached() ? "A|<p>other</p>\n"
	: "A|<p>again</p>\n", 'valid for a minute');
is($t->get('/a.txt')->body(), "A|<p>other</p>\n", 'elsewhere at once');
ok($t->wait_for(sub {
	$t->get('/short/a.txt')->body() eq "A|<p>other</p>\n" }), 'for a second');

is($t->get('/cached/later.txt')->status(), 404, 'cached error');
article('later.txt', 'A', 'later');
is($t->get('/cached/later.txt')->status(), 404, 'cached error again');
is($t->get('/later.txt')->status(), 200, 'elsewhere it is there');


# links

is($t->get('/link.txt')->body(), "A|<p>other</p>\n", 'link');
is($t->get('/shallow/b.txt')->body(), "B|<p>deep</p>\n", 'linked directory');

for my $uri (qw{ /links/link.txt /links/shallow/b.txt /from/link.txt }) {
	is($t->get($uri)->status(), $t->get("/plain$uri")->status(), $uri);
	like($t->get($uri)->status(), qr/^40[34]$/, "$uri is refused");
}

is($t->get($_)->status(), 200, $_) for qw{ /from/a.txt /from/deep/b.txt
	/owner/link.txt /owner/shallow/b.txt };


# past the page cache: a descriptor that somebody else has opened so

for my $name (qw/ big.txt page-4095.txt page-4096.txt page-4097.txt
	page-8192.txt a.txt /)
{
	my $page = $t->get("/$name")->body();

	is($t->get("/direct/off/$name")->body(), $t->read_file("html/$name"),
		"direct I/O, $name as it is");
	is($t->get("/direct/$name")->body(), $page, "direct I/O, $name");
}

is($t->get('/aio/big.txt')->body(), $big, 'sendfile and aio');

$t->done();
