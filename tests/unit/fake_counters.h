/*
 * Counters in memory. They count, over fixed windows, or say what a test
 * wants said; and they keep what they were given.
 */
#ifndef TESTS_FAKE_COUNTERS_H
#define TESTS_FAKE_COUNTERS_H

#include <stdlib.h>
#include <string.h>

#include "base/counters.h"

#define COUNTING_WINDOWS 64

/* One window of one name. */
struct counting_window {
	unsigned char name[1024];
	size_t n_name;
	unsigned seconds, used;
	long long number; /* of the window, counted from 1970 */
};

/* One tally as take() was given it. */
struct counting_given {
	unsigned char memory[1024];
	struct span name; /* in memory */
	enum crowd crowd;
	size_t n;
	struct limit limits[POLICY_LIMITS_MAX];
};

struct counting {
	struct counters counters; /* the first member: it is found from it */

	/* Programmed: this is said, and nothing is counted. */
	bool programmed;
	struct counters_verdict verdict;
	struct count counts[2][POLICY_LIMITS_MAX]; /* of TAKEN and FULL */
	const char *fault;                         /* what probe() says */
	void (*hook)(void); /* called by take(); may be NULL */

	/* The last step. */
	unsigned takes, probes; /* how often */
	size_t n_given;
	struct counting_given given[2];
	unsigned amount;
	long long now;
	enum counters_what said;

	size_t n_windows;
	struct counting_window windows[COUNTING_WINDOWS];
};

/* The window of this moment; a new one is empty. Aborts without room. */
static inline struct counting_window *
counting_window(
    struct counting *c, struct span name, unsigned seconds, long long now)
{
	struct counting_window *w;

	for (size_t i = 0; i < c->n_windows; i++) {
		w = &c->windows[i];
		if (w->seconds == seconds && w->number == now / seconds &&
		    span_eq((struct span){ w->name, w->n_name }, name))
			return w;
	}
	if (c->n_windows == COUNTING_WINDOWS || name.n > sizeof(w->name))
		abort();
	w = &c->windows[c->n_windows++];
	*w = (struct counting_window){
		.n_name = name.n, .seconds = seconds, .number = now / seconds
	};
	if (name.n > 0)
		memcpy(w->name, name.p, name.n);
	return w;
}

static inline void
counting_keep(struct counting_given *to, const struct tally *tally)
{
	if (tally->name.n > sizeof(to->memory) || tally->n == 0 ||
	    tally->n > POLICY_LIMITS_MAX)
		abort();
	if (tally->name.n > 0)
		memcpy(to->memory, tally->name.p, tally->name.n);
	to->name = (struct span){ to->memory, tally->name.n };
	to->crowd = tally->crowd;
	to->n = tally->n;
	memcpy(to->limits, tally->limits, tally->n * sizeof(to->limits[0]));
}

/* Has every limit room? The counts are filled; add adds the amount first. */
static inline bool
counting_walk(struct counting *c, struct tally *tallies, size_t n, bool add)
{
	bool room = true;

	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < tallies[k].n; i++) {
			const struct limit *limit = &tallies[k].limits[i];
			struct counting_window *w = counting_window(
			    c, tallies[k].name, limit->seconds, c->now);

			w->used += add ? c->amount : 0;
			tallies[k].counts[i] = (struct count){ w->used,
				limit->seconds -
				    (unsigned)(c->now % limit->seconds) };
			if ((long long)w->used + c->amount > limit->count)
				room = false;
		}
	return room;
}

static inline struct counters_verdict
counting_judge(struct counting *c, struct tally *tallies, size_t n)
{
	if (c->programmed) {
		for (size_t k = 0; k < n; k++)
			memcpy(tallies[k].counts, c->counts[k],
			    sizeof(tallies[k].counts));
		return c->verdict;
	}
	if (!counting_walk(c, tallies, n, false))
		return (struct counters_verdict){ COUNTERS_FULL, NULL, 0 };
	counting_walk(c, tallies, n, true);
	return (struct counters_verdict){ COUNTERS_TAKEN, NULL, 0 };
}

static inline struct counters_verdict
counting_take(struct counters *self, struct tally *tallies, size_t n,
    unsigned amount, long long now)
{
	struct counting *c = (struct counting *)(void *)self;
	struct counters_verdict verdict;

	if (n == 0 || n > 2 || amount == 0 || amount > BATCH_MAX)
		abort();
	c->takes++;
	c->n_given = n;
	c->amount = amount;
	c->now = now;
	for (size_t k = 0; k < n; k++)
		counting_keep(&c->given[k], &tallies[k]);
	if (c->hook != NULL)
		c->hook();
	verdict = counting_judge(c, tallies, n);
	c->said = verdict.what;
	return verdict;
}

static inline const char *
counting_probe(struct counters *self)
{
	struct counting *c = (struct counting *)(void *)self;

	c->probes++;
	return c->fault;
}

static inline void
counting_close(struct counters *self)
{
	(void)self;
}

/* Empty, and counting. */
static inline void
counting_open(struct counting *c)
{
	memset(c, 0, sizeof(*c));
	c->counters =
	    (struct counters){ counting_take, counting_probe, counting_close };
}

/* From now on this is said. */
static inline void
counting_say(struct counting *c, enum counters_what what, const char *reason,
    unsigned retry_after)
{
	c->programmed = true;
	c->verdict = (struct counters_verdict){ what, reason, retry_after };
}

#endif
