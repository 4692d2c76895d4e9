#include "test.h"

#include <limits.h>

#include "counting.h"
#include "store/step.h"

#define BUCKETS 4 /* of one crowd, at most, in these tests */

/* A file that lies in memory. */
static struct world {
	const struct hmac_key *key;
	unsigned buckets, reads, writes;
	bool damaged; /* in the last step */
	unsigned char bytes[2 * BUCKETS][BUCKET_BYTES];
} w;

static void
clear(unsigned buckets)
{
	memset(&w, 0xee, sizeof(w));
	w.key = counting_key("a");
	w.buckets = buckets;
	for (unsigned i = 0; i < 2 * buckets; i++) {
		struct bucket b = { .number = i };

		bucket_clear(&b, w.key);
		memcpy(w.bytes[i], b.bytes, BUCKET_BYTES);
	}
}

/* One step, as the caller of step.h makes it. */
static struct counters_verdict
steps(struct tally *tallies, size_t n, unsigned amount, long long now)
{
	struct counters_verdict v;
	struct bucket *b;
	struct step s;

	memset(&s, 0xee, sizeof(s));
	w.reads = w.writes = 0;
	v.reason = step_plan(&s, w.key, w.buckets, tallies, n, amount, now);
	assert_null(v.reason);
	for (; (b = step_next(&s)) != NULL; w.reads++)
		memcpy(b->bytes, w.bytes[b->number], BUCKET_BYTES);
	v = step_take(&s);
	w.damaged = s.damaged;
	for (size_t i = 0; i < s.n_buckets; i++)
		for (unsigned at = 0; at < BUCKET_SLOTS; at++) {
			if ((s.buckets[i].changed & 1U << at) == 0)
				continue;
			assert_true(s.buckets[i].loaded);
			w.writes++;
			memcpy(w.bytes[s.buckets[i].number] + at * SLOT_BYTES,
			    s.buckets[i].bytes + at * SLOT_BYTES, SLOT_BYTES);
		}
	assert_int_equal(v.reason == NULL,
	    v.what == COUNTERS_TAKEN || v.what == COUNTERS_FULL);
	assert_int_equal(v.retry_after != 0, v.what == COUNTERS_CROWDED);
	return v;
}

static struct counters_verdict
one(struct tally *tally, const struct counted *c, unsigned amount,
    long long now)
{
	*tally = counted_tally(c);
	return steps(tally, 1, amount, now);
}

static enum counters_what
day(const char *name, unsigned limit, unsigned amount, long long now)
{
	struct counted c;
	struct tally tally;

	counted_init(&c, name, 0, 0, limit);
	return one(&tally, &c, amount, now).what;
}

/* What is counted for this name in a day. */
static unsigned
used(const char *name, long long now)
{
	struct counted c;
	struct tally tally;

	counted_init(&c, name, 0, 0, 1);
	one(&tally, &c, BATCH_MAX, now);
	return tally.counts[0].used;
}

TEST(test_limit)
{
	struct counted c;
	struct tally tally;

	for (size_t i = 0; i < 3; i++) {
		clear(2);
		counted_init(&c, "alice", i == 0 ? 3 : 0, i == 1 ? 3 : 0,
		    i == 2 ? 3 : 0);
		for (unsigned used = 1; used <= 3; used++) {
			assert_int_equal(
			    one(&tally, &c, 1, NOW).what, COUNTERS_TAKEN);
			assert_int_equal(tally.counts[0].used, used);
			assert_int_equal(w.writes, 1);
			assert_int_equal(w.reads, used == 1 ? 2 : 1);
		}
		assert_int_equal(one(&tally, &c, 1, NOW).what, COUNTERS_FULL);
		assert_int_equal(tally.counts[0].used, 3);
		assert_in_range(tally.counts[0].resets, 1, c.limits[0].seconds);
		assert_int_equal(w.writes, 0);
		/* At the end of the window, and not before. */
		assert_int_equal(
		    one(&tally, &c, 1, NOW + tally.counts[0].resets - 1).what,
		    COUNTERS_FULL);
		assert_int_equal(tally.counts[0].resets, 1);
		counted_init(&c, "alice", i == 0 ? 3 : 0, i == 1 ? 3 : 0,
		    i == 2 ? 3 : 0);
		assert_int_equal(
		    one(&tally, &c, 1,
			(NOW / c.limits[0].seconds + 1) * c.limits[0].seconds)
			.what,
		    COUNTERS_TAKEN);
		assert_int_equal(tally.counts[0].used, 1);
		assert_int_equal(tally.counts[0].resets, c.limits[0].seconds);
	}
}

TEST(test_amount)
{
	for (unsigned limit = 38; limit <= 42; limit++) {
		clear(2);
		assert_int_equal(day("a", limit, 20, NOW), COUNTERS_TAKEN);
		assert_int_equal(day("a", limit, 20, NOW),
		    limit < 40 ? COUNTERS_FULL : COUNTERS_TAKEN);
		assert_int_equal(used("a", NOW), limit < 40 ? 20 : 40);
		assert_int_equal(
		    day("a", limit, limit < 40 ? limit - 20 : limit - 40 + 1,
			NOW),
		    limit < 40 ? COUNTERS_TAKEN : COUNTERS_FULL);
	}
	/* More than ever fits; a new name leaves no slot then. */
	clear(2);
	assert_int_equal(day("a", 19, 20, NOW), COUNTERS_FULL);
	assert_int_equal(w.writes, 0);
	assert_int_equal(day("a", 20, 20, NOW), COUNTERS_TAKEN);
	/* A limit that was lowered below what is used, and raised again. */
	assert_int_equal(day("a", 19, 1, NOW), COUNTERS_FULL);
	assert_int_equal(day("a", 1, 20, NOW), COUNTERS_FULL);
	assert_int_equal(day("a", 21, 1, NOW), COUNTERS_TAKEN);
	assert_int_equal(day("a", LIMIT_COUNT_MAX, 20, NOW), COUNTERS_TAKEN);
	assert_int_equal(used("a", NOW), 41);
}

/* Three windows: each by itself, and one that is full fills all. */
TEST(test_windows)
{
	struct counted c;
	struct tally tally;

	clear(2);
	counted_init(&c, "alice", 2, 3, 4);
	one(&tally, &c, 1, NOW);
	one(&tally, &c, 1, NOW);
	assert_int_equal(one(&tally, &c, 1, NOW).what, COUNTERS_FULL);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(tally.counts[i].used, 2);
	assert_int_equal(one(&tally, &c, 1, NOW + 60).what, COUNTERS_TAKEN);
	assert_int_equal(tally.counts[0].used, 1);
	assert_int_equal(tally.counts[1].used, 3);
	assert_int_equal(one(&tally, &c, 1, NOW + 60).what, COUNTERS_FULL);
	assert_int_equal(one(&tally, &c, 1, NOW + 3600).what, COUNTERS_TAKEN);
	assert_int_equal(tally.counts[0].used, 1);
	assert_int_equal(tally.counts[1].used, 1);
	assert_int_equal(tally.counts[2].used, 4);
	assert_int_equal(one(&tally, &c, 1, NOW + 7200).what, COUNTERS_FULL);
	assert_int_equal(one(&tally, &c, 1, NOW + 86400).what, COUNTERS_TAKEN);
}

/* A window that a step does not ask for keeps what it has. */
TEST(test_unused_window)
{
	struct counted both, minute;
	struct tally tally;

	clear(2);
	counted_init(&both, "alice", 5, 0, 5);
	counted_init(&minute, "alice", 5, 0, 0);
	one(&tally, &both, 4, NOW);
	assert_int_equal(one(&tally, &minute, 1, NOW).what, COUNTERS_TAKEN);
	assert_int_equal(
	    one(&tally, &minute, 1, NOW + 60).what, COUNTERS_TAKEN);
	assert_int_equal(one(&tally, &both, 1, NOW + 60).what, COUNTERS_TAKEN);
	assert_int_equal(tally.counts[0].used, 2);
	assert_int_equal(tally.counts[1].used, 5);
}

/* Nothing of a step when one of its limits is full. */
TEST(test_all_or_nothing)
{
	struct counted a, b;
	struct tally two[2];

	for (int order = 0; order < 2; order++) {
		clear(2);
		counted_init(&a, "alice", 0, 0, 10);
		counted_init(&b, "all", 0, 0, 3);
		for (int i = 0; i < 5; i++) {
			two[order] = counted_tally(&a);
			two[!order] = counted_tally(&b);
			assert_int_equal(steps(two, 2, 1, NOW).what,
			    i < 3 ? COUNTERS_TAKEN : COUNTERS_FULL);
			assert_int_equal(w.writes, i < 3 ? 2 : 0);
			for (size_t j = 0; j < 2; j++)
				assert_int_equal(
				    two[j].counts[0].used, i < 3 ? i + 1 : 3);
		}
	}
}

/*
 * Two names at once that share buckets, when these are full but for n slots:
 * both new, and then again.
 */
TEST(test_share)
{
	for (unsigned n = 0; n <= 3; n++) {
		struct counted a, b;
		struct tally two[2];
		char name[32];
		struct counters_verdict v;
		unsigned filled = 0;

		clear(2);
		for (unsigned i = 0; filled < 16 - n; i++) {
			snprintf(name, sizeof(name), "filler %u", i);
			filled += day(name, 1, 1, NOW) == COUNTERS_TAKEN;
		}
		counted_init(&a, "alice", 0, 0, 2);
		counted_init(&b, "bob", 0, 0, 2);
		for (unsigned i = 0; i < 3; i++) {
			two[0] = counted_tally(&a);
			two[1] = counted_tally(&b);
			v = steps(two, 2, 1, NOW);
			if (n < 2) {
				assert_int_equal(v.what, COUNTERS_CROWDED);
				assert_int_equal(
				    v.retry_after, DAY_START + 86400 - NOW);
				assert_int_equal(w.writes, 0);
			} else {
				assert_int_equal(v.what,
				    i < 2 ? COUNTERS_TAKEN : COUNTERS_FULL);
				assert_int_equal(
				    two[0].counts[0].used, i < 2 ? i + 1 : 2);
			}
		}
		assert_int_equal(day("carol", 1, 1, NOW),
		    n == 3 || n == 1 ? COUNTERS_TAKEN : COUNTERS_CROWDED);
	}
}

/* A new name does not get the slot of the other, whose windows are over. */
TEST(test_share_expired)
{
	for (int order = 0; order < 2; order++) {
		struct counted old, new;
		struct tally two[2];
		char name[32];

		clear(2);
		assert_int_equal(day("old", 5, 1, NOW), COUNTERS_TAKEN);
		for (int again = 0; again < 2; again++)
			for (unsigned i = 0; i < 15; i++) {
				snprintf(name, sizeof(name), "user %u", i);
				assert_int_equal(
				    day(name, 5, 1, NOW + again * 86400LL),
				    COUNTERS_TAKEN);
			}
		counted_init(&old, "old", 0, 0, 5);
		counted_init(&new, "new", 0, 0, 5);
		two[order] = counted_tally(&old);
		two[!order] = counted_tally(&new);
		assert_int_equal(
		    steps(two, 2, 2, NOW + 86400).what, COUNTERS_CROWDED);
		assert_int_equal(day("new", 5, 1, NOW + 86400), COUNTERS_TAKEN);
		assert_int_equal(
		    day("old", 5, 1, NOW + 86400), COUNTERS_CROWDED);
	}
}

/* Which slots are free again, and how long it takes. */
TEST(test_crowded)
{
	struct counters_verdict v;
	struct counted c;
	struct tally tally;
	char name[32];

	/* Whichever is free first: it can be in either of the two places. */
	for (unsigned early = 0; early < 16; early++) {
		clear(2);
		for (unsigned i = 0; i < 16; i++) {
			snprintf(name, sizeof(name), "user %u", i);
			counted_init(&c, name, i == early ? 0 : 1, 1,
			    i == early ? 0 : 1);
			assert_int_equal(
			    one(&tally, &c, 1, NOW).what, COUNTERS_TAKEN);
		}
		counted_init(&c, "one more", 1, 0, 0);
		v = one(&tally, &c, 1, NOW);
		assert_int_equal(v.what, COUNTERS_CROWDED);
		assert_int_equal(v.retry_after, DAY_START + 6 * 3600 - NOW);
	}
	/* The other crowd has room, and those who are in are counted. */
	c.tally.crowd = CROWD_OPEN;
	assert_int_equal(one(&tally, &c, 1, NOW).what, COUNTERS_TAKEN);
	assert_int_equal(day("user 3", 1, 1, NOW), COUNTERS_FULL);
	assert_int_equal(day("user 3", 2, 1, NOW), COUNTERS_TAKEN);
	c.tally.crowd = CROWD_KNOWN;
	v = one(&tally, &c, 1, NOW + v.retry_after - 1);
	assert_int_equal(v.what, COUNTERS_CROWDED);
	assert_int_equal(v.retry_after, 1);
	v = one(&tally, &c, 1, DAY_START + 6 * 3600);
	assert_int_equal(v.what, COUNTERS_TAKEN);
	counted_init(&c, "two more", 1, 0, 0);
	assert_int_equal(
	    one(&tally, &c, 1, DAY_START + 6 * 3600).what, COUNTERS_CROWDED);
}

/* Names of days long past make room: many times what fits at once. */
TEST(test_reuse)
{
	char name[32];

	clear(BUCKETS);
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "user %u", i);
		assert_int_equal(
		    day(name, 1, 1, NOW + 86400LL * (i / 8)), COUNTERS_TAKEN);
	}
}

TEST(test_clock_back)
{
	clear(2);
	assert_int_equal(day("a", 5, 5, NOW + 400 * 86400LL), COUNTERS_TAKEN);
	/* It keeps its count, although nothing is taken, and is written... */
	assert_int_equal(day("a", 5, 1, NOW), COUNTERS_FULL);
	assert_int_equal(w.writes, 1);
	assert_int_equal(day("a", 5, 1, NOW), COUNTERS_FULL);
	assert_int_equal(w.writes, 0);
	/* ...with the present day's end. */
	assert_int_equal(day("a", 5, 1, DAY_START + 86399), COUNTERS_FULL);
	assert_int_equal(day("a", 5, 1, DAY_START + 86400), COUNTERS_TAKEN);
}

/*
 * A step that read the clock just before midnight, and comes when others have
 * counted in the new day, drops nothing of that.
 */
TEST(test_clock_late)
{
	long long midnight = DAY_START + 86400;

	clear(2);
	assert_int_equal(day("a", 5, 5, midnight - 1), COUNTERS_TAKEN);
	assert_int_equal(day("a", 5, 4, midnight), COUNTERS_TAKEN);
	assert_int_equal(
	    day("a", 5, 1, midnight - SLOT_SLACK_SECONDS), COUNTERS_TAKEN);
	assert_int_equal(day("a", 5, 1, midnight), COUNTERS_FULL);
	assert_int_equal(
	    day("a", 5, 1, midnight - SLOT_SLACK_SECONDS), COUNTERS_FULL);
	assert_int_equal(used("a", midnight + 86399), 5);
	assert_int_equal(used("a", midnight + 86400), 0);
}

/* Slots of a clock that was ahead: they are free a day later. */
TEST(test_clock_was_ahead)
{
	long long ahead = NOW + 10000 * 86400LL;
	char name[32];

	clear(2);
	for (unsigned i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "user %u", i);
		assert_int_equal(day(name, 1, 1, ahead), COUNTERS_TAKEN);
	}
	assert_int_equal(day("new", 1, 1, NOW), COUNTERS_CROWDED);
	assert_int_equal(w.writes, 16);
	assert_int_equal(day("new", 1, 1, NOW), COUNTERS_CROWDED);
	assert_int_equal(w.writes, 0);
	assert_int_equal(day("new", 1, 1, DAY_START + 86400), COUNTERS_TAKEN);
}

/*
 * Every byte of the file in turn: a name that was counted gets no more than
 * its limit in its day, whatever is damaged, and is served the day after.
 */
TEST(test_damaged)
{
	unsigned char *bytes;
	size_t n, refused = 0, served = 0;
	static struct world before;

	clear(2);
	assert_int_equal(day("a", 5, 3, NOW), COUNTERS_TAKEN);
	assert_int_equal(day("b", 5, 3, NOW), COUNTERS_TAKEN);
	before = w;
	n = 2 * sizeof(w.bytes[0]);
	for (size_t i = 0; i < n; i++) {
		unsigned taken = 3;
		enum counters_what last;

		w = before;
		bytes = &w.bytes[0][0];
		bytes[i] ^= (unsigned char)(1U << i % 8);
		for (int step = 0; step < 4; step++) {
			last = day("a", 5, 1, NOW);
			taken += last == COUNTERS_TAKEN;
			assert_int_equal(
			    w.damaged, step == 0 && last == COUNTERS_BROKEN);
		}
		assert_in_range(taken, 3, 5);
		refused += last == COUNTERS_BROKEN;
		served += taken == 5;
		assert_int_equal(last == COUNTERS_BROKEN, taken == 3);
		if (last == COUNTERS_BROKEN)
			assert_int_equal(
			    day("new", 5, 1, NOW + 86399), COUNTERS_BROKEN);
		assert_int_equal(
		    day("a", 5, 5, NOW + SLOT_BLOCK_SECONDS), COUNTERS_TAKEN);
	}
	/* Its own slot alone. */
	assert_int_equal(refused, SLOT_BYTES);
	assert_int_equal(served, n - SLOT_BYTES);
}

/* All of it zeros, or a slot in another's place, is no free file. */
TEST(test_zeros)
{
	clear(2);
	memset(w.bytes, 0, sizeof(w.bytes));
	assert_int_equal(day("a", 5, 1, NOW), COUNTERS_BROKEN);
	assert_int_equal(w.writes, 16);
	assert_int_equal(day("a", 5, 1, NOW), COUNTERS_BROKEN);
	assert_int_equal(w.writes, 0);
	assert_int_equal(
	    day("a", 5, 1, NOW + SLOT_BLOCK_SECONDS - 1), COUNTERS_BROKEN);
	assert_int_equal(
	    day("a", 5, 1, NOW + SLOT_BLOCK_SECONDS), COUNTERS_TAKEN);
}

/*
 * A late request, with a clock of just before midnight, finds the damage: the
 * lost count was of the day that others are in already.
 */
TEST(test_damaged_at_midnight)
{
	long long midnight = DAY_START + 86400, next = midnight + 86400;

	clear(2);
	assert_int_equal(day("a", 1, 1, midnight + 2), COUNTERS_TAKEN);
	memset(w.bytes, 0xa5, sizeof(w.bytes));
	assert_int_equal(day("b", 1, 1, midnight - 3), COUNTERS_BROKEN);
	assert_int_equal(day("a", 1, 1, next - 1), COUNTERS_BROKEN);
	assert_int_equal(
	    day("a", 1, 1, next + SLOT_SLACK_SECONDS), COUNTERS_TAKEN);
}

/* In the same step, one found and one that may have been lost. */
TEST(test_damaged_for_one)
{
	struct counted a, b;
	struct tally two[2];

	for (int order = 0; order < 2; order++) {
		struct bucket *first;
		struct step s;

		clear(2);
		assert_int_equal(day("a", 5, 1, NOW), COUNTERS_TAKEN);
		counted_init(&a, "a", 0, 0, 5);
		two[0] = counted_tally(&a);
		assert_null(step_plan(&s, w.key, 2, two, 1, 1, NOW));
		first = step_next(&s);
		/* The last slot, which nobody has. */
		w.bytes[first->number][BUCKET_BYTES - 1] ^= 1;
		counted_init(&b, "b", 0, 0, 5);
		two[order] = counted_tally(&a);
		two[!order] = counted_tally(&b);
		assert_int_equal(steps(two, 2, 1, NOW).what, COUNTERS_BROKEN);
		assert_int_equal(w.writes, 1);
		assert_int_equal(used("a", NOW), 1);
		assert_int_equal(day("a", 5, 1, NOW), COUNTERS_TAKEN);
	}
}

static const char *
plans(struct tally *tallies, size_t n, unsigned amount, long long now)
{
	struct step s;

	return step_plan(&s, w.key, w.buckets, tallies, n, amount, now);
}

TEST(test_asked_wrongly)
{
	struct counted c, d;
	struct tally t[3];
	struct limit twice[] = { { 5, 60 }, { 6, 60 } };

	clear(2);
	counted_init(&c, "a", 1, 1, 1);
	counted_init(&d, "b", 1, 1, 1);
	t[0] = counted_tally(&c);
	t[1] = t[2] = counted_tally(&d);
	assert_null(plans(t, 1, 1, NOW));
	assert_null(plans(t, 2, BATCH_MAX, NOW));
	assert_null(plans(t, 2, 1, 1));
	assert_null(plans(t, 2, 1, SLOT_NOW_MAX));
	assert_non_null(plans(t, 2, 1, 0));
	assert_non_null(plans(t, 2, 1, -1));
	assert_non_null(plans(t, 2, 1, LLONG_MIN));
	assert_non_null(plans(t, 2, 1, SLOT_NOW_MAX + 1));
	assert_non_null(plans(t, 2, 1, LLONG_MAX));
	assert_non_null(plans(t, 0, 1, NOW));
	assert_non_null(plans(t, 3, 1, NOW));
	assert_non_null(plans(t, 1, 0, NOW));
	assert_non_null(plans(t, 1, BATCH_MAX + 1, NOW));
	assert_non_null(plans(t + 1, 2, 1, NOW)); /* one name twice */
	t[2].crowd = CROWD_OPEN;
	assert_null(plans(t + 1, 2, 1, NOW));
	t[0].crowd = CROWD_NONE;
	assert_non_null(plans(t, 1, 1, NOW));
	t[0] = counted_tally(&c);
	t[0].n = 0;
	assert_non_null(plans(t, 1, 1, NOW));
	t[0].n = POLICY_LIMITS_MAX + 1;
	assert_non_null(plans(t, 1, 1, NOW));
	t[0].n = 2;
	t[0].limits = twice;
	assert_non_null(plans(t, 1, 1, NOW));
	twice[1].seconds = 3600;
	assert_null(plans(t, 1, 1, NOW));
	twice[1].seconds = 61;
	assert_non_null(plans(t, 1, 1, NOW));
}

/* Against counting by hand: any steps, with a clock that only goes on. */
TEST(test_model)
{
	enum { NAMES = 12 };
	static const unsigned lengths[] = { 60, 3600, 86400 };
	unsigned counts[NAMES][3] = { { 0 } }, random = 1, taken = 0;
	long long starts[NAMES][3] = { { 0 } }, now = NOW;

	clear(2);
	for (int i = 0; i < 20000; i++) {
		unsigned name, amount, n, limits[3];
		struct counted c[2];
		struct tally t[2];
		bool fits = true;

		random = random * 1664525U + 1013904223U;
		now += random >> 24 > 250 ? (random >> 8) % 5000
					  : (random >> 24) % 3;
		name = (random >> 12) % NAMES;
		amount = 1 + (random >> 16) % 5;
		n = 1 + (random >> 20) % 2;
		for (unsigned j = 0; j < n; j++) {
			unsigned at = (name + j) % NAMES;
			char text[16];

			snprintf(text, sizeof(text), "%u", at);
			for (size_t k = 0; k < 3; k++)
				limits[k] = (random >> (k + 5) & 3) * 30 + 1;
			counted_init(
			    &c[j], text, limits[0], limits[1], limits[2]);
			t[j] = counted_tally(&c[j]);
			for (size_t k = 0; k < 3; k++) {
				long long start = now / lengths[k] * lengths[k];

				if (starts[at][k] != start)
					counts[at][k] = 0;
				starts[at][k] = start;
				fits =
				    fits && counts[at][k] + amount <= limits[k];
			}
		}
		assert_int_equal(steps(t, n, amount, now).what,
		    fits ? COUNTERS_TAKEN : COUNTERS_FULL);
		taken += fits;
		for (unsigned j = 0; j < n; j++)
			for (size_t k = 0; k < 3; k++) {
				unsigned *count =
				    &counts[(name + j) % NAMES][k];

				*count += fits ? amount : 0;
				assert_int_equal(t[j].counts[k].used, *count);
				assert_int_equal(t[j].counts[k].resets,
				    lengths[k] - now % lengths[k]);
			}
	}
	assert_in_range(taken, 1000, 19000);
}
