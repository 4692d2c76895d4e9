/*
 * What anybody may upload can belong to nobody: its id is a new one of the
 * server's, each time, and lies where no user's ids do.
 */
#include "policy/owner.h"

static const struct setting *
setting_of(const struct policy *policy, const char *name)
{
	return policy_setting(policy, term_find(span_of(name)));
}

static void
check_id(struct loader *l, const struct policy *policy)
{
	const struct setting *set = setting_of(policy, "public_id");
	unsigned char mem[DETAIL_MAX];
	struct pattern id;
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (set == NULL)
		owner_say(l, SAY_ERROR, policy->line,
		    "the policy %q is anonymous, so that the server must make "
		    "its ids: set public_id = \"inbox/{random}\"",
		    policy->name);
	else if (pattern_compile(set->values[0].source, policy->name, &l->arena,
		     &id, &why) &&
		 !pattern_fresh(&id, &why))
		owner_say(l, SAY_ERROR, set->line,
		    "public_id = %q of an anonymous policy could be an asset "
		    "that is there already: %v",
		    id.source, sink_view(&why));
}

static void
check_overwrite(struct loader *l, const struct policy *policy)
{
	const struct setting *set = setting_of(policy, "overwrite");

	if (set == NULL || !span_is(set->values[0].source, "false"))
		owner_say(l, SAY_ERROR, set == NULL ? policy->line : set->line,
		    "the policy %q is anonymous, and must not replace "
		    "anything: set overwrite = false",
		    policy->name);
}

static void
check_folders(struct loader *l, const struct policy *policy)
{
	for (size_t i = 0; i < owner_folders_count; i++) {
		const struct term *term = term_find(span_of(owner_folders[i]));
		const struct allowance *allow = policy_allowance(policy, term);

		if (allow != NULL)
			owner_say(l, SAY_ERROR, allow->line,
			    "%s can't be a client's choice in an anonymous "
			    "policy: write it in set, or leave it out",
			    term->name);
	}
}

void
owner_anonymous(struct loader *l, const struct policy *policy)
{
	check_id(l, policy);
	check_overwrite(l, policy);
	check_folders(l, policy);
}
