/* What an answer says is signed, and whether it may be: for fuzz_request.c. */
#ifndef TESTS_SIGNED_PARAMS_H
#define TESTS_SIGNED_PARAMS_H

#include <jansson.h>

#include "cloudinary/api_sign.h"
#include "fuzz.h"
#include "http/camel.h"

struct signed_params {
	size_t n;
	struct signed_param p[PARAMS_MAX]; /* sorted, none empty */
	struct sink texts;                 /* in memory: the values */
	unsigned char memory[2 * BODY_OUT_MAX];
};

/* A value as Cloudinary's SDK writes it into the string to sign. */
static inline struct span
signed_value(struct sink *texts, const json_t *v)
{
	size_t mark = texts->n, i;
	const json_t *element;

	if (json_is_string(v))
		sink_text(texts, json_string_value(v));
	else if (json_is_integer(v))
		sink_int(texts, json_integer_value(v));
	else if (json_is_boolean(v))
		sink_text(texts, json_is_true(v) ? "true" : "false");
	json_array_foreach(v, i, element)
	{
		sink_text(texts, i > 0 ? "," : "");
		sink_text(texts, json_string_value(element));
	}
	return sink_since(texts, mark);
}

/* Not so what fields and paramsToSign carry beside it. */
static inline bool
signed_name(struct span name)
{
	return !span_is(name, "api_key") && !span_is(name, "signature") &&
	       !span_is(name, "resource_type") && !span_is(name, "cloud_name");
}

static inline int
signed_compare(const void *a, const void *b)
{
	const struct signed_param *x = a, *y = b;

	return span_cmp(x->name, y->name);
}

/* The names lie in fields, the values in out. */
static inline void
signed_collect(struct signed_params *out, json_t *fields)
{
	const char *name;
	json_t *v;

	out->n = 0;
	sink_init(&out->texts, out->memory, sizeof(out->memory));
	json_object_foreach(fields, name, v)
	{
		struct signed_param p = { span_of(name),
			signed_value(&out->texts, v) };

		if (!signed_name(p.name) || p.value.n == 0)
			continue;
		must(out->n < PARAMS_MAX, "parameters have a limit");
		out->p[out->n++] = p;
	}
	must(!out->texts.full, "there is room");
	qsort(out->p, out->n, sizeof(out->p[0]), signed_compare);
}

/* A request's own parameters, in the form of fields. */
static inline json_t *
signed_asked(const struct params *params)
{
	json_t *fields = json_object();

	for (size_t i = 0; i < params->n; i++) {
		const struct param *p = &params->p[i];
		json_t *list = json_array(), *v;

		must(
		    p->shape != SHAPE_OBJECT, "a final client sends no object");
		for (size_t k = 0; k < p->n; k++)
			json_array_append_new(
			    list, json_stringn((const char *)p->values[k].p,
				      p->values[k].n));
		v = p->shape == SHAPE_LIST
			? list
			: json_incref(json_array_get(list, 0));
		if (v != list)
			json_decref(list);
		json_object_setn_new(
		    fields, (const char *)p->name.p, p->name.n, v);
	}
	return fields;
}

/*
 * What the widget sends for one answer: the answer's members under
 * Cloudinary's names, and what it had asked for itself beside them.
 */
static inline json_t *
signed_prepared(const json_t *answer, json_t *asked)
{
	json_t *fields = json_object(), *v;
	const char *name;

	json_object_set(fields, "timestamp",
	    json_object_get(answer, "uploadSignatureTimestamp"));
	json_object_foreach((json_t *)(uintptr_t)answer, name, v)
	{
		const char *snake = camel_to_snake(span_of(name));

		if (snake != NULL)
			json_object_set(fields, snake, v);
	}
	json_object_foreach(asked, name, v)
	{
		const char *snake = camel_to_snake(span_of(name));

		if (snake == NULL)
			snake = name;
		if (json_object_get(fields, snake) == NULL)
			json_object_set(fields, snake, v);
	}
	return fields;
}

static inline bool
signed_may(const struct policy *policy, struct span name)
{
	const struct term *term = term_find(name);

	return span_is(name, "timestamp") ||
	       (term != NULL && (policy_setting(policy, term) != NULL ||
				    policy_allowance(policy, term) != NULL));
}

/* The policy knows each name, and every id begins with the owner's prefix. */
static inline void
signed_judge(const struct signed_params *all, const struct policy *policy,
    struct span owner)
{
	for (size_t i = 0; i < all->n; i++) {
		must(signed_may(policy, all->p[i].name),
		    "the policy sets or allows each name");
		if (span_is(all->p[i].name, "public_id"))
			must(span_starts(all->p[i].value, owner),
			    "a public_id is the user's own");
	}
}

/* Is this the signature over all of them? */
static inline bool
signed_by(const struct signed_params *all, const struct cloud *cloud,
    struct span secret, struct span signature)
{
	static unsigned char mem[STRING_TO_SIGN_MAX];
	struct signature right;
	struct sink string;

	sink_init(&string, mem, sizeof(mem));
	string_to_sign(all->p, all->n, &string);
	must(signature_of(sink_view(&string), secret, cloud->hash, &right),
	    "there is a signature");
	return span_is(signature, right.hex);
}

#endif
