#include "cli/explain.h"

/* One way to write a list; false where it does not apply. */
struct way {
	bool (*write)(struct span s, const char *with, struct sink *out);
	const char *with;
	enum cause cause;
};

/* with = BEFORE " " BETWEEN "~" BEHIND */
static bool
join(struct span s, const char *with, struct sink *out)
{
	struct span_cut cut = { .tail = s, .found = true };
	struct span_cut parts = span_cut(span_of(with), ' ');
	struct span open = parts.head, between;

	parts = span_cut(parts.tail, '~');
	between = parts.head;
	sink_span(out, open);
	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		sink_span(out, cut.head);
		if (cut.found)
			sink_span(out, between);
	}
	sink_span(out, parts.tail);
	return true;
}

/* with = "<": sorted; ">": backwards as it came; "1": the first; "9": the last
 */
static bool
order(struct span s, const char *with, struct sink *out)
{
	struct span elements[LIST_MAX], swap;
	struct span_cut cut = { .tail = s, .found = true };
	size_t n = 0;

	while (cut.found && n < LIST_MAX) {
		cut = span_cut(cut.tail, ',');
		elements[n++] = cut.head;
	}
	if (cut.found)
		return false;
	if (with[0] == '1' || with[0] == '9') {
		sink_span(out, elements[with[0] == '1' ? 0 : n - 1]);
		return true;
	}
	for (size_t i = 1; with[0] == '<' && i < n; i++)
		for (size_t j = i;
		     j > 0 && span_cmp(elements[j], elements[j - 1]) < 0; j--) {
			swap = elements[j];
			elements[j] = elements[j - 1];
			elements[j - 1] = swap;
		}
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			sink_byte(out, ',');
		sink_span(out, elements[with[0] == '>' ? n - 1 - i : i]);
	}
	return true;
}

bool
explain_sort(struct span list, struct sink *out)
{
	return order(list, "<", out) && !out->full;
}

static const struct way ways[EXPLAIN_LIST_WAYS] = {
	{ order, "<", CAUSE_LIST_ORDER },
	{ order, ">", CAUSE_LIST_ORDER },
	{ join, " , ~", CAUSE_LIST_JOIN },
	{ join, " |~", CAUSE_LIST_JOIN },
	{ join, " ;~", CAUSE_LIST_JOIN },
	{ join, " ~", CAUSE_LIST_JOIN },
	{ join, "[ ,~]", CAUSE_LIST_JOIN },
	{ join, "[\" \",\"~\"]", CAUSE_LIST_JOIN },
	{ join, "[\" \", \"~\"]", CAUSE_LIST_JOIN },
	{ join, "[' ', '~']", CAUSE_LIST_JOIN },
	{ order, "1", CAUSE_LIST_JOIN },
	{ order, "9", CAUSE_LIST_JOIN },
};

enum spelling
explain_list(struct span value, size_t nth, struct sink *out, enum cause *cause)
{
	size_t mark = out->n;

	if (nth >= EXPLAIN_LIST_WAYS)
		return SPELLING_END;
	*cause = ways[nth].cause;
	if (span_has(value, ',') &&
	    ways[nth].write(value, ways[nth].with, out) && !out->full &&
	    !span_eq(sink_since(out, mark), value))
		return SPELLING_OTHER;
	out->n = mark;
	return SPELLING_SAME;
}
