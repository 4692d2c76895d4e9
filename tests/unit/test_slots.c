#define _GNU_SOURCE

#include "test.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "counting.h"
#include "hooks.h"
#include "slots_file.h"
#include "store/slots.h"
#include "store_folder.h"

#define BUCKETS 8
#define MAKE_WAIT 2000 /* milliseconds, for who makes the file */

static struct counters *
store_of(unsigned buckets)
{
	struct counters *c = slots_new(dir(), buckets);

	assert_non_null(c);
	return c;
}

/* Its lock, as another process takes it: false when somebody has it. */
static bool
hold(int fd)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &all) == 0;
}

static void
drop(int fd)
{
	struct flock all = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_SETLK, &all) != 0)
		abort();
}

/*
 * Steps in a file that lies in memory as well: what they count, read and
 * write.
 */

static struct in_memory {
	const struct hmac_key *key;
	struct counters *store;
	unsigned buckets, reads, writes;
	unsigned char *file, *bytes; /* all of it; behind the head */
	size_t size;
} w;

static ssize_t
counted_pread(int fd, void *out, size_t n, off_t at)
{
	ssize_t got;

	hooks.pread = NULL;
	got = pread(fd, out, n, at);
	hooks.pread = counted_pread;
	w.reads += at >= SLOTS_HEAD;
	return got;
}

FIXTURE(close_world)
{
	hooks.pread = NULL;
	if (w.store != NULL)
		w.store->close(w.store);
	if (w.file != NULL)
		munmap(w.file, w.size);
	w = (struct in_memory){ .key = NULL };
}

static int
leave_world(void **state)
{
	return close_world(state) + folder_teardown(state);
}

#define STEPS(name) TEST_WITH(name, folder_setup, leave_world)

/* An empty file with the key of tests. */
static void
clear(unsigned buckets)
{
	static unsigned char mem[65536];
	int fd;

	close_world(NULL);
	w.key = counting_key(SLOTS_KEY);
	w.buckets = buckets;
	w.size = slots_size(buckets);
	slots_fill(SLOTS_KEY, buckets, mem);
	mkdir(in_folder("dir"), 0700);
	put_file("dir/counters", 0600, (struct span){ mem, w.size });
	fd = open(file(), O_RDWR | O_CLOEXEC);
	w.file = mmap(NULL, w.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(w.file != MAP_FAILED);
	close(fd);
	w.bytes = w.file + SLOTS_HEAD;
	w.store = store_of(buckets);
	assert_null(w.store->probe(w.store));
	hooks.pread = counted_pread;
}

/* The slots that are not what they were; *last: the last of them. */
static unsigned
changed_slots(const unsigned char *before, unsigned *last)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 2 * w.buckets * BUCKET_SLOTS; i++)
		if (memcmp(before + SLOTS_HEAD + i * SLOT_BYTES,
			w.bytes + i * SLOT_BYTES, SLOT_BYTES) != 0) {
			n++;
			*last = i;
		}
	return n;
}

static unsigned last_changed;

static struct counters_verdict
steps(struct tally *tallies, size_t n, unsigned amount, long long now)
{
	static unsigned char before[65536];
	struct counters_verdict v;

	memcpy(before, w.file, w.size);
	w.reads = 0;
	v = w.store->take(w.store, tallies, n, amount, now);
	w.writes = changed_slots(before, &last_changed);
	assert_memory_equal(before, w.file, SLOTS_HEAD);
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

STEPS(test_limit)
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

STEPS(test_amount)
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
STEPS(test_windows)
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
STEPS(test_unused_window)
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
STEPS(test_all_or_nothing)
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
STEPS(test_share)
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
STEPS(test_share_expired)
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
STEPS(test_crowded)
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
STEPS(test_reuse)
{
	char name[32];

	clear(4);
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "user %u", i);
		assert_int_equal(
		    day(name, 1, 1, NOW + 86400LL * (i / 8)), COUNTERS_TAKEN);
	}
}

STEPS(test_clock_back)
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
STEPS(test_clock_late)
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
STEPS(test_clock_was_ahead)
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
 * Every byte of the slots in turn: a name that was counted gets no more than
 * its limit in its day, whatever is damaged, and is served the day after.
 */
STEPS(test_damaged)
{
	size_t n, refused = 0, served = 0;
	static unsigned char before[65536];

	clear(2);
	assert_int_equal(day("a", 5, 3, NOW), COUNTERS_TAKEN);
	assert_int_equal(day("b", 5, 3, NOW), COUNTERS_TAKEN);
	memcpy(before, w.file, w.size);
	n = 2 * BUCKET_BYTES;
	for (size_t i = 0; i < n; i++) {
		unsigned taken = 3;
		enum counters_what last;

		memcpy(w.file, before, w.size);
		w.bytes[i] ^= (unsigned char)(1U << i % 8);
		for (int step = 0; step < 4; step++) {
			last = day("a", 5, 1, NOW);
			taken += last == COUNTERS_TAKEN;
			if (last == COUNTERS_BROKEN)
				assert_int_equal(w.writes, step == 0);
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
STEPS(test_zeros)
{
	unsigned char slot[SLOT_BYTES];
	unsigned at;

	clear(2);
	memset(w.bytes, 0, w.size - SLOTS_HEAD);
	assert_int_equal(day("a", 5, 1, NOW), COUNTERS_BROKEN);
	assert_int_equal(w.writes, 16);
	assert_int_equal(day("a", 5, 1, NOW), COUNTERS_BROKEN);
	assert_int_equal(w.writes, 0);
	assert_int_equal(
	    day("a", 5, 1, NOW + SLOT_BLOCK_SECONDS - 1), COUNTERS_BROKEN);
	assert_int_equal(
	    day("a", 5, 1, NOW + SLOT_BLOCK_SECONDS), COUNTERS_TAKEN);
	clear(2);
	assert_int_equal(day("a", 5, 1, NOW), COUNTERS_TAKEN);
	at = last_changed * SLOT_BYTES;
	memcpy(slot, w.bytes + at, SLOT_BYTES);
	memcpy(w.bytes + at, w.bytes + (at ^ SLOT_BYTES), SLOT_BYTES);
	memcpy(w.bytes + (at ^ SLOT_BYTES), slot, SLOT_BYTES);
	assert_int_equal(day("a", 5, 1, NOW), COUNTERS_BROKEN);
	assert_int_equal(w.writes, 2);
}

/* A damaged slot of a name is not its count; a good one behind it is. */
STEPS(test_twice)
{
	struct slot slot = { .windows = { { 0, 0 }, { 0, 0 },
				 { DAY_START + 86400, 4 } } };

	clear(2);
	assert_int_equal(day("a", 9, 1, NOW), COUNTERS_TAKEN);
	slot_tag(w.key, "a", slot.tag);
	w.bytes[last_changed * SLOT_BYTES + 20] ^= 1;
	last_changed ^= 1;
	slot_pack(
	    w.key, last_changed, &slot, w.bytes + last_changed * SLOT_BYTES);
	assert_int_equal(used("a", NOW), 4);
	assert_int_equal(w.writes, 0);
}

/*
 * A late request, with a clock of just before midnight, finds the damage: the
 * lost count was of the day that others are in already.
 */
STEPS(test_damaged_at_midnight)
{
	long long midnight = DAY_START + 86400, next = midnight + 86400;

	clear(2);
	assert_int_equal(day("a", 1, 1, midnight + 2), COUNTERS_TAKEN);
	memset(w.bytes, 0xa5, w.size - SLOTS_HEAD);
	assert_int_equal(day("b", 1, 1, midnight - 3), COUNTERS_BROKEN);
	assert_int_equal(day("a", 1, 1, next - 1), COUNTERS_BROKEN);
	assert_int_equal(
	    day("a", 1, 1, next + SLOT_SLACK_SECONDS), COUNTERS_TAKEN);
}

/* In the same step, one found and one that may have been lost. */
STEPS(test_damaged_for_one)
{
	struct counted a, b;
	struct tally two[2];

	for (int order = 0; order < 2; order++) {
		clear(2);
		assert_int_equal(day("a", 5, 1, NOW), COUNTERS_TAKEN);
		/* The last slot of its bucket, which nobody has. */
		w.bytes[(last_changed | 7) * SLOT_BYTES + 63] ^= 1;
		counted_init(&a, "a", 0, 0, 5);
		counted_init(&b, "b", 0, 0, 5);
		two[order] = counted_tally(&a);
		two[!order] = counted_tally(&b);
		assert_int_equal(steps(two, 2, 1, NOW).what, COUNTERS_BROKEN);
		assert_int_equal(w.writes, 1);
		assert_int_equal(used("a", NOW), 1);
		assert_int_equal(day("a", 5, 1, NOW), COUNTERS_TAKEN);
	}
}

/* Because of what it is asked for; it writes nothing then. */
static bool
asks(struct tally *tallies, size_t n, unsigned amount, long long now)
{
	struct counters_verdict v = steps(tallies, n, amount, now);

	if (v.what == COUNTERS_TAKEN)
		return true;
	assert_int_equal(w.writes, 0);
	assert_true(strstr(v.reason, "can't be counted") != NULL ||
		    strstr(v.reason, "clock") != NULL);
	return false;
}

/* The contract's other parts: test_counters.c. */
STEPS(test_asked_wrongly)
{
	struct counted c, d;
	struct tally t[3];

	clear(2);
	counted_init(&c, "a", 0, 0, 1000);
	counted_init(&d, "b", 0, 0, 1000);
	t[0] = counted_tally(&c);
	t[1] = counted_tally(&d);
	assert_true(asks(t, 1, 1, NOW));
	assert_true(asks(t, 2, BATCH_MAX, NOW));
	assert_true(asks(t, 2, 1, 1));
	assert_false(asks(t, 2, 1, 0));
	assert_false(asks(t, 2, 1, -1));
	assert_false(asks(t, 2, 1, LLONG_MIN));
	assert_false(asks(t, 2, 1, SLOT_NOW_MAX + 1));
	assert_false(asks(t, 2, 1, LLONG_MAX));
	assert_false(asks(t, 2, BATCH_MAX + 1, NOW));
	assert_false(asks(t, 2, 0, NOW));
	t[0].crowd = CROWD_NONE;
	assert_false(asks(t, 1, 1, NOW));
	t[0].crowd = CROWD_KNOWN;
	assert_true(asks(t, 2, 1, SLOT_NOW_MAX));
	assert_int_equal(t[0].counts[0].resets, 1);
}

/* A clock that goes back: the count stays, the end comes nearer. */
STEPS(test_settle)
{
	static const unsigned windows[3] = { 60, 3600, 86400 };

	for (size_t i = 0; i < 3; i++) {
		long long start = NOW / windows[i] * windows[i], back;
		struct counted c;
		struct tally t;

		clear(2);
		counted_init(
		    &c, "a", i == 0 ? 5 : 0, i == 1 ? 5 : 0, i == 2 ? 5 : 0);
		one(&t, &c, 5, start);
		/* Just before it began, it is the present one. */
		for (back = 0; back <= SLOT_SLACK_SECONDS; back++) {
			assert_int_equal(
			    one(&t, &c, 1, start - back).what, COUNTERS_FULL);
			assert_int_equal(w.writes, 0);
			assert_int_equal(t.counts[0].used, 5);
			assert_int_equal(t.counts[0].resets, windows[i]);
		}
		one(&t, &c, 1, start - back);
		assert_int_equal(w.writes, 1);
		assert_int_equal(t.counts[0].used, 5);
		assert_int_equal(t.counts[0].resets, back);
		one(&t, &c, 1, start - back);
		assert_int_equal(w.writes, 0);
		one(&t, &c, 20, start);
		assert_int_equal(t.counts[0].used, 0);
	}
}

/* An end that no clock ever gave. */
STEPS(test_far_end)
{
	struct slot slot = { .windows = {
				 { 0, 0 }, { 0, 0 }, { LLONG_MAX, 5 } } };

	clear(2);
	assert_int_equal(day("a", 5, 1, NOW), COUNTERS_TAKEN);
	slot_tag(w.key, "a", slot.tag);
	for (int sign = 0; sign < 2; sign++) {
		slot.windows[2].end = sign == 0 ? LLONG_MAX : -1;
		slot_pack(w.key, last_changed, &slot,
		    w.bytes + last_changed * SLOT_BYTES);
		assert_int_equal(day("a", 5, 1, NOW), COUNTERS_FULL);
		assert_int_equal(
		    day("a", 5, 1, DAY_START + 86399), COUNTERS_FULL);
	}
	assert_int_equal(day("a", 5, 1, DAY_START + 86400), COUNTERS_TAKEN);
}

/* A slot that is blocked is so for no longer when the clock goes back. */
STEPS(test_block)
{
	long long back = NOW - SLOT_SLACK_SECONDS;

	clear(2);
	memset(w.bytes, 0, SLOT_BYTES);
	assert_int_equal(day("a", 1, 1, NOW), COUNTERS_BROKEN);
	assert_int_equal(w.writes, 1);
	assert_int_equal(day("a", 1, 1, back), COUNTERS_BROKEN);
	assert_int_equal(w.writes, 0);
	assert_int_equal(day("a", 1, 1, back - 1), COUNTERS_BROKEN);
	assert_int_equal(w.writes, 1);
	assert_int_equal(
	    day("a", 1, 1, back - 1 + SLOT_BLOCK_SECONDS - 1), COUNTERS_BROKEN);
	assert_int_equal(
	    day("a", 1, 1, back - 1 + SLOT_BLOCK_SECONDS), COUNTERS_TAKEN);
}

/* The crowds never share a bucket, and each bucket is somebody's. */
STEPS(test_places)
{
	for (unsigned buckets = 2; buckets <= 9; buckets++) {
		unsigned seen[2] = { 0, 0 };

		clear(buckets);
		for (unsigned i = 0; i < 500; i++) {
			size_t open = i % 2;
			struct counted c;
			struct tally t;
			unsigned bucket;
			char name[32];

			snprintf(name, sizeof(name), "name %u", i);
			counted_init(&c, name, 0, 0, 1);
			c.tally.crowd = open ? CROWD_OPEN : CROWD_KNOWN;
			if (one(&t, &c, 1, NOW + i / 16 * 86400LL).what !=
			    COUNTERS_TAKEN)
				continue;
			bucket = last_changed / BUCKET_SLOTS;
			assert_int_equal(bucket >= buckets, open);
			seen[open] |= 1U << (bucket - open * buckets);
		}
		assert_int_equal(seen[0], (1U << buckets) - 1);
		assert_int_equal(seen[1], (1U << buckets) - 1);
	}
}

/* Against counting by hand: any steps, with a clock that only goes on. */
STEPS(test_model)
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
/* A child that does not outlive a test that has failed. */
static pid_t
child_of_test(void)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return child;
}

static enum counters_what
take(struct counters *c, const char *name, unsigned limit, unsigned amount)
{
	return count_day(c, name, limit, amount, NOW).what;
}

static void
breaks(struct counters *c, const char *reason)
{
	struct counters_verdict v = count_day(c, "alice", 100, 1, NOW);

	assert_int_equal(v.what, COUNTERS_BROKEN);
	assert_int_equal(v.retry_after, 0);
	if (strstr(v.reason, reason) == NULL)
		fail_msg("\"%s\" not in \"%s\"", reason, v.reason);
}

/* breaks(): did it wait for that long? */
static bool
breaks_late(struct counters *c, const char *reason, long long ms)
{
	long long start = counters_clock();

	breaks(c, reason);
	return counters_clock() - start >= ms;
}

/* Until the pause after a failure is over. */
static void
wait_for_probe(struct counters *c)
{
	for (int i = 0; c->probe(c) != NULL; i++) {
		assert_in_range(i, 0, 6000);
		usleep(10000);
	}
}

TEST_WITH(test_counts, folder_setup, folder_teardown)
{
	int before = lowest_free();
	struct counters *a = store_of(BUCKETS), *b = store_of(BUCKETS);
	struct counted user, all;
	struct tally two[2];
	struct counters_verdict v;

	counted_init(&user, "alice", 30, 0, 40);
	counted_init(&all, "all", 0, 60, 0);
	for (unsigned i = 0; i < 3; i++) {
		two[0] = counted_tally(&user);
		two[1] = counted_tally(&all);
		v = (i == 1 ? b : a)
			->take(i == 1 ? b : a, two, 2, i == 1 ? 20 : 1, NOW);
		assert_int_equal(v.what, COUNTERS_TAKEN);
		assert_null(v.reason);
		assert_int_equal(v.retry_after, 0);
	}
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(two[i].counts[0].used, 22);
	assert_int_equal(two[0].counts[0].resets, 30);
	assert_int_equal(two[0].counts[1].used, 22);
	v = b->take(b, two, 2, 9, NOW);
	assert_int_equal(v.what, COUNTERS_FULL);
	assert_null(v.reason);
	assert_int_equal(two[1].counts[0].used, 22);
	assert_int_equal(b->take(b, two, 2, 8, NOW).what, COUNTERS_TAKEN);
	assert_null(a->probe(a));
	a->close(a);
	b->close(b);
	assert_int_equal(lowest_free(), before);
}

/* Nothing is opened, or made, before it is asked for. */
TEST_WITH(test_lazy, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	struct stat st;

	assert_int_not_equal(stat(in_folder("dir"), &st), 0);
	assert_null(c->probe(c));
	assert_int_equal(stat(file(), &st), 0);
	assert_int_equal(st.st_size, slots_size(BUCKETS));
	c->close(c);
	c = store_of(BUCKETS);
	c->close(c);
}

TEST_WITH(test_size, folder_setup, folder_teardown)
{
	struct counters *c = slots_new(folder, SLOTS_BUCKETS);
	struct stat st;

	assert_null(c->probe(c));
	assert_int_equal(stat(in_folder("counters"), &st), 0);
	assert_int_equal(st.st_size, 4194816);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_FULL);
	c->close(c);
}

TEST_WITH(test_asked_wrongly_at_first, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);

	assert_int_equal(count_day(c, "alice", 1, 1, 0).what, COUNTERS_BROKEN);
	assert_non_null(
	    strstr(count_day(c, "alice", 1, 1, -5).reason, "clock"));
	assert_int_equal(
	    count_day(c, "alice", 1, 0, NOW).what, COUNTERS_BROKEN);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	c->close(c);
}

/* Ever new names, and the file stays as it is. */
TEST_WITH(test_many, folder_setup, folder_teardown)
{
	struct counters *c = store_of(2);
	unsigned taken = 0, crowded = 0;
	struct stat before, after;
	char name[32];

	assert_null(c->probe(c));
	assert_int_equal(stat(file(), &before), 0);
	for (unsigned i = 0; i < 100000; i++) {
		struct counters_verdict v;

		snprintf(name, sizeof(name), "user %u", i);
		v = count_day(c, name, 1, 1, NOW + i / 1000 * 86400LL);
		taken += v.what == COUNTERS_TAKEN;
		crowded += v.what == COUNTERS_CROWDED;
		if (v.what == COUNTERS_CROWDED) {
			assert_non_null(strstr(v.reason, "no room"));
			assert_int_equal(
			    v.retry_after, DAY_START + 86400 - NOW);
		}
	}
	assert_int_equal(taken + crowded, 100000);
	assert_int_equal(taken, 100 * 16);
	assert_int_equal(stat(file(), &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(after.st_blocks, before.st_blocks);
	assert_int_equal(after.st_ino, before.st_ino);
	c->close(c);
}

static off_t
load(unsigned char *bytes, size_t cap)
{
	int fd = open(file(), O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, cap);

	assert_true(n > 0);
	close(fd);
	return n;
}

/* Every byte of the file: never more than the limit, before and after. */
TEST_WITH(test_every_byte, folder_setup, folder_teardown)
{
	static unsigned char good[4096], bad[4096];
	struct counters *c = store_of(2);
	unsigned full = 0;
	off_t n;

	assert_int_equal(take(c, "alice", 5, 3), COUNTERS_TAKEN);
	assert_int_equal(take(c, "bob", 5, 3), COUNTERS_TAKEN);
	c->close(c);
	n = load(good, sizeof(good));
	for (off_t i = 0; i < n; i++) {
		unsigned taken;

		memcpy(bad, good, (size_t)n);
		bad[i] ^= (unsigned char)(1U << i % 8);
		put_file("dir/counters", 0600, (struct span){ bad, (size_t)n });
		c = store_of(2);
		taken = count_up(c, "alice", 5, NOW);
		assert_true(taken == 0 || taken == 2);
		full += taken == 2;
		c->close(c);
	}
	assert_int_equal(full, n - SLOTS_HEAD - SLOT_BYTES);
}

/* While it is open: truncated, zeroed, its bytes those of another one. */
TEST_WITH(test_damaged_while_open, folder_setup, folder_teardown)
{
	static unsigned char other[4096];
	struct counters *c = store_of(2), *d;
	off_t n, size = (off_t)slots_size(2);

	assert_null(c->probe(c));
	n = load(other, sizeof(other));
	assert_int_equal(remove(file()), 0);
	assert_int_equal(take(c, "alice", 5, 3), COUNTERS_TAKEN);
	/* Another key under the same inode: nothing is written with the old. */
	put_file("dir/counters", 0600, (struct span){ other, (size_t)n });
	assert_int_equal(take(c, "alice", 5, 3), COUNTERS_TAKEN);
	d = store_of(2);
	assert_int_equal(take(d, "alice", 5, 3), COUNTERS_FULL);
	assert_int_equal(take(d, "alice", 5, 2), COUNTERS_TAKEN);
	d->close(d);
	assert_int_equal(truncate(file(), SLOTS_HEAD), 0);
	assert_int_equal(truncate(file(), size), 0);
	breaks(c, "a slot was damaged");
	breaks(c, "a slot was damaged");
	assert_null(c->probe(c));
	assert_int_equal(
	    count_day(c, "alice", 5, 1, NOW + SLOT_BLOCK_SECONDS).what,
	    COUNTERS_TAKEN);
	assert_int_equal(truncate(file(), 0), 0);
	assert_int_equal(truncate(file(), size), 0);
	breaks(c, "no file of counts");
	assert_int_equal(remove(file()), 0);
	wait_for_probe(c);
	assert_int_equal(take(c, "alice", 5, 5), COUNTERS_TAKEN);
	assert_int_equal(truncate(file(), size - 1), 0);
	breaks(c, "remove it");
	c->close(c);
}

/* Replaced by something else, and after that by nothing. */
TEST_WITH(test_replaced, folder_setup, folder_teardown)
{
	for (int kind = 0; kind < 4; kind++) {
		struct counters *c = store_of(BUCKETS);

		assert_int_equal(take(c, "alice", 5, 5), COUNTERS_TAKEN);
		assert_int_equal(take(c, "alice", 5, 1), COUNTERS_FULL);
		assert_int_equal(rename(file(), in_folder("old")), 0);
		if (kind == 0)
			assert_int_equal(mkfifo(file(), 0600), 0);
		else if (kind == 1)
			assert_int_equal(symlink("../old", file()), 0);
		else if (kind == 2)
			assert_int_equal(mkdir(file(), 0700), 0);
		else
			put_file("dir/counters", 0600, SPAN_LIT("x"));
		breaks(c, file());
		assert_non_null(c->probe(c));
		assert_int_equal(remove(file()), 0);
		c->close(c);
	}
}

/* Of a failure to open, not of a full limit. */
TEST_WITH(test_pause, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	long long start = counters_clock();

	put_folder("dir", 0777);
	assert_int_equal(chmod(in_folder("dir"), 0777), 0);
	breaks(c, "chmod o-w");
	assert_int_equal(chmod(in_folder("dir"), 0700), 0);
	wait_for_probe(c);
	assert_in_range(counters_clock() - start, 100, 100000);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_FULL);
	assert_int_equal(remove(file()), 0);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	c->close(c);
}

/*
 * Another process makes the file, which takes long on a busy disk: the first
 * call waits for it, and nobody is refused. Where it never ends, one call has
 * waited, and the others are told at once.
 */
TEST_WITH(test_made_elsewhere, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	long long start;
	int fd, late = 0, status;
	pid_t child;

	put_folder("dir", 0700);
	put_file("dir/counters.new", 0600, SPAN_LIT(""));
	fd = open(in_folder("dir/counters.new"), O_RDWR | O_CLOEXEC);
	assert_true(hold(fd));
	start = counters_clock();
	child = child_of_test();
	if (child == 0) {
		usleep(100000);
		drop(fd);
		_exit(0);
	}
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	assert_in_range(counters_clock() - start, 100, 100000);
	assert_int_equal(waitpid(child, &status, 0), child);
	c->close(c);
	assert_int_equal(remove(file()), 0);
	close(fd);

	c = store_of(BUCKETS);
	put_file("dir/counters.new", 0600, SPAN_LIT(""));
	fd = open(in_folder("dir/counters.new"), O_RDWR | O_CLOEXEC);
	assert_true(hold(fd));
	assert_true(breaks_late(c, "still making it", MAKE_WAIT));
	for (int i = 0; i < 20; i++) {
		late += breaks_late(c, "still making it", MAKE_WAIT);
		usleep(20000);
	}
	assert_in_range(late, 0, 2);
	close(fd);
	wait_for_probe(c);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	c->close(c);
}

TEST_WITH(test_write_fails, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	struct rlimit before, limit;

	assert_int_equal(take(c, "alice", 5, 1), COUNTERS_TAKEN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = SLOTS_HEAD;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	breaks(c, "can't be written to");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(count_up(c, "alice", 5, NOW), 4);
	c->close(c);
}

/* Waits until n bytes came through. */
static void
wait_bytes(int fd, size_t n)
{
	char c;

	while (n-- > 0)
		assert_int_equal(read(fd, &c, 1), 1);
}

TEST_WITH(test_lock_held, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	int pipes[2], late = 0, status;
	pid_t child;

	assert_null(c->probe(c));
	assert_int_equal(pipe(pipes), 0);
	child = child_of_test();
	if (child == 0) {
		int fd = open(file(), O_RDWR | O_CLOEXEC);

		if (hold(fd) && write(pipes[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	wait_bytes(pipes[0], 1);
	kill(child, SIGSTOP);
	assert_true(breaks_late(c, "another process holds its lock", 200));
	/* Then without waiting each time. */
	for (int i = 0; i < 100; i++)
		late += breaks_late(c, "another process holds its lock", 200);
	assert_in_range(late, 0, 50);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	close(pipes[0]);
	close(pipes[1]);
	c->close(c);
}

/* What children count in memory that they share. */
static unsigned *
shared(size_t n)
{
	unsigned *memory = mmap(NULL, n * sizeof(unsigned),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	return memory;
}

static void
wait_all(unsigned n)
{
	int status;

	for (unsigned i = 0; i < n; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

/* A step; a machine that is busy may hold up who has the lock. */
static enum counters_what
take_at_last(struct counters *c, const char *name, unsigned limit)
{
	enum counters_what what = take(c, name, limit, 1);

	for (int i = 0; i < 60000 && what == COUNTERS_BROKEN; i++) {
		usleep(1000);
		what = take(c, name, limit, 1);
	}
	return what;
}

/* A child opens the file for itself: its parent's lock would be its own. */
TEST_WITH(test_fork, folder_setup, folder_teardown)
{
	int fd = lowest_free(), status;
	struct counters *c = store_of(BUCKETS);
	pid_t child;

	assert_null(c->probe(c));
	assert_true(hold(fd));
	child = child_of_test();
	if (child == 0)
		_exit(take(c, "alice", 1, 1) != COUNTERS_BROKEN);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	drop(fd);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	c->close(c);
}

/* Also when the store was opened before the fork. */
TEST_WITH(test_processes, folder_setup, folder_teardown)
{
	unsigned *taken = shared(2);

	for (unsigned round = 0; round < 2; round++) {
		struct counters *c = store_of(BUCKETS);
		char name[32];

		snprintf(name, sizeof(name), "round %u", round);
		if (round == 1)
			assert_null(c->probe(c));
		for (unsigned i = 0; i < 4; i++)
			if (child_of_test() == 0) {
				for (int step = 0; step < 5000; step++)
					if (take_at_last(c, name, 100) ==
					    COUNTERS_TAKEN)
						__atomic_add_fetch(
						    &taken[round], 1,
						    __ATOMIC_SEQ_CST);
				_exit(0);
			}
		wait_all(4);
		assert_int_equal(taken[round], 100);
		c->close(c);
	}
	munmap(taken, 2 * sizeof(unsigned));
}

/*
 * All change to the new file together: no limit's worth twice. state: twice
 * the round, and one more while there are to be steps.
 */
static _Noreturn void
step_by_rounds(const unsigned *round_state, unsigned *taken, unsigned end)
{
	struct counters *c = store_of(BUCKETS);
	char name[32];

	for (;;) {
		unsigned now = __atomic_load_n(round_state, __ATOMIC_SEQ_CST);

		if (now == end)
			_exit(0);
		snprintf(name, sizeof(name), "%u", now / 2);
		if (now % 2 == 0)
			usleep(10);
		else if (take(c, name, 50, 1) == COUNTERS_TAKEN)
			__atomic_add_fetch(
			    &taken[now / 2], 1, __ATOMIC_SEQ_CST);
	}
}

TEST_WITH(test_removed_by_several, folder_setup, folder_teardown)
{
	enum { ROUNDS = 50 };
	unsigned *taken = shared(ROUNDS + 1), *now = &taken[ROUNDS];
	struct counters *c = store_of(BUCKETS);

	for (unsigned i = 0; i < 4; i++)
		if (child_of_test() == 0)
			step_by_rounds(now, taken, 2 * ROUNDS);
	for (unsigned round = 0; round < ROUNDS; round++) {
		char name[32];

		__atomic_add_fetch(now, 1, __ATOMIC_SEQ_CST);
		snprintf(name, sizeof(name), "%u", round);
		while (take_at_last(c, name, 50) == COUNTERS_TAKEN)
			__atomic_add_fetch(&taken[round], 1, __ATOMIC_SEQ_CST);
		__atomic_add_fetch(now, 1, __ATOMIC_SEQ_CST);
		assert_int_equal(remove(file()), 0);
	}
	wait_all(4);
	/* A step that was under way at the removal may be in either file. */
	for (unsigned round = 0; round < ROUNDS; round++)
		assert_in_range(taken[round], 50, 50 + 4);
	munmap(taken, (ROUNDS + 1) * sizeof(unsigned));
	c->close(c);
}

/* What is counted for this name, of a limit that is never reached. */
static unsigned
counted_now(struct counters *c, const char *name)
{
	struct counters_verdict v = { COUNTERS_BROKEN, NULL, 0 };
	struct counted counted;
	struct tally tally;

	counted_init(&counted, name, 0, 0, 1);
	for (int i = 0; i < 60000 && v.what == COUNTERS_BROKEN; i++) {
		usleep(i == 0 ? 0 : 1000);
		tally = counted_tally(&counted);
		v = c->take(c, &tally, 1, BATCH_MAX, NOW);
	}
	assert_int_equal(v.what, COUNTERS_FULL);
	return tally.counts[0].used;
}

static pid_t
stepper(unsigned *taken)
{
	pid_t child = child_of_test();

	if (child == 0) {
		struct counters *c = store_of(BUCKETS);

		for (;;)
			if (take(c, "alice", LIMIT_COUNT_MAX, 1) ==
			    COUNTERS_TAKEN)
				__atomic_add_fetch(taken, 1, __ATOMIC_SEQ_CST);
	}
	return child;
}

/* Kills at any point lose no count, and leave no lock and no damage. */
TEST_WITH(test_killed, folder_setup, folder_teardown)
{
	enum { KILLS = 1000 / THINNED(4) };
	struct counters *c = store_of(BUCKETS);
	unsigned *taken = shared(1), last = 0, seen;
	unsigned random = 1;
	pid_t children[4];
	int status;

	for (unsigned i = 0; i < 4; i++)
		children[i] = stepper(taken);
	for (unsigned i = 0; i < KILLS; i++) {
		pid_t *child;

		random = random * 1664525U + 1013904223U;
		child = &children[random >> 30];
		usleep((random >> 8) % 1500);
		kill(*child, SIGKILL);
		assert_int_equal(waitpid(*child, &status, 0), *child);
		assert_true(WIFSIGNALED(status));
		*child = stepper(taken);
		if (i % 50 != 0)
			continue;
		seen = counted_now(c, "alice");
		assert_true(seen >= last);
		last = seen;
	}
	for (unsigned i = 0; i < 4; i++) {
		kill(children[i], SIGKILL);
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
	}
	seen = counted_now(c, "alice");
	assert_true(seen >= last && *taken > 0);
	assert_true(*taken <= seen && seen <= *taken + KILLS + 4);
	assert_null(c->probe(c));
	munmap(taken, sizeof(unsigned));
	c->close(c);
}

/* Also when the test has failed. */
static int
disk_teardown(void **state)
{
	umount2(in_folder("disk"), MNT_DETACH);
	return folder_teardown(state);
}

/* A disk that is full: nothing is counted, nor what is left damaged. */
TEST_WITH(test_full_disk, folder_setup, disk_teardown)
{
	const char *disk = put_folder("disk", 0700);
	static const char block[4096];
	struct counters *c;
	int fd;

	need_root();
	if (mount("tmpfs", disk, "tmpfs", 0, "size=64k,mode=0700") != 0) {
		print_message("no mount here: a full disk is not tested\n");
		skip();
	}
	c = slots_new(disk, 1000);
	breaks(c, "no room for its");
	c->close(c);
	c = slots_new(disk, BUCKETS);
	assert_null(c->probe(c));
	fd = open(in_folder("disk/big"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
	/* What was made needs no more room. */
	assert_int_equal(count_up(c, "alice", 20, NOW), 20);
	assert_int_equal(
	    mount(NULL, disk, NULL, MS_REMOUNT | MS_RDONLY, NULL), -1);
	c->close(c);
	assert_int_equal(
	    mount(NULL, disk, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	c = slots_new(disk, BUCKETS);
	breaks(c, "read-only");
	c->close(c);
}
