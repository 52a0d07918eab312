#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The directives: values, contexts, inheritance, mistakes.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Test;


my $t = News::Test->new();

$t->write_file('t.mustache', "T{{title}}|{{lang}}|{{site_name}}|{{canonical}}|"
	. '{{date_iso}}|{{{content}}}');
$t->write_file('u.mustache', '{{> p}}{{> q}}{{> r}}');
$t->write_file('p.mustache', 'P');
$t->write_file('p.html', 'not this');
$t->write_file('q.html', 'Q');
$t->write_file('sub/s.mustache', '{{> p}}{{> head}}');
$t->write_file('sub/p.mustache', 'SUB');
$t->write_file('own/s.mustache', '{{> head}}');
$t->write_file('own/head.mustache', 'OWN');
$t->write_file('bad.mustache', "one\ntwo {{#open}}\nthree\n");
$t->write_file('bad2.mustache', "{{> bad}}");
$t->write_file('dir.mustache/x', '');
$t->write_file('large.mustache', 'x' x (1024 * 1024 + 1));
$t->write_file('missing.mustache', "a\n{{> nowhere}}\n");

$t->write('a.txt', "---\ntitle: A\ndate: 2021-07-30 12:00\n---\nText\n");
$t->write('b.txt', "---\ntitle: B\nlang: fr\n---\n# H\n\na\nb\n\n<b>x</b>\n");
$t->write('h.txt', "---\ntitle: H\n---\n<div><p>one</p></div>\n");


sub fails {
	my ($directives, $pattern, $name) = @_;

	my ($status, $text) = $t->conf_error("server { listen %%PORT%%;\n"
		. "$directives\n}");

	isnt($status, 0, $name || $directives);
	like($text, $pattern, ($name || $directives) . ', what is said');
	like($text, qr/ in \S+nginx\.conf:\d+\n/, ($name || $directives)
		. ', and where');
}

sub passes {
	my ($directives, $name) = @_;

	my ($status, $text) = $t->conf_error("server { listen %%PORT%%;\n"
		. "$directives\n}");

	is($status, 0, $name || $directives) or diag($text);

	return $text;
}


# what is no value

my %invalid = (
	news_render => 'yes', news_front_matter => 'no', news_html => 'on',
	news_body => 'text', news_breaks => 'on', news_heading_ids => 'yes',
	news_future => 'on', news_strict => '1', news_max_size => 'x',
	news_source => 'yes', news_source_charset => 'utf-99',
	news_timezone => 'Moon/Base', news_lang => 'e_n',
	news_site_url => 'news.example.org', news_template => 'none.mustache',
);

fails("$_ $invalid{$_};", qr/\[emerg\].*(?:\Q$invalid{$_}\E|\Q$_\E)/)
	for sort keys %invalid;

fails("news_suffix '';", qr/empty/);
fails("news_timezone '';", qr/invalid time zone/);

fails("news_timezone $_;", qr/(?:invalid|unknown) time zone "\Q$_\E"/)
	for '../../../etc/passwd', '/etc/passwd', 'Asia/../UTC', '+25:00',
		'Asia.Shanghai', 'a_b';

fails("news_timezone Asia;", qr/not a regular file/);
fails("news_timezone tzdata.zi;", qr/invalid time zone/);
fails("news_timezone leapseconds;", qr/leapseconds" is no time zone file/);

symlink 'loop.mustache', $t->dir() . '/loop.mustache';
fails('news_template loop.mustache;',
	qr/open\(\) "\S+loop\.mustache" failed \(40:/);

fails("news_lang $_;", qr/invalid language tag/)
	for qw/ en- -en 1en en--us toolonglanguage /, '""', 'en_US';

fails("news_site_url '$_';", qr/invalid URL/)
	for 'ftp://example.org', 'http://', 'https:///x', 'http:/x', '',
		'https://a b', 'https://a?b', 'https://a#b', '//example.org';

fails("news_source_charset utf-8 klingon;", qr/unknown charset "klingon"/);


# twice

for my $line ('news_render on;', 'news_suffix .a;', 'news_template default;',
	'news_source_charset utf-8;', 'news_timezone UTC;', 'news_lang en;',
	'news_site_name x;', 'news_site_url http://x;', 'news_max_size 1;')
{
	fails("$line $line", qr/is duplicate/, "$line twice");
}


# templates

fails('news_template none.mustache;',
	qr/"\S+\/none\.mustache" failed \(2: No such file/, 'no template');
fails("news_template '';", qr/has no file name/);
fails('news_template dir.mustache;', qr/is not a regular file/);
fails('news_template large.mustache;', qr/is larger than/);
fails('news_template bad.mustache;',
	qr/open.* in \S+\/bad\.mustache:[23] in /, 'unclosed section');
fails('news_template bad2.mustache;',
	qr/open.* in \S+\/bad\.mustache:[23] in /, 'unclosed in a partial');

like(passes('news_template missing.mustache;'),
	qr/\[warn\].*nowhere.* in \S+\/missing\.mustache:2 in \S+nginx\.conf:\d+/,
	'missing partial');
is(passes('news_template u.mustache;') =~ s/.*\[warn\].*\n//gr
	=~ s/^nginx: .*\n//mgr, '', 'a partial found says nothing');


# what is a value, in each context

my $all = join ' ', 'news_render on;', 'news_suffix .txt .md;',
	'news_front_matter optional;', 'news_template t.mustache;',
	'news_html omit;', 'news_body markdown;', 'news_breaks hard;',
	'news_heading_ids off;', 'news_future show;', 'news_strict on;',
	'news_max_size 1m;', 'news_source on;',
	'news_source_charset utf-8 gb18030 big5;',
	'news_timezone Asia/Shanghai;', 'news_lang zh-Hans-CN;',
	'news_site_name "The Courier";', 'news_site_url https://example.org/;';

passes($all, 'in server');
passes("location / { $all }", 'in location');
is(($t->conf_error("$all server { listen %%PORT%%; }"))[0], 0, 'in http');

passes("news_timezone $_;") for '+08:00', '-0330', 'Z', 'UTC', 'Etc/GMT+8',
	'America/Argentina/Buenos_Aires', 'EST5EDT';
passes("news_lang $_;") for qw/ en zh-TW sl-rozaj-biske-1994 x-klingon /;
passes("news_site_url $_;") for 'https://example.org', 'http://[::1]:8080/',
	'HTTPS://Example.org/news//';


# what they do, and how they are inherited

$t->conf(<<'EOF');
news_render on;
news_template t.mustache;
news_lang en;

server {
    listen %%PORT%%;
    server_name ~^x _ "" *.example.org .example.org news.example.org other;
    root %%ROOT%%;
    news_site_name "The <Courier>";

    location /zone/ { alias %%ROOT%%/; news_timezone Asia/Shanghai;
                      news_lang de; }
    location /url/ { alias %%ROOT%%/; news_site_url https://e.org/x//; }
    location /u/ { alias %%ROOT%%/; news_template u.mustache; }
    location /sub/ { alias %%ROOT%%/; news_template sub/s.mustache; }
    location /own/ { alias %%ROOT%%/; news_template %%DIR%%/own/s.mustache; }
    location /default/ { alias %%ROOT%%/; news_template default; }

    location /body/ {
        news_template body.mustache;

        location /body/ids/ { alias %%ROOT%%/; news_heading_ids off; }
        location /body/hard/ { alias %%ROOT%%/; news_breaks hard; }
        location /body/omit/ { alias %%ROOT%%/; news_html omit; }
        location /body/trust/ { alias %%ROOT%%/; news_html trust; }
        location /body/html/ { alias %%ROOT%%/; news_body html; }
        location /body/ { alias %%ROOT%%/; }
    }
}

server {
    listen %%PORT_1%%;
    server_name ~^x _ "" *.example.org;
    root %%ROOT%%;
}

server {
    listen %%PORT_2%%;
    root %%ROOT%%;
    news_render off;
    location /on/ { alias %%ROOT%%/; news_render on; }
}
EOF

$t->write_file('body.mustache', '{{{content}}}');
$t->run();

my $port = $t->port();

is($t->get('/a.txt', 'Host: evil.example')->body(),
	"TA|en|The &lt;Courier&gt;|http://news.example.org:$port/a.txt|"
	. "2021-07-30T12:00:00Z|<p>Text</p>\n", 'server');
is($t->get('/zone/a.txt')->body(),
	"TA|de|The &lt;Courier&gt;|http://news.example.org:$port/zone/a.txt|"
	. "2021-07-30T04:00:00Z|<p>Text</p>\n", 'zone and language');
like($t->get('/b.txt')->body(), qr/^TB\|fr\|/, 'language of the article');
like($t->get('/url/a.txt')->body(), qr{\|https://e\.org/x/url/a\.txt\|},
	'news_site_url');

is($t->get('/u/a.txt')->body(), 'PQ', 'partials');
like($t->get('/sub/a.txt')->body(), qr/^SUB.*<title>A/s,
	'partial of its folder, and a built-in one');
is($t->get('/own/a.txt')->body(), 'OWN', 'partial in the place of another');
like($t->get('/default/a.txt')->body(), qr/^<!DOCTYPE html>.*Courier/s,
	'default');

my $b = $t->get('/body/b.txt')->body();

like($b, qr{<h1 id="[^"]+">H</h1>\n<p>a\nb</p>\n<p><b>x</b></p>}, 'body');
like($t->get('/body/ids/b.txt')->body(), qr{<h1>H</h1>}, 'no ids');
like($t->get('/body/hard/b.txt')->body(), qr{a<br ?/?>\nb}, 'hard breaks');
unlike($t->get('/body/omit/b.txt')->body(), qr{<b>}, 'omit');
like($t->get('/body/trust/b.txt')->body(), qr{<b>x</b>}, 'trust');
like($t->get('/body/html/b.txt')->body(), qr{^# H}, 'html');

$t->{ports}[0] = $t->port(1);
is($t->get('/a.txt', 'Host: evil.example')->body(),
	"TA|en|||2021-07-30T12:00:00Z|<p>Text</p>\n", 'no literal name');

$t->{ports}[0] = $t->port(2);
like($t->get('/a.txt')->body(), qr/^---/, 'off in a server');
like($t->get('/on/a.txt')->body(), qr/^TA/, 'on in a location');

$t->{ports}[0] = $port;


# names with no slash in them, where nginx has no prefix to put before

my $bare = News::Test->new();

$bare->{prefix} = '';
$bare->write_file('t.mustache', '{{> p}}|{{title}}|{{{content}}}');
$bare->write_file('p.mustache', 'P');
$bare->write_file('x.txt', "---\ntitle: A\n---\nText\n");
$bare->write_file('robots.txt', "---\ntitle: A\n---\nText\n");
$bare->conf(<<'EOF');
server {
    listen %%PORT%%;
    root html;

    news_render on;
    news_front_matter optional;
    news_template t.mustache;

    location /a { alias x; }
    location /b { alias robots; }
}
EOF

$bare->run();
is($bare->get('/a.txt')->body(), 'P|A|<p>Text</p>' . "\n", 'no slash');
like($bare->get('/b.txt')->body(), qr/^---/, 'no slash, a name of those');
$bare->ended();


# a reload takes templates anew, a bad one is refused and all goes on

$t->write_file('t.mustache', 'new {{title}}');
ok($t->reload(), 'reload');
is($t->get('/a.txt')->body(), 'new A', 'new template');

$t->write_file('t.mustache', 'bad {{#title}}');

my $mark = $t->log_mark();

$t->expect(qr/title.* in \S+t\.mustache:1/);
kill 'HUP', $t->{pid};

ok($t->wait_for(sub { $t->log_since($mark) =~ /\[emerg\]/ }), 'refused');
is($t->get('/a.txt')->body(), 'new A', 'old template');

$t->done();
