#define _GNU_SOURCE /* statx, F_OFD_SETLK */

#include "store/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/random.h"
#include "base/trusted.h"
#include "base/write.h"
#include "store/network.h"

/*
 * The file:
 *
 *    0  "signpost slots 1"    the format, with its version
 *   16  buckets of one crowd  4 bytes
 *   32  key                   32 random bytes, for all HMACs of this file
 *  504  checksum              the first 8 bytes of SHA-256 of bytes 0 to 503
 *  512  the buckets of CROWD_KNOWN, then as many of CROWD_OPEN
 *
 * A bucket is eight slots that lie together, of 64 bytes each:
 *
 *    0  tag        16 bytes of the name's HMAC; zeros: no name
 *   16  windows    3 times: its end (8 bytes, seconds of Unix time) and what
 *                  was counted in it (4 bytes)
 *   56  checksum   8 bytes of an HMAC over the slot's number and bytes 0 to 55
 *
 * Zeros between them; numbers are little-endian. Because of its number, a slot
 * that was copied to another place is damaged, and so is one of zeros only.
 *
 * A name is in one of two buckets that its HMAC picks; a new one goes to the
 * emptier. So a file can be filled nearly to the brim before a name finds no
 * room, and without the key nobody can make names that meet in one place.
 */
#define HEAD_BYTES 512 /* a bucket's, so that none crosses a sector */
#define HEAD_BUCKETS 16
#define HEAD_KEY 32
#define HEAD_KEY_BYTES 32
#define HEAD_CHECKED 504 /* bytes before the checksum */

#define BUCKET_SLOTS 8
#define BUCKET_BYTES (BUCKET_SLOTS * SLOT_BYTES)
#define BUCKETS_MIN 2 /* of one crowd */
#define BUCKETS_MAX 1048576
#define CHOICES 2    /* buckets in which a name can be */
#define PICK_BYTES 8 /* of the HMAC, behind the tag, for each choice */

#define SLOT_BYTES 64
#define SLOT_TAG 16
#define SLOT_CHECKED 56
#define WINDOWS 3
#define WINDOW_BYTES 12
#define END_BYTES 8

#define DAY 86400

/*
 * So far may the clocks of two requests be apart. Without it a request that
 * read the clock just before a window's end, and came late, would take what
 * was counted since for the past, and drop it.
 */
#define SLACK_SECONDS 10

/* For so long a damaged slot is kept from everybody: see block(). */
#define BLOCK_SECONDS (DAY + SLACK_SECONDS)

/* The latest time that is taken for one: the end of the year 9999. */
#define NOW_MAX 253402300799LL

/* Milliseconds. */
#define LOCK_WAIT 200   /* for others' steps, which take microseconds */
#define PAUSE_WAIT 1000 /* after a failure, before the next wait */
#define PAUSE_OPEN 100  /* the same before the next attempt to open it */
#define MAKE_WAIT 2000  /* for who makes the file, maybe on a busy disk */

#define TRIES 3      /* when the file is replaced, or removed, in between */
#define TRIES_MAKE 4 /* the same of one that is being made */
#define REASON_MAX (2 * PATH_TEXT_MAX + 512)

static const struct span magic = SPAN_INIT("signpost slots 1");
static const unsigned lengths[WINDOWS] = { 60, 3600, DAY };

static_assert(HEAD_BYTES == BUCKET_BYTES, "buckets lie on sectors");
static_assert(SLOT_TAG + WINDOWS * WINDOW_BYTES <= SLOT_CHECKED, "they fit");
static_assert(SLOT_TAG + CHOICES * PICK_BYTES <= 32, "of 32 bytes");

/*
 * Slots and buckets. Pure: bytes in, bytes out.
 */

struct slot {
	unsigned char tag[SLOT_TAG];
	struct slot_window {
		long long end; /* what was counted is void from here on */
		unsigned count;
	} windows[WINDOWS]; /* of a minute, an hour and a day */
};

struct bucket {
	unsigned number; /* which one of the file */
	/* Bit i: slot i is to be written; is spoken for in this step. */
	unsigned changed, claimed;
	bool loaded; /* its bytes are there */
	unsigned char bytes[BUCKET_BYTES];
};

/* What a look at all of a bucket's slots gives. */
struct bucket_room {
	unsigned n_free, first_free; /* the second only when there is one */
	long long first_end;         /* of a slot that is not free */
	bool blocked;                /* a count may have been lost here */
	bool damaged;                /* seen for the first time */
};

static void
put(unsigned char *out, size_t n, unsigned long long value)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(value >> 8 * i & 0xff);
}

static unsigned long long
get(const unsigned char *in, size_t n)
{
	unsigned long long value = 0;

	for (size_t i = n; i > 0; i--)
		value = value << 8 | in[i - 1];
	return value;
}

/* The label keeps these apart from the names' tags under the same key. */
static bool
checksum(const struct hmac_key *key, unsigned index, const unsigned char *bytes,
    unsigned char out[static DIGEST_MAX])
{
	unsigned char number[4];
	struct span parts[] = { SPAN_LIT("slot"), { number, sizeof(number) },
		{ bytes, SLOT_CHECKED } };

	put(number, sizeof(number), index);
	return hmac_of(key, parts, 3, out) >= SLOT_BYTES - SLOT_CHECKED;
}

/* index: which slot of the file. */
static void
pack(const struct hmac_key *key, unsigned index, const struct slot *slot,
    unsigned char out[static SLOT_BYTES])
{
	unsigned char sum[DIGEST_MAX], *at = out + SLOT_TAG;

	memset(out, 0, SLOT_BYTES);
	memcpy(out, slot->tag, SLOT_TAG);
	for (size_t i = 0; i < WINDOWS; i++, at += WINDOW_BYTES) {
		put(at, END_BYTES, (unsigned long long)slot->windows[i].end);
		put(at + END_BYTES, WINDOW_BYTES - END_BYTES,
		    slot->windows[i].count);
	}
	/* Without a checksum it is damaged: that is the safe side. */
	if (checksum(key, index, out, sum))
		memcpy(out + SLOT_CHECKED, sum, SLOT_BYTES - SLOT_CHECKED);
}

/* False, and *out is all zeros, when it is damaged. */
static bool
unpack(const struct hmac_key *key, unsigned index,
    const unsigned char in[static SLOT_BYTES], struct slot *out)
{
	const unsigned char *at = in + SLOT_TAG;
	unsigned char sum[DIGEST_MAX];

	*out = (struct slot){ .tag = { 0 } };
	if (!checksum(key, index, in, sum) ||
	    !digest_equal(sum, in + SLOT_CHECKED, SLOT_BYTES - SLOT_CHECKED))
		return false;
	memcpy(out->tag, in, SLOT_TAG);
	for (size_t i = 0; i < WINDOWS; i++, at += WINDOW_BYTES) {
		/* Over LLONG_MAX nothing was ever written. */
		out->windows[i].end =
		    (long long)(get(at, END_BYTES) & LLONG_MAX);
		out->windows[i].count =
		    (unsigned)get(at + END_BYTES, WINDOW_BYTES - END_BYTES);
	}
	return true;
}

/* Which window has this length, one of the three. */
static size_t
window_of(unsigned seconds)
{
	return seconds == lengths[0] ? 0 : seconds == lengths[1] ? 1 : 2;
}

/* The end of the window that now lies in. */
static long long
end_at(size_t window, long long now)
{
	return (now / lengths[window] + 1) * lengths[window];
}

static bool
has_name(const struct slot *slot)
{
	static const unsigned char no_name[SLOT_TAG];

	return memcmp(slot->tag, no_name, SLOT_TAG) != 0;
}

/*
 * Puts right what a clock that was ahead has left: a window that ends later
 * than the present one of its length keeps its count and ends with that one,
 * so that nobody waits longer than a window. True when something changed.
 */
static bool
settle(struct slot *slot, long long now)
{
	bool named = has_name(slot), changed = false;

	for (size_t i = 0; i < WINDOWS; i++) {
		struct slot_window *w = &slot->windows[i];
		long long latest = named ? end_at(i, now + SLACK_SECONDS)
					 : now + BLOCK_SECONDS + SLACK_SECONDS;

		if (w->end <= latest)
			continue;
		w->end = named ? end_at(i, now) : now + BLOCK_SECONDS;
		changed = true;
	}
	return changed;
}

/* When the last of its windows is over, and the slot free. */
static long long
end_of(const struct slot *slot)
{
	long long end = 0;

	for (size_t i = 0; i < WINDOWS; i++)
		if (slot->windows[i].end > end)
			end = slot->windows[i].end;
	return end;
}

/* What counts now, and the seconds until it does not, 1 to the length. */
static struct count
count_of(const struct slot *slot, size_t window, long long now)
{
	const struct slot_window *w = &slot->windows[window];
	long long length = lengths[window];
	long long left = (w->end > now ? w->end : end_at(window, now)) - now;

	return (struct count){ w->end > now ? w->count : 0,
		(unsigned)(left > length ? length : left) };
}

/*
 * In place of a damaged slot: no name, until all that may have been counted
 * in it is over, also what another request counted whose clock is ahead.
 */
static void
block(struct slot *slot, long long now)
{
	*slot = (struct slot){ .tag = { 0 } };
	for (size_t i = 0; i < WINDOWS; i++)
		slot->windows[i] =
		    (struct slot_window){ now + BLOCK_SECONDS, UINT_MAX };
}

static bool
bucket_get(const struct bucket *b, const struct hmac_key *key, unsigned at,
    struct slot *out)
{
	return unpack(key, b->number * BUCKET_SLOTS + at,
	    b->bytes + at * SLOT_BYTES, out);
}

static void
bucket_put(struct bucket *b, const struct hmac_key *key, unsigned at,
    const struct slot *slot)
{
	pack(key, b->number * BUCKET_SLOTS + at, slot,
	    b->bytes + at * SLOT_BYTES);
	b->changed |= 1U << at;
}

/*
 * The good slot with this tag; false when there is none. The tag first: it
 * alone tells nearly all of them apart, for much less.
 */
static bool
bucket_find(const struct bucket *b, const struct hmac_key *key,
    const unsigned char tag[static SLOT_TAG], unsigned *at, struct slot *out)
{
	for (*at = 0; *at < BUCKET_SLOTS; ++*at)
		if (memcmp(b->bytes + *at * SLOT_BYTES, tag, SLOT_TAG) == 0 &&
		    bucket_get(b, key, *at, out))
			return true;
	return false;
}

/* Settles every slot, puts blocks in place of damaged ones, and looks. */
static struct bucket_room
bucket_look(struct bucket *b, const struct hmac_key *key, long long now)
{
	struct bucket_room found = { .first_end = LLONG_MAX };
	struct slot slot;

	for (unsigned i = BUCKET_SLOTS; i-- > 0;) {
		bool good = bucket_get(b, key, i, &slot);
		long long end;

		if (!good)
			block(&slot, now);
		if (settle(&slot, now) || !good)
			bucket_put(b, key, i, &slot);
		end = end_of(&slot);
		found.damaged = found.damaged || !good;
		found.blocked =
		    found.blocked || (!has_name(&slot) && end > now);
		if (end > now) {
			if (end < found.first_end)
				found.first_end = end;
		} else if ((b->claimed & 1U << i) == 0) {
			found.n_free++;
			found.first_free = i;
		}
	}
	return found;
}

/*
 * One step: all of its tallies or nothing, on buckets that lie in memory. Pure
 * as well; the caller reads them before, writes the slots that changed, for
 * whatever verdict, and holds the lock in between.
 */

struct slots_step {
	const struct hmac_key *key;
	long long now;
	unsigned amount;
	bool damaged; /* a slot was found damaged that was not known to be */
	size_t n, n_buckets;
	struct bucket buckets[COUNTERS_TALLIES_MAX * CHOICES];
	struct slots_name {
		struct tally *tally;
		unsigned char tag[SLOT_TAG];
		struct bucket *choices[CHOICES];
		struct bucket *home; /* NULL: it has no slot yet */
		unsigned at;
		struct slot slot;
	} names[COUNTERS_TALLIES_MAX];
};

static struct counters_verdict
verdict(enum counters_what what, const char *reason)
{
	return (struct counters_verdict){ what, reason, 0 };
}

static struct bucket *
add_bucket(struct slots_step *t, unsigned number)
{
	struct bucket *b = t->buckets;

	while (b < t->buckets + t->n_buckets && b->number != number)
		b++;
	if (b == t->buckets + t->n_buckets) {
		b->number = number;
		b->changed = b->claimed = 0;
		b->loaded = false;
		t->n_buckets++;
	}
	return b;
}

/* Where a name can be: its tag, and two different buckets. */
static bool
choose(struct slots_step *t, struct slots_name *name, unsigned buckets)
{
	struct span parts[] = { SPAN_LIT("name"), name->tally->name };
	unsigned char mac[DIGEST_MAX], *picks = mac + SLOT_TAG;
	unsigned region = name->tally->crowd == CROWD_OPEN ? buckets : 0;
	unsigned first, other;

	if (name->tally->crowd == CROWD_NONE ||
	    hmac_of(t->key, parts, 2, mac) < SLOT_TAG + 2 * PICK_BYTES)
		return false;
	memcpy(name->tag, mac, SLOT_TAG);
	first = (unsigned)(get(picks, PICK_BYTES) % buckets);
	other = (unsigned)(get(picks + PICK_BYTES, PICK_BYTES) % (buckets - 1));
	name->choices[0] = add_bucket(t, region + first);
	name->choices[1] =
	    add_bucket(t, region + (first + 1 + other) % buckets);
	return true;
}

/* What is asked for, and the buckets that it takes. NULL, or why it can't be.
 */
static const char *
step_plan(struct slots_step *t, const struct hmac_key *key, unsigned buckets,
    struct tally *tallies, size_t n, unsigned amount, long long now)
{
	const char *fault = counters_fault(tallies, n, amount);

	if (now <= 0 || now > NOW_MAX)
		return "the clock is wrong: set it";
	if (fault != NULL)
		return fault;
	t->key = key;
	t->now = now;
	t->amount = amount;
	t->damaged = false;
	t->n = n;
	t->n_buckets = 0;
	for (size_t i = 0; i < n; i++) {
		t->names[i].tally = &tallies[i];
		t->names[i].home = NULL;
		if (!choose(t, &t->names[i], buckets))
			return "this can't be counted: no such limit";
	}
	return NULL;
}

/* Is it there? Then it stays, and no new name may have its slot. */
static void
step_find(struct slots_step *t, struct slots_name *name, struct bucket *b)
{
	if (!bucket_find(b, t->key, name->tag, &name->at, &name->slot))
		return;
	name->home = b;
	b->claimed |= 1U << name->at;
	if (settle(&name->slot, t->now))
		bucket_put(b, t->key, name->at, &name->slot);
}

/*
 * A free slot for a new name. Where a slot was damaged, it may not be new:
 * what was counted for it may have been lost there.
 */
static struct counters_verdict
step_place(struct slots_step *t, struct slots_name *name)
{
	struct bucket_room rooms[CHOICES], *best = rooms;
	long long wait;

	for (size_t i = 0; i < CHOICES; i++) {
		rooms[i] = bucket_look(name->choices[i], t->key, t->now);
		t->damaged = t->damaged || rooms[i].damaged;
		if (rooms[i].n_free > best->n_free)
			best = &rooms[i];
	}
	if (rooms[0].blocked || rooms[1].blocked)
		return verdict(COUNTERS_BROKEN,
		    "a slot was damaged, and with it maybe the count of this "
		    "name: the few names that share it are refused for a day");
	if (best->n_free == 0) {
		wait = (rooms[0].first_end < rooms[1].first_end
			       ? rooms[0].first_end
			       : rooms[1].first_end) -
		       t->now;
		return (struct counters_verdict){ COUNTERS_CROWDED,
			"there is no room to count one more name for now",
			wait > DAY ? DAY : (unsigned)wait };
	}
	name->home = name->choices[best - rooms];
	name->at = best->first_free;
	name->home->claimed |= 1U << name->at;
	name->slot = (struct slot){ .tag = { 0 } };
	memcpy(name->slot.tag, name->tag, SLOT_TAG);
	return verdict(COUNTERS_TAKEN, NULL);
}

/* What is used now; is there room for the amount besides? */
static bool
step_look(const struct slots_step *t, const struct slots_name *name)
{
	struct tally *tally = name->tally;
	bool fits = true;

	for (size_t i = 0; i < tally->n; i++) {
		const struct limit *limit = &tally->limits[i];
		struct count *count = &tally->counts[i];

		*count =
		    count_of(&name->slot, window_of(limit->seconds), t->now);
		/* A limit that was lowered may be passed already. */
		fits = fits && count->used <= limit->count &&
		       t->amount <= limit->count - count->used;
	}
	return fits;
}

static void
step_add(struct slots_step *t, struct slots_name *name)
{
	for (size_t i = 0; i < name->tally->n; i++) {
		size_t window = window_of(name->tally->limits[i].seconds);
		struct slot_window *w = &name->slot.windows[window];

		if (w->end <= t->now)
			*w = (struct slot_window){ end_at(window, t->now), 0 };
		w->count += t->amount;
		name->tally->counts[i].used += t->amount;
	}
	bucket_put(name->home, t->key, name->at, &name->slot);
}

/*
 * The tallies' counts are filled when it is TAKEN or FULL; a reason is a
 * constant. All that have a slot are found by now, so that no new one gets
 * theirs.
 */
static struct counters_verdict
step_take(struct slots_step *t)
{
	struct counters_verdict v = verdict(COUNTERS_TAKEN, NULL);
	bool fits = true;

	for (size_t i = 0; i < t->n && v.what != COUNTERS_BROKEN; i++)
		if (t->names[i].home == NULL) {
			struct counters_verdict one =
			    step_place(t, &t->names[i]);

			v = one.what == COUNTERS_TAKEN ? v : one;
		}
	if (v.what != COUNTERS_TAKEN)
		return v;
	for (size_t i = 0; i < t->n; i++)
		fits = step_look(t, &t->names[i]) && fits;
	if (!fits)
		return verdict(COUNTERS_FULL, NULL);
	for (size_t i = 0; i < t->n; i++)
		step_add(t, &t->names[i]);
	return v;
}

/*
 * The lock on the whole file, between processes: an open file description lock
 * (fcntl(2)). The kernel drops it when its holder dies.
 */

enum lock { LOCK_FAILED = 0, LOCK_TAKEN, LOCK_BUSY };

static enum lock
lock_set(int fd, short type)
{
	struct flock all = { .l_type = type, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_SETLK, &all) == 0)
		return LOCK_TAKEN;
	return errno == EAGAIN || errno == EACCES || errno == EINTR
		   ? LOCK_BUSY
		   : LOCK_FAILED;
}

/*
 * Tries for about this many milliseconds, and at least once; never waits in the
 * kernel, since a stopped process may hold it. A step holds it for a few
 * microseconds: so a few tries first, each with a chance for others to run.
 * Then naps, each twice the last.
 */
static enum lock
lock_take(int fd, long long milliseconds)
{
	long long end = counters_clock() + milliseconds;
	enum lock got = lock_set(fd, F_WRLCK);
	long nap = 20000; /* nanoseconds */

	if (milliseconds <= 0)
		return got;
	for (int i = 0; got == LOCK_BUSY && i < 10; i++) {
		sched_yield();
		got = lock_set(fd, F_WRLCK);
	}
	while (got == LOCK_BUSY) {
		nanosleep(&(struct timespec){ .tv_nsec = nap }, NULL);
		nap = nap < 250000 ? 2 * nap : 500000;
		got = lock_set(fd, F_WRLCK);
		if (counters_clock() >= end)
			break;
	}
	return got;
}

/*
 * The file: opening, reading and writing it.
 */

struct slots {
	struct counters base; /* the first member: it is found from it */
	const char *folder;
	unsigned buckets;
	/* Empty when they would be too long. */
	char path[PATH_TEXT_MAX + 1], draft[PATH_TEXT_MAX + 1];
	int fd; /* -1: not open */
	/* A forked child has the parent's locks, so opens its own. */
	pid_t owner;
	struct slots_seen {
		uint64_t inode, size;
		uint32_t major, minor, user, mode;
	} opened; /* what it was like then */
	unsigned char head[HEAD_BYTES];
	alignas(max_align_t) unsigned char key[HMAC_KEY_MAX];
	/* Before these times of counters_clock(): don't open; don't wait. */
	long long open_after, wait_after;
	bool hasty; /* the last attempt failed: don't wait for who makes it */
	struct sink why; /* into reason */
	char reason[REASON_MAX + 1];
};

static_assert(sizeof(struct slots_seen) == 32, "there is nothing between them");

static struct hmac_key *
key_of(struct slots *s)
{
	return (struct hmac_key *)(void *)s->key;
}

static unsigned long long
size_of(const struct slots *s)
{
	return HEAD_BYTES + 2ULL * s->buckets * BUCKET_BYTES;
}

static void
hush(struct slots *s)
{
	sink_init(&s->why, s->reason, REASON_MAX);
	s->reason[0] = '\0';
}

/* Adds the file and what is wrong with it to the reason. */
static bool
fail(struct slots *s, const char *format, ...)
{
	va_list values;

	sink_say(&s->why, "%s: ", s->path);
	va_start(values, format);
	sink_say_list(&s->why, format, &values);
	va_end(values);
	return false;
}

static bool
head_checksum(const unsigned char *head, unsigned char out[static DIGEST_MAX])
{
	struct span checked = { head, HEAD_CHECKED };

	return digest_of(HASH_SHA256, &checked, 1, out);
}

/* The key of a right one. */
static bool
head_key(struct slots *s)
{
	return hmac_key_init(key_of(s), HASH_SHA256,
	    (struct span){ s->head + HEAD_KEY, HEAD_KEY_BYTES });
}

/* A new one. False when there is no randomness. */
static bool
head_make(struct slots *s)
{
	unsigned char sum[DIGEST_MAX];

	memset(s->head, 0, HEAD_BYTES);
	memcpy(s->head, magic.p, magic.n);
	put(s->head + HEAD_BUCKETS, 4, s->buckets);
	if (!random_kernel.fill(
		&random_kernel, s->head + HEAD_KEY, HEAD_KEY_BYTES) ||
	    !head_checksum(s->head, sum))
		return false;
	memcpy(s->head + HEAD_CHECKED, sum, HEAD_BYTES - HEAD_CHECKED);
	return head_key(s);
}

/* What is wrong with it, and what to do; NULL when it is right. */
static const char *
head_fault(const struct slots *s)
{
	unsigned char sum[DIGEST_MAX];

	if (!span_starts((struct span){ s->head, HEAD_BYTES }, magic))
		return "this is no file of counts of this version: remove it "
		       "if nothing else needs it, and counting starts anew";
	if (!head_checksum(s->head, sum) ||
	    !digest_equal(
		s->head + HEAD_CHECKED, sum, HEAD_BYTES - HEAD_CHECKED))
		return "its first block is damaged: remove it, and counting "
		       "starts anew";
	if (get(s->head + HEAD_BUCKETS, 4) != s->buckets)
		return "it was made for another number of counts: remove it, "
		       "and counting starts anew";
	return NULL;
}

/* All n bytes, in or out. False with errno, 0 at the end of the file. */
static bool
move_at(int fd, bool out, unsigned char *bytes, size_t n, off_t at)
{
	while (n > 0) {
		ssize_t done =
		    out ? pwrite(fd, bytes, n, at) : pread(fd, bytes, n, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done == 0)
			errno = 0;
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
		at += done;
	}
	return true;
}

/*
 * What is at path, or open with fd when path is empty. It must not ask for the
 * times: since Linux 6.13 a write behind such a look changes the inode, and
 * with that takes twice as long.
 */
static bool
see(int fd, const char *path, struct slots_seen *seen)
{
	unsigned wanted =
	    STATX_TYPE | STATX_MODE | STATX_UID | STATX_INO | STATX_SIZE;
	struct statx st;

	if (statx(fd, path, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, wanted, &st) !=
		0 ||
	    (st.stx_mask & wanted) != wanted)
		return false;
	*seen = (struct slots_seen){ st.stx_ino, st.stx_size, st.stx_dev_major,
		st.stx_dev_minor, st.stx_uid, st.stx_mode };
	return true;
}

/* What is open is one of ours, whole, and of this number of buckets. */
static bool
file_check(struct slots *s)
{
	const char *fault;

	if (!see(s->fd, "", &s->opened))
		return fail(s, "can't be looked at");
	if (network_refuse(s->path, &s->why))
		return false;
	if (s->opened.size != size_of(s))
		return fail(s,
		    "it has %d bytes, not %d: remove it, and counting starts "
		    "anew",
		    (long long)s->opened.size, (long long)size_of(s));
	if (!move_at(s->fd, false, s->head, HEAD_BYTES, 0))
		return fail(s, "it can't be read");
	fault = head_fault(s);
	return fault == NULL ? head_key(s) : fail(s, "%s", fault);
}

static void
file_close(struct slots *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	wipe(s->head, sizeof(s->head));
	wipe(s->key, sizeof(s->key));
}

/*
 * Does the path still lead to what is open, with the size, owner and mode
 * that were found right? To be asked under the lock.
 */
static bool
file_is_current(const struct slots *s)
{
	struct slots_seen is;

	return see(AT_FDCWD, s->path, &is) &&
	       memcmp(&is, &s->opened, sizeof(is)) == 0;
}

/* Is the first block what it was? */
static bool
file_has_same_head(const struct slots *s)
{
	unsigned char head[HEAD_BYTES];

	return move_at(s->fd, false, head, HEAD_BYTES, 0) &&
	       memcmp(head, s->head, HEAD_BYTES) == 0;
}

static off_t
offset_of(const struct bucket *b)
{
	return HEAD_BYTES + (off_t)b->number * BUCKET_BYTES;
}

/*
 * Finds the names that have a slot: a bucket is read when it is needed, and
 * most names are in the first of their two. False with errno.
 */
static bool
file_find(const struct slots *s, struct slots_step *t)
{
	for (size_t i = 0; i < t->n * CHOICES; i++) {
		struct slots_name *name = &t->names[i / CHOICES];
		struct bucket *b = name->choices[i % CHOICES];

		if (name->home != NULL)
			continue;
		if (!b->loaded && !move_at(s->fd, false, b->bytes, BUCKET_BYTES,
				      offset_of(b)))
			return false;
		b->loaded = true;
		step_find(t, name, b);
	}
	return true;
}

/* Each slot that changed, by a write of its own. False with errno. */
static bool
file_write(const struct slots *s, struct slots_step *t)
{
	for (size_t i = 0; i < t->n_buckets * BUCKET_SLOTS; i++) {
		struct bucket *b = &t->buckets[i / BUCKET_SLOTS];
		size_t at = i % BUCKET_SLOTS;

		if ((b->changed & 1U << at) != 0 &&
		    !move_at(s->fd, true, b->bytes + at * SLOT_BYTES,
			SLOT_BYTES, offset_of(b) + (off_t)(at * SLOT_BYTES)))
			return false;
	}
	return true;
}

/*
 * A new file. It gets its name only when all of it is on the disk: a process
 * that is killed, or a full disk, leaves at most the draft, the same path with
 * ".new", which the next one clears away.
 */

enum made { MADE_FAILED = 0, MADE, MADE_AGAIN };

/* All slots, empty. */
static bool
write_slots(int fd, const struct hmac_key *key, unsigned n)
{
	const struct slot empty = { .tag = { 0 } };
	unsigned char mem[256 * SLOT_BYTES];
	size_t used = 0;

	for (unsigned i = 0; i < n; i++) {
		pack(key, i, &empty, mem + used);
		used += SLOT_BYTES;
		if (used < sizeof(mem) && i + 1 < n)
			continue;
		if (!write_all(fd, (struct span){ mem, used }))
			return false;
		used = 0;
	}
	return true;
}

/* All of the file, to the disk: counting needs no more room. */
static bool
fill(struct slots *s, int fd)
{
	if (!head_make(s))
		return fail(s, "the kernel gives no random bytes");
	if (fchmod(fd, 0600) == 0 &&
	    write_all(fd, (struct span){ s->head, HEAD_BYTES }) &&
	    write_slots(fd, key_of(s), 2 * s->buckets * BUCKET_SLOTS) &&
	    fsync(fd) == 0)
		return true;
	if (errno == ENOSPC || errno == EDQUOT)
		return fail(s, "there is no room for its %d bytes",
		    (long long)size_of(s));
	return fail(s, "it can't be made (error %d)", (long long)errno);
}

/* Does the draft's name still lead to the file that is open? */
static bool
is_draft(const struct slots *s, const struct stat *opened)
{
	struct stat st;

	return lstat(s->draft, &st) == 0 && st.st_dev == opened->st_dev &&
	       st.st_ino == opened->st_ino;
}

/*
 * Under the lock of the file that the draft leads to, so nobody else is at work
 * on it. One that has bytes, or another name, may be in use by who opened it
 * when it had its own name: it is never written to, but left to them.
 */
static enum made
make_locked(struct slots *s, int fd)
{
	enum made made = MADE_FAILED;
	struct stat st, there;

	if (fstat(fd, &st) != 0 || !is_draft(s, &st))
		return MADE_AGAIN;
	if (lstat(s->path, &there) == 0) {
		made = MADE;
	} else if (st.st_size != 0 || st.st_nlink != 1) {
		made = MADE_AGAIN;
	} else if (fill(s, fd)) {
		if (link(s->draft, s->path) == 0 || errno == EEXIST)
			made = MADE;
		else
			fail(s, "it can't get its name (error %d)",
			    (long long)errno);
	}
	unlink(s->draft);
	return made;
}

static enum made
make_once(struct slots *s, long long wait)
{
	int fd = trusted_open_write(s->draft, true, &s->why);
	enum made made = MADE_FAILED;

	if (fd < 0)
		return MADE_FAILED;
	switch (lock_take(fd, wait)) {
	case LOCK_TAKEN:
		made = make_locked(s, fd);
		break;
	case LOCK_BUSY:
		fail(s, "another process is still making it");
		break;
	case LOCK_FAILED:
		fail(s, "its file system has no locks");
		break;
	}
	close(fd);
	return made;
}

/* Its last name only. */
static bool
make_folder(struct slots *s)
{
	if (mkdir(s->folder, 0700) == 0 || errno == EEXIST)
		return true;
	if (errno == ENOENT || errno == ENOTDIR)
		return fail(s,
		    "there is no folder above %s to make it in: is the path "
		    "right?",
		    s->folder);
	if (errno == EACCES || errno == EPERM || errno == EROFS)
		return fail(s,
		    "the user who runs this can't make the folder %s: make it, "
		    "and chown it to that user",
		    s->folder);
	return fail(s, "its folder can't be made (error %d)", (long long)errno);
}

/* True when there is a file now, whoever made it. */
static bool
make(struct slots *s, long long wait)
{
	enum made made = MADE_AGAIN;

	if (s->draft[0] == '\0')
		return fail(s, "this path is too long");
	if (!make_folder(s) || network_refuse(s->folder, &s->why))
		return false;
	for (int i = 0; i < TRIES_MAKE && made == MADE_AGAIN; i++)
		made = make_once(s, wait);
	if (made == MADE_AGAIN)
		return fail(s, "others keep removing what is made");
	return made == MADE;
}

/* A descriptor, after making the file where there is none; -1 with why. */
static int
open_or_make(struct slots *s, long long wait)
{
	struct stat st;

	for (int i = 0; i < TRIES; i++) {
		struct sink before = s->why;
		int fd = trusted_open_write(s->path, false, &s->why);

		if (fd >= 0 || lstat(s->path, &st) == 0 || errno != ENOENT)
			return fd;
		s->why = before;
		if (!make(s, wait))
			return -1;
	}
	fail(s, "others keep removing it");
	return -1;
}

/*
 * Opens it, after making it where there is none, and waiting as many
 * milliseconds for another process that makes it.
 */
static bool
file_open(struct slots *s, long long wait)
{
	struct rlimit limit;

	file_close(s);
	if (s->path[0] == '\0') {
		sink_say(&s->why, "%s: this path is too long", s->folder);
		return false;
	}
	/* Beyond it a write would be a signal, also inside (setrlimit(2)). */
	if (getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
	    (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < size_of(s)))
		return fail(
		    s, "files may not be so large here: raise ulimit -f");
	s->fd = open_or_make(s, wait);
	s->owner = getpid();
	if (s->fd >= 0 && file_check(s))
		return true;
	file_close(s);
	return false;
}

/*
 * The counters: see base/counters.h.
 */

/* What was said; it stays until the next call. */
static const char *
reason_of(struct slots *s)
{
	s->reason[s->why.n] = '\0';
	return s->reason;
}

/*
 * Open, now or already? After a failure the next attempt waits, and what was
 * said stays.
 */
static bool
ready(struct slots *s)
{
	if (s->fd >= 0 && s->owner == getpid()) {
		hush(s);
		return true;
	}
	if (counters_clock() < s->open_after)
		return false;
	hush(s);
	s->hasty = !file_open(s, s->hasty ? 0 : MAKE_WAIT);
	if (s->hasty)
		s->open_after = counters_clock() + PAUSE_OPEN;
	return !s->hasty;
}

/*
 * Under the lock. False: the file was replaced and nothing done; try with the
 * new one. Where there is no verdict, a reason.
 */
static bool
step_locked(struct slots *s, struct slots_step *t, struct counters_verdict *v)
{
	if (!file_is_current(s))
		return false;
	if (!file_find(s, t))
		return !fail(
		    s, "it can't be read (error %d)", (long long)errno);
	*v = step_take(t);
	/* With another key all slots look damaged: they must not be touched. */
	if (t->damaged && !file_has_same_head(s))
		return false;
	if (!file_write(s, t)) {
		*v = verdict(COUNTERS_BROKEN, NULL);
		fail(s, "it can't be written to (error %d)", (long long)errno);
	} else if (v->reason != NULL) {
		fail(s, "%s", v->reason);
	}
	return true;
}

static bool
step_once(struct slots *s, struct slots_step *t, struct counters_verdict *v)
{
	bool patient = counters_clock() >= s->wait_after, done = true;

	*v = verdict(COUNTERS_BROKEN, NULL);
	switch (lock_take(s->fd, patient ? LOCK_WAIT : 0)) {
	case LOCK_TAKEN:
		done = step_locked(s, t, v);
		lock_set(s->fd, F_UNLCK);
		break;
	case LOCK_BUSY:
		s->wait_after = counters_clock() + PAUSE_WAIT;
		fail(s, "another process holds its lock: is one stopped?");
		break;
	case LOCK_FAILED:
		fail(s, "it can't be locked (error %d)", (long long)errno);
		break;
	}
	v->reason = s->why.n > 0 ? reason_of(s) : NULL;
	return done;
}

static struct counters_verdict
take(struct counters *self, struct tally *tallies, size_t n, unsigned amount,
    long long now)
{
	struct slots *s = (struct slots *)(void *)self;

	for (int i = 0; i < TRIES; i++) {
		struct counters_verdict v;
		struct slots_step step;
		const char *fault;

		if (!ready(s))
			return verdict(COUNTERS_BROKEN, reason_of(s));
		fault = step_plan(
		    &step, key_of(s), s->buckets, tallies, n, amount, now);
		if (fault != NULL)
			return verdict(COUNTERS_BROKEN, fault);
		if (step_once(s, &step, &v))
			return v;
		file_close(s);
	}
	fail(s, "others keep replacing it");
	return verdict(COUNTERS_BROKEN, reason_of(s));
}

static const char *
probe(struct counters *self)
{
	struct slots *s = (struct slots *)(void *)self;

	for (int i = 0; i < TRIES; i++) {
		if (!ready(s))
			return reason_of(s);
		if (file_is_current(s) && file_has_same_head(s))
			return NULL;
		file_close(s);
	}
	fail(s, "others keep replacing it");
	return reason_of(s);
}

static void
close_slots(struct counters *self)
{
	struct slots *s = (struct slots *)(void *)self;

	file_close(s);
	free(s);
}

struct counters *
slots_new(const char *folder, unsigned buckets)
{
	struct slots *s = malloc(sizeof(*s));

	if (buckets < BUCKETS_MIN || buckets > BUCKETS_MAX)
		abort(); /* no configuration names it */
	if (s == NULL)
		return NULL;
	s->base = (struct counters){ take, probe, close_slots };
	s->folder = folder;
	s->buckets = buckets;
	s->fd = -1;
	s->owner = 0;
	s->open_after = s->wait_after = counters_clock();
	s->hasty = false;
	sink_string(s->path, sizeof(s->path), "%s/counters", folder);
	sink_string(s->draft, sizeof(s->draft), "%s/counters.new", folder);
	hush(s);
	return &s->base;
}
