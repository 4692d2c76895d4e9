#include "base/text.h"
#include "cli/explain.h"
#include "http/json_write.h"

/* As it is where that is text, else as it would be shown. */
static void
json_any(struct json_out *j, const char *name, struct span s)
{
	static unsigned char room[4 * EXPLAIN_STRING_MAX];
	struct sink out;

	sink_init(&out, room, sizeof(room));
	if (!text_utf8(s) || text_has_control(s)) {
		explain_clean(s, &out);
		s = sink_view(&out);
	}
	json_named_text(j, name, s);
}

static void
json_cause(struct json_out *j, enum cause cause, struct span name)
{
	unsigned char room[1024];
	struct sink out;

	sink_init(&out, room, sizeof(room));
	cause_say(cause, name, &out);
	json_named_text(j, "cause", span_of(cause_code(cause)));
	json_named_text(j, "says", sink_view(&out));
	if (name.n > 0)
		json_any(j, "name", name);
}

static void
json_also(struct json_out *j, enum cause main, const struct explanation *e)
{
	const enum cause causes[] = { e->string, e->making.cause,
		e->making.also, e->form,
		e->exposed ? CAUSE_SECRET_EXPOSED : CAUSE_NONE, e->clock };

	json_name(j, "also");
	json_open(j, '[');
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i] != CAUSE_NONE && causes[i] != main &&
		    causes[i] != CAUSE_RIGHT)
			json_text(j, span_of(cause_code(causes[i])));
	json_close(j);
}

static void
json_difference(struct json_out *j, const struct explanation *e)
{
	const struct difference *d = &e->difference;

	json_name(j, "difference");
	json_open(j, '{');
	json_named_number(j, "at", (long long)d->at);
	json_name(j, "items");
	json_open(j, '[');
	for (size_t i = 0; i < d->n; i++) {
		json_open(j, '{');
		json_cause(j, d->item[i].cause, d->item[i].name);
		json_any(j, "theirs", d->item[i].theirs);
		json_any(j, "ours", d->item[i].ours);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

void
explain_say_json(const struct explanation *e, struct sink *out)
{
	enum cause main = explain_cause(e);
	struct json_out j;

	json_begin(&j, out);
	json_open(&j, '{');
	json_cause(
	    &j, main, main == e->string ? e->name : (struct span){ NULL, 0 });
	json_also(&j, main, e);
	json_named_bool(&j, "proved", e->proved);
	if (e->clock_why.n > 0)
		json_named_text(&j, "clock", e->clock_why);
	if (e->complaint->has_theirs)
		json_any(&j, "theirs", e->complaint->theirs);
	if (e->complaint->has_ours)
		json_any(&j, "ours", e->complaint->ours);
	if (e->was.n > 0)
		json_any(&j, "signed", e->was);
	if (e->compared && e->difference.n > 0)
		json_difference(&j, e);
	json_close(&j);
	sink_byte(out, '\n');
}
