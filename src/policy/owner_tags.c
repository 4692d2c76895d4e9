/*
 * Tags reach assets by what they carry: archive takes every one that has any
 * of its tags, and set_exclusive takes its tag away from all but those it
 * names. So a tag must be one that only the user's own assets have.
 */
#include "policy/owner.h"

#define EVERYBODYS                                                             \
	"the signature would also download all assets that have %s, "          \
	"whoever's "                                                           \
	"they are; %ssay shared_tags = true"

/* A fixed word, and behind it the user and nothing else. */
static bool
is_tag_form(const struct text_template *tag)
{
	return tag->n == 2 && tag->pieces[0].kind == PIECE_LITERAL &&
	       !span_has(tag->pieces[0].text, ',') &&
	       (tag->pieces[1].kind == PIECE_USER ||
		   tag->pieces[1].kind == PIECE_USER_HASH);
}

/* {policy} is a literal by now, so that sources can't be compared. */
static bool
same_form(const struct text_template *a, const struct text_template *b)
{
	return a->pieces[1].kind == b->pieces[1].kind &&
	       span_eq(a->pieces[0].text, b->pieces[0].text);
}

/*
 * Two forms could meet: with "u_{user}" and "u_x_{user}" the user x_bob has a
 * tag of bob's.
 */
static void
check_form(struct loader *l, const struct policy *policy, int line,
    const char *name, const struct text_template *tag, struct tag_form *form)
{
	if (form->tag == NULL)
		*form = (struct tag_form){ tag, policy };
	if (!same_form(tag, form->tag))
		owner_say(l, SAY_ERROR, line,
		    "%s = %q, and the policy %q has %q: one user's tag could "
		    "be another's; use one form everywhere, or say %s",
		    name, tag->source, form->policy->name, form->tag->source,
		    owner_may_hold(policy, "tags")
			? "shared_tags = true"
			: "any_owner = true, for moderators");
}

static void
check_tag(struct loader *l, const struct policy *policy, int line,
    const struct text_template *tag, struct tag_form *form)
{
	if (is_tag_form(tag))
		check_form(l, policy, line, "tags", tag, form);
	else
		owner_say(l, SAY_ERROR, line, "tags = %q: " EVERYBODYS,
		    tag->source, "this tag",
		    policy->anonymous ? "" : "write \"user_{user}\", or ");
}

static void
check_tags(struct loader *l, const struct policy *policy, struct tag_form *form)
{
	const struct term *term = term_find(SPAN_LIT("tags"));
	const struct setting *set = policy_setting(policy, term);
	const struct allowance *allow = policy_allowance(policy, term);

	for (size_t i = 0; set != NULL && i < set->n; i++)
		check_tag(l, policy, set->line, &set->values[i], form);
	if (allow == NULL)
		return;
	if (allow->rule.kind != RULE_VALUES)
		owner_say(l, SAY_ERROR, allow->line,
		    "tags of a client's choice: " EVERYBODYS, "such a tag",
		    policy->anonymous
			? ""
			: "write tags = [ \"user_{user}\" ], or ");
	else
		for (size_t i = 0; i < allow->rule.n; i++)
			check_tag(l, policy, allow->line,
			    &allow->rule.values[i], form);
}

/* The commands that touch nothing but what public_ids names. */
static bool
is_narrow(const struct text_template *command)
{
	static const char *const narrow[] = { "add", "remove", "remove_all",
		"replace" };

	for (size_t i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++)
		if (command->n == 1 &&
		    command->pieces[0].kind == PIECE_LITERAL &&
		    span_is(command->pieces[0].text, narrow[i]))
			return true;
	return false;
}

/* The first of `command` that reaches further, and its line. NULL: none. */
static const struct text_template *
wide_command(const struct policy *policy, int *line)
{
	const struct term *term = term_find(SPAN_LIT("command"));
	const struct setting *set = policy_setting(policy, term);
	const struct allowance *allow = policy_allowance(policy, term);

	if (set != NULL && !is_narrow(&set->values[0])) {
		*line = set->line;
		return &set->values[0];
	}
	if (allow == NULL || allow->rule.kind != RULE_VALUES)
		return NULL; /* it takes no other rule */
	for (size_t i = 0; i < allow->rule.n; i++) {
		*line = allow->line;
		if (!is_narrow(&allow->rule.values[i]))
			return &allow->rule.values[i];
	}
	return NULL;
}

/* The values of `tag`; NULL for any of a client's choice. */
static const struct text_template *
tag_values(const struct policy *policy, size_t *n, int *line)
{
	const struct term *term = term_find(SPAN_LIT("tag"));
	const struct setting *set = policy_setting(policy, term);
	const struct allowance *allow = policy_allowance(policy, term);

	*n = set != NULL ? set->n : allow->rule.n;
	*line = set != NULL ? set->line : allow->line;
	if (set != NULL)
		return set->values;
	return allow->rule.kind == RULE_VALUES ? allow->rule.values : NULL;
}

/* Can it be no other than the user's own? tags as of tag_values(). */
static bool
tag_is_own(const struct text_template *tags, size_t n)
{
	for (size_t i = 0; tags != NULL && i < n; i++)
		if (!is_tag_form(&tags[i]))
			return false;
	return tags != NULL;
}

static void
check_command(
    struct loader *l, const struct policy *policy, struct tag_form *form)
{
	const struct text_template *command, *tags;
	bool own;
	int line, at;
	size_t n;

	if (!owner_may_hold(policy, "public_ids") ||
	    !owner_may_hold(policy, "tag"))
		return;
	command = wide_command(policy, &line);
	if (command == NULL)
		return;
	tags = tag_values(policy, &n, &at);
	own = tag_is_own(tags, n);
	if (!own)
		owner_say(l, SAY_ERROR, line,
		    "command = %q would take the tag away from all assets "
		    "that public_ids does not name, whoever's they are: write "
		    "tag = [ \"user_{user}\" ], or another command (add, "
		    "remove, replace, remove_all), or say any_owner = true, "
		    "for moderators",
		    command->source);
	for (size_t i = 0; own && i < n; i++)
		check_form(l, policy, at, "tag", &tags[i], form);
}

void
owner_tags(struct loader *l, const struct policy *policy, struct tag_form *form)
{
	if (!policy->shared_tags && owner_names_assets(policy, "tags"))
		check_tags(l, policy, form);
	if (!policy->any_owner)
		check_command(l, policy, form);
}

void
owner_warn_tag(struct loader *l, const struct policy *policy)
{
	const struct text_template *tags;
	size_t n;
	int line;

	if (policy->any_owner || !owner_may_hold(policy, "tag"))
		return;
	tags = tag_values(policy, &n, &line);
	if (!tag_is_own(tags, n))
		owner_say(l, SAY_WARNING, policy->line,
		    "a signature of the policy %q also serves as multi and "
		    "sprite, which show every image that has its tag, "
		    "whoever's it is: write tag = [ \"user_{user}\" ], or keep "
		    "no secret in images that have tags",
		    policy->name);
}
