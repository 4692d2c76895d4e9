#include "test.h"

#include "accounts.h"
#include "explaining.h"

static const struct change_known known = { SPAN_INIT("874837483274837"),
	SPAN_INIT("demo") };
static struct complaint c;
static struct received received;

static struct explanation
search(const char *theirs, const char *ours, const char *signature)
{
	struct trial trial = { &accounts, NULL, &received, EXPLAIN_BUDGET };
	struct explanation e = { .complaint = &c };

	start();
	c = (struct complaint){ true, ours != NULL, true, false,
		span_of(theirs), span_of(ours), span_of(signature),
		{ NULL, 0 } };
	explain_signature(c.signature, &received);
	explain_search(&e, &trial, &known, &arena);
	return e;
}

TEST(theirs)
{
	struct explanation e = search(STRING_SIGNED, NULL, SIGNED_SHA256);

	assert_true(e.proved && !e.compared);
	assert_int_equal(e.string, CAUSE_NONE);
	assert_int_equal(e.was.n, 0);
	assert_int_equal(e.making.cause, CAUSE_RIGHT);
	/* What is called ours was not what was signed. */
	e = search(STRING_SIGNED, "a=1", SIGNED_SHA256);
	assert_true(e.proved && e.compared && e.difference.n > 0);
	assert_int_equal(e.string, CAUSE_NONE);
}

TEST(ours)
{
	struct explanation e = search(
	    "public_id=x&timestamp=1800000000", STRING_SIGNED, SIGNED_SHA1);

	assert_true(e.proved);
	assert_int_equal(e.string, CAUSE_TIMESTAMP_OTHER);
	assert_int_equal(e.making.cause, CAUSE_ALGORITHM);
}

TEST(changes)
{
	struct explanation e = search(
	    "public_id=x&source=uw&timestamp=1700000000", NULL, SIGNED_SHA256);

	assert_true(e.proved);
	assert_int_equal(e.string, CAUSE_SOURCE_UW);
	assert_true(span_is(e.name, "source"));
	assert_true(span_is(e.was, STRING_SIGNED));
	e = search(
	    "a=1&b=2&public_id=x&timestamp=1700000000", NULL, SIGNED_SHA256);
	assert_int_equal(e.string, CAUSE_NOT_SIGNED);
	assert_true(span_is(e.name, "a, b"));
	/* With the HMAC of one slip, but not of the distant ones. */
	e = search("public_id=x&source=uw&timestamp=1700000000", NULL,
	    "e24f3bf09645c9b297933ac8cd3c73732d4d5535bf367df6cfad0d7b871a8f8a");
	assert_int_equal(e.string, CAUSE_SOURCE_UW);
	assert_int_equal(e.making.cause, CAUSE_HMAC);
	e = search("a=1&b=2&public_id=x&timestamp=1700000000", NULL,
	    "e24f3bf09645c9b297933ac8cd3c73732d4d5535bf367df6cfad0d7b871a8f8a");
	assert_false(e.proved);
}

TEST(unproved)
{
	static const char random[] = "0123456789abcdef0123456789abcdef01234567";
	struct explanation e = search(STRING_SIGNED, NULL, random);

	assert_false(e.proved);
	assert_int_equal(e.string, CAUSE_NONE);
	assert_int_equal(e.making.cause, CAUSE_NONE);
	e = search(STRING_SIGNED, STRING_SIGNED, random);
	assert_true(e.compared && e.difference.n == 0 && !e.proved);
	e = search(STRING_SIGNED, "timestamp=1700000000", random);
	assert_int_equal(e.string, CAUSE_NOT_SIGNED);
	assert_false(e.proved);
	/* No signature: the difference is beside the point. */
	e = search(STRING_SIGNED, "timestamp=1700000000", "undefined");
	assert_int_equal(e.string, CAUSE_NONE);
	assert_int_equal(e.difference.n, 1);
}
