#include "http/form.h"

#include "base/enc.h"
#include "http/body.h"

struct form {
	struct reading *r;
	struct span *lists[PARAMS_MAX]; /* LIST_MAX each, for a SHAPE_LIST */
};

static bool
is_encoded(struct span text)
{
	return span_has(text, '%') || span_has(text, '+');
}

/* encoded = *( "%" 2HEXDIG / "+" / any other byte ) */
static bool
decode(struct reading *r, struct span name, struct span text, struct span *out)
{
	unsigned char *p;
	size_t n = 0;

	*out = text;
	if (!is_encoded(text))
		return reading_text(r, name, text);
	p = arena_bytes(r->arena, text.n);
	if (p == NULL)
		return reading_no_room(r);
	for (size_t i = 0; i < text.n; i++) {
		int byte;

		if (text.p[i] != '%') {
			p[n++] = text.p[i] == '+' ? ' ' : text.p[i];
			continue;
		}
		byte = percent_byte(span_skip(text, i));
		if (byte < 0)
			return problem_set(r->why, 400, "malformed", name,
			    "%q has a %% without two hex digits behind it; "
			    "write %%25 for a percent sign.",
			    text);
		p[n++] = (unsigned char)byte;
		i += 2;
	}
	*out = (struct span){ p, n };
	return reading_text(r, name, *out);
}

static bool
add_text(struct form *f, struct span name, struct span value)
{
	struct span *values = arena_array(f->r->arena, 1, sizeof(*values));
	struct param *p;

	if (values == NULL)
		return reading_no_room(f->r);
	p = reading_add(f->r, name, SHAPE_TEXT);
	if (p == NULL)
		return false;
	*values = value;
	p->values = values;
	p->n = 1;
	return true;
}

/* The list of that name, a new one if there is none; NULL with a problem. */
static struct param *
list_of(struct form *f, struct span name)
{
	struct params *ps = f->r->params;
	size_t i = 0;

	while (i < ps->n && !span_eq(ps->p[i].name, name))
		i++;
	if (i < ps->n && ps->p[i].shape == SHAPE_LIST)
		return &ps->p[i];
	if (reading_add(f->r, name, SHAPE_LIST) == NULL)
		return NULL;
	f->lists[i] = arena_array(f->r->arena, LIST_MAX, sizeof(*f->lists[i]));
	if (f->lists[i] == NULL) {
		reading_no_room(f->r);
		return NULL;
	}
	ps->p[i].values = f->lists[i];
	return &ps->p[i];
}

static bool
add_element(struct form *f, struct span name, struct span value)
{
	struct param *p = list_of(f, name);

	if (p == NULL)
		return false;
	if (p->n == LIST_MAX)
		return problem_set(f->r->why, 400, "too_many", name,
		    "%q has more than %d elements.", name, (long long)LIST_MAX);
	f->lists[p - f->r->params->p][p->n++] = value;
	return true;
}

/* A pair's name, once decoded. */
struct written {
	struct span name;
	bool list;          /* NAME[] */
	bool whole;         /* the value is a JSON object of parameters */
	const char *around; /* "data" in data[NAME] and data[NAME][]; NULL */
};

/* What parameters may be written in; the first takes no JSON. */
static const char *const wrappers[] = { "data", "paramsToSign",
	"params_to_sign" };

#define WRAPPERS (sizeof(wrappers) / sizeof(wrappers[0]))

/* Takes the wrapper off. */
static void
unwrap(struct span *name, struct written *out)
{
	for (size_t i = 0; i < WRAPPERS; i++) {
		struct span w = span_of(wrappers[i]);
		struct span rest;

		if (!span_starts(*name, w))
			continue;
		rest = span_skip(*name, w.n);
		out->whole = i > 0 && rest.n == 0;
		if (rest.n >= 2 && rest.p[0] == '[' &&
		    span_ends(rest, SPAN_LIT("]")))
			*name = span_skip(span_head(rest, rest.n - 1), 1);
		else if (!out->whole)
			continue;
		out->around = wrappers[i];
		return;
	}
}

/*
 * written = name [ "[]" ] / around "[" name "]" [ "[]" ] / around
 *
 * policy and contract have neither brackets behind them nor anything around
 * them.
 */
static bool
read_name(struct reading *r, struct span text, struct written *out)
{
	struct span list = SPAN_LIT("[]");
	struct span name = text;

	*out = (struct written){ .list = span_ends(name, list) };
	if (out->list)
		name = span_head(name, name.n - list.n);
	unwrap(&name, out);
	if (out->whole && !out->list)
		return true;
	if (out->whole)
		return problem_set(r->why, 400, "bad_name",
		    (struct span){ NULL, 0 },
		    "%q is no parameter; write %s[NAME], or a JSON object as "
		    "its value.",
		    text, out->around);
	if (reading_is_own(name) && name.n < text.n)
		return problem_set(r->why, 400, "bad_name",
		    (struct span){ NULL, 0 },
		    "%q is no parameter; write %v=NAME.", text, name);
	out->name = name;
	return reading_name(r, name);
}

/* All are written in one way; whether some are bare is looked at at the end. */
static bool
take_wrapper(struct reading *r, const struct written *w)
{
	if (w->around == NULL) {
		r->bare = true;
		return true;
	}
	if (r->around != NULL &&
	    (r->around != w->around || w->whole || r->data.n == 0))
		return problem_set(r->why, 400, "duplicate",
		    (struct span){ NULL, 0 },
		    "Parameters stand in %s and in %s; write all in one way, "
		    "and once.",
		    r->around, w->around);
	r->around = w->around;
	if (!w->whole)
		r->data = w->name;
	return true;
}

/* pair = written "=" value, each encoded; brackets may be encoded too */
static bool
add_pair(struct form *f, struct span pair)
{
	struct span_cut cut = span_cut(pair, '=');
	struct span none = { NULL, 0 }, text, value;
	struct written w;

	if (span_starts(pair, SPAN_LIT("{")))
		return problem_set(f->r->why, 400, "malformed", none,
		    "%q is not name=value; JSON comes with the content type "
		    "application/json.",
		    pair);
	if (!cut.found || cut.head.n == 0)
		return problem_set(f->r->why, 400, "malformed", none,
		    "%q is not name=value.", pair);
	if (!decode(f->r, none, cut.head, &text) ||
	    !read_name(f->r, text, &w) ||
	    !decode(f->r, w.name, cut.tail, &value))
		return false;
	if (reading_is_own(w.name))
		return reading_own(f->r, w.name, value);
	if (!take_wrapper(f->r, &w))
		return false;
	if (w.whole)
		return body_params(value, f->r);
	return (w.list ? add_element : add_text)(f, w.name, value);
}

/* form = [ pair *( "&" pair ) ] */
bool
form_read(struct span text, struct reading *r)
{
	struct span_cut cut = { .tail = text, .found = text.n > 0 };
	struct form f = { .r = r };

	while (cut.found) {
		cut = span_cut(cut.tail, '&');
		if (!add_pair(&f, cut.head))
			return false;
	}
	return true;
}
