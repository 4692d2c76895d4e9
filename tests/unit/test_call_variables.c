#include "test.h"

#include <string.h>

#include "cli/call_variables.h"

static struct call_variables v;
static struct call_wishes wishes;
static const char *headers[OPTION_TIMES_MAX];

static int
setup(void **state)
{
	(void)state;
	wishes = (struct call_wishes){ .method = SPAN_INIT("GET"),
		.query = SPAN_INIT("policy=a"),
		.address = SPAN_INIT("192.0.2.1"),
		.headers = headers };
	return 0;
}

static void
add(const char *header)
{
	headers[wishes.n_headers++] = header;
}

/* How often does exactly this stand there? */
static size_t
has(const char *text)
{
	size_t n = 0;

	for (size_t i = 0; v.envp[i] != NULL; i++)
		n += strcmp(v.envp[i], text) == 0;
	return n;
}

static size_t
count(void)
{
	size_t n = 0;

	while (v.envp[n] != NULL)
		n++;
	return n;
}

TEST_WITH(without_a_body, setup, NULL)
{
	assert_null(call_variables(&wishes, &v));
	assert_int_equal(count(), 3);
	assert_int_equal(has("REQUEST_METHOD=GET"), 1);
	assert_int_equal(has("QUERY_STRING=policy=a"), 1);
	assert_int_equal(has("REMOTE_ADDR=192.0.2.1"), 1);
}

TEST_WITH(everything, setup, NULL)
{
	const struct span body = SPAN_INIT("1234567");

	wishes.body = &body;
	wishes.content_type = "application/json";
	wishes.variable = SPAN_LIT("SITE_USER");
	wishes.user = SPAN_LIT("alice");
	wishes.cookies[0] = SPAN_LIT("a=1");
	wishes.cookies[1] = SPAN_LIT("b=2");
	add("X-Cld-Timestamp:  17 ");
	add("Origin:https://a.example");
	add("x-two: 1");
	add("X-Two: 2");
	add("cookie: c=3");
	add("X-Empty:");
	assert_null(call_variables(&wishes, &v));
	assert_int_equal(count(), 12);
	assert_int_equal(has("CONTENT_LENGTH=7"), 1);
	assert_int_equal(has("CONTENT_TYPE=application/json"), 1);
	assert_int_equal(has("SITE_USER=alice"), 1);
	assert_int_equal(has("AUTH_TYPE=Basic"), 1);
	assert_int_equal(has("HTTP_COOKIE=a=1; b=2; c=3"), 1);
	assert_int_equal(has("HTTP_X_CLD_TIMESTAMP=17"), 1);
	assert_int_equal(has("HTTP_ORIGIN=https://a.example"), 1);
	assert_int_equal(has("HTTP_X_TWO=1, 2"), 1);
	assert_int_equal(has("HTTP_X_EMPTY="), 1);
}

/* No header can be taken for a variable of another kind. */
TEST_WITH(headers_stay_headers, setup, NULL)
{
	add("Content-Type: text/plain");
	add("Remote-User: mallory");
	add("Request_Method: DELETE");
	assert_null(call_variables(&wishes, &v));
	assert_int_equal(has("CONTENT_TYPE=text/plain"), 1);
	assert_int_equal(has("HTTP_REMOTE_USER=mallory"), 1);
	assert_int_equal(has("HTTP_REQUEST_METHOD=DELETE"), 1);
	assert_int_equal(has("REQUEST_METHOD=GET"), 1);
	assert_int_equal(count(), 6);
}

TEST_WITH(no_header, setup, NULL)
{
	static const char *const rows[] = { "", ":", "a", ": b", "a b: c",
		"a : b", "a\n: b", "A: b\nC: d", "A: b\r", "A: \x01", "A: \x7f",
		"Content-Length: 1", "content-length:", "\xc3\xa9: b" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wishes.n_headers = 0;
		add(rows[i]);
		assert_non_null(call_variables(&wishes, &v));
	}
	wishes.n_headers = 0;
	add("A: \xc3\xa9\tb");
	assert_null(call_variables(&wishes, &v));
}

TEST_WITH(no_request, setup, NULL)
{
	wishes.method = SPAN_LIT("");
	assert_non_null(call_variables(&wishes, &v));
	wishes.method = SPAN_LIT("GE T");
	assert_non_null(call_variables(&wishes, &v));
	setup(NULL);
	wishes.query = SPAN_LIT("a\nb");
	assert_non_null(call_variables(&wishes, &v));
	setup(NULL);
	wishes.cookies[0] = SPAN_LIT("a\rb");
	assert_non_null(call_variables(&wishes, &v));
	setup(NULL);
	wishes.content_type = "a";
	assert_null(call_variables(&wishes, &v));
	add("Content-Type: b");
	assert_string_equal(
	    call_variables(&wishes, &v), "Content-Type is said twice");
}

TEST_WITH(room, setup, NULL)
{
	static unsigned char long_text[sizeof(v.text)];

	memset(long_text, 'a', sizeof(long_text));
	for (size_t i = 0; i < OPTION_TIMES_MAX; i++)
		add("A: b");
	assert_null(call_variables(&wishes, &v));
	wishes.query = (struct span){ long_text, sizeof(long_text) };
	assert_string_equal(
	    call_variables(&wishes, &v), "all of it is too long");
	wishes.query.n = sizeof(v.text) - 150;
	assert_null(call_variables(&wishes, &v));
}
