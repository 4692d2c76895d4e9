#include "test.h"

#include "policies.h"
#include "policy/owner.h"

static struct bench b;

#define BEGIN "policies = {\n"
#define END "\n};"
#define UP "a = { action = \"upload\"; "

TEST(test_ids)
{
	static const struct twin twins[] = {
		{ UP "set = { public_id = \"users/{user}/{random}\"; }; };",
		    UP "set = { public_id = \"users/{random}\"; }; };",
		    "error 2: public_id = \"users/{random}\" need not be the "
		    "user's own, and the signature would also destroy it: a "
		    "segment of its own" },
		{ UP "set = { public_id = \"u/{claim.id}\"; }; };",
		    UP "set = { public_id = \"{claim.id}/u\"; }; };",
		    "its first segment must be a fixed word" },
		{ UP "reusable = true; allow = {\npublic_id = \"u/{user}/**\"; "
		     "}; };",
		    UP
		    "reusable = true; allow = {\npublic_id = \"u/**\"; }; };",
		    "error 3: public_id = \"u/**\" need not be" },
		{ UP "reusable = true; allow = { public_id = [ \"u/{user}\", "
		     "\"v/{user}\" ]; }; };",
		    UP "reusable = true; allow = { public_id = [ \"u/{user}\", "
		       "\"v9/{user}\" ]; }; };",
		    "public_id = \"v9/{user}\" need not be" },
		{ "a = { action = \"destroy\"; limit = \"60/hour\"; allow = { "
		  "public_id = "
		  "\"u/{user}/**\"; }; };",
		    "a = { action = \"destroy\"; limit = \"60/hour\"; allow = "
		    "{ public_id = "
		    "\"u/*/{user}\"; }; };",
		    "public_id = \"u/*/{user}\" need not be" },
		{ "a = { action = \"destroy\"; limit = \"60/hour\"; set = { "
		  "public_id = "
		  "\"u/{user_hash}\"; }; };",
		    "a = { action = \"destroy\"; limit = \"60/hour\"; set = { "
		    "public_id = "
		    "\"u/x{user_hash}\"; }; };",
		    "public_id = \"u/x{user_hash}\" need not be" },
		{ UP "set = { public_id = \"\xc3\xbc b/{user}/x\"; }; };",
		    UP "set = { public_id = \"$\xc3\xbc/{user}/x\"; }; };",
		    "its first segment must be a fixed word" },
		{ UP "set = { public_id = \"our users/{user}\"; }; };",
		    UP "set = { public_id = \"our {user}/{user}\"; }; };",
		    "its first segment must be a fixed word" },
		{ UP "set = { public_id = \"a b/{user}/x\"; }; };",
		    UP "set = { public_id = \"a b/of {user}/x\"; }; };",
		    "a segment of its own before the first" },
		/* a folder makes no id one's own */
		{ UP "set = { folder = \"x\"; public_id = \"u/{user}\"; }; };",
		    UP
		    "set = { folder = \"u/{user}\"; public_id = \"x\"; }; };",
		    "public_id = \"x\" need not be" },
		{ "a = { action = \"destroy\"; limit = \"60/hour\"; any_owner "
		  "= true; users = "
		  "\"m\"; "
		  "allow = { public_id = \"**\"; }; };",
		    "a = { action = \"destroy\"; limit = \"60/hour\"; "
		    "any_owner = false; users = "
		    "\"m\"; allow = { public_id = \"**\"; }; };",
		    "public_id = \"**\" need not be" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
}

#define LIMIT "limit = \"60/hour\"; "

/* What twins share when only the id differs. */
#define TWIN(before, right, wrong, after, said)                                \
	{                                                                      \
		before right after, before wrong after, said                   \
	}

/* In every action, and in every form that an id can have there. */
TEST(test_actions)
{
	static const struct twin twins[] = {
		TWIN("a = { action = \"explicit\"; " LIMIT
		     "set = { type = \"upload\"; }; allow = { public_id = ",
		    "\"u/{user}/**\"", "\"u/**\"", "; }; };",
		    "public_id = \"u/**\" need not be the user's own, and the "
		    "signature would also destroy it"),
		TWIN("a = { action = \"rename\"; " LIMIT
		     "set = { to_public_id = \"u/{user}/x\"; }; allow = { "
		     "from_public_id = ",
		    "\"u/{user}/*\"", "\"u/x/*\"", "; }; };",
		    "from_public_id = \"u/x/*\" need not be the user's own: a"),
		TWIN("a = { action = \"rename\"; " LIMIT
		     "allow = { from_public_id = \"u/{user}/x\"; }; set = { "
		     "to_public_id = ",
		    "\"u/{user}/y\"", "\"gallery/{random}\"", "; }; };",
		    "to_public_id = \"gallery/{random}\" need not be"),
		TWIN("a = { action = \"tags\"; " LIMIT
		     "set = { command = \"remove_all\"; }; allow = { "
		     "public_ids = ",
		    "\"u/{user}/*\"", "[ \"u/{user}/*\", \"*/{user}\" ]",
		    "; }; };", "public_ids = \"*/{user}\" need not be"),
		TWIN("a = { action = \"context\"; " LIMIT
		     "set = { command = \"remove_all\"; public_ids = ",
		    "[ \"u/{user}/a\", \"u/{user}/b\" ]",
		    "[ \"u/{user}/a\", \"u/b\" ]", "; }; };",
		    "public_ids = \"u/b\" need not be"),
		TWIN("a = { action = \"metadata\"; " LIMIT
		     "allow = { metadata = { a = \"text 9\"; }; public_ids = ",
		    "\"u/{user}/*\"", "\"u/*\"", "; }; };",
		    "public_ids = \"u/*\" need not be"),
		TWIN("a = { action = \"archive\"; " LIMIT
		     "allow = { prefixes = ",
		    "\"u/{user}/\"", "\"u/\"", "; }; };",
		    "prefixes = \"u/\" need not be the user's own: a segment"),
		TWIN("a = { action = \"archive\"; " LIMIT "set = { prefixes = ",
		    "\"u/{user}/\"", "\"u/x{user}/\"", "; }; };",
		    "prefixes = \"u/x{user}/\" need not be"),
		TWIN("a = { action = \"archive\"; " LIMIT
		     "allow = { fully_qualified_public_ids = ",
		    "\"image/upload/u/{user}/*\"", "\"image/upload/u/*\"",
		    "; }; };",
		    "fully_qualified_public_ids = \"image/upload/u/*\" need"),
		TWIN("a = { action = \"archive\"; " LIMIT
		     "set = { public_ids = \"u/{user}/a\"; target_public_id = ",
		    "\"u/{user}/b\"", "\"zip/{random}\"", "; }; };",
		    "target_public_id = \"zip/{random}\" need not be"),
		TWIN("a = { action = \"download\"; " LIMIT
		     "allow = { public_id = ",
		    "\"u/{user}/*\"", "\"u/*\"", "; }; };",
		    "public_id = \"u/*\" need not be"),
		TWIN("a = { action = \"deliver\"; set = { transformation = "
		     "\"w_200\"; }; allow = { public_id = ",
		    "\"u/{user}/*\"", "\"u/*\"", "; }; };",
		    "public_id = \"u/*\" need not be the user's own: a"),
		TWIN("a = { action = \"verify\"; allow = { public_id = ",
		    "\"u/{user}/*\"", "\"u/*\"", "; }; };",
		    "public_id = \"u/*\" need not be the user's own: a"),
		/* moderators */
		{ "a = { action = \"archive\"; any_owner = true; users = "
		  "\"m\"; " LIMIT "allow = { prefixes = \"u/\"; }; };",
		    "a = { action = \"archive\"; users = \"m\"; " LIMIT
		    "allow = { prefixes = \"u/\"; }; };",
		    "or any_owner = true, for moderators" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
}

/* What a token is for, at an account that has the key. */
static unsigned
owned_token(struct bench *bench, const char *text)
{
	static const unsigned char key[1];
	static const struct cloud cloud = { .cloud_name = SPAN_INIT("demo"),
		.token_key = (const struct hmac_key *)(const void *)key };

	bench_read(bench, text);
	policies_site(&bench->config);
	bench->config.clouds = &cloud;
	conf_policies(&bench->l, bench->root);
	if (bench->box.report.errors == 0)
		owner_check(&bench->l);
	return bench->box.report.errors;
}

TEST(test_tokens)
{
#define TOKEN "a = { action = \"token\"; set = { duration = 60; "
	static const struct twin twins[] = {
		TWIN(TOKEN "acl = ", "\"/image/upload/u/{user}/*\"",
		    "\"/image/upload/u/*\"", "; }; };",
		    "acl = \"/image/upload/u/*\" need not be the user's own"),
		TWIN(TOKEN "acl = ", "\"/demo/video/private/v1/u/{user}/*\"",
		    "\"/image/*\"", "; }; };",
		    "acl = \"/image/*\" need not be the user's own: it must "
		    "name a resource type"),
		TWIN(TOKEN "}; allow = { acl = ",
		    "[ \"/image/upload/u/{user}/*\", "
		    "\"/video/upload/u/{user}/*\" ]",
		    "[ \"/image/upload/u/{user}/*\", "
		    "\"/video/upload/*\" ]",
		    "; }; };", "acl = \"/video/upload/*\" need not be"),
		TWIN(TOKEN "}; allow = { url = ",
		    "\"/image/upload/u/{user}/**\"", "\"/image/upload/**\"",
		    "; }; };", "url = \"/image/upload/**\" need not be"),
	};

	assert_true(policies_twins(
	    &b, owned_token, BEGIN, twins, TWINS_COUNT(twins), END));
}

/* Where a client's folder may come before the id of its choice. */
TEST(test_folders)
{
#define INTO "allow = { public_id = \"u/{user}/*\"; "
	static const struct twin twins[] = {
		TWIN(UP "reusable = true; " INTO "folder = ", "\"u/{user}\"",
		    "\"u/*\"", "; }; };",
		    "folder = \"u/*\" would carry public_id into a folder that "
		    "need not be the user's own: a segment"),
		TWIN("a = { action = \"explicit\"; " LIMIT
		     "set = { type = \"upload\"; }; " INTO "folder = ",
		    "\"u/{user}\"", "\"u/*\"", "; }; };",
		    "folder = \"u/*\" would carry public_id"),
		/* where it is one user's, but could be another's */
		TWIN(UP "reusable = true; " INTO "folder = ", "\"u/{user}/x\"",
		    "\"u/x/{user}\"", "; }; };",
		    "public_id = \"u/{user}/*\", and the policy \"a\" has "
		    "\"u/x/{user}\""),
		{ UP "reusable = true; " INTO "asset_folder = \"*\"; }; };",
		    UP "reusable = true; set = { "
		       "use_asset_folder_as_public_id_prefix = true; "
		       "}; " INTO "asset_folder = \"*\"; }; };",
		    "asset_folder = \"*\" would carry public_id" },
		/* the policy's own: the id behind it is looked at as well */
		TWIN(UP "set = { public_id = \"u/{user}/x\"; folder = ",
		    "\"a\"", "\"w_200\"", "; }; };",
		    "error 2: public_id = \"u/{user}/x\" behind folder = "
		    "\"w_200\" need not be the user's own: its first segment"),
		TWIN(UP "set = { public_id = \"u/{user}/x\"; "
			"public_id_prefix = ",
		    "\"a/{user}\"", "\"{user}/a\"", "; }; };",
		    "behind public_id_prefix = \"{user}/a\" need not be"),
		TWIN(UP "set = { public_id = \"u/{user}/x\"; folder = \"a\"; ",
		    "asset_folder", "public_id_prefix", " = \"b\"; }; };",
		    "public_id_prefix beside folder: either may come before "
		    "public_id, so that nobody could say whose the id is; "
		    "leave "
		    "one out"),
		TWIN(UP "set = { public_id = \"u/{user}/x\"; public_id_prefix "
			"= \"a\"; }; allow = { ",
		    "asset_folder", "folder", " = \"u/{user}/*\"; }; };",
		    "public_id_prefix beside folder"),
		/* no id of the client's choice */
		{ UP "reusable = true; allow = { folder = \"*\"; }; };",
		    UP "reusable = true; " INTO "folder = \"*\"; }; };",
		    "folder = \"*\" would carry" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
}

TEST(test_upload)
{
	static const struct twin twins[] = {
		{ UP "reusable = true; };", UP "};",
		    "error 2: without public_id in set, one signature" },
		{ UP
		    "reusable = true; allow = { public_id = \"u/{user}/*\"; }; "
		    "};",
		    UP "allow = { public_id = \"u/{user}/*\"; }; };",
		    "without public_id in set, one signature" },
		{ UP "set = { public_id = \"u/{user}\"; }; };",
		    UP "reusable = false; set = { folder = \"u/{user}\"; }; };",
		    "or say reusable = true" },
		{ UP "reusable = true; set = { use_filename = true; "
		     "unique_filename = true; }; };",
		    UP "reusable = true; set = { use_filename = true; "
		       "unique_filename = false; }; };",
		    "error 2: the file's name makes the id" },
		{ UP "reusable = true; set = { use_filename = true; "
		     "unique_filename = false; overwrite = false; }; };",
		    UP "reusable = true; set = { use_filename = true; "
		       "unique_filename = false; overwrite = true; }; };",
		    "the file's name makes the id" },
		{ UP "reusable = true; set = { use_filename = false; "
		     "unique_filename = false; }; };",
		    UP "reusable = true; set = { use_filename = true; "
		       "unique_filename = false; }; allow = { overwrite = "
		       "\"bool\"; }; };",
		    "the file's name makes the id" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
}

/* By the names that a string may hold: nothing of one is enough. */
TEST(test_services)
{
	const struct policy *p;

	assert_int_equal(
	    policies_read(&b, BEGIN UP
		"allow = { public_id = \"a\"; metadata = { a = \"text 9\"; }; "
		"}; };\n"
		"t = { action = \"upload\"; set = { tags = \"a\"; }; };\n"
		"n = { action = \"upload\"; set = { folder = \"a\"; }; };" END),
	    0);
	p = b.config.policies;
	assert_true(owner_may_hold(&p[0], "public_id"));
	assert_false(owner_may_hold(&p[0], "tags"));
	assert_false(owner_may_hold(&p[0], "public_ids"));
	assert_true(owner_serves(&p[0], ACTION_DESTROY));
	assert_true(owner_serves(&p[0], ACTION_EXPLICIT));
	assert_true(owner_serves(&p[0], ACTION_DOWNLOAD));
	assert_false(owner_serves(&p[0], ACTION_METADATA));
	assert_false(owner_serves(&p[0], ACTION_RENAME));
	assert_false(owner_serves(&p[0], ACTION_ARCHIVE));
	assert_true(owner_serves(&p[1], ACTION_ARCHIVE));
	assert_false(owner_serves(&p[1], ACTION_TAGS));
	assert_false(owner_serves(&p[1], ACTION_DESTROY));
	for (int i = ACTION_EXPLICIT; i < ACTION_COUNT; i++)
		assert_false(owner_serves(&p[2], (enum action)i));
	assert_true(owner_serves(&p[2], ACTION_UPLOAD));
	assert_true(owner_names_assets(&p[0], "public_id"));
	assert_true(owner_names_assets(&p[1], "tags"));
	assert_false(owner_names_assets(&p[1], "metadata"));
	assert_false(owner_names_assets(&p[2], "prefixes"));
}

/* What signs no string of parameters is good for nothing else. */
TEST(test_alone)
{
	static const enum action alone[] = { ACTION_DELIVER, ACTION_VERIFY };
	const struct policy *p;

	assert_int_equal(
	    policies_owned(&b, BEGIN
		"d = { action = \"deliver\"; set = { transformation = "
		"\"w_200\"; }; allow = { public_id = \"u/{user}/*\"; }; };\n"
		"v = { action = \"verify\"; allow = { public_id = "
		"\"u/{user}/*\"; }; };\n"
		"h = { action = \"verify\"; addresses = \"192.0.2.1\"; };" END),
	    0);
	p = b.config.policies;
	for (size_t i = 0; i < 2; i++) {
		for (int k = ACTION_UPLOAD; k < ACTION_COUNT; k++)
			assert_int_equal(owner_serves(&p[i], (enum action)k),
			    k == (int)alone[i]);
		assert_true(owner_names_assets(&p[i], "public_id"));
		assert_false(owner_names_assets(&p[i], "tags"));
	}
	assert_true(p[2].webhook);
}

/*
 * Whatever an action acts on is an id, which is always looked at, or a tag;
 * anything else would go unseen.
 */
TEST(test_table)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		for (size_t k = 0; actions[i].assets[k] != NULL; k++) {
			const struct term *term =
			    term_find(span_of(actions[i].assets[k]));

			assert_non_null(term);
			assert_true(owner_is_id(term) ||
				    strcmp(term->name, "tags") == 0);
		}
	for (size_t k = 0; k < vocabulary_count; k++)
		for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
			if (owner_is_id(&vocabulary[k]) &&
			    term_taken(&vocabulary[k], (enum action)i))
				assert_true(action_lists(
				    actions[i].assets, vocabulary[k].name));
}

/* Where something is wrong, each sound policy alone is still looked at. */
TEST(test_sound)
{
	bench_read(&b,
	    BEGIN "a = { action = \"destroy\"; limit = \"1/day\";\n"
		  "  allow = { public_id = \"u/**\"; }; };\n"
		  "b = { action = \"destroy\"; limit = \"1/week\";\n"
		  "  allow = { public_id = \"v/**\"; }; };\n"
		  "c = { action = \"token\"; set = { duration = 60;\n"
		  "  acl = \"/image/upload/u/*\"; }; };\n"
		  "d = { action = \"destroy\"; limit = \"1/day\";\n"
		  "  allow = { public_id = \"w/{user}/**\"; }; };" END);
	conf_policies(&b.l, b.root); /* there is no account */
	sandbox_hush(&b.box);
	assert_true(b.l.sound[0]);
	assert_false(b.l.sound[1]);
	assert_false(b.l.sound[2]);
	assert_true(b.l.sound[3]);
	owner_check_sound(&b.l);
	assert_int_equal(b.box.report.errors, 1);
	assert_true(sandbox_said(&b.box, "error 3: public_id = \"u/**\""));
}

AROUND(bench_open(&b), bench_close(&b));
