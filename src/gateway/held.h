/*
 * What has arrived of one request, taken out of its socket: a Unix socket
 * holds about 200 KiB as the kernel counts, which is 100 KiB in records of
 * 8 KiB, and 277 bytes one by one. A web server that sends a body as it comes
 * would wait for us, and we for it.
 */
#ifndef GATEWAY_HELD_H
#define GATEWAY_HELD_H

#include "gateway/exchange.h"

#define HELD_MAX (FCGI_PARAMS_MAX + HOOK_BODY_MAX + FCGI_FRAMING_MAX)
#define HELD_ROOM (2 * HELD_MAX) /* for a socket: the kernel counts more */

struct held {
	unsigned char *bytes; /* NULL: nothing is held, all is in the socket */
	size_t n;
	struct record_progress looked;
};

/* Makes room for HELD_MAX bytes. False when there is no memory. */
bool held_start(struct held *h);

/*
 * Takes all that is there now, or as much as fits. False at the end of what
 * will come, and after an error.
 */
bool held_take(struct held *h, int fd);

/* Forgets the first n bytes, and holds nothing if that was all. */
void held_drop(struct held *h, size_t n);

void held_free(struct held *h);

/*
 * exchange_answer() for a request that is held, all of it or (with
 * RECORD_LARGE_BODY) its front; nothing is held then. fd is closed by the
 * caller alone: EXCHANGE_CLOSED says that it is to be.
 */
enum exchange held_answer(
    struct held *h, struct serve *s, int fd, enum record_state state);

#endif
