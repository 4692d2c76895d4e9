#include "policy/conf_policy.h"
#include "policy/owner.h"

/* Do these speak of who is asking? */
static bool
names_user(const struct text_template *t)
{
	return template_has(t, PIECE_USER) ||
	       template_has(t, PIECE_USER_HASH) || template_has(t, PIECE_CLAIM);
}

static void
check_text(struct loader *l, const char *name, int line,
    const struct text_template *text)
{
	if (names_user(text))
		owner_say(l, SAY_ERROR, line,
		    "%s = %q: an anonymous policy asks for no session, so that "
		    "neither {user}, {user_hash} nor {claim.NAME} can stand in "
		    "it",
		    name, text->source);
}

static void
check_pattern(
    struct loader *l, const char *name, int line, const struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->n; i++)
		if (pattern->segments[i].kind == SEGMENT_TEXT)
			check_text(l, name, line, &pattern->segments[i].text);
}

/* Of one parameter, or of one key of a group. */
static void
check_rule(
    struct loader *l, const char *name, int line, const struct rule *rule)
{
	for (size_t i = 0; i < rule->n && rule->kind == RULE_VALUES; i++)
		check_text(l, name, line, &rule->values[i]);
	for (size_t i = 0; i < rule->n && rule->kind == RULE_PATTERNS; i++)
		check_pattern(l, name, line, &rule->patterns[i]);
}

static void
check_allowance(struct loader *l, const struct allowance *allow)
{
	const struct rule *rule = &allow->rule;

	check_rule(l, allow->term->name, allow->line, rule);
	for (size_t i = 0; i < rule->n && rule->kind == RULE_GROUP; i++)
		check_rule(
		    l, allow->term->name, allow->line, &rule->group[i].rule);
}

/* What asks who somebody is, or lets a signature do more than one upload. */
static void
check_members(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	static const char *const who[] = { "users", "deny_users", "require" };

	for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++)
		if (conf_member(group, who[i]) != NULL)
			conf_error(l, conf_member(group, who[i]),
			    "%s asks who somebody is, and anonymous = true "
			    "asks for no session: leave one of them out",
			    who[i]);
	if (policy->any_owner)
		conf_error(l, conf_member(group, "any_owner"),
		    "any_owner is for moderators, and anonymous = true is for "
		    "everybody: leave one of them out");
	if (policy->reusable)
		conf_error(l, conf_member(group, "reusable"),
		    "reusable = true would let everybody upload any number of "
		    "files: leave it out beside anonymous = true");
}

void
conf_anonymous(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	if (policy->webhook)
		return; /* it has nothing that could name anybody */
	if (policy->action != ACTION_NONE && policy->action != ACTION_UPLOAD)
		conf_error(l, conf_member(group, "anonymous"),
		    "anonymous = true belongs to action = \"upload\" only: "
		    "nothing else would be for somebody's own");
	check_members(l, group, policy);
	for (size_t i = 0; i < policy->n_set; i++)
		for (size_t k = 0; k < policy->set[i].n; k++)
			check_text(l, policy->set[i].term->name,
			    policy->set[i].line, &policy->set[i].values[k]);
	for (size_t i = 0; i < policy->n_allow; i++)
		check_allowance(l, &policy->allow[i]);
}
