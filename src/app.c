#include "batch.h"

#include <string.h>

#include "cloudinary/information.h"
#include "health.h"
#include "http/intake.h"
#include "webhook.h"

static const struct span no_param = { NULL, 0 };

static bool
no_random(struct task *t)
{
	return problem_set(&t->ws->problem, 503, "random_unavailable", no_param,
	    "The server is out of order; its log says why.");
}

static bool
draw_id(struct task *t)
{
	struct random_source *random = t->world->random;
	unsigned char bytes[8] = { 0 };
	bool drawn = random->fill(random, bytes, sizeof(bytes));
	struct sink text;

	sink_init(&text, t->out->request_id, 16);
	sink_hex(&text, (struct span){ bytes, 8 });
	return drawn || no_random(t);
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
	const struct session_config *config = &t->config->session;
	const struct session_asked asked = { t->request, t->facts.now,
		t->world->php, &t->arena };
	struct session_verdict verdict;

	if (!session_is_bearer(config, t->request) &&
	    !origin_check(&t->config->origins, t->request, &t->ws->problem))
		return false;
	verdict = session_open(config, &asked, &t->session);
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
	information_write(t->config, &t->config->clouds[0], &t->facts,
	    t->request, &t->arena, &t->body);
	t->out->code = "information";
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

/* Its body is not ours to read, and who sends it has no session. */
static bool
answer_webhook(struct task *t, const struct policy *policy)
{
	return origin_check(&t->config->origins, t->request, &t->ws->problem) &&
	       webhook_answer(policy, &t->facts, t->request, t->world->counters,
		   &t->arena, t->out, &t->body, &t->ws->problem);
}

static bool
answer_usual(struct task *t)
{
	if (!intake_check(t->request, &t->ws->problem) ||
	    !ask_read(t->request, &t->arena, &t->ask, &t->ws->problem) ||
	    !check_room(t) || !check_asker(t))
		return false;
	t->out->media = MEDIA_JSON;
	return (t->ask.policy.n == 0 ? answer_information : batch_answer)(t);
}

static bool
answer_asked(struct task *t)
{
	const struct policy *webhook =
	    webhook_asked(t->config, t->request, t->arena, &t->ask.items[0]);

	if (!(webhook != NULL ? answer_webhook(t, webhook) : answer_usual(t)))
		return false;
	t->out->status = 200;
	t->out->body = sink_view(&t->body);
	return t->out->body.n > 0 ||
	       problem_set(&t->ws->problem, 500, "out_of_room", no_param,
		   "The answer is too large.");
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
	return answer_asked(t);
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
	if (draw_id(&t) && answer_request(&t))
		return;
	/* Whatever was written for a grant goes with the refusal. */
	sink_init(&t.body, ws->body, sizeof(ws->body));
	out->set_cookie = no_param;
	ws->problem.policy = out->policy;
	if (out->reason == NULL)
		out->reason = ws->problem.reason;
	out->retry_after = ws->problem.retry_after;
	out->param = ws->problem.param;
	out->allow = ws->problem.status == 405;
	out->preflight = false;
	answer_problem(out, &ws->problem, &t.body);
}
