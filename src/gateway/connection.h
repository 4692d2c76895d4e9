/* One FastCGI connection: never waits, never believes a length. */
#ifndef GATEWAY_CONNECTION_H
#define GATEWAY_CONNECTION_H

#include "gateway/held.h"

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
	struct held held; /* in CONNECTION_PARTIAL alone */
};

/* Takes fd over. now counts milliseconds, on any clock that never jumps. */
void connection_open(struct connection *c, int fd, long long now);

/*
 * Does all that what has arrived allows: waits on, answers, refuses, closes.
 * ended: the web server has closed its end, so nothing more will come.
 */
void connection_advance(
    struct connection *c, struct serve *s, bool ended, long long now);

/* When it is closed if nothing more arrives; LLONG_MAX if never. */
long long connection_deadline(const struct connection *c);

void connection_close(struct connection *c);

#endif
