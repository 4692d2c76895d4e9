/* prepareUploadParams: several items in one request. */

#include "test.h"

#include "asking.h"

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	config = asking_load(SANDBOX_CLOUD SANDBOX_SESSION
	    "policies = {\n"
	    "widget = { action = \"upload\"; limit = \"3/hour\";\n"
	    "  set = { public_id = \"users/{user}/{random}\"; source = "
	    "\"uw\";\n"
	    "    upload_preset = \"site\"; resource_type = \"image\"; };\n"
	    "  allow = { tags = [ \"user_{user}\" ]; display_name = \"text "
	    "20\"; }; };\n"
	    "hidden = { action = \"upload\"; limit = \"3/hour\";\n"
	    "  set = { public_id = \"users/{user}/{random}\";\n"
	    "    moderation = \"manual\"; overwrite = false; }; };\n"
	    "remove = { action = \"destroy\"; limit = \"3/hour\";\n"
	    "  allow = { public_id = \"users/{user}/**\"; }; };\n"
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

static void
prepare(const char *policy, const char *items)
{
	static char text[BODY_MAX];
	static char query[64];

	snprintf(text, sizeof(text), "{\"prepareUploadParams\":%s}", items);
	snprintf(query, sizeof(query), "policy=%s", policy);
	post(query, "application/json", text);
}

static const char *
text_of(json_t *item, const char *name)
{
	return json_string_value(json_object_get(item, name));
}

TEST(an_object_gives_an_object)
{
	struct signature right;
	json_t *item;

	prepare("widget", "{\"tags\":\"user_alice\"}");
	assert_int_equal(ask(config), 200);
	item = body();
	assert_true(json_is_object(item));
	assert_string_equal(
	    text_of(item, "publicId"), "users/alice/" DECIDING_RANDOM);
	assert_string_equal(text_of(item, "uploadPreset"), "site");
	assert_string_equal(text_of(item, "tags"), "user_alice");
	assert_string_equal(text_of(item, "resourceType"), "image");
	assert_string_equal(text_of(item, "apiKey"), "874837483274837");
	assert_int_equal(json_integer_value(
			     json_object_get(item, "uploadSignatureTimestamp")),
	    DECIDING_NOW);
	assert_true(signature_of(
	    SPAN_LIT("public_id=users/alice/" DECIDING_RANDOM
		     "&source=uw&tags=user_alice&timestamp=1767225600&"
		     "upload_preset=site"),
	    config->clouds[0].api_secret, config->clouds[0].hash, &right));
	assert_string_equal(text_of(item, "signature"), right.hex);
	json_decref(item);
}

/* The widget's own spelling is taken as well. */
TEST(camel_case_is_read)
{
	prepare("widget", "{\"uploadPreset\":\"site\"}");
	assert_int_equal(ask(config), 200);
	prepare("widget", "{\"uploadPreset\":\"other\"}");
	assert_int_equal(ask(config), 200);
	assert_true(body_has("signature", NULL));
	assert_string_equal(answer.code, "value_fixed");
}

TEST(a_refused_item_is_cancelled_and_counts_nothing)
{
	json_t *all;

	prepare(
	    "widget", "[{},{\"tags\":\"user_bob\"},{\"display_name\":\"x\"}]");
	assert_int_equal(ask(config), 200);
	assert_string_equal(answer.code, "granted");
	assert_int_equal(answer.items, 3);
	assert_int_equal(answer.granted, 2);
	assert_int_equal(counting.amount, 2);
	all = body();
	assert_int_equal(json_array_size(all), 3);
	assert_non_null(text_of(json_array_get(all, 0), "signature"));
	assert_true(
	    json_is_true(json_object_get(json_array_get(all, 1), "cancel")));
	assert_non_null(text_of(json_array_get(all, 1), "error"));
	assert_null(text_of(json_array_get(all, 1), "signature"));
	assert_non_null(text_of(json_array_get(all, 2), "signature"));
	json_decref(all);
}

TEST(none_granted_asks_no_counter)
{
	json_t *all;

	prepare("widget", "[{\"tags\":\"user_bob\"}]");
	world.counters = NULL;
	assert_int_equal(ask(config), 200);
	assert_int_equal(answer.granted, 0);
	assert_string_equal(answer.code, "value_not_allowed");
	all = body();
	assert_int_equal(json_array_size(all), 1);
	json_decref(all);
	prepare("widget", "[{}]");
	world.counters = NULL;
	refused(503, "counters_unavailable");
}

/* A signature that the widget could never use would be worth nothing. */
TEST(what_the_widget_does_not_send_is_not_signed)
{
	prepare("hidden", "{}");
	assert_int_equal(ask(config), 200);
	assert_true(body_has("code", "contract_not_served"));
	assert_true(body_has("param", "moderation"));
	prepare("hidden", "{\"moderation\":\"manual\"}");
	assert_int_equal(ask(config), 200);
	assert_true(body_has("overwrite", "false"));
	prepare("remove", "{\"public_id\":\"users/alice/a\"}");
	assert_int_equal(ask(config), 200);
	assert_true(body_has("code", "contract_not_served"));
}

TEST(the_shape_is_the_requests)
{
	prepare("widget", "[]");
	assert_int_equal(ask(config), 400);
	prepare("widget", "[1]");
	assert_int_equal(ask(config), 400);
	prepare("widget", "\"x\"");
	assert_int_equal(ask(config), 400);
	prepare("nobody", "{}");
	refused(404, "policy_unknown");
}

GROUP(setup, teardown);
