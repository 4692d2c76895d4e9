#include "store/slots.h"

#include <errno.h>
#include <stdlib.h>

#include "store/slots_file.h"
#include "store/slots_make.h"
#include "store/step.h"

/* Milliseconds. */
#define LOCK_WAIT 200   /* for others' steps, which take microseconds */
#define PAUSE_WAIT 1000 /* after a failure, before the next wait */
#define PAUSE_OPEN 100  /* the same before the next attempt to open it */

#define TRIES 3 /* when the file is replaced in between */
#define REASON_MAX (2 * PATH_TEXT_MAX + 512)

struct slots {
	struct counters base; /* the first member: it is found from it */
	struct slots_file file;
	/* Before these times of lock_clock(): don't open; don't wait. */
	long long open_after, wait_after;
	bool hasty; /* the last attempt failed: don't wait for who makes it */
	struct sink why; /* into reason */
	char reason[REASON_MAX + 1];
};

static struct slots *
slots_of(struct counters *self)
{
	return (struct slots *)(void *)self;
}

static void
hush(struct slots *s)
{
	sink_init(&s->why, s->reason, REASON_MAX);
	s->reason[0] = '\0';
}

/* What was said, as a reason that stays until the next call. */
static struct counters_verdict
broken(struct slots *s)
{
	s->reason[s->why.n] = '\0';
	return (struct counters_verdict){ COUNTERS_BROKEN, s->reason, 0 };
}

static struct counters_verdict
broken_file(struct slots *s, const char *what, int error)
{
	sink_say(
	    &s->why, "%s: %s (error %d)", s->file.path, what, (long long)error);
	return broken(s);
}

/*
 * Open, now or already? After a failure the next attempt waits, and what was
 * said stays.
 */
static bool
ready(struct slots *s)
{
	if (slots_file_is_open(&s->file)) {
		hush(s);
		return true;
	}
	if (lock_clock() < s->open_after)
		return false;
	hush(s);
	s->hasty =
	    !slots_file_open(&s->file, s->hasty ? 0 : SLOTS_MAKE_WAIT, &s->why);
	if (s->hasty)
		s->open_after = lock_clock() + PAUSE_OPEN;
	return !s->hasty;
}

/* What a try at a step came to. */
struct outcome {
	bool replaced; /* the file: nothing was done, try with the new one */
	struct counters_verdict verdict;
};

static struct outcome
over(struct counters_verdict verdict)
{
	return (struct outcome){ false, verdict };
}

static struct outcome
write_changes(
    struct slots *s, const struct step *step, struct counters_verdict verdict)
{
	for (size_t i = 0; i < step->n_buckets; i++)
		if (!slots_file_write(&s->file, &step->buckets[i]))
			return over(
			    broken_file(s, "it can't be written to", errno));
	if (verdict.reason == NULL)
		return over(verdict);
	sink_say(&s->why, "%s: %s", s->file.path, verdict.reason);
	s->reason[s->why.n] = '\0';
	verdict.reason = s->reason;
	return over(verdict);
}

static struct outcome
step_locked(struct slots *s, struct step *step)
{
	struct counters_verdict verdict;
	struct bucket *b;

	if (!slots_file_current(&s->file))
		return (struct outcome){ .replaced = true };
	while ((b = step_next(step)) != NULL)
		if (!slots_file_read(&s->file, b))
			return over(broken_file(s, "it can't be read", errno));
	verdict = step_take(step);
	/* With another key all slots look damaged: they must not be touched. */
	if (step->damaged && !slots_file_same_head(&s->file))
		return (struct outcome){ .replaced = true };
	return write_changes(s, step, verdict);
}

static struct outcome
step_once(struct slots *s, struct step *step)
{
	bool patient = lock_clock() >= s->wait_after;
	struct outcome outcome = { .replaced = false };

	switch (lock_take(s->file.fd, patient ? LOCK_WAIT : 0)) {
	case LOCK_TAKEN:
		outcome = step_locked(s, step);
		lock_drop(s->file.fd);
		return outcome;
	case LOCK_BUSY:
		s->wait_after = lock_clock() + PAUSE_WAIT;
		sink_say(&s->why,
		    "%s: another process holds its lock: is one stopped?",
		    s->file.path);
		break;
	case LOCK_FAILED:
		sink_say(&s->why, "%s: it can't be locked (error %d)",
		    s->file.path, (long long)errno);
		break;
	}
	return over(broken(s));
}

static struct counters_verdict
take(struct counters *self, struct tally *tallies, size_t n, unsigned amount,
    long long now)
{
	struct slots *s = slots_of(self);

	for (int i = 0; i < TRIES; i++) {
		struct outcome outcome;
		struct step step;
		const char *fault;

		if (!ready(s))
			return broken(s);
		fault = step_plan(&step, slots_file_key(&s->file),
		    s->file.buckets, tallies, n, amount, now);
		if (fault != NULL) {
			sink_text(&s->why, fault);
			return broken(s);
		}
		outcome = step_once(s, &step);
		if (!outcome.replaced)
			return outcome.verdict;
		slots_file_close(&s->file);
	}
	sink_say(&s->why, "%s: others keep replacing it", s->file.path);
	return broken(s);
}

static const char *
probe(struct counters *self)
{
	struct slots *s = slots_of(self);

	for (int i = 0; i < TRIES; i++) {
		if (!ready(s))
			return broken(s).reason;
		if (slots_file_current(&s->file) &&
		    slots_file_same_head(&s->file))
			return NULL;
		slots_file_close(&s->file);
	}
	sink_say(&s->why, "%s: others keep replacing it", s->file.path);
	return broken(s).reason;
}

static void
close_slots(struct counters *self)
{
	struct slots *s = slots_of(self);

	slots_file_close(&s->file);
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
	s->open_after = s->wait_after = lock_clock();
	s->hasty = false;
	slots_file_init(&s->file, folder, buckets);
	hush(s);
	return &s->base;
}
