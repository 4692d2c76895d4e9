#include "test.h"

#include <stdio.h>

#include "base/span.h"
#include "guard.h"

static const struct span none = { NULL, 0 };

TEST(from_text)
{
	static const struct span fixed = SPAN_INIT("a\0b");

	assert_int_equal(span_of(NULL).n, 0);
	assert_int_equal(span_of("").n, 0);
	assert_int_equal(span_of("abc").n, 3);
	assert_int_equal(fixed.n, 3);
	assert_int_equal(SPAN_LIT("").n, 0);
	assert_int_equal(SPAN_LIT("a\0b").n, 3);
	assert_true(span_eq(fixed, SPAN_LIT("a\0b")));
}

TEST(equal)
{
	assert_true(span_eq(none, none));
	assert_true(span_eq(none, SPAN_LIT("")));
	assert_true(span_eq(SPAN_LIT("abc"), SPAN_LIT("abc")));
	assert_false(span_eq(SPAN_LIT("abc"), SPAN_LIT("abd")));
	assert_false(span_eq(SPAN_LIT("abc"), SPAN_LIT("bbc")));
	assert_false(span_eq(SPAN_LIT("abc"), SPAN_LIT("ab")));
	assert_false(span_eq(SPAN_LIT("abc"), SPAN_LIT("abc\0")));
	assert_false(span_eq(SPAN_LIT("abc"), none));
	assert_true(span_is(SPAN_LIT("abc"), "abc"));
	assert_false(span_is(SPAN_LIT("abc"), "abC"));
	assert_false(span_is(SPAN_LIT("abc\0"), "abc"));
	assert_true(span_is(none, ""));
	assert_true(span_is(none, NULL));
}

/* Only letters have another case: every pair of bytes. */
TEST(equal_in_either_case)
{
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 1; b < 256; b++) {
			unsigned char byte = (unsigned char)a;
			char text[] = { (char)b, '\0' };
			bool letters = (a ^ b) == 0x20 && (a | 0x20) >= 'a' &&
				       (a | 0x20) <= 'z';

			if (span_is_nocase((struct span){ &byte, 1 }, text) !=
			    (a == b || letters))
				fail_msg("%02x %02x", a, b);
		}
	assert_true(span_is_nocase(SPAN_LIT("content-TYPE"), "Content-Type"));
	assert_false(span_is_nocase(SPAN_LIT("content-typ"), "Content-Type"));
	assert_false(span_is_nocase(SPAN_LIT("content-type "), "Content-Type"));
	assert_true(span_is_nocase(none, ""));
}

TEST(beginnings_and_ends)
{
	struct span s = SPAN_LIT("Bearer x");

	assert_true(span_starts(s, SPAN_LIT("Bearer ")));
	assert_false(span_starts(s, SPAN_LIT("bearer ")));
	assert_false(span_starts(s, SPAN_LIT("Bearer_")));
	assert_true(span_starts(s, s));
	assert_false(span_starts(s, SPAN_LIT("Bearer x ")));
	assert_true(span_starts(s, none));
	assert_true(span_starts(none, none));
	assert_false(span_starts(none, s));
	assert_true(span_ends(s, SPAN_LIT(" x")));
	assert_false(span_ends(s, SPAN_LIT(" y")));
	assert_true(span_ends(s, s));
	assert_false(span_ends(s, SPAN_LIT(" Bearer x")));
	assert_true(span_ends(s, none));
	assert_true(span_ends(none, none));
	assert_false(span_ends(none, s));
}

TEST(has)
{
	assert_true(span_has(SPAN_LIT("abc"), 'a'));
	assert_true(span_has(SPAN_LIT("abc"), 'c'));
	assert_false(span_has(SPAN_LIT("abc"), 'd'));
	assert_false(span_has(SPAN_LIT("abc"), '\0'));
	assert_true(span_has(SPAN_LIT("a\0c"), '\0'));
	assert_true(span_has(SPAN_LIT("\xff"), 0xff));
	assert_false(span_has(none, 'a'));
	assert_false(span_has(span_head(SPAN_LIT("abc"), 2), 'c'));
}

TEST(order)
{
	static const struct span sorted[] = { { NULL, 0 }, SPAN_INIT("\0"),
		SPAN_INIT("A"), SPAN_INIT("a"), SPAN_INIT("a\0"),
		SPAN_INIT("aa"), SPAN_INIT("ab"), SPAN_INIT("b"),
		SPAN_INIT("\x7f"), SPAN_INIT("\x80"), SPAN_INIT("\xff") };
	size_t n = sizeof(sorted) / sizeof(sorted[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int found = span_cmp(sorted[i], sorted[j]);

			assert_int_equal(found < 0, i < j);
			assert_int_equal(found > 0, i > j);
		}
}

TEST(parts)
{
	struct span s = SPAN_LIT("abc");

	assert_true(span_is(span_skip(s, 0), "abc"));
	assert_true(span_is(span_skip(s, 1), "bc"));
	assert_true(span_is(span_skip(s, 3), ""));
	assert_true(span_is(span_head(s, 0), ""));
	assert_true(span_is(span_head(s, 2), "ab"));
	assert_true(span_is(span_head(s, 3), "abc"));
	assert_null(span_skip(none, 0).p);
	assert_int_equal(span_head(none, 0).n, 0);
}

static bool
trims(const char *text, const char *expected)
{
	struct span copy = guarded(span_of(text));
	bool ok = span_is(span_trim(copy), expected);

	guard_free(copy);
	return ok;
}

TEST(trimmed)
{
	assert_true(trims("abc", "abc"));
	assert_true(trims("  a b\t", "a b"));
	assert_true(trims("\ta", "a"));
	assert_true(trims("a ", "a"));
	assert_true(trims("", ""));
	assert_true(trims(" ", ""));
	assert_true(trims(" \t ", ""));
	assert_true(trims("\na\r", "\na\r"));
	assert_true(trims("\va\xa0", "\va\xa0"));
	assert_int_equal(span_trim(none).n, 0);
	assert_true(span_is(span_strip(SPAN_LIT("xyaxbyy"), "xy"), "axb"));
	assert_true(span_is(span_strip(SPAN_LIT("xyx"), "xy"), ""));
	assert_true(span_is(span_strip(SPAN_LIT("a"), ""), "a"));
	assert_int_equal(span_strip(SPAN_LIT("\0a\0"), "x").n, 3);
	assert_int_equal(span_strip(none, "x").n, 0);
}

static bool
cuts(struct span_cut cut, const char *head, const char *tail, bool found)
{
	return span_is(cut.head, head) && span_is(cut.tail, tail) &&
	       cut.found == found;
}

TEST(cut_at_the_first)
{
	assert_true(cuts(span_cut(SPAN_LIT("a;b;c"), ';'), "a", "b;c", true));
	assert_true(cuts(span_cut(SPAN_LIT(";a"), ';'), "", "a", true));
	assert_true(cuts(span_cut(SPAN_LIT("a;"), ';'), "a", "", true));
	assert_true(cuts(span_cut(SPAN_LIT(";"), ';'), "", "", true));
	assert_true(cuts(span_cut(SPAN_LIT("a"), ';'), "a", "", false));
	assert_true(cuts(span_cut(SPAN_LIT(""), ';'), "", "", false));
	assert_true(cuts(span_cut(none, ';'), "", "", false));
}

TEST(cut_at_the_last)
{
	assert_true(
	    cuts(span_cut_last(SPAN_LIT("a;b;c"), ';'), "a;b", "c", true));
	assert_true(cuts(span_cut_last(SPAN_LIT(";a"), ';'), "", "a", true));
	assert_true(cuts(span_cut_last(SPAN_LIT("a;"), ';'), "a", "", true));
	assert_true(cuts(span_cut_last(SPAN_LIT(";"), ';'), "", "", true));
	assert_true(cuts(span_cut_last(SPAN_LIT("a"), ';'), "a", "", false));
	assert_true(cuts(span_cut_last(SPAN_LIT(""), ';'), "", "", false));
	assert_true(cuts(span_cut_last(none, ';'), "", "", false));
}

/* The value of the digits, -1 when they are refused. */
static long long
number(const char *text)
{
	struct span copy = guarded(span_of(text));
	long long value = 99;

	if (span_digits(copy, &value))
		assert_true(value >= 0);
	else
		assert_int_equal(value, 0);
	if (!span_digits(copy, &value))
		value = -1;
	guard_free(copy);
	return value;
}

TEST(digits)
{
	assert_int_equal(number("0"), 0);
	assert_int_equal(number("7"), 7);
	assert_int_equal(number("10"), 10);
	assert_int_equal(number("1767225600"), 1767225600);
	assert_int_equal(number("99999999999999999"), 99999999999999999);
	assert_int_equal(number("999999999999999999"), 999999999999999999);
	assert_int_equal(number("1000000000000000000"), -1);
	assert_int_equal(number("18446744073709551617"), -1);
	assert_int_equal(number(""), -1);
	assert_int_equal(number("00"), -1);
	assert_int_equal(number("07"), -1);
	assert_int_equal(number("+7"), -1);
	assert_int_equal(number("-7"), -1);
	assert_int_equal(number(" 7"), -1);
	assert_int_equal(number("7 "), -1);
	assert_int_equal(number("7\n"), -1);
	assert_int_equal(number("7.0"), -1);
	assert_int_equal(number("7e2"), -1);
	assert_int_equal(number("0x7"), -1);
}

TEST(digits_at_every_position)
{
	for (size_t at = 0; at < 3; at++)
		for (unsigned c = 0; c < 256; c++) {
			unsigned char text[] = { '1', '2', '3' };
			bool digit = c >= '0' && c <= '9';
			long long value;

			text[at] = (unsigned char)c;
			assert_int_equal(
			    span_digits((struct span){ text, 3 }, &value),
			    digit && (at > 0 || c != '0'));
		}
}
