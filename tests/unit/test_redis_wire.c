#include "store/redis_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct redis_wire *wire;

/* Hands the text in, n bytes at a time. */
static enum redis_wire_what
feed(const char *text, size_t n, const struct redis_answer **answer)
{
	enum redis_wire_what what = REDIS_WIRE_PART;
	struct span rest = span_of(text);

	redis_wire_free(wire);
	wire = redis_wire_new();
	assert_non_null(wire);
	redis_wire_expect(wire);
	while (what == REDIS_WIRE_PART && rest.n > 0) {
		struct span part = span_head(rest, n < rest.n ? n : rest.n);

		what = redis_wire_feed(wire, part, answer);
		rest = span_skip(rest, part.n);
	}
	assert_int_equal(what == REDIS_WIRE_WHOLE, *answer != NULL);
	return what;
}

static void
numbers_are_read(void **state)
{
	const struct redis_answer *a;

	(void)state;
	for (size_t n = 1; n < 32; n++) {
		assert_int_equal(
		    feed("*3\r\n:1\r\n:-20\r\n:1234567890123\r\n", n, &a),
		    REDIS_WIRE_WHOLE);
		assert_int_equal(a->n, 3);
		assert_int_equal(a->numbers[0], 1);
		assert_int_equal(a->numbers[1], -20);
		assert_true(a->numbers[2] == 1234567890123);
		assert_false(a->is_error);
		assert_int_equal(a->text.n, 0);
	}
}

static void
lists_are_bounded(void **state)
{
	const struct redis_answer *a;
	char text[512];
	int n = snprintf(text, sizeof(text), "*%d\r\n", REDIS_NUMBERS_MAX);

	(void)state;
	for (int i = 0; i < REDIS_NUMBERS_MAX; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ":%d\r\n", i);
	assert_int_equal(feed(text, sizeof(text), &a), REDIS_WIRE_WHOLE);
	assert_int_equal(a->n, REDIS_NUMBERS_MAX);
	snprintf(text, sizeof(text), "*%d\r\n", REDIS_NUMBERS_MAX + 1);
	assert_int_equal(feed(text, sizeof(text), &a), REDIS_WIRE_BAD);
}

static void
text_is_kept_and_cleaned(void **state)
{
	const struct redis_answer *a;
	char text[200] = "-";

	(void)state;
	assert_int_equal(feed("+PONG\r\n", 7, &a), REDIS_WIRE_WHOLE);
	assert_false(a->is_error);
	assert_true(span_is(a->text, "PONG"));
	assert_int_equal(a->n, 0);
	assert_int_equal(
	    feed("-ERR a\x1b[31m\xc3\xa9\x7f.\r\n", 4, &a), REDIS_WIRE_WHOLE);
	assert_true(a->is_error);
	assert_true(span_is(a->text, "ERR a?[31m???."));
	for (size_t n = REDIS_TEXT_KEPT - 1; n <= REDIS_TEXT_KEPT + 1; n++) {
		memset(text + 1, 'x', n);
		strcpy(text + 1 + n, "\r\n");
		assert_int_equal(feed(text, 8, &a), REDIS_WIRE_WHOLE);
		assert_int_equal(
		    a->text.n, n < REDIS_TEXT_KEPT ? n : REDIS_TEXT_KEPT);
	}
}

static void
all_else_is_refused(void **state)
{
	static const char *const bad[] = {
		"HTTP/1.1 400 Bad Request\r\n",
		"\r\n",
		":1\r\n",
		"$2\r\nhi\r\n",
		"$-1\r\n",
		"*-1\r\n",
		"*0\r\n",
		"*-2\r\n",
		"*1000000000\r\n",
		"*2147483647\r\n",
		"*2147483648\r\n",
		"*4294967296\r\n",
		"*9223372036854775807\r\n",
		"*99999999999999999999\r\n",
		"*1\r\n*1\r\n:1\r\n",
		"*1\r\n*2000000000\r\n",
		"*1\r\n$1\r\n1\r\n",
		"*1\r\n$-1\r\n",
		"*1\r\n+1\r\n",
		"*1\r\n-ERR\r\n",
		"*1\r\n:1x\r\n",
		"*1\r\n:\r\n",
		"*1\r\n:99999999999999999999\r\n",
		"*x\r\n",
		"%1\r\n+a\r\n:1\r\n",
		"_\r\n",
		"#t\r\n",
		",1.5\r\n",
		"*1\r\n#t\r\n",
		"*1\r\n,1\r\n",
		"+PONG\r\n+",
		"*1\r\n:1\r\n:2\r\n",
	};
	const struct redis_answer *a;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enum redis_wire_what what = feed(bad[i], 64, &a);

		if (what != REDIS_WIRE_BAD)
			fail_msg("%s: %d", bad[i], (int)what);
	}
}

/* What announces more than may come is at most a part. */
static void
a_promise_costs_nothing(void **state)
{
	static const char *const long_ones[] = { "$536870912\r\n",
		"$9223372036854775807\r\n", "+", "*1\r\n$9999999\r\n", "" };
	const struct redis_answer *a = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(long_ones) / sizeof(*long_ones); i++)
		assert_int_equal(feed(long_ones[i], 64, &a), REDIS_WIRE_PART);
}

static void
an_answer_is_bounded(void **state)
{
	static char text[REDIS_ANSWER_MAX + 2];
	const struct redis_answer *a;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[0] = '+';
	for (size_t n = 1; n <= 1024; n *= 4)
		assert_int_equal(feed(text, n, &a), REDIS_WIRE_BAD);
	strcpy(text + REDIS_ANSWER_MAX - 2, "\r\n");
	for (size_t n = 1; n <= 1024; n *= 4)
		assert_int_equal(feed(text, n, &a), REDIS_WIRE_WHOLE);
	strcpy(text + REDIS_ANSWER_MAX - 1, "\r\n");
	for (size_t n = 1; n <= 1024; n *= 4)
		assert_int_equal(feed(text, n, &a), REDIS_WIRE_BAD);
}

/* One reader for many answers: each one's own limit, nothing of the last. */
static void
answers_follow_each_other(void **state)
{
	const struct redis_answer *a;

	(void)state;
	assert_int_equal(feed("*2\r\n:1\r\n:2\r\n", 64, &a), REDIS_WIRE_WHOLE);
	for (int i = 0; i < 1000; i++) {
		redis_wire_expect(wire);
		assert_int_equal(
		    redis_wire_feed(wire, SPAN_LIT("-NO it is\r\n"), &a),
		    REDIS_WIRE_WHOLE);
		assert_int_equal(a->n, 0);
		assert_true(a->is_error);
		redis_wire_expect(wire);
		assert_int_equal(
		    redis_wire_feed(wire, SPAN_LIT("*1\r\n:7\r\n"), &a),
		    REDIS_WIRE_WHOLE);
		assert_int_equal(a->n, 1);
		assert_int_equal(a->text.n, 0);
		assert_false(a->is_error);
	}
}

static void
commands_are_binary_safe(void **state)
{
	static const char name[] = "a\0\r\n%s\xff";
	const struct span words[] = { SPAN_LIT("GET"),
		{ (const unsigned char *)name, sizeof(name) - 1 },
		SPAN_LIT("") };
	const struct span want =
	    SPAN_LIT("*3\r\n$3\r\nGET\r\n$7\r\na\0\r\n%s\xff\r\n$0\r\n\r\n");
	struct span command = redis_wire_command(words, 3);

	(void)state;
	assert_true(span_eq(command, want));
	redis_wire_drop(command);
}

static int
end(void **state)
{
	(void)state;
	redis_wire_free(wire);
	redis_wire_free(NULL);
	return 0;
}

/* A program without hiredis: everything fails, and nothing crashes. */
static void
without_hiredis_nothing_works(void **state)
{
	const struct redis_answer *a;
	const struct span word = SPAN_INIT("PING");

	(void)state;
	assert_null(redis_wire_new());
	assert_null(redis_wire_command(&word, 1).p);
	redis_wire_expect(NULL);
	assert_int_equal(
	    redis_wire_feed(NULL, SPAN_LIT("+OK\r\n"), &a), REDIS_WIRE_BAD);
	redis_wire_drop((struct span){ NULL, 0 });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(text_is_kept_and_cleaned),
		cmocka_unit_test(all_else_is_refused),
		cmocka_unit_test(a_promise_costs_nothing),
		cmocka_unit_test(an_answer_is_bounded),
		cmocka_unit_test(answers_follow_each_other),
		cmocka_unit_test(commands_are_binary_safe),
	};
	const struct CMUnitTest without[] = { cmocka_unit_test(
	    without_hiredis_nothing_works) };

	if (!redis_wire_built_in())
		return cmocka_run_group_tests(without, NULL, end);
	return cmocka_run_group_tests(tests, NULL, end);
}
