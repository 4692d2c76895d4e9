#include "test.h"

#include "owning.h"
#include "policies.h"
#include "policy/owner.h"

static struct bench b;
static struct deciding d;

#define BEGIN "policies = {\n"
#define END "\n};"

/* What was shown, as lines "name source" and the mistake behind a "!". */
static char shown[4096];

static void
see(struct loader *l, const struct owner_id *one, void *with)
{
	struct sink out;

	assert_ptr_equal(l, &b.l);
	assert_ptr_equal(with, shown);
	assert_ptr_equal(one->policy, b.config.policies);
	sink_init(&out, (unsigned char *)shown, sizeof(shown) - 1);
	out.n = strlen(shown);
	sink_say(&out, "%d %s %v%s%v\n", (long long)one->line, one->term->name,
	    one->id == NULL ? one->source : one->id->source,
	    one->id == NULL ? " !" : "", one->missing);
	shown[out.n] = '\0';
	if (one->id != NULL) {
		assert_true(pattern_owned(one->id, NULL));
		assert_true(span_ends(one->id->source, one->source));
		/* without what stands around the id */
		assert_true(
		    one->id->segments[0].text.n == 1 &&
		    span_is(one->id->segments[0].text.pieces[0].text, "u"));
	}
}

static const char *
show(const char *text)
{
	static const unsigned char key[1];
	static const struct cloud cloud = { .cloud_name = SPAN_INIT("demo"),
		.token_key = (const struct hmac_key *)(const void *)key };

	bench_read(&b, text);
	policies_site(&b.config);
	b.config.clouds = &cloud;
	conf_policies(&b.l, b.root);
	if (b.box.report.errors != 0)
		fail_msg("%s", b.box.said);
	shown[0] = '\0';
	owner_each_id(&b.l, b.config.policies, see, shown);
	return shown;
}

TEST(test_shown)
{
	assert_string_equal(
	    show(BEGIN
		"a = { action = \"rename\"; limit = \"9/hour\"; set = "
		"{\nto_public_id = \"u/{user}/x\"; }; allow = "
		"{\nfrom_public_id = [ \"u/{user}/*\", \"u/{user}\" ]; }; "
		"};" END),
	    "3 to_public_id u/{user}/x\n4 from_public_id u/{user}/*\n"
	    "4 from_public_id u/{user}\n");
	assert_string_equal(
	    show(BEGIN
		"a = { action = \"archive\"; limit = \"9/hour\"; set = "
		"{ public_ids = [ \"u/{user}/x\", \"u/{user}/y\" ]; "
		"tags = \"cat\"; target_public_id = \"u/{user}/z\"; }; "
		"allow = { prefixes = \"u/{user}/\"; "
		"fully_qualified_public_ids = "
		"\"image/upload/u/{user}/*\"; target_tags = [ \"a\" ]; }; "
		"};" END),
	    "2 public_ids u/{user}/x\n2 public_ids u/{user}/y\n"
	    "2 target_public_id u/{user}/z\n"
	    "2 fully_qualified_public_ids image/upload/u/{user}/*\n"
	    "2 prefixes u/{user}/\n");
	assert_string_equal(
	    show(BEGIN "a = { action = \"token\"; set = { duration = 60; acl = "
		       "[ \"/image/upload/u/{user}/*\", "
		       "\"/demo/video/private/w_200/v1/u/{user}/*\" ]; }; "
		       "};" END),
	    "2 acl /image/upload/u/{user}/*\n"
	    "2 acl /demo/video/private/w_200/v1/u/{user}/*\n");
	assert_string_equal(
	    show(BEGIN "a = { action = \"token\"; set = { duration = 60; }; "
		       "allow = { url = \"/image/upload/u/{user}/**\"; }; "
		       "};" END),
	    "2 url /image/upload/u/{user}/**\n");
	assert_string_equal(
	    show(BEGIN "a = { action = \"upload\"; set = { folder = \"x\"; "
		       "tags = \"a\"; }; };" END),
	    "");
}

/* The mistake of each that is nobody's. */
TEST(test_missing)
{
	assert_non_null(strstr(
	    show(BEGIN "a = { action = \"archive\"; limit = \"9/hour\"; "
		       "allow = { prefixes = [ \"u/{user}/\", \"u/*/\" ]; }; "
		       "};" END),
	    "2 prefixes u/{user}/\n2 prefixes u/*/ !a segment of its own"));
	assert_non_null(strstr(
	    show(
		BEGIN "a = { action = \"archive\"; limit = \"9/hour\"; set = { "
		      "fully_qualified_public_ids = "
		      "\"image/upload/{user}/u\"; }; };" END),
	    "image/upload/{user}/u !its first segment must be"));
	assert_non_null(strstr(
	    show(BEGIN "a = { action = \"token\"; set = { duration = 60; }; "
		       "allow = { url = \"/image/*/u/{user}/x\"; }; };" END),
	    "url /image/*/u/{user}/x !it must name a resource type"));
	assert_non_null(strstr(
	    show(BEGIN "a = { action = \"token\"; set = { duration = 60; }; "
		       "allow = { acl = [ \"/raw/upload/*\" ]; }; };" END),
	    "acl /raw/upload/* !"));
}

/* A client's folder counts where a public_id can stand behind it. */
TEST(test_carriers)
{
#define UP "a = { action = \"upload\"; reusable = true; "
	assert_string_equal(
	    show(BEGIN UP "allow = { folder = \"u/{user}\"; asset_folder = "
			  "\"*\"; public_id = \"u/{user}/*\"; }; };" END),
	    "2 folder u/{user}\n2 public_id u/{user}/*\n");
	assert_string_equal(
	    show(BEGIN UP "allow = { folder = \"*\"; asset_folder = \"*\"; }; "
			  "};" END),
	    "");
	assert_string_equal(
	    show(BEGIN UP "set = { use_asset_folder_as_public_id_prefix = "
			  "true; }; allow = { asset_folder = \"u/{user}\"; "
			  "public_id = \"u/{user}/*\"; }; };" END),
	    "2 asset_folder u/{user}\n2 public_id u/{user}/*\n");
	assert_string_equal(
	    show(BEGIN UP "set = { use_asset_folder_as_public_id_prefix = "
			  "false; }; allow = { asset_folder = \"*\"; "
			  "public_id = \"u/{user}/*\"; }; };" END),
	    "2 public_id u/{user}/*\n");
}

/* One that the policy sets is looked at with each id behind it. */
TEST(carried_ids)
{
	assert_string_equal(
	    show(BEGIN "a = { action = \"upload\"; set = { folder = "
		       "\"u/{user}\"; asset_folder = \"u\"; "
		       "public_id_prefix = \"u\"; public_id = "
		       "\"u/{user}/x\"; }; };" END),
	    "2 public_id u/{user}/x\n2 public_id u/{user}/u/{user}/x\n"
	    "2 public_id u/u/{user}/x\n");
	assert_string_equal(
	    show(
		BEGIN "a = { action = \"explicit\"; limit = \"9/hour\"; set = "
		      "{ type = \"upload\"; asset_folder = \"u/b\"; "
		      "use_asset_folder_as_public_id_prefix = true; }; allow = "
		      "{ public_id = [ \"u/{user}/*\", \"u/{user}\" ]; }; "
		      "};" END),
	    "2 public_id u/{user}/*\n2 public_id u/b/u/{user}/*\n"
	    "2 public_id u/{user}\n2 public_id u/b/u/{user}\n");
	/* what is nobody's by itself is not looked at again */
	assert_non_null(
	    strstr(show(BEGIN "a = { action = \"upload\"; set = { folder = "
			      "\"u/{user}\"; public_id = \"x\"; }; };" END),
		"2 public_id x !a segment"));
	assert_null(strstr(shown, "u/{user}/x"));
}

/* A folder may come before the id, so a client's must be its own as well. */
TEST(folders)
{
	static const char *const forms[] = { "users/{user}", "users/{user}/*",
		"users/{user}/**", "users/{user_hash}/a", "mine/{user}/a",
		"things/{claim.sub}", "users", "users/*", "users/bob", "*",
		"**", "{user}/*", "users/x{user}/*", "users/*/{user}",
		"mine/x/{user}", "mine/{user_hash}",
		"users/{user}\", \"users/team/{user}/*",
		"users/{user}\", \"users/bob" };
	const struct term *folder = term_find(SPAN_LIT("folder"));
	unsigned taken = 0, refused = 0;

	for (size_t i = 0; i < 2 * sizeof(forms) / sizeof(forms[0]); i++) {
		const char *action = i % 2 == 0 ? "upload" : "explicit";
		char text[2048], value[512];

		snprintf(text, sizeof(text),
		    "p = { action = \"%s\"; limit = \"9/hour\"; lifetime = "
		    "3600;\nset = { %s public_id = \"mine/{user}/b\"; };\n"
		    "allow = { folder = [ \"%s\" ]; }; };",
		    action, i % 2 == 0 ? "" : "type = \"upload\";",
		    forms[i / 2]);
		if (!owning_load(&d, text)) {
			refused++;
			continue;
		}
		taken++;
		owning_user(&d, "u1");
		owning_plain.n = 0;
		for (size_t k = 0; owning_value(k, folder, "u1", value); k++)
			for (int way = OWNING_ONE; way <= OWNING_FINAL; way++)
				if (owning_ask(&d, "p", folder, value, "u1",
					(enum owning_way)way) &&
				    !owning_all(&d.grant, "folder", "u1"))
					fail_msg("%s: %s", owning_text,
					    deciding_string(&d));
	}
	assert_true(taken >= 10);
	assert_true(refused >= 20);
}

static int
open_group(void **state)
{
	(void)state;
	bench_open(&b);
	deciding_open(&d, "p = { action = \"upload\"; reusable = true; };");
	return 0;
}

static int
close_group(void **state)
{
	(void)state;
	deciding_close(&d);
	bench_close(&b);
	return 0;
}

GROUP(open_group, close_group);
