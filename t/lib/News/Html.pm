package News::Html;

# Copyright (C) ngx_news_module authors

# Hostile bodies out of a grammar: elements of HTML, SVG and MathML nested,
# misnested and left open, with attributes of every kind, and what parsers
# treat in ways of their own; some of it inside of Markdown.  A seed and a
# number always make the same body, in parts, so that some can be left out.

use warnings;
use strict;


my @html = qw/ a abbr acronym address applet area article aside audio b base
	basefont bdi bdo bgsound big blink blockquote body br button canvas caption
	center cite code col colgroup command content data datalist dd del details
	dfn dialog dir div dl dt element em embed fencedframe fieldset figcaption
	figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup
	hr html i iframe image img input ins isindex kbd keygen label legend li
	link listing main map mark marquee menu menuitem meta meter multicol nav
	nextid nobr noembed noframes noscript object ol optgroup option output p
	param permission picture plaintext portal pre progress q rb rp rt rtc ruby
	s samp script search section select selectedcontent shadow slot small
	source spacer span strike strong style sub summary sup svg table tbody td
	template textarea tfoot th thead time title tr track tt u ul var video wbr
	xmp x-y font-face annotation-xml math h7 a:b /;

my @svg = qw/ svg a animate animateColor animateMotion animateTransform circle
	clipPath cursor defs desc discard ellipse feBlend feColorMatrix
	feComposite feDropShadow feFlood feImage feMerge feOffset feTurbulence
	filter font font-face font-face-uri foreignObject g glyph handler hatch
	hkern iframe image line linearGradient listener marker mask metadata mpath
	path pattern polygon polyline radialGradient rect script set solidcolor
	stop style switch symbol tbreak text textPath title tref tspan unknown use
	video view audio canvas /;

my @math = qw/ math annotation annotation-xml maction maligngroup malignmark
	menclose merror mfenced mfrac mglyph mi mlabeledtr mlongdiv mmultiscripts
	mn mo mover mpadded mphantom mprescripts mroot mrow ms mscarries msqrt
	mstack mstyle msub msubsup msup mtable mtd mtext mtr munder munderover
	none semantics style /;

# those that the sanitizer keeps or that change the tree come more often

my @kept = qw/ a a a b b code em i s small strong u p p p div div span ul ol li
	li dl dt dd h1 h2 h3 table table table tr tr td td th tbody thead tfoot
	caption colgroup col pre pre blockquote figure figcaption section details
	summary ruby rb rt rp rtc img br hr wbr q sub sup ins del video audio
	picture source track tt center nobr font big listing menu dir /;

my @raw = qw/ script style title textarea xmp iframe noembed noframes noscript
	plaintext template select svg math object option /;

my %raw = map { $_ => 1 } @raw, qw/ datalist noembed /;

my @void = qw/ area base br col embed hr img input link meta param source track
	wbr /;
my %void = map { $_ => 1 } @void;

# what loads things for other ends than to show them

my %loads = map { $_ => 1 } qw/ script link iframe frame embed object applet
	input portal fencedframe feImage use base meta bgsound a:b /;

# scripts to load, and what nothing that is kept may load

my @runs = qw{ /run.js /run.html };

my @events = qw/ onerror onload onclick onfocus onmouseover ontoggle onbegin
	onend onrepeat onloadstart onanimationstart onscroll onpointerrawupdate
	onbeforetoggle oncontentvisibilityautostatechange onscrollend onresize
	onpageshow onhashchange onmessage onwheel oncanplay ontransitionend
	onbeforematch oncommand onx ON onErRoR /;

my @text = qw/ title alt abbr label summary content placeholder datetime
	aria-label data-x value /;

my @urls = qw/ href href href src src src xlink:href action formaction data
	poster background ping cite longdesc codebase classid archive usemap
	manifest profile lowsrc dynsrc icon from to values by xml:base
	imagesrcset attributionsrc srcdoc /;

my @plain = qw/ id id id name name class class style style lang dir hidden
	translate align valign width height colspan rowspan span start reversed
	type value open controls autoplay loop muted preload kind srclang default
	media sizes headers scope tabindex autofocus contenteditable is slot part
	nonce target rel method enctype http-equiv charset attributeName
	attributetype begin dur fill encoding definitionURL shadowrootmode popover
	popovertarget commandfor command itemprop role accesskey draggable
	spellcheck inert xmlns xmlns:xlink xml:lang color face size bgcolor border
	form for list multiple selected checked disabled required pattern loading
	decoding fetchpriority referrerpolicy crossorigin integrity sandbox allow
	allowfullscreen playsinline download hreflang language event archive code
	object wrap noresize frameborder scrolling requiredExtensions srcset srcset
	__proto__ constructor /;

# what attributes that are kept may well have

my %fits = (
	(map { $_ => [ qw/ 640 640px 007 50% 2 0 1 -3 +4 1000 1001 999999999 / ] }
		qw/ width height colspan rowspan span start value /),
	(map { $_ => [ qw/ left CENTER right top middle bottom baseline / ] }
		qw/ align valign /),
	(map { $_ => [ qw/ en-GB zh x-klingon / ] } qw/ lang hreflang srclang /),
	class => [ 'language-c', 'lang-c++ x', 'a language-x' ],
	dir => [ qw/ ltr RTL auto / ],
	translate => [ qw/ yes NO / ],
	scope => [ qw/ row col rowgroup colgroup / ],
	headers => [ 'a1 body', 'a2' ],
	kind => [ qw/ captions subtitles metadata / ],
	preload => [ qw/ none auto / ],
	type => [ qw/ 1 a I /, 'video/mp4; codecs="avc1"' ],
	media => [ '(min-width: 30em) and (x)', 'print' ],
	sizes => [ '100vw', '(a) 1px' ],
	id => [ qw/ a1 a2 a3 user-content-cookie cookie news-main / ],
);

my @values = ('', '', 'x', 'a b', '1', '0', '-1', '50%', '1e3', '99999999999',
	'text/html', 'application/xhtml+xml', 'text/plain', 'open', 'closed',
	'true', 'rtl', 'auto', 'LTR', 'language-c', 'language-c++ evil', 'news-toc',
	'body', 'cookie', 'location', 'x y', 'a1', 'user-content-a1', 'name',
	'parentNode', 'getElementById', '__proto__', 'noopener', 'refresh',
	'0;url=javascript:pwn()', 'image', 'submit', 'href', 'xlink:href', 'color',
	'position:fixed;inset:0', 'background:url(/beacon)', 'x:expression(pwn())',
	'--x:{;}', 'center', 'top', '_blank', 'x&y', '&lt;b&gt;', '&quot;', '&#34;',
	'&#39;', '>', '<', '`', '"', "'", '--&gt;', '&amp;lt;', '&copy=1',
	'&notit;',
	'javascript:pwn()', 'pwn()', "\xe6\x96\xb0\xe9\x97\xbb", "a\xc2\xa0b",
	'&#0;',
	'&#xD800;', '&#x110000;', '&#13;', '&#10;', '&NewLine;', "\n", "\r\n", "\t",
	'{{x}}', '${x}', '&#x85;', '&ThickSpace;', '&nbsp',
	'<img src=x onerror=pwn()>',
	'"><script>pwn()</script>', "'><svg onload=pwn()>",
	'--><script>pwn()</script>',
	'</title><script>pwn()</script>', '</style><img src=x onerror=pwn()>',
	'</textarea><img src=x onerror=pwn()>', '</template><script>pwn()</script>',
	'</noscript><img src=x onerror=pwn()>', '</p><script>pwn()</script>');

my @words = ('x', 'x', ' ', "\n", "\n\n", 'text', 'a b', '&amp;', '&lt;b&gt;',
'<',
	'a&copy b', '&lt;script&gt;pwn()&lt;/script&gt;', "\t", '&#10;', '&#32;',
	'&#13;', '&nbsp;', "\r", "\r\n", "\0", '&#0;', '<3', '< b', '</ b>', '<>',
	'</>', '&#60;img src=x onerror=pwn()&#62;', ']]>', '-->', '--!>', '&', '&#',
	'&#x', '&#x3c', '&#x26;lt;', '&ampamp;', '"', "'", '`',
	"\xe4\xbd\xa0\xe5\xa5\xbd",
	"\xef\xbc\x8c\xe4\xb8\x96\xe7\x95\x8c\xe3\x80\x82", "\xf0\x9f\x98\x80",
	"\xe2\x80\xae",
	"\xe2\x80\xa8", "\xef\xbb\xbf", "\xc2\xa0", "\xc2\x85", "\xff", "\xc3",
	"\xed\xa0\x80",
	"\xef\xbf\xbe", "\xf4\x90\x80\x80", "\x0b", "\x0c", "\x1b", "\x7f",
	'A&#x300;',
	'&notin;', '&NotEqualTilde;', '&#x80;', '&#x1F;', '&#x10FFFF;',
	'<!-- more -->');

my @spaces = ((' ') x 12, "\n", "\t", "\x0c", "\r", '/', ' / ', "\r\n", '  ',
'//',
	"\0", "\x0b", "\xc2\xa0", "\xe3\x80\x80", '');


# "allowed" tells for elements the attributes that are kept; they come more
# often there

sub new {
	my ($class, $seed, $allowed) = @_;

	return bless { seed => $seed, allowed => $allowed }, $class;
}


# a body: "format", that of its article, and "parts"

sub body {
	my ($self, $n) = @_;
	my $markdown;

	{
		use integer;
		$self->{state} = $self->{seed} * 2862933555777941757
			+ $n * 3202034522624059733 + 1442695040888963407;
	}

	$self->number(2) for 1 .. 4;

	$self->{parts} = [];
	$self->{left} = 10 + $self->number($self->one_in(8) ? 200 : 80);
	$markdown = $self->one_in(4);

	if ($markdown) {
		$self->markdown();

	} elsif ($self->one_in(40)) {
		$self->deep();

	} else {
		$self->content('html', 0) while $self->{left} > 0;
	}

	return { format => $markdown ? 'markdown' : 'html',
		parts => $self->{parts} };
}


# a number below "n"

sub number {
	my ($self, $n) = @_;

	{
		use integer;
		$self->{state} = $self->{state} * 6364136223846793005
			+ 1442695040888963407;
	}

	return ($self->{state} >> 33) % $n;
}


sub one_in {
	my ($self, $n) = @_;

	return $self->number($n) == 0;
}


sub pick {
	my ($self, $list) = @_;

	return $list->[$self->number(scalar @$list)];
}


sub add {
	my ($self, @parts) = @_;

	push @{$self->{parts}}, @parts;
	$self->{left} -= @parts;
}


# some of what may stand in an element, or anywhere

sub content {
	my ($self, $space, $depth) = @_;

	for (0 .. $self->number(4)) {
		my $kind = $self->number(20);

		return if $self->{left} <= 0;

		if ($kind < 5) {
			$self->add($self->pick(\@words));

		} elsif ($kind < 14 && $depth < 12) {
			$self->element($space, $depth);

		} elsif ($kind < 16) {
			$self->add('</' . $self->name($space) . $self->end_tail());

		} elsif ($kind < 17) {
			$self->oddity();

		} elsif ($kind < 18) {
			$self->breakout();

		} elsif ($depth < 8) {
			$self->pattern($depth);
		}
	}
}


sub name {
	my ($self, $space) = @_;
	my $from = $self->number(12);
	my $name;

	$name = $space eq 'svg' && $from < 7 ? $self->pick(\@svg)
		: $space eq 'math' && $from < 7 ? $self->pick(\@math)
		: $from < 8 ? $self->pick(\@kept)
		: $from < 10 ? $self->pick(\@html)
		: $from < 11 ? $self->pick(\@raw)
		: $self->one_in(2) ? $self->pick(\@svg) : $self->pick(\@math);

	$name = uc $name if $self->one_in(30);
	$name = ucfirst $name if $self->one_in(60);

	substr($name, $self->number(1 + length $name), 0) = $self->pick(
		[ "\0", ':', '-', '<', "\xe4\xb8\xad", '"', '=' ])
		if $self->one_in(120);

	return $name;
}


sub end_tail {
	my ($self) = @_;

	return '>' unless $self->one_in(60);

	return $self->pick([ ' >', '/>', ' x="a>b">', '', "\n>", ' onclick=pwn()>',
		"\0>", '<' ]);
}


sub element {
	my ($self, $space, $depth) = @_;
	my $name = $self->name($space);
	my $kind = lc $name;
	my $end;

	$self->start($name);

	return if $void{$kind} && !$self->one_in(12);

	$space = $kind =~ /^(?:svg|math)$/ ? $kind
		: $name =~
		/^(?:foreignObject|desc|title|annotation-xml|m[ions]|mtext)$/i
		? 'html' : $space;

	$self->content($space, $depth + 1);

	# what is left open takes all the rest, or is no mistake at all

	$end = $self->number($raw{$kind} ? 200 : 20);

	$self->add("</$name" . $self->end_tail()) if $end < 13 || $end > 19;
	$self->add('</' . $self->name($space) . '>') if $end > 16 && $end < 20;
}


sub start {
	my ($self, $name, @attrs) = @_;

	$self->add("<$name", map { " $_" } @attrs);

	if ($self->one_in($self->{allowed}{$name} ? 2 : 3)) {
		$self->attribute($name) for 0 .. $self->number($self->one_in(20) ? 9 :
		3);
	}

	$self->add($self->one_in(50) ? $self->pick([ '/>', ' />', "\n>", '//>', '',
		'"">', "'>", ' =>', '/ >' ]) : '>');
}


sub attribute {
	my ($self, $element) = @_;
	my $kept = $self->{allowed}{$element};
	my $kind = $self->number($kept ? 20 : 10);
	my ($name, $value);

	if ($kind < 2) {
		($name, $value) = ($self->pick(\@events), 'pwn()');

	} elsif ($kind < 5) {
		$name = $self->pick(\@urls);
		$value = $self->one_in(3)
				|| !($loads{$element} || $name =~ /^(?!href|src|poster)/)
			? $self->url()
			: $name =~ /^(?:src|poster)/ ? $self->pick(\@runs) : '/beacon';

	} elsif ($kind < 6) {
		($name, $value) = ($self->pick(\@text), $self->pick(\@values));

	} else {
		$name = $self->pick($kind < 10 ? \@plain : $kept);
		$value = $name eq 'srcset' ? $self->srcset()
			: $name =~ /^(?:href|src|poster|cite)$/ ? $self->url()
			: $self->pick($self->one_in(2) && $fits{$name} || \@values);
	}

	$name = uc $name if $self->one_in(30);
	substr($name, $self->number(1 + length $name), 0) = $self->pick(
		[ "\0", '"', "'", '<', '`', '&#x61;', "\xc2\xa0", '=' ])
		if $self->one_in(150);

	$self->add($self->pick(\@spaces) . $name . $self->quoted($value));

	$self->add(" $name=" . $self->pick(\@values)) if $self->one_in(40);
}


sub quoted {
	my ($self, $value) = @_;
	my $form = $self->number(100);

	return '' if $form == 0;
	return $self->pick([ '=', '= ', ' = ', "\n=\n", "=\0" ]) . $value
		if $form == 1;
	return "=\"$value" if $form == 2;
	return "='$value" if $form == 3;
	return "=`$value`" if $form == 4;

	$value = $self->hidden($value) if $self->one_in(6);

	return "=$value" if $form < 25 && $value !~ /[\s>]/;

	if ($form < 50) {
		$value =~ s/'/&#39;/g unless $self->one_in(10);
		return "='$value'";
	}

	$value =~ s/"/&quot;/g unless $self->one_in(10);

	return ($form < 55 ? " =\n" : '=') . "\"$value\"";
}


# a character as a reference, in one of its spellings

sub hidden {
	my ($self, $value) = @_;
	my $at = $self->number(1 + length $value);
	my ($code, $c);

	return $value if $at == length $value;

	$c = substr $value, $at, 1;

	return $value if ord $c > 126;

	$code = ord $c;

	substr($value, $at, 1) = $self->pick([ "&#$code;", sprintf('&#x%x;', $code),
		sprintf('&#X%X', $code), "&#0000000$code;", "&#$code" ]);

	return $value;
}


sub url {
	my ($self) = @_;
	my $script = $self->one_in(4);
	my $url = $script ? 'javascript:pwn()' : $self->pick([ 'x', '/x', '//a.example/x',
		'http://a.example/x?y=1&z',
		'https://a.example', '#a1', '#body', '?q', '', 'mailto:a@b.example',
		'tel:1', 'javascript:pwn()', 'javascript:pwn()', 'javascript:pwn()//',
		'javascript://x%0apwn()', 'vbscript:pwn()', 'livescript:pwn()',
		'data:text/html,<script>parent.pwn()</script>',
		'data:text/html;base64,PHNjcmlwdD5wYXJlbnQucHduKCk8L3NjcmlwdD4=',
		'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"'
			. ' onload="parent.pwn()"/>',
		'data:image/png;base64,iVBORw0KGgo=', 'data:image/gif;base64,"x',
		'data:,x', 'data:image/png,x', 'data:application/xhtml+xml,x', 'blob:x',
		'file:///etc/passwd', 'filesystem:x', 'view-source:x', 'feed:x',
		'jar:javascript:pwn()', 'about:blank', 'about:srcdoc', 'ws://a.example',
		'ftp://a.example', 'chrome://x', 'x-y:z', 'intent:x', 'sms:1', 'cid:x',
		'javascript', 'http:x', 'http:', 'https:///a', '\\\\a.example\\x',
		'/\\a.example', "http://a.example\\\@b", 'http://[x', 'http://[::1]/',
		'http://a b/', 'http://a%20b/', 'http://a<b/', '//[', ':', '::', ':x',
		'%6aavascript:pwn()', 'javascript%3apwn()', '&colon;', "//a\tb.example",
		"http://\xe4\xbe\x8b.example/\xe4\xb8\xad?\xe6\x96\x87#x", '//', '///',
		'../x', './javascript:pwn()', ' x ', 'x y', "x\"y'z`<>", '%', '%zz',
		'x#y#z', 'x{y|z}^' ]);

	return $url unless $script || $self->one_in(3);

	for (0 .. $self->number(2)) {
		substr($url, $self->number(1 + length $url), 0) = $self->pick([ "\t",
			"\n", "\r", "\0", "\x01", "\x1f", ' ', '&Tab;', '&NewLine;', '&#9;',
			'&#10;', '&#0;', '&#1;', '&#xd;', '&nbsp;', "\xc2\xad",
			"\xe2\x80\x8b",
			"\xef\xbb\xbf", '/', '\\', ':', '&colon;', '&lpar;', '&sol;',
			'&shy;',
			"\x7f", "\x0c", "\x0b", '&#x0;', '&#8203;' ]);
	}

	$url =~ s/([a-z])/$self->one_in(2) ? uc $1 : $1/ge if $self->one_in(4);
	$url = $self->hidden($url) if $self->one_in(2);

	return $url;
}


sub srcset {
	my ($self) = @_;

	return join $self->pick([ ', ', ',', ' , ', "\n,", ',,' ]),
		map { $self->url() . $self->pick([ '', ' 1x', ' 2x', ' 640w', ' x',
			' 1.5.5x', ' 1e3w', ' (a,b)', ',', " 1x\t", ' -1x', ' 1x 2x' ]) }
		0 .. $self->number(3);
}


# what the tokenizer has states of its own for

sub oddity {
	my ($self) = @_;
	my $x = $self->pick([ 'x', '<img src=x onerror=pwn()>',
	'<script>pwn()</script>',
		'<b>', '</div>', '>', '-', '</p>', '<p title="-->">', "\0" ]);

	# some of these take all the rest

	return $self->add($self->pick([ "<!--$x", "<!--$x--!", "<!--$x--", "</$x",
		"<![CDATA[$x", "<?$x", "<!DOCTYPE", "<!$x" ])) if $self->one_in(20);

	$self->add($self->pick([ "<!--$x-->", "<!-->$x-->", "<!--->$x-->",
		"<!--$x--!>", "<!-- --$x>", "<!--<!--$x-->-->", "<!$x>",
		"<?xml $x?>", "</ $x>", "</$x>", "<!doctype html $x>", "<![CDATA[$x]]>",
		"<![cdata[$x]]>", "<!-$x->",
		"<!---!>$x-->", "<!--<!-->$x-->", "<%$x%>", "<!ENTITY $x>",
		"<!--$x- ->" ]));
}


# raw text and what looks like its end, and quotes across

sub breakout {
	my ($self) = @_;
	my $raw = $self->pick(\@raw);
	my $run = $self->pick([ '<img src=x onerror=pwn()>',
	'<script>pwn()</script>',
		'<script src=/run.js></script>', '<svg onload=pwn()>',
		'<iframe src=/run.html>', '<p>x' ]);

	return $self->add(@{$self->pick([
		[ "<$raw>", $run ], [ "<p title=\"", $run ], [ '<', $run ],
		[ "<$raw>", "<$raw>", $run, "</$raw>", $run ] ])}) if $self->one_in(12);

	$self->add(@{$self->pick([
		[ "<$raw>", "<a title=\"</$raw>", $run, '">' ],
		[ "<$raw>", "<!--", "</$raw>", $run, '-->' ],
		[ "<$raw>", $run, "</$raw>" ],
		[ "<$raw>", "<$raw>", $run, "</$raw>", $run, "</$raw>" ],
		[ "<$raw>", "</$raw ", $run, ">" ],
		[ "<$raw>", "</$raw", "/", "x='", $run, "'>" ],
		[ "<$raw/>", $run, "</$raw>" ],
		[ "<$raw>", "&lt;/$raw&gt;", $run, "</$raw>" ],
		[ "<$raw>", '<!--<script>', "</$raw>", $run, "</$raw>" ],
		[ "<p title='", $run, "'>" ],
		[ '<p title=`', $run, '`>' ],
		[ '<b', $run, '>' ],
		[ '&lt;', $run, '&gt;' ],
		[ "</$raw>", $run ] ])});
}


# trees that parsers mend

sub pattern {
	my ($self, $depth) = @_;
	my $format = $self->pick([ qw/ b i a em code font nobr s strong small tt u /
	]);
	my $block = $self->pick([ qw/ p div table li h1 blockquote td pre center
		section ul dd address article button form / ]);
	my $foreign = $self->pick([ 'svg', 'math' ]);
	my $inner = $self->pick($foreign eq 'svg'
		? [ qw/ foreignObject desc title / ]
		: [ qw/ mi mo mn ms mtext annotation-xml / ]);

	# the places to fill in are given by the space's name

	my @parts = @{$self->pick([
		[ "<$format>", '*', "<$block>", '*', "</$format>", '*', "</$block>" ],
		[ "<$format>", "<$block>", "<$format>", '*', "</$block>", '*',
			"</$format>", '*' ],
		[ ("<$format>") x 4, '<p>', "</$format>", '<p>', '*' ],
		[ '<a href=x>', "<$block>", '<a href=y>', '*', '</a>', '*' ],
		[ '<table>', '*', '<tr>', '*', '<td>', '*', '</table>', '*' ],
		[ '<table>', "<$format>", '<tr>', '<td>', '*', "</$format>", '</table>',
			'*' ],
		[ '<table>', '<caption>', '*', '<tr>', '*', '<col>', '*', '</table>' ],
		[ '<table>', '<colgroup>', '*', '<template>', '*', '</template>', '*' ],
		[ '<table>', '<table>', '*', '</table>', '<td>', '*', '</table>' ],
		[ '<table>', '<form>', '<tr>', '<input type=hidden>', '<select>', '*',
			'<td>', '*', '</form>', '</table>' ],
		[ '<table>', "<$foreign>", '*', '</table>', '*' ],
		[ '<td>', '*', '</td>', '<tr>', '*' ],
		[ '<ul>', '<li>', '*', "<$block>", '<li>', '*', '</ul>' ],
		[ '<dl>', '<dt>', '*', '<dd>', "<$block>", '<dt>', '*', '</dl>' ],
		[ '<ruby>', '*', '<rt>', '*', '<rtc>', '*', '<rb>', '*', '</ruby>' ],
		[ '<h1>', '*', '<h2>', '*', '</h3>', '*', '</h1>' ],
		[ '<select>', '<option>', '*', "<$block>", '*', '</select>', '*' ],
		[ '<select>', '<button>', '<selectedcontent>', '*', '</select>' ],
		[ '<p>', '<button>', '<p>', '*', '</button>', '</p>', '*' ],
		[ '<button>', '*', '<button>', '*' ],
		[ '<form>', '<form>', '*', '</form>', '*', '</form>' ],
		[ '<pre>', "\n", '*', '</pre>' ], [ '<pre>', '<!-- x -->', "\n", '*' ],
		[ '<pre>', "<$format>", "\n", '*' ], [ '<listing>', "\r\n\n", '*' ],
		[ '<textarea>', "\n", '*', '</textarea>' ],
		[ "<$foreign>", 'f', '<p>', '*', "</$foreign>" ],
		[ "<$foreign>", "<$inner>", '*', "</$inner>", 'f', "</$foreign>" ],
		[ "<$foreign>", "<$inner>", "<$foreign>", 'f', '</p>', '*' ],
		[ "<$foreign>", "<$inner>", '<table>', "<$foreign>", 'f', "</$inner>",
			'*' ],
		[ '<math>', '<annotation-xml encoding="text/html">', '*',
			'<svg>', 'f', '</math>', '*' ],
		[ '<math>', '<annotation-xml>', '<svg>', 'f', '<foreignObject>', '*' ],
		[ '<math>', '<mtext>', '<table>', '<mglyph>', '<style>', '<!--',
			'</style>', '*', '-->' ],
		[ '<form>', '<math>', '<mtext>', '</form>', '<form>', '<mglyph>',
			'<style>', '</math>', '*' ],
		[ '<svg>', '</p>', '<style>', '<g title="</style>', '*', '">' ],
		[ '<svg>', '<style>', '*', '</style>', '</svg>' ],
		[ '<svg>', '<title>', '<style>', '*', '</title>', '</svg>' ],
		[ "<$foreign>", '<font color=red>', '*', "</$foreign>" ],
		[ "<$foreign>", '<font>', 'f', '<b>', '*' ],
		[ "<$foreign>", '<![CDATA[', '*', ']]>', "</$foreign>" ],
		[ "<$foreign>", '<script>', '*', '</script>', "</$foreign>", '*' ],
		[ '<template>', '<tr>', '*', '</template>', '*' ],
		[ '<div>', '<template shadowrootmode=open>', '*', '</template>', '*' ],
		[ '<noscript>', '<p title="', '</noscript>', '*', '">' ],
		[ '<video>', '<source src=x>', '*', '<track src=x>', '</video>' ],
		[ '<picture>', '<source srcset=x>', '<img src=x>', '*', '</picture>' ],
		[ '<details open>', '*', '<summary>', '*', '</details>' ],
		[ '<figure>', '<figcaption>', '*', '</figure>' ],
		[ '<frameset>', '*', '<frame src=/run.html>', '</frameset>', '*' ],
		[ '</body>', '*', '</html>', '*' ], [ '<html>', '<body>', '*' ],
		[ '</div>', '</main>', '*' ], [ '<head>', '*', '</head>', '<body>' ],
		[ '<object>', '<p>', '*', '</object>', '*' ],
		[ '<marquee>', "<$format>", '*', '</marquee>', '*' ],
		[ '<a>', '<p>', '*', '</a>', '*', '</p>' ],
		[ '<br></br>', '*', '</p>', '</br>' ], [ '<image src=x>', '*' ],
		[ '<map name=m>', '<area href=javascript:pwn()>', '*', '</map>' ] ])};

	for my $part (@parts) {
		if ($part eq '*') {
			$self->content('html', $depth + 2);

		} elsif ($part eq 'f') {
			$self->content($foreign, $depth + 2);

		} elsif (!$self->one_in($part =~ m{^</|>$} ? 20 : 200)) {
			$part =~ /^<(\w[\w-]*)>$/ && $self->one_in(3) ? $self->start($1)
				: $self->add($part);
		}
	}
}


# more elements inside one another than are kept

sub deep {
	my ($self) = @_;
	my @names = map { $self->name('html') } 0 .. $self->number(3);
	my $times = 40 + $self->number(120);

	for my $n (1 .. $times) {
		$self->add("<$names[$n % @names]>");
		$self->add($self->pick(\@words)) if $self->one_in(5);
	}

	$self->{left} = 20;
	$self->content('html', 0);

	for my $n (1 .. $self->number($times)) {
		$self->add("</$names[$n % @names]>");
	}

	$self->content('html', 0);
}


# Markdown's own constructs around it

sub markdown {
	my ($self) = @_;
	my $line = 0;

	while ($self->{left} > 0) {
		my $url = $self->url();
		my $kind = $self->number(22);

		$self->add($self->pick([ "\n\n", "\n\n", "\n", '', ' ', "\n> ", "\n- ",
			"\n1. ", "\n    ", "\n# ", "  \n", "\\\n", "\t", "\n***\n",
			"\n===\n" ]))
			if $line++;

		if ($kind < 7) {
			$self->content('html', 4);

		} elsif ($kind < 8) {
			$self->add('[');
			$self->content('html', 10);
			$self->add("]($url)");

		} else {
			my $html = $self->pick([ '<img src=x onerror=pwn()>', '<b>', '</p>',
				'<script>pwn()</script>', '<svg onload=pwn()>', '<!--', '"',
				'x' ]);

			$self->add($self->pick([ "[x]($url)", "[x](<$url>)",
				"[x]($url \"$html\")", "![x]($url)", "![$html]($url '$html')",
				"<$url>", "[r]: $url \"$html\"\n\n[r]",
				"[r]:\n<$url>\n'$html'\n\n[r]",
				"`$html`", "`` $html ` ``", "```$html\n$html\n```",
				"~~~ $url\n$html",
				"    $html", "*$html*", "**$html", "_${html}_", "\\$html",
				"\\<$html>",
				"# $html #", "$html\n===", "> $html\n$html",
				"- $html\n\n  $html",
				"[$html]($url)", "[![x]($url)]($url)", "<div\n$html>\n",
				"<div>\n$html",
				"<?php $html\n\n$html ?>", "<!A $html>\n\n>",
				"<![CDATA[ $html\n\n]]>",
				"<script>\n\n$html\n\n</script>", "<pre>\n\n$html\n</pre>",
				"<style>\n\n$html\n</style>", "<p a='$html\n\n$html'>",
				"<$html",
				"<a href=\"$url\">$html</a>", "&lt;$html&gt;", "&#60;$html",
				"[a](x 'b' onclick=pwn())", "[a](x\" onclick=\"pwn())",
				"![a](x\" onerror=\"pwn())",
				"<http://a.example/\" onclick=\"pwn()>",
				"<javascript:pwn()>", "<a\@b.example\" onclick=\"pwn()>",
				"[x][$html]",
				"1. $html\n   2. $html", "<x-y $html>", "</$html>",
				"$html  \n$html" ]));
		}
	}
}

1;
