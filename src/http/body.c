#include "http/body.h"

#include <jansson.h>

#include "http/body_param.h"

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

/*
 * jansson itself nests up to 2048 deep and takes any number of names. This
 * only counts: as far as the text is JSON it sees the same strings as jansson
 * does, and jansson stops where it is not.
 */
static bool
check_size(struct span body, struct reading *r)
{
	size_t depth = 0, members = 0;

	for (size_t i = 0; i < body.n; i++) {
		unsigned char c = body.p[i];

		if (c == '"')
			i = string_end(body, i);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		else if (c == ':')
			members++;
		if (depth > JSON_DEPTH_MAX)
			return problem_set(r->why, 400, "malformed", nameless,
			    "The body is nested more than %d deep.",
			    (long long)JSON_DEPTH_MAX);
		if (members > JSON_MEMBERS_MAX)
			return problem_set(r->why, 400, "too_many", nameless,
			    "The body has more than %d names.",
			    (long long)JSON_MEMBERS_MAX);
	}
	return true;
}

/*
 * The seed is fixed, for without one jansson opens /dev/urandom. Names that
 * are made to collide cost little, since there are few (check_size).
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
		    "The body has one name twice (line %d, column %d).",
		    (long long)error.line, (long long)error.column);
	else
		problem_set(r->why, 400, "malformed", nameless,
		    "The body is not a JSON object that can be read (line %d, "
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

/* Every member is a parameter; or one of our own, where they may stand. */
static bool
read_params(struct reading *r, json_t *object, bool own_too)
{
	void *m = json_object_iter(object);

	for (; m != NULL; m = json_object_iter_next(object, m)) {
		struct span name = body_name(m);
		json_t *v = json_object_iter_value(m);

		if (!reading_is_own(name)) {
			if (!body_param(r, name, v))
				return false;
			continue;
		}
		if (!own_too)
			return problem_set(r->why, 400, "malformed", name,
			    "%q stands among the parameters to sign; write it "
			    "beside them.",
			    name);
		if (!read_own(r, name, v))
			return false;
	}
	return true;
}

/* Beside the parameters to sign there are only our own. */
static bool
read_final(struct reading *r, json_t *root, json_t *to_sign)
{
	void *m = json_object_iter(root);

	if (!json_is_object(to_sign))
		return problem_set(r->why, 400, "malformed", nameless,
		    "The parameters to sign must be a JSON object.");
	for (; m != NULL; m = json_object_iter_next(root, m)) {
		struct span name = body_name(m);
		json_t *v = json_object_iter_value(m);

		if (v == to_sign)
			continue;
		if (!reading_is_own(name))
			return problem_set(r->why, 400, "malformed", nameless,
			    "%q stands beside the parameters to sign; only "
			    "\"policy\" may.",
			    name);
		if (!read_own(r, name, v))
			return false;
	}
	return read_params(r, to_sign, false);
}

static bool
read_root(struct reading *r, json_t *root, bool final_only, bool *final)
{
	json_t *camel = json_object_get(root, "paramsToSign");
	json_t *snake = json_object_get(root, "params_to_sign");
	json_t *to_sign = camel != NULL ? camel : snake;

	if (!json_is_object(root))
		return problem_set(r->why, 400, "malformed", nameless,
		    "The body is not a JSON object.");
	if (camel != NULL && snake != NULL)
		return problem_set(r->why, 400, "duplicate", nameless,
		    "The body has paramsToSign and params_to_sign; send one "
		    "of them.");
	if (to_sign == NULL && final_only)
		return problem_set(r->why, 415, "media_type", nameless,
		    "Send parameters with the content type application/json.");
	if (to_sign == NULL)
		return read_params(r, root, true);
	*final = true;
	return read_final(r, root, to_sign);
}

bool
body_read(struct span body, bool final_only, struct reading *r, bool *final)
{
	json_t *root;

	*final = false;
	if (!check_size(body, r))
		return false;
	root = parse(body, r);
	return root != NULL && read_root(r, root, final_only, final);
}
