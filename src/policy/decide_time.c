/*
 * When a signature begins and ends. Cloudinary takes an API signature for an
 * hour from its timestamp, so that a shorter life is one that began earlier.
 * A token says both times itself, and never outlives the session.
 */
#include "policy/decision.h"
#include "policy/refuse.h"

static const struct span no_param = { NULL, 0 };

/* No clock is that wrong: milliseconds, or a number that is no time at all. */
static bool
is_other_unit(long long timestamp, long long now)
{
	return timestamp / 100 > now || timestamp < now / 100;
}

/* The client's own, in a final contract. */
static bool
take_timestamp(struct decision *d)
{
	const struct param *param =
	    params_find(d->asked, SPAN_LIT("timestamp"));
	long long now = d->facts->now;

	if (param == NULL || param->shape != SHAPE_TEXT ||
	    !span_digits(param->values[0], &d->out->timestamp) ||
	    is_other_unit(d->out->timestamp, now))
		return refuse_seconds(now, d->why);
	if (d->out->timestamp <= now + CLOCK_SKEW_MAX_SECONDS &&
	    d->out->timestamp >= now - CLOCK_SKEW_MAX_SECONDS)
		return true;
	d->why->server_time = now;
	return problem_set(d->why, 403, "timestamp_stale",
	    SPAN_LIT("timestamp"),
	    "The client's clock and the server's are more than %d seconds "
	    "apart; the server's time is %d.",
	    (long long)CLOCK_SKEW_MAX_SECONDS, now);
}

static bool
decide_call(struct decision *d)
{
	d->out->timestamp =
	    d->facts->now - (LIFETIME_MAX_SECONDS - d->policy->lifetime);
	if (d->final && !take_timestamp(d))
		return false;
	d->out->expires_at = d->out->timestamp + LIFETIME_MAX_SECONDS;
	return true;
}

/* A field's number; fallback where it is not there. */
static bool
number_of(
    struct decision *d, const char *name, long long fallback, long long *out)
{
	struct span text = grant_value(d->out, name);

	*out = fallback;
	return text.n == 0 || span_digits(text, out) ||
	       problem_set(d->why, 403, "value_not_allowed", span_of(name),
		   "%q takes whole seconds.", span_of(name));
}

/* expiration wins over duration, as in the SDKs. */
static bool
decide_token(struct decision *d)
{
	long long start, duration, end, session = d->facts->session->expires;

	if (!number_of(d, "start_time", d->facts->now, &start) ||
	    !number_of(d, "duration", 0, &duration))
		return false;
	if (duration == 0 && grant_value(d->out, "expiration").n == 0)
		return refuse_required(d->policy, "duration", d->why);
	if (!number_of(d, "expiration", start + duration, &end))
		return false;
	if (end > session)
		end = session;
	if (start < 1 || end <= start || end <= d->facts->now)
		return problem_set(d->why, 403, "token_never_valid", no_param,
		    "This token would end (%d) before it begins (%d) or before "
		    "now (%d); it never outlives the session (%d).",
		    end, start, d->facts->now, session);
	d->out->timestamp = start;
	d->out->expires_at = end;
	return true;
}

bool
decide_time(struct decision *d)
{
	switch (actions[d->policy->action].kind) {
	case KIND_API:
		return decide_call(d);
	case KIND_TOKEN:
		return decide_token(d);
	case KIND_DELIVERY:
		/* s--...-- lives for ever; a token in its place does not. */
		return grant_value(d->out, "duration").n == 0 ||
		       decide_token(d);
	case KIND_VERIFY:
	case KIND_NONE:
	default:
		return true;
	}
}

bool
decide_contract(struct decision *d, enum contract contract)
{
	const struct policy *p = d->policy;

	if (contract == CONTRACT_PREPARE && p->action != ACTION_UPLOAD)
		return problem_set(d->why, 403, "contract_not_served", no_param,
		    "prepareUploadParams is for uploads, and the policy %q is "
		    "for %s.",
		    p->name, action_name(p->action));
	if (!d->final)
		return true;
	if (actions[p->action].kind != KIND_API)
		return problem_set(d->why, 403, "contract_not_served", no_param,
		    "The policy %q is for %s, which is no call of the API; a "
		    "client that only wants a signature can't use it.",
		    p->name, action_name(p->action));
	if (p->anonymous)
		return problem_set(d->why, 403, "contract_not_served", no_param,
		    "The policy %q is open to everybody, so that the server "
		    "itself makes the id of each file; a client that brings "
		    "its own parameters and timestamp can't use it.",
		    p->name);
	return p->lifetime == LIFETIME_MAX_SECONDS ||
	       problem_set(d->why, 403, "contract_not_served", no_param,
		   "The policy %q makes signatures that live %d seconds, by a "
		   "timestamp of its own; a client that brings its own "
		   "timestamp can't use it.",
		   p->name, p->lifetime);
}
