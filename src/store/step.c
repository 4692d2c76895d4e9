#include "store/step.h"

static struct counters_verdict
broken(const char *reason)
{
	return (struct counters_verdict){ COUNTERS_BROKEN, reason, 0 };
}

/* Windows that there are, and none of them twice. */
static bool
limits_ok(const struct tally *tally)
{
	unsigned seen = 0;

	if (tally->n == 0 || tally->n > POLICY_LIMITS_MAX)
		return false;
	for (size_t i = 0; i < tally->n; i++) {
		size_t window = slot_window(tally->limits[i].seconds);

		if (window == SLOT_WINDOWS || (seen & 1U << window) != 0)
			return false;
		seen |= 1U << window;
	}
	return true;
}

static struct bucket *
add_bucket(struct step *s, unsigned number)
{
	struct bucket *b = s->buckets;

	while (b < s->buckets + s->n_buckets && b->number != number)
		b++;
	if (b == s->buckets + s->n_buckets) {
		b->number = number;
		b->changed = b->claimed = 0;
		b->loaded = false;
		s->n_buckets++;
	}
	return b;
}

const char *
step_plan(struct step *s, const struct hmac_key *key, unsigned buckets,
    struct tally *tallies, size_t n, unsigned amount, long long now)
{
	s->key = key;
	s->tallies = tallies;
	s->now = now;
	s->amount = amount;
	s->damaged = false;
	s->n = n;
	s->n_buckets = 0;
	if (now <= 0 || now > SLOT_NOW_MAX)
		return "the clock is wrong: set it";
	if (n == 0 || n > STEP_TALLIES_MAX || amount == 0 || amount > BATCH_MAX)
		return "this can't be counted: too much or nothing at once";
	for (size_t i = 0; i < n; i++) {
		struct step_name *name = &s->names[i];

		name->home = NULL;
		if (!limits_ok(&tallies[i]) ||
		    !place_find(key, tallies[i].name, tallies[i].crowd, buckets,
			&name->place))
			return "this can't be counted: no such limit";
		for (size_t j = 0; j < BUCKET_CHOICES; j++)
			name->choices[j] =
			    add_bucket(s, name->place.buckets[j]);
	}
	if (n == 2 && tallies[0].crowd == tallies[1].crowd &&
	    span_eq(tallies[0].name, tallies[1].name))
		return "this can't be counted: one name twice";
	return NULL;
}

/* Is it there? Then it stays, and no new name may have its slot. */
static bool
find(struct step *s, struct step_name *name, struct bucket *b)
{
	if (!bucket_find(b, s->key, name->place.tag, &name->at, &name->slot))
		return false;
	name->home = b;
	b->claimed |= 1U << name->at;
	if (slot_settle(&name->slot, s->now))
		bucket_put(b, s->key, name->at, &name->slot);
	return true;
}

static struct bucket *
next_of(struct step *s, struct step_name *name)
{
	for (size_t i = 0; i < BUCKET_CHOICES && name->home == NULL; i++) {
		if (!name->choices[i]->loaded)
			return name->choices[i];
		if (find(s, name, name->choices[i]))
			break;
	}
	return NULL;
}

struct bucket *
step_next(struct step *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct bucket *b = next_of(s, &s->names[i]);

		if (b == NULL)
			continue;
		b->loaded = true;
		return b;
	}
	return NULL;
}

static struct counters_verdict
crowded(const struct step *s, long long first_end)
{
	long long wait = first_end - s->now;

	return (struct counters_verdict){ COUNTERS_CROWDED,
		"there is no room to count one more name for now",
		wait > SLOT_DAY ? SLOT_DAY : (unsigned)wait };
}

/*
 * A free slot for a new name. Where a slot was damaged, it may not be new:
 * what was counted for it may have been lost there.
 */
static struct counters_verdict
place(struct step *s, struct step_name *name)
{
	struct survey seen[BUCKET_CHOICES];
	bool blocked = false;
	size_t best = 0;

	for (size_t i = 0; i < BUCKET_CHOICES; i++) {
		seen[i] = bucket_survey(name->choices[i], s->key, s->now);
		s->damaged = s->damaged || seen[i].damaged;
		blocked = blocked || seen[i].blocked;
		if (seen[i].n_free > seen[best].n_free)
			best = i;
	}
	if (blocked)
		return broken("a slot was damaged, and with it maybe the count "
			      "of this name: the few names that share it are "
			      "refused for a day");
	if (seen[best].n_free == 0)
		return crowded(s, seen[0].first_end < seen[1].first_end
				      ? seen[0].first_end
				      : seen[1].first_end);
	name->home = name->choices[best];
	name->at = seen[best].first_free;
	name->home->claimed |= 1U << name->at;
	name->slot = (struct slot){ .tag = { 0 } };
	memcpy(name->slot.tag, name->place.tag, SLOT_TAG);
	return (struct counters_verdict){ COUNTERS_TAKEN, NULL, 0 };
}

/* All that have a slot are found by now, so that no new one gets theirs. */
static struct counters_verdict
place_all(struct step *s)
{
	struct counters_verdict v = { COUNTERS_TAKEN, NULL, 0 };

	for (size_t i = 0; i < s->n && v.what != COUNTERS_BROKEN; i++) {
		struct counters_verdict one;

		if (s->names[i].home != NULL)
			continue;
		one = place(s, &s->names[i]);
		if (one.what != COUNTERS_TAKEN)
			v = one;
	}
	return v;
}

/* What is used now; is there room for the amount besides? */
static bool
look(const struct step *s, struct tally *tally, const struct slot *slot)
{
	bool fits = true;

	for (size_t i = 0; i < tally->n; i++) {
		const struct limit *limit = &tally->limits[i];
		struct count *count = &tally->counts[i];
		size_t window = slot_window(limit->seconds);

		count->used = slot_used(slot, window, s->now);
		count->resets = slot_resets(slot, window, s->now);
		/* A limit that was lowered may be passed already. */
		fits = fits && count->used <= limit->count &&
		       s->amount <= limit->count - count->used;
	}
	return fits;
}

static void
add(struct step *s, struct tally *tally, struct step_name *name)
{
	for (size_t i = 0; i < tally->n; i++) {
		slot_add(&name->slot, slot_window(tally->limits[i].seconds),
		    s->amount, s->now);
		tally->counts[i].used += s->amount;
	}
	bucket_put(name->home, s->key, name->at, &name->slot);
}

struct counters_verdict
step_take(struct step *s)
{
	struct counters_verdict v = place_all(s);
	bool fits = true;

	if (v.what != COUNTERS_TAKEN)
		return v;
	for (size_t i = 0; i < s->n; i++)
		fits = look(s, &s->tallies[i], &s->names[i].slot) && fits;
	if (!fits)
		return (struct counters_verdict){ COUNTERS_FULL, NULL, 0 };
	for (size_t i = 0; i < s->n; i++)
		add(s, &s->tallies[i], &s->names[i]);
	return v;
}
