#include "policy/conf_policy.h"

#include "base/text.h"
#include "policy/owner.h"

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
	static const char *const names[] = { "action", "cloud", "set", "allow",
		"require", "users", "deny_users", "addresses", "origins",
		"lifetime", "limit", "limit_total", "anonymous", "reusable",
		"any_owner", "shared_tags", "cookie_domain" };

	unsigned before = l->report->errors;

	conf_known(l, group, names, sizeof(names) / sizeof(names[0]));
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
