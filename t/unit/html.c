
/*
 * Copyright (C) ngx_news_module authors
 */


#include "news_entity.h"
#include "news_html.h"
#include "news_url.h"
#include "tap.h"


/* tokens of a document in short: kind, then what it holds */

static void
tokens(news_arena_t *a, const char *html, const char *want)
{
    unsigned                  i;
    news_buf_t                b;
    news_html_t               h;
    news_html_token_t         t;
    static const char *const  kinds[] = {
        "eof:", "text:", "rcdata:", "raw:", "cdata:", "<", "</", "comment:",
        "doctype"
    };

    news_buf_init(&b, a, 64);
    news_html_init(&h, news_str(html));

    for ( ;; ) {
        news_html_next(&h, &t);

        if (t.type == NEWS_HTML_EOF && t.raw.len == 0) {
            break;
        }

        if (b.len) {
            news_buf_addc(&b, ' ');
        }

        news_buf_addz(&b, kinds[t.type]);
        news_buf_add_str(&b, t.name);
        news_buf_add_str(&b, t.data);

        for (i = 0; i < t.n_attrs; i++) {
            news_buf_addc(&b, '|');
            news_buf_add_str(&b, t.attrs[i].name);
            news_buf_addc(&b, '=');
            news_html_decode(&b, t.attrs[i].value, 1);
        }

        if (t.self_closing) {
            news_buf_addc(&b, '/');
        }

        if (t.type == NEWS_HTML_EOF) {
            break;
        }
    }

    tap_is_str(news_buf_str(&b), news_str(want), __FILE__, __LINE__, html);
}


static void
decodes(news_arena_t *a, const char *text, int attr, const char *want)
{
    news_buf_t  b;

    news_buf_init(&b, a, 16);
    news_html_decode(&b, news_str(text), attr);

    tap_is_str(news_buf_str(&b), news_str(want), __FILE__, __LINE__, text);
}


static void
url(news_arena_t *a, const char *s, news_url_e kind, const char *host,
    const char *want)
{
    news_buf_t  b;

    news_buf_init(&b, a, 16);
    news_url_write(&b, news_str(s));

    tap_ok(news_url_kind(news_str(s)) == kind, __FILE__, __LINE__,
           "kind of %s", s);
    tap_is_str(news_url_host(news_str(s)), news_str(host), __FILE__, __LINE__,
               "its host");

    if (kind != NEWS_URL_OTHER) {
        tap_is_str(news_buf_str(&b), news_str(want), __FILE__, __LINE__,
                   "written");
    }
}


static void
test_tokens(news_arena_t *a)
{
    tokens(a, "a<b c='d' C=e f>g</b >", "text:a <b|c=d|f= text:g </b");
    tokens(a, "<a/b/><br/>", "<a|b=/ <br/");
    tokens(a, "<a =b=c d=>", "<a|=b=c|d=");
    tokens(a, "<a b= c d =\t'e'>", "<a|b=c|d=e");
    tokens(a, "<a b=\"&amp;&lt\" c=&notit;>", "<a|b=&<|c=&notit;");
    tokens(a, "a < b </ c> d <3", "text:a < b  comment: c text: d <3");
    tokens(a, "</>x</", "comment: text:x</");
    tokens(a, "<!--a--><!--><!---><!--b--!><!--c", "comment:a comment: "
           "comment: comment:b comment:c");
    tokens(a, "<!-- a -- b --->", "comment: a -- b -");
    tokens(a, "<!--a--!", "comment:a");
    tokens(a, "<!--a--", "comment:a");
    tokens(a, "<!--a-", "comment:a");
    tokens(a, "<?x y?><!z><![CDATA[a]]>", "comment:?x y? comment:z "
           "comment:[CDATA[a]]");
    tokens(a, "<!DOCTYPE html>x", "doctypeDOCTYPE html text:x");
    tokens(a, "<title>a<b>&amp;</title >c", "<title rcdata:a<b>&amp; </title "
           "text:c");
    tokens(a, "<style></styl></STYLE/>", "<style raw:</styl> </STYLE/");
    tokens(a, "<script><!--<script></script>--></script>",
           "<script raw:<!--<script></script>--> </script");
    tokens(a, "<script><!--</script>-->", "<script raw:<!-- </script text:-->");
    tokens(a, "<script><!--><script></script>",
           "<script raw:<!--><script> </script");
    tokens(a, "<script><!--<script><script></script></script>",
           "<script raw:<!--<script><script></script> </script");
    tokens(a, "<script><!--<script>", "<script raw:<!--<script>");
    tokens(a, "<plaintext></plaintext>", "<plaintext raw:</plaintext>");
    tokens(a, "a<b c=\"d>", "text:a eof:b");
    tokens(a, "<b><c", "<b eof:c");
}


static void
test_references(news_arena_t *a)
{
    news_str_t  value;

    decodes(a, "&amp;&AMP&copy;&notin;&notit;&no;", 0,
            "&&\xc2\xa9\xe2\x88\x89\xc2\xacit;&no;");
    decodes(a, "&notabcdefghij;", 0, "\xc2\xac" "abcdefghij;");
    decodes(a, "&amp=&amp1&amp;&ampx;", 1, "&amp=&amp1&&ampx;");
    decodes(a, "&#65;&#x42;&#x43&#68x&#;&#x;&", 0, "ABCDx&#;&#x;&");
    decodes(a, "&#128;&#0;&#xd800;&#x110000;&#99999999999;", 0,
            "\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    decodes(a, "&zwnj;&fjlig;&NotEqualTilde;&lt;&Tab;", 0,
            "\xe2\x80\x8c" "fj\xe2\x89\x82\xcc\xb8<\t");
    decodes(a, "&CounterClockwiseContourIntegral;", 0, "\xe2\x88\xb3");
    decodes(a, "a\r\nb\rc\r", 0, "a\nb\nc\n");

    tap_ok(news_entity_find(news_str("AElig"), &value) == 2, __FILE__,
           __LINE__, "the first name");
    tap_ok(news_entity_find(news_str("zwnj"), &value) == 1, __FILE__,
           __LINE__, "the last name");
    tap_ok(news_entity_find(news_str("zwnjj"), &value) == 0
           && news_entity_find(news_str("A"), &value) == 0
           && news_entity_find(news_str("1"), &value) == 0
           && news_entity_find(news_str(""), &value) == 0, __FILE__, __LINE__,
           "no names");
}


static void
test_urls(news_arena_t *a)
{
    url(a, "a/b c?d=\"e\"#f", NEWS_URL_RELATIVE, "", "a/b%20c?d=%22e%22#f");
    url(a, " /x%41%zz%4", NEWS_URL_RELATIVE, "", "/x%41%25zz%254");
    url(a, "HTTPS://u:p@Ex.org:8/a[1]", NEWS_URL_HTTP, "Ex.org",
        "HTTPS://u:p@Ex.org:8/a%5B1%5D");
    url(a, "http://[::1]:80/", NEWS_URL_HTTP, "[::1]", "http://[::1]:80/");
    url(a, "\\\\x.org\\a", NEWS_URL_NETWORK, "x.org", "//x.org/a");
    url(a, "/\t/x.org", NEWS_URL_NETWORK, "x.org", "//x.org");
    url(a, "mailto:a@b", NEWS_URL_MAILTO, "", "mailto:a@b");
    url(a, "java\tscript:x", NEWS_URL_OTHER, "", "");
    url(a, "\x01 JavaScript:x", NEWS_URL_OTHER, "", "");
    url(a, "a:b", NEWS_URL_OTHER, "", "");
    url(a, "1:b", NEWS_URL_RELATIVE, "", "1:b");
    url(a, "./a:b", NEWS_URL_RELATIVE, "", "./a:b");
    url(a, "data:image/png;base64,QUI=", NEWS_URL_DATA_IMAGE, "",
        "data:image/png;base64,QUI=");
    url(a, "data:image/svg+xml;base64,QUI=", NEWS_URL_OTHER, "", "");
    url(a, "data:image/png;base64,QU<I=", NEWS_URL_OTHER, "", "");
    url(a, "data:image/png,<svg>", NEWS_URL_OTHER, "", "");
}


int
main(void)
{
    news_arena_t  *a;

    a = news_arena_create((size_t) -1);
    if (a == NULL) {
        return 1;
    }

    test_tokens(a);
    test_references(a);
    test_urls(a);

    news_arena_destroy(a);

    return done();
}
