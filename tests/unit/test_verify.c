#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "cloudinary/verify.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define NOW 1700000000LL
#define NPM "computed: npm cloudinary 2.11.0"
#define PY_TEST "pycloudinary:test/test_utils.py"
#define PY_IMAGE "pycloudinary:test/test_image.py"
#define RB_TEST "cloudinary_gem:spec/utils_spec.rb"
#define JAVA_TEST                                                              \
	"cloudinary_java:cloudinary-core/src/test/java/com/cloudinary/api/"    \
	"signing/NotificationRequestSignatureVerifierTest.java"

/* The samples' own secret, published in the SDKs' tests. */
#define SAMPLE "X7qLTrsES31MzxxkxPPA-pAGGfU"
#define EAGER                                                                  \
	"{\"notification_type\":\"eager\",\"eager\":[{\"transformation\":"     \
	"\"sp_full_hd/mp4\",\"bytes\":1055,\"url\":\"http://"                  \
	"res.cloudinary.com/demo/video/upload/sp_full_hd/v1533125278/"         \
	"dog.mp4\",\"secure_url\":\"https://res.cloudinary.com/demo/video/"    \
	"upload/sp_full_hd/v1533125278/dog.mp4\"}],\"public_id\":\"dog\","     \
	"\"batch_id\":"                                                        \
	"\"9b11fa058c61fa577f4ec516bf6ee756ac2aefef095af99aef1302142cc1694"    \
	"a\"}"
#define EAGER_HEX "dfe82de1d9083fe0b7ea68070649f9a15b8874da"
#define EAGER_UPPER "DFE82DE1D9083FE0B7EA68070649F9A15B8874DA"

static const struct response {
	const char *id, *source, *public_id, *version, *secret, *signature;
	bool valid;
} responses[] = {
	{ "response-sha1", RB_TEST, "tests/logo.png", "1", SAMPLE,
	    "08d3107a5b2ad82e7d82c0b972218fbf20b5b1e0", true },
	{ "response-sha256", RB_TEST, "tests/logo.png", "1", SAMPLE,
	    "cc69ae4ed73303fbf4a55f2ae5fc7e34ad3a5c387724bfcde447a2957cacdfea",
	    true },
	{ "response-wrong-version", NPM, "tests/logo.png", "2", SAMPLE,
	    "08d3107a5b2ad82e7d82c0b972218fbf20b5b1e0", false },
	{ "response-ampersand-v1", NPM, "a&b", "1", "SECRET",
	    "54df621e5c2a127a74ea2afd179cb4d3a28a5d2c", true },
	{ "response-docs", PY_IMAGE, "hello", "1234", "1234",
	    "2aa73bf69fb50816e5509e32275b8c417dcb880d", true },
	{ "xproto-response", NPM, "p", "1", "SECRET",
	    "12f2828858372496793bcd3499c54fad667401d4", true },
};

/*
 * Where a vector names no `now`, it is the timestamp. The window is always
 * ours, which is the SDKs' default: "notify-ok" and "notify-expired" have one
 * of 60 and 59 seconds there, so the first lies well within ours, and the
 * second stands at the first moment that ours has passed.
 */
static const struct notification {
	const char *id, *source, *body, *timestamp, *secret;
	long long now;
	const char *signature;
	bool valid;
} notifications[] = {
	{ "notify-ok", PY_TEST, EAGER, "1549533514", SAMPLE, 1549533574,
	    EAGER_HEX, true },
	{ "notify-expired", PY_TEST, EAGER, "1549533514", SAMPLE,
	    1549533514 + WEBHOOK_SECONDS + 1, EAGER_HEX, false },
	{ "notify-bad-signature", PY_TEST, EAGER, "1549533514", SAMPLE,
	    1549533574, EAGER_HEX "chars", false },
	{ "notify-upper-case", NPM, EAGER, "1549533514", SAMPLE, 1549533574,
	    EAGER_UPPER, false },
	{ "notify-default-window", NPM, EAGER, "1549533514", SAMPLE, 1549540714,
	    EAGER_HEX, true },
	{ "notify-default-window-past", NPM, EAGER, "1549533514", SAMPLE,
	    1549540715, EAGER_HEX, false },
	/* The SDKs take it: none of them refuses the future. */
	{ "notify-future", NPM, EAGER, "1549533514", SAMPLE, 1549433514,
	    EAGER_HEX, false },
	{ "notify-body-space", NPM, EAGER "\n", "1549533514", SAMPLE,
	    1549533574, EAGER_HEX, false },
	{ "notify-empty-json-sha1", JAVA_TEST, "{}", "0", "someApiSecret", 0,
	    "f9aa4471d2a88ff244424cca2444edf7d7ac3596", true },
	{ "notify-empty-json-sha256", RB_TEST, "{}", "0", "someApiSecret", 0,
	    "d5497e1a206ad0ba29ad09a7c0c5f22e939682d15009c15ab3199f62fefbd14b",
	    true },
	{ "notify-utf8", NPM, "{\"public_id\":\"Köln 蜡笔\"}", "1700000000",
	    "SECRET", NOW, "4171e8e862cfc0bbb9074034936d6d5cc69df095", true },
	/* Told from the next one by verify_webhook() alone. */
	{ "notify-boundary-slide", NPM, "{\"a\":1}1", "700000000", "SECRET",
	    700000000, "f43e9f9f1bd3bdb5c5e2e32e008075af90aa6f5e", true },
	{ "notify-boundary-slide-2", NPM, "{\"a\":1}", "1700000000", "SECRET",
	    NOW, "f43e9f9f1bd3bdb5c5e2e32e008075af90aa6f5e", true },
	{ "xproto-webhook", NPM, "{\"a\":\"x=y\"}", "1700000000", "SECRET", NOW,
	    "670260dd9106b4e956f108f056a39e7423260493", true },
};

static struct cloud
cloud_of(const char *secret)
{
	return (struct cloud){ .api_secret = span_of(secret) };
}

static bool
upload_of(const struct cloud *cloud, const char *public_id, const char *version,
    const char *signature)
{
	return verify_upload(
	    cloud, span_of(public_id), span_of(version), span_of(signature));
}

TEST(test_response_vectors)
{
	for (size_t i = 0; i < N(responses); i++) {
		const struct response *r = &responses[i];
		const struct cloud cloud = cloud_of(r->secret);

		if (upload_of(&cloud, r->public_id, r->version, r->signature) !=
		    r->valid)
			fail_msg("%s (%s)", r->id, r->source);
	}
}

TEST(test_notification_vectors)
{
	for (size_t i = 0; i < N(notifications); i++) {
		const struct notification *v = &notifications[i];
		const struct cloud cloud = cloud_of(v->secret);

		if (verify_notification(&cloud, span_of(v->body),
			span_of(v->timestamp), span_of(v->signature),
			v->now) != v->valid)
			fail_msg("%s (%s)", v->id, v->source);
	}
}

/* Of a response that is right, each part spoilt. */
TEST(test_upload_parts)
{
	const struct cloud cloud = cloud_of("SECRET"), none = cloud_of("");
	static const char *const hex =
	    "12f2828858372496793bcd3499c54fad667401d4";
	char wrong[41];

	assert_true(upload_of(&cloud, "p", "1", hex));
	assert_false(upload_of(&cloud, "q", "1", hex));
	assert_false(upload_of(&cloud, "", "1", hex));
	assert_false(upload_of(&cloud, "p", "", hex));
	assert_false(upload_of(&none, "p", "1", hex));
	assert_false(upload_of(&cloud, "p", "1", ""));
	for (size_t i = 0; i < 40; i++) {
		memcpy(wrong, hex, 41);
		wrong[i] = wrong[i] == '0' ? '1' : '0';
		assert_false(upload_of(&cloud, "p", "1", wrong));
		wrong[i] = 'g';
		assert_false(upload_of(&cloud, "p", "1", wrong));
		wrong[i] = '\0';
		assert_false(upload_of(&cloud, "p", "1", wrong));
	}
}

/* Into hex, NUL-terminated: what would sign these parts. */
static void
sign(enum hash hash, const char *before, const char *after, const char *secret,
    char hex[static 2 * DIGEST_MAX + 1])
{
	struct span parts[] = { span_of(before), span_of(after),
		span_of(secret) };
	unsigned char digest[DIGEST_MAX];
	struct sink out;

	assert_true(digest_of(hash, parts, 3, digest));
	sink_init(&out, hex, 2 * DIGEST_MAX);
	sink_hex(&out, (struct span){ digest, digest_size(hash) });
	hex[out.n] = '\0';
}

/* Rightly signed: one string can be read as two assets. */
TEST(test_version_is_digits)
{
	static const char *const wrong[] = { "1&version=2", "01", "+1", "1 ",
		"1.0", "x", "1234567890123456789" };
	static const char *const right[] = { "0", "1", "1700000000",
		"123456789012345678" };
	const struct cloud cloud = cloud_of("SECRET");
	char hex[2 * DIGEST_MAX + 1];

	for (size_t i = 0; i < N(wrong); i++) {
		sign(
		    HASH_SHA1, "public_id=a&version=", wrong[i], "SECRET", hex);
		assert_false(upload_of(&cloud, "a", wrong[i], hex));
	}
	for (size_t i = 0; i < N(right); i++) {
		sign(
		    HASH_SHA1, "public_id=a&version=", right[i], "SECRET", hex);
		assert_true(upload_of(&cloud, "a", right[i], hex));
	}
	sign(HASH_SHA1, "public_id=&version=", "1", "SECRET", hex);
	assert_false(upload_of(&cloud, "", "1", hex));
	sign(HASH_SHA1, "public_id=a&version=1", "&version=2", "SECRET", hex);
	assert_true(upload_of(&cloud, "a&version=1", "2", hex));
}

/* The length says the hash, never what the account signs with. */
TEST(test_hash_by_length)
{
	struct cloud cloud = cloud_of("SECRET");
	char hex[2 * DIGEST_MAX + 1], one[2 * DIGEST_MAX + 1];

	sign(HASH_SHA1, "public_id=a&version=", "1", "SECRET", one);
	sign(HASH_SHA256, "public_id=a&version=", "1", "SECRET", hex);
	for (int i = 0; i < 2; i++) {
		cloud.hash = i == 0 ? HASH_SHA1 : HASH_SHA256;
		assert_true(upload_of(&cloud, "a", "1", one));
		assert_true(upload_of(&cloud, "a", "1", hex));
	}
	for (size_t n = 0; n < 64; n++) {
		const struct span cut = { (const unsigned char *)hex, n };

		assert_false(
		    verify_upload(&cloud, SPAN_LIT("a"), SPAN_LIT("1"), cut));
	}
	/* SHA-1's digest with more behind it is none of SHA-256. */
	memcpy(hex, one, 40);
	assert_false(upload_of(&cloud, "a", "1", hex));
}

TEST(test_other_secrets)
{
	static const struct span others[] = { SPAN_INIT("SECOND"),
		SPAN_INIT("THIRD"), SPAN_INIT("FOURTH"), SPAN_INIT("FIFTH") };
	static const char *const all[] = { "SECRET", "SECOND", "THIRD",
		"FOURTH", "FIFTH", "SIXTH", "" };
	struct cloud cloud = cloud_of("SECRET");
	char hex[2 * DIGEST_MAX + 1];

	cloud.verify_secrets = others;
	for (size_t n = 0; n <= N(others); n++) {
		cloud.n_verify_secrets = n;
		for (size_t i = 0; i < N(all); i++) {
			sign(HASH_SHA1, "{}", "1700000000", all[i], hex);
			assert_int_equal(
			    verify_notification(&cloud, SPAN_LIT("{}"),
				SPAN_LIT("1700000000"), span_of(hex), NOW),
			    i <= n);
		}
	}
	/* One that is empty fits nothing, not even what nobody signed. */
	cloud.verify_secrets = &(struct span){ NULL, 0 };
	cloud.n_verify_secrets = 1;
	sign(HASH_SHA1, "{}", "1700000000", "", hex);
	assert_false(verify_notification(
	    &cloud, SPAN_LIT("{}"), SPAN_LIT("1700000000"), span_of(hex), NOW));
}

static bool
stamped(const char *timestamp, long long now)
{
	const struct cloud cloud = cloud_of("SECRET");
	char hex[2 * DIGEST_MAX + 1];

	sign(HASH_SHA256, "{}", timestamp, "SECRET", hex);
	return verify_notification(
	    &cloud, SPAN_LIT("{}"), span_of(timestamp), span_of(hex), now);
}

TEST(test_window)
{
	static const char *const wrong[] = { "", "-1", "+1700000000",
		"01700000000", "1700000000 ", " 1700000000", "1700000000.0",
		"1.7e9", "0x6553f100", "1700000000000000000" };

	assert_true(stamped("1700000000", NOW));
	assert_true(stamped("1700000000", NOW + 1));
	assert_false(stamped("1700000000", NOW - 1));
	assert_true(stamped("1700000000", NOW + WEBHOOK_SECONDS - 1));
	assert_true(stamped("1700000000", NOW + WEBHOOK_SECONDS));
	assert_false(stamped("1700000000", NOW + WEBHOOK_SECONDS + 1));
	for (size_t i = 0; i < N(wrong); i++)
		assert_false(stamped(wrong[i], NOW));
	/* Milliseconds lie in the future. */
	assert_false(stamped("1700000000000", NOW));
	assert_false(stamped("999999999999999999", NOW));
}

static struct cloud account;
static const struct policy hook = { .action = ACTION_VERIFY,
	.cloud = &account,
	.webhook = true,
	.anonymous = true };
static struct problem why;
static char signature[2 * DIGEST_MAX + 1];

/* A webhook that is rightly signed at that time, whatever it holds. */
static struct request
signed_webhook(const char *body, const char *timestamp)
{
	account = cloud_of("SECRET");
	sign(HASH_SHA1, body, timestamp, "SECRET", signature);
	return (struct request){ .intake = INTAKE_WHOLE,
		.method = SPAN_LIT("POST"),
		.body = span_of(body),
		.cld_timestamp = span_of(timestamp),
		.cld_signature = span_of(signature) };
}

static bool
taken(const struct request *request)
{
	bool valid;

	problem_clear(&why);
	valid = verify_webhook(&hook, request, NOW, &why);
	assert_int_equal(valid, why.status == 0);
	return valid;
}

static void
refused(const struct request *request, int status, const char *code,
    const char *param)
{
	assert_false(taken(request));
	assert_int_equal(why.status, status);
	assert_string_equal(why.code, code);
	assert_true(span_is(why.param, param));
	assert_true(why.detail.n > 0 && !why.detail.full);
	assert_int_equal(
	    why.server_time, strcmp(code, "timestamp_stale") == 0 ? NOW : 0);
}

TEST(test_webhook)
{
	struct request request = signed_webhook("{\"a\":1}", "1700000000");

	assert_true(taken(&request));
	request.body = SPAN_LIT("{\"a\":2}");
	refused(&request, 403, "signature_wrong", "X-Cld-Signature");
	request.body = SPAN_LIT("{\"a\":1} ");
	refused(&request, 403, "signature_wrong", "X-Cld-Signature");
	request = signed_webhook("{\"a\":1}", "1700000000");
	account = cloud_of("SECRETS");
	refused(&request, 403, "signature_wrong", "X-Cld-Signature");
}

/* What is missing is said first; then the shape, the window, the rest. */
TEST(test_webhook_order)
{
	struct request request = signed_webhook("[]", "1699992799");

	request.cld_timestamp.n = request.cld_signature.n = 0;
	refused(&request, 400, "parameter_missing", "X-Cld-Timestamp");
	request.cld_timestamp = SPAN_LIT("then");
	refused(&request, 400, "parameter_missing", "X-Cld-Signature");
	request.cld_signature = SPAN_LIT("x");
	refused(&request, 400, "malformed", "X-Cld-Timestamp");
	request.cld_timestamp = SPAN_LIT("1699992799");
	refused(&request, 403, "timestamp_stale", "X-Cld-Timestamp");
	request.cld_timestamp = SPAN_LIT("1699992800");
	refused(&request, 403, "signature_wrong", "X-Cld-Signature");
	request = signed_webhook("[]", "1699992800");
	refused(&request, 400, "malformed", "");
	request = signed_webhook("{}", "1699992800");
	assert_true(taken(&request));
	request = signed_webhook("{}", "1700000001");
	refused(&request, 403, "timestamp_stale", "X-Cld-Timestamp");
}

/* One digest, two readings; the second moves a time into the body. */
TEST(test_webhook_slide)
{
	struct request request = signed_webhook("{}", "1700000000");

	assert_true(taken(&request));
	request.body = SPAN_LIT("{}1");
	request.cld_timestamp = SPAN_LIT("700000000");
	refused(&request, 403, "timestamp_stale", "X-Cld-Timestamp");
	problem_clear(&why);
	assert_false(verify_webhook(&hook, &request, 700000000, &why));
	assert_string_equal(why.code, "malformed");
	request.body = SPAN_LIT("{}17");
	request.cld_timestamp = SPAN_LIT("00000000");
	refused(&request, 400, "malformed", "X-Cld-Timestamp");
}

TEST(test_webhook_body)
{
	static const char *const right[] = { "{}", " {} \r\n\t",
		"{\"a\":1,\"b\":{\"a\":2},\"c\":[{\"a\":3}]}",
		"{\"public_id\":\"K\xc3\xb6ln \\u8721\"}", EAGER };
	static const char *const wrong[] = { "", "1", "null", "[]", "\"{}\"",
		"{", "{}x", "{}{}", "\xef\xbb\xbf{}", "{\"a\":1,}", "{a:1}",
		"{'a':1}", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":\"\xff\"}",
		"{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}",
		"{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"a\":3}",
		"{\"a\":1,\"\\u0061\":2}", "{\"\\n\":1}" };

	for (size_t i = 0; i < N(right); i++) {
		struct request request = signed_webhook(right[i], "1700000000");

		assert_true(taken(&request));
	}
	for (size_t i = 0; i < N(wrong); i++) {
		struct request request = signed_webhook(wrong[i], "1700000000");

		refused(&request, 400, "malformed", "");
	}
}

TEST(test_webhook_depth)
{
	for (size_t n = TOKEN_DEPTH_MAX - 1; n <= TOKEN_DEPTH_MAX + 1; n++) {
		char text[256];
		struct sink out;
		struct request request;

		sink_init(&out, text, sizeof(text) - 1);
		sink_text(&out, "{\"a\":");
		for (size_t i = 1; i < n; i++)
			sink_byte(&out, '[');
		sink_byte(&out, '1');
		for (size_t i = 1; i < n; i++)
			sink_byte(&out, ']');
		sink_byte(&out, '}');
		text[out.n] = '\0';
		request = signed_webhook(text, "1700000000");
		if (n <= TOKEN_DEPTH_MAX)
			assert_true(taken(&request));
		else
			refused(&request, 400, "malformed", "");
	}
}

/* No secret in what is said, and none of what was sent. */
TEST(test_webhook_words)
{
	struct request request = signed_webhook("{\"a\":1}", "1700000000");
	char text[DETAIL_MAX + 1];

	account = cloud_of("OTHER-SECRET");
	refused(&request, 403, "signature_wrong", "X-Cld-Signature");
	memcpy(text, why.detail.p, why.detail.n);
	text[why.detail.n] = '\0';
	assert_null(strstr(text, "SECRET"));
	assert_null(strstr(text, signature));
}

static struct grant
grant_of(const struct policy *policy, const char *public_id,
    const char *version, const char *hex)
{
	static const struct term terms[] = { { .name = "public_id" },
		{ .name = "signature" }, { .name = "version" } };

	return (struct grant){ .given = true,
		.policy = policy,
		.n = 3,
		.fields = { { &terms[0], span_of(public_id) },
		    { &terms[1], span_of(hex) },
		    { &terms[2], span_of(version) } } };
}

static void
grant_refused(const struct grant *grant)
{
	problem_clear(&why);
	assert_false(verify_grant(grant, &why));
	assert_int_equal(why.status, 403);
	assert_string_equal(why.code, "signature_wrong");
	assert_true(span_is(why.param, "signature"));
}

TEST(test_grant)
{
	static const char *const hex =
	    "12f2828858372496793bcd3499c54fad667401d4";
	static const struct policy policy = { .action = ACTION_VERIFY,
		.cloud = &account };
	static const struct policy other = { .action = ACTION_UPLOAD,
		.cloud = &account };
	struct grant grant = grant_of(&policy, "p", "1", hex);

	account = cloud_of("SECRET");
	problem_clear(&why);
	assert_true(verify_grant(&grant, &why));
	assert_int_equal(why.status, 0);
	grant.given = false;
	grant_refused(&grant);
	grant = grant_of(&policy, "p", "1", hex);
	grant.n = 2;
	grant_refused(&grant);
	grant = grant_of(&policy, "q", "1", hex);
	grant_refused(&grant);
	grant = grant_of(&policy, "p", "2", hex);
	grant_refused(&grant);
	grant = grant_of(&policy, "p", "1", EAGER_HEX);
	grant_refused(&grant);
	grant = grant_of(&other, "p", "1", hex);
	grant_refused(&grant);
}
