#include "test.h"

#include "spelling.h"

static enum spelling
spell(struct span name, struct span value, size_t nth, struct sink *to,
    enum cause *cause)
{
	(void)name;
	return explain_list(value, nth, to, cause);
}

static const struct speller speller = { spell };

static void
becomes(const char *text, const char *want, enum cause cause)
{
	assert_int_equal(spelled(&speller, "", text, want), cause);
}

TEST(lists)
{
	static const char *const joined[] = { "b, a, c", "b|a|c", "b;a;c",
		"bac", "[b,a,c]", "[\"b\",\"a\",\"c\"]", "['b', 'a', 'c']", "b",
		"c" };

	becomes("b,a,c", "a,b,c", CAUSE_LIST_ORDER);
	becomes("b,a,c", "c,a,b", CAUSE_LIST_ORDER);
	for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]); i++)
		becomes("b,a,c", joined[i], CAUSE_LIST_JOIN);
	becomes("b", "[b]", CAUSE_NONE);
	becomes(",", "[,]", CAUSE_LIST_JOIN);
	becomes("a,b", "b", CAUSE_LIST_JOIN);
}

TEST(limits)
{
	char text[2 * (LIST_MAX + 1)], want[2 * (LIST_MAX + 1)];

	for (size_t n = LIST_MAX - 1; n <= LIST_MAX + 1; n++) {
		for (size_t i = 0; i < n; i++)
			memcpy(text + 2 * i, i == 0 ? "b," : "a,", 2);
		text[2 * n - 1] = '\0';
		memcpy(want, text, sizeof(want));
		want[0] = 'a';
		want[2 * n - 2] = 'b';
		becomes(
		    text, want, n <= LIST_MAX ? CAUSE_LIST_ORDER : CAUSE_NONE);
	}
}
