#include "policy/loader.h"

static bool
take_rule(struct loader *l, const config_setting_t *at, struct claim_rule *out)
{
	static const char *const names[] = { "claim", "is" };
	struct span *is = NULL;
	bool right;

	if (config_setting_type(at) != CONFIG_TYPE_GROUP) {
		conf_error(l, at,
		    "require holds groups only: { claim = \"role\"; is = [ "
		    "\"editor\" ]; }");
		return false;
	}
	conf_known(l, at, names, sizeof(names) / sizeof(names[0]));
	right = conf_string(l, at, "claim", true, &out->claim);
	if (right && !json_path_valid(out->claim)) {
		conf_error(l, conf_member(at, "claim"),
		    "claim = %q is no path: write \"role\" or \"app.roles[0]\"",
		    out->claim);
		right = false;
	}
	if (conf_strings(l, at, "is", LIST_MAX, &is, &out->n) && out->n > 0) {
		out->is = is;
		return right;
	}
	if (conf_member(at, "is") == NULL || is != NULL)
		conf_error(
		    l, at, "is must say which values do: is = [ \"editor\" ];");
	return false;
}

bool
conf_require(struct loader *l, const config_setting_t *group,
    const struct claim_rule **out, size_t *n)
{
	const config_setting_t *at = conf_member(group, "require");
	struct claim_rule *rules;
	size_t count;
	bool right = true;

	if (at == NULL)
		return false;
	count = (size_t)config_setting_length(at);
	if (config_setting_type(at) != CONFIG_TYPE_LIST || count == 0 ||
	    count > LIST_MAX) {
		conf_error(l, at,
		    "require must be a list of 1 to %d groups: require = ( { "
		    "claim = \"role\"; is = [ \"editor\" ]; } );",
		    (long long)LIST_MAX);
		return false;
	}
	rules = arena_array(&l->arena, count, sizeof(*rules));
	if (rules == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!take_rule(
			l, config_setting_get_elem(at, (unsigned)i), &rules[i]))
			right = false;
	if (!right)
		return false;
	*out = rules;
	*n = count;
	return true;
}
