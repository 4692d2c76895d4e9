#include "test.h"

#include "cli/explain_text.h"
#include "explaining.h"
#include "guard.h"

TEST(seeking)
{
	struct span s = guarded(SPAN_LIT("xabab"));
	size_t at = 9;

	assert_true(explain_seek(s, 0, "ab", &at) && at == 1);
	assert_true(explain_seek(s, 2, "ab", &at) && at == 3);
	assert_false(explain_seek(s, 4, "ab", &at));
	assert_false(explain_seek(s, 0, "abc", &at));
	assert_false(explain_seek(s, 9, "a", &at));
	guard_free(s);
	assert_true(span_is(explain_strip(SPAN_LIT("\r\n\t a b \n")), "a b"));
	assert_true(explain_strip(SPAN_LIT(" \n")).n == 0);
}

TEST(backslashes)
{
	start();
	assert_true(span_is(
	    explain_unbackslash(SPAN_LIT("\\\"a\\\\u0026\\n\\"), &arena),
	    "\"a\\u0026\\n\\"));
}

static void
html(const char *text, const char *want)
{
	struct span s = guarded(span_of(text));

	start();
	assert_true(span_is(explain_unescape_html(s, &arena), want));
	guard_free(s);
}

TEST(entities)
{
	html("a&amp;b&lt;&gt;&quot;&apos;", "a&b<>\"'");
	html("&#39;&#x27;&#X26;", "''&");
	html("plain", "plain");
	/* Text with a bare "&" is no HTML. */
	html("a&b&amp;c", "a&b&amp;c");
	html("a&amp", "a&amp");
	html("&#39", "&#39");
	html("&#;", "&#;");
	html("&#x;", "&#x;");
	html("&#127;", "\x7f");
	html("&#128;", "&#128;");
	html("&#0;", "&#0;");
	html("&#0039;", "'");
	html("&#00039;", "&#00039;");
	html("&#3a;", "&#3a;");
}

TEST(cleaned)
{
	static const char text[] = "a\\\n\r\t\0\x1b[\xc3\xa9\x7f~ ";

	start();
	explain_clean(
	    (struct span){ (const unsigned char *)text, sizeof(text) - 1 },
	    &out);
	assert_string_equal(
	    written(), "a\\\\\\n\\r\\t\\x00\\x1b[\\xc3\\xa9\\x7f~ ");
}
