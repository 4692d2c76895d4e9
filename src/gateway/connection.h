/* FastCGI connections: none ever waits, or believes a length. */
#ifndef GATEWAY_CONNECTION_H
#define GATEWAY_CONNECTION_H

#include "gateway/record.h"
#include "gateway/serve.h"

/* The largest request, and room for it in a socket: the kernel counts more. */
#define CONNECTION_BYTES_MAX                                                   \
	(FCGI_PARAMS_MAX + HOOK_BODY_MAX + FCGI_FRAMING_MAX)
#define CONNECTION_ROOM (2 * CONNECTION_BYTES_MAX)

enum connection_stage {
	CONNECTION_CLOSED = 0,
	CONNECTION_SILENT,  /* accepted, nothing has arrived */
	CONNECTION_PARTIAL, /* a part of a request has arrived */
	CONNECTION_KEPT,    /* answered, and open for the next request */
	CONNECTION_DISCARD  /* refused; what still comes is thrown away */
};

struct connection {
	enum connection_stage stage;
	int fd;
	long long since; /* when the stage began, in milliseconds */
	size_t discarded;
	unsigned char *bytes; /* what has arrived of a request, or NULL */
	size_t n;
	struct record_progress looked;
};

/* Takes fd over. now counts milliseconds, on any clock that never jumps. */
void connection_open(struct connection *c, int fd, long long now);

/*
 * Does all that what has arrived allows: waits on, answers, refuses, closes.
 * ended: the web server has closed its end, so nothing more will come. An
 * answer that could not be written is a line "event=lost" in the log, behind
 * that of the request.
 */
void connection_advance(
    struct connection *c, struct serve *s, bool ended, long long now);

/* When it is closed if nothing more arrives; LLONG_MAX if never. */
long long connection_deadline(const struct connection *c);

void connection_close(struct connection *c);

/* All that can be open at one time. */
struct connections {
	struct connection c[FCGI_CONNECTIONS_MAX];
};

struct connections_found {
	bool open;          /* any of them is */
	long long deadline; /* the next one, LLONG_MAX when there is none */
};

/*
 * Closes what is overdue at now, and looks at the rest. end is when all must
 * be closed, kept ones at once; LLONG_MAX while the end is not asked for. While
 * there is no room, what has not arrived whole within a second is overdue:
 * else a few slow clients would hold everybody up for REQUEST_SECONDS.
 */
struct connections_found connections_tend(
    struct connections *all, long long now, long long end);

/* Is there room for one more, perhaps in place of a kept one? */
bool connections_have_room(const struct connections *all);

/* A closed one to be opened; if all are open, the idlest kept one is closed
 * for it. NULL when none is kept either. */
struct connection *connections_take(struct connections *all);

/* Closes the kept connection that has been idle longest, if there is one. */
void connections_close_idlest(struct connections *all);

#endif
