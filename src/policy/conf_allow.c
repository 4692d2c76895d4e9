#include "policy/conf_policy.h"

/* The server's own keys are never the client's to write. */
static bool
check_keys(struct loader *l, const config_setting_t *at,
    const struct setting *set, const struct rule *rule)
{
	for (size_t i = 0; i < rule->n; i++)
		for (size_t k = 0; k < set->n; k++) {
			if (!span_eq(rule->group[i].key, set->keys[k]))
				continue;
			conf_error(l, at,
			    "the key %q of %s stands in set already: leave it "
			    "out of one of them",
			    set->keys[k], set->term->name);
			return false;
		}
	return true;
}

/* Both in `set` and in `allow`: only what the client can add elements to. */
static bool
check_set(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct allowance *one)
{
	const struct setting *set = policy_setting(policy, one->term);

	if (set == NULL || one->term->type == TERM_TAGS)
		return true;
	if (one->term->type == TERM_GROUP)
		return check_keys(l, at, set, &one->rule);
	conf_error(l, at,
	    "%s stands in set already: a client may send that value, and "
	    "no other; leave it out of one of them",
	    one->term->name);
	return false;
}

static bool
read_allowance(struct loader *l, const config_setting_t *at,
    const struct policy *policy, struct allowance *out)
{
	const struct term *term = conf_term(l, at, policy->action);

	if (term == NULL)
		return false;
	if (term->sender == SENDER_POLICY) {
		conf_error(l, at,
		    "%s can't stand in allow, since what it does is not for a "
		    "client to say; write it in set",
		    term->name);
		return false;
	}
	*out = (struct allowance){ .term = term,
		.line = (int)config_setting_source_line(at) };
	return conf_rule(l, at, term, policy, &out->rule) &&
	       conf_known_rule(l, at, term, policy->action, &out->rule) &&
	       check_set(l, at, policy, out);
}

/* Into its place: the vocabulary is sorted by name. */
static void
insert(struct allowance *all, size_t n, struct allowance one)
{
	for (; n > 0 && all[n - 1].term > one.term; n--)
		all[n] = all[n - 1];
	all[n] = one;
}

void
conf_allow(struct loader *l, const config_setting_t *group, struct policy *out)
{
	const config_setting_t *allow = conf_group(l, group, "allow", false);
	size_t n = allow == NULL ? 0 : (size_t)config_setting_length(allow);
	struct allowance *all = arena_array(&l->arena, n, sizeof(*all));

	if (all == NULL)
		return;
	out->allow = all;
	for (unsigned i = 0; i < n; i++) {
		struct allowance one;

		if (read_allowance(
			l, config_setting_get_elem(allow, i), out, &one))
			insert(all, out->n_allow++, one);
	}
	/* One place of a grant is the timestamp's. */
	if (out->n_set + out->n_allow > PARAMS_MAX - 1)
		conf_error(l, group,
		    "set and allow name %d parameters, and %d are the most",
		    (long long)(out->n_set + out->n_allow),
		    (long long)PARAMS_MAX - 1);
}
