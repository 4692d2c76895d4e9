#include "test.h"

#include <string.h>

#include "cli/inspect.h"

static char text[8192];

/* Whatever the verdict is, the check that failed is named, once. */
TEST(every_why_has_its_step)
{
	struct session session = { .open = false };

	for (int why = SESSION_REFUSED; why < SESSION_WHY_COUNT; why++) {
		struct session_config config = {
			.format = why >= SESSION_NO_VARIABLE &&
					  why <= SESSION_BAD_VARIABLE
				      ? FORMAT_REMOTE_USER
				  : why >= SESSION_PHP_ID ? FORMAT_PHP
							  : FORMAT_JWT
		};
		struct sink out;
		const char *at;

		if (why == SESSION_OK)
			continue;
		sink_init(&out, text, sizeof(text) - 1);
		inspect_steps(&config, (enum session_why)why, &session, &out);
		text[out.n] = '\0';
		at = strstr(text, "NO: ");
		assert_non_null(at);
		assert_null(strstr(at + 1, "NO: "));
		assert_null(strstr(at, "  right"));
		assert_non_null(
		    strstr(at, session_why_text((enum session_why)why)));
	}
}

/* And its usual cause, of whole indented lines. */
TEST(every_why_has_a_cause)
{
	struct session_config config = { .name = "jwt",
		.format = FORMAT_JWT,
		.cookie = SPAN_LIT("s"),
		.user = SPAN_LIT("sub"),
		.save_path = SPAN_LIT("/p") };

	for (int why = SESSION_OK + 1; why < SESSION_WHY_COUNT; why++) {
		struct sink out;

		if (why == SESSION_BAD_BEARER ||
		    why == SESSION_UNASKED_BEARER || why == SESSION_NO_BEARER)
			continue; /* no cookie gets there */
		sink_init(&out, text, sizeof(text));
		inspect_cause(&config, (enum session_why)why, &out);
		assert_true(!out.full && out.n > 10);
		assert_memory_equal(text, "  ", 2);
		assert_int_equal(text[out.n - 1], '\n');
	}
}
