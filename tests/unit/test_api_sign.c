#include "test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cloudinary/api_sign.h"

#define VECTORS "tests/vectors/api_sign.json"

/* A value as the SDK writes it before it is signed. */
static struct span
text_of(json_t *value, struct sink *out)
{
	size_t mark = out->n, i;
	json_t *element;

	if (json_is_string(value))
		sink_span(
		    out, (struct span){
			     (const unsigned char *)json_string_value(value),
			     json_string_length(value) });
	else if (json_is_integer(value))
		sink_int(out, json_integer_value(value));
	else if (json_is_boolean(value))
		sink_text(out, json_is_true(value) ? "true" : "false");
	else if (json_is_array(value))
		json_array_foreach(value, i, element)
		{
			if (i > 0)
				sink_byte(out, ',');
			text_of(element, out);
		}
	return sink_since(out, mark);
}

static int
by_name(const void *a, const void *b)
{
	const struct signed_param *x = a, *y = b;

	return span_cmp(x->name, y->name);
}

static int
excluded(const char *name)
{
	return strcmp(name, "file") == 0 || strcmp(name, "cloud_name") == 0 ||
	       strcmp(name, "resource_type") == 0 ||
	       strcmp(name, "api_key") == 0 || strcmp(name, "signature") == 0;
}

static void
check_vector(json_t *vector)
{
	static unsigned char texts[65536], string[65536];
	struct signed_param params[32];
	struct sink values, out;
	struct signature s;
	json_t *input = json_object_get(vector, "input"), *value,
	       *expect = json_object_get(vector, "expect");
	const char *name,
	    *algorithm = json_string_value(json_object_get(input, "algorithm")),
	    *secret = json_string_value(json_object_get(input, "api_secret"));
	enum hash hash = algorithm != NULL && strcmp(algorithm, "sha256") == 0
			     ? HASH_SHA256
			     : HASH_SHA1;
	size_t n = 0;

	sink_init(&values, texts, sizeof(texts));
	sink_init(&out, string, sizeof(string));
	json_object_foreach(json_object_get(input, "params"), name, value)
	{
		if (json_is_true(json_object_get(input, "exclude")) &&
		    excluded(name))
			continue;
		params[n].name = span_of(name);
		params[n++].value = text_of(value, &values);
	}
	qsort(params, n, sizeof(params[0]), by_name);
	string_to_sign(params, n, &out);
	assert_true(span_is(sink_view(&out),
	    json_string_value(json_object_get(expect, "signed"))));
	assert_true(signature_of(sink_view(&out), span_of(secret), hash, &s));
	assert_string_equal(
	    s.hex, json_string_value(json_object_get(expect, "value")));
	assert_int_equal(s.n, hash == HASH_SHA1 ? 40 : 64);
}

TEST(vectors)
{
	json_error_t error;
	json_t *all = json_load_file(VECTORS, 0, &error), *vector;
	size_t i, checked = 0, version_1 = 0;

	assert_non_null(all);
	json_array_foreach(json_object_get(all, "vectors"), i, vector)
	{
		json_t *version = json_object_get(
		    json_object_get(vector, "input"), "signature_version");

		/* This program makes version 2 alone. */
		if (json_integer_value(version) == 1) {
			version_1++;
			continue;
		}
		check_vector(vector);
		checked++;
	}
	assert_true(checked >= 40);
	assert_int_equal(checked + version_1,
	    json_array_size(json_object_get(all, "vectors")));
	json_decref(all);
}

TEST(no_hash_or_secret)
{
	struct signature s;

	assert_false(signature_of(
	    SPAN_LIT("timestamp=1"), SPAN_LIT("secret"), HASH_NONE, &s));
	assert_int_equal(s.n, 0);
	assert_false(signature_of(
	    SPAN_LIT("timestamp=1"), SPAN_LIT(""), HASH_SHA256, &s));
	assert_int_equal(s.n, 0);
	assert_true(signature_of(
	    SPAN_LIT("timestamp=1"), SPAN_LIT("secret"), HASH_SHA256, &s));
	assert_int_equal(s.n, 64);
}

static struct cloud cloud = { .api_secret = SPAN_INIT("abcd"),
	.hash = HASH_SHA1 };
static struct policy policy = { .action = ACTION_UPLOAD, .cloud = &cloud };

TEST(only_a_grant)
{
	unsigned char mem[64];
	struct sink scratch;
	struct grant grant = { .given = true, .policy = &policy, .n = 2 };
	struct signature s;

	grant.fields[0].term = term_find(SPAN_LIT("public_id"));
	grant.fields[0].value = SPAN_LIT("sample_image");
	grant.fields[1].term = term_find(SPAN_LIT("timestamp"));
	grant.fields[1].value = SPAN_LIT("1315060510");
	sink_init(&scratch, mem, sizeof(mem));
	assert_true(api_sign(&grant, &scratch, &s));
	/* From Cloudinary's documentation. */
	assert_string_equal(s.hex, "b4ad47fb4e25c7bf5f92a20089f9db59bc302313");

	grant.given = false;
	sink_init(&scratch, mem, sizeof(mem));
	assert_false(api_sign(&grant, &scratch, &s));
	assert_int_equal(s.n, 0);

	grant.given = true;
	grant.n = 0;
	assert_false(api_sign(&grant, &scratch, &s));
}

TEST(no_room)
{
	const char *string = "public_id=sample_image&timestamp=1315060510";
	unsigned char mem[64];
	struct sink scratch;
	struct grant grant = { .given = true, .policy = &policy, .n = 2 };
	struct signature s;

	grant.fields[0].term = term_find(SPAN_LIT("public_id"));
	grant.fields[0].value = SPAN_LIT("sample_image");
	grant.fields[1].term = term_find(SPAN_LIT("timestamp"));
	grant.fields[1].value = SPAN_LIT("1315060510");
	sink_init(&scratch, mem, strlen(string));
	assert_true(api_sign(&grant, &scratch, &s));
	sink_init(&scratch, mem, strlen(string) - 1);
	assert_false(api_sign(&grant, &scratch, &s));
	assert_int_equal(s.n, 0);
}
