#define _DEFAULT_SOURCE /* mkdtemp, symlink */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "fake_app.h"
#include "gateway/serve.h"

static struct serve serve;
static int log_pipe[2];
static char logged[LOG_LINE_MAX + 1];

static int
set_up(void **state)
{
	(void)state;
	serve_init(&serve);
	assert_int_equal(pipe(log_pipe), 0);
	fcntl(log_pipe[0], F_SETFL, O_NONBLOCK);
	log_to(log_pipe[1]);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	log_to(2);
	close(log_pipe[0]);
	close(log_pipe[1]);
	return 0;
}

static const char *
read_log(void)
{
	ssize_t n = read(log_pipe[0], logged, sizeof(logged) - 1);

	logged[n > 0 ? n : 0] = '\0';
	return logged;
}

/* The answer as text, with its end after the body. */
static const char *
ask(struct request request)
{
	static char text[4096];
	struct variables v = { .request = request };
	struct span got = serve_answer(&serve, &v);

	assert_true(got.n > 0 && got.n < sizeof(text));
	memcpy(text, got.p, got.n);
	text[got.n] = '\0';
	return text;
}

static void
test_answer(void **state)
{
	const char *text = ask((struct request){
	    .intake = INTAKE_WHOLE, .method = SPAN_LIT("GET") });

	(void)state;
	assert_memory_equal(text, "Status: 200 OK\r\n", 16);
	assert_non_null(strstr(text, "\r\n\r\nintake=1 about= method=GET"));
	assert_string_equal(read_log(), "");
}

static void
test_refusal_is_logged(void **state)
{
	const char *text = ask((struct request){ .intake = INTAKE_TWICE,
	    .about = SPAN_LIT("HTTP_COOKIE"),
	    .cookie = SPAN_LIT("session=SECRET"),
	    .authorization = SPAN_LIT("Bearer SECRET"),
	    .remote_addr = SPAN_LIT("192.0.2.1") });
	const char *line = read_log();

	(void)state;
	assert_non_null(strstr(text, "Status: 400"));
	assert_non_null(strstr(
	    line, " event=refused status=400 code=fake address=192.0.2.1\n"));
	assert_null(strstr(line, "SECRET"));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void
test_refusal_of_nothing(void **state)
{
	struct span got =
	    serve_refusal(&serve, INTAKE_ROLE, SPAN_LIT("The role"));

	(void)state;
	assert_true(span_starts(got, SPAN_LIT("Status: 403")));
	assert_non_null(strstr(read_log(), "status=403"));
}

static void
test_log(void **state)
{
	(void)state;
	serve_log("start", SPAN_LIT("a b"));
	assert_non_null(strstr(read_log(), " event=start reason=\"a b\"\n"));
}

static void
assert_root(const char *given, const char *real)
{
	char wanted[256];
	const char *text = ask((struct request){
	    .intake = INTAKE_WHOLE, .document_root = span_of(given) });

	snprintf(wanted, sizeof(wanted), " root=%s", real);
	assert_non_null(strstr(text, wanted));
	assert_string_equal(strstr(text, " root="), wanted);
}

/* Without links; kept while the text is the same; as given if not there. */
static void
test_document_root(void **state)
{
	char dir[] = "/tmp/signpost-XXXXXX";
	char real[64], link[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(real, sizeof(real), "%s/real", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(symlink("real", link), 0);
	assert_root("", "");
	assert_root(link, real);
	assert_root(link, real);
	assert_root(real, real);
	assert_root("/nowhere/at/all", "/nowhere/at/all");
	assert_root("/", "/");
	unlink(link);
	rmdir(real);
	rmdir(dir);
}

static void
test_document_root_limit(void **state)
{
	char text[PATH_TEXT_MAX + 2];

	(void)state;
	memset(text, '/', sizeof(text));
	text[PATH_TEXT_MAX] = '\0';
	ask((struct request){
	    .intake = INTAKE_WHOLE, .document_root = span_of(text) });
	text[PATH_TEXT_MAX] = '/';
	text[PATH_TEXT_MAX + 1] = '\0';
	assert_root(text, "");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_answer),
		TEST(test_refusal_is_logged),
		TEST(test_refusal_of_nothing),
		TEST(test_log),
		TEST(test_document_root),
		TEST(test_document_root_limit),
	};

	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
