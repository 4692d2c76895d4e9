#include "base/write.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/limits.h"

/* A pipe that does not wait by itself may be shared with those who need it so.
 */
static bool
wait_for_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int n;

	do
		n = poll(&p, 1, WRITE_SECONDS * 1000);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0;
}

bool
write_all(int fd, struct span bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 &&
		    (errno == EINTR || (errno == EAGAIN && wait_for_room(fd))))
			continue;
		if (n <= 0)
			return false;
		bytes = span_skip(bytes, (size_t)n);
	}
	return true;
}
