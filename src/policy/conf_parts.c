#include "policy/conf_policy.h"

/* Room for n of them. */
static bool
begin(
    struct loader *l, const config_setting_t *at, size_t n, struct parts *parts)
{
	const char *name = parts->term->name;

	if (n == 0)
		conf_error(l, at, "%s is empty: leave it out", name);
	else if (n > LIST_MAX)
		conf_error(l, at, "%s has %d elements, and %d are the most",
		    name, (long long)n, (long long)LIST_MAX);
	if (n == 0 || n > LIST_MAX)
		return false;
	parts->values = arena_array(&l->arena, n, sizeof(*parts->values));
	if (parts->term->type == TERM_GROUP)
		parts->keys = arena_array(&l->arena, n, sizeof(*parts->keys));
	return !l->arena.full;
}

static size_t
count(struct span text, unsigned char c)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == c;
	return n;
}

static bool
add_element(struct loader *l, const config_setting_t *at, struct span text,
    struct parts *parts)
{
	if (!conf_element(l, at, parts->term, text))
		return false;
	for (size_t i = 0; i < parts->n; i++) {
		if (!span_eq(parts->values[i].source, text))
			continue;
		conf_error(l, at, "%s has %q twice", parts->term->name, text);
		return false;
	}
	parts->n++;
	return conf_template(l, at, parts->term, text, parts->policy->name,
		   &parts->values[parts->n - 1]) &&
	       conf_set_fits(l, at, parts->policy, parts->term,
		   &parts->values[parts->n - 1]);
}

static bool
split_list(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	struct span_cut cut = { .found = true };

	if (!conf_value(l, at, parts->term, &cut.tail) ||
	    !begin(l, at, count(cut.tail, ',') + 1, parts))
		return false;
	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		if (!add_element(l, at, cut.head, parts))
			return false;
	}
	return true;
}

/*
 * A list, as a string that is split or as a list of strings:
 *   "jpg,png"      [ "jpg", "png" ]      ( "jpg", "png" )
 */
bool
conf_list(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	int type = config_setting_type(at);
	size_t n;

	if (type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST)
		return split_list(l, at, parts);
	n = (size_t)config_setting_length(at);
	if (!begin(l, at, n, parts))
		return false;
	for (unsigned i = 0; i < n; i++) {
		const config_setting_t *one = config_setting_get_elem(at, i);
		struct span text;

		if (!conf_value(l, one, parts->term, &text) ||
		    !add_element(l, one, text, parts))
			return false;
	}
	return true;
}

static bool
add_member(struct loader *l, const config_setting_t *at, struct span key,
    struct span text, struct parts *parts)
{
	if (!conf_key(l, at, key, parts->keys, parts->n))
		return false;
	/* The SDKs escape no backslash: it would swallow what follows it. */
	if (span_has(text, '\\')) {
		conf_error(l, at,
		    "a value of %s can't hold a backslash; \"=\" and \"|\" "
		    "need none in %s = { key = \"value\"; }",
		    parts->term->name, parts->term->name);
		return false;
	}
	parts->keys[parts->n] = key;
	return conf_template(l, at, parts->term, text, parts->policy->name,
	    &parts->values[parts->n++]);
}

/* group = key "=" value *( "|" key "=" value ), nothing escaped */
static bool
split_group(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	struct span_cut cut = { .found = true };

	if (!conf_value(l, at, parts->term, &cut.tail) ||
	    !begin(l, at, count(cut.tail, '|') + 1, parts))
		return false;
	while (cut.found) {
		struct span_cut member;

		cut = span_cut(cut.tail, '|');
		member = span_cut(cut.head, '=');
		if (member.tail.n == 0 || span_has(member.tail, '=')) {
			conf_error(l, at,
			    "%s is \"key=value|key2=value2\" or, for any text, "
			    "%s = { key = \"value\"; }",
			    parts->term->name, parts->term->name);
			return false;
		}
		if (!add_member(l, at, member.head, member.tail, parts))
			return false;
	}
	return true;
}

/*
 * A group, as a string that is split, as a group, or as a list for keys that
 * are no names of the configuration's:
 *   "a=x|b=y"      { a = "x"; b = 7; }      ( { key = "a.b"; value = "x"; } )
 */
bool
conf_members(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	int type = config_setting_type(at);
	size_t n;

	if (type == CONFIG_TYPE_STRING)
		return split_group(l, at, parts);
	if (type != CONFIG_TYPE_GROUP && type != CONFIG_TYPE_LIST) {
		conf_error(l, at,
		    "%s must be a group: %s = { key = \"value\"; }",
		    parts->term->name, parts->term->name);
		return false;
	}
	n = (size_t)config_setting_length(at);
	if (!begin(l, at, n, parts))
		return false;
	for (unsigned i = 0; i < n; i++) {
		struct span text, key;
		const config_setting_t *held =
		    conf_keyed(l, at, i, "value", &key);

		if (held == NULL || !conf_value(l, held, parts->term, &text) ||
		    !add_member(l, held, key, text, parts))
			return false;
	}
	return true;
}
