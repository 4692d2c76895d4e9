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

TEST(test_no_room)
{
	assert_false(reading_no_room(bench_start(&b, 0)));
	assert_refused(&b.why, "too_many");
}
