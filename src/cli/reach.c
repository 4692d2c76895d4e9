#include "cli/reach.h"

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

struct reach
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

struct reach
reach_of_address(const struct config *config, unsigned seconds)
{
	struct reach reach = { false, false, 0 };

	for (size_t i = 0; i < config->n_policies; i++)
		if (config->policies[i].anonymous &&
		    uploads(&config->policies[i]))
			add(&reach, &config->policies[i], seconds);
	return reach;
}

bool
reach_endless(const struct policy *policy)
{
	if (!uploads(policy) || policy->n_limits + policy->n_totals > 0)
		return false;
	for (size_t i = 0; i < policy->users.n; i++)
		if (!names_have(&policy->deny_users, policy->users.name[i]))
			return true;
	return !policy->users.present;
}
