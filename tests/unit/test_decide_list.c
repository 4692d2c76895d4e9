#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "deciding.h"

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
    "  set = { upload_preset = \"p\"; tags = \"user_{user}\"; }; };\n";

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

static void
ours_first_then_theirs(void **state)
{
	(void)state;
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

static void
counts_and_lengths(void **state)
{
	(void)state;
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

static void
lists_and_objects(void **state)
{
	struct span two[] = { SPAN_INIT("cat"), SPAN_INIT("dog") };
	struct span comma[] = { SPAN_INIT("cat,dog") };
	struct span key[] = { SPAN_INIT("caption") };
	struct span text[] = { SPAN_INIT("Hello") };

	(void)state;
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

static void
a_servers_key_is_fixed(void **state)
{
	(void)state;
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

static void
nothing_beside_a_set_list(void **state)
{
	(void)state;
	assert_true(comes_out("fixed", "tags", "user_alice", "user_alice"));
	assert_true(comes_out("fixed", "tags", "user_alice,cat", NULL));
	assert_true(
	    deciding_refused(&d, "parameter_not_allowed", "tags", "\"cat\""));
	assert_true(
	    comes_out("avatar", "allowed_formats", "jpg,png", "jpg,png"));
	assert_true(comes_out("avatar", "allowed_formats", "jpg", NULL));
	assert_true(comes_out("avatar", "allowed_formats", "jpg,gif", NULL));
}

static void
final_holds_all_of_ours(void **state)
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

	(void)state;
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

static void
final_random_matches_its_form(void **state)
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

	(void)state;
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

static void
final_takes_no_object(void **state)
{
	struct span key[] = { SPAN_INIT("caption") };
	struct span text[] = { SPAN_INIT("Hello") };

	(void)state;
	deciding_send(&d, "timestamp", "1767225600");
	deciding_send_list(&d, "context", SHAPE_OBJECT, 1, text, key);
	assert_false(deciding_ask(&d, "avatar", CONTRACT_PARAMS_TO_SIGN));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_first_then_theirs),
		cmocka_unit_test(counts_and_lengths),
		cmocka_unit_test(lists_and_objects),
		cmocka_unit_test(a_servers_key_is_fixed),
		cmocka_unit_test(nothing_beside_a_set_list),
		cmocka_unit_test(final_holds_all_of_ours),
		cmocka_unit_test(final_random_matches_its_form),
		cmocka_unit_test(final_takes_no_object),
	};

	return cmocka_run_group_tests_name(
	    "decide_list", tests, setup, teardown);
}
