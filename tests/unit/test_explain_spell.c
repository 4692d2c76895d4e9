#include "test.h"

#include "spelling.h"

static const struct speller speller = { explain_spell };

TEST(spellings)
{
	static const struct {
		const char *text, *want;
		enum cause cause;
	} cases[] = { { "true", "1", CAUSE_BOOLEAN },
		{ "1", "True", CAUSE_BOOLEAN }, { "0", "false", CAUSE_BOOLEAN },
		{ "truer", "1", CAUSE_NONE }, { "true", "0", CAUSE_NONE },
		{ "a b", "a+b", CAUSE_PLUS }, { "a+b", "a b", CAUSE_PLUS },
		{ "a b/(c)", "a%20b%2F(c)", CAUSE_ENCODED },
		{ "a b/(c)", "a+b%2F%28c%29", CAUSE_ENCODED },
		{ "a b/c", "a%20b/c", CAUSE_ENCODED },
		{ "\xc3\xa9", "%C3%A9", CAUSE_ENCODED },
		{ "a%26b c", "a%26b%20c", CAUSE_ENCODED },
		{ "a%20b", "a b", CAUSE_DECODED }, { "a%2", "a", CAUSE_NONE },
		{ "a%zz", "a", CAUSE_NONE }, { "a%26b", "a&b", CAUSE_NONE },
		{ "x", "x\n", CAUSE_LINE_END },
		{ "x\r\n", "x", CAUSE_LINE_END },
		{ "x\ny", "x\r\ny", CAUSE_LINE_END },
		{ "x\r\ny", "x\ny", CAUSE_LINE_END },
		{ " x ", "x", CAUSE_BLANK }, { "x", "x ", CAUSE_BLANK },
		{ "a%26<b", "a&amp;&lt;b", CAUSE_HTML },
		{ "a%26b", "a%26amp;b", CAUSE_HTML },
		{ "x", "\"x\"", CAUSE_QUOTES },
		{ "aB", "AB", CAUSE_LETTER_CASE },
		{ "b,a", "a,b", CAUSE_LIST_ORDER },
		{ "\xc3\xa9", "\xe9", CAUSE_LATIN1 }, { "", " ", CAUSE_NONE } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    spelled(&speller, "x", cases[i].text, cases[i].want),
		    cases[i].cause);
}

static void
time_becomes(
    const char *name, const char *text, const char *want, enum cause cause)
{
	assert_int_equal(spelled(&speller, name, text, want), cause);
}

TEST(times)
{
	time_becomes(
	    "timestamp", "1700000000", "1700000000000", CAUSE_TIMESTAMP_UNIT);
	time_becomes(
	    "timestamp", "1700000000123", "1700000000", CAUSE_TIMESTAMP_UNIT);
	time_becomes("timestamp", "17", "17000", CAUSE_NONE);
	time_becomes("x", "1700000000", "1700000000000", CAUSE_NONE);
}

/* Never more than there is room for. */
TEST(no_room)
{
	struct span value = SPAN_LIT("<true, b\n\xc3\xa9");
	enum spelling s = SPELLING_SAME;
	unsigned char few[4];
	enum cause cause;

	for (size_t nth = 0; s != SPELLING_END; nth++) {
		struct sink small;

		sink_init(&small, few, sizeof(few));
		s = explain_spell(SPAN_LIT("x"), value, nth, &small, &cause);
		assert_true(
		    s != SPELLING_OTHER || sink_view(&small).n == small.n);
	}
}
