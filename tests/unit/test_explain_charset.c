#include "test.h"

#include "spelling.h"

static enum spelling
spell(struct span name, struct span value, size_t nth, struct sink *to,
    enum cause *cause)
{
	(void)name;
	return explain_charset(value, nth, to, cause);
}

static const struct speller speller = { spell };

static void
becomes(const char *text, const char *want, enum cause cause)
{
	assert_int_equal(spelled(&speller, "", text, want), cause);
}

/* An e with an acute: encoded twice, in Latin-1, taken apart. */
TEST(charsets)
{
	becomes("caf\xc3\xa9", "caf\xc3\x83\xc2\xa9", CAUSE_DOUBLE_UTF8);
	becomes("caf\xc3\x83\xc2\xa9", "caf\xc3\xa9", CAUSE_DOUBLE_UTF8);
	becomes("caf\xc3\xa9", "caf\xe9", CAUSE_LATIN1);
	becomes("caf\xc3\xa9", "caf?", CAUSE_LATIN1);
	becomes("caf\xc3\xa9", "cafe\xcc\x81", CAUSE_NORMAL_FORM);
	becomes("cafe\xcc\x81", "caf\xc3\xa9", CAUSE_NORMAL_FORM);
	becomes("\xc3\x87\xc3\xbf", "C\xcc\xa7y\xcc\x88", CAUSE_NORMAL_FORM);
}

TEST(nothing_to_do)
{
	becomes("cafe", "caf?", CAUSE_NONE);
	becomes("", "?", CAUSE_NONE);
	/* No Latin-1, and no UTF-8. */
	becomes("\xe2\x82\xac", "\xac", CAUSE_NONE);
	becomes("\xc3", "\xc3\xc3", CAUSE_NONE);
	/* Sharp s and the sign of multiplication have no mark. */
	becomes("\xc3\x9f\xc3\x97", "s", CAUSE_NONE);
	becomes(".\xcc\x80", "\xc3\x80", CAUSE_NONE);
}
