#include "test.h"

#include "explaining.h"
#include "guard.h"

static struct complaint c;

static bool
reads(const char *text)
{
	struct span pasted = guarded(span_of(text));
	bool right;

	start();
	right = explain_read(pasted, &arena, &c);
	guard_free(pasted);
	start();
	return right && explain_read(span_of(text), &arena, &c);
}

static void
reads_as(const char *text, const char *theirs, const char *signature)
{
	if (!reads(text))
		fail_msg("not read: %s", text);
	assert_true(c.has_theirs && c.has_signature && !c.has_ours);
	if (!span_is(c.theirs, theirs))
		fail_msg("%.*s", (int)c.theirs.n, (const char *)c.theirs.p);
	assert_true(span_is(c.signature, signature));
}

#define SAID(signature, string)                                                \
	"Invalid Signature " signature ". String to sign - '" string "'."

TEST(texts)
{
	reads_as(SAID("ab12", "a=1&timestamp=2"), "a=1&timestamp=2", "ab12");
	reads_as("Error: " SAID("ab12", "a=1") "\n  at x (y's.js:1)\n", "a=1",
	    "ab12");
	reads_as(SAID("", ""), "", "");
	reads_as(SAID("a. b", "a='b'.c"), "a='b'.c", "a. b");
	/* Without the period, and with a quote inside. */
	reads_as(
	    "Invalid Signature x. String to sign - 'a=it's'", "a=it's", "x");
	reads_as("Invalid Signature x. String to sign - 'a=1", "a=1", "x");
	reads_as(SAID("x", "a=1\nb"), "a=1\nb", "x");
	reads_as("Invalid Signature x. String to sign - \"a=1\".", "a=1", "x");
}

TEST(wrapped)
{
	reads_as("{\"error\":{\"message\":\"" SAID(
		     "x", "a=1\\u0026b=\\\"\\u00e9") "\"}}",
	    "a=1&b=\"\xc3\xa9", "x");
	reads_as("{\"log\":\"{\\\"message\\\":\\\"" SAID(
		     "x", "a=1\\\\u0026b=2") "\\\"}\"}",
	    "a=1&b=2", "x");
	reads_as(
	    "X-Cld-Error: " SAID("x", "a=?") "\r\n\r\n{\"message\":\"" SAID(
		"x", "a=\\u00e9") "\"}",
	    "a=\xc3\xa9", "x");
	reads_as("x-cld-error: " SAID("x", "a=1&b=2") "\r\n", "a=1&b=2", "x");
	reads_as("<p>Invalid Signature x. String to sign - &#39;a=1&amp;b=&lt;"
		 "&#39;.</p>",
	    "a=1&b=<", "x");
	/* Copied out of JSON without its quotes. */
	reads_as(SAID("x", "a=\\\"\\u0026b=2"), "a=\"&b=2", "x");
	/* But a backslash of the string's own is its own. */
	reads_as(SAID("x", "a=\\u0026&b=2"), "a=\\u0026&b=2", "x");
	reads_as(SAID("x", "a=b&amp;c&d=1"), "a=b&amp;c&d=1", "x");
}

TEST(endings)
{
	reads_as(SAID("x", "a=1") "\"}", "a=1", "x");
	reads_as("'" SAID("x", "a=1") "'", "a=1", "x");
	reads_as("\"" SAID("x", "a=1"), "a=1", "x");
	/* JSON that was cut, and bytes that are no UTF-8. */
	reads_as("{\"message\":\"" SAID("x", "a=1"), "a=1", "x");
	reads_as("\"" SAID("x", "a=\xff") "\"", "a=\xff", "x");
}

TEST(stale)
{
	assert_true(reads("{\"error\":{\"message\":\"Stale request - reported "
			  "time is 2021-03-10 05:47:16 +0000 which is more "
			  "than 1 hour ago\"}}"));
	assert_true(c.has_reported && !c.has_theirs);
	assert_true(span_is(c.reported, "2021-03-10 05:47:16 +0000"));
	assert_true(reads("Stale request - reported time is 17 \r\nmore"));
	assert_true(span_is(c.reported, "17"));
	assert_false(reads("Stale request"));
}

#define HEX "0123456789abcdef0123456789abcdef01234567"

TEST(lines)
{
	assert_true(reads("a=1&t=2\nb=1\n" HEX "\n"));
	assert_true(span_is(c.ours, "a=1&t=2") && span_is(c.theirs, "b=1") &&
		    span_is(c.signature, HEX));
	assert_true(reads(HEX "\r\n\r\n a=1 \r\n"));
	assert_true(span_is(c.theirs, "a=1") && !c.has_ours);
	assert_true(reads("{\n \"a\": 1\n}\nb=1"));
	assert_true(
	    span_is(c.ours, "{\n \"a\": 1\n}") && span_is(c.theirs, "b=1"));
	assert_true(reads("Theirs: a=1\nours : b=1\nSIGNATURE: zz"));
	assert_true(span_is(c.ours, "b=1") && span_is(c.theirs, "a=1") &&
		    span_is(c.signature, "zz"));
	assert_true(reads("a=1\nq3q3q3q3q3q3q3q3q3q3q3q3q3o=\n"));
	assert_true(c.has_signature);
}

TEST(nothing)
{
	static const char *const texts[] = { "", "\n", "hello",
		"Invalid Signature ", "Invalid Signature x. String to sign - ",
		"Invalid Signature x. String to sign - a=1", "a=1\nb=2\nc=3",
		HEX "\n" HEX, HEX, "{\"a\":1}\n{\"b\":2}", "{\"a\":", "a=1\n{",
		"ours: a\nours: b", "a=1\nhello" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_false(reads(texts[i]));
		assert_false(c.has_theirs || c.has_ours || c.has_signature);
	}
}

TEST(limits)
{
	static char text[EXPLAIN_PASTED_MAX + 2];
	static const char head[] = "Invalid Signature x. String to sign - '";

	for (size_t n = EXPLAIN_STRING_MAX - 1; n <= EXPLAIN_STRING_MAX + 1;
	     n++) {
		memcpy(text, head, sizeof(head));
		memset(text + sizeof(head) - 1, 'a', n);
		memcpy(text + sizeof(head) - 1 + n, "'.", 3);
		assert_int_equal(reads(text), n <= EXPLAIN_STRING_MAX);
	}
	for (size_t n = EXPLAIN_PASTED_MAX; n <= EXPLAIN_PASTED_MAX + 1; n++) {
		memset(text, ' ', n);
		memcpy(text, SAID("x", "a=1"), sizeof(SAID("x", "a=1")) - 1);
		text[n] = '\0';
		assert_int_equal(reads(text), n <= EXPLAIN_PASTED_MAX);
	}
	for (size_t n = EXPLAIN_SIGNATURE_MAX; n <= EXPLAIN_SIGNATURE_MAX + 1;
	     n++) {
		memcpy(text, head, 18);
		memset(text + 18, 'f', n);
		memcpy(text + 18 + n, ". String to sign - 'a=1'.", 26);
		assert_int_equal(reads(text), n <= EXPLAIN_SIGNATURE_MAX);
	}
}
