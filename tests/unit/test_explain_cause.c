#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/explain_cause.h"

static unsigned char room[2048];

static void
each_has_a_code_and_a_sentence(void **state)
{
	struct sink out;

	(void)state;
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

static void
names(void **state)
{
	struct sink out;

	(void)state;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_a_code_and_a_sentence),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("explain_cause", tests, NULL, NULL);
}
