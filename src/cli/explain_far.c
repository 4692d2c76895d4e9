#include "cli/explain.h"
#include "policy/vocabulary.h"

#define SUBSETS_OF_MAX 10 /* 2^10 strings */
#define ORDERS_OF_MAX 6   /* 6! strings */
#define SECONDS_AROUND 600
#define HOURS_AROUND 14 /* time zones */

struct walk {
	struct pieces theirs;
	struct change_eye *eye;
};

/* kept: a bit for each that was signed. */
static bool
part(struct walk *w, unsigned long kept)
{
	unsigned char names[EXPLAIN_NAME_MAX];
	struct pieces fewer = { .n = 0 };
	enum cause cause = CAUSE_NONE;
	struct sink out;

	sink_init(&out, names, sizeof(names));
	for (size_t i = 0; i < w->theirs.n; i++) {
		if (kept >> i & 1) {
			fewer.p[fewer.n++] = w->theirs.p[i];
			continue;
		}
		cause = CAUSE_NOT_SIGNED;
		if (out.n > 0)
			sink_text(&out, ", ");
		sink_span(&out, w->theirs.p[i].name);
	}
	return explain_look(
	    w->eye, &fewer, cause, (struct span){ names, out.n });
}

static unsigned
count(unsigned long bits)
{
	unsigned n = 0;

	for (; bits != 0; bits &= bits - 1)
		n++;
	return n;
}

/* The larger parts first; those without one piece are near, and not here. */
static bool
parts(struct walk *w)
{
	size_t n = w->theirs.n;

	if (n > SUBSETS_OF_MAX)
		return false;
	for (unsigned size = n > 2 ? (unsigned)n - 2 : 0; size > 0; size--)
		for (unsigned long kept = 1; kept < 1ul << n; kept++)
			if (count(kept) == size && part(w, kept))
				return true;
	return false;
}

static void
swap(struct pieces *p, size_t a, size_t b)
{
	struct signed_param kept = p->p[a];

	p->p[a] = p->p[b];
	p->p[b] = kept;
}

/* Heap's algorithm, without its recursion. */
static bool
orders(struct walk *w)
{
	size_t step[ORDERS_OF_MAX] = { 0 }, i = 1;
	struct pieces p = w->theirs;
	struct span none = { NULL, 0 };

	if (p.n > ORDERS_OF_MAX)
		return false;
	while (i < p.n) {
		if (step[i] == i) {
			step[i++] = 0;
			continue;
		}
		swap(&p, i % 2 == 0 ? 0 : step[i], i);
		step[i]++;
		i = 1;
		if (explain_look(w->eye, &p, CAUSE_NAME_ORDER, none))
			return true;
	}
	return false;
}

/* One piece at another place, or all of them backwards. */
static bool
moves(struct walk *w)
{
	struct pieces p = w->theirs;
	struct span none = { NULL, 0 };

	for (size_t i = 0; i < p.n / 2; i++)
		swap(&p, i, p.n - 1 - i);
	if (explain_look(w->eye, &p, CAUSE_NAME_ORDER, none))
		return true;
	for (size_t from = 0; from < p.n; from++)
		for (size_t to = 0; to < p.n; to++) {
			p = w->theirs;
			for (size_t i = from; i < to; i++)
				swap(&p, i, i + 1);
			for (size_t i = from; i > to; i--)
				swap(&p, i, i - 1);
			if (from != to &&
			    explain_look(w->eye, &p, CAUSE_NAME_ORDER, none))
				return true;
		}
	return false;
}

/* A name that was not sent, with a value that needs no guess. */
static bool
with(struct walk *w, const struct term *term, const char *value)
{
	struct signed_param extra = { span_of(term->name), span_of(value) };
	struct pieces more = w->theirs;

	explain_insert(&more, extra);
	return explain_look(w->eye, &more, explain_extra(&extra), extra.name);
}

static bool
extras(struct walk *w)
{
	static const char *const values[] = { "", "undefined", "null", "None",
		"true", "false", "1", "0" };

	for (size_t i = 0; i < vocabulary_count; i++) {
		size_t n = vocabulary[i].type == TERM_BOOL ? 8 : 4;

		if (w->theirs.n == PARAMS_MAX ||
		    explain_find(&w->theirs, span_of(vocabulary[i].name)) <
			w->theirs.n)
			continue;
		for (size_t j = 0; j < n; j++)
			if (with(w, &vocabulary[i], values[j]))
				return true;
	}
	return false;
}

static bool
at_time(struct walk *w, size_t which, long long seconds)
{
	struct pieces p = w->theirs;
	unsigned char digits[24];
	struct sink out;

	sink_init(&out, digits, sizeof(digits));
	sink_int(&out, seconds);
	p.p[which].value = sink_view(&out);
	return explain_look(w->eye, &p, CAUSE_TIMESTAMP_OTHER, p.p[which].name);
}

/* Made a little earlier or later, or by another time zone's clock. */
static bool
times(struct walk *w)
{
	size_t which = explain_find(&w->theirs, SPAN_LIT("timestamp"));
	long long sent;

	if (which == w->theirs.n ||
	    !span_digits(w->theirs.p[which].value, &sent) ||
	    w->theirs.p[which].value.n != 10)
		return false;
	for (long long s = 1; s <= SECONDS_AROUND; s++)
		if (at_time(w, which, sent - s) || at_time(w, which, sent + s))
			return true;
	for (long long h = 1; h <= HOURS_AROUND; h++)
		if (at_time(w, which, sent - h * 3600) ||
		    at_time(w, which, sent + h * 3600))
			return true;
	return false;
}

bool
explain_far(struct span theirs, struct change_eye *eye)
{
	struct walk w = { .eye = eye };

	explain_pieces(theirs, &w.theirs);
	return w.theirs.n > 0 && (parts(&w) || orders(&w) || moves(&w) ||
				     times(&w) || extras(&w));
}
