#include "test.h"

#include <string.h>

#include "guard.h"
#include "http/cookie.h"

/* RFC 6265 4.1.1, each byte in the middle of the value. */
TEST(every_byte)
{
	unsigned char header[] = "session=axb";

	for (int c = 0; c < 256; c++) {
		bool right =
		    c > 0x20 && c < 0x7f && strchr(" \",;\\", c) == NULL;
		struct span s, value;
		enum cookie_found found;

		header[9] = (unsigned char)c;
		s = guarded((struct span){ header, 11 });
		found = cookie_find(s, SPAN_LIT("session"), &value);
		assert_int_equal(
		    found, right || c == ';' ? COOKIE_ONE : COOKIE_BAD);
		assert_int_equal(value.n, right ? 3 : c == ';' ? 1 : 0);
		guard_free(s);
	}
}

/* What browsers send back: Koa's koa:sess, and what other sites made up. */
TEST(names)
{
	for (int i = 0; i < 3 * 256; i++) {
		unsigned char name[] = "abc", c = (unsigned char)(i / 3);
		struct span s;

		name[i % 3] = c;
		s = guarded((struct span){ name, 3 });
		assert_int_equal(cookie_name(s),
		    c > 0x20 && c < 0x7f && strchr("=;,\"\\", c) == NULL);
		guard_free(s);
	}
	assert_true(cookie_name(SPAN_LIT("s")));
	assert_false(cookie_name((struct span){ NULL, 0 }));
}

TEST(prefixes)
{
	assert_true(span_is(cookie_unprefixed(SPAN_LIT("__Host-s")), "s"));
	assert_true(
	    span_is(cookie_unprefixed(SPAN_LIT("__Secure-s.0")), "s.0"));
	assert_true(span_is(
	    cookie_unprefixed(SPAN_LIT("__Host-__Secure-s")), "__Secure-s"));
	assert_true(
	    span_is(cookie_unprefixed(SPAN_LIT("__host-s")), "__host-s"));
	assert_true(span_is(cookie_unprefixed(SPAN_LIT("__Host")), "__Host"));
}
