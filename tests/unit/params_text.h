/* Parameters written out, so that a test can compare them with one text. */
#ifndef TESTS_PARAMS_TEXT_H
#define TESTS_PARAMS_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/sink.h"
#include "http/reading.h"

/* a=<1> b=[<1><2>] context={<k><v>} */
static inline void
params_text(const struct params *ps, struct sink *out)
{
	static const char *const shape[] = { "", "", "[]", "{}" };

	for (size_t i = 0; i < ps->n; i++) {
		const struct param *p = &ps->p[i];

		sink_say(out, "%s%v=", i > 0 ? " " : "", p->name);
		if (p->shape != SHAPE_TEXT)
			sink_byte(out, (unsigned char)shape[p->shape][0]);
		for (size_t k = 0; k < p->n; k++) {
			if (p->shape == SHAPE_OBJECT)
				sink_say(out, "<%v>", p->keys[k]);
			sink_say(out, "<%v>", p->values[k]);
		}
		if (p->shape != SHAPE_TEXT)
			sink_byte(out, (unsigned char)shape[p->shape][1]);
	}
}

static inline void
assert_params(const struct params *ps, const char *text)
{
	static unsigned char mem[65536];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	params_text(ps, &out);
	if (!span_is(sink_view(&out), text))
		fail_msg("%.*s is not %s", (int)out.n, (const char *)mem, text);
}

/* A reading that begins, with what it needs; old bytes in all of it. */
struct bench {
	unsigned char mem[ARENA_MAX];
	struct arena arena;
	struct params params;
	struct problem why;
	struct reading r;
};

static inline struct reading *
bench_start(struct bench *b, size_t room)
{
	arena_init(&b->arena, b->mem, room);
	memset(b->mem, 0xa5, 4096);
	memset(&b->params, 0xa5, sizeof(b->params));
	b->params.n = 0;
	problem_clear(&b->why);
	b->r = (struct reading){
		.arena = &b->arena, .params = &b->params, .why = &b->why
	};
	return &b->r;
}

/* The code and the parameter of the refusal: "malformed tags". */
static inline void
assert_refused(const struct problem *why, const char *text)
{
	unsigned char mem[256];
	struct sink out;

	assert_int_equal(why->status, 400);
	sink_init(&out, mem, sizeof(mem));
	sink_say(
	    &out, "%s%s%v", why->code, why->param.n > 0 ? " " : "", why->param);
	if (!span_is(sink_view(&out), text))
		fail_msg("%.*s is not %s", (int)out.n, (const char *)mem, text);
	assert_true(sink_view(&why->detail).n > 0);
}

#endif
