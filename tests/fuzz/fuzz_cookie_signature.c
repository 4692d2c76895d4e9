/*
 * Signed cookies of Express, Fastify, Hono and React Router, of any bytes. The
 * input's first byte chooses what is signed and how the cookie is spelled, its
 * second the time; the rest is taken in turn as a header, as a cookie that gets
 * its right signature, and as what a session is made of. As it is it opens
 * nothing.
 */
#include "cli/session_make.h"
#include "fuzz.h"
#include "proving.h"
#include "session/proof.h"

#define INPUT_MAX 2048 /* so that no cookie is over COOKIE_MAX */
#define VARIANTS 3

static struct session_config variants[VARIANTS];
static struct span roles[] = { SPAN_INIT("admin") };
static struct claim_rule role = { SPAN_INIT("roles"), 1, roles, false };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	variants[0] = proving_format("cookie-signature", "uid", "");
	variants[1] = proving_format("cookie-signature", "__session", "userId");
	variants[2] = proving_format("cookie-signature", "s", "user.id");
	variants[2].n_require = 1;
	variants[2].require = &role;
	for (size_t i = 0; i < VARIANTS; i++)
		proving_keys(&variants[i]);
	return 0;
}

/* Bit 0: with "s:" in front; bit 1: with padding. */
static enum session_why
prove_signed(const struct session_config *c, struct span value,
    unsigned spelling, long long now)
{
	static unsigned char room[4 * COOKIE_MAX];
	unsigned char mac[DIGEST_MAX], mem[2 * DIGEST_MAX];
	struct sink out, signature;

	sink_init(&signature, mem, sizeof(mem));
	base64_encode(
	    proving_mac(c, &value, 1, mac), (spelling & 2) != 0, &signature);
	sink_init(&out, room, sizeof(room));
	sink_say(&out, "%v=%s", c->cookie, (spelling & 1) != 0 ? "s%3A" : "");
	percent_encode(value, &out);
	sink_byte(&out, '.');
	percent_encode(sink_view(&signature), &out);
	must(!out.full, "there is room for a cookie");
	return prove(c, sink_view(&out), now, NULL);
}

static void
check_spoiled(const struct session_config *c, struct span value,
    enum session_why why, long long now)
{
	size_t n = why == SESSION_OK ? digest_size(c->hash) : 0;

	for (size_t i = 1; i <= n; i++) {
		proving_spoiled = i;
		must(prove_signed(c, value, 1, now) == SESSION_MAC,
		    "a signature is wrong or right");
	}
	proving_spoiled = 0;
}

/* Whoever wrote it, it says the same. */
static void
check_signed(const struct session_config *c, struct span value, long long now)
{
	enum session_why why = prove_signed(c, value, 1, now);

	must(prove_signed(c, value, 3, now) == why,
	    "the signature's padding is no matter");
	check_spoiled(c, value, why, now);
	/* A value of its own may begin like that; Express' are marked. */
	if (span_starts(value, SPAN_LIT("s:")))
		return;
	must(prove_signed(c, value, 0, now) == why &&
		 prove_signed(c, value, 2, now) == why,
	    "the mark in front is no matter");
}

/* What was signed in a cookie like this one. */
static struct span
signed_in(struct span cookie, unsigned char *room, size_t cap)
{
	struct span text = cookie;
	size_t n;

	if (percent_decode(cookie, room, cap, &n))
		text = span_cut_last((struct span){ room, n }, '.').head;
	return span_starts(text, SPAN_LIT("s:")) ? span_skip(text, 2) : text;
}

/* A name, and none of an object. */
static bool
is_name(struct span text)
{
	struct session ignored;

	return proof_name(text, &ignored) == SESSION_OK;
}

static void
check_made(const struct session_config *c, struct span text, long long now)
{
	static unsigned char room[4 * COOKIE_MAX], memory[4 * INPUT_MAX];
	bool name = c->signing.body == BODY_TEXT, right;
	struct span user = text;
	struct arena arena;
	struct sink out;

	arena_init(&arena, memory, sizeof(memory));
	right = name ? is_name(text) : proving_payload(c, text, &arena, &user);
	sink_init(&out, room, sizeof(room));
	must(session_make(c, proving_key(c), text, PROVING_NOW, &out),
	    "a cookie can be made");
	must((prove(c, sink_view(&out), now, NULL) == SESSION_OK) == right,
	    "what was made opens when its payload is right");
	if (!right)
		return;
	must(span_eq(proven.user, user), "the user is the payload's");
	must(proven.expires == SESSION_ENDLESS, "nothing in it ends");
	must(name || span_eq(proven.claims.text, text), "the claims are all");
}

/* The body is JSON in base64, in place of "j:" and JSON. */
static void
check_base64(const struct session_config *c, struct span json, long long now)
{
	static unsigned char room[2 * COOKIE_MAX], memory[4 * INPUT_MAX];
	struct span user = { NULL, 0 };
	struct arena arena;
	struct sink out;
	bool right;

	arena_init(&arena, memory, sizeof(memory));
	right = proving_payload(c, json, &arena, &user);
	sink_init(&out, room, sizeof(room));
	base64_encode(json, true, &out);
	must((prove_signed(c, sink_view(&out), 0, now) == SESSION_OK) == right,
	    "base64 of a payload opens when it is right");
	must(!right || span_eq(proven.user, user), "the user is the payload's");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char room[INPUT_MAX];
	struct span input = { data, size };
	const struct session_config *c;
	long long now;

	if (size < 2 || size > INPUT_MAX)
		return 0;
	c = &variants[proving_digit(data[0], VARIANTS)];
	now = proving_now(data[1]);
	input = span_skip(input, 2);
	check_unsigned(c, input, now);
	check_signed(
	    c, signed_in(proving_value(c, input), room, sizeof(room)), now);
	check_signed(c, input, now);
	check_made(c, input, now);
	if (c->signing.body != BODY_TEXT && input.n > 0)
		check_base64(c, input, now);
	return 0;
}
