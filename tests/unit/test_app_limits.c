/* What handle() does with limits, with everybody, with a list, with ?health. */

#include "test.h"

#include "asking.h"
#include "base/version.h"

#define SESSION(deny)                                                          \
	"session = { cookie = \"session\"; bearer = true; " deny "\n"          \
	"  keys = ( { id = \"1\"; file = \"session.key\"; } ); };\n"           \
	"origins = [ \"https://www.example.com\" ];\n"
#define OWN                                                                    \
	"action = \"upload\"; set = { overwrite = false;\n"                    \
	"  public_id = \"users/{user}/{random}\"; allowed_formats = \"jpg\"; " \
	"};\n"                                                                 \
	"  allow = { context = { caption = \"text 20\"; }; };\n"
#define POLICIES                                                               \
	"policies = {\n"                                                       \
	"both = { " OWN "limit = \"2/hour\"; limit_total = \"3/day\"; };\n"    \
	"one = { " OWN "limit = \"2/hour\"; };\n"                              \
	"all = { " OWN "limit_total = \"3/day\"; };\n"                         \
	"free = { " OWN "};\n"                                                 \
	"guest = { action = \"upload\"; anonymous = true;\n"                   \
	"  set = { public_id = \"inbox/{random}\"; overwrite = false;\n"       \
	"    allowed_formats = \"jpg\"; };\n"                                  \
	"  allow = { context = { caption = \"text 20\"; }; };\n"               \
	"  limit = \"2/minute\"; limit_total = \"3/day\"; };\n"                \
	"};\n"

static const struct span alice = SPAN_INIT("alice");
static const struct names nobody = { true, 0, NULL },
			  listed = { true, 1, &alice };
static struct config *open_config, *denying;
static char bob[1024];

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	sandbox_file(&box, "denied", "mallory\n", 0600);
	denying = asking_load(
	    SANDBOX_CLOUD SESSION("deny_users_file = \"denied\";") POLICIES);
	open_config = asking_load(SANDBOX_CLOUD SESSION("") POLICIES);
	mint(open_config, "{\"sub\":\"bob\",\"exp\":1767229200}", bob,
	    sizeof(bob), "session=");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	config_free(open_config);
	config_free(denying);
	sandbox_close(&box);
	return 0;
}

static int
each(void **state)
{
	(void)state;
	config = open_config;
	return 0;
}

/* The next request in the same world. */
static int
again(const char *query)
{
	request.query = span_of(query);
	return ask(config);
}

/* What is sent, head and body, for as long as nothing else is asked. */
static const char *
sent(void)
{
	static unsigned char mem[HEAD_OUT_MAX + BODY_OUT_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	answer_write(&answer, &out);
	sink_byte(&out, '\0');
	assert_false(out.full);
	return (const char *)mem;
}

/* Are these the very headers that speak of limits, the last ones? */
static void
assert_rates(const char *headers)
{
	const char *all = sent(), *from = strstr(all, "RateLimit-Policy: ");
	const char *end = strstr(all, "\r\n\r\n");
	char text[1024];

	assert_non_null(end);
	if (from == NULL)
		from = strstr(all, "Retry-After: ");
	if (from == NULL)
		from = end + 2;
	snprintf(text, sizeof(text), "%.*s", (int)(end + 2 - from), from);
	assert_string_equal(text, headers);
}

static bool
body_number(const char *name, long long expected)
{
	json_t *all = body(), *at = json_object_get(all, name);
	bool same = expected == 0 ? at == NULL
				  : json_is_integer(at) &&
					json_integer_value(at) == expected;

	json_decref(all);
	return same;
}

static void
assert_counted(size_t k, const char *name, enum crowd crowd)
{
	assert_int_equal(counting.takes, 1);
	assert_true(k < counting.n_given);
	assert_true(span_is(counting.given[k].name, name));
	assert_int_equal(counting.given[k].crowd, crowd);
	assert_int_equal(counting.amount, 1);
	assert_true(counting.now == DECIDING_NOW);
}

/* All is judged by now, and nothing is signed or written. */
static void
before_signing(void)
{
	unsigned char dirt[64];

	memset(dirt, 0xa5, sizeof(dirt));
	assert_true(workspace.grants[0].given);
	assert_memory_equal(workspace.string, dirt, sizeof(dirt));
	assert_memory_equal(workspace.body, dirt, sizeof(dirt));
}

TEST_WITH(counts_before_signing, each, NULL)
{
	good("policy=both&context=caption=Hi");
	counting.hook = before_signing;
	assert_int_equal(ask(config), 200);
	assert_int_equal(counting.n_given, 2);
	assert_counted(0, "demo/both/user/alice", CROWD_KNOWN);
	assert_counted(1, "demo/both/total", CROWD_KNOWN);
	assert_rates("RateLimit-Policy: \"hour\";q=2;w=3600\r\n"
		     "RateLimit: \"hour\";r=1;t=3600\r\n");
	assert_string_equal(answer.code, "granted");
	good("policy=all");
	assert_int_equal(ask(config), 200);
	assert_int_equal(counting.n_given, 1);
	assert_counted(0, "demo/all/total", CROWD_KNOWN);
	assert_rates("");
}

TEST_WITH(a_limit_is_reached, each, NULL)
{
	good("policy=one");
	request.origin = SPAN_LIT("https://www.example.com");
	assert_int_equal(ask(config), 200);
	assert_int_equal(ask(config), 200);
	refused(429, "limit_reached");
	assert_true(body_has("policy", "one"));
	assert_true(body_has("title", "Too Many Requests"));
	assert_true(body_has("param", NULL));
	assert_true(body_has("error.message",
	    "The policy \"one\" gives each user 2 signatures per hour, and "
	    "all of them are used up; there will be more in 3600 seconds."));
	assert_true(body_number("retry_after", 3600));
	assert_true(body_number("server_time", 0));
	assert_rates("RateLimit-Policy: \"hour\";q=2;w=3600\r\n"
		     "RateLimit: \"hour\";r=0;t=3600\r\n"
		     "Retry-After: 3600\r\n");
	assert_true(span_is(answer.user, "alice"));
	assert_true(span_is(answer.policy, "one"));
	/* Who is refused for something else hears nothing of it. */
	assert_int_equal(again("policy=one&format=x"), 403);
	assert_rates("");
	assert_true(body_number("retry_after", 0));
	assert_int_equal(again("policy=both"), 200);
	request.cookie = span_of(bob);
	assert_int_equal(again("policy=one"), 200);
}

TEST_WITH(a_total_is_reached, each, NULL)
{
	good("policy=both");
	assert_int_equal(ask(config), 200);
	assert_int_equal(ask(config), 200);
	request.cookie = span_of(bob);
	assert_int_equal(ask(config), 200);
	refused(429, "limit_reached");
	assert_rates("RateLimit-Policy: \"hour\";q=2;w=3600, "
		     "\"total-day\";q=3;w=86400\r\n"
		     "RateLimit: \"hour\";r=1;t=3600, "
		     "\"total-day\";r=0;t=86400\r\n"
		     "Retry-After: 86400\r\n");
	assert_true(body_number("retry_after", 86400));
}

TEST_WITH(a_refusal_costs_nothing, each, NULL)
{
	static const struct {
		const char *query;
		int status;
	} cases[] = {
		{ "policy=both&tags=x", 403 },
		{ "policy=both&nothing=x", 403 },
		{ "policy=both&overwrite=true", 403 },
		{ "policy=both&context=caption=This+is+more+than+20+letters",
		    403 },
		{ "policy=both&context=caption=a&context=caption=b", 400 },
		{ "policy=nowhere", 404 },
		{ "policy=guest&tags=x", 403 },
		{ "policy=both&%zz", 400 },
		{ "", 200 },
		{ "health", 200 },
		{ "context=caption=a", 400 },
	};

	good("");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(again(cases[i].query), cases[i].status);
	request.cookie = SPAN_LIT("");
	assert_int_equal(again("policy=both"), 401);
	request.cookie = span_of(cookie);
	request.sec_fetch_site = SPAN_LIT("same-origin");
	request.sec_fetch_mode = SPAN_LIT("no-cors");
	assert_int_equal(again("policy=both"), 403);
	assert_int_equal(again("policy=guest"), 403);
	request.sec_fetch_mode = SPAN_LIT("");
	request.sec_fetch_site = SPAN_LIT("cross-site");
	assert_int_equal(again("policy=both"), 403);
	request.origin = SPAN_LIT("https://www.example.com");
	request.method = SPAN_LIT("OPTIONS");
	assert_int_equal(again("policy=both"), 204);
	request.method = SPAN_LIT("DELETE");
	assert_int_equal(again("policy=both"), 405);
	request.method = SPAN_LIT("GET");
	request.intake = INTAKE_TOO_LARGE;
	assert_int_equal(again("policy=both"), 413);
	request.intake = INTAKE_WHOLE;
	request.document_root = span_of(box.dir);
	assert_int_equal(again("policy=both"), 503);
	request.document_root = SPAN_LIT("");
	source.fails = true;
	assert_int_equal(again("policy=both"), 503);
	assert_int_equal(counting.takes, 0);
	/* All but the last thing was right. */
	source.fails = false;
	assert_int_equal(again("policy=both"), 200);
	assert_int_equal(counting.takes, 1);
}

TEST_WITH(counters_out_of_order, each, NULL)
{
	good("policy=both");
	counting_say(&counting, COUNTERS_CROWDED, "every slot is taken", 57);
	refused(503, "counters_crowded");
	assert_string_equal(answer.reason, "every slot is taken");
	assert_null(strstr(sent(), "slot"));
	assert_true(body_number("retry_after", 57));
	assert_rates("Retry-After: 57\r\n");
	counting_say(&counting, COUNTERS_BROKEN, "/var/x: no space", 0);
	refused(503, "counters_unavailable");
	assert_string_equal(answer.reason, "/var/x: no space");
	assert_null(strstr(sent(), "/var/x"));
	assert_true(body_number("retry_after", 0));
	assert_rates("");
	assert_int_equal(again("policy=guest"), 503);
	/* What needs no counters is given all the same. */
	assert_int_equal(again("policy=free"), 200);
	assert_int_equal(again(""), 200);
}

TEST_WITH(no_counters, each, NULL)
{
	good("policy=both");
	world.counters = NULL;
	refused(503, "counters_unavailable");
	assert_non_null(answer.reason);
	assert_int_equal(again("policy=guest"), 503);
	assert_int_equal(again("policy=free"), 200);
	assert_rates("");
}

TEST_WITH(without_limits, each, NULL)
{
	good("policy=free");
	for (int i = 0; i < 10; i++)
		assert_int_equal(ask(config), 200);
	assert_rates("");
	assert_int_equal(counting.takes, 0);
}

/* No session is asked for, and none is looked at. */
TEST_WITH(anybody_may_ask, each, NULL)
{
	static const char *const cookies[] = { "", "session=", "session=a.b.c",
		"session=x; session=y" };

	for (size_t i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++) {
		good("policy=guest&context=caption=Hi");
		request.cookie = span_of(cookies[i]);
		assert_int_equal(ask(config), 200);
		assert_string_equal(answer.code, "granted");
		assert_int_equal(answer.user.n, 0);
		assert_null(answer.reason);
		assert_true(
		    span_is(answer.public_id, "inbox/" DECIDING_RANDOM));
		assert_counted(0, "demo/guest/address/192.0.2.7", CROWD_OPEN);
	}
	good("policy=guest");
	request.authorization = SPAN_LIT("Bearer x");
	assert_int_equal(ask(config), 200);
	/* Somebody who is logged in counts as anybody does. */
	request.authorization = SPAN_LIT("");
	assert_int_equal(ask(config), 200);
	assert_int_equal(answer.user.n, 0);
	refused(429, "limit_reached");
	assert_rates("RateLimit-Policy: \"minute\";q=2;w=60\r\n"
		     "RateLimit: \"minute\";r=0;t=60\r\n"
		     "Retry-After: 60\r\n");
	post("", "application/json", "{\"policy\":\"guest\"}");
	request.cookie = SPAN_LIT("");
	assert_int_equal(ask(config), 200);
	assert_counted(1, "demo/guest/total", CROWD_KNOWN);
}

TEST_WITH(anybody_has_an_address, each, NULL)
{
	good("policy=guest");
	request.cookie = SPAN_LIT("");
	request.remote_addr = SPAN_LIT("2001:db8::1");
	assert_int_equal(ask(config), 200);
	assert_counted(0, "demo/guest/address/2001:db8::", CROWD_OPEN);
	request.remote_addr = SPAN_LIT("2001:db8::2");
	assert_int_equal(ask(config), 200);
	refused(429, "limit_reached");
	assert_true(span_is(answer.policy, "guest"));
	good("policy=guest");
	request.remote_addr = SPAN_LIT("unix:");
	refused(403, "address_not_usable");
	request.remote_addr = SPAN_LIT("");
	refused(403, "address_not_usable");
	assert_int_equal(counting.takes, 0);
	/* A user is counted by name. */
	assert_int_equal(again("policy=one"), 200);
}

/* A page of another site can't spend what its visitor's address has. */
TEST_WITH(anybody_on_a_page_of_ours, each, NULL)
{
	good("policy=guest");
	request.cookie = SPAN_LIT("");
	request.sec_fetch_site = SPAN_LIT("cross-site");
	refused(403, "cross_site");
	request.origin = SPAN_LIT("https://evil.example");
	refused(403, "origin_not_listed");
	assert_int_equal(answer.allow_origin.n, 0);
	/* A bearer is no way around it: nobody looks at it. */
	request.authorization = span_of(bearer);
	refused(403, "origin_not_listed");
	assert_int_equal(counting.takes, 0);
	request.origin = SPAN_LIT("https://www.example.com");
	assert_int_equal(ask(config), 200);
	assert_true(span_is(answer.allow_origin, "https://www.example.com"));
}

/* Only the public policies are; all else stays as hidden as it was. */
TEST_WITH(anybody_learns_nothing_else, each, NULL)
{
	good("policy=nowhere");
	request.cookie = SPAN_LIT("");
	refused(401, "no_session");
	assert_int_equal(again("policy=one"), 401);
	assert_int_equal(again("policy=gues"), 401);
	assert_int_equal(again("policy=guestt"), 401);
	assert_int_equal(again("policy=Guest"), 401);
	assert_int_equal(again(""), 401);
	assert_true(body_has("policy", NULL));
	assert_int_equal(again("policy=guest"), 200);
	/* A client's own parameters would be a client's own id. */
	post("policy=guest", "application/json",
	    "{\"paramsToSign\":{\"timestamp\":1767225600,\"public_id\":"
	    "\"inbox/08090a0b0c0d0e0f1011121314151617\","
	    "\"overwrite\":false,\"allowed_formats\":\"jpg\"}}");
	request.cookie = SPAN_LIT("");
	refused(403, "contract_not_served");
	assert_int_equal(counting.takes, 0);
}

TEST_WITH(denied_users, each, NULL)
{
	static const char *const queries[] = { "", "policy=free", "policy=both",
		"policy=nowhere", "policy=both&nothing=x", "nothing=x" };

	config = denying;
	good("");
	world.denied = &listed;
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		request.query = span_of(queries[i]);
		refused(403, "user_denied");
		assert_true(body_has("policy", NULL));
		assert_true(body_has("param", NULL));
		assert_true(span_is(answer.user, "alice"));
	}
	request.cookie = SPAN_LIT("");
	request.authorization = span_of(bearer);
	refused(403, "user_denied");
	/* Who has no session is nobody whom a list could name. */
	request.authorization = SPAN_LIT("Bearer x");
	refused(401, "no_session");
	assert_int_equal(counting.takes, 0);
	request.authorization = SPAN_LIT("");
	request.cookie = span_of(bob);
	assert_int_equal(again("policy=both"), 200);
	request.cookie = span_of(cookie);
	assert_int_equal(again("policy=both"), 403);
	world.denied = &nobody;
	assert_int_equal(again("policy=both"), 200);
}

TEST_WITH(a_list_that_nobody_knows, each, NULL)
{
	config = denying;
	good("policy=free");
	refused(503, "configuration");
	assert_string_equal(
	    answer.reason, "deny_users_file has never been read");
	assert_null(strstr(sent(), "deny_users_file"));
	assert_int_equal(again(""), 503);
	assert_int_equal(again("policy=nowhere"), 503);
	request.cookie = SPAN_LIT("");
	assert_int_equal(again("policy=free"), 401);
	/* Where none is configured, none is looked at. */
	config = open_config;
	good("policy=free");
	assert_int_equal(ask(config), 200);
	world.denied = &listed;
	assert_int_equal(ask(config), 200);
}

/* The list is of users, and there is none. */
TEST_WITH(anybody_is_not_denied, each, NULL)
{
	config = denying;
	good("policy=guest");
	world.denied = &listed;
	assert_int_equal(ask(config), 200);
	world.denied = NULL;
	assert_int_equal(ask(config), 200);
	assert_int_equal(counting.takes, 2);
}

/* Nothing but these five members, none of which says more. */
static void
assert_health(const struct config *c, int status, const char *text)
{
	char expected[256];

	assert_int_equal(ask(c), status);
	assert_string_equal(answer.code, "health");
	snprintf(expected, sizeof(expected),
	    "{\"status\":\"%s\",\"version\":\"" SIGNPOST_VERSION
	    "\",\"generation\":7,\"configuration\":\"%s\","
	    "\"store\":\"%s\"}",
	    status == 200 ? "ok" : "out of order", c == NULL ? "missing" : "ok",
	    text);
	assert_true(span_is(answer.body, expected));
	assert_non_null(strstr(sent(), "Content-Type: application/json\r\n"));
	assert_null(strstr(sent(), "Access-Control"));
	assert_rates("");
}

TEST_WITH(health, each, NULL)
{
	good("health");
	world.generation = 7;
	request.cookie = SPAN_LIT("");
	request.sec_fetch_site = SPAN_LIT("cross-site");
	request.origin = SPAN_LIT("https://www.example.com");
	request.remote_addr = SPAN_LIT("");
	assert_health(config, 200, "ok");
	counting.fault = "/var/x: " SANDBOX_SECRET;
	assert_health(config, 503, "out of order");
	assert_string_equal(answer.reason, counting.fault);
	world.counters = NULL;
	assert_health(config, 503, "out of order");
	assert_health(NULL, 503, "unknown");
	world.counters = &counting.counters;
	counting.fault = NULL;
	assert_health(denying, 503, "ok");
	world.denied = &nobody;
	assert_health(denying, 200, "ok");
	request.document_root = span_of(box.dir);
	assert_health(config, 503, "ok");
	assert_int_equal(counting.takes, 0);
}

TEST_WITH(health_is_asked_exactly, each, NULL)
{
	static const char *const others[] = { "health=", "health&", "Health",
		"health=1", "&health", "health&policy=free", "healt" };

	good("");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		again(others[i]);
		assert_string_not_equal(answer.code, "health");
		assert_true(answer.media != MEDIA_JSON ||
			    strcmp(answer.code, "granted") == 0);
	}
	post("health", "", "");
	assert_int_not_equal(ask(config), 200);
	assert_string_not_equal(answer.code, "health");
	good("health");
	request.method = SPAN_LIT("HEAD");
	refused(405, "method");
	request.method = SPAN_LIT("GET");
	request.intake = INTAKE_TWICE;
	assert_int_equal(ask(config), 400);
	assert_int_equal(counting.probes, 0);
	request.intake = INTAKE_WHOLE;
	source.fails = true;
	refused(503, "random_unavailable");
}

/* A listed page may read what the headers say; another one may not. */
TEST_WITH(pages_may_read_the_rates, each, NULL)
{
	static const char expose[] =
	    "Access-Control-Expose-Headers: RateLimit, RateLimit-Policy, "
	    "Retry-After\r\n";

	good("policy=one");
	request.origin = SPAN_LIT("https://www.example.com");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(config), i < 2 ? 200 : 429);
		assert_non_null(strstr(sent(), expose));
	}
	request.sec_fetch_site = SPAN_LIT("same-origin");
	request.origin = SPAN_LIT("https://own.example");
	assert_int_equal(ask(config), 429);
	assert_null(strstr(sent(), "Access-Control"));
}

GROUP(setup, teardown);
