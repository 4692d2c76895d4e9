/*
 * Inputs that end at an unreadable page: reading one byte too far is a fault,
 * with or without a sanitizer. Include after test.h or on its own.
 */
#ifndef TESTS_GUARD_H
#define TESTS_GUARD_H

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/span.h"

/* Bytes of the whole pages that n bytes take. */
static inline size_t
guard_room(size_t n, size_t page)
{
	return (n + page - 1) / page * page;
}

/*
 * A copy of s, the last byte of which is the last byte before a page that
 * cannot be read. /dev/zero, since MAP_ANONYMOUS is not POSIX.
 */
static inline struct span
guarded(struct span s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = guard_room(s.n, page);
	int zero = open("/dev/zero", O_RDWR | O_CLOEXEC);
	void *mem = MAP_FAILED;
	unsigned char *p;

	if (zero >= 0)
		mem = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE, zero, 0);
	if (mem == MAP_FAILED)
		abort();
	close(zero);
	p = (unsigned char *)mem + (room - s.n);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	if (mprotect((unsigned char *)mem + room, page, PROT_NONE) != 0)
		abort();
	return (struct span){ p, s.n };
}

/* Gives back what guarded() made; s as it was returned. */
static inline void
guard_free(struct span s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = guard_room(s.n, page);

	if (munmap((void *)((uintptr_t)s.p + s.n - room), room + page) != 0)
		abort();
}

#endif
