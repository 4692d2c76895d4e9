#include "policy/refuse.h"

/* Room for a list of names in a refusal; a longer one ends in "...". */
#define NAMES_TEXT_MAX 300

/*
 * "a, b, c" of what the policy lets a client send, or "nothing"; in a final
 * contract the client sends what is set as well.
 */
static struct span
names_allowed(
    const struct policy *p, bool final, unsigned char mem[NAMES_TEXT_MAX])
{
	size_t n_set = final ? p->n_set : 0;
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

bool
refuse_unknown(
    const struct policy *p, struct span name, bool final, struct problem *why)
{
	unsigned char mem[NAMES_TEXT_MAX];
	const char *near = term_nearest(name, p->action);

	if (term_means_size(name))
		return problem_set(why, 403, "parameter_unknown", name,
		    "Cloudinary has no parameter %q: " TERM_SIZE_ADVICE ".",
		    name);
	if (near != NULL)
		return problem_set(why, 403, "parameter_unknown", name,
		    "%s does not take a parameter %q; did you mean \"%s\"?",
		    action_name(p->action), name, near);
	return problem_set(why, 403, "parameter_unknown", name,
	    "%s does not take a parameter %q; the policy %q takes: %v.",
	    action_name(p->action), name, p->name,
	    names_allowed(p, final, mem));
}

bool
refuse_reserved(const struct term *term, struct problem *why)
{
	struct span name = span_of(term->name);

	if (span_is(name, "timestamp"))
		return problem_set(why, 403, "timestamp_not_taken", name,
		    "The timestamp is the server's; leave it out, and send "
		    "the one from the answer to Cloudinary.");
	if (span_is(name, "file"))
		return problem_set(why, 403, "parameter_reserved", name,
		    "The file goes to Cloudinary, with the fields of the "
		    "answer, and never here; leave \"file\" out.");
	return problem_set(why, 403, "parameter_reserved", name,
	    "%q is never taken from a client; leave it out.", name);
}

bool
refuse_contract(struct problem *why)
{
	return problem_set(why, 403, "timestamp_not_taken",
	    SPAN_LIT("timestamp"),
	    "The timestamp is the server's; leave it out, and send the one "
	    "from the answer to Cloudinary. A client that fixes its own, as "
	    "the Upload Widget does, sends {\"paramsToSign\": {...}} as JSON, "
	    "or contract=text.");
}

bool
refuse_seconds(long long now, struct problem *why)
{
	why->server_time = now;
	return problem_set(why, 403, "timestamp_malformed",
	    SPAN_LIT("timestamp"),
	    "\"timestamp\" takes whole seconds, as Math.floor(Date.now() / "
	    "1000); the server's time is %d.",
	    now);
}

bool
refuse_not_allowed(const struct policy *p, const struct term *term, bool final,
    struct problem *why)
{
	unsigned char mem[NAMES_TEXT_MAX];
	struct span name = span_of(term->name);

	return problem_set(why, 403, "parameter_not_allowed", name,
	    "The policy %q does not take %q; it takes: %v.", p->name, name,
	    names_allowed(p, final, mem));
}

bool
refuse_addition(const struct policy *p, const struct term *term,
    struct span element, struct problem *why)
{
	struct span name = span_of(term->name);

	return problem_set(why, 403, "parameter_not_allowed", name,
	    "The policy %q sets %q itself and takes no %q beside it.", p->name,
	    name, element);
}

bool
refuse_fixed(const struct policy *p, const struct term *term, struct span key,
    struct span ours, bool final, struct problem *why)
{
	struct span name = span_of(term->name);
	const char *advice = ", or leave it out";

	if (final && term->is_signed)
		advice = "; a client that fixes its parameters itself can't "
			 "leave it out";
	if (key.n > 0)
		return problem_set(why, 403, "value_fixed", name,
		    "The policy %q sets %q in %q to %q; send that%s.", p->name,
		    key, name, ours, advice);
	return problem_set(why, 403, "value_fixed", name,
	    "The policy %q sets %q to %q; send that%s.", p->name, name, ours,
	    advice);
}

bool
refuse_random(
    const struct policy *p, const struct term *term, struct problem *why)
{
	struct span name = span_of(term->name);

	return problem_set(why, 403, "value_fixed", name,
	    "The policy %q makes %q anew for each request; leave it out.",
	    p->name, name);
}

bool
refuse_absent(const struct policy *p, const struct term *term, struct span ours,
    struct problem *why)
{
	struct span name = span_of(term->name);

	return problem_set(why, 403, "parameter_missing", name,
	    "The policy %q asks for %q = %q, and this client fixes its "
	    "parameters before it asks. Send that value; or put it in a "
	    "signed preset, and name the preset in `set`.",
	    p->name, name, ours);
}

bool
refuse_unlike(const struct policy *p, const struct term *term, struct span ours,
    bool absent, struct problem *why)
{
	struct span name = span_of(term->name);

	return problem_set(why, 403,
	    absent ? "parameter_missing" : "value_fixed", name,
	    "The policy %q asks for %q like %q, with 32 digits 0-9 a-f of the "
	    "client's own, since this client fixes its parameters before it "
	    "asks.",
	    p->name, name, ours);
}

bool
refuse_count(
    const struct term *term, const struct rule *rule, struct problem *why)
{
	struct span name = span_of(term->name);

	return problem_set(why, 403, "value_not_allowed", name,
	    "%q takes at most %d elements from a client.", name,
	    (long long)rule->count_max);
}

bool
refuse_required(const struct policy *p, const char *name, struct problem *why)
{
	return problem_set(why, 400, "parameter_missing", span_of(name),
	    "%s needs %q.", action_name(p->action), span_of(name));
}

bool
refuse_required_any(
    const struct policy *p, const char *const *names, struct problem *why)
{
	unsigned char mem[NAMES_TEXT_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	for (size_t i = 0; names[i] != NULL; i++)
		sink_say(&out, "%s%s", i == 0 ? "" : ", ", names[i]);
	return problem_set(why, 400, "parameter_missing", span_of(names[0]),
	    "%s needs one of: %v.", action_name(p->action), sink_view(&out));
}
