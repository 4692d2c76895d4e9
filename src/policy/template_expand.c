/* Templates filled in, and compared with a value. */
#include "policy/template.h"

#include "base/date.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/text.h"

#define RANDOM_HEX 32   /* {random}: 16 bytes in hex */
#define COMPUTED_MAX 45 /* the longest: an IPv6 address with IPv4 in it */

/* Where a template is filled in, and with what. */
struct scene {
	enum place place;
	const char *separators;
	const struct facts *facts;
	struct arena *arena;
	struct problem *why;
};

static bool
out_of_room(const struct scene *s)
{
	return problem_set(s->why, 500, "out_of_room", (struct span){ NULL, 0 },
	    "This request needs more room than there is.");
}

/*
 * May a text that nobody here wrote stand there? Otherwise the problem. An
 * empty one would make a parameter that the policy sets vanish.
 */
static bool
may_stand(
    const struct scene *s, struct span text, const char *code, const char *what)
{
	struct span none = { NULL, 0 };
	bool right = text.n > 0 && text_utf8(text) && !text_has_control(text);

	if (s->place != PLACE_TEXT)
		return text_segment(text) ||
		       problem_set(s->why, 403, code, none,
			   "%s can't stand in an id, a folder or a tag: that "
			   "takes 1 to %d of A-Z, a-z, 0-9, _ and -.",
			   what, (long long)SEGMENT_MAX);
	if (span_has(span_of(s->separators), '/') &&
	    (span_is(text, ".") || span_is(text, "..")))
		right = false; /* a step in a path */
	for (size_t i = 0; i < text.n && right; i++)
		right = !span_has(span_of(s->separators), text.p[i]) &&
			!span_has(SPAN_LIT("\\&%"), text.p[i]);
	return right ||
	       problem_set(s->why, 403, code, none,
		   "%s can't stand in this value: it is empty, or holds a "
		   "control character or one of \\ & %% %s",
		   what, s->separators);
}

static bool
claim_text(const struct scene *s, struct span path, struct span *out)
{
	if (!session_claim(s->facts->session, path, s->arena, out))
		return s->arena->full
			   ? out_of_room(s)
			   : problem_set(s->why, 403, "claim_not_usable",
				 (struct span){ NULL, 0 },
				 "The session has no claim %q that is one "
				 "text.",
				 path);
	return may_stand(s, *out, "claim_not_usable", "A claim of the session");
}

/* What is computed, into room for any of it. */
static bool
computed_text(const struct scene *s, enum piece_kind kind, struct span *out)
{
	unsigned char *mem = arena_bytes(s->arena, COMPUTED_MAX);
	struct scene scene = *s;
	struct address address;
	struct sink text;

	if (mem == NULL)
		return out_of_room(s);
	if (kind == PIECE_USER_HASH && s->facts->session->user.n == 0)
		return problem_set(s->why, 403, "user_not_usable",
		    (struct span){ NULL, 0 },
		    "This takes a session, and there is none.");
	sink_init(&text, mem, COMPUTED_MAX);
	if (kind == PIECE_USER_HASH)
		user_hash(s->facts->session->user, &text);
	else if (kind == PIECE_RANDOM)
		sink_hex(&text, (struct span){ s->facts->random, 16 });
	else if (kind == PIECE_DATE)
		date_write(s->facts->now, &text);
	else if (address_parse(s->facts->remote_addr, &address))
		address_write(&address, &text);
	*out = sink_view(&text);
	if (text.full) /* a clock outside the calendar */
		return out_of_room(s);
	if (kind != PIECE_IP)
		return true;
	if (scene.place == PLACE_TAG)
		scene.place = PLACE_TEXT; /* "." and ":" are fine there */
	return may_stand(
	    &scene, *out, "address_not_usable", "The client's address");
}

static bool
piece_text(const struct scene *s, const struct piece *piece, struct span *out)
{
	*out = piece->text;
	if (piece->kind == PIECE_LITERAL)
		return true;
	if (piece->kind == PIECE_CLAIM)
		return claim_text(s, piece->text, out);
	if (piece->kind != PIECE_USER)
		return computed_text(s, piece->kind, out);
	*out = s->facts->session->user;
	if (may_stand(s, *out, "user_not_usable", "The user's name"))
		return true;
	s->why->reason = TEMPLATE_HASH_ADVICE;
	return false;
}

bool
template_expand(const struct text_template *t, enum place place,
    const char *separators, const struct facts *facts, struct arena *arena,
    struct span *out, struct problem *why)
{
	struct scene s = { place, separators, facts, arena, why };
	struct span *texts = arena_array(arena, t->n, sizeof(*texts));
	size_t size = 1;
	struct sink text;
	unsigned char *mem;

	*out = (struct span){ NULL, 0 };
	if (texts == NULL)
		return out_of_room(&s);
	for (size_t i = 0; i < t->n; i++) {
		if (!piece_text(&s, &t->pieces[i], &texts[i]))
			return false;
		size += texts[i].n;
	}
	mem = arena_bytes(arena, size);
	if (mem == NULL)
		return out_of_room(&s);
	sink_init(&text, mem, size);
	for (size_t i = 0; i < t->n; i++)
		sink_span(&text, texts[i]);
	*out = sink_view(&text);
	sink_byte(&text, '\0');
	return true;
}

/* 32 lower-case hex digits at the start? */
static bool
starts_random(struct span s)
{
	if (s.n < RANDOM_HEX)
		return false;
	for (size_t i = 0; i < RANDOM_HEX; i++)
		if (!span_has(SPAN_LIT("0123456789abcdef"), s.p[i]))
			return false;
	return true;
}

/* Every piece has one length for these facts, so nothing is tried twice. */
static bool
matches(const struct scene *s, const struct text_template *t, struct span value)
{
	for (size_t i = 0; i < t->n; i++) {
		struct span text;

		if (t->pieces[i].kind == PIECE_RANDOM) {
			if (!starts_random(value))
				return false;
			value = span_skip(value, RANDOM_HEX);
			continue;
		}
		if (!piece_text(s, &t->pieces[i], &text) ||
		    !span_starts(value, text))
			return false;
		value = span_skip(value, text.n);
	}
	return value.n == 0;
}

/* A list is tried against many templates; only the answer is kept. */
bool
template_matches(const struct text_template *t, enum place place,
    const char *separators, const struct facts *facts, struct arena *arena,
    struct span value, struct problem *why)
{
	struct scene s = { place, separators, facts, arena, why };
	size_t mark = arena->n;
	bool right = matches(&s, t, value);

	arena->n = mark;
	return right;
}

void
user_hash(struct span user, struct sink *out)
{
	const struct span parts[] = { { (const unsigned char *)"signpost user",
					  sizeof("signpost user") },
		user };
	unsigned char digest[DIGEST_MAX];

	if (digest_of(HASH_SHA256, parts, 2, digest))
		sink_hex(out, (struct span){ digest, 16 });
}
