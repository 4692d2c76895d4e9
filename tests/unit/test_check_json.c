#include "test.h"

#include "cli/check_json.h"

/* Without room there is nothing, never half of it. */
TEST(room)
{
	static struct check_json json;
	struct report *r = &json.report;
	static const size_t whole = 101;
	unsigned char mem[128];

	for (size_t cap = 0; cap <= whole; cap++) {
		check_json_begin(&json, "x", mem, cap);
		r->say(r, SAY_ERROR, "x", 1, SPAN_LIT("y"));
		assert_int_equal(
		    check_json_end(&json, NULL).n, cap < whole ? 0 : whole);
	}
}
