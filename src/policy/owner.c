#include "policy/owner.h"

const char *const owner_folders[] = { "asset_folder", "folder",
	"public_id_prefix" };

const size_t owner_folders_count =
    sizeof(owner_folders) / sizeof(owner_folders[0]);

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
owner_serves(const struct policy *policy, enum action action)
{
	const struct action_row *row = &actions[action];
	bool any = row->any[0] == NULL;

	if (actions[policy->action].kind != KIND_API || row->kind != KIND_API)
		return action == policy->action;
	for (size_t i = 0; row->all[i] != NULL; i++)
		if (!owner_may_hold(policy, row->all[i]))
			return false;
	for (size_t i = 0; row->any[i] != NULL; i++)
		any = any || owner_may_hold(policy, row->any[i]);
	return any;
}

bool
owner_names_assets(const struct policy *policy, const char *name)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		if ((owner_serves(policy, (enum action)i) ||
			policy->action == (enum action)i) &&
		    action_lists(actions[i].assets, name))
			return true;
	return false;
}

static void
check_id(struct loader *l, const struct owner_id *one, void *with)
{
	const char *what = " need not be the user's own";
	unsigned char mem[DETAIL_MAX];
	struct sink id;

	(void)with;
	if (one->id != NULL)
		return;
	if (one->term->type == TERM_FOLDER)
		what = " would carry public_id into a folder that need not be "
		       "the user's own";
	else if (actions[one->policy->action].kind == KIND_API &&
		 one->term->type == TERM_ID && one->folder == NULL &&
		 owner_serves(one->policy, ACTION_DESTROY))
		what = " need not be the user's own, and the signature would "
		       "also destroy it";
	sink_init(&id, mem, sizeof(mem));
	owner_say_id(one, &id);
	owner_say(l, SAY_ERROR, one->line,
	    "%v%s: %v (or any_owner = true, for moderators)", sink_view(&id),
	    what, one->missing);
}

bool
owner_is_set_to(
    const struct policy *policy, const char *name, const char *value)
{
	const struct setting *set =
	    policy_setting(policy, term_find(span_of(name)));

	return set != NULL && span_is(set->values[0].source, value);
}

/*
 * Without an id that the policy fixes, Cloudinary makes a random one; or one
 * out of the file's name, which no signature covers.
 */
static void
check_upload(struct loader *l, const struct policy *policy)
{
	const struct term *id = term_find(SPAN_LIT("public_id"));

	if (policy_setting(policy, id) != NULL)
		return;
	if (!policy->reusable)
		owner_say(l, SAY_ERROR, policy->line,
		    "without public_id in set, one signature is good for any "
		    "number of uploads until it expires: set public_id = "
		    "\"users/{user}/{random}\", or say reusable = true");
	if (owner_is_set_to(policy, "use_filename", "true") &&
	    owner_is_set_to(policy, "unique_filename", "false") &&
	    !owner_is_set_to(policy, "overwrite", "false") &&
	    !policy->any_owner)
		owner_say(l, SAY_ERROR, policy->line,
		    "the file's name makes the id, and nobody signs that: it "
		    "would replace whatever has this id; set overwrite = "
		    "false");
}

/*
 * What Cloudinary may put before an id. Each is looked at by itself, and so
 * there is one at most: nobody says which of two comes first.
 */
static void
check_folders(struct loader *l, const struct policy *policy)
{
	const struct term *first = NULL;

	for (size_t i = 0; i < owner_folders_count; i++) {
		const struct term *term = term_find(span_of(owner_folders[i]));
		const struct allowance *allow = policy_allowance(policy, term);
		const struct setting *set = policy_setting(policy, term);

		if ((set == NULL && allow == NULL) ||
		    (!policy->anonymous && !owner_carries(policy, term)))
			continue;
		if (first != NULL)
			owner_say(l, SAY_ERROR,
			    set == NULL ? allow->line : set->line,
			    "%s beside %s: either may come before public_id, "
			    "so that nobody could say whose the id is; leave "
			    "one out",
			    term->name, first->name);
		first = term;
	}
}

static void
check_policy(
    struct loader *l, const struct policy *policy, struct tag_form *form)
{
	owner_tags(l, policy, form);
	if (!policy->any_owner)
		check_folders(l, policy);
	if (policy->anonymous) {
		owner_anonymous(l, policy);
		return;
	}
	if (!policy->any_owner)
		owner_each_id(l, policy, check_id, NULL);
	if (policy->action == ACTION_UPLOAD)
		check_upload(l, policy);
}

void
owner_check_sound(struct loader *l)
{
	struct tag_form form = { NULL, NULL };

	for (size_t i = 0; i < l->config->n_policies; i++)
		if (l->sound[i] && !l->config->policies[i].webhook)
			check_policy(l, &l->config->policies[i], &form);
}

void
owner_check(struct loader *l)
{
	const struct config *config = l->config;
	struct tag_form form = { NULL, NULL };

	for (size_t i = 0; i < config->n_policies; i++)
		if (!config->policies[i].webhook)
			check_policy(l, &config->policies[i], &form);
	owner_apart(l);
	owner_warn(l);
}
