#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

static void
test_own(void **state)
{
	static const char *const names[] = { "SIGNPOST_USER", "A", "_", "U_2",
		"AUTHENTICATED_UID", "SSL_CLIENT_S_DN_CN" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(
		    span_is(right_group(with(names[i]))->variable, names[i]));
}

/* nginx passes it on unchecked. */
static void
test_remote_user(void **state)
{
	(void)state;
	assert_true(
	    span_is(warned_group(with("REMOTE_USER"),
			"warning 3: nginx as Debian configures it passes in")
			->variable,
		"REMOTE_USER"));
}

static void
test_clients(void **state)
{
	static const char *const names[] = { "HTTP_X_USER", "HTTP_REMOTE_USER",
		"HTTP_COOKIE", "HTTP", "REDIRECT_HTTP_X",
		"REDIRECT_REMOTE_USER", "CONTENT_TYPE", "PATH_INFO",
		"QUERY_STRING", "REQUEST_URI", "SCRIPT_NAME", "SERVER_NAME",
		"REMOTE_ADDR", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_PORT",
		"AUTH_TYPE" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		wrong_group(with(names[i]), "error 3: variable = ");
	wrong_group(with("HTTP_X_USER"), "comes from the client");
}

static void
test_form(void **state)
{
	char name[80];

	(void)state;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_remote_user),
		cmocka_unit_test(test_clients),
		cmocka_unit_test(test_form),
	};
	int failed;

	bench_open(&b);
	failed =
	    cmocka_run_group_tests_name("conf_variable", tests, NULL, NULL);
	bench_close(&b);
	return failed;
}
