#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "policy/pattern.h"
#include "rules.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define TEN "0123456789"
#define SIXTY_FOUR TEN TEN TEN TEN TEN TEN "0123"

static struct rules r;

/* An id alone, with nothing written around it. */
static bool
id_valid(struct span id, bool wide, struct sink *why)
{
	return id_form_valid(term_find(SPAN_LIT("public_id")), id, wide, why);
}

static bool
pattern_matches(const struct pattern *p, const struct ctx *ctx, struct span id)
{
	return id_form_matches(term_find(SPAN_LIT("public_id")), p, ctx, id);
}

static bool
compiles(const char *source, struct pattern *out)
{
	struct span copy = guarded(span_of(source));
	bool right;

	memset(out, 0x55, sizeof(*out));
	right =
	    pattern_compile(copy, SPAN_LIT("avatar"), &r.arena, out, &r.why);
	guard_free(copy);
	if (right)
		assert_true(span_is(out->source, source));
	else
		assert_true(out->n == 0 && r.why.n > 0);
	return right;
}

static bool
is_pattern(const char *source)
{
	struct pattern p;

	rules_open(&r);
	return compiles(source, &p);
}

TEST(test_compiles)
{
	static const char *const sources[] = { "*", "**", "a", "a/*", "a/**",
		"**/a", "a/**/b", "*/*", "users/{user}/**", "{user}.jpg",
		"a.jpg", "a/b_{user}-x.{policy}", "{date}_{claim.team}",
		SIXTY_FOUR, SIXTY_FOUR ".jpg", "{random}{user_hash}",
		"a/{policy}", "-", "_", "a.0123456789abcdef" };
	/* what the configuration alone can write */
	static const char *const wide[] = { "a b", "a.b/c", "a.b.c", "a.j-g",
		"a:b", "a,b", "\xc3\xa4", "[a]", "a.0123456789abcdefg",
		"\xe5\x86\x99\xe7\x9c\x9f", "Bilder von {user}",
		"a b/{user}/**", "{user} (1)", "Bild {user}.jpg", "a..b",
		"Kids' photos", "a'b/{user}.jpg" };
	struct pattern p;

	for (size_t i = 0; i < N(sources); i++)
		assert_true(is_pattern(sources[i]));
	for (size_t i = 0; i < N(sources); i++) {
		rules_open(&r);
		assert_true(compiles(sources[i], &p) && !p.wide);
	}
	for (size_t i = 0; i < N(wide); i++) {
		rules_open(&r);
		if (!compiles(wide[i], &p) || !p.wide)
			fail_msg("%s", wide[i]);
	}
}

TEST(test_refuses)
{
	static const char *const sources[] = { "", "/", "a/", "/a", "a//b",
		"***", "a*", "*a", "*.jpg", "**.jpg", "**/**", "a/**/b/**", ".",
		"..", "a.", ".jpg", "a.{user}", "a.b{user}", "{user}.", "a./b",
		"a/../b", "a/./b", "a%b", "a\\b", "{ip}", "a/{ip}", "{usr}",
		"{user", "a{", "a}", "?", "a?b", "a#b", "a&b", "a<b", "a>b",
		" a", "a ", " ", "a/ b", "a /b", "{user} ", " {user}", "a*b",
		"a b*", "\xc3", "a\xff", "a\tb", "a\xc2\x85", "a\x7f",
		"a.b {user}", "...", SIXTY_FOUR "0", "\xc3\xa4" SIXTY_FOUR,
		SIXTY_FOUR "{user}", "{random}{user_hash}x",
		"{random}{random}{user}", "{date}" SIXTY_FOUR };

	for (size_t i = 0; i < N(sources); i++)
		assert_false(is_pattern(sources[i]));
}

TEST(test_every_byte)
{
	for (int c = 1; c < 256; c++) {
		char source[] = { 'a', (char)c, 'a', '\0' };
		bool right = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
				    "QRSTUVWXYZ0123456789_-./",
				 c) != NULL;

		assert_int_equal(
		    is_pattern(source), c < 0x80 && c >= ' ' && c != 0x7f &&
					    strchr("?&#\\%<>*{}", c) == NULL);
		rules_open(&r);
		assert_int_equal(
		    id_valid(span_of(source), false, &r.why), right);
	}
	assert_false(id_valid(SPAN_LIT("a\0a"), true, NULL));
}

static bool
is_id(const char *text)
{
	struct span copy = guarded(span_of(text));
	bool right;

	rules_open(&r);
	right = id_valid(copy, false, &r.why);
	assert_int_equal(right, r.why.n == 0);
	assert_int_equal(right, id_valid(copy, false, NULL));
	guard_free(copy);
	return right;
}

TEST(test_ids)
{
	static const char *const right[] = { "a", "a/b", "a.jpg", "a/b.mp4",
		"-", "_/-", "users/alice/0/1/2", SIXTY_FOUR,
		SIXTY_FOUR ".0123456789abcdef", SIXTY_FOUR "/" SIXTY_FOUR };
	static const char *const wrong[] = { "", "/", "/a", "a/", "a//b", ".",
		"..", "a.", ".jpg", "a/.jpg", "a.b/c", "a.b.c", "a/../b", "*",
		"a/*", "a.j_g", "a b", SIXTY_FOUR "0", "a/" SIXTY_FOUR "0",
		SIXTY_FOUR "0.jpg", "a.0123456789abcdefg" };

	for (size_t i = 0; i < N(right); i++)
		assert_true(is_id(right[i]));
	for (size_t i = 0; i < N(wrong); i++)
		assert_false(is_id(wrong[i]));
}

TEST(test_id_length)
{
	char text[ID_MAX + 2];

	for (size_t i = 0; i < ID_MAX + 1; i++)
		text[i] = i % 2 == 0 ? 'a' : '/';
	text[ID_MAX + 1] = '\0';
	assert_false(is_id(text));
	text[ID_MAX - 1] = 'b';
	text[ID_MAX] = 'c';
	assert_false(is_id(text));
	text[ID_MAX] = '\0';
	assert_true(is_id(text));
	text[ID_MAX - 1] = '\0';
	assert_false(is_id(text));
	text[ID_MAX - 2] = '\0';
	assert_true(is_id(text));
}

static bool
matches_now(const char *source, const char *id)
{
	struct span copy = guarded(span_of(id));
	struct pattern p;
	bool right;

	assert_true(compiles(source, &p));
	problem_clear(&r.problem);
	right = pattern_matches(&p, &r.ctx, copy);
	guard_free(copy);
	return right;
}

static bool
matches(const char *source, const char *id)
{
	bool right;

	rules_open(&r);
	right = matches_now(source, id);
	assert_int_equal(r.problem.status, 0);
	return right;
}

TEST(test_whole_segments)
{
	assert_true(matches("users/{user}/a", "users/alice/a"));
	assert_false(matches("users/{user}/a", "users/alice2/a"));
	assert_false(matches("users/{user}/a", "users/alic/a"));
	assert_false(matches("users/{user}/a", "users/Alice/a"));
	assert_false(matches("users/{user}/a", "users/alice/a/b"));
	assert_false(matches("users/{user}/a", "users/alice"));
	assert_false(matches("users/{user}/a", "users/alice/a.jpg"));
	assert_true(matches("users/{user}/a.jpg", "users/alice/a.jpg"));
	assert_false(matches("users/{user}/a.jpg", "users/alice/a.png"));
	assert_true(matches("{user}.jpg", "alice.jpg"));
	assert_true(matches("u_{user}/{random}", "u_alice/" RULES_RANDOM));
	assert_false(matches("u_{user}/{random}", "u_alice/x" RULES_RANDOM));
}

TEST(test_one)
{
	assert_true(matches("*", "a"));
	assert_true(matches("*", "a.jpg"));
	assert_false(matches("*", "a/b"));
	assert_true(matches("a/*/c", "a/b/c"));
	assert_false(matches("a/*/c", "a/c"));
	assert_false(matches("a/*/c", "a/b/b/c"));
	assert_false(matches("users/*", "usersx/a"));
}

TEST(test_many)
{
	assert_true(matches("**", "a"));
	assert_true(matches("**", "a/b/c.jpg"));
	assert_false(matches("a/**", "a"));
	assert_true(matches("a/**", "a/b"));
	assert_true(matches("a/**", "a/b/c"));
	assert_false(matches("a/**", "b/b/c"));
	assert_true(matches("**/z", "a/z"));
	assert_true(matches("**/z", "a/z/z"));
	assert_false(matches("**/z", "z"));
	assert_false(matches("**/z", "a/y"));
	assert_true(matches("a/**/z", "a/b/c/z"));
	assert_false(matches("a/**/z", "a/z"));
	assert_true(matches("a/*/**/*/z", "a/1/2/3/z"));
	assert_false(matches("a/*/**/*/z", "a/1/3/z"));
}

/* A word of the configuration's is compared as it is; a client has none. */
TEST(test_wide)
{
#define FOTOS "Fotos f\xc3\xbcr"
	assert_true(matches(FOTOS " {user}/*", FOTOS " alice/cat"));
	assert_true(matches(FOTOS " {user}/*", FOTOS " alice/cat.jpg"));
	assert_true(matches(FOTOS "/{user}/**", FOTOS "/alice/a/b"));
	assert_true(matches("**/a b", "x/y/a b"));
	assert_false(matches(FOTOS "/{user}/**", FOTOS "/alice/a b"));
	assert_false(matches(FOTOS "/{user}/**", FOTOS "/alice/\xc3\xbc/b"));
	assert_false(matches(FOTOS "/{user}/**", FOTOS "/alice/a b/b"));
	assert_false(matches(FOTOS "/{user}/**", FOTOS "/alice/../b"));
	assert_false(matches(FOTOS "/{user}/**", FOTOS "/alice//b"));
	assert_false(matches(FOTOS "/{user}/*", FOTOS "/alice/a.b.c"));
	assert_false(matches(FOTOS "/{user}/*", FOTOS "/alice/ "));
	assert_false(matches(FOTOS "/{user}/*/x", FOTOS "/alice/a.jpg/x"));
	/* the same letter in two spellings is two words */
	assert_false(matches("f\xc3\xbcr/{user}", "fu\xcc\x88r/alice"));
	assert_false(matches("f\xc3\xbcr/{user}", "f\xc3\x9cr/alice"));
	assert_false(matches("a b/{user}", "a+b/alice"));
	assert_false(matches("a b/{user}", "a%20b/alice"));
}

TEST(test_wide_ids)
{
	static const char *const right[] = { "a b", "a/b c/d", "\xc3\xa4",
		"a.b.c/d", "a'b", SIXTY_FOUR ".0123456789abcdef" };
	static const char *const wrong[] = { "", "/", "a//b", " a", "a ", "a/ ",
		"..", "a/../b", "a/.b", "a&b", "a?b", "a#b", "a%b", "a\\b",
		"a<b", "a>b", "a*b", "a{b", "a\nb", "\xff", " " SIXTY_FOUR,
		SIXTY_FOUR "\xc3\xa4/a" };

	for (size_t i = 0; i < N(right); i++)
		if (!id_valid(span_of(right[i]), true, NULL))
			fail_msg("%s", right[i]);
	for (size_t i = 0; i < N(wrong); i++)
		if (id_valid(span_of(wrong[i]), true, NULL))
			fail_msg("%s", wrong[i]);
}

/* Nothing that is no id gets through a wildcard. */
TEST(test_only_ids)
{
	static const char *const wrong[] = { "", "/", "a//b", "../b", "a/..",
		"a/", "a/b c", "a/%2e%2e", "a/b&c" };

	for (size_t i = 0; i < N(wrong); i++) {
		assert_false(matches("**", wrong[i]));
		assert_false(matches("*", wrong[i]));
		assert_false(matches("a/**", wrong[i]));
	}
}

TEST(test_longest_id)
{
	char text[ID_MAX + 1];

	for (size_t i = 0; i < ID_MAX; i++)
		text[i] = i % 2 == 0 ? 'a' : '/';
	text[ID_MAX] = '\0';
	assert_true(matches("**", text));
	assert_true(matches("a/**/a", text));
	assert_false(matches("a/**/b", text));
}

TEST(test_user_not_usable)
{
	rules_open(&r);
	r.session.user = SPAN_LIT("a@b");
	assert_false(matches_now("users/{user}/*", "users/x/y"));
	assert_int_equal(r.problem.status, 403);
	assert_string_equal(r.problem.code, "user_not_usable");
	assert_false(matches_now("users/{user}/*", "other/x/y"));
	assert_int_equal(r.problem.status, 0);
	assert_false(matches_now("users/{user_hash}/*", "users/x/y"));
	assert_int_equal(r.problem.status, 0);
}

static bool
is_fresh(const char *source)
{
	struct pattern p;
	bool right;

	rules_open(&r);
	assert_true(pattern_compile(
	    span_of(source), SPAN_LIT("avatar"), &r.arena, &p, &r.why));
	right = pattern_fresh(&p, &r.why);
	assert_int_equal(right, r.why.n == 0);
	assert_int_equal(right, pattern_fresh(&p, NULL));
	return right;
}

TEST(test_fresh)
{
	static const char *const right[] = { "inbox/{random}",
		"inbox/{date}/{random}", "in/{policy}/{random}",
		"{policy}/{random}", "a/{random}/{random}",
		"in/{user}/{random}" };
	static const char *const wrong[] = { "{random}", "inbox/a",
		"inbox/{random}.jpg", "inbox/a{random}", "inbox/{random}a",
		"inbox/{random}/a", "inbox/{random}/*", "inbox/*",
		"inbox/*/{random}", "inbox/**/{random}", "*/{random}",
		"{date}/{random}", "w_200/{random}", "v1/{random}",
		"s--a/{random}", "{user}/{random}", "inbox/{user}" };

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		if (!is_fresh(right[i]))
			fail_msg("%s: %s", right[i], rules_said(&r, &r.why));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (is_fresh(wrong[i]))
			fail_msg("%s", wrong[i]);
	assert_false(pattern_fresh(&(struct pattern){ .n = 0 }, NULL));
}

static bool
owned(const char *source)
{
	struct pattern p;
	bool right;

	rules_open(&r);
	assert_true(compiles(source, &p));
	right = pattern_owned(&p, &r.why);
	assert_int_equal(right, r.why.n == 0);
	assert_int_equal(right, pattern_owned(&p, NULL));
	return right;
}

TEST(test_owned)
{
	static const char *const right[] = { "users/{user}", "users/{user}/**",
		"users/{user_hash}/a.jpg", "users/{claim.team}/*",
		"users/x/y/{user}/**", "users/{random}/{user}", "u/{user}",
		"{policy}/{user}", "v/{user}", "v1a/{user}", "va1/{user}",
		"users_x/{user}", "user_200/{user}", "W_200/{user}",
		"1_2/{user}", "_a/{user}", "s-/{user}", "sw--a/{user}",
		"w200/{user}", "v1-/{user}" };
	static const char *const wrong[] = { "**", "*", "a", "a/b", "a/**",
		"{user}", "{user}/a", "{user}/{user}", "*/{user}", "**/{user}",
		"users/*/{user}", "users/**/{user}", "users/user_{user}/**",
		"users/{user}_x", "users/{user}.jpg", "users/{user}{user}",
		"users/{claim.a}-{claim.b}", "users/{random}/**",
		"users/{date}/a", "u{random}/{user}", "{date}/{user}",
		"w_200/{user}", "w_/{user}", "fl_x/{user}", "dpr_2/{user}",
		"v1/{user}", "v0123456789/{user}", "s--/{user}",
		"s--abc--/{user}", "my_{policy}/{user}" };

	for (size_t i = 0; i < N(right); i++)
		assert_true(owned(right[i]));
	for (size_t i = 0; i < N(wrong); i++)
		assert_false(owned(wrong[i]));
	assert_false(pattern_owned(&(struct pattern){ .n = 0 }, NULL));
}

/* Every size of memory: right, or refused with nothing in it. */
TEST(test_no_room)
{
	size_t refused = 0;
	bool right = false;

	for (size_t cap = 0; !right && cap < sizeof(r.mem); cap++) {
		struct pattern p;

		rules_open(&r);
		r.arena.cap = cap;
		right = pattern_compile(SPAN_LIT("users/{user}/**"),
		    SPAN_LIT("avatar"), &r.arena, &p, &r.why);
		assert_int_equal(p.n, right ? 3 : 0);
		assert_int_equal(right, r.why.n == 0);
		refused += !right;
	}
	assert_true(right && refused > 0);
	assert_false(r.arena.full);
}

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
id_form_compiles(
    const struct term *term, const char *source, struct pattern *out)
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

	return !id_form_compiles(term, source, &pattern) &&
	       strstr(rules_said(&r, &r.why), said) != NULL;
}

static bool
form_matches(const struct term *term, const char *source, const char *value)
{
	struct pattern pattern;
	struct span copy = guarded(span_of(value));
	bool right;

	assert_true(id_form_compiles(term, source, &pattern));
	right = id_form_matches(term, &pattern, &r.ctx, copy);
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

TEST(id_form_test_compiles)
{
	struct pattern p;

	assert_true(id_form_compiles(&ids, "users/{user}/**", &p));
	assert_int_equal(p.n, 3);
	assert_true(id_form_compiles(&prefixes, "users/{user}/", &p));
	assert_int_equal(p.n, 2);
	assert_true(pattern_owned(&p, NULL));
	assert_true(id_form_compiles(&prefixes, "users/{claim.team.a}/", &p));
	assert_true(
	    id_form_compiles(&full, "image/upload/users/{user}/**", &p));
	assert_int_equal(p.n, 3);
	assert_true(pattern_owned(&p, NULL));
	/* The type is no first segment of an id. */
	assert_true(id_form_compiles(&full, "image/upload/{user}/a", &p));
	assert_false(pattern_owned(&p, NULL));
	assert_true(
	    id_form_compiles(&path, "/image/upload/users/{user}/a.jpg", &p));
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
			assert_int_equal(
			    form_matches(forms[f].term, source, value),
			    cases[i].right);
			assert_int_equal(r.problem.status, 0);
		}
	}
}

TEST(test_matches_around)
{
	const char *const source = "image/upload/users/{user}/**";

	assert_true(form_matches(&full, source, "image/upload/users/alice/a"));
	assert_false(form_matches(&full, source, "video/upload/users/alice/a"));
	assert_false(
	    form_matches(&full, source, "image/private/users/alice/a"));
	assert_false(form_matches(&full, source, "users/alice/a"));
	assert_false(form_matches(&full, source,
	    "image/upload/image/upload/users/"
	    "alice/a"));
	assert_true(form_matches(&prefixes, "users/{user}/", "users/alice/"));
	assert_false(form_matches(&prefixes, "users/{user}/", "users/alice"));
	assert_false(form_matches(&prefixes, "users/{user}/", "users/alice2/"));
	assert_false(form_matches(&prefixes, "users/{user}/", "users/"));
	assert_false(
	    form_matches(&prefixes, "users/{user}/", "users/alice/a/"));
	assert_true(form_matches(&prefixes, "users/*/", "users/bob/"));
	assert_true(form_matches(&path, "/a/{user}/*", "/a/alice/x.jpg"));
	assert_false(form_matches(&path, "/a/{user}/*", "a/alice/x.jpg"));
	assert_false(form_matches(&path, "/a/{user}/*", "//a/alice/x.jpg"));
}

/* A name that is no segment is told, and never matched. */
TEST(test_users)
{
	static const char *const users[] = { "..", "a/b", "", "a,b", "*" };
	struct pattern p;

	for (size_t i = 0; i < N(users); i++) {
		char value[64];

		assert_true(id_form_compiles(&prefixes, "users/{user}/", &p));
		r.session.user = span_of(users[i]);
		assert_false(id_form_matches(
		    &prefixes, &p, &r.ctx, SPAN_LIT("users/x/")));
		assert_string_equal(r.problem.code, "user_not_usable");
		snprintf(value, sizeof(value), "users/%s/", users[i]);
		assert_false(
		    id_form_matches(&prefixes, &p, &r.ctx, span_of(value)));
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
	assert_false(id_form_compiles(&tags, "a", &p));
}

TEST(id_form_test_no_room)
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

TEST(test_url_part)
{
	static const char *const parts[] = { "w_200", "c_fill", "t_x", "vc_a",
		"fl_", "if_else", "abc_", "v1", "v1234567890", "s--a--",
		"s--" };
	static const char *const others[] = { "", "a", "w", "_w", "_", "abcd_",
		"W_200", "1_a", "v", "v1a", "vv1", "V1", "1v", "s-a", "users",
		"w-200", "{user}", "*" };

	for (size_t i = 0; i < N(parts); i++)
		assert_true(pattern_url_part(span_of(parts[i])));
	for (size_t i = 0; i < N(others); i++)
		assert_false(pattern_url_part(span_of(others[i])));
}
