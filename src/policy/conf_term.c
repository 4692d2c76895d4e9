#include "policy/conf_policy.h"

#include "base/text.h"

/* What no policy can write, and why. */
static const struct {
	const char *name, *why;
} reasons[] = {
	{ "api_key", "signpost writes the account's own" },
	{ "cloud_name", "signpost writes the account's own" },
	{ "expires_at", "signpost writes it; see lifetime" },
	{ "file", "the client sends the file itself, and it is never signed" },
	{ "signature", "signpost makes it" },
	{ "timestamp", "signpost writes the time itself; see lifetime" },
	{ "version",
	    "with a public_id it would make the signature of an upload's "
	    "answer" },
};

static const char *
reason(const struct term *term, enum action action)
{
	if (action == ACTION_VERIFY &&
	    span_is(span_of(term->name), "signature"))
		return "verify takes it from the client by itself";
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (span_is(span_of(term->name), reasons[i].name))
			return reasons[i].why;
	return "it names assets that need not be the user's";
}

/* verify looks at a signature, and has nothing to say of it. */
static bool
is_nobodys(const struct term *term, enum action action)
{
	return term_reserved(term, action) ||
	       span_is(span_of(term->name), "signature");
}

const struct term *
conf_term(struct loader *l, const config_setting_t *at, enum action action)
{
	struct span name = span_of(config_setting_name(at));
	const struct term *term = term_find(name);
	const char *near;

	if (term != NULL && is_nobodys(term, action)) {
		conf_error(l, at,
		    "%s can stand neither in set nor in allow: %s", term->name,
		    reason(term, action));
		return NULL;
	}
	if (term != NULL && term_taken(term, action))
		return term;
	if (term_means_size(name)) {
		conf_error(l, at,
		    "Cloudinary has no parameter %q: " TERM_SIZE_ADVICE, name);
		return NULL;
	}
	near = term_nearest(name, action);
	if (near != NULL)
		conf_error(l, at,
		    "%q is no parameter of %s: did you mean \"%s\"?", name,
		    action_name(action), near);
	else
		conf_error(l, at, "%q is no parameter of %s", name,
		    action_name(action));
	return NULL;
}

const config_setting_t *
conf_keyed(struct loader *l, const config_setting_t *at, unsigned i,
    const char *what, struct span *key)
{
	const char *const names[] = { "key", what };
	const config_setting_t *one = config_setting_get_elem(at, i);
	const config_setting_t *held;

	*key = (struct span){ NULL, 0 };
	if (config_setting_type(at) == CONFIG_TYPE_GROUP) {
		*key = arena_copy(&l->arena, span_of(config_setting_name(one)));
		return key->p == NULL ? NULL : one;
	}
	if (config_setting_type(one) != CONFIG_TYPE_GROUP) {
		conf_error(l, one,
		    "what stands here is ( { key = \"...\"; %s = ...; } )",
		    what);
		return NULL;
	}
	conf_known(l, one, names, sizeof(names) / sizeof(names[0]));
	if (!conf_string(l, one, "key", true, key))
		return NULL;
	held = conf_member(one, what);
	if (held == NULL)
		conf_error(l, one, "%s is missing beside key", what);
	return held;
}

/* key = 1*64( ALPHA / DIGIT / "_" / "." / "-" ) */
static bool
key_valid(struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] != '.' &&
		    !text_segment((struct span){ key.p + i, 1 }))
			return false;
	return key.n > 0 && key.n <= SEGMENT_MAX;
}

bool
conf_key(struct loader *l, const config_setting_t *at, struct span key,
    const struct span *keys, size_t n)
{
	if (!key_valid(key)) {
		conf_error(l, at,
		    "the key %q must be 1 to %d of the characters A-Z a-z 0-9 "
		    "_ . -",
		    key, (long long)SEGMENT_MAX);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!span_eq(keys[i], key))
			continue;
		conf_error(l, at, "the key %q stands here twice", key);
		return false;
	}
	return true;
}
