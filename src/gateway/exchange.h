/* One FastCGI request over libfcgi, in and out. */
#ifndef GATEWAY_EXCHANGE_H
#define GATEWAY_EXCHANGE_H

#include "gateway/record.h"
#include "gateway/serve.h"

enum exchange {
	EXCHANGE_CLOSED = 0, /* answered or not, fd is closed */
	EXCHANGE_KEPT,       /* answered, the web server keeps fd open */
	EXCHANGE_UNREAD      /* answered; fd is open, the rest of a large body
				is still to come */
};

/*
 * Reads a request from the connection fd, at the front of which
 * record_look() found RECORD_WHOLE or RECORD_LARGE_BODY, and answers it.
 * libfcgi reads no further than that, so it never waits. FCGX_Init() was
 * called. An answer that could not be written is a line "event=lost" in the
 * log, behind that of the request.
 */
enum exchange exchange_answer(struct serve *s, int fd, enum record_state state);

#endif
