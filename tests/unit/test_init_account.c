#define _GNU_SOURCE

#include "test.h"

#include "folder.h"
#include "initing.h"

TEST(from_options)
{
	const char *file = put_file("s", 0600, SPAN_LIT("the-secret-text\r\n"));

	initing_begin(false);
	initing_give(INIT_CLOUD_NAME, "demo");
	initing_give(INIT_API_KEY, "1234");
	initing_give(INIT_API_SECRET_FILE, file);
	assert_int_equal(initing_run(init_account), -1);
	assert_string_equal(init.cloud_name, "demo");
	assert_string_equal(init.api_key, "1234");
	assert_string_equal(init.secret, "the-secret-text");
	init.option[INIT_API_SECRET_FILE].n = 0;
	init.secret[0] = '\0';
	assert_int_equal(initing_run(init_account), 2);
	assert_non_null(strstr(caught.err, "--api-secret-file is needed"));
}

TEST(from_the_environment)
{
	static const char *const wrong[] = { "demo", "cloudinary://",
		"cloudinary://1:2", "cloudinary://:2@c", "cloudinary://1:@c",
		"cloudinary://1:2@", "http://1:2@c",
		"cloudinary://123456789012345678901234567890123:2@c" };

	setenv("CLOUDINARY_URL", "cloudinary://12:sec-ret@c-1", 1);
	initing_begin(true);
	assert_int_equal(initing_run(init_account), -1);
	assert_string_equal(init.cloud_name, "c-1");
	assert_string_equal(init.api_key, "12");
	assert_string_equal(init.secret, "sec-ret");
	assert_null(strstr(caught.err, "sec-ret"));
	/* Not without a word: neither asked for, nor --yes. */
	initing_begin(false);
	assert_int_equal(initing_run(init_account), 2);
	assert_string_equal(init.secret, "");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		setenv("CLOUDINARY_URL", wrong[i], 1);
		initing_begin(true);
		assert_int_equal(initing_run(init_account), 2);
		assert_non_null(strstr(caught.err, "is not of the form"));
	}
	unsetenv("CLOUDINARY_URL");
}

GROUP(folder_setup, folder_teardown);
