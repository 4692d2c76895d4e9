/* The two clocks of the program. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <time.h>

/* The time of day, in seconds. */
static inline long long
clock_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

/* A clock that only goes forward: for deadlines. */
static inline long long
clock_microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static inline long long
clock_milliseconds(void)
{
	return clock_microseconds() / 1000;
}

/*
 * For what is done again and again, but at most every so many milliseconds:
 * is it time? *next is when it will be, LLONG_MIN before the first time.
 */
static inline bool
clock_due(long long *next, long long now_ms, long long every_ms)
{
	if (now_ms < *next)
		return false;
	*next = now_ms + every_ms;
	return true;
}

#define CLOCK_LOOK_MS 1000 /* between two looks at a file */
#define CLOCK_SAY_MS 60000 /* between two complaints of one kind */

#endif
