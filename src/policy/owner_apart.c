/*
 * Two ids that are each one user's own must not meet: beside "users/{user}",
 * an id "users/{user_hash}" or "users/team/{user}" would let somebody take
 * the name that is another's hash, or "team". So up to the user's segment two
 * ids are the same, or they part at a fixed word. What anybody can upload
 * must part from both.
 */
#include "policy/owner.h"

enum meeting { MEET = 0, PART, SAME };

static bool
is_literal(const struct segment *s)
{
	return s->kind == SEGMENT_TEXT && s->text.n == 1 &&
	       s->text.pieces[0].kind == PIECE_LITERAL;
}

/* {user}, {user_hash} or {claim.NAME}, and nothing beside it. */
static bool
is_owner(const struct segment *s)
{
	return s->kind == SEGMENT_TEXT && s->text.n == 1 &&
	       (s->text.pieces[0].kind == PIECE_USER ||
		   s->text.pieces[0].kind == PIECE_USER_HASH ||
		   s->text.pieces[0].kind == PIECE_CLAIM);
}

static bool
same_segment(const struct segment *a, const struct segment *b)
{
	if (a->kind != b->kind || a->text.n != b->text.n)
		return false;
	for (size_t i = 0; a->kind == SEGMENT_TEXT && i < a->text.n; i++)
		if (a->text.pieces[i].kind != b->text.pieces[i].kind ||
		    !span_eq(a->text.pieces[i].text, b->text.pieces[i].text))
			return false;
	return true;
}

static enum meeting
compare(const struct pattern *a, const struct pattern *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		const struct segment *s = &a->segments[i], *t = &b->segments[i];

		if (same_segment(s, t)) {
			if (is_owner(s))
				return SAME;
			continue;
		}
		return is_literal(s) && is_literal(t) ? PART : MEET;
	}
	return MEET;
}

/* The ids seen so far, one of each beginning. */
struct owned_id {
	const struct pattern *id;
	const struct policy *policy;
	struct owned_id *next;
};

/* The first of them that could be this id; NULL: there is none. */
static const struct owned_id *
find_meeting(const struct pattern *id, const struct policy *policy,
    const struct owned_id *before)
{
	for (; before != NULL; before = before->next)
		if (span_eq(policy->cloud->cloud_name,
			before->policy->cloud->cloud_name) &&
		    compare(id, before->id) != PART)
			break;
	return before;
}

/* Compares it with those before, and keeps it if its beginning is new. */
static void
check(struct loader *l, const struct owner_id *one, void *with)
{
	struct owned_id **before = with, *kept;
	const struct owned_id *other;
	unsigned char mem[DETAIL_MAX];
	struct sink id;

	if (one->id == NULL)
		return; /* said already */
	other = find_meeting(one->id, one->policy, *before);
	if (other == NULL) {
		kept = arena_take(&l->arena, sizeof(*kept));
		if (kept == NULL)
			return; /* no room: said at the end */
		*kept = (struct owned_id){ one->id, one->policy, *before };
		*before = kept;
		return;
	}
	if (compare(one->id, other->id) == SAME)
		return;
	sink_init(&id, mem, sizeof(mem));
	owner_say_id(one, &id);
	owner_say(l, SAY_ERROR, one->line,
	    "%v, and the policy %q has %q: one user's id could be another's; "
	    "begin both with the same words up to the user, or with different "
	    "ones",
	    sink_view(&id), other->policy->name, other->id->source);
}

/* An id that anybody can get, perhaps behind a folder. */
static void
check_open(struct loader *l, const struct policy *policy, int line,
    const struct pattern *id, const struct owned_id *before)
{
	const struct owned_id *other = find_meeting(id, policy, before);

	if (other != NULL)
		owner_say(l, SAY_ERROR, line,
		    "everybody can upload to %q here, and the policy %q has "
		    "%q: it could be a user's own; begin it with another fixed "
		    "word",
		    id->source, other->policy->name, other->id->source);
}

static void
check_anonymous(struct loader *l, const struct policy *policy,
    const struct owned_id *before)
{
	const struct setting *set =
	    policy_setting(policy, term_find(SPAN_LIT("public_id")));
	unsigned char mem[DETAIL_MAX];
	struct pattern id;
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (set == NULL || !pattern_compile(set->values[0].source, policy->name,
			       &l->arena, &id, &why))
		return; /* said already */
	check_open(l, policy, set->line, &id, before);
	for (size_t i = 0; i < owner_folders_count; i++) {
		const struct setting *folder = policy_setting(
		    policy, term_find(span_of(owner_folders[i])));
		const struct pattern *whole = NULL;

		if (folder != NULL)
			whole = owner_join(l, policy, folder, &id);
		if (whole != NULL)
			check_open(l, policy, folder->line, whole, before);
	}
}

void
owner_apart(struct loader *l)
{
	const struct config *config = l->config;
	struct owned_id *before = NULL;

	for (size_t i = 0; i < config->n_policies; i++)
		if (!config->policies[i].any_owner)
			owner_each_id(l, &config->policies[i], check, &before);
	for (size_t i = 0; i < config->n_policies; i++)
		if (config->policies[i].anonymous &&
		    !config->policies[i].webhook)
			check_anonymous(l, &config->policies[i], before);
}
