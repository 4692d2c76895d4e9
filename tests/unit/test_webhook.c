#include "test.h"

#include "asking.h"
#include "webhook.h"

static char big[HOOK_BODY_MAX + 2];
static char stamp[24], hex[2 * DIGEST_MAX + 1];

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	config = asking_load(SANDBOX_CLOUD SANDBOX_SESSION
	    "policies = {\n"
	    "hook = { action = \"verify\"; addresses = [ \"192.0.2.0/24\" ];\n"
	    "  limit = \"100/minute\"; };\n"
	    "avatar = { action = \"upload\"; set = { overwrite = false;\n"
	    "  public_id = \"users/{user}/{random}\"; allowed_formats = "
	    "\"jpg\"; }; };\n"
	    "};\n");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	config_free(config);
	sandbox_close(&box);
	return 0;
}

/* A notification as Cloudinary sends it, at that time. */
static void
notify(struct span text, long long at)
{
	struct span parts[3] = { text };
	unsigned char digest[DIGEST_MAX];
	struct sink out;

	snprintf(stamp, sizeof(stamp), "%lld", at);
	parts[1] = span_of(stamp);
	parts[2] = config->clouds[0].api_secret;
	assert_true(digest_of(HASH_SHA1, parts, 3, digest));
	sink_init(&out, hex, sizeof(hex) - 1);
	sink_hex(&out, (struct span){ digest, 20 });
	hex[out.n] = '\0';
	post("policy=hook", "application/json", "");
	request.cookie = (struct span){ NULL, 0 };
	request.body = text;
	request.cld_timestamp = span_of(stamp);
	request.cld_signature = span_of(hex);
}

TEST(a_notification_is_valid)
{
	notify(SPAN_LIT("{\"public_id\":\"a\"}"), DECIDING_NOW - 1);
	assert_int_equal(ask(config), 200);
	assert_true(span_is(answer.body, "{\"valid\":true}"));
	assert_string_equal(answer.code, "valid");
	assert_int_equal(answer.user.n, 0);
	assert_int_equal(counting.amount, 1);
	notify(SPAN_LIT("{\"public_id\":\"a\"}"), DECIDING_NOW - 1);
	request.body = SPAN_LIT("{\"public_id\":\"b\"}");
	refused(403, "signature_wrong");
}

TEST(time_has_two_ends)
{
	notify(SPAN_LIT("{}"), DECIDING_NOW - WEBHOOK_SECONDS);
	assert_int_equal(ask(config), 200);
	notify(SPAN_LIT("{}"), DECIDING_NOW - WEBHOOK_SECONDS - 1);
	refused(403, "timestamp_stale");
	notify(SPAN_LIT("{}"), DECIDING_NOW);
	assert_int_equal(ask(config), 200);
	notify(SPAN_LIT("{}"), DECIDING_NOW + 1);
	refused(403, "timestamp_stale");
}

TEST(only_from_its_addresses)
{
	notify(SPAN_LIT("{}"), DECIDING_NOW);
	request.remote_addr = SPAN_LIT("198.51.100.1");
	refused(403, "address_not_allowed");
	assert_int_equal(counting.takes, 0);
	notify(SPAN_LIT("{}"), DECIDING_NOW);
	request.origin = SPAN_LIT("https://evil.example");
	refused(403, "origin_not_listed");
}

TEST(a_body_of_128_kib)
{
	size_t sizes[] = { BODY_MAX + 1, HOOK_BODY_MAX - 1, HOOK_BODY_MAX };

	memset(big, ' ', sizeof(big));
	big[0] = '{';
	big[1] = '}';
	for (size_t i = 0; i < 3; i++) {
		notify((struct span){ (unsigned char *)big, sizes[i] },
		    DECIDING_NOW);
		assert_int_equal(ask(config), 200);
	}
	notify((struct span){ (unsigned char *)big, HOOK_BODY_MAX + 1 },
	    DECIDING_NOW);
	refused(413, "too_large");
	/* For every other policy the limit is what it was. */
	post("policy=avatar", "application/json", "");
	request.body = (struct span){ (unsigned char *)big, BODY_MAX + 1 };
	refused(413, "too_large");
}

TEST(only_what_is_an_object)
{
	static const char *const texts[] = { "", "[]", "{", "{}x", "1",
		"{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		notify(span_of(texts[i]), DECIDING_NOW);
		refused(400, "malformed");
	}
}

TEST(only_by_post_and_its_name_in_the_query)
{
	notify(SPAN_LIT("{}"), DECIDING_NOW);
	request.method = SPAN_LIT("GET");
	refused(405, "method");
	notify(SPAN_LIT("{}"), DECIDING_NOW);
	request.query = SPAN_LIT("policy=hook&a=b");
	assert_int_not_equal(ask(config), 200);
	notify(SPAN_LIT("{}"), DECIDING_NOW);
	request.query = SPAN_LIT("policy=hook&policy=hook");
	assert_int_not_equal(ask(config), 200);
	notify(SPAN_LIT("{}"), DECIDING_NOW);
	request.query = SPAN_LIT("");
	assert_int_not_equal(ask(config), 200);
	/* Named in the body it is found, but not as a webhook. */
	post("", "application/json", "{\"policy\":\"hook\"}");
	refused(405, "method");
}

TEST(headers_must_be_there)
{
	notify(SPAN_LIT("{}"), DECIDING_NOW);
	request.cld_signature = (struct span){ NULL, 0 };
	refused(400, "parameter_missing");
	notify(SPAN_LIT("{}"), DECIDING_NOW);
	request.cld_timestamp = (struct span){ NULL, 0 };
	refused(400, "parameter_missing");
}

TEST(only_webhook_policies_are_looked_up)
{
	static unsigned char mem[65536];
	static struct params scratch;
	struct arena arena;

	arena_init(&arena, mem, sizeof(mem));
	good("policy=hook");
	assert_non_null(webhook_asked(config, &request, arena, &scratch));
	good("policy=avatar");
	assert_null(webhook_asked(config, &request, arena, &scratch));
	good("policy=hook&x=%");
	assert_null(webhook_asked(config, &request, arena, &scratch));
}

GROUP(setup, teardown);
