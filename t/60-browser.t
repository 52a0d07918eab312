#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The pages of the examples in a real browser: what it builds from them, asks
# for, complains about, and how they fit a small screen, the dark and paper.
# Then payloads, with no policy of the theme in their way.

use warnings;
use strict;
use utf8;

use File::Find;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Chromium;
use News::Test;


plan(skip_all => 'chromium is not installed: apt-get install chromium')
	unless News::Chromium::path();


# elements a script could have left behind, and handlers it would need

my $active = q{
	[...document.querySelectorAll('body :is(script,style,iframe,object,embed,'
			+ 'form,input,button,textarea,select,base,meta,link,svg,math,'
			+ 'template,noscript,frame,frameset,applet)')]
		.map(e => e.localName)
	.concat([...document.querySelectorAll('body, body *')].flatMap(
		e => [...e.attributes].filter(
			a => /^on|^style$|^name$|^srcdoc$|^formaction$/.test(a.name)
				|| /^\s*(javascript|vbscript|data:text)/i.test(a.value))
		.map(a => e.localName + ' ' + a.name)))
};

my $contrast = q{
	(() => {
		const rgb = c => c.match(/[\d.]+/g).map(Number);
		const light = c => { const f = rgb(c).slice(0, 3).map(v => v / 255)
			.map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
			return .2126 * f[0] + .7152 * f[1] + .0722 * f[2] };
		const ground = e => { for (; e; e = e.parentElement) {
			const c = getComputedStyle(e).backgroundColor;
			if (rgb(c).length < 4 || rgb(c)[3] > 0) return c; }
			return getComputedStyle(document.documentElement).colorScheme
				.includes('dark') && matchMedia(
				'(prefers-color-scheme: dark)').matches
				? 'rgb(18, 18, 18)' : 'rgb(255, 255, 255)' };
		let least = 21;
		for (const e of document.querySelectorAll('body *')) {
			if (![...e.childNodes].some(n => n.nodeType == 3
				&& n.data.trim())) continue;
			if (!e.checkVisibility() || e.closest('script')) continue;
			const l = [light(getComputedStyle(e).color), light(ground(e))]
				.sort((a, b) => b - a);
			least = Math.min(least, (l[0] + .05) / (l[1] + .05));
		}
		return least;
	})()
};


# what makes a script run, an overlay appear or the page's frame break

my @payloads = (
	'<script>newsRan=1</script>',
	'<img src=x onerror=newsRan=1>',
	'<img src=x: onerror="newsRan=1"//',
	'<svg onload=newsRan=1></svg>',
	'<svg><script>newsRan=1</script></svg>',
	'<svg><style><img src=x onerror=newsRan=1></style></svg>',
	'<math><mtext><table><mglyph><style><!--</style>'
		. '<img title="--&gt;&lt;img src=1 onerror=newsRan=1&gt;">',
	'<math><annotation-xml encoding="text/html"><script>newsRan=1</script>',
	'<noscript><p title="</noscript><img src=x onerror=newsRan=1>">',
	'<textarea><img title="</textarea><img src=x onerror=newsRan=1>">',
	'<title><a href="</title><img src=x onerror=newsRan=1>">x</a>',
	'<style><a title="</style><img src=x onerror=newsRan=1>">x</a>',
	'<xmp><p title="</xmp><img src=x onerror=newsRan=1>">',
	'<!--><img src=x onerror=newsRan=1>-->',
	'<!--x--!><img src=x onerror=newsRan=1>-->',
	'<?x <img src=x onerror=newsRan=1> ?>',
	'<![CDATA[<img src=x onerror=newsRan=1>]]>',
	'<p/onclick=newsRan=1 onmouseover=newsRan=1>x</p>',
	'<details open ontoggle=newsRan=1><summary>x</summary></details>',
	'<video controls><source onerror=newsRan=1></video>',
	'<audio src onloadstart=newsRan=1 controls></audio>',
	'<iframe srcdoc="<script>parent.newsRan=1</script>"></iframe>',
	'<iframe src="javascript:parent.newsRan=1"></iframe>',
	'<object data="javascript:newsRan=1"></object>',
	'<embed src="data:text/html,<script>newsRan=1</script>">',
	'<a href="javascript:newsRan=1" id="go">x</a>',
	'<a href=" jav&#x09;ascript&colon;newsRan=1">x</a>',
	"<a href=\"\x01javascript:newsRan=1\">x</a>",
	'[x](javascript:newsRan=1)',
	'[x](<java&#115;cript:newsRan=1>)',
	'<javascript:newsRan=1>',
	'![x](x" onerror="newsRan=1)',
	'<form action="javascript:newsRan=1"><input type=submit autofocus '
		. 'onfocus=newsRan=1></form>',
	'<body onload=newsRan=1>',
	'<base href="https://evil.example/">',
	'<meta http-equiv=refresh content="0;url=javascript:newsRan=1">',
	'<link rel=stylesheet href="https://evil.example/x.css">',
	'<div style="position:fixed;inset:0;background:url(//evil.example/x)">',
	'<img name=body id=body src=x><a id=documentElement name=cookie>x</a>',
	'</main></body></html><p>outside',
	'</div></div></div></article></section></main><p>outside',
	'<table><tr><td></table></main><td>x',
	'<select><option><img src=x onerror=newsRan=1></select>',
	'<template><img src=x onerror=newsRan=1></template>',
	'<frameset onload=newsRan=1><frame src="javascript:newsRan=1">',
	'<plaintext><img src=x onerror=newsRan=1>',
	'<x-a onclick=newsRan=1 contenteditable>x</x-a>',
	'<IMG SRC=x OnErRoR=newsRan=1>',
	"<img src=x onerror\x0c=newsRan=1>",
	'<img src="x` `<script>newsRan=1</script>"` `>',
	'<a href="x" target="_blank" ping="https://evil.example/">x</a>',
);


my ($t, $c, $base, @articles);

$t = News::Test->new();

# a copy: workers may not be allowed into the folder of the checkout

my $examples = $t->dir() . '/examples';

is(system('cp', '-R', $t->tree() . '/examples', $examples)
	|| system('chmod', '-R', 'a+rX', $examples), 0, 'examples');

for my $n (0 .. $#payloads) {
	$t->write("$_/$n.txt", "---\ntitle: x\n---\n$payloads[$n]\n")
		for qw/ raw trust /;
}

$t->write('raw/kept.txt', <<'EOF');
---
title: kept
---
<ul><li>one<li>two<li>three</ul>
<table><tr><th scope=row>a<td colspan=2>b<tr><td>c<td>d</table>
<dl><dt>term<dd>one<dd>two</dl>
<p>text <ruby>x<rp>(<rt>y<rp>)</ruby>
<figure><img src="/x.png" srcset="/x.png 1x, /y.png 2x" sizes="50vw" alt="">
<figcaption>caption</figcaption></figure>
<details><summary>more</summary>inside</details>
<video controls><source src="/x.webm" type="video/webm"></video>
<audio controls src="/x.ogg"></audio>
<p>x<sup>2</sup> <del>old</del><ins>new</ins>
<time datetime="2025-01-01">day</time>
<p dir=rtl lang=ar>z</p>
<pre><code class="language-c">int i;</code></pre>
<p><a href="https://elsewhere.example/">link</a>
<h2>heading</h2>
EOF

$t->write_file('bare.mustache', <<'EOF');
<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>x</title></head>
<body><main>{{{content}}}</main><p id="end">end</p></body></html>
EOF

$t->conf(<<"EOF");
    server {
        listen %%PORT%%;
        root "$examples";
        types { text/plain txt; image/jpeg jpg; }
        index index.txt;
        charset utf-8;
        news_render on;
        news_site_name "Site";
        news_site_url "http://%%PORT%%";

        location /raw/ {
            root %%ROOT%%;
            news_template bare.mustache;
        }

        location /trust/ {
            root %%ROOT%%;
            news_template bare.mustache;
            news_html trust;
        }

        location /magazine/ {
            news_template "$examples/templates/magazine.mustache";
        }
    }
EOF

$t->run();

$base = 'http://127.0.0.1:' . $t->port();

find({ no_chdir => 1, wanted => sub {
	return unless /\.txt$/ && !m{/(robots|draft|embargo|withdrawn)\.txt$};
	push @articles, substr($_, length $examples);
} }, $examples);

$c = News::Chromium->new();

ok(@articles >= 10, 'articles');

page($_) for sort @articles;
picture('/en/night-train.txt');
colors('/en/tide-tables.txt');

payload($_) for 0 .. $#payloads;
control();
kept();

undef $c;
$t->done();


# an article as the browser has it

sub page {
	my ($uri) = @_;
	my ($title) = slurp("$examples$uri") =~ /^title: *(.*)/m;
	my ($dom, @bad);

	$title =~ s/^(['"])(.*)\1\s*$/$2/;

	$c->open_page("$base$uri");

	is_deeply([ $c->complaints() ], [], "$uri: nothing in red");

	@bad = grep { !m{^\Q$base\E/} } $c->requests();
	is_deeply(\@bad, [], "$uri: no foreign request");

	@bad = map { $_->{response}{url} } grep { $_->{response}{status} != 200 }
		$c->events('Network.responseReceived');
	is_deeply(\@bad, [], "$uri: every request answered");

	$dom = $c->evaluate(q{ ({
		title: document.title,
		h1: [...document.querySelectorAll('h1')].map(
			e => e.textContent.trim()),
		mode: document.compatMode,
		lang: document.documentElement.lang,
		dir: getComputedStyle(document.body).direction,
		scripts: [...document.scripts].map(e => e.type),
		ld: [...document.scripts].map(
			e => JSON.parse(e.text)['@type']),
		images: [...document.images].filter(
			e => e.complete && !e.naturalWidth).map(e => e.src),
		anchors: [...document.querySelectorAll('a[href^="#"]')].filter(
			e => !document.getElementById(decodeURIComponent(
				e.hash.slice(1)))).map(e => e.hash),
		ids: (all => all.filter((id, i) => all.indexOf(id) != i))(
			[...document.querySelectorAll('[id]')].map(e => e.id)),
	}) });

	like($dom->{title}, qr/^\Q$title\E/, "$uri: title");
	is_deeply($dom->{h1}, [ $title ], "$uri: one h1");
	is($dom->{mode}, 'CSS1Compat', "$uri: standards mode");
	is($dom->{dir}, $dom->{lang} eq 'ar' ? 'rtl' : 'ltr', "$uri: direction");
	is_deeply($dom->{images}, [], "$uri: pictures");
	is_deeply($dom->{anchors}, [], "$uri: anchors");
	is_deeply($dom->{ids}, [], "$uri: ids are unique");
	is_deeply([ grep { $_ ne 'application/ld+json' } @{$dom->{scripts}} ],
		[], "$uri: no script");
	is($dom->{ld}[0], 'NewsArticle', "$uri: JSON-LD");
	shot($uri, 1280);

	for my $width (390, 320) {
		$c->open_page("$base$uri", width => $width, height => 800);
		cmp_ok($c->evaluate('document.documentElement.scrollWidth'), '<=',
			$width, "$uri: fits $width");

		shot($uri, $width);
	}
}


# for people: SCREENSHOTS names a directory

sub shot {
	my ($uri, $name) = @_;

	return unless $ENV{SCREENSHOTS};

	$uri =~ s/\W+/-/g;
	$c->screenshot("$ENV{SCREENSHOTS}/$name$uri.png");
}


# the header image has its place before it is there

sub picture {
	my ($uri) = @_;
	my ($before, $after);

	my $rect = q{
		(r => [r.x, r.y, r.width, r.height].map(Math.round))(
			document.images[0].getBoundingClientRect())
	};

	$c->open_page("$base$uri", width => 390, block => [ '*.jpg' ]);
	$before = $c->evaluate($rect);
	is($c->evaluate('document.images[0].naturalWidth'), 0, 'picture away');

	$c->open_page("$base$uri", width => 390);
	$after = $c->evaluate($rect);
	cmp_ok($c->evaluate('document.images[0].naturalWidth'), '>', 0,
		'picture there');

	is_deeply($before, $after, 'picture has its place');
	cmp_ok($after->[3], '>', 100, 'picture is seen');
}


sub colors {
	my ($uri) = @_;
	my (%ground);

	my $ground = q{
		[document.body, document.documentElement].map(
			e => getComputedStyle(e).backgroundColor).join()
	};

	for my $dark (0, 1) {
		$c->open_page("$base$uri", dark => $dark);
		$ground{$dark} = $c->evaluate($ground);

		cmp_ok($c->evaluate($contrast), '>=', 4.5,
			'contrast, ' . ($dark ? 'dark' : 'light'));
		shot($uri, 'dark') if $dark;
	}

	isnt($ground{0}, $ground{1}, 'dark differs');

	$c->open_page("$base$uri", dark => 1, print => 1);
	cmp_ok($c->evaluate(q{
		Math.max(...getComputedStyle(document.querySelector('h1')).color
			.match(/\d+/g).slice(0, 3).map(Number))
	}), '<', 128, 'paper is light');
}


# "raw" has a bare template, without a policy: the sanitizer stands alone

sub payload {
	my ($n) = @_;
	my ($name) = $payloads[$n] =~ /([ -~]{1,40})/;

	$c->open_page("$base/raw/$n.txt");

	is_deeply($c->evaluate(qq{ [ window.newsRan || 0, $active,
		document.querySelector('#end')?.parentNode == document.body,
		document.querySelector('main')?.parentNode == document.body,
		document.body instanceof HTMLBodyElement,
		[...document.querySelectorAll('body > *')].length
	] }), [ 0, [], ( JSON::PP::true ) x 3, 2 ], "payload $n: $name");

	is_deeply([ grep { m{//evil} } $c->requests() ], [],
		"payload $n: no request");
}


# the same bodies, trusted, do run: what is asserted above can fail

sub control {
	my ($ran, $found) = (0, 0);

	for my $n (0 .. $#payloads) {
		next if $payloads[$n] =~ /frameset|plaintext|refresh/;

		$c->open_page("$base/trust/$n.txt");
		$ran++ if $c->evaluate('window.newsRan || 0');
		$found++ if @{$c->evaluate($active)};
	}

	cmp_ok($ran, '>', 10, 'payloads run where trusted');
	cmp_ok($found, '>', 25, 'payloads are seen where trusted');
}


# what news bodies use gives the tree their authors meant

sub kept {
	$c->open_page("$base/raw/kept.txt");

	is($c->evaluate("document.querySelectorAll('main $_->[0]').length"),
		$_->[1], "kept: $_->[0]") for (
		[ 'ul > li', 3 ],
		[ 'table > tbody > tr', 2 ],
		[ 'td[colspan="2"]', 1 ],
		[ 'th[scope=row]', 1 ],
		[ 'dl > dt', 1 ],
		[ 'dl > dd', 2 ],
		[ 'ruby > rt', 1 ],
		[ 'figure > img[srcset][sizes][loading=lazy]', 1 ],
		[ 'figure > figcaption', 1 ],
		[ 'details > summary', 1 ],
		[ 'video[controls] > source', 1 ],
		[ 'audio[controls]', 1 ],
		[ 'p > sup', 1 ],
		[ 'p > del + ins', 1 ],
		[ 'time[datetime]', 1 ],
		[ '[dir=rtl][lang=ar]', 1 ],
		[ 'pre > code.language-c', 1 ],
		[ 'a[rel~=noopener][rel~=nofollow]', 1 ],
		[ 'h2[id]', 1 ],
		[ 'p', 4 ],
	);
}


sub slurp {
	my ($file) = @_;

	open my $fh, '<:utf8', $file or die "$file: $!\n";
	local $/;

	return scalar <$fh>;
}
