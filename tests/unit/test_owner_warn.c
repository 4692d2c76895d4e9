#include "test.h"

#include "policies.h"

static struct bench b;

#define BEGIN "policies = {\n"
#define END "\n};"
#define GUARD                                                                  \
	"set = { public_id = \"u/{user}\"; moderation = \"manual\"; "          \
	"allowed_formats = \"jpg\"; }; "
#define PLAIN "set = { public_id = \"u/{user}\"; upload_preset = \"s\"; }; "

static bool
said(const char *text, const char *what)
{
	assert_int_equal(policies_owned(&b, text), 0);
	return strstr(b.box.said, what) != NULL;
}

/* Right is silent about it, wrong is not. */
#define OPEN                                                                   \
	"a = { action = \"upload\"; anonymous = true; limit = \"5/hour\"; "    \
	"limit_total = \"9/day\"; "

TEST(test_anonymous)
{
	assert_true(said(BEGIN OPEN
	    "set = { public_id = \"in/{random}\"; overwrite = false; }; };" END,
	    "note 2: the policy \"a\" serves the plain contract, and not "
	    "paramsToSign: there the client makes the id"));
	assert_true(sandbox_said(
	    &b.box, "destroy, download, for what it names, which is new\n"));
	assert_null(strstr(b.box.said, "user's own"));
	assert_null(strstr(b.box.said, "any number of uploads"));
	assert_true(said(BEGIN OPEN
	    "shared_tags = true; set = { public_id = \"in/{random}\"; "
	    "overwrite = false; tags = \"in\"; }; };" END,
	    "warning 2: the policy \"a\" has shared_tags: everybody can "
	    "download"));
	/* Everybody are also those who have another policy. */
	assert_true(said(BEGIN
	    "g = { action = \"upload\"; users = \"x\"; " GUARD "};\n" OPEN
	    "set = { public_id = \"in/{random}\"; overwrite = false; }; };" END,
	    "warning 2: the policy \"g\" sets moderation, allowed_formats, but "
	    "every signature is also an upload, so that whoever may use a"));
}

/* What a limit means where one signature is good for many files. */
TEST(test_reusable)
{
	assert_true(said(BEGIN "a = { action = \"upload\"; reusable = true; "
			       "limit = \"5/hour\"; };" END,
	    "for 3600 seconds, so that its limit counts signatures, and not "
	    "files\n"));
	assert_true(
	    said(BEGIN "a = { action = \"upload\"; reusable = true; };" END,
		"for 3600 seconds\n"));
}

TEST(test_upload)
{
	assert_true(
	    said(BEGIN "a = { action = \"upload\";\nset = { public_id = "
		       "\"u/{user}\"; }; };" END,
		"warning 2: the policy \"a\" takes files of any kind"));
	assert_false(said(BEGIN "a = { action = \"upload\"; " GUARD "};" END,
	    "files of any kind"));
	assert_false(said(BEGIN "a = { action = \"upload\"; " PLAIN "};" END,
	    "files of any kind"));
	assert_true(
	    said(BEGIN "a = { action = \"upload\"; reusable = true; "
		       "allow = { allowed_formats = [ \"jpg\" ]; }; };" END,
		"files of any kind"));
	assert_true(strstr(b.box.said,
	    "note 2: one signature of the policy \"a\" is good for any number "
	    "of uploads, for 3600 seconds"));
	assert_false(said(BEGIN "a = { action = \"upload\"; " PLAIN "};" END,
	    "any number of uploads"));
	assert_true(
	    said(BEGIN "a = { action = \"upload\"; reusable = true; "
		       "shared_tags = true; set = { tags = \"a\"; }; };" END,
		"warning 2: the policy \"a\" has shared_tags: who may use it"));
	assert_false(said(BEGIN "a = { action = \"upload\"; reusable = true; "
				"shared_tags = true; };" END,
	    "has shared_tags"));
}

/* Two policies: the first guards, the second does not. */
static bool
around(const char *first, const char *second)
{
	static char text[2048];

	snprintf(text, sizeof(text),
	    "%sa = { action = \"upload\"; %s%s };\nb = { action = \"upload\"; "
	    "%s%s };%s",
	    BEGIN, GUARD, first, PLAIN, second, END);
	return said(text,
	    "warning 2: the policy \"a\" sets moderation, allowed_formats, but "
	    "every signature is also an upload, so that whoever may use b as "
	    "well can go around it");
}

TEST(test_around)
{
	assert_true(around("", ""));
	assert_true(strstr(b.box.said,
	    "warning 3: the policy \"b\" sets upload_preset, but every "
	    "signature is also an upload, so that whoever may use a as well"));
	assert_true(around("users = \"x\";", ""));
	assert_true(around("", "users = \"x\";"));
	assert_true(around("users = [ \"x\", \"y\" ];", "users = \"y\";"));
	assert_false(around("users = [ \"x\", \"y\" ];", "users = \"z\";"));
	assert_false(around("users = \"x\";", "deny_users = \"x\";"));
	assert_false(around("deny_users = \"x\";", "users = \"x\";"));
	assert_true(around("deny_users = \"x\";", "users = [ \"x\", \"y\" ];"));
	assert_false(around("users = [ ];", ""));
	assert_false(around("", "users = [ ];"));
	/* A claim can be a list that fits both. */
	assert_true(around("require = ( { claim = \"r\"; is = \"x\"; } );",
	    "require = ( { claim = \"r\"; is = \"y\"; } );"));
	assert_true(said(BEGIN "a = { action = \"upload\"; " GUARD "};\n"
			       "r = { action = \"destroy\"; limit = "
			       "\"60/hour\"; allow = { public_id "
			       "= \"u/{user}\"; }; };" END,
	    "whoever may use r as well"));
	assert_false(said(BEGIN "a = { action = \"upload\"; " GUARD "};\n"
				"b = { action = \"upload\"; " GUARD "};" END,
	    "can go around it"));
}

/* Another account's signature is of no use. */
TEST(test_accounts)
{
	static const struct cloud clouds[] = {
		{ .label = SPAN_INIT("main"), .cloud_name = SPAN_INIT("m") },
		{ .label = SPAN_INIT("other"), .cloud_name = SPAN_INIT("o") },
		{ .label = SPAN_INIT("again"), .cloud_name = SPAN_INIT("m") },
	};

	bench_read(&b, BEGIN
	    "a = { action = \"upload\"; cloud = \"main\"; " GUARD "};\n"
	    "b = { action = \"upload\"; cloud = \"other\"; " PLAIN "};" END);
	b.config.clouds = clouds;
	b.config.n_clouds = 3;
	conf_policies(&b.l, b.root);
	owner_check(&b.l);
	assert_int_equal(b.box.report.errors, 0);
	assert_null(strstr(b.box.said, "can go around it"));

	/* Another key of the same account is no other account. */
	bench_read(&b, BEGIN
	    "a = { action = \"upload\"; cloud = \"main\"; " GUARD "};\n"
	    "b = { action = \"upload\"; cloud = \"again\"; " PLAIN "};" END);
	b.config.clouds = clouds;
	b.config.n_clouds = 3;
	conf_policies(&b.l, b.root);
	owner_check(&b.l);
	assert_true(sandbox_said(&b.box, "can go around it"));
}

TEST(test_many)
{
	static char text[8192];
	char *p = text + sprintf(text, "%sa = { action = \"upload\"; %s};",
			     BEGIN, GUARD);

	for (int i = 0; i < 8; i++)
		p += sprintf(p, "b%d = { action = \"upload\"; %s};", i, PLAIN);
	strcpy(p, END);
	assert_true(said(text, "b6, b7 as well"));
	strcpy(p, "b8 = { action = \"upload\"; " PLAIN "};" END);
	assert_true(said(text, "b6, b7 and 1 more as well"));
}

TEST(test_services)
{
	assert_true(said(BEGIN "a = { action = \"upload\"; " PLAIN "};" END,
	    "note 2: a signature of the policy \"a\" also serves as explicit, "
	    "destroy, download, for what it names, which is the user's own"));
	assert_true(said(BEGIN "r = { action = \"destroy\"; limit = "
			       "\"60/hour\"; allow = { public_id "
			       "= \"u/{user}\"; }; };" END,
	    "also serves as upload (of any file), explicit, download, for what "
	    "it names, which is the user's own"));
	assert_true(
	    said(BEGIN "r = { action = \"destroy\"; limit = \"60/hour\"; "
		       "any_owner = true; "
		       "users = \"m\"; allow = { public_id = \"**\"; }; "
		       "};" END,
		"explicit, download, for what it names\n"));
	assert_true(said(BEGIN "a = { action = \"upload\"; reusable = true; "
			       "set = { tags = \"u_{user}\"; }; };" END,
	    "also serves as archive, for what it names, which is"));
	assert_true(
	    said(BEGIN "a = { action = \"upload\"; reusable = true; "
		       "shared_tags = true; set = { tags = \"u\"; }; };" END,
		"also serves as archive, for what it names\n"));
	assert_false(said(BEGIN "a = { action = \"upload\"; reusable = true; "
				"};" END,
	    "also serves as"));
}

#define DELIVER                                                                \
	"d = { action = \"deliver\"; set = { transformation = \"w_200\"; }; "  \
	"allow = { public_id = \"u/{user}/*\"; }; };\n"
#define VERIFY                                                                 \
	"v = { action = \"verify\"; allow = { public_id = \"u/{user}/*\"; }; " \
	"};\n"
#define HOOK "h = { action = \"verify\"; addresses = \"192.0.2.1\"; };\n"

/* What signs no call of the API is no upload, and no way around anything. */
TEST(test_no_calls)
{
	assert_false(said(BEGIN "a = { action = \"upload\"; " GUARD
				"};\n" DELIVER VERIFY HOOK END,
	    "can go around it"));
	assert_null(strstr(b.box.said, "\"d\" also serves"));
	assert_null(strstr(b.box.said, "\"v\" also serves"));
	assert_null(strstr(b.box.said, "\"h\" also serves"));
	assert_null(strstr(b.box.said, "\"h\" serves"));
	assert_true(
	    said(BEGIN "a = { action = \"upload\"; " GUARD "};\n"
		       "t = { action = \"tags\"; limit = \"9/hour\"; set "
		       "= { command = \"remove_all\"; public_ids = "
		       "\"u/{user}/a\"; }; };\n" DELIVER END,
		"so that whoever may use t as well can go around"));
	assert_true(sandbox_said(&b.box,
	    "the policy \"t\" also serves as upload (of any file), context, "
	    "archive, for what it names, which is the user's own\n"));
}

/* Not only uploads can share tags. */
TEST(test_shared_tags)
{
	assert_true(said(BEGIN
	    "z = { action = \"archive\"; limit = \"9/hour\"; "
	    "shared_tags = true; allow = { tags = \"text "
	    "9\"; }; };" END,
	    "warning 2: the policy \"z\" has shared_tags: who may use it can "
	    "download every asset that has one of its tags"));
	assert_false(
	    said(BEGIN "z = { action = \"archive\"; limit = \"9/hour\"; "
		       "allow = { tags = [ \"u_{user}\" ]; }; };" END,
		"has shared_tags"));
}

/* A tag that others have too: what shows all that has it shows theirs. */
TEST(test_tag)
{
#define LABEL                                                                  \
	"a = { action = \"tags\"; limit = \"1/day\"; set = { command = "       \
	"\"add\"; "
#define OWN "allow = { public_ids = \"u/{user}/**\"; "
	static const char what[] =
	    "warning 2: a signature of the policy \"a\" also serves as multi "
	    "and sprite, which show every image that has its tag, whoever's";

	assert_true(
	    said(BEGIN LABEL "}; " OWN "tag = \"text 9\"; }; };" END, what));
	assert_true(said(BEGIN LABEL "}; " OWN
				     "tag = [ \"t_{user}\", \"x\" ]; }; };" END,
	    what));
	assert_true(said(BEGIN LABEL "tag = \"x\"; }; " OWN "}; };" END, what));
	/* Only the user's own have it. */
	assert_false(said(BEGIN LABEL "tag = \"t_{user}\"; }; " OWN "}; };" END,
	    "multi and sprite"));
	assert_false(
	    said(BEGIN LABEL "}; " OWN "tag = [ \"t_{user}\" ]; }; };" END,
		"multi and sprite"));
	/* No tag at all, and those who may touch all of them anyway. */
	assert_false(said(BEGIN
	    "a = { action = \"tags\"; limit = \"1/day\"; set = { command = "
	    "\"remove_all\"; }; " OWN "}; };" END,
	    "multi and sprite"));
	assert_false(said(BEGIN LABEL "}; any_owner = true; users = \"m\"; " OWN
				      "tag = \"text 9\"; }; };" END,
	    "multi and sprite"));
#undef LABEL
#undef OWN
}

/* A folder by itself, with no id behind it. */
TEST(test_folders)
{
#define INTO "a = { action = \"upload\"; reusable = true;\nallow = { "
	static const char what[] = "one user can put files into another's";

	assert_true(said(BEGIN INTO "folder = \"**\"; }; };" END,
	    "warning 3: folder = \"**\": one user can put files into "
	    "another's folder: write \"users/{user}/**\", or name"));
	assert_true(said(BEGIN INTO
	    "asset_folder = [ \"all\", \"u/*/{user}\" ]; }; };" END,
	    "warning 3: asset_folder = \"u/*/{user}\": one user can put"));
	/* One's own, one that is named, and whoever may touch all. */
	assert_false(
	    said(BEGIN INTO "folder = [ \"u/{user}/**\", \"all\" ]; }; };" END,
		what));
	assert_false(said(BEGIN
	    "a = { action = \"upload\"; reusable = true; users = \"m\"; "
	    "any_owner = true; allow = { folder = \"**\"; }; };" END,
	    what));
#undef INTO
}

AROUND(bench_open(&b), bench_close(&b));
