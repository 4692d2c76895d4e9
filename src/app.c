#include "app.h"

#include <string.h>

#include "cloudinary/api_answer.h"
#include "cloudinary/information.h"
#include "health.h"
#include "http/intake.h"
#include "policy/quota.h"

/* One request under way. */
struct task {
	const struct config *config; /* NULL: none is good */
	const struct request *request;
	const struct world *world;
	struct workspace *ws;
	struct arena arena;
	struct sink body;
	struct ask ask;
	struct session session;
	struct facts facts;
	struct answer *out;
};

static const struct span no_param = { NULL, 0 };

/* The request id, and what {random} stands for. */
static bool
draw(struct task *t, struct random_source *random)
{
	unsigned char bytes[8 + sizeof(t->facts.random)] = { 0 };
	bool drawn = random->fill(random, bytes, sizeof(bytes));
	struct sink text;

	memcpy(t->facts.random, bytes + 8, sizeof(t->facts.random));
	sink_init(&text, t->out->request_id, 16);
	sink_hex(&text, (struct span){ bytes, 8 });
	return drawn ||
	       problem_set(&t->ws->problem, 503, "random_unavailable", no_param,
		   "The server is out of order; its log says why.");
}

static bool
check_service(struct task *t)
{
	struct problem *why = &t->ws->problem;

	if (t->config == NULL)
		return problem_set(why, 503, "configuration", no_param,
		    "The server is not configured; its log says why.");
	if (config_published(t->config, t->request->document_root)) {
		t->out->reason = "a secret file, the counters, the log or "
				 "deny_users_file lies below DOCUMENT_ROOT";
		return problem_set(why, 503, "configuration", no_param,
		    "The server is not configured safely; its log says why.");
	}
	return true;
}

/* What comes later needs room of its own, whatever the request took. */
static bool
check_room(struct task *t)
{
	return t->arena.n <= sizeof(t->ws->arena) / 2 ||
	       problem_set(&t->ws->problem, 400, "too_many", no_param,
		   "The request has too many values.");
}

static bool
check_session(struct task *t)
{
	struct session_verdict verdict;
	const struct session_config *config = &t->config->session;

	if (!session_is_bearer(config, t->request) &&
	    !origin_check(&t->config->origins, t->request, &t->ws->problem))
		return false;
	verdict = session_open(
	    config, t->request, t->facts.now, &t->arena, &t->session);
	if (verdict.why == SESSION_OK) {
		t->out->user = t->session.user;
		return true;
	}
	t->out->reason = session_why_text(verdict.why);
	return problem_set(&t->ws->problem, 401, "no_session", no_param,
	    "There is no valid session; log in and try again.");
}

/* The session is right, and its user may still be on the site's list. */
static bool
check_denied(struct task *t)
{
	if (t->config->deny_users_file.n == 0)
		return true;
	if (t->world->denied == NULL) {
		t->out->reason = "deny_users_file has never been read";
		return problem_set(&t->ws->problem, 503, "configuration",
		    no_param,
		    "The server is not configured; its log says why.");
	}
	return !names_have(t->world->denied, t->session.user) ||
	       problem_set(&t->ws->problem, 403, "user_denied", no_param,
		   "This user may not ask for anything here.");
}

/* A policy without a session is public; a page of another site is not. */
static bool
check_asker(struct task *t)
{
	const struct policy *policy = config_policy(t->config, t->ask.policy);

	if (policy != NULL && policy->anonymous)
		return origin_check(
		    &t->config->origins, t->request, &t->ws->problem);
	return check_session(t) && check_denied(t);
}

/* No policy is named: the account, and what is open to this user. */
static bool
answer_information(struct task *t)
{
	if (t->ask.items[0].n > 0 || t->ask.contract != CONTRACT_PLAIN)
		return problem_set(&t->ws->problem, 400, "policy_missing",
		    SPAN_LIT("policy"), "No policy is named; add policy=NAME.");
	information_write(
	    t->config, &t->facts, t->request, &t->arena, &t->body);
	t->out->code = "information";
	return true;
}

/* One item of the batch: signed, written. */
static bool
answer_item(struct task *t, const struct grant *grant, struct json_out *j)
{
	struct signature signature;
	struct sink string;

	sink_init(&string, t->ws->string, sizeof(t->ws->string));
	if (!api_sign(grant, &string, &signature))
		return problem_set(&t->ws->problem, 500, "out_of_room",
		    no_param,
		    "The request and the policy together are too large.");
	t->out->public_id = grant_value(grant, "public_id");
	api_answer(grant, &signature, j);
	return true;
}

/* For the log of a refusal: what the client named. */
static struct span
asked_id(const struct ask *ask)
{
	const struct param *id =
	    params_find(&ask->items[0], SPAN_LIT("public_id"));

	return id != NULL && id->shape == SHAPE_TEXT ? id->values[0] : no_param;
}

/* All is judged before anything is counted, and counted before it is signed.
 */
static bool
answer_batch(struct task *t)
{
	const struct policy *policy = config_policy(t->config, t->ask.policy);
	struct json_out j;

	if (policy == NULL)
		return problem_set(&t->ws->problem, 404, "policy_unknown",
		    SPAN_LIT("policy"), "There is no policy %q.",
		    t->ask.policy);
	t->out->policy = policy->name;
	t->out->action = action_name(policy->action);
	if (!policy_open_to(
		policy, &t->facts, t->request, &t->arena, &t->ws->problem))
		return false;
	t->out->public_id = asked_id(&t->ask);
	for (size_t i = 0; i < t->ask.n; i++)
		if (!policy_decide(policy, t->ask.contract, &t->ask.items[i],
			&t->facts, &t->arena, &t->ws->grants[i],
			&t->ws->problem))
			return false;
	if (!quota_take(policy, &t->facts, t->world->counters,
		(unsigned)t->ask.n, &t->arena, t->out, &t->ws->problem))
		return false;
	json_begin(&j, &t->body);
	for (size_t i = 0; i < t->ask.n; i++)
		if (!answer_item(t, &t->ws->grants[i], &j))
			return false;
	t->out->code = "granted";
	return true;
}

/* May the page that asked read the answer? */
static void
answer_origin(struct task *t)
{
	const struct request *r = t->request;
	struct span listed = origin_listed(&t->config->origins, r->origin);
	bool null = span_is(listed, "null");

	if (null && !t->out->preflight &&
	    !session_is_bearer(&t->config->session, r))
		return;
	t->out->allow_origin = listed;
	t->out->credentials = listed.n > 0 && !null;
}

static bool
answer_request(struct task *t)
{
	t->out->preflight = span_is(t->request->method, "OPTIONS") &&
			    t->request->intake == INTAKE_WHOLE;
	if (health_asked(t->request)) {
		health_answer(
		    t->config, t->request, t->world, t->out, &t->body);
		return true;
	}
	if (!check_service(t))
		return false;
	answer_origin(t);
	if (t->out->preflight) {
		t->out->code = "preflight";
		t->out->status = 204;
		return true;
	}
	if (!intake_check(t->request, &t->ws->problem) ||
	    !ask_read(t->request, &t->arena, &t->ask, &t->ws->problem) ||
	    !check_room(t) || !check_asker(t))
		return false;
	if (!(t->ask.policy.n == 0 ? answer_information : answer_batch)(t))
		return false;
	t->out->status = 200;
	t->out->media = MEDIA_JSON;
	t->out->body = sink_view(&t->body);
	return t->out->body.n > 0 ||
	       problem_set(&t->ws->problem, 500, "out_of_room", no_param,
		   "The answer is too large.");
}

void
handle(const struct config *config, const struct request *request,
    long long now, struct world *world, struct workspace *ws,
    struct answer *out)
{
	struct task t = { .config = config,
		.request = request,
		.world = world,
		.ws = ws,
		.out = out };

	memset(out, 0, sizeof(*out));
	problem_clear(&ws->problem);
	arena_init(&t.arena, ws->arena, sizeof(ws->arena));
	sink_init(&t.body, ws->body, sizeof(ws->body));
	t.ask.items = ws->items;
	t.facts.session = &t.session;
	t.facts.remote_addr = request->remote_addr;
	t.facts.now = now;
	if (draw(&t, world->random) && answer_request(&t))
		return;
	/* Whatever was written for a grant goes with the refusal. */
	sink_init(&t.body, ws->body, sizeof(ws->body));
	ws->problem.policy = out->policy;
	out->retry_after = ws->problem.retry_after;
	out->param = ws->problem.param;
	out->allow = ws->problem.status == 405;
	out->preflight = false;
	answer_problem(out, &ws->problem, &t.body);
}
