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

struct owned_id {
	const struct pattern *id;
	const struct policy *policy;
};

/* The ids seen so far, one of each beginning. */
struct owned_ids {
	struct owned_id *id;
	size_t n;
};

/* Compares it with those before, and keeps it if its beginning is new. */
static void
check(struct loader *l, const struct owner_id *one, void *with)
{
	struct owned_ids *before = with;

	if (one->id == NULL)
		return; /* said already */
	for (size_t i = 0; i < before->n; i++) {
		const struct owned_id *other = &before->id[i];
		enum meeting meeting = PART;

		if (span_eq(one->policy->cloud->cloud_name,
			other->policy->cloud->cloud_name))
			meeting = compare(one->id, other->id);
		if (meeting == SAME)
			return;
		if (meeting == PART)
			continue;
		owner_say(l, SAY_ERROR, one->line,
		    "%s = %q, and the policy %q has %q: one user's id could "
		    "be another's; begin both with the same words up to the "
		    "user, or with different ones",
		    one->term->name, one->source, other->policy->name,
		    other->id->source);
		return;
	}
	before->id[before->n++] = (struct owned_id){ one->id, one->policy };
}

/* An id that anybody can get, with the folder that may come before it. */
static void
check_open(struct loader *l, const struct policy *policy, int line,
    struct span source, const struct owned_id *before, size_t n)
{
	unsigned char mem[DETAIL_MAX];
	struct pattern id;
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (!pattern_compile(source, policy->name, &l->arena, &id, &why)) {
		/* A folder that is one by itself need not begin an id. */
		owner_say(l, SAY_ERROR, line, "%q can't be an id: %v", source,
		    sink_view(&why));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (!span_eq(policy->cloud->cloud_name,
			before[i].policy->cloud->cloud_name) ||
		    compare(&id, before[i].id) == PART)
			continue;
		owner_say(l, SAY_ERROR, line,
		    "everybody can upload to %q here, and the policy %q has "
		    "%q: it could be a user's own; begin it with another fixed "
		    "word",
		    id.source, before[i].policy->name, before[i].id->source);
		return;
	}
}

static void
check_anonymous(struct loader *l, const struct policy *policy,
    const struct owned_id *before, size_t n)
{
	const struct setting *id =
	    policy_setting(policy, term_find(SPAN_LIT("public_id")));
	unsigned char mem[2 * VALUE_MAX];

	if (id == NULL)
		return; /* said already */
	check_open(l, policy, id->line, id->values[0].source, before, n);
	for (size_t i = 0; i < owner_folders_count; i++) {
		const struct setting *folder = policy_setting(
		    policy, term_find(span_of(owner_folders[i])));
		struct sink whole;

		if (folder == NULL)
			continue;
		sink_init(&whole, mem, sizeof(mem));
		sink_say(&whole, "%v/%v", folder->values[0].source,
		    id->values[0].source);
		check_open(
		    l, policy, folder->line, sink_view(&whole), before, n);
	}
}

void
owner_apart(struct loader *l)
{
	const struct config *config = l->config;
	struct owned_ids before = { NULL, 0 };

	before.id =
	    arena_array(&l->arena, owner_count_ids(config), sizeof(*before.id));
	if (before.id == NULL)
		return; /* no room: said at the end */
	for (size_t i = 0; i < config->n_policies; i++)
		if (!config->policies[i].any_owner)
			owner_each_id(l, &config->policies[i], check, &before);
	for (size_t i = 0; i < config->n_policies; i++)
		if (config->policies[i].anonymous &&
		    !config->policies[i].webhook)
			check_anonymous(
			    l, &config->policies[i], before.id, before.n);
}
