/*
 * How long tests wait for what may never come: long, since a machine may be
 * busy. How fast something is, make bench compares.
 */
#ifndef TESTS_PATIENCE_H
#define TESTS_PATIENCE_H

#include <time.h>

#define PATIENCE_MS 60000

/* Between two looks. */
static inline void
moment(void)
{
	const struct timespec pause = { 0, 5000000 };

	nanosleep(&pause, NULL);
}

#endif
