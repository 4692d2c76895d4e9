/*
 * A stream to a server that may hang, lie or be gone: whatever is done on it
 * ends at a given moment, no signal comes of it, and no program that is
 * started inherits it.
 */
#ifndef STORE_PEER_H
#define STORE_PEER_H

#include <sys/types.h>

#include "base/span.h"

enum peer_what {
	PEER_FAILED = 0, /* error says why, as errno does */
	PEER_DONE,
	PEER_CLOSED, /* by the server */
	PEER_LATE    /* the moment has come */
};

struct peer {
	int fd;        /* -1: there is no connection */
	pid_t process; /* that opened it */
	int error;
};

#define PEER_INIT                                                              \
	{                                                                      \
		-1, 0, 0                                                       \
	}

/* Milliseconds of a clock that nobody sets: what "until" is counted in. */
long long peer_clock(void);

/*
 * Connect; there must be no connection. A path of 1 to SOCKET_PATH_MAX bytes;
 * a numeric IP address. Both NUL-terminated. A connection is there only when
 * PEER_DONE.
 */
enum peer_what peer_open_unix(
    struct peer *p, struct span path, long long until);
enum peer_what peer_open_tcp(
    struct peer *p, struct span address, unsigned port, long long until);

/*
 * Can it be used again: is it this process's own, open as far as is known,
 * and was nothing sent that nobody asked for?
 */
bool peer_is_quiet(const struct peer *p);

/* All of the bytes. */
enum peer_what peer_send(struct peer *p, struct span bytes, long long until);

/* Up to cap bytes as soon as there are any; *n of them, and 0 if not done. */
enum peer_what peer_receive(
    struct peer *p, void *mem, size_t cap, size_t *n, long long until);

/* No connection is fine. */
void peer_close(struct peer *p);

#endif
