#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "guard.h"
#include "http/cookie.h"

static void
check(struct span header, const char *name, enum cookie_found expect,
    const char *expect_value)
{
	struct span copy = guarded(header);
	struct span value = { (const unsigned char *)"dirt", 4 };

	assert_int_equal(cookie_find(copy, span_of(name), &value), expect);
	assert_true(span_is(value, expect_value));
	guard_free(copy);
}

static void
one(const char *header, const char *value)
{
	check(span_of(header), "session", COOKIE_ONE, value);
}

static void
no(const char *header, enum cookie_found found)
{
	check(span_of(header), "session", found, "");
}

TEST(test_one)
{
	one("session=abc", "abc");
	one("a=b; session=abc", "abc");
	one("session=abc; a=b", "abc");
	one("a=b; session=abc; c=d", "abc");
	one("a=b;session=abc", "abc");
	one("a=b;; \t session=abc \t;", "abc");
	one("session=", "");
	one("session=a=b==", "a=b==");
	one("session=\"abc\"", "abc");
	one("session=\"\"", "");
}

TEST(test_none)
{
	no("", COOKIE_NONE);
	no(";", COOKIE_NONE);
	no("session", COOKIE_NONE);
	no("=session=abc", COOKIE_NONE);
	no("xsession=abc", COOKIE_NONE);
	no("sessionx=abc", COOKIE_NONE);
	no("sessio=abc", COOKIE_NONE);
	no("Session=abc", COOKIE_NONE);
	no("%73ession=abc", COOKIE_NONE);
	no("a=session=abc", COOKIE_NONE);
	no("bare session=abc", COOKIE_NONE);
	no("a=1, session=abc", COOKIE_NONE);
	no("$session=abc", COOKIE_NONE);
	no(".session=abc", COOKIE_NONE);
	no("\xe2\x80\x80session=abc", COOKIE_NONE);
	no("\xc2\xa0session=abc", COOKIE_NONE);
	no("\xa0session=abc", COOKIE_NONE);
	no("\nsession=abc", COOKIE_NONE);
	check(SPAN_LIT("=abc"), "", COOKIE_NONE, "");
}

/* A pair without "=" does not swallow its neighbour. */
TEST(test_bare_neighbour)
{
	one("bare; session=abc", "abc");
	one("session=abc; bare", "abc");
	one("session; session=abc", "abc");
	check(SPAN_LIT("__Host-s=a; s=b"), "__Host-s", COOKIE_ONE, "a");
	check(SPAN_LIT("..Host-s=a"), "__Host-s", COOKIE_NONE, "");
}

TEST(test_many)
{
	no("session=a; session=b", COOKIE_MANY);
	no("session=a; session=a", COOKIE_MANY);
	no("session=; session=a", COOKIE_MANY);
	no("session=a;session=", COOKIE_MANY);
	no("session=a; x=y; session=b", COOKIE_MANY);
	no("session=a b; session=b", COOKIE_MANY);
	no("session=a; session =b", COOKIE_MANY);
	one("session=a; sessiom=b", "a");
}

TEST(test_bad)
{
	no("session=a, x=y", COOKIE_BAD);
	no("session=\"a", COOKIE_BAD);
	no("session=a\"", COOKIE_BAD);
	no("session=\"", COOKIE_BAD);
	no("session=\"\"a\"\"", COOKIE_BAD);
	no("session=\"a\" x", COOKIE_BAD);
	no("session= a", COOKIE_BAD);
	no("session =a", COOKIE_BAD);
	no("session\t=a", COOKIE_BAD);
	no("session=a b", COOKIE_BAD);
}

/* RFC 6265 4.1.1, each byte in the middle of the value. */
TEST(test_every_byte)
{
	static const char not_octet[] = " \",;\\";
	char header[] = "session=axb";

	for (int c = 0; c < 256; c++) {
		bool octet =
		    c > 0x20 && c < 0x7f && strchr(not_octet, c) == NULL;
		struct span s = SPAN_LIT("session=axb");

		header[9] = (char)c;
		s.p = (const unsigned char *)header;
		if (octet)
			check(s, "session", COOKIE_ONE, header + 8);
		else if (c == ';')
			check(s, "session", COOKIE_ONE, "a");
		else
			check(s, "session", COOKIE_BAD, "");
	}
}

/* The first n bytes, and none of the others, are read. */
TEST(test_truncated)
{
	struct span all = SPAN_LIT("a=b; session=abcd");

	for (size_t n = 0; n <= all.n; n++) {
		struct span value, s = guarded(span_head(all, n));
		enum cookie_found found =
		    cookie_find(s, SPAN_LIT("session"), &value);

		assert_int_equal(found, n < 13 ? COOKIE_NONE : COOKIE_ONE);
		assert_int_equal(value.n, n < 13 ? 0 : n - 13);
		guard_free(s);
	}
}

static void
check_size(size_t n, bool quoted, enum cookie_found expect)
{
	static unsigned char text[COOKIE_MAX + 64];
	size_t at = (size_t)snprintf(
	    (char *)text, sizeof(text), "session=%s", quoted ? "\"" : "");
	struct span value, s;

	memset(text + at, 'v', n);
	text[at + n] = '"';
	s = guarded((struct span){ text, at + n + quoted });
	assert_int_equal(cookie_find(s, SPAN_LIT("session"), &value), expect);
	assert_int_equal(value.n, expect == COOKIE_ONE ? n : 0);
	guard_free(s);
}

TEST(test_size)
{
	for (int quoted = 0; quoted < 2; quoted++) {
		check_size(COOKIE_MAX - 1, quoted, COOKIE_ONE);
		check_size(COOKIE_MAX, quoted, COOKIE_ONE);
		check_size(COOKIE_MAX + 1, quoted, COOKIE_BAD);
	}
}

/* What browsers send back: Koa's koa:sess, and what other sites made up. */
TEST(test_names)
{
	static const char *const good[] = { "s", "koa:sess", "express:sess",
		"__Host-s", "app/session", "user[id]", "a(b)", "{s}", "a@b?c",
		"<s>", "$s", "it's" };
	unsigned char name[] = "a?b";

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(cookie_name(span_of(good[i])));
	for (int c = 0; c < 256; c++) {
		bool right =
		    c > 0x20 && c < 0x7f && strchr("=;,\"\\", c) == NULL;
		struct span s;

		name[1] = (unsigned char)c;
		s = guarded((struct span){ name, 3 });
		assert_int_equal(cookie_name(s), right);
		guard_free(s);
	}
	assert_false(cookie_name((struct span){ NULL, 0 }));
}

TEST(test_prefixes)
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

/* And each of them is found by exactly its own bytes. */
TEST(test_wide_names)
{
	struct span value,
	    header = SPAN_LIT(
		"koa:sess=1; koa:Sess=2; koa%3Asess=3; user[id]=4; [id]=5");

	assert_int_equal(
	    cookie_find(header, SPAN_LIT("koa:sess"), &value), COOKIE_ONE);
	assert_true(span_is(value, "1"));
	assert_int_equal(
	    cookie_find(header, SPAN_LIT("user[id]"), &value), COOKIE_ONE);
	assert_true(span_is(value, "4"));
	assert_int_equal(
	    cookie_find(header, SPAN_LIT("koa"), &value), COOKIE_NONE);
	assert_int_equal(
	    cookie_find(header, SPAN_LIT("sess"), &value), COOKIE_NONE);
}
