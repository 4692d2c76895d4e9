#include "policy/conf_policy.h"

static bool
window_twice(const struct limit *limits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (limits[i].seconds == limits[n].seconds)
			return true;
	return false;
}

static void
take_limit(struct loader *l, const config_setting_t *at, const char *name,
    struct span text, struct limit *limits, size_t i)
{
	if (!limit_parse(text, &limits[i]))
		conf_error(l, at,
		    "%s = %q is none: write \"20/hour\", with 1 to %d for each "
		    "minute, hour or day",
		    name, text, (long long)LIMIT_COUNT_MAX);
	else if (window_twice(limits, i))
		conf_error(
		    l, at, "%s has two counts for one window: %q", name, text);
}

/* One of a list has a line of its own. */
static const config_setting_t *
element(const config_setting_t *at, size_t i)
{
	return config_setting_type(at) == CONFIG_TYPE_STRING
		   ? at
		   : config_setting_get_elem(at, (unsigned)i);
}

/* A bare number would be asked for as a list of strings, and of what? */
static bool
is_number(const config_setting_t *at)
{
	return at != NULL && config_setting_is_number(at);
}

static size_t
read_limits(struct loader *l, const config_setting_t *group, const char *name,
    const struct limit **out)
{
	const config_setting_t *at = conf_member(group, name);
	struct limit *limits;
	struct span *texts;
	size_t n;

	if (is_number(at)) {
		conf_error(l, at,
		    "%s is a bare number: say of which window, as in "
		    "\"20/hour\"",
		    name);
		return 0;
	}
	if (!conf_strings(l, group, name, POLICY_LIMITS_MAX, &texts, &n))
		return 0;
	limits = arena_array(&l->arena, n, sizeof(*limits));
	if (limits == NULL)
		return 0;
	if (n == 0)
		conf_error(l, at,
		    "%s is empty: write \"20/hour\", or leave it out where "
		    "none is needed",
		    name);
	for (size_t i = 0; i < n; i++)
		take_limit(l, element(at, i), name, texts[i], limits, i);
	*out = limits;
	return n;
}

/* Each signature is also an upload, so that a quota of uploads needs both. */
static void
check_needed(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	if (conf_member(group, "limit") != NULL ||
	    policy->action == ACTION_NONE)
		return;
	if (policy->anonymous && !policy->webhook)
		conf_error(l, group,
		    "anonymous = true needs a limit, which counts by address: "
		    "write limit = \"5/hour\"");
	else if (policy->action != ACTION_UPLOAD &&
		 actions[policy->action].kind == KIND_API)
		conf_error(l, group,
		    "%s needs a limit, since each of its signatures is also "
		    "an upload: write limit = \"60/hour\"",
		    action_name(policy->action));
}

/* Would all together have used up theirs before one could? */
static bool
is_less(const struct limit *total, const struct limit *limit)
{
	return total->count < limit->count && total->seconds >= limit->seconds;
}

static void
warn_less(struct loader *l, const config_setting_t *at,
    const struct limit *total, const struct limit *limit)
{
	unsigned char all_mem[32], one_mem[32];
	struct sink all, one;

	sink_init(&all, all_mem, sizeof(all_mem));
	sink_init(&one, one_mem, sizeof(one_mem));
	limit_say(total, &all);
	limit_say(limit, &one);
	conf_warn(l, at,
	    "limit_total = %q for all together is less than limit = %q for "
	    "each one, which nobody can reach",
	    sink_view(&all), sink_view(&one));
}

static void
warn(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	const config_setting_t *at = conf_member(group, "limit_total");

	if (policy->anonymous && !policy->webhook && at == NULL)
		conf_warn(l, group,
		    "the policy %q is open to everybody, and whoever has many "
		    "addresses has its limit as many times: limit_total = "
		    "\"500/day\" bounds all of them together",
		    policy->name);
	for (size_t i = 0; i < policy->n_totals; i++)
		for (size_t k = 0; k < policy->n_limits; k++)
			if (is_less(&policy->totals[i], &policy->limits[k]))
				warn_less(l, at, &policy->totals[i],
				    &policy->limits[k]);
}

void
conf_limits(struct loader *l, const config_setting_t *group, struct policy *out)
{
	unsigned before = l->report->errors;

	out->n_limits = read_limits(l, group, "limit", &out->limits);
	out->n_totals = read_limits(l, group, "limit_total", &out->totals);
	if (out->n_limits + out->n_totals > 0)
		l->config->counts = true;
	check_needed(l, group, out);
	if (l->report->errors == before)
		warn(l, group, out);
}
