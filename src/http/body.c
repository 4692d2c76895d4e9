#include "http/body.h"

#include <jansson.h>

#include "http/body_param.h"
#include "http/camel.h"

static const struct span nameless = { NULL, 0 };

/* jansson's allocator gets no context. Nothing else allocates with jansson. */
static struct arena *pool;

static void *
pool_take(size_t n)
{
	return arena_take(pool, n);
}

static void
pool_keep(void *p)
{
	(void)p; /* the arena is given back whole */
}

/* Where a string that begins at i ends; the text's size if it does not. */
static size_t
string_end(struct span text, size_t i)
{
	for (i++; i < text.n && text.p[i] != '"'; i++)
		if (text.p[i] == '\\')
			i++;
	return i;
}

/* How far a body is counted. */
struct tally {
	size_t depth;
	size_t members[JSON_DEPTH_MAX + 1]; /* of what is open at each depth */
	struct span last;                   /* the string before */
};

static bool
count(struct tally *t, unsigned char c, struct reading *r)
{
	if (c == '{' || c == '[') {
		if (t->depth == JSON_DEPTH_MAX)
			return problem_set(r->why, 400, "malformed", nameless,
			    "The JSON is nested more than %d deep.",
			    (long long)JSON_DEPTH_MAX);
		t->members[++t->depth] = 0;
	} else if ((c == '}' || c == ']') && t->depth > 0) {
		t->depth--;
	} else if (c == ':' && t->members[t->depth]++ == JSON_MEMBERS_MAX) {
		return problem_set(r->why, 400, "too_many", nameless,
		    "An object in the JSON has more than %d names.",
		    (long long)JSON_MEMBERS_MAX);
	}
	return true;
}

/*
 * jansson itself nests up to 2048 deep, takes any number of names, and makes
 * a 0 of -0. This only looks: as far as the text is JSON it sees the same
 * strings as jansson does, and jansson stops where it is not.
 */
static bool
check_text(struct span body, struct reading *r)
{
	struct tally t = { 0, { 0 }, nameless };

	for (size_t i = 0; i < body.n; i++) {
		unsigned char c = body.p[i];

		if (c == '"') {
			size_t begin = i + 1;

			i = string_end(body, i);
			/* A backslash at the end leads beyond it. */
			if (i <= body.n)
				t.last =
				    (struct span){ body.p + begin, i - begin };
		} else if (c == '-' && i + 1 < body.n && body.p[i + 1] == '0') {
			return problem_set(r->why, 400, "malformed", nameless,
			    "The number behind %q begins with -0, which has "
			    "another spelling; send it as a string.",
			    t.last);
		} else if (!count(&t, c, r)) {
			return false;
		}
	}
	return true;
}

/*
 * The seed is fixed, for without one jansson opens /dev/urandom. Names that
 * are made to collide cost little, since few stand in one object (count).
 */
static json_t *
parse(struct span body, struct reading *r)
{
	json_error_t error;
	json_t *root;

	json_set_alloc_funcs(pool_take, pool_keep);
	json_object_seed(1);
	pool = r->arena;
	root = json_loadb(
	    (const char *)body.p, body.n, JSON_REJECT_DUPLICATES, &error);
	pool = NULL;
	if (root != NULL)
		return root;
	if (r->arena->full)
		reading_no_room(r);
	else if (json_error_code(&error) == json_error_duplicate_key)
		problem_set(r->why, 400, "duplicate", nameless,
		    "The JSON has one name twice (line %d, column %d).",
		    (long long)error.line, (long long)error.column);
	else
		problem_set(r->why, 400, "malformed", nameless,
		    "This is not a JSON object that can be read (line %d, "
		    "column %d).",
		    (long long)error.line, (long long)error.column);
	return NULL;
}

/* policy or contract, which are strings */
static bool
read_own(struct reading *r, struct span name, const json_t *v)
{
	struct span value;

	return body_string(r, name, v, &value) && reading_own(r, name, value);
}

/* Every member is a parameter, or one of our own. */
static bool
read_plain(struct reading *r, json_t *object)
{
	void *m = json_object_iter(object);

	for (; m != NULL; m = json_object_iter_next(object, m)) {
		struct span name = body_name(m);
		json_t *v = json_object_iter_value(m);

		if (!(reading_is_own(name) ? read_own(r, name, v)
					   : body_param(r, name, v)))
			return false;
	}
	return true;
}

/* Every member is a parameter; camel: also by the widget's name for it. */
static bool
read_item(struct reading *r, json_t *object, bool camel)
{
	void *m = json_object_iter(object);

	for (; m != NULL; m = json_object_iter_next(object, m)) {
		struct span name = body_name(m);
		const char *snake = camel ? camel_to_snake(name) : NULL;

		if (reading_is_own(name))
			return problem_set(r->why, 400, "malformed", name,
			    "%q stands among the parameters; %s.", name,
			    span_is(name, "policy") ? "write it beside them"
						    : "leave it out");
		if (snake != NULL)
			name = span_of(snake);
		if (!body_param(r, name, json_object_iter_value(m)))
			return false;
	}
	return true;
}

static bool
read_items(struct reading *r, json_t *items, struct ask *out)
{
	out->list = json_is_array(items);
	out->n = out->list ? json_array_size(items) : 1;
	if (out->n == 0)
		return problem_set(r->why, 400, "malformed", nameless,
		    "prepareUploadParams is an empty list; send one object for "
		    "each file.");
	if (out->n > BATCH_MAX)
		return problem_set(r->why, 400, "too_many", nameless,
		    "prepareUploadParams has more than %d elements; ask again "
		    "for the rest.",
		    (long long)BATCH_MAX);
	for (size_t i = 0; i < out->n; i++) {
		json_t *item = out->list ? json_array_get(items, i) : items;

		r->params = &out->items[i];
		r->params->n = 0;
		if (!json_is_object(item))
			return problem_set(r->why, 400, "malformed", nameless,
			    "prepareUploadParams must be a JSON object, or a "
			    "list of objects.");
		if (!read_item(r, item, true))
			return false;
	}
	return true;
}

/* Beside what chooses the contract there is only the policy. */
static bool
read_beside(struct reading *r, json_t *root, struct span choice)
{
	void *m = json_object_iter(root);

	for (; m != NULL; m = json_object_iter_next(root, m)) {
		struct span name = body_name(m);

		if (span_eq(name, choice))
			continue;
		if (!reading_is_own(name))
			return problem_set(r->why, 400, "malformed", nameless,
			    "%q stands beside %q; only \"policy\" may.", name,
			    choice);
		if (!read_own(r, name, json_object_iter_value(m)))
			return false;
	}
	return r->contract == CONTRACT_NONE ||
	       problem_set(r->why, 400, "contract_unknown",
		   SPAN_LIT("contract"),
		   "%q chooses its own contract; leave \"contract\" out.",
		   choice);
}

static bool
read_signed(struct reading *r, json_t *inner)
{
	return json_is_object(inner)
		   ? read_item(r, inner, false)
		   : problem_set(r->why, 400, "malformed", nameless,
			 "The parameters to sign must be a JSON object.");
}

static bool
read_chosen(
    struct reading *r, json_t *root, const char *choice, struct ask *out)
{
	json_t *inner = json_object_get(root, choice);

	if (!read_beside(r, root, span_of(choice)))
		return false;
	if (out->contract == CONTRACT_PREPARE)
		return read_items(r, inner, out);
	return read_signed(r, inner);
}

static bool
read_root(struct reading *r, json_t *root, bool chosen_only, struct ask *out)
{
	static const struct {
		const char *name;
		enum contract contract;
	} choices[] = { { "paramsToSign", CONTRACT_PARAMS_TO_SIGN },
		{ "params_to_sign", CONTRACT_PARAMS_TO_SIGN },
		{ "prepareUploadParams", CONTRACT_PREPARE } };
	const char *choice = NULL;

	if (!json_is_object(root))
		return problem_set(r->why, 400, "malformed", nameless,
		    "This is not a JSON object.");
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (json_object_get(root, choices[i].name) == NULL)
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
	json_t *root = check_text(text, r) ? parse(text, r) : NULL;

	return root != NULL && read_signed(r, root);
}

bool
body_read(
    struct span body, bool chosen_only, struct reading *r, struct ask *out)
{
	json_t *root;

	out->contract = CONTRACT_NONE;
	out->list = false;
	out->n = 1;
	if (!check_text(body, r))
		return false;
	root = parse(body, r);
	return root != NULL && read_root(r, root, chosen_only, out);
}
