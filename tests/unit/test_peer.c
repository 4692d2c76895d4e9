#define _GNU_SOURCE

#include "test.h"

#include "store/peer.h"

#include <errno.h>

#include "redis_server.h"

static struct redis_server fake;

FIXTURE(remove_fake)
{
	redis_server_end(&fake);
}

static long long
soon(void)
{
	return peer_clock() + PATIENCE_MS;
}

static void
dial(struct peer *p)
{
	assert_int_equal(
	    peer_open_unix(p, fake.config.place, soon()), PEER_DONE);
}

TEST_WITH(bytes_go_and_come, NULL, remove_fake)
{
	struct peer p = PEER_INIT;
	char mem[8];
	size_t n;

	fake_start(&fake, FAKE_ANSWERS, "yes");
	dial(&p);
	assert_true(peer_is_quiet(&p));
	assert_int_equal(fcntl(p.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(peer_send(&p, SPAN_LIT("?"), soon()), PEER_DONE);
	assert_int_equal(
	    peer_receive(&p, mem, sizeof(mem), &n, soon()), PEER_DONE);
	assert_int_equal(n, 3);
	assert_memory_equal(mem, "yes", 3);
	assert_true(peer_is_quiet(&p));
	peer_close(&p);
	assert_false(peer_is_quiet(&p));
	peer_close(&p);
}

TEST_WITH(a_silent_server_is_late, NULL, remove_fake)
{
	struct peer p = PEER_INIT;
	long long begun = peer_clock();
	char mem[8];
	size_t n = 7;

	fake_start(&fake, FAKE_HANGS, "");
	dial(&p);
	assert_int_equal(
	    peer_receive(&p, mem, sizeof(mem), &n, begun + 50), PEER_LATE);
	assert_int_equal(n, 0);
	assert_true(peer_clock() >= begun + 50);
	peer_close(&p);
	assert_int_equal(
	    peer_open_unix(&p, fake.config.place, peer_clock()), PEER_LATE);
	assert_int_equal(p.fd, -1);
}

/* Nobody takes the bytes: sending ends as well. */
TEST_WITH(a_full_pipe_is_late, NULL, remove_fake)
{
	static const unsigned char much[8 * 1024 * 1024];
	struct peer p = PEER_INIT;

	fake_start(&fake, FAKE_HANGS, "");
	kill(fake.pid, SIGSTOP);
	dial(&p);
	assert_int_equal(peer_send(&p, (struct span){ much, sizeof(much) },
			     peer_clock() + 50),
	    PEER_LATE);
	peer_close(&p);
	kill(fake.pid, SIGCONT);
}

/* A Unix socket's queue is full: connecting ends as well. */
TEST_WITH(a_full_queue_is_late, NULL, remove_fake)
{
	struct peer p[80];
	size_t n = 0;

	fake_start(&fake, FAKE_HANGS, "");
	kill(fake.pid, SIGSTOP);
	for (; n < 80; n++) {
		p[n] = (struct peer)PEER_INIT;
		if (peer_open_unix(&p[n], fake.config.place,
			n < 64 ? soon() : peer_clock() + 200) != PEER_DONE)
			break;
	}
	assert_in_range(n, 64, 79);
	assert_int_equal(p[n].fd, -1);
	p[n].error = 0;
	assert_int_equal(
	    peer_open_unix(&p[n], fake.config.place, peer_clock() + 50),
	    PEER_LATE);
	while (n > 0)
		peer_close(&p[--n]);
	kill(fake.pid, SIGCONT);
}

/* SIGPIPE would end this program. */
TEST_WITH(a_closed_one_is_seen, NULL, remove_fake)
{
	struct peer p = PEER_INIT;
	long long until = soon();
	char mem[8];
	size_t n;

	signal(SIGPIPE, SIG_DFL);
	fake_start(&fake, FAKE_SHUTS, "");
	dial(&p);
	while (peer_is_quiet(&p) && peer_clock() < until)
		moment();
	assert_false(peer_is_quiet(&p));
	assert_int_equal(
	    peer_receive(&p, mem, sizeof(mem), &n, until), PEER_CLOSED);
	assert_int_equal(peer_send(&p, SPAN_LIT("?"), until), PEER_CLOSED);
	peer_close(&p);
}

TEST_WITH(an_unasked_word_is_not_quiet, NULL, remove_fake)
{
	struct peer p = PEER_INIT;
	long long until = soon();

	fake_start(&fake, FAKE_GREETS, "x");
	dial(&p);
	while (peer_is_quiet(&p) && peer_clock() < until)
		moment();
	assert_false(peer_is_quiet(&p));
	peer_close(&p);
}

TEST_WITH(another_process_has_its_own, NULL, remove_fake)
{
	struct peer p = PEER_INIT;
	int status;
	pid_t pid;

	fake_start(&fake, FAKE_HANGS, "");
	dial(&p);
	pid = fork();
	if (pid == 0)
		_exit(peer_is_quiet(&p) ? 1 : 0);
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	assert_true(peer_is_quiet(&p));
	peer_close(&p);
}

static void
fails(enum peer_what what, const struct peer *p, int error)
{
	assert_int_equal(what, PEER_FAILED);
	assert_int_equal(p->error, error);
	assert_int_equal(p->fd, -1);
}

TEST(nobody_is_there)
{
	char path[SOCKET_PATH_MAX + 2];
	struct peer p = PEER_INIT;

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[SOCKET_PATH_MAX + 1] = '\0';
	fails(peer_open_unix(&p, span_of(path), soon()), &p, ENAMETOOLONG);
	path[SOCKET_PATH_MAX] = '\0';
	fails(peer_open_unix(&p, span_of(path), soon()), &p, ENOENT);
	fails(peer_open_unix(&p, SPAN_LIT(""), soon()), &p, ENAMETOOLONG);
	fails(peer_open_tcp(&p, SPAN_LIT("127.0.0.1"), free_port(), soon()), &p,
	    ECONNREFUSED);
	fails(peer_open_tcp(&p, SPAN_LIT("localhost"), 1, soon()), &p, EINVAL);
	fails(peer_open_tcp(&p, SPAN_LIT("127.0.0.1"), 65536, soon()), &p,
	    EINVAL);
	fails(peer_open_tcp(&p, SPAN_LIT(""), 1, soon()), &p, EINVAL);
}

static void
speaks_tcp(int family, const char *address, struct sockaddr *to, socklen_t size)
{
	int listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct peer p = PEER_INIT;

	if (bind(listener, to, size) != 0 || listen(listener, 1) != 0 ||
	    getsockname(listener, to, &size) != 0)
		skip(); /* no such protocol here */
	assert_int_equal(
	    peer_open_tcp(&p, span_of(address),
		ntohs(family == AF_INET
			  ? ((struct sockaddr_in *)(void *)to)->sin_port
			  : ((struct sockaddr_in6 *)(void *)to)->sin6_port),
		soon()),
	    PEER_DONE);
	assert_true(peer_is_quiet(&p));
	peer_close(&p);
	close(listener);
}

TEST(ipv4_is_spoken)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	speaks_tcp(AF_INET, "127.0.0.1", (struct sockaddr *)&to, sizeof(to));
}

TEST(ipv6_is_spoken)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };

	to.sin6_addr = in6addr_loopback;
	speaks_tcp(AF_INET6, "::1", (struct sockaddr *)&to, sizeof(to));
}
