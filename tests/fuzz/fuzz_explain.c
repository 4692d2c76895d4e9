/*
 * What `signpost explain` makes of anything that is pasted into it: nothing of
 * it reaches the terminal but printable ASCII, views stay in what was given,
 * and a change of a string is another string.
 */
#include "base/text.h"
#include "cli/explain.h"
#include "fuzz.h"

#define PASTED_MAX 2048
#define NOW 1767225600LL

struct counter {
	struct change_eye eye;
	struct span theirs;
	size_t n;
};

static bool
look(struct change_eye *self, const struct change *change)
{
	struct counter *c = (struct counter *)(void *)self;

	must(change->cause != CAUSE_NONE, "a change has a cause");
	must(change->string.n > 0, "and a string");
	return ++c->n > 4000;
}

static void
check_printed(struct span printed)
{
	for (size_t i = 0; i < printed.n; i++)
		must(printed.p[i] == '\n' ||
			 (printed.p[i] >= 0x20 && printed.p[i] < 0x7f),
		    "only printable ASCII is printed");
}

/* Apart and together again is the same text, but for an empty part. */
static void
check_pieces(struct span string)
{
	static unsigned char room[EXPLAIN_WORK_MAX];
	struct pieces pieces;
	struct sink out;

	explain_pieces(string, &pieces);
	sink_init(&out, room, sizeof(room));
	explain_join(&pieces, &out);
	must(!out.full && out.n <= string.n, "pieces are parts of it");
	must(span_ends(string, sink_view(&out)), "in their order");
}

static void
check_said(const struct explanation *e)
{
	static unsigned char printed[32 * EXPLAIN_STRING_MAX];
	struct sink out;

	sink_init(&out, printed, sizeof(printed));
	explain_say(e, &out);
	must(!out.full && out.n > 0, "there is room for what is printed");
	check_printed(sink_view(&out));
	sink_init(&out, printed, sizeof(printed));
	explain_say_json(e, &out);
	must(!out.full && text_utf8(sink_view(&out)), "and for JSON");
	must(!text_has_control(span_head(sink_view(&out), out.n - 1)),
	    "on one line");
}

static void
check_complaint(struct complaint *c, struct arena *arena)
{
	static unsigned char why_room[512];
	struct change_known known = { SPAN_LIT("123"), SPAN_LIT("demo") };
	struct explanation e = { .complaint = c };
	struct counter counter = { { look }, c->theirs, 0 };
	struct received received;
	struct sink why;
	struct sent sent;

	must(c->theirs.n <= EXPLAIN_STRING_MAX, "a string has its limit");
	explain_signature(c->signature, &received);
	e.form = received.form;
	if (c->has_ours && explain_sent(c->ours, arena, &sent)) {
		must(sent.string.n <= EXPLAIN_STRING_MAX, "so has ours");
		c->ours = sent.string;
	}
	if (c->has_ours && c->ours.n > EXPLAIN_STRING_MAX)
		return;
	check_pieces(c->theirs);
	explain_near(c->theirs, &known, &counter.eye);
	explain_far(c->theirs, &counter.eye);
	if (c->has_ours && c->has_theirs) {
		explain_compare(
		    c->theirs, c->ours, &known, arena, &e.difference);
		e.compared = true;
		must((e.difference.n == 0) == span_eq(c->theirs, c->ours),
		    "what differs is found, and nothing else");
	}
	sink_init(&why, why_room, sizeof(why_room));
	if (c->has_reported)
		e.clock = explain_stale(c->reported, NOW, &why);
	e.clock_why = sink_view(&why);
	check_said(&e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char memory[16 * EXPLAIN_PASTED_MAX];
	struct complaint complaint;
	struct arena arena;

	if (size > PASTED_MAX)
		return 0;
	arena_init(&arena, memory, sizeof(memory));
	if (explain_read((struct span){ data, size }, &arena, &complaint))
		check_complaint(&complaint, &arena);
	return 0;
}
