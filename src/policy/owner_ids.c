/*
 * Ids stand in many places: alone, in lists, before a "/", behind
 * image/upload/, and in the paths of tokens. In each of them it is the id
 * itself that must be the user's.
 */
#include "policy/acl.h"
#include "policy/id_form.h"
#include "policy/owner.h"

static bool
is_path(const struct term *term)
{
	return term->type == TERM_PATH || term->type == TERM_ACL;
}

bool
owner_is_id(const struct term *term)
{
	return term->type == TERM_ID || term->type == TERM_IDS ||
	       term->type == TERM_PREFIXES || term->type == TERM_FULL_IDS ||
	       is_path(term);
}

/*
 * Where Cloudinary puts a folder before the id, one of the client's choice
 * would carry the id to another user's place.
 */
static bool
is_carrier(const struct policy *policy, const struct term *term)
{
	if (term->type != TERM_FOLDER || !owner_may_hold(policy, "public_id"))
		return false;
	return span_is(span_of(term->name), "folder") ||
	       (span_is(span_of(term->name), "asset_folder") &&
		   owner_is_set_to(
		       policy, "use_asset_folder_as_public_id_prefix", "true"));
}

/* Does what a client sends for it end up in an id? */
static bool
makes_id(const struct policy *policy, const struct term *term)
{
	return owner_is_id(term) || is_carrier(policy, term);
}

size_t
owner_count_ids(const struct config *config)
{
	size_t n = 0;

	for (size_t i = 0; i < config->n_policies; i++) {
		const struct policy *p = &config->policies[i];

		for (size_t k = 0; k < p->n_set; k++)
			if (owner_is_id(p->set[k].term))
				n += p->set[k].n;
		for (size_t k = 0; k < p->n_allow; k++)
			if (makes_id(p, p->allow[k].term))
				n += p->allow[k].rule.n;
	}
	return n;
}

/* Reads the id in one configured value; NULL where it can't be one user's. */
static const struct pattern *
read_id(struct loader *l, const struct owner_id *one, struct sink *why)
{
	struct pattern *id = arena_take(&l->arena, sizeof(*id));
	const struct policy *policy = one->policy;
	struct span text;
	bool right;

	if (id == NULL)
		return NULL; /* no room: said at the end */
	if (is_path(one->term))
		right = acl_owned(one->source, policy->name,
			    policy->cloud->cloud_name, &l->arena, &text, why) &&
			pattern_compile(text, policy->name, &l->arena, id, why);
	else
		right = id_form_compile(
		    one->term, one->source, policy->name, &l->arena, id, why);
	if (!right || !pattern_owned(id, why))
		return NULL;
	id->source = one->source;
	return id;
}

/* compiled: the id's pattern, where there is one already. */
static void
show(struct loader *l, struct owner_id *one, const struct pattern *compiled,
    owner_see *see, void *with)
{
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (compiled == NULL)
		one->id = read_id(l, one, &why);
	else
		one->id = pattern_owned(compiled, &why) ? compiled : NULL;
	one->missing = sink_view(&why);
	see(l, one, with);
}

/*
 * A rule that is neither patterns nor values would let a client name anything:
 * one like that has no id that is owned.
 */
static void
show_allowance(struct loader *l, const struct policy *policy,
    const struct allowance *allow, owner_see *see, void *with)
{
	const struct rule *rule = &allow->rule;
	struct owner_id one = {
		.policy = policy, .term = allow->term, .line = allow->line
	};

	if (rule->kind == RULE_PATTERNS) {
		for (size_t i = 0; i < rule->n; i++) {
			one.source = rule->patterns[i].source;
			show(l, &one,
			    is_path(allow->term) ? NULL : &rule->patterns[i],
			    see, with);
		}
		return;
	}
	for (size_t i = 0; i < rule->n && rule->kind == RULE_VALUES; i++) {
		one.source = rule->values[i].source;
		show(l, &one, NULL, see, with);
	}
	if (rule->kind == RULE_VALUES)
		return;
	one.missing = SPAN_LIT("a client could send any; list what it may");
	see(l, &one, with);
}

void
owner_each_id(
    struct loader *l, const struct policy *policy, owner_see *see, void *with)
{
	for (size_t i = 0; i < policy->n_set; i++) {
		const struct setting *set = &policy->set[i];

		for (size_t k = 0; k < set->n && owner_is_id(set->term); k++) {
			struct owner_id one = { .policy = policy,
				.term = set->term,
				.line = set->line,
				.source = set->values[k].source };

			show(l, &one, NULL, see, with);
		}
	}
	for (size_t i = 0; i < policy->n_allow; i++)
		if (makes_id(policy, policy->allow[i].term))
			show_allowance(l, policy, &policy->allow[i], see, with);
}
