#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# What the sanitizer wrote, in a real browser and without any policy: nothing
# runs, and the browser's tree, written out again, is the sanitizer's output
# byte for byte.  Payloads by class, then generated nestings.

use warnings;
use strict;

use File::Temp qw/ tempdir /;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Unit;


my $chromium = (grep { -x } map { "$_/chromium" }
	split(/:/, $ENV{PATH} // ''))[0];

plan(skip_all => 'chromium is not installed: apt-get install chromium')
	unless $chromium;

my $tool = unit_build() . '/sanitize';
my $dir = tempdir(CLEANUP => 1);
my $x = 'pwn()';


# one handler, scheme or element at a time, in the spellings that get past
# naive filters

my @scripts = (
	"<script>$x</script>", "<SCRIPT>$x</SCRIPT >", "<script\n>$x</script\n>",
	"<script/x>$x</script>", "<script\x0c>$x</script>", "<script src=a.js>",
	"<scr<script>ipt>$x</scr</script>ipt>", "<<script>$x//<</script>",
	"<script>$x", "<script><!--<script></script>$x</script>",
	"<script><!-- --><script>$x</script>", "</script><script>$x</script>",
	"<script type=module>$x</script>", "<!--<script>-->$x</script>",
	"<scr\0ipt>$x</script>", "<\0script>$x</script>",
	"&lt;script&gt;$x&lt;/script&gt;", "<p><script>$x</script></p>",
	"<table><script>$x</script></table>", "<x:script>$x</x:script>",
	"<svg><script>$x</script></svg>", "<svg><script href=data:,$x />",
	"<svg><script>$x&lt;/script&gt;", "<math><script>$x</script></math>",
	"<template><script>$x</script></template>",
	"<template shadowrootmode=open><script>$x</script></template>",
	"<noscript><script>$x</script></noscript>",
	"<select><script>$x</script></select>",
	"<frameset onload=$x>", "<noframes><script>$x</script></noframes>",
);

my @handlers = map {
	my $event = $_;
	("<img src=x $event=$x>", "<p $event=\"$x\" tabindex=1 autofocus>p</p>",
	"<img/src=x/$event=$x>", "<video $event=$x><source src=x>")
} qw/ onerror onload onfocus onClick ONMOUSEOVER onanimationstart ontoggle
	onbegin onloadstart oncontentvisibilityautostatechange /;

my @hidden = (
	"<img src=x onerror\n=$x>", "<img src=x onerror&#61;$x>",
	"<img src=x o&#110;error=$x>", "<img src=\"x\"onerror=$x>",
	"<img src='x'onerror=$x>", "<img src=`x`onerror=$x>",
	"<img src=x alt=`onerror=$x`>", "<img src=\"x`<script>$x</script>\">",
	"<img src=x title='\"onerror=$x x='>", "<img src=x title=\"'onerror=$x\">",
	"<img src=x title=\"&quot; onerror=$x &quot;\">",
	"<img src=x title='&#39; onerror=$x'>", "<img src=x \0onerror=$x>",
	"<img src=x \"onerror=$x>", "<img src=x =onerror=$x>",
	"<img src=x /onerror=$x>", "<img \"\"\"><script>$x</script>\">",
	"<img src=x title=\"<img src=x onerror=$x>\">",
	"<img src=x alt=a\x0bonerror=$x>", "<img src=x alt=a\x0conerror=$x>",
	"<img src=x alt=\"\r\n\" onerror=$x>", "<image src=x onerror=$x>",
	"<a href=\"x\" title=\"\" onclick=$x id=\"\">a</a>",
	"<div title=\"a\" b=\"<p onclick=$x>\">d</div>", "<p title=\"unclosed",
	"<p title=\"unclosed><script>$x</script>", "<img src=x onerror=$x ",
	"<img src=x onerror=$x <p>", "<!-- <p title=\"--><img src=x onerror=$x>",
	"<a title=\"&lt;/a&gt;&lt;img src=x onerror=$x&gt;\">a</a>",
);

my @urls = map { ("<a href=\"$_\">a</a>", "<img src=\"$_\">",
	"<video poster=\"$_\" src=\"$_\"></video>",
	"<blockquote cite=\"$_\">q</blockquote>") } (
	"javascript:$x", "JaVaScRiPt:$x", " javascript:$x", "\x01javascript:$x",
	"java\tscript:$x", "java\nscript:$x", "java\r\nscript:$x",
	"java&#9;script:$x", "java&Tab;script&colon;$x", "java&NewLine;script:$x",
	"&#106;avascript:$x", "&#x6A&#x61vascript:$x", "&#0000106avascript:$x",
	"javascript&#58;$x", "javascript&#x3a$x", "javascript&colon;$x",
	"vbscript:$x", "data:text/html,<script>$x</script>",
	"data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml,<svg onload=$x>",
	"data:image/png;base64,PHN2Zz4\" onerror=\"$x", "blob:x", "file:///x",
	"view-source:x", "feed:javascript:$x", "jar:javascript:$x!/",
	"\xe2\x80\x8bjavascript:$x", "javascript\0:$x", "java\0script:$x",
);

my @trees = (
	"<svg><style><img src=x onerror=$x></style></svg>",
	"<svg></p><style><a title=\"</style><img src=x onerror=$x>\">",
	"<math><mtext><table><mglyph><style><!--</style>"
		. "<img title=\"--&gt;&lt;img src=1 onerror=$x&gt;\">",
	"<math><mtext><mglyph><style><img src=x onerror=$x></style></math>",
	"<form><math><mtext></form><form><mglyph><style></math>"
		. "<img src=x onerror=$x>",
	"<svg><desc><p><style><a title=\"</style><img src=x onerror=$x>\">",
	"<svg><title><p><img src=x onerror=$x></title></svg>",
	"<svg><foreignObject><p><img src=x onerror=$x></foreignObject></svg>",
	"<svg><![CDATA[<img src=x onerror=$x>]]></svg>",
	"<![CDATA[<img src=x onerror=$x>]]>",
	"<svg><a><rect width=99 height=99 /><animate attributeName=href"
		. " to=javascript:$x /></a></svg>",
	"<svg><use href=\"data:image/svg+xml,<svg id=a onload=$x>#a\" /></svg>",
	"<svg><set onbegin=$x attributename=x></svg>",
	"<math href=javascript:$x>m</math>",
	"<math><annotation-xml encoding=\"text/html\"><style><img src=x"
		. " onerror=$x></style></annotation-xml></math>",
	"<noscript><p title=\"</noscript><img src=x onerror=$x>\">",
	"<style><a title=\"</style><img src=x onerror=$x>\">",
	"<style>*{x:expression($x)}</style>", "<p style=\"x:expression($x)\">p</p>",
	"<p style=\"position:fixed;inset:0\">p</p>",
	"<title><p title=\"</title><img src=x onerror=$x>\">",
	"<textarea><p title=\"</textarea><img src=x onerror=$x>\">",
	"<xmp><p title=\"</xmp><img src=x onerror=$x>\"></xmp>",
	"<iframe><p title=\"</iframe><img src=x onerror=$x>\"></iframe>",
	"<iframe srcdoc=\"<script>parent.$x</script>\"></iframe>",
	"<iframe src=javascript:parent.$x></iframe>",
	"<noembed><p title=\"</noembed><img src=x onerror=$x>\"></noembed>",
	"<plaintext><img src=x onerror=$x>", "<listing>&lt;img onerror=$x&gt;",
	"<object data=javascript:$x>o</object>", "<embed src=javascript:$x>",
	"<applet code=x onerror=$x>a</applet>", "<base href=javascript:$x//>",
	"<meta http-equiv=refresh content=\"0;url=javascript:$x\">",
	"<link rel=stylesheet href=javascript:$x>", "<link rel=import href=x>",
	"<form action=javascript:$x><input type=submit autofocus></form>",
	"<button formaction=javascript:$x>b</button>", "<isindex action=x>",
	"<input autofocus onfocus=$x>", "<select autofocus onfocus=$x>s</select>",
	"<keygen autofocus onfocus=$x>", "<marquee onstart=$x>m</marquee>",
	"<details open ontoggle=$x>d</details>", "<dialog open>d</dialog>",
	"<map name=m><area href=javascript:$x></map><img usemap=#m src=x>",
	"<div popover id=p>p</div>", "<portal src=javascript:$x>",
	"<body onload=$x background=javascript:$x>", "<html onmouseover=$x>",
	"</div></div></body></html><p>out", "</article></main><p>out",
	"<table><div></table></div></div>", "<!--><img src=x onerror=$x>-->",
	"<!---><img src=x onerror=$x>-->", "<!--x--!><img src=x onerror=$x>-->",
	"<!-- --!-- ><img src=x onerror=$x>-->", "<?php <img src=x onerror=$x> ?>",
	"<!x <img src=x onerror=$x>>", "</ <img src=x onerror=$x>>",
	"<a/=\"><img src=x onerror=$x>\">", "<!doctype html [<img onerror=$x>]>",
	"<img name=body src=x>", "<img id=attributes src=x>", "<a id=cookie>a</a>",
	"<a id=x name=y href=z>a</a>", "<p id=location>p</p><a name=top>a</a>",
	"<p id=news-header>p</p><p id=\"a b\">p</p><p id=\"&#0;\">p</p>",
	"<p class=news-header>p</p><p is=x-y slot=z part=q>p</p>",
	"<select><template><style><!--</select><img src=x onerror=$x>",
	"<table><colgroup><template><p></colgroup><img src=x onerror=$x>",
	"<b><p><a><table><tr><b></a><script>$x</script>",
	"<a><table><td><a><table></table><a></tr><a></table><b>X</b>C<a>Y",
	"<p><b><i><u><s><em><strong><small><code><p>x</b>y<p>z</i>",
	"<pre>\n\n<b>\nx</b></pre><pre><!-- -->\ny</pre><pre>\r\n\r\nz</pre>",
	"<table>a<b>b<tr>c<td>d</b>e<caption>f<tr>g<col>h",
	"<ruby>a<rp>(<rtc>b<rt>c<rp>)<p>d<rt>e</ruby>f<rt>g",
	"<h1>a<h2>b</h3>c</h1>d", "<dl><dt>a<dd>b<div><dt>c</div></dl>",
	"<li>a<div><li>b<ul><li>c</ul><p><li>d", "a</p>b</br>c</div>d",
	"<video><p>a</video>b<audio><source src=a><track src=b></audio>",
	"<picture><source srcset=\"a 1x, javascript:$x 2x\"><img src=x></picture>",
	"&lt;&amp;lt;&#60;img src=x onerror=$x&#62;", "\0<p\0title=x>\0</p\0>",
);

my @payloads = (@scripts, @handlers, @hidden, @urls, @trees);

plan(tests => 6);

cmp_ok(scalar @payloads, '>=', 150, 'payloads');


# documents of a grammar: the same ones in each run

my $seed = 20260802;

sub pick {
	$seed = ($seed * 1103515245 + 12345) % 2147483648;

	return $_[int($seed / 65536) % @_];
}

my @tags = qw/ a a a b b code em i s small strong u p p p div div span ul ol
	li li dl dt dd h1 h2 h3 table table tr tr td td th tbody thead tfoot
	caption colgroup col pre blockquote figure figcaption section article
	details summary ruby rb rt rp rtc img br hr wbr q cite sub sup ins del
	video audio picture source svg math title style script template select
	option form button font center nobr big tt marquee object main nav header
	address menu dir listing noscript textarea foreignobject desc mi mtext
	body html head frameset input label fieldset x-y abbr dfn /;

my @attrs = ('', '', '', ' id=a1', ' id=name', ' href=x', ' href="//y.org"',
	' src=x', ' title="a&amp;b<c>"', ' colspan=2', " onclick=$x",
	' class=language-c', ' lang=de', ' style=x', '/', ' color=red');

my @words = ('x', ' ', "\n", 'text', '&amp;', '&lt;b&gt;', '<', 'a&copy b',
	"\n\n", '<!-- c -->', '<!-- more -->', "\t", '&#10;', '&#32;');

sub document {
	my $html = '';

	for (1 .. 5 + pick(0 .. 40)) {
		my $kind = pick(0 .. 9);

		$html .= $kind < 5 ? '<' . pick(@tags) . pick(@attrs) . '>'
			: $kind < 8 ? '</' . pick(@tags) . '>' : pick(@words);
	}

	return $html;
}

my @generated = map { document() } 1 .. $ENV{TEST_NEWS_DOCUMENTS} || 1500;


my $found = browse('payloads', @payloads);
is($found->{ran}, '0', 'payloads: nothing ran');
is($found->{wrong}, '', 'payloads: the tree is as written');

$found = browse('generated', @generated);
is($found->{ran}, '0', 'generated: nothing ran');
is($found->{wrong}, '', 'generated: the tree is as written');

# the check itself can fail

$found = browse('control', undef);
like($found->{wrong}, qr/^0 1 2 3 4 escaped:p$/,
	'control: each mistake is seen');


# sanitizes the documents, has the browser read them, and asks what it saw

sub browse {
	my ($name, @documents) = @_;

	# null bytes part documents on their way to the tool and back, so those
	# inside are what an earlier step makes of them

	my @out = defined $documents[0]
		? sanitize(map { s/\0/\xef\xbf\xbd/gr } @documents)
		: ('<p><p>x</p></p>', '<table>x</table>', '</div><p>x</p>',
			'<p onclick="x">x</p>', '<a href="javascript:x">x</a>');
	my $n = 0;

	open(my $f, '>', "$dir/$name.html") or die "$name.html: $!\n";

	print $f "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">",
		"<script>var ran = 0, want = [];\n",
		"function pwn() { ran++; } alert = confirm = prompt = pwn;",
		"</script></head><body>\n";

	for my $html (@out) {
		print $f "<div id=\"news-c-$n\">$html</div>\n",
			"<script>want[$n] = ", literal($html), ";</script>\n";
		$n++;
	}

	print $f "<script>\n", checker(), "</script></body></html>\n";
	close($f);

	my $dom = chromium("$dir/$name.html");

	return { ran => $1, wrong => $2 }
		if $dom =~ m!<pre id="news-verdict">ran (\d+) wrong ([^<]*)</pre>!;

	diag('no verdict in ' . length($dom) . ' bytes');

	return { ran => 'no verdict', wrong => 'no verdict' };
}


sub sanitize {
	my (@documents) = @_;

	open(my $f, '>', "$dir/in") or die "in: $!\n";
	print $f join("\0", @documents);
	close($f);

	open(my $out, '-|', "'$tool' < '$dir/in'") or die "$tool: $!\n";
	local $/;
	my $html = <$out>;
	close($out) or die "$tool failed\n";

	return split(/\0/, $html, -1);
}


# a string for a script inside of a page

sub literal {
	my ($s) = @_;

	$s =~ s/([\\"])/\\$1/g;
	$s =~ s/\n/\\n/g;
	$s =~ s/</\\x3c/g;
	$s =~ s/\xe2\x80([\xa8\xa9])/$1 eq "\xa8" ? '\u2028' : '\u2029'/ge;

	return "\"$s\"";
}


sub chromium {
	my ($file) = @_;

	open(my $f, '-|', "timeout 120 '$chromium' --headless --no-sandbox"
		. " --disable-gpu --disable-background-networking"
		. " --disable-component-update --disable-sync --no-first-run"
		. " --host-resolver-rules='MAP * ~NOTFOUND'"
		. " --virtual-time-budget=4000"
		. " --user-data-dir='$dir/profile' --dump-dom 'file://$file'"
		. " 2>'$dir/chromium.log'") or die "$chromium: $!\n";
	local $/;
	my $dom = <$f>;
	close($f);

	return $dom // '';
}


# writes a tree as the sanitizer writes it, and looks for what must not be

sub checker {
	return <<'EOS';
var voids = /^(br|col|hr|img|source|track|wbr)$/;
var tags = new RegExp('^(' + ('a abbr address article aside audio b bdi bdo '
	+ 'blockquote br caption cite code col colgroup dd del details dfn div dl '
	+ 'dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i '
	+ 'img ins kbd li mark ol p picture pre q rb rp rt rtc ruby s samp '
	+ 'section small source span strong sub summary sup table tbody td tfoot '
	+ 'th thead time tr track u ul var video wbr').replace(/ /g, '|') + ')$');
var names = new RegExp('^(' + ('href src alt title id class width height '
	+ 'srcset sizes lang dir hidden translate hreflang cite datetime start '
	+ 'reversed type value colspan rowspan headers scope abbr span open '
	+ 'align valign poster preload loop muted playsinline media kind '
	+ 'srclang label default '
	+ 'rel loading decoding controls').replace(/ /g, '|') + ')$');

function escapeText(s) {
	return s.replace(/&/g, '&amp;').replace(/</g, '&lt;')
		.replace(/>/g, '&gt;').replace(/\r/g, '&#13;');
}

function write(node) {
	var s = '';

	node.childNodes.forEach(function (n) {
		if (n.nodeType == 3) {
			s += escapeText(n.data);
			return;
		}

		if (n.nodeType != 1) {
			s += '[' + n.nodeName + ']';
			return;
		}

		var name = n.localName, first = n.firstChild;

		if (n.namespaceURI != 'http://www.w3.org/1999/xhtml'
			|| !tags.test(name))
		{
			s += '[bad element]';
		}

		s += '<' + name;

		for (var a of n.attributes) {
			if (!names.test(a.name)
				|| (/^(href|src|poster|cite)$/.test(a.name)
					&& /^(?!https?:|mailto:|tel:|file:|data:image\/(?!svg))/
						.test(new URL(a.value, document.baseURI).href)))
			{
				s += '[bad attribute]';
			}

			s += ' ' + a.name + '="'
				+ escapeText(a.value).replace(/"/g, '&quot;') + '"';
		}

		if (voids.test(name)) {
			s += ' />';
			return;
		}

		s += '>';

		if (name == 'pre' && first && first.nodeType == 3
			&& first.data[0] == '\n')
		{
			s += '\n';
		}

		s += write(n) + '</' + name + '>';
	});

	return s;
}

addEventListener('load', function () {
	var wrong = [];

	want.forEach(function (html, i) {
		var div = document.getElementById('news-c-' + i);

		html = html.replace(/(<pre[^>]*>)\n(?!\n)/g, '$1');

		if (!div || div.parentNode != document.body || write(div) != html) {
			wrong.push(i);
		}
	});

	document.querySelectorAll('[id^=news-c-] ~ :not(script):not([id^=news-c-])')
		.forEach(function (e) { wrong.push('escaped:' + e.localName); });

	document.body.querySelectorAll('[tabindex], a, details').forEach(
		function (e) { e.focus(); });

	setTimeout(function () {
		var pre = document.createElement('pre');

		pre.id = 'news-verdict';
		pre.textContent = 'ran ' + ran + ' wrong ' + wrong.join(' ');
		document.body.replaceChildren(pre);
	}, 300);
});
EOS
}
