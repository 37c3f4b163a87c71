#include "core/csp.h"

#include "core/csp_source.h"

/* The directives of a policy that matter; data is NULL for absent ones. */
typedef struct {
    smartmsg_str_t sandbox;
    smartmsg_str_t upgrade;
    smartmsg_str_t integrity;
    smartmsg_str_t script;
    smartmsg_str_t connect;
} policy_t;

/* Goes through the policies of all values. */
typedef struct {
    const smartmsg_csp_value_t *values;
    size_t n;
    size_t i;               /* value being read */
    smartmsg_str_t rest;    /* what is unread of it */
    bool begun;
} walk_t;

/* Takes what is before the next c, or all, off the front of *s. */
static smartmsg_str_t cut(smartmsg_str_t *s, char c)
{
    const char *end = s->len ? memchr(s->data, c, s->len) : NULL;
    size_t n = end ? (size_t)(end - s->data) : s->len;
    smartmsg_str_t head = smartmsg_str(s->data, n);

    *s = end ? smartmsg_str(end + 1, s->len - n - 1) : smartmsg_str(NULL, 0);

    return head;
}

static bool is_ascii(smartmsg_str_t s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.data[i] >= 0x80) {
            return false;
        }
    }

    return true;
}

/*
 * The value of the directive `name` (section 2.2.1: the first one counts);
 * data is NULL if there is none.
 */
static smartmsg_str_t directive(smartmsg_str_t policy, smartmsg_str_t name)
{
    smartmsg_str_t token, word;

    while (policy.len > 0) {
        token = cut(&policy, ';');

        if (is_ascii(token) && smartmsg_csp_word(&token, &word)
            && smartmsg_str_case_eq(word, name)) {
            return token;
        }
    }

    return smartmsg_str(NULL, 0);
}

static policy_t parse(smartmsg_str_t text)
{
    smartmsg_str_t fallback = directive(text, SMARTMSG_STR("default-src"));
    policy_t policy;

    policy.sandbox = directive(text, SMARTMSG_STR("sandbox"));
    policy.upgrade = directive(text, SMARTMSG_STR("upgrade-insecure-requests"));
    policy.integrity = directive(text, SMARTMSG_STR("require-sri-for"));
    policy.script = directive(text, SMARTMSG_STR("script-src-elem"));
    policy.connect = directive(text, SMARTMSG_STR("connect-src"));

    if (policy.script.data == NULL) {
        policy.script = directive(text, SMARTMSG_STR("script-src"));
    }

    if (policy.script.data == NULL) {
        policy.script = fallback;
    }

    if (policy.connect.data == NULL) {
        policy.connect = fallback;
    }

    return policy;
}

/* The next policy that counts, and what it came in; false at the end. */
static bool next_policy(walk_t *walk, smartmsg_str_t *policy,
                        const smartmsg_csp_value_t **source)
{
    const smartmsg_csp_value_t *value;

    for ( ; walk->i < walk->n; walk->i++, walk->begun = false) {
        value = &walk->values[walk->i];

        if (value->meta && value->report_only) {
            continue;
        }

        if (!walk->begun) {
            walk->begun = true;
            walk->rest = value->value;
        }

        if (walk->rest.len > 0) {
            *policy = cut(&walk->rest, ',');
            *source = value;
            return true;
        }
    }

    return false;
}

static bool contains(smartmsg_str_t list, smartmsg_str_t keyword)
{
    smartmsg_str_t word;

    while (smartmsg_csp_word(&list, &word)) {
        if (smartmsg_str_case_eq(word, keyword)) {
            return true;
        }
    }

    return false;
}

static bool starts_with(smartmsg_str_t word, smartmsg_str_t prefix)
{
    return word.len >= prefix.len
           && smartmsg_str_case_eq(smartmsg_str(word.data, prefix.len), prefix);
}

static bool matches_url(smartmsg_str_t list, const smartmsg_csp_page_t *page,
                        smartmsg_str_t path)
{
    smartmsg_str_t word;

    while (smartmsg_csp_word(&list, &word)) {
        if (smartmsg_csp_source_matches(word, page, path)) {
            return true;
        }
    }

    return false;
}

/* Whether the list has a word that switches its hosts, schemes and 'self' off:
   'strict-dynamic' for what the parser inserts, hashes of URLs for all. */
static bool ignores_urls(smartmsg_str_t list)
{
    smartmsg_str_t word;

    while (smartmsg_csp_word(&list, &word)) {
        if (starts_with(word, SMARTMSG_STR("'strict-dynamic"))
            || starts_with(word, SMARTMSG_STR("'url-"))) {
            return true;
        }
    }

    return false;
}

/* Whether the scripts pass without a nonce. What the first one imports comes
   with its nonce (HTML, "descendant script fetch options"), else by its own
   URL. */
static bool script_passes(smartmsg_str_t list, const smartmsg_csp_page_t *page)
{
    return list.data == NULL
           || (!ignores_urls(list)
               && matches_url(list, page, page->script)
               && matches_url(list, page, page->ui));
}

/* Reads 'nonce-VALUE'; VALUE is base64 with any alphabet. */
static bool parse_nonce(smartmsg_str_t word, smartmsg_str_t *nonce)
{
    smartmsg_str_t prefix = SMARTMSG_STR("'nonce-");
    size_t n, digits;

    if (word.len < prefix.len + 2 || word.data[word.len - 1] != '\''
        || !starts_with(word, prefix)) {
        return false;
    }

    *nonce = smartmsg_str(word.data + prefix.len, word.len - prefix.len - 1);

    for (n = 0; n < nonce->len; n++) {
        char c = nonce->data[n];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '-'
              || c == '_')) {
            break;
        }
    }

    for (digits = n; n < nonce->len && nonce->data[n] == '='; n++) {
        continue;
    }

    return digits > 0 && n == nonce->len && n - digits <= 2;
}

static bool has_nonce(smartmsg_str_t list, smartmsg_str_t wanted)
{
    smartmsg_str_t word, nonce;

    while (smartmsg_csp_word(&list, &word)) {
        if (parse_nonce(word, &nonce) && smartmsg_str_eq(nonce, wanted)) {
            return true;
        }
    }

    return false;
}

/* Whether every policy that needs a nonce takes this one. */
static bool nonce_passes(walk_t walk, const smartmsg_csp_page_t *page,
                         smartmsg_str_t nonce)
{
    const smartmsg_csp_value_t *source;
    smartmsg_str_t text;
    policy_t policy;

    while (next_policy(&walk, &text, &source)) {
        policy = parse(text);

        if (!script_passes(policy.script, page)
            && !has_nonce(policy.script, nonce)) {
            return false;
        }
    }

    return true;
}

/* The policy that was read last, with `list` for scripts, needs a nonce:
   finds one that suits it and those to come in `walk`. */
static bool find_nonce(walk_t walk, smartmsg_str_t list,
                       const smartmsg_csp_page_t *page,
                       smartmsg_csp_result_t *result)
{
    smartmsg_str_t word, nonce;

    result->directive = "script-src";

    while (smartmsg_csp_word(&list, &word)) {
        if (!parse_nonce(word, &nonce)) {
            continue;
        }

        if (nonce_passes(walk, page, nonce)) {
            result->verdict = SMARTMSG_CSP_NONCE;
            result->nonce = nonce;
            result->directive = NULL;
            return true;
        }

        result->directive = "nonce";
    }

    return false;
}

static bool sandbox_passes(smartmsg_str_t flags)
{
    return flags.data == NULL
           || (contains(flags, SMARTMSG_STR("allow-scripts"))
               && contains(flags, SMARTMSG_STR("allow-same-origin")));
}

/* What forbids the scripts or the events apart from lists of script sources:
   the directive's name, or NULL. */
static const char *forbidden(const policy_t *policy,
                             const smartmsg_csp_page_t *page,
                             const smartmsg_csp_value_t *source)
{
    if (!source->meta && !source->report_only
        && !sandbox_passes(policy->sandbox)) {
        return "sandbox";
    }

    if (policy->upgrade.data != NULL && page->upgradable
        && !source->report_only) {
        return "upgrade-insecure-requests";
    }

    if (contains(policy->integrity, SMARTMSG_STR("script"))) {
        return "require-sri-for";
    }

    if (policy->connect.data != NULL
        && !(matches_url(policy->connect, page, page->event)
             && matches_url(policy->connect, page, page->decide))) {
        return "connect-src";
    }

    return NULL;
}

smartmsg_csp_result_t smartmsg_csp_decide(const smartmsg_csp_page_t *page,
                                          const smartmsg_csp_value_t *values,
                                          size_t n)
{
    smartmsg_csp_result_t result = { .verdict = SMARTMSG_CSP_ALLOW };
    smartmsg_csp_result_t block = { .verdict = SMARTMSG_CSP_BLOCK };
    walk_t walk = { .values = values, .n = n };
    const smartmsg_csp_value_t *source;
    smartmsg_str_t text;
    policy_t policy;

    while (next_policy(&walk, &text, &source)) {
        policy = parse(text);
        block.directive = forbidden(&policy, page, source);

        if (block.directive != NULL) {
            return block;
        }

        if (result.verdict == SMARTMSG_CSP_ALLOW
            && !script_passes(policy.script, page)
            && !find_nonce(walk, policy.script, page, &result)) {
            block.directive = result.directive;
            return block;
        }
    }

    return result;
}

static bool image_passes(smartmsg_str_t list, const smartmsg_csp_page_t *page,
                         const smartmsg_csp_url_t *url)
{
    smartmsg_str_t word;

    if (list.data == NULL) {
        return true;
    }

    while (smartmsg_csp_word(&list, &word)) {
        if (smartmsg_csp_url_matches(word, page, url)) {
            return true;
        }
    }

    return false;
}

bool smartmsg_csp_allows_image(const smartmsg_csp_page_t *page,
                               const smartmsg_csp_value_t *values, size_t n,
                               smartmsg_str_t address)
{
    walk_t walk = { .values = values, .n = n };
    const smartmsg_csp_value_t *source;
    smartmsg_str_t text, list;
    smartmsg_csp_url_t url;

    if (!smartmsg_csp_url_parse(address, page, &url)) {
        return false;
    }

    while (next_policy(&walk, &text, &source)) {
        list = directive(text, SMARTMSG_STR("img-src"));

        if (list.data == NULL) {
            list = directive(text, SMARTMSG_STR("default-src"));
        }

        if (!image_passes(list, page, &url)) {
            return false;
        }
    }

    return true;
}
