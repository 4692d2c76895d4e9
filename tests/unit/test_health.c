#include "test.h"

#include <stdio.h>

#include "base/version.h"
#include "fake_counters.h"
#include "guard.h"
#include "health.h"

static const struct names nobody = { .present = true };
static const struct span secret_path = SPAN_INIT("/srv/site/session.key");
static struct counting counting;
static struct config config;
static struct world world;
static struct request request;
static struct answer answer;

/* All is well, and some policy has a limit. */
static int
setup(void **state)
{
	(void)state;
	counting_open(&counting);
	config = (struct config){ .counts = true,
		.n_secret_paths = 1,
		.secret_paths = &secret_path };
	world =
	    (struct world){ .counters = &counting.counters, .generation = 3 };
	request = (struct request){ .intake = INTAKE_WHOLE,
		.method = SPAN_LIT("GET"),
		.query = SPAN_LIT("health") };
	return 0;
}

/* The whole body, so that nothing else is in it, and the log's reason. */
static void
assert_health(const struct config *c, int status, const char *says,
    const char *store, const char *reason)
{
	static unsigned char mem[512];
	char expected[256];
	struct sink body;

	memset(&answer, 0, sizeof(answer));
	memset(mem, 0xa5, sizeof(mem));
	sink_init(&body, mem, sizeof(mem));
	health_answer(c, &request, &world, &answer, &body);
	snprintf(expected, sizeof(expected),
	    "{\"status\":\"%s\",\"version\":\"%s\",\"generation\":%u,"
	    "\"configuration\":\"%s\",\"store\":\"%s\"}",
	    says, SIGNPOST_VERSION, world.generation,
	    c == NULL        ? "missing"
	    : world.outdated ? "outdated"
			     : "ok",
	    store);
	assert_true(span_is(answer.body, expected));
	assert_int_equal(answer.status, status);
	assert_int_equal(answer.media, MEDIA_JSON);
	assert_string_equal(answer.code, "health");
	assert_int_equal(answer.n_rates, 0);
	assert_int_equal(answer.retry_after, 0);
	if (reason == NULL)
		assert_null(answer.reason);
	else
		assert_string_equal(answer.reason, reason);
}

static bool
asked(const char *method, const char *query)
{
	bool is;

	request.method = guarded(span_of(method));
	request.query = guarded(span_of(query));
	is = health_asked(&request);
	guard_free(request.method);
	guard_free(request.query);
	return is;
}

TEST_WITH(the_question, setup, NULL)
{
	static const char *const others[] = { "", "healt", "healthy",
		"health=", "health=1", "health&", "&health", "Health", "HEALTH",
		"%68ealth", "health%00", "health ", "policy=health",
		"health&policy=avatar" };
	static const char *const methods[] = { "", "POST", "HEAD", "OPTIONS",
		"get", "GET ", "PUT" };

	assert_true(asked("GET", "health"));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(asked("GET", others[i]));
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		assert_false(asked(methods[i], "health"));
}

/* What did not come in whole is refused elsewhere. */
TEST_WITH(whole_requests_only, setup, NULL)
{
	static const enum intake intakes[] = { INTAKE_NONE, INTAKE_TWICE,
		INTAKE_TOO_LARGE, INTAKE_LENGTH, INTAKE_ROLE };

	for (size_t i = 0; i < sizeof(intakes) / sizeof(intakes[0]); i++) {
		request.intake = intakes[i];
		assert_false(health_asked(&request));
	}
}

TEST_WITH(fit, setup, NULL)
{
	assert_health(&config, 200, "ok", "ok", NULL);
	assert_int_equal(counting.probes, 1);
	assert_int_equal(counting.takes, 0);
	world.generation = 4294967295U;
	assert_health(&config, 200, "ok", "ok", NULL);
	/* The one in force still serves. */
	world.outdated = true;
	assert_health(&config, 200, "ok", "ok", NULL);
}

/* Where nothing is counted, the store is nobody's concern. */
TEST_WITH(store_unused, setup, NULL)
{
	config.counts = false;
	counting.fault = "gone";
	assert_health(&config, 200, "ok", "unused", NULL);
	world.counters = NULL;
	assert_health(&config, 200, "ok", "unused", NULL);
	assert_int_equal(counting.probes, 0);
}

/* The reason, which may name a path, is for the log alone. */
TEST_WITH(store_out_of_order, setup, NULL)
{
	counting.fault = "/var/lib/signpost: no room";
	assert_health(&config, 503, "out of order", "out of order",
	    "/var/lib/signpost: no room");
	world.counters = NULL;
	assert_health(&config, 503, "out of order", "out of order",
	    "there is no store of counters");
}

TEST_WITH(no_configuration, setup, NULL)
{
	world.generation = 0;
	assert_health(NULL, 503, "out of order", "unknown",
	    "there is no good configuration");
	assert_int_equal(counting.probes, 0);
}

TEST_WITH(denied_users, setup, NULL)
{
	config.deny_users_file = SPAN_LIT("/etc/signpost/denied");
	assert_health(&config, 503, "out of order", "ok",
	    "deny_users_file has never been read");
	world.denied = &nobody;
	assert_health(&config, 200, "ok", "ok", NULL);
	world.denied = NULL;
	config.deny_users_file.n = 0;
	assert_health(&config, 200, "ok", "ok", NULL);
	/* Both are wrong: one is said. */
	config.deny_users_file = SPAN_LIT("/etc/signpost/denied");
	counting.fault = "gone";
	assert_health(&config, 503, "out of order", "out of order",
	    "deny_users_file has never been read");
}

/* No signature is given there either. */
TEST_WITH(published, setup, NULL)
{
	request.document_root = SPAN_LIT("/srv/site");
	assert_health(&config, 503, "out of order", "ok",
	    "a secret file, the counters, the log or deny_users_file "
	    "lies below DOCUMENT_ROOT");
	request.document_root = SPAN_LIT("/srv/sit");
	assert_health(&config, 200, "ok", "ok", NULL);
}
