#include "policy/owner.h"

/* What keeps files out or looks at them, where a policy sets it. */
static const char *const guards[] = { "moderation", "allowed_formats",
	"upload_preset" };

#define GUARDS (sizeof(guards) / sizeof(guards[0]))

#define NAMED_MAX 8 /* policies that one warning names */

static const struct setting *
setting_of(const struct policy *policy, const char *name)
{
	return policy_setting(policy, term_find(span_of(name)));
}

/* Appends one more to "a, b". */
static void
add_name(struct sink *out, struct span name)
{
	sink_say(out, "%s%v", out->n == 0 ? "" : ", ", name);
}

static bool
admits(const struct policy *policy, struct span user)
{
	return (!policy->users.present || names_have(&policy->users, user)) &&
	       !names_have(&policy->deny_users, user);
}

/* Does `users` of a name somebody whom both admit? */
static bool
shares_user(const struct policy *a, const struct policy *b)
{
	for (size_t i = 0; i < a->users.n; i++)
		if (!names_have(&a->deny_users, a->users.name[i]) &&
		    admits(b, a->users.name[i]))
			return true;
	return false;
}

/*
 * Can one user reach both? Only lists of users prove that none can: a claim
 * may be a list that fits two rules, and an address changes.
 */
static bool
can_share(const struct policy *a, const struct policy *b)
{
	if (a->users.present && !shares_user(a, b))
		return false;
	return !b->users.present || shares_user(b, a);
}

/* Does b lack a guard that a sets? */
static bool
lacks_guard(const struct policy *a, const struct policy *b)
{
	for (size_t i = 0; i < GUARDS; i++)
		if (setting_of(a, guards[i]) != NULL &&
		    setting_of(b, guards[i]) == NULL)
			return true;
	return false;
}

/* Would an upload with a signature of b, at the same account, pass a guard? */
static bool
goes_around(const struct policy *a, const struct policy *b)
{
	return a != b && actions[b->action].kind == KIND_API &&
	       lacks_guard(a, b) &&
	       span_eq(a->cloud->cloud_name, b->cloud->cloud_name) &&
	       can_share(a, b);
}

static void
warn_around(struct loader *l, const struct policy *policy)
{
	unsigned char set_mem[DETAIL_MAX], by_mem[DETAIL_MAX];
	struct sink set, by;
	size_t n = 0;

	sink_init(&set, set_mem, sizeof(set_mem));
	sink_init(&by, by_mem, sizeof(by_mem));
	for (size_t i = 0; i < GUARDS; i++)
		if (setting_of(policy, guards[i]) != NULL)
			add_name(&set, span_of(guards[i]));
	for (size_t i = 0; i < l->config->n_policies; i++) {
		const struct policy *other = &l->config->policies[i];

		if (goes_around(policy, other) && ++n <= NAMED_MAX)
			add_name(&by, other->name);
	}
	if (n > NAMED_MAX)
		sink_say(&by, " and %d more", (long long)(n - NAMED_MAX));
	if (n > 0)
		owner_say(l, SAY_WARNING, policy->line,
		    "the policy %q sets %v, but every signature is also an "
		    "upload, so that whoever may use %v as well can go around "
		    "it",
		    policy->name, sink_view(&set), sink_view(&by));
}

static void
warn_upload(struct loader *l, const struct policy *policy)
{
	if (setting_of(policy, "allowed_formats") == NULL &&
	    setting_of(policy, "upload_preset") == NULL)
		owner_say(l, SAY_WARNING, policy->line,
		    "the policy %q takes files of any kind: set "
		    "allowed_formats = \"jpg,png\", or an upload_preset",
		    policy->name);
	if (setting_of(policy, "public_id") == NULL)
		owner_say(l, SAY_NOTE, policy->line,
		    "one signature of the policy %q is good for any number of "
		    "uploads, for %d seconds%s",
		    policy->name, policy->lifetime,
		    policy->n_limits + policy->n_totals == 0
			? ""
			: ", so that its limit counts signatures, and not "
			  "files");
}

/* Could the folder be any user's? One that is named is meant for all. */
static bool
is_wild(const struct pattern *folder)
{
	for (size_t i = 0; i < folder->n; i++)
		if (folder->segments[i].kind != SEGMENT_TEXT)
			return !pattern_owned(folder, NULL);
	return false;
}

/*
 * Where a client chooses the folder alone, its files land among another's.
 * (A folder before an id of the client's choice was refused already.)
 */
static void
warn_folders(struct loader *l, const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_allow && !policy->any_owner; i++) {
		const struct allowance *allow = &policy->allow[i];
		const struct rule *rule = &allow->rule;

		if (allow->term->type != TERM_FOLDER ||
		    rule->kind != RULE_PATTERNS)
			continue;
		for (size_t k = 0; k < rule->n; k++)
			if (is_wild(&rule->patterns[k]))
				owner_say(l, SAY_WARNING, allow->line,
				    "%s = %q: one user can put files into "
				    "another's folder: write "
				    "\"users/{user}/**\", or name each folder "
				    "that all may use",
				    allow->term->name,
				    rule->patterns[k].source);
	}
}

static void
warn_tags(struct loader *l, const struct policy *policy)
{
	if (policy->shared_tags && owner_may_hold(policy, "tags"))
		owner_say(l, SAY_WARNING, policy->line,
		    "the policy %q has shared_tags: %s can download every "
		    "asset that has one of its tags, whoever's it is",
		    policy->name,
		    policy->anonymous ? "everybody" : "who may use it");
}

static void
note_services(struct loader *l, const struct policy *policy)
{
	bool others = policy->any_owner || policy->shared_tags;
	unsigned char mem[DETAIL_MAX];
	struct sink as;

	sink_init(&as, mem, sizeof(mem));
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++) {
		enum action action = (enum action)i;

		if (action == policy->action || !owner_serves(policy, action))
			continue;
		add_name(&as, span_of(action_name(action)));
		if (action == ACTION_UPLOAD)
			sink_text(&as, " (of any file)");
	}
	if (as.n > 0)
		owner_say(l, SAY_NOTE, policy->line,
		    "a signature of the policy %q also serves as %v, for what "
		    "it names%s",
		    policy->name, sink_view(&as),
		    others              ? ""
		    : policy->anonymous ? ", which is new"
					: ", which is the user's own");
}

void
owner_warn(struct loader *l)
{
	for (size_t i = 0; i < l->config->n_policies; i++) {
		const struct policy *policy = &l->config->policies[i];

		owner_advice(l, policy);
		if (policy->webhook)
			continue; /* it signs nothing */
		warn_tags(l, policy);
		owner_warn_tag(l, policy);
		if (policy->action == ACTION_UPLOAD) {
			warn_upload(l, policy);
			warn_folders(l, policy);
			warn_around(l, policy);
		}
		note_services(l, policy);
		owner_contracts(l, policy);
	}
}
