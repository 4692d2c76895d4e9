#include "test.h"

#include "deciding.h"

static const char policies[] =
    "long = { action = \"upload\"; reusable = true; };\n"
    "short = { action = \"destroy\"; limit = \"9/hour\"; lifetime = 121;\n"
    "  allow = { public_id = \"users/{user}/**\"; }; };\n"
    "hook = { action = \"verify\"; addresses = [ \"192.0.2.7\" ]; };\n"
    "open = { action = \"upload\"; anonymous = true; limit = \"9/hour\";\n"
    "  set = { public_id = \"inbox/{random}\"; overwrite = false; }; };\n"
    "see = { action = \"deliver\"; allow = { transformation = [ \"\" ];\n"
    "  public_id = \"users/{user}/**\"; }; };\n"
    "brief = { action = \"deliver\"; allow = { transformation = [ \"\" ];\n"
    "  public_id = \"users/{user}/**\"; duration = \"int 1..9999\"; }; };\n"
    "album = { action = \"token\";\n"
    "  set = { acl = [ \"/image/authenticated/users/{user}/*\" ]; };\n"
    "  allow = { start_time = \"int 1..9999999999\";\n"
    "    duration = \"int 1..9999999999\";\n"
    "    expiration = \"int 1..9999999999\"; }; };\n";

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

TEST(calls_end_an_hour_after_their_timestamp)
{
	assert_true(deciding_ask(&d, "long", CONTRACT_PLAIN));
	assert_int_equal(d.grant.timestamp, DECIDING_NOW);
	assert_int_equal(d.grant.expires_at, DECIDING_NOW + 3600);
	deciding_send(&d, "public_id", "users/alice/a");
	assert_true(deciding_ask(&d, "short", CONTRACT_PLAIN));
	assert_int_equal(d.grant.timestamp, DECIDING_NOW - 3479);
	assert_int_equal(d.grant.expires_at, DECIDING_NOW + 121);
}

TEST(a_delivery_url_has_no_end)
{
	deciding_send(&d, "public_id", "users/alice/a");
	deciding_send(&d, "transformation", "");
	assert_true(deciding_ask(&d, "see", CONTRACT_PLAIN));
	assert_int_equal(d.grant.expires_at, 0);
	assert_int_equal(d.grant.timestamp, 0);
}

TEST(a_clients_clock)
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

/* What a client asks of a token; 0: nothing. Ends at 0: it is refused. */
struct times {
	const char *start, *duration, *expiration;
	long long begins, ends;
};

static bool
token_lives(const struct times *t)
{
	const char *const each[][2] = { { "start_time", t->start },
		{ "duration", t->duration }, { "expiration", t->expiration } };

	for (size_t i = 0; i < 3; i++)
		if (each[i][1] != NULL)
			deciding_send(&d, each[i][0], each[i][1]);
	if (!deciding_ask(&d, "album", CONTRACT_PLAIN))
		return t->ends == 0 &&
		       deciding_refused(&d, "token_never_valid", "", "");
	return d.grant.timestamp == t->begins && d.grant.expires_at == t->ends;
}

/* DECIDING_NOW is 1767225600, and the session ends an hour later. */
TEST(a_token_ends_after_it_begins_and_after_now)
{
	static const struct times each[] = {
		{ NULL, "1", NULL, DECIDING_NOW, DECIDING_NOW + 1 },
		{ NULL, "60", NULL, DECIDING_NOW, DECIDING_NOW + 60 },
		/* expiration wins */
		{ NULL, "60", "1767225601", DECIDING_NOW, DECIDING_NOW + 1 },
		{ NULL, NULL, "1767225601", DECIDING_NOW, DECIDING_NOW + 1 },
		/* the end and now, with a start before both */
		{ "1767225500", "101", NULL, DECIDING_NOW - 100,
		    DECIDING_NOW + 1 },
		{ "1767225500", "100", NULL, 0, 0 },
		{ "1767225500", "99", NULL, 0, 0 },
		{ "1767225500", NULL, "1767225601", DECIDING_NOW - 100,
		    DECIDING_NOW + 1 },
		{ "1767225500", NULL, "1767225600", 0, 0 },
		/* the end and the start, both after now */
		{ "1767225700", "60", NULL, DECIDING_NOW + 100,
		    DECIDING_NOW + 160 },
		{ "1767225700", NULL, "1767225701", DECIDING_NOW + 100,
		    DECIDING_NOW + 101 },
		{ "1767225700", NULL, "1767225700", 0, 0 },
		{ "1767225700", NULL, "1767225699", 0, 0 },
		/* the session's end */
		{ NULL, "3599", NULL, DECIDING_NOW, DECIDING_NOW + 3599 },
		{ NULL, "3600", NULL, DECIDING_NOW, DECIDING_NOW + 3600 },
		{ NULL, "3601", NULL, DECIDING_NOW, DECIDING_NOW + 3600 },
		{ NULL, NULL, "1767229201", DECIDING_NOW, DECIDING_NOW + 3600 },
		{ "1767229199", "60", NULL, DECIDING_NOW + 3599,
		    DECIDING_NOW + 3600 },
		{ "1767229200", "60", NULL, 0, 0 },
		{ "1767229201", "60", NULL, 0, 0 },
		/* the first second there is */
		{ "1", NULL, "1767225660", 1, DECIDING_NOW + 60 },
	};

	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++)
		if (!token_lives(&each[i]))
			fail_msg("row %zu: %lld to %lld", i, d.grant.timestamp,
			    d.grant.expires_at);
}

TEST(a_token_needs_an_end)
{
	assert_false(deciding_ask(&d, "album", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "parameter_missing", "duration", ""));
	deciding_send(&d, "start_time", "1767225600");
	assert_false(deciding_ask(&d, "album", CONTRACT_PLAIN));
	assert_true(deciding_refused(&d, "parameter_missing", "duration", ""));
}

/* A clock that was never set; 0 would be no start to Cloudinary. */
TEST(a_token_begins_at_1_at_least)
{
	const struct times refused = { NULL, "60", NULL, 0, 0 },
			   first = { NULL, "60", NULL, 1, 61 };

	d.facts.now = -30;
	assert_true(token_lives(&refused));
	d.facts.now = 0;
	assert_true(token_lives(&refused));
	d.facts.now = 1;
	assert_true(token_lives(&first));
	d.facts.now = DECIDING_NOW;
}

/* A session that is over as the token is made, or was before. */
TEST(a_token_of_a_session_that_ends)
{
	const struct times minute = { NULL, "60", NULL, 0, 0 }, second = { NULL,
		"60", NULL, DECIDING_NOW, DECIDING_NOW + 1 };

	d.session.expires = DECIDING_NOW - 1;
	assert_true(token_lives(&minute));
	d.session.expires = DECIDING_NOW;
	assert_true(token_lives(&minute));
	d.session.expires = DECIDING_NOW + 1;
	assert_true(token_lives(&second));
	d.session.expires = DECIDING_NOW + 3600;
}

/* One with an end has a token in it, which is as short as any. */
TEST(a_delivery_url_with_an_end)
{
	static const struct {
		const char *duration;
		long long ends;
	} each[] = { { "60", DECIDING_NOW + 60 },
		{ "3601", DECIDING_NOW + 3600 } };

	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		deciding_send(&d, "public_id", "users/alice/a");
		deciding_send(&d, "transformation", "");
		deciding_send(&d, "duration", each[i].duration);
		assert_true(deciding_ask(&d, "brief", CONTRACT_PLAIN));
		assert_int_equal(d.grant.timestamp, DECIDING_NOW);
		assert_int_equal(d.grant.expires_at, each[i].ends);
	}
}

TEST(who_serves_which_contract)
{
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

GROUP(setup, teardown);
