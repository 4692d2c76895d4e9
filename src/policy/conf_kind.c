/* What one kind of action needs in a policy, or can't have there. */
#include "policy/conf_policy.h"
#include "policy/owner.h"

static const config_setting_t *
member_of(const config_setting_t *group, const char *part, const char *name)
{
	const config_setting_t *at = conf_member(group, part);

	return at == NULL ? NULL : conf_member(at, name);
}

bool
conf_is_webhook(const config_setting_t *group, enum action action)
{
	return action == ACTION_VERIFY &&
	       member_of(group, "set", "public_id") == NULL &&
	       member_of(group, "allow", "public_id") == NULL;
}

static void
check_token_key(struct loader *l, const config_setting_t *group,
    const struct policy *policy, const char *what)
{
	if (policy->cloud == NULL || policy->cloud->token_key != NULL ||
	    l->report->errors > 0)
		return; /* said already, perhaps */
	conf_error(l, group,
	    "%s needs the key for auth tokens, which Cloudinary gives out on "
	    "request: write token_key_file = \"token.key\" into the account",
	    what);
}

static void
check_deliver(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	if (!owner_may_hold(policy, "transformation"))
		conf_error(l, group,
		    "deliver needs transformation: list in allow those that "
		    "may be had, as in [ \"w_200,c_fill\", \"\" ], where \"\" "
		    "is the original");
	if (owner_may_hold(policy, "duration"))
		check_token_key(l, group, policy, "duration");
}

static void
check_token(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	if (owner_may_hold(policy, "acl") && owner_may_hold(policy, "url"))
		conf_error(l, group,
		    "a token is for an acl or for one url: leave one of them "
		    "out");
	if (!owner_may_hold(policy, "duration") &&
	    !owner_may_hold(policy, "expiration"))
		conf_error(l, group,
		    "a token needs an end: write duration = 3600 into set");
	check_token_key(l, group, policy, "action = \"token\"");
}

/* Who calls it brings no proof of a session, and nothing to choose. */
static void
check_webhook(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	static const char *const none[] = { "set", "allow", "users",
		"deny_users", "require", "any_owner" };

	if (!policy->has_addresses)
		conf_error(l, group,
		    "verify needs public_id in allow, for the answers to "
		    "uploads; or addresses = [ ... ], for webhooks: whoever "
		    "hands them on");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (conf_member(group, none[i]) != NULL)
			conf_error(l, conf_member(group, none[i]),
			    "%s has no meaning for webhooks, which come "
			    "without a session: leave it out",
			    none[i]);
}

static void
read_cookie_domain(
    struct loader *l, const config_setting_t *group, struct policy *out)
{
	const config_setting_t *at = conf_member(group, "cookie_domain");

	if (!conf_string(l, group, "cookie_domain", false, &out->cookie_domain))
		return;
	if (out->action != ACTION_TOKEN || !owner_may_hold(out, "acl"))
		conf_error(l, at,
		    "cookie_domain belongs to action = \"token\" with an acl");
	if (!conf_is_host(out->cookie_domain))
		conf_error(l, at,
		    "cookie_domain must be the domain above both the site and "
		    "the delivery host, as in \"example.com\": lower-case "
		    "letters, digits, \"-\" and \".\"");
}

static void
check_call_only(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	if (conf_member(group, "lifetime") != NULL)
		conf_error(l, conf_member(group, "lifetime"),
		    "lifetime has no meaning for %s: it belongs to calls of "
		    "the API",
		    action_name(policy->action));
}

void
conf_kind(struct loader *l, const config_setting_t *group, struct policy *out)
{
	if (out->action == ACTION_NONE)
		return;
	if (actions[out->action].kind != KIND_API)
		check_call_only(l, group, out);
	if (out->action == ACTION_DELIVER)
		check_deliver(l, group, out);
	if (out->action == ACTION_TOKEN)
		check_token(l, group, out);
	if (out->webhook)
		check_webhook(l, group, out);
	read_cookie_domain(l, group, out);
}
