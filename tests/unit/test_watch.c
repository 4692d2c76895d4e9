#define _GNU_SOURCE /* see folder.h */

#include "test.h"

#include <errno.h>
#include <utime.h>

#include "base/watch.h"
#include "folder.h"

static struct watch watch;

static void
note(const char *name)
{
	watch_note(&watch, span_of(in_folder(name)));
}

static int
set_up(void **state)
{
	watch_clear(&watch);
	return folder_setup(state);
}

TEST_WITH(unchanged, set_up, folder_teardown)
{
	assert_false(watch_changed(&watch));
	assert_null(watch_gone(&watch));
	put_file("a", 0600, SPAN_LIT("one"));
	note("a");
	note("never");
	assert_int_equal(watch.n, 2);
	assert_int_equal(watch.file[0].error, 0);
	assert_int_equal(watch.file[1].error, ENOENT);
	assert_false(watch_changed(&watch));
	assert_null(watch_gone(&watch));
}

/* Each way in which a file can become another one. */
TEST_WITH(changed, set_up, folder_teardown)
{
	struct utimbuf old = { 1000000000, 1000000000 };

	for (int way = 0; way < 6; way++) {
		put_file("a", 0600, SPAN_LIT("one"));
		put_file("b", 0600, SPAN_LIT("one"));
		unlink(in_folder("c"));
		watch_clear(&watch);
		note("a");
		note("c");
		assert_false(watch_changed(&watch));
		/* The clock of the file system may not have moved. */
		usleep(20000);
		if (way == 0)
			put_file("a", 0600, SPAN_LIT("two"));
		else if (way == 1)
			assert_int_equal(
			    rename(in_folder("b"), in_folder("a")), 0);
		else if (way == 2)
			assert_int_equal(chmod(in_folder("a"), 0644), 0);
		else if (way == 3)
			assert_int_equal(utime(in_folder("a"), &old), 0);
		else if (way == 4)
			assert_int_equal(unlink(in_folder("a")), 0);
		else
			put_file("c", 0600, SPAN_LIT("new"));
		assert_true(watch_changed(&watch));
		assert_int_equal(watch_gone(&watch) != NULL, way == 4);
	}
}

TEST_WITH(gone, set_up, folder_teardown)
{
	put_file("a", 0600, SPAN_LIT("one"));
	put_file("b", 0600, SPAN_LIT("two"));
	note("a");
	note("b");
	assert_int_equal(unlink(in_folder("b")), 0);
	assert_string_equal(watch_gone(&watch), watch.file[1].path);
	put_file("b", 0600, SPAN_LIT("two"));
	assert_null(watch_gone(&watch));
	assert_true(watch_changed(&watch));
	/* A folder in its place is no file, but something is there. */
	assert_int_equal(unlink(in_folder("b")), 0);
	assert_int_equal(mkdir(in_folder("b"), 0700), 0);
	assert_null(watch_gone(&watch));
	assert_true(watch_changed(&watch));
	assert_int_equal(rmdir(in_folder("b")), 0);
}

/* As it was first: a change before the second note is still seen. */
TEST_WITH(twice, set_up, folder_teardown)
{
	put_file("a", 0600, SPAN_LIT("one"));
	note("a");
	put_file("a", 0600, SPAN_LIT("longer"));
	note("a");
	assert_int_equal(watch.n, 1);
	assert_true(watch_changed(&watch));
}

TEST_WITH(young, set_up, folder_teardown)
{
	note("a");
	assert_false(watch.young);
	watch_clear(&watch);
	put_file("a", 0600, SPAN_LIT("one"));
	note("a");
	assert_true(watch.young);
	watch_clear(&watch);
	assert_false(watch.young);
	watch_note(&watch, SPAN_LIT("/proc/self/exe"));
	watch_clear(&watch);
	watch_note(&watch, SPAN_LIT("/usr"));
	assert_false(watch.young);
}

TEST_WITH(limits, set_up, folder_teardown)
{
	static char path[PATH_TEXT_MAX + 2];
	char name[16];

	memset(path, '/', sizeof(path));
	watch_note(&watch, SPAN_LIT(""));
	assert_int_equal(watch.n, 0);
	watch_note(
	    &watch, (struct span){ (unsigned char *)path, PATH_TEXT_MAX + 1 });
	assert_int_equal(watch.n, 0);
	watch_note(
	    &watch, (struct span){ (unsigned char *)path, PATH_TEXT_MAX });
	assert_int_equal(watch.n, 1);
	for (int i = 1; i < WATCH_MAX + 2; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		note(name);
		assert_int_equal(watch.n, i < WATCH_MAX ? i + 1 : WATCH_MAX);
	}
	/* One that has no room is not looked at. */
	put_file(name, 0600, SPAN_LIT("x"));
	assert_false(watch_changed(&watch));
}
