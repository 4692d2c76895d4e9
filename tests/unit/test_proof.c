#include "test.h"

#include <zlib.h>

#include "guard.h"
#include "session/proof.h"
#include "token.h"

/* An object, the base64 of which has digits of one alphabet only. */
#define OBJECT "{\"a\":\"~~~\xc3\xbc?>\"}"

static unsigned char room[ARENA_MAX];
static struct span header, value;
static struct json_value object;
static struct arena arena;

static void
renew(size_t cap)
{
	arena_init(&arena, room, cap);
	if (header.p != NULL)
		guard_free(header);
	header = (struct span){ NULL, 0 };
}

typedef enum session_why finder(
    const struct session_asked *, struct span, struct span *);

static enum session_why
find(finder *with, struct span cookies)
{
	struct request request = { 0 };
	struct session_asked asked = { &request, 0, NULL, &arena };

	renew(sizeof(room));
	header = request.cookie = guarded(cookies);
	value = SPAN_LIT("dirt");
	return with(&asked, SPAN_LIT("s"), &value);
}

static bool
gives(finder *with, const char *cookies, const char *want)
{
	return find(with, span_of(cookies)) == SESSION_OK &&
	       span_is(value, want);
}

/* What text of this form is. The object may be a view of the text. */
static enum session_why
reads_in(enum body body, struct span text, size_t cap)
{
	renew(cap);
	header = guarded(text);
	object = (struct json_value){ JSON_ABSENT, { NULL, 0 } };
	return proof_object(body, header, &arena, &object);
}

static enum session_why
reads(enum body body, const char *text)
{
	return reads_in(body, span_of(text), sizeof(room));
}

static bool
reads_object(enum body body, const char *text)
{
	return reads(body, text) == SESSION_OK &&
	       object.kind == JSON_KIND_OBJECT && span_is(object.text, OBJECT);
}

TEST(a_cookie_is_found)
{
	finder *const both[] = { proof_cookie, proof_cookie_decoded };

	for (int i = 0; i < 2; i++) {
		assert_true(gives(both[i], "s=ab", "ab"));
		assert_true(gives(both[i], "t=u; s=ab; v=w", "ab"));
		assert_true(gives(both[i], "s=\"ab\"", "ab"));
		assert_true(gives(both[i], "s=", ""));
		assert_true(gives(both[i], "s=a+b", "a+b"));
		assert_int_equal(
		    find(both[i], SPAN_LIT("")), SESSION_NO_COOKIE);
		assert_int_equal(
		    find(both[i], SPAN_LIT("S=ab")), SESSION_NO_COOKIE);
		assert_int_equal(
		    find(both[i], SPAN_LIT("%73=ab")), SESSION_NO_COOKIE);
		assert_int_equal(
		    find(both[i], SPAN_LIT("s=ab; s=ab")), SESSION_TWO_COOKIES);
		assert_int_equal(
		    find(both[i], SPAN_LIT("s=a,b")), SESSION_BAD_COOKIE);
		assert_int_equal(
		    find(both[i], SPAN_LIT("s=a\\b")), SESSION_BAD_COOKIE);
		assert_int_equal(
		    find(both[i], SPAN_LIT("s=\xc3\xbc")), SESSION_BAD_COOKIE);
	}
}

TEST(sizes_of_a_cookie)
{
	static unsigned char text[COOKIE_MAX + 3];

	memset(text, 'a', sizeof(text));
	memcpy(text, "s=", 2);
	for (size_t n = COOKIE_MAX - 1; n <= COOKIE_MAX + 1; n++) {
		struct span s = { text, 2 + n };
		enum session_why why =
		    n <= COOKIE_MAX ? SESSION_OK : SESSION_BAD_COOKIE;

		assert_int_equal(find(proof_cookie, s), why);
		assert_int_equal(find(proof_cookie_decoded, s), why);
	}
}

TEST(percent_signs_are_undone_once)
{
	assert_true(gives(proof_cookie, "s=a%41b", "a%41b"));
	assert_true(gives(proof_cookie, "s=a%", "a%"));
	assert_true(gives(proof_cookie_decoded, "s=a%41b", "aAb"));
	assert_true(gives(proof_cookie_decoded, "s=%2541", "%41"));
	assert_true(gives(proof_cookie_decoded, "s=%2C%3b%22", ",;\""));
	assert_int_equal(
	    find(proof_cookie_decoded, SPAN_LIT("s=%00")), SESSION_OK);
	assert_true(span_eq(value, SPAN_LIT("\0")));
	assert_int_equal(
	    find(proof_cookie_decoded, SPAN_LIT("s=a%")), SESSION_BAD_COOKIE);
	assert_int_equal(
	    find(proof_cookie_decoded, SPAN_LIT("s=a%4")), SESSION_BAD_COOKIE);
	assert_int_equal(
	    find(proof_cookie_decoded, SPAN_LIT("s=a%4g")), SESSION_BAD_COOKIE);
	assert_int_equal(find(proof_cookie_decoded, SPAN_LIT("s=%u0041")),
	    SESSION_BAD_COOKIE);
}

TEST(decoding_takes_room)
{
	struct request request = { .cookie = SPAN_LIT("s=%41%42") };
	struct session_asked asked = { &request, 0, NULL, &arena };

	for (size_t cap = 0; cap <= 6; cap++) {
		renew(cap);
		assert_int_equal(
		    proof_cookie_decoded(&asked, SPAN_LIT("s"), &value),
		    cap < 6 ? SESSION_REFUSED : SESSION_OK);
	}
	assert_true(span_is(value, "AB"));
}

TEST(every_body)
{
	assert_true(reads_object(BODY_BASE64, "eyJhIjoifn5+w7w/PiJ9"));
	assert_true(reads_object(BODY_BASE64URL, "eyJhIjoifn5-w7w_PiJ9"));
	assert_true(reads_object(BODY_PACKED, "eyJhIjoifn5-w7w_PiJ9"));
	assert_true(
	    reads_object(BODY_PACKED, ".eNqrVkpUslKqq6s7vMfeTqkWACn8BZI"));
	assert_true(reads_object(BODY_PREFIXED, "eyJhIjoifn5+w7w/PiJ9"));
	assert_true(reads_object(BODY_PREFIXED, "j:" OBJECT));
}

/* No form is read as another. */
TEST(one_form_for_each)
{
	assert_int_equal(
	    reads(BODY_BASE64, "eyJhIjoifn5-w7w_PiJ9"), SESSION_SHAPE);
	assert_int_equal(
	    reads(BODY_BASE64URL, "eyJhIjoifn5+w7w/PiJ9"), SESSION_SHAPE);
	assert_int_equal(
	    reads(BODY_PACKED, "eyJhIjoifn5+w7w/PiJ9"), SESSION_SHAPE);
	assert_int_equal(
	    reads(BODY_PREFIXED, "eyJhIjoifn5-w7w_PiJ9"), SESSION_SHAPE);
	assert_int_equal(
	    reads(BODY_BASE64URL, ".eNqrVkpUslKqq6s7vMfeTqkWACn8BZI"),
	    SESSION_SHAPE);
	assert_int_equal(reads(BODY_PACKED, "eNqrVkpUslKqq6s7vMfeTqkWACn8BZI"),
	    SESSION_JSON);
	assert_int_equal(reads(BODY_BASE64, "j:{}"), SESSION_SHAPE);
	assert_int_equal(reads(BODY_PACKED, "j:{}"), SESSION_SHAPE);
	assert_int_equal(reads(BODY_PREFIXED, "J:{}"), SESSION_SHAPE);
	assert_int_equal(reads(BODY_PREFIXED, "{}"), SESSION_SHAPE);
	assert_int_equal(reads(BODY_PREFIXED, "j:ejowPQ=="), SESSION_JSON);
	assert_int_equal(reads(BODY_PREFIXED, "j:"), SESSION_JSON);
}

TEST(padding_is_right_or_missing)
{
	assert_int_equal(reads(BODY_BASE64, "e30="), SESSION_OK);
	assert_int_equal(reads(BODY_BASE64, "e30"), SESSION_SHAPE);
	assert_int_equal(reads(BODY_BASE64, "e31="), SESSION_SHAPE);
	assert_int_equal(reads(BODY_BASE64, "e30=\n"), SESSION_SHAPE);
	assert_int_equal(reads(BODY_PREFIXED, "e30"), SESSION_SHAPE);
	assert_int_equal(reads(BODY_BASE64URL, "e30"), SESSION_OK);
	assert_int_equal(reads(BODY_BASE64URL, "e30="), SESSION_SHAPE);
	assert_int_equal(reads(BODY_BASE64URL, "e31"), SESSION_SHAPE);
	assert_int_equal(reads(BODY_PACKED, ".eNqrrgUAAXUA-Q"), SESSION_OK);
	assert_int_equal(
	    reads(BODY_PACKED, ".eNqrrgUAAXUA-Q=="), SESSION_SHAPE);
	assert_int_equal(reads(BODY_PACKED, ".eNqrrgUAAXUA-R"), SESSION_SHAPE);
	assert_int_equal(reads(BODY_PACKED, "..eNqrrgUAAXUA-Q"), SESSION_SHAPE);
}

TEST(damaged_when_deflated)
{
	assert_int_equal(reads(BODY_PACKED, ".eNqrrgUAAXUA-Q"), SESSION_OK);
	assert_int_equal(
	    reads(BODY_PACKED, ".eNqrrgUAAXUA-g"), SESSION_DEFLATED);
	assert_int_equal(reads(BODY_PACKED, ".eNqrrgUAAXUA"), SESSION_DEFLATED);
	assert_int_equal(
	    reads(BODY_PACKED, ".eNqrrgUAAXUA-QAA"), SESSION_DEFLATED);
	assert_int_equal(reads(BODY_PACKED, "."), SESSION_DEFLATED);
	assert_int_equal(reads(BODY_PACKED, ".e30"), SESSION_DEFLATED);
}

/* {"a":"xxx..."} of n bytes, deflated. */
static struct span
packed_object(size_t n)
{
	static unsigned char json[INFLATED_MAX + 1], packed[1024], text[2048];
	uLongf size = sizeof(packed);
	struct sink out;

	memset(json, 'x', n);
	memcpy(json, "{\"a\":\"", 6);
	memcpy(json + n - 2, "\"}", 2);
	if (compress2(packed, &size, json, (uLong)n, 9) != Z_OK)
		abort();
	sink_init(&out, text, sizeof(text));
	sink_byte(&out, '.');
	base64url_encode((struct span){ packed, size }, &out);
	return sink_view(&out);
}

TEST(large_when_inflated)
{
	for (size_t n = INFLATED_MAX - 1; n <= INFLATED_MAX + 1; n++) {
		assert_int_equal(
		    reads_in(BODY_PACKED, packed_object(n), sizeof(room)),
		    n <= INFLATED_MAX ? SESSION_OK : SESSION_DEFLATED);
		assert_int_equal(object.text.n, n <= INFLATED_MAX ? n : 0);
	}
}

TEST(strict_json_objects)
{
	static const char *const wrong[] = { "", "[]", "\"a\"", "1", "null",
		"{\"a\":1,}", "{\"a\":1} x", "{\"a\":1}{}", "\xef\xbb\xbf{}",
		"{\"a\":\"\xff\"}", "{\"a\":01}", "{\"a\":\"\\ud83d\"}",
		"{'a':1}", "{\"a\":NaN}", "{", "{}\x01" };
	char text[256];
	struct sink out;

	assert_int_equal(
	    proof_json(SPAN_LIT(" {\"a\":1}\n"), &object), SESSION_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct span copy = guarded(span_of(wrong[i]));

		assert_int_equal(proof_json(copy, &object), SESSION_JSON);
		guard_free(copy);
		sink_init(&out, text, sizeof(text));
		base64_encode(span_of(wrong[i]), true, &out);
		assert_int_equal(
		    reads_in(BODY_BASE64, sink_view(&out), sizeof(room)),
		    SESSION_JSON);
	}
	assert_int_equal(
	    proof_json(SPAN_LIT("{\"a\":1}\0"), &object), SESSION_JSON);
}

TEST(depth_ends_at_32)
{
	unsigned char text[256];
	struct sink out;

	for (unsigned n = TOKEN_DEPTH_MAX - 1; n <= TOKEN_DEPTH_MAX + 1; n++) {
		sink_init(&out, text, sizeof(text));
		for (unsigned i = 1; i < n; i++)
			sink_text(&out, "{\"a\":");
		sink_text(&out, "{}");
		for (unsigned i = 1; i < n; i++)
			sink_byte(&out, '}');
		assert_int_equal(proof_json(sink_view(&out), &object),
		    n <= TOKEN_DEPTH_MAX ? SESSION_OK : SESSION_JSON);
	}
}

TEST(no_room_is_a_refusal)
{
	const enum body bodies[] = { BODY_BASE64, BODY_BASE64URL, BODY_PACKED,
		BODY_PREFIXED };
	struct span text = SPAN_LIT("eyJhIjoxfSB9");

	for (size_t i = 0; i < 4; i++)
		for (size_t cap = 0; cap < text.n / 4 * 3; cap++)
			assert_int_equal(
			    reads_in(bodies[i], text, cap), SESSION_REFUSED);
	assert_int_equal(
	    reads_in(BODY_PACKED, SPAN_LIT(".eNqrrgUAAXUA-Q"), INFLATED_MAX),
	    SESSION_DEFLATED);
}

static enum session_why
names(const char *text)
{
	struct session session = { .open = false };

	renew(sizeof(room));
	header = guarded(span_of(text));
	return proof_name(header, &session);
}

TEST(objects_are_nobody)
{
	static const char *const right[] = { "ann", "42", "eyJ", "eyJhbm4",
		"YW5u", "W10=", "e30x", "a@b.c", "J:x" };
	static const char *const wrong[] = { "", "j:", "j:{}", "e30",
		"e30=", "eyJpZCI6NDJ9", "eyJhIjoifn5-In0",
		"eyJhIjoifn5+In0=", "a\nb", "ImFubiI=", "ImFubiI",
		".eJyrVkouLkqLL8nPTs1TslJKJAIo1QIADxkTjQ" };

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		assert_int_equal(names(right[i]), SESSION_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(names(wrong[i]), SESSION_USER);
}

/* The configured hash counts, whatever hash a key was made for. */
TEST(a_key_of_another_hash_fits_nothing)
{
	const struct session_key key =
	    token_key("0", HASH_SHA512, SPAN_LIT("plain test key"));
	struct session_config c = { .n_keys = 1, .keys = &key };
	const struct span x = SPAN_LIT("x");
	unsigned char mac[DIGEST_MAX], mem[2 * DIGEST_MAX];
	size_t n = hmac_of(key.hmac, &x, 1, mac);
	struct sink out;
	struct span id;

	sink_init(&out, mem, sizeof(mem));
	base64url_encode((struct span){ mac, n / 2 }, &out);
	c.hash = HASH_SHA256;
	assert_int_equal(
	    proof_verify(&c, &x, 1, base64url_decode, sink_view(&out), &id),
	    SESSION_MAC);
	c.hash = HASH_NONE;
	assert_int_equal(
	    proof_verify(&c, &x, 1, base64url_decode, SPAN_LIT(""), &id),
	    SESSION_MAC);
	out.n = 0;
	base64url_encode((struct span){ mac, n }, &out);
	c.hash = HASH_SHA512;
	assert_int_equal(
	    proof_verify(&c, &x, 1, base64url_decode, sink_view(&out), &id),
	    SESSION_OK);
}

/* Bodies of any zlib stream. */

#define TEXT "{\"_user_id\":\"42\",\"x\":\"aaaaaaaaaaaaaaaaaaaaaaaa\"}"

/* TEXT by Python's zlib.compress(), level 9. */
static const unsigned char packed[] =
    "\x78\xda\xab\x56\x8a\x2f\x2d\x4e\x2d\x8a\xcf\x4c\x51\xb2\x52\x32\x31"
    "\x52\xd2\x51\xaa\x00\x32\x12\x71\x00\xa5\x5a\x00\x77\xe5\x0f\xe9";
#define PACKED ((struct span){ packed, sizeof(packed) - 1 })

static unsigned char big[2 * INFLATED_MAX];

/* Is this a zlib stream, as a compressed body, with so much room? */
static bool
inflates_in(struct span stream, size_t cap)
{
	static unsigned char mem[4 * INFLATED_MAX];
	enum session_why why;
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	sink_byte(&out, '.');
	base64url_encode(stream, &out);
	assert_false(out.full);
	why = reads_in(BODY_PACKED, sink_view(&out), cap);
	return why == SESSION_OK || why == SESSION_JSON;
}

static bool
inflates(struct span stream)
{
	return inflates_in(stream, sizeof(room));
}

/* So many bytes, deflated. */
static struct span
deflated(size_t n, int level)
{
	static unsigned char out[2 * INFLATED_MAX + 1024];
	uLongf size = sizeof(out);

	for (size_t i = 0; i < n; i++)
		big[i] = (unsigned char)('A' + (i * i / 251 + i * 7) % 26);
	memcpy(big, "{\"a\":\"", 6);
	memcpy(big + n - 2, "\"}", 2);
	if (compress2(out, &size, big, (uLong)n, level) != Z_OK)
		abort();
	return (struct span){ out, size };
}

TEST(a_known_stream)
{
	assert_true(inflates(PACKED));
	assert_true(span_is(object.text, TEXT));
	assert_true(inflates(SPAN_LIT("\x78\x9c\x03\0\0\0\0\1")));
}

TEST(a_cut_stream_is_refused)
{
	for (size_t n = 0; n < PACKED.n; n++)
		assert_false(inflates(span_head(PACKED, n)));
}

TEST(bytes_behind_the_end_are_refused)
{
	unsigned char longer[2 * sizeof(packed)];

	memcpy(longer, packed, PACKED.n);
	memcpy(longer + PACKED.n, packed, PACKED.n);
	assert_true(inflates((struct span){ longer, PACKED.n }));
	for (size_t n = PACKED.n + 1; n <= 2 * PACKED.n; n++)
		assert_false(inflates((struct span){ longer, n }));
}

/* The bits between the last block and the checksum are nobody's. */
TEST(no_flipped_bit_gives_another_text)
{
	unsigned char damaged[sizeof(packed)];
	size_t refused = 0;

	for (size_t bit = 0; bit < 8 * PACKED.n; bit++) {
		memcpy(damaged, packed, sizeof(packed));
		damaged[bit / 8] ^= (unsigned char)(1 << bit % 8);
		if (inflates((struct span){ damaged, PACKED.n }))
			assert_true(span_is(object.text, TEXT));
		else
			refused++;
	}
	assert_true(refused >= 8 * PACKED.n - 7);
}

TEST(other_wrappings_are_refused)
{
	/* gzip, no wrapping at all, and one that names a dictionary */
	assert_false(inflates(
	    SPAN_LIT("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x8a\x2f"
		     "\x2d\x4e\x2d\x8a\xcf\x4c\x51\xb2\x52\x32\x31\x52\xd2\x51"
		     "\xaa\x00\x32\x12\x71\x00\xa5\x5a\x00\x7f\x46\x11\x47\x30"
		     "\x00\x00\x00")));
	assert_false(inflates(
	    SPAN_LIT("\xab\x56\x8a\x2f\x2d\x4e\x2d\x8a\xcf\x4c\x51\xb2\x52\x32"
		     "\x31\x52\xd2\x51\xaa\x00\x32\x12\x71\x00\xa5\x5a\x00")));
	assert_false(inflates(
	    SPAN_LIT("\x78\xf9\x21\xaf\x04\x66\xab\x46\xe6\x98\x18\x29\xe9\x28"
		     "\x55\x00\x19\x89\x38\x80\x52\x2d\x00\x77\xe5\x0f\xe9")));
	assert_true(inflates(SPAN_LIT("\x78\xda\x03\x00\x00\x00\x00\x01")));
	/* A window of more than 32K, and a method that is none */
	assert_false(inflates(SPAN_LIT("\x88\x1c\x03\x00\x00\x00\x00\x01")));
	assert_false(inflates(SPAN_LIT("\x79\x18\x03\x00\x00\x00\x00\x01")));
	assert_false(inflates(SPAN_LIT(TEXT)));
	assert_false(inflates(SPAN_LIT("")));
	assert_false(inflates((struct span){ NULL, 0 }));
}

TEST(inflated_max)
{
	for (int level = 0; level <= 9; level += 3)
		for (size_t n = INFLATED_MAX - 1; n <= INFLATED_MAX + 1; n++) {
			struct span s = deflated(n, level);

			assert_int_equal(inflates(s), n <= INFLATED_MAX);
			if (n <= INFLATED_MAX)
				assert_true(span_eq(
				    object.text, (struct span){ big, n }));
		}
	assert_false(inflates(deflated(2 * INFLATED_MAX, 9)));
}

TEST(a_bomb_is_refused)
{
	static unsigned char zeros[1 << 20], out[4096];
	uLongf size = sizeof(out);

	assert_int_equal(compress2(out, &size, zeros, sizeof(zeros), 9), Z_OK);
	assert_false(inflates((struct span){ out, size }));
}

TEST(inflating_takes_room)
{
	size_t cap = 0;

	while (cap < sizeof(room) && !inflates_in(PACKED, cap))
		cap += cap < 64 ? 1 : 251;
	assert_in_range(cap, INFLATED_MAX, sizeof(room) - 1);
	assert_true(span_is(object.text, TEXT));
	assert_true(
	    object.text.p >= room && object.text.p < room + sizeof(room));
}
