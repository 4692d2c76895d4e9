/*
 * Names, limits and times for tests of the counters. A test file that includes
 * this includes test.h first.
 */
#ifndef TESTS_COUNTING_H
#define TESTS_COUNTING_H

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/counters.h"
#include "base/digest.h"

/* A day's first second, and a time in the middle of all three windows. */
#define DAY_START 1700006400LL
#define NOW (DAY_START + 5 * 3600 + 7 * 60 + 30)

/* A key for tests, of no account. */
static inline const struct hmac_key *
counting_key(const char *text)
{
	static alignas(max_align_t) unsigned char mem[4][HMAC_KEY_MAX];
	static unsigned next;
	struct hmac_key *key = (struct hmac_key *)(void *)mem[next++ % 4];

	if (!hmac_key_init(key, HASH_SHA256, span_of(text)))
		abort();
	return key;
}

/* One name with a limit for each window that has one (0: none). */
struct counted {
	struct tally tally;
	struct limit limits[POLICY_LIMITS_MAX];
	char name[64];
};

static inline void
counted_init(struct counted *c, const char *name, unsigned minute,
    unsigned hour, unsigned day)
{
	const struct limit all[] = { { minute, 60 }, { hour, 3600 },
		{ day, 86400 } };

	*c = (struct counted){ .tally = { .crowd = CROWD_KNOWN } };
	snprintf(c->name, sizeof(c->name), "%s", name);
	for (size_t i = 0; i < 3; i++)
		if (all[i].count > 0)
			c->limits[c->tally.n++] = all[i];
}

/* The tally of it, which points into it. */
static inline struct tally
counted_tally(const struct counted *c)
{
	struct tally tally = c->tally;

	tally.name = span_of(c->name);
	tally.limits = c->limits;
	for (size_t i = 0; i < POLICY_LIMITS_MAX; i++)
		tally.counts[i] = (struct count){ 0xdead, 0xdead };
	return tally;
}

/* Counts for one name with a limit in a day alone. */
static inline struct counters_verdict
count_day(struct counters *counters, const char *name, unsigned limit,
    unsigned amount, long long now)
{
	struct counted c;
	struct tally tally;

	counted_init(&c, name, 0, 0, limit);
	tally = counted_tally(&c);
	return counters->take(counters, &tally, 1, amount, now);
}

/* How many of these steps are taken, of at most the limit and two more. */
static inline unsigned
count_up(
    struct counters *counters, const char *name, unsigned limit, long long now)
{
	unsigned taken = 0;

	for (unsigned i = 0; i < limit + 2; i++)
		taken += count_day(counters, name, limit, 1, now).what ==
			 COUNTERS_TAKEN;
	return taken;
}

#endif
