/* Without what its action needs, no signature would be of any use. */
#include "policy/decision.h"
#include "policy/refuse.h"

static bool
check_any(struct decision *d)
{
	const char *const *any = actions[d->policy->action].any;

	for (size_t i = 0; any[i] != NULL; i++)
		if (grant_value(d->out, any[i]).n > 0)
			return true;
	return any[0] == NULL || refuse_required_any(d->policy, any, d->why);
}

/* remove_all needs to say no more; every other command does. */
static bool
check_command(struct decision *d)
{
	enum action action = d->policy->action;
	const char *name = action == ACTION_TAGS ? "tag" : "context";

	if ((action != ACTION_TAGS && action != ACTION_CONTEXT) ||
	    span_is(grant_value(d->out, "command"), "remove_all"))
		return true;
	return grant_value(d->out, name).n > 0 ||
	       refuse_required(d->policy, name, d->why);
}

bool
decide_required(struct decision *d)
{
	const char *name;

	for (size_t i = 0;; i++) {
		name = action_required(d->policy->action, i);
		if (name == NULL)
			break;
		if (grant_value(d->out, name).n == 0)
			return refuse_required(d->policy, name, d->why);
	}
	return check_any(d) && check_command(d);
}
