#include "test.h"

#include <jansson.h>

#include "cloudinary/prepare_answer.h"
#include "deciding.h"

static const char policies[] =
    "site = { action = \"upload\"; shared_tags = true;\n"
    "  set = { public_id = \"users/{user}/{random}\"; source = \"uw\";\n"
    "    upload_preset = \"site\"; overwrite = false; tags = \"own\"; };\n"
    "  allow = { context = { caption = \"text 50\"; };\n"
    "    display_name = \"text 20\"; resource_type = [ \"video\" ];\n"
    "    tags = \"text 10 x3\"; colors = \"bool\"; }; };\n"
    "hidden = { action = \"upload\";\n"
    "  set = { public_id = \"users/{user}/{random}\"; overwrite = false;\n"
    "    moderation = \"manual\"; faces = true;\n"
    "    allowed_formats = [ \"jpg\", \"png\" ]; }; };\n"
    "media = { action = \"upload\"; reusable = true;\n"
    "  set = { source = \"ml\"; }; };\n"
    "remove = { action = \"destroy\"; limit = \"5/hour\";\n"
    "  allow = { public_id = \"users/{user}/**\"; }; };\n";

static struct deciding d;
static struct params asked;
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

/* What was sent stays in asked. */
static bool
possible(const char *policy, enum contract contract)
{
	asked = d.params;
	if (!deciding_ask(&d, policy, contract))
		fail_msg("%s", (const char *)d.why.text);
	return prepare_possible(&d.grant, &asked, &d.why);
}

static void
assert_not_served(const char *param, const char *text)
{
	assert_int_equal(d.why.status, 403);
	assert_string_equal(d.why.code, "contract_not_served");
	assert_true(span_is(d.why.param, param));
	if (!span_is(sink_view(&d.why.detail), text))
		fail_msg("%s", (const char *)d.why.text);
}

static json_t *
written(const struct sink *out)
{
	json_error_t error;
	json_t *all = json_loadb(
	    (const char *)out->p, out->n, JSON_REJECT_DUPLICATES, &error);

	assert_non_null(all);
	return all;
}

static json_t *
answer(struct signature *signature)
{
	static unsigned char string[65536];
	struct sink scratch, out;
	struct json_out j;

	sink_init(&scratch, string, sizeof(string));
	sink_init(&out, out_mem, sizeof(out_mem));
	assert_true(api_sign(&d.grant, &scratch, signature));
	json_begin(&j, &out);
	prepare_answer(&d.grant, signature, &j);
	return written(&out);
}

static const char *
text_at(json_t *all, const char *name)
{
	return json_string_value(json_object_get(all, name));
}

/* The widget's names, with the texts that were signed. */
TEST(answer_has_the_widgets_names)
{
	struct signature signature;
	json_t *all;

	deciding_send(&d, "context", "caption=Gr\xc3\xbc\xc3\x9f");
	deciding_send(&d, "tags", "a,b");
	deciding_send(&d, "display_name", "Cat");
	assert_true(possible("site", CONTRACT_PREPARE));
	all = answer(&signature);
	assert_int_equal(json_object_size(all), 9);
	assert_string_equal(text_at(all, "signature"), signature.hex);
	assert_int_equal(json_integer_value(
			     json_object_get(all, "uploadSignatureTimestamp")),
	    DECIDING_NOW);
	assert_string_equal(text_at(all, "apiKey"), "874837483274837");
	assert_string_equal(text_at(all, "resourceType"), "image");
	assert_string_equal(
	    text_at(all, "publicId"), "users/alice/" DECIDING_RANDOM);
	assert_string_equal(text_at(all, "uploadPreset"), "site");
	assert_string_equal(text_at(all, "overwrite"), "false");
	assert_string_equal(text_at(all, "tags"), "own,a,b");
	assert_string_equal(
	    text_at(all, "context"), "caption=Gr\xc3\xbc\xc3\x9f");
	json_decref(all);
	deciding_send(&d, "resource_type", "video");
	assert_true(possible("site", CONTRACT_PREPARE));
	all = answer(&signature);
	assert_string_equal(text_at(all, "resourceType"), "video");
	assert_int_equal(json_object_size(all), 8);
	json_decref(all);
}

/* What is signed, and would not come: a signature that is good for nothing. */
TEST(what_the_widget_does_not_send)
{
	const struct span formats[2] = { SPAN_LIT("jpg"), SPAN_LIT("png") };

	assert_false(possible("hidden", CONTRACT_PREPARE));
	assert_not_served("allowed_formats",
	    "The policy \"hidden\" signs \"allowed_formats\" = \"jpg,png\", "
	    "which the Upload Widget would not send: put it in a signed "
	    "preset, and name the preset in `set`.");
	deciding_send(&d, "allowed_formats", "jpg,png");
	deciding_send(&d, "moderation", "manual");
	assert_false(possible("hidden", CONTRACT_PREPARE));
	assert_true(span_is(d.why.param, "faces"));
	deciding_send(&d, "allowed_formats", "jpg,png");
	deciding_send(&d, "moderation", "manual");
	deciding_send(&d, "faces", "true");
	assert_true(possible("hidden", CONTRACT_PREPARE));
	deciding_send_list(&d, "allowed_formats", SHAPE_LIST, 2, formats, NULL);
	deciding_send(&d, "moderation", "manual");
	deciding_send(&d, "faces", "true");
	assert_true(possible("hidden", CONTRACT_PREPARE));
	/* An empty value counts as absent, and so it would be sent. */
	deciding_send(&d, "allowed_formats", "jpg,png");
	deciding_send(&d, "moderation", "");
	deciding_send(&d, "faces", "true");
	assert_false(possible("hidden", CONTRACT_PREPARE));
	assert_true(span_is(d.why.param, "moderation"));
}

/* The policy takes another spelling than it signs; the widget sends its own. */
TEST(another_spelling)
{
	const struct span formats[2] = { SPAN_LIT("png"), SPAN_LIT("jpg") };

	deciding_send(&d, "allowed_formats", "jpg,png");
	deciding_send(&d, "moderation", "manual");
	deciding_send(&d, "faces", "1");
	assert_false(possible("hidden", CONTRACT_PREPARE));
	assert_not_served("faces",
	    "The Upload Widget sends \"faces\" in another way than the policy "
	    "\"hidden\" signs it; send \"true\".");
	deciding_send_list(&d, "allowed_formats", SHAPE_LIST, 2, formats, NULL);
	deciding_send(&d, "moderation", "manual");
	deciding_send(&d, "faces", "true");
	assert_false(possible("hidden", CONTRACT_PREPARE));
	assert_true(span_is(d.why.param, "allowed_formats"));
	/* What comes with the answer is sent as it was signed. */
	deciding_send(&d, "overwrite", "0");
	assert_true(possible("site", CONTRACT_PREPARE));
}

TEST(source_is_the_widgets_own)
{
	assert_true(possible("site", CONTRACT_PREPARE));
	deciding_send(&d, "source", "uw");
	assert_true(possible("site", CONTRACT_PREPARE));
	assert_false(possible("media", CONTRACT_PREPARE));
	assert_true(span_is(d.why.param, "source"));
	deciding_send(&d, "source", "ml");
	assert_true(possible("media", CONTRACT_PREPARE));
}

TEST(only_for_uploads)
{
	deciding_send(&d, "public_id", "users/alice/a");
	assert_false(possible("remove", CONTRACT_PLAIN));
	assert_not_served("", "prepareUploadParams is for uploads only.");
	assert_true(possible("site", CONTRACT_PREPARE));
	d.grant.given = false;
	assert_false(prepare_possible(&d.grant, &asked, &d.why));
	assert_not_served("", "prepareUploadParams is for uploads only.");
}

TEST(nothing_without_a_grant)
{
	struct signature signature = { 40, "0123" };
	struct json_out j;
	struct sink out;

	assert_true(possible("site", CONTRACT_PREPARE));
	sink_init(&out, out_mem, sizeof(out_mem));
	json_begin(&j, &out);
	d.grant.given = false;
	prepare_answer(&d.grant, &signature, &j);
	assert_int_equal(out.n, 0);
	d.grant.given = true;
	signature.n = 0;
	prepare_answer(&d.grant, &signature, &j);
	assert_int_equal(out.n, 0);
}

TEST(refusal_cancels)
{
	struct problem why;
	struct json_out j;
	struct sink out;

	problem_clear(&why);
	problem_set(
	    &why, 403, "value_fixed", SPAN_LIT("tags"), "No \"%s\".", "x");
	sink_init(&out, out_mem, sizeof(out_mem));
	json_begin(&j, &out);
	prepare_refusal(&why, &j);
	assert_true(span_is(sink_view(&out),
	    "{\"cancel\":true,\"error\":\"No \\\"x\\\".\",\"code\":"
	    "\"value_fixed\",\"param\":\"tags\"}"));
	problem_clear(&why);
	problem_set(
	    &why, 403, "contract_not_served", (struct span){ NULL, 0 }, "No.");
	sink_init(&out, out_mem, sizeof(out_mem));
	json_begin(&j, &out);
	prepare_refusal(&why, &j);
	assert_true(span_is(sink_view(&out),
	    "{\"cancel\":true,\"error\":\"No.\",\"code\":"
	    "\"contract_not_served\"}"));
}

GROUP(setup, teardown);
