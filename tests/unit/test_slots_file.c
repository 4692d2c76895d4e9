#define _GNU_SOURCE

#include "test.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "counting.h"
#include "folder.h"
#include "store/slots_file.h"

#define BUCKETS 2

static char why_text[8192], place[4096];

/* The store's own folder, and the file in it. */
static const char *
dir(void)
{
	snprintf(place, sizeof(place), "%s", in_folder("dir"));
	return place;
}

static const char *
file(void)
{
	return in_folder("dir/counters");
}

static bool
opens(struct slots_file *f)
{
	struct sink why;
	bool ok;

	memset(why_text, 0, sizeof(why_text));
	sink_init(&why, why_text, sizeof(why_text) - 1);
	ok = slots_file_open(f, 100, &why);
	assert_int_equal(ok, why.n == 0);
	assert_int_equal(ok, slots_file_is_open(f));
	return ok;
}

static void
opens_not(const char *reason)
{
	int before = lowest_free();
	struct slots_file f;

	slots_file_init(&f, dir(), BUCKETS);
	if (opens(&f))
		fail_msg("opened: %s is wanted", reason);
	if (strstr(why_text, reason) == NULL)
		fail_msg("\"%s\" not in \"%s\"", reason, why_text);
	assert_memory_equal(why_text, dir(), strlen(dir()));
	assert_int_equal(lowest_free(), before);
}

static void
fresh(struct slots_file *f)
{
	slots_file_init(f, dir(), BUCKETS);
	assert_false(slots_file_is_open(f));
	if (!opens(f))
		fail_msg("%s", why_text);
}

TEST_WITH(test_opens, folder_setup, folder_teardown)
{
	int before = lowest_free();
	struct slots_file f, g;

	fresh(&f);
	assert_int_equal(fcntl(f.fd, F_GETFD), FD_CLOEXEC);
	assert_true(slots_file_current(&f) && slots_file_same_head(&f));
	fresh(&g);
	assert_int_equal(f.opened.inode, g.opened.inode);
	assert_memory_equal(f.head, g.head, SLOTS_HEAD);
	slots_file_close(&g);
	assert_true(opens(&f)); /* again */
	slots_file_close(&f);
	slots_file_close(&f);
	assert_false(slots_file_is_open(&f));
	assert_int_equal(lowest_free(), before);
}

TEST_WITH(test_buckets, folder_setup, folder_teardown)
{
	struct bucket b = { .number = 3 }, c = { .number = 3 };
	struct slot slot = { .tag = "someone" };
	struct slots_file f, g;

	fresh(&f);
	fresh(&g);
	for (b.number = 0; b.number < 2 * BUCKETS; b.number++) {
		c.number = b.number;
		for (unsigned at = 0; at < BUCKET_SLOTS; at++) {
			assert_true(slots_file_read(&f, &b));
			b.changed = 0;
			slot.windows[0].end = b.number * 100 + at;
			bucket_put(&b, slots_file_key(&f), at, &slot);
			/* Only what changed goes out. */
			b.bytes[(at + 1) % BUCKET_SLOTS * SLOT_BYTES] ^= 1;
			assert_true(slots_file_write(&f, &b));
			b.bytes[(at + 1) % BUCKET_SLOTS * SLOT_BYTES] ^= 1;
			assert_true(slots_file_read(&g, &c));
			assert_memory_equal(b.bytes, c.bytes, BUCKET_BYTES);
		}
	}
	assert_true(slots_file_read(&f, &b) == false && errno == 0);
	slots_file_close(&f);
	slots_file_close(&g);
	fresh(&f);
	c.number = 1;
	assert_true(slots_file_read(&f, &c));
	for (unsigned at = 0; at < BUCKET_SLOTS; at++) {
		assert_true(slot_unpack(slots_file_key(&f), 8 + at,
		    c.bytes + at * SLOT_BYTES, &slot));
		assert_int_equal(slot_end(&slot), 100 + at);
	}
	slots_file_close(&f);
}

/* Every length but the right one. */
TEST_WITH(test_lengths, folder_setup, folder_teardown)
{
	off_t size = (off_t)slots_size(BUCKETS);
	struct slots_file f;

	fresh(&f);
	slots_file_close(&f);
	assert_int_equal(truncate(file(), size + 1), 0);
	opens_not("bytes, not 2560: remove it");
	assert_int_equal(truncate(file(), size), 0);
	fresh(&f);
	for (off_t n = size - 1; n >= 0; n--) {
		assert_int_equal(truncate(file(), n), 0);
		opens_not("bytes, not 2560: remove it");
		assert_false(slots_file_current(&f));
	}
	slots_file_close(&f);
}

TEST_WITH(test_head, folder_setup, folder_teardown)
{
	struct slots_file f, other;
	unsigned char byte;
	int fd;

	fresh(&f);
	fd = open(file(), O_RDWR | O_CLOEXEC);
	for (off_t at = 0; at < SLOTS_HEAD; at++) {
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 4;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		opens_not("counting starts anew");
		assert_true(slots_file_current(&f));
		assert_false(slots_file_same_head(&f));
		byte ^= 4;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		assert_true(slots_file_same_head(&f));
	}
	close(fd);
	slots_file_init(&other, dir(), BUCKETS + 1);
	assert_false(opens(&other));
	fresh(&other);
	slots_file_close(&other);
	slots_file_close(&f);
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
	struct slots_file f;

	fresh(&f);
	assert_int_equal(chmod(file(), 0620), 0);
	assert_false(slots_file_current(&f));
	opens_not("chmod go-w");
	assert_int_equal(chmod(file(), 0602), 0);
	opens_not("chmod go-w");
	assert_int_equal(chmod(file(), 0600), 0);
	assert_true(slots_file_current(&f));
	assert_int_equal(chmod(dir(), 0777), 0);
	opens_not("chmod o-w");
	assert_int_equal(chmod(dir(), 01777), 0);
	slots_file_close(&f);
	fresh(&f);
	slots_file_close(&f);
}

TEST_WITH(test_owners, folder_setup, folder_teardown)
{
	struct slots_file f;

	need_root();
	fresh(&f);
	slots_file_close(&f);
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
	fresh(&f);
	slots_file_close(&f);
	become_root();
	give(file(), 0, 0);
	give(dir(), NOBODY, NOBODY);
	opens_not("another user");
}

/* Not ours any more: removed, moved, replaced, or its folder. */
TEST_WITH(test_replaced, folder_setup, folder_teardown)
{
	struct slots_file f, g;

	fresh(&f);
	assert_int_equal(rename(file(), in_folder("dir/old")), 0);
	assert_false(slots_file_current(&f));
	fresh(&g);
	assert_false(slots_file_current(&f));
	assert_int_not_equal(f.opened.inode, g.opened.inode);
	assert_memory_not_equal(f.head, g.head, SLOTS_HEAD);
	assert_int_equal(rename(in_folder("dir/old"), file()), 0);
	assert_true(slots_file_current(&f));
	assert_false(slots_file_current(&g));
	assert_int_equal(rename(dir(), in_folder("moved")), 0);
	assert_false(slots_file_current(&f));
	assert_true(opens(&g));
	assert_true(slots_file_current(&g));
	assert_int_equal(remove(file()), 0);
	assert_false(slots_file_current(&g));
	assert_int_equal(symlink("../moved/counters", file()), 0);
	assert_false(slots_file_current(&f));
	slots_file_close(&f);
	slots_file_close(&g);
}

/* A child is not open: its parent's lock would be its own. */
TEST_WITH(test_fork, folder_setup, folder_teardown)
{
	struct slots_file f;
	int status;
	pid_t child;

	fresh(&f);
	assert_int_equal(lock_take(f.fd, 0), LOCK_TAKEN);
	child = fork();
	if (child == 0)
		_exit(slots_file_is_open(&f) || !opens(&f) ||
		      lock_take(f.fd, 0) != LOCK_BUSY);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(slots_file_is_open(&f));
	slots_file_close(&f);
}

/* Nothing is written where it would be a signal. */
TEST_WITH(test_file_size, folder_setup, folder_teardown)
{
	struct rlimit before, limit;
	struct slots_file f;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (int made = 0; made < 2; made++) {
		limit = before;
		limit.rlim_cur = slots_size(BUCKETS) - 1;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		opens_not("ulimit -f");
		limit.rlim_cur = slots_size(BUCKETS);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		fresh(&f);
		slots_file_close(&f);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	}
}

TEST_WITH(test_write_fails, folder_setup, folder_teardown)
{
	struct bucket b = { .number = 1, .changed = 1 };
	struct rlimit before, limit;
	struct slots_file f;

	fresh(&f);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = SLOTS_HEAD;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_false(slots_file_write(&f, &b));
	assert_int_equal(errno, EFBIG);
	b.changed = 0;
	assert_true(slots_file_write(&f, &b));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	slots_file_close(&f);
}

TEST_WITH(test_long, folder_setup, folder_teardown)
{
	char text[PATH_TEXT_MAX + 8];
	struct slots_file f;

	memset(text, 'a', sizeof(text));
	text[0] = '/';
	for (size_t n = PATH_TEXT_MAX; n > PATH_TEXT_MAX - 20; n--) {
		text[n] = '\0';
		slots_file_init(&f, text, BUCKETS);
		assert_false(opens(&f));
		assert_int_equal(
		    strstr(why_text, "this path is too long") != NULL,
		    n + strlen("/counters") > PATH_TEXT_MAX);
	}
}
