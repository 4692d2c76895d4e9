#define _GNU_SOURCE

#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "cli/made.h"
#include "folder.h"

static struct made made;

static bool
is_there(const char *name)
{
	struct stat st;

	return lstat(in_folder(name), &st) == 0;
}

TEST(everything_goes)
{
	made_init(&made);
	put_folder("a", 0700);
	assert_true(made_note(&made, in_folder("a"), true));
	put_folder("a/b", 0700);
	assert_true(made_note(&made, in_folder("a/b"), true));
	put_file("a/b/c", 0600, SPAN_LIT("x"));
	assert_true(made_note(&made, in_folder("a/b/c"), false));
	put_file("other", 0600, SPAN_LIT("x"));
	made_undo(&made);
	assert_false(is_there("a"));
	assert_true(is_there("other"));
	made_undo(&made);
	assert_true(is_there("other"));
}

/* What somebody else put there meanwhile stays, and its folder. */
TEST(others_stay)
{
	made_init(&made);
	put_folder("shared", 0700);
	assert_true(made_note(&made, in_folder("shared"), true));
	put_file("shared/theirs", 0600, SPAN_LIT("x"));
	made_undo(&made);
	assert_true(is_there("shared/theirs"));
}

TEST(moved_and_back)
{
	made_init(&made);
	put_file("conf", 0600, SPAN_LIT("x"));
	assert_true(made_move(&made, in_folder("conf"), in_folder("old")));
	assert_true(!is_there("conf") && is_there("old"));
	put_file("conf", 0600, SPAN_LIT("new"));
	assert_true(made_note(&made, in_folder("conf"), false));
	/* One file, and not a second. */
	assert_false(made_move(&made, in_folder("conf"), in_folder("x")));
	assert_int_equal(errno, EMFILE);
	made_undo(&made);
	assert_true(is_there("conf") && !is_there("old"));
}

TEST(nothing_written_over)
{
	made_init(&made);
	put_file("from", 0600, SPAN_LIT("1"));
	put_file("to", 0600, SPAN_LIT("22"));
	assert_false(made_move(&made, in_folder("from"), in_folder("to")));
	assert_int_equal(errno, EEXIST);
	made_undo(&made);
	assert_true(is_there("from") && is_there("to"));
	assert_false(made_move(&made, in_folder("none"), in_folder("else")));
	assert_int_equal(errno, ENOENT);
	/* After a failure there is room for the one that works. */
	assert_true(made_move(&made, in_folder("from"), in_folder("else")));
	made_undo(&made);
	assert_true(is_there("from") && !is_there("else"));
}

TEST(limits)
{
	char path[PATH_TEXT_MAX + 1];

	made_init(&made);
	memset(path, 'a', sizeof(path));
	path[PATH_TEXT_MAX] = '\0';
	assert_false(made_note(&made, path, false));
	assert_int_equal(errno, ENAMETOOLONG);
	path[PATH_TEXT_MAX - 1] = '\0';
	for (size_t i = 0; i < MADE_MAX; i++)
		assert_true(made_note(&made, path, false));
	assert_false(made_note(&made, path, false));
	assert_int_equal(errno, EMFILE);
	made_undo(&made);
	assert_int_equal(made.n, 0);
}

GROUP(folder_setup, folder_teardown);
