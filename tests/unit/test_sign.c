#include "test.h"

#include "capture.h"
#include "cli/cli.h"
#include "sandbox.h"

static struct sandbox box;
static struct capture c;

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION
	    "store = \"counters\";\n"
	    "policies = {\n"
	    "  avatar = { action = \"upload\"; limit = \"1/day\";\n"
	    "    set = { public_id = \"users/{user}/{random}\";\n"
	    "      overwrite = false; allowed_formats = \"jpg\"; };\n"
	    "    allow = { context = { caption = \"text 20\"; }; }; };\n"
	    "  staff = { action = \"destroy\"; limit = \"1/day\";\n"
	    "    require = ( { claim = \"role\"; is = [ \"staff\" ]; } );\n"
	    "    allow = { public_id = \"users/{user}/**\"; }; };\n"
	    "  near = { action = \"upload\"; limit = \"1/day\";\n"
	    "    addresses = [ \"192.0.2.0/24\" ];\n"
	    "    set = { public_id = \"users/{user}/{random}\";\n"
	    "      overwrite = false; allowed_formats = \"jpg\"; }; };\n"
	    "  form = { action = \"upload\"; anonymous = true;\n"
	    "    limit = \"1/day\"; limit_total = \"1/day\";\n"
	    "    set = { public_id = \"form/{random}\";\n"
	    "      overwrite = false; allowed_formats = \"jpg\"; }; };\n"
	    "};\n",
	    0600);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sandbox_close(&box);
	return 0;
}

#define SIGN(...) CAPTURE(&c, cli_sign, "sign", __VA_ARGS__)

TEST(for_people)
{
	assert_int_equal(SIGN("--policy=avatar", "--user=alice", box.conf,
			     "context=caption=Hello you"),
	    0);
	assert_memory_equal(c.out, "200 OK\n{\n  \"url\": ", 18);
	assert_non_null(strstr(c.out, "\"context\": \"caption=Hello you\""));
	assert_non_null(
	    strstr(c.out, "Signed, as SHA-256 of this text and the API secret "
			  "right behind it:\nallowed_formats=jpg&context="
			  "caption=Hello you&overwrite=false&public_id=users/"
			  "alice/"));
	assert_null(strstr(c.out, SANDBOX_SECRET));
	assert_string_equal(c.err, "");
}

TEST(for_programs)
{
	assert_int_equal(
	    SIGN("--policy=avatar", "--user=alice", "--json", box.conf), 0);
	assert_memory_equal(c.out, "{\"url\":", 7);
	assert_int_equal(c.out[strlen(c.out) - 1], '}');
	assert_null(strchr(c.out, '\n'));
	assert_int_equal(SIGN("--policy=avatar", "--json", box.conf), 1);
	assert_non_null(strstr(c.out, "\"code\":\"no_session\""));
	assert_string_equal(c.err, "");
}

/* Far more often than the limit, and without a trace. */
TEST(counts_nothing)
{
	char path[320];

	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    SIGN("--policy=avatar", "--user=alice", box.conf), 0);
		assert_int_equal(SIGN("--policy=form", box.conf), 0);
	}
	snprintf(path, sizeof(path), "%s/counters", box.dir);
	assert_int_not_equal(access(path, F_OK), 0);
}

TEST(who_and_where)
{
	assert_int_equal(SIGN("--policy=form", "--user=alice", box.conf), 0);
	assert_int_equal(SIGN("--policy=avatar", box.conf), 1);
	assert_memory_equal(c.out, "401 Unauthorized\n", 17);
	assert_non_null(strstr(c.err, "no session cookie was sent"));
	assert_int_equal(SIGN("--policy=staff", "--user=alice", "--config",
			     box.conf, "public_id=users/alice/cat"),
	    1);
	assert_non_null(strstr(c.out, "claim_required"));
	assert_int_equal(
	    SIGN("--policy=staff", "--user=alice", "--claim=role=staff",
		box.conf, "public_id=users/alice/cat"),
	    0);
	assert_int_equal(SIGN("--policy=staff", "--user=alice",
			     "--claim=role=staff", "--claim=sub=bob", box.conf),
	    1);
	assert_string_equal(c.out, "");
	assert_int_equal(SIGN("--policy=near", "--user=alice", box.conf), 1);
	assert_non_null(strstr(c.out, "address_not_allowed"));
	assert_int_equal(SIGN("--policy=near", "--user=alice",
			     "--address=192.0.2.7", box.conf),
	    0);
	assert_int_equal(SIGN("--policy=avatar", "--user=alice",
			     "--origin=https://evil.example", box.conf),
	    1);
	assert_memory_equal(c.out, "403 Forbidden\n", 14);
}

TEST(refused)
{
	assert_int_equal(
	    SIGN("--policy=avatar", "--user=alice", box.conf, "eager=w_1"), 1);
	assert_memory_equal(c.out, "403 ", 4);
	assert_int_equal(SIGN("--policy=avatar", "--user=alice", box.conf,
			     "context=caption=a", "context=caption=b"),
	    1);
	assert_memory_equal(c.out, "400 ", 4);
	assert_int_equal(
	    SIGN("--policy=avatar", "--user=alice", box.conf, "=x"), 1);
	assert_memory_equal(c.out, "400 ", 4);
	assert_int_equal(SIGN("--policy=avatar", "--user=alice", box.conf,
			     "context=caption=a\xff"),
	    1);
	assert_memory_equal(c.out, "400 ", 4);
	assert_int_equal(SIGN("--policy=avatar", "--user=alice", box.conf,
			     "--contract=nosuch"),
	    1);
	assert_int_equal(SIGN("--policy=avatar", "--user=alice", box.conf,
			     "context=caption=a&b"),
	    1);
	assert_null(strstr(c.out, "\"signature\""));
}

TEST(usage_mistakes)
{
	assert_int_equal(SIGN(box.conf), 2);
	assert_int_equal(SIGN("--policy=a", "--policy=b", box.conf), 2);
	assert_int_equal(SIGN("--policy=a", "x", "y"), 2);
	assert_int_equal(SIGN("--policy=a", "--config=x", "y"), 2);
	assert_int_equal(SIGN("--policy=a", "--user=", box.conf), 2);
	assert_int_equal(SIGN("--policy=a", "--user=a\nb", box.conf), 2);
	assert_int_equal(SIGN("--policy=a", "--claim=a=b", box.conf), 2);
	assert_int_equal(SIGN("--policy=a", "--address=host", box.conf), 2);
	assert_int_equal(SIGN("--policy=a", "--nosuch", box.conf), 2);
	assert_string_equal(c.out, "");
	assert_int_equal(SIGN("--help"), 0);
	assert_int_equal(SIGN("--policy=a", "/no/such/signpost.conf"), 1);
	assert_non_null(strstr(c.err, "there is no folder"));
}

GROUP(setup, teardown);
