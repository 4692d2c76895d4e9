#include "test.h"

#include <stdlib.h>

#include "rules.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct rules r;

static const struct term text = { "text", TERM_TEXT, 1, SENDER_CLIENT, true, "",
	"" };
static const struct term parted = { "parted", TERM_TEXT, 1, SENDER_CLIENT, true,
	"/", "" };
static const struct term flag = { "flag", TERM_BOOL, 1, SENDER_CLIENT, true, "",
	"" };
static const struct term number = { "number", TERM_INT, 1, SENDER_CLIENT, true,
	"", "" };
static const struct term list = { "list", TERM_LIST, 1, SENDER_CLIENT, true,
	",", "" };
static const struct term tags = { "tags", TERM_TAGS, 1, SENDER_CLIENT, true,
	",", "" };
static const struct term group = { "group", TERM_GROUP, 1, SENDER_CLIENT, true,
	"=|", "" };
static const struct term id = { "id", TERM_ID, 1, SENDER_CLIENT, true, "", "" };
static const struct term folder = { "folder", TERM_FOLDER, 1, SENDER_CLIENT,
	true, "", "" };

static const struct term ids = { "ids", TERM_IDS, 1, SENDER_CLIENT, true, ",",
	"" };
static const struct term prefixes = { "prefixes", TERM_PREFIXES, 1,
	SENDER_CLIENT, true, ",", "" };
static const struct term full = { "full", TERM_FULL_IDS, 1, SENDER_CLIENT, true,
	",", "" };
static const struct term path = { "path", TERM_PATH, 1, SENDER_CLIENT, true, "",
	"" };
static const struct term acl = { "acl", TERM_ACL, 1, SENDER_LISTED, true, ",",
	"" };

/* A rule written as one string; rules_open() comes before. */
static struct rule
made(const char *source, const struct term *term)
{
	struct rule rule;

	if (!rule_compile(span_of(source), term, SPAN_LIT("avatar"), &r.arena,
		&rule, &r.why))
		abort();
	return rule;
}

/* A rule that is a list of values, "" at the end. */
static struct rule
values(const char *const *sources)
{
	struct text_template *t = arena_array(&r.arena, 8, sizeof(*t));
	size_t n = 0;

	for (; sources[n][0] != '\0'; n++)
		if (!template_compile(span_of(sources[n]), SPAN_LIT("avatar"),
			&r.arena, &t[n], &r.why))
			abort();
	return (struct rule){ .kind = RULE_VALUES, .n = n, .values = t };
}

/* For the facts that stand in r. */
static bool
takes_span(const struct rule *rule, const struct term *term, const char *key,
    struct span value)
{
	struct span key_copy = guarded(span_of(key)), copy = guarded(value);
	bool right;

	problem_clear(&r.problem);
	right = rule_takes(
	    rule, term, key_copy, copy, &r.facts, &r.arena, &r.problem);
	guard_free(key_copy);
	guard_free(copy);
	assert_int_equal(right, r.problem.status == 0);
	if (!right)
		assert_true(span_is(r.problem.param, term->name));
	return right;
}

static bool
takes(const struct rule *rule, const struct term *term, const char *value)
{
	bool right = takes_span(rule, term, "", span_of(value));

	if (!right) {
		assert_int_equal(r.problem.status, 403);
		assert_string_equal(r.problem.code, "value_not_allowed");
	}
	return right;
}

static const char *
detail(void)
{
	return rules_said(&r, &r.problem.detail);
}

TEST(test_text)
{
	struct rule rule;

	rules_open(&r);
	rule = made("text 3", &text);
	assert_true(takes(&rule, &text, "ab"));
	assert_true(takes(&rule, &text, "abc"));
	assert_false(takes(&rule, &text, "abcd"));
	assert_string_equal(detail(), "text takes at most 3 characters.");
	assert_false(takes(&rule, &text, ""));
	assert_string_equal(
	    detail(), "text takes at most 3 characters; it can't be empty.");
	/* Characters, not bytes: of 2, 3 and 4 bytes. */
	assert_true(
	    takes(&rule, &text, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
	assert_false(
	    takes(&rule, &text, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80!"));
}

/* Which single byte a text of this parameter may be. */
static void
every_byte(const struct term *term, const char *refused)
{
	struct rule rule;

	rules_open(&r);
	rule = made("text 3", term);
	for (int c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		bool right = c >= ' ' && c < 0x7f && strchr(refused, c) == NULL;

		assert_int_equal(
		    takes_span(&rule, term, "", (struct span){ &byte, 1 }),
		    right);
	}
}

TEST(test_every_byte)
{
	every_byte(&text, "&\\");
	every_byte(&parted, "&\\/");
	every_byte(&list, "&\\,");
	every_byte(&tags, "&\\,");
	every_byte(&group, "&\\=|");
}

TEST(test_bytes)
{
	static const char *const wrong[] = { "a&b", "&", "a%26b", "%26", "%%26",
		"%2%26", "a\nb", "a\tb", "\x7f", "\xc2\x85", "\xc3", "\xc0\x80",
		"\xed\xa0\x80", "a\\b" };
	static const char *const right[] = { "%", "%2", "%25", "%27", "% 26",
		"%2 6", "26", "100%", "\xc2\xa0" };
	struct rule rule;

	rules_open(&r);
	rule = made("text 20", &text);
	for (size_t i = 0; i < N(wrong); i++)
		assert_false(takes(&rule, &text, wrong[i]));
	for (size_t i = 0; i < N(right); i++)
		assert_true(takes(&rule, &text, right[i]));
	assert_false(takes_span(&rule, &text, "", SPAN_LIT("a\0b")));
	assert_false(takes(&rule, &text, "Q&A"));
	assert_string_equal(detail(),
	    "text takes at most 20 characters; & and %26 can't be in a value "
	    "from a client, because Cloudinary's signature can't tell them "
	    "apart.");
	rule = made("text 20", &tags);
	assert_false(takes(&rule, &tags, "a,b"));
	assert_string_equal(detail(),
	    "tags takes at most 20 characters; an element can't hold a "
	    "comma.");
}

TEST(test_int)
{
	static const char *const wrong[] = { "", "-4", "11", "01", "+1", "-0",
		"1.0", "007", " 1", "1 ", "1e0", "one", "1,2",
		"99999999999999999999" };
	struct rule rule;

	rules_open(&r);
	rule = made("int -3..10", &number);
	assert_true(takes(&rule, &number, "-3"));
	assert_true(takes(&rule, &number, "-2"));
	assert_true(takes(&rule, &number, "0"));
	assert_true(takes(&rule, &number, "9"));
	assert_true(takes(&rule, &number, "10"));
	for (size_t i = 0; i < N(wrong); i++)
		assert_false(takes(&rule, &number, wrong[i]));
	assert_string_equal(
	    detail(), "number takes a whole number from -3 to 10.");
}

TEST(test_bool)
{
	static const char *const right[] = { "true", "false", "1", "0" };
	static const char *const wrong[] = { "", "True", "yes", "2", "00",
		"tru", "truee", "on", "10" };
	struct rule rule;

	rules_open(&r);
	rule = made("bool", &flag);
	for (size_t i = 0; i < N(right); i++)
		assert_true(takes(&rule, &flag, right[i]));
	for (size_t i = 0; i < N(wrong); i++)
		assert_false(takes(&rule, &flag, wrong[i]));
	assert_string_equal(detail(), "flag takes true or false.");
}

TEST(test_bool_values)
{
	static const char *const sources[] = { "true", "" };
	struct rule rule;

	rules_open(&r);
	rule = values(sources);
	assert_true(takes(&rule, &flag, "true"));
	assert_true(takes(&rule, &flag, "1"));
	assert_false(takes(&rule, &flag, "false"));
	assert_false(takes(&rule, &flag, "0"));
	assert_false(takes(&rule, &flag, "yes"));
}

TEST(test_values)
{
	static const char *const sources[] = { "jpg", "png", "" };
	struct rule rule;

	rules_open(&r);
	rule = values(sources);
	assert_true(takes(&rule, &list, "jpg"));
	assert_true(takes(&rule, &list, "png"));
	assert_false(takes(&rule, &list, "gif"));
	assert_string_equal(detail(), "list takes one of jpg, png.");
	assert_false(takes(&rule, &list, "JPG"));
	assert_false(takes(&rule, &list, "jpg "));
	assert_false(takes(&rule, &list, "jp"));
	assert_false(takes(&rule, &list, ""));
	assert_false(takes(&rule, &list, "jpg,png"));
}

/*
 * What the policy spells out, a client may send, separators and backslash
 * included; never an & or %26. In a list they separate all the same.
 */
TEST(test_values_with_separators)
{
	static const char *const sources[] = { "a/b", "a\\b", "a&b", "a%26b",
		"a,b", "" };
	struct rule rule;

	rules_open(&r);
	rule = values(sources);
	assert_true(takes(&rule, &parted, "a/b"));
	assert_true(takes(&rule, &parted, "a\\b"));
	assert_true(takes(&rule, &parted, "a,b"));
	assert_false(takes(&rule, &parted, "a&b"));
	assert_false(takes(&rule, &parted, "a%26b"));
	assert_false(takes(&rule, &list, "a,b"));
	assert_false(takes(&rule, &list, "a\\b"));
	assert_true(takes(&rule, &list, "a/b"));
}

TEST(test_values_of_the_user)
{
	static const char *const sources[] = { "by_{user}", "{random}", "x",
		"" };
	struct rule rule;

	rules_open(&r);
	rule = values(sources);
	assert_true(takes(&rule, &tags, "by_alice"));
	assert_false(takes(&rule, &tags, "by_bob"));
	assert_true(takes(&rule, &tags, RULES_RANDOM));
	r.session.user = SPAN_LIT("a@b");
	/* Fits another value: no problem. Fits none: the problem is told. */
	assert_true(takes(&rule, &tags, "x"));
	assert_false(takes_span(&rule, &tags, "", SPAN_LIT("by_a@b")));
	assert_int_equal(r.problem.status, 403);
	assert_string_equal(r.problem.code, "user_not_usable");
	assert_true(takes(&rule, &text, "by_a@b"));
	r.session.user = SPAN_LIT("a/b");
	assert_true(takes(&rule, &text, "by_a/b"));
	assert_false(takes_span(&rule, &parted, "", SPAN_LIT("by_a/b")));
	assert_string_equal(r.problem.code, "user_not_usable");
}

TEST(test_patterns)
{
	static const char *const wrong[] = { "", "users/bob/a", "users/alice",
		"users/alice/", "users/alice//a", "users/alice/../bob/a",
		"/users/alice/a", "users/alice/a b", "users/alice/a.b.c",
		"users/alice/%2e", "users/alice/a&b" };
	struct rule rule;

	rules_open(&r);
	rule = made("users/{user}/**", &id);
	assert_true(takes(&rule, &id, "users/alice/a"));
	assert_true(takes(&rule, &id, "users/alice/a/b.jpg"));
	assert_true(takes(&rule, &folder, "users/alice/a"));
	for (size_t i = 0; i < N(wrong); i++)
		assert_false(takes(&rule, &id, wrong[i]));
	assert_false(takes(&rule, &id, "users/bob/a"));
	assert_string_equal(detail(), "id takes users/{user}/**.");
	assert_false(takes(&rule, &id, "users/alice/"));
	assert_string_equal(detail(),
	    "id takes users/{user}/**; an id is 1 to 64 of A-Z, a-z, 0-9, _ "
	    "and - between single \"/\", with at most one extension such as "
	    "\".jpg\" at the end, and at most 255 bytes.");
	r.session.user = SPAN_LIT("a@b");
	assert_false(takes_span(&rule, &id, "", SPAN_LIT("users/x/y")));
	assert_string_equal(r.problem.code, "user_not_usable");
}

/* What stands around an id is no pattern; look-alikes are others. */
TEST(test_ids_in_forms)
{
	static const struct {
		const struct term *term;
		const char *rule, *right;
		const char *wrong[8];
	} cases[] = {
		{ &ids, "users/{user}/**", "users/alice/a",
		    { "users/alice2/a", "users/alice/a,users/alice/b",
			"/users/alice/a", "users/alice//a", "users/alice/..",
			"users/alice/*", "users/alice/a/", "" } },
		{ &prefixes, "users/{user}/", "users/alice/",
		    { "users/alice", "users/alice2/", "users/alic/",
			"users/alice//", "users/../", "/users/alice/",
			"users/alice/a.b/", "users/alice/*/" } },
		{ &full, "image/upload/users/{user}/**",
		    "image/upload/users/alice/a",
		    { "video/upload/users/alice/a", "users/alice/a",
			"image/upload/users/alice2/a",
			"/image/upload/users/alice/a",
			"image//upload/users/alice/a",
			"image/upload/users/alice/../a",
			"image/private/users/alice/a", "image/upload/" } },
		{ &path, "/image/upload/users/{user}/*",
		    "/image/upload/users/alice/a.jpg",
		    { "image/upload/users/alice/a.jpg",
			"//image/upload/users/alice/a.jpg",
			"/image/upload/users/alice2/a.jpg",
			"/image/upload/users/alice/a/b.jpg",
			"/image/upload/users/alice/*",
			"/image/upload/users/alice/..",
			"/image/upload/users/alice/a.jpg?x", "/" } },
	};

	rules_open(&r);
	for (size_t i = 0; i < N(cases); i++) {
		struct rule rule = made(cases[i].rule, cases[i].term);

		assert_int_equal(rule.kind, RULE_PATTERNS);
		assert_true(takes(&rule, cases[i].term, cases[i].right));
		for (size_t k = 0; k < N(cases[i].wrong); k++)
			assert_false(
			    takes(&rule, cases[i].term, cases[i].wrong[k]));
	}
	assert_false(takes(&(struct rule){ 0 }, &prefixes, "users/alice/"));
}

TEST(test_forms_are_said)
{
	struct rule rule;

	rules_open(&r);
	rule = made("users/{user}/", &prefixes);
	assert_false(takes(&rule, &prefixes, "users/alice"));
	assert_string_equal(detail(),
	    "prefixes takes users/{user}/; a prefix ends in \"/\", since "
	    "without it \"users/alice\" would also match \"users/alice2\"; as "
	    "in \"users/alice/\".");
}

/* "*" in an acl is the CDN's: a client sends it as it is listed. */
TEST(test_acl)
{
	static const char *const sources[] = { "/a/{user}/*", "/b", "" };
	struct rule rule;

	rules_open(&r);
	rule = values(sources);
	assert_true(takes(&rule, &acl, "/a/alice/*"));
	assert_true(takes(&rule, &acl, "/b"));
	assert_false(takes(&rule, &acl, "/a/alice/x"));
	assert_false(takes(&rule, &acl, "/a/*"));
	assert_false(takes(&rule, &acl, "/a/alice2/*"));
	assert_false(takes(&rule, &acl, "/a/alice/*,/b"));
	assert_false(takes(&rule, &acl, "/a/alice/*!/b"));
	assert_false(takes(&rule, &acl, "/*"));
	assert_false(takes(&rule, &acl, ""));
	r.session.user = SPAN_LIT("*");
	assert_false(takes_span(&rule, &acl, "", SPAN_LIT("/a/*/*")));
	assert_string_equal(r.problem.code, "user_not_usable");
}

/* An empty value is one only where it is listed. */
TEST(test_empty_value)
{
	struct text_template listed[2] = { { .source = SPAN_INIT("w_200") },
		{ .source = SPAN_INIT("") } };
	const struct piece w_200 = { PIECE_LITERAL, SPAN_LIT("w_200") };
	struct rule rule = { .kind = RULE_VALUES, .n = 2, .values = listed };

	rules_open(&r);
	listed[0].n = 1;
	listed[0].pieces = &w_200;
	assert_true(takes(&rule, &parted, ""));
	assert_true(takes(&rule, &parted, "w_200"));
	assert_false(takes(&rule, &parted, "w_300"));
	assert_string_equal(detail(), "parted takes one of w_200, \"\".");
	rule.n = 1;
	assert_false(takes(&rule, &parted, ""));
	rule = made("int 0..9", &number);
	assert_false(takes(&rule, &number, ""));
}

/* The first pattern can't be filled in for this user, the second can. */
TEST(test_two_patterns)
{
	struct rule first, second, rule;
	struct pattern both[2];

	rules_open(&r);
	first = made("users/{claim.bad}/*", &id);
	second = made("users/{user}/*", &id);
	both[0] = first.patterns[0];
	both[1] = second.patterns[0];
	rule = (struct rule){ .kind = RULE_PATTERNS, .n = 2, .patterns = both };
	assert_true(takes(&rule, &id, "users/alice/a"));
	assert_false(takes_span(&rule, &id, "", SPAN_LIT("users/bob/a")));
	assert_string_equal(r.problem.code, "claim_not_usable");
	assert_false(takes(&rule, &id, "x/bob/a"));
	assert_string_equal(
	    detail(), "id takes one of users/{claim.bad}/*, users/{user}/*.");
}

static bool
takes_member(const struct rule *rule, const char *key, const char *value)
{
	bool right = takes_span(rule, &group, key, span_of(value));

	if (!right)
		assert_string_equal(r.problem.code, "value_not_allowed");
	return right;
}

TEST(test_group)
{
	static const char *const wrong[] = { "a=b", "a|b", "a\\", "a\\=b",
		"a\\|b" };
	struct group_rule keys[2] = { { .key = SPAN_INIT("caption") },
		{ .key = SPAN_INIT("stars") } };
	struct rule rule = { .kind = RULE_GROUP, .n = 2, .group = keys };

	rules_open(&r);
	keys[0].rule = made("text 5", &group);
	keys[1].rule = made("int 1..5", &group);
	assert_true(takes_member(&rule, "caption", "hello"));
	assert_false(takes_member(&rule, "caption", "hello!"));
	assert_string_equal(
	    detail(), "group.caption takes at most 5 characters.");
	assert_true(takes_member(&rule, "stars", "5"));
	assert_false(takes_member(&rule, "stars", "6"));
	assert_false(takes_member(&rule, "stars", "hello"));
	/* An object's "=" comes with a backslash that nobody wrote. */
	for (size_t i = 0; i < N(wrong); i++) {
		assert_false(takes_member(&rule, "caption", wrong[i]));
		assert_string_equal(detail(),
		    "group.caption takes at most 5 characters; it can't hold "
		    "\"=\", \"|\" or a backslash.");
	}
	assert_false(takes_member(&rule, "caption2", "a"));
	assert_string_equal(detail(), "group takes the keys caption, stars.");
	assert_false(takes_member(&rule, "captio", "a"));
	assert_false(takes_member(&rule, "Caption", "a"));
	assert_false(takes_member(&rule, "", "a"));
	/* A group inside a group is none. */
	keys[0].rule = rule;
	assert_false(takes_member(&rule, "caption", "hello"));
}

TEST(test_nothing)
{
	const struct rule rule = { .kind = RULE_NONE };
	const struct rule no_values = { .kind = RULE_VALUES };
	const struct rule no_keys = { .kind = RULE_GROUP };

	rules_open(&r);
	assert_false(takes(&rule, &text, "a"));
	assert_string_equal(detail(), "text takes nothing.");
	assert_false(takes(&rule, &id, "a"));
	assert_false(takes(&no_values, &text, "a"));
	assert_false(takes(&no_keys, &group, "a"));
}

/* A list that is too long for the detail is cut, the refusal is whole. */
TEST(test_long_rule)
{
	struct text_template many[100];
	struct rule rule = { .kind = RULE_VALUES, .n = 100, .values = many };

	rules_open(&r);
	for (size_t i = 0; i < N(many); i++)
		many[i] = (struct text_template){ 0, NULL,
			SPAN_LIT("a_long_name_of_a_preset") };
	assert_false(takes(&rule, &text, "a&b"));
	assert_non_null(strstr(detail(), "a_long_name_of_a_preset, "));
	assert_non_null(strstr(detail(), " more; & and %26 can't"));
}

TEST(test_no_room)
{
	static const char *const sources[] = { "{user_hash}", "" };
	struct rule rule;

	rules_open(&r);
	rule = values(sources);
	assert_true(takes(&rule, &text, RULES_HASH));
	r.arena.cap = r.arena.n + 8;
	assert_false(takes_span(&rule, &text, "", SPAN_LIT(RULES_HASH)));
	assert_int_equal(r.problem.status, 500);
	assert_string_equal(r.problem.code, "out_of_room");
}

TEST(test_places)
{
	assert_int_equal(term_place(&id), PLACE_ID);
	assert_int_equal(term_place(&folder), PLACE_ID);
	assert_int_equal(term_place(&ids), PLACE_ID);
	assert_int_equal(term_place(&prefixes), PLACE_ID);
	assert_int_equal(term_place(&full), PLACE_ID);
	assert_int_equal(term_place(&path), PLACE_ID);
	assert_int_equal(term_place(&acl), PLACE_ID);
	assert_int_equal(term_place(&number), PLACE_TEXT);
	assert_int_equal(term_place(&tags), PLACE_TAG);
	assert_int_equal(term_place(&list), PLACE_TEXT);
	assert_int_equal(term_place(&group), PLACE_TEXT);
	assert_int_equal(term_place(&text), PLACE_TEXT);
}

static bool
same(const struct term *term, const char *a, const char *b)
{
	bool one = value_same(term, span_of(a), span_of(b));

	assert_int_equal(value_same(term, span_of(b), span_of(a)), one);
	return one;
}

TEST(test_same)
{
	assert_true(same(&flag, "true", "1"));
	assert_true(same(&flag, "false", "0"));
	assert_true(same(&flag, "true", "true"));
	assert_false(same(&flag, "true", "false"));
	assert_false(same(&flag, "1", "0"));
	assert_false(same(&flag, "1", "yes"));
	assert_false(same(&flag, "", "false"));
	assert_false(same(&flag, "yes", "no"));
	assert_false(same(&text, "true", "1"));
	assert_false(same(&number, "1", "01"));
	assert_true(same(&list, "jpg,png", "jpg,png"));
	assert_false(same(&list, "jpg,png", "png,jpg"));
	assert_false(same(&text, "a", "A"));
	assert_false(same(&text, "a", "a "));
}
