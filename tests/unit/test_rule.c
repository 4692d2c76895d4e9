/* Which values of a client's pass a rule, and what is said of the others. */
#include "test.h"

#include <stdlib.h>

#include "rules.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct rules r;

static const struct term *
term_of(const char *name)
{
	const struct term *term = term_find(span_of(name));

	if (term == NULL)
		abort();
	return term;
}

/* "text 3", or the values of "[a|b]"; rules_open() comes before. */
static struct rule
made(const char *source, const struct term *term)
{
	struct rule rule = { .kind = RULE_VALUES };
	struct text_template *values =
	    arena_array(&r.arena, 8, sizeof(*values));
	struct span_cut cut = { .tail = span_of(source), .found = true };

	if (source[0] != '[') {
		if (!rule_compile(cut.tail, term, SPAN_LIT("avatar"), &r.arena,
			&rule, &r.why))
			abort();
		return rule;
	}
	cut.tail = span_head(span_skip(cut.tail, 1), cut.tail.n - 2);
	for (rule.values = values; cut.found; rule.n++) {
		cut = span_cut(cut.tail, '|');
		if (!template_compile(cut.head, SPAN_LIT("avatar"), &r.arena,
			&values[rule.n], &r.why))
			abort();
	}
	return rule;
}

/* The code of the refusal, for the facts that stand in r; "" for none. */
static const char *
code_of(const struct rule *rule, const struct term *term, const char *key,
    struct span value)
{
	struct span key_copy = guarded(span_of(key)), copy = guarded(value);
	bool right;

	problem_clear(&r.problem);
	right = rule_takes(rule, term, key_copy, copy, &r.ctx);
	guard_free(key_copy);
	guard_free(copy);
	assert_int_equal(right, r.problem.status == 0);
	if (right)
		return "";
	assert_true(span_is(r.problem.param, term->name));
	if (strcmp(r.problem.code, "value_not_allowed") == 0)
		assert_int_equal(r.problem.status, 403);
	return r.problem.code;
}

static const char *
detail(void)
{
	return rules_said(&r, &r.problem.detail);
}

#define VALUES_MAX 24

/* What a rule takes, and what it refuses; what is said of the last of these. */
static const struct {
	const char *term, *rule, *right[VALUES_MAX], *wrong[VALUES_MAX], *said;
} rows[] = {
	/* characters, not bytes: of 2, 3 and 4 bytes */
	{ "regions", "text 3",
	    { "ab", "abc", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
	    { "", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80!", "abcd" },
	    "regions takes at most 3 characters." },
	{ "regions", "text 3", { "a" }, { "" },
	    "regions takes at most 3 characters; it can't be empty." },
	{ "regions", "text 20",
	    { "%", "%2", "%25", "%27", "% 26", "%2 6", "26", "100%",
		"\xc2\xa0" },
	    { "a&b", "&", "a%26b", "%26", "%%26", "%2%26", "a\nb", "a\tb",
		"\x7f", "\xc2\x85", "\xc3", "\xc0\x80", "\xed\xa0\x80", "a\\b",
		"Q&A" },
	    "regions takes at most 20 characters; & and %26 can't be in a "
	    "value from a client, because Cloudinary's signature can't tell "
	    "them apart." },
	{ "tags", "text 20", { "a" }, { "a,b" },
	    "tags takes at most 20 characters; an element can't hold a "
	    "comma." },
	{ "duration", "int -3..10", { "-3", "-2", "0", "9", "10" },
	    { "", "-4", "11", "01", "+1", "-0", "1.0", "007", " 1", "1 ", "1e0",
		"one", "1,2", "99999999999999999999" },
	    "duration takes a whole number from -3 to 10." },
	{ "duration", "int 0..9", { "0" }, { "" }, "from 0 to 9." },
	{ "faces", "bool", { "true", "false", "1", "0" },
	    { "", "True", "yes", "2", "00", "tru", "truee", "on", "10" },
	    "faces takes true or false." },
	{ "faces", "[true]", { "true", "1" }, { "yes", "0", "false" },
	    "faces takes only true." },
	{ "tag", "[jpg|png]", { "jpg", "png" },
	    { "JPG", "jpg ", "jp", "", "jpg,png", "gif" },
	    "tag takes one of jpg, png." },
	/*
	 * What the policy spells out, a client may send, separators and
	 * backslash included; never an & or %26. In a list they separate.
	 */
	{ "display_name", "[a/b|a\\b|a&b|a%26b|a,b]", { "a/b", "a\\b", "a,b" },
	    { "a&b", "a%26b" }, "can't be in a value from a client" },
	{ "tag", "[a/b|a\\b|a,b]", { "a/b" }, { "a,b", "a\\b" },
	    "; it can't hold a backslash." },
	/* An empty value is one only where it is listed. */
	{ "display_name", "[w_200|]", { "", "w_200" }, { "w_300" },
	    "display_name takes one of w_200, \"\"." },
	{ "display_name", "[w_200]", { "w_200" }, { "" }, "only w_200." },
	{ "tags", "[by_{user}|{random}|x]", { "by_alice", RULES_RANDOM, "x" },
	    { "by_bob" }, "" },
	{ "folder", "users/{user}/**", { "users/alice/a" }, { "users/bob/a" },
	    "folder takes users/{user}/**." },
	{ "public_id", "users/{user}/**",
	    { "users/alice/a", "users/alice/a/b.jpg" },
	    { "", "users/bob/a", "users/alice", "users/alice//a",
		"users/alice/../bob/a", "/users/alice/a", "users/alice/a b",
		"users/alice/a.b.c", "users/alice/%2e", "users/alice/a&b",
		"users/alice/" },
	    "public_id takes users/{user}/**; an id is 1 to 64 of A-Z, a-z, "
	    "0-9, _ and - between single \"/\", with at most one extension "
	    "such as \".jpg\" at the end, and at most 255 bytes." },
	/* What stands around an id is no pattern; look-alikes are others. */
	{ "public_ids", "users/{user}/**", { "users/alice/a" },
	    { "users/alice2/a", "users/alice/a,users/alice/b", "/users/alice/a",
		"users/alice//a", "users/alice/..", "users/alice/*",
		"users/alice/a/", "" },
	    "" },
	{ "prefixes", "users/{user}/", { "users/alice/" },
	    { "users/alice2/", "users/alic/", "users/alice//", "users/../",
		"/users/alice/", "users/alice/a.b/", "users/alice/*/",
		"users/alice" },
	    "prefixes takes users/{user}/; a prefix ends in \"/\", since "
	    "without it \"users/alice\" would also match \"users/alice2\"; as "
	    "in \"users/alice/\"." },
	{ "fully_qualified_public_ids", "image/upload/users/{user}/**",
	    { "image/upload/users/alice/a" },
	    { "video/upload/users/alice/a", "users/alice/a",
		"image/upload/users/alice2/a", "/image/upload/users/alice/a",
		"image//upload/users/alice/a", "image/upload/users/alice/../a",
		"image/private/users/alice/a", "image/upload/" },
	    "" },
	{ "url", "/image/upload/users/{user}/*",
	    { "/image/upload/users/alice/a.jpg" },
	    { "image/upload/users/alice/a.jpg",
		"//image/upload/users/alice/a.jpg",
		"/image/upload/users/alice2/a.jpg",
		"/image/upload/users/alice/a/b.jpg",
		"/image/upload/users/alice/*", "/image/upload/users/alice/..",
		"/image/upload/users/alice/a.jpg?x", "/" },
	    "" },
	/* "*" in an acl is the CDN's: a client sends it as it is listed. */
	{ "acl", "[/a/{user}/*|/b]", { "/a/alice/*", "/b" },
	    { "/a/alice/x", "/a/*", "/a/alice2/*", "/a/alice/*,/b",
		"/a/alice/*!/b", "/*", "" },
	    "" },
};

TEST(each_row)
{
	for (size_t i = 0; i < N(rows); i++) {
		const struct term *term = term_of(rows[i].term);
		struct rule rule;

		rules_open(&r);
		rule = made(rows[i].rule, term);
		for (size_t k = 0; rows[i].right[k] != NULL; k++)
			if (code_of(&rule, term, "",
				span_of(rows[i].right[k]))[0] != '\0')
				fail_msg("%s: %s: %s", rows[i].rule,
				    rows[i].right[k], detail());
		for (size_t k = 0; rows[i].wrong[k] != NULL; k++)
			if (strcmp(code_of(&rule, term, "",
				       span_of(rows[i].wrong[k])),
				"value_not_allowed") != 0)
				fail_msg("%s: %s: %s", rows[i].rule,
				    rows[i].wrong[k], detail());
		if (strstr(detail(), rows[i].said) == NULL)
			fail_msg("%s: %s", rows[i].rule, detail());
	}
}

/* Which single byte a text may be, by what separates its parameter's. */
TEST(test_every_byte)
{
	static const char *const terms[][2] = { { "regions", "&\\" },
		{ "display_name", "&\\/" }, { "tag", "&\\," },
		{ "tags", "&\\," }, { "context", "&\\=|" } };

	for (size_t i = 0; i < N(terms); i++) {
		const struct term *term = term_of(terms[i][0]);
		struct rule rule;

		rules_open(&r);
		rule = made("text 3", term);
		for (int c = 0; c < 256; c++) {
			unsigned char byte = (unsigned char)c;
			bool right = c >= ' ' && c < 0x7f &&
				     strchr(terms[i][1], c) == NULL;

			assert_int_equal(
			    code_of(&rule, term, "",
				(struct span){ &byte, 1 })[0] == '\0',
			    right);
		}
	}
}

/*
 * A value or pattern that can't be filled in for this user is passed over;
 * where no other fits, that is the problem.
 */
TEST(test_not_usable)
{
	static const struct {
		const char *user, *term, *rule, *value, *code;
	} each[] = {
		{ "a@b", "tags", "[by_{user}|x]", "x", "" },
		{ "a@b", "tags", "[by_{user}|x]", "by_a@b", "user_not_usable" },
		{ "a@b", "regions", "[by_{user}|x]", "by_a@b", "" },
		{ "a/b", "regions", "[by_{user}|x]", "by_a/b", "" },
		{ "a/b", "display_name", "[by_{user}|x]", "by_a/b",
		    "user_not_usable" },
		{ "a@b", "public_id", "users/{user}/**", "users/x/y",
		    "user_not_usable" },
		{ "*", "acl", "[/a/{user}/*|/b]", "/a/*/*", "user_not_usable" },
	};
	struct pattern both[2];
	struct rule rule = { .kind = RULE_PATTERNS, .n = 2, .patterns = both };
	const struct term *id = term_of("public_id");

	for (size_t i = 0; i < N(each); i++) {
		const struct term *term = term_of(each[i].term);
		struct rule one;

		rules_open(&r);
		r.session.user = span_of(each[i].user);
		one = made(each[i].rule, term);
		assert_string_equal(
		    code_of(&one, term, "", span_of(each[i].value)),
		    each[i].code);
		assert_true(r.problem.status == 0 || r.problem.status == 403);
	}
	rules_open(&r);
	both[0] = made("users/{claim.bad}/*", id).patterns[0];
	both[1] = made("users/{user}/*", id).patterns[0];
	assert_string_equal(
	    code_of(&rule, id, "", SPAN_LIT("users/alice/a")), "");
	assert_string_equal(code_of(&rule, id, "", SPAN_LIT("users/bob/a")),
	    "claim_not_usable");
	assert_string_equal(
	    code_of(&rule, id, "", SPAN_LIT("x/bob/a")), "value_not_allowed");
	assert_string_equal(detail(),
	    "public_id takes one of users/{claim.bad}/*, users/{user}/*.");
}

TEST(test_group)
{
	static const struct {
		const char *key, *value, *said; /* "": it is taken */
	} each[] = {
		{ "caption", "hello", "" },
		{ "caption", "hello!",
		    "context.caption takes at most 5 characters." },
		{ "stars", "5", "" },
		{ "stars", "6", "context.stars takes" },
		{ "stars", "hello", "context.stars takes" },
		/* An object's "=" comes with a backslash nobody wrote. */
		{ "caption", "a=b", "; it can't hold \"=\", \"|\" or a backs" },
		{ "caption", "a|b", "; it can't hold \"=\", \"|\" or a backs" },
		{ "caption", "a\\", "; it can't hold \"=\", \"|\" or a backs" },
		{ "caption", "a\\=b",
		    "; it can't hold \"=\", \"|\" or a backslash." },
		{ "caption", "a\\|b",
		    "; it can't hold \"=\", \"|\" or a backslash." },
		{ "caption2", "a", "context takes the keys caption, stars." },
		{ "captio", "a", "context takes the keys caption, stars." },
		{ "Caption", "a", "context takes the keys caption, stars." },
		{ "", "a", "context takes the keys caption, stars." },
	};
	const struct term *context = term_of("context");
	struct group_rule keys[2] = { { .key = SPAN_INIT("caption") },
		{ .key = SPAN_INIT("stars") } };
	struct rule rule = { .kind = RULE_GROUP, .n = 2, .group = keys };

	rules_open(&r);
	keys[0].rule = made("text 5", context);
	keys[1].rule = made("int 1..5", context);
	for (size_t i = 0; i < N(each); i++) {
		bool right = code_of(&rule, context, each[i].key,
				 span_of(each[i].value))[0] == '\0';

		assert_int_equal(right, each[i].said[0] == '\0');
		if (!right && strstr(detail(), each[i].said) == NULL)
			fail_msg("%s: %s", each[i].value, detail());
	}
	rule.n = 1;
	code_of(&rule, context, "stars", SPAN_LIT("5"));
	assert_string_equal(detail(), "context takes the key caption.");
	/* A group inside a group is none. */
	keys[0].rule = rule;
	assert_string_equal(
	    code_of(&rule, context, "caption", SPAN_LIT("hello")),
	    "value_not_allowed");
}

TEST(test_nothing)
{
	static const struct rule none[] = { { .kind = RULE_NONE },
		{ .kind = RULE_VALUES }, { .kind = RULE_GROUP } };
	static const char *const terms[] = { "regions", "public_id", "prefixes",
		"context" };

	rules_open(&r);
	for (size_t i = 0; i < N(none); i++)
		for (size_t k = 0; k < N(terms); k++)
			assert_string_equal(code_of(&none[i], term_of(terms[k]),
						"", SPAN_LIT("users/alice/")),
			    "value_not_allowed");
	code_of(&none[0], term_of("regions"), "", SPAN_LIT("a"));
	assert_string_equal(detail(), "regions takes nothing.");
}

/* However little room: what is left out is counted, and nothing is cut. */
TEST(test_long_rule)
{
	struct text_template values[100];
	struct rule rule = { .kind = RULE_VALUES, .n = 100, .values = values };
	unsigned char mem[4096];
	struct sink out;

	for (size_t i = 0; i < 100; i++)
		values[i] =
		    (struct text_template){ 0, NULL, SPAN_LIT("twelve bytes") };
	for (size_t cap = 32; cap < 1500; cap++) {
		sink_init(&out, mem, cap);
		rule_say(&rule, &out);
		assert_false(out.full);
		assert_true(
		    span_ends(sink_view(&out), SPAN_LIT(" more")) ||
		    span_is(sink_view(&out), "one of 100 too long to show"));
		if (cap == 32)
			assert_true(
			    span_ends(sink_view(&out), SPAN_LIT("to show")));
	}
	sink_init(&out, mem, sizeof(mem));
	rule_say(&rule, &out);
	assert_true(span_ends(sink_view(&out), SPAN_LIT("\"twelve bytes\"")));
	/* The refusal is whole. */
	rules_open(&r);
	code_of(&rule, term_of("regions"), "", SPAN_LIT("a&b"));
	assert_non_null(strstr(detail(), "\"twelve bytes\", "));
	assert_non_null(strstr(detail(), " more; & and %26 can't"));
}

TEST(test_no_room)
{
	const struct term *term = term_of("regions");
	struct rule rule;
	size_t refused = 0;
	bool right = false;

	rules_open(&r);
	rule = made("[{user_hash}]", term);
	assert_string_equal(code_of(&rule, term, "", SPAN_LIT(RULES_HASH)), "");
	r.arena.cap = r.arena.n + 8;
	assert_string_equal(
	    code_of(&rule, term, "", SPAN_LIT(RULES_HASH)), "out_of_room");
	assert_int_equal(r.problem.status, 500);
	for (size_t cap = 0; !right && cap < sizeof(r.mem); cap++) {
		rules_open(&r);
		r.arena.cap = cap;
		right = rule_compile(SPAN_LIT("users/{user}/**"),
		    term_of("public_id"), SPAN_LIT("avatar"), &r.arena, &rule,
		    &r.why);
		assert_int_equal(rule.kind, right ? RULE_PATTERNS : RULE_NONE);
		assert_int_equal(right, r.why.n == 0);
		refused += !right;
	}
	assert_true(right && refused > 0);
}

/* Even where the configuration would not ask. */
TEST(test_senders)
{
	static const char *const names[] = { "eval", "public_id_prefix",
		"timestamp" };

	for (size_t i = 0; i < N(names); i++) {
		struct rule rule;

		rules_open(&r);
		assert_false(
		    rule_compile(SPAN_LIT("int 1..2"), term_of(names[i]),
			SPAN_LIT("avatar"), &r.arena, &rule, &r.why));
		assert_int_equal(rule.kind, RULE_NONE);
	}
}

TEST(test_same)
{
	static const struct {
		const char *term, *a, *b;
		bool same;
	} each[] = {
		{ "faces", "true", "1", true },
		{ "faces", "false", "0", true },
		{ "faces", "true", "true", true },
		{ "faces", "true", "false", false },
		{ "faces", "1", "0", false },
		{ "faces", "1", "yes", false },
		{ "faces", "", "false", false },
		{ "faces", "yes", "no", false },
		{ "regions", "true", "1", false },
		{ "duration", "1", "01", false },
		{ "tag", "jpg,png", "jpg,png", true },
		{ "tag", "jpg,png", "png,jpg", false },
		{ "regions", "a", "A", false },
		{ "regions", "a", "a ", false },
	};

	for (size_t i = 0; i < N(each); i++) {
		const struct term *term = term_of(each[i].term);
		struct span a = span_of(each[i].a), b = span_of(each[i].b);

		assert_int_equal(value_same(term, a, b), each[i].same);
		assert_int_equal(value_same(term, b, a), each[i].same);
	}
}
