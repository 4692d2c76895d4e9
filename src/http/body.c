#include "http/body.h"

#include "http/camel.h"
#include "http/json.h"

static const struct span nameless = { NULL, 0 };

/* The whole text, as one value; said where it is none that can be read. */
static bool
parse(struct span text, struct reading *r, struct json_value *root)
{
	struct json_body body = json_body_read(text);

	*root = body.root;
	switch (body.fault) {
	case JSON_RIGHT:
		return true;
	case JSON_DEEP:
		return problem_set(r->why, 400, "malformed", nameless,
		    "The JSON is nested more than %d deep.",
		    (long long)JSON_DEPTH_MAX);
	case JSON_CROWDED:
		return problem_set(r->why, 400, "too_many", nameless,
		    "An object in the JSON has more than %d names.",
		    (long long)JSON_MEMBERS_MAX);
	case JSON_ZERO:
		return problem_set(r->why, 400, "malformed", nameless,
		    "The number behind %q begins with -0, which has "
		    "another spelling; send it as a string.",
		    body.last);
	case JSON_DUPLICATE:
		return problem_set(r->why, 400, "duplicate", nameless,
		    "The JSON has one name twice (line %d, column %d).",
		    body.line, body.column);
	case JSON_MALFORMED:
		break;
	}
	return problem_set(r->why, 400, "malformed", nameless,
	    "This is not a JSON object that can be read (line %d, column %d).",
	    body.line, body.column);
}

/* A string's text, whatever it holds; views into the arena. */
static bool
unescape(struct reading *r, struct json_value v, struct span *out)
{
	return json_read_text(v, r->arena, out) || reading_no_room(r);
}

/* A string's text. Else 400 with the problem, and *out is empty. */
static bool
read_string(
    struct reading *r, struct span name, struct json_value v, struct span *out)
{
	*out = (struct span){ NULL, 0 };
	if (v.kind != JSON_KIND_STRING)
		return problem_set(r->why, 400, "malformed", name,
		    "%q takes strings here and nothing else.", name);
	return unescape(r, v, out) && reading_text(r, name, *out);
}

/* string / true / false / whole number; anything else is refused. */
static bool
read_scalar(
    struct reading *r, struct span name, struct json_value v, struct span *out)
{
	switch (v.kind) {
	case JSON_KIND_STRING:
		return read_string(r, name, v, out);
	case JSON_KIND_TRUE:
	case JSON_KIND_FALSE:
	case JSON_KIND_NUMBER:
		*out = arena_copy(r->arena, v.text);
		if (r->arena->full)
			return reading_no_room(r);
		if (v.kind != JSON_KIND_NUMBER ||
		    (!span_has(v.text, '.') && !span_has(v.text, 'e') &&
			!span_has(v.text, 'E')))
			return true; /* its one spelling: -0 is refused before
				      */
		return problem_set(r->why, 400, "malformed", name,
		    "%q is a number with a fraction or an exponent; send %s.",
		    name,
		    span_is(name, "timestamp")
			? "whole seconds, as Math.floor(Date.now() / 1000)"
			: "it as a string");
	case JSON_KIND_NULL:
		return problem_set(r->why, 400, "malformed", name,
		    "%q is null; leave it out.", name);
	case JSON_KIND_OBJECT:
	case JSON_KIND_ARRAY:
	case JSON_ABSENT:
	case JSON_TWICE:
		break;
	}
	return problem_set(r->why, 400, "malformed", name,
	    "%q is an object; it must be a string, a boolean, a whole "
	    "number or a list of strings.",
	    name);
}

/*
 * The elements of a list, or the members of an object with their keys. A null
 * is an empty element, as a form has: the policy refuses both.
 */
static bool
read_elements(struct reading *r, struct span name, struct json_value all,
    struct span *keys, struct span *values)
{
	struct json_walk w = json_walk(all);
	struct json_value key, v;

	for (size_t i = 0; json_next(&w, &key, &v); i++) {
		values[i] = SPAN_LIT("");
		if (keys != NULL && (!unescape(r, key, &keys[i]) ||
					!reading_text(r, name, keys[i])))
			return false;
		if (v.kind != JSON_KIND_NULL &&
		    !read_string(r, name, v, &values[i]))
			return false;
	}
	return true;
}

/*
 * Adds the parameter:
 *
 *   string, boolean, whole number   SHAPE_TEXT
 *   list of strings                 SHAPE_LIST
 *   object of strings               SHAPE_OBJECT, context and metadata only
 *
 * Lists and objects may be empty. Anything else is a 400 with the problem.
 */
static bool
read_param(struct reading *r, struct span name, struct json_value v)
{
	bool is_list = v.kind == JSON_KIND_ARRAY,
	     is_object =
		 v.kind == JSON_KIND_OBJECT &&
		 (span_is(name, "context") || span_is(name, "metadata"));
	size_t n = is_list || is_object ? json_count(v) : 1;
	struct span *values = NULL, *keys = NULL;
	struct param *p;

	if (!reading_name(r, name))
		return false;
	if (n > LIST_MAX)
		return problem_set(r->why, 400, "too_many", name,
		    "%q has more than %d elements.", name, (long long)LIST_MAX);
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
	return is_list || is_object ? read_elements(r, name, v, keys, values)
				    : read_scalar(r, name, v, values);
}

/* policy or contract, which are strings */
static bool
read_own(struct reading *r, struct span name, struct json_value v)
{
	struct span value;

	return read_string(r, name, v, &value) && reading_own(r, name, value);
}

/* Every member is a parameter, or one of our own. */
static bool
read_plain(struct reading *r, struct json_value object)
{
	struct json_walk w = json_walk(object);
	struct json_value key, v;
	struct span name;

	while (json_next(&w, &key, &v))
		if (!unescape(r, key, &name) ||
		    !(reading_is_own(name) ? read_own(r, name, v)
					   : read_param(r, name, v)))
			return false;
	return true;
}

/* Every member is a parameter; camel: also by the widget's name for it. */
static bool
read_item(struct reading *r, struct json_value object, bool camel)
{
	struct json_walk w = json_walk(object);
	struct json_value key, v;
	struct span name;

	while (json_next(&w, &key, &v)) {
		const char *snake;

		if (!unescape(r, key, &name))
			return false;
		snake = camel ? camel_to_snake(name) : NULL;
		if (reading_is_own(name))
			return problem_set(r->why, 400, "malformed", name,
			    "%q stands among the parameters; %s.", name,
			    span_is(name, "policy") ? "write it beside them"
						    : "leave it out");
		if (!read_param(r, snake != NULL ? span_of(snake) : name, v))
			return false;
	}
	return true;
}

static bool
read_prepared(
    struct reading *r, struct json_value item, size_t i, struct ask *out)
{
	r->params = &out->items[i];
	r->params->n = 0;
	if (item.kind != JSON_KIND_OBJECT)
		return problem_set(r->why, 400, "malformed", nameless,
		    "prepareUploadParams must be a JSON object, or a "
		    "list of objects.");
	return read_item(r, item, true);
}

static bool
read_items(struct reading *r, struct json_value items, struct ask *out)
{
	struct json_walk w = json_walk(items);
	struct json_value key, item;

	out->list = items.kind == JSON_KIND_ARRAY;
	out->n = out->list ? json_count(items) : 1;
	if (out->n == 0)
		return problem_set(r->why, 400, "malformed", nameless,
		    "prepareUploadParams is an empty list; send one object for "
		    "each file.");
	if (out->n > BATCH_MAX)
		return problem_set(r->why, 400, "too_many", nameless,
		    "prepareUploadParams has more than %d elements; ask again "
		    "for the rest.",
		    (long long)BATCH_MAX);
	if (!out->list)
		return read_prepared(r, items, 0, out);
	for (size_t i = 0; json_next(&w, &key, &item); i++)
		if (!read_prepared(r, item, i, out))
			return false;
	return true;
}

/* Beside what chooses the contract there is only the policy. */
static bool
read_beside(struct reading *r, struct json_value root, struct span choice)
{
	struct json_walk w = json_walk(root);
	struct json_value key, v;
	struct span name;

	while (json_next(&w, &key, &v)) {
		if (!unescape(r, key, &name))
			return false;
		if (span_eq(name, choice))
			continue;
		if (!reading_is_own(name))
			return problem_set(r->why, 400, "malformed", nameless,
			    "%q stands beside %q; only \"policy\" may.", name,
			    choice);
		if (!read_own(r, name, v))
			return false;
	}
	return r->contract == CONTRACT_NONE ||
	       problem_set(r->why, 400, "contract_unknown",
		   SPAN_LIT("contract"),
		   "%q chooses its own contract; leave \"contract\" out.",
		   choice);
}

static bool
read_signed(struct reading *r, struct json_value inner)
{
	return inner.kind == JSON_KIND_OBJECT
		   ? read_item(r, inner, false)
		   : problem_set(r->why, 400, "malformed", nameless,
			 "The parameters to sign must be a JSON object.");
}

static bool
read_chosen(struct reading *r, struct json_value root, const char *choice,
    struct ask *out)
{
	struct json_value inner = json_member(root, span_of(choice));

	if (!read_beside(r, root, span_of(choice)))
		return false;
	if (out->contract == CONTRACT_PREPARE)
		return read_items(r, inner, out);
	return read_signed(r, inner);
}

static bool
read_root(struct reading *r, struct json_value root, bool chosen_only,
    struct ask *out)
{
	static const struct {
		const char *name;
		enum contract contract;
	} choices[] = { { "paramsToSign", CONTRACT_PARAMS_TO_SIGN },
		{ "params_to_sign", CONTRACT_PARAMS_TO_SIGN },
		{ "prepareUploadParams", CONTRACT_PREPARE } };
	const char *choice = NULL;

	if (root.kind != JSON_KIND_OBJECT)
		return problem_set(r->why, 400, "malformed", nameless,
		    "This is not a JSON object.");
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (json_member(root, span_of(choices[i].name)).kind ==
		    JSON_ABSENT)
			continue;
		if (choice != NULL)
			return problem_set(r->why, 400, "duplicate", nameless,
			    "The body has %s and %s; send one of them.", choice,
			    choices[i].name);
		choice = choices[i].name;
		out->contract = choices[i].contract;
	}
	if (choice != NULL)
		return read_chosen(r, root, choice, out);
	return chosen_only ? problem_set(r->why, 415, "media_type", nameless,
				 "Send parameters with the content type "
				 "application/json.")
			   : read_plain(r, root);
}

bool
body_params(struct span text, struct reading *r)
{
	struct json_value root;

	return parse(text, r, &root) && read_signed(r, root);
}

bool
body_read(
    struct span body, bool chosen_only, struct reading *r, struct ask *out)
{
	struct json_value root;

	out->contract = CONTRACT_NONE;
	out->list = false;
	out->n = 1;
	return parse(body, r, &root) && read_root(r, root, chosen_only, out);
}
