#include "policy/grant.h"

static bool
address_holds(const struct policy *policy, struct span remote_addr)
{
	struct address address;

	if (!address_parse(remote_addr, &address))
		return false;
	for (size_t i = 0; i < policy->n_addresses; i++)
		if (address_in(&address, &policy->addresses[i]))
			return true;
	return false;
}

/* A page of the endpoint's own site passes whatever the list says. */
static bool
origin_holds(const struct policy *policy, const struct request *request)
{
	return request->origin.n == 0 ||
	       span_is(request->sec_fetch_site, "same-origin") ||
	       origin_listed(&policy->origins, request->origin).n > 0;
}

static bool
user_holds(const struct policy *policy, const struct session *session,
    struct arena *arena, struct problem *why)
{
	struct span none = { NULL, 0 };

	if (!session->open)
		return problem_set(
		    why, 401, "no_session", none, "There is no valid session.");
	if ((policy->users.present &&
		!names_have(&policy->users, session->user)) ||
	    names_have(&policy->deny_users, session->user))
		return problem_set(why, 403, "user_not_allowed", none,
		    "The policy %q is not open to this user.", policy->name);
	for (size_t i = 0; i < policy->n_require; i++)
		if (!session_claim_is(session, &policy->require[i], arena))
			return problem_set(why, 403, "claim_required", none,
			    "The policy %q asks for a session whose %q has "
			    "another value than this one's.",
			    policy->name, policy->require[i].claim);
	return true;
}

bool
policy_open_to(const struct policy *policy, const struct facts *facts,
    const struct request *request, struct arena *arena, struct problem *why)
{
	struct span none = { NULL, 0 };

	if (!policy->anonymous &&
	    !user_holds(policy, facts->session, arena, why))
		return false;
	if (policy->has_addresses &&
	    !address_holds(policy, request->remote_addr))
		return problem_set(why, 403, "address_not_allowed", none,
		    "The policy %q is not open to this address.", policy->name);
	if (policy->has_origins && !origin_holds(policy, request))
		return problem_set(why, 403, "origin_not_allowed", none,
		    "The policy %q is not open to pages of %q.", policy->name,
		    request->origin);
	return true;
}
