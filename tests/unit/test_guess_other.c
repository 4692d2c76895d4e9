#include "test.h"

#include "cli/guess.h"
#include "guard.h"

static const char *
other(const char *name, const char *text)
{
	struct span value = guarded(span_of(text));
	const char *note = guess_other(span_of(name), value);

	guard_free(value);
	return note;
}

#define HEX40 "0123456789abcdef0123456789abcdef01234567"

TEST(others)
{
	assert_non_null(other("wordpress_logged_in_1", "alice|1|x|y"));
	assert_non_null(other("laravel_session", "x"));
	assert_non_null(other("JSESSIONID", "0123"));
	assert_non_null(other("s", "Fe26.2*1*x"));
	assert_non_null(other("s", "eyJpdiI6IngifQ=="));
	assert_non_null(other("s", "2|1:0|10:1"));
	assert_non_null(other("s", "SFMyNTY.a.b"));
	assert_non_null(other("s", "CfDJ8x"));
	assert_non_null(other("s", "abc--" HEX40));
	assert_non_null(other("s", "YQ%3D%3D--YQ--YQ%3D%3D"));
	assert_non_null(other("s", "a--b--YQ=="));
}

/* What is signed with base64url may well have two dashes in it. */
TEST(no_others)
{
	static const char *const values[] = { "", "-", "--", "a--b", "a--b--c",
		"eyJfdXNlcl9pZCI6IjQyIn0.ZVPxAA.GTviaFa--9_28C4QlcCWZK1oSls",
		"a--0123456789abcdef0123456789abcdef0123456", "a--" HEX40 "x",
		HEX40, "2", "Fe26", "a--YQ==" };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_null(other("session", values[i]));
	assert_null(other("wordpress", "x"));
}
