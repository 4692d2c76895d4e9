#include "test.h"

#include "cli/describe.h"
#include "sandbox.h"

static struct sandbox box;
static char text[65536];

static const char *
describe(const char *conf)
{
	struct config *config = sandbox_load(&box, conf);
	struct sink out;

	if (config == NULL)
		fprintf(stderr, "%s", box.said);
	assert_non_null(config);
	sink_init(&out, text, sizeof(text) - 1);
	describe_config(config, &out);
	config_free(config);
	assert_false(out.full);
	text[out.n] = '\0';
	return text;
}

TEST(test_least)
{
	static const char head[] =
	    "Account demo: API key 874837483274837, API secret ****, "
	    "signatures with SHA-256, at https://api.cloudinary.com.\n"
	    "Session: a JWT with HS256 in the cookie session; the user is its "
	    "sub.\n"
	    "  Its key is 2026-11 (****).\n"
	    "  One that names an audience (aud) is refused: none is "
	    "configured.\n";

	describe(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	assert_memory_equal(text, head, sizeof(head) - 1);
	assert_non_null(strstr(text, "Pages of no other site may ask.\n"
				     "The log goes to standard error.\n"));
	assert_non_null(strstr(
	    text, "Policy avatar: a logged-in user may upload one file into"));
}

TEST(test_whole)
{
	static const char conf[] =
	    "clouds = { main = { cloud_name = \"demo\"; api_key = \"1\";\n"
	    "  api_secret_file = \"cloudinary.secret\";\n"
	    "  signature_algorithm = \"sha1\"; }; };\n"
	    "session = { format = \"jwt\"; algorithm = \"HS512\"; cookie = "
	    "\"c\";\n"
	    "  user = \"user.id\"; bearer = true; audience = \"aud\";\n"
	    "  issuer = \"iss\"; leeway = 30; max_age = 3600;\n"
	    "  require = ( { claim = \"role\"; is = [ \"x\" ]; } );\n"
	    "  keys = ( { id = \"k1\"; file = \"session.key\"; },\n"
	    "    { id = \"k2\"; file = \"second.key\"; } ); };\n"
	    "origins = [ \"https://a.example\", \"https://b.example\" ];\n";

	sandbox_file(&box, "session.key",
	    "correct-horse-battery-staple-0001-correct-horse-battery-staple-"
	    "0001",
	    0600);
	sandbox_file(&box, "second.key",
	    "another-horse-battery-staple-0001-correct-horse-battery-staple-"
	    "0001",
	    0600);
	snprintf(text, sizeof(text), "%s%s", conf, SANDBOX_POLICIES);
	describe(text);
	assert_non_null(strstr(text, "Account demo (cloud = \"main\"): API key "
				     "1, API secret ****, signatures with "
				     "SHA-1, at"));
	assert_non_null(strstr(text,
	    "Session: a JWT with HS512 in the cookie c, or as a bearer token; "
	    "the user is its user.id.\n"
	    "  Its keys are k1 (****), k2 (****).\n"
	    "  Its issuer must be iss.\n"
	    "  Its audience must be aud.\n"
	    "  It may be at most 3600 seconds old.\n"
	    "  Clocks may differ by 30 seconds.\n"
	    "  The session's role must be x.\n"
	    "Pages of other sites may ask: https://a.example or "
	    "https://b.example.\n"));
	sandbox_file(&box, "session.key", SANDBOX_KEY "\n", 0600);
}

/* The sample's policies with a limit, and more before them. */
static const char *
describe_with(const char *more)
{
	static char conf[8192];

	snprintf(conf, sizeof(conf),
	    "%s%s%spolicies = { a = { action = \"upload\"; limit = "
	    "\"9/day\";\n  set = { public_id = \"u/{user}\"; }; }; };\n",
	    SANDBOX_CLOUD, SANDBOX_SESSION, more);
	return describe(conf);
}

TEST(test_files)
{
	char line[128];

	describe_with("");
	snprintf(line, sizeof(line),
	    "Signatures are counted in the folder %s/counters.\nThe log",
	    box.dir);
	assert_non_null(strstr(text, line));
	describe_with("log = \"my.log\"; store = \"/tmp/c\";\n");
	assert_non_null(strstr(text, "counted in the folder /tmp/c.\n"));
	snprintf(line, sizeof(line), "The log goes to %s/my.log.\n", box.dir);
	assert_non_null(strstr(text, line));
	describe_with("store = \"redis://[::1]/3\";\n");
	assert_non_null(
	    strstr(text, "counted in Redis at ::1, port 6379, database 3.\n"));
	sandbox_file(&box, "redis.password", "0123456789abcdef\n", 0600);
	describe_with("store = \"unix:/run/r.sock\"; store_password_file = "
		      "\"redis.password\";\n");
	assert_non_null(strstr(
	    text, "counted in Redis at /run/r.sock, with a password ****.\n"));
	assert_null(strstr(text, "0123456789abcdef"));
	assert_non_null(strstr(text, "One user can get at most 9 signatures"));
}

TEST(test_denied)
{
	char line[128];

	sandbox_file(&box, "denied.users", "mallory\n", 0600);
	describe(
	    SANDBOX_CLOUD "session = { cookie = \"session\"; deny_users_file = "
			  "\"denied.users\";\n"
			  "  keys = ( { id = \"2026-11\"; file = "
			  "\"session.key\"; } ); };\n" SANDBOX_POLICIES);
	snprintf(line, sizeof(line),
	    "The users in %s/denied.users may not ask.\n", box.dir);
	assert_non_null(strstr(text, line));
	assert_null(strstr(text, "mallory"));
}

/* No eight bytes of a secret in a row are ever said. */
TEST(test_masked)
{
	static const char *const secrets[] = { SANDBOX_SECRET, SANDBOX_KEY };
	char part[9] = "";

	describe(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	for (size_t i = 0; i < 2; i++)
		for (size_t at = 0; at + 8 <= strlen(secrets[i]); at++) {
			memcpy(part, secrets[i] + at, 8);
			assert_null(strstr(text, part));
			assert_null(strstr(box.said, part));
		}
}

AROUND(sandbox_open(&box), sandbox_close(&box));
