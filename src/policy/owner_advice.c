/* What is allowed, and still unwise, in one policy by itself. */
#include "base/text.h"
#include "policy/owner.h"

/* Nothing stops one user, or one stolen cookie, from filling the account. */
static void
warn_limit(struct loader *l, const struct policy *policy)
{
	if (policy->action == ACTION_UPLOAD &&
	    policy->n_limits + policy->n_totals == 0)
		owner_say(l, SAY_WARNING, policy->line,
		    "the policy %q has no limit, so that one user can fill the "
		    "account: write limit = [ \"20/hour\", \"100/day\" ]",
		    policy->name);
}

/* A page sends at once what it got; only a final contract asks for more. */
static void
note_lifetime(struct loader *l, const struct policy *policy)
{
	if (policy->action != ACTION_UPLOAD &&
	    actions[policy->action].kind == KIND_API &&
	    policy->lifetime == LIFETIME_MAX_SECONDS)
		owner_say(l, SAY_NOTE, policy->line,
		    "a signature of the policy %q can be used again for %d "
		    "seconds by whoever gets hold of it: without lifetime it "
		    "is good for %d, which is enough for a page that sends it "
		    "at once",
		    policy->name, policy->lifetime,
		    (long long)LIFETIME_MIN_SECONDS);
}

/* Behind a proxy each request has the proxy's address. */
static void
note_address(struct loader *l, const struct policy *policy)
{
	if (policy->has_addresses || (policy->anonymous && !policy->webhook))
		owner_say(l, SAY_NOTE, policy->line,
		    "the policy %q goes by REMOTE_ADDR: behind a proxy that is "
		    "the proxy's address, of everybody, unless the web server "
		    "is told the client's (mod_remoteip, realip, "
		    "mod_extforward)",
		    policy->name);
}

/* A client's value never holds one; the server's own may need it. */
static void
warn_ampersand(struct loader *l, const struct setting *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (text_has_ampersand(set->values[i].source))
			owner_say(l, SAY_WARNING, set->line,
			    "%s = %q holds & or %%26, which are the same to "
			    "Cloudinary's signature, so that a client may send "
			    "it either of them: let nothing hang on that",
			    set->term->name, set->values[i].source);
}

void
owner_advice(struct loader *l, const struct policy *policy)
{
	warn_limit(l, policy);
	note_lifetime(l, policy);
	note_address(l, policy);
	for (size_t i = 0; i < policy->n_set; i++)
		warn_ampersand(l, &policy->set[i]);
}
