#include "test.h"

#include "capture.h"
#include "cli/cli.h"
#include "sandbox.h"
#include <fcntl.h>

static struct capture c;
static struct sandbox box;

/* The secret of the sandbox: openssl dgst -sha256 of this and of it. */
#define STRING "public_id=x&timestamp=1700000000"
#define RIGHT "89fa9294b80043c48fd93cba4e558533bbcee9afa6b95307efea350d831305b2"
#define RIGHT_SHA1 "4b641e94bbd5e43888ef4b241f027f14e438c995"
#define SAID(signature, string)                                                \
	"Invalid Signature " signature ". String to sign - '" string "'."

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES, 0600);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sandbox_close(&box);
	return 0;
}

/* From a file in place of standard input; one option, or NULL. */
static int
explain(const char *text, const char *option)
{
	char path[128];
	int kept = dup(0), fd, code;

	sandbox_file(&box, "input", text, 0600);
	snprintf(path, sizeof(path), "%s/input", box.dir);
	fd = open(path, O_RDONLY);
	assert_true(kept >= 0 && fd >= 0 && dup2(fd, 0) == 0);
	clearerr(stdin);
	rewind(stdin);
	code = option == NULL
		   ? CAPTURE(&c, cli_explain, "explain", box.conf)
		   : CAPTURE(&c, cli_explain, "explain", option, box.conf);
	assert_true(dup2(kept, 0) == 0);
	close(kept);
	close(fd);
	assert_null(strstr(c.out, SANDBOX_SECRET));
	assert_null(strstr(c.err, SANDBOX_SECRET));
	return code;
}

static void
says(const char *text)
{
	if (strstr(c.out, text) == NULL)
		fail_msg("not said: %s\nbut:\n%s%s", text, c.out, c.err);
}

TEST(named)
{
	assert_int_equal(
	    explain(SAID(RIGHT, "public_id=x&source=uw&timestamp=1700000000"),
		NULL),
	    0);
	says("\nCause (source_uw): ");
	says("this is certain");
	says("Also (timestamp_old): ");
	assert_int_equal(explain(SAID("undefined", STRING), NULL), 0);
	says("\nCause (signature_missing): ");
	assert_int_equal(
	    explain("Stale request - reported time is 1700000000 which", NULL),
	    0);
	says("Cause (timestamp_old): ");
	assert_null(strstr(c.out, "Cloudinary  "));
}

TEST(right)
{
	assert_int_equal(explain(SAID(RIGHT, STRING), NULL), 0);
	says("\nCause (right): ");
	assert_int_equal(explain(SAID(RIGHT_SHA1, STRING), NULL), 0);
	says("\nCause (algorithm): ");
	/* A bit of the last digit. */
	assert_int_equal(
	    explain(
		SAID("0123456789abcdef0123456789abcdef01234567", STRING), NULL),
	    1);
	says("\nNone fits (none): ");
}

TEST(options)
{
	assert_int_equal(explain(STRING, "--signature=" RIGHT), 0);
	says("Cause (right): ");
	assert_int_equal(explain("", "--ours={\"fields\":{\"public_id\":\"x\","
				     "\"timestamp\":1700000000,\"signature\":"
				     "\"" RIGHT "\",\"api_key\":\"1\"}}"),
	    0);
	says("Cause (unknown_api_key): ");
	assert_int_equal(
	    explain(SAID("ffff", STRING), "--ours=" STRING "\n"), 0);
	says("line_end");
	assert_int_equal(explain(SAID(RIGHT, STRING), "--cloud=demo"), 0);
	assert_int_equal(explain(SAID(RIGHT, STRING), "--cloud=demi"), 2);
	assert_non_null(strstr(c.err, "none of the configuration's accounts"));
	assert_int_equal(explain(SAID(RIGHT, STRING), "--json"), 0);
	assert_memory_equal(c.out, "{\"cause\":\"right\",", 17);
}

TEST(usage_mistakes)
{
	assert_int_equal(explain("hello", NULL), 2);
	assert_string_equal(c.out, "");
	assert_int_equal(explain("", NULL), 2);
	assert_int_equal(explain(STRING, NULL), 2);
	assert_non_null(strstr(c.err, "one string and no signature"));
	assert_int_equal(explain(SAID("x", STRING), "--ours={"), 2);
	assert_int_equal(explain(SAID("x", STRING), "--ours="), 2);
	assert_int_equal(explain(SAID("x", STRING), "--nosuch"), 2);
	assert_int_equal(CAPTURE(&c, cli_explain, "explain", "/no/such"), 2);
	assert_int_equal(CAPTURE(&c, cli_explain, "explain", "--help"), 0);
	says("usage: signpost explain");
}

TEST(no_configuration)
{
	char path[sizeof(box.conf)];

	memcpy(path, box.conf, sizeof(path));
	assert_int_equal(setenv("SIGNPOST_CONFIG", "/no/such", 1), 0);
	strcpy(box.conf, "--json");
	assert_int_equal(explain(SAID(RIGHT, STRING), NULL), 1);
	assert_non_null(strstr(c.err, "only the strings are compared"));
	assert_int_equal(
	    explain(SAID(RIGHT, STRING), "--ours=timestamp=1700000000"), 0);
	says("\"cause\":\"not_signed\"");
	says("\"proved\":false");
	assert_int_equal(explain(SAID(RIGHT, STRING), "--cloud=demo"), 2);
	memcpy(box.conf, path, sizeof(path));
	assert_int_equal(unsetenv("SIGNPOST_CONFIG"), 0);
}

/* The longest that is read is also printed, whatever is in it. */
TEST(limits)
{
	static char text[66000];
	static const char head[] = "Invalid Signature x. String to sign - '";

	memcpy(text, head, sizeof(head));
	memset(text + sizeof(head) - 1, '\x1b', 16384);
	strcpy(text + sizeof(head) - 1 + 16384, "'.");
	assert_int_equal(explain(text, NULL), 0);
	assert_null(strchr(c.out, '\x1b'));
	memset(text + sizeof(head) - 1, 'a', 16385);
	strcpy(text + sizeof(head) - 1 + 16385, "'.");
	assert_int_equal(explain(text, NULL), 2);
	memset(text, ' ', 65535);
	memcpy(text, SAID("x", "a=1"), sizeof(SAID("x", "a=1")) - 1);
	for (size_t n = 65535; n <= 65537; n++) {
		text[n - 1] = ' ';
		text[n] = '\0';
		assert_int_equal(explain(text, NULL), n > 65536 ? 2 : 0);
	}
}

GROUP(setup, teardown);
