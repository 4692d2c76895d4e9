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

static bool
is_full(const struct quota *q, const struct tally *tally, size_t i)
{
	return q->amount > left_of(tally, i);
}

static void
add_rate(const struct tally *tally, size_t i, bool total, struct answer *out)
{
	const struct window *w = window_of(&tally->limits[i]);

	out->rates[out->n_rates++] =
	    (struct rate){ total ? w->total : w->name, tally->limits[i].count,
		    w->seconds, left_of(tally, i), tally->counts[i].resets };
}

/* What the site has left as a whole is told only when it is the reason. */
static void
add_rates(const struct quota *q, bool full, struct answer *out)
{
	for (size_t k = 0; k < q->n; k++) {
		const struct tally *tally = &q->tallies[k];
		bool total = tally->limits == q->policy->totals;

		for (size_t i = 0; i < tally->n; i++)
			if (!total || (full && is_full(q, tally, i)))
				add_rate(tally, i, total, out);
	}
}

/* Seconds until there is room; more than any window where there never is. */
static unsigned
wait_of(const struct quota *q, const struct tally *tally, size_t i)
{
	return q->amount > tally->limits[i].count ? UINT_MAX
						  : tally->counts[i].resets;
}

/* The full one that lasts longest; NULL when none is full. */
static const struct tally *
find_full(const struct quota *q, size_t *at)
{
	const struct tally *found = NULL;

	for (size_t k = 0; k < q->n; k++)
		for (size_t i = 0; i < q->tallies[k].n; i++) {
			const struct tally *tally = &q->tallies[k];

			if (is_full(q, tally, i) &&
			    (found == NULL || wait_of(q, tally, i) >
						  wait_of(q, found, *at))) {
				found = tally;
				*at = i;
			}
		}
	return found;
}

static bool
say_unavailable(const struct quota *q)
{
	return problem_set(q->why, 503, "counters_unavailable", no_param,
	    "Signatures can't be counted now; the server's log says why.");
}

/* The one that lasts longest says when it is worth asking again. */
static bool
say_full(const struct quota *q, struct answer *out)
{
	size_t at = 0;
	const struct tally *tally = find_full(q, &at);
	const char *window;
	unsigned char mem[64];
	struct sink left;

	if (tally == NULL) {
		out->reason = "the counters are full where no limit is reached";
		return say_unavailable(q);
	}
	window = window_of(&tally->limits[at])->name;
	if (q->amount > tally->limits[at].count)
		return problem_set(q->why, 429, "limit_reached", no_param,
		    "The policy %q gives %d signatures per %s; this request "
		    "asks for %d at once.",
		    q->policy->name, (long long)tally->limits[at].count, window,
		    (long long)q->amount);
	q->why->retry_after = tally->counts[at].resets;
	sink_init(&left, mem, sizeof(mem));
	if (left_of(tally, at) == 0)
		sink_text(&left, "all of them are used up");
	else
		sink_say(&left, "%d of them are left",
		    (long long)left_of(tally, at));
	return problem_set(q->why, 429, "limit_reached", no_param,
	    "The policy %q gives %s %d signatures per %s, and %v; there will "
	    "be more in %d seconds.",
	    q->policy->name,
	    tally->limits == q->policy->totals ? "everybody together"
	    : q->policy->anonymous             ? "each address"
					       : "each user",
	    (long long)tally->limits[at].count, window, sink_view(&left),
	    (long long)tally->counts[at].resets);
}

/* Anything but a clear yes is a no. */
static bool
judge(
    const struct quota *q, struct counters_verdict verdict, struct answer *out)
{
	out->reason = verdict.reason;
	switch (verdict.what) {
	case COUNTERS_TAKEN:
		add_rates(q, false, out);
		return true;
	case COUNTERS_FULL:
		add_rates(q, true, out);
		return say_full(q, out);
	case COUNTERS_CROWDED:
		q->why->retry_after = verdict.retry_after;
		return problem_set(q->why, 503, "counters_crowded", no_param,
		    "There is no room to count one more user now; try again "
		    "in %d seconds.",
		    (long long)verdict.retry_after);
	case COUNTERS_BROKEN:
	default:
		return say_unavailable(q);
	}
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
	struct counters_verdict broken = { COUNTERS_BROKEN,
		"there is no store of counters", 0 };

	if (!add_tally(&q, false, policy->n_limits, policy->limits) ||
	    !add_tally(&q, true, policy->n_totals, policy->totals))
		return false;
	if (q.n == 0)
		return true;
	if (counters == NULL)
		return judge(&q, broken, out);
	return judge(&q,
	    counters->take(counters, q.tallies, q.n, amount, facts->now), out);
}
