
/*
 * Copyright (C) ngx_news_module authors
 */


#include <time.h>

#include "news_id.h"
#include "news_sanitize.h"
#include "tap.h"


#define LINE  "\n"
#define IMG   " loading=\"lazy\" decoding=\"async\" />"
#define REL   " rel=\"noopener nofollow\""


typedef struct {
    const char  *in;
    const char  *out;
} sample_t;


static const sample_t  samples[] = {

    /* as cmark writes it */
    { "<p>a &amp; &quot;b&quot;<br />" LINE "c</p>" LINE,
      "<p>a &amp; \"b\"<br />" LINE "c</p>" LINE },
    { "<ol start=\"3\">" LINE "<li>x</li>" LINE "</ol>" LINE,
      "<ol start=\"3\">" LINE "<li>x</li>" LINE "</ol>" LINE },
    { "<pre><code class=\"language-c++ evil\">" LINE "x</code></pre>",
      "<pre><code class=\"language-c++\">" LINE "x</code></pre>" },
    { "<a href=\"/x\" title=\"t\">y</a><hr />",
      "<a href=\"/x\" title=\"t\">y</a><hr />" },
    { "<img src=\"x\" alt=\"\">", "<img src=\"x\" alt=\"\"" IMG },

    /* end tags implied */
    { "<p>a<p>b<div>c", "<p>a</p><p>b</p><div>c</div>" },
    { "<ul><li>a<li>b<ul><li>c</ul></ul>",
      "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>" },
    { "<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>" },
    { "<ruby>x<rp>(<rt>y<rp>)</ruby>",
      "<ruby>x<rp>(</rp><rt>y</rt><rp>)</rp></ruby>" },
    { "<ruby>a<rtc>b<rt>c<rb>d<rp>e</ruby>",
      "<ruby>a<rtc>b<rt>c</rt></rtc><rb>d</rb><rp>e</rp></ruby>" },
    { "<h2>a<h3>b</h2>c", "<h2 id=\"a\">a</h2><h3 id=\"b\">b</h3>c" },
    { "a</p>b</br>c</div>", "a<p></p>b<br />c" },
    { "<p>a<div>b</div></p>c", "<p>a</p><div>b</div><p></p>c" },
    { "<table></p><tr></p><td>a</p>b</table>",
      "<table><tbody><tr><td>a<p></p>b</td></tr></tbody></table>" },

    /* tables */
    { "<table><tr><td rowspan=\"2\">a<th>b<tr><td>c</table>",
      "<table><tbody><tr><td rowspan=\"2\">a</td><th>b</th></tr>"
      "<tr><td>c</td></tr></tbody></table>" },
    { "<table><caption>c<col span=2><thead><tr><td>a</table>",
      "<table><caption>c</caption><colgroup><col span=\"2\" /></colgroup>"
      "<thead><tr><td>a</td></tr></thead></table>" },
    { "<table>x<tr>y</table>z",
      "<table><tbody><tr><td>x</td></tr><tr><td>y</td></tr></tbody></table>"
      "z" },
    { "<td>a</td><tr>b", "ab" },
    { "<table><tr><td><table><td>x</table>y</table>",
      "<table><tbody><tr><td><table><tbody><tr><td>x</td></tr></tbody></table>"
      "y</td></tr></tbody></table>" },
    { "<table><caption>a<table><tr><td>b</table>c</caption><tfoot><tr>"
      "<td>d</table>",
      "<table><caption>a<table><tbody><tr><td>b</td></tr></tbody>"
      "</table>c</caption><tfoot><tr><td>d</td></tr></tfoot></table>" },
    { "<table><colgroup><col><tr><td>a<colgroup><td>b</table>",
      "<table><colgroup><col /></colgroup><tbody><tr><td>a</td></tr></tbody>"
      "<colgroup></colgroup><tbody><tr><td>b</td></tr></tbody></table>" },

    /* misnested */
    { "<p><b>x</p><p>y</b>z</p>", "<p><b>x</b></p><p><b>y</b>z</p>" },
    { "<b><i>x</b>y</i>z", "<b><i>x</i></b><i>y</i>z" },
    { "<b><p>x</b>y</p>z", "<b><p>xy</p></b>z" },
    { "<p><a href=x>a</p><a href=y>b</a>c",
      "<p><a href=\"x\">a</a></p><a href=\"y\">b</a>c" },
    { "<p><b><i>a</p></b>b</i>c", "<p><b><i>a</i></b></p><i>b</i>c" },
    { "<b>a<p>b</b>c<i>d</p>e</i>f", "<b>a<p>bc<i>d</i></p></b><i>e</i>f" },
    { "<table><b>a<tr><td>c</b>d</table>e",
      "<table><tbody><tr><td><b>a</b></td></tr><tr><td>cd</td></tr></tbody>"
      "</table>e" },
    { "<h2><b>x<h3>y</b>z<h4>w",
      "<h2 id=\"x-yz\"><b>x<h3>yz</h3></b></h2><h4 id=\"w\">w</h4>" },
    { "<a href=x>a<a href=y>b</a>c",
      "<a href=\"x\">a</a><a href=\"y\">b</a>c" },
    { "<a name=n1><p>a<a href=b>c",
      "<a id=\"n1\"></a><p>a<a href=\"b\">c</a></p>" },

    /* what a pre begins with */
    { "<pre>\n\nx</pre>", "<pre>\n\nx</pre>" },
    { "<pre><!-- -->\nx</pre>", "<pre>\n\nx</pre>" },

    /* left out */
    { "a<script>x</script><style>y</style><!-- z --><title>t</title>b", "ab" },
    { "<svg><path/><p>a</svg>b", "<p>ab</p>" },
    { "<svg><foreignObject><p>a</p></foreignObject></svg>b", "b" },
    { "<select><option>a</select>b<template><p>c</template>d", "bd" },
    { "<table><td>a<select><option>b</table>c",
      "<table><tbody><tr><td>a</td></tr></tbody></table>c" },
    { "<table><td>a<select>b<td>c</select>d",
      "<table><tbody><tr><td>a</td><td>cd</td></tr></tbody></table>" },
    { "<select><table><td>a</table></select>b", "b" },
    { "<math><annotation-xml><p>a</math>b", "<p>ab</p>" },
    { "<math><annotation-xml encoding=Text/HTML><p>a</annotation-xml></math>b",
      "b" },
    { "<textarea><p>a</textarea>b<iframe>c</iframe><noscript>d</noscript>",
      "b" },
    { "<form><input><button>a</button></form><x-y>b</x-y>", "ab" },
    { "<p onclick=\"x\" style=\"y\" class=\"z\" name=\"n\">a</p>",
      "<p>a</p>" },
    { "<font color=red>a</font><center>b</center><strike>c</strike>",
      "a<div align=\"center\">b</div><s>c</s>" },

    /* what is dropped with all it holds, and what ends it */
    { "<svg><![CDATA[<b>a]]></svg>b<svg><![CDATA[<b>c", "b" },
    { "<svg><font color=red>a</font>b", "ab" },
    { "<svg><font x=y>a</svg>b", "b" },
    { "<template>a<template>b</template>c</template x>d", "d" },
    { "<select><option>a<select>b</select>c", "bc" },
    { "<select><option>a<input>b<textarea>c</textarea>d", "bd" },
    { "a<script>b<!--<script>c</script>d--></script>e", "ae" },
    { "<p>a<plaintext>b<b>c", "<p>a</p>" },

    /* how it was set */
    { "<p align=CENTER>a<h2 id=x align=right>b</h2><center align=left>c",
      "<p align=\"center\">a</p><h2 id=\"x\" align=\"right\">b</h2>"
      "<div align=\"center\">c</div>" },
    { "<span align=left>a</span><p align=\"x\" valign=top>b",
      "<span>a</span><p>b</p>" },
    { "<table><tr valign=top><td align=right valign=middle>a<th align=char>b",
      "<table><tbody><tr valign=\"top\"><td align=\"right\" valign=\"middle\">a"
      "</td><th>b</th></tr></tbody></table>" },
    { "<table><tr><td rowspan=0 colspan=0>a<td rowspan=-1>b",
      "<table><tbody><tr><td rowspan=\"0\">a</td><td>b</td></tr></tbody>"
      "</table>" },
    { "<img src=a width=\" 50% \"><img src=b width=5000% height=70%>"
      "<img src=c width=20.5% height=9PX>",
      "<img src=\"a\" width=\"50%\" alt=\"\"" IMG "<img src=\"b\" alt=\"\"" IMG
      "<img src=\"c\" height=\"9\" alt=\"\"" IMG },

    /* as feeds and editors deliver them */
    { "<!-- wp:image {\"id\":5} --><figure class=\"wp\"><img src=\"/p\"/>"
      "<figcaption>c</figcaption></figure><!-- /wp:image -->",
      "<figure><img src=\"/p\" alt=\"\"" IMG "<figcaption>c</figcaption>"
      "</figure>" },
    { "<!--[if gte mso 9]><xml><w:x>1</w:x></xml><![endif]-->"
      "<P CLASS=MsoNormal>a<o:p>&amp;</o:p><SPAN LANG=EN-US>b</SPAN></P>",
      "<p>a&amp;<span lang=\"EN-US\">b</span></p>" },
    { "<p>a<![if !x]>b<![endif]>c<![CDATA[d]]>e</p>", "<p>abce</p>" },
    { "<section style=\"margin:0\"><section><p>　　中<br><br/>文&mdash;"
      "</section></section>",
      "<section><section><p>　　中<br /><br />文—</p></section></section>" },
    { "<p><img data-src=\"/a\" src=\"/b\" alt=x border=0></p>",
      "<p><img src=\"/b\" alt=\"x\"" IMG "</p>" },
    { "<p>a<sup id=fnref1><a href=#fn1>1</a></sup><ol><li id=fn1>n</ol>",
      "<p>a<sup id=\"fnref1\"><a href=\"#fn1\">1</a></sup></p>"
      "<ol><li id=\"fn1\">n</li></ol>" },
    { "<strong><p>a</p><p>b</p></strong>c",
      "<strong><p>a</p><p>b</p></strong>c" },
    { "<div class=highlight><pre><span class=k>a</span> (" LINE LINE
      "  <b>x</b></pre></div>",
      "<div><pre><span>a</span> (" LINE LINE "  <b>x</b></pre></div>" },
    { "<amp-carousel><p>a</amp-carousel><object data=x><embed><p>b</object>",
      "<p>a</p><p>b</p>" },
    { "<ul><li>a<ul><li>b<table><tr><td>c<ul><li>d</ul></table><li>e</ul>"
      "<li>f</ul>",
      "<ul><li>a<ul><li>b<table><tbody><tr><td>c<ul><li>d</li></ul></td></tr>"
      "</tbody></table></li><li>e</li></ul></li><li>f</li></ul>" },

    /* links */
    { "<a href=\"java&#9;script:x\">a</a>", "<a>a</a>" },
    { "<a href=\"&#106;avascript&colon;x\">a</a>", "<a>a</a>" },
    { "<a href=\"//e.org/\" target=_blank>a</a>",
      "<a href=\"//e.org/\"" REL ">a</a>" },
    { "<a href=\"https://Example.org:8080/\">a</a>",
      "<a href=\"https://Example.org:8080/\">a</a>" },
    { "<a href=\"https://exam\tple.org\">a</a>",
      "<a href=\"https://example.org\">a</a>" },
    { "<a href=\"x&quot;y'z&lt;\">a</a>", "<a href=\"x%22y'z%3C\">a</a>" },
    { "<img src=\"javascript:x\"><img>", "" },
    { "<img src=a srcset=\"b 1x, data:x 2x,c 3q, d 40w\""
      " sizes=\"(x<1px) 2px\">",
      "<img src=\"a\" srcset=\"b 1x, d 40w\" sizes=\"(x&lt;1px) 2px\" alt=\"\""
      IMG },
    { "<video src=v autoplay><track src=t></video>",
      "<video src=\"v\" controls=\"\"><track src=\"t\" /></video>" },
    { "<picture><b><i>x</b><source srcset=a></picture>",
      "<picture><b><i>x</i></b><source srcset=\"a\" /></picture>" },
    { "<picture><source src=x srcset=y><img src=z></picture>",
      "<picture><source srcset=\"y\" /><img src=\"z\" alt=\"\"" IMG
      "</picture>" },

    /* ids */
    { "<p id=name>a</p><p id=fn:1>b</p><p id=fn:1>c</p><p id=news-toc>d</p>",
      "<p id=\"user-content-name\">a</p><p id=\"fn:1\">b</p><p>c</p><p>d</p>" },
    { "<a href=#name>a</a><a href=#%6eame>b</a><a href=#top>c</a>",
      "<a href=\"#user-content-name\">a</a><a href=\"#user-content-name\">b</a>"
      "<a href=\"#top\">c</a>" },
    { "<h2>A  b-c!</h2><h2>a b c</h2><h2></h2><h2>News x</h2>"
      "<h2>News toc</h2>",
      "<h2 id=\"a-b-c\">A  b-c!</h2><h2 id=\"a-b-c-1\">a b c</h2>"
      "<h2 id=\"section\"></h2><h2 id=\"news-x\">News x</h2>"
      "<h2 id=\"user-content-news-toc\">News toc</h2>" },
    { "<h2>\xe4\xb8\xad\xe6\x96\x87 \xc3\x84</h2>",
      "<h2 id=\"\xe4\xb8\xad\xe6\x96\x87-\xc3\xa4\">"
      "\xe4\xb8\xad\xe6\x96\x87 \xc3\x84</h2>" },
    { "<h2 id=x1>a</h2>", "<h2 id=\"x1\">a</h2>" },
    { "<p id=Path2D>a</p><p id=T1>b</p><a href=#Path2D>c</a>",
      "<p id=\"user-content-Path2D\">a</p><p id=\"T1\">b</p>"
      "<a href=\"#user-content-Path2D\">c</a>" },

    /* values of attributes */
    { "<table><tr><th id=h1 scope=row abbr=x>a"
      "<td headers=\" h1  name \">b<td headers=\" \">c</table>",
      "<table><tbody><tr><th id=\"h1\" scope=\"row\" abbr=\"x\">a</th><td "
      "headers=\"h1 user-content-name\">b</td><td>c</td></tr></tbody>"
      "</table>" },
    { "<table><tr><td headers=\"h1 news-toc h2\">a</table>",
      "<table><tbody><tr><td headers=\"h1 h2\">a</td></tr></tbody></table>" },
    { "<table><tr><td colspan=1001 rowspan=99999>a<td colspan=1000>b</table>",
      "<table><tbody><tr><td colspan=\"1000\" rowspan=\"1000\">a</td><td "
      "colspan=\"1000\">b</td></tr></tbody></table>" },
    { "<ol start=-3 type=a><li value=+7>a</ol><ol start=- type=ab>b</ol><ol "
      "start=x type=Z reversed>c</ol>",
      "<ol start=\"-3\" type=\"a\"><li value=\"7\">a</li></ol><ol>b</ol><ol "
      "reversed=\"\">c</ol>" },
    { "<video muted autoplay playsinline src=/v></video><audio src=a "
      "preload=AUTO><source src=b srcset=c sizes=d width=1></audio>",
      "<video muted=\"\" playsinline=\"\" src=\"/v\" controls=\"\"></video>"
      "<audio src=\"a\" preload=\"auto\" controls=\"\"><source src=\"b\" />"
      "</audio>" },
    { "<a href='/x' title='a\"b&gt;c'>y</a>",
      "<a href=\"/x\" title=\"a&quot;b&gt;c\">y</a>" },
    { "<img src=\"data:image/png;base64,AA==\"><video "
      "src=\"data:image/png,x\">",
      "<img src=\"data:image/png;base64,AA==\" alt=\"\"" IMG
      "<video controls=\"\"></video>" },
    { "<img src=a srcset=\"data:image/png;base64,AA== 1x, b 2x, javascript:x "
      "3x\">",
      "<img src=\"a\" srcset=\"b 2x\" alt=\"\"" IMG },
    { "<img src=a srcset=\"a 1.5x, b 1.2.3x, c x, d -1x, f 1x(,), g\">",
      "<img src=\"a\" srcset=\"a 1.5x, g\" alt=\"\"" IMG },
    { "<img src=a srcset=\"a,, b 2x , ,c 3x\" sizes=\"a;b\">",
      "<img src=\"a\" srcset=\"a, b 2x, c 3x\" alt=\"\"" IMG },
    { "<img src=y width=5em height=5px><img src=z width=-5 height=1e3>",
      "<img src=\"y\" height=\"5\" alt=\"\"" IMG
      "<img src=\"z\" alt=\"\"" IMG },

    /* broken off */
    { "a<p title=\"b", "a" },
    { "a<!-- b", "a" },
    { "a &lt;b&gt; &amp;lt; < b", "a &lt;b&gt; &amp;lt; &lt; b" },
    { "a&#13;b\r\nc", "a&#13;b" LINE "c" }
};


static int
run_on(news_arena_t *a, const char *host, news_str_t in, int trust, int ids,
    news_str_t *out)
{
    int                       rc;
    news_buf_t                b;
    news_text_t               text;
    news_sanitize_options_t   o;

    memset(&o, 0, sizeof(o));
    o.trust = trust;
    o.heading_ids = ids;
    o.site_host = news_str(host);

    news_buf_init(&b, a, 64);

    rc = news_text_init(&text, a);

    if (rc == 0) {
        rc = news_sanitize(a, in, &o, &b, &text);
    }

    *out = news_buf_str(&b);

    return rc;
}


static int
run(news_arena_t *a, news_str_t in, int trust, int ids, news_str_t *out)
{
    return run_on(a, "example.org", in, trust, ids, out);
}


static void
test_samples(news_arena_t *a)
{
    size_t      i;
    news_str_t  once, twice;

    for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        run(a, news_str(samples[i].in), 0, 1, &once);
        is_str(once, samples[i].out, "sanitized");

        run(a, once, 0, 1, &twice);
        tap_is_str(twice, once, __FILE__, __LINE__, "and again");

        run(a, news_str(samples[i].in), 1, 0, &once);
        is_str(once, samples[i].in, "trusted");
    }
}


static void
test_trust(news_arena_t *a)
{
    news_str_t  out;

    run(a, news_str("<h2 class=x>a</h2><H3>b<h4 id=b-1>b</h4><h2>b"), 1, 1,
        &out);
    is_str(out, "<h2 id=\"a\" class=x>a</h2>"
                "<H3 id=\"b\">b<h4 id=b-1>b</h4><h2 id=\"b-2\">b",
           "ids in trusted headings");
}


/* a port makes no other host */

static void
test_host(news_arena_t *a)
{
    news_str_t  out;

    run_on(a, "[::1]:80", news_str("<a href=\"http://[::1]:81/\">a</a>"
                                   "<a href=\"http://[::2]/\">b</a>"), 0, 1,
           &out);
    is_str(out, "<a href=\"http://[::1]:81/\">a</a>"
                "<a href=\"http://[::2]/\"" REL ">b</a>",
           "links of a site that is an address");

    run_on(a, "example.org:80",
           news_str("<a href=\"http://example.org:81/\">a</a>"
                    "<a href=\"http://example.com/\">b</a>"), 0, 1, &out);
    is_str(out, "<a href=\"http://example.org:81/\">a</a>"
                "<a href=\"http://example.com/\"" REL ">b</a>",
           "links of a site that has a name");
}


/* as long as may be, and a byte more */

static void
test_long(news_arena_t *a)
{
    size_t      i, n;
    news_buf_t  in, want;
    news_str_t  out;

    for (n = NEWS_ID_MAX; n <= NEWS_ID_MAX + 1; n++) {
        news_buf_init(&in, a, 0);
        news_buf_init(&want, a, 0);
        news_buf_addz(&in, "<p id=user-content-");
        news_buf_addz(&want, n == NEWS_ID_MAX ? "<p id=\"user-content-"
                                              : "<p");

        for (i = 0; i < n; i++) {
            news_buf_addc(&in, 'x');

            if (n == NEWS_ID_MAX) {
                news_buf_addc(&want, 'x');
            }
        }

        news_buf_addz(&in, ">a</p>");
        news_buf_addz(&want, n == NEWS_ID_MAX ? "\">a</p>" : ">a</p>");

        run(a, news_buf_str(&in), 0, 1, &out);
        tap_is_str(out, news_buf_str(&want), __FILE__, __LINE__, "a long id");
    }

    news_buf_init(&in, a, 0);
    news_buf_init(&want, a, 0);
    news_buf_addz(&in, "<h2>");
    news_buf_addz(&want, "<h2 id=\"");

    for (i = 0; i < 34; i++) {
        news_buf_addz(&in, "中");
        news_buf_addz(&want, i < 33 ? "中" : "\">");
    }

    news_buf_add(&want, in.data + 4, in.len - 4);
    news_buf_addz(&want, "</h2>");

    run(a, news_buf_str(&in), 0, 1, &out);
    tap_is_str(out, news_buf_str(&want), __FILE__, __LINE__,
               "an id of whole characters");
}


/* inputs made to be slow, or to grow: a megabyte each */

static void
test_hostile(void)
{
    size_t                    i;
    clock_t                   start;
    news_str_t                once, twice;
    news_buf_t                b;
    news_arena_t             *a;
    static const char *const  pieces[] = {
        "<b><p>", "<div>", "<a href=x>", "<a =\"", "<!--", "<script>",
        "<table>", "<table><td>", "<h1>x", "<b id=b1><i><u><p>x</p>",
        "</p></b>", "<li><div>", "<svg>", "<p id=a1>", "&aaaaaa", "<![CDATA[",
        "<p a b c d e f g h=1 i>", "<ruby><rt>", "<font><nobr>", "\r", "<"
    };

    for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        a = news_arena_create((size_t) 256 * 1024 * 1024);
        if (a == NULL) {
            return;
        }

        news_buf_init(&b, a, 1024 * 1024 + 64);

        while (b.len < 1024 * 1024) {
            news_buf_addz(&b, pieces[i]);
        }

        start = clock();

        ok(run(a, news_buf_str(&b), 0, 1, &once) == 0, "a megabyte of %s",
           pieces[i]);
        ok(clock() - start < 2 * CLOCKS_PER_SEC, "in time");
        ok(once.len < 10 * b.len, "not blown up");
        ok(run(a, once, 0, 1, &twice) == 0 && news_str_eq(once, twice),
           "and again");

        news_arena_destroy(a);
    }
}


/* every allocation may fail */

static void
test_memory(void)
{
    int            rc;
    size_t         n;
    news_str_t     out;
    news_arena_t  *a;

    for (n = 1, rc = -1; rc != 0 && n < 1000; n++) {
        a = news_arena_create((size_t) -1);
        if (a == NULL) {
            return;
        }

        news_arena_fail_at(a, n);
        rc = run(a, news_str("<h1 id=x1>a<b id=y>&amp;</h1><h2>b</h2><p id=z>"
                             "<a href=\"&amp;#name\">c<p>d"), 0, 1, &out);
        news_arena_destroy(a);
    }

    ok(rc == 0 && n > 3, "failed allocations");
}


int
main(void)
{
    news_arena_t  *a;

    a = news_arena_create((size_t) -1);
    if (a == NULL) {
        return 1;
    }

    test_samples(a);
    test_trust(a);
    test_host(a);
    test_long(a);
    test_hostile();
    test_memory();

    news_arena_destroy(a);

    return done();
}
