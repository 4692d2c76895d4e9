#include "test.h"

#include "store/redis_wire.h"

#include <stdio.h>
#include <stdlib.h>

static struct redis_wire *wire;

#define WIRED(name) TEST_WHEN(redis_wire_built_in, name, NULL, NULL)

static bool
left_out(void)
{
	return !redis_wire_built_in();
}

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

WIRED(numbers_are_read)
{
	const struct redis_answer *a;

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

WIRED(lists_are_bounded)
{
	const struct redis_answer *a;
	char text[512];
	int n = snprintf(text, sizeof(text), "*%d\r\n", REDIS_NUMBERS_MAX);

	for (int i = 0; i < REDIS_NUMBERS_MAX; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ":%d\r\n", i);
	assert_int_equal(feed(text, sizeof(text), &a), REDIS_WIRE_WHOLE);
	assert_int_equal(a->n, REDIS_NUMBERS_MAX);
	snprintf(text, sizeof(text), "*%d\r\n", REDIS_NUMBERS_MAX + 1);
	assert_int_equal(feed(text, sizeof(text), &a), REDIS_WIRE_BAD);
}

WIRED(text_is_kept_and_cleaned)
{
	const struct redis_answer *a;
	char text[200] = "-";

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

WIRED(all_else_is_refused)
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

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enum redis_wire_what what = feed(bad[i], 64, &a);

		if (what != REDIS_WIRE_BAD)
			fail_msg("%s: %d", bad[i], (int)what);
	}
}

/* What announces more than may come is at most a part. */
WIRED(a_promise_costs_nothing)
{
	static const char *const long_ones[] = { "$536870912\r\n",
		"$9223372036854775807\r\n", "+", "*1\r\n$9999999\r\n", "" };
	const struct redis_answer *a = NULL;

	for (size_t i = 0; i < sizeof(long_ones) / sizeof(*long_ones); i++)
		assert_int_equal(feed(long_ones[i], 64, &a), REDIS_WIRE_PART);
}

WIRED(an_answer_is_bounded)
{
	static char text[REDIS_ANSWER_MAX + 2];
	const struct redis_answer *a;

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
WIRED(answers_follow_each_other)
{
	const struct redis_answer *a;

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

WIRED(commands_are_binary_safe)
{
	static const char name[] = "a\0\r\n%s\xff";
	const struct span words[] = { SPAN_LIT("GET"),
		{ (const unsigned char *)name, sizeof(name) - 1 },
		SPAN_LIT("") };
	const struct span want =
	    SPAN_LIT("*3\r\n$3\r\nGET\r\n$7\r\na\0\r\n%s\xff\r\n$0\r\n\r\n");
	struct span command = redis_wire_command(words, 3);

	assert_true(span_eq(command, want));
	redis_wire_drop(command);
}

FIXTURE(end)
{
	redis_wire_free(wire);
	redis_wire_free(NULL);
}

/* A program without hiredis: everything fails, and nothing crashes. */
TEST_WHEN(left_out, without_hiredis_nothing_works, NULL, NULL)
{
	const struct redis_answer *a;
	const struct span word = SPAN_INIT("PING");

	assert_null(redis_wire_new());
	assert_null(redis_wire_command(&word, 1).p);
	redis_wire_expect(NULL);
	assert_int_equal(
	    redis_wire_feed(NULL, SPAN_LIT("+OK\r\n"), &a), REDIS_WIRE_BAD);
	redis_wire_drop((struct span){ NULL, 0 });
}

GROUP(NULL, end);
