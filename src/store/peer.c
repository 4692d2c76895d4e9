#include "store/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"

static_assert(
    sizeof(((struct sockaddr_un *)NULL)->sun_path) == SOCKET_PATH_MAX + 1,
    "the limit is the system's");

long long
peer_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static enum peer_what
fail(struct peer *p, int error)
{
	p->error = error;
	return PEER_FAILED;
}

void
peer_close(struct peer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/*
 * One try that ends in time. A Unix socket has no connection that is made in
 * the background (with O_NONBLOCK a full queue is an error), so that it waits
 * in connect(), and for so long as SO_SNDTIMEO says (socket(7)).
 */
static enum peer_what
try_connect(
    struct peer *p, const struct sockaddr *to, socklen_t size, long long until)
{
	long long left = until - peer_clock();
	const struct timeval limit = { left / 1000, left % 1000 * 1000 };

	if (left <= 0)
		return PEER_LATE;
	if (setsockopt(p->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) !=
	    0)
		return fail(p, errno);
	if (connect(p->fd, to, size) == 0 || errno == EISCONN)
		return PEER_DONE;
	if (errno == EAGAIN || errno == EINPROGRESS)
		return PEER_LATE;
	return fail(p, errno);
}

static enum peer_what
open_to(
    struct peer *p, const struct sockaddr *to, socklen_t size, long long until)
{
	enum peer_what what;

	p->error = 0;
	p->process = getpid();
	p->fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0)
		return fail(p, errno);
	do
		what = try_connect(p, to, size, until);
	while (
	    what == PEER_FAILED && (p->error == EINTR || p->error == EALREADY));
	if (what != PEER_DONE)
		peer_close(p);
	return what;
}

enum peer_what
peer_open_unix(struct peer *p, struct span path, long long until)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (path.n == 0 || path.n > SOCKET_PATH_MAX)
		return fail(p, ENAMETOOLONG);
	memcpy(to.sun_path, path.p, path.n);
	return open_to(p, (const struct sockaddr *)&to, sizeof(to), until);
}

/* A command is one write, and waits for no other. */
static void
send_at_once(int fd)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

enum peer_what
peer_open_tcp(
    struct peer *p, struct span address, unsigned port, long long until)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const char *text = (const char *)address.p;
	enum peer_what what;

	if (address.n == 0 || port > 65535)
		return fail(p, EINVAL);
	v4.sin_port = v6.sin6_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		what =
		    open_to(p, (const struct sockaddr *)&v4, sizeof(v4), until);
	else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
		what =
		    open_to(p, (const struct sockaddr *)&v6, sizeof(v6), until);
	else
		return fail(p, EINVAL);
	if (what == PEER_DONE)
		send_at_once(p->fd);
	return what;
}

bool
peer_is_quiet(const struct peer *p)
{
	unsigned char byte;

	/* After fork() two would read each other's answers. */
	return p->fd >= 0 && p->process == getpid() &&
	       recv(p->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	       (errno == EAGAIN || errno == EINTR);
}

/* What stopped a send or a receive; PEER_DONE: nothing for good, try again. */
static enum peer_what
stopped(struct peer *p, short events, long long until)
{
	struct pollfd wait = { p->fd, events, 0 };
	long long left = until - peer_clock();

	if (errno == EPIPE || errno == ECONNRESET)
		return PEER_CLOSED;
	if (errno != EAGAIN && errno != EINTR)
		return fail(p, errno);
	if (left <= 0)
		return PEER_LATE;
	/* Whatever it finds is found again by the next try. */
	poll(&wait, 1, (int)left);
	return PEER_DONE;
}

enum peer_what
peer_send(struct peer *p, struct span bytes, long long until)
{
	while (bytes.n > 0) {
		ssize_t n =
		    send(p->fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		enum peer_what what =
		    n < 0 ? stopped(p, POLLOUT, until) : PEER_DONE;

		if (what != PEER_DONE)
			return what;
		if (n > 0)
			bytes = span_skip(bytes, (size_t)n);
	}
	return PEER_DONE;
}

enum peer_what
peer_receive(struct peer *p, void *mem, size_t cap, size_t *n, long long until)
{
	*n = 0;
	for (;;) {
		ssize_t got = recv(p->fd, mem, cap, MSG_DONTWAIT);
		enum peer_what what;

		if (got == 0)
			return PEER_CLOSED;
		if (got > 0) {
			*n = (size_t)got;
			return PEER_DONE;
		}
		what = stopped(p, POLLIN, until);
		if (what != PEER_DONE)
			return what;
	}
}
