/*
 * One lock on a whole file, between processes: an open file description lock
 * (fcntl(2)). The kernel drops it when its holder dies.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

enum lock { LOCK_FAILED = 0, LOCK_TAKEN, LOCK_BUSY };

/*
 * fd is open for writing. Tries for about this many milliseconds, and at
 * least once; never waits in the kernel, since a stopped process may hold it.
 */
enum lock lock_take(int fd, long long milliseconds);

void lock_drop(int fd);

/* A clock that only goes on, in milliseconds. */
long long lock_clock(void);

#endif
