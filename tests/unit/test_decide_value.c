#include "test.h"

#include "deciding.h"

static const char policies[] =
    "avatar = { action = \"upload\";\n"
    "  set = { public_id = \"users/{user}/{random}\"; overwrite = false;\n"
    "    allowed_formats = \"jpg\"; };\n"
    "  allow = { invalidate = \"bool\"; async = [ true ];\n"
    "    type = [ \"upload\", \"private\" ]; }; };\n"
    "named = { action = \"upload\"; set = { overwrite = true;\n"
    "    public_id = \"users/{user}/avatar\"; allowed_formats = \"jpg\";\n"
    "    display_name = \"{user}\"; }; };\n"
    "long = { action = \"upload\"; set = { allowed_formats = \"jpg\";\n"
    "    public_id = \"users/{user}/pic_{user}\"; }; };\n"
    "words = { action = \"upload\"; shared_tags = true; set = {\n"
    "    public_id = \"Fotos f\xc3\xbcr/{user}/{random}\"; overwrite = false;\n"
    "    asset_folder = \"Marketing Photos (2026)/f\xc3\xbcr {user}\";\n"
    "    tags = [ \"Kids' photos\", \"\xe5\x86\x99\xe7\x9c\x9f\" ];\n"
    "    display_name = \"Bild von {user}\"; }; };\n"
    "unword = { action = \"destroy\"; limit = \"60/hour\";\n"
    "  allow = { public_id = \"Fotos f\xc3\xbcr/{user}/*\"; }; };\n"
    "remove = { action = \"destroy\"; limit = \"60/hour\";\n"
    "  allow = { public_id = [ \"users/{user}/**\", \"h/{user_hash}/*\" ]; };\n"
    "};\n"
    "thumb = { action = \"deliver\"; allow = { public_id = "
    "\"users/{user}/**\";\n"
    "    transformation = [ \"w_200\", \"l_text:A:{claim.role}\", \"\" ];\n"
    "    version = \"int 1..9999999999\"; }; };\n"
    "small = { action = \"deliver\"; set = { transformation = \"w_200\"; };\n"
    "  allow = { public_id = \"users/{user}/**\"; }; };\n"
    "plain = { action = \"deliver\"; set = { transformation = \"\"; };\n"
    "  allow = { public_id = \"users/{user}/**\"; }; };\n"
    "one = { action = \"token\"; set = { duration = 60; ip = \"{ip}\"; };\n"
    "  allow = { url = \"/image/authenticated/users/{user}/*\"; }; };\n"
    "away = { action = \"token\"; set = { duration = 60; ip =\n"
    "    \"{claim.role}\"; url = \"/image/upload/users/{user}/a.jpg\"; }; };\n"
    "short = { action = \"token\"; allow = { duration = \"int 1..60\"; };\n"
    "  set = { url = \"/image/upload/users/{user}/a.jpg\"; }; };\n";

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

TEST(repeated_values)
{
	deciding_send(&d, "overwrite", "false");
	assert_true(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	/* Said otherwise, and signed as the policy says it. */
	deciding_send(&d, "overwrite", "0");
	assert_true(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(span_is(grant_value(&d.grant, "overwrite"), "false"));
	deciding_send(&d, "overwrite", "true");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(
	    deciding_refused(&d, "value_fixed", "overwrite", "\"false\""));
	deciding_send(&d, "overwrite", "False");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	deciding_send(&d, "public_id", "users/alice/avatar");
	assert_true(deciding_ask(&d, "named", CONTRACT_PLAIN));
	deciding_send(&d, "public_id", "users/alice/avatar2");
	assert_false(deciding_ask(&d, "named", CONTRACT_PLAIN));
}

TEST(random_is_the_servers)
{
	deciding_send(&d, "public_id", "users/alice/" DECIDING_RANDOM);
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(deciding_refused(
	    &d, "value_fixed", "public_id", "anew for each request"));
}

TEST(final_random_has_its_form)
{
	static const struct {
		const char *id;
		bool given;
	} cases[] = {
		{ "users/alice/0123456789abcdef0123456789abcdef", true },
		{ "users/alice/0123456789abcdef0123456789abcdeF", false },
		{ "users/alice/0123456789abcdef0123456789abcde", false },
		{ "users/alice/0123456789abcdef0123456789abcdef0", false },
		{ "users/bob/0123456789abcdef0123456789abcdef", false },
		{ "users/alice/", false },
		{ "", false },
		{ NULL, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deciding_send(&d, "timestamp", "1767225600");
		deciding_send(&d, "overwrite", "false");
		deciding_send(&d, "allowed_formats", "jpg");
		if (cases[i].id != NULL)
			deciding_send(&d, "public_id", cases[i].id);
		assert_int_equal(
		    deciding_ask(&d, "avatar", CONTRACT_PARAMS_TO_SIGN),
		    cases[i].given);
	}
}

TEST(final_needs_each_set_value)
{
	deciding_send(&d, "timestamp", "1767225600");
	deciding_send(
	    &d, "public_id", "users/alice/0123456789abcdef0123456789abcdef");
	deciding_send(&d, "allowed_formats", "jpg");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PARAMS_TO_SIGN));
	assert_true(deciding_refused(
	    &d, "parameter_missing", "overwrite", "put it in a signed preset"));
	assert_int_equal(d.why.status, 403);
}

TEST(allowed_values)
{
	static const struct {
		const char *name, *value;
		bool given;
	} cases[] = {
		{ "invalidate", "true", true },
		{ "invalidate", "0", true },
		{ "invalidate", "yes", false },
		{ "async", "true", true },
		{ "async", "false", false },
		{ "type", "private", true },
		{ "type", "authenticated", false },
		{ "type", "Private", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deciding_send(&d, cases[i].name, cases[i].value);
		assert_int_equal(
		    deciding_ask(&d, "avatar", CONTRACT_PLAIN), cases[i].given);
		if (cases[i].given)
			assert_true(
			    span_is(grant_value(&d.grant, cases[i].name),
				cases[i].value));
		else
			assert_true(deciding_refused(
			    &d, "value_not_allowed", cases[i].name, ""));
	}
}

TEST(owned_ids)
{
	static const struct {
		const char *id;
		bool given;
	} cases[] = {
		{ "users/alice/cat", true },
		{ "users/alice/a/b/c.jpg", true },
		{ "users/bob/cat", false },
		{ "users/alicee/cat", false },
		{ "users/alic/cat", false },
		{ "users/Alice/cat", false },
		{ "users/alice", false },
		{ "users/alice/", false },
		{ "users/alice//cat", false },
		{ "/users/alice/cat", false },
		{ "users/alice/../bob/cat", false },
		{ "users/alice/.", false },
		{ "users/alice/%2e%2e/bob", false },
		{ "users/alice\\bob", false },
		{ "users/alice/c&at", false },
		{ "users/alice/c%26at", false },
		{ "users/alice/cat.jpg.png", false },
		{ "h/522df11d8ab8f6a20ad6e26b1c2a8d7c/cat", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deciding_send(&d, "public_id", cases[i].id);
		assert_int_equal(
		    deciding_ask(&d, "remove", CONTRACT_PLAIN), cases[i].given);
		if (!cases[i].given)
			assert_true(deciding_refused(
			    &d, "value_not_allowed", "public_id", ""));
	}
}

TEST(users_that_are_no_segment)
{
	static const char *const users[] = { "..", "a/b", "a b", "a&b", "*",
		"\xc3\xa4", "a.b" };

	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		d.session.user = span_of(users[i]);
		assert_false(deciding_ask(&d, "named", CONTRACT_PLAIN));
		assert_string_equal(d.why.code, "user_not_usable");
		assert_int_equal(d.why.status, 403);
	}
	d.session.user = SPAN_LIT("alice");
	assert_true(deciding_ask(&d, "named", CONTRACT_PLAIN));
}

TEST(users_that_make_an_id_too_long)
{
	static const char letters[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				      "aaaaaaaaaaaaaaaaaaaaaaaaaaaa";

	d.session.user = span_head(span_of(letters), SEGMENT_MAX - 4);
	assert_true(deciding_ask(&d, "long", CONTRACT_PLAIN));
	d.session.user = span_head(span_of(letters), SEGMENT_MAX - 3);
	assert_false(deciding_ask(&d, "long", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "user_not_usable", "public_id", ""));
	d.session.user = SPAN_LIT("alice");
}

/* One request for a delivery; NULL sends no transformation. */
static bool
delivers(const char *policy, const char *transformation)
{
	deciding_send(&d, "public_id", "users/alice/a");
	if (transformation != NULL)
		deciding_send(&d, "transformation", transformation);
	return deciding_ask(&d, policy, CONTRACT_PLAIN);
}

TEST(transformations)
{
	static const struct {
		const char *policy, *transformation;
		bool given;
	} cases[] = {
		{ "thumb", "w_200", true },
		{ "thumb", "", true },
		{ "thumb", "l_text:A:editor", true },
		{ "thumb", NULL, false },
		{ "thumb", "w_201", false },
		{ "thumb", "w_200/", false },
		{ "thumb", "l_text:A:{claim.role}", false },
		{ "small", "w_200", true },
		{ "small", NULL, true },
		{ "small", "w_201", false },
		{ "plain", NULL, true },
		{ "plain", "w_200", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    delivers(cases[i].policy, cases[i].transformation),
		    cases[i].given);
		if (!cases[i].given)
			assert_true(span_is(d.why.param, "transformation"));
	}
	assert_true(delivers("thumb", "w_200"));
	assert_true(span_is(grant_value(&d.grant, "transformation"), "w_200"));
	assert_true(delivers("thumb", ""));
	assert_int_equal(grant_value(&d.grant, "transformation").n, 0);
}

/* What a claim makes of a transformation is looked at as well. */
TEST(transformations_of_a_user)
{
	struct json_value claims = d.session.claims;

	d.session.claims.text = SPAN_LIT("{\"role\":\"a b\"}");
	assert_false(delivers("thumb", "l_text:A:a b"));
	assert_true(
	    deciding_refused(&d, "user_not_usable", "transformation", ""));
	assert_true(delivers("thumb", "w_200"));
	d.session.claims = claims;
}

TEST(numbers)
{
	static const char *const wrong[] = { "0", "61", "-1", "+1", "01", "007",
		"1.0", " 1", "1 ", "1e1", "0x1", "" };
	static const char *const right[] = { "1", "60" };

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		deciding_send(&d, "duration", right[i]);
		assert_true(deciding_ask(&d, "short", CONTRACT_PLAIN));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		deciding_send(&d, "duration", wrong[i]);
		assert_false(deciding_ask(&d, "short", CONTRACT_PLAIN));
	}
	deciding_send(&d, "version", "1767225600");
	assert_true(delivers("thumb", "w_200"));
	deciding_send(&d, "version", "1767225600.0");
	assert_false(delivers("thumb", "w_200"));
	deciding_send(&d, "duration", "060");
	deciding_send(&d, "url", "/image/authenticated/users/alice/a");
	assert_false(deciding_ask(&d, "one", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "value_fixed", "duration", "\"60\""));
}

TEST(paths)
{
	static const struct {
		const char *url;
		bool given;
	} cases[] = {
		{ "/image/authenticated/users/alice/a", true },
		{ "/image/authenticated/users/alice/a.jpg", true },
		{ "image/authenticated/users/alice/a", false },
		{ "//image/authenticated/users/alice/a", false },
		{ "/image/authenticated/users/alice2/a", false },
		{ "/image/authenticated/users/alice/a/b", false },
		{ "/image/authenticated/users/alice/", false },
		{ "/image/authenticated/users/alice//a", false },
		{ "/image/authenticated/users/alice/..", false },
		{ "/image/authenticated/users/alice/*", false },
		{ "/image/authenticated/users/alice/a?b=c", false },
		{ "/image/authenticated/users/alice/a~exp=1", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deciding_send(&d, "url", cases[i].url);
		assert_int_equal(
		    deciding_ask(&d, "one", CONTRACT_PLAIN), cases[i].given);
		if (!cases[i].given)
			assert_true(deciding_refused(
			    &d, "value_not_allowed", "url", ""));
		else
			assert_true(
			    span_is(grant_value(&d.grant, "ip"), "192.0.2.7"));
	}
}

/* A token is bound to an address, or there is none. */
TEST(addresses)
{
	struct json_value claims = d.session.claims;

	assert_false(deciding_ask(&d, "away", CONTRACT_PLAIN));
	assert_true(
	    deciding_refused(&d, "user_not_usable", "ip", "an IP address"));
	d.session.claims.text = SPAN_LIT("{\"role\":\"2001:db8::1\"}");
	assert_true(deciding_ask(&d, "away", CONTRACT_PLAIN));
	d.session.claims.text = SPAN_LIT("{\"role\":\"192.0.2.0/24\"}");
	assert_false(deciding_ask(&d, "away", CONTRACT_PLAIN));
	d.session.claims = claims;
	d.facts.remote_addr = SPAN_LIT("nowhere");
	deciding_send(&d, "url", "/image/authenticated/users/alice/a");
	assert_false(deciding_ask(&d, "one", CONTRACT_PLAIN));
	d.facts.remote_addr = SPAN_LIT("192.0.2.7");
}

/* What the configuration writes is its own; a client's choice is narrow. */
TEST(words_of_the_configuration)
{
	assert_true(deciding_ask(&d, "words", CONTRACT_PLAIN));
	assert_string_equal(deciding_string(&d),
	    "asset_folder=Marketing Photos (2026)/f\xc3\xbcr alice&"
	    "display_name=Bild von alice&overwrite=false&"
	    "public_id=Fotos f\xc3\xbcr/alice/" DECIDING_RANDOM
	    "&tags=Kids' photos,\xe5\x86\x99\xe7\x9c\x9f&timestamp=1767225600");
	for (int right = 1; right >= 0; right--) {
		deciding_send(&d, "asset_folder",
		    right ? "Marketing Photos (2026)/f\xc3\xbcr alice"
			  : "Marketing Photos (2026)/fu\xcc\x88r alice");
		deciding_send(&d, "display_name", "Bild von alice");
		deciding_send(&d, "overwrite", "false");
		deciding_send(
		    &d, "public_id", "Fotos f\xc3\xbcr/alice/" DECIDING_RANDOM);
		deciding_send(
		    &d, "tags", "Kids' photos,\xe5\x86\x99\xe7\x9c\x9f");
		deciding_send(&d, "timestamp", "1767225600");
		assert_int_equal(
		    deciding_ask(&d, "words", CONTRACT_PARAMS_TO_SIGN), right);
	}
	assert_true(deciding_refused(&d, "value_fixed", "asset_folder", ""));
	deciding_send(&d, "public_id", "Fotos f\xc3\xbcr/alice/cat");
	assert_true(deciding_ask(&d, "unword", CONTRACT_PLAIN));
	deciding_send(&d, "public_id", "Fotos f\xc3\xbcr/alice/my cat");
	assert_false(deciding_ask(&d, "unword", CONTRACT_PLAIN));
	assert_true(deciding_refused(
	    &d, "value_not_allowed", "public_id", "; an id is 1 to 64 of A-Z"));
	deciding_send(&d, "public_id", "Fotos f\xc3\xbcr/bob/cat");
	assert_false(deciding_ask(&d, "unword", CONTRACT_PLAIN));
	deciding_send(&d, "public_id", "Fotos fur/alice/cat");
	assert_false(deciding_ask(&d, "unword", CONTRACT_PLAIN));
	/* a user's name is no word of the configuration's */
	d.session.user = SPAN_LIT("a b");
	assert_false(deciding_ask(&d, "words", CONTRACT_PLAIN));
	assert_string_equal(d.why.code, "user_not_usable");
	d.session.user = SPAN_LIT("alice");
}

GROUP(setup, teardown);
