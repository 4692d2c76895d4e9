#define _GNU_SOURCE /* ppoll, mkdtemp */

#include "test.h"

#include "fake_app.h"
#include "serving.h"

struct serve serve;
struct sandbox box;
struct fcgi_answer answer;
long long waited;
int log_pipe[2];
char logged[65536];

int
waited_poll(struct pollfd *fds, nfds_t n, int milliseconds)
{
	const struct timespec limit = { milliseconds / 1000,
		milliseconds % 1000 * 1000000L };
	int ready = ppoll(fds, n, milliseconds < 0 ? NULL : &limit, NULL);

	if (ready == 0)
		waited += milliseconds;
	return ready;
}

int
serving_open(void **state)
{
	(void)state;
	hooks.handle = fake_handle;
	hooks.poll = waited_poll;
	serve_init(&serve);
	log_to(open("/dev/null", O_WRONLY));
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

void
logging_open(void)
{
	assert_int_equal(pipe(log_pipe), 0);
	fcntl(log_pipe[0], F_SETFL, O_NONBLOCK);
	log_to(log_pipe[1]);
}

void
logging_close(void)
{
	log_to(2);
	close(log_pipe[0]);
	close(log_pipe[1]);
}

const char *
read_log(void)
{
	ssize_t n = read(log_pipe[0], logged, sizeof(logged) - 1);

	logged[n > 0 ? n : 0] = '\0';
	return logged;
}

int
serving_box_open(void **state)
{
	(void)state;
	sandbox_open(&box);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES, 0600);
	serve_init(&serve);
	logging_open();
	return 0;
}

int
serving_box_close(void **state)
{
	(void)state;
	serve_end(&serve);
	logging_close();
	sandbox_close(&box);
	return 0;
}

void
assert_answered_at(int fd, const char *text)
{
	struct span rest;

	fcgi_answer(fd, &answer, PATIENCE_MS);
	assert_true(answer.ended && answer.in_order);
	rest = (struct span){ answer.text, answer.n };
	while (rest.n > 0 && !span_starts(rest, span_of(text)))
		rest = span_skip(rest, 1);
	assert_true(rest.n > 0);
}
