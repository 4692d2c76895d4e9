#include "test.h"

#include <stdlib.h>

#include "rules.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define TEN "0123456789"
#define SIXTY_FOUR TEN TEN TEN TEN TEN TEN "0123"

static struct rules r;

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
	right = pattern_matches(&p, &r.facts, &r.arena, copy, &r.problem);
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
