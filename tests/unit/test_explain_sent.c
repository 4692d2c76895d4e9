#include "test.h"

#include <stdio.h>

#include "explaining.h"
#include "guard.h"

static struct sent sent;

static bool
reads(const char *text)
{
	struct span s = guarded(span_of(text));
	bool right;

	start();
	right = explain_sent(s, &arena, &sent);
	guard_free(s);
	start();
	return right && explain_sent(span_of(text), &arena, &sent);
}

static void
is(const char *text, const char *string, bool made)
{
	if (!reads(text))
		fail_msg("not read: %s", text);
	if (!span_is(sent.string, string))
		fail_msg(
		    "%.*s", (int)sent.string.n, (const char *)sent.string.p);
	assert_int_equal(sent.made, made);
}

TEST(strings)
{
	is("a=1&timestamp=2", "a=1&timestamp=2", false);
	/* Every byte of it counts. */
	is("a=%20+&b= \n", "a=%20+&b= \n", false);
	is("b=2&a=1&a=3", "b=2&a=1&a=3", false);
	is("what?a=1", "what?a=1", false);
}

TEST(json)
{
	is("{\"timestamp\":1,\"a\":\"x&y\",\"b\":true,\"c\":[\"p\",2],"
	   "\"d\":null,\"e\":\"\",\"f\":[]}",
	    "a=x%26y&b=true&c=p,2&timestamp=1", true);
	is("{\"url\":\"u\",\"fields\":{\"api_key\":\"12\",\"signature\":\"ab\","
	   "\"public_ids[]\":[\"a\",\"b\"],\"timestamp\":\"1\"}}",
	    "public_ids=a,b&timestamp=1", true);
	assert_true(span_is(sent.api_key, "12"));
	assert_true(span_is(sent.signature, "ab"));
	is("{\"paramsToSign\":{\"a\":1}}", "a=1", true);
	is("{\"params_to_sign\":{\"a\":\"\\u00e9\"}}", "a=\xc3\xa9", true);
	is("{\"file\":\"x\",\"resource_type\":\"image\",\"cloud_name\":\"d\","
	   "\"a\":1}",
	    "a=1", true);
}

TEST(forms)
{
	is("timestamp=1&a=x+y%26&signature=ab", "a=x y%26&timestamp=1", true);
	assert_true(span_is(sent.signature, "ab"));
	is("api_key=1&ids%5B%5D=b&ids[]=a&ids[2]=c&t=1", "ids=b,a,c&t=1", true);
	is("https://x.example/upload?b=2&a=%zz#c", "a=%zz&b=2", true);
	is("?a=1", "a=1", true);
	is("signature=ab&a=1&&b", "a=1", true);
}

TEST(refused)
{
	static const char *const texts[] = { "", " \n", "{", "{}",
		"{\"a\":{\"b\":1}}", "{\"a\":1,\"a\":2}", "{\"a\":[[1]]}",
		"api_key=1&a=1&a=2", "signature=ab", "{\"signature\":\"ab\"}",
		"https://x.example/?" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(reads(texts[i]));
}

TEST(limits)
{
	static char text[EXPLAIN_STRING_MAX + 32];
	char many[6 * (PARAMS_MAX + 1) + 16];

	for (size_t n = EXPLAIN_STRING_MAX; n <= EXPLAIN_STRING_MAX + 1; n++) {
		memset(text, 'a', n);
		text[n] = '\0';
		assert_int_equal(reads(text), n <= EXPLAIN_STRING_MAX);
		memcpy(text, "?a=", 3);
		text[n] = 'a';
		text[n + 1] = '\0';
		assert_int_equal(reads(text), n <= EXPLAIN_STRING_MAX);
	}
	for (size_t n = PARAMS_MAX; n <= PARAMS_MAX + 1; n++) {
		char *p = many;

		p += snprintf(p, 4, "?");
		for (size_t i = 0; i < n; i++)
			p += snprintf(p, 8, "a%zu=1&", i);
		assert_int_equal(reads(many), n <= PARAMS_MAX);
	}
}
