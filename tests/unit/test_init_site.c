#include "test.h"

#include "initing.h"

TEST(folders)
{
	static const char *const good[] = { "users/{user}", "u/{user_hash}",
		"a/b/{user}/c" };
	static const char *const bad[] = { "", "users", "users/", "{user}",
		"{user}/a", "/users/{user}", "users//{user}", "users/{user}/",
		"users/x{user}", "users/{User}" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		initing_begin(false);
		initing_give(INIT_FOLDER, good[i]);
		assert_int_equal(initing_run(init_folder), -1);
		assert_string_equal(init.folder, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		initing_begin(false);
		initing_give(INIT_FOLDER, bad[i]);
		assert_int_equal(initing_run(init_folder), 2);
	}
	initing_begin(true);
	assert_int_equal(initing_run(init_folder), -1);
	assert_string_equal(init.folder, "users/{user}");
	initing_begin(false);
	assert_int_equal(initing_run(init_folder), 2);
	assert_non_null(strstr(caught.err, "--folder is needed"));
}

TEST(folders_of_guests)
{
	static const char *const good[] = { "guests", "form/in", "a/{date}" };
	static const char *const bad[] = { "", "guests/", "/guests", "a//b",
		"{date}", "users/{user}", "a/{user_hash}" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		initing_begin(false);
		init.guests = true;
		initing_give(INIT_FOLDER, good[i]);
		assert_int_equal(initing_run(init_folder), -1);
		assert_string_equal(init.folder, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		initing_begin(false);
		init.guests = true;
		initing_give(INIT_FOLDER, bad[i]);
		assert_int_equal(initing_run(init_folder), 2);
		assert_non_null(strstr(caught.err, "guests have no name"));
	}
	initing_begin(true);
	init.guests = true;
	assert_int_equal(initing_run(init_folder), -1);
	assert_string_equal(init.folder, "guests");
}

TEST(origins)
{
	initing_begin(true);
	assert_int_equal(initing_run(init_origins), -1);
	assert_int_equal(init.n_origins, 0);
	initing_begin(false);
	initing_give(INIT_ORIGIN, "https://a.example");
	initing_give(INIT_ORIGIN, "ionic://localhost");
	assert_int_equal(initing_run(init_origins), -1);
	assert_int_equal(init.n_origins, 2);
	assert_string_equal(init.origins[1], "ionic://localhost");
	initing_give(INIT_ORIGIN, "https://a.example/");
	init.n_origins = 0;
	assert_int_equal(initing_run(init_origins), 2);
	assert_non_null(strstr(caught.err, "https://a.example/ is no origin"));
	initing_begin(false);
	for (int i = 0; i < INIT_ORIGINS_MAX; i++)
		initing_give(INIT_ORIGIN, "https://a.example");
	assert_int_equal(initing_run(init_origins), -1);
	assert_int_equal(init.n_origins, INIT_ORIGINS_MAX);
	assert_int_equal(initing_run(init_origins), 2); /* and one more */
}
