#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# Payloads by class, as bodies in HTML and in Markdown, in a real browser and
# without any policy: nothing runs, nothing dangerous is left, nothing leaves
# its container, and the browser's tree is what was written.

use warnings;
use strict;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Chromium;
use News::Tree;


plan(skip_all => 'chromium is not installed: apt-get install chromium')
	unless News::Chromium::path();

my $x = 'pwn()';
my $img = "<img src=x onerror=$x>";


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

my @more_handlers = map { ("<p $_=$x>p</p>", "<svg $_=$x>",
"<img src=x $_=\"$x\">") }
	qw/ onauxclick onbeforecopy onbeforeinput onbeforeunload oncancel onclose
	oncontextmenu oncopy oncuechange ondrag onended onformdata
	ongotpointercapture
	oninput oninvalid onkeydown onlostpointercapture onmessageerror onmove
	onpaste onplay onpointerenter onpopstate onprogress onratechange onreset
	onsearch onsecuritypolicyviolation onseeked onselectionchange onslotchange
	onstalled onstorage onsubmit onsuspend ontimeupdate ontouchstart
	ontransitionrun onunhandledrejection onunload onvolumechange onwaiting
	onwebkitanimationend onwebkitfullscreenchange onscrollsnapchange FSCommand
	seekSegmentTime /;

# what holds or loads a script without being one

my @loaders = (
	"<script src=/run.js></script>", "<script src=//127.0.0.1/x></script>",
	"<script type=importmap>{\"imports\":{\"a\":\"/run.js\"}}</script>"
		. "<script type=module>import \"a\"</script>",
	"<script nomodule>$x</script>", "<script async src=data:,$x></script>",
	"<script type=speculationrules>{\"prerender\":[{\"urls\":[\"/run.html\"]}]}"
		. "</script>",
	"<script type=\"text/vbscript\">$x</script>",
	"<script for=window event=onload>$x</script>",
	"<script language=x>$x</script>",
	"<link rel=preload as=script href=/run.js onload=$x>",
	"<link rel=modulepreload href=/run.js>", "<link rel=prefetch href=/run.js>",
	"<link rel=stylesheet href=\"data:text/css,*{}\" onload=$x>",
	"<link rel=icon href=javascript:$x>", "<link rel=manifest href=/run.js>",
	"<link rel=expect href=#x blocking=render>",
	"<meta http-equiv=set-cookie content=a=b>",
	"<meta name=referrer content=x>",
	"<meta http-equiv=content-security-policy content=\"img-src 'none'\">",
	"<meta charset=utf-7>+ADw-script+AD4-$x+ADw-/script+AD4-",
	"<meta http-equiv=\"refresh\" content=\"0;url=data:text/html,x\">",
	"<iframe src=/run.html></iframe>", "<iframe credentialless src=/run.html>",
	"<iframe srcdoc='&lt;script&gt;parent.$x&lt;/script&gt;'></iframe>",
	"<iframe src=\"data:text/html,<script>parent.$x</script>\">",
	"<iframe onload=$x></iframe>",
	"<iframe name=\"$x\" src=\"javascript:eval(name)\">",
	"<frameset><frame src=/run.html onload=$x></frameset>",
	"<fencedframe src=/run.html></fencedframe>", "<ilayer src=/run.html>",
	"<layer src=/run.html>", "<object data=/run.html></object>",
	"<object type=text/html data=/run.html onerror=$x></object>",
	"<object data=x onerror=$x></object>", "<embed src=/run.html onload=$x>",
	"<embed type=image/svg+xml src=\"data:image/svg+xml,<svg xmlns="
		. "'http://www.w3.org/2000/svg' onload='parent.$x'/>\">",
	"<object><param name=src value=javascript:$x></object>",
	"<img src=\"data:image/svg+xml;base64,PHN2Zy8+\" onload=$x>",
	"<img lowsrc=javascript:$x dynsrc=javascript:$x>",
	"<bgsound src=javascript:$x>",
	"<input type=image src=x onerror=$x>",
	"<table background=javascript:$x><td>t",
	"<td background=javascript:$x>t",
	"<xml id=x src=x onreadystatechange=$x></xml>",
	"<comment>$img</comment>", "<style>\@import '/beacon';</style>",
	"<style>p{background:url(/beacon)}</style><p>p</p>",
	"<style>\@keyframes x{}</style><p style=animation-name:x"
		. " onanimationstart=$x>",
	"<p style=\"background:url(/beacon)\">p</p>",
	"<p style=behavior:url(/run.js)>p",
	"<p style=\"-moz-binding:url(/run.js#x)\">p</p>",
	"<p style=\"list-style:url(javascript:$x)\">p</p>",
	"<svg><style>\@import '/beacon';</style></svg>",
	"<video><source onerror=$x src=x></video>", "<audio src=javascript:$x>",
	"<track src=javascript:$x>",
	"<video poster=javascript:$x src=/run.html></video>",
	"<video src=\"data:video/mp4,x\" onerror=$x></video>",
	"<a href=x ping=/beacon download=x target=_top"
		. " attributionsrc=/beacon>a</a>",
	"<form action=/beacon><button autofocus>b</button></form>",
	"<input form=x formaction=javascript:$x type=submit>",
	"<button command=show-modal commandfor=x onclick=$x>b</button>",
	"<button popovertarget=x>b</button><p popover id=x onbeforetoggle=$x>p</p>",
	"<p hidden=until-found onbeforematch=$x>p</p>",
	"<details name=x open ontoggle=$x><summary>s</summary></details>",
	"<p contenteditable onfocus=$x autofocus>p</p>",
	"<p accesskey=x onclick=$x>p</p>",
	"<dialog open oncancel=$x onclose=$x>d</dialog>",
	"<body onpageshow=$x onhashchange=$x>", "<p><body onfocus=$x>",
	"<html manifest=/beacon xmlns:x=x>", "<canvas onclick=$x>$img</canvas>",
	"<template shadowrootmode=closed><slot"
		. " onslotchange=$x></slot>$img</template>",
	"<select><button><selectedcontent></selectedcontent></button>"
		. "<option>$img</option></select>",
	"<select><div>$img</div><hr><datalist>$img</datalist></select>",
	"<object><embed src=x></object><noembed>$img</noembed>",
);

# what browsers have taken out of SVG and MathML

my @foreign = (
	"<svg><a xlink:href=javascript:$x><text y=20>t</text></a></svg>",
	"<svg><image href=x onerror=$x></svg>",
	"<svg><image xlink:href=x onerror=$x />",
	"<svg><animate onbegin=$x attributeName=x dur=1s></svg>",
	"<svg><animate href=#x attributeName=href values=javascript:$x /><a id=x>"
		. "<text>t</text></a></svg>",
	"<svg><set attributeName=onmouseover to=$x></svg>",
	"<svg><animateTransform onend=$x attributeName=transform></svg>",
	"<svg><discard onbegin=$x></svg>",
	"<svg><handler type=text/javascript>$x</handler>",
	"<svg><listener event=load handler=#x></svg>",
	"<svg><view onload=$x id=v></svg>",
	"<svg><feImage href=/run.html></svg>", "<svg><use href=/run.html#x></svg>",
	"<svg><script xlink:href=/run.js></script></svg>",
	"<svg><script href=/run.js /></svg>",
	"<svg><script>a&#x3b;$x</script></svg>",
	"<svg><foreignObject><iframe src=/run.html></foreignObject></svg>",
	"<svg><foreignObject><script>$x</script></foreignObject></svg>",
	"<svg><desc>$img</desc></svg>",
	"<svg><title><style><img title=\"</style>$img\">",
	"<svg><style>&lt;/style&gt;$img</style></svg>",
	"<svg><textarea><svg></textarea>$img</svg>",
	"<svg><xmp><p title=\"</xmp>$img\"></svg>",
	"<svg><b><style><g title=\"</style>$img\">",
	"<svg><br><style><g title=\"</style>$img\">",
	"<svg></br><style><g title=\"</style>$img\">",
	"<svg><font size=1><style><g title=\"</style>$img\">",
	"<svg><![CDATA[></svg>$img]]>", "<svg><!--</svg>$img--></svg>",
	"<svg><![CDATA[<]]>img src=x onerror=$x></svg>", "<svg/onload=$x>",
	"<svg onload=$x//",
	"<svg xmlns:x=\"http://www.w3.org/1999/xlink\"><a"
		. " x:href=javascript:$x>t</a></svg>",
	"<?xml version=1.0?><!DOCTYPE svg [<!ENTITY e \"$x\">]><svg onload=&e;>",
	"<svg><mask><template>$img</template></mask></svg>",
	"<svg><math><style>$img</style></math></svg>",
	"<math><maction actiontype=statusline#javascript:$x>m</maction></math>",
	"<math><mi xlink:href=javascript:$x>m</mi></math>",
	"<math><mglyph src=x onerror=$x>",
	"<math><annotation-xml"
		. " encoding=application/xhtml+xml>$img</annotation-xml></math>",
	"<math><annotation-xml encoding=\"TEXT/html \"><style>$img</style></math>",
	"<math><annotation-xml><svg><foreignObject>$img</foreignObject></svg>"
		. "</math>",
	"<math><semantics><annotation encoding=text/html>$img</annotation></math>",
	"<math><mtext><mglyph><svg><mtext><style><path id=\"</style>$img\">",
	"<math><mtext><table><mglyph><style><math>$img</style></table></math>",
	"<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a"
		. " title=\"</style>"
		. "$img\"></style></h1></math>",
	"<p><math><mi><table><mi><mglyph><!--</table>$img-->",
	"<form><math><mtext></form><form><mglyph><svg><mtext><style><path"
		. " title=\"</style>"
		. "$img\">",
	"<math><p></math><style><!--</style>$img--></p>",
	"<math><mi><textarea><mi></textarea>$img</math>",
	"<math></math><svg></svg><p><svg></p>$img",
	"<table><math><td><mtext>$img</table>",
	"<svg><p><svg><p><svg><p>$img", "<svg><foreignObject><svg><p>$img",
	"<math><mtext><svg><foreignObject><math><mi>$img", "<svg><div></svg>$img",
	"<select><svg><style></select>$img</style></svg>", "<svg><head>$img</svg>",
	"<svg><tbody><tr><td>$img</svg>",
	"<table><svg><td><style></table>$img</style></svg>",
);

# bytes that another charset, or a lenient decoder, would read as markup

my @bytes = (
	"\xc0\xbcscript\xc0\xbe$x\xc0\xbc/script\xc0\xbe",
	"\xbcscript\xbe$x\xbc/script\xbe",
	"\xe0\x80\xbcscript\xe0\x80\xbe$x",
	"\xf0\x80\x80\xbcimg src=x onerror=$x\xf0\x80\x80\xbe",
	"<p title=\"\x81\" onclick=$x\">p</p>",
	"<p title=\"\xe4\xb8\" onclick=$x>p</p>",
	"<img alt=\"\x1b\$B\" src=x><img alt=\"\x1b(B onerror=$x \">",
	"\x1b\$\@<img src=x onerror=$x>\x1b(B",
	"<a title=\"~{\" onclick=\"~}$x\">a</a>",
	"<s\xadcript>$x</s\xadcript>", "<scr\xc2\xadipt>$x</scr\xc2\xadipt>",
	"\xef\xbc\x9cscript\xef\xbc\x9e$x\xef\xbc\x9c/script\xef\xbc\x9e",
	"\xef\xb9\xa4img src=x onerror=$x\xef\xb9\xa5",
	"<\xef\xbb\xbfscript>$x</script>",
	"<script\xe2\x80\xa8>$x</script>", "<img src=x\xe2\x80\xa9onerror=$x>",
	"<img src=x \xe2\x80\x8bonerror=$x>", "<img\xc2\xa0src=x onerror=$x>",
	"<img src=x one\xc5\xbfrror=$x>", "<\xc5\xbfcript>$x</\xc5\xbfcript>",
	"<\xe2\x84\xaabd onclick=$x>k</kbd>", "<sv\xc7\xb5 onload=$x>",
	"<a href=\"javascr\xc4\xb1pt:$x\">a</a>",
	"\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0",
	"\0<\0i\0m\0g\0 \0s\0r\0c\0=\0x\0 \0o\0n\0e\0r\0r\0o\0r\0=\0x\0>",
	"<img src=x \x00o\x00nerror=$x>", "<im\x00g src=x onerror=$x>",
	"<\x00img onerror=$x>",
	"<!\x00--><script>$x</script>-->", "<!-\x00-><script>$x</script>-->",
	"<img src=x onerror\x00=$x>", "<p title=\"\x00\"\x00onclick=$x>p</p>",
	"\xed\xa0\x80<script>$x</script>\xed\xb0\x80",
	"<p \xfe\xff=\"\" onclick=$x>p</p>",
	"&#xD800;&#xDC00;<b onclick=$x>", "<b\x85onclick=$x>b</b>",
	"\xe2\x80\xae<img src=x onerror=$x>", "<!--\xff--\xff><script>$x</script>",
);

# what templates, servers and frameworks would run

my @gadgets = (
	"{{constructor.constructor('$x')()}}", "{{{content}}}", "{{> head}}",
	"\${$x}",
	"#{$x}", "<%= $x %>", "<?= $x ?>", "[[$x]]",
	"{% raw %}" . $img . "{% endraw %}",
	"<!--#include virtual=\"/run.html\" -->", "<!--#exec cmd=\"id\" -->",
	"<!--# echo var='x' default='$img' -->", "<esi:include src=/run.html />",
	"<p ng-app ng-csp ng-click=$x>{{$x}}</p>",
	"<p v-html=\"'$img'\" \@click=$x :a=b>p</p>",
	"<p x-data x-init=$x x-html=\"'$img'\">p</p>",
	"<p hx-on:load=$x hx-get=/run.html>p</p>",
	"<p data-bind=\"html:'$img'\">p</p>",
	"<p data-toggle=tooltip data-html=true"
		. " data-title='$img'>p</p>",
	"<p data-target='$img' data-ride=carousel>p</p>",
	"<p class='ql-editor news-skip'>p</p>",
	"<p itemscope itemprop=url>p</p>", "<p role=button aria-label=x>p</p>",
	"<p onclick on:click=$x #x (click)=$x [innerHTML]=x *ngIf=x>p</p>",
	"<a data-method=post data-confirm='$img' rel=opener href=/x>a</a>",
	"<x-y><p slot=x is=x-y>p</p></x-y>", "<p id=\"$img\">p</p>",
	"<code class=\"$img\">c</code>",
	"<pre class=\"mermaid language-html\">$img</pre>",
	"<p jsaction=$x jsname=x>p</p>",
);

# names that scripts would meet

my @names = map { ("<a id=$_ href=x>a</a>", "<a name=$_>a</a>",
"<img name=$_ id=$_ src=x>",
	"<p id=$_>a</p><a href=#$_>b</a>") } qw/ document window self top parent
	opener
	location defaultView currentScript forms scripts getElementById
	querySelector
	createElement head childNodes firstChild innerHTML ownerDocument
	addEventListener
	toString valueOf hasOwnProperty constructor __proto__ prototype config csrf
	nodeName nodeType attributes documentElement activeElement readyState
	implementation domain URL baseURI Array fetch eval Math JSON news-main
	news-toc
	NEWS-MAIN a] user-content-user-content-cookie undefined NaN null 0 length
	item
	namedItem trustedTypes navigation onload /;

# addresses that are not what they seem

my @addresses = map { ("<a href=\"$_\">a</a>",
"<img src=\"$_\" srcset=\"$_ 2x, x 1x\">",
	"<video src=\"$_\"><source src=\"$_\"><track src=\"$_\"></video>",
	"<q cite='$_'>q</q>") } (
	"\xef\xbd\x8aavascript:$x", "javascript\xef\xbc\x9a$x",
	"\xe2\x93\x99avascript:$x",
	"&#x1;javascript:$x", "&#x20;&#x9;javascript:$x",
	"\xe2\x80\xa8javascript:$x",
	"\xc2\xa0javascript:$x", "\xe3\x80\x80javascript:$x", "javascript&#x0;:$x",
	"javascript&#x3A$x", "javascript&#58$x", "&#74;&#65;&#86;&#65;SCRIPT:$x",
	"JAVASCRIPT&colon;$x", "java&#x0A;script&#x3A;$x",
	"j&#x9;&#xA;&#xD;avascript:$x",
	"javascript&NewLine;:$x", "javascript&#x00003a;$x",
	"javascript&#x5Cu003a$x",
	"javascript:/*--></title></style></textarea></script></xmp>"
		. "<svg/onload='$x//",
	"javascript:%70wn()", "javascript:// /%0a$x", "//javascript:$x",
	"/javascript:$x",
	"http:javascript:$x", "https:/\\/javascript:$x", "./x:javascript:$x",
	"x?javascript:$x",
	"#javascript:$x", "javascript", "data:;base64,PHN2Zz4=",
	"data:text/xml,<x/>",
	"data:image/png;x=image/svg+xml;base64,PHN2Zz4=",
	"data:image/png,<svg onload=$x>",
	"data:image/png;base64,PHN2Zz4=,<svg>",
	"DATA:IMAGE/SVG+XML;BASE64,PHN2Zz4=",
	"data:\timage/png;base64,AA==",
	"data:image/gif;base64,R0lGODdh&#34;onerror=$x",
	"data:image/webp;charset=utf-7;base64,AA==", "vbs:$x", "mocha:$x",
	"livescript:$x",
	"mhtml:x!x", "ms-its:x", "res://x", "wyciwyg://0/x", "chrome://settings",
	"about:blank", "about:srcdoc", "blob:null/x", "filesystem:http://x/",
	"ftp://x",
	"ws://x", "mailto:a\@b?subject=$x", "tel:1", "sms:1",
	"intent://x#Intent;end",
	"x-apple:x", "steam:x", "ms-msdt:x", "search-ms:x", "http://u:p\@h/",
	"http://[::1",
	"http://a\@\"onclick=$x", "//\"><script>$x</script>", "\\\\evil\\x",
	"/\\evil", "///evil",
	"http://evil\x5c\@good", "http://a%00b/", "http://a&#10;b/",
	"&sol;&sol;evil", ":$x",
	",javascript:$x", "javascript:$x,x", "x 1x,javascript:$x",
	"(javascript:$x", " ,, ",
);

# limits: what comes after them, and trees that browsers flatten

my @limits = (
	"<p " . join(' ', map { "a$_=x" } 1 .. 70) . " onclick=$x>p</p>",
	"<p " . join(' ', map { "title='$_'" } 1 .. 70) . "'><script>$x</script>",
	"<p " . 'a' x 5000 . "=\"><script>$x</script>\" onclick=$x>p</p>",
	"<p title=\"" . 'x' x 70000 . "\" onclick=$x>p</p>",
	'<' . 'a' x 5000 . " onclick=$x>",
	'<div>' x 600 . "<svg><style>$img",
	'<div>' x 600 . "<table><td>x</table>" . '</div>' x 600,
	'<b>' x 300 . "<p>$img" . '</b>' x 300,
	'<table><td>' x 60 . "<style></table>$img",
	'<svg>' x 200 . "<desc><p>$img", '<math><mi>' x 150 . "<style>$img",
	'<div>' x 509 . '<svg><p>' . $img, '<font>' x 600 . "<p>$img",
	'<form><div>' x 250 . $img,
	'<select>' x 101 . $img, '<template>' x 300 . '</template>' x 299 . $img,
	'<a>' x 200 . '<p>' . '</a>' x 100 . $img,
	'<blockquote>' x 99 . '<table>a<tr>b',
	'<div>' x 98 . '<ul><li>a<li>b<ruby>c<rt>d', '<p><a href=x>' x 120 . $img,
	'&' x 3000 . "#x3c;script>$x", '&#' . '0' x 5000 . "60;script>$x</script>",
	'&#99999999999999999999;<b onclick=' . "$x>",
	'<!' . '-' x 3000 . "><script>$x</script>-->",
	'<!--' x 500 . $img . '-->', '</' x 1000 . $img,
	'<' x 3000 . 'script>' . $x, '<p/' x 800 . $img,
	"<img src=x alt=\"&" . 'lt' x 500 . "\" onerror=$x>",
	'<pre>' x 150 . "\n\n" . $img,
	'<i><b>' x 150 . '<div>' . '</i></b>' x 150 . 'x', '<li>' x 300 . $img,
	'<h1><a>' x 80 . 'x',
	'<p>' . '<b><i><u><s>' x 30 . '</p><p>' x 30 . 'x',
	"<table>" . '<tr><b>' x 100 . 'x',
);

# Markdown's own ways to an attribute

my @markdown = (
	"[a](javascript:$x)", "[a](JaVaScRiPt:$x)", "[a](java&#115;cript:$x)",
	"[a]( javascript:$x )",
	"[a](<javascript:$x>)", "[a](<java\tscript:$x>)",
	"[a](javascript&colon;$x)",
	"[a](\\javascript:$x)", "[a](javascript\\:$x)", "[a](data:text/html,$x)",
	"[a](vbscript:$x)",
	"[a](&#x01;javascript:$x)", "[a](&Tab;javascript:$x)",
	"![a](javascript:$x)",
	"![a](data:image/svg+xml;base64,PHN2Zz4=)", "![a](x\" onerror=\"$x)",
	"![$img](x)",
	"![a\" onerror=\"$x](x)", "![a](x \"\\\" onerror=\\\"$x\")",
	"[a](x '\" onclick=$x')",
	"[a](x (</a>$img))", "[a][r]\n\n[r]: javascript:$x",
	"[r]\n\n[r]: <javascript:$x> \"t\"",
	"[a][r]\n\n[r]: x '\"><script>$x</script>'", "[r]: javascript:$x\n\n![r]",
	"<javascript:$x>",
	"<JAVASCRIPT:$x>", "<data:text/html,$x>", "<vbscript:$x>",
	"<x:\"onclick=$x>",
	"<http://a.example/\" onclick=\"$x>", "<a\@b.example\" onclick=$x>",
	"`<script>$x</script>`",
	"```\" onclick=$x\n</code></pre>$img\n```", "``` <script>\n$x\n```",
	"~~~language-x\" y\n$img\n~~~",
	"    </code></pre>$img", "\t<script>$x</script>",
	"> <script>\n> $x\n> </script>",
	"- <script>\n  $x\n  </script>", "1. <div>\n$img\n</div>",
	"# <script>$x</script>",
	"<script>$x</script>\n===", "*<img src=x\nonerror=$x>*",
	"**<b**onclick=$x>", "\\<script>$x</script>",
	"\\\\<script>$x</script>", "&lt;script&gt;$x",
	"<div>\n\n*a*\n\n<script>$x</script></div>",
	"<!-- a\n\n--><script>$x</script>", "<?php\n\n?><script>$x</script>",
	"<!X\n\n><script>$x</script>",
	"<![CDATA[\n\n]]><script>$x</script>", "<pre>\n\n</pre><script>$x</script>",
	"<style>\n\n</style>$img", "<textarea>\n\n</textarea>$img",
	"</p>\n\n<p onclick=$x>\n\np</p>",
	"a<!--\n\n-->$img", "<a href='x\n\n' onclick=$x>",
	"[<img src=x onerror=$x>](x)", "[![a](x)](javascript:$x)",
	"[a](x)<b onclick=$x>", "[a\n\n](javascript:$x)",
	"<x-y onclick=$x>\n\np\n\n</x-y>", "<div\nonclick=$x\n>p",
	"[</a>$img](x)", "[a](x\n\"\nonclick=$x\n\")", "![![$img](x)](y)",
	"[a](x)[b](javascript:$x)\\\n$img",
);

my @classes = (
	[ 'scripts', @scripts ], [ 'handlers', @handlers, @more_handlers ],
	[ 'hidden', @hidden ], [ 'addresses', @urls, @addresses ], [ 'trees',
	@trees ],
	[ 'loaders', @loaders ], [ 'SVG and MathML', @foreign ], [ 'bytes',
	@bytes ],
	[ 'gadgets', @gadgets ], [ 'names', @names ], [ 'limits', @limits ],
	[ 'Markdown', @markdown ]);

# bodies of a page, of which each tenth is asked from the server, too

my $share = 10;

my $tree = News::Tree->new();

for my $class (@classes) {
	my ($name, @payloads) = @$class;

	for my $format (qw/ html markdown /) {
		my @lists = $tree->served($share,
			map { News::Tree::article($format, $_) } @payloads);

		my @wrong = map { "$payloads[$_]: @{$lists[$_]}" }
			grep { @{$lists[$_]} } 0 .. $#lists;

		is(join("\n", @wrong), '', @payloads . " $name in $format");
	}
}

is($tree->beacons(), '', 'nothing was asked for in vain');

# the same bodies, trusted, do run

cmp_ok($tree->trusted(map { News::Tree::article('html', $_) } @scripts, @hidden,
	@trees, @loaders, @foreign), '>=', 100, 'payloads run where trusted');

$tree->done();
