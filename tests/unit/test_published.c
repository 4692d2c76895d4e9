#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/config.h"

static const struct span paths[] = { SPAN_INIT("/home/me/www/session.key"),
	SPAN_INIT("/home/me/private/cloudinary.secret") };
static const struct config config = { .n_secret_paths = 2,
	.secret_paths = paths };

static void
below(void **state)
{
	static const struct {
		const char *root;
		bool published;
	} cases[] = {
		{ "/home/me/www", true },
		{ "/home/me/www/", true },
		{ "/home/me/www//", true },
		{ "/home/me", true },
		{ "/home/me/private", true },
		{ "/", true },
		{ "", false },
		{ "/home/me/ww", false },
		{ "/home/me/www2", false },
		{ "/home/me/www/session.key", false },
		{ "/home/me/www/session.key/x", false },
		{ "/var/www", false },
		{ "home/me/www", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    config_published(&config, span_of(cases[i].root)),
		    cases[i].published);
}

/* What is no secret, and still nobody's business. */
static void
private_too(void **state)
{
	struct config more = config;

	(void)state;
	more.n_private = 1;
	more.private_paths[0] = SPAN_LIT("/srv/www/logs/requests.log");
	assert_true(config_published(&more, SPAN_LIT("/srv/www")));
	assert_false(config_published(&more, SPAN_LIT("/srv/www/log")));
	more.n_private = 0;
	assert_false(config_published(&more, SPAN_LIT("/srv/www")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(below),
		cmocka_unit_test(private_too) };

	return cmocka_run_group_tests_name("published", tests, NULL, NULL);
}
