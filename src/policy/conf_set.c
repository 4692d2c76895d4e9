#include "policy/conf_policy.h"

/* The most bytes that an id can have, once its template is filled in. */
static size_t
longest(const struct text_template *id)
{
	size_t n = 0;

	for (size_t i = 0; i < id->n; i++) {
		const struct piece *piece = &id->pieces[i];

		if (piece->kind == PIECE_LITERAL)
			n += piece->text.n;
		else if (piece->kind == PIECE_USER ||
			 piece->kind == PIECE_CLAIM)
			n += SEGMENT_MAX;
		else
			n += 32; /* {random}, {user_hash}; {date} is shorter */
	}
	return n;
}

/* Will it be a well-formed id or folder for every user? */
static bool
check_id(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct text_template *id)
{
	unsigned char mem[DETAIL_MAX];
	struct pattern pattern;
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (!pattern_compile(
		id->source, policy->name, &l->arena, &pattern, &why)) {
		conf_error(l, at, "%s = %q: %v", term->name, id->source,
		    sink_view(&why));
		return false;
	}
	for (size_t i = 0; i < pattern.n; i++) {
		if (pattern.segments[i].kind == SEGMENT_TEXT)
			continue;
		conf_error(l, at,
		    "%s = %q: \"*\" and \"**\" say what a client may send, and "
		    "stand in allow",
		    term->name, id->source);
		return false;
	}
	if (longest(id) <= ID_MAX)
		return true;
	conf_error(l, at, "%s could become longer than %d bytes", term->name,
	    (long long)ID_MAX);
	return false;
}

static bool
read_single(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	const struct term *term = parts->term;
	const struct policy *policy = parts->policy;
	struct span text;

	parts->values = arena_take(&l->arena, sizeof(*parts->values));
	parts->n = 1;
	if (parts->values == NULL || !conf_value(l, at, term, &text) ||
	    !conf_resource_type(l, at, term, policy->action, text) ||
	    !conf_template(l, at, term, text, policy->name, parts->values))
		return false;
	return (term->type != TERM_ID && term->type != TERM_FOLDER) ||
	       check_id(l, at, policy, term, parts->values);
}

static bool
read_parts(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	if (parts->term->type == TERM_GROUP)
		return conf_members(l, at, parts);
	if (parts->term->type == TERM_LIST || parts->term->type == TERM_TAGS)
		return conf_list(l, at, parts);
	return read_single(l, at, parts);
}

static bool
read_setting(struct loader *l, const config_setting_t *at,
    const struct policy *policy, struct setting *out)
{
	struct parts parts = { .policy = policy };

	parts.term = conf_term(l, at, policy->action);
	if (parts.term == NULL || !read_parts(l, at, &parts))
		return false;
	*out =
	    (struct setting){ parts.term, (int)config_setting_source_line(at),
		    parts.n, parts.values, parts.keys };
	return true;
}

/* Into its place: the vocabulary is sorted by name. */
static void
insert(struct setting *all, size_t n, struct setting one)
{
	for (; n > 0 && all[n - 1].term > one.term; n--)
		all[n] = all[n - 1];
	all[n] = one;
}

static size_t
bytes_of(const struct setting *one)
{
	size_t n = 0;

	for (size_t i = 0; i < one->n; i++)
		n += one->values[i].source.n +
		     (one->keys == NULL ? 0 : one->keys[i].n);
	return n;
}

void
conf_set(struct loader *l, const config_setting_t *group, struct policy *out)
{
	const config_setting_t *set = conf_group(l, group, "set", false);
	size_t n = set == NULL ? 0 : (size_t)config_setting_length(set);
	struct setting *all = arena_array(&l->arena, n, sizeof(*all));
	size_t total = 0;

	if (all == NULL)
		return;
	out->set = all;
	for (unsigned i = 0; i < n; i++) {
		struct setting one;

		if (!read_setting(
			l, config_setting_get_elem(set, i), out, &one))
			continue;
		insert(all, out->n_set++, one);
		total += bytes_of(&one);
	}
	/* So that what the server adds always fits what is signed. */
	if (total > VALUE_MAX)
		conf_error(l, set, "set holds %d bytes, and %d are the most",
		    (long long)total, (long long)VALUE_MAX);
}
