#define _DEFAULT_SOURCE /* mkdtemp, setenv */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/log.h"
#include "fcgi_client.h"
#include "gateway/start.h"
#include "sandbox.h"
#include "store/redis.h"

#define SOON 2000

static struct serve serve;
static struct sandbox box;
static int log_pipe[2];
static char logged[65536];

static int
set_up(void **state)
{
	(void)state;
	sandbox_open(&box);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES, 0600);
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
	sandbox_close(&box);
	return 0;
}

/* What was logged since the last look. */
static const char *
read_log(void)
{
	ssize_t n = read(log_pipe[0], logged, sizeof(logged) - 1);

	logged[n > 0 ? n : 0] = '\0';
	return logged;
}

static struct config *
load(bool warnings)
{
	static struct control control;

	control_fastcgi(0, (char *[]){ NULL }, box.conf, &control);
	return start_config(&serve, &control, warnings);
}

static void
test_good(void **state)
{
	struct config *config = load(true);

	(void)state;
	assert_non_null(config);
	assert_ptr_equal(serve.config, config);
	assert_null(strstr(read_log(), "severity=error"));
	config_free(config);
}

/* Each mistake is a line, with its place and what would be right. */
static void
test_bad(void **state)
{
	(void)state;
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION
	    "orgins = [ ];\nother = 1;\n" SANDBOX_POLICIES,
	    0600);
	assert_null(load(false));
	assert_null(serve.config);
	read_log();
	assert_non_null(strstr(logged, "event=config severity=error file="));
	assert_non_null(strstr(logged, " line=10 "));
	assert_non_null(strstr(logged, "origins"));
	assert_non_null(strstr(logged, " line=11 "));
	assert_null(strstr(logged, SANDBOX_KEY));
	assert_null(strstr(logged, SANDBOX_SECRET));
}

static void
test_warnings(void **state)
{
	struct config *config;

	(void)state;
	/* A key of less than 32 bytes. */
	sandbox_file(&box, "session.key", "correct-horse-battery", 0600);
	config = load(true);
	assert_non_null(config);
	assert_non_null(strstr(read_log(), "severity=warning"));
	config_free(config);
	config = load(false);
	assert_non_null(config);
	assert_string_equal(read_log(), "");
	config_free(config);
}

static void
test_no_path(void **state)
{
	static struct control control;

	(void)state;
	control_fastcgi(2,
	    (char *[]){ (char[]){ "p" }, (char[]){ "-x" }, NULL }, box.conf,
	    &control);
	assert_null(start_config(&serve, &control, true));
	assert_non_null(strstr(read_log(), "event=start reason="));
}

/* A message that is longer than a field is logged in several. */
static void
test_long_message(void **state)
{
	char text[1024], name[241];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(text, sizeof(text),
	    "cloudinary = { cloud_name = \"demo\"; api_key = \"1\";\n"
	    "api_secret_file = \"%s\"; };\n%s%s",
	    name, SANDBOX_SESSION, SANDBOX_POLICIES);
	sandbox_file(&box, "signpost.conf", text, 0600);
	assert_null(load(false));
	assert_non_null(strstr(read_log(), " more="));
	assert_int_equal(logged[strlen(logged) - 1], '\n');
}

/* A store that the program can have, or a mistake that says what to do. */
static void
test_redis(void **state)
{
	struct config *config;

	(void)state;
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION
	    "store = \"redis://127.0.0.1:1\";\n" SANDBOX_POLICIES,
	    0600);
	config = load(true);
	read_log();
	assert_int_equal(config != NULL, redis_built_in());
	assert_ptr_equal(serve.config, config);
	assert_int_equal(strstr(logged, "event=config severity=error") == NULL,
	    redis_built_in());
	assert_int_equal(
	    strstr(logged, "build it with hiredis") == NULL, redis_built_in());
	config_free(config);
}

static struct span
in_box(char path[static 64], const char *name)
{
	snprintf(path, 64, "%s/%s", box.dir, name);
	return span_of(path);
}

static void
test_no_services(void **state)
{
	static const struct config config;

	(void)state;
	start_services(&serve, true);
	serve_end(&serve);
	serve.config = &config;
	start_services(&serve, true);
	assert_null(serve.world.counters);
	assert_null(serve.denied.path);
	assert_null(serve.log.path);
	serve_end(&serve);
	assert_string_equal(read_log(), "");
}

static void
test_services(void **state)
{
	char store[64], log[64], denied[64], path[96];
	struct config config = { .counts = true,
		.store = { .kind = STORE_FILE,
		    .place = in_box(store, "counts") },
		.log = in_box(log, "log"),
		.deny_users_file = in_box(denied, "denied") };

	(void)state;
	for (int probe = 0; probe <= 1; probe++) {
		serve.config = &config;
		start_services(&serve, probe == 1);
		assert_non_null(serve.world.counters);
		assert_string_equal(serve.denied.path, denied);
		serve_log("test", (struct span){ NULL, 0 });
		assert_int_equal(access(log, F_OK), 0);
		/* Only a probe looks for it, and makes it. */
		assert_int_equal(access(store, F_OK), probe == 1 ? 0 : -1);
		serve_end(&serve);
		assert_null(serve.config);
	}
	assert_string_equal(read_log(), "");
	snprintf(path, sizeof(path), "%s/counters", store);
	unlink(path);
	assert_int_equal(rmdir(store), 0);
}

/* Out of order: the log says so, when it is asked for, and all goes on. */
static void
test_probe(void **state)
{
	char store[64];
	struct config config = { .counts = true,
		.store = { .kind = STORE_FILE,
		    .place = in_box(store, "session.key") } };

	(void)state;
	serve.config = &config;
	start_services(&serve, false);
	serve_end(&serve);
	assert_string_equal(read_log(), "");
	serve.config = &config;
	start_services(&serve, true);
	assert_non_null(serve.world.counters);
	assert_non_null(strstr(read_log(), "event=start reason="));
	assert_non_null(strstr(logged, store));
	serve_end(&serve);
}

static void
assert_status(const char *path, const char *status)
{
	static struct fcgi_answer answer;
	unsigned char mem[1024];
	struct sink out;
	int fd = fcgi_connect(path);

	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, "GET", "policy=avatar", SPAN_LIT(""), 0);
	fcgi_send(fd, sink_view(&out));
	fcgi_answer(fd, &answer, SOON);
	assert_true(answer.ended);
	assert_true(span_starts(
	    (struct span){ answer.text, answer.n }, span_of(status)));
	close(fd);
}

/* The whole of it in a process; SIGTERM is found even if it comes first. */
static void
run_fastcgi(const char *argument, const char *status)
{
	char path[64], word[256];
	char *argv[] = { (char[]){ "signpost" }, word, NULL };
	int listener, result = -1;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/socket", box.dir);
	listener = fcgi_listen(path);
	snprintf(word, sizeof(word), "--config=%s", argument);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(listener, 0);
		dup2(log_pipe[1], 2);
		_exit(start_fastcgi(2, argv));
	}
	assert_status(path, status);
	kill(pid, SIGTERM);
	waitpid(pid, &result, 0);
	assert_int_equal(result, 0);
	close(listener);
	unlink(path);
}

static void
test_fastcgi(void **state)
{
	(void)state;
	run_fastcgi(box.conf, "Status: 401");
	run_fastcgi("/nowhere/signpost.conf", "Status: 503");
	read_log();
	assert_non_null(
	    strstr(logged, " decision=refused status=401 code=no_session "));
	assert_non_null(strstr(
	    logged, " decision=refused status=503 code=configuration us="));
}

/* Into a file, whoever reads standard error, or nobody does. */
static void
test_fastcgi_log(void **state)
{
	char text[2048], path[64];
	ssize_t n;
	int fd;

	(void)state;
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION "log = \"log\";\n" SANDBOX_POLICIES,
	    0600);
	close(log_pipe[0]);
	run_fastcgi(box.conf, "Status: 401");
	run_fastcgi("/nowhere/signpost.conf", "Status: 503");
	assert_int_equal(pipe(log_pipe), 0);
	in_box(path, "log");
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	close(fd);
	assert_non_null(strstr(text, " status=401 code=no_session "));
	assert_null(strstr(text, " status=503 "));
}

static void
test_cgi(void **state)
{
	char answer[4096];
	int out[2], result = -1;
	ssize_t n;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(out), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(out[1], 1);
		dup2(log_pipe[1], 2);
		setenv("SIGNPOST_CONFIG", box.conf, 1);
		setenv("REQUEST_METHOD", "GET", 1);
		start_cgi();
	}
	waitpid(pid, &result, 0);
	assert_int_equal(result, 0);
	n = read(out[0], answer, sizeof(answer));
	assert_true(n > 11);
	assert_memory_equal(answer, "Status: 401", 11);
	assert_non_null(strstr(
	    read_log(), " decision=refused status=401 code=no_session "));
	assert_null(strstr(logged, "event="));
	close(out[0]);
	close(out[1]);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good),
		TEST(test_bad),
		TEST(test_warnings),
		TEST(test_no_path),
		TEST(test_long_message),
		TEST(test_redis),
		TEST(test_no_services),
		TEST(test_services),
		TEST(test_probe),
		TEST(test_fastcgi),
		TEST(test_fastcgi_log),
		TEST(test_cgi),
	};

	return cmocka_run_group_tests_name("start", tests, NULL, NULL);
}
