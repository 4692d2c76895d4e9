#include "test.h"

#include "policies.h"
#include "policy/conf_policy.h"

static struct bench b;

#define UPLOAD                                                                 \
	"policies = { p = { action = \"upload\"; set = { moderation = "        \
	"\"manual\";"                                                          \
	" tags = \"a\"; context = { own = \"x\"; }; };\nallow = {\n"
#define DESTROY                                                                \
	"policies = { p = { action = \"destroy\"; limit = \"60/hour\"; set = " \
	"{ public_id = \"a\"; "                                                \
	"};"                                                                   \
	"\nallow = {\n"
#define END "\n}; }; };"

TEST(test_upload)
{
	static const struct twin twins[] = {
		{ "source = \"text 9\";", "sorce = \"text 9\";",
		    "error 3: \"sorce\" is no parameter of upload: did you "
		    "mean "
		    "\"source\"?" },
		{ "source = \"text 9\";", "source = \"txt 9\";",
		    "error 3: \"txt 9\" is no rule for source" },
		{ "", "timestamp = \"int 1..2\";",
		    "timestamp can stand neither" },
		{ "", "eval = [ \"a\" ];",
		    "error 3: eval can't stand in allow, since what it does" },
		{ "type = [ \"private\" ];", "type = \"text 9\";",
		    "\"text 9\" is no rule for type" },
		{ "visual_search = [ true ];", "visual_search = \"bool\";",
		    "\"bool\" is no rule for visual_search" },
		{ "resource_type = [ \"image\", \"raw\" ];",
		    "resource_type = ( \"image\",\n\"row\" );",
		    "error 4: resource_type = \"row\": there are" },
		{ "", "moderation = [ \"manual\" ];",
		    "error 3: moderation stands in set already" },
		{ "tags = \"text 9\";", "tags = \"text 9 3\";", "is no rule" },
		{ "context = { other = \"text 9\"; };",
		    "context = { own = \"text 9\"; };",
		    "error 3: the key \"own\" of context stands in set" },
		{ "metadata = { own = \"text 9\"; };", "metadata = \"text 9\";",
		    "metadata has a rule for each key" },
	};

	assert_true(policies_twins(
	    &b, policies_read, UPLOAD, twins, TWINS_COUNT(twins), END));
}

TEST(test_destroy)
{
	static const struct twin twins[] = {
		{ "invalidate = \"bool\";", "overwrite = \"bool\";",
		    "\"overwrite\" is no parameter of destroy" },
		{ "resource_type = [ \"raw\" ];",
		    "resource_type = [ \"auto\" ];",
		    "resource_type = \"auto\": there are" },
		{ "", "public_id = \"a/**\";",
		    "public_id stands in set already" },
	};

	assert_true(policies_twins(
	    &b, policies_read, DESTROY, twins, TWINS_COUNT(twins), END));
}

/* Reads `set` and `allow` alone, of a policy for this action. */
static unsigned
both_of(const char *text, enum action action)
{
	struct policy policy = { .name = SPAN_LIT("p"), .action = action };

	bench_read(&b, text);
	conf_set(&b.l, b.root, &policy);
	conf_allow(&b.l, b.root, &policy);
	return b.box.report.errors;
}

static unsigned
archive_of(struct bench *bench, const char *text)
{
	(void)bench;
	return both_of(text, ACTION_ARCHIVE);
}

static unsigned
token_of(struct bench *bench, const char *text)
{
	(void)bench;
	return both_of(text, ACTION_TOKEN);
}

static unsigned
deliver_of(struct bench *bench, const char *text)
{
	(void)bench;
	return both_of(text, ACTION_DELIVER);
}

TEST(test_archive)
{
	static const struct twin twins[] = {
		{ "prefixes = \"a/{user}/\";", "prefixes = \"a/{user}\";",
		    "a prefix ends in \"/\"" },
		{ "prefixes = \"a/{user}/\";", "public_ids = \"a/{user}\";",
		    "public_ids stands in set already" },
		{ "target_tags = \"text 9 x2\";", "target_tags = \"a\";",
		    "is no rule for target_tags" },
		{ "mode = [ \"download\" ];", "mode = [ \"downloads\" ];",
		    "did you mean \"download\"?" },
		{ "resource_type = [ \"all\" ];",
		    "resource_type = [ \"auto\" ];", "there are \"image\"" },
		{ "", "expires_at = \"int 1..2\";",
		    "signpost writes it; see lifetime" },
		{ "", "version = \"int 1..2\";", "of an upload's answer" },
	};

	assert_true(policies_twins(&b, archive_of,
	    "set = { public_ids = \"a/{user}\"; };\nallow = {\n", twins,
	    TWINS_COUNT(twins), "\n};"));
}

TEST(test_token)
{
	static const struct twin twins[] = {
		{ "acl = [ \"/a/{user}/*\" ];", "acl = \"/a/{user}/*\";",
		    "write a list of the values permitted" },
		{ "acl = [ \"/a/{user}/*\" ];", "acl = [ \"a/{user}/*\" ];",
		    "acl = \"a/{user}/*\": a path begins" },
		{ "url = \"/a/{user}/*\";", "url = \"a/{user}/*\";",
		    "a path begins" },
		{ "duration = \"int 1..60\";", "duration = \"int 0..60\";",
		    "duration can't be less than 1" },
		{ "duration = [ 60 ];", "duration = [ 0 ];",
		    "duration can't be less than 1" },
		{ "", "ip = [ \"192.0.2.7\" ];", "ip can't stand in allow" },
	};

	assert_true(policies_twins(
	    &b, token_of, "allow = {\n", twins, TWINS_COUNT(twins), "\n};"));
}

TEST(test_deliver)
{
	static const struct twin twins[] = {
		{ "transformation = [ \"\" ];", "transformation = \"text 9\";",
		    "write a list of the values" },
		{ "transformation = [ \"w_200\", \"\" ];",
		    "transformation = [ \"wide\" ];",
		    "transformation = \"wide\": " },
		{ "version = \"int 0..9\";", "version = \"int -1..9\";",
		    "version can't be less than 0" },
		{ "format = [ \"jpg\" ];", "format = [ \"jpg\", \".png\" ];",
		    "format = \".png\": a format is" },
		{ "type = [ \"private\" ];", "type = [ \"fetch\" ];",
		    "type = \"fetch\": there are" },
	};

	assert_true(policies_twins(
	    &b, deliver_of, "allow = {\n", twins, TWINS_COUNT(twins), "\n};"));
}

/* Each row of the vocabulary, by who may send it. */
TEST(test_senders)
{
	char text[256];

	for (size_t i = 0; i < vocabulary_count; i++) {
		const struct term *term = &vocabulary[i];
		bool listed = term->sender == SENDER_LISTED ||
			      term->sender == SENDER_CLIENT;

		if (term->type == TERM_GROUP ||
		    !term_taken(term, ACTION_UPLOAD))
			continue;
		snprintf(text, sizeof(text),
		    "policies = { p = { action = \"upload\"; allow = { %s = [ "
		    "%s ]; }; }; };",
		    term->name, term->type == TERM_BOOL ? "true" : "\"image\"");
		assert_int_equal(policies_read(&b, text), !listed);
	}
}

TEST(test_result)
{
	const struct policy *p;

	assert_int_equal(
	    policies_read(&b, UPLOAD "tags = \"text 9\";\n"
				     "public_id = \"a/{user}\";" END),
	    0);
	p = &b.config.policies[0];
	assert_int_equal(p->n_allow, 2);
	assert_string_equal(p->allow[0].term->name, "public_id");
	assert_int_equal(p->allow[0].line, 4);
	assert_int_equal(p->allow[0].rule.kind, RULE_PATTERNS);
	assert_string_equal(p->allow[1].term->name, "tags");
	assert_int_equal(p->allow[1].line, 3);
	assert_int_equal(p->allow[1].rule.kind, RULE_TEXT);
}

/* Appends up to n names that this sender may send, or only the others. */
static size_t
add_names(char *text, size_t n, bool policy)
{
	size_t done = 0;

	for (size_t i = 0; i < vocabulary_count && done < n; i++) {
		const struct term *term = &vocabulary[i];

		if (!term_taken(term, ACTION_UPLOAD) ||
		    term->sender == SENDER_NOBODY || term->type == TERM_GROUP ||
		    (term->sender == SENDER_POLICY) != policy)
			continue;
		text += sprintf(text, policy ? "%s = %s; " : "%s = [ %s ]; ",
		    term->name, term->type == TERM_BOOL ? "true" : "\"image\"");
		done++;
	}
	return done;
}

/* n names in set and allow together. */
static unsigned
names(size_t n)
{
	static char text[8192];
	size_t done;

	strcpy(text, "policies = { p = { action = \"upload\"; set = { "
		     "context = \"a=b\"; ");
	done = 1 + add_names(text + strlen(text), n, true);
	strcat(text, "}; allow = { ");
	done += add_names(text + strlen(text), n - done, false);
	strcat(text, "}; }; };");
	assert_int_equal(done, n);
	return policies_read(&b, text);
}

TEST(test_count)
{
	assert_int_equal(names(PARAMS_MAX - 2), 0);
	assert_int_equal(names(PARAMS_MAX - 1), 0);
	assert_int_equal(names(PARAMS_MAX), 1);
	assert_true(sandbox_said(&b.box, "set and allow name 64 parameters"));
}

AROUND(bench_open(&b), bench_close(&b));
