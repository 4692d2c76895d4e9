#include "policy/pattern.h"

#include "base/limits.h"
#include "base/text.h"

#define EXTENSION_MAX 16
#define SEGMENTS_MAX ((ID_MAX + 1) / 2) /* of one byte each */

static bool
is_alnum(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static bool
is_extension(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]))
			return false;
	return s.n > 0 && s.n <= EXTENSION_MAX;
}

/* segment [ "." 1*16( ALPHA / DIGIT ) ], the extension in the last one only */
static bool
is_plain(struct span segment, bool last)
{
	struct span_cut file = span_cut(segment, '.');

	return text_segment(file.head) &&
	       (!file.found || (last && is_extension(file.tail)));
}

/*
 * Text that the configuration itself may write into an id. Source:
 * Cloudinary's documentation of public_id, less what patterns are made of.
 */
static bool
is_written(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (span_has(SPAN_LIT("?&#\\%<>*{}/"), s.p[i]))
			return false;
	return s.n > 0 && text_utf8(s) && !text_has_control(s);
}

/* Neither ".." nor a blank that nobody sees. */
static bool
has_edges(struct span s)
{
	struct span edges = SPAN_LIT(" .");

	return s.n > 0 && !span_has(edges, s.p[0]) &&
	       !span_has(edges, s.p[s.n - 1]);
}

static bool
is_wide(struct span segment, bool last)
{
	struct span_cut file = span_cut_last(segment, '.');
	bool extended = last && file.found && is_extension(file.tail);

	return is_written(segment) && has_edges(segment) &&
	       (extended ? file.head.n : segment.n) <= SEGMENT_MAX;
}

/*
 * id      = segment *( "/" segment ) [ "." 1*16( ALPHA / DIGIT ) ]
 * segment = 1*64( ALPHA / DIGIT / "_" / "-" )
 *
 * at most ID_MAX bytes.
 */
static bool
each_segment(struct span id, bool wide)
{
	struct span_cut cut = { .tail = id, .found = id.n <= ID_MAX };
	bool right = cut.found;

	while (cut.found && right) {
		cut = span_cut(cut.tail, '/');
		right = is_plain(cut.head, !cut.found) ||
			(wide && is_wide(cut.head, !cut.found));
	}
	return right;
}

/*
 * Is this a well-formed id of a client: segments [A-Za-z0-9_-]{1,64} between
 * single "/", the last perhaps with one extension [A-Za-z0-9]{1,16}, at most
 * ID_MAX bytes? wide: its segments may be what the configuration can write,
 * too. On false why (may be NULL) says what is not.
 */
static bool
id_valid(struct span id, bool wide, struct sink *why)
{
	bool right = each_segment(id, wide);

	if (!right && why != NULL)
		sink_say(why,
		    "an id is 1 to %d of A-Z, a-z, 0-9, _ and - between single "
		    "\"/\", with at most one extension such as \".jpg\" at "
		    "the end, and at most %d bytes",
		    (long long)SEGMENT_MAX, (long long)ID_MAX);
	return right;
}

/*
 * The least bytes that a literal gives; 0 when it can't stand in a segment.
 * The end of the last segment may be an extension, which is not counted.
 */
static size_t
literal_least(struct span text, bool first, bool end)
{
	struct span_cut file = span_cut(text, '.');

	if (file.found && (!end || !is_extension(file.tail)))
		return 0;
	if (file.found && !first && file.head.n == 0)
		return 1;
	return text_segment(file.head) ? file.head.n : 0;
}

/* The same of any piece. */
static size_t
piece_least(const struct piece *piece, bool first, bool end)
{
	if (piece->kind == PIECE_USER_HASH || piece->kind == PIECE_RANDOM)
		return 32;
	if (piece->kind == PIECE_DATE)
		return sizeof("2026-01-01") - 1;
	if (piece->kind == PIECE_USER || piece->kind == PIECE_CLAIM)
		return 1;
	return piece->kind == PIECE_LITERAL
		   ? literal_least(piece->text, first, end)
		   : 0;
}

/*
 * *wide is set where a literal is more than a client's value could hold. A dot
 * beside a form could make an extension of a user's name.
 */
static bool
segment_fits(const struct text_template *t, bool last, bool *wide)
{
	size_t sum = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct piece *piece = &t->pieces[i];
		size_t least =
		    piece_least(piece, i == 0, last && i == t->n - 1);

		if (least == 0 && piece->kind == PIECE_LITERAL &&
		    is_written(piece->text) && has_edges(t->source) &&
		    (t->n == 1 || !span_has(piece->text, '.'))) {
			least = piece->text.n;
			*wide = true;
		}
		if (least == 0)
			return false;
		sum += least;
	}
	return sum > 0 && sum <= SEGMENT_MAX;
}

static bool
compile_segment(struct span source, struct span policy, bool last,
    struct arena *arena, struct segment *out, bool *wide, struct sink *why)
{
	if (span_is(source, "*") || span_is(source, "**")) {
		out->kind = source.n == 1 ? SEGMENT_ONE : SEGMENT_MANY;
		return true;
	}
	out->kind = SEGMENT_TEXT;
	if (!template_compile(source, policy, arena, &out->text, why) ||
	    !template_fits(&out->text, PLACE_ID, why))
		return false;
	if (segment_fits(&out->text, last, wide))
		return true;
	sink_say(why,
	    "%q can't be a segment: between single \"/\" stand \"*\" (any "
	    "one), \"**\" (one or more), or text of 1 to %d bytes without ? & "
	    "# \\ %% < > * and with no blank or dot at its ends, and forms "
	    "such as {user}; the last may have one extension",
	    source, (long long)SEGMENT_MAX);
	return false;
}

/*
 * pattern  = segment *( "/" segment )
 * segment  = "*" / "**" / template
 *
 * A template's own grammar has no "/", so the cut comes first.
 */
bool
pattern_compile(struct span source, struct span policy, struct arena *arena,
    struct pattern *out, struct sink *why)
{
	struct span kept = arena_copy(arena, source), rest = kept;
	struct segment *segments;
	size_t n = 1, many = 0;
	bool wide = false;

	*out = (struct pattern){ .n = 0 };
	for (size_t i = 0; i < source.n; i++)
		n += source.p[i] == '/';
	segments = arena_array(arena, n, sizeof(*segments));
	if (segments == NULL) {
		sink_text(why, "there is no room left for this pattern");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct span_cut cut = span_cut(rest, '/');

		if (!compile_segment(cut.head, policy, i == n - 1, arena,
			&segments[i], &wide, why))
			return false;
		many += segments[i].kind == SEGMENT_MANY;
		rest = cut.tail;
	}
	if (many > 1) {
		sink_text(why, "\"**\" can stand only once in a pattern");
		return false;
	}
	*out = (struct pattern){ n, segments, kept, wide };
	return true;
}

/* The segments of a well-formed id; how many. */
static size_t
split(struct span id, struct span parts[static SEGMENTS_MAX])
{
	struct span_cut cut = { .tail = id, .found = true };
	size_t n = 0;

	while (cut.found) {
		cut = span_cut(cut.tail, '/');
		parts[n++] = cut.head;
	}
	return n;
}

/*
 * Does a well-formed id match? What a wildcard takes is a client's choice, and
 * never wide. "**" takes what the other segments leave, so nothing is tried
 * twice. Problems as template_matches().
 */
static bool
pattern_matches(const struct pattern *p, const struct ctx *ctx, struct span id)
{
	struct span parts[SEGMENTS_MAX];
	size_t n, at = 0;

	if (!id_valid(id, p->wide, NULL))
		return false;
	n = split(id, parts);
	if (n < p->n)
		return false;
	for (size_t i = 0; i < p->n; i++, at++) {
		const struct segment *s = &p->segments[i];

		if (s->kind != SEGMENT_TEXT) {
			size_t end =
			    s->kind == SEGMENT_MANY ? at + n - p->n : at;

			for (; at < end; at++)
				if (!is_plain(parts[at], false))
					return false;
			if (!is_plain(parts[at], at == n - 1))
				return false;
		} else if (!template_matches(
			       &s->text, PLACE_ID, "", ctx, parts[at]))
			return false;
	}
	return p->n > 0 && at == n;
}

/* Source: cloudinary_npm lib/utils/index.js url(). */
bool
pattern_url_part(struct span s)
{
	size_t letters = 0, digits = 1;

	while (letters < s.n && s.p[letters] >= 'a' && s.p[letters] <= 'z')
		letters++;
	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	return (letters >= 1 && letters <= 3 && letters < s.n &&
		   s.p[letters] == '_') ||
	       (s.n > 1 && s.p[0] == 'v' && digits == s.n) ||
	       span_starts(s, SPAN_LIT("$")) || span_starts(s, SPAN_LIT("s--"));
}

/* Is the segment one piece and nothing beside it? */
static bool
is_only(const struct segment *s, enum piece_kind kind)
{
	return s->kind == SEGMENT_TEXT && s->text.n == 1 &&
	       s->text.pieces[0].kind == kind;
}

static bool
begins_fixed(const struct pattern *p, const char *example, struct sink *why)
{
	if (p->n > 0 && is_only(&p->segments[0], PIECE_LITERAL) &&
	    !pattern_url_part(p->segments[0].text.pieces[0].text))
		return true;
	if (why != NULL)
		sink_say(why,
		    "its first segment must be a fixed word (not like "
		    "\"w_200\", \"v1\" or \"s--...\"), as in \"%s\"",
		    example);
	return false;
}

/* {user}, {user_hash} or {claim.NAME}, and nothing beside it. */
static bool
is_user(const struct segment *s)
{
	return is_only(s, PIECE_USER) || is_only(s, PIECE_USER_HASH) ||
	       is_only(s, PIECE_CLAIM);
}

bool
pattern_owned(const struct pattern *p, struct sink *why)
{
	if (!begins_fixed(p, "users/{user}/...", why))
		return false;
	for (size_t i = 1; i < p->n && p->segments[i].kind == SEGMENT_TEXT; i++)
		if (is_user(&p->segments[i]))
			return true;
	if (why != NULL)
		sink_text(why,
		    "a segment of its own before the first \"*\" must be "
		    "{user}, {user_hash} or one {claim.NAME}, as in "
		    "\"users/{user}/...\"");
	return false;
}

static bool
same_segment(const struct segment *a, const struct segment *b)
{
	if (a->kind != b->kind || a->text.n != b->text.n)
		return false;
	for (size_t i = 0; a->kind == SEGMENT_TEXT && i < a->text.n; i++)
		if (a->text.pieces[i].kind != b->text.pieces[i].kind ||
		    !span_eq(a->text.pieces[i].text, b->text.pieces[i].text))
			return false;
	return true;
}

enum meeting
pattern_meet(const struct pattern *a, const struct pattern *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		const struct segment *s = &a->segments[i], *t = &b->segments[i];

		if (!same_segment(s, t))
			return is_only(s, PIECE_LITERAL) &&
				       is_only(t, PIECE_LITERAL)
				   ? PATTERNS_PART
				   : PATTERNS_MEET;
		if (is_user(s))
			return PATTERNS_SAME;
	}
	return PATTERNS_MEET;
}

bool
pattern_fresh(const struct pattern *p, struct sink *why)
{
	bool right = p->n > 0 && is_only(&p->segments[p->n - 1], PIECE_RANDOM);

	for (size_t i = 0; i < p->n; i++)
		right = right && p->segments[i].kind == SEGMENT_TEXT;
	if (!begins_fixed(p, "inbox/{random}", why))
		return false;
	if (!right && why != NULL)
		sink_text(why,
		    "its last segment must be {random} and nothing beside it, "
		    "as in \"inbox/{random}\"");
	return right;
}

/* One value or pattern, cut. */
struct parts_of {
	struct span before; /* "image/upload/", "/", or nothing */
	struct span id;
};

/* Without the "/" of a prefix, "users/alice" fits "users/alice2/cat" as well.
 */
static bool
cut_parts(const struct term *term, struct span text, struct parts_of *out,
    struct sink *why)
{
	const char *wrong = NULL;

	*out = (struct parts_of){ .id = text };
	if (term->type == TERM_PREFIXES) {
		if (span_ends(text, SPAN_LIT("/")))
			out->id = span_head(text, text.n - 1);
		else
			wrong = "a prefix ends in \"/\", since without it "
				"\"users/alice\" would also match "
				"\"users/alice2\"; as in \"users/alice/\"";
	} else if (term->type == TERM_FULL_IDS) {
		struct span_cut resource = span_cut(text, '/');
		struct span_cut type = span_cut(resource.tail, '/');

		out->id = type.tail;
		out->before = span_head(text, text.n - type.tail.n);
		if (!resource_type_valid(resource.head, ACTION_DELIVER) ||
		    !delivery_type_valid(type.head) || type.tail.n == 0)
			wrong = "it begins with image, video or raw, and a "
				"type such as upload, private or "
				"authenticated, and an id follows, as in "
				"\"image/upload/users/alice/cat\"";
	} else if (term->type == TERM_PATH) {
		out->before = SPAN_LIT("/");
		out->id = span_skip(text, 1);
		if (!span_starts(text, out->before))
			wrong = "a path begins with \"/\", as in "
				"\"/image/authenticated/users/alice/cat.jpg\"";
	} else if (!term_has_patterns(term))
		wrong = "it holds no id";
	if (wrong != NULL && why != NULL)
		sink_text(why, wrong);
	return wrong == NULL;
}

/* A folder, which a prefix names, has no extension. */
static bool
refuse_extension(struct sink *why)
{
	if (why != NULL)
		sink_text(why,
		    "a prefix has no extension: it names a folder, as in "
		    "\"users/alice/\"");
	return false;
}

/* Only the last segment can have one, and only in its own text. */
static bool
has_extension(const struct pattern *p)
{
	const struct segment *last = &p->segments[p->n - 1];

	for (size_t i = 0; i < last->text.n; i++)
		if (last->text.pieces[i].kind == PIECE_LITERAL &&
		    span_has(last->text.pieces[i].text, '.'))
			return true;
	return false;
}

/* In a list they would end the id. */
static bool
check_separators(const struct term *term, struct span id, struct sink *why)
{
	for (size_t i = 0; i < id.n; i++) {
		if (!span_has(span_of(term->separators), id.p[i]))
			continue;
		sink_say(why, "%q would end the id in a list",
		    (struct span){ id.p + i, 1 });
		return false;
	}
	return true;
}

bool
id_form_compile(const struct term *term, struct span source, struct span policy,
    struct arena *arena, struct pattern *out, struct sink *why)
{
	struct span kept = arena_copy(arena, source);
	struct parts_of parts;

	*out = (struct pattern){ .n = 0 };
	if (kept.p == NULL) {
		sink_text(why, "there is no room left for this pattern");
		return false;
	}
	if (!cut_parts(term, kept, &parts, why) ||
	    !check_separators(term, parts.id, why) ||
	    !pattern_compile(parts.id, policy, arena, out, why))
		return false;
	out->source = kept;
	if (term->type != TERM_PREFIXES || !has_extension(out))
		return true;
	*out = (struct pattern){ .n = 0 };
	return refuse_extension(why);
}

bool
id_form_valid(
    const struct term *term, struct span value, bool wide, struct sink *why)
{
	struct parts_of parts;

	if (!cut_parts(term, value, &parts, why) ||
	    !id_valid(parts.id, wide, why))
		return false;
	return term->type != TERM_PREFIXES || !span_has(parts.id, '.') ||
	       refuse_extension(why);
}

bool
id_form_matches(const struct term *term, const struct pattern *pattern,
    const struct ctx *ctx, struct span value)
{
	struct parts_of ours, theirs;

	return id_form_valid(term, value, pattern->wide, NULL) &&
	       cut_parts(term, pattern->source, &ours, NULL) &&
	       cut_parts(term, value, &theirs, NULL) &&
	       span_eq(ours.before, theirs.before) &&
	       pattern_matches(pattern, ctx, theirs.id);
}
