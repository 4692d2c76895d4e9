/*
 * What a group of tests answers in the place of the C library, or of app.c:
 * a pointer that is not NULL is called instead. They are set before the first
 * test; what libraries call is not seen, except poll().
 */
#ifndef TESTS_HOOKS_H
#define TESTS_HOOKS_H

#include <poll.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#include "app.h"

struct hooks {
	ssize_t (*read)(int, void *, size_t);
	ssize_t (*pread)(int, void *, size_t, off_t);
	ssize_t (*write)(int, const void *, size_t);
	ssize_t (*pwritev2)(int, const struct iovec *, int, off_t, int);
	ssize_t (*getrandom)(void *, size_t, unsigned);
	void *(*mmap)(void *, size_t, int, int, int, off_t);
	int (*mprotect)(void *, size_t, int);
	int (*madvise)(void *, size_t, int);
	int (*mlock)(const void *, size_t);
	int (*munmap)(void *, size_t);
	time_t (*time)(time_t *);
	int (*poll)(struct pollfd *, nfds_t, int);
	const char *above; /* for doctor_units(), in the place of "" */
	void (*handle)(const struct config *, const struct request *, long long,
	    struct world *, struct workspace *, struct answer *);
};

extern struct hooks hooks;

#endif
