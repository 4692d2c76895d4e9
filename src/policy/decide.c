/*
 * One item: each name that the client sent is looked at first, then the
 * policy's own names are walked in their order, so that what is signed comes
 * out sorted and nothing gets in that the policy does not know.
 */
#include "policy/decide.h"

#include <string.h>

#include "policy/value.h"

/* Room for a list of names in a refusal; a longer one ends in "...". */
#define NAMES_TEXT_MAX 300

static const struct span no_param = { NULL, 0 };

struct decision {
	const struct policy *policy;
	const struct params *asked;
	struct grant *out;
	struct ctx ctx;
	bool final; /* signed exactly as sent, or refused */
};

/* What the policy says of one term, and what the client sent for it. */
struct case_of {
	const struct term *term;
	const struct setting *set;     /* NULL: not set */
	const struct allowance *allow; /* NULL: not allowed */
	const struct param *param;     /* NULL: not sent, or empty */
};

struct span
grant_value(const struct grant *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++)
		if (span_is(span_of(g->fields[i].term->name), name))
			return g->fields[i].value;
	return no_param;
}

static bool
out_of_room(struct decision *d)
{
	return problem_set(d->ctx.why, 500, "out_of_room", no_param,
	    "The request and the policy together are too large.");
}

/*
 * "a, b, c" of what the policy lets a client send, or "nothing"; in a final
 * contract the client sends what is set as well.
 */
static struct span
names_allowed(const struct decision *d, unsigned char mem[NAMES_TEXT_MAX])
{
	const struct policy *p = d->policy;
	size_t n_set = d->final ? p->n_set : 0;
	struct sink out;

	sink_init(&out, mem, NAMES_TEXT_MAX - 5);
	for (size_t i = 0; i < n_set + p->n_allow; i++) {
		const struct term *term =
		    i < n_set ? p->set[i].term : p->allow[i - n_set].term;
		size_t mark = out.n;

		sink_say(&out, "%s%s", i == 0 ? "" : ", ", term->name);
		if (!out.full)
			continue;
		out = (struct sink){ mem, mark, NAMES_TEXT_MAX, false };
		sink_text(&out, ", ...");
		return sink_view(&out);
	}
	if (out.n == 0)
		sink_text(&out, "nothing from a client");
	return sink_view(&out);
}

static bool
refuse_unknown(const struct decision *d, struct span name)
{
	unsigned char mem[NAMES_TEXT_MAX];
	const char *near = term_nearest(name, d->policy->action);

	if (term_means_size(name))
		return problem_set(d->ctx.why, 403, "parameter_unknown", name,
		    "Cloudinary has no parameter %q: " TERM_SIZE_ADVICE ".",
		    name);
	if (near != NULL)
		return problem_set(d->ctx.why, 403, "parameter_unknown", name,
		    "%s does not take a parameter %q; did you mean \"%s\"?",
		    action_name(d->policy->action), name, near);
	return problem_set(d->ctx.why, 403, "parameter_unknown", name,
	    "%s does not take a parameter %q; the policy %q takes: %v.",
	    action_name(d->policy->action), name, d->policy->name,
	    names_allowed(d, mem));
}

static bool
refuse_reserved(const struct decision *d, const struct term *term)
{
	struct span name = span_of(term->name);

	if (span_is(name, "timestamp"))
		return problem_set(d->ctx.why, 403, "timestamp_not_taken", name,
		    "The timestamp is the server's; leave it out, and send "
		    "the one from the answer to Cloudinary.");
	if (span_is(name, "file"))
		return problem_set(d->ctx.why, 403, "parameter_reserved", name,
		    "The file goes to Cloudinary, with the fields of the "
		    "answer, and never here; leave \"file\" out.");
	return problem_set(d->ctx.why, 403, "parameter_reserved", name,
	    "%q is never taken from a client; leave it out.", name);
}

static bool
refuse_not_allowed(const struct decision *d, const struct term *term)
{
	unsigned char mem[NAMES_TEXT_MAX];
	struct span name = span_of(term->name);

	return problem_set(d->ctx.why, 403, "parameter_not_allowed", name,
	    "The policy %q does not take %q; it takes: %v.", d->policy->name,
	    name, names_allowed(d, mem));
}

static bool
refuse_fixed(const struct decision *d, const struct term *term, struct span key,
    struct span ours)
{
	struct span name = span_of(term->name);
	const char *advice = ", or leave it out";

	if (d->final && term_signed(term))
		advice = "; a client that fixes its parameters itself can't "
			 "leave it out";
	if (key.n > 0)
		return problem_set(d->ctx.why, 403, "value_fixed", name,
		    "The policy %q sets %q in %q to %q; send that%s.",
		    d->policy->name, key, name, ours, advice);
	return problem_set(d->ctx.why, 403, "value_fixed", name,
	    "The policy %q sets %q to %q; send that%s.", d->policy->name, name,
	    ours, advice);
}

static bool
refuse_absent(
    const struct decision *d, const struct term *term, struct span ours)
{
	struct span name = span_of(term->name);

	return problem_set(d->ctx.why, 403, "parameter_missing", name,
	    "The policy %q asks for %q = %q, and this client fixes its "
	    "parameters before it asks. Send that value; or put it in a "
	    "signed preset, and name the preset in `set`.",
	    d->policy->name, name, ours);
}

static bool
refuse_unlike(const struct decision *d, const struct term *term,
    struct span ours, bool absent)
{
	struct span name = span_of(term->name);

	return problem_set(d->ctx.why, 403,
	    absent ? "parameter_missing" : "value_fixed", name,
	    "The policy %q asks for %q like %q, with 32 digits 0-9 a-f of the "
	    "client's own, since this client fixes its parameters before it "
	    "asks.",
	    d->policy->name, name, ours);
}

static bool
refuse_required(const struct decision *d, const char *name)
{
	return problem_set(d->ctx.why, 400, "parameter_missing", span_of(name),
	    "%s needs %q.", action_name(d->policy->action), span_of(name));
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

/* Why the value can't be sent, in *why; true when it can. */
static bool
well_formed(struct decision *d, const struct term *term, struct span value,
    struct sink *why)
{
	struct span name = span_of(term->name);
	struct address address;

	if (term_has_patterns(term))
		return id_form_valid(term, value, true, why);
	if (d->policy->action == ACTION_TOKEN && span_is(name, "ip")) {
		sink_text(why, "it takes an IP address");
		return address_parse(value, &address);
	}
	if (d->policy->action == ACTION_DELIVER &&
	    span_is(name, "transformation") && value.n > 0)
		return transformation_valid(value, why);
	return true;
}

static bool
check_fits(struct decision *d, const struct term *term, struct span value)
{
	unsigned char mem[DETAIL_MAX / 2];
	struct sink reason;

	sink_init(&reason, mem, sizeof(mem));
	if (well_formed(d, term, value, &reason))
		return true;
	if (term_has_patterns(term))
		d->ctx.why->reason = TEMPLATE_HASH_ADVICE;
	return problem_set(d->ctx.why, 403, "user_not_usable",
	    span_of(term->name),
	    "For this user %q would not be well formed: %v.",
	    span_of(term->name), sink_view(&reason));
}

/*
 * Lists and groups. In the plain contract the server's elements come first,
 * then the client's; in a final one the client's value must hold all of the
 * server's, and is signed as it was sent.
 */

/* The server's own elements, with room for extra ones behind them. */
static bool
own_elements(struct decision *d, const struct case_of *c, size_t extra,
    struct elements *own)
{
	bool group = c->term->type == TERM_GROUP;
	size_t n = c->set != NULL ? c->set->n : 0;

	*own = (struct elements){ 0, NULL, NULL };
	own->values = arena_array(d->ctx.arena, n + extra, sizeof(struct span));
	if (group)
		own->keys =
		    arena_array(d->ctx.arena, n + extra, sizeof(struct span));
	if (d->ctx.arena->full)
		return out_of_room(d);
	for (; own->n < n; own->n++) {
		struct span *value = &own->values[own->n];

		if (!template_expand(&c->set->values[own->n],
			term_place(c->term), c->term->separators, &d->ctx,
			value) ||
		    !check_fits(d, c->term, *value))
			return false;
		if (group) {
			own->keys[own->n] = c->set->keys[own->n];
			*value = elements_escape(*value, d->ctx.arena);
		}
	}
	return true;
}

/* One element that the server does not send itself: may the client? */
static bool
may_add(struct decision *d, const struct case_of *c, struct span key,
    struct span value)
{
	if (c->allow == NULL)
		return problem_set(d->ctx.why, 403, "parameter_not_allowed",
		    span_of(c->term->name),
		    "The policy %q sets %q itself and takes no %q beside it.",
		    d->policy->name, span_of(c->term->name),
		    c->term->type == TERM_GROUP ? key : value);
	return rule_takes(&c->allow->rule, c->term, key, value, &d->ctx);
}

/*
 * Is this the i-th of ours? In a final contract {random} stands for any value
 * of its form.
 */
static bool
repeats(struct decision *d, const struct case_of *c,
    const struct elements *ours, size_t i, struct span value)
{
	const struct text_template *t = &c->set->values[i];

	return span_eq(ours->values[i], value) ||
	       (d->final && template_has(t, PIECE_RANDOM) &&
		   template_matches(t, term_place(c->term), c->term->separators,
		       &d->ctx, value));
}

/* The one of our first n that the client's element repeats, or n. */
static size_t
find_own(struct decision *d, const struct case_of *c,
    const struct elements *ours, size_t n, struct span key, struct span value)
{
	for (size_t i = 0; i < n; i++)
		if (ours->keys != NULL ? span_eq(ours->keys[i], key)
				       : repeats(d, c, ours, i, value))
			return i;
	return n;
}

/*
 * Puts the client's elements behind our first n in all, each once. *held
 * counts those of ours that the client repeated, also each once: since the
 * client's all differ, only a {random} could be repeated by two.
 */
static bool
add_theirs(struct decision *d, const struct case_of *c,
    const struct elements *theirs, struct elements *all, size_t *held)
{
	size_t n = all->n;
	bool *seen = arena_array(d->ctx.arena, n, sizeof(bool));

	*held = 0;
	if (seen == NULL)
		return out_of_room(d);
	for (size_t i = 0; i < theirs->n; i++) {
		struct span key = { NULL, 0 }, value = theirs->values[i];
		size_t at;

		if (theirs->keys != NULL)
			key = theirs->keys[i];
		at = find_own(d, c, all, n, key, value);
		if (at < n && !seen[at]) {
			if (!repeats(d, c, all, at, value))
				return refuse_fixed(
				    d, c->term, key, all->values[at]);
			seen[at] = true;
			(*held)++;
			continue;
		}
		if (d->ctx.why->status != 0 || !may_add(d, c, key, value))
			return false;
		if (all->keys != NULL)
			all->keys[all->n] = key;
		all->values[all->n++] = value;
	}
	return true;
}

/* Only tags and groups can stand in `set` and in `allow` at once. */
static bool
one_value(const struct term *term)
{
	return term_is_list(term) && term->type != TERM_TAGS;
}

static bool
has_room(struct decision *d, const struct term *term, struct span value)
{
	return term->type != TERM_ACL || value.n <= ACL_MAX ||
	       problem_set(d->ctx.why, 403, "value_not_allowed",
		   span_of(term->name), "%q takes at most %d bytes in all.",
		   span_of(term->name), (long long)ACL_MAX);
}

static bool
decide_list(struct decision *d, const struct case_of *c, struct span *value)
{
	struct elements theirs = { 0, NULL, NULL }, all;
	struct span joined;
	size_t n_own, held;
	bool whole;

	if (c->param != NULL &&
	    !elements_read(c->param, c->term, d->final, &d->ctx, &theirs))
		return false;
	if (!own_elements(d, c, theirs.n, &all))
		return false;
	n_own = all.n;
	if (!add_theirs(d, c, &theirs, &all, &held))
		return false;
	if (c->allow != NULL && c->allow->rule.kind == RULE_TEXT &&
	    all.n - n_own > c->allow->rule.count_max)
		return problem_set(d->ctx.why, 403, "value_not_allowed",
		    span_of(c->term->name),
		    "%q takes at most %d elements from a client.",
		    span_of(c->term->name),
		    (long long)c->allow->rule.count_max);
	/* A plain list that the server sets is one value: all of it or none.
	 */
	whole = d->final || (one_value(c->term) && theirs.n > 0);
	if (whole && held < n_own) {
		all.n = n_own;
		joined = elements_join(&all, c->term, d->ctx.arena);
		return c->param == NULL || !one_value(c->term)
			   ? refuse_absent(d, c->term, joined)
			   : refuse_fixed(d, c->term, no_param, joined);
	}
	if (d->final && c->param != NULL && c->param->shape == SHAPE_TEXT)
		*value = c->param->values[0];
	else
		*value = elements_join(
		    d->final ? &theirs : &all, c->term, d->ctx.arena);
	return d->ctx.arena->full ? out_of_room(d)
				  : has_room(d, c->term, *value);
}

/* Set, and sent as well: the same value, or a refusal. */
static bool
repeated(struct decision *d, const struct case_of *c, struct span ours,
    struct span theirs)
{
	const struct text_template *t = &c->set->values[0];

	if (!template_has(t, PIECE_RANDOM))
		return value_same(c->term, ours, theirs) ||
		       refuse_fixed(d, c->term, no_param, ours);
	if (!d->final)
		return problem_set(d->ctx.why, 403, "value_fixed",
		    span_of(c->term->name),
		    "The policy %q makes %q anew for each request; leave it "
		    "out.",
		    d->policy->name, span_of(c->term->name));
	return template_matches(t, term_place(c->term), c->term->separators,
		   &d->ctx, theirs) ||
	       refuse_unlike(d, c->term, ours, false);
}

/* The one value that was sent; it may be empty. */
static bool
read_theirs(struct decision *d, const struct case_of *c, struct span *out)
{
	struct elements theirs;

	*out = no_param;
	if (!elements_read(c->param, c->term, d->final, &d->ctx, &theirs))
		return false;
	if (theirs.n > 0)
		*out = theirs.values[0];
	return true;
}

static bool
decide_set(struct decision *d, const struct case_of *c, struct span *value)
{
	const struct text_template *t = &c->set->values[0];
	struct span ours, theirs;

	if (!template_expand(
		t, term_place(c->term), c->term->separators, &d->ctx, &ours) ||
	    !check_fits(d, c->term, ours))
		return false;
	*value = ours;
	if (c->param == NULL && d->final && term_signed(c->term))
		return template_has(t, PIECE_RANDOM)
			   ? refuse_unlike(d, c->term, ours, true)
			   : refuse_absent(d, c->term, ours);
	if (c->param == NULL)
		return true;
	if (!read_theirs(d, c, &theirs) || !repeated(d, c, ours, theirs))
		return false;
	if (d->final)
		*value = theirs;
	return true;
}

/*
 * An empty value comes here where it means something (see policy_decide()),
 * and is for the rule to judge like any other.
 */
static bool
decide_value(struct decision *d, const struct case_of *c, struct span *value)
{
	if (c->set != NULL)
		return decide_set(d, c, value);
	if (c->param == NULL)
		return true;
	return read_theirs(d, c, value) &&
	       rule_takes(
		   &c->allow->rule, c->term, no_param, *value, &d->ctx) &&
	       check_fits(d, c->term, *value);
}

/*
 * When a signature begins and ends. Cloudinary takes an API signature for an
 * hour from its timestamp, so that a shorter life is one that began earlier.
 * A token says both times itself, and never outlives the session.
 */

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
	long long now = d->ctx.facts->now, *at = &d->out->timestamp;
	bool read = param != NULL && param->shape == SHAPE_TEXT &&
		    span_digits(param->values[0], at) &&
		    !is_other_unit(*at, now);

	if (read && *at <= now + CLOCK_SKEW_MAX_SECONDS &&
	    *at >= now - CLOCK_SKEW_MAX_SECONDS)
		return true;
	d->ctx.why->server_time = now;
	if (!read)
		return problem_set(d->ctx.why, 403, "timestamp_malformed",
		    SPAN_LIT("timestamp"),
		    "\"timestamp\" takes whole seconds, as "
		    "Math.floor(Date.now() / 1000); the server's time is %d.",
		    now);
	return problem_set(d->ctx.why, 403, "timestamp_stale",
	    SPAN_LIT("timestamp"),
	    "The client's clock and the server's are more than %d seconds "
	    "apart; the server's time is %d.",
	    (long long)CLOCK_SKEW_MAX_SECONDS, now);
}

static bool
decide_call(struct decision *d)
{
	d->out->timestamp =
	    d->ctx.facts->now - (LIFETIME_MAX_SECONDS - d->policy->lifetime);
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
	       problem_set(d->ctx.why, 403, "value_not_allowed", span_of(name),
		   "%q takes whole seconds.", span_of(name));
}

/* expiration wins over duration, as in the SDKs. */
static bool
decide_token(struct decision *d)
{
	long long start, duration, end,
	    session = d->ctx.facts->session->expires;

	if (!number_of(d, "start_time", d->ctx.facts->now, &start) ||
	    !number_of(d, "duration", 0, &duration))
		return false;
	if (duration == 0 && grant_value(d->out, "expiration").n == 0)
		return refuse_required(d, "duration");
	if (!number_of(d, "expiration", start + duration, &end))
		return false;
	if (end > session)
		end = session;
	if (start < 1 || end <= start || end <= d->ctx.facts->now)
		return problem_set(d->ctx.why, 403, "token_never_valid",
		    no_param,
		    "This token would end (%d) before it begins (%d) or before "
		    "now (%d); it never outlives the session (%d).",
		    end, start, d->ctx.facts->now, session);
	d->out->timestamp = start;
	d->out->expires_at = end;
	return true;
}

static bool
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

static bool
check_contract(struct decision *d, enum contract contract)
{
	const struct policy *p = d->policy;

	if (contract == CONTRACT_PREPARE && p->action != ACTION_UPLOAD)
		return problem_set(d->ctx.why, 403, "contract_not_served",
		    no_param,
		    "prepareUploadParams is for uploads, and the policy %q is "
		    "for %s.",
		    p->name, action_name(p->action));
	if (!d->final)
		return true;
	if (actions[p->action].kind != KIND_API)
		return problem_set(d->ctx.why, 403, "contract_not_served",
		    no_param,
		    "The policy %q is for %s, which is no call of the API; a "
		    "client that only wants a signature can't use it.",
		    p->name, action_name(p->action));
	if (p->anonymous)
		return problem_set(d->ctx.why, 403, "contract_not_served",
		    no_param,
		    "The policy %q is open to everybody, so that the server "
		    "itself makes the id of each file; a client that brings "
		    "its own parameters and timestamp can't use it.",
		    p->name);
	return p->lifetime == LIFETIME_MAX_SECONDS ||
	       problem_set(d->ctx.why, 403, "contract_not_served", no_param,
		   "The policy %q makes signatures that live %d seconds, by a "
		   "timestamp of its own; a client that brings its own "
		   "timestamp can't use it.",
		   p->name, p->lifetime);
}

static bool
check_any(struct decision *d)
{
	const char *const *any = actions[d->policy->action].any;
	unsigned char mem[NAMES_TEXT_MAX];
	struct sink names;

	sink_init(&names, mem, sizeof(mem));
	for (size_t i = 0; any[i] != NULL; i++) {
		if (grant_value(d->out, any[i]).n > 0)
			return true;
		sink_say(&names, "%s%s", i == 0 ? "" : ", ", any[i]);
	}
	return any[0] == NULL ||
	       problem_set(d->ctx.why, 400, "parameter_missing",
		   span_of(any[0]), "%s needs one of: %v.",
		   action_name(d->policy->action), sink_view(&names));
}

/* remove_all needs to say no more; every other command does. */
static bool
check_command(struct decision *d)
{
	enum action action = d->policy->action;
	const char *name = action == ACTION_TAGS ? "tag" : "context";

	if ((action != ACTION_TAGS && action != ACTION_CONTEXT) ||
	    span_is(grant_value(d->out, "command"), "remove_all"))
		return true;
	return grant_value(d->out, name).n > 0 || refuse_required(d, name);
}

static bool
check_required(struct decision *d)
{
	const char *name;

	for (size_t i = 0;
	     (name = action_required(d->policy->action, i)) != NULL; i++)
		if (grant_value(d->out, name).n == 0)
			return refuse_required(d, name);
	return check_any(d) && check_command(d);
}

static bool
add_field(struct decision *d, const struct term *term, struct span value)
{
	struct grant *g = d->out;
	size_t at = g->n;

	if (value.n == 0)
		return true;
	if (!term_signed(term)) {
		g->resource_type = value;
		return true;
	}
	if (g->n == PARAMS_MAX)
		return out_of_room(d);
	while (at > 0 && strcmp(g->fields[at - 1].term->name, term->name) > 0) {
		g->fields[at] = g->fields[at - 1];
		at--;
	}
	g->fields[at] = (struct grant_field){ term, value };
	g->n++;
	return true;
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
		return refuse_unknown(d, param->name);
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
		       refuse_fixed(d, term, no_param, account_text(d, term));
	if (term_reserved(term, d->policy->action))
		return refuse_reserved(d, term);
	if (!term_taken(term, d->policy->action))
		return refuse_unknown(d, param->name);
	return refuse_not_allowed(d, term);
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
		return c.param != NULL ? decide_value(d, &c, &value)
				       : refuse_required(d, term->name);
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
	unsigned char *mem = arena_bytes(d->ctx.arena, 20);
	struct sink text;

	if (mem == NULL)
		return out_of_room(d);
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
			return refuse_required(d, names[i]);
		if (param->shape != SHAPE_TEXT)
			return problem_set(d->ctx.why, 403, "wrong_form",
			    param->name, "%q is one text; send it once.",
			    param->name);
		if (i == 0 && !span_digits(param->values[0], &version))
			return problem_set(d->ctx.why, 403, "value_not_allowed",
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
		return problem_set(d->ctx.why, 403, "timestamp_not_taken",
		    SPAN_LIT("timestamp"),
		    "The timestamp is the server's; leave it out, and send the "
		    "one "
		    "from the answer to Cloudinary. A client that fixes its "
		    "own, as "
		    "the Upload Widget does, sends {\"paramsToSign\": {...}} "
		    "as JSON, "
		    "or contract=text.");
	for (size_t i = 0; i < d->asked->n; i++)
		if (!check_name(d, &d->asked->p[i]))
			return false;
	if (!check_contract(d, contract) || (call && !decide_time(d)) ||
	    !decide_terms(d))
		return false;
	if (d->policy->action == ACTION_VERIFY && !add_answered(d))
		return false;
	if (!call && !decide_time(d))
		return false;
	if (call &&
	    (!add_number(d, "timestamp", d->out->timestamp) || !add_link(d)))
		return false;
	return check_required(d);
}

bool
policy_decide(const struct policy *policy, enum contract contract,
    const struct params *asked, const struct ctx *ctx, struct grant *out)
{
	struct decision d = { policy, asked, out, *ctx,
		contract_is_final(contract) };

	memset(out, 0, sizeof(*out));
	if (contract == CONTRACT_NONE || policy->action == ACTION_NONE ||
	    policy->webhook)
		return problem_set(ctx->why, 400, "contract_unknown", no_param,
		    "There is no such contract.");
	out->contract = contract;
	out->policy = policy;
	out->resource_type = SPAN_LIT("image");
	out->given = decide(&d, contract);
	if (!out->given)
		memset(out, 0, sizeof(*out));
	return out->given;
}

static bool
address_holds(const struct policy *policy, struct span remote_addr)
{
	struct address address;

	if (!address_parse(remote_addr, &address))
		return false;
	for (size_t i = 0; i < policy->n_addresses; i++)
		if (address_in(&address, &policy->addresses[i]))
			return true;
	return false;
}

/* A page of the endpoint's own site passes whatever the list says. */
static bool
origin_holds(const struct policy *policy, const struct request *request)
{
	return request->origin.n == 0 ||
	       span_is(request->sec_fetch_site, "same-origin") ||
	       origin_listed(&policy->origins, request->origin).n > 0;
}

static bool
user_holds(const struct policy *policy, const struct ctx *ctx)
{
	const struct session *session = ctx->facts->session;
	struct problem *why = ctx->why;

	if (!session->open)
		return problem_set(why, 401, "no_session", no_param,
		    "There is no valid session.");
	if ((policy->users.present &&
		!names_have(&policy->users, session->user)) ||
	    names_have(&policy->deny_users, session->user))
		return problem_set(why, 403, "user_not_allowed", no_param,
		    "The policy %q is not open to this user.", policy->name);
	for (size_t i = 0; i < policy->n_require; i++)
		if (!session_claim_is(session, &policy->require[i], ctx->arena))
			return problem_set(why, 403, "claim_required", no_param,
			    "The policy %q asks for a session whose %q has "
			    "another value than this one's.",
			    policy->name, policy->require[i].claim);
	return true;
}

bool
policy_open_to(const struct policy *policy, const struct request *request,
    const struct ctx *ctx)
{
	if (!policy->anonymous && !user_holds(policy, ctx))
		return false;
	if (policy->has_addresses &&
	    !address_holds(policy, request->remote_addr))
		return problem_set(ctx->why, 403, "address_not_allowed",
		    no_param, "The policy %q is not open to this address.",
		    policy->name);
	if (policy->has_origins && !origin_holds(policy, request))
		return problem_set(ctx->why, 403, "origin_not_allowed",
		    no_param, "The policy %q is not open to pages of %q.",
		    policy->name, request->origin);
	return true;
}

const char *
policy_final_obstacle(const struct policy *policy)
{
	if (actions[policy->action].kind != KIND_API)
		return "it is no call of the API";
	if (policy->anonymous)
		return "there the client makes the id, and this is open to "
		       "everybody";
	if (policy->lifetime < LIFETIME_MAX_SECONDS)
		return "that needs lifetime = 3600";
	return NULL;
}
