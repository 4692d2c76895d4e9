#include "test.h"

#include "reading_session.h"

/* A configuration with this variable. */
static const char *
with(const char *name)
{
	static char text[256];

	snprintf(text, sizeof(text),
	    "format = \"remote_user\";\nvariable = \"%s\";", name);
	return text;
}

TEST(test_own)
{
	static const char *const names[] = { "A", "_", "U_2",
		"AUTHENTICATED_UID", "SSL_CLIENT_S_DN_CN",
		"SSL_CLIENT_SAN_OTHER_MSUPN_0" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(span_is(
		    warned_group(with(names[i]), "warning 3: variable = ")
			->variable,
		    names[i]));
	warned_group(with("A"), "is no name that is known here");
	warned_group(with("SSL_CLIENT_S_DN"), "is what a certificate says");
}

TEST(test_known)
{
	static const char *const names[] = { "REMOTE_USER", "SIGNPOST_USER" };

	for (size_t i = 0; i < 2; i++)
		assert_true(
		    span_is(right_group(with(names[i]))->variable, names[i]));
}

TEST(test_clients)
{
	static const char *const names[] = { "HTTP_X_USER", "HTTP_REMOTE_USER",
		"HTTP_COOKIE", "HTTP", "REDIRECT_HTTP_X",
		"REDIRECT_REMOTE_USER", "CONTENT_TYPE", "PATH_INFO",
		"QUERY_STRING", "REQUEST_URI", "SCRIPT_NAME", "SERVER_NAME",
		"REMOTE_ADDR", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_PORT",
		"AUTH_TYPE", "SSL_TLS_SNI", "SSL_SESSION_ID", "SSL_CIPHER",
		"SSL_CLIENT_VERIFY", "SSL_CLIENT_I_DN", "SSL_CLIENT_CERT",
		"PHP_AUTH_USER", "AUTH_PASSWORD", "UNIQUE_ID", "DOCUMENT_URI",
		"HTTPS", "H2_STREAM_TAG", "ORIG_PATH_INFO", "SERVER_ADMIN",
		"THE_REQUEST", "ARGS", "CONTEXT_PREFIX" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		wrong_group(with(names[i]), "error 3: variable = ");
	wrong_group(
	    with("HTTP_X_USER"), "is a header, which any client can send");
}

TEST(test_form)
{
	char name[80];

	wrong_group(with(""), "must be 1 to 64 of the characters");
	wrong_group(with("user"), "must be 1 to 64 of the characters");
	wrong_group(with("1A"), "must be 1 to 64 of the characters");
	wrong_group(with("A-B"), "must be 1 to 64 of the characters");
	wrong_group(with("A B"), "must be 1 to 64 of the characters");
	wrong_group("format = \"remote_user\"; variable = 1;",
	    "variable must be a string");
	for (size_t n = 63; n <= 65; n++) {
		memset(name, 'A', n);
		name[n] = '\0';
		read_group(with(name));
		assert_int_equal(b.box.report.errors, n > 64);
	}
}

AROUND(bench_open(&b), bench_close(&b));
