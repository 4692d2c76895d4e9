#include <stdlib.h>

#include "base/text.h"
#include "policy/conf.h"
#include "policy/owner.h"

static const struct {
	const char *name;
	unsigned seconds;
} windows[] = {
	{ "minute", 60 },
	{ "hour", 3600 },
	{ "day", 86400 },
};

static void
limit_say(const struct limit *limit, struct sink *out)
{
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (windows[i].seconds == limit->seconds)
			sink_say(out, "%d/%s", (long long)limit->count,
			    windows[i].name);
}

/* 0 for any other name. */
static unsigned
window_seconds(struct span name)
{
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (span_is(name, windows[i].name))
			return windows[i].seconds;
	return 0;
}

/* "20/hour": 1 to 1000000 per minute, hour or day. And back again. */
/*
 * limit  = count "/" window
 * count  = 1 to LIMIT_COUNT_MAX in decimal digits, without leading zeros
 * window = "minute" / "hour" / "day"
 */
static bool
limit_parse(struct span text, struct limit *out)
{
	struct span_cut cut = span_cut(text, '/');
	unsigned seconds = window_seconds(cut.tail);
	long long count;

	*out = (struct limit){ 0, 0 };
	if (!cut.found || seconds == 0 || !span_digits(cut.head, &count))
		return false;
	if (count < 1 || count > LIMIT_COUNT_MAX)
		return false;
	*out = (struct limit){ (unsigned)count, seconds };
	return true;
}

/* Can a session's user ever have this name? */
static bool
check_user(struct loader *l, const config_setting_t *at, const char *name,
    struct span user)
{
	if (user.n > 0 && user.n <= USER_MAX && !text_has_control(user))
		return true;
	conf_error(l, at,
	    "%s: %q is no user's name, which has 1 to %d bytes and no control "
	    "character",
	    name, user, (long long)USER_MAX);
	return false;
}

static int
by_bytes(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static void
read_users(struct loader *l, const config_setting_t *group, const char *name,
    struct names *out)
{
	const config_setting_t *at = conf_member(group, name);
	struct span *users;
	size_t n;

	if (!conf_strings(l, group, name, POLICY_NAMES_MAX, &users, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if (!check_user(l, at, name, users[i]))
			return;
	if (n > 0)
		qsort(users, n, sizeof(users[0]), by_bytes);
	for (size_t i = 1; i < n; i++)
		if (span_eq(users[i - 1], users[i]))
			conf_error(l, at, "%s has %q twice", name, users[i]);
	*out = (struct names){ true, n, users };
}

static void
read_addresses(
    struct loader *l, const config_setting_t *group, struct policy *out)
{
	struct address_range *ranges;
	struct span *texts;
	size_t n;

	if (!conf_strings(l, group, "addresses", POLICY_NAMES_MAX, &texts, &n))
		return;
	ranges = arena_array(&l->arena, n, sizeof(*ranges));
	if (ranges == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		if (!address_range_parse(texts[i], &ranges[i]))
			conf_error(l, conf_member(group, "addresses"),
			    "addresses: %q is none: write \"192.0.2.7\", "
			    "\"192.0.2.0/24\" or \"2001:db8::/32\", with "
			    "nothing set behind the network's bits",
			    texts[i]);
	out->has_addresses = true;
	out->n_addresses = n;
	out->addresses = ranges;
}

static void
read_origins(
    struct loader *l, const config_setting_t *group, struct policy *out)
{
	const config_setting_t *at = conf_member(group, "origins");
	struct span *origins;
	size_t n;

	if (!conf_strings(l, group, "origins", ORIGINS_MAX, &origins, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		struct span listed =
		    origin_listed(&l->config->origins, origins[i]);

		if (listed.n > 0) {
			origins[i] = listed;
			continue;
		}
		conf_error(l, at,
		    "origins: %q may not ask at all yet: add it to the file's "
		    "own origins = [ ... ] as well",
		    origins[i]);
	}
	out->has_origins = true;
	out->origins = (struct origins){ n, origins };
}

/* Who may use it: users, deny_users, require, addresses, origins. */
static void
conf_who(struct loader *l, const config_setting_t *group, struct policy *out)
{
	read_users(l, group, "users", &out->users);
	read_users(l, group, "deny_users", &out->deny_users);
	conf_require(l, group, &out->require, &out->n_require);
	read_addresses(l, group, out);
	read_origins(l, group, out);
}

static bool
window_twice(const struct limit *limits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (limits[i].seconds == limits[n].seconds)
			return true;
	return false;
}

static void
take_limit(struct loader *l, const config_setting_t *at, const char *name,
    struct span text, struct limit *limits, size_t i)
{
	if (!limit_parse(text, &limits[i]))
		conf_error(l, at,
		    "%s = %q is none: write \"20/hour\", with 1 to %d for each "
		    "minute, hour or day",
		    name, text, (long long)LIMIT_COUNT_MAX);
	else if (window_twice(limits, i))
		conf_error(
		    l, at, "%s has two counts for one window: %q", name, text);
}

/* One of a list has a line of its own. */
static const config_setting_t *
element(const config_setting_t *at, size_t i)
{
	return config_setting_type(at) == CONFIG_TYPE_STRING
		   ? at
		   : config_setting_get_elem(at, (unsigned)i);
}

/* A bare number would be asked for as a list of strings, and of what? */
static bool
is_number(const config_setting_t *at)
{
	return at != NULL && config_setting_is_number(at);
}

static size_t
read_limits(struct loader *l, const config_setting_t *group, const char *name,
    const struct limit **out)
{
	const config_setting_t *at = conf_member(group, name);
	struct limit *limits;
	struct span *texts;
	size_t n;

	if (is_number(at)) {
		conf_error(l, at,
		    "%s is a bare number: say of which window, as in "
		    "\"20/hour\"",
		    name);
		return 0;
	}
	if (!conf_strings(l, group, name, POLICY_LIMITS_MAX, &texts, &n))
		return 0;
	limits = arena_array(&l->arena, n, sizeof(*limits));
	if (limits == NULL)
		return 0;
	if (n == 0)
		conf_error(l, at,
		    "%s is empty: write \"20/hour\", or leave it out where "
		    "none is needed",
		    name);
	for (size_t i = 0; i < n; i++)
		take_limit(l, element(at, i), name, texts[i], limits, i);
	*out = limits;
	return n;
}

/* Each signature is also an upload, so that a quota of uploads needs both. */
static void
check_needed(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	if (conf_member(group, "limit") != NULL ||
	    policy->action == ACTION_NONE)
		return;
	if (policy->anonymous && !policy->webhook)
		conf_error(l, group,
		    "anonymous = true needs a limit, which counts by address: "
		    "write limit = \"5/hour\"");
	else if (policy->action != ACTION_UPLOAD &&
		 actions[policy->action].kind == KIND_API)
		conf_error(l, group,
		    "%s needs a limit, since each of its signatures is also "
		    "an upload: write limit = \"60/hour\"",
		    action_name(policy->action));
}

/* Would all together have used up theirs before one could? */
static bool
is_less(const struct limit *total, const struct limit *limit)
{
	return total->count < limit->count && total->seconds >= limit->seconds;
}

static void
warn_less(struct loader *l, const config_setting_t *at,
    const struct limit *total, const struct limit *limit)
{
	unsigned char all_mem[32], one_mem[32];
	struct sink all, one;

	sink_init(&all, all_mem, sizeof(all_mem));
	sink_init(&one, one_mem, sizeof(one_mem));
	limit_say(total, &all);
	limit_say(limit, &one);
	conf_warn(l, at,
	    "limit_total = %q for all together is less than limit = %q for "
	    "each one, which nobody can reach",
	    sink_view(&all), sink_view(&one));
}

static void
warn(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	const config_setting_t *at = conf_member(group, "limit_total");

	if (policy->anonymous && !policy->webhook && at == NULL)
		conf_warn(l, group,
		    "the policy %q is open to everybody, and whoever has many "
		    "addresses has its limit as many times: limit_total = "
		    "\"500/day\" bounds all of them together",
		    policy->name);
	for (size_t i = 0; i < policy->n_totals; i++)
		for (size_t k = 0; k < policy->n_limits; k++)
			if (is_less(&policy->totals[i], &policy->limits[k]))
				warn_less(l, at, &policy->totals[i],
				    &policy->limits[k]);
}

/*
 * limit and limit_total, and whether the policy, whose action and anonymous
 * are there already, may do without.
 */
static void
conf_limits(struct loader *l, const config_setting_t *group, struct policy *out)
{
	unsigned before = l->report->errors;

	out->n_limits = read_limits(l, group, "limit", &out->limits);
	out->n_totals = read_limits(l, group, "limit_total", &out->totals);
	if (out->n_limits + out->n_totals > 0)
		l->config->counts = true;
	check_needed(l, group, out);
	if (l->report->errors == before)
		warn(l, group, out);
}

static const config_setting_t *
member_of(const config_setting_t *group, const char *part, const char *name)
{
	const config_setting_t *at = conf_member(group, part);

	return at == NULL ? NULL : conf_member(at, name);
}

/* verify without public_id: what it verifies are webhooks. */
static bool
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
	conf_apart(l, group, none, sizeof(none) / sizeof(none[0]),
	    "%s has no meaning for webhooks, which come without a session: "
	    "leave it out");
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

/*
 * What this kind of action needs, and cookie_domain. All else of the policy is
 * there already.
 */
static void
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
		conf_error_at(l, line,
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

	conf_apart(l, group, who, sizeof(who) / sizeof(who[0]),
	    "%s asks who somebody is, and anonymous = true asks for no "
	    "session: leave one of them out");
	if (policy->any_owner)
		conf_error(l, conf_member(group, "any_owner"),
		    "any_owner is for moderators, and anonymous = true is for "
		    "everybody: leave one of them out");
	if (policy->reusable)
		conf_error(l, conf_member(group, "reusable"),
		    "reusable = true would let everybody upload any number of "
		    "files: leave it out beside anonymous = true");
}

/*
 * What can't stand beside anonymous = true, or in a policy that asks for no
 * session. All else of the policy is there already.
 */
static void
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

#define UPLOAD_SECONDS 3600
#define OTHER_SECONDS 120

/* "upload, destroy" */
static void
say_actions(struct sink *out)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		sink_say(out, "%s%s", i == ACTION_UPLOAD ? "" : ", ",
		    action_name((enum action)i));
}

static void
wrong_action(struct loader *l, const config_setting_t *at, struct span action)
{
	const char *names[ACTION_COUNT - 1];
	unsigned char mem[DETAIL_MAX];
	const char *near;
	struct sink there;

	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		names[i - 1] = action_name((enum action)i);
	near = text_nearest(action, names, ACTION_COUNT - 1);
	if (near != NULL) {
		conf_error(l, at,
		    "action = %q is unknown: did you mean \"%s\"?", action,
		    near);
		return;
	}
	sink_init(&there, mem, sizeof(mem));
	say_actions(&there);
	conf_error(l, at, "action = %q is unknown; what there is: %v", action,
	    sink_view(&there));
}

static void
read_action(struct loader *l, const config_setting_t *group, struct policy *out)
{
	struct span action;

	if (!conf_string(l, group, "action", true, &action))
		return;
	out->action = action_find(action);
	if (out->action == ACTION_NONE)
		wrong_action(l, conf_member(group, "action"), action);
}

/* "\"main\", \"other\"" */
static void
say_clouds(const struct config *config, struct sink *out)
{
	for (size_t i = 0; i < config->n_clouds; i++)
		sink_say(
		    out, "%s%q", i == 0 ? "" : ", ", config->clouds[i].label);
}

static void
wrong_cloud(struct loader *l, const config_setting_t *at)
{
	unsigned char mem[DETAIL_MAX];
	struct sink there;

	if (l->config->clouds[0].label.n == 0) {
		conf_error(l, at,
		    "cloud says which of several accounts in clouds = { ... }; "
		    "there is only cloudinary = { ... }: leave cloud out");
		return;
	}
	sink_init(&there, mem, sizeof(mem));
	say_clouds(l->config, &there);
	conf_error(l, at, "cloud must say which account: one of %v",
	    (struct span){ mem, there.n });
}

/* With one account there is nothing to say. */
static void
read_cloud(struct loader *l, const config_setting_t *group, struct policy *out)
{
	const config_setting_t *at = conf_member(group, "cloud");
	const struct config *config = l->config;
	struct span label;

	if (config->n_clouds == 0)
		return; /* said where the accounts are read */
	if (at == NULL && config->n_clouds == 1) {
		out->cloud = &config->clouds[0];
		return;
	}
	if (at == NULL)
		wrong_cloud(l, group);
	if (!conf_string(l, group, "cloud", false, &label))
		return;
	for (size_t i = 0; i < config->n_clouds; i++)
		if (label.n > 0 && span_eq(config->clouds[i].label, label))
			out->cloud = &config->clouds[i];
	if (out->cloud == NULL)
		wrong_cloud(l, at);
}

static void
check_flags(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	const config_setting_t *reusable = conf_member(group, "reusable");
	const config_setting_t *tags = conf_member(group, "shared_tags");

	if (reusable != NULL && policy->action != ACTION_UPLOAD)
		conf_error(l, reusable,
		    "reusable belongs to action = \"upload\" only");
	if (tags != NULL &&
	    !term_taken(term_find(SPAN_LIT("tags")), policy->action))
		conf_error(l, tags,
		    "shared_tags belongs to actions that take tags: upload, "
		    "explicit and archive");
}

static void
read_flags(struct loader *l, const config_setting_t *group, struct policy *out)
{
	conf_bool(l, group, "reusable", &out->reusable);
	conf_bool(l, group, "any_owner", &out->any_owner);
	conf_bool(l, group, "shared_tags", &out->shared_tags);
	conf_bool(l, group, "anonymous", &out->anonymous);
	if (out->action != ACTION_NONE)
		check_flags(l, group, out);
	out->webhook = conf_is_webhook(group, out->action);
	if (out->webhook)
		out->anonymous = l->config->has_webhook = true;
	if (out->any_owner && !out->anonymous &&
	    conf_member(group, "users") == NULL &&
	    conf_member(group, "require") == NULL)
		conf_error(l, conf_member(group, "any_owner"),
		    "any_owner lets every user act on everybody's assets: it "
		    "needs users = [ ... ] or require = ( ... ) beside it");
}

/* "a, b or c", which end with NULL: is one of them named? */
static void
check_any(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	const char *const *any = actions[policy->action].any;
	unsigned char mem[DETAIL_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	for (size_t i = 0; any[i] != NULL; i++) {
		if (owner_may_hold(policy, any[i]))
			return;
		sink_say(&out, "%s%s",
		    i == 0               ? ""
		    : any[i + 1] == NULL ? " or "
					 : ", ",
		    any[i]);
	}
	if (any[0] != NULL)
		conf_error(l, group, "%s needs %v: name it in set or in allow",
		    action_name(policy->action), sink_view(&out));
}

/* Without what its action needs, no request could ever be right. */
static void
check_required(struct loader *l, const config_setting_t *group,
    const struct policy *policy)
{
	const char *name;

	if (policy->webhook)
		return; /* its own needs: see conf_kind() */
	for (size_t i = 0;; i++) {
		name = action_required(policy->action, i);
		if (name == NULL)
			break;
		if (!owner_may_hold(policy, name))
			conf_error(l, group,
			    "%s needs %s: name it in set or in allow",
			    action_name(policy->action), name);
	}
	check_any(l, group, policy);
}

static void
read_parameters(
    struct loader *l, const config_setting_t *group, struct policy *out)
{
	unsigned before = l->report->errors;

	conf_set(l, group, out);
	conf_allow(l, group, out);
	if (l->report->errors == before)
		check_required(l, group, out);
}

static void
read_policy(struct loader *l, const config_setting_t *group, struct policy *out)
{
	unsigned before = l->report->errors;

	conf_members(l, group, SECTION_POLICY);
	read_action(l, group, out);
	read_cloud(l, group, out);
	conf_who(l, group, out);
	out->lifetime =
	    out->action == ACTION_UPLOAD ? UPLOAD_SECONDS : OTHER_SECONDS;
	if (actions[out->action].kind != KIND_API)
		out->lifetime = 0; /* they have none */
	else
		conf_int(l, group, "lifetime", LIFETIME_MIN_SECONDS,
		    LIFETIME_MAX_SECONDS, &out->lifetime);
	read_flags(l, group, out);
	conf_limits(l, group, out);
	if (out->action != ACTION_NONE)
		read_parameters(l, group, out);
	if (l->report->errors == before)
		conf_kind(l, group, out);
	if (out->anonymous)
		conf_anonymous(l, group, out);
}

static void
read_named(struct loader *l, const config_setting_t *at, struct policy *out)
{
	struct span name = span_of(config_setting_name(at));

	out->name = arena_copy(&l->arena, name);
	out->line = (int)config_setting_source_line(at);
	if (!text_segment(name))
		conf_error(l, at,
		    "the policy's name %q must be 1 to %d of the characters "
		    "A-Z a-z 0-9 _ -",
		    name, (long long)SEGMENT_MAX);
	if (config_setting_type(at) != CONFIG_TYPE_GROUP)
		conf_error(l, at,
		    "the policy %q must be a group: %v = { action = "
		    "\"upload\"; ... };",
		    name, name);
	else
		read_policy(l, at, out);
}

/* Paths of URLs hold the cloud's name. */
static bool
has_cloud(const struct policy *policy)
{
	return policy->cloud != NULL && text_segment(policy->cloud->cloud_name);
}

void
conf_policies(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *group = conf_group(l, root, "policies", true);
	struct policy *policies;
	size_t n;

	if (group == NULL)
		return;
	n = (size_t)config_setting_length(group);
	if (n == 0 || n > POLICIES_MAX) {
		conf_error(l, group, "policies must hold 1 to %d policies",
		    (long long)POLICIES_MAX);
		return;
	}
	policies = arena_array(&l->arena, n, sizeof(*policies));
	if (policies == NULL)
		return;
	l->config->policies = policies;
	l->config->n_policies = n;
	for (unsigned i = 0; i < n; i++) {
		unsigned before = l->report->errors;

		read_named(l, config_setting_get_elem(group, i), &policies[i]);
		l->sound[i] = l->report->errors == before &&
			      (actions[policies[i].action].kind == KIND_API ||
				  has_cloud(&policies[i]));
	}
}
