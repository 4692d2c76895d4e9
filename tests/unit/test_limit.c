#include "test.h"

#include "guard.h"
#include "policy/loader.h"

static bool
parse(const char *text, struct limit *out)
{
	struct span s = guarded(span_of(text));
	bool right;

	*out = (struct limit){ 7, 7 };
	right = limit_parse(s, out);
	guard_free(s);
	return right;
}

static void
right(const char *text, unsigned count, unsigned seconds)
{
	struct limit limit;

	assert_true(parse(text, &limit));
	assert_int_equal(limit.count, count);
	assert_int_equal(limit.seconds, seconds);
}

static void
wrong(const char *text)
{
	struct limit limit;

	assert_false(parse(text, &limit));
	assert_int_equal(limit.count, 0);
	assert_int_equal(limit.seconds, 0);
}

TEST(test_right)
{
	right("20/hour", 20, 3600);
	right("1/minute", 1, 60);
	right("100/day", 100, 86400);
	right("1000000/day", 1000000, 86400);
}

TEST(test_count)
{
	wrong("0/hour");
	wrong("1000001/hour");
	wrong("99999999999999999999/hour");
	wrong("020/hour");
	wrong("-1/hour");
	wrong("+1/hour");
	wrong(" 20/hour");
	wrong("2.0/hour");
	wrong("/hour");
}

TEST(test_window)
{
	wrong("20/hours");
	wrong("20/Hour");
	wrong("20/ hour");
	wrong("20/week");
	wrong("20/hour/day");
	wrong("20 hour");
}

TEST(test_truncated)
{
	static const char whole[] = "20/minute";

	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		char text[sizeof(whole)];

		memcpy(text, whole, sizeof(whole));
		text[n] = '\0';
		wrong(text);
	}
}

/* Any byte of 256 in place of any of a right limit's. */
TEST(test_bytes)
{
	for (size_t at = 0; at < 6; at++)
		for (int c = 0; c < 256; c++) {
			unsigned char text[] = "20/day";
			struct limit limit;
			bool digit = c >= '0' && c <= '9';
			bool fits = c == "20/day"[at] ||
				    (at == 0 && digit && c != '0') ||
				    (at == 1 && digit);

			text[at] = (unsigned char)c;
			assert_int_equal(
			    limit_parse((struct span){ text, 6 }, &limit),
			    fits);
		}
}

static const char *
said(unsigned count, unsigned seconds)
{
	static char text[32];
	struct limit limit = { count, seconds };
	struct sink out;

	sink_init(&out, text, sizeof(text) - 1);
	limit_say(&limit, &out);
	assert_false(out.full);
	text[out.n] = '\0';
	return text;
}

/* What is said is what was parsed. */
TEST(test_said)
{
	assert_string_equal(said(9, 60), "9/minute");
	assert_string_equal(said(1000000, 3600), "1000000/hour");
	assert_string_equal(said(1, 86400), "1/day");
	assert_string_equal(said(1, 86401), "");
}
