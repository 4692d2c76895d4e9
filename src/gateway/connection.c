#include "gateway/connection.h"

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "gateway/exchange.h"
#include "gateway/reply.h"

#define TRANSFER_SECONDS 2 /* of one write, if ever one blocks */
#define TURNS_MAX 8        /* management records in a row */

/* One request is looked at, at a time. */
static unsigned char arrived[HELD_MAX];
static unsigned char params[FCGI_PARAMS_MAX];

static void
enter(struct connection *c, enum connection_stage stage, long long now)
{
	c->stage = stage;
	c->since = now;
}

void
connection_open(struct connection *c, int fd, long long now)
{
	const int room = HELD_ROOM;
	const struct timeval limit = { TRANSFER_SECONDS, 0 };

	/*
	 * Nothing is read before it is there, and the longest answer fits the
	 * socket: only a peer that asks on without reading blocks a write.
	 */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	c->fd = fd;
	c->discarded = 0;
	c->held = (struct held){ 0 };
	enter(c, CONNECTION_SILENT, now);
}

void
connection_close(struct connection *c)
{
	if (c->stage != CONNECTION_CLOSED)
		close(c->fd);
	held_free(&c->held);
	c->stage = CONNECTION_CLOSED;
	c->fd = -1;
}

long long
connection_deadline(const struct connection *c)
{
	if (c->stage == CONNECTION_CLOSED || c->stage == CONNECTION_KEPT)
		return LLONG_MAX;
	return c->since + REQUEST_SECONDS * 1000LL;
}

static ssize_t
receive(const struct connection *c, size_t n, int flags)
{
	ssize_t got;

	do
		got = recv(c->fd, arrived, n, flags | MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Closes unless it was only that nothing is there now. */
static void
close_if_gone(struct connection *c, ssize_t got)
{
	if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
		connection_close(c);
}

/* A few hundred bytes, which always fit but with a peer that never reads. */
static bool
send_all(const struct connection *c, struct span s)
{
	while (s.n > 0) {
		ssize_t sent =
		    send(c->fd, s.p, s.n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		s = span_skip(s, (size_t)sent);
	}
	return true;
}

static void
discard(struct connection *c)
{
	ssize_t got;

	while ((got = receive(c, sizeof(arrived), 0)) > 0) {
		c->discarded += (size_t)got;
		if (c->discarded > DISCARD_MAX) {
			connection_close(c);
			return;
		}
	}
	close_if_gone(c, got);
}

/*
 * A web server that is still sending would not read the answer if the
 * connection were closed now. It sees at once that no request will follow.
 */
static void
start_discard(struct connection *c, long long now)
{
	shutdown(c->fd, SHUT_WR);
	held_free(&c->held);
	enter(c, CONNECTION_DISCARD, now);
	discard(c);
}

/* Answers what libfcgi must not see. */
static void
refuse(struct connection *c, unsigned id, struct span text, long long now)
{
	struct sink out;

	sink_init(&out, arrived, sizeof(arrived));
	reply_answer(id, text, &out);
	if (send_all(c, sink_view(&out)))
		start_discard(c, now);
	else
		connection_close(c);
}

/* As exchange_answer(), but that of a held request c->fd is not closed yet. */
static enum exchange
exchange(struct connection *c, struct serve *s, enum record_state state)
{
	enum exchange done;

	if (c->held.bytes == NULL)
		return exchange_answer(s, c->fd, state);
	done = held_answer(&c->held, s, c->fd, state);
	if (done == EXCHANGE_CLOSED)
		close(c->fd);
	return done;
}

static void
answer(struct connection *c, struct serve *s, enum record_state state,
    bool ended, long long now)
{
	switch (exchange(c, s, state)) {
	case EXCHANGE_UNREAD:
		start_discard(c, now);
		return;
	case EXCHANGE_KEPT:
		enter(c, CONNECTION_KEPT, now);
		if (ended)
			connection_close(c);
		return;
	case EXCHANGE_CLOSED:
		c->stage = CONNECTION_CLOSED;
		c->fd = -1;
		return;
	}
}

static void
give_up(struct connection *c, struct span why)
{
	serve_log("closed", why);
	connection_close(c);
}

static const struct span no_fastcgi =
    SPAN_INIT("a connection did not speak FastCGI");
static const struct span padded =
    SPAN_INIT("a connection has padding behind BEGIN_REQUEST, or behind the "
	      "empty record that ends PARAMS or STDIN: no web server sends any "
	      "there");

/* True when there may be more to look at. */
static bool
answer_management(struct connection *c, const struct record *record)
{
	unsigned char mem[256];
	struct sink out;
	size_t left = record->size;

	sink_init(&out, mem, sizeof(mem));
	if (!reply_management(record, &out)) {
		give_up(c, no_fastcgi);
		return false;
	}
	if (c->held.bytes != NULL) {
		held_drop(&c->held, left);
		left = 0;
	}
	while (left > 0) {
		ssize_t got = receive(c, left, 0);

		if (got <= 0) {
			connection_close(c);
			return false;
		}
		left -= (size_t)got;
	}
	if (!send_all(c, sink_view(&out)))
		connection_close(c);
	return c->stage != CONNECTION_CLOSED;
}

/*
 * What has arrived: a whole request is left in the socket, where libfcgi
 * reads it. Empty when there is nothing to look at. *ended is set when nothing
 * more will come.
 */
static struct span
gather(struct connection *c, bool *ended)
{
	ssize_t got;

	if (c->held.bytes != NULL) {
		if (!held_take(&c->held, c->fd))
			*ended = true;
		return (struct span){ c->held.bytes, c->held.n };
	}
	got = receive(c, sizeof(arrived), MSG_PEEK);
	if (got > 0)
		return (struct span){ arrived, (size_t)got };
	close_if_gone(c, got);
	return (struct span){ NULL, 0 };
}

/* The beginning of something good: true when there may be more of it now. */
static bool
wait_on(struct connection *c, size_t n, bool ended)
{
	if (ended)
		connection_close(c);
	else if (n == HELD_MAX)
		give_up(c, no_fastcgi);
	else if (c->held.bytes == NULL && held_start(&c->held))
		return true;
	return false;
}

/* Looks at what has arrived, once. True when there may be more to look at. */
static bool
look(struct connection *c, struct serve *s, bool ended, long long now)
{
	struct span front = gather(c, &ended);
	struct record_progress none = { 0 };
	struct record record;

	if (front.n == 0)
		return false;
	if (c->stage != CONNECTION_PARTIAL)
		enter(c, CONNECTION_PARTIAL, now);
	record = record_look(
	    c->held.bytes == NULL ? &none : &c->held.looked, front, params);
	switch (record.state) {
	case RECORD_MORE:
		return wait_on(c, front.n, ended);
	case RECORD_WHOLE:
	case RECORD_LARGE_BODY:
		answer(c, s, record.state, ended, now);
		return false;
	case RECORD_LARGE_PARAMS:
		refuse(c, record.id,
		    serve_refusal(s, INTAKE_TOO_LARGE, SPAN_LIT("The header")),
		    now);
		return false;
	case RECORD_ROLE:
		refuse(c, record.id,
		    serve_refusal(s, INTAKE_ROLE, SPAN_LIT("The role")), now);
		return false;
	case RECORD_MANAGEMENT:
		return answer_management(c, &record);
	case RECORD_ABORTED:
		connection_close(c);
		return false;
	case RECORD_PADDED:
		give_up(c, padded);
		return false;
	case RECORD_BROKEN:
		give_up(c, no_fastcgi);
		return false;
	}
	return false;
}

void
connection_advance(
    struct connection *c, struct serve *s, bool ended, long long now)
{
	if (c->stage == CONNECTION_CLOSED)
		return;
	if (c->stage == CONNECTION_DISCARD) {
		discard(c);
		return;
	}
	for (int turn = 0; turn < TURNS_MAX; turn++)
		if (!look(c, s, ended, now))
			return;
	give_up(c, no_fastcgi);
}
