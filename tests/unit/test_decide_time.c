#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "deciding.h"

static const char policies[] =
    "long = { action = \"upload\"; reusable = true; };\n"
    "short = { action = \"destroy\"; limit = \"9/hour\"; lifetime = 121;\n"
    "  allow = { public_id = \"users/{user}/**\"; }; };\n"
    "hook = { action = \"verify\"; addresses = [ \"192.0.2.7\" ]; };\n"
    "open = { action = \"upload\"; anonymous = true; limit = \"9/hour\";\n"
    "  set = { public_id = \"inbox/{random}\"; overwrite = false; }; };\n"
    "see = { action = \"deliver\"; allow = { transformation = [ \"\" ];\n"
    "  public_id = \"users/{user}/**\"; }; };\n";

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

static void
calls_end_an_hour_after_their_timestamp(void **state)
{
	(void)state;
	assert_true(deciding_ask(&d, "long", CONTRACT_PLAIN));
	assert_int_equal(d.grant.timestamp, DECIDING_NOW);
	assert_int_equal(d.grant.expires_at, DECIDING_NOW + 3600);
	deciding_send(&d, "public_id", "users/alice/a");
	assert_true(deciding_ask(&d, "short", CONTRACT_PLAIN));
	assert_int_equal(d.grant.timestamp, DECIDING_NOW - 3479);
	assert_int_equal(d.grant.expires_at, DECIDING_NOW + 121);
}

static void
a_delivery_url_has_no_end(void **state)
{
	(void)state;
	deciding_send(&d, "public_id", "users/alice/a");
	deciding_send(&d, "transformation", "");
	assert_true(deciding_ask(&d, "see", CONTRACT_PLAIN));
	assert_int_equal(d.grant.expires_at, 0);
	assert_int_equal(d.grant.timestamp, 0);
}

static void
a_clients_clock(void **state)
{
	static const struct {
		const char *text, *code;
	} each[] = {
		{ "1767225600", NULL },
		{ "1767225900", NULL },
		{ "1767225901", "timestamp_stale" },
		{ "1767225300", NULL },
		{ "1767225299", "timestamp_stale" },
		{ "01767225600", "timestamp_malformed" },
		{ "1767225600.0", "timestamp_malformed" },
		{ "+1767225600", "timestamp_malformed" },
		{ "1767225600 ", "timestamp_malformed" },
		{ "1.767e9", "timestamp_malformed" },
		{ "-1", "timestamp_malformed" },
		{ "99999999999999999999", "timestamp_malformed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		deciding_send(&d, "timestamp", each[i].text);
		if (each[i].code == NULL)
			assert_true(deciding_ask(&d, "long", CONTRACT_TEXT));
		else {
			assert_false(deciding_ask(&d, "long", CONTRACT_TEXT));
			assert_true(deciding_refused(
			    &d, each[i].code, "timestamp", ""));
		}
	}
	deciding_send(&d, "timestamp", "1767225600");
	assert_false(deciding_ask(&d, "long", CONTRACT_CLASSIC));
	assert_true(
	    deciding_refused(&d, "timestamp_not_taken", "timestamp", ""));
}

static void
who_serves_which_contract(void **state)
{
	(void)state;
	deciding_send(&d, "public_id", "users/alice/a");
	deciding_send(&d, "timestamp", "1767225600");
	assert_false(deciding_ask(&d, "short", CONTRACT_PARAMS_TO_SIGN));
	assert_true(deciding_refused(&d, "contract_not_served", "", "121"));
	deciding_send(&d, "timestamp", "1767225600");
	assert_false(deciding_ask(&d, "open", CONTRACT_TEXT));
	assert_true(
	    deciding_refused(&d, "contract_not_served", "", "everybody"));
	deciding_send(&d, "timestamp", "1767225600");
	assert_false(deciding_ask(&d, "see", CONTRACT_PARAMS_TO_SIGN));
	assert_true(deciding_refused(&d, "contract_not_served", "", "deliver"));
	deciding_send(&d, "public_id", "users/alice/a");
	assert_false(deciding_ask(&d, "short", CONTRACT_PREPARE));
	assert_true(deciding_refused(&d, "contract_not_served", "", "uploads"));
	assert_true(deciding_ask(&d, "long", CONTRACT_PREPARE));
	assert_true(deciding_ask(&d, "open", CONTRACT_PREPARE));
	assert_false(deciding_ask(&d, "hook", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "contract_unknown", "", ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_end_an_hour_after_their_timestamp),
		cmocka_unit_test(a_delivery_url_has_no_end),
		cmocka_unit_test(a_clients_clock),
		cmocka_unit_test(who_serves_which_contract),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
