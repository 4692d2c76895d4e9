/* The FastCGI responder: one process, one request at a time. */
#ifndef GATEWAY_FASTCGI_H
#define GATEWAY_FASTCGI_H

#include "gateway/serve.h"

/* Is fd a listening socket, which is how a web server starts FastCGI? */
bool fastcgi_listens(int fd);

/*
 * A socket that a service manager hands on, sd_listen_fds(3). Where LISTEN_PID
 * is this process, the one on descriptor 3 becomes descriptor 0, as FastCGI
 * has it, and 3 is closed. The three variables are gone from the environment
 * afterwards, whoever they were for. Returns NULL, also when there is nothing
 * to do; else what is wrong, and then all descriptors are as they were. Call it
 * before anything opens a file.
 */
const char *fastcgi_take_listener(void);

/*
 * Holds SIGTERM and SIGUSR1 back, so that one that comes before the loop is
 * found by it. Call it first of all.
 */
void fastcgi_hold_signals(void);

/*
 * Serves until SIGTERM or SIGUSR1, then answers what is under way and
 * returns 0. No error of a connection or of accept() ends it; 1 when it
 * could not begin, with a line in the log.
 *
 * Any number of connections up to FCGI_CONNECTIONS_MAX are open, kept ones
 * among them; when all are, the idlest kept one is closed for the next.
 */
int fastcgi_loop(struct serve *s, int listener);

#endif
