#include "test.h"

#include <jansson.h>

#include "cloudinary/api_answer.h"
#include "deciding.h"

static const char policies[] =
    "avatar = { action = \"upload\"; set = { folder = \"users/{user}\";\n"
    "    public_id = \"users/{user}/{random}\"; overwrite = false;\n"
    "    allowed_formats = \"jpg\"; resource_type = \"video\"; };\n"
    "  allow = { context = { caption = \"text 50\"; }; }; };\n"
    "widget = { action = \"upload\"; reusable = true;\n"
    "  set = { upload_preset = \"p\"; }; };\n";

static struct deciding d;
static unsigned char out_mem[65536];

static int
setup(void **state)
{
	(void)state;
	deciding_open(&d, policies);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	deciding_close(&d);
	return 0;
}

static json_t *
answer(void)
{
	static unsigned char string[65536];
	struct sink scratch, out;
	struct signature signature;
	struct json_out j;
	json_error_t error;
	json_t *all;

	sink_init(&scratch, string, sizeof(string));
	sink_init(&out, out_mem, sizeof(out_mem));
	assert_true(api_sign(&d.grant, &scratch, &signature));
	json_begin(&j, &out);
	api_answer(&d.grant, &signature, &j);
	all = json_loadb(
	    (const char *)out.p, out.n, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(all);
	return all;
}

static const char *
text_at(json_t *all, const char *name)
{
	return json_string_value(json_object_get(all, name));
}

/* Signed text is sent text: the form's fields give the signature again. */
TEST(fields_are_what_was_signed)
{
	static unsigned char string[65536];
	struct signed_param params[PARAMS_MAX];
	struct signature signature;
	struct sink out;
	json_t *all, *fields, *value;
	const char *name;
	size_t n = 0;

	deciding_send(&d, "context", "caption=Gr\xc3\xbc\xc3\x9f <b>'\"");
	assert_true(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	all = answer();
	fields = json_object_get(all, "fields");
	/* Sorted as written, api_key first and signature last. */
	json_object_foreach(fields, name, value)
	{
		assert_true(json_is_string(value));
		if (strcmp(name, "api_key") == 0 ||
		    strcmp(name, "signature") == 0)
			continue;
		params[n].name = span_of(name);
		params[n++].value = span_of(json_string_value(value));
	}
	assert_int_equal(n, 6);
	sink_init(&out, string, sizeof(string));
	string_to_sign(params, n, &out);
	assert_true(signature_of(
	    sink_view(&out), span_of(SANDBOX_SECRET), HASH_SHA256, &signature));
	assert_string_equal(text_at(fields, "signature"), signature.hex);
	assert_string_equal(text_at(all, "signature"), signature.hex);
	assert_string_equal(text_at(fields, "api_key"), "874837483274837");
	assert_string_equal(text_at(all, "url"),
	    "https://api.cloudinary.com/v1_1/demo/video/upload");
	assert_string_equal(
	    text_at(all, "public_id"), "users/alice/" DECIDING_RANDOM);
	assert_string_equal(text_at(all, "folder"), "users/alice");
	assert_string_equal(text_at(all, "cloud_name"), "demo");
	assert_int_equal(json_integer_value(json_object_get(all, "timestamp")),
	    DECIDING_NOW);
	assert_int_equal(json_integer_value(json_object_get(all, "expires_at")),
	    DECIDING_NOW + 3600);
	json_decref(all);
}

TEST(final_has_four_members)
{
	json_t *all;

	deciding_send(&d, "upload_preset", "p");
	deciding_send(&d, "timestamp", "1767225599");
	assert_true(deciding_ask(&d, "widget", CONTRACT_PARAMS_TO_SIGN));
	all = answer();
	assert_int_equal(json_object_size(all), 4);
	assert_int_equal(
	    json_integer_value(json_object_get(all, "timestamp")), 1767225599);
	assert_int_equal(strlen(text_at(all, "signature")), 64);
	json_decref(all);
}

TEST(nothing_without_a_grant)
{
	struct signature signature = { 40, "0123" };
	struct json_out j;
	struct sink out;

	assert_true(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	sink_init(&out, out_mem, sizeof(out_mem));
	json_begin(&j, &out);
	d.grant.given = false;
	api_answer(&d.grant, &signature, &j);
	assert_int_equal(out.n, 0);
	d.grant.given = true;
	signature.n = 0;
	api_answer(&d.grant, &signature, &j);
	assert_int_equal(out.n, 0);
}

GROUP(setup, teardown);
