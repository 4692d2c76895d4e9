#define _GNU_SOURCE

#include "test.h"

#include <limits.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "base/trusted.h"
#include "folder.h"

/* What the last one said, and where the file really is. */
static char why_text[8192], real_text[PATH_MAX];

static bool
opened(const char *path, bool secret)
{
	struct sink why, real;
	int before = lowest_free(), fd;

	memset(why_text, 0, sizeof(why_text));
	memset(real_text, 0, sizeof(real_text));
	sink_init(&why, why_text, sizeof(why_text) - 1);
	sink_init(&real, real_text, sizeof(real_text) - 1);
	fd = secret ? trusted_open_secret(path, &real, &why)
		    : trusted_open(path, &why);
	if (fd >= 0) {
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
		assert_string_equal(why_text, "");
		close(fd);
	} else {
		assert_string_equal(real_text, "");
		assert_memory_equal(why_text, path, strlen(path));
	}
	assert_int_equal(lowest_free(), before);
	return fd >= 0;
}

static void
accepts(const char *path)
{
	if (!opened(path, false) || !opened(path, true))
		fail_msg("refused: %s", why_text);
}

/* Both refuse, and the reason says this. */
static void
refuses(const char *path, const char *reason)
{
	for (int secret = 0; secret < 2; secret++) {
		if (opened(path, secret))
			fail_msg("accepted: %s", path);
		if (strstr(why_text, reason) == NULL)
			fail_msg("\"%s\" not in \"%s\"", reason, why_text);
	}
}

static const char *
file(void)
{
	return put_file("file", 0600, SPAN_LIT("x"));
}

/* Every mode of a file of our own group. */
TEST_WITH(test_modes, folder_setup, folder_teardown)
{
	const char *path = file();

	for (mode_t mode = 0; mode < 01000; mode++) {
		bool readable = geteuid() == 0 || (mode & 0400) != 0;

		assert_int_equal(chmod(path, mode), 0);
		assert_int_equal(
		    opened(path, false), readable && (mode & 022) == 0);
		assert_int_equal(
		    opened(path, true), readable && (mode & 027) == 0);
	}
	assert_int_equal(chmod(path, 0640), 0);
	accepts(path);
	assert_int_equal(chmod(path, 0644), 0);
	assert_false(opened(path, true));
	assert_non_null(strstr(why_text, "chmod o= /tmp/"));
	assert_int_equal(chmod(path, 0660), 0);
	refuses(path, "chmod go-w /tmp/");
}

/* The same with a group that is not ours. */
TEST_WITH(test_modes_foreign_group, folder_setup, folder_teardown)
{
	const char *path = file();

	need_root();
	give(path, 0, NOBODY);
	for (mode_t mode = 0; mode < 01000; mode++) {
		assert_int_equal(chmod(path, mode), 0);
		assert_int_equal(opened(path, false), (mode & 022) == 0);
		assert_int_equal(opened(path, true), (mode & 067) == 0);
	}
	assert_int_equal(chmod(path, 0640), 0);
	assert_false(opened(path, true));
	/* root may look for a web server, which reads it by that group. */
	assert_non_null(
	    strstr(why_text, ": run this as the web server's user; or, where "
			     "signpost@.service runs it, chmod 600 /tmp/"));
	give(path, NOBODY, NOBODY - 1);
	become(NOBODY, NOBODY, 0);
	assert_false(opened(path, true));
	become_root();
	assert_non_null(strstr(why_text, "can read it: chmod 600 /tmp/"));
}

TEST_WITH(test_owner, folder_setup, folder_teardown)
{
	const char *path = file();

	need_root();
	accepts(path);
	give(path, NOBODY, 0);
	refuses(path, "another user");
	become(NOBODY, NOBODY, 0);
	accepts(path); /* ours now */
	become(NOBODY - 1, NOBODY, 0);
	refuses(path, "can't read it");
	become_root();
	give(path, NOBODY, NOBODY);
	assert_int_equal(chmod(path, 0640), 0);
	become(NOBODY - 1, NOBODY, 0);
	refuses(path, "another user");
	become_root();
}

/* Root's file, to be read by the web server's group. */
TEST_WITH(test_group, folder_setup, folder_teardown)
{
	const char *path = put_file("file", 0640, SPAN_LIT("x"));

	need_root();
	give(path, 0, NOBODY - 1);
	assert_false(opened(path, true));
	become(NOBODY, NOBODY - 1, 0);
	accepts(path);
	become_root();
	become(NOBODY, NOBODY, NOBODY - 1);
	accepts(path);
	become_root();
	become(NOBODY, NOBODY, NOBODY - 2);
	refuses(path, "can't read it");
	become_root();
	become(NOBODY, NOBODY - 2, 0);
	refuses(path, "chmod 640");
	become_root();
}

/* Of linux/posix_acl_xattr.h, little-endian: tag, permissions, id. */
#define ACL_ANYBODY 255, 255, 255, 255

/*
 * A credential as systemd makes it: root's, mode 0400, and by its access
 * control list one more user may read it. Its mode is then 0440.
 */
TEST_WITH(test_credential, folder_setup, folder_teardown)
{
	static const unsigned char list[] = { 2, 0, 0, 0, /* version */
		0x01, 0, 4, 0, ACL_ANYBODY,               /* the owner */
		0x02, 0, 4, 0, NOBODY & 255, NOBODY >> 8, 0, 0, 0x04, 0, 0, 0,
		ACL_ANYBODY,                  /* the group */
		0x10, 0, 4, 0, ACL_ANYBODY,   /* the mask */
		0x20, 0, 0, 0, ACL_ANYBODY }; /* others */
	const char *path = put_file("file", 0400, SPAN_LIT("x"));
	struct stat st;

	need_root();
	give(path, 0, 0);
	if (setxattr(path, "system.posix_acl_access", list, sizeof(list), 0) !=
	    0)
		skip(); /* not on this file system */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0440);
	become(NOBODY, NOBODY, 0);
	accepts(path);
	become_root();
	become(NOBODY - 1, NOBODY, 0);
	refuses(path, "can't read it");
	become_root();
	/* The same, and the group is neither root's nor ours. */
	give(path, 0, NOBODY - 2);
	become(NOBODY, NOBODY, 0);
	assert_false(opened(path, true));
	assert_non_null(strstr(why_text, "a group that is not ours"));
	become_root();
}

/* A folder like /tmp: what lies in it must be ours or root's itself. */
TEST_WITH(test_sticky, folder_setup, folder_teardown)
{
	const char *sticky = put_folder("sticky", 01777);
	const char *path = put_file("sticky/file", 0600, SPAN_LIT("x"));

	accepts(path);
	assert_int_equal(chmod(sticky, 0777), 0);
	refuses(path, "chmod o-w");
	need_root();
	assert_int_equal(chmod(sticky, 01777), 0);
	give(path, NOBODY, 0);
	refuses(path, "another user");
}

TEST_WITH(test_links, folder_setup, folder_teardown)
{
	char real[PATH_MAX];

	put_folder("good", 0755);
	put_folder("bad", 0777);
	put_file("good/file", 0600, SPAN_LIT("x"));
	put_file("bad/file", 0600, SPAN_LIT("x"));
	assert_int_equal(symlink("file", in_folder("good/link")), 0);
	assert_int_equal(symlink("none", in_folder("good/dangling")), 0);
	assert_int_equal(symlink("good", in_folder("to-good")), 0);
	assert_int_equal(symlink("../bad", in_folder("good/to-bad")), 0);
	assert_int_equal(symlink("loop", in_folder("loop")), 0);
	refuses(in_folder("good/link"), "symbolic link");
	refuses(in_folder("good/dangling"), "symbolic link");
	refuses(in_folder("to-good"), "symbolic link");
	refuses(in_folder("loop/file"), "can't get into");
	refuses(in_folder("good/to-bad/file"), "chmod o-w");
	/* A folder may be reached over links: what counts is where it is. */
	accepts(in_folder("to-good/file"));
	assert_non_null(realpath(in_folder("good/file"), real));
	assert_string_equal(real_text, real);
	accepts(in_folder("to-good/../good//./file"));
	assert_string_equal(real_text, real);
	/* But not over one that lies where others can point it elsewhere. */
	assert_int_equal(symlink("../good", in_folder("bad/to-good")), 0);
	refuses(in_folder("bad/to-good/file"), "chmod o-w");
	refuses(in_folder("good/to-bad/../good/file"), "chmod o-w");
}

TEST_WITH(test_kinds, folder_setup, folder_teardown)
{
	struct sockaddr_un at = { AF_UNIX, "" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	put_folder("folder", 0700);
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_int_not_equal(fd, -1);
	strcpy(at.sun_path, in_folder("socket"));
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	refuses(in_folder("folder"), "not a regular file");
	refuses(in_folder("folder/."), "not a regular file");
	refuses(in_folder("fifo"), "not a regular file");
	refuses(in_folder("socket"), "not a regular file");
	refuses("/dev/null", "not a regular file");
	refuses("/", "without one");
	accepts(file());
}

TEST_WITH(test_missing, folder_setup, folder_teardown)
{
	file();
	refuses(in_folder("files"), "no such file");
	refuses(in_folder("none/file"), "no folder");
	refuses(in_folder("file/file"), "is no folder");
	refuses(in_folder("file/"), "without one");
	refuses(in_folder(""), "without one");
	refuses("", "without one");
	refuses("/signpost-test-none", "no such file");
}

TEST_WITH(test_relative, folder_setup, folder_teardown)
{
	char here[PATH_MAX];

	put_folder("folder", 0755);
	put_file("folder/file", 0600, SPAN_LIT("x"));
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(in_folder("folder")), 0);
	accepts("file");
	assert_string_equal(real_text, in_folder("folder/file"));
	accepts("./file");
	accepts("../folder/file");
	refuses("files", "no such file");
	assert_int_equal(chmod(".", 0777), 0);
	refuses("file", "chmod o-w");
	assert_int_equal(chdir(here), 0);
}

/* Names and paths of every length around the system's limits. */
TEST_WITH(test_long, folder_setup, folder_teardown)
{
	static char path[2 * PATH_MAX];
	size_t n = strlen(folder);

	memset(path, 'a', sizeof(path) - 1);
	memcpy(path, folder, n);
	path[n] = '/';
	for (size_t end = n + 250; end < n + 260; end++) {
		path[end] = '\0';
		refuses(path, end - n - 1 > NAME_MAX ? "can't be opened"
						     : "no such file");
		path[end] = 'a';
	}
	for (size_t end = PATH_MAX - 3; end < PATH_MAX + 3; end++) {
		path[end] = '\0';
		refuses(path, end >= PATH_MAX ? "too long" : "can't be opened");
		path[end] = '/';
		refuses(path, "");
		path[end] = 'a';
	}
}

/* To write: a descriptor for both, or the reason. */
static bool
opened_to_write(const char *path, bool make)
{
	int before = lowest_free(), fd;
	struct sink why;

	memset(why_text, 0, sizeof(why_text));
	sink_init(&why, why_text, sizeof(why_text) - 1);
	fd = trusted_open_write(path, make, &why);
	if (fd >= 0) {
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
		assert_string_equal(why_text, "");
		close(fd);
	} else {
		assert_memory_equal(why_text, path, strlen(path));
	}
	assert_int_equal(lowest_free(), before);
	return fd >= 0;
}

static void
refuses_to_write(const char *path, const char *reason)
{
	for (int make = 0; make < 2; make++) {
		if (opened_to_write(path, make))
			fail_msg("accepted: %s", path);
		if (strstr(why_text, reason) == NULL)
			fail_msg("\"%s\" not in \"%s\"", reason, why_text);
	}
}

TEST_WITH(test_write, folder_setup, folder_teardown)
{
	const char *path = file();
	struct stat st;

	/* What is there stays as it is. */
	assert_int_equal(chmod(path, 0640), 0);
	assert_true(opened_to_write(path, false));
	assert_true(opened_to_write(path, true));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 1);
	assert_int_equal(st.st_mode & 07777, 0640);
	/* What is not there is made only when that is asked for. */
	assert_false(opened_to_write(in_folder("new"), false));
	assert_non_null(strstr(why_text, "no such file"));
	assert_true(opened_to_write(in_folder("new"), true));
	assert_int_equal(stat(in_folder("new"), &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	refuses_to_write(in_folder("none/new"), "no folder");
	refuses_to_write(in_folder(""), "without one");
}

/* The rules are those of trusted_open(). */
TEST_WITH(test_write_refused, folder_setup, folder_teardown)
{
	const char *above = put_folder("above", 0777);

	assert_int_equal(chmod(above, 0777), 0);
	refuses_to_write(in_folder("above/file"), "chmod o-w");
	assert_int_equal(access(in_folder("above/file"), F_OK), -1);
	put_file("group", 0620, SPAN_LIT("x"));
	refuses_to_write(in_folder("group"), "chmod go-w");
	assert_int_equal(symlink("file", in_folder("link")), 0);
	refuses_to_write(in_folder("link"), "symbolic link");
	assert_int_equal(access(in_folder("file"), F_OK), -1);
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	refuses_to_write(in_folder("fifo"), "not a regular file");
	put_folder("folder", 0700);
	refuses_to_write(in_folder("folder"), "not a regular file");
}

TEST_WITH(test_write_owner, folder_setup, folder_teardown)
{
	const char *path = file(), *next = in_folder("next");

	need_root();
	become(NOBODY, NOBODY, 0);
	refuses_to_write(path, "chown");
	assert_false(opened_to_write(next, true));
	assert_non_null(strstr(why_text, "can't make it"));
	become_root();
	give(path, NOBODY, 0);
	refuses_to_write(path, "another user");
	become(NOBODY, NOBODY, 0);
	assert_true(opened_to_write(path, true)); /* ours now */
	become_root();
}
