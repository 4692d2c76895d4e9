/*
 * Sessions of cookie-session and Koa, of any bytes. The input's first byte
 * chooses the format, its second the time; the rest is taken in turn as a
 * header, as a cookie that gets its right signature, and as the JSON of which a
 * session is made. As it is it opens nothing.
 */
#include "cli/session_make.h"
#include "fuzz.h"
#include "proving.h"

#define INPUT_MAX 4096 /* so that no cookie is over COOKIE_MAX */
#define VARIANTS 3

static struct session_config variants[VARIANTS];
static struct span member[] = { SPAN_INIT("member"), SPAN_INIT("true") };
static struct claim_rule kind = { SPAN_INIT("k"), 2, member, false };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	variants[0] = proving_format("express", "session", "user_id");
	variants[1] = proving_format("koa", "koa.sess", "user");
	variants[2] = proving_format("express", "s", "passport.user[0]");
	variants[2].hash = HASH_SHA512;
	variants[2].n_require = 1;
	variants[2].require = &kind;
	for (size_t i = 0; i < VARIANTS; i++)
		proving_keys(&variants[i]);
	return 0;
}

/* The value, and its signature before or behind it. */
static enum session_why
prove_signed(const struct session_config *c, struct span value, bool before,
    long long now)
{
	static unsigned char room[4 * COOKIE_MAX];
	const struct span covered[] = { c->cookie, SPAN_LIT("="), value };
	unsigned char mac[DIGEST_MAX];
	struct sink out;

	sink_init(&out, room, sizeof(room));
	if (!before)
		sink_say(&out, "%v=%v; ", c->cookie, value);
	sink_say(&out, "%v.sig=", c->cookie);
	base64url_encode(proving_mac(c, covered, 3, mac), &out);
	if (before)
		sink_say(&out, "; %v=%v", c->cookie, value);
	must(!out.full, "there is room for two cookies");
	return prove(c, sink_view(&out), now, NULL);
}

static void
check_signed(const struct session_config *c, struct span value, long long now)
{
	enum session_why why = prove_signed(c, value, false, now);

	/* More than one cookie is in such a value. */
	if (span_has(value, ';'))
		return;
	must(prove_signed(c, value, true, now) == why,
	    "the order of two cookies is no matter");
	if (why != SESSION_OK)
		return;
	for (size_t i = 1; i <= digest_size(c->hash); i++) {
		proving_spoiled = i;
		must(prove_signed(c, value, false, now) == SESSION_MAC,
		    "a signature is wrong or right");
	}
	proving_spoiled = 0;
}

/* When does it end of itself? False when what stands there is no time. */
static bool
read_end(const struct session_config *c, struct span json, long long *end)
{
	struct json_value object = { JSON_KIND_OBJECT, json };
	struct json_value at = json_member(object, SPAN_LIT("_expire")),
			  session = json_member(object, SPAN_LIT("_session"));

	*end = SESSION_ENDLESS;
	if (at.kind == JSON_TWICE || session.kind == JSON_TWICE)
		return false;
	if (at.kind == JSON_ABSENT)
		return !c->signing.expiry_required ||
		       session.kind == JSON_KIND_TRUE;
	if (!json_read_integer(at, end) || *end < 0)
		return false;
	*end /= 1000;
	return true;
}

static void
check_made(const struct session_config *c, struct span json, long long now)
{
	static unsigned char room[4 * COOKIE_MAX], memory[4 * INPUT_MAX];
	struct span user = { NULL, 0 };
	enum session_why why;
	struct arena arena;
	struct sink out;
	long long end;
	bool right;

	arena_init(&arena, memory, sizeof(memory));
	right =
	    proving_payload(c, json, &arena, &user) &&
	    read_end(c, json, &end) && end > now &&
	    (end == SESSION_ENDLESS || end - now <= SESSION_AHEAD_MAX_SECONDS);
	sink_init(&out, room, sizeof(room));
	must(session_make(c, proving_key(c), json, PROVING_NOW, &out),
	    "two cookies can be made");
	why = prove(c, sink_view(&out), now, NULL);
	must((why == SESSION_OK) == right,
	    "what was made opens when its payload is right");
	if (right)
		must(span_eq(proven.user, user) && proven.expires == end &&
			 span_eq(proven.claims.text, json),
		    "what opens is what was signed");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { data, size };
	const struct session_config *c;
	long long now;

	if (size < 2 || size > INPUT_MAX)
		return 0;
	c = &variants[proving_digit(data[0], VARIANTS)];
	now = proving_now(data[1]);
	input = span_skip(input, 2);
	check_unsigned(c, input, now);
	check_signed(c, proving_value(c, input), now);
	check_made(c, input, now);
	return 0;
}
