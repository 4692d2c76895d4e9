#include "test.h"

#include <string.h>

#include "base/text.h"
#include "guard.h"
#include "http/problem.h"

static struct problem p;
static const struct span none = { NULL, 0 };

FIXTURE(clear)
{
	memset(&p, 0xa5, sizeof(p));
	problem_clear(&p);
}

static void
assert_detail(const char *text)
{
	assert_true(span_is(sink_view(&p.detail), text));
}

TEST_WITH(test_clear, clear, NULL)
{
	assert_int_equal(p.status, 0);
	assert_null(p.code);
	assert_int_equal(p.param.n + p.policy.n, 0);
	assert_true(p.server_time == 0 && p.retry_after == 0);
	assert_detail("");
}

TEST_WITH(test_set, clear, NULL)
{
	assert_false(problem_set(&p, 403, "no", SPAN_LIT("tags"),
	    "%q has %d of %s.", SPAN_LIT("ta\"gs"), 7LL, "them"));
	assert_int_equal(p.status, 403);
	assert_string_equal(p.code, "no");
	assert_true(span_is(p.param, "tags"));
	assert_detail("\"ta\\x22gs\" has 7 of them.");
}

TEST_WITH(test_first_stays, clear, NULL)
{
	problem_set(&p, 403, "first", SPAN_LIT("a"), "One.");
	assert_false(problem_set(&p, 400, "second", none, "Two."));
	assert_int_equal(p.status, 403);
	assert_string_equal(p.code, "first");
	assert_true(span_is(p.param, "a"));
	assert_detail("One.");
}

/* n ASCII bytes before a character of `wide` bytes, then one more byte. */
static void
check_cut(size_t n, const char *wide)
{
	static char format[DETAIL_MAX + 16];
	struct span got;

	memset(format, 'a', n);
	strcpy(format + n, wide);
	strcat(format, "b");
	problem_clear(&p);
	problem_set(&p, 400, "long", none, format);
	got = sink_view(&p.detail);
	assert_true(got.n > 0 && got.n <= DETAIL_MAX);
	assert_true(text_utf8(got));
	if (strlen(format) <= DETAIL_MAX) {
		assert_true(span_is(got, format));
		return;
	}
	assert_true(span_ends(got, SPAN_LIT("...")));
	assert_true(got.n >= DETAIL_MAX - 3);
	assert_memory_equal(got.p, format, got.n - 3);
}

TEST_WITH(test_shortened, clear, NULL)
{
	static const char *const wide[] = { "", "\xc3\xa9", "\xe2\x82\xac",
		"\xf0\x9f\x98\x80" };

	for (size_t n = DETAIL_MAX - 12; n <= DETAIL_MAX + 4; n++)
		for (size_t i = 0; i < 4; i++)
			check_cut(n, wide[i]);
}

/* A value that does not fit goes as a whole; what stood before it stays. */
TEST_WITH(test_long_value, clear, NULL)
{
	static unsigned char text[DETAIL_MAX + 1];
	struct span value = { text, sizeof(text) };

	memset(text, 'x', sizeof(text));
	problem_set(&p, 400, "long", none, "before %v after", value);
	assert_detail("before ...");
	problem_clear(&p);
	problem_set(&p, 400, "long", none, "%v", span_head(value, DETAIL_MAX));
	assert_int_equal(sink_view(&p.detail).n, DETAIL_MAX);
}

/* Never empty, never anything but UTF-8. */
TEST_WITH(test_fallback, clear, NULL)
{
	problem_set(&p, 404, "x", none, "%v", none);
	assert_detail("Not Found");
	problem_clear(&p);
	problem_set(&p, 403, "x", none, "%v", guarded(SPAN_LIT("\xc3")));
	assert_detail("Forbidden");
}

TEST(test_title)
{
	static const int known[] = { 200, 204, 400, 401, 403, 404, 405, 413,
		415, 429, 500, 503 };
	size_t n = 0;

	for (int status = -1; status < 700; status++) {
		bool is_known = n < 12 && known[n] == status;

		assert_int_equal(problem_title(status) != NULL, is_known);
		n += is_known;
	}
	assert_int_equal(n, 12);
	assert_string_equal(problem_title(413), "Content Too Large");
}
