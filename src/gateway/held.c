#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "gateway/held.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Of its own pages, which are given back at once: malloc() would keep them. */
bool
held_start(struct held *h)
{
	void *p = mmap(NULL, HELD_MAX, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*h = (struct held){ .bytes = p == MAP_FAILED ? NULL : p };
	return h->bytes != NULL;
}

bool
held_take(struct held *h, int fd)
{
	while (h->n < HELD_MAX) {
		ssize_t got =
		    recv(fd, h->bytes + h->n, HELD_MAX - h->n, MSG_DONTWAIT);

		if (got > 0)
			h->n += (size_t)got;
		else if (got == 0)
			return false;
		else if (errno != EINTR)
			return errno == EAGAIN || errno == EWOULDBLOCK;
	}
	return true;
}

void
held_drop(struct held *h, size_t n)
{
	h->n -= n;
	h->looked = (struct record_progress){ 0 };
	if (h->n == 0)
		held_free(h);
	else
		memmove(h->bytes, h->bytes + n, h->n);
}

void
held_free(struct held *h)
{
	if (h->bytes != NULL)
		munmap(h->bytes, HELD_MAX);
	*h = (struct held){ 0 };
}

/* A pair that takes the whole request, or a whole answer, at once. */
static bool
open_pair(int pair[2])
{
	const int room = HELD_ROOM;
	const struct timeval limit = { 2, 0 };

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	for (int i = 0; i < 2; i++)
		setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	setsockopt(pair[1], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return true;
}

/* As far as the time limit of a write on `to` allows. */
static bool
send_on(int to, const unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(to, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* The answer lies in `from`, all of it. */
static bool
relay(struct held *h, int from, int to)
{
	h->n = 0;
	held_take(h, from);
	return h->n > 0 && send_on(to, h->bytes, h->n);
}

/*
 * libfcgi reads from a descriptor alone: it gets one end of a pair, at the
 * other end of which all lies that it will see.
 */
enum exchange
held_answer(struct held *h, struct serve *s, int fd, enum record_state state)
{
	enum exchange done = EXCHANGE_CLOSED;
	int pair[2];

	if (!open_pair(pair)) {
		serve_log("closed",
		    SPAN_LIT("no descriptors for a request in pieces"));
		held_free(h);
		return EXCHANGE_CLOSED;
	}
	if (send(pair[0], h->bytes, h->n, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    (ssize_t)h->n) {
		shutdown(pair[0], SHUT_WR);
		done = exchange_answer(s, pair[1], state);
		if (done != EXCHANGE_CLOSED)
			close(pair[1]);
		if (!relay(h, pair[0], fd))
			done = EXCHANGE_CLOSED;
	} else {
		serve_log("closed",
		    SPAN_LIT("the kernel has no room for a large request"));
		close(pair[1]);
	}
	close(pair[0]);
	held_free(h);
	return done;
}
