#include "test.h"

#include "deciding.h"

static const char policies[] =
    "avatar = { action = \"upload\";\n"
    "  set = { public_id = \"users/{user}/{random}\"; overwrite = false;\n"
    "    resource_type = \"image\"; tags = \"user_{user}\";\n"
    "    moderation = \"manual\"; allowed_formats = \"jpg,png\"; };\n"
    "  allow = { context = { caption = \"text 20\"; };\n"
    "    invalidate = \"bool\"; }; };\n"
    "widget = { action = \"upload\"; reusable = true;\n"
    "  set = { upload_preset = \"site_signed\"; folder = \"users/{user}\";\n"
    "    source = \"uw\"; };\n"
    "  allow = { resource_type = [ \"image\", \"video\" ]; }; };\n"
    "short = { action = \"upload\"; reusable = true; lifetime = 120;\n"
    "  set = { upload_preset = \"site_signed\"; }; };\n"
    "inbox = { action = \"upload\"; anonymous = true;\n"
    "  limit = \"5/hour\";\n"
    "  set = { public_id = \"inbox/{random}\"; overwrite = false; }; };\n"
    "remove = { action = \"destroy\"; limit = \"60/hour\"; set = { invalidate "
    "= true; };\n"
    "  allow = { public_id = \"users/{user}/**\"; }; };\n";

static struct deciding d;

static int
setup(void **state)
{
	(void)state;
	deciding_open(&d, policies);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	deciding_close(&d);
	return 0;
}

TEST(sets_and_sorts)
{
	assert_true(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_string_equal(deciding_string(&d),
	    "allowed_formats=jpg,png&moderation=manual&overwrite=false&"
	    "public_id=users/alice/" DECIDING_RANDOM
	    "&tags=user_alice&timestamp=1767225600");
	assert_int_equal(d.grant.timestamp, DECIDING_NOW);
	assert_int_equal(d.grant.expires_at, DECIDING_NOW + 3600);
	assert_true(span_is(d.grant.resource_type, "image"));
	assert_true(span_is(grant_value(&d.grant, "moderation"), "manual"));
	assert_int_equal(grant_value(&d.grant, "folder").n, 0);
}

TEST(unknown_names)
{
	deciding_send(&d, "public_idd", "x");
	assert_false(deciding_ask(&d, "remove", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "parameter_unknown", "public_idd",
	    "did you mean \"public_id\"?"));
	deciding_send(&d, "qqqqqqqq", "x");
	assert_false(deciding_ask(&d, "remove", CONTRACT_PLAIN));
	assert_true(deciding_refused(
	    &d, "parameter_unknown", "qqqqqqqq", "takes: public_id"));
	/* A name of another action. */
	deciding_send(&d, "public_id", "users/alice/cat");
	deciding_send(&d, "folder", "users/alice");
	assert_false(deciding_ask(&d, "remove", CONTRACT_PLAIN));
	assert_true(
	    deciding_refused(&d, "parameter_unknown", "folder", "destroy"));
	/* Of this action, but not of this policy; also when it is empty. */
	deciding_send(&d, "eager", "w_1");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(deciding_refused(
	    &d, "parameter_not_allowed", "eager", "it takes: context"));
	deciding_send(&d, "eager", "");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "parameter_not_allowed", "eager", ""));
}

TEST(reserved_names)
{
	static const char *const names[] = { "file", "signature", "api_key",
		"cloud_name", "version", "asset_id", "version_id", "urls" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		deciding_send(&d, names[i], "1");
		assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
		assert_true(deciding_refused(
		    &d, "parameter_reserved", names[i], "never "));
		deciding_send(&d, "timestamp", "1767225600");
		deciding_send(&d, names[i], "1");
		assert_false(
		    deciding_ask(&d, "widget", CONTRACT_PARAMS_TO_SIGN));
		/* what says which account it is may be said, if it is right */
		if (span_is(span_of(names[i]), "api_key"))
			assert_true(
			    deciding_refused(&d, "value_fixed", "api_key",
				"The policy \"widget\" sets \"api_key\" to "
				"\"874837483274837\"; send that, or leave it "
				"out."));
		else if (span_is(span_of(names[i]), "cloud_name"))
			assert_true(deciding_refused(&d, "value_fixed",
			    "cloud_name", "\"demo\"; send that, or leave"));
		else
			assert_true(deciding_refused(
			    &d, "parameter_reserved", names[i], ""));
	}
	deciding_send(&d, "timestamp", "1767225600");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(deciding_refused(
	    &d, "timestamp_not_taken", "timestamp", "leave it out"));
	/* the widget's own parameters: whatever is wrong besides */
	deciding_send(&d, "source", "uw");
	deciding_send(&d, "timestamp", "1767225600");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "timestamp_not_taken", "timestamp",
	    "sends {\"paramsToSign\": {...}} as JSON, or contract=text."));
	deciding_send(&d, "timestamp", "1767225600");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PREPARE));
	assert_true(deciding_refused(&d, "timestamp_not_taken", "timestamp",
	    "send the one from the answer to Cloudinary."));
}

TEST(required_names)
{
	assert_false(deciding_ask(&d, "remove", CONTRACT_PLAIN));
	assert_true(deciding_refused(
	    &d, "parameter_missing", "public_id", "destroy needs"));
	assert_int_equal(d.why.status, 400);
	deciding_send(&d, "public_id", "");
	assert_false(deciding_ask(&d, "remove", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "parameter_missing", "public_id", ""));
	deciding_send(&d, "public_id", "users/alice/cat");
	assert_true(deciding_ask(&d, "remove", CONTRACT_PLAIN));
}

TEST(short_lifetimes_are_back_dated)
{
	deciding_send(&d, "public_id", "users/alice/cat");
	assert_true(deciding_ask(&d, "remove", CONTRACT_PLAIN));
	assert_int_equal(d.grant.timestamp, DECIDING_NOW - 3600 + 120);
	assert_int_equal(d.grant.expires_at, DECIDING_NOW + 120);
	assert_string_equal(deciding_string(&d),
	    "invalidate=true&public_id=users/alice/cat&timestamp=1767222120");
}

TEST(final_is_signed_as_sent)
{
	deciding_send(&d, "source", "uw");
	deciding_send(&d, "timestamp", "1767225590");
	deciding_send(&d, "folder", "users/alice");
	deciding_send(&d, "upload_preset", "site_signed");
	assert_true(deciding_ask(&d, "widget", CONTRACT_PARAMS_TO_SIGN));
	assert_string_equal(deciding_string(&d),
	    "folder=users/alice&source=uw&timestamp=1767225590&"
	    "upload_preset=site_signed");
	assert_int_equal(d.grant.expires_at, 1767225590 + 3600);
}

TEST(final_names_of_the_account)
{
	static const struct {
		const char *name, *value;
		bool taken;
	} cases[] = {
		{ "cloud_name", "demo", true },
		{ "cloud_name", "other", false },
		{ "api_key", "874837483274837", true },
		{ "api_key", "874837483274838", false },
		{ "resource_type", "image", true },
		{ "resource_type", "video", true },
		{ "resource_type", "raw", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deciding_send(&d, "source", "uw");
		deciding_send(&d, "timestamp", "1767225590");
		deciding_send(&d, "folder", "users/alice");
		deciding_send(&d, "upload_preset", "site_signed");
		deciding_send(&d, cases[i].name, cases[i].value);
		assert_int_equal(
		    deciding_ask(&d, "widget", CONTRACT_PARAMS_TO_SIGN),
		    cases[i].taken);
		/* Never in the string. */
		assert_null(strstr(deciding_string(&d), cases[i].name));
	}
}

TEST(final_timestamps)
{
	static const struct {
		const char *text, *code;
	} cases[] = {
		{ "1767225600", NULL },
		{ "1767225300", NULL },
		{ "1767225299", "timestamp_stale" },
		{ "1767225900", NULL },
		{ "1767225901", "timestamp_stale" },
		{ "01767225600", "timestamp_malformed" },
		{ "+1767225600", "timestamp_malformed" },
		{ " 1767225600", "timestamp_malformed" },
		{ "1767225600.0", "timestamp_malformed" },
		{ "1767225600000", "timestamp_malformed" },
		{ "176722560000", "timestamp_stale" },
		{ "176722560100", "timestamp_malformed" },
		{ "17672256", "timestamp_stale" },
		{ "17672255", "timestamp_malformed" },
		{ "1", "timestamp_malformed" },
		{ "true", "timestamp_malformed" },
		{ "0", "timestamp_malformed" },
		{ "2026-01-01", "timestamp_malformed" },
		{ "9999999999999999999", "timestamp_malformed" },
		{ "", "timestamp_malformed" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deciding_send(&d, "source", "uw");
		deciding_send(&d, "folder", "users/alice");
		deciding_send(&d, "upload_preset", "site_signed");
		deciding_send(&d, "timestamp", cases[i].text);
		assert_int_equal(
		    deciding_ask(&d, "widget", CONTRACT_PARAMS_TO_SIGN),
		    cases[i].code == NULL);
		if (cases[i].code == NULL)
			continue;
		assert_true(
		    deciding_refused(&d, cases[i].code, "timestamp", ""));
		assert_int_equal(d.why.server_time, DECIDING_NOW);
		if (strcmp(cases[i].code, "timestamp_stale") != 0)
			assert_true(deciding_refused(&d, cases[i].code,
			    "timestamp",
			    "takes whole seconds, as Math.floor(Date.now() / "
			    "1000); the server's time is 1767225600."));
	}
	deciding_send(&d, "source", "uw");
	assert_false(deciding_ask(&d, "widget", CONTRACT_PARAMS_TO_SIGN));
	assert_true(
	    deciding_refused(&d, "timestamp_malformed", "timestamp", ""));
}

TEST(final_needs_a_whole_lifetime)
{
	deciding_send(&d, "upload_preset", "site_signed");
	deciding_send(&d, "timestamp", "1767225600");
	assert_false(deciding_ask(&d, "short", CONTRACT_PARAMS_TO_SIGN));
	assert_true(deciding_refused(
	    &d, "contract_not_served", "", "live 120 seconds"));
	assert_true(deciding_ask(&d, "short", CONTRACT_PLAIN));
}

/* Nobody chooses the id of what is nobody's. */
TEST(final_is_not_for_everybody)
{
	static const struct session none = { .open = false };

	d.facts.session = &none;
	deciding_send(&d, "timestamp", "1767225600");
	deciding_send(&d, "overwrite", "false");
	deciding_send(&d, "public_id", "inbox/" DECIDING_RANDOM);
	assert_false(deciding_ask(&d, "inbox", CONTRACT_PARAMS_TO_SIGN));
	assert_true(deciding_refused(&d, "contract_not_served", "",
	    "The policy \"inbox\" is open to everybody"));
	assert_int_equal(d.why.status, 403);
	deciding_send(&d, "public_id", "inbox/" DECIDING_RANDOM);
	assert_false(deciding_ask(&d, "inbox", CONTRACT_PLAIN));
	assert_true(deciding_ask(&d, "inbox", CONTRACT_PLAIN));
	assert_string_equal(deciding_string(&d),
	    "overwrite=false&public_id=inbox/" DECIDING_RANDOM
	    "&timestamp=1767225600");
	d.facts.session = &d.session;
}

TEST(no_contract_no_grant)
{
	assert_false(deciding_ask(&d, "avatar", CONTRACT_NONE));
	assert_true(deciding_refused(&d, "contract_unknown", "", ""));
}

GROUP(setup, teardown);
