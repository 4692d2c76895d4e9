#include "policy/quota.h"

#include <limits.h>

#define TALLIES_MAX 2

static const struct span no_param = { NULL, 0 };

static const struct window {
	unsigned seconds;
	const char *name, *total;
} windows[] = {
	{ 60, "minute", "total-minute" },
	{ 3600, "hour", "total-hour" },
	{ 86400, "day", "total-day" },
};

/* What one step is made of. */
struct quota {
	const struct policy *policy;
	const struct facts *facts;
	struct arena *arena;
	unsigned amount;
	size_t n;
	struct tally tallies[TALLIES_MAX];
	struct problem *why;
};

static const struct window *
window_of(const struct limit *limit)
{
	size_t i = 0;

	while (windows[i].seconds != limit->seconds)
		i++; /* limit_parse() makes no others */
	return &windows[i];
}

/* One household or server has all of an IPv6 /64 (RFC 6177, RFC 8981). */
static bool
name_address(struct span remote_addr, struct sink *out)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0xff, 0xff };
	struct address address;

	if (!address_parse(remote_addr, &address))
		return false;
	if (memcmp(address.b, mapped, sizeof(mapped)) != 0)
		memset(address.b + 8, 0, 8);
	sink_text(out, "address/");
	address_write(&address, out);
	return true;
}

/*
 * name = cloud_name "/" policy "/" ( "user/" user / "address/" address /
 *        "total" )
 * Neither of the first two holds a "/", so that no two subjects share a name.
 */
static bool
add_tally(struct quota *q, bool total, size_t n, const struct limit *limits)
{
	size_t cap =
	    q->policy->cloud->cloud_name.n + USER_MAX + SEGMENT_MAX + 64;
	bool anonymous = q->policy->anonymous;
	struct tally *tally = &q->tallies[q->n];
	unsigned char *mem;
	struct sink name;

	if (n == 0)
		return true;
	mem = arena_bytes(q->arena, cap);
	sink_init(&name, mem, mem == NULL ? 0 : cap);
	sink_say(
	    &name, "%v/%v/", q->policy->cloud->cloud_name, q->policy->name);
	if (total)
		sink_text(&name, "total");
	else if (!anonymous)
		sink_say(&name, "user/%v", q->facts->session->user);
	else if (!name_address(q->facts->remote_addr, &name))
		return problem_set(q->why, 403, "address_not_usable", no_param,
		    "The web server names no address by which requests can be "
		    "counted.");
	*tally = (struct tally){ .name = sink_view(&name),
		.crowd = anonymous && !total ? CROWD_OPEN : CROWD_KNOWN,
		.n = n,
		.limits = limits };
	q->n++;
	return tally->name.n > 0 ||
	       problem_set(q->why, 500, "out_of_room", no_param,
		   "The request and the policy together are too large.");
}

/* Signatures that the limit still has, as the store found it. */
static unsigned
left_of(const struct tally *tally, size_t i)
{
	unsigned count = tally->limits[i].count, used = tally->counts[i].used;

	return used < count ? count - used : 0;
}

/* What the site has left as a whole is told only when it is the reason. */
static void
add_rates(const struct quota *q, bool full, struct answer *out)
{
	for (size_t k = 0; k < q->n; k++) {
		const struct tally *tally = &q->tallies[k];
		bool total = tally->limits == q->policy->totals;

		for (size_t i = 0; i < tally->n && out->n_rates < RATES_MAX;
		     i++) {
			const struct window *w = window_of(&tally->limits[i]);
			unsigned left = left_of(tally, i);

			if (total && (!full || q->amount <= left))
				continue;
			out->rates[out->n_rates++] =
			    (struct rate){ total ? w->total : w->name,
				    tally->limits[i].count, w->seconds, left,
				    tally->counts[i].resets };
		}
	}
}

/*
 * The full one that lasts longest, which says when it is worth asking again:
 * longest of all where there never is room. NULL when none is full.
 */
static const struct tally *
find_full(const struct quota *q, size_t *at)
{
	const struct tally *found = NULL;
	unsigned longest = 0;

	for (size_t k = 0; k < q->n; k++)
		for (size_t i = 0; i < q->tallies[k].n; i++) {
			const struct tally *tally = &q->tallies[k];
			unsigned wait = q->amount > tally->limits[i].count
					    ? UINT_MAX
					    : tally->counts[i].resets;

			if (q->amount <= left_of(tally, i) ||
			    (found != NULL && wait <= longest))
				continue;
			found = tally;
			longest = wait;
			*at = i;
		}
	return found;
}

static bool
say_full(const struct quota *q, const struct tally *tally, size_t at)
{
	const struct limit *limit = &tally->limits[at];
	long long resets = tally->counts[at].resets;
	unsigned left = left_of(tally, at);
	unsigned char mem[64];
	struct sink said;

	if (q->amount > limit->count)
		return problem_set(q->why, 429, "limit_reached", no_param,
		    "The policy %q gives %d signatures per %s; this request "
		    "asks for %d at once.",
		    q->policy->name, (long long)limit->count,
		    window_of(limit)->name, (long long)q->amount);
	q->why->retry_after = resets;
	sink_init(&said, mem, sizeof(mem));
	if (left == 0)
		sink_text(&said, "all of them are used up");
	else
		sink_say(&said, "%d of them are left", (long long)left);
	return problem_set(q->why, 429, "limit_reached", no_param,
	    "The policy %q gives %s %d signatures per %s, and %v; there will "
	    "be more in %d seconds.",
	    q->policy->name,
	    tally->limits == q->policy->totals ? "everybody together"
	    : q->policy->anonymous             ? "each address"
					       : "each user",
	    (long long)limit->count, window_of(limit)->name, sink_view(&said),
	    resets);
}

/* Anything but a clear yes is a no. */
static bool
judge(
    const struct quota *q, struct counters_verdict verdict, struct answer *out)
{
	const struct tally *full;
	size_t at = 0;

	out->reason = verdict.reason;
	if (verdict.what == COUNTERS_TAKEN) {
		add_rates(q, false, out);
		return true;
	}
	if (verdict.what == COUNTERS_FULL) {
		add_rates(q, true, out);
		full = find_full(q, &at);
		if (full != NULL)
			return say_full(q, full, at);
		out->reason = "the counters are full where no limit is reached";
	}
	if (verdict.what == COUNTERS_CROWDED) {
		q->why->retry_after = verdict.retry_after;
		return problem_set(q->why, 503, "counters_crowded", no_param,
		    "There is no room to count one more user now; try again "
		    "in %d seconds.",
		    (long long)verdict.retry_after);
	}
	return problem_set(q->why, 503, "counters_unavailable", no_param,
	    "Signatures can't be counted now; the server's log says why.");
}

bool
quota_take(const struct policy *policy, const struct facts *facts,
    struct counters *counters, unsigned amount, struct arena *arena,
    struct answer *out, struct problem *why)
{
	struct quota q = { .policy = policy,
		.facts = facts,
		.arena = arena,
		.amount = amount,
		.why = why };
	struct counters_verdict verdict = { COUNTERS_BROKEN,
		"there is no store of counters", 0 };

	if (!add_tally(&q, false, policy->n_limits, policy->limits) ||
	    !add_tally(&q, true, policy->n_totals, policy->totals))
		return false;
	if (q.n == 0)
		return true;
	if (counters != NULL)
		verdict = counters->take(
		    counters, q.tallies, q.n, amount, facts->now);
	return judge(&q, verdict, out);
}
