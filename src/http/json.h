/*
 * The one reader of JSON (RFC 8259, no leniency): the payloads of tokens, which
 * somebody has signed, and the bodies of requests. It works on a view, takes
 * nothing from the heap and keeps numbers as their text. What it checks and
 * what it looks up goes through the same grammar, so the two can't disagree.
 */
#ifndef HTTP_JSON_H
#define HTTP_JSON_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/span.h"

enum json_kind {
	JSON_ABSENT = 0,
	JSON_KIND_STRING,
	JSON_KIND_NUMBER,
	JSON_KIND_TRUE,
	JSON_KIND_FALSE,
	JSON_KIND_NULL,
	JSON_KIND_OBJECT,
	JSON_KIND_ARRAY,
	JSON_TWICE /* the name occurs twice, after unescaping */
};

/* A value: its kind and its text, quotes and brackets included. */
struct json_value {
	enum json_kind kind;
	struct span text;
};

/*
 * Is this exactly one JSON object, white space around it allowed: valid UTF-8
 * without BOM, depth at most depth_max, no control character or lone
 * surrogate or \u0000 in a string, no trailing byte? The object itself is one
 * level of depth; depth_max is at most TOKEN_DEPTH_MAX.
 */
bool json_object_valid(struct span text, unsigned depth_max);

/* Why a body is refused. */
enum json_fault {
	JSON_MALFORMED = 0,
	JSON_RIGHT,
	JSON_DEEP,      /* more than JSON_DEPTH_MAX brackets */
	JSON_CROWDED,   /* an object of more than JSON_MEMBERS_MAX names */
	JSON_DUPLICATE, /* one name twice in an object, after unescaping */
	JSON_ZERO /* a number that begins with -0, which has two spellings */
};

struct json_body {
	enum json_fault fault;
	struct json_value root; /* an object or an array, where it is right */
	long long line,
	    column;       /* from 1 and 0, in characters: where it ended */
	struct span last; /* the string before that */
};

/*
 * The same of a request's body, which may be an array too, and which is
 * stricter: at most JSON_DEPTH_MAX deep, no object with a name twice or more
 * than JSON_MEMBERS_MAX of them, no whole number that is none of 64 bits.
 */
struct json_body json_body_read(struct span text);

/*
 * Takes a value, with at most depth brackets around its innermost part, off the
 * front of *rest, where nothing stands before it. False, and *rest somewhere
 * inside, where there is none.
 */
bool json_take(struct span *rest, unsigned depth, struct json_value *out);

/*
 * A walk through the members of an object, or the elements of an array, that
 * were found to be right: each one once, in their order. Nothing in any other
 * value.
 */
struct json_walk {
	struct span rest;
	bool named, more;
};

struct json_walk json_walk(struct json_value v);

/* False at the end. *name, a string, is left alone in an array. */
bool json_next(
    struct json_walk *w, struct json_value *name, struct json_value *value);

/* How many there are. */
size_t json_count(struct json_value v);

/*
 * Members of an object that was accepted, by their names after
 * unescaping, in one walk: found[i] is the value of names[i], JSON_ABSENT when
 * object is none or has no such member.
 */
void json_members(struct json_value object, const struct span *names, size_t n,
    struct json_value *found);

#define JSON_NAMES_MAX 256 /* that json_names_apart() compares */

/*
 * Has the object no name twice, and JSON_NAMES_MAX names at most? Names are
 * compared as written; one with a "\\" in it could be another's and is none
 * that passes. Only the object's own names: nothing within its values.
 */
bool json_names_apart(struct json_value object);

/* One of them. */
struct json_value json_member(struct json_value object, struct span name);

/* An element of an array, from 0. */
struct json_value json_element(struct json_value array, size_t index);

/*
 * Is v a string that equals s, or an array of nothing but strings that holds
 * one that does?
 */
bool json_has_string(struct json_value v, struct span s);

/*
 * A path into an object: names with dots, [N] for elements: "sub",
 * "passport.user", "warden.user.user.key[0][0]". JSON_TWICE as soon as a name
 * on the way occurs twice. An index is at most 9999; a name holds no blank, no
 * control character and none of ".", "[", "]".
 */
struct json_value json_path(struct json_value object, struct span path);

/* Is this a path as above? (For the configuration.) */
bool json_path_valid(struct span path);

/* A string's text, unescaped into the arena. False when it is no string. */
bool json_read_text(struct json_value v, struct arena *arena, struct span *out);

/* Does a string's unescaped text equal s? False when it is no string. */
bool json_string_is(struct json_value v, struct span s);

/*
 * A whole number -?(0|[1-9][0-9]{0,17}), not "-0"; false for a fraction, an
 * exponent, anything longer, or no number.
 */
bool json_read_integer(struct json_value v, long long *out);

/*
 * A NumericDate (RFC 7519 2): a JSON number of seconds, possibly with a
 * fraction, which is cut off toward zero, or an exponent of up to 3 digits
 * (1.7e9), and under 10^15 either way. False for anything else.
 */
bool json_read_seconds(struct json_value v, long long *out);

#endif
