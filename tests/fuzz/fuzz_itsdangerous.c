/*
 * Sessions of Flask, Starlette, Django and itsdangerous, of any bytes. The
 * input's first byte chooses the format, its second the time; the rest is taken
 * in turn as a header, as a cookie whose signature is then made right, as a
 * compressed body, and as what a session is made of. As it is it opens nothing;
 * a session that is made of it opens just when it names a user.
 */
#define ZLIB_CONST /* next_in is only read */
#include <zlib.h>

#include "cli/session_make.h"
#include "fuzz.h"
#include "proving.h"
#include "session/proof.h"

#define INPUT_MAX 4096 /* so that no cookie is over COOKIE_MAX */
#define VARIANTS 10

static struct session_config variants[VARIANTS];
static struct span admin[] = { SPAN_INIT("admin"), SPAN_INIT("7") };
static struct claim_rule role = { SPAN_INIT("r[0]"), 2, admin, false };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct session_config *v = variants;

	(void)argc;
	(void)argv;
	v[0] = proving_format("flask", "session", "_user_id");
	v[1] = proving_format("starlette", "session", "user_id");
	v[2] = proving_format("django", "sessionid", "_auth_user_id");
	v[3] = proving_format("django-cookie", "uid", "");
	v[4] = proving_format("itsdangerous", "tok", "user_id");
	v[5] = proving_format("itsdangerous", "tok", "");
	/* No time of issue, and no end. */
	v[6] = v[4];
	v[6].signing.stamp = STAMP_NONE;
	v[6].max_age = 0;
	v[7] = v[5];
	v[7].signing.stamp = STAMP_NONE;
	v[7].signing.derivation = DERIVE_NOTHING;
	v[7].max_age = 0;
	v[8] = proving_format("itsdangerous", "tok", "u.id[1]");
	v[8].hash = HASH_SHA512;
	v[8].signing.derivation = DERIVE_CONCAT;
	v[8].n_require = 1;
	v[8].require = &role;
	v[9] = proving_format("django", "sessionid", "_auth_user_id");
	v[9].hash = HASH_SHA1;
	v[9].max_age = 0;
	for (size_t i = 0; i < VARIANTS; i++)
		proving_keys(&v[i]);
	return 0;
}

/* covered SEP signature, as the cookie that is configured. */
static enum session_why
prove_signed(const struct session_config *c, struct span covered, long long now)
{
	static unsigned char room[4 * COOKIE_MAX];
	unsigned char mac[DIGEST_MAX];
	struct sink out;

	sink_init(&out, room, sizeof(room));
	sink_say(&out, "%v=%v", c->cookie, covered);
	sink_byte(&out, c->signing.separator);
	base64url_encode(proving_mac(c, &covered, 1, mac), &out);
	must(!out.full, "there is room for a cookie");
	return prove(c, sink_view(&out), now, NULL);
}

/* The same, and each byte of a signature counts. */
static void
check_signed(const struct session_config *c, struct span covered, long long now)
{
	size_t n = digest_size(c->hash);

	if (prove_signed(c, covered, now) != SESSION_OK)
		return;
	for (size_t i = 1; i <= n; i++) {
		proving_spoiled = i;
		must(prove_signed(c, covered, now) == SESSION_MAC,
		    "a signature is wrong or right");
	}
	proving_spoiled = 0;
}

/* A signed body, and its time of issue where the format has one. */
static enum session_why
prove_body(const struct session_config *c, struct span body, long long now)
{
	static unsigned char room[2 * COOKIE_MAX];
	struct sink out;

	sink_init(&out, room, sizeof(room));
	sink_span(&out, body);
	if (c->signing.stamp == STAMP_BASE62)
		sink_text(&out, ":1r31eq");
	else if (c->signing.stamp == STAMP_BYTES)
		sink_text(&out, ".ZVPxAA");
	must(!out.full, "there is room for a body");
	return prove_signed(c, sink_view(&out), now);
}

static enum session_why
prove_packed(const struct session_config *c, struct span stream, long long now)
{
	static unsigned char room[2 * COOKIE_MAX];
	struct sink out;

	sink_init(&out, room, sizeof(room));
	sink_byte(&out, '.');
	base64url_encode(stream, &out);
	return prove_body(c, sink_view(&out), now);
}

/* A zlib stream of the bytes, with as little memory as zlib can. */
static struct span
deflate_text(struct span text)
{
	static unsigned char stream[2 * COOKIE_MAX];
	z_stream z = { .next_in = text.p, .avail_in = (uInt)text.n };

	must(deflateInit2(&z, 9, Z_DEFLATED, 9, 1, Z_DEFAULT_STRATEGY) == Z_OK,
	    "zlib is there");
	z.next_out = stream;
	z.avail_out = sizeof(stream) - 1;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END,
	    "anything can be compressed");
	deflateEnd(&z);
	/* One byte more, for who wants it. */
	stream[z.total_out] = 0;
	return (struct span){ stream, z.total_out };
}

/* The bytes as a zlib stream, and as what is in one. */
static void
check_packed(const struct session_config *c, struct span input, long long now)
{
	static unsigned char plain[2 * COOKIE_MAX];
	struct span stream = deflate_text(input);
	enum session_why why;
	struct sink out;

	prove_packed(c, input, now);
	why = prove_packed(c, stream, now);
	sink_init(&out, plain, sizeof(plain));
	base64url_encode(input, &out);
	must(prove_body(c, sink_view(&out), now) == why,
	    "it is the same, compressed or not");
	/* The time comes first. */
	if (why == SESSION_FUTURE || why == SESSION_AGE)
		return;
	must(prove_packed(c, span_head(stream, stream.n - 1), now) ==
		 SESSION_DEFLATED,
	    "a stream that is cut is none");
	stream.n++;
	must(prove_packed(c, stream, now) == SESSION_DEFLATED,
	    "nothing stands behind a stream");
}

/* Is it a name, which a cookie can hold as it is? */
static bool
is_name(struct span text)
{
	struct session ignored;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~' ||
		    memchr("\",;\\", text.p[i], 4) != NULL)
			return false;
	return proof_name(text, &ignored) == SESSION_OK;
}

static bool
has_expiry(const struct session_config *c, struct span json)
{
	struct json_value object = { JSON_KIND_OBJECT, json };

	return c->signing.stamp == STAMP_BASE62 &&
	       json_member(object, SPAN_LIT("_session_expiry")).kind !=
		   JSON_ABSENT;
}

/* What the library's own make writes, opens: until it is too old. */
static void
check_made(const struct session_config *c, struct span text, long long now)
{
	static unsigned char room[4 * COOKIE_MAX], memory[4 * INPUT_MAX];
	bool name = c->signing.body == BODY_TEXT, right;
	struct span user = text;
	struct arena arena;
	struct sink out;
	enum session_why why;

	arena_init(&arena, memory, sizeof(memory));
	right = name ? is_name(text) : proving_payload(c, text, &arena, &user);
	sink_init(&out, room, sizeof(room));
	must(session_make(c, proving_key(c), text, PROVING_NOW, &out),
	    "a cookie can be made");
	why = prove(c, sink_view(&out), now, NULL);
	must(why != SESSION_OK || right, "only a payload with a user opens");
	must(why != SESSION_OK || span_eq(proven.user, user),
	    "the user is the payload's");
	if (c->signing.stamp != STAMP_NONE && now < PROVING_NOW) {
		must(why != SESSION_OK, "nothing is issued in the future");
		return;
	}
	if (right && !name && has_expiry(c, text))
		return;
	must(!right || (why == SESSION_OK) ==
			   (c->max_age == 0 || now <= PROVING_NOW + c->max_age),
	    "what was made opens, until it is too old");
	if (why == SESSION_OK)
		must(proven.expires == (c->max_age == 0
					       ? SESSION_ENDLESS
					       : PROVING_NOW + c->max_age),
		    "it ends when it should");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { data, size }, value;
	const struct session_config *c;
	struct span_cut cut;
	long long now;

	if (size < 2 || size > INPUT_MAX)
		return 0;
	c = &variants[proving_digit(data[0], VARIANTS)];
	now = proving_now(data[1]);
	input = span_skip(input, 2);
	check_unsigned(c, input, now);
	value = proving_value(c, input);
	cut = span_cut_last(value, c->signing.separator);
	check_signed(c, cut.head, now);
	check_signed(c, value, now);
	if (c->signing.body != BODY_TEXT)
		prove_body(c, value, now);
	if (c->signing.body == BODY_PACKED && input.n > 0)
		check_packed(c, input, now);
	check_made(c, input, now);
	return 0;
}
