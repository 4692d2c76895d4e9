/*
 * Ids stand in many places: alone, in lists, before a "/", behind
 * image/upload/, and in the paths of tokens. In each of them it is the id
 * itself that must be the user's.
 */
#include <string.h>

#include "policy/owner.h"
#include "policy/pattern.h"
#include "policy/value.h"

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
 * With fixed folders an id is folder + "/" + public_id, which another user's
 * could be, too. asset_folder alone makes no part of an id.
 */
bool
owner_carries(const struct policy *policy, const struct term *term)
{
	return term->type == TERM_FOLDER &&
	       owner_may_hold(policy, "public_id") &&
	       (!span_is(span_of(term->name), "asset_folder") ||
		   owner_is_set_to(
		       policy, "use_asset_folder_as_public_id_prefix", "true"));
}

const struct pattern *
owner_join(struct loader *l, const struct policy *policy,
    const struct setting *folder, const struct pattern *id)
{
	struct span before = folder->values[0].source;
	size_t room = before.n + 1 + id->source.n;
	struct pattern *out = arena_take(&l->arena, sizeof(*out)), head;
	struct segment *segments;
	unsigned char mem[DETAIL_MAX];
	struct sink text, why;

	sink_init(&why, mem, sizeof(mem));
	sink_init(&text, arena_bytes(&l->arena, room), room);
	if (l->arena.full || !id_form_compile(folder->term, before,
				 policy->name, &l->arena, &head, &why))
		return NULL;
	segments = arena_array(&l->arena, head.n + id->n, sizeof(*segments));
	if (segments == NULL)
		return NULL;
	memcpy(segments, head.segments, head.n * sizeof(*segments));
	memcpy(segments + head.n, id->segments, id->n * sizeof(*segments));
	sink_say(&text, "%v/%v", before, id->source);
	*out = (struct pattern){ .n = head.n + id->n,
		.segments = segments,
		.source = sink_view(&text) };
	return out;
}

void
owner_say_id(const struct owner_id *one, struct sink *out)
{
	sink_say(out, "%s = %q", one->term->name, one->source);
	if (one->folder != NULL)
		sink_say(out, " behind %s = %q", one->folder->term->name,
		    one->folder->values[0].source);
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

/* The same id behind each folder that the policy sets. */
static void
show_carried(struct loader *l, struct owner_id one, owner_see *see, void *with)
{
	const struct policy *policy = one.policy;
	const struct pattern *id = one.id;
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	for (size_t i = 0; i < policy->n_set; i++) {
		const struct setting *folder = &policy->set[i];
		const struct pattern *whole = NULL;

		if (owner_carries(policy, folder->term))
			whole = owner_join(l, policy, folder, id);
		if (whole == NULL)
			continue; /* or no room: said at the end */
		sink_init(&why, mem, sizeof(mem));
		one.folder = folder;
		one.id = pattern_owned(whole, &why) ? whole : NULL;
		one.missing = sink_view(&why);
		see(l, &one, with);
	}
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
	if (one->id != NULL && span_is(span_of(one->term->name), "public_id"))
		show_carried(l, *one, see, with);
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
		if (owner_is_id(policy->allow[i].term) ||
		    owner_carries(policy, policy->allow[i].term))
			show_allowance(l, policy, &policy->allow[i], see, with);
}
