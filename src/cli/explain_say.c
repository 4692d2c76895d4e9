#include "cli/explain.h"

#include "cli/paint.h"

#define BEFORE 24 /* bytes that are shown before the first difference */
#define SHOWN 56  /* bytes in all */

/* Causes that stand for the whole, the most telling one first. */
enum cause
explain_cause(const struct explanation *e)
{
	if (e->string != CAUSE_NONE)
		return e->string;
	if (e->making.cause != CAUSE_NONE &&
	    (e->making.cause != CAUSE_RIGHT || e->form == CAUSE_NONE))
		return e->making.cause;
	/* A signature is judged first: its time can only be said beside it. */
	return e->form == CAUSE_NONE && e->complaint->has_reported ? e->clock
								   : e->form;
}

/* One of the strings around the byte at `at`; the caret's column or 0. */
static size_t
say_window(struct span s, size_t at, struct sink *out)
{
	size_t from = at > BEFORE && s.n > SHOWN ? at - BEFORE : 0;
	size_t end = s.n - from > SHOWN ? from + SHOWN : s.n, mark = out->n;
	size_t column;

	if (from > 0)
		sink_text(out, "...");
	explain_clean(span_head(span_skip(s, from), at - from), out);
	column = out->n - mark;
	if (at < end) {
		sink_text(out, paint_on(stdout, PAINT_BAD));
		explain_clean(span_head(span_skip(s, at), 1), out);
		sink_text(out, paint_off(stdout));
		explain_clean(
		    span_head(span_skip(s, at + 1), end - at - 1), out);
	}
	if (end < s.n)
		sink_text(out, "...");
	sink_byte(out, '\n');
	return column;
}

/* One above the other: theirs, and what the other one is. */
static void
say_both(
    struct span theirs, const char *label, struct span other, struct sink *out)
{
	size_t at = explain_first_difference(theirs, other), column;

	say_window(theirs, at, out);
	sink_say(out, "  %s", label);
	column = say_window(other, at, out);
	for (size_t i = 0; i < column + 14; i++)
		sink_byte(out, ' ');
	sink_say(out, "%s^%s from byte %d on\n", paint_on(stdout, PAINT_BAD),
	    paint_off(stdout), (long long)at + 1);
}

static void
say_strings(const struct explanation *e, struct sink *out)
{
	const struct complaint *c = e->complaint;
	bool ours = c->has_ours && e->compared;

	if (!c->has_theirs)
		return;
	sink_text(out, "  Cloudinary  ");
	if (ours && e->difference.n > 0) {
		say_both(c->theirs, "ours        ", c->ours, out);
	} else if (e->was.n > 0) {
		say_both(c->theirs, "was signed  ", e->was, out);
	} else {
		explain_clean(c->theirs, out);
		if (ours)
			sink_text(out, "\n  ours        the same");
		sink_byte(out, '\n');
	}
}

static void
say_one(const char *how, enum cause cause, struct span name, struct sink *out)
{
	sink_say(out, "%s%s%s (%s): ", paint_on(stdout, PAINT_BOLD), how,
	    paint_off(stdout), cause_code(cause));
	cause_say(cause, name, out);
	sink_byte(out, '\n');
}

static void
say_account(const struct making *m, struct sink *out)
{
	if (m->cloud == NULL)
		return;
	sink_say(out, "  The account: cloud name %q, API key %q.\n",
	    m->cloud->cloud_name, m->cloud->api_key);
	if (m->other_hash && m->cause != CAUSE_ALGORITHM)
		sink_text(out, "  And with another hash than the configured "
			       "signature_algorithm.\n");
}

/* Was there a signature of a length that one has? */
static bool
could_be_tried(enum cause form)
{
	return form != CAUSE_SIGNATURE_MISSING && form != CAUSE_SIGNATURE_MD5 &&
	       form != CAUSE_SIGNATURE_LENGTH;
}

/* What may still be found where nothing was. */
static void
say_next(const struct explanation *e, struct sink *out)
{
	if (!e->has_config)
		sink_text(out,
		    "  No configuration was read, so no secret was tried: give "
		    "CONF, or run this\n  where `signpost check` is right.\n");
	else
		sink_text(out,
		    "  So the secret is none of the configured ones, or "
		    "several things are wrong\n  at once. Compare the secret "
		    "with the Console's (Settings, API Keys), and the\n"
		    "  api_key that is sent with the configured one.\n");
	if (!e->complaint->has_ours)
		sink_text(out,
		    "  Log the string that your program signs, without the "
		    "secret, and give it\n  with --ours: the strings are then "
		    "compared byte by byte.\n");
	if (!e->all_tried)
		sink_text(out, "  The string is long, so not all that is known "
			       "was tried.\n");
}

/* Those of ours, unless something else turned out to be what was signed. */
static void
say_differences(const struct explanation *e, struct sink *out)
{
	if (e->difference.n > 0 && e->string != CAUSE_NONE &&
	    e->string != e->difference.item[0].cause)
		return;
	for (size_t i = 0; i < e->difference.n; i++)
		if (e->difference.item[i].cause != e->string ||
		    !span_eq(e->difference.item[i].name, e->name))
			say_one("Also", e->difference.item[i].cause,
			    e->difference.item[i].name, out);
}

void
explain_say(const struct explanation *e, struct sink *out)
{
	bool any = e->string != CAUSE_NONE;

	say_strings(e, out);
	if (any)
		say_one(e->proved ? "Cause" : "Likely cause", e->string,
		    e->name, out);
	if (e->making.cause != CAUSE_NONE &&
	    (e->making.cause != CAUSE_RIGHT ||
		(!any && e->form == CAUSE_NONE))) {
		say_one(any ? "And" : "Cause", e->making.cause,
		    (struct span){ NULL, 0 }, out);
		if (e->making.also != CAUSE_NONE)
			say_one("And", e->making.also, (struct span){ NULL, 0 },
			    out);
		say_account(&e->making, out);
		any = true;
	}
	if (e->form != CAUSE_NONE) {
		say_one(any ? "And" : "Cause", e->form,
		    (struct span){ NULL, 0 }, out);
		any = true;
	}
	if (!any && !e->complaint->has_reported)
		say_one("None fits", CAUSE_NONE, (struct span){ NULL, 0 }, out);
	if (e->compared && e->making.cause != CAUSE_RIGHT)
		say_differences(e, out);
	if (e->exposed)
		say_one("Also", CAUSE_SECRET_EXPOSED, (struct span){ NULL, 0 },
		    out);
	if (e->clock != CAUSE_NONE) {
		say_one(e->complaint->has_reported ? "Cause" : "Also", e->clock,
		    (struct span){ NULL, 0 }, out);
		if (e->clock_why.n > 0)
			sink_say(out, "  %v\n", e->clock_why);
	}
	if (e->proved)
		sink_text(out, "The signature that Cloudinary received was "
			       "made again so: this is certain.\n");
	if (!e->proved && e->complaint->has_theirs && could_be_tried(e->form))
		say_next(e, out);
}
