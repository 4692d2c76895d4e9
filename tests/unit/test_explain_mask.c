#include "test.h"

#include "accounts.h"
#include "cli/explain.h"
#include "guard.h"

#define FIRST "test-secret-of-nobody-00001"
#define SECOND "test-secret-of-nobody-00002"
#define OLD "test-secret-of-nobody-00003"

static void
suffix(const char *text, const char *left)
{
	struct span s = guarded(span_of(text)), all = s;

	assert_int_equal(
	    explain_unsuffix(&accounts, &s), strcmp(text, left) != 0);
	assert_true(span_is(s, left));
	guard_free(all);
}

TEST(suffixes)
{
	struct span s = SPAN_LIT("a=1" FIRST);

	suffix("a=1" FIRST, "a=1");
	suffix("a=1" SECOND, "a=1");
	suffix("a=1" OLD, "a=1");
	suffix(OLD, "");
	suffix("a=1" FIRST " ", "a=1" FIRST " ");
	suffix("a=1", "a=1");
	suffix("", "");
	assert_false(explain_unsuffix(NULL, &s));
	assert_int_equal(s.n, 3 + sizeof(FIRST) - 1);
}

TEST(masks)
{
	char text[] = "x" FIRST "&" OLD SECOND FIRST "y";
	char other[] = "test-secret-of-nobody-00004";

	assert_int_equal(
	    explain_mask(NULL, (unsigned char *)text, sizeof(text) - 1), 0);
	/* The last byte is missing. */
	assert_int_equal(explain_mask(&accounts, (unsigned char *)text + 1,
			     sizeof(FIRST) - 2),
	    0);
	assert_int_equal(
	    explain_mask(&accounts, (unsigned char *)text, sizeof(text) - 1),
	    4);
	assert_string_equal(text,
	    "x***************************&***************************"
	    "******************************************************y");
	assert_int_equal(
	    explain_mask(&accounts, (unsigned char *)other, sizeof(other) - 1),
	    0);
	assert_string_equal(other, "test-secret-of-nobody-00004");
}
