#define _GNU_SOURCE /* F_OFD_SETLK */

#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

/*
 * A step holds the lock for a few microseconds: so a few tries first, each with
 * a chance for others to run. Then naps, each twice the last.
 */
#define TRIES 10
#define NAP_FIRST 20000L /* nanoseconds */
#define NAP_LAST 500000L

static enum lock
set(int fd, short type)
{
	struct flock all = { .l_type = type, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_SETLK, &all) == 0)
		return LOCK_TAKEN;
	return errno == EAGAIN || errno == EACCES || errno == EINTR
		   ? LOCK_BUSY
		   : LOCK_FAILED;
}

long long
lock_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static enum lock
wait_for(int fd, long long milliseconds)
{
	long long end = lock_clock() + milliseconds;
	long nap = NAP_FIRST;
	enum lock got;

	for (int i = 0; i < TRIES; i++) {
		sched_yield();
		got = set(fd, F_WRLCK);
		if (got != LOCK_BUSY)
			return got;
	}
	do {
		nanosleep(&(struct timespec){ .tv_nsec = nap }, NULL);
		nap = nap < NAP_LAST / 2 ? 2 * nap : NAP_LAST;
		got = set(fd, F_WRLCK);
	} while (got == LOCK_BUSY && lock_clock() < end);
	return got;
}

enum lock
lock_take(int fd, long long milliseconds)
{
	enum lock got = set(fd, F_WRLCK);

	if (got != LOCK_BUSY || milliseconds <= 0)
		return got;
	return wait_for(fd, milliseconds);
}

void
lock_drop(int fd)
{
	set(fd, F_UNLCK);
}
