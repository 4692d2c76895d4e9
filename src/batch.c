#include "batch.h"

#include "cloudinary/information.h"
#include "cloudinary/prepare_answer.h"
#include "policy/quota.h"
#include "respond.h"

static const struct span no_param = { NULL, 0 };

/* What {random} stands for: another in each item. */
static bool
draw_random(struct task *t)
{
	struct random_source *random = t->world->random;

	return random->fill(random, t->facts.random, sizeof(t->facts.random)) ||
	       problem_set(&t->ws->problem, 503, "random_unavailable", no_param,
		   "The server is out of order; its log says why.");
}

/* For the log of a refusal: what the client named. */
static struct span
asked_id(const struct ask *ask)
{
	const struct param *id =
	    params_find(&ask->items[0], SPAN_LIT("public_id"));

	return id != NULL && id->shape == SHAPE_TEXT ? id->values[0] : no_param;
}

static bool
decide_item(
    struct task *t, const struct policy *policy, size_t i, struct problem *why)
{
	return policy_decide(policy, t->ask.contract, &t->ask.items[i],
	    &t->facts, &t->arena, &t->ws->grants[i], why);
}

/*
 * How many are granted. In a batch each one stands for itself; a single
 * request stands or falls as a whole.
 */
static bool
decide_batch(struct task *t, const struct policy *policy, unsigned *granted)
{
	bool single = t->ask.contract != CONTRACT_PREPARE;

	*granted = 0;
	for (size_t i = 0; i < t->ask.n; i++) {
		struct problem why;

		problem_clear(&why);
		if (!draw_random(t))
			return false;
		if (decide_item(
			t, policy, i, single ? &t->ws->problem : &why) &&
		    (single || prepare_possible(
				   &t->ws->grants[i], &t->ask.items[i], &why)))
			(*granted)++;
		else if (single)
			return false;
		else
			t->ws->grants[i].given = false;
	}
	return true;
}

/* Judged again, only to say why not: that is never counted. */
static void
cancel_item(
    struct task *t, const struct policy *policy, size_t i, struct json_out *j)
{
	struct problem why;

	problem_clear(&why);
	if (decide_item(t, policy, i, &why))
		prepare_possible(&t->ws->grants[i], &t->ask.items[i], &why);
	t->ws->grants[i].given = false;
	prepare_refusal(&why, j);
	t->out->param = why.param;
	if (why.reason != NULL)
		t->out->reason = why.reason;
	if (t->out->code == NULL)
		t->out->code = why.code;
}

static bool
write_batch(struct task *t, const struct policy *policy)
{
	struct json_out j;
	struct sink string;
	struct response r = { &t->body, &j, &t->arena, &string, t->out,
		&t->ws->problem, t->facts.now };

	sink_init(&string, t->ws->string, sizeof(t->ws->string));
	json_begin(&j, &t->body);
	t->out->media = MEDIA_JSON;
	if (t->ask.list)
		json_open(&j, '[');
	for (size_t i = 0; i < t->ask.n; i++) {
		const struct grant *grant = &t->ws->grants[i];

		if (!grant->given) {
			cancel_item(t, policy, i, &j);
			continue;
		}
		if (!respond(&r, grant))
			return false;
		t->out->public_id = grant_value(grant, "public_id");
	}
	if (t->ask.list)
		json_close(&j);
	return true;
}

/*
 * Some clients first send a POST without a body, to learn the api_key, and
 * then what they want signed. That is all that this policy is for: so nothing
 * is signed or counted yet. Source: cloudinary-devs/skills
 * skills/cloudinary-react/references/signed-uploads.md.
 */
static bool
is_probe(const struct task *t, const struct policy *policy)
{
	return t->ask.probe && policy->reusable &&
	       policy_final_obstacle(policy) == NULL;
}

/* All is judged before anything is counted, and counted before it is signed.
 */
bool
batch_answer(struct task *t)
{
	const struct policy *policy = config_policy(t->config, t->ask.policy);
	unsigned granted;

	if (policy == NULL)
		return problem_set(&t->ws->problem, 404, "policy_unknown",
		    SPAN_LIT("policy"), "There is no policy %q.",
		    t->ask.policy);
	t->out->policy = policy->name;
	t->out->action = action_name(policy->action);
	if (policy->webhook)
		return problem_set(&t->ws->problem, 405, "method", no_param,
		    "A webhook is a POST of the notification as it came, to "
		    "?policy=%v.",
		    policy->name);
	if (!policy_open_to(
		policy, &t->facts, t->request, &t->arena, &t->ws->problem))
		return false;
	if (is_probe(t, policy)) {
		information_write(t->config, policy->cloud, &t->facts,
		    t->request, &t->arena, &t->body);
		t->out->code = "information";
		return true;
	}
	t->out->public_id = asked_id(&t->ask);
	if (!decide_batch(t, policy, &granted))
		return false;
	if (granted > 0 && !quota_take(policy, &t->facts, t->world->counters,
			       granted, &t->arena, t->out, &t->ws->problem))
		return false;
	t->out->code = NULL;
	if (!write_batch(t, policy))
		return false;
	t->out->items = (unsigned)t->ask.n;
	t->out->granted = granted;
	if (granted > 0)
		t->out->code =
		    policy->action == ACTION_VERIFY ? "valid" : "granted";
	return true;
}
