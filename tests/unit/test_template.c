#include "test.h"

#include <stdlib.h>

#include "rules.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct rules r;

static bool
compiles(const char *source, struct text_template *out)
{
	struct span copy = guarded(span_of(source));
	struct span policy = guarded(SPAN_LIT("avatar"));
	bool right;

	rules_open(&r);
	memset(out, 0x55, sizeof(*out));
	right = template_compile(copy, policy, &r.arena, out, &r.why);
	/* Nothing may point to what was passed in. */
	guard_free(copy);
	guard_free(policy);
	if (right)
		assert_true(span_is(out->source, source));
	else
		assert_int_equal(out->n, 0);
	assert_int_equal(right, r.why.n == 0);
	return right;
}

/* Is it this one literal? */
static bool
is_literal(const char *source, const char *text)
{
	struct text_template t;

	return compiles(source, &t) && t.n == 1 &&
	       t.pieces[0].kind == PIECE_LITERAL &&
	       span_is(t.pieces[0].text, text);
}

static bool
is_one(const char *source, enum piece_kind kind)
{
	struct text_template t;

	return compiles(source, &t) && t.n == 1 && t.pieces[0].kind == kind;
}

static bool
refuses(const char *source)
{
	struct text_template t;

	return !compiles(source, &t);
}

TEST(test_words)
{
	struct text_template t;

	assert_true(is_one("{user}", PIECE_USER));
	assert_true(is_one("{user_hash}", PIECE_USER_HASH));
	assert_true(is_one("{random}", PIECE_RANDOM));
	assert_true(is_one("{date}", PIECE_DATE));
	assert_true(is_one("{ip}", PIECE_IP));
	assert_true(is_literal("{policy}", "avatar"));
	assert_true(compiles("{claim.team}", &t));
	assert_int_equal(t.pieces[0].kind, PIECE_CLAIM);
	assert_true(span_is(t.pieces[0].text, "team"));
	assert_true(compiles("{claim.deep.er_1}", &t));
	assert_true(span_is(t.pieces[0].text, "deep.er_1"));
}

TEST(test_unknown_words)
{
	static const char *const sources[] = { "{users}", "{User}", "{a}",
		"{0}", "{_}", "{.}", "{claim}", "{claim.}", "{claim..a}",
		"{claim.a.}", "{claims.a}", "{user.name}", "{policy.name}",
		"x{user}{usr}", "{user_}", "{{usr}}" };

	for (size_t i = 0; i < N(sources); i++)
		assert_true(refuses(sources[i]));
	assert_true(refuses("{usr}"));
	assert_string_equal(rules_said(&r, &r.why),
	    "{usr} is unknown; there are {user}, {user_hash}, {random}, "
	    "{date}, {ip}, {policy} and {claim.NAME}");
}

TEST(test_other_braces)
{
	static const char *const sources[] = { "a", "{", "}", "{}", "}{", "{{",
		"{user", "user}", "{ user}", "{user }", "{us er}", "{us-er}",
		"{us\xc3\xa9r}", "{\"a\":1}", "{user:1}", "{user{", "%26&" };

	for (size_t i = 0; i < N(sources); i++)
		assert_true(is_literal(sources[i], sources[i]));
}

TEST(test_pieces)
{
	struct text_template t;

	assert_true(compiles("", &t));
	assert_int_equal(t.n, 0);
	assert_true(compiles("{{user}}", &t));
	assert_int_equal(t.n, 3);
	assert_true(span_is(t.pieces[0].text, "{"));
	assert_int_equal(t.pieces[1].kind, PIECE_USER);
	assert_true(span_is(t.pieces[2].text, "}"));
	assert_true(compiles("{user}{random}{date}", &t));
	assert_int_equal(t.n, 3);
	/* What is literal stays one piece, also around {policy}. */
	assert_true(is_literal("a{policy}{policy}b", "aavataravatarb"));
	assert_true(compiles("a{policy}{user}{policy}b{", &t));
	assert_int_equal(t.n, 3);
	assert_true(span_is(t.pieces[0].text, "aavatar"));
	assert_true(span_is(t.pieces[2].text, "avatarb{"));
}

/* Any byte: only [A-Za-z0-9_.] can stand in a word, and } ends it. */
TEST(test_every_byte)
{
	for (int c = 1; c < 256; c++) {
		char source[] = { '{', 'q', (char)c, '}', '\0' };
		bool word = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
				   "QRSTUVWXYZ0123456789_.}",
				c) != NULL;

		if (word)
			assert_true(refuses(source));
		else
			assert_true(is_literal(source, source));
	}
}

TEST(test_truncations)
{
	const char *whole = "{user_hash}";
	char source[16];

	for (size_t n = 1; n < strlen(whole); n++) {
		memcpy(source, whole, n);
		source[n] = '\0';
		assert_true(is_literal(source, source));
	}
	assert_true(is_one(whole, PIECE_USER_HASH));
}

TEST(test_has)
{
	struct text_template t;

	assert_true(compiles("a{user}b{random}", &t));
	assert_true(template_has(&t, PIECE_LITERAL));
	assert_true(template_has(&t, PIECE_USER));
	assert_true(template_has(&t, PIECE_RANDOM));
	assert_false(template_has(&t, PIECE_USER_HASH));
	assert_false(template_has(&t, PIECE_CLAIM));
	assert_true(compiles("", &t));
	assert_false(template_has(&t, PIECE_LITERAL));
}

TEST(test_fits)
{
	struct text_template t;

	assert_true(compiles("a{user}{user_hash}{random}{date}{claim.a}", &t));
	assert_true(template_fits(&t, PLACE_ID, &r.why));
	assert_true(compiles("a{ip}", &t));
	assert_true(template_fits(&t, PLACE_TEXT, &r.why));
	assert_int_equal(r.why.n, 0);
	assert_false(template_fits(&t, PLACE_ID, &r.why));
	assert_true(r.why.n > 0);
}

/* Every size of memory: right, or refused with nothing in it. */
TEST(test_no_room)
{
	const struct span source = SPAN_INIT("a{user}b{policy}c");
	size_t refused = 0;
	bool right = false;

	for (size_t cap = 0; !right && cap < sizeof(r.mem); cap++) {
		struct text_template t;

		rules_open(&r);
		r.arena.cap = cap;
		right = template_compile(
		    source, SPAN_LIT("avatar"), &r.arena, &t, &r.why);
		assert_int_equal(t.n, right ? 3 : 0);
		assert_int_equal(right, r.why.n == 0);
		refused += !right;
	}
	assert_true(right && refused > 0);
}
