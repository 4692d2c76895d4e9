#include "base/counters.h"

#include <time.h>

static bool
is_window(unsigned seconds)
{
	return seconds == 60 || seconds == 3600 || seconds == 86400;
}

static bool
limits_ok(const struct tally *t)
{
	if (t->n == 0 || t->n > POLICY_LIMITS_MAX)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		if (t->limits[i].count == 0 ||
		    t->limits[i].count > LIMIT_COUNT_MAX ||
		    !is_window(t->limits[i].seconds))
			return false;
		for (size_t j = 0; j < i; j++)
			if (t->limits[i].seconds == t->limits[j].seconds)
				return false;
	}
	return true;
}

const char *
counters_fault(const struct tally *tallies, size_t n, unsigned amount)
{
	if (n == 0 || n > COUNTERS_TALLIES_MAX || amount == 0 ||
	    amount > BATCH_MAX)
		return "this can't be counted: too much or nothing at once";
	for (size_t i = 0; i < n; i++)
		if (!limits_ok(&tallies[i]))
			return "this can't be counted: no such limit";
	if (n == 2 && span_eq(tallies[0].name, tallies[1].name))
		return "this can't be counted: one name twice";
	return NULL;
}

long long
counters_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}
