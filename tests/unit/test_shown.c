#include "test.h"

#include "cli/shown.h"

/* What is printed of a right one is told in tests/cases/commands. */
TEST(no_answer)
{
	static const char *const rows[] = { "", "\r\n", "Status: 200 OK",
		"Status: 200 OK\r\n", "Status: 200 OK\n\n",
		"Statis: 200 OK\r\n\r\n", "Status: OK\r\n\r\n",
		"Status: 99 Low\r\n\r\n", "Status: 600 High\r\n\r\n",
		"Status: 200 OK\r\nA: b\r\n", "Status: 200 OK\r\nab\r\n\r\n" };
	struct shown shown;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(shown_read(span_of(rows[i]), &shown));
	assert_true(shown_read(SPAN_LIT("Status: 200 OK\r\n\r\n"), &shown));
	assert_false(shown.json);
	assert_true(shown_read(
	    SPAN_LIT("Status: 599 High\r\nA: b\r\n\r\n\r\n"), &shown));
	assert_true(span_is(shown.body, "\r\n"));
}
