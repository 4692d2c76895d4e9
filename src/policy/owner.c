#include "policy/owner.h"

const struct service owner_services[] = {
	{ "destroy", { "public_id" }, { NULL } },
	{ "explicit", { "public_id" }, { NULL } },
	{ "download", { "public_id" }, { NULL } },
	{ "rename", { "from_public_id", "to_public_id" }, { NULL } },
	{ "tags", { "public_ids", "command" }, { NULL } },
	{ "context", { "public_ids", "command" }, { NULL } },
	{ "metadata", { "public_ids", "metadata" }, { NULL } },
	{ "archive", { NULL },
	    { "tags", "prefixes", "public_ids",
		"fully_qualified_public_ids" } },
};

const size_t owner_services_count =
    sizeof(owner_services) / sizeof(owner_services[0]);

const char *const owner_folders[] = { "asset_folder", "folder",
	"public_id_prefix" };

const size_t owner_folders_count =
    sizeof(owner_folders) / sizeof(owner_folders[0]);

/* The one form of a user's tag in all of the configuration. */
struct tag_form {
	const struct text_template *tag; /* NULL: none was seen yet */
	const struct policy *policy;
};

void
owner_say(
    struct loader *l, enum severity severity, int line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	conf_say(l->report, severity, l->file, line, format, &values);
	va_end(values);
}

bool
owner_may_hold(const struct policy *policy, const char *name)
{
	const struct term *term = term_find(span_of(name));

	return term != NULL && (policy_setting(policy, term) != NULL ||
				   policy_allowance(policy, term) != NULL);
}

bool
owner_serves(const struct policy *policy, const struct service *service)
{
	bool any = service->any[0] == NULL;

	for (size_t i = 0; i < 2 && service->all[i] != NULL; i++)
		if (!owner_may_hold(policy, service->all[i]))
			return false;
	for (size_t i = 0; i < 4 && service->any[i] != NULL; i++)
		any = any || owner_may_hold(policy, service->any[i]);
	return any;
}

/* Does the name say which assets one of the policy's services acts on? */
static bool
names_assets(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < owner_services_count; i++) {
		const struct service *service = &owner_services[i];

		if (!owner_serves(policy, service))
			continue;
		for (size_t k = 0; k < 2; k++)
			if (span_is(span_of(service->all[k]), name))
				return true;
		for (size_t k = 0; k < 4; k++)
			if (span_is(span_of(service->any[k]), name))
				return true;
	}
	return false;
}

static void
check_id(struct loader *l, const struct policy *policy, int line,
    const struct pattern *id)
{
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (policy->any_owner || policy->anonymous || pattern_owned(id, &why))
		return; /* see owner_anonymous() */
	owner_say(l, SAY_ERROR, line,
	    "public_id = %q need not be the user's own, and the signature "
	    "would also destroy it: %v (or any_owner = true, for moderators)",
	    id->source, sink_view(&why));
}

/* A fixed word, and behind it the user and nothing else. */
static bool
is_tag_form(const struct text_template *tag)
{
	return tag->n == 2 && tag->pieces[0].kind == PIECE_LITERAL &&
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
 * archive takes every asset with any of the tags. Two forms could meet: with
 * "u_{user}" and "u_x_{user}" the user x_bob has a tag of bob's.
 */
static void
check_tag(struct loader *l, const struct policy *policy, int line,
    const struct text_template *tag, struct tag_form *form)
{
	if (!is_tag_form(tag)) {
		owner_say(l, SAY_ERROR, line,
		    "tags = %q: the signature would also download all assets "
		    "that have this tag, whoever's they are; %ssay "
		    "shared_tags = true",
		    tag->source,
		    policy->anonymous ? "" : "write \"user_{user}\", or ");
		return;
	}
	if (form->tag == NULL)
		*form = (struct tag_form){ tag, policy };
	if (!same_form(tag, form->tag))
		owner_say(l, SAY_ERROR, line,
		    "tags = %q, and the policy %q has %q: one user's tag could "
		    "be another's; use one form everywhere, or say "
		    "shared_tags = true",
		    tag->source, form->policy->name, form->tag->source);
}

static void
check_setting(struct loader *l, const struct policy *policy,
    const struct setting *set, struct tag_form *form)
{
	unsigned char mem[DETAIL_MAX];
	struct pattern id;
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (set->term->type == TERM_ID) {
		/* It was compiled before, so it is a pattern. */
		if (pattern_compile(set->values[0].source, policy->name,
			&l->arena, &id, &why))
			check_id(l, policy, set->line, &id);
		return;
	}
	if (policy->shared_tags)
		return;
	for (size_t i = 0; i < set->n; i++)
		check_tag(l, policy, set->line, &set->values[i], form);
}

static void
check_allowance(struct loader *l, const struct policy *policy,
    const struct allowance *allow, struct tag_form *form)
{
	const struct rule *rule = &allow->rule;

	if (allow->term->type == TERM_ID) {
		for (size_t i = 0; i < rule->n; i++)
			check_id(l, policy, allow->line, &rule->patterns[i]);
		return;
	}
	if (policy->shared_tags)
		return;
	if (rule->kind != RULE_VALUES)
		owner_say(l, SAY_ERROR, allow->line,
		    "tags of a client's choice: the signature would also "
		    "download all assets that have such a tag, whoever's they "
		    "are; %ssay shared_tags = true",
		    policy->anonymous
			? ""
			: "write tags = [ \"user_{user}\" ], or ");
	else
		for (size_t i = 0; i < rule->n; i++)
			check_tag(
			    l, policy, allow->line, &rule->values[i], form);
}

static void
check_names(
    struct loader *l, const struct policy *policy, struct tag_form *form)
{
	for (size_t i = 0; i < policy->n_set; i++)
		if (names_assets(policy, policy->set[i].term->name))
			check_setting(l, policy, &policy->set[i], form);
	for (size_t i = 0; i < policy->n_allow; i++)
		if (names_assets(policy, policy->allow[i].term->name))
			check_allowance(l, policy, &policy->allow[i], form);
}

static bool
is_set_to(const struct policy *policy, const char *name, const char *value)
{
	const struct setting *set =
	    policy_setting(policy, term_find(span_of(name)));

	return set != NULL && span_is(set->values[0].source, value);
}

/*
 * Where Cloudinary puts the folder before the id, a folder of the client's
 * choice would carry the id to another user's place.
 */
static void
check_folder(struct loader *l, const struct policy *policy)
{
	const struct allowance *folder =
	    policy_allowance(policy, term_find(SPAN_LIT("folder")));
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	if (folder == NULL || policy->any_owner ||
	    !owner_may_hold(policy, "public_id"))
		return;
	for (size_t i = 0; i < folder->rule.n; i++) {
		sink_init(&why, mem, sizeof(mem));
		if (pattern_owned(&folder->rule.patterns[i], &why))
			continue;
		owner_say(l, SAY_ERROR, folder->line,
		    "folder = %q would carry public_id into a folder that "
		    "need not be the user's own: %v (or any_owner = true, for "
		    "moderators)",
		    folder->rule.patterns[i].source, sink_view(&why));
	}
}

/*
 * Without an id that the policy fixes, Cloudinary makes a random one; or one
 * out of the file's name, which no signature covers.
 */
static void
check_upload(struct loader *l, const struct policy *policy)
{
	const struct term *id = term_find(SPAN_LIT("public_id"));

	check_folder(l, policy);
	if (policy_setting(policy, id) != NULL)
		return;
	if (!policy->reusable)
		owner_say(l, SAY_ERROR, policy->line,
		    "without public_id in set, one signature is good for any "
		    "number of uploads until it expires: set public_id = "
		    "\"users/{user}/{random}\", or say reusable = true");
	if (is_set_to(policy, "use_filename", "true") &&
	    is_set_to(policy, "unique_filename", "false") &&
	    !is_set_to(policy, "overwrite", "false") && !policy->any_owner)
		owner_say(l, SAY_ERROR, policy->line,
		    "the file's name makes the id, and nobody signs that: it "
		    "would replace whatever has this id; set overwrite = "
		    "false");
}

void
owner_check(struct loader *l)
{
	const struct config *config = l->config;
	struct tag_form form = { NULL, NULL };

	for (size_t i = 0; i < config->n_policies; i++) {
		const struct policy *policy = &config->policies[i];

		check_names(l, policy, &form);
		if (policy->anonymous)
			owner_anonymous(l, policy);
		else if (policy->action == ACTION_UPLOAD)
			check_upload(l, policy);
	}
	owner_apart(l);
	owner_warn(l);
}
