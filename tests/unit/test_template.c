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

static struct text_template
made(const char *source)
{
	struct text_template t;

	if (!template_compile(
		span_of(source), SPAN_LIT("avatar"), &r.arena, &t, &r.why))
		abort();
	return t;
}

/* For the facts that stand in r. */
static bool
gives_now(const char *source, enum place place, const char *separators,
    const char *text)
{
	struct text_template t = made(source);
	struct span out;

	problem_clear(&r.problem);
	if (!template_expand(&t, place, separators, &r.ctx, &out)) {
		assert_null(out.p);
		assert_true(r.problem.status != 0);
		return false;
	}
	assert_int_equal(r.problem.status, 0);
	assert_int_equal(out.p[out.n], '\0');
	return span_is(out, text);
}

static bool
gives(const char *source, const char *text)
{
	rules_open(&r);
	return gives_now(source, PLACE_TEXT, "", text);
}

static bool
refuses_user(struct span user, enum place place, const char *separators)
{
	rules_open(&r);
	r.session.user = user;
	return !gives_now("{user}", place, separators, "") &&
	       r.problem.status == 403 &&
	       strcmp(r.problem.code, "user_not_usable") == 0;
}

static bool
takes_user(const char *user, enum place place, const char *separators)
{
	rules_open(&r);
	r.session.user = span_of(user);
	return gives_now("{user}", place, separators, user);
}

TEST(test_forms)
{
	assert_true(gives("", ""));
	assert_true(gives("a&b%26\\", "a&b%26\\"));
	assert_true(gives("{user}", "alice"));
	assert_true(gives("{user_hash}", RULES_HASH));
	assert_true(gives("{random}", RULES_RANDOM));
	assert_true(gives("{random}{random}", RULES_RANDOM RULES_RANDOM));
	assert_true(gives("{date}", "2026-01-01"));
	assert_true(gives("{ip}", "192.0.2.7"));
	assert_true(gives("{policy}", "avatar"));
	assert_true(gives("{claim.team}", "red"));
	assert_true(gives("{claim.n}", "7"));
	assert_true(gives("{claim.deep.er}", "yes"));
	assert_true(gives(
	    "u/{user}{user}-{policy}.{claim.n}{", "u/alicealice-avatar.7{"));
}

TEST(test_address)
{
	static const char *const none[] = { "", "unix:", "192.0.2.7:80",
		"192.0.2.07", "::1%lo" };

	rules_open(&r);
	r.facts.remote_addr = SPAN_LIT("2001:DB8:0:0:0::1");
	assert_true(gives_now("{ip}", PLACE_TEXT, "", "2001:db8::1"));
	assert_false(gives_now("{ip}", PLACE_TEXT, ":", ""));
	r.facts.remote_addr = SPAN_LIT("::ffff:192.0.2.7");
	assert_true(gives_now("{ip}", PLACE_TEXT, ":", "192.0.2.7"));
	assert_false(gives_now("{ip}", PLACE_ID, "", ""));
	assert_string_equal(r.problem.code, "address_not_usable");
	assert_true(gives_now("x_{ip}", PLACE_TAG, ",", "x_192.0.2.7"));
	for (size_t i = 0; i < N(none); i++) {
		r.facts.remote_addr = span_of(none[i]);
		assert_false(gives_now("{ip}", PLACE_TEXT, "", ""));
		assert_int_equal(r.problem.status, 403);
		assert_string_equal(r.problem.code, "address_not_usable");
	}
}

TEST(test_user_of_an_id)
{
	char name[SEGMENT_MAX + 2];

	memset(name, 'a', sizeof(name));
	name[SEGMENT_MAX + 1] = '\0';
	assert_true(refuses_user(span_of(name), PLACE_ID, ""));
	name[SEGMENT_MAX] = '\0';
	assert_true(takes_user(name, PLACE_ID, ""));
	name[SEGMENT_MAX - 1] = '\0';
	assert_true(takes_user(name, PLACE_ID, ""));
	assert_true(refuses_user(SPAN_LIT(""), PLACE_ID, ""));
	for (int c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		char text[] = { (char)c, '\0' };
		bool right = c != 0 &&
			     strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
				    "QRSTUVWXYZ0123456789_-",
				 c) != NULL;

		if (right)
			assert_true(takes_user(text, PLACE_ID, ""));
		else
			assert_true(refuses_user(
			    (struct span){ &byte, 1 }, PLACE_ID, ""));
	}
}

TEST(test_user_of_a_text)
{
	for (int c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		char text[] = { (char)c, '\0' };
		bool right = c >= ' ' && c < 0x7f && c != '\\' && c != '&' &&
			     c != '%' && c != ',' && c != '|';

		if (right)
			assert_true(takes_user(text, PLACE_TEXT, ",|"));
		else
			assert_true(refuses_user(
			    (struct span){ &byte, 1 }, PLACE_TEXT, ",|"));
	}
	assert_true(takes_user(",", PLACE_TEXT, ""));
	assert_true(takes_user("Zo\xc3\xab", PLACE_TEXT, ",|"));
	assert_true(refuses_user(SPAN_LIT(""), PLACE_TEXT, ""));
	assert_true(refuses_user(SPAN_LIT("\xc2\x80"), PLACE_TEXT, ""));
	assert_true(refuses_user(SPAN_LIT("alice\xc3"), PLACE_TEXT, ""));
}

TEST(test_hash_takes_any_user)
{
	rules_open(&r);
	/* printf '%s\0%s' 'signpost user' 'Zoë & Söhne' | sha256sum */
	r.session.user = SPAN_LIT("Zo\xc3\xab & S\xc3\xb6hne");
	assert_true(gives_now(
	    "{user_hash}", PLACE_ID, "", "4ea2556053a636f9f6cf160dda35505e"));
	/* Without a user everybody would share one hash. */
	r.session = (struct session){ .open = false };
	assert_false(gives_now("{user_hash}", PLACE_ID, "", ""));
	assert_string_equal(r.problem.code, "user_not_usable");
	assert_false(gives_now("{user}", PLACE_ID, "", ""));
	assert_false(gives_now("{claim.team}", PLACE_ID, "", ""));
	assert_string_equal(r.problem.code, "claim_not_usable");
}

TEST(test_claims)
{
	static const char *const none[] = { "{claim.nobody}", "{claim.list}",
		"{claim.deep}", "{claim.team.x}", "{claim.empty}" };

	rules_open(&r);
	for (size_t i = 0; i < N(none); i++) {
		assert_false(gives_now(none[i], PLACE_TEXT, "", ""));
		assert_int_equal(r.problem.status, 403);
		assert_string_equal(r.problem.code, "claim_not_usable");
	}
	assert_true(gives_now("{claim.bad}", PLACE_TEXT, "", "a/b"));
	assert_false(gives_now("{claim.bad}", PLACE_TEXT, "/", ""));
	assert_string_equal(r.problem.code, "claim_not_usable");
	assert_false(gives_now("{claim.bad}", PLACE_ID, "", ""));
	assert_string_equal(r.problem.code, "claim_not_usable");
}

/* The configuration's own text may hold what a user's may not. */
TEST(test_literals_are_free)
{
	rules_open(&r);
	assert_true(gives_now(
	    "a,b|c\\&%26{user}", PLACE_TEXT, ",|", "a,b|c\\&%26alice"));
}

TEST(test_clock_outside_the_calendar)
{
	rules_open(&r);
	r.facts.now = 253402300799LL;
	assert_true(gives_now("{date}", PLACE_ID, "", "9999-12-31"));
	r.facts.now++;
	assert_false(gives_now("{date}", PLACE_ID, "", ""));
	assert_int_equal(r.problem.status, 500);
}

static bool
fits_now(const char *source, const char *value)
{
	struct text_template t = made(source);
	struct span copy = guarded(span_of(value));
	size_t mark = r.arena.n;
	bool right;

	problem_clear(&r.problem);
	right = template_matches(&t, PLACE_ID, "", &r.ctx, copy);
	guard_free(copy);
	assert_int_equal(r.arena.n, mark);
	assert_true(!right || r.problem.status == 0);
	return right;
}

static bool
fits(const char *source, const char *value)
{
	rules_open(&r);
	return fits_now(source, value);
}

TEST(test_matches)
{
	assert_true(fits("", ""));
	assert_false(fits("", "a"));
	assert_true(fits("{user}", "alice"));
	assert_false(fits("{user}", "alice2"));
	assert_false(fits("{user}", "alic"));
	assert_false(fits("{user}", "Alice"));
	assert_false(fits("{user}", ""));
	assert_true(fits("u_{user}_x", "u_alice_x"));
	assert_false(fits("u_{user}_x", "u_alice_y"));
	assert_false(fits("u_{user}_x", "u_alice_"));
	assert_true(fits("{user}{user}", "alicealice"));
	assert_true(fits("{user_hash}", RULES_HASH));
	assert_true(fits("{date}{claim.team}", "2026-01-01red"));
	assert_false(fits("{date}{claim.team}", "2026-01-02red"));
}

TEST(test_matches_random)
{
	char value[33] = "ffffffffffffffffffffffffffffffff";

	assert_true(fits("{random}", RULES_RANDOM));
	assert_true(fits("{random}", value));
	assert_true(fits("a{random}{random}b{random}",
	    "a" RULES_RANDOM "ffffffffffffffffffffffffffffffff"
	    "b00000000000000000000000000000000"));
	assert_false(fits("{random}{random}", RULES_RANDOM));
	assert_false(fits("{random}", RULES_RANDOM "0"));
	assert_true(fits("{random}{user}", RULES_RANDOM "alice"));
	assert_false(fits("{random}{user}", RULES_RANDOM "bob"));
	for (size_t n = 0; n < 32; n++) {
		char part[33] = RULES_RANDOM;

		part[n] = '\0';
		assert_false(fits("{random}", part));
	}
	for (int c = 1; c < 256; c++) {
		value[c % 32] = (char)c;
		assert_int_equal(fits("{random}", value),
		    strchr("0123456789abcdef", c) != NULL);
		value[c % 32] = 'f';
	}
}

/* No problem when it is another text, one when it can't be filled in. */
TEST(test_matches_problem)
{
	rules_open(&r);
	r.session.user = SPAN_LIT("a b");
	assert_false(fits_now("u_{user}", "x_a b"));
	assert_int_equal(r.problem.status, 0);
	assert_false(fits_now("u_{user}", "u_a b"));
	assert_int_equal(r.problem.status, 403);
	assert_string_equal(r.problem.code, "user_not_usable");
	assert_false(fits_now("{claim.nobody}", ""));
	assert_string_equal(r.problem.code, "claim_not_usable");
}

/* Every size of memory: the text, or a 500. */
TEST(test_no_room_for_text)
{
	size_t start, refused = 0;
	bool right = false;

	rules_open(&r);
	start = (made("{user_hash}{claim.team}"), r.arena.n);
	for (size_t room = 0; !right && room < 4096; room++) {
		struct text_template t;
		struct span out;

		rules_open(&r);
		t = made("{user_hash}{claim.team}");
		r.arena.cap = start + room;
		right = template_expand(&t, PLACE_ID, "", &r.ctx, &out);
		if (right)
			assert_true(span_is(out, RULES_HASH "red"));
		else
			assert_int_equal(r.problem.status, 500);
		refused += !right;
	}
	assert_true(right && refused > 0);
	assert_false(r.arena.full);
}
