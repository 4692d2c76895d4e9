#include "test.h"

#include <string.h>

#include "guard.h"
#include "params_text.h"

static struct bench b;

static void
assert_name(struct span name, bool valid)
{
	struct span copy = guarded(name);

	assert_int_equal(reading_name(bench_start(&b, 0), copy), valid);
	if (!valid)
		assert_refused(&b.why, "bad_name");
	guard_free(copy);
}

TEST(test_name)
{
	unsigned char text[NAME_MAX_BYTES + 1];

	for (unsigned c = 0; c < 256; c++) {
		bool valid = (c >= 'a' && c <= 'z') || c == '_';

		memcpy(text, "abc", 3);
		for (size_t i = 0; i < 3; i++) {
			text[i] = (unsigned char)c;
			assert_name((struct span){ text, 3 }, valid);
			text[i] = 'a';
		}
	}
	memset(text, 'a', sizeof(text));
	assert_name((struct span){ text, 0 }, false);
	assert_name((struct span){ text, 1 }, true);
	assert_name((struct span){ text, NAME_MAX_BYTES }, true);
	assert_name((struct span){ text, NAME_MAX_BYTES + 1 }, false);
	assert_name(SPAN_LIT("tags[]"), false);
	assert_name(SPAN_LIT("data[tags]"), false);
}

static void
assert_text(struct span text, bool valid)
{
	struct span copy = guarded(text);

	assert_int_equal(
	    reading_text(bench_start(&b, 0), SPAN_LIT("tags"), copy), valid);
	if (!valid)
		assert_refused(&b.why, "malformed tags");
	guard_free(copy);
}

TEST(test_text)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char text[] = { 'a', (unsigned char)c, 'b' };

		assert_text((struct span){ text, 3 }, c >= 0x20 && c < 0x7f);
		text[0] = 0xc2;
		assert_text((struct span){ text, 3 }, c >= 0xa0 && c < 0xc0);
	}
	assert_text(SPAN_LIT(""), true);
	assert_text(SPAN_LIT("\xef\xbf\xbf"), true);
	assert_text(SPAN_LIT("\xed\xa0\x80"), false);
	assert_text(SPAN_LIT("\xe2\x82"), false);
}

TEST(test_own)
{
	struct reading *r = bench_start(&b, 0);

	assert_true(reading_is_own(SPAN_LIT("policy")));
	assert_true(reading_is_own(SPAN_LIT("contract")));
	assert_false(reading_is_own(SPAN_LIT("Policy")));
	assert_false(reading_is_own(SPAN_LIT("policy[]")));
	assert_false(reading_is_own(SPAN_LIT("")));
	assert_true(reading_own(r, SPAN_LIT("policy"), SPAN_LIT("a")));
	assert_true(span_is(r->policy, "a"));
	assert_false(reading_own(r, SPAN_LIT("policy"), SPAN_LIT("a")));
	assert_refused(&b.why, "duplicate policy");
	r = bench_start(&b, 0);
	assert_false(reading_own(r, SPAN_LIT("policy"), SPAN_LIT("")));
	assert_refused(&b.why, "malformed policy");
}

TEST(test_contract)
{
	static const struct {
		const char *name;
		enum contract contract;
	} good[] = { { "plain", CONTRACT_PLAIN }, { "text", CONTRACT_TEXT },
		{ "classic", CONTRACT_CLASSIC } };
	static const char *const bad[] = { "", "Text", "text ", "textx", "tex",
		"paramsToSign", "prepareUploadParams", "prepare", "none", "1" };
	struct span name = SPAN_LIT("contract");

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct reading *r = bench_start(&b, 0);

		assert_int_equal(r->contract, CONTRACT_NONE);
		assert_true(reading_own(r, name, span_of(good[i].name)));
		assert_int_equal(r->contract, good[i].contract);
		assert_int_equal(r->policy.n, 0);
		assert_false(reading_own(r, name, span_of(good[i].name)));
		assert_refused(&b.why, "duplicate contract");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(
		    reading_own(bench_start(&b, 0), name, span_of(bad[i])));
		assert_refused(&b.why, "contract_unknown contract");
		assert_int_equal(b.r.contract, CONTRACT_NONE);
	}
	assert_true(span_is(sink_view(&b.why.detail),
	    "There is no contract \"1\"; there are plain, classic and text. "
	    "\"paramsToSign\" and \"prepareUploadParams\" in a JSON body "
	    "choose their own."));
}

TEST(test_add)
{
	struct reading *r = bench_start(&b, 0);
	struct param *p = reading_add(r, SPAN_LIT("tags"), SHAPE_LIST);

	assert_ptr_equal(p, &b.params.p[0]);
	assert_true(span_is(p->name, "tags"));
	assert_int_equal(p->shape, SHAPE_LIST);
	assert_int_equal(p->n, 0);
	assert_null(p->values);
	assert_null(p->keys);
	assert_non_null(reading_add(r, SPAN_LIT("tag"), SHAPE_TEXT));
	assert_null(reading_add(r, SPAN_LIT("tags"), SHAPE_TEXT));
	assert_refused(&b.why, "duplicate tags");
	assert_int_equal(b.params.n, 2);
}

TEST(test_add_many)
{
	static unsigned char names[PARAMS_MAX + 1][2];
	struct reading *r = bench_start(&b, 0);

	for (size_t i = 0; i <= PARAMS_MAX; i++) {
		struct span name = { names[i], 2 };

		names[i][0] = (unsigned char)('a' + i % 26);
		names[i][1] = (unsigned char)('a' + i / 26);
		assert_int_equal(
		    reading_add(r, name, SHAPE_TEXT) != NULL, i < PARAMS_MAX);
	}
	assert_refused(&b.why, "too_many mc");
	assert_int_equal(b.params.n, PARAMS_MAX);
}

TEST(test_no_room)
{
	assert_false(reading_no_room(bench_start(&b, 0)));
	assert_refused(&b.why, "too_many");
}
