#define _DEFAULT_SOURCE /* wait4, mkdtemp */

#include "test.h"

#include "fcgi_server.h"
#include "gateway/record.h"

#include <netinet/in.h>

static struct server server;
static unsigned char mem[2 * DISCARD_MAX];

FIXTURE(set_up)
{
	server_start(&server, 0);
}

FIXTURE(tear_down)
{
	kill(server.pid, SIGTERM);
	assert_int_equal(server_wait(&server, PATIENCE_MS, NULL), 0);
	server_remove(&server);
}

static void
send_request(int fd, const char *query, struct span body, unsigned flags)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, body.n > 0 ? "POST" : "GET", query, body, flags);
	assert_false(out.full);
	fcgi_send(fd, sink_view(&out));
}

/* Does the answer hold this text? */
static bool
holds(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= answer.n; i++)
		if (memcmp(answer.text + i, text, n) == 0)
			return true;
	return false;
}

static void
assert_answered(int fd, const char *status, const char *text)
{
	fcgi_answer(fd, &answer, PATIENCE_MS);
	assert_true(answer.ended);
	assert_true(answer.in_order);
	assert_true(holds(status));
	assert_true(holds(text));
}

/* One request on a connection of its own. */
static void
ask(const char *query)
{
	int fd = fcgi_connect(server.path);

	send_request(fd, query, SPAN_LIT(""), 0);
	assert_answered(fd, "Status: 200 OK\r\n", query);
	assert_true(fcgi_closed(fd, PATIENCE_MS));
	close(fd);
}

TEST_WITH(test_closing, set_up, tear_down)
{
	int fd = fcgi_connect(server.path);

	send_request(fd, "a=b", SPAN_LIT("c=d"), 0);
	assert_answered(fd, "Status: 200 OK\r\n",
	    "intake=1 about= method=POST query=a=b body=c=d root=");
	assert_int_equal(answer.records, 1);
	assert_true(fcgi_closed(fd, PATIENCE_MS));
	close(fd);
}

/* Two kept connections at once, both served by the one process. */
TEST_WITH(test_kept, set_up, tear_down)
{
	int a = fcgi_connect(server.path), b = fcgi_connect(server.path);

	for (int i = 0; i < 20; i++) {
		send_request(a, "q=a", SPAN_LIT(""), FCGI_KEEP);
		assert_answered(a, "Status: 200", "query=q=a");
		send_request(b, "q=b", SPAN_LIT("body"), FCGI_KEEP);
		assert_answered(b, "Status: 200", "query=q=b body=body");
	}
	send_request(a, "q=a", SPAN_LIT(""), FCGI_KEEP);
	send_request(b, "q=b", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(b, "Status: 200", "query=q=b");
	assert_answered(a, "Status: 200", "query=q=a");
	ask("q=c");
	send_request(a, "q=a", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(a, "Status: 200", "query=q=a");
	close(a);
	close(b);
}

/* A kept connection may end with a request that closes it. */
TEST_WITH(test_kept_then_closed, set_up, tear_down)
{
	int fd = fcgi_connect(server.path);

	send_request(fd, "q=1", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(fd, "Status: 200", "q=1");
	send_request(fd, "q=2", SPAN_LIT(""), 0);
	assert_answered(fd, "Status: 200", "q=2");
	assert_true(fcgi_closed(fd, PATIENCE_MS));
	close(fd);
}

/* The first byte, then the rest; and every two parts of a request. */
TEST_WITH(test_split, set_up, tear_down)
{
	static unsigned char copy[4096];
	struct sink out;
	int fd = fcgi_connect(server.path);

	sink_init(&out, copy, sizeof(copy));
	fcgi_request(&out, "POST", "a=b", SPAN_LIT("c=d"), FCGI_KEEP);
	for (size_t n = 1; n < out.n; n++) {
		const struct timespec moment = { 0, 1000000 };

		fcgi_send(fd, span_head(sink_view(&out), n));
		if (n % 16 == 0)
			nanosleep(&moment, NULL);
		fcgi_send(fd, span_skip(sink_view(&out), n));
		assert_answered(fd, "Status: 200", "query=a=b body=c=d");
	}
	close(fd);
}

/*
 * A peer that says nothing and one that stops after a byte or in the middle
 * are closed in time, and hold nobody up.
 */
TEST_WITH(test_slow, set_up, tear_down)
{
	long long start = fcgi_clock_ms();
	int silent = fcgi_connect(server.path);
	int byte = fcgi_connect(server.path);
	int half = fcgi_connect(server.path);
	int kept = fcgi_connect(server.path);

	send_request(kept, "q=1", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(kept, "Status: 200", "q=1");
	fcgi_send(byte, SPAN_LIT("\x01"));
	fcgi_send(half, SPAN_LIT("\x01\x01\0\x01\0\x08\0\0\0\x01"));
	ask("q=2");
	assert_false(fcgi_closed(silent, 0));
	for (int i = 0; i < 10; i++)
		ask("q=2");
	assert_true(fcgi_closed(silent, PATIENCE_MS));
	assert_true(fcgi_clock_ms() - start >= REQUEST_SECONDS * 1000);
	assert_true(fcgi_closed(byte, PATIENCE_MS));
	assert_true(fcgi_closed(half, PATIENCE_MS));
	assert_int_equal(server_logged(&server, "in time"), 2);
	send_request(kept, "q=3", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(kept, "Status: 200", "q=3");
	close(silent);
	close(byte);
	close(half);
	close(kept);
}

TEST_WITH(test_role, set_up, tear_down)
{
	struct sink out;
	int fd = fcgi_connect(server.path);

	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 2, FCGI_KEEP);
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	fcgi_send(fd, sink_view(&out));
	assert_answered(fd, "Status: 403", "intake=5 about=The role");
	assert_true(fcgi_closed(fd, PATIENCE_MS));
	close(fd);
	assert_int_equal(
	    server_logged(&server, "decision=refused status=403"), 1);
}

/*
 * The largest body over a socket of this machine, where the sender's buffer
 * must hold it unread: in the pieces that web servers write.
 */
TEST_WITH(test_longest_body, set_up, tear_down)
{
	static const unsigned char bytes[HOOK_BODY_MAX];
	unsigned char pairs_mem[256];
	struct sink pairs, out;
	int fd = fcgi_connect(server.path);

	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	fcgi_variables(&pairs, "POST", "q=longest", sizeof(bytes));
	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, sink_view(&pairs), 65535);
	fcgi_stream(&out, 5, (struct span){ bytes, sizeof(bytes) }, 8192);
	for (size_t n = 0; n < out.n; n += 4104) {
		struct span rest = span_skip(sink_view(&out), n);

		assert_true(fcgi_send(
		    fd, span_head(rest, rest.n < 4104 ? rest.n : 4104)));
	}
	assert_answered(fd, "Status: 200", "query=q=longest body=long");
	close(fd);
}

/*
 * A body over the limit is answered at its variables, as large as it is, and
 * ends the connection, the rest of which is thrown away.
 */
TEST_WITH(test_large_body, set_up, tear_down)
{
	static const unsigned char bytes[600000];
	static const size_t sizes[] = { HOOK_BODY_MAX + 1, 140000, 600000 };

	for (size_t i = 0; i < 3; i++)
		for (unsigned flags = 0; flags < 2; flags++) {
			int fd = fcgi_connect(server.path);

			send_request(fd, "q=large",
			    (struct span){ bytes, sizes[i] }, flags);
			assert_answered(fd, "Status: 413",
			    "intake=3 about=The body method=POST "
			    "query=q=large body= root=");
			assert_true(fcgi_closed(fd, PATIENCE_MS));
			close(fd);
		}
	ask("q=next");
}

/* The answer comes before the body is there, and the rest may follow. */
TEST_WITH(test_large_body_arriving, set_up, tear_down)
{
	static const unsigned char bytes[60000];
	struct sink out;
	int fd = fcgi_connect(server.path);

	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	for (int i = 0; i < 3; i++)
		fcgi_record(
		    &out, 5, 1, (struct span){ bytes, sizeof(bytes) }, 0);
	fcgi_send(fd, span_head(sink_view(&out), 150000));
	assert_answered(fd, "Status: 413", "intake=3");
	assert_true(fcgi_send(fd, span_skip(sink_view(&out), 150000)));
	ask("q=other");
	/* No more than DISCARD_MAX is thrown away. */
	for (int i = 0; i < 40; i++)
		fcgi_send(fd, (struct span){ bytes, sizeof(bytes) });
	assert_false(fcgi_send(fd, (struct span){ bytes, sizeof(bytes) }));
	close(fd);
}

TEST_WITH(test_body_length, set_up, tear_down)
{
	unsigned char pairs_mem[256];
	struct sink pairs;

	for (size_t n = 2; n <= 4; n++) {
		int fd = fcgi_connect(server.path);
		struct sink out;

		sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
		fcgi_variables(&pairs, "POST", "", n);
		sink_init(&out, mem, sizeof(mem));
		fcgi_begin(&out, 1, 0);
		fcgi_stream(&out, 4, sink_view(&pairs), 100);
		fcgi_stream(&out, 5, SPAN_LIT("abc"), 2);
		fcgi_send(fd, sink_view(&out));
		if (n == 3)
			assert_answered(fd, "Status: 200", "body=abc");
		else
			assert_answered(
			    fd, "Status: 400", "intake=4 about=CONTENT_LENGTH");
		close(fd);
	}
}

/* More variables than there may be. */
TEST_WITH(test_large_params, set_up, tear_down)
{
	static unsigned char value[FCGI_PARAMS_MAX];
	static unsigned char pairs_mem[FCGI_PARAMS_MAX + 16];
	struct sink pairs, out;
	int fd = fcgi_connect(server.path);

	memset(value, 'v', sizeof(value));
	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	fcgi_pair(&pairs, SPAN_LIT("A"), (struct span){ value, sizeof(value) });
	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, FCGI_KEEP);
	fcgi_stream(&out, 4, sink_view(&pairs), 32768);
	fcgi_stream(&out, 5, SPAN_LIT(""), 1);
	fcgi_send(fd, sink_view(&out));
	assert_answered(fd, "Status: 413", "intake=3 about=The header");
	assert_true(fcgi_closed(fd, PATIENCE_MS));
	close(fd);
}

TEST_WITH(test_two_variables, set_up, tear_down)
{
	unsigned char pairs_mem[256];
	struct sink pairs, out;
	int fd = fcgi_connect(server.path);

	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	fcgi_pair(&pairs, SPAN_LIT("HTTP_COOKIE"), SPAN_LIT("a=b"));
	fcgi_pair(&pairs, SPAN_LIT("HTTP_COOKIE"), SPAN_LIT("a=b"));
	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, sink_view(&pairs), 100);
	fcgi_stream(&out, 5, SPAN_LIT(""), 1);
	fcgi_send(fd, sink_view(&out));
	assert_answered(fd, "Status: 400", "intake=2 about=HTTP_COOKIE");
	close(fd);
}

static void
assert_refused(struct span s)
{
	int fd = fcgi_connect(server.path);

	fcgi_send(fd, s);
	assert_true(fcgi_closed(fd, PATIENCE_MS));
	close(fd);
	ask("q=next");
}

TEST_WITH(test_broken, set_up, tear_down)
{
	struct sink out;

	assert_refused(SPAN_LIT("GET / HTTP/1.1\r\n\r\n"));
	/* Two requests at once: no web server does that. */
	sink_init(&out, mem, sizeof(mem) / 2);
	fcgi_request(&out, "GET", "", SPAN_LIT(""), FCGI_KEEP);
	fcgi_request(&out, "GET", "", SPAN_LIT(""), FCGI_KEEP);
	assert_int_equal(server_logged(&server, "event=closed"), 1);
}

static unsigned noise = 1;

static unsigned
below(unsigned n)
{
	noise = noise * 1664525 + 1013904223;
	return (noise >> 16) % n;
}

enum { ZERO, RANDOM, FIRST_TYPE, FILLINGS = FIRST_TYPE + 2 * RECORD_UNKNOWN };

/* Zero, random, or records without content: of each type, id 0 and id 1. */
static void
fill(unsigned char padding[255], unsigned how)
{
	const unsigned char record[8] = { 1,
		(unsigned char)(1 + (how - FIRST_TYPE) / 2), 0,
		(unsigned char)((how - FIRST_TYPE) % 2) };

	for (size_t i = 0; i < 255; i++)
		padding[i] = how == ZERO     ? 0
			     : how == RANDOM ? (unsigned char)below(256)
					     : record[i % 8];
}

/* The same answer as without padding, or an end that the log tells. */
static void
assert_framing(struct span s, bool good, unsigned pieces)
{
	int fd = fcgi_connect(server.path);

	assert_int_equal(truncate(server.log, 0), 0);
	for (; pieces > 1 && s.n > 1; pieces--) {
		size_t n = 1 + below((unsigned)s.n - 1);

		fcgi_send(fd, span_head(s, n));
		s = span_skip(s, n);
	}
	fcgi_send(fd, s);
	if (good)
		assert_answered(fd, "Status: 200 OK\r\n",
		    "method=POST query=padded body=a=b root=");
	assert_true(fcgi_closed(fd, PATIENCE_MS));
	close(fd);
	assert_int_equal(server_logged(&server,
			     "event=closed reason=\"a connection has padding"),
	    !good);
}

/* Padding that might be read as records. */
TEST_WITH(test_padding, set_up, tear_down)
{
	static const unsigned sizes[] = { 0, 1, 7, 8, 255 };
	unsigned char padding[255];

	ask("q=first");
	for (size_t which = 0; which < FCGI_RECORDS; which++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			for (unsigned how = 0; how < FILLINGS; how++) {
				struct sink out;

				sink_init(&out, mem, sizeof(mem));
				fill(padding, how);
				fcgi_padded(&out, which, padding, sizes[i], 0);
				assert_framing(sink_view(&out),
				    sizes[i] == 0 || which % 2 == 1, 1);
			}
	ask("q=next");
}

/* One stream in pieces of any size, each padded; sometimes its end too. */
static bool
put_framed(struct sink *out, unsigned type, struct span s)
{
	static const unsigned sizes[] = { 0, 0, 0, 1, 7, 8, 255 };
	unsigned char padding[255];
	bool good = true;

	for (bool last = false; !last; last = s.n == 0) {
		size_t n = below(3) == 0 ? s.n : below((unsigned)s.n + 1);
		unsigned pad = sizes[below(7)];
		size_t header = out->n;

		if (n == 0) /* not the end yet */
			n = s.n > 0;
		fcgi_record(out, type, FCGI_REQUEST_ID, span_head(s, n), 0);
		fill(padding, below(FILLINGS));
		sink_span(out, (struct span){ padding, pad });
		out->p[header + 6] = (unsigned char)pad;
		s = span_skip(s, n);
	}
	fcgi_record(out, type, FCGI_REQUEST_ID, SPAN_LIT(""), 0);
	if (below(8) == 0) {
		out->p[out->n - 2] = 8;
		fill(padding, below(FILLINGS));
		sink_span(out, (struct span){ padding, 8 });
		good = false;
	}
	return good;
}

/* FRAMINGS=N tries more of them. */
TEST_WITH(test_framings, set_up, tear_down)
{
	const char *wanted = getenv("FRAMINGS");
	long n = wanted == NULL ? 1000 : strtol(wanted, NULL, 10);
	unsigned char variables[512];
	struct sink pairs;

	ask("q=first");
	sink_init(&pairs, variables, sizeof(variables));
	fcgi_variables(&pairs, "POST", "padded", 3);
	for (long i = 0; i < n; i++) {
		struct sink out;
		bool good;

		sink_init(&out, mem, sizeof(mem));
		fcgi_begin(&out, 1, 0);
		good = put_framed(&out, 4, sink_view(&pairs));
		good = put_framed(&out, 5, SPAN_LIT("a=b")) && good;
		assert_framing(sink_view(&out), good, 1 + below(4));
	}
	ask("q=next");
}

TEST_WITH(test_aborted, set_up, tear_down)
{
	struct sink out;
	int fd = fcgi_connect(server.path);

	sink_init(&out, mem, sizeof(mem) / 2);
	fcgi_begin(&out, 1, FCGI_KEEP);
	fcgi_record(&out, 2, 1, SPAN_LIT(""), 0);
	assert_refused(sink_view(&out));
	fcgi_send(fd, span_head(sink_view(&out), 20));
	close(fd);
	ask("q=next");
}

/* GET_VALUES alone, in front of a request, and more often than sense has. */
TEST_WITH(test_management, set_up, tear_down)
{
	unsigned char got[8 + 18];
	struct sink out;
	int fd = fcgi_connect(server.path);

	sink_init(&out, mem, sizeof(mem) / 2);
	fcgi_record(&out, 9, 0, SPAN_LIT("\x0e\0FCGI_MAX_CONNS"), 0);
	fcgi_send(fd, sink_view(&out));
	assert_int_equal(
	    fcgi_read(fd, got, sizeof(got), fcgi_clock_ms() + PATIENCE_MS), 26);
	assert_int_equal(got[1], 10);
	assert_memory_equal(got + 8,
	    "\x0e\x02"
	    "FCGI_MAX_CONNS64",
	    18);
	fcgi_request(&out, "GET", "q=1", SPAN_LIT(""), 0);
	fcgi_send(fd, sink_view(&out));
	fcgi_read(fd, got, sizeof(got), fcgi_clock_ms() + PATIENCE_MS);
	assert_answered(fd, "Status: 200", "q=1");
	close(fd);
	sink_init(&out, mem, sizeof(mem) / 2);
	for (int i = 0; i < 20; i++)
		fcgi_record(&out, 9, 0, SPAN_LIT("\x0e\0FCGI_MAX_CONNS"), 0);
	fd = fcgi_connect(server.path);
	fcgi_send(fd, sink_view(&out));
	assert_int_equal(
	    fcgi_read(fd, mem, sizeof(mem), fcgi_clock_ms() + PATIENCE_MS),
	    8 * 26);
	assert_true(fcgi_closed(fd, 0));
	close(fd);
	ask("q=next");
}

/* Large answers come in several records, and whole. */
TEST_WITH(test_large_answer, set_up, tear_down)
{
	int fd = fcgi_connect(server.path);

	send_request(fd, "big=100000", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(fd, "Status: 200", "big=100000");
	assert_true(answer.records > 1);
	assert_true(answer.n > 100000);
	send_request(fd, "q=1", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(fd, "Status: 200", "q=1");
	close(fd);
}

TEST_WITH(test_no_leak, set_up, tear_down)
{
	unsigned before;

	ask("q=0");
	before = server_descriptors(&server);
	for (int i = 0; i < 200; i++)
		ask("q=1");
	for (int i = 0; i < 20; i++) {
		int fd = fcgi_connect(server.path);

		send_request(fd, "q=2", SPAN_LIT(""), FCGI_KEEP);
		assert_answered(fd, "Status: 200", "q=2");
		close(fd);
	}
	test_aborted(state);
	assert_true(server_settles(&server, before, PATIENCE_MS));
}

/* When all are open, the one that has been idle longest makes room. */
TEST_WITH(test_full, set_up, tear_down)
{
	int fds[FCGI_CONNECTIONS_MAX + 2];

	for (int i = 0; i < FCGI_CONNECTIONS_MAX; i++) {
		const struct timespec moment = { 0, 2000000 };

		fds[i] = fcgi_connect(server.path);
		send_request(fds[i], "q=1", SPAN_LIT(""), FCGI_KEEP);
		assert_answered(fds[i], "Status: 200", "q=1");
		nanosleep(&moment, NULL);
	}
	send_request(fds[0], "q=2", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(fds[0], "Status: 200", "q=2");
	for (int i = FCGI_CONNECTIONS_MAX; i < FCGI_CONNECTIONS_MAX + 2; i++) {
		fds[i] = fcgi_connect(server.path);
		send_request(fds[i], "q=3", SPAN_LIT(""), FCGI_KEEP);
		assert_answered(fds[i], "Status: 200", "q=3");
	}
	assert_true(fcgi_closed(fds[1], PATIENCE_MS));
	assert_true(fcgi_closed(fds[2], PATIENCE_MS));
	assert_false(fcgi_closed(fds[0], 0));
	assert_false(fcgi_closed(fds[3], 0));
	for (int i = 0; i < FCGI_CONNECTIONS_MAX + 2; i++)
		close(fds[i]);
}

/* Descriptors run out: nobody spins, nobody dies, service goes on. */
TEST(test_descriptors_run_out)
{
	int fds[40];
	long cpu_ms = 0;

	server_start(&server, 16);
	for (int i = 0; i < 40; i++) {
		fds[i] = fcgi_connect(server.path);
		send_request(fds[i], "q=1", SPAN_LIT(""), FCGI_KEEP);
		assert_answered(fds[i], "Status: 200", "q=1");
	}
	for (int i = 0; i < 40; i++) {
		close(fds[i]);
		fds[i] = fcgi_connect(server.path); /* silent ones */
	}
	poll(NULL, 0, 500);
	for (int i = 0; i < 40; i++)
		close(fds[i]);
	ask("q=2");
	kill(server.pid, SIGTERM);
	assert_int_equal(server_wait(&server, PATIENCE_MS, &cpu_ms), 0);
	assert_true(cpu_ms < 400);
	server_remove(&server);
}

/* The running request is answered, and then it ends by itself. */
static void
stop_while_serving(int signal_number)
{
	int fd, kept;

	server_start(&server, 0);
	kept = fcgi_connect(server.path);
	send_request(kept, "q=1", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(kept, "Status: 200", "q=1");
	fd = fcgi_connect(server.path);
	send_request(fd, "sleep=300", SPAN_LIT(""), FCGI_KEEP);
	poll(NULL, 0, 100);
	kill(server.pid, signal_number);
	kill(server.pid, signal_number);
	assert_answered(fd, "Status: 200", "sleep=300");
	assert_true(fcgi_closed(fd, PATIENCE_MS));
	assert_true(fcgi_closed(kept, PATIENCE_MS));
	assert_int_equal(server_wait(&server, PATIENCE_MS, NULL), 0);
	close(fd);
	close(kept);
	server_remove(&server);
}

TEST(test_stop)
{
	stop_while_serving(SIGTERM);
	stop_while_serving(SIGUSR1);
}

/*
 * A request that is arriving may end, in half a second; a silent peer is not
 * waited for any longer, or the alarm would end the process.
 */
TEST(test_stop_arriving)
{
	static unsigned char copy[1024];
	long long start;
	struct sink out;
	int fd, silent, status;

	server_start(&server, 0);
	silent = fcgi_connect(server.path);
	fd = fcgi_connect(server.path);
	sink_init(&out, copy, sizeof(copy));
	fcgi_request(&out, "GET", "q=1", SPAN_LIT(""), FCGI_KEEP);
	fcgi_send(fd, span_head(sink_view(&out), 20));
	/* The signal comes first, and the rest is there however late it is. */
	kill(server.pid, SIGSTOP);
	waitpid(server.pid, &status, WUNTRACED);
	assert_true(WIFSTOPPED(status));
	kill(server.pid, SIGTERM);
	fcgi_send(fd, span_skip(sink_view(&out), 20));
	start = fcgi_clock_ms();
	kill(server.pid, SIGCONT);
	assert_answered(fd, "Status: 200", "q=1");
	assert_int_equal(server_wait(&server, PATIENCE_MS, NULL), 0);
	assert_true(fcgi_clock_ms() - start >= 450);
	close(silent);
	close(fd);
	server_remove(&server);
}

/* Under a load that never lets the loop rest, the end still comes. */
TEST(test_stop_under_load)
{
	static unsigned char copy[1024];
	struct sink out;
	int fds[8];

	server_start(&server, 0);
	sink_init(&out, copy, sizeof(copy));
	fcgi_request(&out, "GET", "q=1", SPAN_LIT(""), FCGI_KEEP);
	for (int i = 0; i < 8; i++) {
		fds[i] = fcgi_connect(server.path);
		fcgi_send(fds[i], sink_view(&out));
	}
	for (int i = 0; i < 400; i++) {
		if (i == 100)
			kill(server.pid, SIGTERM);
		fcgi_answer(fds[i % 8], &answer, PATIENCE_MS);
		if (answer.ended)
			fcgi_send(fds[i % 8], sink_view(&out));
	}
	assert_int_equal(server_wait(&server, PATIENCE_MS, NULL), 0);
	for (int i = 0; i < 8; i++)
		close(fds[i]);
	server_remove(&server);
}

/* Two processes behind one socket; one ends, nothing is lost. */
TEST(test_two_processes)
{
	struct server other;

	server_start(&server, 0);
	other = server;
	server_fork(&other, 0);
	for (int i = 0; i < 50; i++) {
		if (i == 25)
			kill(other.pid, SIGTERM);
		ask("q=1");
	}
	assert_int_equal(server_wait(&other, PATIENCE_MS, NULL), 0);
	kill(server.pid, SIGTERM);
	assert_int_equal(server_wait(&server, PATIENCE_MS, NULL), 0);
	server_remove(&server);
}

/*
 * The flag is the socket's, not the process's: whoever starts one more process
 * on it may clear it for all. None may then wait in accept4(), deaf to others
 * and to the end.
 */
TEST(test_blocking_again)
{
	int kept;

	server_start(&server, 0);
	kept = fcgi_connect(server.path);
	send_request(kept, "q=1", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(kept, "Status: 200", "q=1");
	for (int i = 0; i < 3; i++) {
		int flags = fcntl(server.listener, F_GETFL);

		assert_true((flags & O_NONBLOCK) != 0);
		assert_int_equal(
		    fcntl(server.listener, F_SETFL, flags & ~O_NONBLOCK), 0);
		ask("q=2");
		send_request(kept, "q=3", SPAN_LIT(""), FCGI_KEEP);
		assert_answered(kept, "Status: 200", "q=3");
	}
	close(kept);
	kill(server.pid, SIGTERM);
	assert_int_equal(server_wait(&server, PATIENCE_MS, NULL), 0);
	server_remove(&server);
}

/* Again and again, and so between any two calls: nobody waits for long. */
TEST(test_blocking_all_the_time)
{
	int flags, kept;
	pid_t other;

	server_start(&server, 0);
	kept = fcgi_connect(server.path);
	send_request(kept, "q=1", SPAN_LIT(""), FCGI_KEEP);
	assert_answered(kept, "Status: 200", "q=1");
	flags = fcntl(server.listener, F_GETFL) & ~O_NONBLOCK;
	other = fork();
	assert_true(other >= 0);
	if (other == 0)
		alarm(PATIENCE_MS / 1000); /* should nobody end it */
	while (other == 0)
		fcntl(server.listener, F_SETFL, flags);
	for (int i = 0; i < 100; i++) {
		int fd = fcgi_connect(server.path);

		send_request(kept, "q=3", SPAN_LIT(""), FCGI_KEEP);
		assert_answered(kept, "Status: 200", "q=3");
		close(fd);
	}
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	close(kept);
	kill(server.pid, SIGTERM);
	assert_int_equal(server_wait(&server, PATIENCE_MS, NULL), 0);
	server_remove(&server);
}

static int
tcp_listen(struct sockaddr_in *address)
{
	socklen_t n = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(address, 0, sizeof(*address));
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)address, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &n), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

/* Sends what is in out over TCP, whose window must hold it unread. */
static void
ask_over_tcp(const struct sockaddr_in *address, const struct sink *out)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(
	    connect(fd, (const struct sockaddr *)address, sizeof(*address)), 0);
	fcgi_send(fd, sink_view(out));
	assert_answered(fd, "Status: 200", "query=q=tcp body=long");
	close(fd);
}

/* The largest request of a client, and the largest webhook. */
TEST(test_tcp)
{
	static unsigned char value[FCGI_PARAMS_MAX - 200], body[HOOK_BODY_MAX];
	static unsigned char pairs_mem[FCGI_PARAMS_MAX];
	struct sockaddr_in address;
	struct sink pairs, out;

	server_start(&server, 0);
	kill(server.pid, SIGTERM);
	assert_int_equal(server_wait(&server, PATIENCE_MS, NULL), 0);
	close(server.listener);
	server.listener = tcp_listen(&address);
	server_fork(&server, 0);
	memset(value, 'v', sizeof(value));
	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	fcgi_variables(&pairs, "POST", "q=tcp", BODY_MAX);
	fcgi_pair(
	    &pairs, SPAN_LIT("HTTP_X"), (struct span){ value, sizeof(value) });
	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, sink_view(&pairs), 65535);
	fcgi_stream(&out, 5, (struct span){ body, BODY_MAX }, 8192);
	ask_over_tcp(&address, &out);
	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	fcgi_variables(&pairs, "POST", "q=tcp", sizeof(body));
	sink_init(&out, mem, sizeof(mem));
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, sink_view(&pairs), 65535);
	fcgi_stream(&out, 5, (struct span){ body, sizeof(body) }, 8192);
	ask_over_tcp(&address, &out);
	tear_down(state);
}

TEST_WITH(test_listens, set_up, tear_down)
{
	int pair[2];

	assert_true(fastcgi_listens(server.listener));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_false(fastcgi_listens(pair[0]));
	close(pair[0]);
	close(pair[1]);
	assert_int_equal(pipe(pair), 0);
	assert_false(fastcgi_listens(pair[0]));
	close(pair[0]);
	close(pair[1]);
	assert_false(fastcgi_listens(-1));
}
