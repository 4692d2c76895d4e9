#include "test.h"

#include "asking.h"

#define AVATAR                                                                 \
	"avatar = { action = \"upload\";\n"                                    \
	"  set = { public_id = \"users/{user}/{random}\"; overwrite = "        \
	"false;\n"                                                             \
	"    allowed_formats = \"jpg\"; };\n"                                  \
	"  allow = { context = { caption = \"text 20\"; }; }; };\n"
#define REMOVE                                                                 \
	"remove = { action = \"destroy\";\n"                                   \
	"  allow = { public_id = \"users/{user}/**\"; };\n"                    \
	"  limit = \"60/hour\"; };\n"
#define EDITORS                                                                \
	"editors = { action = \"destroy\"; any_owner = true;\n"                \
	"  require = ( { claim = \"role\"; is = [ \"editor\" ]; } );\n"        \
	"  allow = { public_id = \"users/**\"; }; limit = \"60/hour\"; };\n"
#define WIDGET                                                                 \
	"widget = { action = \"upload\"; reusable = true;\n"                   \
	"  limit = \"60/hour\";\n"                                             \
	"  set = { upload_preset = \"p\"; }; };\n"
#define LISTED                                                                 \
	"listed = { action = \"upload\"; reusable = true; shared_tags = "      \
	"true;\n"                                                              \
	"  allow = { tags = \"text 9 x9\"; context = { a = \"text 9\";\n"      \
	"    caption = \"text 9\"; }; }; };\n"

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	config = asking_load(SANDBOX_CLOUD
	    "session = { cookie = \"session\"; bearer = true;\n"
	    "  keys = ( { id = \"1\"; file = \"session.key\"; } ); };\n"
	    "origins = [ \"https://www.example.com\", \"null\" ];\n"
	    "policies = {\n" AVATAR REMOVE EDITORS WIDGET LISTED "};\n");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	config_free(config);
	sandbox_close(&box);
	return 0;
}

TEST(grants)
{
	good("policy=avatar&context=caption=Hi");
	assert_int_equal(ask(config), 200);
	assert_int_equal(answer.media, MEDIA_JSON);
	assert_string_equal(answer.code, "granted");
	assert_true(span_is(answer.user, "alice"));
	assert_true(span_is(answer.policy, "avatar"));
	assert_string_equal(answer.action, "upload");
	assert_true(span_is(answer.public_id, "users/alice/" DECIDING_RANDOM));
	assert_true(body_has(
	    "url", "https://api.cloudinary.com/v1_1/demo/image/upload"));
	assert_true(body_has("fields.context", "caption=Hi"));
	assert_true(body_has("fields.api_key", "874837483274837"));
	/* Nothing of one request is seen by the next. */
	good("policy=avatar");
	assert_int_equal(ask(config), 200);
	assert_true(body_has("fields.context", NULL));
}

TEST(grants_the_final_contract)
{
	post("policy=widget", "application/json",
	    "{\"paramsToSign\":{\"timestamp\":1767225600,"
	    "\"upload_preset\":\"p\"}}");
	assert_int_equal(ask(config), 200);
	assert_true(body_has("api_key", "874837483274837"));
	assert_true(body_has("cloud_name", "demo"));
	assert_true(body_has("fields", NULL));
	post("policy=widget", "application/json",
	    "{\"paramsToSign\":{\"timestamp\":1767225600,"
	    "\"upload_preset\":\"q\"}}");
	refused(403, "value_fixed");
	assert_true(body_has("param", "upload_preset"));
	assert_true(body_has("policy", "widget"));
}

/* What the operator can do stands in the log, and not in the answer. */
TEST(a_name_that_fits_no_id)
{
	char kept[sizeof(cookie)];

	memcpy(kept, cookie, sizeof(kept));
	mint(config, "{\"sub\":\"a@b.example\",\"exp\":1767229200}", cookie,
	    sizeof(cookie), "session=");
	good("policy=avatar");
	refused(403, "user_not_usable");
	assert_true(body_has("detail",
	    "The user's name can't stand in an id, a folder or a tag: that "
	    "takes 1 to 64 of A-Z, a-z, 0-9, _ and -."));
	assert_string_equal(answer.reason,
	    "{user} can't be this user's name here; {user_hash} in its place "
	    "takes any name");
	good("policy=remove&public_id=users/alice/x");
	refused(403, "user_not_usable");
	assert_non_null(strstr(answer.reason, "{user_hash}"));
	memcpy(cookie, kept, sizeof(cookie));
	good("policy=remove&public_id=users/bob/x");
	refused(403, "value_not_allowed");
	assert_null(answer.reason);
}

/* In each language that has lists, with the same words. */
TEST(an_empty_element_has_a_place)
{
	static const struct {
		const char *form, *json, *detail;
	} each[] = {
		{ "tags[]=a&tags[]=", "\"tags\":[\"a\",\"\"]",
		    "Element 2 of \"tags\" is empty; leave it out." },
		{ "tags[]=a&tags[]=", "\"tags\":[\"a\",null]",
		    "Element 2 of \"tags\" is empty; leave it out." },
		{ "tags=a,,b", "\"tags\":\"a,,b\"",
		    "Element 2 of \"tags\" is empty; leave it out." },
		{ "tags[]=", "\"tags\":[null]",
		    "Element 1 of \"tags\" is empty; leave it out." },
		{ "context=a=b|caption=", "\"context\":\"a=b|caption=\"",
		    "\"caption\" in \"context\" is empty; leave it out." },
		{ NULL, "\"context\":{\"caption\":null}",
		    "\"caption\" in \"context\" is empty; leave it out." },
		{ NULL, "\"context\":{\"caption\":\"\"}",
		    "\"caption\" in \"context\" is empty; leave it out." },
	};
	char text[512];

	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		if (each[i].form != NULL) {
			snprintf(text, sizeof(text), "policy=listed&%s",
			    each[i].form);
			good(text);
			refused(403, "element_empty");
			assert_true(body_has("detail", each[i].detail));
		}
		snprintf(text, sizeof(text), "{%s}", each[i].json);
		post("policy=listed", "application/json", text);
		refused(403, "element_empty");
		assert_true(body_has("detail", each[i].detail));
		if (strstr(text, "{\"context\":{") != NULL)
			continue; /* it has no text that could be signed */
		snprintf(text, sizeof(text),
		    "{\"paramsToSign\":{\"timestamp\":1767225600,%s}}",
		    each[i].json);
		post("policy=listed", "application/json", text);
		refused(403, "element_empty");
		assert_true(body_has("detail", each[i].detail));
	}
}

#define SENT_JSON "%7b%22timestamp%22:1767225600,%22upload_preset%22:%22p%22%7d"

/* What others make of next-cloudinary's body: the same contract. */
TEST(final_parameters_in_a_query)
{
	static const char *const right[] = {
		"params_to_sign=" SENT_JSON,
		"paramsToSign=" SENT_JSON,
		"params_to_sign[timestamp]=1767225600&"
		"params_to_sign[upload_preset]=p",
		"paramsToSign%5Btimestamp%5D=1767225600&"
		"paramsToSign%5Bupload_preset%5D=p",
	};
	static const struct {
		const char *form, *code;
	} wrong[] = {
		/* nothing is read twice, or in two ways */
		{ "params_to_sign=" SENT_JSON "&params_to_sign=" SENT_JSON,
		    "duplicate" },
		{ "params_to_sign=" SENT_JSON "&paramsToSign=%7b%7d",
		    "duplicate" },
		{ "params_to_sign=%7b%7d&params_to_sign[timestamp]=1767225600",
		    "duplicate" },
		{ "params_to_sign[timestamp]=1767225600&params_to_sign=%7b%7d",
		    "duplicate" },
		{ "params_to_sign[timestamp]=1767225600&"
		  "paramsToSign[upload_preset]=p",
		    "duplicate" },
		{ "params_to_sign[timestamp]=1&params_to_sign[timestamp]=1",
		    "duplicate" },
		{ "params_to_sign[tags]=a&params_to_sign[tags][]=b",
		    "duplicate" },
		{ "data[upload_preset]=p&params_to_sign=%7b%7d", "duplicate" },
		{ "params_to_sign=%7b%22tags%22:%22a%22,%22tags%22:%22b%22%7d",
		    "duplicate" },
		{ "params_to_sign=" SENT_JSON "&source=uw", "malformed" },
		{ "source=uw&params_to_sign=" SENT_JSON, "malformed" },
		{ "params_to_sign=%7b%7d&timestamp=1767225600", "malformed" },
		{ "params_to_sign=", "malformed" },
		{ "params_to_sign=%5b%5d", "malformed" },
		{ "params_to_sign=x", "malformed" },
		{ "params_to_sign=%7b%7d%7b%7d", "malformed" },
		{ "params_to_sign=%7b%22timestamp%22:1767225600.0%7d",
		    "malformed" },
		{ "params_to_sign=%7b%22timestamp%22:-0%7d", "malformed" },
		{ "params_to_sign=%7b%22policy%22:%22p%22%7d", "malformed" },
		{ "params_to_sign=%7b%22params_to_sign%22:%7b%7d%7d",
		    "malformed" },
		{ "params_to_sign[]=" SENT_JSON, "bad_name" },
		{ "paramsToSign[]=" SENT_JSON, "bad_name" },
		{ "params_to_sign[policy]=p", "bad_name" },
		{ "params_to_sign[context][a]=p", "bad_name" },
		{ "params_to_sign[=p", "bad_name" },
		{ "params_to_sign[]x=p", "bad_name" },
		{ "params_to_signx[a]=p", "bad_name" },
		{ "params_to_sign=" SENT_JSON "&contract=plain",
		    "contract_unknown" },
		{ "contract=text&params_to_sign[timestamp]=1767225600",
		    "contract_unknown" },
	};
	char text[1024];

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		for (int way = 0; way < 2; way++) {
			snprintf(
			    text, sizeof(text), "policy=widget&%s", right[i]);
			if (way == 0)
				good(text);
			else
				post("", "application/x-www-form-urlencoded",
				    text);
			assert_int_equal(ask(config), 200);
			assert_string_equal(answer.code, "granted");
			assert_int_equal(counting.amount, 1);
			assert_true(body_has("fields", NULL));
			assert_int_equal(workspace.grants[0].n, 2);
			assert_true(span_is(
			    grant_value(&workspace.grants[0], "timestamp"),
			    "1767225600"));
		}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		for (int way = 0; way < 2; way++) {
			snprintf(text, sizeof(text), "policy=widget&%s",
			    wrong[i].form);
			if (way == 0)
				good(text);
			else
				post("", "application/x-www-form-urlencoded",
				    text);
			refused(400, wrong[i].code);
		}
	/* final, as anywhere else */
	good("policy=widget&params_to_sign[timestamp]=1767225600");
	refused(403, "parameter_missing");
	good("policy=widget&params_to_sign=%7b%7d");
	refused(403, "timestamp_malformed");
	good("policy=widget&params_to_sign[timestamp]=1767225600&"
	     "params_to_sign[upload_preset]=q");
	refused(403, "value_fixed");
	/* a POST has all in its body */
	post("policy=widget&params_to_sign=%7b%7d", "", "");
	refused(400, "malformed");
	post("policy=widget&params_to_sign=%7b%7d", "application/json",
	    "{\"paramsToSign\":{\"timestamp\":1767225600,"
	    "\"upload_preset\":\"p\"}}");
	refused(400, "malformed");
}

/* Somebody looks whether there is a server, before the real request. */
TEST(an_empty_post_counts_nothing)
{
	post("policy=widget", "", "");
	assert_int_equal(ask(config), 200);
	assert_string_equal(answer.code, "information");
	assert_int_equal(counting.amount, 0);
	assert_true(body_has("api_key", "874837483274837"));
	assert_true(body_has("cloud_name", "demo"));
	assert_true(body_has("signature", NULL));
	post("policy=widget", "application/json", "");
	assert_int_equal(ask(config), 200);
	assert_string_equal(answer.code, "information");
	post("policy=widget", "application/x-www-form-urlencoded", "");
	assert_int_equal(ask(config), 200);
	assert_string_equal(answer.code, "granted");
	/* who names a contract, sends a body, or asks with GET means it */
	post("policy=widget&contract=plain", "", "");
	assert_int_equal(ask(config), 200);
	assert_string_equal(answer.code, "granted");
	post("", "application/json", "{\"policy\":\"widget\"}");
	assert_int_equal(ask(config), 200);
	assert_string_equal(answer.code, "granted");
	good("policy=widget");
	assert_int_equal(ask(config), 200);
	assert_string_equal(answer.code, "granted");
	assert_int_equal(counting.amount, 1);
	/* and where the server makes the id, it is an upload */
	post("policy=avatar", "", "");
	assert_int_equal(ask(config), 200);
	assert_string_equal(answer.code, "granted");
	/* without a session nobody is told anything */
	post("policy=widget", "", "");
	request.cookie = (struct span){ NULL, 0 };
	refused(401, "no_session");
}

TEST(informs)
{
	json_t *all;

	good("");
	assert_int_equal(ask(config), 200);
	assert_string_equal(answer.code, "information");
	assert_true(body_has("user", "alice"));
	all = body();
	assert_int_equal(json_array_size(json_object_get(all, "policies")), 4);
	json_decref(all);
	post("", "", "");
	assert_int_equal(ask(config), 200);
	good("public_id=x");
	refused(400, "policy_missing");
}

/* Of two mistakes, the one that is looked at first. */
TEST(order_of_checks)
{
	good("policy=nowhere&%zz=1");
	request.method = SPAN_LIT("DELETE");
	request.intake = INTAKE_TOO_LARGE;
	request.cookie = SPAN_LIT("");
	refused(405, "method");
	assert_true(answer.allow);
	request.method = SPAN_LIT("GET");
	refused(413, "too_large");
	request.intake = INTAKE_WHOLE;
	request.sec_fetch_site = SPAN_LIT("cross-site");
	assert_int_equal(ask(config), 400);
	request.query = SPAN_LIT("policy=nowhere&x=1");
	assert_int_equal(ask(config), 403);
	assert_true(body_has("policy", NULL));
	request.sec_fetch_site = SPAN_LIT("same-origin");
	refused(401, "no_session");
	assert_non_null(answer.reason);
	request.cookie = span_of(cookie);
	refused(404, "policy_unknown");
	request.query = SPAN_LIT("policy=editors&nothing=1");
	refused(403, "claim_required");
	request.query = SPAN_LIT("policy=remove&nothing=1");
	refused(403, "parameter_unknown");
	request.query = SPAN_LIT("policy=remove");
	refused(400, "parameter_missing");
}

TEST(one_text_for_every_401)
{
	char spoiled[4096], first[1024] = "";

	for (int i = 0; i < 4; i++) {
		good("policy=avatar");
		strcpy(spoiled, cookie);
		if (i == 0)
			request.cookie = SPAN_LIT("");
		else if (i == 1)
			spoiled[strlen(spoiled) - 10] ^= 1;
		else if (i == 2)
			strcpy(spoiled, "session=a.b.c");
		else
			snprintf(
			    spoiled, sizeof(spoiled), "%s; %s", cookie, cookie);
		if (i > 0)
			request.cookie = span_of(spoiled);
		refused(401, "no_session");
		if (i == 0)
			memcpy(first, answer.body.p, answer.body.n);
		assert_memory_equal(first, answer.body.p, answer.body.n);
	}
}

TEST(bearer_alone_counts)
{
	good("policy=avatar");
	request.cookie = SPAN_LIT("");
	request.authorization = span_of(bearer);
	request.sec_fetch_site = SPAN_LIT("cross-site");
	request.origin = SPAN_LIT("null");
	assert_int_equal(ask(config), 200);
	assert_true(span_is(answer.allow_origin, "null"));
	assert_false(answer.credentials);
	/* A good cookie does not help a bad bearer. */
	request.authorization = SPAN_LIT("Bearer x");
	request.cookie = span_of(cookie);
	refused(401, "no_session");
	/* And null is no origin for a cookie. */
	request.authorization = SPAN_LIT("");
	assert_int_equal(ask(config), 403);
	assert_int_equal(answer.allow_origin.n, 0);
}

TEST(origins)
{
	good("policy=avatar");
	request.origin = SPAN_LIT("https://www.example.com");
	assert_int_equal(ask(config), 200);
	assert_true(span_is(answer.allow_origin, "https://www.example.com"));
	assert_true(answer.allow_origin.p != request.origin.p);
	assert_true(answer.credentials);
	request.origin = SPAN_LIT("https://www.example.co");
	assert_int_equal(ask(config), 403);
	assert_int_equal(answer.allow_origin.n, 0);
	/* A listed page may read its refusals. */
	request.origin = SPAN_LIT("https://www.example.com");
	request.query = SPAN_LIT("policy=nowhere");
	refused(404, "policy_unknown");
	assert_true(answer.credentials);
}

TEST(preflight)
{
	good("policy=avatar");
	request.method = SPAN_LIT("OPTIONS");
	request.cookie = SPAN_LIT("");
	request.origin = SPAN_LIT("https://www.example.com");
	assert_int_equal(ask(config), 204);
	assert_true(answer.preflight);
	assert_true(span_is(answer.allow_origin, "https://www.example.com"));
	assert_int_equal(answer.body.n, 0);
	request.origin = SPAN_LIT("https://evil.example");
	assert_int_equal(ask(config), 204);
	assert_int_equal(answer.allow_origin.n, 0);
}

TEST(intake)
{
	static const struct {
		enum intake intake;
		int status;
	} cases[] = {
		{ INTAKE_NONE, 400 },
		{ INTAKE_TWICE, 400 },
		{ INTAKE_TOO_LARGE, 413 },
		{ INTAKE_LENGTH, 400 },
		{ INTAKE_ROLE, 403 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		good("policy=avatar");
		request.intake = cases[i].intake;
		assert_int_equal(ask(config), cases[i].status);
		assert_int_equal(answer.media, MEDIA_PROBLEM);
	}
}

TEST(out_of_order)
{
	char root[64];

	good("policy=avatar");
	assert_int_equal(ask(NULL), 503);
	assert_true(body_has("code", "configuration"));
	source.fails = true;
	refused(503, "random_unavailable");
	good("policy=avatar");
	request.document_root = span_of(box.dir);
	refused(503, "configuration");
	assert_non_null(answer.reason);
	snprintf(root, sizeof(root), "%sx", box.dir);
	request.document_root = span_of(root);
	assert_int_equal(ask(config), 200);
}

GROUP(setup, teardown);
