#define _GNU_SOURCE /* ppoll */

#include "test.h"

#include <sys/wait.h>
#include <time.h>

#include "gateway/exchange.h"
#include "serving.h"

static unsigned char mem[HOOK_BODY_MAX + 8192];

struct ends {
	int ours, theirs;
};

static struct ends
send_request(const char *query, struct span body, unsigned flags)
{
	struct ends ends;
	int pair[2];
	struct sink out;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, "POST", query, body, flags);
	assert_true(fcgi_send(pair[0], sink_view(&out)));
	ends.theirs = pair[0];
	ends.ours = pair[1];
	return ends;
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* libfcgi would wait until the web server closes first. */
TEST(test_closed)
{
	struct ends e = send_request("a=b", SPAN_LIT("c=d"), 0);

	waited = 0;
	assert_int_equal(
	    exchange_answer(&serve, e.ours, RECORD_WHOLE), EXCHANGE_CLOSED);
	assert_int_equal(waited, 0);
	assert_false(is_open(e.ours));
	assert_answered_at(e.theirs, "query=a=b body=c=d");
	assert_true(fcgi_closed(e.theirs, 0));
	close(e.theirs);
}

TEST(test_kept)
{
	struct ends e = send_request("a=b", SPAN_LIT("c=d"), FCGI_KEEP);

	for (int i = 0; i < 3; i++) {
		assert_int_equal(exchange_answer(&serve, e.ours, RECORD_WHOLE),
		    EXCHANGE_KEPT);
		assert_true(is_open(e.ours));
		assert_answered_at(e.theirs, "query=a=b body=c=d");
		if (i < 2) {
			struct sink out;

			sink_init(&out, mem, sizeof(mem));
			fcgi_request(
			    &out, "POST", "a=b", SPAN_LIT("c=d"), FCGI_KEEP);
			fcgi_send(e.theirs, sink_view(&out));
		}
	}
	/* All was read: nothing stands in front of the next request. */
	assert_true(recv(e.ours, mem, 1, MSG_DONTWAIT) < 0);
	close(e.ours);
	close(e.theirs);
}

/* A large body is not read to its end, even if that is there. */
TEST(test_large)
{
	static const unsigned char bytes[HOOK_BODY_MAX + 1];
	struct ends e = send_request(
	    "a=b", (struct span){ bytes, sizeof(bytes) }, FCGI_KEEP);

	assert_int_equal(exchange_answer(&serve, e.ours, RECORD_LARGE_BODY),
	    EXCHANGE_UNREAD);
	assert_true(is_open(e.ours));
	assert_answered_at(e.theirs, "intake=3 about=The body");
	close(e.ours);
	close(e.theirs);
}

/* One that drips buys no time: it still drips when it is answered. */
TEST(test_drip)
{
	static const unsigned char bytes[HOOK_BODY_MAX + 1];
	const struct timespec pause = { 0, 100000000 };
	struct sink out;
	pid_t peer;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, FCGI_KEEP);
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	for (int i = 0; i < 3; i++)
		fcgi_record(&out, 5, 1,
		    (struct span){ bytes, sizeof(bytes) / 3 + 1 }, 0);
	/* The header of a record whose content drips in. */
	sink_span(&out,
	    (struct span){ (const unsigned char *)"\1\5\0\1\377\377\0", 8 });
	fcgi_send(pair[0], sink_view(&out));
	peer = fork();
	if (peer == 0) {
		for (int i = 0;
		     i < PATIENCE_MS / 100 && write(pair[0], "x", 1) == 1; i++)
			nanosleep(&pause, NULL);
		_exit(0);
	}
	assert_true(peer > 0);
	assert_int_equal(exchange_answer(&serve, pair[1], RECORD_LARGE_BODY),
	    EXCHANGE_UNREAD);
	assert_int_equal(waitpid(peer, NULL, WNOHANG), 0);
	kill(peer, SIGKILL);
	waitpid(peer, NULL, 0);
	close(pair[0]);
	close(pair[1]);
}

/* A peer that is gone costs nothing but its connection. */
TEST(test_gone)
{
	struct ends e = send_request("a=b", SPAN_LIT("c=d"), FCGI_KEEP);

	close(e.theirs);
	assert_int_equal(
	    exchange_answer(&serve, e.ours, RECORD_WHOLE), EXCHANGE_CLOSED);
	assert_false(is_open(e.ours));
}

/* What libfcgi does not take is closed too. */
TEST(test_nothing)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	close(pair[0]);
	assert_int_equal(
	    exchange_answer(&serve, pair[1], RECORD_WHOLE), EXCHANGE_CLOSED);
	assert_false(is_open(pair[1]));
}

/* A body that breaks off is not taken for a short one. */
TEST(test_cut)
{
	struct ends e;
	struct sink out;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	e.theirs = pair[0];
	e.ours = pair[1];
	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, FCGI_KEEP);
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	fcgi_record(&out, 5, 1, SPAN_LIT("abc"), 0);
	fcgi_send(e.theirs, sink_view(&out));
	shutdown(e.theirs, SHUT_WR);
	assert_int_equal(
	    exchange_answer(&serve, e.ours, RECORD_WHOLE), EXCHANGE_CLOSED);
	assert_answered_at(e.theirs, "intake=4");
	close(e.theirs);
}

GROUP(serving_open, NULL);
