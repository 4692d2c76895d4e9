#include "test.h"

#include <stdlib.h>

#include "rules.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct rules r;

static const struct term text = { "text", TERM_TEXT, 1, SENDER_CLIENT, true, "",
	"" };
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
static const struct term listed = { "listed", TERM_TEXT, 1, SENDER_LISTED, true,
	"", "" };
static const struct term listed_bool = { "listed_bool", TERM_BOOL, 1,
	SENDER_LISTED, true, "", "" };
static const struct term own = { "own", TERM_TEXT, 1, SENDER_POLICY, true, "",
	"" };
static const struct term own_id = { "own_id", TERM_FOLDER, 1, SENDER_POLICY,
	true, "", "" };
static const struct term nobody = { "nobody", TERM_TIME, 1, SENDER_NOBODY, true,
	"", "" };

static struct rule
made(const char *source, const struct term *term)
{
	struct span copy = guarded(span_of(source));
	struct rule rule;
	bool right;

	rules_open(&r);
	memset(&rule, 0x55, sizeof(rule));
	right = rule_compile(
	    copy, term, SPAN_LIT("avatar"), &r.arena, &rule, &r.why);
	guard_free(copy);
	assert_int_equal(right, rule.kind != RULE_NONE);
	assert_int_equal(right, r.why.n == 0);
	return rule;
}

static bool
refuses(const char *source, const struct term *term)
{
	return made(source, term).kind == RULE_NONE;
}

static bool
is_text(const char *source, const struct term *term, size_t n, size_t m)
{
	struct rule rule = made(source, term);

	return rule.kind == RULE_TEXT && rule.text_max == n &&
	       rule.count_max == m;
}

static bool
is_int(const char *source, long long low, long long high)
{
	struct rule rule = made(source, &number);

	return rule.kind == RULE_INT && rule.low == low && rule.high == high;
}

TEST(test_text)
{
	static const char *const wrong[] = { "text", "text ", "text 0",
		"text 1025", "text 01", "text -1", "text +1", "text  1",
		"text 1 ", " text 1", "text\t1", "Text 1", "texts 1", "text1",
		"text 1x2", "text 1.0", "text x1", "text 1 x", "text 1 x0",
		"text 1 x101", "text 1 x01", "text 1 X2", "text 1  x2",
		"text 1 x2 ", "text 1 x2 x3", "text 1 2", "text 1 x 2",
		"text 18446744073709551617", "" };

	assert_true(is_text("text 1", &text, 1, 1));
	assert_true(is_text("text 1023", &text, 1023, 1));
	assert_true(is_text("text 1024", &text, 1024, 1));
	assert_true(is_text("text 40", &group, 40, 1));
	assert_true(is_text("text 40", &tags, 40, 1));
	assert_true(is_text("text 40 x1", &tags, 40, 1));
	assert_true(is_text("text 40 x10", &tags, 40, 10));
	assert_true(is_text("text 40 x99", &list, 40, 99));
	assert_true(is_text("text 40 x100", &list, 40, 100));
	for (size_t i = 0; i < N(wrong); i++) {
		assert_true(refuses(wrong[i], &text));
		assert_true(refuses(wrong[i], &group));
		assert_true(refuses(wrong[i], &tags));
	}
	assert_true(refuses("text 40 x10", &text));
	assert_true(refuses("text 40 x1", &group));
	assert_true(refuses("text 40", &flag));
	assert_true(refuses("text 40", &number));
	assert_true(refuses("text 40", &id));
	assert_true(refuses("text 40", &folder));
}

TEST(test_int)
{
	static const char *const wrong[] = { "int", "int ", "int 1", "int 1..",
		"int ..1", "int 1.2", "int 1...2", "int 2..1", "int 01..2",
		"int 1..02", "int -0..1", "int +1..2", "int 1 ..2", "int 1.. 2",
		"int 1..2 ", "int  1..2", "int --1..2", "int -..2",
		"int 1..1000000000000", "int -1000000000000..1", "int 0x1..2",
		"int 1,2", "Int 1..2", "int1..2" };

	assert_true(is_int("int 0..0", 0, 0));
	assert_true(is_int("int 1..2", 1, 2));
	assert_true(is_int("int -5..-4", -5, -4));
	assert_true(is_int(
	    "int -999999999999..999999999999", -999999999999, 999999999999));
	assert_int_equal(made("int 1..2", &text).kind, RULE_INT);
	assert_int_equal(made("int 1..2", &group).kind, RULE_INT);
	for (size_t i = 0; i < N(wrong); i++)
		assert_true(refuses(wrong[i], &number));
	assert_true(refuses("int 1..2", &flag));
	assert_true(refuses("int 1..2", &tags));
	assert_true(refuses("int 1..2", &list));
}

TEST(test_bool)
{
	assert_int_equal(made("bool", &flag).kind, RULE_BOOL);
	assert_true(refuses("bool ", &flag));
	assert_true(refuses("boo", &flag));
	assert_true(refuses("Bool", &flag));
	assert_true(refuses("true", &flag));
	assert_true(refuses("", &flag));
	assert_true(refuses("bool", &text));
	assert_true(refuses("bool", &group));
	assert_true(refuses("bool", &number));
	assert_true(refuses("bool", &tags));
}

TEST(test_patterns)
{
	struct rule rule = made("users/{user}/**", &id);

	assert_int_equal(rule.kind, RULE_PATTERNS);
	assert_int_equal(rule.n, 1);
	assert_true(span_is(rule.patterns[0].source, "users/{user}/**"));
	assert_int_equal(made("users/{user}", &folder).kind, RULE_PATTERNS);
	/* An id that is the word "bool" is an id. */
	assert_int_equal(made("bool", &id).kind, RULE_PATTERNS);
	assert_true(refuses("users//a", &id));
	assert_true(refuses("users/{usr}", &folder));
	assert_true(refuses("", &id));
}

static bool
is_pattern(const char *source, const struct term *term, size_t segments)
{
	struct rule rule = made(source, term);

	return rule.kind == RULE_PATTERNS && rule.n == 1 &&
	       rule.patterns[0].n == segments &&
	       span_is(rule.patterns[0].source, source);
}

TEST(test_forms_of_ids)
{
	static const struct term *const all[] = { &ids, &prefixes, &full,
		&path };
	static const char *const wrong[] = { "", "/", "//", "users//a/",
		"text 20", "int 1..2", "users/../a/", "users/a ?/", "a,b/",
		"image/upload/a/../b", "/a//b", "{usr}/", "/{usr}" };

	assert_true(is_pattern("users/{user}/**", &ids, 3));
	assert_true(is_pattern("users/{user}/", &prefixes, 2));
	assert_true(is_pattern("image/upload/users/{user}/**", &full, 3));
	assert_true(is_pattern("/image/upload/users/{user}/**", &path, 5));
	for (size_t i = 0; i < N(all); i++)
		for (size_t k = 0; k < N(wrong); k++)
			assert_true(refuses(wrong[k], all[i]));
	assert_true(refuses("users/{user}", &prefixes));
	assert_non_null(strstr(rules_said(&r, &r.why), "users/alice2"));
	assert_true(refuses("users/{user}/**", &full));
	assert_true(refuses("users/{user}/**", &path));
	assert_true(refuses("/users/{user}/**", &ids));
	assert_true(refuses("/image/upload/users/{user}/*", &acl));
	assert_non_null(
	    strstr(rules_said(&r, &r.why), "write a list of the values"));
}

TEST(test_senders)
{
	assert_true(refuses("text 20", &listed));
	assert_string_equal(rules_said(&r, &r.why),
	    "\"text 20\" is no rule for listed; write a list of the values "
	    "permitted: [ \"a\", \"b\" ]");
	assert_true(refuses("bool", &listed_bool));
	assert_string_equal(rules_said(&r, &r.why),
	    "\"bool\" is no rule for listed_bool; write a list of the values "
	    "permitted: [ true ]");
	assert_true(refuses("text 20", &own));
	assert_string_equal(rules_said(&r, &r.why),
	    "a client may never send own; write it in set");
	assert_true(refuses("users/{user}", &own_id));
	assert_true(refuses("int 1..2", &nobody));
}

/* What is said names the forms that would be right, and only these. */
TEST(test_right_forms)
{
	static const struct {
		const struct term *term;
		bool count, text, number, flag;
	} cases[] = {
		{ &text, false, true, true, false },
		{ &group, false, true, true, false },
		{ &tags, true, true, false, false },
		{ &list, true, true, false, false },
		{ &number, false, false, true, false },
		{ &flag, false, false, false, true },
		{ &listed, false, false, false, false },
	};

	for (size_t i = 0; i < N(cases); i++) {
		const char *said;

		assert_true(refuses("any", cases[i].term));
		said = rules_said(&r, &r.why);
		assert_int_equal(
		    strstr(said, "\"text N xM\"") != NULL, cases[i].count);
		assert_int_equal(
		    strstr(said, "\"text N\"") != NULL, cases[i].text);
		assert_int_equal(
		    strstr(said, "\"int A..B\"") != NULL, cases[i].number);
		assert_int_equal(
		    strstr(said, "\"bool\"") != NULL, cases[i].flag);
		assert_non_null(strstr(
		    said, cases[i].flag ? "[ true ]" : "[ \"a\", \"b\" ]"));
	}
}

TEST(test_numbers)
{
	static const char *const wrong[] = { "", "-", "-0", "00", "01", "007",
		"+1", " 1", "1 ", "1.0", "1e3", "--1", "0x1", "1000000000000",
		"-1000000000000", "99999999999999999999", "\xd9\xa1" };
	long long n = 5;

	assert_true(rule_number(SPAN_LIT("0"), &n) && n == 0);
	assert_true(rule_number(SPAN_LIT("-1"), &n) && n == -1);
	assert_true(rule_number(SPAN_LIT("999999999999"), &n));
	assert_int_equal(n, 999999999999);
	assert_true(rule_number(SPAN_LIT("-999999999999"), &n));
	assert_int_equal(n, -999999999999);
	for (size_t i = 0; i < N(wrong); i++) {
		struct span copy = guarded(span_of(wrong[i]));

		n = 5;
		assert_false(rule_number(copy, &n));
		assert_int_equal(n, 0);
		guard_free(copy);
	}
}

TEST(test_truncations)
{
	const char *whole = "text 40 x10";
	char part[16];

	for (size_t n = 0; n < strlen(whole); n++) {
		bool right = n == strlen("text 4") || n == strlen("text 40") ||
			     n == strlen("text 40 x1");

		memcpy(part, whole, n);
		part[n] = '\0';
		assert_int_equal(refuses(part, &tags), !right);
	}
}

TEST(test_no_room)
{
	size_t refused = 0;
	bool right = false;

	for (size_t cap = 0; !right && cap < sizeof(r.mem); cap++) {
		struct rule rule;

		rules_open(&r);
		r.arena.cap = cap;
		right = rule_compile(SPAN_LIT("users/{user}/**"), &id,
		    SPAN_LIT("avatar"), &r.arena, &rule, &r.why);
		assert_int_equal(rule.kind, right ? RULE_PATTERNS : RULE_NONE);
		assert_int_equal(right, r.why.n == 0);
		refused += !right;
	}
	assert_true(right && refused > 0);
	assert_false(r.arena.full);
}
