#include "test.h"

#include "explaining.h"
#include "guard.h"

static const struct change_known known = { SPAN_INIT("8748"),
	SPAN_INIT("demo") };

/* What stands for `wanted`, when Cloudinary's string is theirs. */
static enum cause
near(const char *theirs, const char *wanted, const char *name)
{
	struct span s = guarded(span_of(theirs));
	struct waiter w = waiting(wanted);
	bool found = explain_near(s, &known, &w.eye);

	assert_int_equal(found, w.cause != CAUSE_NONE);
	guard_free(s);
	if (found)
		assert_string_equal(w.name, name);
	return w.cause;
}

#define THEIRS "overwrite=true&public_id=a b&source=uw&tags=x,y&timestamp=1"

TEST(changes)
{
	static const struct {
		const char *wanted, *name;
		enum cause cause;
	} cases[] = { { "overwrite=true&public_id=a b&tags=x,y&timestamp=1",
			  "source", CAUSE_SOURCE_UW },
		{ "overwrite=true&public_id=a b&source=uw&timestamp=1", "tags",
		    CAUSE_NOT_SIGNED },
		{ "overwrite=1&public_id=a b&source=uw&tags=x,y&timestamp=1",
		    "overwrite", CAUSE_BOOLEAN },
		{ "overwrite=true&public_id=a%20b&source=uw&tags=x%2Cy&"
		  "timestamp=1",
		    "", CAUSE_ENCODED },
		{ "overwrite=true&public_id=a b&source=uw&tags=x%2Cy&"
		  "timestamp=1",
		    "tags", CAUSE_ENCODED },
		{ "overwrite%3Dtrue%26public_id%3Da%20b%26source%3Duw%26tags%"
		  "3Dx%2Cy%26timestamp%3D1",
		    "", CAUSE_ENCODED },
		{ "overwrite=truepublic_id=a bsource=uwtags=x,ytimestamp=1", "",
		    CAUSE_SEPARATOR },
		{ THEIRS "\n", "", CAUSE_LINE_END },
		{ THEIRS "&", "", CAUSE_SEPARATOR },
		{ "api_key=8748&" THEIRS, "api_key", CAUSE_EXCLUDED },
		{ "cloud_name=demo&" THEIRS, "cloud_name", CAUSE_EXCLUDED },
		{ "file=[object File]&" THEIRS, "file", CAUSE_EXCLUDED },
		{ "overwrite=true&publicId=a b&source=uw&tags=x,y&timestamp=1",
		    "public_id", CAUSE_CAMEL_CASE },
		{ "{\"overwrite\":\"true\",\"public_id\":\"a b\",\"source\":"
		  "\"uw\",\"tags\":\"x,y\",\"timestamp\":1}",
		    "", CAUSE_JSON },
		{ "{\"overwrite\": \"true\", \"public_id\": \"a b\", "
		  "\"source\": \"uw\", \"tags\": \"x,y\", \"timestamp\": "
		  "\"1\"}",
		    "", CAUSE_JSON },
		{ THEIRS "x", "", CAUSE_NONE }, { THEIRS, "", CAUSE_NONE } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(near(THEIRS, cases[i].wanted, cases[i].name),
		    cases[i].cause);
}

TEST(names)
{
	assert_int_equal(near("a=x%26y&timestamp=1", "a=x&y&timestamp=1", "a"),
	    CAUSE_VERSION_1);
	assert_int_equal(
	    near("a=x& y&timestamp=1", "a=x%26 y&timestamp=1", "a"),
	    CAUSE_VERSION_2);
	assert_int_equal(
	    near("folder=null&timestamp=1", "timestamp=1", "folder"),
	    CAUSE_NULL);
	assert_int_equal(near("timestamp=1", "timestamp=1&type=upload", "type"),
	    CAUSE_NOT_SENT);
	/* Of what has no names. */
	assert_int_equal(near("hello", "hello\n", ""), CAUSE_LINE_END);
}

TEST(nothing)
{
	struct waiter w = waiting("a");

	assert_false(explain_near(SPAN_LIT(""), &known, &w.eye));
	assert_int_equal(w.looks, 0);
	assert_false(explain_near(SPAN_LIT(THEIRS), &known, &w.eye));
	assert_in_range(w.looks, 50, 500);
}

/* The longest string there may be, each byte of which grows. */
TEST(no_room)
{
	static char text[EXPLAIN_STRING_MAX + 1];
	struct waiter w = waiting("a");

	memset(text, '"', EXPLAIN_STRING_MAX);
	memcpy(text, "a=", 2);
	assert_false(explain_near(span_of(text), &known, &w.eye));
	assert_true(w.looks > 10);
}
