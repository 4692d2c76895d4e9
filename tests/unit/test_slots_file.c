/* The counters' file itself: slots.c opens it, refuses it and makes it. */
#define _GNU_SOURCE

#include "test.h"

#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "counting.h"
#include "hooks.h"
#include "slots_file.h"
#include "store/slots.h"
#include "store_folder.h"

#define BUCKETS 2

static char why_text[16384];

static bool
there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* A store in the folder is probed; what it says is in why_text. */
static bool
made_with(const char *folder_of, unsigned buckets)
{
	int before = lowest_free();
	struct counters *c = slots_new(folder_of, buckets);
	const char *why = c->probe(c);

	snprintf(why_text, sizeof(why_text), "%s", why == NULL ? "" : why);
	if (why != NULL) {
		assert_memory_equal(why, folder_of, strlen(folder_of));
		assert_int_equal(lowest_free(), before);
	}
	c->close(c);
	assert_int_equal(lowest_free(), before);
	return why == NULL;
}

static bool
made(const char *folder_of)
{
	return made_with(folder_of, BUCKETS);
}

static void
says(const char *text)
{
	if (strstr(why_text, text) == NULL)
		fail_msg("\"%s\" not in \"%s\"", text, why_text);
}

static void
opens_not(const char *reason)
{
	if (made(dir()))
		fail_msg("opened: %s is wanted", reason);
	says(reason);
}

/* A store whose file is open. */
static struct counters *
fresh(void)
{
	struct counters *c = slots_new(dir(), BUCKETS);
	const char *why = c->probe(c);

	if (why != NULL)
		fail_msg("%s", why);
	return c;
}

static ino_t
inode(void)
{
	struct stat st;

	assert_int_equal(stat(file(), &st), 0);
	return st.st_ino;
}

TEST_WITH(test_opens, folder_setup, folder_teardown)
{
	int fd = lowest_free();
	struct counters *c = fresh(), *d;
	ino_t first = inode();

	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	d = fresh();
	assert_int_equal(inode(), first);
	c->close(c);
	d->close(d);
	assert_int_equal(lowest_free(), fd);
}

static ssize_t
no_random(void *out, size_t n, unsigned flags)
{
	(void)out;
	(void)n;
	(void)flags;
	errno = ENOSYS;
	return -1;
}

static ssize_t
known_random(void *out, size_t n, unsigned flags)
{
	(void)flags;
	for (size_t i = 0; i < n; i++)
		((unsigned char *)out)[i] = (unsigned char)(i + 1);
	return (ssize_t)n;
}

static int
unhook(void **state)
{
	hooks.getrandom = NULL;
	hooks.write = NULL;
	return folder_teardown(state);
}

/*
 * Every byte of a file in which one name was counted, against what Python
 * finds by the drawing alone:
 *
 * python3 -c 'import hmac, hashlib
 * key = bytes(range(1, 33)); mac = lambda *p: hmac.digest(key, b"".join(p),
 *   "sha256"); n = lambda v, w: v.to_bytes(w, "little")
 * head = b"signpost slots 1" + n(2, 4) + bytes(12) + key + bytes(440)
 * tag = mac(b"name", b"alice"); first = int.from_bytes(tag[16:24], "little")
 * windows = b"".join(n(e, 8) + n(20, 4) for e in
 *   (1700024880, 1700028000, 1700092800)); out = b""
 * for i in range(32):
 *   b = (tag[:16] + windows if i == first % 2 * 8 else bytes(52)) + bytes(4)
 *   out += b + mac(b"slot", n(i, 4), b)[:8]
 * print(hashlib.sha256(head + hashlib.sha256(head).digest()[:8] + out)
 *   .hexdigest())'
 */
TEST_WITH(test_layout, folder_setup, unhook)
{
	static const char wanted[] =
	    "27ea70cf82f0da90f8a9fec74f8d7107227fc070c851886706a20bee0c15c459";
	unsigned char bytes[4096], digest[DIGEST_MAX];
	struct counters *c;
	struct counted alice;
	struct tally t;
	struct span all = { bytes, 0 };
	char hex[65];
	int fd;

	hooks.getrandom = known_random;
	c = fresh();
	counted_init(&alice, "alice", 20, 20, 20);
	t = counted_tally(&alice);
	assert_int_equal(c->take(c, &t, 1, 20, NOW).what, COUNTERS_TAKEN);
	c->close(c);
	fd = open(file(), O_RDONLY | O_CLOEXEC);
	all.n = (size_t)read(fd, bytes, sizeof(bytes));
	close(fd);
	assert_int_equal(all.n, slots_size(BUCKETS));
	assert_true(digest_of(HASH_SHA256, &all, 1, digest));
	for (size_t i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, wanted);
}

/* A file of each number of buckets, and its size. */
TEST_WITH(test_size, folder_setup, folder_teardown)
{
	struct stat st;

	assert_true(made_with(dir(), 300));
	assert_int_equal(stat(file(), &st), 0);
	assert_int_equal(st.st_size, 512 + 300 * 1024);
	assert_false(made_with(dir(), 299));
	says("it has 307712 bytes, not 306688: remove it");
}

/* Another key for each file. */
TEST_WITH(test_random, folder_setup, unhook)
{
	unsigned char keys[2][32];

	put_folder("dir", 0700);
	hooks.getrandom = no_random;
	opens_not("the kernel gives no random bytes");
	assert_int_equal(remove(dir()), 0); /* nothing is left */
	hooks.getrandom = NULL;
	for (size_t i = 0; i < 2; i++) {
		int fd;

		assert_true(made(dir()));
		fd = open(file(), O_RDONLY | O_CLOEXEC);
		assert_int_equal(pread(fd, keys[i], 32, 32), 32);
		close(fd);
		assert_int_equal(remove(file()), 0);
	}
	assert_memory_not_equal(keys[0], keys[1], 32);
}

/* Every length but the right one. */
TEST_WITH(test_lengths, folder_setup, folder_teardown)
{
	off_t size = (off_t)slots_size(BUCKETS);

	assert_true(made(dir()));
	assert_int_equal(truncate(file(), size + 1), 0);
	opens_not("bytes, not 2560: remove it");
	assert_int_equal(truncate(file(), size), 0);
	assert_true(made(dir()));
	for (off_t n = size - 1; n >= 0; n--) {
		assert_int_equal(truncate(file(), n), 0);
		opens_not("bytes, not 2560: remove it");
	}
}

/* Every bit of the first block, also while it is open. */
TEST_WITH(test_head, folder_setup, folder_teardown)
{
	struct counters *c = fresh();
	unsigned char byte, sum[DIGEST_MAX], head[504];
	struct span checked = { head, sizeof(head) };
	int fd = open(file(), O_RDWR | O_CLOEXEC);

	for (off_t bit = 0; bit < 8 * SLOTS_HEAD; bit++) {
		assert_int_equal(pread(fd, &byte, 1, bit / 8), 1);
		byte ^= (unsigned char)(1U << bit % 8);
		assert_int_equal(pwrite(fd, &byte, 1, bit / 8), 1);
		opens_not(bit < 8 * 16 ? "of this version" : "is damaged");
		says("counting starts anew");
		if (bit == 8 * 100)
			assert_non_null(c->probe(c));
		byte ^= (unsigned char)(1U << bit % 8);
		assert_int_equal(pwrite(fd, &byte, 1, bit / 8), 1);
	}
	assert_true(made(dir()));
	/* A right one, of another number of buckets. */
	assert_int_equal(pread(fd, head, 504, 0), 504);
	head[16]++;
	assert_true(digest_of(HASH_SHA256, &checked, 1, sum));
	assert_int_equal(pwrite(fd, head, 504, 0), 504);
	assert_int_equal(pwrite(fd, sum, 8, 504), 8);
	opens_not("it was made for another number of counts");
	close(fd);
	c->close(c);
}

/* Whatever else may lie there. */
TEST_WITH(test_kinds, folder_setup, folder_teardown)
{
	struct sockaddr_un at = { AF_UNIX, "" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	put_folder("dir", 0700);
	put_file("file", 0600, SPAN_LIT("x"));
	assert_int_equal(symlink("../file", file()), 0);
	opens_not("symbolic link");
	assert_int_equal(remove(file()), 0);
	assert_int_equal(symlink("../none", file()), 0);
	opens_not("symbolic link");
	assert_int_equal(remove(file()), 0);
	assert_int_equal(mkfifo(file(), 0600), 0);
	opens_not("not a regular file");
	assert_int_equal(remove(file()), 0);
	assert_int_equal(mkdir(file(), 0700), 0);
	opens_not("not a regular file");
	assert_int_equal(remove(file()), 0);
	strcpy(at.sun_path, file());
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	opens_not("not a regular file");
	assert_int_equal(remove(file()), 0);
	assert_int_equal(link(in_folder("file"), file()), 0);
	opens_not("it has 1 bytes");
	assert_int_equal(remove(file()), 0);
	assert_int_equal(remove(dir()), 0);
	put_file("dir", 0600, SPAN_LIT("x"));
	opens_not("");
}

TEST_WITH(test_modes, folder_setup, folder_teardown)
{
	struct counters *c = fresh();

	/* Open already: it is looked at again, and refused. */
	assert_int_equal(chmod(file(), 0620), 0);
	assert_non_null(strstr(c->probe(c), "chmod go-w"));
	c->close(c);
	opens_not("chmod go-w");
	assert_int_equal(chmod(file(), 0602), 0);
	opens_not("chmod go-w");
	assert_int_equal(chmod(file(), 0600), 0);
	assert_true(made(dir()));
	assert_int_equal(chmod(dir(), 0777), 0);
	opens_not("chmod o-w");
	assert_int_equal(chmod(dir(), 01777), 0);
	assert_true(made(dir()));
}

TEST_WITH(test_owners, folder_setup, folder_teardown)
{
	need_root();
	assert_true(made(dir()));
	become(NOBODY, NOBODY, 0);
	opens_not("");
	become_root();
	assert_int_equal(chmod(dir(), 0755), 0);
	become(NOBODY, NOBODY, 0);
	opens_not("chown it, and its folder, to that user");
	become_root();
	give(file(), NOBODY, NOBODY);
	opens_not("another user");
	become(NOBODY, NOBODY, 0);
	assert_true(made(dir()));
	become_root();
	give(file(), 0, 0);
	give(dir(), NOBODY, NOBODY);
	opens_not("another user");
}

/* What is counted for a name whose limit in a day is one. */
static unsigned
used(struct counters *c, const char *name)
{
	struct counted counted;
	struct tally t;

	counted_init(&counted, name, 0, 0, 1);
	t = counted_tally(&counted);
	c->take(c, &t, 1, BATCH_MAX, NOW);
	return t.counts[0].used;
}

/* Not the one that was opened: removed, moved, replaced, or its folder. */
TEST_WITH(test_replaced, folder_setup, folder_teardown)
{
	struct counters *c = fresh();
	ino_t first = inode();

	count_day(c, "a", 9, 5, NOW);
	assert_int_equal(rename(file(), in_folder("dir/old")), 0);
	assert_int_equal(used(c, "a"), 0);
	assert_int_not_equal(inode(), first);
	assert_int_equal(rename(in_folder("dir/old"), file()), 0);
	assert_int_equal(used(c, "a"), 5);
	assert_int_equal(rename(dir(), in_folder("moved")), 0);
	assert_int_equal(used(c, "a"), 0);
	assert_int_equal(remove(file()), 0);
	assert_int_equal(symlink("../moved/counters", file()), 0);
	assert_non_null(strstr(c->probe(c), "symbolic link"));
	c->close(c);
}

/* Nothing is written where it would be a signal. */
TEST_WITH(test_file_size, folder_setup, folder_teardown)
{
	struct rlimit before, limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (int there_is_one = 0; there_is_one < 2; there_is_one++) {
		limit = before;
		limit.rlim_cur = slots_size(BUCKETS) - 1;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		opens_not("ulimit -f");
		limit.rlim_cur = slots_size(BUCKETS);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		assert_true(made(dir()));
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	}
}

TEST_WITH(test_long, folder_setup, folder_teardown)
{
	char text[PATH_TEXT_MAX + 8];

	memset(text, 'a', sizeof(text));
	text[0] = '/';
	for (size_t n = PATH_TEXT_MAX; n > PATH_TEXT_MAX - 20; n--) {
		text[n] = '\0';
		assert_false(made(text));
		assert_int_equal(
		    strstr(why_text, "this path is too long") != NULL,
		    n + strlen("/counters") > PATH_TEXT_MAX);
	}
}

/* A whole file, and nothing besides it. */
static void
assert_whole(const char *folder_of)
{
	static unsigned char bytes[4096], wanted[4096];
	char path[4096], draft[4096], key[33] = "";
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/counters", folder_of);
	snprintf(draft, sizeof(draft), "%s/counters.new", folder_of);
	assert_false(there(draft));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), slots_size(BUCKETS));
	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_true(st.st_blocks * 512 >= st.st_size); /* no holes */
	memcpy(key, bytes + 32, 32);
	slots_fill(key, BUCKETS, wanted);
	assert_memory_equal(bytes, wanted, slots_size(BUCKETS));
}

TEST_WITH(test_makes, folder_setup, folder_teardown)
{
	struct stat st;
	ino_t first;

	assert_true(made(in_folder("new")));
	assert_whole(in_folder("new"));
	assert_int_equal(stat(in_folder("new"), &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	/* What is there stays. */
	assert_int_equal(stat(in_folder("new/counters"), &st), 0);
	first = st.st_ino;
	assert_true(made(in_folder("new")));
	assert_int_equal(stat(in_folder("new/counters"), &st), 0);
	assert_int_equal(st.st_ino, first);
	assert_whole(in_folder("new"));
	/* Whatever it is. */
	put_folder("other", 0700);
	put_file("other/counters", 0600, SPAN_LIT("x"));
	assert_false(made(in_folder("other")));
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
		ino_t first;

		put_folder("a", 0700);
		put_file("a/counters.new", 0600, (struct span){ bytes, n });
		assert_int_equal(stat(in_folder("a/counters.new"), &st), 0);
		first = st.st_ino;
		assert_true(made(in_folder("a")));
		assert_whole(in_folder("a"));
		assert_int_equal(stat(in_folder("a/counters"), &st), 0);
		if (n == 0)
			assert_int_equal(st.st_ino, first);
		assert_int_equal(remove(in_folder("a/counters")), 0);
		assert_int_equal(remove(in_folder("a")), 0);
	}
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
	says("is the path right?");
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
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = i % 2 == 0 ? '/' : 'n';
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

static size_t room; /* on the disk */

static ssize_t
write_room(int fd, const void *p, size_t n)
{
	ssize_t done = -1;

	hooks.write = NULL;
	errno = ENOSPC;
	if (room > 0)
		done = write(fd, p, n < room ? n : room);
	hooks.write = write_room;
	room -= done > 0 ? (size_t)done : 0;
	return done;
}

/* At every size at which the file system may be full. */
TEST_WITH(test_no_room, folder_setup, unhook)
{
	put_folder("a", 0700);
	for (size_t n = 0; n < slots_size(BUCKETS); n += 61) {
		room = n;
		hooks.write = write_room;
		assert_false(made(in_folder("a")));
		says("no room for its 2560 bytes");
		assert_false(there(in_folder("a/counters")));
		assert_false(there(in_folder("a/counters.new")));
	}
	hooks.write = NULL;
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
	assert_false(made_with(disk, 1000));
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
	assert_int_equal(
	    fcntl(fd, F_OFD_SETLK, &(struct flock){ .l_type = F_WRLCK }), 0);
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
		/* Killed before the file had its name, or just after. */
		assert_true(made(in_folder("a")));
		unlink(in_folder("a/counters.new"));
		assert_whole(in_folder("a"));
		assert_int_equal(remove(in_folder("a/counters")), 0);
		assert_int_equal(remove(in_folder("a")), 0);
	}
}
