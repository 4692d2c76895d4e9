#define _GNU_SOURCE

#include "test.h"

#include "base/trusted.h"
#include "folder.h"

/* What the last one said, and the folder that it found. */
static char why_text[8192], real_text[PATH_MAX];

static bool
holds(const char *path)
{
	struct sink why;
	bool held;

	memset(why_text, 0, sizeof(why_text));
	sink_init(&why, why_text, sizeof(why_text) - 1);
	held = trusted_folder(path, real_text, &why);
	assert_int_equal(why.n == 0, held);
	assert_memory_equal(why_text, path, held ? 0 : strlen(path));
	return held;
}

static void
accepts(const char *path)
{
	if (!holds(path))
		fail_msg("refused: %s", why_text);
}

static void
refuses(const char *path, const char *reason)
{
	if (holds(path))
		fail_msg("accepted: %s", path);
	if (strstr(why_text, reason) == NULL)
		fail_msg("\"%s\" not in \"%s\"", reason, why_text);
}

/* What lies at the path may be anything, or nothing. */
TEST_WITH(test_last_name, folder_setup, folder_teardown)
{
	put_folder("above", 0755);
	put_folder("open", 0777);
	assert_int_equal(symlink("nowhere", in_folder("link")), 0);
	accepts(in_folder("above"));
	accepts(in_folder("above/none"));
	assert_string_equal(real_text, in_folder("above"));
	accepts(in_folder("link"));
	accepts(in_folder("open"));
	refuses(in_folder("link/none"), "no folder");
	refuses(in_folder("none/none"), "no folder");
	refuses(in_folder("open/none"), "chmod o-w");
	accepts("/none");
	assert_string_equal(real_text, "/");
}

/* Every mode of a folder of our own group in which we can look. */
TEST_WITH(test_modes, folder_setup, folder_teardown)
{
	const char *above = put_folder("above", 0700);
	const char *below = put_folder("above/below", 0700);
	const char *path = in_folder("above/below/file");

	for (mode_t mode = 0; mode < 02000; mode++) {
		bool right = (mode & 01000) != 0 || (mode & 02) == 0;

		assert_int_equal(chmod(below, mode | 0700), 0);
		assert_int_equal(holds(path), right);
		assert_int_equal(chmod(below, 0700), 0);
		assert_int_equal(chmod(above, mode | 0700), 0);
		assert_int_equal(holds(path), right);
		assert_int_equal(chmod(above, 0700), 0);
	}
	assert_int_equal(chmod(above, 0777), 0);
	refuses(path, "chmod o-w /tmp/");
	assert_non_null(strstr(why_text, above));
	assert_null(strstr(strstr(why_text, "chmod"), "below"));
	assert_int_equal(chmod(above, 0775), 0);
	accepts(path);
}

TEST_WITH(test_foreign_group, folder_setup, folder_teardown)
{
	const char *above = put_folder("above", 0755);
	const char *path = in_folder("above/file");

	need_root();
	give(above, 0, NOBODY);
	for (mode_t mode = 0; mode < 02000; mode++) {
		assert_int_equal(chmod(above, mode), 0);
		assert_int_equal(
		    holds(path), (mode & 01000) != 0 || (mode & 022) == 0);
	}
	assert_int_equal(chmod(above, 0775), 0);
	refuses(path, "chmod g-w");
	become(NOBODY, NOBODY, 0);
	accepts(path); /* our group may write */
	become(NOBODY, NOBODY - 1, NOBODY);
	accepts(path); /* one of ours */
	become_root();
	give(above, 0, 0);
	become(NOBODY, NOBODY, 0);
	accepts(path); /* and root's */
	become_root();
	give(above, 0, NOBODY - 1);
	become(NOBODY, NOBODY, 0);
	refuses(path, "a group that is not ours");
	become_root();
}

TEST_WITH(test_owner, folder_setup, folder_teardown)
{
	const char *above = put_folder("above", 0755);
	const char *below = put_folder("above/below", 0755);
	const char *path = in_folder("above/below/file");

	need_root();
	accepts(path);
	give(below, NOBODY, 0);
	refuses(path, "another user");
	assert_non_null(strstr(why_text, below));
	give(below, 0, 0);
	give(above, NOBODY, 0);
	refuses(path, "another user");
	become(NOBODY, NOBODY, 0);
	accepts(path); /* partly ours, partly root's */
	become_root();
}

/* Below a folder like /tmp, what lies next must be ours or root's. */
TEST_WITH(test_sticky, folder_setup, folder_teardown)
{
	const char *sticky = put_folder("sticky", 01777);
	const char *next = put_folder("sticky/next", 0755);
	const char *path = in_folder("sticky/next/file");

	accepts(path);
	accepts(in_folder("sticky/file"));
	assert_int_equal(chmod(sticky, 0777), 0);
	refuses(path, "chmod o-w");
	assert_int_equal(chmod(sticky, 01777), 0);
	need_root();
	give(next, NOBODY, 0);
	refuses(path, "another user");
	give(next, 0, 0);
	accepts(path);
	give(sticky, NOBODY, 0);
	refuses(path, "another user");
}

/* What counts is where it is, unless others can point it elsewhere. */
TEST_WITH(test_links, folder_setup, folder_teardown)
{
	put_folder("good", 0755);
	put_folder("bad", 0777);
	assert_int_equal(symlink("good", in_folder("to-good")), 0);
	assert_int_equal(symlink("../bad", in_folder("good/to-bad")), 0);
	assert_int_equal(symlink("../good", in_folder("bad/to-good")), 0);
	assert_int_equal(symlink("loop", in_folder("loop")), 0);
	accepts(in_folder("to-good/file"));
	assert_string_equal(real_text, in_folder("good"));
	accepts(in_folder("to-good/../good//./file"));
	assert_string_equal(real_text, in_folder("good"));
	refuses(in_folder("good/to-bad/file"), "chmod o-w");
	refuses(in_folder("bad/to-good/file"), "chmod o-w");
	refuses(in_folder("loop/file"), "can't get into");
}

TEST_WITH(test_users_and_groups, folder_setup, folder_teardown)
{
	assert_true(trusted_user(0));
	assert_true(trusted_user(geteuid()));
	assert_false(trusted_user(geteuid() + 1));
	assert_true(trusted_group(getegid()));
	need_root();
	assert_false(trusted_group(NOBODY));
	become(NOBODY, NOBODY - 1, NOBODY);
	assert_true(trusted_user(0));
	assert_true(trusted_user(NOBODY));
	assert_true(trusted_group(NOBODY));
	assert_true(trusted_group(NOBODY - 1));
	assert_false(trusted_group(0));
	become_root();
}
