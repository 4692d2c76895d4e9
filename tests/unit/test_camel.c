#include "test.h"

#include "http/camel.h"
#include "policy/vocabulary.h"

/* camelCase, as the widget's names are made of Cloudinary's. */
static void
make_camel(const char *snake, char *out)
{
	bool up = false;

	for (; *snake != '\0'; snake++) {
		if (*snake == '_')
			up = true;
		else
			*out++ = (char)(up ? *snake - 'a' + 'A' : *snake);
		up = *snake == '_';
	}
	*out = '\0';
}

/* Every name stands for a parameter of an upload, there and back. */
TEST(names_are_parameters)
{
	size_t n = 0;

	for (size_t i = 0; i < vocabulary_count; i++) {
		struct span name = span_of(vocabulary[i].name);
		const char *camel = camel_of(name);
		char made[64];

		if (camel == NULL)
			continue;
		make_camel(vocabulary[i].name, made);
		assert_string_equal(camel, made);
		assert_string_equal(
		    camel_to_snake(span_of(camel)), vocabulary[i].name);
		assert_true(term_taken(&vocabulary[i], ACTION_UPLOAD));
		n++;
	}
	assert_int_equal(n, 12);
}

TEST(others_are_none)
{
	static const char *const none[] = { "", "publicI", "publicIdx",
		"PublicId", "publicID", "public_id ", "apiKey", "signature",
		"uploadSignatureTimestamp", "auditContext", "timestamp",
		"source", "moderation" };

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_null(camel_of(span_of(none[i])));
		assert_null(camel_to_snake(span_of(none[i])));
	}
	assert_null(camel_of(SPAN_LIT("publicId")));
	assert_null(camel_to_snake(SPAN_LIT("public_id")));
	assert_string_equal(camel_of(SPAN_LIT("public_id")), "publicId");
	assert_string_equal(camel_to_snake(SPAN_LIT("publicId")), "public_id");
}
