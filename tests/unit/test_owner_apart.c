#include "test.h"

#include "sandbox.h"

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

/* Two policies, each with one id. */
static bool
loads(const char *first, const char *second)
{
	char text[4096];
	struct config *config;

	snprintf(text, sizeof(text),
	    SANDBOX_CLOUD SANDBOX_SESSION
	    "policies = {\n"
	    "  up = { action = \"upload\"; set = { public_id = \"%s\";\n"
	    "    overwrite = false; allowed_formats = \"jpg\"; }; };\n"
	    "  remove = { action = \"destroy\"; limit = \"60/hour\";\n"
	    "    allow = { public_id = \"%s\"; }; };\n"
	    "};\n",
	    first, second);
	config = sandbox_load(&box, text);
	config_free(config);
	return config != NULL;
}

TEST(ids_of_two_policies)
{
	static const struct {
		const char *first, *second;
		bool apart;
	} cases[] = {
		{ "users/{user}/{random}", "users/{user}/**", true },
		{ "users/{user}/{random}", "users/{user}/a/*", true },
		{ "users/{user}/{random}", "people/{user}/*", true },
		{ "users/{user}/{random}", "hashes/{user_hash}/*", true },
		{ "users/{user}/{random}", "users/{user_hash}/*", false },
		{ "users/{user}/{random}", "users/{claim.id}/*", false },
		{ "users/{claim.id}/x", "users/{claim.id}/*", true },
		{ "users/{claim.id}/x", "users/{claim.ic}/*", false },
		{ "users/{user}/{random}", "users/team/{user}/*", false },
		{ "users/team/{user}/x", "users/{user}/**", false },
		{ "users/a/{user}/x", "users/b/{user}/*", true },
		{ "users/a/{user}/x", "users/a/{user_hash}/*", false },
		{ "up/{date}/{user}/x", "up/{date}/{user}/*", true },
		{ "up/{date}/{user}/x", "up/today/{user}/*", false },
		{ "up/p_{user}/{user}/x", "up/q_{user}/{user}/*", false },
		{ "our users/{user}/x", "our users/{user}/*", true },
		{ "our users/{user}/x", "our users/{user_hash}/*", false },
		{ "our users/{user}/x", "our users/team/{user}/*", false },
		{ "our users/{user}/x", "our  users/{user_hash}/*", true },
		{ "users/f\xc3\xbcr alle/{user}/x", "users/{user}/**", false },
		{ "users/f\xc3\xbcr/{user}/x", "users/fur/{user_hash}/*",
		    true },
		{ "users/a b/{user}/x", "users/a b/{user_hash}/*", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (loads(cases[i].first, cases[i].second) != cases[i].apart)
			fail_msg("%s and %s", cases[i].first, cases[i].second);
		if (!cases[i].apart)
			assert_true(sandbox_said(
			    &box, "one user's id could be another's"));
	}
}

/* What everybody can upload, beside somebody's own. */
static bool
loads_open(const char *set, const char *own, const char *cloud)
{
	char text[4096];
	struct config *config;

	snprintf(text, sizeof(text),
	    "clouds = { main = { cloud_name = \"demo\"; api_key = \"1\";\n"
	    "    api_secret_file = \"cloudinary.secret\"; };\n"
	    "  other = { cloud_name = \"more\"; api_key = \"2\";\n"
	    "    api_secret_file = \"other.secret\"; }; };\n" SANDBOX_SESSION
	    "policies = {\n"
	    "  open = { action = \"upload\"; cloud = \"main\"; anonymous = "
	    "true;\n    limit = \"5/hour\"; limit_total = \"50/day\";\n"
	    "    set = { %s overwrite = false; }; };\n"
	    "  own = { action = \"destroy\"; cloud = \"%s\"; limit = "
	    "\"9/hour\";\n    allow = { public_id = \"%s\"; }; };\n"
	    "};\n",
	    set, cloud, own);
	config = sandbox_load(&box, text);
	config_free(config);
	return config != NULL;
}

TEST(ids_of_everybody)
{
	static const struct {
		const char *set, *own;
		bool apart;
	} cases[] = {
		{ "public_id = \"inbox/{random}\";", "users/{user}/**", true },
		{ "public_id = \"users/{random}\";", "users/{user}/**", false },
		{ "public_id = \"users/{random}\";", "users/{user_hash}",
		    false },
		{ "public_id = \"users/open/{random}\";", "users/{user}/*",
		    false },
		{ "public_id = \"users/open/{random}\";", "users/a/{user}/*",
		    true },
		{ "public_id = \"users/a/{random}\";", "users/a/{user}/*",
		    false },
		{ "public_id = \"users/{date}/{random}\";", "users/a/{user}/*",
		    false },
		{ "public_id = \"inbox/{date}/{random}\";", "users/{claim.a}",
		    true },
		/* with what may come before it */
		{ "public_id = \"inbox/{random}\"; folder = \"in/a\";",
		    "users/{user}/**", true },
		{ "public_id = \"inbox/{random}\"; folder = \"users/a\";",
		    "users/{user}/**", false },
		{ "public_id = \"inbox/{random}\"; folder = \"users\";",
		    "users/{user}/**", false },
		{ "public_id = \"inbox/{random}\"; public_id_prefix = "
		  "\"users\";",
		    "users/{user}/**", false },
		{ "public_id = \"inbox/{random}\"; asset_folder = "
		  "\"users/a\";",
		    "users/{user}/**", false },
		/* a folder alone does not save an id */
		{ "public_id = \"users/{random}\"; folder = \"in\";",
		    "users/{user}/**", false },
		{ "public_id = \"inbox/{random}\"; folder = \"people.a\";",
		    "people/{user}/**", true },
		{ "public_id = \"inbox/{random}\"; folder = \"users_a\";",
		    "people/{user}/**", true },
	};

	sandbox_file(&box, "other.secret", SANDBOX_SECRET "2\n", 0600);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (loads_open(cases[i].set, cases[i].own, "main") !=
		    cases[i].apart)
			fail_msg("%s and %s: %s", cases[i].set, cases[i].own,
			    box.said);
		assert_int_equal(box.report.errors, !cases[i].apart);
	}
	assert_false(loads_open(
	    "public_id = \"users/{random}\";", "users/{user}/**", "main"));
	assert_true(sandbox_said(&box,
	    "error 12: everybody can upload to \"users/{random}\" here, and "
	    "the policy \"own\" has \"users/{user}/**\""));
	/* Another account's ids are others. */
	assert_true(loads_open(
	    "public_id = \"users/{random}\";", "users/{user}/**", "other"));
}

TEST(moderators_are_no_owners)
{
	struct config *config = sandbox_load(&box, SANDBOX_CLOUD SANDBOX_SESSION
	    "policies = {\n"
	    "  own = { action = \"destroy\"; limit = \"60/hour\";\n"
	    "    allow = { public_id = \"users/{user}/**\"; }; };\n"
	    "  all = { action = \"destroy\"; limit = \"60/hour\"; any_owner = "
	    "true;\n"
	    "    users = [ \"root\" ];\n"
	    "    allow = { public_id = \"users/**\"; }; };\n"
	    "};\n");

	assert_non_null(config);
	config_free(config);
}

TEST(ids_of_one_policy)
{
	struct config *config = sandbox_load(&box, SANDBOX_CLOUD SANDBOX_SESSION
	    "policies = {\n"
	    "  own = { action = \"destroy\"; limit = \"60/hour\"; allow = { "
	    "public_id =\n"
	    "    [ \"users/{user}/**\", \"users/{user_hash}/*\" ]; }; };\n"
	    "};\n");

	assert_null(config);
	assert_true(sandbox_said(&box, "one user's id could be another's"));
}

/* A policy with "%" as this beginning, beside one of users/{user}. */
static bool
loads_beside(const char *policy, const char *beginning)
{
	const char *at = strchr(policy, '%');
	char text[4096];
	struct config *config;

	snprintf(text, sizeof(text),
	    SANDBOX_TOKEN_CLOUD SANDBOX_SESSION
	    "policies = {\n"
	    "a = { action = \"destroy\"; limit = \"9/hour\"; "
	    "allow = { public_id = \"users/{user}/**\"; }; };\n"
	    "b = { limit = \"9/hour\"; %.*s%s%s };\n};\n",
	    (int)(at - policy), policy, beginning, at + 1);
	config = sandbox_load(&box, text);
	config_free(config);
	return config != NULL;
}

/* One id of each parameter, in any policy, beside those of all others. */
TEST(ids_of_all_parameters)
{
	static const struct {
		const char *set, *other; /* the second's id is another form */
		const char *said;
	} cases[] = {
		{ "action = \"rename\"; allow = { from_public_id = \"%/*\"; "
		  "to_public_id = \"users/{user}/x\"; };",
		    "users/{user_hash}", "from_public_id = " },
		{ "action = \"rename\"; allow = { to_public_id = \"%/*\"; "
		  "from_public_id = \"users/{user}/x\"; };",
		    "users/{user_hash}", "to_public_id = " },
		{ "action = \"tags\"; set = { command = \"remove_all\"; }; "
		  "allow "
		  "= { public_ids = \"%/*\"; };",
		    "users/team/{user}", "public_ids = " },
		{ "action = \"archive\"; set = { public_ids = [ "
		  "\"users/{user}/x\", \"%/y\" ]; };",
		    "users/team/{user}", "public_ids = " },
		{ "action = \"archive\"; allow = { prefixes = \"%/\"; };",
		    "users/team/{user}", "prefixes = " },
		{ "action = \"archive\"; set = { prefixes = \"%/\"; };",
		    "users/{claim.sub}", "prefixes = " },
		{ "action = \"archive\"; allow = { "
		  "fully_qualified_public_ids = \"image/upload/%/*\"; };",
		    "users/team/{user}", "fully_qualified_public_ids = " },
		{ "action = \"archive\"; set = { target_public_id = \"%/a\"; "
		  "prefixes = \"users/{user}/\"; };",
		    "users/team/{user}", "target_public_id = " },
		{ "action = \"token\"; set = { duration = 60; acl = "
		  "\"/image/upload/%/*\"; };",
		    "users/team/{user}", "acl = " },
		{ "action = \"token\"; set = { duration = 60; }; allow = { acl "
		  "= "
		  "[ \"/demo/image/upload/v1/%/*\" ]; };",
		    "users/{user_hash}", "acl = " },
		{ "action = \"token\"; set = { duration = 60; }; allow = { url "
		  "= "
		  "\"/image/upload/%/*\"; };",
		    "users/{user_hash}", "url = " },
		{ "action = \"deliver\"; set = { transformation = \"w_200\"; "
		  "}; "
		  "allow = { public_id = \"%/*\"; };",
		    "users/{user_hash}", "public_id = " },
		{ "action = \"verify\"; allow = { public_id = \"%/*\"; };",
		    "users/{user_hash}", "public_id = " },
		{ "action = \"upload\"; reusable = true; allow = { public_id = "
		  "\"users/{user}/*\"; folder = \"%\"; };",
		    "users/team/{user}", "folder = " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (!loads_beside(cases[i].set, "users/{user}"))
			fail_msg("%s: %s", cases[i].set, box.said);
		assert_false(loads_beside(cases[i].set, cases[i].other));
		assert_true(
		    sandbox_said(&box, "one user's id could be another's"));
		assert_true(sandbox_said(&box, cases[i].said));
	}
}

/* What a policy's own folder makes of its id, beside another policy's. */
TEST(ids_behind_folders)
{
#define HERE(action, more, sets)                                               \
	"action = \"" action "\"; " more " set = { type = \"upload\"; " sets
	static const struct {
		const char *set, *other;
		bool apart;
	} cases[] = {
		{ "folder = \"%\"; public_id = \"img/{user}/{random}\";", "u",
		    false },
		{ "folder = \"%\"; public_id = \"img/{user}/{random}\";",
		    "users", true },
		{ "public_id_prefix = \"%\"; public_id = \"img/{user}/x\";",
		    "u", false },
		{ "asset_folder = \"%\"; public_id = \"img/{user}/x\"; "
		  "use_asset_folder_as_public_id_prefix = true;",
		    "u", false },
		{ "asset_folder = \"%\"; public_id = \"img/{user}/x\";", "u",
		    true },
		{ "folder = \"%/{user}\"; public_id = \"img/{user}/x\";", "u",
		    true },
		{ "folder = \"%/{user_hash}\"; public_id = \"img/{user}/x\";",
		    "u", false },
		{ "folder = \"%/team/{user}\"; public_id = \"img/{user}/x\";",
		    "u", false },
		{ "folder = \"%\"; public_id = \"u/{user}/x\";", "u", false },
		{ "folder = \"%\"; public_id = \"u/{user}/x\";", "a", true },
		{ "folder = \"%\"; public_id = \"u/{user}/x\";", "Our Photos",
		    true },
		{ "folder = \"%\"; public_id = \"my img/{user}/x\";", "u",
		    false },
		/* without an id, Cloudinary makes one */
		{ "folder = \"%\";", "u", true },
		{ "folder = \"%/{user}\";", "u", true },
	};
	static const char *const actions_of[] = { HERE("upload",
						      "reusable = true;", ""),
		HERE("explicit", "limit = \"9/hour\";", "") };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t k = 0; k < 2; k++) {
			const char *at = strchr(cases[i].set, '%');
			char text[4096];
			struct config *config;

			if (k == 1 && strstr(cases[i].set, "public_id") == NULL)
				continue; /* explicit asks for one */
			snprintf(text, sizeof(text),
			    SANDBOX_CLOUD SANDBOX_SESSION
			    "policies = {\n a = { %s %.*s%s%s }; };\n"
			    "  remove = { action = \"destroy\"; limit = "
			    "\"60/hour\"; allow = { public_id = "
			    "\"u/{user}/**\"; }; };\n};\n",
			    actions_of[k], (int)(at - cases[i].set),
			    cases[i].set, cases[i].other, at + 1);
			config = sandbox_load(&box, text);
			config_free(config);
			if ((config != NULL) != cases[i].apart)
				fail_msg("%s: %s", text, box.said);
			assert_int_equal(box.report.errors, !cases[i].apart);
			if (!cases[i].apart)
				assert_true(sandbox_said(
				    &box, "one user's id could be another's"));
		}
	assert_null(sandbox_load(&box, SANDBOX_CLOUD SANDBOX_SESSION
	    "policies = {\n"
	    "  remove = { action = \"destroy\"; limit = \"60/hour\";\n"
	    "    allow = { public_id = \"u/{user}/**\"; }; };\n"
	    "  up = { action = \"upload\"; set = { folder = \"u\";\n"
	    "    public_id = \"img/{user}/{random}\"; }; };\n"
	    "};\n"));
	assert_true(sandbox_said(&box,
	    "error 14: public_id = \"img/{user}/{random}\" behind folder = "
	    "\"u\", and the policy \"remove\" has \"u/{user}/**\": one user's "
	    "id could be another's"));
}

GROUP(setup, teardown);
