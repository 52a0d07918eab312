#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Scheme and port of the socket in the addresses of a page.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

plan(skip_all => 'nginx has no ssl') unless $t->has('http_ssl_module');

my $key = $t->dir() . '/key.pem';
my $cert = $t->dir() . '/cert.pem';

plan(skip_all => 'no openssl to make a certificate with')
	if system("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost"
		. " -keyout $key -out $cert -days 2 >/dev/null 2>&1") != 0;

$t->write_file('t.mustache', '{{canonical}}|{{site_url}}');
$t->write('a.txt', "---\ntitle: A\n---\nText\n");

$t->conf(<<'EOF');
news_render on;
news_template t.mustache;

server {
    listen %%PORT%%;
    root /nowhere;

    location /plain/ { proxy_pass http://%%PORT_1%%/; }
    location /ssl/ { proxy_pass https://%%PORT_2%%/; }
    location /socket/ { proxy_pass http://unix:%%DIR%%/socket:/; }
}

server {
    listen %%PORT_1%%;
    listen %%PORT_2%% ssl;
    listen unix:%%DIR%%/socket;

    server_name news.example.org www.example.org;
    root %%ROOT%%;

    ssl_certificate cert.pem;
    ssl_certificate_key key.pem;
}
EOF

$t->run();

my ($plain, $ssl) = ($t->port(1), $t->port(2));

for my $case (
	[ 'plain', "http://news.example.org:$plain" ],
	[ 'ssl', "https://news.example.org:$ssl" ],
	[ 'socket', 'http://news.example.org' ])
{
	my ($name, $url) = @$case;

	is($t->get("/$name/a.txt")->body(), "$url/a.txt|$url", $name);
}

$t->done();
