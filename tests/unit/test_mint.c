#include "test.h"

#include <time.h>

#include "capture.h"
#include "cli/cli.h"
#include "gateway/php_files.h"
#include "sandbox.h"
#include "session/session.h"

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
	static unsigned char mem[ARENA_MAX];
	struct config *config;
	struct arena arena;
	struct session session;
	struct request request = { .cookie = { (const unsigned char *)c.out,
				       strcspn(c.out, "\n") } };
	struct session_asked asked = { &request, (long long)time(NULL) + later,
		&php_files, &arena };
	enum session_why why;

	sandbox_hush(&box);
	config = config_load(box.conf, &box.report);
	assert_non_null(config);
	arena_init(&arena, mem, sizeof(mem));
	why = session_open(&config->session, &asked, &session).why;
	if (why == SESSION_OK) {
		assert_true(span_is(session.user, user));
		assert_true(span_is(session.key_id, key));
	}
	config_free(config);
	return why;
}

TEST(a_cookie_that_opens)
{
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

TEST(mistakes)
{
	char long_user[USER_MAX + 2];

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

/* Every format, its least configuration, and how long the cookie lives. */
static const struct {
	const char *session;
	long long lives; /* 0: for ever */
	enum session_why end;
} formats[] = {
	{ "format = \"jwt\"; cookie = \"s\";", 3600, SESSION_EXPIRED },
	{ "format = \"flask-jwt-extended\";", 3600, SESSION_EXPIRED },
	{ "format = \"fastapi-users\";", 3600, SESSION_EXPIRED },
	{ "format = \"simplejwt\"; cookie = \"s\";", 3600, SESSION_EXPIRED },
	{ "format = \"payload\"; collection = \"users\";", 3600,
	    SESSION_EXPIRED },
	{ "format = \"play\"; user = \"data.u\";", 3600, SESSION_EXPIRED },
	{ "format = \"better-auth\";", 3600, SESSION_EXPIRED },
	{ "format = \"supabase\"; cookie = \"s\";", 3600, SESSION_EXPIRED },
	{ "format = \"flask\";", 3600, SESSION_AGE },
	{ "format = \"starlette\"; user = \"u\";", 3600, SESSION_AGE },
	{ "format = \"django\";", 3600, SESSION_AGE },
	{ "format = \"django-cookie\"; cookie = \"s\";", 3600, SESSION_AGE },
	{ "format = \"itsdangerous\"; cookie = \"s\"; user = \"\";", 3600,
	    SESSION_AGE },
	{ "format = \"itsdangerous\"; cookie = \"s\"; user = \"u\"; timed = "
	  "false;",
	    0, SESSION_OK },
	{ "format = \"express\";", 3600, SESSION_EXPIRED },
	{ "format = \"koa\"; user = \"u\";", 3600, SESSION_EXPIRED },
	{ "format = \"cookie-signature\"; cookie = \"s\"; user = \"\";", 0,
	    SESSION_OK },
	{ "format = \"cookie-signature\"; cookie = \"s\"; user = \"a.b\";", 0,
	    SESSION_OK },
};

static void
configure(const char *session, const char *keys)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    SANDBOX_CLOUD "session = { %s %s };\n" SANDBOX_POLICIES, session,
	    keys);
	sandbox_file(&box, "signpost.conf", text, 0600);
}

TEST(every_format)
{
	static const char keys[] =
	    "keys = ( { id = \"1\"; file = \"session.key\"; } );";

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		long long lives = formats[i].lives;

		configure(formats[i].session, keys);
		assert_int_equal(
		    CAPTURE(&c, cli_mint, "mint", "--user=al.ic:e", box.conf),
		    0);
		assert_int_equal(opens(0, "al.ic:e", "1"), SESSION_OK);
		assert_int_equal(opens(lives + 2, "al.ic:e", "1"),
		    lives > 0 ? formats[i].end : SESSION_OK);
		assert_int_equal(CAPTURE(&c, cli_mint, "mint", "--user=a",
				     "--ttl=60", box.conf),
		    lives > 0 ? 0 : 1);
		if (lives == 0)
			continue;
		assert_int_equal(opens(50, "a", "1"), SESSION_OK);
		assert_int_equal(opens(62, "a", "1"), formats[i].end);
	}
}

TEST(longer_than_max_age)
{
	configure("format = \"flask\"; max_age = 60;",
	    "keys = ( { id = \"1\"; file = \"session.key\"; } );");
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a", "--ttl=61", box.conf), 1);
	assert_string_equal(c.out, "");
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a", box.conf), 0);
	assert_int_equal(opens(50, "a", "1"), SESSION_OK);
	assert_int_equal(opens(62, "a", "1"), SESSION_AGE);
}

TEST(web_servers_own)
{
	configure("format = \"remote_user\"; variable = \"U\";", "");
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a", box.conf), 1);
	assert_string_equal(c.out, "");
}

TEST(php)
{
	configure(
	    "format = \"php\"; user = \"login.name\"; save_path = \".\";", "");
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a\"b", box.conf), 0);
	assert_int_equal(opens(0, "a\"b", ""), SESSION_OK);
	assert_int_equal(opens(1430, "a\"b", ""), SESSION_OK);
	assert_int_equal(opens(1442, "a\"b", ""), SESSION_AGE);
	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a", "--ttl=60", box.conf), 0);
	assert_int_equal(opens(62, "a", ""), SESSION_AGE);
}

GROUP(setup, teardown);
