/* Every kind of signature through handle(), from the request to the answer. */

#include "test.h"

#include "asking.h"
#include "base/enc.h"

#define OWN "allow = { public_id = \"users/{user}/**\"; "
#define IDS "allow = { public_ids = \"users/{user}/**\"; "
#define LIMIT " limit = \"1000/hour\"; "

#define POLICIES                                                               \
	"policies = {\n"                                                       \
	"again = { action = \"explicit\";" LIMIT                               \
	"set = { type = \"upload\"; }; " OWN                                   \
	"tags = [ \"user_{user}\" ]; };\n"                                     \
	"};\n"                                                                 \
	"move = { action = \"rename\";" LIMIT "allow = {\n"                    \
	"from_public_id = \"users/{user}/**\"; to_public_id = "                \
	"\"users/{user}/**\"; }; };\n"                                         \
	"tag = { action = \"tags\";" LIMIT IDS                                 \
	"command = [ \"add\", \"remove_all\" ]; tag = \"text 20\"; }; };\n"    \
	"describe = { action = \"context\";" LIMIT                             \
	"set = { command = \"add\"; }; " IDS                                   \
	"context = { alt = \"text 50\"; }; }; };\n"                            \
	"measure = { action = \"metadata\"; lifetime = 3600;" LIMIT IDS        \
	"metadata = { colour = \"text 20\"; }; }; };\n"                        \
	"keep = { action = \"archive\";" LIMIT                                 \
	"set = { mode = \"create\"; target_public_id = "                       \
	"\"users/{user}/all/{random}\"; }; "                                   \
	"allow = { public_ids = \"users/{user}/**\"; prefixes = "              \
	"\"users/{user}/\"; }; };\n"                                           \
	"zip = { action = \"archive\"; lifetime = 600;" LIMIT                  \
	"set = { resource_type = \"all\"; prefixes = \"users/{user}/\"; }; "   \
	"};\n"                                                                 \
	"get = { action = \"download\";" LIMIT                                 \
	"set = { type = \"private\"; }; " OWN                                  \
	"format = [ \"pdf\" ]; attachment = \"bool\"; }; };\n"                 \
	"thumb = { action = \"deliver\"; set = { type = \"authenticated\"; "   \
	"}; " OWN                                                              \
	"transformation = [ \"w_200,c_fill\", \"\" ]; version = \"int "        \
	"1..9999999999\"; }; };\n"                                             \
	"brief = { action = \"deliver\"; set = { duration = 60; "              \
	"transformation = \"w_200\"; }; " OWN "}; };\n"                        \
	"album = { action = \"token\"; cookie_domain = \"example.com\";\n"     \
	"set = { acl = [ \"/image/authenticated/users/{user}/*\",\n"           \
	"\"/image/authenticated/v1/users/{user}/*\" ]; duration = 300;\n"      \
	"ip = \"{ip}\"; }; };\n"                                               \
	"one = { action = \"token\"; set = { duration = 86400; };\n"           \
	"allow = { url = \"/image/authenticated/v1/users/{user}/**\"; }; "     \
	"};\n"                                                                 \
	"answered = { action = \"verify\"; " OWN "}; };\n"                     \
	"};\n"

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	config = asking_load(SANDBOX_TOKEN_CLOUD SANDBOX_SESSION POLICIES);
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

/* Asks, is granted, and the answer has this text at the path. */
static bool
answered(const char *query, const char *path, const char *text)
{
	good(query);
	if (ask(config) == 200 && body_has(path, text))
		return true;
	fprintf(stderr, "%s: %.*s\n", query, (int)answer.body.n,
	    (const char *)answer.body.p);
	return false;
}

static bool
says(const char *text)
{
	static char all[BODY_OUT_MAX + 1];

	memcpy(all, answer.body.p, answer.body.n);
	all[answer.body.n] = '\0';
	if (strstr(all, text) != NULL)
		return true;
	fprintf(stderr, "no %s in %s\n", text, all);
	return false;
}

/* Does the answer hold the signature over this string? */
static bool
signs(const char *string)
{
	static char member[160];
	struct signature right;
	const struct cloud *cloud = &config->clouds[0];

	assert_true(signature_of(
	    span_of(string), cloud->api_secret, cloud->hash, &right));
	snprintf(member, sizeof(member), "%s", right.hex);
	return says(member);
}

TEST(calls_have_their_own_paths)
{
	assert_true(answered("policy=again&public_id=users/alice/a", "url",
	    "https://api.cloudinary.com/v1_1/demo/image/explicit"));
	assert_true(
	    signs("public_id=users/alice/a&timestamp=1767222120&type=upload"));
	assert_true(answered("policy=move&from_public_id=users/alice/a"
			     "&to_public_id=users/alice/b",
	    "url", "https://api.cloudinary.com/v1_1/demo/image/rename"));
	assert_true(signs("from_public_id=users/alice/a&timestamp=1767222120&"
			  "to_public_id=users/alice/b"));
	assert_true(answered("policy=tag&public_ids=users/alice/a,users/alice/b"
			     "&command=add&tag=x",
	    "url", "https://api.cloudinary.com/v1_1/demo/image/tags"));
	assert_true(signs("command=add&public_ids=users/alice/a,users/alice/b&"
			  "tag=x&timestamp=1767222120"));
	assert_true(
	    says("\"public_ids[]\":[\"users/alice/a\",\"users/alice/b\"]"));
	assert_true(answered("policy=describe&public_ids[]=users/alice/a"
			     "&context=alt=Hi",
	    "url", "https://api.cloudinary.com/v1_1/demo/image/context"));
	assert_true(says("\"public_ids[]\":[\"users/alice/a\"]"));
	assert_true(answered("policy=measure&public_ids[]=users/alice/a"
			     "&metadata=colour=red",
	    "url", "https://api.cloudinary.com/v1_1/demo/image/metadata"));
}

TEST(what_is_needed_is_asked_for)
{
	good("policy=tag&public_ids=users/alice/a&command=add");
	refused(400, "parameter_missing");
	assert_true(
	    answered("policy=tag&public_ids=users/alice/a&command=remove_all",
		"fields.command", "remove_all"));
	good("policy=describe&public_ids=users/alice/a");
	refused(400, "parameter_missing");
	good("policy=move&from_public_id=users/alice/a");
	refused(400, "parameter_missing");
	good("policy=keep");
	refused(400, "parameter_missing");
	good("policy=one");
	refused(400, "parameter_missing");
	good("policy=thumb&public_id=users/alice/a");
	refused(400, "parameter_missing");
}

TEST(an_archive_is_kept_or_had_as_a_link)
{
	assert_true(answered("policy=keep&prefixes[]=users/alice/", "url",
	    "https://api.cloudinary.com/v1_1/demo/image/generate_archive"));
	assert_true(says("\"prefixes[]\":[\"users/alice/\"]"));
	assert_true(body_has("fields.mode", "create"));
	assert_true(answered("policy=zip", "fields", NULL));
	assert_true(says("/v1_1/demo/all/generate_archive?expires_at="
			 "1767226200\\u0026mode=download\\u0026prefixes%5B%5D="
			 "users%2Falice%2F\\u0026timestamp=1767222600\\u0026"
			 "api_key=874837483274837\\u0026signature="));
	assert_true(signs("expires_at=1767226200&mode=download&prefixes=users/"
			  "alice/&timestamp=1767222600"));
	assert_true(says("\"expires_at\":1767226200"));
	good("policy=keep&prefixes[]=users/alice");
	refused(403, "value_not_allowed");
	good("policy=keep&prefixes[]=users/bob/");
	refused(403, "value_not_allowed");
}

TEST(a_download_is_a_link)
{
	assert_true(answered("policy=get&public_id=users/alice/a&format=pdf"
			     "&attachment=true",
	    "signature", NULL));
	assert_true(signs("attachment=true&expires_at=1767225720&format=pdf&"
			  "public_id=users/alice/a&timestamp=1767222120&"
			  "type=private"));
	assert_true(says("\"expires_at\":1767225720"));
	good("policy=get&public_id=users/alice/a&expires_at=1767229999");
	refused(403, "parameter_reserved");
}

TEST(a_delivery_url_is_signed)
{
	/* node: cloudinary.url("users/alice/cat.jpg", { sign_url: true, type:
	 * "authenticated", raw_transformation: "w_200,c_fill", secure: true,
	 * signature_algorithm: "sha256", api_secret: SANDBOX_SECRET }) */
	good("policy=thumb&public_id=users/alice/cat.jpg&"
	     "transformation=w_200,c_fill");
	assert_int_equal(ask(config), 200);
	assert_true(says(
	    "\"url\":\"https://res.cloudinary.com/demo/image/authenticated/"
	    "s--"));
	assert_true(says("--/w_200,c_fill/v1/users/alice/cat.jpg\""));
	good("policy=thumb&public_id=users/alice/cat.jpg&transformation=&"
	     "version=1234");
	assert_int_equal(ask(config), 200);
	assert_true(says("--/v1234/users/alice/cat.jpg\""));
	good("policy=thumb&public_id=users/alice/cat.jpg&"
	     "transformation=w_201");
	refused(403, "value_not_allowed");
	good("policy=thumb&public_id=users/bob/cat.jpg&transformation=");
	refused(403, "value_not_allowed");
	good("policy=thumb&public_id=users/alice/c&transformation=&"
	     "version=0012");
	refused(403, "value_not_allowed");
}

TEST(a_delivery_url_may_have_a_token)
{
	good("policy=brief&public_id=users/alice/cat.jpg");
	assert_int_equal(ask(config), 200);
	assert_true(says("/demo/image/upload/w_200/v1/users/alice/cat.jpg?"
			 "__cld_token__=st=1767225600~exp=1767225660~hmac="));
	assert_true(says("\"expires_at\":1767225660"));
}

TEST(a_token_is_for_paths_and_a_time)
{
	const char *after = "; Domain=example.com; Path=/; Max-Age=300; "
			    "Secure; HttpOnly; SameSite=Lax";

	good("policy=album");
	assert_int_equal(ask(config), 200);
	assert_true(
	    says("\"token\":\"__cld_token__=ip=192.0.2.7~st=1767225600~exp="
		 "1767225900~acl=%2fimage%2fauthenticated%2fusers%2falice%2f*!"
		 "%2fimage%2fauthenticated%2fv1%2fusers%2falice%2f*~hmac="));
	assert_true(span_starts(
	    answer.set_cookie, SPAN_LIT("__cld_token__=ip=192.0.2.7~st=")));
	assert_true(span_is(
	    span_skip(answer.set_cookie, answer.set_cookie.n - strlen(after)),
	    after));
	/* Never longer than the session, which ends in an hour. */
	good("policy=one&url=/image/authenticated/v1/users/alice/a.jpg");
	assert_int_equal(ask(config), 200);
	assert_true(says("\"expires_at\":1767229200"));
	assert_true(says("https://res.cloudinary.com/image/authenticated/v1/"
			 "users/alice/a.jpg?__cld_token__=st=1767225600~exp="
			 "1767229200~hmac="));
	assert_int_equal(answer.set_cookie.n, 0);
	good("policy=one&url=/image/authenticated/v1/users/bob/a.jpg");
	refused(403, "value_not_allowed");
	good("policy=one&url=image/authenticated/v1/users/alice/a.jpg");
	refused(403, "value_not_allowed");
}

TEST(an_answer_is_verified)
{
	static char query[256];
	const struct cloud *cloud = &config->clouds[0];
	struct signature right;

	assert_true(
	    signature_of(SPAN_LIT("public_id=users/alice/a&version=1234"),
		cloud->api_secret, HASH_SHA1, &right));
	snprintf(query, sizeof(query),
	    "policy=answered&public_id=users/alice/a&version=1234&"
	    "signature=%s",
	    right.hex);
	good(query);
	assert_int_equal(ask(config), 200);
	assert_true(says("{\"valid\":true}"));
	assert_string_equal(answer.code, "valid");
	snprintf(query, sizeof(query),
	    "policy=answered&public_id=users/alice/a&version=1235&"
	    "signature=%s",
	    right.hex);
	good(query);
	assert_int_equal(ask(config), 403);
	assert_string_equal(answer.code, "signature_wrong");
	good("policy=answered&public_id=users/bob/a&version=1&signature=a");
	assert_int_equal(ask(config), 403);
	assert_string_equal(answer.code, "value_not_allowed");
}

TEST(final_contracts_are_for_calls)
{
	post("policy=measure", "application/json",
	    "{\"paramsToSign\":{\"timestamp\":1767225600,\"public_ids\":["
	    "\"users/alice/a\"],\"metadata\":\"colour=red\"}}");
	assert_int_equal(ask(config), 200);
	assert_true(signs("metadata=colour=red&public_ids=users/alice/a&"
			  "timestamp=1767225600"));
	post("policy=thumb", "application/json",
	    "{\"paramsToSign\":{\"timestamp\":1767225600,"
	    "\"public_id\":\"users/alice/a\",\"transformation\":\"w_200,"
	    "c_fill\"}}");
	refused(403, "contract_not_served");
	post("policy=album", "application/json",
	    "{\"paramsToSign\":{\"timestamp\":1767225600}}");
	assert_int_equal(ask(config), 403);
}

TEST(bare_text_and_old_names)
{
	good("policy=measure&contract=text&timestamp=1767225600&"
	     "public_ids=users/alice/a&metadata=colour%3Dred");
	assert_int_equal(ask(config), 200);
	assert_int_equal(answer.media, MEDIA_TEXT);
	assert_int_equal(answer.body.n, 64);
	assert_true(signs("metadata=colour=red&public_ids=users/alice/a&"
			  "timestamp=1767225600"));
	assert_true(answered("policy=again&contract=classic&public_id=users/"
			     "alice/a",
	    "cloudname", "demo"));
	assert_true(body_has("apikey", "874837483274837"));
	assert_true(body_has("fields.public_id", "users/alice/a"));
	good("policy=measure&contract=text&timestamp=1767225600&"
	     "public_ids=users/bob/a&metadata=colour%3Dred");
	refused(403, "value_not_allowed");
}

GROUP(setup, teardown);
