/* Single texts: set by the server, or sent by the client under a rule. */
#include "policy/decision.h"
#include "policy/refuse.h"

static const struct span no_key = { NULL, 0 };

/* Set, and sent as well: the same value, or a refusal. */
static bool
repeated(struct decision *d, const struct case_of *c, struct span ours,
    struct span theirs)
{
	const struct text_template *t = &c->set->values[0];

	if (!template_has(t, PIECE_RANDOM))
		return value_same(c->term, ours, theirs) ||
		       refuse_fixed(d->policy, c->term, no_key, ours, d->why);
	if (!d->final)
		return refuse_random(d->policy, c->term, d->why);
	return template_matches(t, term_place(c->term), c->term->separators,
		   d->facts, d->arena, theirs, d->why) ||
	       refuse_fixed(d->policy, c->term, no_key, t->source, d->why);
}

/* A user's name beside other text may make a segment, or the id, too long. */
static bool
id_fits(struct decision *d, const struct term *term, struct span id)
{
	unsigned char mem[DETAIL_MAX / 2];
	struct sink reason;

	if (term->type != TERM_ID && term->type != TERM_FOLDER)
		return true;
	sink_init(&reason, mem, sizeof(mem));
	return id_valid(id, &reason) ||
	       problem_set(d->why, 403, "user_not_usable", span_of(term->name),
		   "For this user %q would not be well formed: %v.",
		   span_of(term->name), sink_view(&reason));
}

static bool
decide_set(struct decision *d, const struct case_of *c, struct span *value)
{
	const struct text_template *t = &c->set->values[0];
	struct elements theirs;
	struct span ours;

	if (!template_expand(t, term_place(c->term), c->term->separators,
		d->facts, d->arena, &ours, d->why) ||
	    !id_fits(d, c->term, ours))
		return false;
	*value = ours;
	if (c->param == NULL)
		return !d->final || !c->term->is_signed ||
		       refuse_absent(d->policy, c->term,
			   template_has(t, PIECE_RANDOM) ? t->source : ours,
			   d->why);
	if (!elements_read(
		c->param, c->term, d->final, d->arena, &theirs, d->why) ||
	    !repeated(d, c, ours, theirs.values[0]))
		return false;
	if (d->final)
		*value = theirs.values[0];
	return true;
}

bool
decide_value(struct decision *d, const struct case_of *c, struct span *value)
{
	struct elements theirs;

	if (c->set != NULL)
		return decide_set(d, c, value);
	if (c->param == NULL)
		return true;
	if (!elements_read(
		c->param, c->term, d->final, d->arena, &theirs, d->why))
		return false;
	*value = theirs.values[0];
	return rule_takes(&c->allow->rule, c->term, no_key, *value, d->facts,
	    d->arena, d->why);
}
