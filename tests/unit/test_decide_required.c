#include "test.h"

#include "deciding.h"

static const char policies[] =
    "move = { action = \"rename\"; limit = \"9/hour\"; allow = {\n"
    "  from_public_id = \"users/{user}/**\";\n"
    "  to_public_id = \"users/{user}/**\"; }; };\n"
    "again = { action = \"explicit\"; limit = \"9/hour\"; allow = {\n"
    "  public_id = \"users/{user}/**\"; type = [ \"upload\" ]; }; };\n"
    "zip = { action = \"archive\"; limit = \"9/hour\"; allow = {\n"
    "  public_ids = \"users/{user}/**\"; prefixes = \"users/{user}/\"; }; };\n"
    "tag = { action = \"tags\"; limit = \"9/hour\"; allow = {\n"
    "  public_ids = \"users/{user}/**\"; tag = \"text 9\";\n"
    "  command = [ \"add\", \"remove_all\" ]; }; };\n"
    "pets = { action = \"tags\"; limit = \"9/hour\"; lifetime = 3600;\n"
    "  any_owner = true; users = \"alice\"; allow = {\n"
    "  public_ids = \"users/{user}/**\"; tag = \"text 9 x2\";\n"
    "  command = [ \"add\", \"remove\", \"replace\",\n"
    "    \"set_exclusive\" ]; }; };\n";

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

TEST(every_name)
{
	deciding_send(&d, "from_public_id", "users/alice/a");
	deciding_send(&d, "to_public_id", "users/alice/b");
	assert_true(deciding_ask(&d, "move", CONTRACT_PLAIN));
	deciding_send(&d, "from_public_id", "users/alice/a");
	assert_false(deciding_ask(&d, "move", CONTRACT_PLAIN));
	assert_true(deciding_refused(
	    &d, "parameter_missing", "to_public_id", "rename needs"));
	deciding_send(&d, "from_public_id", "users/alice/a");
	deciding_send(&d, "to_public_id", "");
	assert_false(deciding_ask(&d, "move", CONTRACT_PLAIN));
}

TEST(what_only_the_request_needs)
{
	deciding_send(&d, "public_id", "users/alice/a");
	deciding_send(&d, "type", "upload");
	assert_true(deciding_ask(&d, "again", CONTRACT_PLAIN));
	deciding_send(&d, "public_id", "users/alice/a");
	assert_false(deciding_ask(&d, "again", CONTRACT_PLAIN));
	assert_true(deciding_refused(
	    &d, "parameter_missing", "type", "explicit needs"));
}

TEST(one_of_several)
{
	deciding_send(&d, "prefixes", "users/alice/");
	assert_true(deciding_ask(&d, "zip", CONTRACT_PLAIN));
	deciding_send(&d, "public_ids", "users/alice/a,users/alice/b");
	assert_true(deciding_ask(&d, "zip", CONTRACT_PLAIN));
	assert_false(deciding_ask(&d, "zip", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "parameter_missing", "tags",
	    "archive needs one of: tags, prefixes, public_ids, "
	    "fully_qualified_public_ids."));
}

TEST(a_command_says_what_it_needs)
{
	deciding_send(&d, "public_ids", "users/alice/a");
	deciding_send(&d, "command", "remove_all");
	assert_true(deciding_ask(&d, "tag", CONTRACT_PLAIN));
	deciding_send(&d, "public_ids", "users/alice/a");
	deciding_send(&d, "command", "add");
	assert_false(deciding_ask(&d, "tag", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "parameter_missing", "tag", "tags"));
	deciding_send(&d, "public_ids", "users/alice/a");
	deciding_send(&d, "command", "add");
	deciding_send(&d, "tag", "x");
	assert_true(deciding_ask(&d, "tag", CONTRACT_PLAIN));
}

/* Cloudinary takes several, in every command that takes one. */
TEST(a_command_takes_several_tags)
{
	static const char *const commands[] = { "add", "remove", "replace",
		"set_exclusive" };
	static const struct span tags[] = { SPAN_INIT("cat"), SPAN_INIT("dog"),
		SPAN_INIT("cow") };

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		for (size_t n = 1; n <= 3; n++) {
			deciding_send(&d, "public_ids", "users/alice/a");
			deciding_send(&d, "command", commands[i]);
			deciding_send_list(
			    &d, "tag", SHAPE_LIST, n, tags, NULL);
			assert_int_equal(
			    deciding_ask(&d, "pets", CONTRACT_PLAIN), n <= 2);
			if (n == 2)
				assert_true(span_is(
				    grant_value(&d.grant, "tag"), "cat,dog"));
		}
		deciding_send(&d, "public_ids", "users/alice/a");
		deciding_send(&d, "command", commands[i]);
		deciding_send(&d, "tag", "dog,cat");
		deciding_send(&d, "timestamp", "1767225600");
		assert_true(deciding_ask(&d, "pets", CONTRACT_PARAMS_TO_SIGN));
		assert_true(span_is(grant_value(&d.grant, "tag"), "dog,cat"));
		deciding_send(&d, "public_ids", "users/alice/a");
		deciding_send(&d, "command", commands[i]);
		deciding_send(&d, "tag", "dog,,cat");
		assert_false(deciding_ask(&d, "pets", CONTRACT_PLAIN));
		assert_true(deciding_refused(&d, "element_empty", "tag",
		    "Element 2 of \"tag\" is empty"));
	}
}

GROUP(setup, teardown);
