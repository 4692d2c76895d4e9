#define _GNU_SOURCE /* ppoll, MAP_FAILED */

#include "test.h"

#include <limits.h>
#include <sys/mman.h>

#include "gateway/connection.h"
#include "serving.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))

static unsigned char mem[240000];
static struct connection c;
static int theirs;

FIXTURE(open_pair)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	theirs = pair[0];
	connection_open(&c, pair[1], 1000);
	assert_int_equal(c.stage, CONNECTION_SILENT);
}

FIXTURE(close_pair)
{
	connection_close(&c);
	assert_int_equal(c.stage, CONNECTION_CLOSED);
	assert_int_equal(connection_deadline(&c), LLONG_MAX);
	close(theirs);
}

static struct sink
request(unsigned flags)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, "GET", "q=1", SPAN_LIT(""), flags);
	return out;
}

static void
assert_answered(void)
{
	fcgi_answer(theirs, &answer, PATIENCE_MS);
	assert_true(answer.ended);
}

TEST_WITH(test_silent, open_pair, close_pair)
{
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(c.stage, CONNECTION_SILENT);
	assert_int_equal(
	    connection_deadline(&c), 1000 + REQUEST_SECONDS * 1000);
	shutdown(theirs, SHUT_WR);
	connection_advance(&c, &serve, true, 2000);
	assert_int_equal(c.stage, CONNECTION_CLOSED);
}

/* The time runs from the first byte, whatever else comes. */
TEST_WITH(test_stages, open_pair, close_pair)
{
	struct sink out = request(FCGI_KEEP);

	fcgi_send(theirs, span_head(sink_view(&out), 1));
	connection_advance(&c, &serve, false, 3000);
	assert_int_equal(c.stage, CONNECTION_PARTIAL);
	fcgi_send(theirs, span_head(span_skip(sink_view(&out), 1), 1));
	connection_advance(&c, &serve, false, 4000);
	assert_int_equal(
	    connection_deadline(&c), 3000 + REQUEST_SECONDS * 1000);
	fcgi_send(theirs, span_skip(sink_view(&out), 2));
	connection_advance(&c, &serve, false, 5000);
	assert_int_equal(c.stage, CONNECTION_KEPT);
	assert_int_equal(c.since, 5000);
	assert_int_equal(connection_deadline(&c), LLONG_MAX);
	assert_answered();
	connection_advance(&c, &serve, false, 6000);
	assert_int_equal(c.stage, CONNECTION_KEPT);
	assert_int_equal(c.since, 5000);
}

TEST_WITH(test_closing, open_pair, close_pair)
{
	struct sink out = request(0);

	fcgi_send(theirs, sink_view(&out));
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(c.stage, CONNECTION_CLOSED);
	assert_answered();
}

/* Kept, but the web server has closed its end in the same moment. */
TEST_WITH(test_ended, open_pair, close_pair)
{
	struct sink out = request(FCGI_KEEP);

	fcgi_send(theirs, sink_view(&out));
	shutdown(theirs, SHUT_WR);
	connection_advance(&c, &serve, true, 2000);
	assert_answered();
	assert_int_equal(c.stage, CONNECTION_CLOSED);
}

TEST_WITH(test_ended_in_the_middle, open_pair, close_pair)
{
	struct sink out = request(FCGI_KEEP);

	fcgi_send(theirs, span_head(sink_view(&out), 30));
	shutdown(theirs, SHUT_WR);
	connection_advance(&c, &serve, true, 2000);
	assert_int_equal(c.stage, CONNECTION_CLOSED);
}

TEST_WITH(test_refused, open_pair, close_pair)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 3, FCGI_KEEP);
	fcgi_send(theirs, sink_view(&out));
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(c.stage, CONNECTION_DISCARD);
	assert_int_equal(
	    connection_deadline(&c), 2000 + REQUEST_SECONDS * 1000);
	assert_answered();
	/* A request that comes now is not answered: it is told so. */
	assert_true(fcgi_closed(theirs, 0));
	out = request(FCGI_KEEP);
	fcgi_send(theirs, sink_view(&out));
	connection_advance(&c, &serve, false, 3000);
	assert_int_equal(c.stage, CONNECTION_DISCARD);
	assert_int_equal(c.since, 2000);
	shutdown(theirs, SHUT_WR);
	connection_advance(&c, &serve, true, 3000);
	assert_int_equal(c.stage, CONNECTION_CLOSED);
}

/* Nothing but headers and padding, until there is no room for more. */
TEST_WITH(test_framing, open_pair, close_pair)
{
	const int room = sizeof(mem);
	struct sink out;

	/* The kernel keeps it all: nobody reads before all of it is sent. */
	assert_int_equal(
	    setsockopt(theirs, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, 0);
	fcgi_record(&out, 4, 1, SPAN_LIT(""), 0);
	while (!out.full)
		fcgi_record(&out, 5, 1, SPAN_LIT("x"), 255);
	assert_true(out.n > FCGI_PARAMS_MAX + HOOK_BODY_MAX + FCGI_FRAMING_MAX);
	fcgi_send(theirs, (struct span){ mem, out.n });
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(c.stage, CONNECTION_CLOSED);
}

/*
 * A web server that sends records as they come, and no more than the socket
 * takes: we read on, and do not wait for what cannot come.
 */
static void
stream(struct span bytes, size_t step)
{
	int stalls = 0;

	while (bytes.n > 0 && c.stage != CONNECTION_CLOSED) {
		struct span piece = span_head(bytes, MIN(step, bytes.n));
		ssize_t n =
		    send(theirs, piece.p, piece.n, MSG_DONTWAIT | MSG_NOSIGNAL);

		bytes = span_skip(bytes, n > 0 ? (size_t)n : 0);
		stalls = n > 0 ? 0 : stalls + 1;
		assert_true(stalls < 3);
		if (n < 0 || bytes.n == 0)
			connection_advance(&c, &serve, false, 2000);
	}
	assert_int_equal(bytes.n, 0);
}

TEST_WITH(test_streamed, open_pair, close_pair)
{
	static unsigned char body[HOOK_BODY_MAX];
	const struct {
		size_t body, step;
	} cases[] = { { HOOK_BODY_MAX, 8200 }, { HOOK_BODY_MAX, 4096 },
		{ 20000, 40 }, { 600, 1 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sink out;

		sink_init(&out, mem, sizeof(mem));
		fcgi_request(&out, "POST", "q=1",
		    (struct span){ body, cases[i].body }, FCGI_KEEP);
		stream(sink_view(&out), cases[i].step);
		assert_int_equal(c.stage, CONNECTION_KEPT);
		assert_null(c.bytes);
		assert_answered();
	}
}

/* One that is too large is told so in the middle of it. */
TEST_WITH(test_streamed_large, open_pair, close_pair)
{
	static unsigned char body[HOOK_BODY_MAX + 60000];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, "POST", "q=1", (struct span){ body, sizeof(body) },
	    FCGI_KEEP);
	assert_false(out.full);
	stream(span_head(sink_view(&out), out.n - 8), 8200);
	assert_int_equal(c.stage, CONNECTION_DISCARD);
	assert_null(c.bytes);
	assert_answered();
}

/* One that stops in the middle, all of which was there at the first look. */
TEST_WITH(test_large_at_once, open_pair, close_pair)
{
	static unsigned char body[HOOK_BODY_MAX + 1];
	const int room = sizeof(mem);
	struct sink out;

	assert_int_equal(
	    setsockopt(theirs, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, "POST", "q=1", (struct span){ body, sizeof(body) },
	    FCGI_KEEP);
	fcgi_send(theirs, span_head(sink_view(&out), out.n - 8));
	waited = 0;
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(waited, 0);
	assert_int_equal(c.stage, CONNECTION_DISCARD);
	assert_answered();
}

/*
 * The longest answer waits in the socket for a web server that is slow, even
 * where the kernel gives sockets little room.
 */
TEST_WITH(test_unread_answer, open_pair, close_pair)
{
	const size_t cuts[] = { 0, 20 }; /* left in the socket, and held */
	const struct timeval limit = { 2 * PATIENCE_MS / 1000, 0 };
	const int little = 4096;
	long long begun = fcgi_clock_ms();
	struct sink out;

	setsockopt(c.fd, SOL_SOCKET, SO_SNDBUF, &little, sizeof(little));
	connection_open(&c, c.fd, 1000);
	/* A write that blocks does so for long. */
	setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, "GET", "big=130000", SPAN_LIT(""), FCGI_KEEP);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		fcgi_send(theirs, span_head(sink_view(&out), cuts[i]));
		connection_advance(&c, &serve, false, 2000);
		fcgi_send(theirs, span_skip(sink_view(&out), cuts[i]));
		connection_advance(&c, &serve, false, 2000);
		assert_int_equal(c.stage, CONNECTION_KEPT);
		assert_answered();
	}
	assert_true(fcgi_clock_ms() - begun < PATIENCE_MS);
}

/* Questions in pieces are answered one by one, and a request after them. */
TEST_WITH(test_management_in_pieces, open_pair, close_pair)
{
	unsigned char got[64];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	fcgi_record(&out, 9, 0, SPAN_LIT(""), 5);
	fcgi_record(&out, 9, 0, SPAN_LIT(""), 0);
	fcgi_request(&out, "GET", "q=1", SPAN_LIT(""), FCGI_KEEP);
	fcgi_send(theirs, span_head(sink_view(&out), 10));
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(c.stage, CONNECTION_PARTIAL);
	fcgi_send(theirs, span_skip(sink_view(&out), 10));
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(
	    fcgi_read(theirs, got, 16, fcgi_clock_ms() + PATIENCE_MS), 16);
	assert_int_equal(got[1], 10);
	assert_int_equal(got[9], 10);
	assert_answered();
	assert_int_equal(c.stage, CONNECTION_KEPT);
}

TEST_WITH(test_broken, open_pair, close_pair)
{
	fcgi_send(theirs, SPAN_LIT("GET / HTTP/1.0\r\n\r\n"));
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(c.stage, CONNECTION_CLOSED);
	connection_advance(&c, &serve, false, 2000);
	connection_close(&c);
}

/* Nothing stays open, and the log says that the answer is lost. */
TEST_WITH(test_gone, open_pair, close_pair)
{
	const size_t cuts[] = { 0, 20 }; /* at once, and in pieces */
	struct sink out = request(FCGI_KEEP);

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		int fd = c.fd;

		fcgi_send(theirs, span_head(sink_view(&out), cuts[i]));
		connection_advance(&c, &serve, false, 2000);
		fcgi_send(theirs, span_skip(sink_view(&out), cuts[i]));
		shutdown(theirs, SHUT_RD);
		logging_open();
		connection_advance(&c, &serve, false, 2000);
		assert_int_equal(fcntl(fd, F_GETFD), -1);
		assert_non_null(strstr(read_log(), "event=lost"));
		logging_close();
		log_to(open("/dev/null", O_WRONLY));
		assert_int_equal(c.stage, CONNECTION_CLOSED);
		assert_null(c.bytes);
		close_pair(NULL);
		open_pair(NULL);
	}
}

/* Of what is answered nothing is left in front of the next request. */
TEST_WITH(test_kept, open_pair, close_pair)
{
	for (int i = 0; i < 6; i++) {
		const size_t cut = i % 2 == 0 ? 0 : 100;
		struct sink out;

		sink_init(&out, mem, sizeof(mem));
		fcgi_request(&out, "POST", "a=b", SPAN_LIT("c=d"), FCGI_KEEP);
		fcgi_send(theirs, span_head(sink_view(&out), cut));
		connection_advance(&c, &serve, false, 2000);
		fcgi_send(theirs, span_skip(sink_view(&out), cut));
		connection_advance(&c, &serve, false, 2000);
		assert_int_equal(c.stage, CONNECTION_KEPT);
		assert_null(c.bytes);
		assert_answered_at(theirs, "query=a=b body=c=d");
		assert_true(recv(c.fd, mem, 1, MSG_DONTWAIT) < 0);
	}
}

/* The longest body there is, and the longest answer. */
TEST_WITH(test_longest, open_pair, close_pair)
{
	static unsigned char body[HOOK_BODY_MAX];
	const int room = sizeof(mem);
	struct sink out;

	assert_int_equal(
	    setsockopt(theirs, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, "POST", "big=130000",
	    (struct span){ body, sizeof(body) }, FCGI_KEEP);
	fcgi_send(theirs, sink_view(&out));
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(c.stage, CONNECTION_KEPT);
	assert_answered_at(theirs, "query=big=130000 body=long");
	assert_true(answer.n > 130000);
}

/*
 * A body that is too large is not waited for: one that drips buys no time. Its
 * variables are said, its bytes are not.
 */
TEST_WITH(test_drip, open_pair, close_pair)
{
	static const unsigned char bytes[HOOK_BODY_MAX + 1];
	const int room = sizeof(mem);
	struct sink out;

	assert_int_equal(
	    setsockopt(theirs, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, FCGI_KEEP);
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	for (int i = 0; i < 3; i++)
		fcgi_record(&out, 5, 1,
		    (struct span){ bytes, sizeof(bytes) / 3 + 1 }, 0);
	/* The header of a record whose content drips in. */
	sink_span(&out,
	    (struct span){ (const unsigned char *)"\1\5\0\1\377\377\0", 8 });
	fcgi_send(theirs, sink_view(&out));
	waited = 0;
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(waited, 0);
	assert_int_equal(c.stage, CONNECTION_DISCARD);
	assert_answered_at(theirs, "intake=3 about=The body");
	assert_true(fcgi_send(theirs, SPAN_LIT("x")));
	connection_advance(&c, &serve, false, 2000);
	assert_int_equal(c.stage, CONNECTION_DISCARD);
}

/* Pages that a request in pieces would need and that are not to be had. */
static void *
no_mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
	(void)at, (void)n, (void)protection, (void)flags, (void)fd;
	(void)offset;
	errno = ENOMEM;
	return MAP_FAILED;
}

TEST_WITH(test_no_memory, open_pair, close_pair)
{
	struct sink out = request(FCGI_KEEP);

	fcgi_send(theirs, span_head(sink_view(&out), 20));
	logging_open();
	hooks.mmap = no_mmap;
	connection_advance(&c, &serve, false, 2000);
	hooks.mmap = NULL;
	assert_non_null(
	    strstr(read_log(), "no memory for a request in pieces"));
	logging_close();
	log_to(open("/dev/null", O_WRONLY));
	assert_int_equal(c.stage, CONNECTION_CLOSED);
}

#define TIME (REQUEST_SECONDS * 1000LL)

static struct connections all;

static void
put(size_t i, enum connection_stage stage, long long since)
{
	all.c[i] = (struct connection){ .stage = stage,
		.fd = open("/dev/null", O_RDONLY),
		.since = since };
	assert_true(all.c[i].fd >= 0);
}

FIXTURE(clear)
{
	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		connection_close(&all.c[i]);
}

TEST_WITH(test_empty, NULL, clear)
{
	struct connections_found found =
	    connections_tend(&all, 1000, LLONG_MAX);

	assert_false(found.open);
	assert_true(connections_have_room(&all));
	assert_int_equal(found.deadline, LLONG_MAX);
	assert_ptr_equal(connections_take(&all), &all.c[0]);
	connections_close_idlest(&all);
}

TEST_WITH(test_deadlines, NULL, clear)
{
	struct connections_found found;

	put(0, CONNECTION_SILENT, 1000);
	put(1, CONNECTION_PARTIAL, 2000);
	put(2, CONNECTION_KEPT, 0);
	put(3, CONNECTION_DISCARD, 3000);
	found = connections_tend(&all, 1000 + TIME - 1, LLONG_MAX);
	assert_true(found.open);
	assert_int_equal(found.deadline, 1000 + TIME);
	assert_int_equal(all.c[0].stage, CONNECTION_SILENT);
	found = connections_tend(&all, 1000 + TIME, LLONG_MAX);
	assert_int_equal(all.c[0].stage, CONNECTION_CLOSED);
	assert_int_equal(found.deadline, 2000 + TIME);
	found = connections_tend(&all, 3000 + TIME, LLONG_MAX);
	assert_int_equal(all.c[1].stage, CONNECTION_CLOSED);
	assert_int_equal(all.c[3].stage, CONNECTION_CLOSED);
	assert_int_equal(all.c[2].stage, CONNECTION_KEPT);
	assert_int_equal(found.deadline, LLONG_MAX);
	assert_true(found.open);
}

/* At the end kept ones go at once, the others when it has come. */
TEST_WITH(test_end, NULL, clear)
{
	struct connections_found found;

	put(0, CONNECTION_SILENT, 1000);
	put(1, CONNECTION_KEPT, 1000);
	put(2, CONNECTION_PARTIAL, 0);
	found = connections_tend(&all, 1500, 1700);
	assert_int_equal(all.c[1].stage, CONNECTION_CLOSED);
	assert_int_equal(found.deadline, 1700);
	assert_true(found.open);
	found = connections_tend(&all, 1700, 1700);
	assert_false(found.open);
	put(0, CONNECTION_PARTIAL, 0);
	found = connections_tend(&all, 100, TIME + 1);
	assert_int_equal(found.deadline, TIME);
}

/* Where all is taken, who does not finish soon makes room for others. */
TEST_WITH(test_crowded, NULL, clear)
{
	struct connections_found found;

	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		put(i, CONNECTION_PARTIAL, 2000);
	all.c[3].since = 1000;
	all.c[4].stage = CONNECTION_SILENT;
	all.c[4].since = 1001;
	found = connections_tend(&all, 1999, LLONG_MAX);
	assert_false(connections_have_room(&all));
	assert_int_equal(found.deadline, 2000);
	found = connections_tend(&all, 2000, LLONG_MAX);
	assert_int_equal(all.c[3].stage, CONNECTION_CLOSED);
	assert_int_equal(all.c[4].stage, CONNECTION_SILENT);
	/* Now there is room, and time. */
	found = connections_tend(&all, 2500, LLONG_MAX);
	assert_int_equal(all.c[4].stage, CONNECTION_SILENT);
	assert_int_equal(found.deadline, 1001 + TIME);
	/* A kept one makes room before anybody is hurried. */
	put(3, CONNECTION_KEPT, 0);
	found = connections_tend(&all, 3500, LLONG_MAX);
	assert_int_equal(all.c[4].stage, CONNECTION_SILENT);
}

TEST_WITH(test_room, NULL, clear)
{
	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		put(i, CONNECTION_PARTIAL, 1000);
	assert_false(connections_have_room(&all));
	assert_null(connections_take(&all));
	all.c[7].stage = CONNECTION_KEPT;
	all.c[9].stage = CONNECTION_KEPT;
	all.c[9].since = 999;
	assert_true(connections_have_room(&all));
	assert_ptr_equal(connections_take(&all), &all.c[9]);
	put(9, CONNECTION_SILENT, 1000);
	assert_ptr_equal(connections_take(&all), &all.c[7]);
	put(7, CONNECTION_SILENT, 1000);
	assert_null(connections_take(&all));
}

GROUP(serving_open, NULL);
