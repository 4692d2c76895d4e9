#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "capture.h"
#include "cli/cli.h"
#include "sandbox.h"
#include "session/jwt.h"

#define TWO_KEYS                                                               \
	"session = { cookie = \"session\"; user = \"user.id\";\n"              \
	"  audience = \"upload\"; issuer = \"https://a.example\";\n"           \
	"  require = ( { claim = \"role\"; is = [ \"editor\" ]; } );\n"        \
	"  keys = ( { id = \"new\"; file = \"session.key\"; },\n"              \
	"    { id = \"old\"; file = \"old.key\"; } ); };\n"

static struct capture c;
static struct sandbox box;

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	sandbox_file(
	    &box, "old.key", "correct-horse-battery-staple-0002\n", 0600);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD TWO_KEYS SANDBOX_POLICIES, 0600);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sandbox_close(&box);
	return 0;
}

/* Opens what was printed, as a request would. */
static enum session_why
opens(long long later, const char *user, const char *key)
{
	static unsigned char mem[65536];
	struct config *config;
	struct arena arena;
	struct session session;
	struct span token = { (const unsigned char *)c.out,
		strcspn(c.out, "\n") };
	enum session_why why;

	sandbox_hush(&box);
	config = config_load(box.conf, &box.report);
	assert_non_null(config);
	arena_init(&arena, mem, sizeof(mem));
	why = jwt_open(&config->session, token, (long long)time(NULL) + later,
	    &arena, &session)
		  .why;
	if (why == SESSION_OK) {
		assert_true(span_is(session.user, user));
		assert_true(span_is(session.key_id, key));
	}
	config_free(config);
	return why;
}

static void
a_cookie_that_opens(void **state)
{
	(void)state;
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user", "alice", box.conf), 0);
	assert_int_equal(opens(0, "alice", "new"), SESSION_OK);
	assert_int_equal(opens(3590, "alice", "new"), SESSION_OK);
	assert_int_equal(opens(3601, "alice", "new"), SESSION_EXPIRED);
	assert_int_equal(CAPTURE(&c, cli_mint, "mint", "--user=b c",
			     "--key=old", "--ttl=60", box.conf),
	    0);
	assert_int_equal(opens(0, "b c", "old"), SESSION_OK);
	assert_int_equal(opens(61, "b c", "old"), SESSION_EXPIRED);
	assert_int_equal(CAPTURE(&c, cli_mint, "mint", "--user=alice",
			     "--claim=role=reader", box.conf),
	    0);
	assert_int_equal(opens(0, "alice", "new"), SESSION_CLAIM);
}

static void
mistakes(void **state)
{
	char long_user[USER_MAX + 2];

	(void)state;
	assert_int_equal(CAPTURE(&c, cli_mint, "mint", box.conf), 2);
	assert_int_equal(CAPTURE(&c, cli_mint, "mint", "--user=", box.conf), 2);
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a\nb", box.conf), 2);
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=\xff", box.conf), 2);
	memset(long_user, 'a', sizeof(long_user));
	long_user[USER_MAX + 1] = '\0';
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user", long_user, box.conf), 2);
	long_user[USER_MAX] = '\0';
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user", long_user, box.conf), 0);
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a", "--ttl=0", box.conf), 2);
	assert_int_equal(CAPTURE(&c, cli_mint, "mint", "--user=a",
			     "--ttl=34560001", box.conf),
	    2);
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a", "--ttl=1h", box.conf), 2);
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a", "--key=x", box.conf), 1);
	assert_int_equal(CAPTURE(&c, cli_mint, "mint", "--user=a",
			     "--claim=exp=1", box.conf),
	    1);
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a", "/no/such"), 1);
	assert_string_equal(c.out, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cookie_that_opens),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests_name("mint", tests, setup, teardown);
}
