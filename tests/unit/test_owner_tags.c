#include "test.h"

#include "owning.h"
#include "policies.h"

static struct bench b;
static struct deciding d;

#define BEGIN "policies = {\n"
#define END "\n};"
#define UP "a = { action = \"upload\"; "
#define AN "anonymous = true; limit = \"9/hour\"; "
#define FRESH "public_id = \"in/{random}\"; overwrite = false; "
#define RE "reusable = true; "

TEST(test_tags)
{
	static const struct twin twins[] = {
		{ UP RE "set = {\ntags = \"user_{user}\"; }; };",
		    UP RE "set = {\ntags = \"avatar\"; }; };",
		    "error 3: tags = \"avatar\": the signature would also "
		    "download" },
		{ UP RE "set = { tags = \"u{user_hash}\"; }; };",
		    UP RE "set = { tags = \"{user_hash}\"; }; };",
		    "tags = \"{user_hash}\": the signature" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{user}x\"; }; };",
		    "tags = \"u{user}x\": the signature" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{claim.a}\"; }; };",
		    "tags = \"u{claim.a}\": the signature" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{user},b\"; }; };",
		    "tags = \"b\": the signature" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{user},b{user}\"; }; };",
		    "tags = \"b{user}\", and the policy \"a\" has "
		    "\"u{user}\"" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{user},u{user_hash}\"; }; };",
		    "tags = \"u{user_hash}\", and the policy" },
		{ UP RE "allow = { tags = [ \"u{user}\" ]; }; };",
		    UP RE "allow = { tags = [ \"u{user}\", \"a\" ]; }; };",
		    "tags = \"a\": the signature" },
		{ UP RE
		    "shared_tags = true; allow = {\ntags = \"text 9\"; }; };",
		    UP RE "allow = {\ntags = \"text 9\"; }; };",
		    "error 3: tags of a client's choice" },
		{ UP RE "shared_tags = true; set = { tags = \"b\"; }; };",
		    UP RE "shared_tags = false; set = { tags = \"b\"; }; };",
		    "tags = \"b\": the signature" },
		/* two policies, one form */
		{ UP RE "set = { tags = \"x_{user}\"; }; };\nx = { action = "
			"\"upload\"; " RE "set = { tags = \"{policy}_{user}\"; "
			"}; };",
		    UP RE "set = { tags = \"x_{user}\"; }; };\ny = { action = "
			  "\"upload\"; " RE "set = { tags = "
			  "\"{policy}_{user}\"; }; };",
		    "error 3: tags = \"{policy}_{user}\", and the policy \"a\" "
		    "has" },
		{ UP RE "set = { tags = \"x_{user}\"; }; };\ny = { action = "
			"\"upload\"; " RE "shared_tags = true; set = { tags = "
			"\"y_{user}\"; }; };",
		    UP RE "set = { tags = \"x_{user}\"; }; };\ny = { action = "
			  "\"upload\"; " RE
			  "allow = { tags = [ \"y_{user}\" ]; "
			  "}; };",
		    "error 3: tags = \"y_{user}\", and the policy" },
		/* without a session there is no user to name */
		{ UP AN "shared_tags = true; set = { " FRESH "tags = \"b\"; }; "
			"};",
		    UP AN "set = { " FRESH "tags = \"b\"; }; };",
		    "whoever's they are; say shared_tags = true" },
		{ UP AN "shared_tags = true; set = { " FRESH " }; allow = { "
			"tags = \"text 9\"; }; };",
		    UP AN "set = { " FRESH " }; allow = { tags = \"text 9\"; "
			  "}; };",
		    "tags of a client's choice" },
		/* moderators' ids are no reason for shared tags */
		{ UP RE "any_owner = true; users = \"m\"; shared_tags = true; "
			"set = { tags = \"b\"; }; };",
		    UP RE "any_owner = true; users = \"m\"; set = { tags = "
			  "\"b\"; }; };",
		    "tags = \"b\": the signature" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
}

#define EXPLICIT "a = { action = \"explicit\"; limit = \"9/hour\"; "
#define ARCHIVE "a = { action = \"archive\"; limit = \"9/hour\"; "
#define KNOWN "set = { type = \"upload\"; public_id = \"u/{user}/a\"; "

/* Whatever else takes tags. */
TEST(test_other_actions)
{
	static const struct twin twins[] = {
		{ EXPLICIT KNOWN "tags = \"u_{user}\"; }; };",
		    EXPLICIT KNOWN "tags = \"cat\"; }; };",
		    "error 2: tags = \"cat\": the signature would also "
		    "download" },
		{ EXPLICIT "shared_tags = true; " KNOWN
			   "}; allow = { tags = \"text 9\"; }; };",
		    EXPLICIT KNOWN "}; allow = { tags = \"text 9\"; }; };",
		    "tags of a client's choice" },
		{ ARCHIVE "set = { tags = \"u_{user}\"; }; };",
		    ARCHIVE "set = { tags = \"cat\"; }; };",
		    "error 2: tags = \"cat\"" },
		{ ARCHIVE "allow = { tags = [ \"u_{user}\" ]; }; };",
		    ARCHIVE "allow = { tags = [ \"u_{user}\", \"cat\" ]; }; };",
		    "tags = \"cat\"" },
		{ ARCHIVE "shared_tags = true; allow = { tags = [ \"cat\" ]; "
			  "}; };",
		    ARCHIVE "any_owner = true; users = \"m\"; allow = { tags = "
			    "[ \"cat\" ]; }; };",
		    "tags = \"cat\"" },
		/* what an archive is given names nothing */
		{ ARCHIVE "set = { tags = \"u_{user}\"; target_tags = "
			  "\"zip\"; }; };",
		    ARCHIVE "set = { tags = \"zip\"; target_tags = "
			    "\"u_{user}\"; }; };",
		    "tags = \"zip\"" },
		/* one form for all actions */
		{ ARCHIVE "set = { tags = \"u_{user}\"; }; };\nb = { action = "
			  "\"upload\"; " RE
			  "set = { tags = \"u_{user}\"; }; };",
		    ARCHIVE "set = { tags = \"u_{user}\"; }; };\nb = { action "
			    "= \"upload\"; " RE
			    "set = { tags = \"v_{user}\"; }; };",
		    "error 3: tags = \"v_{user}\", and the policy \"a\" has" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
}

#define TAGS                                                                   \
	"a = { action = \"tags\"; limit = \"9/hour\"; allow = { public_ids = " \
	"\"u/{user}/*\"; "

/* The tag that set_exclusive takes away elsewhere. */
TEST(test_commands)
{
	static const struct twin twins[] = {
		{ TAGS "command = [ \"add\" ]; tag = \"text 9\"; }; };",
		    TAGS "\ncommand = [ \"add\", \"set_exclusive\" ]; tag = "
			 "\"text 9\"; }; };",
		    "error 3: command = \"set_exclusive\" would take the tag "
		    "away from all assets that public_ids does not name" },
		{ TAGS "}; set = { command = \"set_exclusive\"; tag = "
		       "\"u_{user}\"; }; };",
		    TAGS "}; set = { command = \"set_exclusive\"; tag = "
			 "\"cover\"; }; };",
		    "write tag = [ \"user_{user}\" ], or another command" },
		/* the form of the configuration */
		{ TAGS "}; set = { command = \"set_exclusive\"; tag = "
		       "\"u_{user}\"; }; };\nb = { action = \"upload\"; " RE
		       "set = { tags = \"u_{user}\"; }; };",
		    TAGS "}; set = { command = \"set_exclusive\"; tag = "
			 "\"u_{user}\"; }; };\nb = { action = \"upload\"; " RE
			 "set = { tags = \"u_x_{user}\"; }; };",
		    "error 3: tags = \"u_x_{user}\", and the policy \"a\" "
		    "has \"u_{user}\"" },
		{ UP RE "set = { tags = \"u_{user}\"; }; };\nb = { action = "
			"\"tags\"; limit = \"9/hour\"; set = { public_ids = "
			"\"u/{user}/a\"; command = \"set_exclusive\"; tag = "
			"\"u_{user}\"; }; };",
		    UP RE "set = { tags = \"u_{user}\"; }; };\nb = { action = "
			  "\"tags\"; limit = \"9/hour\"; set = { public_ids = "
			  "\"u/{user}/a\"; command = \"set_exclusive\"; tag = "
			  "\"v_{user}\"; }; };",
		    "error 3: tag = \"v_{user}\", and the policy \"a\" has "
		    "\"u_{user}\": one user's tag could be another's; use one "
		    "form everywhere, or say any_owner = true" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
	/* Without a tag there is nothing to take away. */
	assert_int_equal(
	    policies_owned(&b, BEGIN TAGS
		"command = [ \"set_exclusive\", \"remove_all\" ]; }; };" END),
	    0);
}

/* set_exclusive reaches assets that public_ids does not name. */
static const struct {
	const char *text; /* what stands between set and allow: "|" */
	bool right;
} exclusive[] = {
	{ "command = \"set_exclusive\"; tag = \"user_{user}\";|", true },
	{ "command = \"set_exclusive\"; tag = \"user_{user_hash}\";|", true },
	{ "command = \"set_exclusive\"; tag = \"cat\";|", false },
	{ "command = \"set_exclusive\"; tag = \"cat,user_{user}\";|", false },
	{ "command = \"set_exclusive\"; tag = \"user_{user}x\";|", false },
	{ "command = \"set_exclusive\"; tag = \"{user}\";|", false },
	{ "command = \"set_exclusive\"; tag = \"user_{claim.sub}\";|", false },
	{ "command = \"set_exclusive\";|tag = [ \"user_{user}\" ];", true },
	{ "command = \"set_exclusive\";|tag = [ \"user_{user}\", \"cat\" ];",
	    false },
	{ "command = \"set_exclusive\";|tag = \"text 20\";", false },
	{ "tag = \"user_{user}\";|command = [ \"add\", \"set_exclusive\" ];",
	    true },
	{ "tag = \"cat\";|command = [ \"add\", \"set_exclusive\" ];", false },
	{ "tag = \"cat\";|command = [ \"add\", \"remove\", \"replace\", "
	  "\"remove_all\" ];",
	    true },
	{ "|command = [ \"add\", \"set_exclusive\" ]; tag = \"text 20\";",
	    false },
	{ "|command = [ \"add\", \"set_exclusive\" ]; tag = [ "
	  "\"user_{user}\" ];",
	    true },
	{ "command = \"add\";|tag = \"text 20\";", true },
	{ "command = \"add\";|tag = \"text 20 x5\";", true },
	{ "command = \"replace\"; tag = [ \"a\", \"b\" ];|", true },
	{ "command = \"set_exclusive\"; tag = \"user_{user}\";|", true },
	{ "command = \"set_exclusive\"; tag = \"user_{user},cat\";|", false },
	{ "command = \"set_exclusive\";|tag = \"text 20 x5\";", false },
};

static bool
loads_command(const char *text, const char *flags)
{
	struct span_cut cut = span_cut(span_of(text), '|');
	char policy[2048];

	snprintf(policy, sizeof(policy),
	    "p = { action = \"tags\"; limit = \"60/hour\"; lifetime = 3600; "
	    "%s\nset = { public_ids = \"users/{user}/x\"; %.*s };\n"
	    "allow = { %s }; };",
	    flags, (int)cut.head.n, text, (const char *)cut.tail.p);
	return owning_load(&d, policy);
}

/* Sends this command, and each tag. */
static unsigned
ask_exclusive(const char *command, const char *user)
{
	const struct term *tag = term_find(SPAN_LIT("tag"));
	unsigned n = 0;
	char value[512];

	for (size_t k = 0; owning_value(k, tag, user, value); k++)
		for (unsigned send = 0; send < 4; send++) {
			d.params.n = 0;
			if (send & 1)
				deciding_send(&d, "command", command);
			if (send & 2)
				deciding_send(&d, "tag", value);
			if (!deciding_ask(&d, "p", CONTRACT_PLAIN) ||
			    !span_is(grant_value(&d.grant, "command"),
				"set_exclusive"))
				continue;
			n++;
			if (!owning_all(&d.grant, "tag", user))
				fail_msg(
				    "%s: %s", owning_text, deciding_string(&d));
		}
	return n;
}

TEST(exclusive_tags)
{
	unsigned n = 0;

	owning_user(&d, "alice");
	for (size_t i = 0; i < sizeof(exclusive) / sizeof(exclusive[0]); i++) {
		const char *text = exclusive[i].text;

		if (loads_command(text, "") != exclusive[i].right)
			fail_msg("%s: %s", owning_text, d.box.said);
		if (exclusive[i].right)
			n += ask_exclusive("set_exclusive", "alice");
		if (!loads_command(
			text, "any_owner = true; users = \"alice\";"))
			fail_msg("%s: %s", owning_text, d.box.said);
	}
	assert_true(n >= 5);
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
