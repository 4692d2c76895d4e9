#include "policy/id_form.h"

/* One value or pattern, cut. */
struct parts_of {
	struct span before; /* "image/upload/", "/", or nothing */
	struct span id;
};

/* upload, private, authenticated, and what else there is or will be. */
static bool
is_type(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '_' && (s.p[i] < 'a' || s.p[i] > 'z'))
			return false;
	return s.n > 0;
}

/*
 * Without the "/", "users/alice" fits "users/alice2/cat" as well.
 */
static bool
cut_prefix(struct span text, struct parts_of *out, struct sink *why)
{
	if (span_ends(text, SPAN_LIT("/"))) {
		out->id = span_head(text, text.n - 1);
		return true;
	}
	if (why != NULL)
		sink_say(why,
		    "a prefix ends in \"/\", since without it "
		    "\"users/alice\" would also match \"users/alice2\"; as in "
		    "\"users/alice/\"");
	return false;
}

static bool
cut_full(struct span text, struct parts_of *out, struct sink *why)
{
	struct span_cut first = span_cut(text, '/');
	struct span_cut second = span_cut(first.tail, '/');

	if (resource_type_valid(first.head, ACTION_DELIVER) &&
	    is_type(second.head) && second.tail.n > 0) {
		out->id = second.tail;
		out->before = span_head(text, text.n - second.tail.n);
		return true;
	}
	if (why != NULL)
		sink_text(why,
		    "it begins with image, video or raw, and a type such as "
		    "upload, private or authenticated, and an id follows, as "
		    "in \"image/upload/users/alice/cat\"");
	return false;
}

static bool
cut_path(struct span text, struct parts_of *out, struct sink *why)
{
	if (span_starts(text, SPAN_LIT("/"))) {
		out->before = span_head(text, 1);
		out->id = span_skip(text, 1);
		return true;
	}
	if (why != NULL)
		sink_text(why, "a path begins with \"/\", as in "
			       "\"/image/authenticated/users/alice/cat.jpg\"");
	return false;
}

static bool
cut_parts(const struct term *term, struct span text, struct parts_of *out,
    struct sink *why)
{
	*out = (struct parts_of){ .id = text };
	switch (term->type) {
	case TERM_ID:
	case TERM_FOLDER:
	case TERM_IDS:
		return true;
	case TERM_PREFIXES:
		return cut_prefix(text, out, why);
	case TERM_FULL_IDS:
		return cut_full(text, out, why);
	case TERM_PATH:
		return cut_path(text, out, why);
	case TERM_NONE:
	case TERM_TEXT:
	case TERM_BOOL:
	case TERM_INT:
	case TERM_LIST:
	case TERM_TAGS:
	case TERM_GROUP:
	case TERM_TIME:
	case TERM_ACL:
	default:
		if (why != NULL)
			sink_text(why, "it holds no id");
		return false;
	}
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
    const struct facts *facts, struct arena *arena, struct span value,
    struct problem *why)
{
	struct parts_of ours, theirs;

	return id_form_valid(term, value, pattern->wide, NULL) &&
	       cut_parts(term, pattern->source, &ours, NULL) &&
	       cut_parts(term, value, &theirs, NULL) &&
	       span_eq(ours.before, theirs.before) &&
	       pattern_matches(pattern, facts, arena, theirs.id, why);
}
