#define _GNU_SOURCE

#include "test.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "counting.h"
#include "folder.h"
#include "store/lock.h"
#include "store/slots_head.h"
#include "store/slots_make.h"

#define BUCKETS 8

static char why_text[8192];

static bool
made_with(const char *dir, unsigned buckets, struct random_source *random)
{
	char path[4096];
	struct sink why;
	int before = lowest_free();
	bool ok;

	memset(why_text, 0, sizeof(why_text));
	sink_init(&why, why_text, sizeof(why_text) - 1);
	snprintf(path, sizeof(path), "%s/counters", dir);
	ok = slots_make(dir, path, buckets, random, 100, &why);
	assert_int_equal(ok, why.n == 0);
	assert_int_equal(lowest_free(), before);
	if (!ok)
		assert_memory_equal(why_text, dir, strlen(dir));
	return ok;
}

static bool
made(const char *dir)
{
	return made_with(dir, BUCKETS, &random_kernel);
}

static void
says(const char *text)
{
	if (strstr(why_text, text) == NULL)
		fail_msg("\"%s\" not in \"%s\"", text, why_text);
}

static bool
there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* A whole file, and nothing besides it. */
static void
assert_whole(const char *dir)
{
	unsigned char bytes[SLOTS_HEAD + 2 * BUCKETS * BUCKET_BYTES + 1];
	alignas(max_align_t) unsigned char mem[HMAC_KEY_MAX];
	struct hmac_key *key = (struct hmac_key *)(void *)mem;
	char path[4096], draft[4096];
	struct slot slot;
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/counters", dir);
	snprintf(draft, sizeof(draft), "%s/counters.new", dir);
	assert_false(there(draft));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), sizeof(bytes) - 1);
	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_true(st.st_blocks * 512 >= st.st_size); /* no holes */
	assert_null(slots_head_fault(bytes, BUCKETS));
	assert_true(slots_head_key(bytes, key));
	for (unsigned i = 0; i < 2 * BUCKETS * BUCKET_SLOTS; i++) {
		assert_true(slot_unpack(
		    key, i, bytes + SLOTS_HEAD + i * SLOT_BYTES, &slot));
		assert_int_equal(slot_end(&slot), 0);
	}
}

TEST_WITH(test_makes, folder_setup, folder_teardown)
{
	struct stat st;
	ino_t inode;

	assert_true(made(in_folder("new")));
	assert_whole(in_folder("new"));
	assert_int_equal(stat(in_folder("new"), &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	/* What is there stays. */
	assert_int_equal(stat(in_folder("new/counters"), &st), 0);
	inode = st.st_ino;
	assert_true(made(in_folder("new")));
	assert_int_equal(stat(in_folder("new/counters"), &st), 0);
	assert_int_equal(st.st_ino, inode);
	assert_whole(in_folder("new"));
	/* Whatever it is. */
	put_folder("other", 0700);
	put_file("other/counters", 0600, SPAN_LIT("x"));
	assert_true(made(in_folder("other")));
	assert_int_equal(stat(in_folder("other/counters"), &st), 0);
	assert_int_equal(st.st_size, 1);
	assert_false(there(in_folder("other/counters.new")));
}

TEST_WITH(test_umask, folder_setup, folder_teardown)
{
	mode_t before = umask(0);

	assert_true(made(in_folder("a")));
	assert_whole(in_folder("a"));
	umask(0277);
	put_folder("b", 0700);
	assert_true(made(in_folder("b")));
	assert_whole(in_folder("b"));
	umask(before);
}

/* What one that was killed may have left. */
TEST_WITH(test_leftovers, folder_setup, folder_teardown)
{
	struct stat st;

	for (size_t n = 0; n <= 2000; n += 400) {
		static const unsigned char bytes[2000];
		ino_t inode;

		put_folder("a", 0700);
		put_file("a/counters.new", 0600, (struct span){ bytes, n });
		assert_int_equal(stat(in_folder("a/counters.new"), &st), 0);
		inode = st.st_ino;
		assert_true(made(in_folder("a")));
		assert_whole(in_folder("a"));
		assert_int_equal(stat(in_folder("a/counters"), &st), 0);
		if (n == 0)
			assert_int_equal(st.st_ino, inode);
		assert_int_equal(remove(in_folder("a/counters")), 0);
		assert_int_equal(remove(in_folder("a")), 0);
	}
	/* Killed between the link and the unlink. */
	assert_true(made(in_folder("b")));
	assert_int_equal(
	    link(in_folder("b/counters"), in_folder("b/counters.new")), 0);
	assert_true(made(in_folder("b")));
	assert_whole(in_folder("b"));
}

/*
 * The same, and then the file was removed: who still has that open must not
 * find it with another key.
 */
TEST_WITH(test_leftover_in_use, folder_setup, folder_teardown)
{
	unsigned char before[SLOTS_HEAD], after[SLOTS_HEAD];
	int fd;

	assert_true(made(in_folder("b")));
	fd = open(in_folder("b/counters"), O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, before, SLOTS_HEAD, 0), SLOTS_HEAD);
	assert_int_equal(
	    rename(in_folder("b/counters"), in_folder("b/counters.new")), 0);
	assert_true(made(in_folder("b")));
	assert_whole(in_folder("b"));
	assert_int_equal(pread(fd, after, SLOTS_HEAD, 0), SLOTS_HEAD);
	assert_memory_equal(before, after, SLOTS_HEAD);
	close(fd);
	/* Nor is another file, under that name as well, written to. */
	assert_int_equal(remove(in_folder("b/counters")), 0);
	put_file("mine", 0600, SPAN_LIT(""));
	assert_int_equal(
	    link(in_folder("mine"), in_folder("b/counters.new")), 0);
	assert_true(made(in_folder("b")));
	assert_whole(in_folder("b"));
	fd = open(in_folder("mine"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, after, 1), 0);
	close(fd);
}

TEST_WITH(test_refused, folder_setup, folder_teardown)
{
	char longest[PATH_TEXT_MAX + 8];

	assert_false(made(in_folder("none/new")));
	says("no folder above");
	put_file("file", 0600, SPAN_LIT("x"));
	assert_false(made(in_folder("file/new")));
	says("no folder above");
	assert_false(made(in_folder("file")));
	put_folder("a", 0700);
	assert_int_equal(symlink("x", in_folder("a/counters.new")), 0);
	assert_false(made(in_folder("a")));
	says("symbolic link");
	put_folder("b", 0700);
	put_folder("b/counters.new", 0700);
	assert_false(made(in_folder("b")));
	says("not a regular file");
	put_folder("c", 0700);
	assert_int_equal(mkfifo(in_folder("c/counters.new"), 0600), 0);
	assert_false(made(in_folder("c")));
	says("not a regular file");
	put_folder("d", 0777);
	assert_int_equal(chmod(in_folder("d"), 0777), 0);
	assert_false(made(in_folder("d")));
	says("chmod o-w");
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	longest[PATH_TEXT_MAX - 12] = '\0';
	assert_false(made(longest));
	says("too long");
	assert_false(there(in_folder("a/counters")));
	assert_false(there(in_folder("d/counters")));
}

TEST_WITH(test_rights, folder_setup, folder_teardown)
{
	need_root();
	put_folder("a", 0755);
	become(NOBODY, NOBODY, 0);
	assert_false(made(in_folder("a")));
	says("can't make it or write to it");
	assert_false(made(in_folder("b")));
	says("can't make the folder");
	become_root();
}

static bool
fill_none(struct random_source *self, unsigned char *out, size_t n)
{
	(void)self;
	(void)out;
	(void)n;
	return false;
}

TEST_WITH(test_no_random, folder_setup, folder_teardown)
{
	struct random_source none = { fill_none };

	put_folder("a", 0700);
	assert_false(made_with(in_folder("a"), BUCKETS, &none));
	says("random");
	assert_int_equal(remove(in_folder("a")), 0); /* nothing is left */
}

/* At every size at which the file system may be full. */
TEST_WITH(test_file_size, folder_setup, folder_teardown)
{
	struct rlimit before, limit;

	put_folder("a", 0700);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (rlim_t n = 0; n < slots_size(BUCKETS); n += 301) {
		bool ok;

		limit = before;
		limit.rlim_cur = n;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		ok = made(in_folder("a"));
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_false(ok);
		says("can't be made");
		assert_false(there(in_folder("a/counters")));
		assert_false(there(in_folder("a/counters.new")));
	}
	signal(SIGXFSZ, SIG_DFL);
	assert_true(made(in_folder("a")));
	assert_whole(in_folder("a"));
}

/* Also when the test has failed. */
static int
disk_teardown(void **state)
{
	umount2(in_folder("disk"), MNT_DETACH);
	return folder_teardown(state);
}

/* A file system that is too small, then empty again; read-only at last. */
TEST_WITH(test_full_disk, folder_setup, disk_teardown)
{
	const char *disk = put_folder("disk", 0700);

	need_root();
	if (mount("tmpfs", disk, "tmpfs", 0, "size=64k,mode=0700") != 0) {
		print_message("no mount here: a full disk is not tested\n");
		skip();
	}
	assert_false(made_with(disk, 1000, &random_kernel));
	says("no room for its 1024512 bytes");
	assert_false(there(in_folder("disk/counters")));
	assert_false(there(in_folder("disk/counters.new")));
	assert_true(made(disk));
	assert_whole(disk);
	assert_int_equal(remove(in_folder("disk/counters")), 0);
	assert_int_equal(
	    mount(NULL, disk, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	assert_false(made(disk));
	says("read-only");
}

TEST_WITH(test_busy, folder_setup, folder_teardown)
{
	int fd;

	put_folder("a", 0700);
	put_file("a/counters.new", 0600, SPAN_LIT(""));
	fd = open(in_folder("a/counters.new"), O_RDWR | O_CLOEXEC);
	assert_int_equal(lock_take(fd, 0), LOCK_TAKEN);
	assert_false(made(in_folder("a")));
	says("still making it");
	close(fd);
	assert_true(made(in_folder("a")));
	assert_whole(in_folder("a"));
}

/*
 * Many at once, some of them killed at any moment: there is never but one file
 * and never a part of one.
 */
TEST_WITH(test_race, folder_setup, folder_teardown)
{
	for (unsigned round = 0; round < 60; round++) {
		pid_t children[4];
		int status;

		for (unsigned i = 0; i < 4; i++) {
			children[i] = fork();
			if (children[i] == 0) {
				for (int tries = 0; tries < 100; tries++)
					if (made(in_folder("a")))
						_exit(0);
				_exit(1);
			}
		}
		usleep(round * 40);
		kill(children[round % 4], SIGKILL);
		kill(children[(round + 1) % 4], SIGKILL);
		for (unsigned i = 0; i < 4; i++) {
			assert_int_equal(
			    waitpid(children[i], &status, 0), children[i]);
			assert_true(status == 0 || WIFSIGNALED(status));
		}
		if (there(in_folder("a/counters.new")))
			assert_true(made(in_folder("a")));
		assert_whole(in_folder("a"));
		assert_int_equal(remove(in_folder("a/counters")), 0);
		assert_int_equal(remove(in_folder("a")), 0);
	}
}
