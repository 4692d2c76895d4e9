#include "base/random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

/* A signal can cut a request short, and any over 256 bytes (getrandom(2)). */
static bool
fill(struct random_source *self, unsigned char *out, size_t n)
{
	(void)self;
	while (n > 0) {
		ssize_t got = getrandom(out, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		out += got;
		n -= (size_t)got;
	}
	return true;
}

struct random_source random_kernel = { fill };
