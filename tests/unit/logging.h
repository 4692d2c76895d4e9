/* The log of a test, read line by line. */
#ifndef TESTS_LOGGING_H
#define TESTS_LOGGING_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static int log_pipe[2];
static char logged[65536];

static inline void
logging_open(void)
{
	if (pipe(log_pipe) != 0)
		abort();
	fcntl(log_pipe[0], F_SETFL, O_NONBLOCK);
	log_to(log_pipe[1]);
}

static inline void
logging_close(void)
{
	log_to(2);
	close(log_pipe[0]);
	close(log_pipe[1]);
}

/* What was logged since the last look. */
static inline const char *
read_log(void)
{
	ssize_t n = read(log_pipe[0], logged, sizeof(logged) - 1);

	logged[n > 0 ? n : 0] = '\0';
	return logged;
}

#endif
