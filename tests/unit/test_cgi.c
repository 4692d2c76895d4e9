#define _GNU_SOURCE /* F_SETPIPE_SZ, ppoll */

#include "test.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/cgi.h"
#include "serving.h"

static char text[BODY_OUT_MAX + HEAD_OUT_MAX];

static char method[32], length[64], query[32];
static char *envp[] = { (char[]){ "GATEWAY_INTERFACE=CGI/1.1" }, method, query,
	length, NULL };

/* length: NULL for none. */
static void
set_request(const char *name, const char *content_length)
{
	snprintf(method, sizeof(method), "REQUEST_METHOD=%s", name);
	snprintf(query, sizeof(query), "QUERY_STRING=q=1");
	snprintf(length, sizeof(length), "%s%s",
	    content_length == NULL ? "X" : "CONTENT_LENGTH=",
	    content_length == NULL ? "" : content_length);
}

struct pipes {
	int in[2], out[2];
};

static struct pipes
open_pipes(void)
{
	struct pipes p;

	assert_int_equal(pipe(p.in), 0);
	assert_int_equal(pipe(p.out), 0);
	/* Nobody reads before all of it is written. */
	assert_true(
	    fcntl(p.in[1], F_SETPIPE_SZ, 2 * HOOK_BODY_MAX) > HOOK_BODY_MAX);
	return p;
}

/* Everything up to the end of output. */
static const char *
read_answer(struct pipes *p)
{
	size_t n = 0;
	ssize_t got;

	close(p->out[1]);
	while ((got = read(p->out[0], text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	close(p->out[0]);
	close(p->in[0]);
	return text;
}

static void
write_body(const struct pipes *p, struct span body)
{
	if (body.n > 0)
		assert_int_equal(
		    write(p->in[1], body.p, body.n), (ssize_t)body.n);
}

/* A request with this body, and the end of input behind it. */
static const char *
ask(const char *name, const char *content_length, struct span body)
{
	struct pipes p = open_pipes();

	set_request(name, content_length);
	write_body(&p, body);
	close(p.in[1]);
	cgi_answer(&serve, envp, p.in[0], p.out[1]);
	return read_answer(&p);
}

/*
 * The same with standard input left open; *ms is how long it took, and
 * waited how much of that it had nothing to read.
 */
static const char *
ask_open(const char *name, const char *content_length, struct span body,
    long long *ms)
{
	struct pipes p = open_pipes();
	long long start = fcgi_clock_ms();

	set_request(name, content_length);
	write_body(&p, body);
	waited = 0;
	cgi_answer(&serve, envp, p.in[0], p.out[1]);
	*ms = fcgi_clock_ms() - start;
	close(p.in[1]);
	return read_answer(&p);
}

#define assert_has(a, b) assert_non_null(strstr((a), (b)))

TEST(test_get)
{
	long long ms;
	const char *a = ask_open("GET", NULL, SPAN_LIT(""), &ms);

	assert_memory_equal(a, "Status: 200 OK\r\n", 16);
	assert_has(a, "intake=1 about= method=GET query=q=1 body= root=");
	assert_int_equal(waited, 0);
	assert_has(ask_open("OPTIONS", NULL, SPAN_LIT(""), &ms), "intake=1");
	assert_int_equal(waited, 0);
	assert_has(ask_open("GET", "0", SPAN_LIT(""), &ms), "intake=1");
	assert_int_equal(waited, 0);
	assert_has(ask_open("GET", "", SPAN_LIT(""), &ms), "intake=1");
	assert_int_equal(waited, 0);
	assert_has(ask_open("PUT", NULL, SPAN_LIT(""), &ms), "intake=1");
	assert_int_equal(waited, 0);
}

TEST(test_post)
{
	assert_has(ask("POST", "3", SPAN_LIT("a=b")), "intake=1 about= "
						      "method=POST query=q=1 "
						      "body=a=b root=");
	assert_has(ask("POST", "0", SPAN_LIT("")), "intake=1");
	/* The core refuses it; here it is only handed on. */
	assert_has(ask("GET", "3", SPAN_LIT("a=b")), "body=a=b");
}

TEST(test_wrong_length)
{
	assert_has(ask("POST", "4", SPAN_LIT("a=b")), "intake=4");
	assert_has(ask("POST", "2", SPAN_LIT("a=b")), "intake=4");
	assert_has(ask("POST", "0", SPAN_LIT("a")), "intake=4");
	assert_has(ask("POST", "x", SPAN_LIT("a=b")), "intake=4");
	assert_has(ask("POST", "-3", SPAN_LIT("a=b")), "Status: 400");
}

/* mod_cgid hands a chunked body on without a length. */
TEST(test_no_length)
{
	assert_has(ask("POST", NULL, SPAN_LIT("a=b")), "body=a=b");
	assert_has(ask("POST", "", SPAN_LIT("a=b")), "body=a=b");
	assert_has(ask("POST", NULL, SPAN_LIT("")), "intake=1");
}

/* A server need not end the input behind the body. */
TEST(test_no_end)
{
	long long ms;

	assert_has(ask_open("POST", "3", SPAN_LIT("a=b"), &ms), "body=a=b");
	assert_in_range(waited, 0, 100);
	/* The byte too much is there. */
	assert_has(ask_open("POST", "2", SPAN_LIT("a=b"), &ms), "intake=4");
	assert_in_range(waited, 0, 100);
}

TEST(test_limit)
{
	static const unsigned char bytes[HOOK_BODY_MAX + 2];

	for (size_t n = HOOK_BODY_MAX - 1; n <= HOOK_BODY_MAX + 1; n++) {
		struct span body = { bytes, n };
		char digits[32];

		snprintf(digits, sizeof(digits), "%zu", n);
		assert_has(ask("POST", digits, body),
		    n <= HOOK_BODY_MAX ? "intake=1"
				       : "intake=3 about=The body");
		assert_has(ask("POST", NULL, body),
		    n <= HOOK_BODY_MAX ? "intake=1"
				       : "intake=3 about=The body");
	}
}

/* Whoever writes the body; returns the writer's exit status. */
static int
ask_large(size_t n, const char *content_length)
{
	struct pipes p = open_pipes();
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		static const unsigned char bytes[4096];

		close(p.in[0]);
		close(p.out[0]);
		close(p.out[1]);
		for (size_t i = 0; i < n; i += sizeof(bytes))
			if (write(p.in[1], bytes, sizeof(bytes)) < 0)
				_exit(1);
		_exit(0);
	}
	close(p.in[1]);
	set_request("POST", content_length);
	cgi_answer(&serve, envp, p.in[0], p.out[1]);
	read_answer(&p);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

/* A server that still sends reads the answer afterwards; but not for ever. */
TEST(test_discard)
{
	assert_int_equal(ask_large(400000, NULL), 0);
	assert_has(text, "Status: 413");
	assert_int_equal(ask_large(401408, "401408"), 0);
	assert_has(text, "Status: 413");
	assert_int_equal(ask_large(3 * DISCARD_MAX, NULL), 1);
	assert_has(text, "Status: 413");
}

/* A body that never ends is given up in time, and is not taken for whole. */
TEST(test_slow)
{
	long long ms;

	assert_has(ask_open("POST", NULL, SPAN_LIT("a=b"), &ms), "intake=4");
	assert_true(ms >= REQUEST_SECONDS * 1000);
	assert_true(ms < PATIENCE_MS);
}

/* Input that cannot be read is no whole body. */
TEST(test_unreadable)
{
	struct pipes p = open_pipes();
	int folder = open("/", O_RDONLY);

	set_request("POST", NULL);
	cgi_answer(&serve, envp, folder, p.out[1]);
	assert_has(read_answer(&p), "intake=4");
	close(p.in[1]);
	close(folder);
}

TEST(test_file)
{
	struct pipes p = open_pipes();
	int null = open("/dev/null", O_RDONLY);

	set_request("POST", "0");
	cgi_answer(&serve, envp, null, p.out[1]);
	assert_has(read_answer(&p), "intake=1");
	close(p.in[1]);
	close(null);
}

/* Nobody reads the answer: no signal, no endless loop. */
TEST(test_reader_gone)
{
	struct pipes p = open_pipes();

	set_request("GET", NULL);
	close(p.out[0]);
	assert_false(cgi_answer(&serve, envp, p.in[0], p.out[1]));
	close(p.out[1]);
	close(p.in[0]);
	close(p.in[1]);
}

/*
 * An answer that a pipe takes in parts is written whole, also where the pipe
 * does not wait for room by itself.
 */
TEST(test_large_answer)
{
	static const int flags[] = { 0, O_NONBLOCK };

	for (size_t i = 0; i < 2; i++) {
		struct pipes p = open_pipes();
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			fcntl(p.out[1], F_SETPIPE_SZ, 4096);
			fcntl(p.out[1], F_SETFL, flags[i]);
			set_request("GET", NULL);
			snprintf(
			    query, sizeof(query), "QUERY_STRING=big=130000");
			_exit(!cgi_answer(&serve, envp, p.in[0], p.out[1]));
		}
		assert_true(strlen(read_answer(&p)) > 130000);
		waitpid(pid, &status, 0);
		assert_int_equal(status, 0);
		close(p.in[1]);
	}
}

GROUP(serving_open, NULL);
