#include "test.h"

#include "cloudinary/delivery.h"
#include "deciding.h"

/*
 * Sources: cloudinary_npm test/unit/url/sign_url_spec.js, CloudinaryDotNet's
 * signing tests, and what cloudinary_npm 2.11.0 answers; see
 * tests/vectors/cloudinary.json.
 */
static const struct {
	const char *transformation, *source, *secret;
	enum hash hash;
	bool long_form;
	const char *signature;
} signatures[] = {
	{ "c_crop,h_20,w_10", "image.jpg", "b", HASH_SHA1, false,
	    "s--Ai4Znfl3--" },
	{ "", "image.jpg", "b", HASH_SHA1, false, "s----SjmNDA--" },
	{ "c_crop,h_20,w_10", "image.jpg", "b", HASH_SHA1, false,
	    "s--Ai4Znfl3--" },
	{ "c_crop,h_20,w_10", "image.jpg", "b", HASH_SHA1, false,
	    "s--Ai4Znfl3--" },
	{ "", "http://google.com/path/to/image.png", "b", HASH_SHA1, false,
	    "s--hH_YcbiS--" },
	{ "", "sample.jpg", "b", HASH_SHA1, false, "s--v2fTPYTu--" },
	{ "", "sample.jpg", "b", HASH_SHA1, true,
	    "s--2hbrSMPOjj5BJ4xV7SgFbRDevFaQNUFf--" },
	{ "", "sample.jpg", "b", HASH_SHA256, false, "s--2hbrSMPO--" },
	{ "c_crop,h_20,w_1", "image.jpg", "b", HASH_SHA1, false,
	    "s--eMXgzFAO--" },
	{ "", "folder/sample.jpg", "b", HASH_SHA1, false, "s--czlKab3H--" },
	{ "", "folder/sample.jpg", "b", HASH_SHA1, false, "s--czlKab3H--" },
	{ "", "folder/sample.png", "b", HASH_SHA1, false, "s--3YV4bmhp--" },
	{ "", "folder/sample.jpg", "b", HASH_SHA1, false, "s--czlKab3H--" },
	{ "", "dog.mp4", "b", HASH_SHA1, false, "s--ERa0LYJd--" },
	{ "", "a/b.jpg", "b", HASH_SHA1, false, "s--CpcuC3cI--" },
	{ "", "a:b/c.jpg", "b", HASH_SHA1, false, "s--rJ6dh0VM--" },
	{ "", "v1234/x.jpg", "b", HASH_SHA1, false, "s--Q_JlNl2P--" },
	{ "", "sample.jpg", "b", HASH_SHA1, false, "s--v2fTPYTu--" },
	{ "c_fill,w_100/r_max", "sample.jpg", "b", HASH_SHA1, false,
	    "s--b6dBC3f9--" },
	{ "", "folder/sample.jpg", "b", HASH_SHA256, true,
	    "s--sZFiQgFAD6arVN7_h_Jp00soUzJkdHcR--" },
	{ "c_scale,h_200,w_300", "testFolder/TestImage.jpg", "abcd", HASH_SHA1,
	    false, "s--lzoFcAJk--" },
};

TEST(signatures_are_the_sdks)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]);
	     i++) {
		struct delivery_signature out;

		assert_true(delivery_sign(span_of(signatures[i].transformation),
		    span_of(signatures[i].source),
		    span_of(signatures[i].secret), signatures[i].hash,
		    signatures[i].long_form, &out));
		assert_string_equal(out.text, signatures[i].signature);
		assert_int_equal(out.n, strlen(out.text));
		/* Another source, another signature. */
		assert_true(delivery_sign(span_of(signatures[i].transformation),
		    SPAN_LIT("other.jpg"), span_of(signatures[i].secret),
		    signatures[i].hash, signatures[i].long_form, &out));
		assert_string_not_equal(out.text, signatures[i].signature);
	}
}

TEST(nothing_is_signed_without_all)
{
	const struct span none = { NULL, 0 };
	struct delivery_signature out;

	assert_false(
	    delivery_sign(none, SPAN_LIT("a"), none, HASH_SHA1, false, &out));
	assert_int_equal(out.n, 0);
	assert_false(
	    delivery_sign(none, none, SPAN_LIT("s"), HASH_SHA1, false, &out));
	assert_false(delivery_sign(
	    none, SPAN_LIT("a"), SPAN_LIT("s"), HASH_NONE, false, &out));
}

#define IMAGE SPAN_LIT("image"), SPAN_LIT("upload")

static bool
path_is(
    const struct delivery_url *url, const char *signature, const char *expected)
{
	unsigned char mem[1024];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	delivery_path(url, span_of(signature), &out);
	if (span_is(sink_view(&out), expected))
		return true;
	fprintf(stderr, "%.*s\n", (int)out.n, (const char *)out.p);
	return false;
}

static bool
host_is(const struct cloud *cloud, const char *expected)
{
	unsigned char mem[1024];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	delivery_host(cloud, &out);
	return span_is(sink_view(&out), expected);
}

/* cloudinary_npm lib/utils/index.js: finalize_source, url. */
TEST(paths_are_the_sdks)
{
	struct cloud cloud = { .cloud_name = SPAN_LIT("test123") };
	struct delivery_url url = { &cloud, IMAGE, SPAN_LIT("c_crop"),
		SPAN_LIT("1234"), SPAN_LIT("image.jpg") };

	assert_true(path_is(&url, "s--Ai4Znfl3--",
	    "/test123/image/upload/s--Ai4Znfl3--/c_crop/v1234/image.jpg"));
	url.version.n = url.transformation.n = 0;
	assert_true(path_is(&url, "", "/test123/image/upload/image.jpg"));
	url.source = SPAN_LIT("folder/sample.jpg");
	assert_true(path_is(&url, "s--czlKab3H--",
	    "/test123/image/upload/s--czlKab3H--/v1/folder/sample.jpg"));
	url.source = SPAN_LIT("v1234/x.jpg");
	assert_true(path_is(&url, "", "/test123/image/upload/v1234/x.jpg"));
	url.resource_type = SPAN_LIT("video");
	url.type = SPAN_LIT("private");
	cloud.delivery.private_cdn = true;
	assert_true(path_is(&url, "", "/video/private/v1234/x.jpg"));
	cloud.delivery.secure_distribution = SPAN_LIT("res.cloudinary.com");
	assert_true(path_is(&url, "", "/test123/video/private/v1234/x.jpg"));
}

/* The same: unsigned_url_prefix. */
TEST(hosts_are_the_sdks)
{
	struct cloud cloud = { .cloud_name = SPAN_LIT("test123") };

	assert_true(host_is(&cloud, "https://res.cloudinary.com"));
	cloud.delivery.private_cdn = true;
	assert_true(host_is(&cloud, "https://test123-res.cloudinary.com"));
	cloud.delivery.secure_distribution = SPAN_LIT("img.example.com");
	assert_true(host_is(&cloud, "https://img.example.com"));
	cloud.delivery.insecure = true;
	assert_true(host_is(&cloud, "http://test123-res.cloudinary.com"));
	cloud.delivery.cname = SPAN_LIT("hello.com");
	assert_true(host_is(&cloud, "http://hello.com"));
	cloud.delivery = (struct delivery){ .insecure = true };
	assert_true(host_is(&cloud, "http://res.cloudinary.com"));
}

static const char policies[] =
    "thumb = { action = \"deliver\"; allow = { transformation = [ \"w_200\",\n"
    "  \"\" ]; public_id = \"users/{user}/**\"; format = [ \"png\" ];\n"
    "  version = \"int 0..99\"; }; };\n"
    "avatar = { action = \"upload\"; set = { overwrite = false;\n"
    "  public_id = \"users/{user}/{random}\"; }; };\n";

TEST(a_grant_is_written)
{
	struct delivery_signature right;
	unsigned char mem[1024];
	char expected[512];
	struct deciding d;
	struct sink out;

	deciding_open(&d, policies);
	deciding_send(&d, "public_id", "users/alice/cat");
	deciding_send(&d, "transformation", "w_200");
	deciding_send(&d, "format", "png");
	deciding_send(&d, "version", "7");
	assert_true(deciding_ask(&d, "thumb", CONTRACT_PLAIN));
	sink_init(&out, mem, sizeof(mem));
	assert_true(delivery_write(&d.grant, &out));
	assert_true(
	    delivery_sign(SPAN_LIT("w_200"), SPAN_LIT("users/alice/cat.png"),
		span_of(SANDBOX_SECRET), HASH_SHA256, false, &right));
	snprintf(expected, sizeof(expected),
	    "https://res.cloudinary.com/demo/image/upload/%s/w_200/v7/users/"
	    "alice/cat.png",
	    right.text);
	assert_true(span_is(sink_view(&out), expected));
	/* No room is no URL. */
	sink_init(&out, mem, strlen(expected) - 1);
	assert_false(delivery_write(&d.grant, &out));
	d.grant.given = false;
	sink_init(&out, mem, sizeof(mem));
	assert_false(delivery_write(&d.grant, &out));
	assert_int_equal(out.n, 0);
	assert_true(deciding_ask(&d, "avatar", CONTRACT_PLAIN));
	assert_false(delivery_write(&d.grant, &out));
	deciding_close(&d);
}

/* Whatever a grant says, only what all SDKs hash alike is signed. */
TEST(odd_characters_are_never_signed)
{
	static const char *const odd[] = { "users/alice/a b", "users/alice/%41",
		"users/alice/\xc3\xbc", "users/alice/a?b", "users/alice/a#b",
		"users/alice/a,b", "users/alice/a:b" };
	unsigned char mem[1024];
	struct deciding d;
	struct sink out;

	deciding_open(&d, policies);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		deciding_send(&d, "public_id", "users/alice/cat");
		deciding_send(&d, "transformation", "");
		assert_true(deciding_ask(&d, "thumb", CONTRACT_PLAIN));
		assert_int_equal(d.grant.n, 1);
		d.grant.fields[0].value = span_of(odd[i]);
		sink_init(&out, mem, sizeof(mem));
		assert_false(delivery_write(&d.grant, &out));
	}
	deciding_close(&d);
}
