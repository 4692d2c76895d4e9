#include "test.h"

#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "http/answer.h"

#define ALWAYS                                                                 \
	"Cache-Control: no-store\r\n"                                          \
	"X-Content-Type-Options: nosniff\r\n"
#define VARY "Vary: Origin, Cookie\r\n"
#define SAME ALWAYS "Cross-Origin-Resource-Policy: same-origin\r\n" VARY
static unsigned char mem[HEAD_OUT_MAX];

static void
assert_written(const struct answer *a, const char *text)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	answer_write(a, &out);
	assert_true(span_is(sink_view(&out), text));
}

TEST(test_ok)
{
	struct answer a = { .status = 200,
		.media = MEDIA_JSON,
		.body = guarded(SPAN_LIT("{\"a\":1}")) };

	assert_written(&a,
	    "Status: 200 OK\r\nContent-Type: application/json\r\n"
	    "Content-Length: 7\r\n" SAME "\r\n{\"a\":1}");
}

#define OK_TEXT                                                                \
	"Status: 200 OK\r\nContent-Type: application/json\r\n"                 \
	"Content-Length: 2\r\n" SAME

/* With a grant, and with nothing else. */
TEST(test_cookie)
{
	static const int others[] = { 0, 204, 400, 401, 403, 500, 503 };
	struct answer a = { .status = 200,
		.media = MEDIA_JSON,
		.body = SPAN_LIT("{}"),
		.set_cookie = guarded(SPAN_LIT("a=b~c=%2f*; Secure")) };

	assert_written(&a, OK_TEXT "Set-Cookie: a=b~c=%2f*; Secure\r\n\r\n{}");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct sink out;

		a.status = others[i];
		sink_init(&out, mem, sizeof(mem) - 1);
		answer_write(&a, &out);
		mem[out.n] = '\0';
		assert_null(strstr((const char *)mem, "Cookie:"));
	}
	a.status = 200;
	a.set_cookie.n = 0;
	assert_written(&a, OK_TEXT "\r\n{}");
}

/* A byte that could end the header: there is none. */
TEST(test_cookie_bytes)
{
	for (int c = 0; c < 256; c++) {
		unsigned char text[] = { 'a', (unsigned char)c, 'b' };
		struct answer a = { .status = 200,
			.media = MEDIA_JSON,
			.body = SPAN_LIT("{}"),
			.set_cookie = { text, sizeof(text) } };
		char expect[512];

		snprintf(expect, sizeof(expect),
		    OK_TEXT "Set-Cookie: a%cb\r\n\r\n{}", c);
		if (c < 0x20 || c > 0x7e)
			assert_written(&a, OK_TEXT "\r\n{}");
		else
			assert_written(&a, expect);
	}
}

TEST(test_cookie_length)
{
	static unsigned char text[SET_COOKIE_MAX + 1];
	struct answer a = { .status = 200 };
	const size_t head =
	    strlen("Status: 200 OK\r\nContent-Length: 0\r\n" SAME "\r\n");

	memset(text, 'a', sizeof(text));
	for (size_t n = SET_COOKIE_MAX - 1; n <= SET_COOKIE_MAX + 1; n++) {
		struct sink out;

		a.set_cookie = (struct span){ text, n };
		sink_init(&out, mem, sizeof(mem));
		answer_write(&a, &out);
		assert_int_equal(sink_view(&out).n,
		    n > SET_COOKIE_MAX ? head
				       : head + strlen("Set-Cookie: \r\n") + n);
	}
}

/* All headers at once, each at its longest: there is room for them. */
TEST(test_head)
{
	static const unsigned char origin[ORIGIN_MAX] = "https://";
	static unsigned char text[SET_COOKIE_MAX];
	struct answer a = { .status = 200,
		.media = MEDIA_PROBLEM,
		.allow_origin = { origin, sizeof(origin) },
		.credentials = true,
		.preflight = true,
		.allow = true,
		.n_rates = RATES_MAX,
		.retry_after = 86400,
		.set_cookie = { text, sizeof(text) } };
	struct sink out;

	for (size_t i = 0; i < RATES_MAX; i++)
		a.rates[i] = (struct rate){ "total-minute", LIMIT_COUNT_MAX,
			86400, LIMIT_COUNT_MAX, 86400 };
	memset(text, 'a', sizeof(text));
	sink_init(&out, mem, sizeof(mem));
	answer_write(&a, &out);
	assert_false(out.full);
	assert_true(span_ends(sink_view(&out), SPAN_LIT("aaaa\r\n\r\n")));
	a.status = 503;
	sink_init(&out, mem, sizeof(mem));
	answer_write(&a, &out);
	assert_false(out.full);
	assert_true(
	    span_ends(sink_view(&out), SPAN_LIT("Retry-After: 86400\r\n\r\n")));
}

/* An answer that nobody filled in says no, and shows nothing. */
TEST(test_zero)
{
	struct answer a = { .body = SPAN_LIT("secret") };

	assert_written(&a,
	    "Status: 500 Internal Server Error\r\nContent-Length: 0\r\n" SAME
	    "\r\n");
	a.media = MEDIA_JSON;
	assert_written(&a,
	    "Status: 500 Internal Server Error\r\nContent-Length: 0\r\n" SAME
	    "\r\n");
	a.media = MEDIA_NONE;
	a.status = 200;
	assert_written(
	    &a, "Status: 200 OK\r\nContent-Length: 0\r\n" SAME "\r\n");
}

TEST(test_full)
{
	struct answer a = { .status = 200,
		.media = MEDIA_JSON,
		.body = SPAN_LIT("{\"a\":1}") };
	struct sink out;
	size_t n;

	sink_init(&out, mem, sizeof(mem));
	answer_write(&a, &out);
	n = sink_view(&out).n;
	for (size_t cap = 0; cap <= n; cap++) {
		sink_init(&out, mem, cap);
		answer_write(&a, &out);
		assert_int_equal(out.full, cap < n);
		assert_int_equal(sink_view(&out).n, cap < n ? 0 : n);
	}
}

/* What stood in the sink before is no part of it; no room: no body. */
TEST(test_problem_room)
{
	struct problem p;
	struct answer a = { .status = 200 };
	struct sink body;

	problem_clear(&p);
	problem_set(&p, 400, "x", (struct span){ NULL, 0 }, "y");
	sink_init(&body, mem, sizeof(mem));
	sink_text(&body, "signature");
	answer_problem(&a, &p, &body);
	assert_true(span_starts(a.body, SPAN_LIT("{\"type\"")));
	sink_init(&body, mem, a.body.n - 1);
	answer_problem(&a, &p, &body);
	assert_true(body.full);
	assert_int_equal(a.body.n, 0);
	assert_int_equal(a.status, 400);
}
