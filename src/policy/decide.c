/*
 * One item: each name that the client sent is looked at first, then the
 * policy's own names are walked in their order, so that what is signed comes
 * out sorted and nothing gets in that the policy does not know.
 */
#include <string.h>

#include "policy/decision.h"
#include "policy/refuse.h"

static const struct span no_param = { NULL, 0 };

struct span
grant_value(const struct grant *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++)
		if (span_is(span_of(g->fields[i].term->name), name))
			return g->fields[i].value;
	return no_param;
}

bool
decide_out_of_room(struct decision *d)
{
	return problem_set(d->why, 500, "out_of_room", no_param,
	    "The request and the policy together are too large.");
}

/* Did the client send it with a value? An empty one counts as absent. */
static const struct param *
sent(const struct decision *d, const char *name)
{
	const struct param *param = params_find(d->asked, span_of(name));

	if (param == NULL || param->n == 0 ||
	    (param->shape == SHAPE_TEXT && param->values[0].n == 0))
		return NULL;
	return param;
}

/*
 * Names that a final contract's client may send although they are never
 * signed, if they say what holds anyway.
 */
static bool
names_the_account(const struct decision *d, const struct param *param)
{
	const struct cloud *cloud = d->policy->cloud;

	if (!d->final || param->shape != SHAPE_TEXT)
		return false;
	return (span_is(param->name, "cloud_name") &&
		   span_eq(param->values[0], cloud->cloud_name)) ||
	       (span_is(param->name, "api_key") &&
		   span_eq(param->values[0], cloud->api_key)) ||
	       (span_is(param->name, "resource_type") &&
		   span_is(param->values[0], "image"));
}

static bool
check_name(struct decision *d, const struct param *param)
{
	const struct term *term = term_find(param->name);

	if (term == NULL)
		return refuse_unknown(d->policy, param->name, d->why);
	if (d->final &&
	    (term->type == TERM_TIME || sent(d, term->name) == NULL))
		return true;
	if (policy_setting(d->policy, term) != NULL ||
	    policy_allowance(d->policy, term) != NULL ||
	    names_the_account(d, param))
		return true;
	if (term->sender == SENDER_NOBODY)
		return refuse_reserved(term, d->why);
	if (!term_taken(term, d->policy->action))
		return refuse_unknown(d->policy, param->name, d->why);
	return refuse_not_allowed(d->policy, term, d->why);
}

/* The timestamp that is signed, and when the signature ends. */
static bool
decide_time(struct decision *d)
{
	const struct param *param = sent(d, "timestamp");
	long long now = d->facts->now, lifetime = d->policy->lifetime;

	d->out->timestamp = now - (LIFETIME_MAX_SECONDS - lifetime);
	if (d->final) {
		if (param == NULL || param->shape != SHAPE_TEXT ||
		    !span_digits(param->values[0], &d->out->timestamp))
			return problem_set(d->why, 403, "timestamp_malformed",
			    SPAN_LIT("timestamp"),
			    "This client sends its own \"timestamp\": plain "
			    "digits, in seconds.");
		if (d->out->timestamp > now + CLOCK_SKEW_MAX_SECONDS ||
		    d->out->timestamp < now - CLOCK_SKEW_MAX_SECONDS) {
			d->why->server_time = now;
			return problem_set(d->why, 403, "timestamp_stale",
			    SPAN_LIT("timestamp"),
			    "The client's clock and the server's are more "
			    "than %d seconds apart; the server's time is %d.",
			    (long long)CLOCK_SKEW_MAX_SECONDS, now);
		}
	}
	d->out->expires_at = d->out->timestamp + LIFETIME_MAX_SECONDS;
	return true;
}

static bool
add_field(struct decision *d, const struct term *term, struct span value)
{
	struct grant *g = d->out;
	size_t at = g->n;

	if (value.n == 0)
		return true;
	if (!term->is_signed) {
		g->resource_type = value;
		return true;
	}
	if (g->n == PARAMS_MAX)
		return decide_out_of_room(d);
	while (at > 0 && strcmp(g->fields[at - 1].term->name, term->name) > 0) {
		g->fields[at] = g->fields[at - 1];
		at--;
	}
	g->fields[at] = (struct grant_field){ term, value };
	g->n++;
	return true;
}

static bool
decide_term(struct decision *d, const struct term *term,
    const struct setting *set, const struct allowance *allow)
{
	struct case_of c = { term, set, allow, sent(d, term->name) };
	struct span value = no_param;
	bool list = term->type == TERM_LIST || term->type == TERM_TAGS ||
		    term->type == TERM_GROUP;

	if (list && set == NULL && c.param == NULL)
		return true;
	return (list ? decide_list : decide_value)(d, &c, &value) &&
	       add_field(d, term, value);
}

static bool
decide_terms(struct decision *d)
{
	const struct policy *p = d->policy;

	for (size_t i = 0; i < p->n_set; i++)
		if (!decide_term(d, p->set[i].term, &p->set[i],
			policy_allowance(p, p->set[i].term)))
			return false;
	for (size_t i = 0; i < p->n_allow; i++)
		if (policy_setting(p, p->allow[i].term) == NULL &&
		    !decide_term(d, p->allow[i].term, NULL, &p->allow[i]))
			return false;
	return true;
}

static bool
add_timestamp(struct decision *d)
{
	unsigned char *mem = arena_bytes(d->arena, 20);
	struct sink text;

	if (mem == NULL)
		return decide_out_of_room(d);
	sink_init(&text, mem, 20);
	sink_int(&text, d->out->timestamp);
	return add_field(d, term_find(SPAN_LIT("timestamp")), sink_view(&text));
}

static bool
check_required(struct decision *d)
{
	const char *name;

	for (size_t i = 0;; i++) {
		name = action_required(d->policy->action, i);
		if (name == NULL)
			break;
		if (grant_value(d->out, name).n == 0)
			return refuse_required(d->policy, name, d->why);
	}
	return true;
}

static bool
decide(struct decision *d)
{
	for (size_t i = 0; i < d->asked->n; i++)
		if (!check_name(d, &d->asked->p[i]))
			return false;
	if (d->final && d->policy->anonymous)
		return problem_set(d->why, 403, "contract_not_served", no_param,
		    "The policy %q is open to everybody, so that the server "
		    "itself makes the id of each file; a client that brings "
		    "its own parameters and timestamp can't use it.",
		    d->policy->name);
	if (d->final && d->policy->lifetime < LIFETIME_MAX_SECONDS)
		return problem_set(d->why, 403, "contract_not_served", no_param,
		    "The policy %q makes signatures that live %d seconds, by "
		    "a timestamp of its own; a client that brings its own "
		    "timestamp can't use it.",
		    d->policy->name, d->policy->lifetime);
	return decide_time(d) && decide_terms(d) && add_timestamp(d) &&
	       check_required(d);
}

bool
policy_decide(const struct policy *policy, enum contract contract,
    const struct params *asked, const struct facts *facts, struct arena *arena,
    struct grant *out, struct problem *why)
{
	struct decision d = { policy, asked, facts, arena, out, why,
		contract_is_final(contract) };

	memset(out, 0, sizeof(*out));
	if (contract == CONTRACT_NONE || policy->action == ACTION_NONE)
		return problem_set(why, 400, "contract_unknown", no_param,
		    "There is no such contract.");
	out->contract = contract;
	out->policy = policy;
	out->resource_type = SPAN_LIT("image");
	out->given = decide(&d);
	if (!out->given)
		memset(out, 0, sizeof(*out));
	return out->given;
}
