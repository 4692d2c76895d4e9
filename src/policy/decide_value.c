/* Single texts: set by the server, or sent by the client under a rule. */
#include "base/address.h"
#include "policy/decision.h"
#include "policy/id_form.h"
#include "policy/refuse.h"
#include "policy/transformation.h"

static const struct span no_key = { NULL, 0 };

/* Set, and sent as well: the same value, or a refusal. */
static bool
repeated(struct decision *d, const struct case_of *c, struct span ours,
    struct span theirs)
{
	const struct text_template *t = &c->set->values[0];

	if (!template_has(t, PIECE_RANDOM))
		return value_same(c->term, ours, theirs) ||
		       refuse_fixed(
			   d->policy, c->term, no_key, ours, d->final, d->why);
	if (!d->final)
		return refuse_random(d->policy, c->term, d->why);
	return template_matches(t, term_place(c->term), c->term->separators,
		   d->facts, d->arena, theirs, d->why) ||
	       refuse_unlike(d->policy, c->term, ours, false, d->why);
}

/* Why the value can't be sent, in *why; true when it can. */
static bool
well_formed(struct decision *d, const struct term *term, struct span value,
    struct sink *why)
{
	struct span name = span_of(term->name);
	struct address address;

	if (term_has_patterns(term))
		return id_form_valid(term, value, true, why);
	if (d->policy->action == ACTION_TOKEN && span_is(name, "ip")) {
		sink_text(why, "it takes an IP address");
		return address_parse(value, &address);
	}
	if (d->policy->action == ACTION_DELIVER &&
	    span_is(name, "transformation") && value.n > 0)
		return transformation_valid(value, why);
	return true;
}

bool
decide_fits(struct decision *d, const struct term *term, struct span value)
{
	unsigned char mem[DETAIL_MAX / 2];
	struct sink reason;

	sink_init(&reason, mem, sizeof(mem));
	if (well_formed(d, term, value, &reason))
		return true;
	if (term_has_patterns(term))
		d->why->reason = TEMPLATE_HASH_ADVICE;
	return problem_set(d->why, 403, "user_not_usable", span_of(term->name),
	    "For this user %q would not be well formed: %v.",
	    span_of(term->name), sink_view(&reason));
}

/* The one value that was sent; it may be empty. */
static bool
read_theirs(struct decision *d, const struct case_of *c, struct span *out)
{
	struct elements theirs;

	*out = no_key;
	if (!elements_read(
		c->param, c->term, d->final, d->arena, &theirs, d->why))
		return false;
	if (theirs.n > 0)
		*out = theirs.values[0];
	return true;
}

static bool
decide_set(struct decision *d, const struct case_of *c, struct span *value)
{
	const struct text_template *t = &c->set->values[0];
	struct span ours, theirs;

	if (!template_expand(t, term_place(c->term), c->term->separators,
		d->facts, d->arena, &ours, d->why) ||
	    !decide_fits(d, c->term, ours))
		return false;
	*value = ours;
	if (c->param == NULL && d->final && c->term->is_signed)
		return template_has(t, PIECE_RANDOM)
			   ? refuse_unlike(
				 d->policy, c->term, ours, true, d->why)
			   : refuse_absent(d->policy, c->term, ours, d->why);
	if (c->param == NULL)
		return true;
	if (!read_theirs(d, c, &theirs) || !repeated(d, c, ours, theirs))
		return false;
	if (d->final)
		*value = theirs;
	return true;
}

/*
 * An empty value comes here where it means something (see policy_decide()),
 * and is for the rule to judge like any other.
 */
bool
decide_value(struct decision *d, const struct case_of *c, struct span *value)
{
	if (c->set != NULL)
		return decide_set(d, c, value);
	if (c->param == NULL)
		return true;
	return read_theirs(d, c, value) &&
	       rule_takes(&c->allow->rule, c->term, no_key, *value, d->facts,
		   d->arena, d->why) &&
	       decide_fits(d, c->term, *value);
}
