#define _GNU_SOURCE

#include "test.h"

#include "base/trusted.h"
#include "cli/path_mend.h"
#include "folder.h"

static char command[8192];
static struct account who;

static const char *
mend(const char *path, enum path_kind kind, bool root)
{
	struct sink out;

	sink_init(&out, command, sizeof(command) - 1);
	path_mend(path, kind, &who, root, &out);
	command[out.n] = '\0';
	return command;
}

static bool
takes(const char *path, bool secret)
{
	char mem[8192], real_mem[8192];
	struct sink why, real;
	int fd;

	sink_init(&why, mem, sizeof(mem));
	sink_init(&real, real_mem, sizeof(real_mem));
	fd = secret ? trusted_open_secret(path, &real, &why)
		    : trusted_open(path, &why);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Where the program takes a file there is no command, and else there is. */
TEST(as_the_program)
{
	static const mode_t modes[] = { 0400, 0600, 0640, 0644, 0660, 0604,
		0606, 0666, 0700 };
	char path[64];

	account_self(&who);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		for (int secret = 0; secret < 2; secret++) {
			const char *file;

			snprintf(path, sizeof(path), "m%zu.%d", i, secret);
			file = put_file(path, modes[i], SPAN_LIT("x"));
			mend(file, secret ? PATH_SECRET : PATH_READ, false);
			assert_int_equal(
			    command[0] == '\0', takes(file, secret));
		}
}

TEST(the_commands)
{
	const char *file = put_file("file", 0666, SPAN_LIT("x"));
	char wanted[16384];

	account_self(&who);
	snprintf(wanted, sizeof(wanted), "chmod go-w %s", file);
	assert_string_equal(mend(file, PATH_READ, false), wanted);
	snprintf(
	    wanted, sizeof(wanted), "chmod go-w %s && chmod o= %s", file, file);
	assert_string_equal(mend(file, PATH_SECRET, false), wanted);
	snprintf(
	    wanted, sizeof(wanted), "(umask 077; cat >%s)", in_folder("none"));
	assert_string_equal(
	    mend(in_folder("none"), PATH_SECRET, false), wanted);
	assert_string_equal(mend(in_folder("none"), PATH_READ, false), "");
	assert_string_equal(mend(in_folder("no/ne"), PATH_SECRET, false), "");
	assert_int_equal(symlink("file", in_folder("link")), 0);
	mend(in_folder("link"), PATH_SECRET, false);
	assert_non_null(strstr(command, "install -m 600 \"$(readlink -f "));
	assert_string_equal(mend(folder, PATH_READ, false), "");
	assert_int_equal(chmod(folder, 0777), 0);
	snprintf(wanted, sizeof(wanted), "chmod o-w %s && chmod go-w %s",
	    folder, file);
	assert_string_equal(mend(file, PATH_READ, false), wanted);
	assert_int_equal(chmod(folder, 01777), 0);
	snprintf(wanted, sizeof(wanted), "chmod go-w %s", file);
	assert_string_equal(mend(file, PATH_READ, false), wanted);
	assert_int_equal(chmod(folder, 0755), 0);
}

/* Root, for somebody else: its group gets in. */
TEST(for_another)
{
	struct account owner;
	struct stat st;
	const char *file;
	char wanted[16384];

	need_root();
	assert_true(account_named("54321:54321", &who));
	file = put_file("roots", 0600, SPAN_LIT("x"));
	snprintf(wanted, sizeof(wanted), "chgrp -h 54321 %s && chmod g+r %s",
	    file, file);
	assert_string_equal(mend(file, PATH_SECRET, true), wanted);
	assert_int_equal(chmod(file, 0640), 0);
	give(file, 0, 54321);
	assert_string_equal(mend(file, PATH_SECRET, true), "");
	give(file, 54321, 54321);
	assert_string_equal(mend(file, PATH_SECRET, true), "");
	give(file, 999, 54321);
	snprintf(wanted, sizeof(wanted), "chown -h root %s", file);
	assert_string_equal(mend(file, PATH_SECRET, true), wanted);
	/* Everybody's right to read goes, and the group's comes. */
	give(file, 0, 0);
	assert_int_equal(chmod(file, 0604), 0);
	snprintf(wanted, sizeof(wanted),
	    "chmod o= %s && chgrp -h 54321 %s && chmod g+r %s", file, file,
	    file);
	assert_string_equal(mend(file, PATH_SECRET, true), wanted);
	give(file, 54321, 54321);
	assert_int_equal(chmod(file, 0600), 0);
	put_folder("shut", 0700);
	file = put_file("shut/file", 0644, SPAN_LIT("x"));
	snprintf(wanted, sizeof(wanted),
	    "chgrp -h 54321 %s/shut && chmod g+x "
	    "%s/shut",
	    folder, folder);
	assert_string_equal(mend(file, PATH_READ, true), wanted);
	/* Somebody's home, here root's own, is not opened to others. */
	account_of(0, &owner);
	if (strcmp(owner.home, "/root") == 0 && stat("/root", &st) == 0 &&
	    (st.st_mode & S_IXOTH) == 0)
		assert_string_equal(mend("/root/none", PATH_SECRET, true), "");
	give(in_folder("shut"), 999, 999);
	mend(file, PATH_READ, true);
	assert_non_null(strstr(command, "chown -h root "));
}

/* Whom root's commands would follow. */
TEST(rooted)
{
	char file[4096];

	need_root();
	snprintf(file, sizeof(file), "%s", in_folder("own/file"));
	put_folder("own", 0755);
	assert_true(path_rooted(file)); /* /tmp is sticky, and this is ours */
	assert_true(path_rooted("/file"));
	assert_false(path_rooted("/tmp/file"));
	assert_false(path_rooted("file"));
	assert_false(path_rooted(in_folder("none/file")));
	assert_int_equal(chmod(in_folder("own"), 0775), 0);
	assert_true(path_rooted(file)); /* the group is root's */
	assert_int_equal(chown(in_folder("own"), 0, NOBODY), 0);
	assert_false(path_rooted(file));
	assert_int_equal(chmod(in_folder("own"), 01777), 0);
	assert_false(path_rooted(file));
	assert_int_equal(chmod(in_folder("own"), 0755), 0);
	assert_true(path_rooted(file));
	/* Its own link is as good as the folder; a stranger's is not. */
	put_folder("theirs", 0755);
	assert_int_equal(symlink("own", in_folder("alias")), 0);
	assert_int_equal(symlink("../own", in_folder("theirs/link")), 0);
	assert_true(path_rooted(in_folder("alias/file")));
	assert_true(path_rooted(in_folder("theirs/link/file")));
	assert_int_equal(chown(in_folder("theirs"), NOBODY, NOBODY), 0);
	assert_false(path_rooted(in_folder("theirs/link/file")));
	assert_int_equal(chown(in_folder("own"), NOBODY, 0), 0);
	assert_false(path_rooted(file));
}

GROUP(folder_setup, folder_teardown);
