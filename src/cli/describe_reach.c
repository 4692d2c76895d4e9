/*
 * How many signatures one can get over all policies. Each policy counts by
 * itself, and each signature for the API is also one for an upload, so that
 * only the sum says how much somebody can upload. What signs no call of the
 * API (deliver, token, verify) counts for nothing here.
 */
#include "cli/describe.h"

#define HOUR 3600
#define DAY 86400

/* In one window, by one user or one address. */
struct reach {
	bool any;     /* is any policy open? else nothing can be got */
	bool endless; /* one of them has no limit */
	long long most;
};

/* The least of so many limits in this window; 0 when there is none. */
static long long
least(const struct limit *limits, size_t n, unsigned seconds, long long before)
{
	for (size_t i = 0; i < n; i++) {
		long long count = limits[i].count;

		if (limits[i].seconds < seconds)
			count *= seconds / limits[i].seconds;
		if (before == 0 || count < before)
			before = count;
	}
	return before;
}

static void
add(struct reach *reach, const struct policy *policy, unsigned seconds)
{
	long long most = least(policy->limits, policy->n_limits, seconds, 0);

	most = least(policy->totals, policy->n_totals, seconds, most);
	reach->any = true;
	reach->endless = reach->endless || most == 0;
	reach->most += most;
}

/* Is a signature of it good for an upload? */
static bool
uploads(const struct policy *policy)
{
	return actions[policy->action].kind == KIND_API;
}

/* A user whom no policy names, when there is none. */
static bool
admits(const struct policy *policy, const struct span *user)
{
	if (policy->anonymous || !uploads(policy))
		return false;
	if (user == NULL)
		return !policy->users.present;
	return (!policy->users.present || names_have(&policy->users, *user)) &&
	       !names_have(&policy->deny_users, *user);
}

static struct reach
reach_of(const struct config *config, const struct span *user, unsigned seconds)
{
	struct reach reach = { false, false, 0 };

	for (size_t i = 0; i < config->n_policies; i++)
		if (admits(&config->policies[i], user))
			add(&reach, &config->policies[i], seconds);
	return reach;
}

static struct reach
larger(struct reach a, struct reach b)
{
	if (!b.any || a.endless)
		return a;
	return !a.any || b.endless || b.most > a.most ? b : a;
}

/* The user who can get most: a claim that is asked for counts as there. */
static struct reach
reach_of_user(const struct config *config, unsigned seconds)
{
	struct reach reach = reach_of(config, NULL, seconds);

	for (size_t i = 0; i < config->n_policies; i++) {
		const struct names *users = &config->policies[i].users;

		for (size_t k = 0; k < users->n; k++)
			reach = larger(
			    reach, reach_of(config, &users->name[k], seconds));
	}
	return reach;
}

/* One address at the anonymous policies. */
static struct reach
reach_of_address(const struct config *config, unsigned seconds)
{
	struct reach reach = { false, false, 0 };

	for (size_t i = 0; i < config->n_policies; i++)
		if (config->policies[i].anonymous &&
		    uploads(&config->policies[i]))
			add(&reach, &config->policies[i], seconds);
	return reach;
}

/* Can anybody get any number of signatures for the API of this policy? */
static bool
is_endless(const struct policy *policy)
{
	if (!uploads(policy) || policy->n_limits + policy->n_totals > 0)
		return false;
	for (size_t i = 0; i < policy->users.n; i++)
		if (!names_have(&policy->deny_users, policy->users.name[i]))
			return true;
	return !policy->users.present;
}

/* Each signature for the API is also one for an upload: see owner.h. */
static const char meaning[] = "and each is good for an upload of any file";

static bool
is_reusable(const struct policy *policy)
{
	return policy->reusable;
}

/* "a, b" of the policies that are so. */
static void
name_those(const struct config *config, bool (*are)(const struct policy *),
    struct sink *out)
{
	const char *between = "";

	for (size_t i = 0; i < config->n_policies; i++) {
		if (!are(&config->policies[i]))
			continue;
		sink_say(out, "%s%v", between, config->policies[i].name);
		between = ", ";
	}
}

static void
describe_endless(const struct config *config, struct sink *out)
{
	sink_say(out,
	    "One user can get any number of signatures, %s: there is no limit "
	    "in ",
	    meaning);
	name_those(config, is_endless, out);
	sink_text(out, ".\n");
}

static void
describe_most(const char *who, const char *where, struct reach hour,
    struct reach day, struct sink *out)
{
	sink_say(out, "%s can get at most %d %s an hour and %d a day %s, %s.\n",
	    who, hour.most, hour.most == 1 ? "signature" : "signatures",
	    day.most, where, meaning);
}

/* So that nobody takes the number above for a number of files. */
static void
describe_reusable(const struct config *config, struct sink *out)
{
	bool any = false;

	for (size_t i = 0; i < config->n_policies; i++)
		any = any || is_reusable(&config->policies[i]);
	if (!any)
		return;
	sink_text(out, "  In ");
	name_those(config, is_reusable, out);
	sink_text(out, ", each one is good for any number of uploads.\n");
}

void
describe_reach(const struct config *config, struct sink *out)
{
	struct reach hour = reach_of_user(config, HOUR);
	struct reach day = reach_of_user(config, DAY);
	struct reach open_hour = reach_of_address(config, HOUR);
	struct reach open_day = reach_of_address(config, DAY);

	if (hour.endless)
		describe_endless(config, out);
	else if (hour.any)
		describe_most("One user",
		    open_hour.any ? "over all policies with a session"
				  : "over all policies",
		    hour, day, out);
	describe_reusable(config, out);
	if (open_hour.any && !open_hour.endless)
		describe_most("One address (of IPv6, one /64)",
		    hour.any ? "more without a session" : "without a session",
		    open_hour, open_day, out);
}
