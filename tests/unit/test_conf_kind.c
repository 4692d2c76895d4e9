#include "test.h"

#include "policies.h"

static struct sandbox box;

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

/* The policy p with this inside, at an account with or without a token key. */
static bool
loads(const char *cloud, const char *inside, const char *said)
{
	static char text[8192];
	struct config *config;

	snprintf(text, sizeof(text), "%s%spolicies = { p = { %s }; };\n", cloud,
	    SANDBOX_SESSION, inside);
	config = sandbox_load(&box, text);
	config_free(config);
	if (said != NULL)
		return config == NULL && sandbox_said(&box, said);
	if (config == NULL)
		fprintf(stderr, "%s\n%s", inside, box.said);
	return config != NULL;
}

TEST(deliver)
{
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"deliver\"; allow = { transformation = [ \"\" ]; "
	    "public_id = \"users/{user}/**\"; };",
	    NULL));
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"deliver\"; allow = { public_id = "
	    "\"users/{user}/**\"; };",
	    "deliver needs transformation"));
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"deliver\"; lifetime = 600; allow = { transformation "
	    "= [ \"\" ]; public_id = \"users/{user}/**\"; };",
	    "lifetime has no meaning for deliver"));
	assert_true(loads(SANDBOX_TOKEN_CLOUD,
	    "action = \"deliver\"; set = { duration = 60; }; allow = { "
	    "transformation = [ \"\" ]; public_id = \"users/{user}/**\"; };",
	    NULL));
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"deliver\"; set = { duration = 60; }; allow = { "
	    "transformation = [ \"\" ]; public_id = \"users/{user}/**\"; };",
	    "duration needs the key for auth tokens"));
}

#define ACL "acl = \"/image/authenticated/users/{user}/*\";"

TEST(token)
{
	assert_true(loads(SANDBOX_TOKEN_CLOUD,
	    "action = \"token\"; set = { " ACL " duration = 60; };", NULL));
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"token\"; set = { " ACL " duration = 60; };",
	    "action = \"token\" needs the key for auth tokens"));
	assert_true(loads(SANDBOX_TOKEN_CLOUD,
	    "action = \"token\"; set = { " ACL " };", "a token needs an end"));
	assert_true(loads(SANDBOX_TOKEN_CLOUD,
	    "action = \"token\"; set = { duration = 60; };",
	    "token needs acl or url"));
	assert_true(loads(SANDBOX_TOKEN_CLOUD,
	    "action = \"token\"; set = { " ACL " duration = 60; }; allow = { "
	    "url = \"/image/authenticated/users/{user}/**\"; };",
	    "a token is for an acl or for one url"));
}

TEST(cookie_domains)
{
	static const char *const wrong[] = { "example", ".example.com",
		"example.com.", "Example.com", "a..b", "-a.com", "a-.com",
		"a.com;", "https://a.com", "a.com\\n", "" };
	static char text[256];

	assert_true(loads(SANDBOX_TOKEN_CLOUD,
	    "action = \"token\"; set = { " ACL " duration = 60; }; "
	    "cookie_domain = \"a-1.example.com\";",
	    NULL));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text),
		    "action = \"token\"; set = { " ACL " duration = 60; }; "
		    "cookie_domain = \"%s\";",
		    wrong[i]);
		assert_true(loads(SANDBOX_TOKEN_CLOUD, text, "cookie_domain"));
	}
	assert_true(loads(SANDBOX_TOKEN_CLOUD,
	    "action = \"token\"; set = { duration = 60; url = "
	    "\"/image/authenticated/users/{user}/a\"; }; "
	    "cookie_domain = \"example.com\";",
	    "cookie_domain belongs to action = \"token\" with an acl"));
}

TEST(webhooks)
{
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"verify\"; addresses = [ \"127.0.0.1\" ];", NULL));
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"verify\"; anonymous = true; addresses = [ "
	    "\"127.0.0.1\" ];",
	    NULL));
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"verify\"; allow = { public_id = \"users/{user}/*\"; "
	    "};",
	    NULL));
	assert_true(loads(SANDBOX_CLOUD, "action = \"verify\";",
	    "verify needs public_id in allow"));
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"verify\"; addresses = [ \"127.0.0.1\" ]; users = [ "
	    "\"alice\" ];",
	    "users"));
	assert_true(loads(SANDBOX_CLOUD,
	    "action = \"verify\"; anonymous = true; allow = { public_id = "
	    "\"users/{user}/*\"; };",
	    "anonymous = true"));
}

GROUP(setup, teardown);
