#include "http/camel.h"
#include "policy/contracts.h"
#include "policy/owner.h"

/* "a, b" of the names that a client itself must send. */
static void
add_names(const struct policy *policy, bool (*named)(const struct setting *),
    struct sink *out)
{
	for (size_t i = 0; i < policy->n_set; i++)
		if (named(&policy->set[i]))
			sink_say(out, "%s%s", out->n == 0 ? "" : ", ",
			    policy->set[i].term->name);
}

static bool
is_signed(const struct setting *set)
{
	return set->term->is_signed;
}

/* The widget sends source = uw itself, and takes the rest from the answer. */
static bool
is_strange(const struct setting *set)
{
	struct span name = span_of(set->term->name);

	return set->term->is_signed && camel_of(name) == NULL &&
	       !(span_is(name, "source") &&
		   span_is(set->values[0].source, "uw"));
}

const char *
contracts_final_obstacle(const struct policy *policy)
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

static void
note_final(struct loader *l, const struct policy *policy)
{
	unsigned char mem[2 * DETAIL_MAX]; /* all names of one action */
	const char *why = contracts_final_obstacle(policy);
	struct sink set;

	if (why != NULL) {
		owner_say(l, SAY_NOTE, policy->line,
		    "the policy %q serves the plain contract, and not "
		    "paramsToSign: %s",
		    policy->name, why);
		return;
	}
	sink_init(&set, mem, sizeof(mem));
	add_names(policy, is_signed, &set);
	owner_say(l, SAY_NOTE, policy->line,
	    "the policy %q serves the plain contract, and paramsToSign%s%v%s",
	    policy->name, set.n == 0 ? "" : " for a client that itself sends ",
	    sink_view(&set),
	    policy->action != ACTION_UPLOAD || owner_may_hold(policy, "source")
		? ""
		: "; not for the Upload Widget, which also sends source = "
		  "\"uw\": set or allow it");
}

bool
contracts_prepare(const struct policy *policy)
{
	if (policy->action != ACTION_UPLOAD)
		return false;
	for (size_t i = 0; i < policy->n_set; i++)
		if (is_strange(&policy->set[i]))
			return false;
	return true;
}

static void
note_prepare(struct loader *l, const struct policy *policy)
{
	unsigned char mem[2 * DETAIL_MAX];
	struct sink strange;

	sink_init(&strange, mem, sizeof(mem));
	add_names(policy, is_strange, &strange);
	if (strange.n == 0)
		owner_say(l, SAY_NOTE, policy->line,
		    "the policy %q serves prepareUploadParams", policy->name);
	else
		owner_say(l, SAY_NOTE, policy->line,
		    "the policy %q does not serve prepareUploadParams: the "
		    "Upload Widget takes no %v from an answer; put that into "
		    "a signed preset, and set upload_preset",
		    policy->name, sink_view(&strange));
}

void
owner_contracts(struct loader *l, const struct policy *policy)
{
	note_final(l, policy);
	if (policy->action == ACTION_UPLOAD)
		note_prepare(l, policy);
}
