#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "cloudinary/auth_token.h"
#include "guard.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define SHORT "00112233FF99"
#define NPM "computed: npm cloudinary 2.11.0"
#define NPM_TEST "cloudinary_npm:test/unit/authToken/authTokenUtils_spec.js"
#define PY_TEST "pycloudinary:test/test_auth_token.py"
#define RB_TEST "cloudinary_gem:spec/auth_token_spec.rb"
#define GO_TEST "cloudinary-go:asset/auth_token_test.go"
#define ABAB "abababababababababababababababababababab"
#define CDCD "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"

/*
 * Tokens of Cloudinary's own programs, without the name and "=" before them.
 */
static const struct vector {
	const char *source, *key, *ip;
	long long start, expiration;
	const char *acl, *url, *token;
} vectors[] = {
	{ NPM_TEST, SHORT, "", 1111111111, 1111111411, "/image/*", "",
	    "st=1111111111~exp=1111111411~acl=%2fimage%2f*~hmac="
	    "1751370bcc6cfe9e03f30dd1a9722ba0f2cdca283fa3e6df3342a00a7528cc5"
	    "1" },
	{ NPM_TEST, SHORT, "", 222222222, 222222522, "/*/t_foobar", "",
	    "st=222222222~exp=222222522~acl=%2f*%2ft_foobar~hmac="
	    "8e39600cc18cec339b21fe2b05fcb64b98de373355f8ce732c35710d8b10259"
	    "f" },
	{ NPM_TEST, SHORT, "", 222222222, 222222522, "/*/t_foobar!t_foobar/*/",
	    "",
	    "st=222222222~exp=222222522~acl=%2f*%2ft_foobar!t_foobar%2f*%2f"
	    "~hmac="
	    "45d51dd32dd26a3c2339155f454076c1d8fbd93c611965461569a0b4279bbdd"
	    "5" },
	{ PY_TEST, SHORT, "", 222222222, 222225822, "/i/a/*!/i/a/*!/i/a/*", "",
	    "st=222222222~exp=222225822~acl=%2fi%2fa%2f*!%2fi%2fa%2f*!"
	    "%2fi%2fa%2f*~hmac="
	    "10d9ad42d6ed66dce2386c4b564b2aa25a6ac668e5b90d070363a03c9842965"
	    "f" },
	{ RB_TEST, SHORT, "", 222222222, 222222522, "/*/t_foobar", "sample.jpg",
	    "st=222222222~exp=222222522~acl=%2f*%2ft_foobar~hmac="
	    "8e39600cc18cec339b21fe2b05fcb64b98de373355f8ce732c35710d8b10259"
	    "f" },
	{ PY_TEST, SHORT, "", 1111111111, 1111111411, "",
	    "http://res.cloudinary.com/test123/image/upload/v1486020273/"
	    "sample.jpg",
	    "st=1111111111~exp=1111111411~hmac="
	    "639406f8c07fc6a1613e1f6192baba631f9d5719185a32049281e94e15c5619"
	    "b" },
	{ RB_TEST, SHORT, "", 0, 100, "foo", "",
	    "exp=100~acl=foo~hmac="
	    "88be250f3a912add862959076ee74f392fa0959a953fddd9128787d5c849efd"
	    "9" },
	{ GO_TEST, SHORT, "", 0, 11111411, "", "sample.jpg",
	    "exp=11111411~hmac="
	    "470d32e3ee9b872d64bd00d974c559d96892398c8542ff33ce2f2647ee1bf7a"
	    "4" },
	{ NPM, SHORT, "", 0, 100, "/a b\"#%&':;<=>?@[]^`{|}~/*", "",
	    "exp=100~acl=%2fa%20b%22%23%25%26%27%3a%3b%3c%3d%3e%3f%40%5b%5d%5e"
	    "%60%7b%7c%7d%7e%2f*~hmac="
	    "76762be8c079771fdb5d2c269ebaca5603b86519963c4a02158920360395e24"
	    "4" },
	{ NPM, SHORT, "", 0, 100, "/!$()*+,-._0Az/*", "",
	    "exp=100~acl=%2f!$()*+,-._0Az%2f*~hmac="
	    "f81d789617a9f4f61f277b83d0d51bcc5e6188a8bf8739dd62376aadeefd76c"
	    "c" },
	{ NPM, SHORT, "", 0, 100, "/K\xc3\xb6ln/*", "",
	    "exp=100~acl=%2fK\xc3\xb6ln%2f*~hmac="
	    "93783abf727ce183c9201755d5c54f8ab31935e4cb094a443ddbe52c5db8513"
	    "9" },
	{ NPM, SHORT, "1.2.3.4", 100, 110, "/image/*", "",
	    "ip=1.2.3.4~st=100~exp=110~acl=%2fimage%2f*~hmac="
	    "a00a058460fee20bf35f2f6f2720f7d93b0c60bd9b7af53e85e0f1dfdfd18ef"
	    "c" },
	{ NPM, SHORT, "2001:db8::1", 0, 100, "/*", "",
	    "ip=2001:db8::1~exp=100~acl=%2f*~hmac="
	    "465888e2b4bbe9159a02924faf5db4b9db7952f8056a9a8f73ce5dcd82e4ae3"
	    "7" },
	{ NPM, SHORT, "", 0, 1000, "/*", "",
	    "exp=1000~acl=%2f*~hmac="
	    "5229ee764437563f2f7e20cc9f48324cd8067a0ec7631c3b8768da810a9b11b"
	    "8" },
	{ NPM, SHORT, "", 0, 1700000300, "/*", "",
	    "exp=1700000300~acl=%2f*~hmac="
	    "c9be54d41bcc575c2597e6f788000139f75596c15d53690008175171f340e30"
	    "f" },
	{ NPM, "00112233ff99", "", 1111111111, 1111111411, "/image/*", "",
	    "st=1111111111~exp=1111111411~acl=%2fimage%2f*~hmac="
	    "1751370bcc6cfe9e03f30dd1a9722ba0f2cdca283fa3e6df3342a00a7528cc5"
	    "1" },
	{ NPM, ABAB ABAB ABAB "ababababab", "", 0, 100, "/*", "",
	    "exp=100~acl=%2f*~hmac="
	    "ddf37ca3ed90bda39e65aa2c7c2c90476dd1780756e8f572afc6e9f5bb164ea"
	    "0" },
	{ NPM, CDCD CDCD CDCD "cdcdcdcd", "", 0, 100, "/*", "",
	    "exp=100~acl=%2f*~hmac="
	    "804c71a9a37439f276e6c98c33e50d3d3e2a3673828ae0b7445f337529c76a0"
	    "c" },
	/* Every SDK but npm, which leaves the backslash as it is. */
	{ GO_TEST, SHORT, "", 11111111, 11111411, "",
	    "Encode these :~@#%^&{}[]\\\"';/\", but not those $!()_.*",
	    "st=11111111~exp=11111411~hmac="
	    "7ffc0fd1f3ee2622082689f64a65454da39d94c297bcf498b682aa65a0d2ce0"
	    "a" },
	/* Refused by all. */
	{ PY_TEST, SHORT, "", 1, 301, "", "", NULL },
	{ PY_TEST, SHORT, "", 0, 0, "*", "", NULL },
};

static unsigned char scratch_mem[8192], out_mem[8192], arena_mem[16384];
static struct hmac_key *key;
static struct sink out;

static void
take_key(const char *hex)
{
	unsigned char bytes[65];
	size_t n;

	assert_true(hex_decode(span_of(hex), bytes, sizeof(bytes), &n));
	assert_true(hmac_key_init(key, HASH_SHA256, (struct span){ bytes, n }));
}

/* NULL: refused, and nothing written. */
static void
assert_token(const struct auth_token *token, const char *expect)
{
	struct sink scratch;
	bool made;

	sink_init(&scratch, scratch_mem, sizeof(scratch_mem));
	sink_init(&out, out_mem, sizeof(out_mem));
	made = auth_token_write(token, key, &scratch, &out);
	assert_int_equal(made, expect != NULL);
	assert_true(span_is(sink_view(&out), expect == NULL ? "" : expect));
}

TEST(test_vectors)
{
	for (size_t i = 0; i < N(vectors); i++) {
		const struct vector *v = &vectors[i];
		struct auth_token token = { span_of(v->ip), v->start,
			v->expiration, guarded(span_of(v->acl)),
			guarded(span_of(v->url)) };

		take_key(v->key);
		assert_token(&token, v->token);
		guard_free(token.acl);
		guard_free(token.url);
	}
}

TEST(test_refused)
{
	struct auth_token token = { .expiration = -1, .acl = SPAN_LIT("/*") };
	struct sink scratch;

	take_key(SHORT);
	assert_token(&token, NULL);
	token.expiration = 100;
	token.start = -1;
	assert_token(&token, NULL);
	token.start = 0;
	sink_init(&scratch, scratch_mem, sizeof(scratch_mem));
	sink_init(&out, out_mem, sizeof(out_mem));
	assert_false(auth_token_write(&token, NULL, &scratch, &out));
	assert_int_equal(out.n, 0);
	assert_true(auth_token_write(&token, key, &scratch, &out));
}

/* A little less room in either sink: nothing is written. */
TEST(test_room)
{
	const struct auth_token token = { .expiration = 100,
		.url = SPAN_LIT("/a b") };
	const size_t string = strlen("exp=100~url=%2fa%20b");
	const size_t shown = strlen("exp=100~hmac=") + 64;

	take_key(SHORT);
	for (size_t less = 0; less < 3; less++) {
		struct sink scratch;

		sink_init(&scratch, scratch_mem, string - less);
		sink_init(&out, out_mem, sizeof(out_mem));
		assert_int_equal(
		    auth_token_write(&token, key, &scratch, &out), less == 0);
		assert_int_equal(out.n, less == 0 ? shown : 0);
		sink_init(&scratch, scratch_mem, sizeof(scratch_mem));
		sink_init(&out, out_mem, 1 + shown - less);
		sink_byte(&out, 'x');
		assert_int_equal(
		    auth_token_write(&token, key, &scratch, &out), less == 0);
		assert_int_equal(out.n, less == 0 ? 1 + shown : 1);
	}
}

/* What stands in the sinks before is no part of the token. */
TEST(test_behind)
{
	const struct auth_token token = { .expiration = 100,
		.acl = SPAN_LIT("foo") };
	struct sink scratch;

	take_key(SHORT);
	sink_init(&scratch, scratch_mem, sizeof(scratch_mem));
	sink_init(&out, out_mem, sizeof(out_mem));
	sink_text(&scratch, "before");
	sink_text(&out, "t=");
	assert_true(auth_token_write(&token, key, &scratch, &out));
	assert_true(
	    span_is(sink_view(&out), "t=exp=100~acl=foo~hmac="
				     "88be250f3a912add862959076ee74f392fa0959a9"
				     "53fddd9128787d5c849efd9"));
}

/* Every byte: as it is, or as %xx. */
TEST(test_every_byte)
{
	take_key(SHORT);
	for (int c = 1; c < 256; c++) {
		const unsigned char byte = (unsigned char)c;
		struct auth_token token = { .expiration = 1,
			.acl = { &byte, 1 } };
		bool escaped = strchr(" \"#%&'/:;<=>?@[\\]^`{|}~", c) != NULL;
		char expect[32];
		struct sink scratch;

		snprintf(expect, sizeof(expect),
		    escaped ? "exp=1~acl=%%%02x~" : "exp=1~acl=%c~", c);
		sink_init(&scratch, scratch_mem, sizeof(scratch_mem));
		sink_init(&out, out_mem, sizeof(out_mem));
		assert_true(auth_token_write(&token, key, &scratch, &out));
		assert_true(span_starts(sink_view(&out), span_of(expect)));
	}
}

#define NOW 1767225600
#define TIMES "st=1767225600~exp=1767229200"

static struct cloud cloud;
static struct policy policy;
static struct grant grant;

/* A grant of this action for an hour, without fields. */
static void
give(enum action action)
{
	take_key("000102030405060708090a0b0c0d0e0f");
	cloud = (struct cloud){ .token_key = key };
	policy = (struct policy){ .action = action, .cloud = &cloud };
	grant = (struct grant){ .given = true,
		.policy = &policy,
		.timestamp = NOW,
		.expires_at = NOW + 3600 };
}

static void
add(const char *name, struct span value)
{
	grant.fields[grant.n++] =
	    (struct grant_field){ term_find(span_of(name)), value };
}

static bool
granted_in(size_t room, const char *url, size_t cap)
{
	struct arena arena;

	arena_init(&arena, arena_mem, room);
	sink_init(&out, out_mem, cap);
	if (auth_token_grant(&grant, span_of(url), &arena, &out))
		return true;
	assert_int_equal(out.n, 0);
	return false;
}

static bool
granted(const char *url)
{
	return granted_in(sizeof(arena_mem), url, sizeof(out_mem));
}

static bool
granted_acl(struct span acl)
{
	struct span copy = guarded(acl);
	bool right;

	give(ACTION_TOKEN);
	add("acl", copy);
	right = granted("");
	guard_free(copy);
	return right;
}

/* The digests are Python's (hmac.new(bytes(range(16)), ...)). */
TEST(test_grant_acl)
{
	assert_true(
	    granted_acl(SPAN_LIT("/image/authenticated/users/alice/*")));
	assert_true(span_is(sink_view(&out),
	    TIMES "~acl=%2fimage%2fauthenticated%2fusers%2falice%2f*~hmac="
		  "780809e4307cbb0356cfe626f5676f025d26378dfb51e0af232911f99576"
		  "8b86"));
	assert_true(granted_acl(SPAN_LIT("/a/*,/b/*")));
	assert_true(
	    span_is(sink_view(&out), TIMES "~acl=%2fa%2f*!%2fb%2f*~hmac="
					   "543e30ea8c3da3357dce1499b155e4d0e4f"
					   "c6c6dfe7083287aab7d18b08b1e15"));
}

/* A token's url is a field of it, that of a delivery is what is delivered. */
TEST(test_grant_url)
{
	static const char path[] =
	    "/image/authenticated/v1486020273/sample.jpg";
	static const char token[] = TIMES
	    "~hmac="
	    "69c981f3a5789ee301de325de64bf41463c26c219352fab4a37f74966cb7feb7";

	give(ACTION_TOKEN);
	add("url", span_of(path));
	assert_true(granted(""));
	assert_true(span_is(sink_view(&out), token));
	assert_false(granted(path));
	give(ACTION_DELIVER);
	assert_true(granted(path));
	assert_true(span_is(sink_view(&out), token));
	assert_false(granted(""));
	assert_true(granted("/image/upload/w_200,c_fill/v1/a!b"));
	assert_false(granted("image/upload/a"));
	assert_false(granted("/image/upload/a b"));
	assert_false(granted("/image/upload/\xc3\xa4"));
	assert_false(granted("/image/upload/a\\b"));
}

/* The times are those that were decided, not what the fields say. */
TEST(test_grant_fields)
{
	give(ACTION_TOKEN);
	add("acl", SPAN_LIT("/a/*"));
	add("duration", SPAN_LIT("99999"));
	add("expiration", SPAN_LIT("9999999999"));
	add("ip", SPAN_LIT("192.0.2.7"));
	add("start_time", SPAN_LIT("1"));
	assert_true(granted(""));
	assert_true(
	    span_is(sink_view(&out), "ip=192.0.2.7~" TIMES "~acl=%2fa%2f*~hmac="
				     "05b1af7a700778ec749c54880794dd7e2bf6fa3a8"
				     "102ae2f0b6ede8f7b79fb44"));
	grant.fields[3].value = SPAN_LIT("2001:db8::1");
	assert_true(granted(""));
	assert_true(
	    span_starts(sink_view(&out), SPAN_LIT("ip=2001:db8::1~st=")));
	grant.fields[3].value = SPAN_LIT("192.0.2.7~exp=1");
	assert_false(granted(""));
	grant.fields[3].value = SPAN_LIT("192.0.2.0/24");
	assert_false(granted(""));
	grant.fields[3].value = SPAN_LIT("localhost");
	assert_false(granted(""));
}

static void
give_acl(void)
{
	give(ACTION_TOKEN);
	add("acl", SPAN_LIT("/a"));
	assert_true(granted(""));
}

TEST(test_grant_refused)
{
	give_acl();
	grant.given = false;
	assert_false(granted(""));
	give_acl();
	cloud.token_key = NULL;
	assert_false(granted(""));
	give_acl();
	policy.action = ACTION_DELIVER;
	assert_false(granted(""));
	policy.action = ACTION_UPLOAD;
	assert_false(granted(""));
	assert_false(granted("/a"));
	give_acl();
	add("url", SPAN_LIT("/a"));
	assert_false(granted(""));
	give(ACTION_TOKEN);
	assert_false(granted(""));
}

TEST(test_grant_times)
{
	give_acl();
	grant.timestamp = 1;
	grant.expires_at = 2;
	assert_true(granted(""));
	grant.expires_at = 1;
	assert_false(granted(""));
	grant.timestamp = 0;
	assert_false(granted(""));
	grant.timestamp = -1;
	assert_false(granted(""));
	grant.timestamp = 1;
	grant.expires_at = 0;
	assert_false(granted(""));
}

TEST(test_grant_paths)
{
	static const char *const wrong[] = { ",", "/a,", ",/a", "/a,,/b", "a",
		"*", "/a,b", "/a!/b", "/a,/b!", "/a\\b", "/a b", "/a\x7f",
		"/a\x1f", "/a\n", "/\xc3\xa4" };

	for (size_t i = 0; i < N(wrong); i++)
		assert_false(granted_acl(span_of(wrong[i])));
	assert_false(granted_acl(SPAN_LIT("/a\0b")));
	assert_true(granted_acl(SPAN_LIT("/a,/b,/*/c:d.e-f_g/*")));
	assert_true(granted_acl(SPAN_LIT("/a~b%\"")));
	assert_true(span_starts(
	    sink_view(&out), SPAN_LIT(TIMES "~acl=%2fa%7eb%25%22~hmac=")));
}

/* At its longest, every byte of it escaped, and with all else there is. */
TEST(test_grant_longest)
{
	static const char *const ip = "2001:db8:1111:2222:3333:4444:5555:6666";
	unsigned char acl[ACL_MAX + 1];
	size_t room, cap;

	memset(acl, '/', sizeof(acl));
	for (size_t n = ACL_MAX - 1; n <= ACL_MAX + 1; n++)
		assert_int_equal(
		    granted_acl((struct span){ acl, n }), n <= ACL_MAX);
	give(ACTION_TOKEN);
	grant.timestamp = 999999999999999998;
	grant.expires_at = 999999999999999999;
	add("acl", (struct span){ acl, ACL_MAX });
	add("ip", span_of(ip));
	assert_true(granted(""));
	cap = out.n;
	assert_int_equal(cap, strlen("ip=~st=~exp=~acl=~hmac=") + strlen(ip) +
				  36 + 3 * ACL_MAX + 64);
	for (room = 0; !granted_in(room, "", cap); room += 64)
		assert_true(room < sizeof(arena_mem));
	assert_true(room > 3 * ACL_MAX);
	assert_false(granted_in(sizeof(arena_mem), "", cap - 1));
}

static struct span
cookie(struct span token, struct span domain, long long age, size_t cap)
{
	sink_init(&out, out_mem, cap);
	auth_token_cookie(token, domain, age, &out);
	return (struct span){ out_mem, out.n };
}

#define COOKIE                                                                 \
	"__cld_token__=st=1~exp=2~acl=%2fa%2f*!%2fb~hmac=0f; "                 \
	"Domain=example.com; Path=/; Max-Age=3600; Secure; HttpOnly; "         \
	"SameSite=Lax"

TEST(test_cookie)
{
	const struct span token =
	    guarded(SPAN_LIT("st=1~exp=2~acl=%2fa%2f*!%2fb~hmac=0f"));
	const struct span domain = guarded(SPAN_LIT("example.com"));
	const size_t n = strlen(COOKIE);

	assert_true(span_is(cookie(token, domain, 3600, n + 1), COOKIE));
	assert_true(span_is(cookie(token, domain, 3600, n), COOKIE));
	assert_int_equal(cookie(token, domain, 3600, n - 1).n, 0);
	assert_true(cookie(token, domain, 1, n).n > 0);
	assert_int_equal(cookie(token, domain, 0, n).n, 0);
	assert_int_equal(cookie(token, domain, -1, n).n, 0);
	assert_int_equal(cookie(span_head(token, 0), domain, 1, n).n, 0);
	assert_int_equal(cookie(token, span_head(domain, 0), 1, n).n, 0);
	guard_free(token);
	guard_free(domain);
}

/* Nothing that ends the value, or begins another attribute or header. */
TEST(test_cookie_bytes)
{
	const struct span fine = SPAN_LIT("a");

	for (int c = 0; c < 256; c++) {
		const unsigned char byte = (unsigned char)c;
		const struct span one = { &byte, 1 };
		bool right =
		    c > 0x20 && c < 0x7f && !span_has(SPAN_LIT("\",;\\"), byte);

		assert_int_equal(
		    cookie(one, fine, 1, sizeof(out_mem)).n > 0, right);
		assert_int_equal(
		    cookie(fine, one, 1, sizeof(out_mem)).n > 0, right);
	}
}

static int
setup(void **state)
{
	(void)state;
	key = malloc(hmac_key_size());
	return key == NULL;
}

FIXTURE(teardown)
{
	free(key);
}

GROUP(setup, teardown);
