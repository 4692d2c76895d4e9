/* Where random bytes come from: an interface, so that tests can fail it. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

struct random_source {
	/* n bytes into out, all or false. */
	bool (*fill)(struct random_source *self, unsigned char *out, size_t n);
};

/* The kernel's (getrandom). */
extern struct random_source random_kernel;

#endif
