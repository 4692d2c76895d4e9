/*
 * What has been counted: an interface, so that the core knows no file and no
 * socket, and tests can fail it.
 */
#ifndef BASE_COUNTERS_H
#define BASE_COUNTERS_H

#include "base/limits.h"
#include "base/span.h"

struct limit {
	unsigned count;   /* 1 to LIMIT_COUNT_MAX */
	unsigned seconds; /* 60, 3600 or 86400 */
};

/*
 * Who can make up new names: the site alone (its users and policies), or
 * anybody (addresses). The second may never crowd out the first.
 */
enum crowd { CROWD_NONE = 0, CROWD_KNOWN, CROWD_OPEN };

#define COUNTERS_TALLIES_MAX 2 /* of one step, in number */

/* A window: fixed, [k * seconds, (k + 1) * seconds) of Unix time. */
struct count {
	unsigned used;   /* in the window of now; a step that was taken is in */
	unsigned resets; /* seconds until it ends, 1 to limit.seconds */
};

/* One name that is counted, in up to three windows. */
struct tally {
	struct span name; /* any bytes; two subjects never share one */
	enum crowd crowd;
	size_t n;                               /* 1 to POLICY_LIMITS_MAX */
	const struct limit *limits;             /* n of them, no window twice */
	struct count counts[POLICY_LIMITS_MAX]; /* what take() found */
};

enum counters_what {
	COUNTERS_BROKEN = 0, /* nobody knows: nothing may be granted */
	COUNTERS_TAKEN,
	COUNTERS_FULL,   /* a limit would be passed; nothing was taken */
	COUNTERS_CROWDED /* no room to count one more name; nothing taken */
};

struct counters_verdict {
	enum counters_what what;
	const char *reason;   /* for the log; NULL when taken or full */
	unsigned retry_after; /* seconds, COUNTERS_CROWDED only; else 0 */
};

struct counters {
	/*
	 * Takes amount (1 to BATCH_MAX) from every limit of the n tallies
	 * (1 or 2), in one atomic step over all processes: all or nothing.
	 * The counts are filled when the verdict is TAKEN or FULL. now in
	 * seconds; a store of its own clock ignores it. Returns within a
	 * second whatever happens.
	 */
	struct counters_verdict (*take)(struct counters *self,
	    struct tally *tallies, size_t n, unsigned amount, long long now);

	/* Could a step be taken now? NULL, or why not. Takes nothing. */
	const char *(*probe)(struct counters *self);

	/* Closes what is open and frees self. */
	void (*close)(struct counters *self);
};

/* What take() is not asked for by its contract, as a reason; NULL: nothing. */
const char *counters_fault(
    const struct tally *tallies, size_t n, unsigned amount);

/* Milliseconds of a clock that nobody sets, for what has to end in time. */
long long counters_clock(void);

#endif
