#include "cli/explain.h"

/* Looks for one string among the changes of another. */
struct finder {
	struct change_eye eye; /* the first member: it is found from it */
	struct span wanted;
	enum cause cause;
	struct span name;
	struct arena *arena;
};

static bool
look(struct change_eye *self, const struct change *change)
{
	struct finder *f = (struct finder *)(void *)self;

	if (!span_eq(change->string, f->wanted))
		return false;
	f->cause = change->cause;
	f->name = arena_copy(f->arena, change->name);
	return true;
}

static void
note(struct difference *d, enum cause cause, struct span name,
    struct span theirs, struct span ours)
{
	if (d->n < EXPLAIN_ITEMS_MAX)
		d->item[d->n++] =
		    (struct difference_item){ cause, name, theirs, ours };
}

/* The same elements, whatever their order? */
static bool
same_elements(struct span a, struct span b)
{
	static unsigned char rooms[2][EXPLAIN_STRING_MAX];
	struct sink x, y;

	sink_init(&x, rooms[0], sizeof(rooms[0]));
	sink_init(&y, rooms[1], sizeof(rooms[1]));
	return span_has(a, ',') && explain_sort(a, &x) && explain_sort(b, &y) &&
	       span_eq(sink_view(&x), sink_view(&y));
}

/* Why one parameter's two values differ. */
static enum cause
cause_of(const struct signed_param *theirs, struct span ours)
{
	static unsigned char room[EXPLAIN_WORK_MAX];
	enum spelling s = SPELLING_SAME;
	enum cause cause;
	struct sink out;

	for (size_t nth = 0; s != SPELLING_END; nth++) {
		sink_init(&out, room, sizeof(room));
		s = explain_spell(
		    theirs->name, theirs->value, nth, &out, &cause);
		if (s == SPELLING_OTHER && span_eq(sink_view(&out), ours))
			return cause;
	}
	if (same_elements(theirs->value, ours))
		return CAUSE_LIST_ORDER;
	if (explain_gone(theirs) == CAUSE_NULL ||
	    explain_extra(&(struct signed_param){ theirs->name, ours }) ==
		CAUSE_NULL)
		return CAUSE_NULL;
	return span_is(theirs->name, "timestamp") ? CAUSE_TIMESTAMP_OTHER
						  : CAUSE_VALUE;
}

static void
compare_pieces(struct span theirs, struct span ours, struct difference *d)
{
	struct pieces a, b;
	size_t at;

	explain_pieces(theirs, &a);
	explain_pieces(ours, &b);
	for (size_t i = 0; i < a.n; i++) {
		const struct signed_param *p = &a.p[i];

		at = explain_find(&b, p->name);
		if (at == b.n)
			note(d, explain_gone(p), p->name, p->value,
			    (struct span){ NULL, 0 });
		else if (!span_eq(p->value, b.p[at].value))
			note(d, cause_of(p, b.p[at].value), p->name, p->value,
			    b.p[at].value);
	}
	for (size_t i = 0; i < b.n; i++)
		if (explain_find(&a, b.p[i].name) == a.n)
			note(d, explain_extra(&b.p[i]), b.p[i].name,
			    (struct span){ NULL, 0 }, b.p[i].value);
	if (d->n == 0 && a.n == b.n)
		note(d, CAUSE_NAME_ORDER, (struct span){ NULL, 0 }, theirs,
		    ours);
}

size_t
explain_first_difference(struct span a, struct span b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

void
explain_compare(struct span theirs, struct span ours,
    const struct change_known *known, struct arena *arena,
    struct difference *out)
{
	struct finder f = { { look }, ours, CAUSE_NONE, { NULL, 0 }, arena };

	*out = (struct difference){ .n = 0 };
	if (span_eq(theirs, ours))
		return;
	out->at = explain_first_difference(theirs, ours);
	if (explain_near(theirs, known, &f.eye))
		note(out, f.cause, f.name, theirs, ours);
	else
		compare_pieces(theirs, ours, out);
	if (out->n == 0)
		note(out, CAUSE_STRING, (struct span){ NULL, 0 }, theirs, ours);
}
