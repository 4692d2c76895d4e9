#include "http/json_read.h"
#include "http/json_scan.h"

/* One step of a path: a member's name, or an element's index. */
struct step {
	struct span name; /* empty: index counts */
	long long index;
};

/* "[" has been taken: ( "0" / %x31-39 0*3DIGIT ) "]" */
static bool
take_index(struct span *path, struct step *out)
{
	struct span_cut at = span_cut(*path, ']');

	*path = at.tail;
	return at.found && at.head.n <= 4 && span_digits(at.head, &out->index);
}

/* 1*( any byte but ".", "[", "]", blanks and control characters ) */
static bool
take_name(struct span *path, struct step *out)
{
	size_t n = 0;

	while (n < path->n && path->p[n] > ' ' && path->p[n] != 0x7f &&
	       path->p[n] != '.' && path->p[n] != '[' && path->p[n] != ']')
		n++;
	out->name = span_head(*path, n);
	*path = span_skip(*path, n);
	return n > 0;
}

/* path = name *( "." name / "[" index "]" ) */
static bool
take_step(struct span *path, bool first, struct step *out)
{
	*out = (struct step){ { NULL, 0 }, 0 };
	if (first)
		return take_name(path, out);
	if (json_scan_byte(path, '['))
		return take_index(path, out);
	return json_scan_byte(path, '.') && take_name(path, out);
}

bool
json_path_valid(struct span path)
{
	struct step step;
	bool first = true;

	do {
		if (!take_step(&path, first, &step))
			return false;
		first = false;
	} while (path.n > 0);
	return true;
}

struct json_value
json_path(struct json_value object, struct span path)
{
	struct json_value v = object;
	struct step step;
	bool first = true;

	do {
		if (!take_step(&path, first, &step))
			return (struct json_value){ JSON_ABSENT, { NULL, 0 } };
		first = false;
		v = step.name.n > 0 ? json_member(v, step.name)
				    : json_element(v, (size_t)step.index);
	} while (path.n > 0 && v.kind != JSON_TWICE);
	return v;
}
