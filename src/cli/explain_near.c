#include "cli/explain.h"

/* One walk: what is known, who looks, and room for a string at a time. */
struct walk {
	struct pieces theirs;
	struct change_eye *eye;
	struct sink out;
};

static unsigned char room[EXPLAIN_WORK_MAX];

static void
begin(struct walk *w)
{
	sink_init(&w->out, room, sizeof(room));
}

static bool
look(struct walk *w, enum cause cause, struct span name)
{
	struct change change = { sink_view(&w->out), cause, name };

	return !w->out.full && change.string.n > 0 &&
	       w->eye->look(w->eye, &change);
}

/* Left out is what was sent but not signed. */
static bool
without_one(struct walk *w)
{
	for (size_t i = 0; w->theirs.n > 1 && i < w->theirs.n; i++) {
		struct pieces fewer = { .n = w->theirs.n - 1 };
		struct signed_param gone = w->theirs.p[i];

		for (size_t j = 0; j < fewer.n; j++)
			fewer.p[j] = w->theirs.p[j < i ? j : j + 1];
		if (explain_look(
			w->eye, &fewer, explain_gone(&gone), gone.name))
			return true;
	}
	return false;
}

static bool
with(struct walk *w, const char *name, struct span value, enum cause cause)
{
	struct pieces more = w->theirs;

	if (value.n == 0 || more.n == PARAMS_MAX ||
	    explain_find(&more, span_of(name)) < more.n)
		return false;
	explain_insert(&more, (struct signed_param){ span_of(name), value });
	return explain_look(w->eye, &more, cause, span_of(name));
}

static bool
with_one(struct walk *w, const struct change_known *known)
{
	static const char *const resource_types[] = { "image", "video", "raw",
		"auto" };

	for (size_t i = 0; i < 4; i++)
		if (with(w, "resource_type", span_of(resource_types[i]),
			CAUSE_EXCLUDED))
			return true;
	return with(w, "api_key", known->api_key, CAUSE_EXCLUDED) ||
	       with(w, "cloud_name", known->cloud_name, CAUSE_EXCLUDED) ||
	       with(w, "file", SPAN_LIT("[object File]"), CAUSE_EXCLUDED) ||
	       with(w, "file", SPAN_LIT("[object Object]"), CAUSE_EXCLUDED) ||
	       with(w, "source", SPAN_LIT("uw"), CAUSE_NOT_SENT) ||
	       with(w, "type", SPAN_LIT("upload"), CAUSE_NOT_SENT);
}

/* The values with the nth spelling: all of them (which = n), or one. */
static enum spelling
spell(struct walk *w, size_t nth, size_t which, enum cause *cause,
    size_t *changed, size_t *last)
{
	enum spelling s = SPELLING_SAME;
	enum cause said;

	begin(w);
	*changed = 0;
	for (size_t i = 0; i < w->theirs.n; i++) {
		const struct signed_param *p = &w->theirs.p[i];

		if (i > 0)
			sink_byte(&w->out, '&');
		sink_say(&w->out, p->name.n > 0 ? "%v=" : "%v", p->name);
		if (which == w->theirs.n || which == i) {
			s = explain_spell(
			    p->name, p->value, nth, &w->out, &said);
			if (s == SPELLING_END)
				return s;
			if (s == SPELLING_OTHER) {
				(*changed)++;
				*last = i;
				*cause = said;
				continue;
			}
		}
		sink_span(&w->out, p->value);
	}
	return *changed > 0 ? SPELLING_OTHER : SPELLING_SAME;
}

static bool
spelled(struct walk *w)
{
	size_t all = w->theirs.n, changed, last = 0, ignored;
	enum cause cause = CAUSE_NONE;

	for (size_t nth = 0;; nth++) {
		enum spelling s = spell(w, nth, all, &cause, &changed, &last);

		if (s == SPELLING_END)
			return false;
		if (s == SPELLING_SAME)
			continue;
		if (look(w, cause,
			changed == 1 ? w->theirs.p[last].name
				     : (struct span){ NULL, 0 }))
			return true;
		for (size_t i = 0; changed > 1 && i < all; i++)
			if (spell(w, nth, i, &cause, &ignored, &last) ==
				SPELLING_OTHER &&
			    look(w, cause, w->theirs.p[i].name))
				return true;
	}
}

/* "%26" for "&", and the other way. */
static bool
versions(struct walk *w)
{
	struct span first = { NULL, 0 };

	begin(w);
	for (size_t i = 0; i < w->theirs.n; i++) {
		struct span v = w->theirs.p[i].value;

		sink_say(&w->out, i == 0 ? "%v=" : "&%v=", w->theirs.p[i].name);
		for (size_t j = 0; j < v.n; j++) {
			bool is = span_starts(span_skip(v, j), SPAN_LIT("%26"));

			sink_byte(&w->out, is ? '&' : v.p[j]);
			j += is ? 2 : 0;
			if (is && first.n == 0)
				first = w->theirs.p[i].name;
		}
	}
	if (first.n > 0 && look(w, CAUSE_VERSION_1, first))
		return true;
	begin(w);
	string_to_sign(w->theirs.p, w->theirs.n, &w->out);
	for (size_t i = 0; i < w->theirs.n && first.n == 0; i++)
		if (span_has(w->theirs.p[i].value, '&'))
			first = w->theirs.p[i].name;
	return first.n > 0 && look(w, CAUSE_VERSION_2, first);
}

static bool
camel_case(struct walk *w)
{
	struct span first = { NULL, 0 };

	begin(w);
	for (size_t i = 0; i < w->theirs.n; i++) {
		struct span name = w->theirs.p[i].name;

		if (i > 0)
			sink_byte(&w->out, '&');
		for (size_t j = 0; j < name.n; j++) {
			bool up = name.p[j] == '_' && j + 1 < name.n &&
				  name.p[j + 1] >= 'a' && name.p[j + 1] <= 'z';

			if (up && first.n == 0)
				first = name;
			j += up ? 1 : 0;
			sink_byte(&w->out,
			    up ? (unsigned char)(name.p[j] ^ 0x20) : name.p[j]);
		}
		sink_say(&w->out, "=%v", w->theirs.p[i].value);
	}
	return first.n > 0 && look(w, CAUSE_CAMEL_CASE, first);
}

/* As JSON.stringify() and Python's json.dumps() write it, the timestamp as a
 * number or as text. */
static bool
json(struct walk *w)
{
	for (unsigned way = 0; way < 4; way++) {
		const char *blank = way & 1 ? " " : "";

		begin(w);
		for (size_t i = 0; i < w->theirs.n; i++) {
			const struct signed_param *p = &w->theirs.p[i];
			bool bare = (way & 2) && span_is(p->name, "timestamp");

			sink_say(&w->out,
			    bare ? "%s\"%v\":%s%v" : "%s\"%v\":%s\"%v\"",
			    i == 0 ? "{" : blank, p->name, blank, p->value);
			sink_byte(&w->out, i + 1 < w->theirs.n ? ',' : '}');
		}
		if (look(w, CAUSE_JSON, (struct span){ NULL, 0 }))
			return true;
	}
	return false;
}

/* Put together in another way. */
static bool
joined(struct walk *w)
{
	static const struct {
		const char *before, *is, *between, *behind;
		enum cause cause;
	} ways[] = { { "", "=", "", "", CAUSE_SEPARATOR },
		{ "", "=", ",", "", CAUSE_SEPARATOR },
		{ "", "=", ";", "", CAUSE_SEPARATOR },
		{ "", "=", "\n", "", CAUSE_SEPARATOR },
		{ "", "=", "&amp;", "", CAUSE_HTML },
		{ "", "=", "&", "\n", CAUSE_LINE_END },
		{ "", "=", "&", "\r\n", CAUSE_LINE_END },
		{ "", "=", "&", "&", CAUSE_SEPARATOR },
		{ "?", "=", "&", "", CAUSE_SEPARATOR },
		{ "&", "=", "&", "", CAUSE_SEPARATOR },
		{ "'", "=", "&", "'", CAUSE_QUOTES },
		{ "\"", "=", "&", "\"", CAUSE_QUOTES },
		{ "", "", "", "", CAUSE_SEPARATOR },
		{ "", ":", "&", "", CAUSE_SEPARATOR } };

	for (size_t k = 0; k < sizeof(ways) / sizeof(ways[0]); k++) {
		begin(w);
		sink_text(&w->out, ways[k].before);
		for (size_t i = 0; i < w->theirs.n; i++) {
			if (i > 0)
				sink_text(&w->out, ways[k].between);
			sink_say(&w->out, "%v%s%v", w->theirs.p[i].name,
			    ways[k].is, w->theirs.p[i].value);
		}
		sink_text(&w->out, ways[k].behind);
		if (look(w, ways[k].cause, (struct span){ NULL, 0 }))
			return true;
	}
	return false;
}

/* The string as a whole in another spelling, its "&" and "=" too. */
static bool
whole(struct walk *w, struct span theirs)
{
	enum cause cause;
	enum spelling s;

	for (size_t nth = 0;; nth++) {
		begin(w);
		s = explain_spell(
		    (struct span){ NULL, 0 }, theirs, nth, &w->out, &cause);
		if (s == SPELLING_END)
			return false;
		if (s == SPELLING_OTHER && cause != CAUSE_LIST_ORDER &&
		    cause != CAUSE_LIST_JOIN && cause != CAUSE_BLANK &&
		    look(w, cause, (struct span){ NULL, 0 }))
			return true;
	}
}

bool
explain_near(struct span theirs, const struct change_known *known,
    struct change_eye *eye)
{
	struct walk w = { .eye = eye };

	explain_pieces(theirs, &w.theirs);
	if (w.theirs.n == 0)
		return false;
	return without_one(&w) || versions(&w) || joined(&w) || json(&w) ||
	       spelled(&w) || whole(&w, theirs) || with_one(&w, known) ||
	       camel_case(&w);
}
