/*
 * Sessions of every format, opened from any Cookie header, and what is true of
 * each of them. The keys are made of secrets that are in no seed: an input that
 * opens is a finding, unless a target signed it.
 */
#ifndef TESTS_FUZZ_PROVING_H
#define TESTS_FUZZ_PROVING_H

#include "../unit/token.h"
#include "base/text.h"
#include "fuzz.h"
#include "session/formats.h"

#define PROVING_NOW 1700000060 /* a minute after most seeds' time of issue */
#define PROVING_KEYS 2         /* what is signed here is signed with the last */

static struct session proven; /* views into the memory, or the header */

/* A format as its row says; the caller may change it before it has keys. */
static inline struct session_config
proving_format(const char *format, const char *cookie, const char *user)
{
	const struct format_row *row = format_named(span_of(format));
	struct session_config c = { .n_keys = 0 };

	must(row != NULL, "there is such a format");
	format_apply(row, &c);
	c.cookie = span_of(cookie);
	c.user = span_of(user);
	format_body(row, &c);
	return c;
}

static inline const struct session_key *
proving_key(const struct session_config *c)
{
	return &c->keys[PROVING_KEYS - 1];
}

/* The keys, which live as long as the program. */
static inline void
proving_keys(struct session_config *c)
{
	static alignas(max_align_t) unsigned char memory[32][HMAC_KEY_MAX];
	static struct session_key keys[32];
	static size_t used;
	static const struct span secrets[PROVING_KEYS] = {
		SPAN_INIT("qJ7~a new one"), SPAN_INIT("qJ8~one from before")
	};

	must(used + PROVING_KEYS <= 32, "there is room for keys");
	c->keys = &keys[used];
	c->n_keys = PROVING_KEYS;
	for (size_t i = 0; i < PROVING_KEYS; i++, used++) {
		must(session_derive(c, secrets[i], (void *)memory[used]),
		    "there is a key");
		keys[used] = (struct session_key){ span_of(i == 0 ? "1" : "2"),
			(const void *)memory[used] };
	}
}

/* A bit of this byte of what is signed here is wrong; 0: none. */
static size_t proving_spoiled;

/* The MAC over the parts, in room. */
static inline struct span
proving_mac(const struct session_config *c, const struct span *parts, size_t n,
    unsigned char room[static DIGEST_MAX])
{
	struct span mac = { room,
		hmac_of(proving_key(c)->hmac, parts, n, room) };

	must(mac.n == digest_size(c->hash), "there is a MAC");
	if (proving_spoiled > 0)
		room[(proving_spoiled - 1) % mac.n] ^= 4;
	return mac;
}

/* A digit that chooses one of n; any other byte chooses one too. */
static inline size_t
proving_digit(unsigned char c, size_t n)
{
	return (unsigned char)(c - '0') % n;
}

/* Moments around those that seeds have in them. */
static inline long long
proving_now(unsigned char c)
{
	static const long long later[] = { 0, -60, 3539, 3540, 86400,
		14 * 86400 - 60, 31 * 86400 - 59, -3600 };

	return PROVING_NOW + later[proving_digit(c, 8)];
}

static inline void
check_closed(void)
{
	must(!proven.open, "it is closed");
	must(proven.user.p == NULL && proven.user.n == 0 &&
		 proven.claims.kind == JSON_ABSENT &&
		 proven.claims.text.p == NULL && proven.claims.text.n == 0 &&
		 proven.expires == 0 && proven.key_id.p == NULL &&
		 proven.key_id.n == 0,
	    "what is refused leaves nothing");
}

static inline void
check_open(const struct session_config *c, long long now)
{
	bool name = c->user.n == 0;

	must(proven.open, "it is open");
	must(proven.user.n >= 1 && proven.user.n <= USER_MAX &&
		 text_utf8(proven.user) && !text_has_control(proven.user),
	    "a user is text");
	must(proven.expires >= now, "it has not ended");
	must(c->max_age == 0 || proven.expires <= now + c->max_age,
	    "it ends within its age");
	must(c->n_keys == 0 || span_eq(proven.key_id, proving_key(c)->id),
	    "the key is the one that signed it");
	must(name ? proven.claims.kind == JSON_ABSENT
		  : proven.claims.kind == JSON_KIND_OBJECT &&
			json_object_valid(proven.claims.text, TOKEN_DEPTH_MAX),
	    "claims are a JSON object");
}

/* What a request is worth: an open session stays in proven. */
static inline enum session_why
prove_request(const struct session_config *c, const struct request *request,
    long long now, struct php_sessions *php)
{
	static unsigned char memory[ARENA_MAX / 2];
	struct arena arena;
	struct session_asked asked = { request, now, php, &arena };
	enum session_why why;

	arena_init(&arena, memory, sizeof(memory));
	memset(&proven, 0xa5, sizeof(proven));
	why = session_open(c, &asked, &proven).why;
	must(why != SESSION_REFUSED && why < SESSION_WHY_COUNT,
	    "a verdict has a reason");
	if (why == SESSION_OK)
		check_open(c, now);
	else
		check_closed();
	must(proven.bearer ==
		 (why == SESSION_OK && session_is_bearer(c, request)),
	    "it says where it is from");
	return why;
}

/* The same of a Cookie header, in memory of exactly its size. */
static inline enum session_why
prove(const struct session_config *c, struct span header, long long now,
    struct php_sessions *php)
{
	static unsigned char *copy; /* the session may be a view of it */
	struct request request = { .intake = INTAKE_WHOLE };

	free(copy);
	copy = malloc(header.n > 0 ? header.n : 1);
	must(copy != NULL, "there is memory");
	if (header.n > 0)
		memcpy(copy, header.p, header.n);
	request.cookie = (struct span){ copy, header.n };
	return prove_request(c, &request, now, php);
}

/* NAME=value; the memory is the sink's. */
static inline struct span
proving_header(
    const struct session_config *c, struct span value, struct sink *out)
{
	size_t mark = out->n;

	sink_say(out, "%v=%v", c->cookie, value);
	must(!out->full, "there is room for a header");
	return sink_since(out, mark);
}

/* The value of an input that is a whole "NAME=value", or else all of it. */
static inline struct span
proving_value(const struct session_config *c, struct span input)
{
	struct span_cut cut = span_cut(input, '=');

	return cut.found && span_eq(cut.head, c->cookie)
		   ? span_cut(cut.tail, ';').head
		   : input;
}

/*
 * As it is, it opens nothing: neither as a header nor as the cookie's value.
 */
static inline void
check_unsigned(const struct session_config *c, struct span input, long long now)
{
	static unsigned char room[COOKIE_HEADER_MAX];
	struct sink out;

	must(prove(c, input, now, NULL) != SESSION_OK, "a header needs a key");
	sink_init(&out, room, sizeof(room));
	must(prove(c, proving_header(c, input, &out), now, NULL) != SESSION_OK,
	    "a cookie needs a key");
}

/*
 * Is this JSON, as a payload, what the configuration asks for, but for times
 * that it may have in it? Then *user is the name, in the arena.
 */
static inline bool
proving_payload(const struct session_config *c, struct span json,
    struct arena *arena, struct span *user)
{
	struct session s = { .claims = { JSON_KIND_OBJECT, json } };
	enum json_kind kind;

	if (!json_object_valid(json, TOKEN_DEPTH_MAX))
		return false;
	for (size_t i = 0; i < c->n_require; i++)
		if (!session_claim_is(&s, &c->require[i], arena))
			return false;
	kind = json_path(s.claims, c->user).kind;
	return (kind == JSON_KIND_STRING || kind == JSON_KIND_NUMBER) &&
	       session_claim(&s, c->user, arena, user) && user->n >= 1 &&
	       user->n <= USER_MAX;
}

#endif
