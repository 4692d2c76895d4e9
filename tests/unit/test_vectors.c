/*
 * Every vector of tests/vectors/cloudinary.json on which the official SDKs
 * agree, at the layer that makes the digests: some sign what no policy lets
 * through.
 */

#include "test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "cloudinary/api_sign.h"
#include "cloudinary/auth_token.h"
#include "cloudinary/delivery.h"
#include "cloudinary/verify.h"

#define VECTORS "tests/vectors/cloudinary.json"
#define AGREED 136 /* vectors that are not marked divergent */

static unsigned char texts_mem[65536], string_mem[65536], token_mem[65536];
static struct sink texts;

static const char *
text_at(const json_t *from, const char *name)
{
	return json_string_value(json_object_get(from, name));
}

static struct span
span_at(const json_t *from, const char *name)
{
	const char *text = text_at(from, name);

	return text == NULL ? (struct span){ NULL, 0 } : span_of(text);
}

/* A value as the SDK writes it before it is signed. */
static struct span
written(const json_t *value)
{
	size_t mark = texts.n, i;
	const json_t *element;

	if (json_is_string(value))
		sink_span(
		    &texts, (struct span){
				(const unsigned char *)json_string_value(value),
				json_string_length(value) });
	else if (json_is_integer(value))
		sink_int(&texts, json_integer_value(value));
	else if (json_is_boolean(value))
		sink_text(&texts, json_is_true(value) ? "true" : "false");
	json_array_foreach(value, i, element)
	{
		sink_text(&texts, i > 0 ? "," : "");
		written(element);
	}
	return sink_since(&texts, mark);
}

static int
by_name(const void *a, const void *b)
{
	const struct signed_param *x = a, *y = b;

	return span_cmp(x->name, y->name);
}

static bool
excluded(const char *name)
{
	static const char *const names[] = { "file", "cloud_name",
		"resource_type", "api_key", "signature" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static enum hash
hash_of(const json_t *input)
{
	const char *algorithm = text_at(input, "algorithm");

	return algorithm != NULL && strcmp(algorithm, "sha256") == 0
		   ? HASH_SHA256
		   : HASH_SHA1;
}

/* The string that we make of these parameters is the SDK's. */
static void
check_string(json_t *params, bool exclude, struct span expected)
{
	struct signed_param list[PARAMS_MAX];
	struct sink out;
	const char *name;
	json_t *value;
	size_t n = 0;

	json_object_foreach(
	    params, name, value) if (!exclude || !excluded(name))
	{
		assert_true(n < PARAMS_MAX);
		list[n++] =
		    (struct signed_param){ span_of(name), written(value) };
	}
	qsort(list, n, sizeof(list[0]), by_name);
	sink_init(&out, string_mem, sizeof(string_mem));
	string_to_sign(list, n, &out);
	assert_false(out.full || texts.full);
	assert_true(span_eq(sink_view(&out), expected));
}

static void
check_digest(
    struct span string, struct span secret, enum hash hash, const char *hex)
{
	struct signature signature;

	assert_true(signature_of(string, secret, hash, &signature));
	assert_string_equal(signature.hex, hex);
}

/* Version 1 is no longer made: only its digest is. */
static void
check_request(const json_t *input, const json_t *expect)
{
	const json_t *version = json_object_get(input, "signature_version");
	json_t *params = json_object_get(input, "params");
	struct span string = span_at(expect, "signed");
	bool exclude = json_object_get(input, "exclude") != NULL;

	if (string.n == 0) { /* upload-unsigned: nothing is signed */
		assert_null(json_object_get(
		    json_object_get(expect, "fields"), "signature"));
		return;
	}
	if (params == NULL) { /* upload_params: what is sent */
		params = json_object_get(expect, "fields");
		exclude = true;
	}
	if (version == NULL || json_integer_value(version) == 2)
		check_string(params, exclude, string);
	check_digest(string, span_at(input, "api_secret"), hash_of(input),
	    text_at(expect, "value"));
}

static void
check_download(const json_t *input, const json_t *expect)
{
	struct span string = span_at(expect, "signed"), rest = string;
	struct signed_param list[PARAMS_MAX];
	struct span_cut cut = { .tail = rest, .found = true };
	struct sink out;
	size_t n = 0;

	while (cut.found) {
		struct span_cut pair;

		cut = span_cut(cut.tail, '&');
		pair = span_cut(cut.head, '=');
		list[n++] = (struct signed_param){ pair.head, pair.tail };
	}
	sink_init(&out, string_mem, sizeof(string_mem));
	string_to_sign(list, n, &out);
	assert_true(span_eq(sink_view(&out), string));
	check_digest(string, span_at(input, "api_secret"), hash_of(input),
	    text_at(expect, "signature"));
	assert_non_null(
	    strstr(text_at(expect, "value"), text_at(expect, "signature")));
}

static void
check_response(const json_t *input, const json_t *expect)
{
	struct cloud cloud = { .api_secret = span_at(input, "api_secret") };
	struct span version = written(json_object_get(input, "version"));
	struct span given = span_at(input, "signature");
	const json_t *valid = json_object_get(expect, "valid");

	if (given.n == 0)
		given = span_at(expect, "value");
	assert_int_equal(
	    verify_upload(&cloud, span_at(input, "public_id"), version, given),
	    valid == NULL || json_is_true(valid));
}

/*
 * Our window is fixed, so that a vector of another one stands as far from our
 * end as it does from its own. None of the future is taken here, whatever
 * SDKs do.
 */
static void
check_notification(const json_t *input, const json_t *expect)
{
	struct cloud cloud = { .api_secret = span_at(input, "api_secret") };
	long long at = json_integer_value(json_object_get(input, "timestamp"));
	const json_t *window = json_object_get(input, "valid_for");
	const json_t *now_at = json_object_get(input, "now");
	const json_t *valid = json_object_get(expect, "valid");
	long long now = now_at == NULL ? at : json_integer_value(now_at);
	struct span given = span_at(input, "signature");
	bool right = valid == NULL || json_is_true(valid);

	if (window != NULL)
		now += WEBHOOK_SECONDS - json_integer_value(window);
	if (now < at)
		right = false;
	if (given.n == 0)
		given = span_at(expect, "value");
	assert_int_equal(
	    verify_notification(&cloud, span_at(input, "body"),
		written(json_object_get(input, "timestamp")), given, now),
	    right);
}

static void
make_token(const char *key_hex, const struct auth_token *token, bool made,
    struct sink *out)
{
	union {
		max_align_t align;
		unsigned char mem[HMAC_KEY_MAX];
	} room;
	struct hmac_key *key = (struct hmac_key *)(void *)room.mem;
	unsigned char bytes[256];
	struct sink scratch;
	size_t n;

	assert_true(hex_decode(span_of(key_hex), bytes, sizeof(bytes), &n));
	assert_true(hmac_key_init(key, HASH_SHA256, (struct span){ bytes, n }));
	sink_init(&scratch, string_mem, sizeof(string_mem));
	sink_init(out, token_mem, sizeof(token_mem));
	assert_int_equal(auth_token_write(token, key, &scratch, out), made);
}

static long long
number_at(const json_t *from, const char *name)
{
	return json_integer_value(json_object_get(from, name));
}

static void
check_token(const json_t *input, const json_t *expect)
{
	const json_t *o = json_object_get(input, "options");
	const json_t *acl = json_object_get(o, "acl");
	struct auth_token token = { .ip = span_at(o, "ip"),
		.start = number_at(o, "start_time"),
		.expiration = number_at(o, "expiration"),
		.url = span_at(o, "url") };
	struct span value = span_at(expect, "value");
	size_t mark = texts.n, i;
	const json_t *element;
	struct sink out;

	json_array_foreach(acl, i, element)
	{
		sink_text(&texts, i > 0 ? "!" : "");
		written(element);
	}
	token.acl =
	    json_is_array(acl) ? sink_since(&texts, mark) : span_at(o, "acl");
	if (token.expiration == 0 && json_object_get(o, "duration") != NULL)
		token.expiration =
		    number_at(o, "duration") +
		    (token.start > 0 ? token.start : number_at(input, "now"));
	make_token(text_at(o, "key"), &token, value.n > 0, &out);
	if (value.n > 0)
		assert_true(
		    span_eq(sink_view(&out), span_cut(value, '=').tail));
}

/* A URL with a token in place of, or beside, its signature. */
static void
check_token_url(const json_t *input, const char *url)
{
	const json_t *o = json_object_get(input, "options");
	const json_t *t = json_object_get(o, "auth_token");
	const char *host = strstr(url, "://") + 3;
	struct span rest = span_of(strchr(host, '/'));
	struct span_cut cut = span_cut(rest, '?');
	struct auth_token token = { .start = number_at(t, "start_time"),
		.expiration =
		    number_at(t, "start_time") + number_at(t, "duration"),
		.url = cut.head };
	struct sink out;

	make_token(text_at(t, "key"), &token, true, &out);
	assert_true(span_eq(sink_view(&out), span_cut(cut.tail, '=').tail));
}

/* Behind "s--" and "--"; or without one where only a token is. */
static void
check_url(const json_t *input, const json_t *expect)
{
	const json_t *o = json_object_get(input, "options");
	const char *url = text_at(expect, "value");
	const char *sign = text_at(expect, "signature");
	const char *at = url == NULL ? sign : strstr(url, "/s--");
	struct delivery_signature signature;
	struct span string = span_at(expect, "signed");

	if (url != NULL && strstr(url, "__cld_token__") != NULL)
		check_token_url(input, url);
	if (at == NULL) {
		assert_non_null(strstr(url, "__cld_token__"));
		return;
	}
	if (string.n == 0) /* token-url-set-url-signature has both */
		string = SPAN_LIT("c_scale,w_300/sample.jpg");
	assert_true(delivery_sign((struct span){ NULL, 0 }, string,
	    span_at(input, "api_secret"), hash_of(input),
	    json_is_true(json_object_get(o, "long_url_signature")),
	    &signature));
	if (sign != NULL)
		assert_string_equal(signature.text, sign);
	if (url != NULL)
		assert_memory_equal(at + 1, signature.text, signature.n);
}

static void
check_search(const json_t *input, const json_t *expect)
{
	const char *at = strstr(text_at(expect, "value"), "/search/") + 8;
	struct signature signature;

	assert_true(signature_of(span_at(expect, "signed"),
	    span_at(input, "api_secret"), HASH_SHA256, &signature));
	assert_memory_equal(at, signature.hex, 64);
}

static const struct {
	const char *op;
	void (*check)(const json_t *input, const json_t *expect);
	size_t n;
} ops[] = {
	{ "api_sign", check_request, 49 },
	{ "sign_request", check_request, 2 },
	{ "upload_params", check_request, 12 },
	{ "download", check_download, 3 },
	{ "response", check_response, 6 },
	{ "notification", check_notification, 14 },
	{ "url", check_url, 28 },
	{ "auth_token", check_token, 20 },
	{ "search_url", check_search, 2 },
};

#define OPS (sizeof(ops) / sizeof(ops[0]))

TEST(all_that_sdks_agree_on)
{
	json_error_t error;
	json_t *all = json_load_file(VECTORS, 0, &error), *vector;
	size_t counts[OPS] = { 0 }, total = 0, i;

	assert_non_null(all);
	json_array_foreach(json_object_get(all, "vectors"), i, vector)
	{
		const char *op = text_at(vector, "op");
		size_t k = 0;

		if (json_is_true(json_object_get(vector, "divergent")))
			continue;
		while (k < OPS && strcmp(ops[k].op, op) != 0)
			k++;
		assert_true(k < OPS);
		sink_init(&texts, texts_mem, sizeof(texts_mem));
		print_message("%s\n", text_at(vector, "id"));
		ops[k].check(json_object_get(vector, "input"),
		    json_object_get(vector, "expect"));
		counts[k]++;
		total++;
	}
	for (size_t k = 0; k < OPS; k++)
		assert_int_equal(counts[k], ops[k].n);
	assert_int_equal(total, AGREED);
	json_decref(all);
}

FIXTURE(open_group)
{
	json_set_alloc_funcs(malloc, free);
}

GROUP(open_group, NULL);
