#include "app.h"

#include <string.h>

#include "base/version.h"
#include "cloudinary/respond.h"
#include "cloudinary/verify.h"
#include "http/form.h"
#include "http/intake.h"
#include "policy/quota.h"

static const struct span no_param = { NULL, 0 };

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
	struct ctx ctx; /* facts, arena, the workspace's problem */
	struct answer *out;
};

/* For the log. */
static const char published[] = "a secret file, the counters, the log or "
				"deny_users_file lies below DOCUMENT_ROOT";
static const char unread[] = "deny_users_file has never been read";

/* GET with the query "health", exactly. */
static bool
health_asked(const struct request *request)
{
	return request->intake == INTAKE_WHOLE &&
	       span_is(request->method, "GET") &&
	       span_is(request->query, "health");
}

/* NULL, or what is out of order with it. */
static const char *
store_fault(struct counters *counters)
{
	return counters == NULL ? "there is no store of counters"
				: counters->probe(counters);
}

/* What keeps signatures from being given, but for the store; NULL: nothing. */
static const char *
other_fault(const struct task *t)
{
	if (t->config == NULL)
		return "there is no good configuration";
	if (config_published(t->config, t->request->document_root))
		return published;
	return t->config->deny_users_file.n > 0 && t->world->denied == NULL
		   ? unread
		   : NULL;
}

/*
 * For load balancers, without session or secret: {"status", "version",
 * "generation", "configuration", "store"}, 200 when signatures can be given,
 * else 503. status is "ok" or "out of order"; generation counts the
 * configurations that this process took, 0 for none; configuration is "ok",
 * "outdated" (what is there now is not right, and the one before stays in
 * force) or "missing"; store is "ok", "unused" (no policy has a limit),
 * "unknown" (no configuration) or "out of order". The reasons are in the log
 * alone.
 */
static void
answer_health(struct task *t)
{
	bool used = t->config != NULL && t->config->counts;
	const char *store = used ? store_fault(t->world->counters) : NULL;
	const char *other = other_fault(t);
	bool fit = store == NULL && other == NULL;
	struct json_out j;

	json_begin(&j, &t->body);
	json_open(&j, '{');
	json_named_text(&j, "status", span_of(fit ? "ok" : "out of order"));
	json_named_text(&j, "version", SPAN_LIT(SIGNPOST_VERSION));
	json_named_number(&j, "generation", t->world->generation);
	json_named_text(&j, "configuration",
	    span_of(t->config == NULL    ? "missing"
		    : t->world->outdated ? "outdated"
					 : "ok"));
	json_named_text(&j, "store",
	    span_of(t->config == NULL ? "unknown"
		    : store != NULL   ? "out of order"
		    : used            ? "ok"
				      : "unused"));
	json_close(&j);
	t->out->reason = other != NULL ? other : store;
	t->out->status = fit ? 200 : 503;
	t->out->media = MEDIA_JSON;
	t->out->code = "health";
	t->out->body = sink_view(&t->body);
}

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
		t->out->reason = published;
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
		t->out->reason = unread;
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
	respond_information(
	    t->config, &t->config->clouds[0], t->request, &t->ctx, &t->body);
	t->out->media = MEDIA_JSON;
	t->out->code = "information";
	return true;
}

/* What {random} stands for: another in each item. */
static bool
draw_random(struct task *t)
{
	struct random_source *random = t->world->random;

	return random->fill(random, t->facts.random, sizeof(t->facts.random)) ||
	       no_random(t);
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
	struct ctx ctx = { &t->facts, &t->arena, why };

	return policy_decide(
	    policy, t->ask.contract, &t->ask.items[i], &ctx, &t->ws->grants[i]);
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
		    (single || respond_possible(
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
		respond_possible(&t->ws->grants[i], &t->ask.items[i], &why);
	t->ws->grants[i].given = false;
	respond_refusal(&why, j);
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
	struct response r = { &t->body, &j, &string, t->out, &t->ctx };

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
static bool
answer_policy(struct task *t)
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
	if (!policy_open_to(policy, t->request, &t->ctx))
		return false;
	if (is_probe(t, policy)) {
		respond_information(
		    t->config, policy->cloud, t->request, &t->ctx, &t->body);
		t->out->media = MEDIA_JSON;
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

/*
 * The webhook policy that the query names, before anything else of the request
 * is looked at; NULL when it names none, or none of this kind. What is read
 * into the arena's rest and the first item is gone again.
 */
static const struct policy *
webhook_asked(struct task *t)
{
	const struct request *request = t->request;
	struct params *scratch = &t->ask.items[0];
	struct arena arena = t->arena;
	const struct policy *policy;
	struct problem unused;
	struct reading r = {
		.arena = &arena, .params = scratch, .why = &unused
	};

	problem_clear(&unused);
	scratch->n = 0;
	if (!t->config->has_webhook || request->query.n > QUERY_MAX ||
	    !form_read(request->query, &r) || scratch->n > 0 ||
	    r.around != NULL || r.contract != CONTRACT_NONE)
		return NULL;
	policy = config_policy(t->config, r.policy);
	return policy != NULL && policy->webhook ? policy : NULL;
}

static bool
check_notification(const struct request *request, struct problem *why)
{
	if (!intake_check(request, why))
		return false;
	if (!span_is(request->method, "POST"))
		return problem_set(why, 405, "method", no_param,
		    "A webhook is a POST of the notification as it came.");
	return request->body.n <= HOOK_BODY_MAX ||
	       problem_set(why, 413, "too_large", no_param,
		   "The body has more than %d bytes.",
		   (long long)HOOK_BODY_MAX);
}

/*
 * A notification of Cloudinary's, verified for the site's other programs. Its
 * body is not ours to read, and who sends it has no session.
 */
static bool
answer_webhook(struct task *t, const struct policy *policy)
{
	struct problem *why = &t->ws->problem;
	struct json_out j;

	if (!origin_check(&t->config->origins, t->request, why))
		return false;
	t->out->policy = policy->name;
	t->out->action = action_name(policy->action);
	if (!check_notification(t->request, why) ||
	    !policy_open_to(policy, t->request, &t->ctx) ||
	    !quota_take(policy, &t->facts, t->world->counters, 1, &t->arena,
		t->out, why) ||
	    !verify_webhook(policy, t->request, t->facts.now, why))
		return false;
	json_begin(&j, &t->body);
	json_open(&j, '{');
	json_named_bool(&j, "valid", true);
	json_close(&j);
	t->out->code = "valid";
	t->out->media = MEDIA_JSON;
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
answer_usual(struct task *t)
{
	if (!intake_check(t->request, &t->ws->problem) ||
	    !ask_read(t->request, &t->arena, &t->ask, &t->ws->problem) ||
	    !check_room(t) || !check_asker(t))
		return false;
	return (t->ask.policy.n == 0 ? answer_information : answer_policy)(t);
}

static bool
answer_asked(struct task *t)
{
	const struct policy *webhook = webhook_asked(t);

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
		answer_health(t);
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
	t.ctx = (struct ctx){ &t.facts, &t.arena, &ws->problem };
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
