#include "policy/template.h"

#include "http/json_read.h"

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

	*out = (struct text_template){ 0, NULL, { NULL, 0 } };
	if (!take_room(source, policy, arena, &b)) {
		*out = (struct text_template){ 0, NULL, { NULL, 0 } };
		sink_text(why, "there is no room left for this text");
		return false;
	}
	rest = out->source;
	while (rest.n > 0) {
		struct span word = word_at(rest);

		if (word.n == 0 && span_starts(rest, SPAN_LIT("{claim."))) {
			*out = (struct text_template){ 0, NULL, { NULL, 0 } };
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
			*out = (struct text_template){ 0, NULL, { NULL, 0 } };
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
