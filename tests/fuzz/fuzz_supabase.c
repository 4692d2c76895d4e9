/*
 * Supabase's cookies, of any bytes. The input's first byte says how one is cut
 * into chunks, its second the time, and with a letter that there is more to
 * fulfil; the rest is taken in turn as a header, as the payload of a token, and
 * as the JSON around one, where a "@" stands for a token of alice's. As it is
 * it opens nothing, and what is around a token says nothing of who is asking.
 */
#include "fuzz.h"
#include "proving.h"

#define INPUT_MAX 1024 /* so that no cookie is over COOKIE_MAX */
#define ALICE                                                                  \
	"{\"sub\":\"alice\",\"aud\":\"authenticated\",\"exp\":1731449000,"     \
	"\"iat\":1700000000,\"iss\":\"a\",\"r\":\"s\"}"

/* Bits of the first byte. */
#define CHUNKS_HOW 31    /* one more is how many */
#define CHUNKS_TURNED 32 /* the last one first */
#define CHUNKS_GAP 64    /* one of them is missing, not the last */
#define CHUNKS_OLD 128   /* beside the whole, which comes last */

/* What is asked for: config is, in turn, a copy of one of the others. */
static struct session_config config, plain, strict;
static struct session_key other;
static struct span roles[] = { SPAN_INIT("s") };
static struct claim_rule role = { SPAN_INIT("r"), 1, roles, false };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	plain = proving_format("supabase", "sb-abcd-auth-token", "sub");
	proving_keys(&plain);
	strict = plain;
	strict.issuer = SPAN_LIT("a");
	strict.max_age = 3600;
	strict.n_require = 1;
	strict.require = &role;
	other = token_key("3", HASH_SHA256, SPAN_LIT("another site's secret"));
	return 0;
}

static struct span
make_token(const struct session_key *key, struct span payload, struct sink *out)
{
	return token_sign(
	    SPAN_LIT("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), payload, key, out);
}

/* "base64-" and the JSON, in which the first "@" is the token. */
static struct span
wrap(struct span json, struct span token, struct sink *out)
{
	static unsigned char room[4 * COOKIE_MAX];
	struct span_cut cut = span_cut(json, '@');
	struct sink text;

	sink_init(&text, room, sizeof(room));
	sink_span(&text, cut.head);
	if (cut.found)
		sink_say(&text, "%v%v", token, cut.tail);
	sink_text(out, "base64-");
	base64url_encode(sink_view(&text), out);
	must(!text.full && !out->full, "there is room for a cookie");
	return sink_view(out);
}

static enum session_why
prove_value(struct span value, long long now)
{
	static unsigned char room[4 * COOKIE_MAX];
	struct sink out;

	sink_init(&out, room, sizeof(room));
	return prove(&config, proving_header(&config, value, &out), now, NULL);
}

/* Chunk i of n. */
static void
put_chunk(struct span value, size_t i, size_t n, struct sink *out)
{
	size_t begin = value.n * i / n, end = value.n * (i + 1) / n;

	sink_say(out, "%v.%d=%v; ", config.cookie, (long long)i,
	    span_head(span_skip(value, begin), end - begin));
}

/* The same value in chunks is worth the same, up to CHUNKS_MAX of them. */
static void
check_chunks(
    struct span value, unsigned how, enum session_why whole, long long now)
{
	static unsigned char room[4 * COOKIE_MAX];
	size_t n = (how & CHUNKS_HOW) + 1, gap = n;
	enum session_why why;
	struct sink out;

	if ((how & CHUNKS_GAP) != 0)
		gap = n > 1 ? value.n % (n - 1) : 0;
	sink_init(&out, room, sizeof(room));
	for (size_t i = 0; i < n; i++) {
		size_t at = (how & CHUNKS_TURNED) != 0 ? n - 1 - i : i;

		if (at != gap)
			put_chunk(value, at, n, &out);
	}
	if ((how & CHUNKS_OLD) != 0)
		sink_say(&out, "%v=%v", config.cookie, value);
	why = prove(&config, sink_view(&out), now, NULL);
	if ((how & CHUNKS_OLD) != 0) {
		must(why == whole, "the bare name comes first");
		sink_say(&out, "; %v=", config.cookie);
		must(prove(&config, sink_view(&out), now, NULL) ==
			 SESSION_TWO_COOKIES,
		    "and comes once");
	} else if (gap < n) {
		must(why != SESSION_OK &&
			 (n < 2 || n > CHUNKS_MAX + 1 || why == SESSION_CHUNKS),
		    "no chunk may be missing in front");
	} else if (n > CHUNKS_MAX) {
		must(why == SESSION_CHUNKS, "chunks have a number");
	} else {
		must(why == whole, "chunks are the same as the whole");
	}
	must(!out.full, "there is room for chunks");
}

/* The input is what was signed. */
static void
check_payload(struct span payload, unsigned how, long long now)
{
	static unsigned char tokens[4 * COOKIE_MAX], room[4 * COOKIE_MAX],
	    memory[COOKIE_MAX];
	struct span user = { NULL, 0 };
	struct sink token, out;
	enum session_why why;
	struct arena arena;

	sink_init(&token, tokens, sizeof(tokens));
	make_token(proving_key(&config), payload, &token);
	sink_init(&out, room, sizeof(room));
	wrap(SPAN_LIT("{\"access_token\":\"@\",\"token_type\":\"bearer\"}"),
	    sink_view(&token), &out);
	why = prove_value(sink_view(&out), now);
	arena_init(&arena, memory, sizeof(memory));
	if (why == SESSION_OK)
		must(proving_payload(&config, payload, &arena, &user) &&
			 span_eq(user, proven.user) && proven.expires > now &&
			 span_eq(proven.claims.text, payload),
		    "what opens is what was signed");
	check_chunks(sink_view(&out), how, why, now);
}

/* The input is around a token, of ours and of somebody else's. */
static void
check_wrapped(struct span json, unsigned how, long long now)
{
	static unsigned char tokens[COOKIE_MAX], room[4 * COOKIE_MAX];
	enum session_why why;
	struct sink token, out;
	struct span value;

	sink_init(&token, tokens, sizeof(tokens));
	make_token(proving_key(&config), SPAN_LIT(ALICE), &token);
	sink_init(&out, room, sizeof(room));
	value = wrap(json, sink_view(&token), &out);
	why = prove_value(value, now);
	must(why != SESSION_OK || span_is(proven.user, "alice"),
	    "the token alone is believed");
	check_chunks(value, how, why, now);
	sink_init(&token, tokens, sizeof(tokens));
	make_token(&other, SPAN_LIT(ALICE), &token);
	sink_init(&out, room, sizeof(room));
	must(
	    prove_value(wrap(json, sink_view(&token), &out), now) != SESSION_OK,
	    "a token needs the key");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { data, size };
	long long now;

	if (size < 2 || size > INPUT_MAX)
		return 0;
	config = data[1] < '@' ? plain : strict;
	now = proving_now(data[1]);
	input = span_skip(input, 2);
	check_unsigned(&config, input, now);
	check_payload(input, data[0], now);
	check_wrapped(input, data[0], now);
	return 0;
}
