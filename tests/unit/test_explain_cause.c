#include "test.h"

#include "cli/explain_cause.h"

static unsigned char room[2048];

TEST(each_has_a_code_and_a_sentence)
{
	struct sink out;

	for (int i = 0; i < CAUSE_COUNT; i++) {
		sink_init(&out, room, sizeof(room));
		cause_say((enum cause)i, SPAN_LIT("tags"), &out);
		assert_true(sink_view(&out).n > 10);
		assert_int_equal(room[out.n - 1], '.');
		assert_true(strlen(cause_code((enum cause)i)) > 2);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(cause_code((enum cause)i),
			    cause_code((enum cause)j));
	}
}

TEST(names)
{
	struct sink out;

	sink_init(&out, room, sizeof(room));
	cause_say(CAUSE_EMPTY, SPAN_LIT("a\033b"), &out);
	assert_true(
	    span_starts(sink_view(&out), SPAN_LIT("\"a\\x1bb\" is empty")));
	sink_init(&out, room, sizeof(room));
	cause_say(CAUSE_EMPTY, (struct span){ NULL, 0 }, &out);
	assert_true(
	    span_starts(sink_view(&out), SPAN_LIT("the string is empty")));
	/* A percent sign of the sentence itself stays. */
	sink_init(&out, room, sizeof(room));
	cause_say(CAUSE_VERSION_1, SPAN_LIT("x"), &out);
	room[out.n] = '\0';
	assert_non_null(strstr((char *)room, "does not become %26"));
	assert_string_equal(cause_code(CAUSE_COUNT), "none");
}
