/*
 * Text with {user} {user_hash} {random} {date} {ip} {policy} {claim.NAME}.
 * {word} with any other word of letters, digits, _ and . is a mistake; other
 * braces are literal. These forms never change: stored assets depend on them.
 */
#ifndef POLICY_TEMPLATE_H
#define POLICY_TEMPLATE_H

#include "base/address.h"
#include "base/arena.h"
#include "http/problem.h"
#include "session/session.h"

enum piece_kind {
	PIECE_LITERAL = 1, /* {policy} becomes one when it is compiled */
	PIECE_USER,
	PIECE_USER_HASH,
	PIECE_RANDOM,
	PIECE_DATE,
	PIECE_IP,
	PIECE_CLAIM
};

struct piece {
	enum piece_kind kind;
	struct span text; /* the literal, or the claim's path */
};

struct text_template {
	size_t n;
	const struct piece *pieces;
	struct span source; /* as configured */
};

/* Where the text goes: what a user's name may hold there. */
enum place {
	PLACE_TEXT = 0, /* no control character, separator, \ & % */
	PLACE_ID,       /* ids and folders: [A-Za-z0-9_-]{1,64}, and no {ip} */
	PLACE_TAG /* tags: the same of names, but an {ip} can stand there */
};

/* What templates speak of: one request's facts. */
struct facts {
	const struct session *session; /* all zero when there is none */
	struct span remote_addr;
	long long now;            /* seconds */
	unsigned char random[16]; /* drawn anew for each item */
};

/*
 * What a value is judged with: for whom, where there is room, and where the
 * problem goes.
 */
struct ctx {
	const struct facts *facts;
	struct arena *arena;
	struct problem *why;
};

/*
 * Compiles source. policy is the policy's name. False with the mistake and
 * the right form in why.
 */
bool template_compile(struct span source, struct span policy,
    struct arena *arena, struct text_template *out, struct sink *why);

/* Does any piece have this kind? */
bool template_has(const struct text_template *t, enum piece_kind kind);

/*
 * Can it stand in that place at all? False with the reason in why: {ip} in an
 * id or a folder.
 */
bool template_fits(
    const struct text_template *t, enum place place, struct sink *why);

/*
 * The text for these facts, NUL-terminated behind, in the arena. separators
 * as in struct term, "" for none. False with a 403 (the user's name or claim
 * can't stand there: code "user_not_usable" or "claim_not_usable"; for {ip}
 * "address_not_usable"), or a 500 "out_of_room", in ctx->why.
 */
bool template_expand(const struct text_template *t, enum place place,
    const char *separators, const struct ctx *ctx, struct span *out);

/*
 * Is value what the template gives for these facts, where {random} stands for
 * any 32 lower-case hex digits? False without a problem when it is not, and
 * false with one when the template can't be expanded for this user.
 */
bool template_matches(const struct text_template *t, enum place place,
    const char *separators, const struct ctx *ctx, struct span value);

/* For the log, where it is the user's name that can't stand somewhere. */
#define TEMPLATE_HASH_ADVICE                                                   \
	"{user} can't be this user's name here; {user_hash} in its place "     \
	"takes any name"

/* A user's hash: 32 hex digits of SHA-256("signpost user\0" + user). */
void user_hash(struct span user, struct sink *out);

#endif
