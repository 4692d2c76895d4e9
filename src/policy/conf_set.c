#include "policy/conf_policy.h"

#include "policy/pattern.h"

/* The most bytes that a segment can have, once its template is filled in. */
static size_t
longest(const struct text_template *segment)
{
	size_t n = 0;

	for (size_t i = 0; i < segment->n; i++) {
		const struct piece *piece = &segment->pieces[i];

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

bool
conf_deliverable(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct pattern *id)
{
	if (!id->wide || actions[policy->action].kind == KIND_API ||
	    actions[policy->action].kind == KIND_VERIFY)
		return true;
	conf_error(l, at,
	    "%s = %q: the SDKs spell blanks and other letters in a delivery "
	    "URL in different ways; it takes A-Z a-z 0-9 _ -",
	    term->name, id->source);
	return false;
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
	size_t n = 0;

	sink_init(&why, mem, sizeof(mem));
	if (!id_form_compile(
		term, id->source, policy->name, &l->arena, &pattern, &why)) {
		conf_error(l, at, "%s = %q: %v", term->name, id->source,
		    sink_view(&why));
		return false;
	}
	if (!conf_deliverable(l, at, policy, term, &pattern))
		return false;
	for (size_t i = 0; i < pattern.n; i++) {
		n += longest(&pattern.segments[i].text) + (i > 0);
		if (pattern.segments[i].kind == SEGMENT_TEXT)
			continue;
		conf_error(l, at,
		    "%s = %q: \"*\" and \"**\" say what a client may send, and "
		    "stand in allow",
		    term->name, id->source);
		return false;
	}
	if (n <= ID_MAX)
		return true;
	conf_error(l, at, "%s could become longer than %d bytes", term->name,
	    (long long)ID_MAX);
	return false;
}

bool
conf_set_fits(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct text_template *value)
{
	return (!term_has_patterns(term) ||
		   check_id(l, at, policy, term, value)) &&
	       conf_known_value(l, at, term, policy->action, value);
}

static bool
read_single(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	const struct term *term = parts->term;
	const struct policy *policy = parts->policy;
	struct span text = SPAN_LIT("");

	parts->values = arena_take(&l->arena, sizeof(*parts->values));
	parts->n = 1;
	return parts->values != NULL &&
	       (conf_is_original(at, term, policy->action) ||
		   conf_value(l, at, term, &text)) &&
	       conf_template(l, at, term, text, policy->name, parts->values) &&
	       conf_set_fits(l, at, policy, term, parts->values);
}

/* The least bytes that a value can have, for any user. */
static size_t
shortest(const struct text_template *value)
{
	size_t n = 0;

	for (size_t i = 0; i < value->n; i++)
		n += value->pieces[i].kind == PIECE_LITERAL
			 ? value->pieces[i].text.n
			 : 1;
	return n;
}

/* What a token's hash covers is bounded; see also decide_list(). */
static bool
check_room(
    struct loader *l, const config_setting_t *at, const struct parts *parts)
{
	size_t n = 0;

	for (size_t i = 0; i < parts->n; i++)
		n += shortest(&parts->values[i]) + (i > 0);
	if (parts->term->type != TERM_ACL || n <= ACL_MAX)
		return true;
	conf_error(l, at, "%s is longer than %d bytes in all",
	    parts->term->name, (long long)ACL_MAX);
	return false;
}

static bool
read_parts(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	if (parts->term->type == TERM_GROUP)
		return conf_members(l, at, parts);
	if (term_is_list(parts->term))
		return conf_list(l, at, parts) && check_room(l, at, parts);
	return read_single(l, at, parts);
}

static bool
read_setting(struct loader *l, const config_setting_t *at,
    const struct policy *policy, struct setting *out)
{
	struct parts parts = { .policy = policy };

	parts.term = conf_term(l, at, policy->action);
	if (parts.term == NULL)
		return false;
	if (policy->action == ACTION_VERIFY && parts.term->type == TERM_INT) {
		conf_error(l, at,
		    "%s is the client's to send; a rule for it stands in allow",
		    parts.term->name);
		return false;
	}
	if (!read_parts(l, at, &parts))
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
