#include "test.h"

#include "opening.h"
#include "session/make.h"

#define NOW 1700000000LL

static struct session_config config;
static struct session_key key;
static unsigned char mem[2 * COOKIE_MAX];
static struct sink out;

static void
configure(enum session_format format, enum body body, enum stamp stamp)
{
	config = (struct session_config){
		.format = format,
		.hash = HASH_SHA256,
		.cookie = SPAN_LIT("s"),
		.user = body == BODY_TEXT ? SPAN_LIT("") : SPAN_LIT("sub"),
		.max_age = 1000,
		.n_keys = 1,
		.keys = &key,
		.signing = { .body = body, .stamp = stamp, .separator = '.' },
	};
	key = derived_key("k", &config, SPAN_LIT("a test key of enough bytes"));
}

static bool
makes(const char *text)
{
	sink_init(&out, mem, sizeof(mem));
	return session_make(&config, &key, span_of(text), NOW, &out);
}

static void
opens(const char *text)
{
	assert_true(makes(text));
	assert_true(span_starts(sink_view(&out), SPAN_LIT("s=")));
	assert_int_equal(
	    open_header(&config, sink_view(&out), NOW + 10), SESSION_OK);
	assert_true(span_is(opened.user, "al"));
	assert_true(span_is(opened.key_id, "k"));
	mem[out.n - 3] ^= 1;
	assert_int_not_equal(
	    open_header(&config, sink_view(&out), NOW + 10), SESSION_OK);
}

TEST(signed_ones)
{
	static const char token[] =
	    "{\"sub\":\"al\",\"iat\":1700000000,\"exp\":1700000100}";
	static const char object[] = "{\"sub\":\"al\"}";

	configure(FORMAT_JWT, BODY_PACKED, STAMP_NONE);
	opens(token);
	configure(FORMAT_SUPABASE, BODY_PACKED, STAMP_NONE);
	opens(token);
	configure(FORMAT_ITSDANGEROUS, BODY_PACKED, STAMP_BYTES);
	opens(object);
	configure(FORMAT_ITSDANGEROUS, BODY_BASE64, STAMP_BYTES);
	opens(object);
	configure(FORMAT_ITSDANGEROUS, BODY_TEXT, STAMP_BASE62);
	opens("al");
	configure(FORMAT_KEYGRIP, BODY_BASE64, STAMP_NONE);
	opens(object);
	configure(FORMAT_COOKIE_SIGNATURE, BODY_PREFIXED, STAMP_NONE);
	opens(object);
	configure(FORMAT_COOKIE_SIGNATURE, BODY_TEXT, STAMP_NONE);
	opens("al");
}

TEST(no_others)
{
	static const enum session_format none[] = { FORMAT_NONE,
		FORMAT_REMOTE_USER, FORMAT_PHP, (enum session_format)99 };

	configure(FORMAT_JWT, BODY_PACKED, STAMP_NONE);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		config.format = none[i];
		assert_false(makes("{}"));
	}
}

TEST(room)
{
	configure(FORMAT_COOKIE_SIGNATURE, BODY_TEXT, STAMP_NONE);
	assert_true(makes("al"));
	for (size_t n = 0, all = out.n; n <= all; n++) {
		sink_init(&out, mem, n);
		assert_int_equal(
		    session_make(&config, &key, SPAN_LIT("al"), NOW, &out),
		    n == all);
	}
}
