#include "policy/elements.h"

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

size_t
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
    struct arena *arena, struct elements *out, struct problem *why)
{
	struct span none = { NULL, 0 };
	bool group = term->type == TERM_GROUP;
	bool list = term_is_list(term);
	size_t n = group || list ? count(param, term) : 1;

	*out = (struct elements){ 0, NULL, NULL };
	if (!shape_fits(param, term, exact))
		return wrong_shape(param, term, why);
	if (param->n == 0 ||
	    (param->shape == SHAPE_TEXT && param->values[0].n == 0))
		return true;
	if (n > LIST_MAX)
		return out_of_room(why);
	out->values = arena_array(arena, n, sizeof(struct span));
	if (group)
		out->keys = arena_array(arena, n, sizeof(struct span));
	if (out->values == NULL || (group && out->keys == NULL))
		return out_of_room(why);
	if (group)
		return read_group(param, term, arena, out, why);
	if (list)
		return read_list(param, term, out, why);
	return add(out, term, none, param->values[0], why);
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
