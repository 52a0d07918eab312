// Copyright (C) ngx_news_module authors

// In the page of News::Tree: what a browser made of the contents in it.

var newsRan = 0, newsAllowed;

function pwn() {
	newsRan++;
}

alert = confirm = prompt = print = eval = pwn;
performance.setResourceTimingBufferSize(1000000);


// names that scripts meet in a document where nothing has an id

var newsNames = (function () {
	var form = document.createElement('form'), names = new Set();

	[window, document, form].forEach(function (o) {
		for ( ; o; o = Object.getPrototypeOf(o)) {
			Object.getOwnPropertyNames(o).forEach(function (name) {
				names.add(name);
			});
		}
	});

	Object.getOwnPropertyNames(window).filter(function (name) {
		return /^news|^pwn$/.test(name);
	}).forEach(function (name) {
		names.delete(name);
	});

	return names;
})();


// a tree, written as the sanitizer would have written it

function newsEscape(s) {
	return s.replace(/&/g, '&amp;').replace(/</g, '&lt;')
		.replace(/>/g, '&gt;').replace(/\r/g, '&#13;');
}

function newsWrite(node) {
	var s = '';

	node.childNodes.forEach(function (n) {
		var first = n.firstChild;

		if (n.nodeType == 3) {
			s += newsEscape(n.data);
			return;
		}

		if (n.nodeType != 1) {
			s += '[' + n.nodeName + ']';
			return;
		}

		s += '<' + n.localName;

		for (var a of n.attributes) {
			s += ' ' + a.name + '="'
				+ newsEscape(a.value).replace(/"/g, '&quot;') + '"';
		}

		if (/^(br|col|hr|img|source|track|wbr)$/.test(n.localName)) {
			s += first ? '[child]' : ' />';
			return;
		}

		s += '>' + (newsKeepsLine(n) ? '\n' : '') + newsWrite(n)
			+ '</' + n.localName + '>';
	});

	return s;
}


// a parser takes the first line end of a pre away, a serializer gives none

function newsKeepsLine(n) {
	return n.localName == 'pre' && n.firstChild && n.firstChild.nodeType == 3
		&& n.firstChild.data[0] == '\n';
}

function newsOneForm(html) {
	return html.replace(/(<pre(?: [^>]*)?>)\n(?!\n)/g, '$1');
}


// the browser's own serialization, but for the two things that the standard
// says it loses: that line end, and carriage returns

function newsSerialize(root) {
	root = root.cloneNode(true);

	root.querySelectorAll('pre').forEach(function (n) {
		if (newsKeepsLine(n)) {
			n.firstChild.data = '\n' + n.firstChild.data;
		}
	});

	return root.innerHTML.replace(/\r/g, '&#13;');
}


// what must not be, whatever the sanitizer's lists say

var newsClasses = new RegExp('^\\[object (?!HTML)|^\\[object HTML(?:Script|'
	+ 'Style|Link|Meta|Base|IFrame|Frame|FrameSet|Object|Embed|Form|Input|Button|'
	+ 'Select|Option|OptGroup|TextArea|Template|Slot|Dialog|Area|Map|Marquee|'
	+ 'Param|Canvas|FieldSet|Label|Output|Title|Head|Html|Body|Portal|'
	+ 'FencedFrame|SelectedContent|DataList|Font|Unknown)Element\\]$');

var newsRawText = /^(noscript|noembed|noframes|xmp|plaintext|keygen|applet)$/;

var newsForbidden = new RegExp('^(?:on.*|xml.*|data-.*|.*[^a-z].*|style|srcdoc|'
	+ 'form.*|action|method|target|ping|content|is|slot|part|nonce|'
	+ 'contenteditable|autofocus|tabindex|accesskey|popover.*|command.*|'
	+ 'interest.*|usemap|ismap|background|data|manifest|name|download|'
	+ 'referrerpolicy|integrity|crossorigin|attributionsrc|fetchpriority|'
	+ 'autoplay|imagesrcset|shadowroot.*|sandbox|allow.*|inert|draggable|'
	+ 'exportparts|elementtiming|language|for|event|lowsrc|dynsrc|longdesc|'
	+ 'profile|codebase|classid|archive|code|icon|color|face|bgcolor)$');

var newsLinks = /^(https?|mailto|tel):$/;
var newsLoads = /^https?:$/;
var newsImage = /^data:image\/(png|jpe?g|gif|webp|avif);base64,[\w+\/=]*$/i;

function newsUrl(n, value, what, problems) {
	var url;

	try {
		url = new URL(value, document.baseURI);

	} catch (e) {

		// a host that cannot be one leads nowhere

		if (!/^(https?:|\/\/)/i.test(value)) {
			problems.push('URL "' + value + '"');
		}

		return;
	}

	if (!what.test(url.protocol)
		&& !(n.localName == 'img' && newsImage.test(url.href)))
	{
		problems.push('URL "' + value + '" of ' + n.localName);
	}
}

function newsElement(n, problems) {
	var name = n.localName, allowed = newsAllowed[name];

	if (n.namespaceURI != 'http://www.w3.org/1999/xhtml'
		|| newsClasses.test(Object.prototype.toString.call(n))
		|| newsRawText.test(name) || name.includes('-') || n.shadowRoot)
	{
		problems.push('dangerous element ' + name);
	}

	if (!allowed) {
		problems.push('element ' + name + ' is not in the list');
		allowed = [];
	}

	for (var a of n.attributes) {
		if (a.namespaceURI || newsForbidden.test(a.name)
			|| (a.name == 'class' && !/^(code|pre)$/.test(name)))
		{
			problems.push('dangerous attribute ' + a.name + ' of ' + name);
		}

		if (!allowed.includes(a.name)) {
			problems.push('attribute ' + a.name + ' of ' + name
				+ ' is not in the list');
		}
	}

	newsAddresses(n, problems);
}


// addresses as the browser understands them

function newsAddresses(n, problems) {
	if (n.hasAttribute('href')) {
		newsUrl(n, n.getAttribute('href'), newsLinks, problems);

		if (n.protocol != ':' && !newsLinks.test(n.protocol)
			&& /^http/.test(n.baseURI))
		{
			problems.push('link by ' + n.protocol);
		}
	}

	['src', 'poster', 'cite'].forEach(function (name) {
		if (n.hasAttribute(name)) {
			newsUrl(n, n.getAttribute(name), newsLoads, problems);
		}
	});

	if (n.currentSrc) {
		newsUrl(n, n.currentSrc, newsLoads, problems);
	}

	(n.getAttribute('srcset') || '').split(/,?[\t\n\f\r ]+/).filter(Boolean)
		.forEach(function (part) {
			newsUrl(n, part, newsLoads, problems);
		});
}


// a content's tree, however it has been parsed

function newsTree(root, want, how) {
	var problems = [], ids = new Set(), written, i;

	root.querySelectorAll('*').forEach(function (n) {
		newsElement(n, problems);

		if (!n.hasAttribute('id')) {
			return;
		}

		if (newsNames.has(n.id) || /^news-(main|toc)$/.test(n.id)
			|| ids.has(n.id))
		{
			problems.push('id ' + n.id);
		}

		ids.add(n.id);
	});

	written = newsWrite(root);

	if (written != want) {
		for (i = 0; written[i] == want[i]; i++) {
			// void
		}

		problems.push('another tree: "' + written.substr(i, 60)
			+ '" for "' + want.substr(i, 60) + '"');
	}

	return problems.map(function (p) { return how + ': ' + p; });
}

function newsEnds(root, how) {
	var end = root && root.nextSibling;

	return end && end.nodeType == 1 && end.hasAttribute('data-end')
		&& !end.nextSibling && !end.firstChild && !root.previousSibling
		&& root.parentNode.parentNode.matches('[data-top]')
		? [] : [how + ': it leaves its container'];
}


// the ways to a tree besides that of a page

var newsFrame;

function newsStream(html, quirks) {
	var doc, i;

	if (!newsFrame) {
		newsFrame = document.createElement('iframe');
		document.documentElement.append(newsFrame);
	}

	doc = newsFrame.contentDocument;
	doc.open();
	newsFrame.contentWindow.pwn = newsFrame.contentWindow.alert = pwn;
	doc.write((quirks ? '' : '<!DOCTYPE html>')
		+ '<body data-top><main><div data-c>');

	for (i = 0; i < html.length; i += 7) {
		doc.write(html.substr(i, 7));
	}

	doc.write('</div><p data-end></p></main>');
	doc.close();

	return doc.querySelector('[data-c]');
}

function newsWays(html, want, n) {
	var problems = [], div = document.createElement('div'), doc, range, root;

	document.body.append(div);
	div.innerHTML = html;
	problems.push(...newsTree(div, want, 'innerHTML'));

	range = document.createRange();
	range.selectNodeContents(div);
	div.replaceChildren(range.createContextualFragment(html));
	problems.push(...newsTree(div, want, 'fragment'));
	div.remove();

	doc = new DOMParser().parseFromString('<!DOCTYPE html><body data-top>'
		+ '<main><div data-c>' + html + '</div><p data-end></p></main>',
		'text/html');
	root = doc.querySelector('[data-c]');
	problems.push(...newsEnds(root, 'DOMParser'));
	problems.push(...newsTree(root, want, 'DOMParser'));

	root = document.createElement('template');
	root.innerHTML = html;
	problems.push(...newsTree(root.content, want, 'template'));

	root = newsStream(html, n % 2);
	problems.push(...newsEnds(root, 'stream'));
	problems.push(...newsTree(root, want, 'stream'));

	return problems;
}


// what pages of this site's may ask for

function newsRequests(window) {
	return window.performance.getEntriesByType('resource').filter(function (e) {
		return !/^(img|video|audio|track|source)$/.test(e.initiatorType)
			&& !(e.initiatorType == 'iframe'
				&& e.name.startsWith(location.origin + '/article-'));

	}).map(function (e) {
		return 'request by ' + e.initiatorType + ' for ' + e.name;
	});
}


// a page of the module's own

function newsShape(root) {
	return [...root.children].filter(function (n) {
		return !n.matches('.news-content, .news-top, head');

	}).map(function (n) {
		return '<' + n.localName + '.' + n.className + newsShape(n) + '>';

	}).join('');
}

async function newsPage(url) {
	var frame = document.createElement('iframe');

	frame.src = url;

	await new Promise(function (done) {
		frame.onload = done;
		document.documentElement.append(frame);
	});

	return frame;
}

async function newsWhole(url, want, shape) {
	var frame = await newsPage(url), doc = frame.contentDocument;
	var root = doc.querySelector('.news-content'), problems;

	problems = newsTree(root, '\n' + want + '\n', 'article');
	problems.push(...newsRequests(frame.contentWindow));

	if (newsShape(doc.documentElement) != shape) {
		problems.push('article: it leaves its container');
	}

	frame.remove();

	return problems;
}


// for each content: what is wrong, and what the browser makes of its tree

async function newsCheck(contents, articles, allowed) {
	var roots = document.querySelectorAll('[data-c]'), results = [], shape, n;
	var html, want, problems, frame;

	newsAllowed = allowed;

	if (Object.keys(articles).length) {
		frame = await newsPage('/article-empty.txt');
		shape = newsShape(frame.contentDocument.documentElement);
		frame.remove();
	}

	if (roots.length != contents.length) {
		return { results: [], page: ['page: not all containers are there'] };
	}

	document.querySelectorAll('[data-c] :is(a, summary, audio, video, img)')
		.forEach(function (n) { n.focus(); });

	for (n = 0; n < contents.length; n++) {
		html = contents[n];
		want = newsOneForm(html);
		problems = [
			...newsEnds(roots[n], 'page'), ...newsTree(roots[n], want, 'page'),
			...newsWays(html, want, n)
		];

		if (articles[n]) {
			problems.push(...await newsWhole(articles[n], want, shape));
		}

		results.push({
			problems: [...new Set(problems)], html: newsSerialize(roots[n])
		});
	}

	await new Promise(function (done) { setTimeout(done, 50); });

	problems = [...newsRequests(window),
		...(newsFrame ? newsRequests(newsFrame.contentWindow) : [])];

	if (newsRan) {
		problems.push('a script ran');
	}

	return { results: results, page: problems };
}


// how many of articles that are trusted run a script

async function newsTrusted(urls) {
	var ran = 0, before, url;

	for (url of urls) {
		before = newsRan;
		(await newsPage(url)).remove();
		ran += (newsRan > before);
	}

	return ran;
}
