#include "test.h"

#include "deciding.h"

/* For a name of 11 letters they are 1009 bytes, and those of the role. */
#define PATH(d)                                                                \
	"\"/image/authenticated/users/{user}/" d                               \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaa"                                         \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/*\""
#define PATHS                                                                  \
	PATH("0")                                                              \
	"," PATH("1") "," PATH("2") "," PATH("3") "," PATH("4") "," PATH(      \
	    "5") "," PATH("6") "," PATH("7") "," PATH("8") "," PATH("9{claim." \
								    "role}")

static const char policies[] =
    "avatar = { action = \"upload\"; shared_tags = true;\n"
    "  set = { public_id = \"users/{user}/{random}\"; overwrite = false;\n"
    "    tags = [ \"user_{user}\", \"site\" ];\n"
    "    context = { owner = \"{user}\"; note = \"a=b|c\"; };\n"
    "    allowed_formats = \"jpg,png\"; };\n"
    "  allow = { tags = \"text 5 x2\"; context = { caption = \"text 20\"; };\n"
    "    metadata = ( { key = \"field-1\"; rule = \"text 5\"; } ); }; };\n"
    "marked = { action = \"upload\"; reusable = true; shared_tags = true;\n"
    "  set = { upload_preset = \"p\"; tags = [ \"a\", \"r_{random}\" ];\n"
    "    context = { id = \"{random}\"; }; }; };\n"
    "fixed = { action = \"upload\"; reusable = true;\n"
    "  set = { upload_preset = \"p\"; tags = \"user_{user}\"; }; };\n"
    "pack = { action = \"archive\"; limit = \"9/hour\";\n"
    "  allow = { public_ids = [ \"users/{user}/**\", \"pool/{user}\" ];\n"
    "    prefixes = \"users/{user}/\"; fully_qualified_public_ids =\n"
    "    \"image/upload/users/{user}/**\"; }; };\n"
    "whole = { action = \"archive\"; limit = \"9/hour\"; set = { prefixes =\n"
    "    [ \"users/{user}/a_{user}/\", \"users/{user}/b/\" ]; }; };\n"
    "album = { action = \"token\"; set = { duration = 60; }; allow = { acl =\n"
    "    [ \"/image/authenticated/users/{user}/*\",\n"
    "    \"/video/authenticated/users/{user}/*\" ]; }; };\n"
    "albums = { action = \"token\"; set = { duration = 60; acl = [\n" PATHS
    "  ]; }; };\n";

#define HEX "0123456789abcdef0123456789abcdef"
#define HEX2 "ffffffffffffffffffffffffffffffff"

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

/* The value that comes out for name, when text was sent for it. */
static bool
comes_out(const char *policy, const char *name, const char *text,
    const char *expected)
{
	if (text != NULL)
		deciding_send(&d, name, text);
	if (!deciding_ask(&d, policy, CONTRACT_PLAIN))
		return expected == NULL;
	return expected != NULL &&
	       span_is(grant_value(&d.grant, name), expected);
}

TEST(ours_first_then_theirs)
{
	assert_true(comes_out("avatar", "tags", NULL, "user_alice,site"));
	assert_true(comes_out("avatar", "tags", "", "user_alice,site"));
	assert_true(
	    comes_out("avatar", "tags", "cat,dog", "user_alice,site,cat,dog"));
	assert_true(
	    comes_out("avatar", "tags", "site,cat", "user_alice,site,cat"));
	assert_true(comes_out("avatar", "context", "caption=Hello",
	    "owner=alice|note=a\\=b\\|c|caption=Hello"));
	assert_true(comes_out("avatar", "metadata", "field-1=x", "field-1=x"));
	assert_true(comes_out("avatar", "metadata", NULL, ""));
}

TEST(counts_and_lengths)
{
	assert_true(comes_out("avatar", "tags", "a,b,c", NULL));
	assert_true(deciding_refused(
	    &d, "value_not_allowed", "tags", "at most 2 elements"));
	assert_true(
	    comes_out("avatar", "tags", "12345,b", "user_alice,site,12345,b"));
	assert_true(comes_out("avatar", "tags", "123456,b", NULL));
	assert_true(comes_out("avatar", "tags", "a,a", NULL));
	assert_true(deciding_refused(&d, "element_twice", "tags", "\"a\""));
	assert_true(comes_out("avatar", "tags", "a,,b", NULL));
	assert_true(deciding_refused(&d, "element_empty", "tags", ""));
	assert_true(comes_out("avatar", "tags", ",", NULL));
}

TEST(lists_and_objects)
{
	struct span two[] = { SPAN_INIT("cat"), SPAN_INIT("dog") };
	struct span comma[] = { SPAN_INIT("cat,dog") };
	struct span key[] = { SPAN_INIT("caption") };
	struct span text[] = { SPAN_INIT("Hello") };

	deciding_send_list(&d, "tags", SHAPE_LIST, 2, two, NULL);
	assert_true(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(
	    span_is(grant_value(&d.grant, "tags"), "user_alice,site,cat,dog"));
	deciding_send_list(&d, "tags", SHAPE_LIST, 1, comma, NULL);
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "element_comma", "tags", ""));
	deciding_send_list(&d, "context", SHAPE_OBJECT, 1, text, key);
	assert_true(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	deciding_send_list(&d, "context", SHAPE_LIST, 1, text, NULL);
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "wrong_form", "context", ""));
	deciding_send_list(&d, "overwrite", SHAPE_LIST, 1, text, NULL);
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "wrong_form", "overwrite", ""));
}

TEST(a_servers_key_is_fixed)
{
	assert_true(comes_out("avatar", "context", "owner=bob", NULL));
	assert_true(
	    deciding_refused(&d, "value_fixed", "context", "\"alice\""));
	assert_true(comes_out(
	    "avatar", "context", "owner=alice", "owner=alice|note=a\\=b\\|c"));
	assert_true(comes_out("avatar", "context", "other=x", NULL));
	assert_true(comes_out("avatar", "context", "caption", NULL));
	assert_true(deciding_refused(&d, "group_form", "context", ""));
	assert_true(
	    comes_out("avatar", "context", "caption=a|caption=b", NULL));
	/* No separator gets in by a backslash or an equals sign. */
	assert_true(comes_out("avatar", "context", "caption=a=b", NULL));
	assert_true(comes_out("avatar", "context", "caption=a\\|b", NULL));
	assert_true(comes_out("avatar", "context", "caption=a&b", NULL));
}

TEST(nothing_beside_a_set_list)
{
	assert_true(comes_out("fixed", "tags", "user_alice", "user_alice"));
	assert_true(comes_out("fixed", "tags", "user_alice,cat", NULL));
	assert_true(
	    deciding_refused(&d, "parameter_not_allowed", "tags", "\"cat\""));
	assert_true(
	    comes_out("avatar", "allowed_formats", "jpg,png", "jpg,png"));
	assert_true(comes_out("avatar", "allowed_formats", "jpg", NULL));
	assert_true(comes_out("avatar", "allowed_formats", "jpg,gif", NULL));
}

TEST(final_holds_all_of_ours)
{
	static const struct {
		const char *tags;
		bool given;
	} cases[] = {
		{ "user_alice", true },
		{ "user_bob", false },
		{ "user_alice,user_bob", false },
		{ "cat", false },
		{ "", false },
		{ NULL, false },
	};
	static const char *const as_sent = "cat,site,user_alice";

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deciding_send(&d, "upload_preset", "p");
		deciding_send(&d, "timestamp", "1767225600");
		if (cases[i].tags != NULL)
			deciding_send(&d, "tags", cases[i].tags);
		assert_int_equal(
		    deciding_ask(&d, "fixed", CONTRACT_PARAMS_TO_SIGN),
		    cases[i].given);
	}
	deciding_send(&d, "timestamp", "1767225600");
	deciding_send(&d, "overwrite", "0");
	deciding_send(
	    &d, "public_id", "users/alice/ffffffffffffffffffffffffffffffff");
	deciding_send(&d, "allowed_formats", "jpg,png");
	deciding_send(&d, "context", "note=a\\=b\\|c|caption=x|owner=alice");
	deciding_send(&d, "tags", as_sent);
	assert_true(deciding_ask(&d, "avatar", CONTRACT_PARAMS_TO_SIGN));
	assert_string_equal(deciding_string(&d),
	    "allowed_formats=jpg,png&"
	    "context=note=a\\=b\\|c|caption=x|owner=alice&overwrite=0&"
	    "public_id=users/alice/ffffffffffffffffffffffffffffffff&"
	    "tags=cat,site,user_alice&timestamp=1767225600");
}

TEST(final_random_matches_its_form)
{
	static const struct {
		const char *tags, *context;
		bool given;
	} cases[] = {
		{ "r_" HEX ",a", "id=" HEX2, true },
		{ "r_" HEX ",a,r_" HEX2, "id=" HEX, false },
		{ "r_" HEX ",r_" HEX2, "id=" HEX, false },
		{ "r_" HEX "0,a", "id=" HEX, false },
		{ "r_" HEX ",a", "id=" HEX "|id=" HEX2, false },
		{ "r_" HEX ",a", "id=x", false },
		{ "r_" HEX ",a", "", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deciding_send(&d, "upload_preset", "p");
		deciding_send(&d, "timestamp", "1767225600");
		deciding_send(&d, "tags", cases[i].tags);
		deciding_send(&d, "context", cases[i].context);
		assert_int_equal(
		    deciding_ask(&d, "marked", CONTRACT_PARAMS_TO_SIGN),
		    cases[i].given);
	}
}

TEST(ids_of_a_client)
{
	static const struct {
		const char *name, *value;
		bool given;
	} cases[] = {
		{ "public_ids", "users/alice/a", true },
		{ "public_ids", "users/alice/a,users/alice/b/c,pool/alice",
		    true },
		{ "public_ids", "users/alice/a,users/alice2/a", false },
		{ "public_ids", "users/alice/a,users/bob/a", false },
		{ "public_ids", "pool/alice2", false },
		{ "public_ids", "users/alice/a,", false },
		{ "public_ids", ",users/alice/a", false },
		{ "public_ids", "users/alice/a,users/alice/a", false },
		{ "public_ids", "/users/alice/a", false },
		{ "public_ids", "users/alice//a", false },
		{ "public_ids", "users/alice/../bob/a", false },
		{ "public_ids", "users/alice/a b", false },
		{ "public_ids", "users/alice/*", false },
		{ "prefixes", "users/alice/", true },
		{ "prefixes", "users/alice", false },
		{ "prefixes", "users/alice/,users/bob/", false },
		{ "prefixes", "users/alice2/", false },
		{ "prefixes", "users/", false },
		{ "prefixes", "/", false },
		{ "prefixes", "users/alice//", false },
		{ "fully_qualified_public_ids", "image/upload/users/alice/a",
		    true },
		{ "fully_qualified_public_ids", "users/alice/a", false },
		{ "fully_qualified_public_ids", "video/upload/users/alice/a",
		    false },
		{ "fully_qualified_public_ids", "image/upload/users/alice2/a",
		    false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deciding_send(&d, cases[i].name, cases[i].value);
		assert_int_equal(
		    deciding_ask(&d, "pack", CONTRACT_PLAIN), cases[i].given);
		if (cases[i].given)
			assert_true(
			    span_is(grant_value(&d.grant, cases[i].name),
				cases[i].value));
		else
			assert_true(span_is(d.why.param, cases[i].name));
	}
	deciding_send(&d, "prefixes", "users/alice");
	assert_false(deciding_ask(&d, "pack", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "value_not_allowed", "prefixes",
	    "would also match \"users/alice2\""));
}

TEST(ids_as_a_list)
{
	struct span two[] = { SPAN_INIT("users/alice/a"),
		SPAN_INIT("users/alice/b") };
	struct span one[] = { SPAN_INIT("users/alice/a,users/alice/b") };
	struct span many[LIST_MAX + 1];
	char texts[LIST_MAX + 1][24];

	deciding_send_list(&d, "public_ids", SHAPE_LIST, 2, two, NULL);
	assert_true(deciding_ask(&d, "pack", CONTRACT_PLAIN));
	assert_true(span_is(grant_value(&d.grant, "public_ids"),
	    "users/alice/a,users/alice/b"));
	deciding_send_list(&d, "public_ids", SHAPE_LIST, 1, one, NULL);
	assert_false(deciding_ask(&d, "pack", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "element_comma", "public_ids", ""));
	for (int i = 0; i <= LIST_MAX; i++) {
		snprintf(texts[i], sizeof(texts[i]), "users/alice/%d", i);
		many[i] = span_of(texts[i]);
	}
	for (size_t n = LIST_MAX - 1; n <= LIST_MAX + 1; n++) {
		deciding_send_list(&d, "public_ids", SHAPE_LIST, n, many, NULL);
		assert_int_equal(
		    deciding_ask(&d, "pack", CONTRACT_PLAIN), n <= LIST_MAX);
	}
	assert_true(deciding_refused(&d, "too_many", "", ""));
}

/* A set list is one value: a client repeats all of it, or nothing. */
TEST(ids_that_are_set)
{
	const char *const ours = "users/alice/a_alice/,users/alice/b/";

	assert_true(comes_out("whole", "prefixes", NULL, ours));
	assert_true(comes_out("whole", "prefixes", ours, ours));
	assert_true(comes_out("whole", "prefixes", "users/alice/b/", NULL));
	assert_true(comes_out("whole", "prefixes",
	    "users/alice/a_alice/,users/alice/b/,users/alice/c/", NULL));
	assert_true(deciding_refused(
	    &d, "parameter_not_allowed", "prefixes", "\"users/alice/c/\""));
	assert_true(comes_out("whole", "prefixes", "users/alice/", NULL));
}

/* Each element is well formed for this user, or nothing is signed. */
TEST(ids_of_a_long_name)
{
	static const char letters[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				      "aaaaaaaaaaaaaaaaaaaaaaaaaaaa";

	d.session.user = span_head(span_of(letters), SEGMENT_MAX - 2);
	assert_true(deciding_ask(&d, "whole", CONTRACT_PLAIN));
	d.session.user = span_head(span_of(letters), SEGMENT_MAX - 1);
	assert_false(deciding_ask(&d, "whole", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "user_not_usable", "prefixes", ""));
	d.session.user = SPAN_LIT("a,b");
	assert_false(deciding_ask(&d, "whole", CONTRACT_PLAIN));
	assert_string_equal(d.why.code, "user_not_usable");
	d.session.user = SPAN_LIT("alice");
}

TEST(paths_of_a_token)
{
	const char *const image = "/image/authenticated/users/alice/*";

	assert_true(comes_out("album", "acl", image, image));
	assert_true(comes_out("album", "acl",
	    "/video/authenticated/users/alice/*,"
	    "/image/authenticated/users/alice/*",
	    "/video/authenticated/users/alice/*,"
	    "/image/authenticated/users/alice/*"));
	assert_true(comes_out(
	    "album", "acl", "/image/authenticated/users/alice2/*", NULL));
	assert_true(comes_out(
	    "album", "acl", "/image/authenticated/users/alice/a", NULL));
	assert_true(comes_out("album", "acl", "/image/*", NULL));
	assert_true(comes_out("album", "acl", "/*", NULL));
	assert_true(comes_out("album", "acl",
	    "/image/authenticated/users/alice/*!/image/*", NULL));
}

TEST(paths_have_room)
{
	struct json_value claims = d.session.claims;

	d.session.user = SPAN_LIT("alice-alice");
	for (int n = ACL_MAX - 1; n <= ACL_MAX + 1; n++) {
		char text[128];

		/* Digits, as many as there is room for. */
		snprintf(
		    text, sizeof(text), "{\"role\":\"%0*d\"}", n - 1009, 0);
		d.session.claims.text = span_of(text);
		assert_int_equal(
		    deciding_ask(&d, "albums", CONTRACT_PLAIN), n <= ACL_MAX);
		assert_int_equal(grant_value(&d.grant, "acl").n,
		    n <= ACL_MAX ? (size_t)n : 0);
	}
	assert_true(deciding_refused(
	    &d, "value_not_allowed", "acl", "at most 1024 bytes"));
	d.session.claims = claims;
	d.session.user = SPAN_LIT("alice");
}

TEST(final_takes_no_object)
{
	struct span key[] = { SPAN_INIT("caption") };
	struct span text[] = { SPAN_INIT("Hello") };

	deciding_send(&d, "timestamp", "1767225600");
	deciding_send_list(&d, "context", SHAPE_OBJECT, 1, text, key);
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PARAMS_TO_SIGN));
}

/* A list of the server's is one value, and in whose language it is refused. */
TEST(a_part_of_a_fixed_list)
{
	deciding_send(&d, "allowed_formats", "jpg");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "value_fixed", "allowed_formats",
	    "The policy \"avatar\" sets \"allowed_formats\" to \"jpg,png\"; "
	    "send that, or leave it out."));
	deciding_send(&d, "timestamp", "1767225600");
	deciding_send(&d, "overwrite", "false");
	deciding_send(&d, "public_id", "users/alice/" HEX);
	deciding_send(&d, "tags", "user_alice,site");
	deciding_send(&d, "context", "owner=alice|note=a\\=b\\|c");
	deciding_send(&d, "allowed_formats", "jpg");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PARAMS_TO_SIGN));
	assert_true(deciding_refused(&d, "value_fixed", "allowed_formats",
	    "to \"jpg,png\"; send that; a client that fixes its parameters "
	    "itself can't leave it out."));
	/* more may stand beside the server's tags */
	deciding_send(&d, "timestamp", "1767225600");
	deciding_send(&d, "overwrite", "false");
	deciding_send(&d, "public_id", "users/alice/" HEX);
	deciding_send(&d, "tags", "cat");
	deciding_send(&d, "context", "owner=alice|note=a\\=b\\|c");
	deciding_send(&d, "allowed_formats", "jpg,png");
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PARAMS_TO_SIGN));
	assert_true(deciding_refused(&d, "parameter_missing", "tags",
	    "asks for \"tags\" = \"user_alice,site\""));
}

GROUP(setup, teardown);
