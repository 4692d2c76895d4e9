/* Templates, patterns and rules for one user: what their tests share. */
#ifndef TESTS_RULES_H
#define TESTS_RULES_H

#include "guard.h"
#include "policy/rule.h"

#define RULES_NOW 1767225600LL /* 2026-01-01 */
#define RULES_RANDOM "000102030405060708090a0b0c0d0e0f"

/* printf '%s\0%s' 'signpost user' alice | sha256sum | cut -c 1-32 */
#define RULES_HASH "08035f78901f461c3d081bab888dabf7"

struct rules {
	unsigned char mem[65536], said[DETAIL_MAX];
	char text[DETAIL_MAX];
	struct arena arena;
	struct sink why;
	struct session session;
	struct facts facts;
	struct problem problem;
	struct ctx ctx;
};

static inline void
rules_open(struct rules *r)
{
	memset(r, 0x55, sizeof(*r));
	arena_init(&r->arena, r->mem, sizeof(r->mem));
	sink_init(&r->why, r->said, sizeof(r->said));
	problem_clear(&r->problem);
	r->ctx = (struct ctx){ &r->facts, &r->arena, &r->problem };
	r->session = (struct session){ .open = true,
		.user = SPAN_LIT("alice"),
		.claims = { JSON_KIND_OBJECT,
		    SPAN_LIT("{\"team\":\"red\",\"n\":7,\"bad\":\"a/b\","
			     "\"empty\":\"\",\"list\":[1],"
			     "\"deep\":{\"er\":\"yes\"}}") } };
	r->facts = (struct facts){ .session = &r->session,
		.remote_addr = SPAN_LIT("192.0.2.7"),
		.now = RULES_NOW };
	for (unsigned char i = 0; i < 16; i++)
		r->facts.random[i] = i;
}

/* What a refusal said, as a C string; nothing was said: "". */
static inline const char *
rules_said(struct rules *r, const struct sink *out)
{
	struct span s = sink_view(out);

	if (s.n >= sizeof(r->text))
		abort();
	if (s.n > 0)
		memcpy(r->text, s.p, s.n);
	r->text[s.n] = '\0';
	return r->text;
}

#endif
