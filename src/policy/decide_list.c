/*
 * Lists and groups. In the plain contract the server's elements come first,
 * then the client's; in a final one the client's value must hold all of the
 * server's, and is signed as it was sent.
 */
#include "policy/decision.h"
#include "policy/refuse.h"

/* The server's own elements, with room for extra ones behind them. */
static bool
own_elements(struct decision *d, const struct case_of *c, size_t extra,
    struct elements *own)
{
	bool group = c->term->type == TERM_GROUP;
	size_t n = c->set != NULL ? c->set->n : 0;

	*own = (struct elements){ 0, NULL, NULL };
	own->values = arena_array(d->arena, n + extra, sizeof(struct span));
	if (group)
		own->keys =
		    arena_array(d->arena, n + extra, sizeof(struct span));
	if (d->arena->full)
		return decide_out_of_room(d);
	for (; own->n < n; own->n++) {
		struct span *value = &own->values[own->n];

		if (!template_expand(&c->set->values[own->n],
			term_place(c->term), c->term->separators, d->facts,
			d->arena, value, d->why) ||
		    !decide_fits(d, c->term, *value))
			return false;
		if (group) {
			own->keys[own->n] = c->set->keys[own->n];
			*value = elements_escape(*value, d->arena);
		}
	}
	return true;
}

/* One element that the server does not send itself: may the client? */
static bool
may_add(struct decision *d, const struct case_of *c, struct span key,
    struct span value)
{
	if (c->allow == NULL)
		return refuse_addition(d->policy, c->term,
		    c->term->type == TERM_GROUP ? key : value, d->why);
	return rule_takes(
	    &c->allow->rule, c->term, key, value, d->facts, d->arena, d->why);
}

/*
 * Is this the i-th of ours? In a final contract {random} stands for any value
 * of its form.
 */
static bool
repeats(struct decision *d, const struct case_of *c,
    const struct elements *ours, size_t i, struct span value)
{
	const struct text_template *t = &c->set->values[i];

	return span_eq(ours->values[i], value) ||
	       (d->final && template_has(t, PIECE_RANDOM) &&
		   template_matches(t, term_place(c->term), c->term->separators,
		       d->facts, d->arena, value, d->why));
}

/* The one of our first n that the client's element repeats, or n. */
static size_t
find_own(struct decision *d, const struct case_of *c,
    const struct elements *ours, size_t n, struct span key, struct span value)
{
	for (size_t i = 0; i < n; i++)
		if (ours->keys != NULL ? span_eq(ours->keys[i], key)
				       : repeats(d, c, ours, i, value))
			return i;
	return n;
}

/*
 * Puts the client's elements behind our first n in all, each once. *held
 * counts those of ours that the client repeated, also each once: since the
 * client's all differ, only a {random} could be repeated by two.
 */
static bool
add_theirs(struct decision *d, const struct case_of *c,
    const struct elements *theirs, struct elements *all, size_t *held)
{
	size_t n = all->n;
	bool *seen = arena_array(d->arena, n, sizeof(bool));

	*held = 0;
	if (seen == NULL)
		return decide_out_of_room(d);
	for (size_t i = 0; i < theirs->n; i++) {
		struct span key = { NULL, 0 }, value = theirs->values[i];
		size_t at;

		if (theirs->keys != NULL)
			key = theirs->keys[i];
		at = find_own(d, c, all, n, key, value);
		if (at < n && !seen[at]) {
			if (!repeats(d, c, all, at, value))
				return refuse_fixed(d->policy, c->term, key,
				    all->values[at], d->final, d->why);
			seen[at] = true;
			(*held)++;
			continue;
		}
		if (d->why->status != 0 || !may_add(d, c, key, value))
			return false;
		if (all->keys != NULL)
			all->keys[all->n] = key;
		all->values[all->n++] = value;
	}
	return true;
}

/* Only tags and groups can stand in `set` and in `allow` at once. */
static bool
one_value(const struct term *term)
{
	return term_is_list(term) && term->type != TERM_TAGS;
}

static bool
has_room(struct decision *d, const struct term *term, struct span value)
{
	return term->type != TERM_ACL || value.n <= ACL_MAX ||
	       problem_set(d->why, 403, "value_not_allowed",
		   span_of(term->name), "%q takes at most %d bytes in all.",
		   span_of(term->name), (long long)ACL_MAX);
}

bool
decide_list(struct decision *d, const struct case_of *c, struct span *value)
{
	struct elements theirs = { 0, NULL, NULL }, all;
	struct span joined, no_key = { NULL, 0 };
	size_t n_own, held;
	bool whole;

	if (c->param != NULL && !elements_read(c->param, c->term, d->final,
				    d->arena, &theirs, d->why))
		return false;
	if (!own_elements(d, c, theirs.n, &all))
		return false;
	n_own = all.n;
	if (!add_theirs(d, c, &theirs, &all, &held))
		return false;
	if (c->allow != NULL && c->allow->rule.kind == RULE_TEXT &&
	    all.n - n_own > c->allow->rule.count_max)
		return refuse_count(c->term, &c->allow->rule, d->why);
	/* A plain list that the server sets is one value: all of it or none.
	 */
	whole = d->final || (one_value(c->term) && theirs.n > 0);
	if (whole && held < n_own) {
		all.n = n_own;
		joined = elements_join(&all, c->term, d->arena);
		return c->param == NULL || !one_value(c->term)
			   ? refuse_absent(d->policy, c->term, joined, d->why)
			   : refuse_fixed(d->policy, c->term, no_key, joined,
				 d->final, d->why);
	}
	if (d->final && c->param != NULL && c->param->shape == SHAPE_TEXT)
		*value = c->param->values[0];
	else
		*value =
		    elements_join(d->final ? &theirs : &all, c->term, d->arena);
	return d->arena->full ? decide_out_of_room(d)
			      : has_room(d, c->term, *value);
}
