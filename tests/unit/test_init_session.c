#define _GNU_SOURCE

#include "test.h"

#include "folder.h"
#include "initing.h"

TEST(what_is_usual)
{
	char first[80];

	initing_begin(true);
	assert_int_equal(initing_run(init_session), -1);
	assert_string_equal(init.row->name, "jwt");
	assert_string_equal(init.cookie, "session");
	assert_false(init.has_user);
	assert_true(init.new_key);
	assert_int_equal(strlen(init.key), 64);
	strcpy(first, init.key);
	initing_begin(true);
	initing_run(init_session);
	assert_string_not_equal(init.key, first);
}

TEST(by_name)
{
	const char *file = put_file("k", 0600, SPAN_LIT("of-the-framework\n"));

	initing_begin(true);
	initing_give(INIT_FORMAT, "flask");
	initing_give(INIT_SESSION_KEY_FILE, file);
	assert_int_equal(initing_run(init_session), -1);
	assert_string_equal(init.cookie, ""); /* the format's own */
	assert_string_equal(init.key, "of-the-framework");
	assert_false(init.new_key);
	initing_begin(true);
	initing_give(INIT_FORMAT, "remote_user");
	assert_int_equal(initing_run(init_session), -1);
	assert_string_equal(init.key, "");
	initing_give(INIT_SESSION_KEY_FILE, file);
	assert_int_equal(initing_run(init_session), 2);
	initing_begin(true);
	initing_give(INIT_FORMAT, "remote_user");
	initing_give(INIT_COOKIE, "a");
	assert_int_equal(initing_run(init_session), 2);
	initing_begin(true);
	initing_give(INIT_COOKIE, "koa:sess");
	assert_int_equal(initing_run(init_session), -1);
	assert_string_equal(init.cookie, "koa:sess");
	initing_begin(true);
	initing_give(INIT_FORMAT, "play");
	assert_int_equal(initing_run(init_session), 2);
	assert_non_null(strstr(caught.err, "--user-path is needed"));
	initing_give(INIT_USER_PATH, "id");
	assert_int_equal(initing_run(init_session), -1);
	assert_true(init.has_user);
	assert_string_equal(init.user, "id");
	initing_begin(true);
	initing_give(INIT_FORMAT, "Flask");
	assert_int_equal(initing_run(init_session), 2);
	assert_non_null(strstr(caught.err, "did you mean flask?"));
}

/* Nothing is asked about a session that nobody has. */
TEST(nobody_logs_in)
{
	static const enum init_option none[] = { INIT_COOKIE, INIT_USER_PATH,
		INIT_SESSION_KEY_FILE };

	initing_begin(false);
	initing_give(INIT_FORMAT, "none");
	assert_int_equal(initing_run(init_session), -1);
	assert_true(init.guests);
	assert_true(init.new_key);
	assert_int_equal(strlen(init.key), 64);
	for (size_t k = 0; k < sizeof(none) / sizeof(none[0]); k++) {
		initing_begin(true);
		initing_give(INIT_FORMAT, "none");
		initing_give(none[k], "a");
		assert_int_equal(initing_run(init_session), 2);
		assert_non_null(strstr(caught.err, "this format takes no --"));
		assert_non_null(strstr(caught.err, ": none\n"));
	}
	initing_begin(true);
	assert_int_equal(initing_run(init_session), -1);
	assert_false(init.guests);
	initing_give(INIT_FORMAT, "nonne");
	assert_int_equal(initing_run(init_session), 2);
	assert_non_null(strstr(caught.err, "did you mean none?"));
}

GROUP(folder_setup, folder_teardown);
