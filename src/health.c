#include "health.h"

#include "base/version.h"
#include "http/json_write.h"

bool
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

static void
member(struct json_out *j, const char *name, const char *value)
{
	json_name(j, name);
	json_text(j, span_of(value));
}

/* What keeps signatures from being given, but for the store; NULL: nothing. */
static const char *
other_fault(const struct config *config, const struct request *request,
    const struct world *world)
{
	if (config == NULL)
		return "there is no good configuration";
	if (config_published(config, request->document_root))
		return "a secret file, the counters, the log or "
		       "deny_users_file lies below DOCUMENT_ROOT";
	if (config->deny_users_file.n > 0 && world->denied == NULL)
		return "deny_users_file has never been read";
	return NULL;
}

void
health_answer(const struct config *config, const struct request *request,
    const struct world *world, struct answer *out, struct sink *body)
{
	bool used = config != NULL && config->counts;
	const char *store = used ? store_fault(world->counters) : NULL;
	const char *other = other_fault(config, request, world);
	bool fit = store == NULL && other == NULL;
	struct json_out j;

	json_begin(&j, body);
	json_open(&j, '{');
	member(&j, "status", fit ? "ok" : "out of order");
	member(&j, "version", SIGNPOST_VERSION);
	json_name(&j, "generation");
	json_number(&j, world->generation);
	member(&j, "configuration",
	    config == NULL    ? "missing"
	    : world->outdated ? "outdated"
			      : "ok");
	member(&j, "store",
	    config == NULL  ? "unknown"
	    : store != NULL ? "out of order"
	    : used          ? "ok"
			    : "unused");
	json_close(&j);
	out->reason = other != NULL ? other : store;
	out->status = fit ? 200 : 503;
	out->media = MEDIA_JSON;
	out->code = "health";
	out->body = sink_view(body);
}
