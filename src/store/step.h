/*
 * One step of the counters in the file: all of its tallies or nothing, on
 * buckets that lie in memory. Pure; the caller reads and writes, and holds
 * the lock in between.
 */
#ifndef STORE_STEP_H
#define STORE_STEP_H

#include "store/bucket.h"

#define STEP_TALLIES_MAX 2 /* in number */

struct step {
	const struct hmac_key *key;
	struct tally *tallies;
	long long now;
	unsigned amount;
	/* A slot was found damaged that was not known to be. */
	bool damaged;
	/* The caller writes the slots of them that changed. */
	size_t n_buckets;
	struct bucket buckets[STEP_TALLIES_MAX * BUCKET_CHOICES];
	size_t n;
	struct step_name {
		struct place place;
		struct bucket *choices[BUCKET_CHOICES];
		struct bucket *home; /* NULL: it has no slot yet */
		unsigned at;
		struct slot slot;
	} names[STEP_TALLIES_MAX];
};

/*
 * What is asked for, and the buckets that it takes. key and tallies must
 * outlive the step; buckets as in place_find(). NULL, or why this can't be
 * counted.
 */
const char *step_plan(struct step *s, const struct hmac_key *key,
    unsigned buckets, struct tally *tallies, size_t n, unsigned amount,
    long long now);

/*
 * The next bucket whose bytes the caller has to fill in before step_take();
 * NULL when there is none. Most names are in the first of their two.
 */
struct bucket *step_next(struct step *s);

/*
 * The verdict, with the tallies' counts filled when it is TAKEN or FULL. It
 * may be given when all slots that changed are written, for whatever verdict.
 * Its reason is a constant.
 */
struct counters_verdict step_take(struct step *s);

#endif
