#include "cli/advice.h"

#include <stdarg.h>

#include "base/text.h"
#include "http/camel.h"
#include "policy/decide.h"
#include "policy/owner.h"

struct advice {
	struct report *report;
	const struct config *config;
};

static void
say(const struct advice *a, enum severity severity, int line,
    const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(a->report, severity, (const char *)a->config->path.p, line,
	    format, &values);
	va_end(values);
}

/* Nothing stops one user, or one stolen cookie, from filling the account. */
static void
warn_limit(const struct advice *a, const struct policy *policy)
{
	if (policy->action == ACTION_UPLOAD &&
	    policy->n_limits + policy->n_totals == 0)
		say(a, SAY_WARNING, policy->line,
		    "the policy %q has no limit, so that one user can fill the "
		    "account: write limit = [ \"20/hour\", \"100/day\" ]",
		    policy->name);
}

/* A page sends at once what it got; only a final contract asks for more. */
static void
note_lifetime(const struct advice *a, const struct policy *policy)
{
	if (policy->action != ACTION_UPLOAD &&
	    actions[policy->action].kind == KIND_API &&
	    policy->lifetime == LIFETIME_MAX_SECONDS)
		say(a, SAY_NOTE, policy->line,
		    "a signature of the policy %q can be used again for %d "
		    "seconds by whoever gets hold of it: without lifetime it "
		    "is good for %d, which is enough for a page that sends it "
		    "at once",
		    policy->name, policy->lifetime,
		    (long long)LIFETIME_MIN_SECONDS);
}

/* Behind a proxy each request has the proxy's address. */
static void
note_address(const struct advice *a, const struct policy *policy)
{
	if (policy->has_addresses || (policy->anonymous && !policy->webhook))
		say(a, SAY_NOTE, policy->line,
		    "the policy %q goes by REMOTE_ADDR: behind a proxy that is "
		    "the proxy's address, of everybody, unless the web server "
		    "is told the client's (mod_remoteip, realip, "
		    "mod_extforward)",
		    policy->name);
}

/* A client's value never holds one; the server's own may need it. */
static void
warn_ampersand(const struct advice *a, const struct setting *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (text_has_ampersand(set->values[i].source))
			say(a, SAY_WARNING, set->line,
			    "%s = %q holds & or %%26, which are the same to "
			    "Cloudinary's signature, so that a client may send "
			    "it either of them: let nothing hang on that",
			    set->term->name, set->values[i].source);
}

static void
advise_alone(const struct advice *a, const struct policy *policy)
{
	warn_limit(a, policy);
	note_lifetime(a, policy);
	note_address(a, policy);
	for (size_t i = 0; i < policy->n_set; i++)
		warn_ampersand(a, &policy->set[i]);
}

/* "a, b" of the names that a client itself must send. */
static void
add_names(const struct policy *policy, bool (*named)(const struct setting *),
    struct sink *out)
{
	for (size_t i = 0; i < policy->n_set; i++)
		if (named(&policy->set[i]))
			sink_say(out, "%s%s", out->n == 0 ? "" : ", ",
			    policy->set[i].term->name);
}

static bool
is_signed(const struct setting *set)
{
	return term_signed(set->term);
}

/* The widget sends source = uw itself, and takes the rest from the answer. */
static bool
is_strange(const struct setting *set)
{
	struct span name = span_of(set->term->name);

	return term_signed(set->term) && camel_of(name) == NULL &&
	       !(span_is(name, "source") &&
		   span_is(set->values[0].source, "uw"));
}

static void
note_final(const struct advice *a, const struct policy *policy)
{
	unsigned char mem[2 * DETAIL_MAX]; /* all names of one action */
	const char *why = policy_final_obstacle(policy);
	struct sink set;

	if (why != NULL) {
		say(a, SAY_NOTE, policy->line,
		    "the policy %q serves the plain contract, and not "
		    "paramsToSign: %s",
		    policy->name, why);
		return;
	}
	sink_init(&set, mem, sizeof(mem));
	add_names(policy, is_signed, &set);
	say(a, SAY_NOTE, policy->line,
	    "the policy %q serves the plain contract, and paramsToSign%s%v%s",
	    policy->name, set.n == 0 ? "" : " for a client that itself sends ",
	    sink_view(&set),
	    policy->action != ACTION_UPLOAD || owner_may_hold(policy, "source")
		? ""
		: "; not for the Upload Widget, which also sends source = "
		  "\"uw\": set or allow it");
}

bool
advice_prepare(const struct policy *policy)
{
	if (policy->action != ACTION_UPLOAD)
		return false;
	for (size_t i = 0; i < policy->n_set; i++)
		if (is_strange(&policy->set[i]))
			return false;
	return true;
}

static void
note_prepare(const struct advice *a, const struct policy *policy)
{
	unsigned char mem[2 * DETAIL_MAX];
	struct sink strange;

	sink_init(&strange, mem, sizeof(mem));
	add_names(policy, is_strange, &strange);
	if (strange.n == 0)
		say(a, SAY_NOTE, policy->line,
		    "the policy %q serves prepareUploadParams", policy->name);
	else
		say(a, SAY_NOTE, policy->line,
		    "the policy %q does not serve prepareUploadParams: the "
		    "Upload Widget takes no %v from an answer; put that into "
		    "a signed preset, and set upload_preset",
		    policy->name, sink_view(&strange));
}

static void
note_contracts(const struct advice *a, const struct policy *policy)
{
	note_final(a, policy);
	if (policy->action == ACTION_UPLOAD)
		note_prepare(a, policy);
}

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
warn_around(const struct advice *a, const struct policy *policy)
{
	unsigned char set_mem[DETAIL_MAX], by_mem[DETAIL_MAX];
	struct sink set, by;
	size_t n = 0;

	sink_init(&set, set_mem, sizeof(set_mem));
	sink_init(&by, by_mem, sizeof(by_mem));
	for (size_t i = 0; i < GUARDS; i++)
		if (setting_of(policy, guards[i]) != NULL)
			add_name(&set, span_of(guards[i]));
	for (size_t i = 0; i < a->config->n_policies; i++) {
		const struct policy *other = &a->config->policies[i];

		if (goes_around(policy, other) && ++n <= NAMED_MAX)
			add_name(&by, other->name);
	}
	if (n > NAMED_MAX)
		sink_say(&by, " and %d more", (long long)(n - NAMED_MAX));
	if (n > 0)
		say(a, SAY_WARNING, policy->line,
		    "the policy %q sets %v, but every signature is also an "
		    "upload, so that whoever may use %v as well can go around "
		    "it",
		    policy->name, sink_view(&set), sink_view(&by));
}

/*
 * Of a `tag` that others' assets may have, too: multi and sprite, which no
 * policy is for, ask for nothing else.
 */
static void
warn_tag(const struct advice *a, const struct policy *policy)
{
	if (policy->any_owner || !owner_may_hold(policy, "tag"))
		return;
	if (!owner_tag_is_own(policy))
		say(a, SAY_WARNING, policy->line,
		    "a signature of the policy %q also serves as multi and "
		    "sprite, which show every image that has its tag, "
		    "whoever's it is: write tag = [ \"user_{user}\" ], or keep "
		    "no secret in images that have tags",
		    policy->name);
}

static void
warn_upload(const struct advice *a, const struct policy *policy)
{
	if (setting_of(policy, "allowed_formats") == NULL &&
	    setting_of(policy, "upload_preset") == NULL)
		say(a, SAY_WARNING, policy->line,
		    "the policy %q takes files of any kind: set "
		    "allowed_formats = \"jpg,png\", or an upload_preset",
		    policy->name);
	if (setting_of(policy, "public_id") == NULL)
		say(a, SAY_NOTE, policy->line,
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
warn_folders(const struct advice *a, const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_allow && !policy->any_owner; i++) {
		const struct allowance *allow = &policy->allow[i];
		const struct rule *rule = &allow->rule;

		if (allow->term->type != TERM_FOLDER ||
		    rule->kind != RULE_PATTERNS)
			continue;
		for (size_t k = 0; k < rule->n; k++)
			if (is_wild(&rule->patterns[k]))
				say(a, SAY_WARNING, allow->line,
				    "%s = %q: one user can put files into "
				    "another's folder: write "
				    "\"users/{user}/**\", or name each folder "
				    "that all may use",
				    allow->term->name,
				    rule->patterns[k].source);
	}
}

static void
warn_tags(const struct advice *a, const struct policy *policy)
{
	if (policy->shared_tags && owner_may_hold(policy, "tags"))
		say(a, SAY_WARNING, policy->line,
		    "the policy %q has shared_tags: %s can download every "
		    "asset that has one of its tags, whoever's it is",
		    policy->name,
		    policy->anonymous ? "everybody" : "who may use it");
}

static void
note_services(const struct advice *a, const struct policy *policy)
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
		say(a, SAY_NOTE, policy->line,
		    "a signature of the policy %q also serves as %v, for what "
		    "it names%s",
		    policy->name, sink_view(&as),
		    others              ? ""
		    : policy->anonymous ? ", which is new"
					: ", which is the user's own");
}

void
advice_say(struct report *report, const struct config *config)
{
	const struct advice all = { report, config }, *a = &all;

	for (size_t i = 0; i < a->config->n_policies; i++) {
		const struct policy *policy = &a->config->policies[i];

		advise_alone(a, policy);
		if (policy->webhook)
			continue; /* it signs nothing */
		warn_tags(a, policy);
		warn_tag(a, policy);
		if (policy->action == ACTION_UPLOAD) {
			warn_upload(a, policy);
			warn_folders(a, policy);
			warn_around(a, policy);
		}
		note_services(a, policy);
		note_contracts(a, policy);
	}
}
