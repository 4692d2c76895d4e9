#include "test.h"

#include <stdlib.h>

#include <stdio.h>

#include "policy/pattern.h"
#include "rules.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct rules r;

static const struct term id = { .name = "id", .type = TERM_ID };
static const struct term folder = { .name = "folder", .type = TERM_FOLDER };
static const struct term ids = { .name = "ids", .type = TERM_IDS };
static const struct term prefixes = { .name = "prefixes",
	.type = TERM_PREFIXES };
static const struct term full = { .name = "full", .type = TERM_FULL_IDS };
static const struct term path = { .name = "path", .type = TERM_PATH };

/* What stands before an id, and behind it, for each term. */
static const struct {
	const struct term *term;
	const char *before, *behind;
} forms[] = {
	{ &id, "", "" },
	{ &folder, "", "" },
	{ &ids, "", "" },
	{ &prefixes, "", "/" },
	{ &full, "image/upload/", "" },
	{ &path, "/", "" },
};

static bool
valid(const struct term *term, const char *value)
{
	struct span copy = guarded(span_of(value));
	bool right;

	rules_open(&r);
	right = id_form_valid(term, copy, false, &r.why);
	assert_int_equal(right, r.why.n == 0);
	assert_int_equal(id_form_valid(term, copy, false, NULL), right);
	guard_free(copy);
	return right;
}

static bool
compiles(const struct term *term, const char *source, struct pattern *out)
{
	struct span copy = guarded(span_of(source));
	bool right;

	rules_open(&r);
	right = id_form_compile(
	    term, copy, SPAN_LIT("avatar"), &r.arena, out, &r.why);
	guard_free(copy);
	assert_int_equal(right, r.why.n == 0);
	assert_int_equal(right, out->n > 0);
	if (right)
		assert_true(span_is(out->source, source));
	return right;
}

static bool
wrong(const struct term *term, const char *source, const char *said)
{
	struct pattern pattern;

	return !compiles(term, source, &pattern) &&
	       strstr(rules_said(&r, &r.why), said) != NULL;
}

static bool
matches(const struct term *term, const char *source, const char *value)
{
	struct pattern pattern;
	struct span copy = guarded(span_of(value));
	bool right;

	assert_true(compiles(term, source, &pattern));
	right = id_form_matches(
	    term, &pattern, &r.facts, &r.arena, copy, &r.problem);
	guard_free(copy);
	return right;
}

/* The same ids, and the same that are none, whatever stands around them. */
TEST(test_ids_in_each_form)
{
	static const char *const right[] = { "a", "users/alice",
		"users/alice/cat", "u-1/_x" };
	static const char *const none[] = { "", "/", "a//b", "/a", "a/", "..",
		"a/..", "../a", "a/../b", "a/./b", ".", "a/.", "a b", "a\tb",
		"a%2eb", "a%2Fb", "a\\b", "a&b", "a,b", "a*", "*", "**", "a/*",
		"a.b/c", "a.b.c", "a.", ".a", "\xc3\xa9", "a?b", "a#b", "a!b" };
	char text[128];

	for (size_t f = 0; f < N(forms); f++) {
		for (size_t i = 0; i < N(right); i++) {
			snprintf(text, sizeof(text), "%s%s%s", forms[f].before,
			    right[i], forms[f].behind);
			assert_true(valid(forms[f].term, text));
		}
		for (size_t i = 0; i < N(none); i++) {
			snprintf(text, sizeof(text), "%s%s%s", forms[f].before,
			    none[i], forms[f].behind);
			assert_false(valid(forms[f].term, text));
		}
	}
}

/* An id of this length, of segments that are right, in its form. */
static bool
valid_long(size_t form, size_t n)
{
	char text[ID_MAX + 64];
	size_t at = strlen(strcpy(text, forms[form].before));

	for (size_t i = 0; i < n; i++)
		text[at + i] = i % 40 == 39 ? '/' : 'a';
	strcpy(text + at + n, forms[form].behind);
	return valid(forms[form].term, text);
}

TEST(test_lengths)
{
	for (size_t f = 0; f < N(forms); f++) {
		assert_true(valid_long(f, ID_MAX - 1));
		assert_true(valid_long(f, ID_MAX));
		assert_false(valid_long(f, ID_MAX + 1));
	}
}

TEST(test_extensions)
{
	assert_true(valid(&ids, "users/alice/cat.jpg"));
	assert_true(valid(&full, "raw/upload/users/alice/cat.zip"));
	assert_true(valid(&path, "/image/upload/users/alice/cat.jpg"));
	assert_false(valid(&prefixes, "users/alice/cat.jpg/"));
	assert_non_null(
	    strstr(rules_said(&r, &r.why), "a prefix has no extension"));
}

TEST(test_what_stands_around)
{
	static const char *const not_full[] = { "users/alice/cat",
		"image/users", "image/upload", "image/upload/",
		"image/upload//cat", "Image/upload/cat", "auto/upload/cat",
		"all/upload/cat", "images/upload/cat", "image/Upload/cat",
		"image//cat", "image/v1/cat", "image/up-load/cat",
		"/image/upload/cat", "image", "", "*/upload/cat", "image/*/cat",
		"image/**" };
	static const char *const no_path[] = { "", "/", "a", "image/upload/a",
		"//a", "///", "/a/", "\\/a" };
	static const char *const no_prefix[] = { "", "/", "users/alice",
		"users/alice//", "//", "/users/alice/", "users/alice/*" };

	assert_true(valid(&full, "image/upload/a"));
	assert_true(valid(&full, "video/private/a"));
	assert_true(valid(&full, "raw/twitter_name/a"));
	for (size_t i = 0; i < N(not_full); i++)
		assert_false(valid(&full, not_full[i]));
	assert_true(valid(&path, "/a"));
	for (size_t i = 0; i < N(no_path); i++)
		assert_false(valid(&path, no_path[i]));
	assert_true(valid(&prefixes, "users/alice/"));
	for (size_t i = 0; i < N(no_prefix); i++)
		assert_false(valid(&prefixes, no_prefix[i]));
	assert_false(valid(&prefixes, "users/alice"));
	assert_non_null(strstr(
	    rules_said(&r, &r.why), "would also match \"users/alice2\""));
}

TEST(test_compiles)
{
	struct pattern p;

	assert_true(compiles(&ids, "users/{user}/**", &p));
	assert_int_equal(p.n, 3);
	assert_true(compiles(&prefixes, "users/{user}/", &p));
	assert_int_equal(p.n, 2);
	assert_true(pattern_owned(&p, NULL));
	assert_true(compiles(&prefixes, "users/{claim.team.a}/", &p));
	assert_true(compiles(&full, "image/upload/users/{user}/**", &p));
	assert_int_equal(p.n, 3);
	assert_true(pattern_owned(&p, NULL));
	/* The type is no first segment of an id. */
	assert_true(compiles(&full, "image/upload/{user}/a", &p));
	assert_false(pattern_owned(&p, NULL));
	assert_true(compiles(&path, "/image/upload/users/{user}/a.jpg", &p));
	assert_int_equal(p.n, 5);
}

TEST(test_compiles_not)
{
	assert_true(wrong(&prefixes, "users/{user}", "ends in \"/\""));
	assert_true(wrong(&prefixes, "users/{user}/**", "ends in \"/\""));
	assert_true(wrong(&prefixes, "", "ends in \"/\""));
	assert_true(wrong(&prefixes, "/", "can't be a segment"));
	assert_true(wrong(&prefixes, "users//", "can't be a segment"));
	assert_true(wrong(&prefixes, "/users/", "can't be a segment"));
	assert_true(wrong(&prefixes, "users/../", "can't be a segment"));
	assert_true(wrong(&prefixes, "users/a.b/", "no extension"));
	assert_true(wrong(&prefixes, "users/{user}.b/", "no extension"));
	assert_true(wrong(&prefixes, "users/{ip}/", "{ip} can't stand"));
	assert_true(
	    wrong(&full, "users/{user}/**", "begins with image, video"));
	assert_true(wrong(&full, "*/upload/users/{user}/**", "begins with"));
	assert_true(wrong(&full, "image/*/users/{user}/**", "begins with"));
	assert_true(wrong(&full, "image/**", "begins with"));
	assert_true(wrong(&full, "{claim.t}/upload/a", "begins with"));
	assert_true(wrong(&full, "image/upload/", "begins with"));
	assert_true(wrong(&full, "image/upload//a", "can't be a segment"));
	assert_true(wrong(&path, "image/upload/a", "a path begins with \"/\""));
	assert_true(wrong(&path, "/", "can't be a segment"));
	assert_true(wrong(&path, "//a", "can't be a segment"));
	assert_true(wrong(&path, "/a/../b", "can't be a segment"));
	assert_true(wrong(&ids, "/users/{user}", "can't be a segment"));
	assert_true(wrong(&ids, "users/{usr}", "{usr} is unknown"));
	assert_true(wrong(&ids, "**/a/**", "only once"));
}

/* u1 is not u10: whole segments are compared, in each form. */
TEST(test_matches)
{
	static const struct {
		const char *id;
		bool right;
	} cases[] = {
		{ "users/alice/cat", true },
		{ "users/alice/a/b", true },
		{ "users/alice", false },
		{ "users/alice2/cat", false },
		{ "users/alic/cat", false },
		{ "users/bob/cat", false },
		{ "users/Alice/cat", false },
		{ "users/alice/../bob/cat", false },
		{ "users/alice//cat", false },
		{ "/users/alice/cat", false },
		{ "x/users/alice/cat", false },
	};
	char source[64], value[64];

	for (size_t f = 0; f < N(forms); f++) {
		snprintf(source, sizeof(source), "%susers/{user}/**%s",
		    forms[f].before, forms[f].behind);
		for (size_t i = 0; i < N(cases); i++) {
			snprintf(value, sizeof(value), "%s%s%s",
			    forms[f].before, cases[i].id, forms[f].behind);
			assert_int_equal(matches(forms[f].term, source, value),
			    cases[i].right);
			assert_int_equal(r.problem.status, 0);
		}
	}
}

TEST(test_matches_around)
{
	const char *const source = "image/upload/users/{user}/**";

	assert_true(matches(&full, source, "image/upload/users/alice/a"));
	assert_false(matches(&full, source, "video/upload/users/alice/a"));
	assert_false(matches(&full, source, "image/private/users/alice/a"));
	assert_false(matches(&full, source, "users/alice/a"));
	assert_false(matches(&full, source,
	    "image/upload/image/upload/users/"
	    "alice/a"));
	assert_true(matches(&prefixes, "users/{user}/", "users/alice/"));
	assert_false(matches(&prefixes, "users/{user}/", "users/alice"));
	assert_false(matches(&prefixes, "users/{user}/", "users/alice2/"));
	assert_false(matches(&prefixes, "users/{user}/", "users/"));
	assert_false(matches(&prefixes, "users/{user}/", "users/alice/a/"));
	assert_true(matches(&prefixes, "users/*/", "users/bob/"));
	assert_true(matches(&path, "/a/{user}/*", "/a/alice/x.jpg"));
	assert_false(matches(&path, "/a/{user}/*", "a/alice/x.jpg"));
	assert_false(matches(&path, "/a/{user}/*", "//a/alice/x.jpg"));
}

/* A name that is no segment is told, and never matched. */
TEST(test_users)
{
	static const char *const users[] = { "..", "a/b", "", "a,b", "*" };
	struct pattern p;

	for (size_t i = 0; i < N(users); i++) {
		char value[64];

		assert_true(compiles(&prefixes, "users/{user}/", &p));
		r.session.user = span_of(users[i]);
		assert_false(id_form_matches(&prefixes, &p, &r.facts, &r.arena,
		    SPAN_LIT("users/x/"), &r.problem));
		assert_string_equal(r.problem.code, "user_not_usable");
		snprintf(value, sizeof(value), "users/%s/", users[i]);
		assert_false(id_form_matches(&prefixes, &p, &r.facts, &r.arena,
		    span_of(value), &r.problem));
	}
}

/* What holds no id takes nothing. */
TEST(test_other_terms)
{
	static const struct term acl = { .name = "acl", .type = TERM_ACL };
	static const struct term tags = { .name = "tags", .type = TERM_TAGS };
	struct pattern p;

	assert_false(valid(&acl, "/a"));
	assert_false(valid(&tags, "a"));
	assert_false(compiles(&tags, "a", &p));
}

TEST(test_no_room)
{
	size_t refused = 0;
	bool right = false;

	for (size_t cap = 0; !right && cap < sizeof(r.mem); cap++) {
		struct pattern p;

		rules_open(&r);
		r.arena.cap = cap;
		right = id_form_compile(&full,
		    SPAN_LIT("image/upload/users/{user}/**"),
		    SPAN_LIT("avatar"), &r.arena, &p, &r.why);
		assert_int_equal(right, r.why.n == 0);
		assert_int_equal(right, p.n > 0);
		refused += !right;
	}
	assert_true(right && refused > 0);
}
