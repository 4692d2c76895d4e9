#include "cli/explain.h"

/* The search for the string that was signed. */
struct search {
	struct change_eye eye; /* the first member: it is found from it */
	struct trial *trial;
	enum effort effort;
	struct explanation *e;
	struct arena *arena;
};

static bool
look(struct change_eye *self, const struct change *change)
{
	struct search *s = (struct search *)(void *)self;

	if (!explain_try(s->trial, change->string, s->effort, &s->e->making))
		return s->trial->budget < 0;
	s->e->string = change->cause;
	s->e->name = arena_copy(s->arena, change->name);
	s->e->was = arena_copy(s->arena, change->string);
	s->e->proved = true;
	return true;
}

/* Was this string signed? */
static bool
was_signed(struct search *s, struct span string)
{
	s->e->proved =
	    explain_try(s->trial, string, EFFORT_FULL, &s->e->making);
	return s->e->proved;
}

static void
take_difference(struct explanation *e)
{
	e->string = e->difference.item[0].cause;
	e->name = e->difference.item[0].name;
}

void
explain_search(struct explanation *e, struct trial *trial,
    const struct change_known *known, struct arena *arena)
{
	const struct complaint *c = e->complaint;
	struct search s = { { look }, trial, EFFORT_WIDE, e, arena };

	if (c->has_ours) {
		explain_compare(
		    c->theirs, c->ours, known, arena, &e->difference);
		e->compared = true;
	}
	if (was_signed(&s, c->theirs))
		return;
	if (e->difference.n > 0 && was_signed(&s, c->ours)) {
		take_difference(e);
		return;
	}
	if (explain_near(c->theirs, known, &s.eye) && e->proved)
		return;
	s.effort = EFFORT_EXACT;
	if (explain_far(c->theirs, &s.eye) && e->proved)
		return;
	/* Without proof, the difference is still what one sees. */
	if (e->difference.n > 0 &&
	    (!c->has_signature || trial->received->hash != HASH_NONE))
		take_difference(e);
}
