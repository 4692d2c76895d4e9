/*
 * For hooks.poll: it counts the time that the program was asked to wait in
 * vain, whatever the clock of a busy machine says. Include it once in a test,
 * which starts with #define _GNU_SOURCE.
 */
#ifndef TESTS_WAITED_H
#define TESTS_WAITED_H

#include <poll.h>
#include <time.h>

static long long waited; /* milliseconds */

static int
waited_poll(struct pollfd *fds, nfds_t n, int milliseconds)
{
	const struct timespec limit = { milliseconds / 1000,
		milliseconds % 1000 * 1000000L };
	int ready = ppoll(fds, n, milliseconds < 0 ? NULL : &limit, NULL);

	if (ready == 0)
		waited += milliseconds;
	return ready;
}

#endif
