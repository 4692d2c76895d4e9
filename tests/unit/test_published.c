#include "test.h"

#include "policy/config.h"

static const struct span paths[] = { SPAN_INIT("/home/me/www/session.key"),
	SPAN_INIT("/home/me/private/cloudinary.secret") };
static const struct config config = { .n_secret_paths = 2,
	.secret_paths = paths };

TEST(below)
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

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    config_published(&config, span_of(cases[i].root)),
		    cases[i].published);
}

/* What is no secret, and still nobody's business. */
TEST(private_too)
{
	struct config more = config;

	more.n_private = 1;
	more.private_paths[0] = SPAN_LIT("/srv/www/logs/requests.log");
	assert_true(config_published(&more, SPAN_LIT("/srv/www")));
	assert_false(config_published(&more, SPAN_LIT("/srv/www/log")));
	more.n_private = 0;
	assert_false(config_published(&more, SPAN_LIT("/srv/www")));
}
