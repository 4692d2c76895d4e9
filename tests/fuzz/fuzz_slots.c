/*
 * Steps of the store in a file that others damage. The input is a row of acts,
 * ACT_BYTES each: steps of one or two names at any time, steps that are killed
 * before all is written, and edits of the file's bytes.
 *
 * Beside it counts a model that knows names and windows and no slots: for each
 * at least what was granted and must still count, and at most what may. It
 * does not know what becomes of the second when the clock goes back by more
 * than the slack; the first holds always.
 */
#define _GNU_SOURCE /* of the tests' headers */

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/counting.h"
#include "../unit/slots_file.h"
#include "fuzz.h"
#include "store/slots.h"

#define ACT_BYTES 6
#define ACTS_MAX 64
#define BUCKETS 2 /* of each crowd: a name can be in both */
#define SLOTS (2 * BUCKETS * BUCKET_SLOTS)
#define CROWD_SLOTS (BUCKETS * BUCKET_SLOTS)
#define NAMES 24
#define NAMES_KNOWN 20 /* the first of them; the others are anybody's */
#define NEWCOMER NAMES /* is known, and asks at the end alone */
#define WINDOWS 3
#define HISTORY_MAX ((ACTS_MAX + 3) * SLOTS)

static const unsigned lengths[WINDOWS] = { 60, 3600, 86400 };

/* The file, and every slot that was ever written into it, and where. */
static struct file {
	unsigned char (*bytes)[SLOT_BYTES]; /* where the store reads them */
	unsigned char saved[SLOTS][SLOT_BYTES];
	size_t n_history;
	struct written {
		size_t at;
		unsigned char bytes[SLOT_BYTES];
	} history[HISTORY_MAX];
} file;

struct window {
	long long end; /* from here on it counts no more */
	unsigned count;
};

static struct name {
	unsigned char tag[SLOT_TAG];
	char text[8];
	struct window low[WINDOWS], high[WINDOWS];
	bool hurt;   /* its slot was damaged */
	bool forged; /* its slot was put in place of another */
} names[NAMES + 1];

static struct clock {
	long long now, latest;
	bool back; /* it went back by more than the slack */
} clock_;

static bool clean; /* nothing was edited */
static const struct hmac_key *key;
static struct counters *store;

static char folder[] = "/tmp/signpost-fuzz-XXXXXX", path[64];

/* What an act asks for. */
struct ask {
	size_t n;
	size_t who[COUNTERS_TALLIES_MAX];
	struct tally tallies[COUNTERS_TALLIES_MAX];
	struct limit limits[COUNTERS_TALLIES_MAX][WINDOWS];
	unsigned amount;
};

static enum crowd
crowd_of(size_t who)
{
	return who < NAMES_KNOWN || who == NEWCOMER ? CROWD_KNOWN : CROWD_OPEN;
}

static void
write_slot(size_t at, const unsigned char *bytes)
{
	struct written *w = &file.history[file.n_history++];

	must(file.n_history <= HISTORY_MAX, "there is room");
	memcpy(file.bytes[at], bytes, SLOT_BYTES);
	memcpy(w->bytes, bytes, SLOT_BYTES);
	w->at = at;
}

/* How many slots may still be written before this process is killed. */
static unsigned writes_left;

/* In the place of the C library's: what is written is seen, or lost. */
ssize_t
pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	size_t slot = ((size_t)at - SLOTS_HEAD) / SLOT_BYTES;

	(void)fd;
	must(n == SLOT_BYTES && at >= SLOTS_HEAD && slot < SLOTS &&
		 at % SLOT_BYTES == 0,
	    "one slot is written");
	if (writes_left > 0) {
		write_slot(slot, bytes);
		writes_left--;
	}
	return (ssize_t)n;
}

/* Where all begins: an empty file, and names of which nothing is counted. */
static struct empty {
	unsigned char head[SLOTS_HEAD], slots[SLOTS][SLOT_BYTES];
} empty;

static void
leave(void)
{
	unlink(path);
	rmdir(folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	unsigned char *map;
	int fd;

	(void)argc;
	(void)argv;
	key = counting_key(SLOTS_KEY);
	slots_fill(SLOTS_KEY, BUCKETS, (unsigned char *)&empty);
	must(
	    mkdtemp(folder) != NULL && atexit(leave) == 0, "there is a folder");
	snprintf(path, sizeof(path), "%s/counters", folder);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	must(write(fd, &empty, sizeof(empty)) == sizeof(empty),
	    "there is a file");
	map = mmap(
	    NULL, sizeof(empty), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(map != MAP_FAILED, "it lies in memory");
	close(fd);
	file.bytes = (unsigned char(*)[SLOT_BYTES])(map + SLOTS_HEAD);
	store = slots_new(folder, BUCKETS);
	must(store != NULL && store->probe(store) == NULL, "it is a store");
	for (size_t i = 0; i <= NAMES; i++) {
		snprintf(names[i].text, sizeof(names[i].text), "user%zu", i);
		slot_tag(key, names[i].text, names[i].tag);
	}
	return 0;
}

static void
begin(void)
{
	file.n_history = 0;
	for (size_t i = 0; i < SLOTS; i++)
		write_slot(i, empty.slots[i]);
	memcpy(file.saved, file.bytes[0], sizeof(file.saved));
	for (size_t i = 0; i <= NAMES; i++) {
		memset(names[i].low, 0, sizeof(names[i].low));
		memset(names[i].high, 0, sizeof(names[i].high));
		names[i].hurt = names[i].forged = false;
	}
	clock_ = (struct clock){ NOW, NOW, false };
	clean = true;
}

static long long
end_of(long long now, size_t window)
{
	return now - now % lengths[window] + lengths[window];
}

/* The clocks of two requests may be apart, but not by much. */
static void
turn_clock(unsigned char by)
{
	static const long long turns[] = { 0, 0, 1, 2, 5, 9, 10, 11, 30, 59, 60,
		61, 600, 3599, 3600, 3601, 40000, 86389, 86390, 86399, 86400,
		86401, 1000000000, SLOT_NOW_MAX, -1, -2, -5, -9, -10, -11, -60,
		-3600, -86400, -86410, -1000000000 };
	long long now = clock_.now;

	if (by < 128) {
		now += turns[by % (sizeof(turns) / sizeof(turns[0]))];
	} else {
		/* So near to a window's end, before or behind it. */
		now = end_of(now, by % WINDOWS) + (by - 128) / WINDOWS - 21;
	}
	if (now < 1)
		now = 1;
	if (now > SLOT_NOW_MAX)
		now = SLOT_NOW_MAX;
	clock_.now = now;
	if (now < clock_.latest - SLOT_SLACK_SECONDS)
		clock_.back = true;
	if (now > clock_.latest)
		clock_.latest = now;
}

/*
 * At least this counts. What is over for one is dropped, for all; after a
 * clock that went back a count ends with that window at the latest, so that
 * from then on nothing more is known.
 */
static void
age_low(struct window *w, size_t window)
{
	long long end = end_of(clock_.now, window);

	if (clock_.back && w->end > end)
		w->end = end;
	if (w->end <= clock_.now)
		*w = (struct window){ 0, 0 };
}

static void
age_all(void)
{
	for (size_t i = 0; i <= NAMES; i++)
		for (size_t j = 0; j < WINDOWS; j++)
			age_low(&names[i].low[j], j);
}

static void
count(struct window *w, size_t window, unsigned amount)
{
	if (w->end <= clock_.now)
		*w = (struct window){ end_of(clock_.now, window), 0 };
	w->count += amount;
}

static size_t
window_of(const struct limit *limit)
{
	size_t i = 0;

	while (lengths[i] != limit->seconds)
		i++;
	return i;
}

/* The most that may count for it now. */
static unsigned
highest(const struct name *name, size_t window)
{
	const struct window *w = &name->high[window];

	return w->end > clock_.now ? w->count : 0;
}

/* The second is known of a name that no edit met, while the clock goes on. */
static bool
is_exact(const struct name *name)
{
	return !name->hurt && !clock_.back;
}

static bool
lives(const struct window *windows)
{
	for (size_t i = 0; i < WINDOWS; i++)
		if (windows[i].end > clock_.now)
			return true;
	return false;
}

/* Of a crowd: those that have a slot at least (or at most), and these. */
static size_t
population(const struct ask *ask, enum crowd crowd, bool at_most)
{
	size_t n = 0;

	for (size_t i = 0; i <= NAMES; i++) {
		bool asks =
		    ask->who[0] == i || (ask->n == 2 && ask->who[1] == i);

		if (crowd_of(i) == crowd &&
		    (asks || lives(at_most ? names[i].high : names[i].low)))
			n++;
	}
	return n;
}

static bool
is_crowded(const struct ask *ask, bool at_most)
{
	for (size_t i = 0; i < ask->n; i++)
		if (population(ask, crowd_of(ask->who[i]), at_most) >
		    CROWD_SLOTS)
			return true;
	return false;
}

/* A count that a verdict gives; granted: of the amount, if it was taken. */
static void
check_count(const struct ask *ask, const struct name *name,
    const struct limit *limit, struct count count, unsigned granted)
{
	size_t window = window_of(limit);
	long long resets = clock_.now + count.resets;

	must(count.resets >= 1 && count.resets <= limit->seconds,
	    "a window ends within its length");
	must(count.used >= name->low[window].count + granted,
	    "what was granted counts");
	must(granted == 0 ||
		 (count.used >= ask->amount && count.used <= limit->count),
	    "a limit is not passed");
	if (!is_exact(name))
		return;
	must(count.used <= highest(name, window) + granted,
	    "what was not granted does not count");
	must(resets % limit->seconds == 0 || count.resets == limit->seconds,
	    "a window ends where it should");
}

/* Was there a reason to refuse? */
static void
check_full(const struct ask *ask)
{
	bool full = false;

	for (size_t i = 0; i < ask->n; i++) {
		const struct tally *t = &ask->tallies[i];

		for (size_t j = 0; j < t->n; j++)
			full = full || !is_exact(&names[ask->who[i]]) ||
			       highest(&names[ask->who[i]],
				   window_of(&t->limits[j])) +
				       ask->amount >
				   t->limits[j].count;
	}
	must(full, "only what is full is refused");
}

static void
check_verdict(const struct ask *ask, struct counters_verdict v)
{
	bool counted = v.what == COUNTERS_TAKEN || v.what == COUNTERS_FULL;

	must((v.reason == NULL) == counted, "a failure has a reason");
	must((v.retry_after != 0) == (v.what == COUNTERS_CROWDED) &&
		 v.retry_after <= SLOT_DAY,
	    "only who is crowded out is told to wait");
	must(v.what != COUNTERS_BROKEN || !clean,
	    "only what was damaged is broken");
	if (v.what == COUNTERS_CROWDED && clean && !clock_.back)
		must(
		    is_crowded(ask, true), "who finds no room is one too many");
	if (v.what == COUNTERS_TAKEN)
		must(!is_crowded(ask, false), "there was room");
	if (ask->n == 1 && !names[ask->who[0]].hurt &&
	    lives(names[ask->who[0]].low))
		must(counted, "who is counted goes on being counted");
	for (size_t i = 0; counted && i < ask->n; i++)
		for (size_t j = 0; j < ask->tallies[i].n; j++)
			check_count(ask, &names[ask->who[i]],
			    &ask->tallies[i].limits[j],
			    ask->tallies[i].counts[j],
			    v.what == COUNTERS_TAKEN ? ask->amount : 0);
	if (v.what == COUNTERS_FULL)
		check_full(ask);
}

/* granted is false for a step that was killed: it may count, or not. */
static void
count_all(const struct ask *ask, bool granted)
{
	for (size_t i = 0; i < ask->n; i++)
		for (size_t j = 0; j < ask->tallies[i].n; j++) {
			struct name *name = &names[ask->who[i]];
			size_t window = window_of(&ask->limits[i][j]);

			count(&name->high[window], window, ask->amount);
			if (granted)
				count(&name->low[window], window, ask->amount);
		}
}

/* Like a request: killed after so many writes (0: not killed). */
static struct counters_verdict
step(struct ask *ask, unsigned killed)
{
	struct counters_verdict v;
	bool asked;

	age_all();
	writes_left = killed > 0 ? killed : SLOTS;
	v = store->take(store, ask->tallies, ask->n, ask->amount, clock_.now);
	asked = v.reason == NULL || strstr(v.reason, "counted: ") == NULL;
	must(asked == (ask->amount > 0 && ask->amount <= BATCH_MAX &&
			  (ask->n == 1 || ask->who[0] != ask->who[1])),
	    "only what can't be asked is refused");
	if (!asked)
		return v;
	check_verdict(ask, v);
	if (v.what == COUNTERS_TAKEN)
		count_all(ask, killed == 0);
	return v;
}

/* Bits of a byte: which windows, and a limit for each. */
static void
choose_limits(struct ask *ask, size_t i, unsigned char how)
{
	static const unsigned limits[] = { 1, 2, 3, 5, 20, 21, 40,
		LIMIT_COUNT_MAX };
	unsigned windows = 1 + (how & 7U) % 7;
	struct tally *t = &ask->tallies[i];

	*t = (struct tally){ .name = span_of(names[ask->who[i]].text),
		.crowd = crowd_of(ask->who[i]),
		.limits = ask->limits[i] };
	for (size_t j = 0; j < WINDOWS; j++) {
		if ((windows & 1U << j) != 0)
			ask->limits[i][t->n++] =
			    (struct limit){ limits[(how >> 3 ^ j * 3) % 8],
				    lengths[j] };
		t->counts[j] = (struct count){ 0xdead, 0 };
	}
}

/* *ask holds its own limits, so it stays where it is. */
static void
choose_ask(struct ask *ask, size_t n, const unsigned char *act)
{
	static const unsigned amounts[] = { 1, 1, 1, 1, 1, 2, 3, 5, 19, 20, 0,
		21 };

	*ask = (struct ask){ .n = n,
		.who = { act[1] % NAMES, act[2] % NAMES },
		.amount = amounts[act[5] % 12] };
	for (size_t i = 0; i < n; i++)
		choose_limits(ask, i, (unsigned char)(act[3] + i * act[5]));
}

/* Is this what once was written at this place? */
static bool
was_written(size_t at, const unsigned char *bytes)
{
	for (size_t i = 0; i < file.n_history; i++)
		if (file.history[i].at == at &&
		    memcmp(file.history[i].bytes, bytes, SLOT_BYTES) == 0)
			return true;
	return false;
}

/* Nothing is known of it any more but what is granted from here on. */
static void
forget(struct name *name)
{
	memset(name->low, 0, sizeof(name->low));
	name->hurt = true;
}

/* Its name, if it has one, is met by an edit. */
static void
meet(const unsigned char *bytes, bool forged)
{
	for (size_t i = 0; i <= NAMES; i++) {
		if (memcmp(names[i].tag, bytes, SLOT_TAG) != 0)
			continue;
		names[i].hurt = true;
		names[i].forged = names[i].forged || forged;
		if (names[i].forged)
			forget(&names[i]);
	}
}

/*
 * Other bytes in a slot. Damage loses no count: whoever may have been there is
 * refused. What was once written there, or is packed with the key, can't be
 * told from the truth: of its name, and of all that may have been refused
 * because of this slot, only what is granted from here on is known.
 */
static void
edit(size_t at, const unsigned char *bytes)
{
	bool good = was_written(at, bytes);

	if (memcmp(file.bytes[at], bytes, SLOT_BYTES) == 0)
		return;
	clean = false;
	meet(file.bytes[at], good);
	if (good)
		meet(bytes, good);
	for (size_t i = 0; good && i <= NAMES; i++)
		if (names[i].hurt)
			forget(&names[i]);
	memcpy(file.bytes[at], bytes, SLOT_BYTES);
}

/* With the key, and windows as they could be; a name's, or nobody's. */
static void
forge(size_t at, const unsigned char *act)
{
	unsigned char bytes[SLOT_BYTES];
	struct slot slot = { .tag = { 0 } };

	if (act[2] < 0xe0)
		memcpy(slot.tag, names[act[2] % NAMES].tag, SLOT_TAG);
	for (size_t i = 0; i < WINDOWS; i++) {
		slot.windows[i].end = end_of(clock_.now, i) +
				      (long long)lengths[i] *
					  (act[3] >> (2 * i) & 3U) *
					  (act[5] > 250 ? 10000000000000 : 1);
		slot.windows[i].count = act[5] == 255 ? 0xffffffff : act[5];
	}
	slot_pack(key, (unsigned)at, &slot, bytes);
	/* The edit must find it written, and what was there still there. */
	must(file.n_history < HISTORY_MAX, "there is room");
	file.history[file.n_history].at = at;
	memcpy(file.history[file.n_history++].bytes, bytes, SLOT_BYTES);
	edit(at, bytes);
}

static void
edit_some(unsigned what, const unsigned char *act)
{
	size_t at = act[1] % SLOTS;
	unsigned char bytes[SLOT_BYTES];

	memcpy(bytes, file.bytes[at], SLOT_BYTES);
	switch (what) {
	case 0: /* a byte */
		bytes[act[2] % SLOT_BYTES] ^= act[3];
		break;
	case 1: /* all of them */
		memset(bytes, act[2], SLOT_BYTES);
		break;
	case 2: /* another slot's */
		memcpy(bytes, file.bytes[act[2] % SLOTS], SLOT_BYTES);
		break;
	case 3: /* what was there at the last save */
		memcpy(bytes, file.saved[at], SLOT_BYTES);
		break;
	case 4:
		memcpy(file.saved, file.bytes[0], sizeof(file.saved));
		break;
	case 5: /* half of it is of another time: a torn write */
		memcpy(bytes, file.saved[at], act[2] % SLOT_BYTES);
		break;
	case 6: /* all of a bucket */
		memset(bytes, act[2], SLOT_BYTES);
		for (size_t i = 0; i < BUCKET_SLOTS; i++)
			edit(at - at % BUCKET_SLOTS + i, bytes);
		break;
	default:
		forge(at, act);
		return;
	}
	edit(at, bytes);
}

static void
act_on(const unsigned char *act)
{
	unsigned what = act[0] % 16;
	struct ask ask;

	turn_clock(act[4]);
	if (what >= 8) {
		edit_some(what - 8, act);
		return;
	}
	/* Of eight: five alone, two together, one that is killed. */
	choose_ask(&ask, what < 5 ? 1 : 2, act);
	step(&ask, what == 7 ? 1 + act[2] % 3 : 0);
}

/*
 * Whatever happened: who has no slot makes a step see all of them, and a day
 * later all that stood in its way is over.
 */
static void
check_heals(void)
{
	struct ask ask = { .n = 1, .who = { NEWCOMER }, .amount = 1 };

	choose_limits(&ask, 0, 0);
	step(&ask, 0);
	clock_.now += SLOT_BLOCK_SECONDS + SLOT_SLACK_SECONDS;
	if (clock_.now > SLOT_NOW_MAX)
		return;
	must(step(&ask, 0).what == COUNTERS_TAKEN, "damage is over in a day");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > ACTS_MAX * ACT_BYTES)
		return 0;
	begin();
	for (; size >= ACT_BYTES; data += ACT_BYTES, size -= ACT_BYTES)
		act_on(data);
	check_heals();
	return 0;
}
