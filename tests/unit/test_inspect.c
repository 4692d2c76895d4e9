#include "test.h"

#include <fcntl.h>

#include "capture.h"
#include "cli/cli.h"
#include "sandbox.h"

static struct capture c;
static struct sandbox box;

static void
configure(const char *session)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    SANDBOX_CLOUD "session = { %s };\n" SANDBOX_POLICIES, session);
	sandbox_file(&box, "signpost.conf", text, 0600);
}

#define KEYS " keys = ( { id = \"1\"; file = \"session.key\"; } );"

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sandbox_close(&box);
	return 0;
}

/* A cookie of alice's as mint makes it. */
static const char *
minted(void)
{
	static char cookie[sizeof(c.out)];

	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=alice", box.conf), 0);
	snprintf(cookie, sizeof(cookie), "%s", c.out);
	cookie[strcspn(cookie, "\n")] = '\0';
	return cookie;
}

static void
says(const char *cookie, int code, const char *said)
{
	assert_int_equal(
	    CAPTURE(&c, cli_inspect, "inspect", cookie, box.conf), code);
	if (strstr(c.out, said) == NULL)
		fprintf(
		    stderr, "not said: %s\nbut: %s%s\n", said, c.out, c.err);
	assert_non_null(strstr(c.out, said));
}

TEST(accepted)
{
	static const char *const sessions[] = { "cookie = \"s\";" KEYS,
		"format = \"flask\";" KEYS, "format = \"django\";" KEYS,
		"format = \"express\";" KEYS,
		"format = \"supabase\"; cookie = \"s\";" KEYS,
		"format = \"php\"; user = \"u\"; save_path = \".\";" };
	static const char endless[] =
	    "format = \"cookie-signature\"; cookie = \"s\"; user = \"\";" KEYS;

	for (size_t i = 0; i < sizeof(sessions) / sizeof(sessions[0]); i++) {
		configure(sessions[i]);
		says(minted(), 0, "Accepted: the user is alice, until 20");
		assert_null(strstr(c.out, "NO: "));
		assert_null(strstr(c.out, "Unproved"));
	}
	configure(endless);
	says(minted(), 0, "alice, and nothing in it ever ends.");
}

/* The value alone, and one that was copied with its header. */
TEST(as_pasted)
{
	char text[4200];
	const char *cookie;

	configure("cookie = \"s\";" KEYS);
	cookie = minted();
	says(cookie + 2, 0, "taken for the value of the configured cookie");
	snprintf(text, sizeof(text), "Set-Cookie: %s; Path=/; Secure", cookie);
	says(text, 0, "Accepted: the user is alice");
	snprintf(text, sizeof(text), "Cookie: theme=dark; %s", cookie);
	says(text, 0, "Accepted: the user is alice");
	snprintf(text, sizeof(text), "%s; %s", cookie, cookie);
	says(text, 1, "NO: the session cookie was sent twice");
}

TEST(refused)
{
	char text[4200];
	const char *cookie;
	char *late;

	configure("cookie = \"s\";" KEYS);
	cookie = minted();
	/* Another letter of base64url, so that only the signature is wrong. */
	snprintf(text, sizeof(text), "%s", cookie);
	late = &text[strlen(text) - 5];
	*late = *late == 'A' ? 'B' : 'A';
	says(text, 1, "NO: the signature fits none of the keys");
	assert_non_null(strstr(c.out, "Refused, with 401."));
	snprintf(text, sizeof(text), "t=%s", cookie + 2);
	says(text, 1, "What was given: \"t\"");
	assert_non_null(strstr(c.out, "But: session.cookie is \"s\"."));
	configure("cookie = \"s\"; user = \"id\";" KEYS);
	says(cookie, 1, "session.user (id) is not the path");
	configure("format = \"flask\"; cookie = \"s\";" KEYS);
	says(cookie, 1, "This would read it");
	assert_non_null(strstr(c.out, "format = \"jwt\";"));
}

TEST(denied_users)
{
	sandbox_file(&box, "denied.users", "alice\n", 0600);
	configure("cookie = \"s\"; deny_users_file = \"denied.users\";" KEYS);
	says(minted(), 1, "on the list of denied users");
	sandbox_file(&box, "denied.users", "bob\n", 0600);
	says(minted(), 0, "Accepted: the user is alice");
}

TEST(remote_user)
{
	configure("format = \"remote_user\"; variable = \"U\";");
	says("alice", 0, "Accepted: the user is alice");
	says("a\001b", 1, "NO: the web server's variable holds no usable");
	assert_null(strstr(c.out, "looks like"));
}

/* From a file in place of standard input. */
static int
inspect_input(const char *text)
{
	char path[128];
	int kept = dup(0), fd, code;

	sandbox_file(&box, "input", text, 0600);
	snprintf(path, sizeof(path), "%s/input", box.dir);
	fd = open(path, O_RDONLY);
	assert_true(kept >= 0 && fd >= 0 && dup2(fd, 0) == 0);
	clearerr(stdin);
	rewind(stdin);
	code = CAPTURE(&c, cli_inspect, "inspect", "-", box.conf);
	assert_true(dup2(kept, 0) == 0);
	close(kept);
	close(fd);
	return code;
}

TEST(from_input)
{
	static char many[70000];
	char text[4200];

	configure("cookie = \"s\";" KEYS);
	snprintf(text, sizeof(text), "%s\n", minted());
	assert_int_equal(inspect_input(text), 0);
	assert_int_equal(inspect_input(""), 2);
	assert_int_equal(inspect_input("\n\n"), 2);
	for (size_t n = 65535; n <= 65537; n++) {
		memset(many, 'a', sizeof(many));
		many[n] = '\0';
		assert_int_equal(inspect_input(many), n > 65536 ? 2 : 1);
	}
}

TEST(no_configuration)
{
	assert_int_equal(
	    CAPTURE(&c, cli_inspect, "inspect", "s=x", "/no/such"), 1);
	assert_string_equal(c.out, "");
	assert_int_equal(setenv("SIGNPOST_CONFIG", "/no/such", 1), 0);
	assert_int_equal(CAPTURE(&c, cli_inspect, "inspect",
			     "session=eyJfdXNlcl9pZCI6IjQyIn0.ZVPxAA."
			     "GTviaFa-G9_28C4QlcCWZK1oSls"),
	    1);
	assert_int_equal(unsetenv("SIGNPOST_CONFIG"), 0);
	assert_non_null(strstr(c.err, "Without a right configuration"));
	assert_non_null(strstr(c.out, "format = \"flask\";"));
}

GROUP(setup, teardown);
