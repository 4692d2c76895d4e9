#include "test.h"

#include "http/intake.h"

static int
status_of(enum intake intake, const char *method)
{
	struct request r = { .intake = intake,
		.method = span_of(method),
		.about = SPAN_INIT("QUERY_STRING") };
	struct problem why;

	problem_clear(&why);
	if (intake_check(&r, &why)) {
		assert_int_equal(why.status, 0);
		return 0;
	}
	return why.status;
}

TEST(methods)
{
	static const char *const refused[] = { "", "get", "GETS", "GE", "Post",
		"HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "GET ", "FOO" };

	assert_int_equal(status_of(INTAKE_WHOLE, "GET"), 0);
	assert_int_equal(status_of(INTAKE_WHOLE, "POST"), 0);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(status_of(INTAKE_WHOLE, refused[i]), 405);
}

TEST(order)
{
	assert_int_equal(status_of(INTAKE_NONE, "GET"), 400);
	assert_int_equal(status_of(INTAKE_LENGTH, "POST"), 400);
	assert_int_equal(status_of(INTAKE_TWICE, "GET"), 400);
	assert_int_equal(status_of(INTAKE_TOO_LARGE, "GET"), 413);
	assert_int_equal(status_of(INTAKE_TOO_LARGE, "PUT"), 405);
	assert_int_equal(status_of(INTAKE_ROLE, "PUT"), 403);
	/* A value past the last one lets nothing through. */
	assert_int_equal(status_of((enum intake)99, "GET"), 400);
}
