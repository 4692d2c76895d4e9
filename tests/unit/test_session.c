#include "test.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "session/jwt.h"
#include "token.h"

#define VECTORS "tests/vectors/jwt.json"
#define PAYLOAD "{\"sub\":\"42\",\"iat\":1700000000,\"exp\":1700003600}"
#define OTHER "{\"sub\":\"43\",\"iat\":1700000000,\"exp\":1700003600}"

static unsigned char room[65536];
static struct session session;
static struct session_key key;
static struct session_config config;
static char good[512], other[512]; /* tokens of PAYLOAD and OTHER */

static void
make(const char *payload, char *out, size_t cap)
{
	struct sink sink;

	sink_init(&sink, out, cap);
	assert_true(jwt_make(&config, &key, span_of(payload), &sink));
	sink_byte(&sink, '\0');
	assert_false(sink.full);
}

static int
set_up(void **state)
{
	(void)state;
	key = token_key("k", HASH_SHA256,
	    SPAN_LIT("a secret of thirty-two bytes and more"));
	config = (struct session_config){
		.format = FORMAT_JWT,
		.hash = HASH_SHA256,
		.cookie = SPAN_LIT("session"),
		.user = SPAN_LIT("sub"),
		.n_keys = 1,
		.keys = &key,
	};
	make(PAYLOAD, good, sizeof(good));
	make(OTHER, other, sizeof(other));
	return 0;
}

/* What a request with these two headers is worth; "" for none. */
static enum session_why
open_at(const struct session_config *c, struct span cookie,
    struct span authorization, long long now)
{
	struct span a = guarded(cookie), b = guarded(authorization);
	struct request request = { .cookie = a, .authorization = b };
	struct arena arena;
	struct session_asked asked = { &request, now, NULL, &arena };
	enum session_why why;

	arena_init(&arena, room, sizeof(room));
	memset(&session, 0xa5, sizeof(session));
	why = session_open(c, &asked, &session).why;
	guard_free(a);
	guard_free(b);
	assert_int_equal(session.open, why == SESSION_OK);
	assert_int_equal(session.user.n > 0, why == SESSION_OK);
	if (why != SESSION_OK) {
		assert_false(session.bearer);
		assert_int_equal(session.expires, 0);
		assert_int_equal(session.claims.kind, JSON_ABSENT);
		assert_null(session.key_id.p);
	}
	return why;
}

/* The text with the good token for each @. */
static struct span
filled(const char *text, struct sink *out)
{
	for (; *text != '\0'; text++)
		if (*text == '@')
			sink_text(out, good);
		else
			sink_byte(out, (unsigned char)*text);
	assert_false(out->full);
	return sink_view(out);
}

static enum session_why
with_cookie(const char *text)
{
	char header[2048];
	struct sink out;

	sink_init(&out, header, sizeof(header));
	return open_at(&config, filled(text, &out), SPAN_LIT(""), TOKEN_NOW);
}

/* Beside a good cookie of another user. */
static enum session_why
with_bearer(const char *text)
{
	char header[2048], cookie[600];
	struct sink out;

	(void)snprintf(cookie, sizeof(cookie), "session=%s", other);
	sink_init(&out, header, sizeof(header));
	return open_at(&config, span_of(cookie), filled(text, &out), TOKEN_NOW);
}

TEST_WITH(one_cookie_opens, set_up, NULL)
{
	assert_int_equal(with_cookie("session=@"), SESSION_OK);
	assert_true(span_is(session.user, "42"));
	assert_true(span_is(session.key_id, "k"));
	assert_int_equal(session.expires, 1700003600);
	assert_false(session.bearer);
	assert_int_equal(with_cookie("a=b; session=@; c=d"), SESSION_OK);
	assert_int_equal(with_cookie("session=\"@\""), SESSION_OK);
}

TEST_WITH(no_other_cookie_opens, set_up, NULL)
{
	assert_int_equal(with_cookie(""), SESSION_NO_COOKIE);
	assert_int_equal(with_cookie("@"), SESSION_NO_COOKIE);
	assert_int_equal(with_cookie("sessioo=@"), SESSION_NO_COOKIE);
	assert_int_equal(with_cookie("Session=@"), SESSION_NO_COOKIE);
	assert_int_equal(with_cookie("xsession=@"), SESSION_NO_COOKIE);
	assert_int_equal(with_cookie("=session=@"), SESSION_NO_COOKIE);
	assert_int_equal(
	    with_cookie("session=@; session=@"), SESSION_TWO_COOKIES);
	assert_int_equal(
	    with_cookie("session=; session=@"), SESSION_TWO_COOKIES);
	assert_int_equal(with_cookie("session=@,x"), SESSION_BAD_COOKIE);
	assert_int_equal(with_cookie("session=\"@"), SESSION_BAD_COOKIE);
	assert_int_equal(with_cookie("session="), SESSION_FORM);
	assert_int_equal(with_cookie("session=x@"), SESSION_MAC);
}

TEST_WITH(expiry_at_the_edge, set_up, NULL)
{
	char header[600];

	(void)snprintf(header, sizeof(header), "session=%s", good);
	assert_int_equal(
	    open_at(&config, span_of(header), SPAN_LIT(""), 1700003599),
	    SESSION_OK);
	assert_int_equal(
	    open_at(&config, span_of(header), SPAN_LIT(""), 1700003600),
	    SESSION_EXPIRED);
	assert_int_equal(
	    open_at(&config, span_of(header), SPAN_LIT(""), 1700003601),
	    SESSION_EXPIRED);
	assert_int_equal(
	    open_at(&config, span_of(header), SPAN_LIT(""), 1700000000),
	    SESSION_OK);
	assert_int_equal(
	    open_at(&config, span_of(header), SPAN_LIT(""), 1699999999),
	    SESSION_FUTURE);
}

TEST_WITH(a_bearer_token_alone_counts, set_up, NULL)
{
	config.bearer = true;
	assert_int_equal(with_bearer("Bearer @"), SESSION_OK);
	assert_true(session.bearer);
	assert_true(span_is(session.user, "42"));
	assert_int_equal(with_bearer("bearer @"), SESSION_OK);
	assert_int_equal(with_bearer("BEARER @"), SESSION_OK);
	assert_true(session.bearer);
	/* The good cookie does not help a bad token. */
	assert_int_equal(with_bearer("Bearer x@"), SESSION_MAC);
	assert_int_equal(with_bearer("Bearer x"), SESSION_FORM);
	assert_int_equal(with_bearer("Bearer @="), SESSION_FORM);
	assert_int_equal(with_bearer("Bearer"), SESSION_BAD_BEARER);
	assert_int_equal(with_bearer("Bearer "), SESSION_BAD_BEARER);
	assert_int_equal(with_bearer("Bearer ="), SESSION_BAD_BEARER);
	assert_int_equal(with_bearer("Bearer  @"), SESSION_BAD_BEARER);
	assert_int_equal(with_bearer("Bearer\t@"), SESSION_BAD_BEARER);
	assert_int_equal(with_bearer("Bearer @ "), SESSION_BAD_BEARER);
	assert_int_equal(with_bearer("Bearer @,"), SESSION_BAD_BEARER);
	assert_int_equal(with_bearer("Bearer @=x"), SESSION_BAD_BEARER);
	assert_int_equal(with_bearer("Bearer @, Bearer @"), SESSION_BAD_BEARER);
	assert_int_equal(with_bearer("Bearer \"@\""), SESSION_BAD_BEARER);
}

static enum session_why
with_only(const char *authorization)
{
	char header[2048];
	struct sink out;

	sink_init(&out, header, sizeof(header));
	return open_at(&config, SPAN_LIT("other=1"),
	    filled(authorization, &out), TOKEN_NOW);
}

/* What was sent in place of the cookie is named, and never opens anything. */
TEST_WITH(another_proof_than_the_cookie, set_up, NULL)
{
	config.bearer = false;
	assert_int_equal(with_only("Bearer @"), SESSION_UNASKED_BEARER);
	assert_int_equal(with_only("bearer x"), SESSION_UNASKED_BEARER);
	assert_int_equal(with_only("Basic x"), SESSION_NO_COOKIE);
	assert_int_equal(with_only("@"), SESSION_NO_COOKIE);
	config.bearer = true;
	assert_int_equal(with_only("@"), SESSION_NO_BEARER);
	assert_int_equal(with_only("JWT @"), SESSION_NO_BEARER);
	assert_int_equal(with_only("Bearers @"), SESSION_NO_BEARER);
	assert_int_equal(with_only(""), SESSION_NO_COOKIE);
	assert_false(session.open);
}

TEST_WITH(every_byte_in_a_bearer_token, set_up, NULL)
{
	config.bearer = true;
	for (unsigned c = 0; c < 256; c++) {
		unsigned char text[] = "Bearer a.b.c?x";
		bool ok = c > 0 && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh"
					  "ijklmnopqrstuvwxyz0123456789-._~+/",
				       (int)c) != NULL;

		text[12] = (unsigned char)c;
		assert_int_equal(
		    open_at(&config, SPAN_LIT(""), (struct span){ text, 14 },
			TOKEN_NOW) == SESSION_BAD_BEARER,
		    !ok);
	}
}

TEST_WITH(other_schemes_leave_the_cookie, set_up, NULL)
{
	config.bearer = true;
	assert_int_equal(with_bearer(""), SESSION_OK);
	assert_true(span_is(session.user, "43"));
	assert_false(session.bearer);
	assert_int_equal(with_bearer("Basic @"), SESSION_OK);
	assert_true(span_is(session.user, "43"));
	assert_int_equal(with_bearer("Bearers @"), SESSION_OK);
	assert_true(span_is(session.user, "43"));
	assert_int_equal(with_bearer("Beare @"), SESSION_OK);
	assert_true(span_is(session.user, "43"));
	assert_int_equal(with_bearer("@"), SESSION_OK);
	assert_true(span_is(session.user, "43"));
	assert_false(session.bearer);
}

TEST_WITH(bearer_is_off_unless_configured, set_up, NULL)
{
	config.bearer = false;
	assert_int_equal(with_bearer("Bearer @"), SESSION_OK);
	assert_true(span_is(session.user, "43"));
	assert_false(session.bearer);
	assert_int_equal(with_bearer("Bearer x"), SESSION_OK);
	assert_true(span_is(session.user, "43"));
}

TEST_WITH(no_format_opens_nothing, set_up, NULL)
{
	config.format = FORMAT_NONE;
	assert_int_equal(with_cookie("session=@"), SESSION_REFUSED);
	config.bearer = true;
	assert_int_equal(with_bearer("Bearer @"), SESSION_REFUSED);
}

TEST(every_reason_has_a_text_of_its_own)
{
	for (int i = 0; i < SESSION_WHY_COUNT; i++) {
		const char *text = session_why_text((enum session_why)i);

		assert_non_null(text);
		assert_in_range(strlen(text), 10, 100);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(
			    text, session_why_text((enum session_why)k));
	}
	assert_string_equal(session_why_text(SESSION_WHY_COUNT),
	    session_why_text(SESSION_REFUSED));
	assert_string_equal(session_why_text((enum session_why) - 1),
	    session_why_text(SESSION_REFUSED));
}

/* A member's text, "" where there is none. */
static struct span
text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return (struct span){ (const unsigned char *)json_string_value(v),
		json_string_length(v) };
}

static enum hash
hash_of(struct span alg)
{
	return span_is(alg, "HS256")   ? HASH_SHA256
	       : span_is(alg, "HS384") ? HASH_SHA384
	       : span_is(alg, "HS512") ? HASH_SHA512
				       : HASH_NONE;
}

/* A secret of a vector, as its encoding says. */
static struct span
secret_of(const json_t *v, struct span encoding, unsigned char mem[static 256])
{
	struct span text = { (const unsigned char *)json_string_value(v),
		json_string_length(v) };
	size_t n = 0;

	if (span_is(encoding, "base64"))
		assert_true(base64_decode(text, mem, 256, &n));
	else if (span_is(encoding, "b64url"))
		assert_true(base64url_decode(text, mem, 256, &n));
	else
		return text;
	return (struct span){ mem, n };
}

/* The vector's configuration; the one required claim goes into rule and is. */
static struct session_config
read_config(const json_t *from, struct session_key *keys,
    struct claim_rule *rule, struct span *is)
{
	json_t *require = json_object_get(from, "require");
	json_t *secrets = json_object_get(from, "secrets");
	struct session_config c = {
		.format = FORMAT_JWT,
		.hash = hash_of(text_of(from, "alg")),
		.cookie = text_of(from, "cookie"),
		.user = text_of(from, "uid"),
		.audience = text_of(from, "aud"),
		.issuer = text_of(from, "iss"),
		.leeway = json_integer_value(json_object_get(from, "leeway")),
		.max_age = json_integer_value(json_object_get(from, "max_age")),
		.n_keys = json_array_size(secrets),
		.keys = keys,
		.n_require = json_object_size(require),
		.require = rule,
	};

	assert_in_range(c.n_keys, 1, SESSION_KEYS_MAX);
	assert_in_range(c.n_require, 0, 1);
	for (size_t i = 0; i < c.n_keys; i++) {
		unsigned char mem[256];

		keys[i] = token_key("", c.hash,
		    secret_of(json_array_get(secrets, i),
			text_of(from, "secret_encoding"), mem));
	}
	if (c.n_require == 1) {
		const char *name =
		    json_object_iter_key(json_object_iter(require));

		*is = text_of(require, name);
		*rule = (struct claim_rule){ span_of(name), 1, is, false };
	}
	return c;
}

/* Those that no configuration lets through: refused before any request. */
static bool
is_about_configuration(struct span id)
{
	return span_is(id, "jwt-secret-is-a-pem") ||
	       span_is(id, "jwt-confusion-hs256-with-rsa-public-key");
}

static void
check_vector(const json_t *v)
{
	struct session_key keys[SESSION_KEYS_MAX];
	struct claim_rule rule;
	struct span is;
	const char *id = json_string_value(json_object_get(v, "id"));
	struct session_config c =
	    read_config(json_object_get(v, "config"), keys, &rule, &is);
	bool accept = span_is(text_of(v, "expect"), "accept");
	enum session_why why = open_at(&c, text_of(v, "cookie"), SPAN_LIT(""),
	    json_integer_value(json_object_get(v, "now")));

	if ((why == SESSION_OK) != accept)
		fail_msg("%s: %s", id, session_why_text(why));
	if (!accept)
		return;
	if (!span_eq(session.user, text_of(v, "uid")))
		fail_msg("%s: another user", id);
	if (session.expires !=
	    json_integer_value(json_object_get(v, "expires")))
		fail_msg("%s: another end", id);
}

TEST(tokens_of_other_libraries)
{
	json_t *file = json_load_file(VECTORS, JSON_REJECT_DUPLICATES, NULL);
	json_t *vectors = json_object_get(file, "vectors"), *v;
	size_t i, skipped = 0;

	assert_int_equal(json_array_size(vectors), 100);
	json_array_foreach(vectors, i, v)
	{
		if (is_about_configuration(text_of(v, "id")))
			skipped++;
		else
			check_vector(v);
	}
	print_message("%zu vectors, %zu more are for the configuration\n",
	    i - skipped, skipped);
	assert_int_equal(skipped, 2);
	json_decref(file);
}
