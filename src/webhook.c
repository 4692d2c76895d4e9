#include "webhook.h"

#include "cloudinary/verify.h"
#include "http/form.h"
#include "http/intake.h"
#include "http/json_write.h"

static const struct span no_param = { NULL, 0 };

const struct policy *
webhook_asked(const struct config *config, const struct request *request,
    struct arena arena, struct params *scratch)
{
	const struct policy *policy;
	struct problem unused;
	struct reading r = {
		.arena = &arena, .params = scratch, .why = &unused
	};

	problem_clear(&unused);
	scratch->n = 0;
	if (!config->has_webhook || request->query.n > QUERY_MAX ||
	    !form_read(request->query, &r) || scratch->n > 0 ||
	    r.around != NULL || r.contract != CONTRACT_NONE)
		return NULL;
	policy = config_policy(config, r.policy);
	return policy != NULL && policy->webhook ? policy : NULL;
}

static bool
check_request(const struct request *request, struct problem *why)
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

bool
webhook_answer(const struct policy *policy, const struct facts *facts,
    const struct request *request, struct counters *counters,
    struct arena *arena, struct answer *out, struct sink *body,
    struct problem *why)
{
	struct json_out j;

	out->policy = policy->name;
	out->action = action_name(policy->action);
	if (!check_request(request, why) ||
	    !policy_open_to(policy, facts, request, arena, why) ||
	    !quota_take(policy, facts, counters, 1, arena, out, why) ||
	    !verify_webhook(policy, request, facts->now, why))
		return false;
	json_begin(&j, body);
	json_open(&j, '{');
	json_name(&j, "valid");
	json_bool(&j, true);
	json_close(&j);
	out->code = "valid";
	out->media = MEDIA_JSON;
	return true;
}
