/* One FastCGI request over libfcgi, in and out. */
#ifndef GATEWAY_EXCHANGE_H
#define GATEWAY_EXCHANGE_H

#include "gateway/record.h"
#include "gateway/serve.h"

enum exchange {
	EXCHANGE_CLOSED = 0, /* answered or not, fd is closed */
	EXCHANGE_KEPT,       /* answered, the web server keeps fd open */
	EXCHANGE_UNREAD      /* answered; fd is open, and a large body did not
				end soon */
};

/*
 * Reads a request from the connection fd, at the front of which
 * record_look() found RECORD_WHOLE, so that libfcgi never waits for more, or
 * RECORD_LARGE_BODY, the rest of which is waited for at most a second; and
 * answers it. FCGX_Init() was called.
 */
enum exchange exchange_answer(struct serve *s, int fd, enum record_state state);

#endif
