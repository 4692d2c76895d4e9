#include "test.h"

#include <string.h>

#include "cli/inspect.h"

static char text[2048];
static struct session_config config;

static const char *
cause(const char *format, enum session_format family, enum session_why why)
{
	struct sink out;

	config.name = format;
	config.format = family;
	sink_init(&out, text, sizeof(text) - 1);
	inspect_cause(&config, why, &out);
	assert_false(out.full);
	text[out.n] = '\0';
	return text;
}

/* Every refusal has one, of whole indented lines that a terminal shows whole.
 */
TEST(every_why)
{
	config = (struct session_config){ .cookie = SPAN_LIT("s"),
		.user = SPAN_LIT("sub"),
		.save_path = SPAN_LIT("/p") };
	for (int why = SESSION_OK + 1; why < SESSION_WHY_COUNT; why++) {
		const char *said =
		    cause("jwt", FORMAT_JWT, (enum session_why)why);
		size_t n = strlen(said);

		if (why == SESSION_BAD_BEARER ||
		    why == SESSION_UNASKED_BEARER || why == SESSION_NO_BEARER)
			continue; /* no cookie gets there */
		assert_true(n > 10);
		assert_memory_equal(said, "  ", 2);
		assert_int_equal(said[n - 1], '\n');
	}
	assert_string_equal(cause("jwt", FORMAT_JWT, SESSION_OK), "");
}

TEST(of_the_key)
{
	config = (struct session_config){ .cookie = SPAN_LIT("s") };
	cause("flask", FORMAT_ITSDANGEROUS, SESSION_MAC);
	assert_non_null(strstr(text, "app.secret_key"));
	assert_non_null(strstr(text, "another salt"));
	assert_null(strstr(text, "name is signed"));
	cause("koa", FORMAT_KEYGRIP, SESSION_MAC);
	assert_non_null(strstr(text, "app.keys"));
	assert_non_null(strstr(text, "name is signed"));
	cause(NULL, FORMAT_JWT, SESSION_MAC);
	assert_non_null(strstr(text, "does not hold the secret"));
}

TEST(of_the_rest)
{
	config = (struct session_config){ .cookie = SPAN_LIT("c"),
		.user = SPAN_LIT("a.b"),
		.save_path = SPAN_LIT("/var/p") };
	assert_non_null(strstr(
	    cause("koa", FORMAT_KEYGRIP, SESSION_NO_SIGNATURE), "c.sig="));
	assert_non_null(
	    strstr(cause("jwt", FORMAT_JWT, SESSION_NO_COOKIE), "name c?"));
	assert_non_null(
	    strstr(cause("jwt", FORMAT_JWT, SESSION_USER), "(a.b)"));
	assert_non_null(
	    strstr(cause("php", FORMAT_PHP, SESSION_PHP_NONE), "/var/p"));
	config.user = SPAN_LIT("");
	assert_non_null(strstr(
	    cause("cookie-signature", FORMAT_COOKIE_SIGNATURE, SESSION_USER),
	    "must be the path"));
}
