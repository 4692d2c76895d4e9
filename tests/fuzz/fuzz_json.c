/*
 * The strict reader of signed JSON, and paths into it, on any bytes: the
 * input's first line is a path, the rest the text. jansson, which reads the
 * bodies of requests, must see the same in it, and take and refuse the same
 * objects; but it nests deeper, and gives up on numbers that it can't hold.
 */
#include <jansson.h>

#include "base/limits.h"
#include "fuzz.h"
#include "http/json.h"

#define INPUT_MAX 4096

static unsigned char memory[16 * INPUT_MAX];

static unsigned
depth_of(const json_t *j)
{
	unsigned depth = 0, inner;
	const char *name;
	json_t *of;
	size_t i;

	if (json_is_object(j)) {
		json_object_foreach((json_t *)(uintptr_t)j, name, of)
		{
			inner = depth_of(of);
			depth = inner > depth ? inner : depth;
		}
		return depth + 1;
	}
	json_array_foreach(j, i, of)
	{
		inner = depth_of(of);
		depth = inner > depth ? inner : depth;
	}
	return json_is_array(j) ? depth + 1 : 0;
}

static enum json_kind
kind_of(const json_t *j)
{
	if (j == NULL)
		return JSON_ABSENT;
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_ARRAY:
		return JSON_KIND_ARRAY;
	case JSON_STRING:
		return JSON_KIND_STRING;
	case JSON_INTEGER:
	case JSON_REAL:
		return JSON_KIND_NUMBER;
	case JSON_TRUE:
		return JSON_KIND_TRUE;
	case JSON_FALSE:
		return JSON_KIND_FALSE;
	case JSON_NULL:
		break;
	}
	return JSON_KIND_NULL;
}

static void
check_text(struct json_value v, const json_t *j)
{
	struct span want = { (const unsigned char *)json_string_value(j),
		json_string_length(j) };
	struct arena arena;
	struct span text;

	arena_init(&arena, memory, sizeof(memory));
	must(json_read_text(v, &arena, &text) == json_is_string(j),
	    "a string is a string");
	must(json_string_is(v, want) == json_is_string(j), "it is this string");
	must(!json_is_string(j) || span_eq(text, want), "and its text");
}

static void
check_number(struct json_value v, const json_t *j)
{
	long long integer, seconds;
	bool whole = json_read_integer(v, &integer);
	double after;

	/* Up to 18 digits, and not "-0". */
	must(whole == (json_is_integer(j) && v.text.n <= 19 &&
			  !span_is(v.text, "-0") &&
			  v.text.n - span_starts(v.text, SPAN_LIT("-")) <= 18),
	    "an integer is an integer");
	must(!whole || integer == json_integer_value(j), "it is this one");
	if (!json_read_seconds(v, &seconds))
		return;
	must(json_is_number(j), "seconds are a number");
	/* A double may have been rounded up to the next second. */
	after = json_number_value(j) - (double)seconds;
	must(after >= -1 && after <= 1, "their fraction is cut off");
}

/* Do both see the same, all the way down? */
static void
check_same(struct json_value v, const json_t *j)
{
	const char *name;
	json_t *of;
	size_t i;

	must(v.kind == kind_of(j), "it is of this kind");
	check_text(v, j);
	check_number(v, j);
	json_object_foreach((json_t *)(uintptr_t)j, name, of)
	{
		check_same(json_member(v, span_of(name)), of);
	}
	json_array_foreach(j, i, of)
	{
		check_same(json_element(v, i), of);
	}
	if (v.kind == JSON_KIND_ARRAY)
		must(json_element(v, json_array_size(j)).kind == JSON_ABSENT,
		    "an array ends");
}

static bool
is_name_byte(unsigned char c)
{
	return c > ' ' && c != 0x7f && c != '.' && c != '[' && c != ']';
}

/*
 * One step of a path from i on: where it ends, 0 when it is none. *j is where
 * it leads.
 */
static size_t
step(struct span path, size_t i, const json_t **j)
{
	char name[INPUT_MAX + 1];
	size_t begin = i;
	long long index;

	if (i > 0 && path.p[i] == '[') {
		while (i < path.n && path.p[i] != ']')
			i++;
		if (i == path.n || i - begin - 1 > 4 ||
		    !span_digits(
			(struct span){ path.p + begin + 1, i - begin - 1 },
			&index))
			return 0;
		*j = json_array_get(*j, (size_t)index);
		return i + 1;
	}
	if (i > 0 && path.p[i++] != '.')
		return 0;
	begin = i;
	while (i < path.n && is_name_byte(path.p[i]))
		i++;
	memcpy(name, path.p + begin, i - begin);
	name[i - begin] = '\0';
	*j = json_object_get(*j, name);
	return i > begin ? i : 0;
}

static void
check_path(struct json_value v, const json_t *j, struct span path)
{
	size_t i = 0;

	do {
		if (path.n == 0 || (i = step(path, i, &j)) == 0) {
			must(!json_path_valid(path) &&
				 json_path(v, path).kind == JSON_ABSENT,
			    "this is no path");
			return;
		}
	} while (i < path.n);
	must(json_path_valid(path), "this is a path");
	v = json_path(v, path);
	/* jansson looks for no name that is no UTF-8, and finds none. */
	must(v.kind == kind_of(j), "a path leads there");
	if (v.kind != JSON_ABSENT)
		check_same(v, j);
}

/* Names that are there twice: whatever is found, it is said. */
static void
check_twice(struct json_value v, const json_t *j)
{
	const char *name;
	json_t *of;

	if (!json_names_apart(v))
		return;
	json_object_foreach((json_t *)(uintptr_t)j, name, of)
	{
		must(json_member(v, span_of(name)).kind == kind_of(of),
		    "names that are apart are there once");
	}
}

static bool
is_too_large(const json_error_t *error)
{
	return json_error_code(error) == json_error_numeric_overflow;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { data, size };
	struct span_cut line = span_cut(input, '\n');
	struct json_value v = { JSON_KIND_OBJECT, line.tail };
	bool right = json_object_valid(line.tail, TOKEN_DEPTH_MAX);
	json_error_t error;
	json_t *all, *once;

	if (size > INPUT_MAX || line.tail.n == 0)
		return 0;
	/* jansson skips a NUL behind a number. */
	if (span_has(line.tail, '\0')) {
		must(!right, "no NUL is JSON");
		return 0;
	}
	all = json_loadb((const char *)line.tail.p, line.tail.n, 0, &error);
	if (all == NULL && is_too_large(&error))
		return 0;
	must(right == (json_is_object(all) && depth_of(all) <= TOKEN_DEPTH_MAX),
	    "an object is right or it is not");
	once = json_loadb((const char *)line.tail.p, line.tail.n,
	    JSON_REJECT_DUPLICATES, &error);
	if (right && once != NULL) {
		check_same(v, once);
		check_path(v, once, line.head);
	}
	if (right)
		check_twice(v, all);
	json_decref(once);
	json_decref(all);
	return 0;
}
