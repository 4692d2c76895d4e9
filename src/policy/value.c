#include "policy/value.h"

#include "base/limits.h"
#include "base/text.h"

static bool
out_of_room(struct problem *why)
{
	return problem_set(why, 400, "too_many", (struct span){ NULL, 0 },
	    "The request has too many values; at most %d in one list.",
	    (long long)LIST_MAX);
}

/* The first sep that no backslash stands before. */
static struct span_cut
cut_unescaped(struct span s, unsigned char sep)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == sep)
			return (struct span_cut){ span_head(s, i),
				span_skip(s, i + 1), true };
	}
	return (struct span_cut){ s, span_skip(s, s.n), false };
}

/* The index of an equal element (of a group: of the key), or e->n. */
static size_t
elements_find(const struct elements *e, struct span key, struct span value)
{
	for (size_t i = 0; i < e->n; i++)
		if (span_eq(e->keys != NULL ? e->keys[i] : e->values[i],
			e->keys != NULL ? key : value))
			return i;
	return e->n;
}

static bool
add(struct elements *e, const struct term *term, struct span key,
    struct span value, struct problem *why)
{
	struct span name = span_of(term->name);

	if (e->keys != NULL && key.n > 0 && value.n == 0)
		return problem_set(why, 403, "element_empty", name,
		    "%q in %q is empty; leave it out.", key, name);
	if ((e->keys != NULL && key.n == 0) || value.n == 0)
		return problem_set(why, 403, "element_empty", name,
		    "Element %d of %q is empty; leave it out.",
		    (long long)e->n + 1, name);
	if (elements_find(e, key, value) < e->n)
		return problem_set(why, 403, "element_twice", name,
		    "%q has %q twice; send it once.", name,
		    e->keys != NULL ? key : value);
	if (e->keys != NULL)
		e->keys[e->n] = key;
	e->values[e->n++] = value;
	return true;
}

static bool
read_list(const struct param *param, const struct term *term,
    struct elements *out, struct problem *why)
{
	struct span rest = param->values[0], none = { NULL, 0 };
	bool more = true;

	if (param->shape == SHAPE_LIST) {
		for (size_t i = 0; i < param->n; i++) {
			if (span_has(param->values[i], ','))
				return problem_set(why, 403, "element_comma",
				    param->name,
				    "An element of %q holds a comma, which "
				    "separates elements; send them apart.",
				    param->name);
			if (!add(out, term, none, param->values[i], why))
				return false;
		}
		return true;
	}
	while (more) {
		struct span_cut cut = span_cut(rest, ',');

		if (!add(out, term, none, cut.head, why))
			return false;
		more = cut.found;
		rest = cut.tail;
	}
	return true;
}

static bool
read_group(const struct param *param, const struct term *term,
    struct arena *arena, struct elements *out, struct problem *why)
{
	struct span rest = param->values[0];
	bool more = true;

	if (param->shape == SHAPE_OBJECT) {
		for (size_t i = 0; i < param->n; i++)
			if (!add(out, term, param->keys[i],
				elements_escape(param->values[i], arena), why))
				return false;
		return true;
	}
	while (more) {
		struct span_cut cut = cut_unescaped(rest, '|');
		struct span_cut member = cut_unescaped(cut.head, '=');

		if (!member.found)
			return problem_set(why, 403, "group_form", param->name,
			    "%q is written key=value|key2=value2.",
			    param->name);
		if (!add(out, term, member.head, member.tail, why))
			return false;
		more = cut.found;
		rest = cut.tail;
	}
	return true;
}

static bool
wrong_shape(
    const struct param *param, const struct term *term, struct problem *why)
{
	const char *form = "one text; send it once, without []";

	if (term_is_list(term))
		form = "a list: name=a,b or name[]=a&name[]=b";
	else if (term->type == TERM_GROUP)
		form = "written key=value|key2=value2";
	return problem_set(why, 403, "wrong_form", param->name, "%q is %s.",
	    param->name, form);
}

static bool
shape_fits(const struct param *param, const struct term *term, bool exact)
{
	if (param->shape == SHAPE_TEXT)
		return true;
	if (param->shape == SHAPE_LIST)
		return term_is_list(term);
	return term->type == TERM_GROUP && !exact;
}

/* How many there can be: no more than the separators allow. */
static size_t
count(const struct param *param, const struct term *term)
{
	unsigned char between = term->type == TERM_GROUP ? '|' : ',';
	size_t n = 1;

	if (param->shape != SHAPE_TEXT)
		return param->n;
	for (size_t i = 0; i < param->values[0].n; i++)
		n += param->values[0].p[i] == between;
	return n;
}

bool
elements_read(const struct param *param, const struct term *term, bool exact,
    const struct ctx *ctx, struct elements *out)
{
	struct span none = { NULL, 0 };
	bool group = term->type == TERM_GROUP;
	bool list = term_is_list(term);
	size_t n = group || list ? count(param, term) : 1;

	*out = (struct elements){ 0, NULL, NULL };
	if (!shape_fits(param, term, exact))
		return wrong_shape(param, term, ctx->why);
	if (param->n == 0 ||
	    (param->shape == SHAPE_TEXT && param->values[0].n == 0))
		return true;
	if (n > LIST_MAX)
		return out_of_room(ctx->why);
	out->values = arena_array(ctx->arena, n, sizeof(struct span));
	if (group)
		out->keys = arena_array(ctx->arena, n, sizeof(struct span));
	if (out->values == NULL || (group && out->keys == NULL))
		return out_of_room(ctx->why);
	if (group)
		return read_group(param, term, ctx->arena, out, ctx->why);
	if (list)
		return read_list(param, term, out, ctx->why);
	return add(out, term, none, param->values[0], ctx->why);
}

struct span
elements_join(
    const struct elements *e, const struct term *term, struct arena *arena)
{
	unsigned char between = term->type == TERM_GROUP ? '|' : ',';
	size_t size = 0;
	struct sink out;
	unsigned char *mem;

	for (size_t i = 0; i < e->n; i++)
		size +=
		    e->values[i].n + 2 + (e->keys != NULL ? e->keys[i].n : 0);
	mem = arena_bytes(arena, size);
	if (mem == NULL)
		return (struct span){ NULL, 0 };
	sink_init(&out, mem, size);
	for (size_t i = 0; i < e->n; i++) {
		if (i > 0)
			sink_byte(&out, between);
		if (e->keys != NULL) {
			sink_span(&out, e->keys[i]);
			sink_byte(&out, '=');
		}
		sink_span(&out, e->values[i]);
	}
	return sink_view(&out);
}

struct span
elements_escape(struct span text, struct arena *arena)
{
	unsigned char *mem = arena_bytes(arena, 2 * text.n + 1);
	struct sink out;

	if (mem == NULL)
		return (struct span){ NULL, 0 };
	sink_init(&out, mem, 2 * text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '=' || text.p[i] == '|')
			sink_byte(&out, '\\');
		sink_byte(&out, text.p[i]);
	}
	return sink_view(&out);
}

/*
 * What a URL's path holds as it is (RFC 3986 3.3, without "%" and "&"; WHATWG
 * URL, path percent-encode set). A browser escapes "^" only in newer versions,
 * so that it is left out.
 */
static bool
is_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       span_has(SPAN_LIT("-._~!$'()*+;=:@|"), c);
}

/* parameter = ( 1*3LOWER "_" / "$" ) *char */
static bool
is_parameter(struct span s)
{
	size_t letters = 0;

	for (size_t i = 0; i < s.n; i++)
		if (!is_char(s.p[i]))
			return false;
	if (s.n > 0 && s.p[0] == '$')
		return s.n > 1;
	while (letters < s.n && s.p[letters] >= 'a' && s.p[letters] <= 'z')
		letters++;
	return letters >= 1 && letters <= 3 && letters + 1 < s.n &&
	       s.p[letters] == '_';
}

static bool
is_component(struct span s)
{
	struct span_cut cut = { .tail = s, .found = true };

	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		if (!is_parameter(cut.head))
			return false;
	}
	return true;
}

bool
transformation_valid(struct span text, struct sink *why)
{
	struct span_cut cut = { .tail = text, .found = true };
	bool right = text.n > 0 && text.n <= TRANSFORMATION_MAX;

	while (right && cut.found) {
		cut = span_cut(cut.tail, '/');
		right = is_component(cut.head);
	}
	if (!right && why != NULL)
		sink_say(why,
		    "a transformation that can be signed is written as in "
		    "\"w_200,c_fill/e_sepia\", in letters, digits and "
		    "-._~!$'()*+;=:@| (no \"%%\", on which SDKs disagree), "
		    "with at most %d bytes",
		    (long long)TRANSFORMATION_MAX);
	return right;
}

#define EXAMPLE "\"/image/authenticated/users/{user}/*\""

/*
 * The text for a user whose name is as long as can be: letters stand for what
 * is not known yet. False when it can't be told, or can't stand in a path.
 */
static bool
spell(const struct text_template *acl, struct sink *out, struct sink *why)
{
	for (size_t i = 0; i < acl->n; i++) {
		const struct piece *piece = &acl->pieces[i];
		bool named =
		    piece->kind == PIECE_USER || piece->kind == PIECE_CLAIM;

		if (piece->kind == PIECE_IP) {
			sink_text(why,
			    "{ip} can't stand in a path; a token is bound to "
			    "an address by ip = \"{ip}\" in set");
			return false;
		}
		if (piece->kind == PIECE_LITERAL)
			sink_span(out, piece->text);
		else
			for (int k = 0; k < (named ? SEGMENT_MAX : 32); k++)
				sink_byte(out, 'a');
	}
	if (!out->full)
		return true;
	sink_say(
	    why, "it could become longer than %d bytes", (long long)ACL_MAX);
	return false;
}

/* One segment of the spelt text. */
static bool
segment_valid(struct span segment, struct sink *why)
{
	bool step = span_is(segment, ".");
	const char *wrong = NULL;

	for (size_t i = 0; i < segment.n; i++) {
		struct span byte = { segment.p + i, 1 };

		if (!text_segment(byte) &&
		    !span_has(SPAN_LIT(".:*"), byte.p[0])) {
			sink_say(why,
			    "%q can't stand in a path, which takes A-Z, a-z, "
			    "0-9, _, ., : and - between single \"/\"; several "
			    "paths are a list: [ \"/a/*\", \"/b/*\" ]",
			    byte);
			return false;
		}
		step = step || (i > 0 && byte.p[0] == '.' && byte.p[-1] == '.');
	}
	if (segment.n == 0)
		wrong = "between two \"/\", and behind the last one, something "
			"must stand, as in " EXAMPLE;
	else if (segment.n > 1 && span_has(segment, '*'))
		wrong = "\"*\" stands alone behind a \"/\", for all that may "
			"follow there, as in " EXAMPLE;
	else if (step)
		wrong = "\".\" and \"..\" are steps, and no path";
	if (wrong != NULL)
		sink_text(why, wrong);
	return wrong == NULL;
}

bool
acl_valid(const struct text_template *acl, struct sink *why)
{
	struct span_cut cut = { .found = true };
	unsigned char mem[ACL_MAX];
	struct sink text;

	sink_init(&text, mem, sizeof(mem));
	if (!spell(acl, &text, why))
		return false;
	cut.tail = sink_view(&text);
	if (!span_starts(cut.tail, SPAN_LIT("/"))) {
		sink_text(why, "a path begins with \"/\", as in " EXAMPLE);
		return false;
	}
	cut.tail = span_skip(cut.tail, 1);
	while (cut.found) {
		cut = span_cut(cut.tail, '/');
		if (!segment_valid(cut.head, why))
			return false;
	}
	return true;
}
