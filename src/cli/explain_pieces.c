#include "cli/explain.h"

/* Cloudinary's names, the widget's, and lists: [A-Za-z0-9_]{1,64} [ "[" ... ]
 */
static bool
is_name(struct span s)
{
	struct span_cut cut = span_cut(s, '[');

	if (cut.head.n == 0 || cut.head.n > NAME_MAX_BYTES ||
	    (cut.found && (cut.tail.n == 0 || cut.tail.n > 8 ||
			      cut.tail.p[cut.tail.n - 1] != ']')))
		return false;
	for (size_t i = 0; i < cut.head.n; i++) {
		unsigned char c = cut.head.p[i];

		if (!(c == '_' || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
			return false;
	}
	return true;
}

void
explain_pieces(struct span string, struct pieces *out)
{
	struct span_cut cut = { .tail = string, .found = true }, pair;
	struct span none = { string.p, 0 }, *last;

	out->n = 0;
	while (cut.found) {
		cut = span_cut(cut.tail, '&');
		pair = span_cut(cut.head, '=');
		if (out->n < PARAMS_MAX && pair.found && is_name(pair.head)) {
			out->p[out->n++] =
			    (struct signed_param){ pair.head, pair.tail };
		} else if (out->n > 0) {
			last = &out->p[out->n - 1].value;
			last->n = (size_t)(cut.head.p - last->p) + cut.head.n;
		} else if (cut.head.n > 0) {
			out->p[out->n++] =
			    (struct signed_param){ none, cut.head };
		}
	}
}

void
explain_join(const struct pieces *pieces, struct sink *out)
{
	for (size_t i = 0; i < pieces->n; i++) {
		if (i > 0)
			sink_byte(out, '&');
		sink_span(out, pieces->p[i].name);
		if (pieces->p[i].name.n > 0)
			sink_byte(out, '=');
		sink_span(out, pieces->p[i].value);
	}
}

void
explain_insert(struct pieces *pieces, struct signed_param one)
{
	size_t at = 0;

	while (at < pieces->n && span_cmp(pieces->p[at].name, one.name) < 0)
		at++;
	for (size_t i = pieces->n++; i > at; i--)
		pieces->p[i] = pieces->p[i - 1];
	pieces->p[at] = one;
}

bool
explain_look(struct change_eye *eye, const struct pieces *pieces,
    enum cause cause, struct span name)
{
	static unsigned char room[EXPLAIN_WORK_MAX];
	struct sink out;

	sink_init(&out, room, sizeof(room));
	explain_join(pieces, &out);
	return !out.full && out.n > 0 &&
	       eye->look(eye, &(struct change){ sink_view(&out), cause, name });
}

size_t
explain_find(const struct pieces *pieces, struct span name)
{
	size_t i = 0;

	while (i < pieces->n && !span_eq(pieces->p[i].name, name))
		i++;
	return i;
}

/* A missing value as languages write it into text. */
static bool
is_null(struct span s)
{
	static const char *const words[] = { "null", "undefined", "None", "nil",
		"NaN", "NULL", "[object Object]" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(s, words[i]))
			return true;
	return false;
}

enum cause
explain_gone(const struct signed_param *theirs)
{
	if (is_null(theirs->value))
		return CAUSE_NULL;
	return span_is(theirs->name, "source") && span_is(theirs->value, "uw")
		   ? CAUSE_SOURCE_UW
		   : CAUSE_NOT_SIGNED;
}

enum cause
explain_extra(const struct signed_param *ours)
{
	static const char *const never[] = { "file", "cloud_name",
		"resource_type", "api_key", "signature" };

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (span_is(ours->name, never[i]))
			return CAUSE_EXCLUDED;
	if (ours->value.n == 0)
		return CAUSE_EMPTY;
	return is_null(ours->value) ? CAUSE_NULL : CAUSE_NOT_SENT;
}
