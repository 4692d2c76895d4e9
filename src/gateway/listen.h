/* A listening socket that a service manager hands on, sd_listen_fds(3). */
#ifndef GATEWAY_LISTEN_H
#define GATEWAY_LISTEN_H

/*
 * Where LISTEN_PID is this process: the socket on descriptor 3 becomes
 * descriptor 0, as FastCGI has it, and 3 is closed. The three variables are
 * gone from the environment afterwards, whoever they were for. Returns NULL,
 * also when there is nothing to do; else what is wrong, and then all
 * descriptors are as they were. Call it before anything opens a file.
 */
const char *listen_take(void);

#endif
