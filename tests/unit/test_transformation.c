#include "test.h"

#include <string.h>

#include "base/limits.h"
#include "guard.h"
#include "policy/value.h"

static bool
valid(const char *text)
{
	struct span copy = guarded(span_of(text));
	bool right = transformation_valid(copy, NULL);

	guard_free(copy);
	return right;
}

TEST(what_can_be_signed)
{
	static const char *const right[] = { "w_200", "w_200,c_fill",
		"c_fill,h_100,w_100/e_sepia", "t_thumb", "ar_16:9,c_fill",
		"$w_200/w_$w", "$x_!a!", "if_w_gt_200,w_200/if_end",
		"l_text:Arial_20:Hi,co_red", "fl_layer_apply,x_-5,y_0.5",
		"e_blur:400;x|y", "bl_a'b(c)d*e+f=g@h~i" };

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		if (!valid(right[i]))
			fail_msg("%s", right[i]);
}

/* What SDKs hash apart, browsers rewrite, or a URL reads as something else. */
TEST(what_can_not)
{
	static const char *const wrong[] = { "", "w_", "_200", "w", "200",
		"w_200,", ",w_200", "w_200/", "/w_200", "w_200//e_sepia",
		"w_200/users", "users/bob", "v1", "v123", "s--abcdefgh--",
		"l_text:Arial:a%20b", "w_200?x", "w_200#x", "w_200&h_1",
		"l_a b", "l_a\"b", "l_a<b", "l_a>b", "l_a\\b", "l_a^b", "l_a`b",
		"l_a{b", "l_a}b", "l_a[b", "l_\xc3\xbc", "l_\x01",
		"w_200/../e_x", "w_200/./e_x", "$", "W_200", "users_x",
		"abcd_1" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (valid(wrong[i]))
			fail_msg("%s", wrong[i]);
}

TEST(it_has_a_limit)
{
	static char text[TRANSFORMATION_MAX + 2];

	for (size_t n = TRANSFORMATION_MAX - 1; n <= TRANSFORMATION_MAX + 1;
	     n++) {
		memset(text, 'a', sizeof(text));
		memcpy(text, "w_", 2);
		text[n] = '\0';
		assert_int_equal(valid(text), n <= TRANSFORMATION_MAX);
	}
}

TEST(why_is_said)
{
	unsigned char mem[1024];
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	assert_false(transformation_valid(SPAN_LIT("l_a%20b"), &why));
	assert_true(why.n > 0 && !why.full);
	sink_init(&why, mem, sizeof(mem));
	assert_true(transformation_valid(SPAN_LIT("w_1"), &why));
	assert_int_equal(why.n, 0);
}
