#include "http/body_param.h"

static struct span
text_of(const json_t *v)
{
	return (struct span){ (const unsigned char *)json_string_value(v),
		json_string_length(v) };
}

struct span
body_name(void *member)
{
	return (
	    struct span){ (const unsigned char *)json_object_iter_key(member),
		json_object_iter_key_len(member) };
}

bool
body_string(
    struct reading *r, struct span name, const json_t *v, struct span *out)
{
	*out = (struct span){ NULL, 0 };
	if (!json_is_string(v))
		return problem_set(r->why, 400, "malformed", name,
		    "%q takes strings here and nothing else.", name);
	*out = text_of(v);
	return reading_text(r, name, *out);
}

/* The digits as they were written: JSON has one spelling, but for -0, which
   body refuses before. */
static bool
read_digits(struct reading *r, const json_t *v, struct span *out)
{
	unsigned char mem[20];
	struct sink text;

	sink_init(&text, mem, sizeof(mem));
	sink_int(&text, json_integer_value(v));
	*out = arena_copy(r->arena, sink_view(&text));
	return !r->arena->full || reading_no_room(r);
}

/* string / true / false / whole number; anything else is refused. */
static bool
read_scalar(
    struct reading *r, struct span name, const json_t *v, struct span *out)
{
	if (json_is_string(v))
		*out = text_of(v);
	else if (json_is_boolean(v))
		*out = span_of(json_is_true(v) ? "true" : "false");
	else if (json_is_integer(v))
		return read_digits(r, v, out);
	else if (json_is_null(v))
		return problem_set(r->why, 400, "malformed", name,
		    "%q is null; leave it out.", name);
	else if (json_is_real(v))
		return problem_set(r->why, 400, "malformed", name,
		    "%q is a number with a fraction or an exponent; send %s.",
		    name,
		    span_is(name, "timestamp")
			? "whole seconds, as Math.floor(Date.now() / 1000)"
			: "it as a string");
	else
		return problem_set(r->why, 400, "malformed", name,
		    "%q is an object; it must be a string, a boolean, a whole "
		    "number or a list of strings.",
		    name);
	return reading_text(r, name, *out);
}

static bool
check_count(struct reading *r, struct span name, size_t n)
{
	return n <= LIST_MAX ||
	       problem_set(r->why, 400, "too_many", name,
		   "%q has more than %d elements.", name, (long long)LIST_MAX);
}

/* A null is an empty element, as a form has: the policy refuses both. */
static bool
read_element(
    struct reading *r, struct span name, const json_t *v, struct span *out)
{
	*out = SPAN_LIT("");
	return json_is_null(v) || body_string(r, name, v, out);
}

static bool
read_list(struct reading *r, struct span name, const json_t *list,
    struct span *values)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!read_element(r, name, json_array_get(list, i), &values[i]))
			return false;
	return true;
}

static bool
read_object(struct reading *r, struct span name, json_t *object,
    struct span *keys, struct span *values)
{
	void *m = json_object_iter(object);

	for (size_t i = 0; m != NULL; i++) {
		keys[i] = body_name(m);
		if (!reading_text(r, name, keys[i]) ||
		    !read_element(
			r, name, json_object_iter_value(m), &values[i]))
			return false;
		m = json_object_iter_next(object, m);
	}
	return true;
}

static bool
has_members(struct span name, const json_t *v)
{
	return json_is_object(v) &&
	       (span_is(name, "context") || span_is(name, "metadata"));
}

bool
body_param(struct reading *r, struct span name, json_t *v)
{
	bool is_object = has_members(name, v), is_list = json_is_array(v);
	size_t n = is_object ? json_object_size(v)
		   : is_list ? json_array_size(v)
			     : 1;
	struct span *values = NULL, *keys = NULL;
	struct param *p;

	if (!reading_name(r, name) || !check_count(r, name, n))
		return false;
	p = reading_add(r, name,
	    is_object ? SHAPE_OBJECT
	    : is_list ? SHAPE_LIST
		      : SHAPE_TEXT);
	if (p == NULL)
		return false;
	values = arena_array(r->arena, n, sizeof(*values));
	if (is_object)
		keys = arena_array(r->arena, n, sizeof(*keys));
	if (r->arena->full)
		return reading_no_room(r);
	p->n = n;
	p->values = values;
	p->keys = keys;
	if (is_object)
		return read_object(r, name, v, keys, values);
	return is_list ? read_list(r, name, v, values)
		       : read_scalar(r, name, v, values);
}
