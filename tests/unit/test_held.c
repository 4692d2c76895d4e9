#define _GNU_SOURCE /* O_TMPFILE */

#include "test.h"

#include <sys/resource.h>

#include "gateway/held.h"
#include "serving.h"

static unsigned char mem[HELD_MAX];
static unsigned char body[HOOK_BODY_MAX + 1];
static struct held held;
static int ours, theirs, log_fd;

static int
open_ends(void **state)
{
	const int room = 2 * HELD_MAX;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	theirs = pair[0];
	ours = pair[1];
	for (int i = 0; i < 2; i++)
		setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	return held_start(&held) ? 0 : -1;
}

FIXTURE(close_ends)
{
	held_free(&held);
	assert_null(held.bytes);
	close(ours);
	close(theirs);
}

static void
hold(struct span s)
{
	assert_true(fcgi_send(theirs, s));
	assert_true(held_take(&held, ours));
	assert_int_equal(held.n, s.n);
}

static void
hold_request(const char *query, size_t n, unsigned flags)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	fcgi_request(&out, "POST", query, (struct span){ body, n }, flags);
	assert_false(out.full);
	hold(sink_view(&out));
}

TEST_WITH(test_take, open_ends, close_ends)
{
	assert_true(held_take(&held, ours));
	assert_int_equal(held.n, 0);
	fcgi_send(theirs, SPAN_LIT("abc"));
	assert_true(held_take(&held, ours));
	fcgi_send(theirs, SPAN_LIT("def"));
	assert_true(held_take(&held, ours));
	assert_int_equal(held.n, 6);
	assert_memory_equal(held.bytes, "abcdef", 6);
	held_drop(&held, 2);
	assert_memory_equal(held.bytes, "cdef", 4);
	shutdown(theirs, SHUT_WR);
	assert_false(held_take(&held, ours));
	assert_int_equal(held.n, 4);
	held_drop(&held, 4);
	assert_null(held.bytes);
}

TEST_WITH(test_take_full, open_ends, close_ends)
{
	fcgi_send(theirs, (struct span){ mem, HELD_MAX - 1 });
	fcgi_send(theirs, SPAN_LIT("ab"));
	assert_true(held_take(&held, ours));
	assert_int_equal(held.n, HELD_MAX);
	assert_int_equal(held.bytes[HELD_MAX - 1], 'a');
	assert_true(held_take(&held, ours));
	assert_int_equal(recv(ours, mem, 2, MSG_DONTWAIT), 1);
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Nothing is held, and no descriptor is left. */
static void
assert_nothing_left(int next)
{
	int fd = dup(ours);

	assert_null(held.bytes);
	assert_int_equal(fd, next);
	close(fd);
}

static int
next_descriptor(void)
{
	int fd = dup(ours);

	close(fd);
	return fd;
}

TEST_WITH(test_kept, open_ends, close_ends)
{
	int next = next_descriptor();

	memset(body, 'x', sizeof(body));
	hold_request("a=b", 3, FCGI_KEEP);
	assert_int_equal(
	    held_answer(&held, &serve, ours, RECORD_WHOLE), EXCHANGE_KEPT);
	assert_answered_at(theirs, "query=a=b body=xxx");
	assert_nothing_left(next);
}

TEST_WITH(test_closed, open_ends, close_ends)
{
	int next = next_descriptor();

	hold_request("a=b", 3, 0);
	assert_int_equal(
	    held_answer(&held, &serve, ours, RECORD_WHOLE), EXCHANGE_CLOSED);
	assert_true(is_open(ours));
	assert_answered_at(theirs, "query=a=b body=xxx");
	assert_nothing_left(next);
}

/* The longest body there is, and the longest answer. */
TEST_WITH(test_longest, open_ends, close_ends)
{
	hold_request("big=130000", HOOK_BODY_MAX, FCGI_KEEP);
	assert_int_equal(
	    held_answer(&held, &serve, ours, RECORD_WHOLE), EXCHANGE_KEPT);
	assert_answered_at(theirs, "query=big=130000 body=long");
	assert_true(answer.n > 130000);
}

TEST_WITH(test_large, open_ends, close_ends)
{
	int next = next_descriptor();

	hold_request("a=b", HOOK_BODY_MAX + 1, FCGI_KEEP);
	held.n -= 8; /* as it is when the end of the body is not there yet */
	assert_int_equal(held_answer(&held, &serve, ours, RECORD_LARGE_BODY),
	    EXCHANGE_UNREAD);
	assert_answered_at(theirs, "intake=3 about=The body");
	assert_nothing_left(next);
}

TEST_WITH(test_gone, open_ends, close_ends)
{
	int next = next_descriptor();

	hold_request("a=b", 3, FCGI_KEEP);
	shutdown(theirs, SHUT_RD);
	assert_int_equal(
	    held_answer(&held, &serve, ours, RECORD_WHOLE), EXCHANGE_CLOSED);
	assert_nothing_left(next);
}

/* It is lost where there are no descriptors left, and the log says so. */
TEST_WITH(test_no_descriptors, open_ends, close_ends)
{
	int next = next_descriptor();
	off_t noted = lseek(log_fd, 0, SEEK_CUR);
	struct rlimit was, none;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	none = (struct rlimit){ (rlim_t)next + 1, was.rlim_max };
	hold_request("a=b", 3, FCGI_KEEP);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(
	    held_answer(&held, &serve, ours, RECORD_WHOLE), EXCHANGE_CLOSED);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	assert_true(is_open(ours));
	assert_nothing_left(next);
	assert_true(lseek(log_fd, 0, SEEK_CUR) > noted);
}

static int
set_up(void **state)
{
	log_fd = open("/tmp", O_TMPFILE | O_WRONLY, 0600);
	if (serving_open(state) != 0 || log_fd < 0)
		return -1;
	log_to(log_fd);
	return 0;
}

GROUP(set_up, NULL);
