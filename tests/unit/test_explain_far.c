#include "test.h"

#include "explaining.h"
#include "guard.h"

static struct waiter w;

static enum cause
far(const char *theirs, const char *wanted)
{
	struct span s = guarded(span_of(theirs));
	bool found;

	w = waiting(wanted);
	found = explain_far(s, &w.eye);
	assert_int_equal(found, w.cause != CAUSE_NONE);
	guard_free(s);
	return w.cause;
}

TEST(parts)
{
	assert_int_equal(far("a=1&b=2&c=3&timestamp=4", "c=3&timestamp=4"),
	    CAUSE_NOT_SIGNED);
	assert_string_equal(w.name, "a, b");
	assert_int_equal(
	    far("a=1&b=2&c=3&timestamp=4", "timestamp=4"), CAUSE_NOT_SIGNED);
	assert_string_equal(w.name, "a, b, c");
	assert_int_equal(far("a=1&b=2", ""), CAUSE_NONE);
}

TEST(orders)
{
	assert_int_equal(
	    far("a=1&b=2&c=3&d=4", "c=3&a=1&d=4&b=2"), CAUSE_NAME_ORDER);
	assert_int_equal(far("a=1&b=2", "b=2&a=1"), CAUSE_NAME_ORDER);
	/* With more, those where one was moved, and backwards. */
	assert_int_equal(
	    far("a=1&b=2&c=3&d=4&e=5&f=6&g=7", "b=2&c=3&d=4&e=5&f=6&a=1&g=7"),
	    CAUSE_NAME_ORDER);
	assert_int_equal(
	    far("a=1&b=2&c=3&d=4&e=5&f=6&g=7", "g=7&f=6&e=5&d=4&c=3&b=2&a=1"),
	    CAUSE_NAME_ORDER);
	assert_int_equal(
	    far("a=1&b=2&c=3&d=4&e=5&f=6&g=7", "b=2&a=1&d=4&c=3&e=5&f=6&g=7"),
	    CAUSE_NONE);
}

TEST(times)
{
	assert_int_equal(far("timestamp=1700000000", "timestamp=1700000001"),
	    CAUSE_TIMESTAMP_OTHER);
	assert_int_equal(far("timestamp=1700000000", "timestamp=1699999400"),
	    CAUSE_TIMESTAMP_OTHER);
	assert_int_equal(
	    far("timestamp=1700000000", "timestamp=1699999399"), CAUSE_NONE);
	assert_int_equal(far("timestamp=1700000000", "timestamp=1700007200"),
	    CAUSE_TIMESTAMP_OTHER);
	assert_int_equal(far("timestamp=17", "timestamp=18"), CAUSE_NONE);
}

TEST(extras)
{
	assert_int_equal(
	    far("timestamp=1", "folder=&timestamp=1"), CAUSE_EMPTY);
	assert_string_equal(w.name, "folder");
	assert_int_equal(
	    far("timestamp=1", "tags=undefined&timestamp=1"), CAUSE_NULL);
	assert_int_equal(
	    far("timestamp=1", "overwrite=true&timestamp=1"), CAUSE_NOT_SENT);
	assert_int_equal(
	    far("timestamp=1", "folder=true&timestamp=1"), CAUSE_NONE);
	assert_int_equal(
	    far("folder=x&timestamp=1", "folder=&folder=x&timestamp=1"),
	    CAUSE_NONE);
}

/* Nothing runs away with as many as there may be. */
TEST(limits)
{
	char text[4 * (PARAMS_MAX + 1) + 1];

	for (size_t n = PARAMS_MAX - 1; n <= PARAMS_MAX + 1; n++) {
		for (size_t i = 0; i < n; i++)
			memcpy(text + 4 * i, "a=1&", 4);
		text[4 * n - 1] = '\0';
		assert_int_equal(far(text, "x"), CAUSE_NONE);
		assert_true(w.looks < 10000);
	}
	assert_int_equal(far("", "x"), CAUSE_NONE);
}
