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

/*
 * Did the client send it with a value? An empty one counts as absent, of a
 * form that the parameter has.
 */
static const struct param *
sent(const struct decision *d, const char *name)
{
	const struct param *param = params_find(d->asked, span_of(name));
	const struct term *term = term_find(span_of(name));
	bool empty =
	    param != NULL && (param->n == 0 || (param->shape == SHAPE_TEXT &&
						   param->values[0].n == 0));

	if (empty && param->shape == SHAPE_LIST)
		empty = term != NULL && term_is_list(term);
	if (empty && param->shape == SHAPE_OBJECT)
		empty = !d->final && term != NULL && term->type == TERM_GROUP;
	return empty ? NULL : param;
}

/*
 * What a final contract's client may send although it is never signed, if it
 * says what holds anyway. Empty: none of these.
 */
static struct span
account_text(const struct decision *d, const struct term *term)
{
	struct span name = span_of(term->name);

	if (span_is(name, "cloud_name"))
		return d->policy->cloud->cloud_name;
	if (span_is(name, "api_key"))
		return d->policy->cloud->api_key;
	return span_is(name, "resource_type") ? SPAN_LIT("image") : no_param;
}

static bool
check_name(struct decision *d, const struct param *param)
{
	const struct term *term = term_find(param->name);

	if (term == NULL)
		return refuse_unknown(d->policy, param->name, d->final, d->why);
	if (d->final &&
	    (span_is(param->name, "timestamp") || sent(d, term->name) == NULL))
		return true;
	if (policy_setting(d->policy, term) != NULL ||
	    policy_allowance(d->policy, term) != NULL)
		return true;
	if (d->policy->action == ACTION_VERIFY &&
	    (span_is(param->name, "version") ||
		span_is(param->name, "signature")))
		return true;
	if (d->final && account_text(d, term).n > 0)
		return (param->shape == SHAPE_TEXT &&
			   span_eq(param->values[0], account_text(d, term))) ||
		       refuse_fixed(d->policy, term, no_param,
			   account_text(d, term), d->final, d->why);
	if (term_reserved(term, d->policy->action))
		return refuse_reserved(term, d->why);
	if (!term_taken(term, d->policy->action))
		return refuse_unknown(d->policy, param->name, d->final, d->why);
	return refuse_not_allowed(d->policy, term, d->final, d->why);
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

/*
 * An empty value counts as absent, but for deliver's transformation: it asks
 * for the original, which the policy has to list; and nothing at all asks for
 * nothing.
 */
static bool
is_original(const struct decision *d, const struct term *term)
{
	return d->policy->action == ACTION_DELIVER &&
	       span_is(span_of(term->name), "transformation") &&
	       policy_setting(d->policy, term) == NULL &&
	       sent(d, term->name) == NULL;
}

static bool
decide_term(struct decision *d, const struct term *term,
    const struct setting *set, const struct allowance *allow)
{
	struct case_of c = { term, set, allow, sent(d, term->name) };
	struct span value = no_param;
	bool list = term_is_list(term) || term->type == TERM_GROUP;

	if (is_original(d, term)) {
		c.param = params_find(d->asked, span_of(term->name));
		return c.param != NULL
			   ? decide_value(d, &c, &value)
			   : refuse_required(d->policy, term->name, d->why);
	}
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

/* One of the program's own: timestamp, expires_at. */
static bool
add_number(struct decision *d, const char *name, long long value)
{
	unsigned char *mem = arena_bytes(d->arena, 20);
	struct sink text;

	if (mem == NULL)
		return decide_out_of_room(d);
	sink_init(&text, mem, 20);
	sink_int(&text, value);
	return add_field(d, term_find(span_of(name)), sink_view(&text));
}

/*
 * A link says what it is, and when it ends: archive makes an archive to keep
 * where mode does not say download.
 */
static bool
add_link(struct decision *d)
{
	struct grant *g = d->out;
	enum action action = d->policy->action;

	if (d->final)
		return true;
	if (action == ACTION_ARCHIVE && grant_value(g, "mode").n == 0 &&
	    !add_field(d, term_find(SPAN_LIT("mode")), SPAN_LIT("download")))
		return false;
	g->link = action == ACTION_DOWNLOAD ||
		  (action == ACTION_ARCHIVE &&
		      span_is(grant_value(g, "mode"), "download"));
	return !g->link || add_number(d, "expires_at", g->expires_at);
}

/* What an upload's answer holds beside its public_id. */
static bool
add_answered(struct decision *d)
{
	static const char *const names[] = { "version", "signature" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct param *param = sent(d, names[i]);
		const struct term *term = term_find(span_of(names[i]));
		long long version;

		if (grant_value(d->out, names[i]).n > 0)
			continue;
		if (param == NULL)
			return refuse_required(d->policy, names[i], d->why);
		if (param->shape != SHAPE_TEXT)
			return problem_set(d->why, 403, "wrong_form",
			    param->name, "%q is one text; send it once.",
			    param->name);
		if (i == 0 && !span_digits(param->values[0], &version))
			return problem_set(d->why, 403, "value_not_allowed",
			    param->name, "%q takes plain digits.", param->name);
		if (!add_field(d, term, param->values[0]))
			return false;
	}
	return true;
}

static bool
decide(struct decision *d, enum contract contract)
{
	bool call = actions[d->policy->action].kind == KIND_API;

	/* Whoever sends one took this for another contract: say that first. */
	if (call && contract != CONTRACT_PREPARE && !d->final &&
	    params_find(d->asked, SPAN_LIT("timestamp")) != NULL)
		return refuse_contract(d->why);
	for (size_t i = 0; i < d->asked->n; i++)
		if (!check_name(d, &d->asked->p[i]))
			return false;
	if (!decide_contract(d, contract) || (call && !decide_time(d)) ||
	    !decide_terms(d))
		return false;
	if (d->policy->action == ACTION_VERIFY && !add_answered(d))
		return false;
	if (!call && !decide_time(d))
		return false;
	if (call &&
	    (!add_number(d, "timestamp", d->out->timestamp) || !add_link(d)))
		return false;
	return decide_required(d);
}

bool
policy_decide(const struct policy *policy, enum contract contract,
    const struct params *asked, const struct facts *facts, struct arena *arena,
    struct grant *out, struct problem *why)
{
	struct decision d = { policy, asked, facts, arena, out, why,
		contract_is_final(contract) };

	memset(out, 0, sizeof(*out));
	if (contract == CONTRACT_NONE || policy->action == ACTION_NONE ||
	    policy->webhook)
		return problem_set(why, 400, "contract_unknown", no_param,
		    "There is no such contract.");
	out->contract = contract;
	out->policy = policy;
	out->resource_type = SPAN_LIT("image");
	out->given = decide(&d, contract);
	if (!out->given)
		memset(out, 0, sizeof(*out));
	return out->given;
}
