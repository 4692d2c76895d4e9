#include "cli/describe.h"
#include "cli/reach.h"

#define HOUR 3600
#define DAY 86400

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
	name_those(config, reach_endless, out);
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
