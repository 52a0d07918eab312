
/*
 * Copyright (C) The authors of the news module
 */


#include <stdlib.h>

#include "news_id.h"
#include "news_utf8.h"


#define NEWS_ID_SLUG    100             /* bytes of a heading's text used */

#define NEWS_ID_PREFIX      "user-content-"
#define NEWS_ID_PREFIX_LEN  (sizeof(NEWS_ID_PREFIX) - 1)


struct news_id_node_s {
    news_id_node_t  *child[2];          /* both NULL in a leaf */
    size_t           byte;              /* where the children differ */
    unsigned         bit;
    news_str_t       id;                /* of a leaf */
    size_t           next;              /* the suffix to try for a twin */
};


static news_id_node_t *news_ids_find(news_ids_t *ids, news_str_t id);
static int news_ids_insert(news_ids_t *ids, news_str_t id, size_t byte,
    unsigned bit);
static int news_id_branch(news_id_node_t *n, news_str_t id);
static unsigned news_id_byte(news_str_t id, size_t i);
static int news_id_compare(const void *a, const void *b);
static int news_id_is_theme(news_str_t id);
static void news_id_slug(news_buf_t *out, news_str_t text);


/* what the built-in theme uses itself */

static const char *const  news_id_theme[] = {
    "news-main", "news-toc"
};


/*
 * Names of lower-case letters that document, window or form elements have in
 * Chromium, save the event handlers, which all begin with "on".
 */

static const char *const  news_id_names[] = {
    "__proto__", "action", "after", "alert", "all", "anchors", "animate",
    "append", "applets", "atob", "attributes", "autocapitalize",
    "autocomplete", "autocorrect", "autofocus", "background", "before",
    "blur", "body", "btoa", "caches", "charset", "children", "chrome",
    "clear", "click", "close", "closed", "closest", "confirm", "console",
    "constructor", "contains", "cookie", "credentialless", "crypto",
    "dataset", "dir", "doctype", "document", "domain", "draggable",
    "elements", "embeds", "encoding", "enctype", "escape", "eval", "evaluate",
    "event", "external", "fence", "fetch", "find", "focus", "fonts", "forms",
    "frames", "fullscreen", "head", "hidden", "history", "id", "images",
    "implementation", "inert", "lang", "length", "link", "links", "location",
    "locationbar", "matches", "menubar", "method", "name", "navigation",
    "navigator", "nonce", "normalize", "open", "opener", "origin", "parent",
    "part", "performance", "personalbar", "plugins", "popover", "prefix",
    "prepend", "prerendering", "print", "prompt", "pseudo", "referrer", "rel",
    "remove", "reset", "role", "scheduler", "screen", "scripts", "scroll",
    "scrollbars", "self", "slot", "spellcheck", "status", "statusbar", "stop",
    "style", "submit", "target", "text", "timeline", "title", "toolbar",
    "top", "translate", "undefined", "unescape", "version", "viewport",
    "when", "window", "write", "writeln"
};


void
news_ids_init(news_ids_t *ids, news_arena_t *a)
{
    ids->root = NULL;
    ids->arena = a;
}


int
news_ids_add(news_ids_t *ids, news_str_t id)
{
    size_t           i;
    unsigned         diff, bit;
    news_id_node_t  *leaf;

    leaf = news_ids_find(ids, id);

    if (leaf == NULL) {
        return news_ids_insert(ids, id, 0, 0);
    }

    for (i = 0; /* void */ ; i++) {
        diff = news_id_byte(id, i) ^ news_id_byte(leaf->id, i);

        if (diff) {
            break;
        }

        if (i == id.len) {
            return 0;
        }
    }

    for (bit = 0x100; !(diff & bit); bit >>= 1) {
        /* void */
    }

    return news_ids_insert(ids, id, i, bit);
}


/* the leaf that has the most in common with the id */

static news_id_node_t *
news_ids_find(news_ids_t *ids, news_str_t id)
{
    news_id_node_t  *n;

    n = ids->root;

    while (n && n->child[0]) {
        n = n->child[news_id_branch(n, id)];
    }

    return n;
}


static int
news_ids_insert(news_ids_t *ids, news_str_t id, size_t byte, unsigned bit)
{
    int               side;
    news_id_node_t   *leaf, *n, **link;

    leaf = news_arena_calloc(ids->arena, sizeof(news_id_node_t));
    if (leaf == NULL) {
        return -1;
    }

    leaf->next = 1;
    leaf->id = news_str_dup(ids->arena, id);

    if (leaf->id.data == NULL) {
        return -1;
    }

    if (ids->root == NULL) {
        ids->root = leaf;
        return 1;
    }

    n = news_arena_calloc(ids->arena, sizeof(news_id_node_t));
    if (n == NULL) {
        return -1;
    }

    n->byte = byte;
    n->bit = bit;

    for (link = &ids->root; *link && (*link)->child[0]; /* void */ ) {

        if ((*link)->byte > byte
            || ((*link)->byte == byte && (*link)->bit < bit))
        {
            break;
        }

        link = &(*link)->child[news_id_branch(*link, id)];
    }

    side = news_id_branch(n, id);
    n->child[side] = leaf;
    n->child[!side] = *link;
    *link = n;

    return 1;
}


static int
news_id_branch(news_id_node_t *n, news_str_t id)
{
    return (news_id_byte(id, n->byte) & n->bit) ? 1 : 0;
}


/* a ninth bit tells bytes from what is past the end */

static unsigned
news_id_byte(news_str_t id, size_t i)
{
    return i < id.len ? (unsigned) id.data[i] | 0x100 : 0;
}


int
news_id_write(news_buf_t *out, news_str_t id)
{
    size_t  i, max;

    max = NEWS_ID_MAX;

    if (id.len > max
        && memcmp(id.data, NEWS_ID_PREFIX, NEWS_ID_PREFIX_LEN) == 0)
    {
        max += NEWS_ID_PREFIX_LEN;
    }

    if (id.len == 0 || id.len > max || news_id_is_theme(id)) {
        return 0;
    }

    for (i = 0; i < id.len; i++) {
        if (id.data[i] <= ' ' || id.data[i] == 0x7f) {
            return 0;
        }
    }

    if (news_id_clobbers(id)) {
        news_buf_addz(out, NEWS_ID_PREFIX);
    }

    news_buf_add_str(out, id);

    return 1;
}


static int
news_id_is_theme(news_str_t id)
{
    size_t  i;

    for (i = 0; i < sizeof(news_id_theme) / sizeof(news_id_theme[0]); i++) {
        if (news_str_eqz(id, news_id_theme[i])) {
            return 1;
        }
    }

    return 0;
}


/*
 * An ASCII identifier with a capital, an event's, or a known property.  With
 * digits too it is one from two capitals on, as in "Path2D": "Table1" is not.
 */

int
news_id_clobbers(news_str_t id)
{
    size_t         i;
    unsigned       upper, digit;
    unsigned char  c;

    upper = 0;
    digit = 0;

    for (i = 0; i < id.len; i++) {
        c = id.data[i];

        if (c >= 'A' && c <= 'Z') {
            upper++;

        } else if (c >= '0' && c <= '9' && i) {
            digit = 1;

        } else if (!((c >= 'a' && c <= 'z') || c == '_' || c == '$')) {
            return 0;
        }
    }

    if (digit) {
        return upper > 1;
    }

    return upper
           || (id.len > 3 && id.data[0] == 'o' && id.data[1] == 'n')
           || bsearch(&id, news_id_names,
                      sizeof(news_id_names) / sizeof(news_id_names[0]),
                      sizeof(news_id_names[0]), news_id_compare)
              != NULL;
}


static int
news_id_compare(const void *a, const void *b)
{
    int                 rc;
    size_t              len, min;
    const char         *name;
    const news_str_t   *id;

    id = a;
    name = *(const char *const *) b;
    len = strlen(name);
    min = len < id->len ? len : id->len;

    rc = memcmp(id->data, name, min);

    if (rc == 0) {
        rc = (id->len > len) - (id->len < len);
    }

    return rc;
}


int
news_id_heading(news_ids_t *ids, news_str_t text, news_str_t *id)
{
    int              rc;
    size_t           len;
    news_buf_t       b;
    news_id_node_t  *twin;

    news_buf_init(&b, ids->arena, 64);
    news_id_slug(&b, text);

    if (b.failed) {
        return -1;
    }

    len = b.len;
    rc = news_ids_add(ids, news_buf_str(&b));

    if (rc == 0) {
        twin = news_ids_find(ids, news_buf_str(&b));

        do {
            b.len = len;
            news_buf_addf(&b, "-%zu", twin->next++);

            if (b.failed || news_arena_tick(ids->arena, 1)) {
                return -1;
            }

            rc = news_ids_add(ids, news_buf_str(&b));
        } while (rc == 0);
    }

    *id = news_buf_str(&b);

    return rc < 0 ? -1 : 0;
}


/* letters and digits of any script; blanks and hyphens become one hyphen */

static void
news_id_slug(news_buf_t *out, news_str_t text)
{
    int                   hyphen;
    size_t                n, len;
    uint32_t              cp;
    news_buf_t            b;
    unsigned char         utf8[4];
    const unsigned char  *p, *last;

    hyphen = 0;
    p = text.data;
    last = p + text.len;

    news_buf_init(&b, out->arena, NEWS_ID_SLUG);

    while (p < last) {
        cp = news_utf8_decode(&p, last);

        if (cp == '-' || news_cp_is_space(cp)) {
            hyphen = b.len ? 1 : 0;
            continue;
        }

        if (!news_cp_is_letter(cp)) {
            continue;
        }

        len = news_utf8_encode(utf8, news_cp_lower(cp));
        n = len + hyphen;

        if (b.len + n > NEWS_ID_SLUG) {
            break;
        }

        news_buf_add(&b, "-", hyphen);
        news_buf_add(&b, utf8, len);
        hyphen = 0;
    }

    if (b.len == 0) {
        news_buf_addz(&b, "section");
    }

    if (news_id_is_theme(news_buf_str(&b))) {
        news_buf_addz(out, NEWS_ID_PREFIX);
        news_buf_add_str(out, news_buf_str(&b));

    } else if (!news_id_write(out, news_buf_str(&b))) {
        out->failed = 1;
    }
}
