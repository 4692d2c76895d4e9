#include "policy/template.h"

#include "base/date.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/json.h"

#define RANDOM_HEX 32   /* {random}: 16 bytes in hex */
#define COMPUTED_MAX 45 /* the longest: an IPv6 address with IPv4 in it */

static const struct span none = { NULL, 0 };

/* A template under construction: literals grow at the end of text. */
struct build {
	struct text_template *out;
	struct piece *pieces;
	struct sink text;
};

/* Neighbours become one piece, so that a segment without {} is one piece. */
static void
add_literal(struct build *b, struct span text)
{
	struct piece *last = b->pieces + b->out->n - 1;
	size_t at = b->text.n;

	if (text.n == 0)
		return;
	sink_span(&b->text, text);
	if (b->out->n > 0 && last->kind == PIECE_LITERAL)
		last->text.n += text.n;
	else
		b->pieces[b->out->n++] =
		    (struct piece){ PIECE_LITERAL, { b->text.p + at, text.n } };
}

static bool
is_word_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* The word of a "{word}" that s begins with; empty when it does not. */
static struct span
word_at(struct span s)
{
	size_t n = 1;

	if (s.n == 0 || s.p[0] != '{')
		return span_head(s, 0);
	while (n < s.n && is_word_byte(s.p[n]))
		n++;
	if (n == s.n || s.p[n] != '}')
		return span_head(s, 0);
	return span_skip(span_head(s, n), 1);
}

static bool
add_word(struct build *b, struct span word, struct span policy)
{
	static const struct {
		const char *word;
		enum piece_kind kind;
	} words[] = {
		{ "user", PIECE_USER },
		{ "user_hash", PIECE_USER_HASH },
		{ "random", PIECE_RANDOM },
		{ "date", PIECE_DATE },
		{ "ip", PIECE_IP },
	};
	struct piece *next = b->pieces + b->out->n;

	if (span_is(word, "policy")) {
		add_literal(b, policy);
		return true;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (span_is(word, words[i].word)) {
			*next = (struct piece){ words[i].kind, { NULL, 0 } };
			b->out->n++;
			return true;
		}
	}
	if (!span_starts(word, SPAN_LIT("claim.")) ||
	    !json_path_valid(span_skip(word, 6)))
		return false;
	*next = (struct piece){ PIECE_CLAIM, span_skip(word, 6) };
	b->out->n++;
	return true;
}

/* Room for all that source can become: each { may begin a piece. */
static bool
take_room(struct span source, struct span policy, struct arena *arena,
    struct build *b)
{
	size_t braces = 0, size;
	unsigned char *text;

	for (size_t i = 0; i < source.n; i++)
		braces += source.p[i] == '{';
	size = source.n + braces * policy.n;
	b->pieces = arena_array(arena, 2 * braces + 1, sizeof(struct piece));
	b->out->source = arena_copy(arena, source);
	text = arena_bytes(arena, size);
	sink_init(&b->text, text, size);
	return text != NULL;
}

/*
 * template = *( "{" word "}" / any byte )
 * word     = 1*( ALPHA / DIGIT / "_" / "." )
 *
 * where word is one of those above; a brace that begins no such form stands
 * for itself.
 */
bool
template_compile(struct span source, struct span policy, struct arena *arena,
    struct text_template *out, struct sink *why)
{
	struct build b = { .out = out };
	struct span rest;

	*out = (struct text_template){ .n = 0 };
	if (!take_room(source, policy, arena, &b)) {
		*out = (struct text_template){ .n = 0 };
		sink_text(why, "there is no room left for this text");
		return false;
	}
	rest = out->source;
	while (rest.n > 0) {
		struct span word = word_at(rest);

		if (word.n == 0 && span_starts(rest, SPAN_LIT("{claim."))) {
			*out = (struct text_template){ .n = 0 };
			sink_text(why,
			    "{claim.NAME} takes letters, digits, _ and . in "
			    "its name");
			return false;
		}
		if (word.n == 0) {
			add_literal(&b, span_head(rest, 1));
			rest = span_skip(rest, 1);
			continue;
		}
		if (!add_word(&b, word, policy)) {
			*out = (struct text_template){ .n = 0 };
			sink_say(why,
			    "{%v} is unknown; there are {user}, {user_hash}, "
			    "{random}, {date}, {ip}, {policy} and "
			    "{claim.NAME}",
			    word);
			return false;
		}
		rest = span_skip(rest, word.n + 2);
	}
	out->pieces = b.pieces;
	return true;
}

bool
template_has(const struct text_template *t, enum piece_kind kind)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->pieces[i].kind == kind)
			return true;
	return false;
}

bool
template_fits(const struct text_template *t, enum place place, struct sink *why)
{
	if (place != PLACE_ID || !template_has(t, PIECE_IP))
		return true;
	sink_text(why,
	    "{ip} can't stand in ids and folders, since an address holds "
	    "\".\" or \":\"; {user}, {user_hash}, {random}, {date} and "
	    "{claim.NAME} can");
	return false;
}

/* Where a template is filled in, and for whom. */
struct scene {
	enum place place;
	const char *separators;
	const struct ctx *ctx;
};

static bool
out_of_room(const struct scene *s)
{
	return problem_set(s->ctx->why, 500, "out_of_room", none,
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
	bool right = text.n > 0 && text_utf8(text) && !text_has_control(text);

	if (s->place != PLACE_TEXT)
		return text_segment(text) ||
		       problem_set(s->ctx->why, 403, code, none,
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
	       problem_set(s->ctx->why, 403, code, none,
		   "%s can't stand in this value: it is empty, or holds a "
		   "control character or one of \\ & %% %s",
		   what, s->separators);
}

static bool
claim_text(const struct scene *s, struct span path, struct span *out)
{
	if (!session_claim(s->ctx->facts->session, path, s->ctx->arena, out))
		return s->ctx->arena->full
			   ? out_of_room(s)
			   : problem_set(s->ctx->why, 403, "claim_not_usable",
				 none,
				 "The session has no claim %q that is one "
				 "text.",
				 path);
	return may_stand(s, *out, "claim_not_usable", "A claim of the session");
}

/* What is computed, into room for any of it. */
static bool
computed_text(const struct scene *s, enum piece_kind kind, struct span *out)
{
	unsigned char *mem = arena_bytes(s->ctx->arena, COMPUTED_MAX);
	struct scene scene = *s;
	struct address address;
	struct sink text;

	if (mem == NULL)
		return out_of_room(s);
	if (kind == PIECE_USER_HASH && s->ctx->facts->session->user.n == 0)
		return problem_set(s->ctx->why, 403, "user_not_usable", none,
		    "This takes a session, and there is none.");
	sink_init(&text, mem, COMPUTED_MAX);
	if (kind == PIECE_USER_HASH)
		user_hash(s->ctx->facts->session->user, &text);
	else if (kind == PIECE_RANDOM)
		sink_hex(&text, (struct span){ s->ctx->facts->random, 16 });
	else if (kind == PIECE_DATE)
		date_write(s->ctx->facts->now, &text);
	else if (address_parse(s->ctx->facts->remote_addr, &address))
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
	*out = s->ctx->facts->session->user;
	if (may_stand(s, *out, "user_not_usable", "The user's name"))
		return true;
	s->ctx->why->reason = TEMPLATE_HASH_ADVICE;
	return false;
}

bool
template_expand(const struct text_template *t, enum place place,
    const char *separators, const struct ctx *ctx, struct span *out)
{
	struct scene s = { place, separators, ctx };
	struct span *texts = arena_array(ctx->arena, t->n, sizeof(*texts));
	size_t size = 1;
	struct sink text;
	unsigned char *mem;

	*out = none;
	if (texts == NULL)
		return out_of_room(&s);
	for (size_t i = 0; i < t->n; i++) {
		if (!piece_text(&s, &t->pieces[i], &texts[i]))
			return false;
		size += texts[i].n;
	}
	mem = arena_bytes(ctx->arena, size);
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
    const char *separators, const struct ctx *ctx, struct span value)
{
	struct scene s = { place, separators, ctx };
	size_t mark = ctx->arena->n;
	bool right = matches(&s, t, value);

	ctx->arena->n = mark;
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
