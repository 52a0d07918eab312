#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# A page in the cache is for those only who might have it made.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();
my $root = $t->root();

my $source = "---\ntitle: A\n---\nSecret\n";
my $page = "A|<p>Secret</p>\n";

$t->write_file('t.mustache', '{{title}}|{{{content}}}');
$t->write_file('users', "user:{PLAIN}pass\n");
$t->write($_, $source) for qw{ a.txt b.txt dir/a.txt real/a.txt other/a.txt
	inside/a.txt owned/a.txt };
$t->write('allowed', 'yes');

my $auth = $t->has('http_auth_request_module');
my $realip = $t->has('http_realip_module');
my $root_user = $> == 0;

# two servers of one configuration, but for who may see what

my $inside = <<'EOF';
    root %%ROOT%%;
    news_render on;
    news_template t.mustache;
    add_header X-Cache $news_cache_status;
EOF

my $conf = <<"EOF";
news_cache_zone zone=one:4m;
news_cache one;

server {
    listen %%PORT%%;
$inside

    location /basic/ {
        alias %%ROOT%%/;
        auth_basic closed;
        auth_basic_user_file %%DIR%%/users;
    }

    location /any/ {
        alias %%ROOT%%/;
        satisfy any;
        deny all;
        auth_basic closed;
        auth_basic_user_file %%DIR%%/users;
    }

    location /if/ {
        alias %%ROOT%%/;

        if (\$http_x_key != secret) {
            return 403;
        }
    }

    location /referer/ {
        alias %%ROOT%%/;
        valid_referers good.example;

        if (\$invalid_referer) {
            return 403;
        }
    }

    location /deny/ { alias %%ROOT%%/; deny all; }
    location /allow/ { alias %%ROOT%%/; allow all; }

    location /inside/ { internal; }
    location /door/ { rewrite ^/door/(.*) /inside/\$1 last; }
    location /error-door/ { error_page 404 /inside/a.txt; }
    location /named-door/ { try_files /none \@inside; }
    location \@inside { rewrite ^.*\$ /inside/a.txt break; }

    location /head/ {
        alias %%ROOT%%/;

        limit_except POST {
            auth_basic closed;
            auth_basic_user_file %%DIR%%/users;
        }
    }

    location /nobody/ {
        alias %%ROOT%%/;

        limit_except POST {
            deny all;
        }
    }

    location /off/ { alias %%ROOT%%/; news_render off; }
    location /suffix/ { alias %%ROOT%%/; news_suffix .md; }

#auth    location /request/ {
#auth        alias %%ROOT%%/;
#auth        auth_request /gate;
#auth    }

    location = /gate {
        internal;

        if (\$http_x_key = secret) {
            return 204;
        }

        return 403;
    }

#realip    location /address/ {
#realip        alias %%ROOT%%/;
#realip        set_real_ip_from 127.0.0.1;
#realip        real_ip_header X-Real-IP;
#realip        allow 192.0.2.1;
#realip        deny all;
#realip    }
}

server {
    listen %%PORT_1%%;
$inside
    deny all;
}

server {
    listen %%PORT_2%%;
    root %%ROOT%%;
    news_render off;
}

server {
    listen %%PORT_3%%;
$inside
    disable_symlinks on;
}

server {
    listen %%PORT_4%%;
$inside
    disable_symlinks if_not_owner;
}

server {
    listen %%PORT_5%%;
$inside
    disable_symlinks on from=%%ROOT%%/part;
}

server {
    listen %%PORT_6%%;
$inside
    auth_basic closed;
    auth_basic_user_file %%DIR%%/users;
}

# the same without a cache

server {
    listen %%PORT_7%%;
$inside
    news_cache off;
    disable_symlinks on;
}

server {
    listen %%PORT_8%%;
$inside
    news_cache off;
    disable_symlinks if_not_owner;
}

server {
    listen %%PORT_9%%;
$inside
    news_cache off;
    disable_symlinks on from=%%ROOT%%/part;
}
EOF

$conf =~ s/^#auth//mg if $auth;
$conf =~ s/^#realip//mg if $realip;
$conf =~ s/^#(?:auth|realip).*\n//mg;

$t->conf($conf);
$t->settle();
$t->run();


# in the cache for who may have it; nothing of it for who may not

my @user = ('Authorization: Basic dXNlcjpwYXNz');
my @key = ('X-Key: secret');

sub refused {
	my ($s, $status, $name, $uri, @headers) = @_;

	for my $more ([], [ 'Range: bytes=0-3' ], [ 'If-None-Match: *' ],
		[ 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT' ],
		[ 'Accept-Encoding: gzip' ])
	{
		my $r = $s->get($uri, @headers, @$more);

		is($r->status(), $status, "$name @$more");
		unlike($r->raw(), qr/Secret|A\|/, "$name @$more, nothing is seen");
		is($r->header('X-Cache') . $r->header('Last-Modified')
			. ($r->header('ETag') || ''), '', "$name @$more, nor of it");
	}

	my $r = $s->head($uri, @headers);

	is($r->status(), $status, "$name HEAD");
	isnt($r->header('Content-Length'), length $page, "$name HEAD, length");
}

my @closed = (
	[ 'auth_basic', '/basic/a.txt', 401, [ @user ], [] ],
	[ 'auth_basic, another', '/basic/a.txt', 401, [ @user ],
		[ 'Authorization: Basic dXNlcjpub25l' ] ],
	[ 'satisfy any', '/any/a.txt', 401, [ @user ], [] ],
	[ 'a condition', '/if/a.txt', 403, [ @key ], [] ],
	[ 'referer', '/referer/a.txt', 403, [ 'Referer: http://good.example/' ],
		[ 'Referer: http://bad.example/' ] ],
	[ 'limit_except', '/head/a.txt', 401, [ @user ], [] ],
);

push @closed, [ 'auth_request', '/request/a.txt', 403, [ @key ], [] ]
	if $auth;
push @closed, [ 'an address', '/address/a.txt', 403,
	[ 'X-Real-IP: 192.0.2.1' ], [ 'X-Real-IP: 192.0.2.2' ] ] if $realip;

for my $case (@closed) {
	my ($name, $uri, $status, $with, $without) = @$case;

	refused($t, $status, "$name, cold", $uri, @$without);

	is($t->get($uri, @$with)->body(), $page, "$name, allowed")
		for 1 .. 2;
	is($t->get($uri, @$with)->header('X-Cache'), 'HIT', "$name, in the cache");

	refused($t, $status, "$name, refused", $uri, @$without);

	is($t->get($uri, @$with)->header('X-Cache'), 'HIT', "$name, still");
}


# the same file by another location

is($t->get('/allow/a.txt')->body(), $page, 'allowed');
is($t->get('/allow/a.txt')->header('X-Cache'), 'HIT', 'allowed, kept');
refused($t, 403, 'denied', '/deny/a.txt');
refused($t, 403, 'denied to all but POST', '/nobody/a.txt');

for my $uri (qw{ /off/a.txt /suffix/a.txt }) {
	for (1 .. 2) {
		my $r = $t->get($uri);

		is($r->body(), $source, "$uri, as it is");
		is($r->header('Content-Type'), 'text/plain', "$uri, type");
		is($r->header('X-Cache'), '', "$uri, not ours");
	}
}


# the same URI of another server

for my $uri (qw{ /a.txt /dir/a.txt }) {
	is($t->get($uri)->body(), $page, "$uri, a server") for 1 .. 2;
	is($t->get($uri)->header('X-Cache'), 'HIT', "$uri, a server, kept");

	refused($t->at(1), 403, "$uri, a server that denies", $uri);
	refused($t->at(6), 401, "$uri, a server that asks who", $uri);
	is($t->at(6)->get($uri, @user)->body(), $page, "$uri, and is told");
	refused($t->at(6), 401, "$uri, a server that asks again", $uri);
	is($t->at(2)->get($uri)->body(), $source, "$uri, a server without pages");
}


# from the inside only

refused($t, 404, 'internal, cold', '/inside/a.txt');

for (1 .. 2) {
	is($t->get('/door/a.txt')->body(), $page, 'internal, a rewrite');
	is($t->get('/error-door/x')->body(), $page, 'internal, an error page');
	is($t->get('/named-door/x')->body(), $page, 'internal, a name');
	refused($t, 404, 'internal', '/inside/a.txt');
}

is($t->get('/door/a.txt')->header('X-Cache'), 'HIT', 'internal, kept');


# links, for servers that do not follow them

my %server = (on => [ 3, 7 ], if_not_owner => [ 4, 8 ], from => [ 5, 9 ]);

sub links {
	my ($name, @uris) = @_;

	for my $uri (@uris) {

		# in the cache of one that does

		$t->get($uri) for 1 .. 2;

		for my $way (sort keys %server) {
			my ($s, $off) = map { $t->at($_) } @{$server{$way}};
			my $expected = $off->get($uri);

			if ($expected->status() == 200) {
				is($s->get($uri)->body(), $expected->body(),
					"$name, $way, $uri");

			} else {
				refused($s, $expected->status(), "$name, $way, $uri", $uri);
			}
		}
	}
}

symlink 'a.txt', "$root/link.txt";
symlink "$root/a.txt", "$root/full.txt";
symlink 'dir', "$root/link";
mkdir "$root/part";
symlink '../a.txt', "$root/part/link.txt";
symlink '../dir', "$root/part/link";
symlink 'owned', "$root/not-owned";
symlink 'owned/a.txt', "$root/not-owned.txt";

system('chown', '-h', 'nobody', "$root/not-owned", "$root/not-owned.txt")
	if $root_user;

my @links = qw{ /link.txt /full.txt /link/a.txt /part/link.txt
	/part/link/a.txt /not-owned/a.txt /not-owned.txt };

$t->settle();
links('links', @links, '/a.txt', '/dir/a.txt');

is($t->get($_)->header('X-Cache'), 'HIT', "$_ is in the cache") for @links;
is($t->at(3)->get('/link.txt')->status(), 403, 'a link is refused');
like($t->at(3)->get('/link/a.txt')->status(), qr/^40[34]$/,
	'a linked directory, too');
is($t->at(4)->get('/link.txt')->status(), 200, 'a link of its owner is not');
is($t->at(5)->get('/part/link.txt')->status(), 403, 'one of a part is');

is($t->at(4)->get('/not-owned.txt')->status(), $root_user ? 403 : 200,
	"a link of another's");


# a file becomes a link to itself, so that nothing of it has changed

for my $way (sort keys %server) {
	my ($n, $off) = @{$server{$way}};

	is($t->at($n)->get('/real/a.txt')->body(), $page, "$way, no link")
		for 1 .. 3;
}

rename "$root/real", "$root/moved";
symlink 'moved', "$root/real";
system('chown', '-h', 'nobody', "$root/real") if $root_user;

links('a directory that is a link now', '/real/a.txt');
like($t->at(3)->get('/real/a.txt')->status(), qr/^40[34]$/,
	'a directory that is a link now, on');

unlink "$root/real";
rename "$root/moved", "$root/real";
is($t->at(3)->get('/real/a.txt')->body(), $page, 'and is none again');
links('and is none again', '/real/a.txt');

is($t->at($_)->get('/other/a.txt')->body(), $page, "no link, $_")
	for (3, 4, 5) x 2;

rename "$root/other/a.txt", "$root/other/moved";
symlink 'moved', "$root/other/a.txt";
system('chown', '-h', 'nobody', "$root/other/a.txt") if $root_user;

links('a file that is a link now', '/other/a.txt');
is($t->at(3)->get('/other/a.txt')->status(), 403,
	'a file that is a link now, on');


# what was allowed and is not after a reload

(my $less = $conf) =~ s/allow all;/deny all;/;

is($t->get('/allow/a.txt')->header('X-Cache'), 'HIT', 'before a reload');
ok($t->reload($less), 'reload');
refused($t, 403, 'denied by a reload', '/allow/a.txt');
ok($t->reload($conf), 'reload');
is($t->get('/allow/a.txt')->body(), $page, 'allowed again');

$t->done();
