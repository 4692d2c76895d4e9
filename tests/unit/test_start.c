#define _DEFAULT_SOURCE /* mkdtemp, setenv */

#include "test.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "gateway/start.h"
#include "serving.h"

static struct config *
load(void)
{
	static struct control control;

	control_fastcgi(0, (char *[]){ NULL }, box.conf, &control);
	return start_once(&serve, &control);
}

TEST_WITH(test_good, serving_box_open, serving_box_close)
{
	struct config *config;

	/* A key of less than 32 bytes: a warning, which no request shall log.
	 */
	sandbox_file(&box, "session.key", "correct-horse-battery", 0600);
	config = load();
	assert_non_null(config);
	assert_ptr_equal(serve.config, config);
	assert_null(serve.live);
	assert_int_equal(serve.world.generation, 1);
	assert_string_equal(read_log(), "");
	serve_end(&serve);
	config_free(config);
}

TEST_WITH(test_bad, serving_box_open, serving_box_close)
{
	sandbox_file(&box, "signpost.conf", "orgins = [ ];\n", 0600);
	assert_null(load());
	assert_null(serve.config);
	assert_int_equal(serve.world.generation, 0);
	assert_non_null(
	    strstr(read_log(), "event=config severity=error file="));
}

TEST_WITH(test_live, serving_box_open, serving_box_close)
{
	static struct control control;
	static struct live live;

	sandbox_file(&box, "session.key", "correct-horse-battery", 0600);
	control_fastcgi(0, (char *[]){ NULL }, box.conf, &control);
	start_live(&live, &serve, &control);
	assert_non_null(serve.config);
	assert_ptr_equal(serve.live, &live);
	assert_int_equal(serve.world.generation, 1);
	assert_non_null(strstr(read_log(), "severity=warning"));
	live_end(&live, &serve);
	assert_null(serve.config);
	assert_null(serve.live);
}

TEST_WITH(test_no_path, serving_box_open, serving_box_close)
{
	static struct control control;
	static struct live live;

	control_fastcgi(2,
	    (char *[]){ (char[]){ "p" }, (char[]){ "-x" }, NULL }, box.conf,
	    &control);
	assert_null(start_once(&serve, &control));
	assert_non_null(strstr(read_log(), "event=start reason="));
	start_live(&live, &serve, &control);
	assert_null(serve.config);
	assert_non_null(strstr(read_log(), "event=start reason="));
	live.next_look = 0;
	live_look(&live, &serve, clock_milliseconds());
	assert_string_equal(read_log(), "");
	live_end(&live, &serve);
}

static void
assert_status(const char *path, const char *status)
{
	unsigned char mem[1024];
	struct sink out;
	int fd = fcgi_connect(path);

	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, "GET", "policy=avatar", SPAN_LIT(""), 0);
	fcgi_send(fd, sink_view(&out));
	fcgi_answer(fd, &answer, PATIENCE_MS);
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

TEST_WITH(test_fastcgi, serving_box_open, serving_box_close)
{
	run_fastcgi(box.conf, "Status: 401");
	run_fastcgi("/nowhere/signpost.conf", "Status: 503");
	read_log();
	assert_non_null(
	    strstr(logged, " decision=refused status=401 code=no_session "));
	assert_non_null(strstr(
	    logged, " decision=refused status=503 code=configuration us="));
}

/* Into a file, whoever reads standard error, or nobody does. */
TEST_WITH(test_fastcgi_log, serving_box_open, serving_box_close)
{
	char text[2048], path[320];
	ssize_t n;
	int fd;

	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION "log = \"log\";\n" SANDBOX_POLICIES,
	    0600);
	close(log_pipe[0]);
	run_fastcgi(box.conf, "Status: 401");
	run_fastcgi("/nowhere/signpost.conf", "Status: 503");
	assert_int_equal(pipe(log_pipe), 0);
	snprintf(path, sizeof(path), "%s/log", box.dir);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	close(fd);
	assert_non_null(strstr(text, " status=401 code=no_session "));
	assert_null(strstr(text, " status=503 "));
}

TEST_WITH(test_cgi, serving_box_open, serving_box_close)
{
	char got[4096];
	int out[2], result = -1;
	ssize_t n;
	pid_t pid;

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
	n = read(out[0], got, sizeof(got));
	assert_true(n > 11);
	assert_memory_equal(got, "Status: 401", 11);
	assert_non_null(strstr(
	    read_log(), " decision=refused status=401 code=no_session "));
	assert_null(strstr(logged, "event="));
	close(out[0]);
	close(out[1]);
}
