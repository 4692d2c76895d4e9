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

static void
check_prefixes(struct span whole)
{
	for (size_t n = 0; n < whole.n; n++)
		must(record_look(span_head(whole, n), params).state ==
			 RECORD_MORE,
		    "the beginning of a whole request waits for more");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span arrived = { data, size }, copy = guarded(arrived);
	struct record here, there;

	memset(params, 0xa5, sizeof(params));
	here = record_look(arrived, params);
	memset(params, 0x5a, sizeof(params));
	there = record_look(copy, params);
	must(same(here, arrived.p, there, copy.p),
	    "the answer depends on the bytes alone");
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
