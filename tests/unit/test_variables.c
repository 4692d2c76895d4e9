#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "gateway/variables.h"

#define assert_span(s, text) assert_true(span_is((s), (text)))

static struct variables
read_two(char *first, char *second)
{
	char *envp[] = { first, second, NULL };
	struct variables v;

	memset(&v, 0x55, sizeof(v));
	variables_read(envp, SPAN_LIT("SIGNPOST_USER"), &v);
	return v;
}

/* Exact size on the heap, so that a sanitizer sees a byte too far. */
static char *
made(const char *name, size_t value)
{
	size_t n = strlen(name);
	char *text = malloc(n + 1 + value + 1);

	assert_non_null(text);
	memcpy(text, name, n);
	text[n] = '=';
	memset(text + n + 1, '1', value);
	text[n + 1 + value] = '\0';
	return text;
}

TEST(test_all)
{
	char *envp[] = { (char[]){ "PATH=/bin" },
		(char[]){ "REQUEST_METHOD=POST" },
		(char[]){ "QUERY_STRING=a=b&c=d" },
		(char[]){ "CONTENT_TYPE=application/json" },
		(char[]){ "CONTENT_LENGTH=2" },
		(char[]){ "HTTP_COOKIE=session=x; b=c" },
		(char[]){ "HTTP_AUTHORIZATION=Bearer t" },
		(char[]){ "HTTP_ORIGIN=https://example.com" },
		(char[]){ "HTTP_SEC_FETCH_SITE=same-origin" },
		(char[]){ "HTTP_SEC_FETCH_MODE=cors" },
		(char[]){ "HTTP_SEC_FETCH_DEST=empty" },
		(char[]){ "AUTH_TYPE=Basic" },
		(char[]){ "HTTP_X_CLD_TIMESTAMP=1700000000" },
		(char[]){ "HTTP_X_CLD_SIGNATURE=ab12" },
		(char[]){ "REMOTE_ADDR=192.0.2.1" },
		(char[]){ "SIGNPOST_USER=ann" }, (char[]){ "REMOTE_USER=eve" },
		(char[]){ "DOCUMENT_ROOT=/var/www" }, NULL };
	struct variables v;

	variables_read(envp, SPAN_LIT("SIGNPOST_USER"), &v);
	assert_int_equal(v.request.intake, INTAKE_WHOLE);
	assert_span(v.request.method, "POST");
	assert_span(v.request.query, "a=b&c=d");
	assert_span(v.request.content_type, "application/json");
	assert_span(v.request.cookie, "session=x; b=c");
	assert_span(v.request.authorization, "Bearer t");
	assert_span(v.request.origin, "https://example.com");
	assert_span(v.request.sec_fetch_site, "same-origin");
	assert_span(v.request.sec_fetch_mode, "cors");
	assert_span(v.request.sec_fetch_dest, "empty");
	assert_span(v.request.auth_type, "Basic");
	assert_span(v.request.cld_timestamp, "1700000000");
	assert_span(v.request.cld_signature, "ab12");
	assert_span(v.request.remote_addr, "192.0.2.1");
	assert_span(v.request.remote_user, "ann");
	assert_span(v.request.document_root, "/var/www");
	assert_true(v.has_length);
	assert_int_equal(v.length, 2);
	assert_int_equal(v.request.body.n, 0);
	variables_body(&v, SPAN_LIT("{}"));
	assert_int_equal(v.request.intake, INTAKE_WHOLE);
	assert_span(v.request.body, "{}");
}

TEST(test_none)
{
	char *envp[] = { NULL };
	struct variables v;

	variables_read(envp, SPAN_LIT("SIGNPOST_USER"), &v);
	assert_int_equal(v.request.intake, INTAKE_WHOLE);
	assert_false(v.has_length);
	assert_int_equal(v.request.method.n, 0);
}

static const struct {
	const char *name;
	size_t max;
} known[] = {
	{ "REQUEST_METHOD", HEADER_MAX },
	{ "QUERY_STRING", QUERY_MAX },
	{ "CONTENT_TYPE", HEADER_MAX },
	{ "CONTENT_LENGTH", 0 },
	{ "HTTP_COOKIE", COOKIE_HEADER_MAX },
	{ "HTTP_AUTHORIZATION", AUTHORIZATION_MAX },
	{ "REDIRECT_HTTP_AUTHORIZATION", AUTHORIZATION_MAX },
	{ "HTTP_ORIGIN", HEADER_MAX },
	{ "HTTP_SEC_FETCH_SITE", HEADER_MAX },
	{ "HTTP_SEC_FETCH_MODE", HEADER_MAX },
	{ "HTTP_SEC_FETCH_DEST", HEADER_MAX },
	{ "AUTH_TYPE", HEADER_MAX },
	{ "HTTP_X_CLD_TIMESTAMP", HEADER_MAX },
	{ "HTTP_X_CLD_SIGNATURE", HEADER_MAX },
	{ "REMOTE_ADDR", HEADER_MAX },
	{ "DOCUMENT_ROOT", PATH_TEXT_MAX },
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

/* Also with equal values, and with an empty first one. */
TEST(test_twice)
{
	for (size_t i = 0; i < KNOWN; i++)
		for (size_t n = 0; n < 2; n++) {
			char *a = made(known[i].name, n);
			char *b = made(known[i].name, 1);
			struct variables v = read_two(a, b);

			assert_int_equal(v.request.intake, INTAKE_TWICE);
			assert_span(v.request.about, known[i].name);
			assert_int_equal(v.request.query.n, 0);
			assert_int_equal(v.request.cookie.n, 0);
			assert_int_equal(v.request.origin.n, 0);
			assert_int_equal(v.request.authorization.n, 0);
			assert_int_equal(v.request.cld_timestamp.n, 0);
			assert_int_equal(v.request.cld_signature.n, 0);
			b[0] = 'X';
			v = read_two(a, b);
			assert_int_equal(v.request.intake, INTAKE_WHOLE);
			free(a);
			free(b);
		}
}

TEST(test_limits)
{
	for (size_t i = 0; i < KNOWN; i++)
		for (size_t n = known[i].max - 1; n <= known[i].max + 1; n++) {
			char *a;
			struct variables v;

			if (known[i].max == 0)
				break;
			a = made(known[i].name, n);
			v = read_two(a, NULL);
			if (n <= known[i].max) {
				assert_int_equal(
				    v.request.intake, INTAKE_WHOLE);
			} else {
				assert_int_equal(
				    v.request.intake, INTAKE_TOO_LARGE);
				assert_span(v.request.about, known[i].name);
				assert_int_equal(v.request.query.n, 0);
				assert_int_equal(v.request.cookie.n, 0);
				assert_int_equal(v.request.authorization.n, 0);
			}
			free(a);
		}
}

/* Nothing but the exact names: no suffix, prefix, case, or name alone. */
TEST(test_other_names)
{
	static const char *const others[] = { "HTTP_COOKIE", "HTTP_COOKIE2=x",
		"XHTTP_COOKIE=x", "http_cookie=x", "HTTP_COOKI=x",
		"HTTP_COOKIE =x", "=x", "", "HTTP_REMOTE_USER=root",
		"REMOTE_USER=root", "HTTP_X_FORWARDED_FOR=192.0.2.9",
		"X_CLD_SIGNATURE=x", "HTTP_X_CLD_SIGNATURE_2=x" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char text[64];
		struct variables v;

		snprintf(text, sizeof(text), "%s", others[i]);
		v = read_two(text, (char[]){ "QUERY_STRING=q" });
		assert_int_equal(v.request.intake, INTAKE_WHOLE);
		assert_int_equal(v.request.cookie.n, 0);
		assert_int_equal(v.request.remote_addr.n, 0);
		assert_int_equal(v.request.cld_signature.n, 0);
		assert_span(v.request.query, "q");
	}
}

TEST(test_authorization)
{
	struct variables v;

	v = read_two((char[]){ "REDIRECT_HTTP_AUTHORIZATION=r" },
	    (char[]){ "HTTP_AUTHORIZATION=a" });
	assert_int_equal(v.request.intake, INTAKE_WHOLE);
	assert_span(v.request.authorization, "a");
	v = read_two((char[]){ "REDIRECT_HTTP_AUTHORIZATION=r" },
	    (char[]){ "HTTP_AUTHORIZATION=" });
	assert_span(v.request.authorization, "r");
	v = read_two((char[]){ "REDIRECT_HTTP_AUTHORIZATION=r" }, NULL);
	assert_span(v.request.authorization, "r");
}

TEST(test_length)
{
	static const char *const wrong[] = { "-1", "+1", " 1", "1 ", "01",
		"0x1", "1.0", "1,1", "1e1", "a", "99999999999999999999" };
	char text[64];
	struct variables v;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "CONTENT_LENGTH=%s", wrong[i]);
		v = read_two(text, NULL);
		assert_int_equal(v.request.intake, INTAKE_LENGTH);
		assert_true(v.has_length);
		assert_int_equal(v.length, 0);
		variables_body(&v, SPAN_LIT("x"));
		assert_int_equal(v.request.body.n, 0);
	}
	v = read_two((char[]){ "CONTENT_LENGTH=" }, NULL);
	assert_int_equal(v.request.intake, INTAKE_WHOLE);
	assert_false(v.has_length);
	for (int n = HOOK_BODY_MAX - 1; n <= HOOK_BODY_MAX + 1; n++) {
		snprintf(text, sizeof(text), "CONTENT_LENGTH=%d", n);
		v = read_two(text, NULL);
		assert_int_equal(v.length, n);
		assert_int_equal(v.request.intake,
		    n <= HOOK_BODY_MAX ? INTAKE_WHOLE : INTAKE_TOO_LARGE);
	}
}

/* The body is as long as CONTENT_LENGTH says, or is not taken. */
TEST(test_body)
{
	static const unsigned char bytes[HOOK_BODY_MAX + 1];

	for (size_t n = 0; n < 4; n++) {
		struct variables v =
		    read_two((char[]){ "CONTENT_LENGTH=2" }, NULL);

		variables_body(&v, (struct span){ bytes, n });
		assert_int_equal(
		    v.request.intake, n == 2 ? INTAKE_WHOLE : INTAKE_LENGTH);
		assert_int_equal(v.request.body.n, n == 2 ? 2 : 0);
	}
	for (size_t n = HOOK_BODY_MAX - 1; n <= HOOK_BODY_MAX + 1; n++) {
		struct variables v = read_two(NULL, NULL);

		variables_body(&v, (struct span){ bytes, n });
		assert_int_equal(v.request.intake,
		    n <= HOOK_BODY_MAX ? INTAKE_WHOLE : INTAKE_TOO_LARGE);
		assert_int_equal(v.request.body.n, n <= HOOK_BODY_MAX ? n : 0);
	}
}

TEST(test_first_fault_stays)
{
	struct variables v = read_two((char[]){ "CONTENT_LENGTH=x" }, NULL);

	variables_fault(&v, INTAKE_ROLE, SPAN_LIT("The role"));
	assert_int_equal(v.request.intake, INTAKE_LENGTH);
	assert_span(v.request.about, "CONTENT_LENGTH");
}
