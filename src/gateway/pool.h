/* The connections that are open at one time. */
#ifndef GATEWAY_POOL_H
#define GATEWAY_POOL_H

#include "gateway/connection.h"

struct pool {
	struct connection c[FCGI_CONNECTIONS_MAX];
};

struct survey {
	bool open;          /* any of them is */
	long long deadline; /* the next one, LLONG_MAX when there is none */
};

/*
 * Closes what is overdue at now, and looks at the rest. end is when all must
 * be closed, kept ones at once; LLONG_MAX while the end is not asked for. While
 * there is no room, what has not arrived whole within a second is overdue:
 * else a few slow clients would hold everybody up for REQUEST_SECONDS.
 */
struct survey pool_survey(struct pool *p, long long now, long long end);

/* Is there room for one more, perhaps in place of a kept one? */
bool pool_has_room(const struct pool *p);

/* A closed one to be opened; if all are open, the idlest kept one is closed
 * for it. NULL when none is kept either. */
struct connection *pool_take(struct pool *p);

/* Closes the kept connection that has been idle longest, if there is one. */
void pool_close_idlest(struct pool *p);

#endif
