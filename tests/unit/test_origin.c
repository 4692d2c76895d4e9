#include "test.h"

#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "http/origin.h"

static bool
valid(const char *text)
{
	struct span s = guarded(span_of(text));
	bool ok = origin_valid(s);

	guard_free(s);
	return ok;
}

TEST(test_valid)
{
	static const char *const good[] = { "null", "https://example.com",
		"http://example.com", "https://www.example.com:8443",
		"http://localhost:3000", "http://localhost",
		"capacitor://localhost", "ionic://localhost",
		"chrome-extension://abcdefgh", "a+b.c-1://x", "https://a_b.c",
		"https://xn--bcher-kva.example", "http://127.0.0.1",
		"http://127.0.0.1:8080", "http://[::1]", "http://[::1]:8080",
		"https://[2001:db8::1:2]", "https://1.example.3com",
		"https://3com", "http://x:1", "http://x:65535", "http://x:443",
		"https://x:80", "app://x:80", "app://x:443" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!valid(good[i]))
			fail_msg("%s", good[i]);
}

TEST(test_not_valid)
{
	static const char *const bad[] = { "", "Null", "null ", "nul", "https",
		"https:", "https:/", "https://", "https:example.com",
		"https:/example.com", "//example.com", "://example.com",
		"example.com", "*", "https://*", "https://*.example.com",
		"https://example.com/", "https://example.com/a",
		"https://example.com?", "https://example.com#",
		"https://u@example.com", "HTTPS://example.com",
		"https://Example.com", "https://example.com ",
		" https://example.com", "https://exa mple.com",
		"https://example.com\n", "https://example.com\r\nX: y",
		"https://b\303\274cher.example", "https://.example.com",
		"https://example.com.", "https://a..b", "https://.",
		"1https://x", "+a://x", "ht_tps://x",
		"https://x:", "https://x:0", "https://x:0443",
		"https://x:65536", "https://x:-1", "https://x:1a",
		"https://x:443", "http://x:80", "http://x:1:2",
		"http://x:99999999999999999999", "http://127.1",
		"http://2130706433", "http://256.0.0.1", "http://1.2.3.4.5",
		"http://01.2.3.4", "http://a.1", "http://[::1", "http://::1",
		"http://[]", "http://[::1]x", "http://[0:0:0:0:0:0:0:1]",
		"http://[::FFFF]", "http://[::1]:", "http://[::1]:80",
		"http://[127.0.0.1]", "http://[::ffff:127.0.0.1]",
		"http://[fe80::1%25eth0]", "https://a,https://b",
		"https://a https://b" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (valid(bad[i]))
			fail_msg("%s", bad[i]);
	assert_false(origin_valid(SPAN_LIT("https://a\0b")));
}

static const char origin[] = "ab://c.d:9";

static bool
with_byte(size_t at, int c)
{
	unsigned char text[sizeof(origin)];

	memcpy(text, origin, sizeof(origin));
	text[at] = (unsigned char)c;
	return origin_valid((struct span){ text, sizeof(origin) - 1 });
}

/* Each byte in the scheme, the host and the port; and every beginning of it. */
TEST(test_every_byte)
{
	for (int c = 0; c < 256; c++) {
		bool lower = c >= 'a' && c <= 'z';
		bool digit = c >= '0' && c <= '9';

		assert_int_equal(with_byte(1, c),
		    lower || digit || c == '+' || c == '-' || c == '.');
		assert_int_equal(
		    with_byte(5, c), lower || digit || c == '-' || c == '_');
		assert_int_equal(with_byte(9, c), digit && c != '0');
	}
	for (size_t n = 0; n < 10; n++) {
		struct span s = guarded(span_head(span_of(origin), n));

		assert_int_equal(origin_valid(s), n == 6 || n == 8);
		guard_free(s);
	}
}

TEST(test_size)
{
	static unsigned char text[ORIGIN_MAX + 1] = "https://";

	memset(text + 8, 'a', sizeof(text) - 8);
	assert_true(origin_valid((struct span){ text, ORIGIN_MAX }));
	assert_false(origin_valid((struct span){ text, ORIGIN_MAX + 1 }));
}

static const struct span listed[] = { SPAN_INIT("https://www.example.com"),
	SPAN_INIT("null"), SPAN_INIT("capacitor://localhost") };
static const struct origins list = { 3, listed };
static const struct origins empty = { 0, NULL };

TEST(test_listed)
{
	struct span got =
	    origin_listed(&list, guarded(SPAN_LIT("https://www.example.com")));

	assert_ptr_equal(got.p, listed[0].p);
	assert_int_equal(got.n, listed[0].n);
	assert_ptr_equal(origin_listed(&list, SPAN_LIT("null")).p, listed[1].p);
	assert_int_equal(origin_listed(&list, SPAN_LIT("")).n, 0);
	assert_int_equal(
	    origin_listed(&list, SPAN_LIT("http://www.example.com")).n, 0);
	assert_int_equal(
	    origin_listed(&list, SPAN_LIT("https://www.example.co")).n, 0);
	assert_int_equal(
	    origin_listed(&list, SPAN_LIT("https://www.example.comm")).n, 0);
	assert_int_equal(
	    origin_listed(&list, SPAN_LIT("https://WWW.example.com")).n, 0);
	assert_int_equal(origin_listed(&empty, SPAN_LIT("null")).n, 0);
}
