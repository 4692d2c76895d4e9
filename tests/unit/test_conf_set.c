#include "test.h"

#include "policies.h"
#include "policy/conf_policy.h"

static struct bench b;

#define UPLOAD "policies = { p = { action = \"upload\"; set = {\n"
#define DESTROY                                                                \
	"policies = { p = { action = \"destroy\"; limit = \"60/hour\"; allow " \
	"= { public_id = "                                                     \
	"\"a\"; };"                                                            \
	" set = {\n"
#define END "\n}; }; };"

TEST(test_upload)
{
	static const struct twin twins[] = {
		{ "overwrite = false;", "overwrit = false;",
		    "error 2: \"overwrit\" is no parameter of upload: did "
		    "you" },
		{ "overwrite = false;", "overwrite = \"false\";",
		    "error 2: overwrite takes true or false" },
		{ "eval = \"a&b\";", "eval = \"\";", "eval is empty here" },
		{ "eval = \"a\";", "file = \"a\";",
		    "file can stand neither in set nor in allow: the client" },
		{ "", "\ntimestamp = 1;", "error 3: timestamp can stand" },
		{ "", "version = \"1\";", "version can stand neither" },
		{ "resource_type = \"auto\";", "resource_type = \"all\";",
		    "resource_type = \"all\": there are" },
		{ "public_id = \"a/{user}/{random}.jpg\";",
		    "public_id = \"a/{user}//{random}.jpg\";",
		    "public_id = \"a/{user}//{random}.jpg\": " },
		{ "public_id = \"a/{date}\";", "public_id = \"a/{ip}\";",
		    "{ip} can't stand" },
		{ "public_id = \"a/b\";", "public_id = \"a/*\";",
		    "\"*\" and \"**\" say what a client may send" },
		{ "folder = \"a/b\";", "folder = \"a/**\";",
		    "folder = \"a/**\": \"*\" and" },
		{ "folder = \"a\";", "folder = \"/a\";", "folder = \"/a\": " },
		{ "folder = \"a\";", "folder = [ \"a\" ];",
		    "folder takes text in quotes" },
		{ "moderation = \"{claim.m}\";", "moderation = \"{claims.m}\";",
		    "{claims.m} is unknown" },
		{ "tags = \"a,b\";", "tags = \"a,a\";",
		    "tags has \"a\" twice" },
		{ "metadata = { a = 1; };", "metadata = { a = 1.0; };",
		    "metadata takes a text, a whole number" },
		{ "context = \"a=b\";", "context = \"a=b\"; moderation = 1;",
		    "moderation takes text" },
	};

	assert_true(policies_twins(
	    &b, policies_read, UPLOAD, twins, TWINS_COUNT(twins), END));
}

TEST(test_destroy)
{
	static const struct twin twins[] = {
		{ "invalidate = true;", "overwrite = true;",
		    "error 2: \"overwrite\" is no parameter of destroy" },
		{ "resource_type = \"raw\";", "resource_type = \"auto\";",
		    "resource_type = \"auto\": there are" },
	};

	assert_true(policies_twins(
	    &b, policies_read, DESTROY, twins, TWINS_COUNT(twins), END));
}

/* Reads `set` alone, of a policy for this action. */
static unsigned
set_of(const char *text, enum action action, struct policy *policy)
{
	*policy = (struct policy){ .name = SPAN_LIT("p"), .action = action };
	bench_read(&b, text);
	conf_set(&b.l, b.root, policy);
	return b.box.report.errors;
}

#define READER(name, action)                                                   \
	static unsigned name(struct bench *bench, const char *text)            \
	{                                                                      \
		struct policy policy;                                          \
                                                                               \
		(void)bench;                                                   \
		return set_of(text, action, &policy);                          \
	}

READER(tags_of, ACTION_TAGS)
READER(archive_of, ACTION_ARCHIVE)
READER(token_of, ACTION_TOKEN)
READER(deliver_of, ACTION_DELIVER)
READER(verify_of, ACTION_VERIFY)

#define SET "set = {\n"
#define SET_END "\n};"

TEST(test_ids)
{
	static const struct twin twins[] = {
		{ "public_ids = \"a/{user}/x,a/{user}/y\";",
		    "public_ids = \"a/{user}/x,a/{user}/x\";",
		    "error 2: public_ids has \"a/{user}/x\" twice" },
		{ "public_ids = [ \"a/{user}\", \"b/{user_hash}\" ];",
		    "public_ids = [ \"a/{user}\",\n\"b/*\" ];",
		    "error 3: public_ids = \"b/*\": \"*\" and \"**\" say" },
		{ "public_ids = \"a b/{user}/\xc3\xbc\";",
		    "public_ids = \"a?b/{user}/x\";", "can't be a segment" },
		{ "public_ids = \"a b/{user}/x\";",
		    "public_ids = \"a /{user}/x\";", "can't be a segment" },
		{ "public_ids = \"a\";", "public_ids = \"a,/b\";",
		    "public_ids = \"/b\": " },
		{ "public_ids = \"a\";", "public_ids = \"a,b//c\";",
		    "public_ids = \"b//c\": " },
		{ "public_ids = \"a\";", "public_ids = \"a/../b\";",
		    "can't be a segment" },
		{ "public_ids = \"a\";", "public_ids = \"a/{ip}\";",
		    "{ip} can't stand" },
		{ "public_ids = \"a\";", "public_ids = \"a,\";",
		    "an element of public_ids is empty" },
		{ "public_ids = \"a\";", "public_ids = [ ];",
		    "public_ids is empty" },
		{ "public_ids = ( \"a\" );", "public_ids = 1;",
		    "public_ids takes text in quotes" },
		{ "command = \"add\";", "command = \"explode\";",
		    "command = \"explode\": there are \"add\"" },
	};

	assert_true(policies_twins(
	    &b, tags_of, SET, twins, TWINS_COUNT(twins), SET_END));
}

TEST(test_archive)
{
	static const struct twin twins[] = {
		{ "prefixes = \"a/{user}/\";", "prefixes = \"a/{user}\";",
		    "prefixes = \"a/{user}\": a prefix ends in" },
		{ "prefixes = [ \"a/b/\", \"a/{claim.t}/\" ];",
		    "prefixes = [ \"a/b/\", \"a/*/\" ];",
		    "\"*\" and \"**\" say what a client" },
		{ "prefixes = \"a/\";", "prefixes = \"a/b.jpg/\";",
		    "a prefix has no extension" },
		{ "prefixes = \"a/\";", "prefixes = \"/\";",
		    "can't be a segment" },
		{ "prefixes = \"a/\";", "prefixes = \"a//\";",
		    "can't be a segment" },
		{ "fully_qualified_public_ids = \"raw/upload/a/{user}.x\";",
		    "fully_qualified_public_ids = \"a/{user}\";",
		    "begins with image, video or raw" },
		{ "", "fully_qualified_public_ids = \"image/upload/**\";",
		    "\"*\" and \"**\" say what a client" },
		{ "mode = \"create\";", "mode = \"creat\";",
		    "did you mean \"create\"" },
		{ "target_format = \"tgz\";", "expires_at = 1;",
		    "signpost writes it; see lifetime" },
		{ "resource_type = \"all\";", "resource_type = \"auto\";",
		    "\"raw\" and \"all\"" },
	};

	assert_true(policies_twins(
	    &b, archive_of, SET, twins, TWINS_COUNT(twins), SET_END));
}

TEST(test_token)
{
	static const struct twin twins[] = {
		{ "acl = \"/image/upload/a/{user}/*\";",
		    "acl = \"image/upload/a/{user}/*\";",
		    "acl = \"image/upload/a/{user}/*\": a path begins" },
		{ "acl = [ \"/a/{user}/*\", \"/b/{user}/*\" ];",
		    "acl = [ \"/a/{user}/*\", \"/a/{user}/*\" ];",
		    "acl has \"/a/{user}/*\" twice" },
		{ "acl = \"/a,/b\";", "acl = [ \"/a,/b\" ];", "holds a comma" },
		{ "acl = \"/a\";", "acl = \"/a!/b\";", "acl = " },
		{ "acl = \"/a\";", "acl = \"/a/{ip}\";", "{ip} can't stand" },
		{ "acl = \"/a\";", "acl = \"/a//b\";", "acl = " },
		{ "acl = \"/a\";", "acl = \"/a/../b\";", "acl = " },
		{ "url = \"/image/upload/a/{user}.jpg\";",
		    "url = \"image/upload/a/{user}.jpg\";",
		    "a path begins with" },
		{ "url = \"/a/b\";", "url = \"/a/*\";",
		    "\"*\" and \"**\" say what a client" },
		{ "url = \"/a/b\";", "url = \"/a/../b\";",
		    "can't be a segment" },
		{ "url = \"/a/b\";", "url = [ \"/a/b\" ];",
		    "url takes text in quotes" },
		{ "ip = \"{ip}\";", "ip = \"{user}\";",
		    "ip = \"{user}\": it takes" },
		{ "ip = \"192.0.2.7\";", "ip = \"192.0.2.777\";", "it takes" },
		{ "duration = 1;", "duration = 0;", "can't be less than 1" },
		{ "duration = 3600;", "duration = \"3600\";",
		    "duration takes a whole number, without quotes" },
		{ "expiration = \"1767225600\";", "expiration = 1.5;",
		    "expiration takes a whole number" },
	};

	assert_true(policies_twins(
	    &b, token_of, SET, twins, TWINS_COUNT(twins), SET_END));
}

/* A delivery URL has one spelling for all SDKs; a call has no other. */
TEST(test_delivered)
{
	static const struct twin twins[] = {
		{ "public_id = \"users/{user}/x\";",
		    "public_id = \"our users/{user}/x\";",
		    "public_id = \"our users/{user}/x\": the SDKs spell blanks "
		    "and other letters in a delivery URL in different ways" },
		{ "public_id = \"users/{user}/x.jpg\";",
		    "public_id = \"users/{user}/x.tar.gz\";", "it takes A-Z" },
	};

	assert_true(policies_twins(
	    &b, deliver_of, SET, twins, TWINS_COUNT(twins), SET_END));
}

TEST(test_deliver)
{
	static const struct twin twins[] = {
		{ "transformation = \"\";", "format = \"\";",
		    "format is empty here" },
		{ "type = \"private\";", "type = \"privat\";",
		    "did you mean \"private\"?" },
		{ "format = \"jpg\";", "format = \"j.pg\";",
		    "a format is 1 to 16" },
		{ "version = 0;", "version = -1;", "can't be less than 0" },
		{ "transformation = \"w_200,c_fill\";",
		    "transformation = \"w_20%\";",
		    "transformation = \"w_20%\": " },
		{ "", "signature = \"a\";", "signature can stand neither" },
	};
	static const struct twin none[] = {
		{ "public_id = \"a\";", "version = 1;",
		    "version is the client's to send" },
		{ "", "signature = \"a\";",
		    "signature can stand neither in set nor in allow: verify "
		    "takes it" },
	};

	assert_true(policies_twins(
	    &b, deliver_of, SET, twins, TWINS_COUNT(twins), SET_END));
	assert_true(policies_twins(
	    &b, verify_of, SET, none, TWINS_COUNT(none), SET_END));
}

/* What a set original becomes: a text of no pieces. */
TEST(test_original)
{
	struct policy p;

	assert_int_equal(
	    set_of("set = { transformation = \"\"; };", ACTION_DELIVER, &p), 0);
	assert_int_equal(p.n_set, 1);
	assert_int_equal(p.set[0].n, 1);
	assert_int_equal(p.set[0].values[0].n, 0);
	assert_int_equal(
	    set_of("set = { transformation = \"\"; };", ACTION_UPLOAD, &p), 1);
}

/* Two paths of these lengths, joined with a comma. */
static unsigned
two_paths(size_t first, size_t second)
{
	static char text[2 * ACL_MAX + 64];
	struct policy policy;
	char *at = text + sprintf(text, "set = { acl = \"");

	at[0] = '/';
	memset(at + 1, 'a', first - 1);
	at[first] = ',';
	at += first + 1;
	at[0] = '/';
	memset(at + 1, 'b', second - 1);
	strcpy(at + second, "\"; };");
	return set_of(text, ACTION_TOKEN, &policy);
}

TEST(test_acl_room)
{
	struct policy p;

	assert_int_equal(two_paths(500, ACL_MAX - 502), 0);
	assert_int_equal(two_paths(500, ACL_MAX - 501), 0);
	assert_int_equal(two_paths(500, ACL_MAX - 500), 1);
	assert_true(sandbox_said(&b.box, "acl is longer than 1024 bytes in"));
	/* A list of the same length that is no acl is fine. */
	assert_int_equal(set_of("set = { acl = [ \"/{claim.a}/{claim.b}\", "
				"\"/x/{claim.a}/{claim.b}\" ]; };",
			     ACTION_TOKEN, &p),
	    0);
}

/* Prefixes and the like may be as long as ids, and their own text more. */
TEST(test_long_forms)
{
	char text[512], letters[256];
	struct policy p;

	for (size_t i = 0; i < sizeof(letters); i++)
		letters[i] = i % 40 == 39 ? '/' : 'a';
	for (int n = ID_MAX - 65; n <= ID_MAX - 64; n++) {
		unsigned errors = n == ID_MAX - 65 ? 0 : 1;

		snprintf(text, sizeof(text),
		    "set = { prefixes = \"%.*s/{user}/\"; };", n, letters);
		assert_int_equal(set_of(text, ACTION_ARCHIVE, &p), errors);
		snprintf(text, sizeof(text),
		    "set = { fully_qualified_public_ids = "
		    "\"image/upload/%.*s/{user}\"; };",
		    n, letters);
		assert_int_equal(set_of(text, ACTION_ARCHIVE, &p), errors);
		snprintf(text, sizeof(text),
		    "set = { url = \"/%.*s/{user}\"; };", n, letters);
		assert_int_equal(set_of(text, ACTION_TOKEN, &p), errors);
	}
	assert_true(sandbox_said(&b.box, "url could become longer than 255"));
}

/* Sorted by name whatever the order was, with lines and parts. */
TEST(test_result)
{
	const struct policy *p;

	assert_int_equal(
	    policies_read(&b, UPLOAD "tags = \"x,user_{user}\";\n"
				     "overwrite = false;\n"
				     "context = { b = 1; a = \"{user}\"; };\n"
				     "public_id = \"a/{policy}\";" END),
	    0);
	p = &b.config.policies[0];
	assert_int_equal(p->n_set, 4);
	assert_string_equal(p->set[0].term->name, "context");
	assert_string_equal(p->set[1].term->name, "overwrite");
	assert_string_equal(p->set[2].term->name, "public_id");
	assert_string_equal(p->set[3].term->name, "tags");
	assert_int_equal(p->set[0].line, 4);
	assert_int_equal(p->set[3].line, 2);
	assert_int_equal(p->set[0].n, 2);
	assert_true(span_is(p->set[0].keys[0], "b"));
	assert_true(span_is(p->set[0].values[0].source, "1"));
	assert_true(span_is(p->set[1].values[0].source, "false"));
	assert_null(p->set[1].keys);
	assert_int_equal(p->set[2].n, 1);
	assert_int_equal(p->set[2].values[0].n, 1);
	assert_true(span_is(p->set[2].values[0].pieces[0].text, "a/p"));
	assert_int_equal(p->set[3].n, 2);
	assert_int_equal(p->set[3].values[1].pieces[1].kind, PIECE_USER);
}

static unsigned
read_text(const char *name, size_t n, const char *behind)
{
	static char text[VALUE_MAX + 512];
	int at = sprintf(text, "%s%s = \"", UPLOAD, name);

	memset(text + at, 'x', n);
	sprintf(text + at + n, "%s\";%s", behind, END);
	return policies_read(&b, text);
}

TEST(test_room)
{
	assert_int_equal(read_text("eval", VALUE_MAX - 1, ""), 0);
	assert_int_equal(read_text("eval", VALUE_MAX, ""), 0);
	assert_int_equal(read_text("eval", VALUE_MAX + 1, ""), 1);
	assert_true(sandbox_said(&b.box, "set holds 8193 bytes, and 8192 are"));
}

/* The longest user and claim count: 64 + 64 + 64 + 32 + 5 slashes. */
TEST(test_long_id)
{
	const char *rest = "/{user}/{claim.a}/{claim.b}/{random}";

	assert_int_equal(
	    read_text("public_id", 255 - 64 * 3 - 32 - 4, rest), 0);
	assert_int_equal(
	    read_text("public_id", 256 - 64 * 3 - 32 - 4, rest), 1);
	assert_true(sandbox_said(&b.box, "public_id could become longer than"));
}

TEST(test_kind)
{
	assert_int_equal(
	    policies_read(&b,
		"policies = { p = { action = \"upload\";\nset = ( ); }; };"),
	    1);
	assert_true(sandbox_said(&b.box, "error 2: set must be a group"));
	assert_int_equal(
	    policies_read(
		&b, "policies = { p = { action = \"upload\"; set = { }; }; };"),
	    0);
}

AROUND(bench_open(&b), bench_close(&b));
