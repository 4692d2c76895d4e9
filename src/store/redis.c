#include "store/redis.h"

#include <stdlib.h>

#include "store/redis_link.h"

#define PAUSE_MS 1000 /* after a failure */

struct redis {
	struct counters counters; /* the first member: it is found from it */
	struct redis_link link;
	struct redis_step step;
	long long pause; /* nothing is tried before, on peer_clock() */
};

bool
redis_built_in(void)
{
	return redis_wire_built_in();
}

static bool
ask_step(struct redis *r, const struct redis_answer **answer)
{
	struct redis_step *s = &r->step;

	if (!redis_link_ask(&r->link, s->words, s->n_words, answer))
		return false;
	if (!(*answer)->is_error ||
	    !span_starts((*answer)->text, SPAN_LIT("NOSCRIPT")))
		return true;
	redis_step_spell_out(s);
	return redis_link_ask_again(&r->link, s->words, s->n_words, answer);
}

/* False, with the reason of the last failure, when nothing is tried now. */
static bool
begin(struct redis *r)
{
	redis_link_begin(&r->link);
	return peer_clock() >= r->pause;
}

/* A late answer must never be taken for another step's: no connection. */
static void
give_up(struct redis *r)
{
	redis_link_hang_up(&r->link);
	r->pause = peer_clock() + PAUSE_MS;
}

static struct counters_verdict
broken(const char *reason)
{
	return (struct counters_verdict){ COUNTERS_BROKEN, reason, 0 };
}

static struct counters_verdict
verdict_of(struct redis *r, const struct redis_answer *a, struct tally *tallies,
    size_t n, unsigned amount)
{
	switch (redis_step_read(a->numbers, a->n, tallies, n, amount)) {
	case REDIS_STEP_TAKEN:
		return (struct counters_verdict){ COUNTERS_TAKEN, NULL, 0 };
	case REDIS_STEP_FULL:
		return (struct counters_verdict){ COUNTERS_FULL, NULL, 0 };
	case REDIS_STEP_DAMAGED:
		/* This name's alone: no pause for the others. */
		redis_link_fail(&r->link,
		    "a key \"signpost:...\" of this name holds something "
		    "else than a count: remove it");
		break;
	case REDIS_STEP_NONSENSE:
		redis_link_fail_answer(&r->link, a);
		give_up(r);
		break;
	}
	return broken(r->link.reason);
}

static struct counters_verdict
take(struct counters *self, struct tally *tallies, size_t n, unsigned amount,
    long long now)
{
	struct redis *r = (struct redis *)(void *)self;
	const struct redis_answer *answer;
	const char *fault = redis_step_plan(&r->step, tallies, n, amount);

	(void)now;
	if (fault != NULL)
		return broken(fault);
	if (!begin(r))
		return broken(r->link.reason);
	if (!ask_step(r, &answer)) {
		give_up(r);
		return broken(r->link.reason);
	}
	return verdict_of(r, answer, tallies, n, amount);
}

static const char *
probe(struct counters *self)
{
	struct redis *r = (struct redis *)(void *)self;
	/* A full server and a replica answer a PING, and take no counts. */
	const struct span words[] = { SPAN_LIT("SET"),
		SPAN_LIT("signpost:probe"), SPAN_LIT("1"), SPAN_LIT("EX"),
		SPAN_LIT("60") };
	const struct redis_answer *answer;

	if (!begin(r))
		return r->link.reason;
	if (redis_link_ask(&r->link, words, 5, &answer) &&
	    ((!answer->is_error && span_is(answer->text, "OK")) ||
		redis_link_fail_answer(&r->link, answer)))
		return NULL;
	give_up(r);
	return r->link.reason;
}

static void
close_redis(struct counters *self)
{
	struct redis *r = (struct redis *)(void *)self;

	redis_link_hang_up(&r->link);
	free(r);
}

struct counters *
redis_new_within(const struct store_config *config, unsigned ms)
{
	struct redis *r = redis_built_in() ? calloc(1, sizeof(*r)) : NULL;

	if (r == NULL)
		return NULL;
	r->counters = (struct counters){ take, probe, close_redis };
	redis_link_init(&r->link, config, ms);
	redis_step_init(&r->step);
	return &r->counters;
}

struct counters *
redis_new(const struct store_config *config)
{
	return redis_new_within(config, REDIS_STEP_MS);
}
