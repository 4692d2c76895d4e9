#include "test.h"

#include <string.h>

#include "cli/inspect.h"

static char text[8192];
static struct sink out;

static const char *
steps(enum session_format format, enum session_why why)
{
	struct session_config config = { .format = format };
	struct session session = { .key_id = why == SESSION_OK ? SPAN_LIT("k1")
							       : SPAN_LIT("") };

	sink_init(&out, text, sizeof(text) - 1);
	inspect_steps(&config, why, &session, &out);
	text[out.n] = '\0';
	return text;
}

TEST(all_right)
{
	assert_string_equal(steps(FORMAT_JWT, SESSION_OK),
	    "  found       right\n"
	    "  form        right\n"
	    "  signature   right, by the key \"k1\"\n"
	    "  content     right\n"
	    "  time        right\n"
	    "  claims      right\n"
	    "  user        right\n");
	assert_string_equal(steps(FORMAT_REMOTE_USER, SESSION_OK),
	    "  found       right\n"
	    "  user        right\n");
}

/* What was not reached is not called right. */
TEST(stops)
{
	assert_string_equal(steps(FORMAT_ITSDANGEROUS, SESSION_AGE),
	    "  found       right\n"
	    "  form        right\n"
	    "  signature   right\n"
	    "  time        NO: the token is older than the configured "
	    "max_age, or has no iat to count it from\n"
	    "  content     not looked at\n"
	    "  claims      not looked at\n"
	    "  user        not looked at\n");
	assert_string_equal(steps(FORMAT_PHP, SESSION_PHP_NONE),
	    "  found       right\n"
	    "  form        right\n"
	    "  PHP's file  NO: PHP has no session of this id in save_path\n"
	    "  content     not looked at\n"
	    "  time        not looked at\n"
	    "  claims      not looked at\n"
	    "  user        not looked at\n");
}

/* Whatever the verdict is, the check that failed is named, once. */
TEST(every_why)
{
	for (int why = SESSION_REFUSED; why < SESSION_WHY_COUNT; why++) {
		const char *at;

		if (why == SESSION_OK)
			continue;
		at = strstr(steps(why >= SESSION_NO_VARIABLE &&
					  why <= SESSION_BAD_VARIABLE
				      ? FORMAT_REMOTE_USER
				  : why >= SESSION_PHP_ID ? FORMAT_PHP
							  : FORMAT_JWT,
				(enum session_why)why),
		    "NO: ");
		assert_non_null(at);
		assert_null(strstr(at + 1, "NO: "));
		assert_null(strstr(at, "  right"));
		assert_non_null(
		    strstr(at, session_why_text((enum session_why)why)));
	}
}

static void
clean(struct span said, const char *want)
{
	sink_init(&out, text, sizeof(text) - 1);
	inspect_clean(said, &out);
	text[out.n] = '\0';
	assert_string_equal(text, want);
}

TEST(inert)
{
	char many[INSPECT_SAYS_MAX + 2];

	clean(SPAN_LIT("abc \"\\"), "abc \"\\");
	clean(SPAN_LIT("\xc3\xa9"), "\xc3\xa9");
	clean(SPAN_LIT("a\033[2Jb\xc3\xa9"), "a\\x1b[2Jb\\xc3\\xa9");
	clean(SPAN_LIT("\xc2\x9b"), "\\xc2\\x9b");
	clean(SPAN_LIT("\xff\x7f\n"), "\\xff\\x7f\\x0a");
	memset(many, 'a', sizeof(many));
	many[INSPECT_SAYS_MAX] = '\0';
	clean(span_of(many), many);
	many[INSPECT_SAYS_MAX] = 'a';
	many[INSPECT_SAYS_MAX + 1] = '\0';
	sink_init(&out, text, sizeof(text) - 1);
	inspect_clean(span_of(many), &out);
	assert_int_equal(out.n, INSPECT_SAYS_MAX + 4);
	assert_memory_equal(text + INSPECT_SAYS_MAX, " ...", 4);
}
