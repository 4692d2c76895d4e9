/*
 * The gateway at work, for the tests of its parts: its state, a core that only
 * says what it was given, the log, and a web server's end of a connection.
 */
#ifndef TESTS_SERVING_H
#define TESTS_SERVING_H

#include <fcntl.h>
#include <signal.h>

#include "base/log.h"
#include "fcgi_client.h"
#include "gateway/serve.h"
#include "hooks.h"
#include "sandbox.h"

extern struct serve serve;
extern struct sandbox box;
extern struct fcgi_answer answer; /* the last one that was read */

/*
 * For hooks.handle. ?sleep=N takes N milliseconds, ?big=N gives N more bytes.
 * What the log is told, when fake_answer.code is not NULL; and what the core
 * was given.
 */
extern struct answer fake_answer;
extern struct world fake_world;
void fake_handle(const struct config *config, const struct request *request,
    long long now, struct world *world, struct workspace *ws,
    struct answer *out);

/*
 * For hooks.poll: milliseconds that the program was asked to wait in vain,
 * whatever the clock of a busy machine says.
 */
extern long long waited;
int waited_poll(struct pollfd *fds, nfds_t n, int milliseconds);

/* For GROUP(): both, a fresh state, and no log. */
int serving_open(void **state);

/* The log is kept for read_log(), until it is closed. */
extern int log_pipe[2];
extern char logged[65536]; /* what read_log() read last */
void logging_open(void);
void logging_close(void);
const char *read_log(void); /* since the last look */

/* The sandbox, a fresh state and the log, for TEST_WITH(). */
int serving_box_open(void **state);
int serving_box_close(void **state);

/* Reads the answer at that end, which must be whole and have this text. */
void assert_answered_at(int fd, const char *text);

#endif
