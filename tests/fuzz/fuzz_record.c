/*
 * record_look() on any bytes. It sees nothing behind what has arrived, and a
 * whole request is good from its first byte to its last.
 */
#include "../unit/guard.h"
#include "fuzz.h"
#include "gateway/record.h"

static unsigned char params[FCGI_PARAMS_MAX];

/* Are these the same, each in its own copy of the bytes? */
static bool
same(struct record a, const unsigned char *a_bytes, struct record b,
    const unsigned char *b_bytes)
{
	return a.state == b.state && a.id == b.id && a.type == b.type &&
	       a.size == b.size && span_eq(a.content, b.content) &&
	       (a.content.p == NULL) == (b.content.p == NULL) &&
	       (a.content.p == NULL ||
		   a.content.p - a_bytes == b.content.p - b_bytes);
}

static bool
lies_in(struct span part, struct span whole)
{
	return part.n == 0 ||
	       (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static struct record
look(struct span s)
{
	struct record_progress start = { 0 };

	return record_look(&start, s, params);
}

static void
check_prefixes(struct span whole)
{
	for (size_t n = 0; n < whole.n; n++)
		must(look(span_head(whole, n)).state == RECORD_MORE,
		    "the beginning of a whole request waits for more");
}

/* In three pieces, each look going on where the last one ended. */
static struct record
look_on(struct span s)
{
	struct record_progress done = { 0 };
	struct record record = { .state = RECORD_MORE };

	for (size_t i = 1; i <= 3 && record.state == RECORD_MORE; i++)
		record = record_look(&done, span_head(s, s.n * i / 3), params);
	return record;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span arrived = { data, size }, copy = guarded(arrived);
	struct record here, there;

	memset(params, 0xa5, sizeof(params));
	here = look(arrived);
	memset(params, 0x5a, sizeof(params));
	there = look(copy);
	must(same(here, arrived.p, there, copy.p),
	    "the answer depends on the bytes alone");
	there = look_on(copy);
	must(there.state == here.state || here.state == RECORD_BROKEN,
	    "in pieces the verdict is the same");
	must(lies_in(here.content, arrived), "the content has arrived");
	if (here.state == RECORD_WHOLE)
		check_prefixes(arrived);
	if (here.state == RECORD_MANAGEMENT)
		must(here.size >= RECORD_HEADER + here.content.n &&
			 here.size <= size,
		    "a management record has arrived whole");
	guard_free(copy);
	return 0;
}
