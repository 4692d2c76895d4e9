#define _GNU_SOURCE

#include "test.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "counting.h"
#include "folder.h"
#include "store/lock.h"
#include "store/slots.h"
#include "store/slots_head.h"
#include "store/slots_make.h"

static int disk_teardown(void **state);

#define BUCKETS 8

static char place[4096];

static struct counters *
store_of(unsigned buckets)
{
	struct counters *c;

	snprintf(place, sizeof(place), "%s", in_folder("dir"));
	c = slots_new(place, buckets);
	assert_non_null(c);
	return c;
}

static const char *
file(void)
{
	return in_folder("dir/counters");
}

/* A child that does not outlive a test that has failed. */
static pid_t
child_of_test(void)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return child;
}

static enum counters_what
take(struct counters *c, const char *name, unsigned limit, unsigned amount)
{
	return count_day(c, name, limit, amount, NOW).what;
}

static void
breaks(struct counters *c, const char *reason)
{
	struct counters_verdict v = count_day(c, "alice", 100, 1, NOW);

	assert_int_equal(v.what, COUNTERS_BROKEN);
	assert_int_equal(v.retry_after, 0);
	if (strstr(v.reason, reason) == NULL)
		fail_msg("\"%s\" not in \"%s\"", reason, v.reason);
}

/* breaks(): did it wait for that long? */
static bool
breaks_late(struct counters *c, const char *reason, long long ms)
{
	long long start = lock_clock();

	breaks(c, reason);
	return lock_clock() - start >= ms;
}

/* Until the pause after a failure is over. */
static void
wait_for_probe(struct counters *c)
{
	for (int i = 0; c->probe(c) != NULL; i++) {
		assert_in_range(i, 0, 6000);
		usleep(10000);
	}
}

TEST_WITH(test_counts, folder_setup, folder_teardown)
{
	int before = lowest_free();
	struct counters *a = store_of(BUCKETS), *b = store_of(BUCKETS);
	struct counted user, all;
	struct tally two[2];
	struct counters_verdict v;

	counted_init(&user, "alice", 30, 0, 40);
	counted_init(&all, "all", 0, 60, 0);
	for (unsigned i = 0; i < 3; i++) {
		two[0] = counted_tally(&user);
		two[1] = counted_tally(&all);
		v = (i == 1 ? b : a)
			->take(i == 1 ? b : a, two, 2, i == 1 ? 20 : 1, NOW);
		assert_int_equal(v.what, COUNTERS_TAKEN);
		assert_null(v.reason);
		assert_int_equal(v.retry_after, 0);
	}
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(two[i].counts[0].used, 22);
	assert_int_equal(two[0].counts[0].resets, 30);
	assert_int_equal(two[0].counts[1].used, 22);
	v = b->take(b, two, 2, 9, NOW);
	assert_int_equal(v.what, COUNTERS_FULL);
	assert_null(v.reason);
	assert_int_equal(two[1].counts[0].used, 22);
	assert_int_equal(b->take(b, two, 2, 8, NOW).what, COUNTERS_TAKEN);
	assert_null(a->probe(a));
	a->close(a);
	b->close(b);
	assert_int_equal(lowest_free(), before);
}

/* Nothing is opened, or made, before it is asked for. */
TEST_WITH(test_lazy, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	struct stat st;

	assert_int_not_equal(stat(in_folder("dir"), &st), 0);
	assert_null(c->probe(c));
	assert_int_equal(stat(file(), &st), 0);
	assert_int_equal(st.st_size, slots_size(BUCKETS));
	c->close(c);
	c = store_of(BUCKETS);
	c->close(c);
}

TEST_WITH(test_size, folder_setup, folder_teardown)
{
	struct counters *c = slots_new(folder, SLOTS_BUCKETS);
	struct stat st;

	assert_null(c->probe(c));
	assert_int_equal(stat(in_folder("counters"), &st), 0);
	assert_int_equal(st.st_size, 4194816);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_FULL);
	c->close(c);
}

TEST_WITH(test_asked_wrongly, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);

	assert_int_equal(count_day(c, "alice", 1, 1, 0).what, COUNTERS_BROKEN);
	assert_non_null(
	    strstr(count_day(c, "alice", 1, 1, -5).reason, "clock"));
	assert_int_equal(
	    count_day(c, "alice", 1, 0, NOW).what, COUNTERS_BROKEN);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	c->close(c);
}

/* Ever new names, and the file stays as it is. */
TEST_WITH(test_many, folder_setup, folder_teardown)
{
	struct counters *c = store_of(2);
	unsigned taken = 0, crowded = 0;
	struct stat before, after;
	char name[32];

	assert_null(c->probe(c));
	assert_int_equal(stat(file(), &before), 0);
	for (unsigned i = 0; i < 100000; i++) {
		struct counters_verdict v;

		snprintf(name, sizeof(name), "user %u", i);
		v = count_day(c, name, 1, 1, NOW + i / 1000 * 86400LL);
		taken += v.what == COUNTERS_TAKEN;
		crowded += v.what == COUNTERS_CROWDED;
		if (v.what == COUNTERS_CROWDED) {
			assert_non_null(strstr(v.reason, "no room"));
			assert_int_equal(
			    v.retry_after, DAY_START + 86400 - NOW);
		}
	}
	assert_int_equal(taken + crowded, 100000);
	assert_int_equal(taken, 100 * 16);
	assert_int_equal(stat(file(), &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(after.st_blocks, before.st_blocks);
	assert_int_equal(after.st_ino, before.st_ino);
	c->close(c);
}

static off_t
load(unsigned char *bytes, size_t cap)
{
	int fd = open(file(), O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, cap);

	assert_true(n > 0);
	close(fd);
	return n;
}

/* Every byte of the file: never more than the limit, before and after. */
TEST_WITH(test_every_byte, folder_setup, folder_teardown)
{
	static unsigned char good[4096], bad[4096];
	struct counters *c = store_of(2);
	unsigned full = 0;
	off_t n;

	assert_int_equal(take(c, "alice", 5, 3), COUNTERS_TAKEN);
	assert_int_equal(take(c, "bob", 5, 3), COUNTERS_TAKEN);
	c->close(c);
	n = load(good, sizeof(good));
	for (off_t i = 0; i < n; i++) {
		unsigned taken;

		memcpy(bad, good, (size_t)n);
		bad[i] ^= (unsigned char)(1U << i % 8);
		put_file("dir/counters", 0600, (struct span){ bad, (size_t)n });
		c = store_of(2);
		taken = count_up(c, "alice", 5, NOW);
		assert_true(taken == 0 || taken == 2);
		full += taken == 2;
		c->close(c);
	}
	assert_int_equal(full, n - SLOTS_HEAD - SLOT_BYTES);
}

/* While it is open: truncated, zeroed, its bytes those of another one. */
TEST_WITH(test_damaged_while_open, folder_setup, folder_teardown)
{
	static unsigned char other[4096];
	struct counters *c = store_of(2), *d;
	off_t n, size = (off_t)slots_size(2);

	assert_null(c->probe(c));
	n = load(other, sizeof(other));
	assert_int_equal(remove(file()), 0);
	assert_int_equal(take(c, "alice", 5, 3), COUNTERS_TAKEN);
	/* Another key under the same inode: nothing is written with the old. */
	put_file("dir/counters", 0600, (struct span){ other, (size_t)n });
	assert_int_equal(take(c, "alice", 5, 3), COUNTERS_TAKEN);
	d = store_of(2);
	assert_int_equal(take(d, "alice", 5, 3), COUNTERS_FULL);
	assert_int_equal(take(d, "alice", 5, 2), COUNTERS_TAKEN);
	d->close(d);
	assert_int_equal(truncate(file(), SLOTS_HEAD), 0);
	assert_int_equal(truncate(file(), size), 0);
	breaks(c, "a slot was damaged");
	breaks(c, "a slot was damaged");
	assert_null(c->probe(c));
	assert_int_equal(
	    count_day(c, "alice", 5, 1, NOW + SLOT_BLOCK_SECONDS).what,
	    COUNTERS_TAKEN);
	assert_int_equal(truncate(file(), 0), 0);
	assert_int_equal(truncate(file(), size), 0);
	breaks(c, "no file of counts");
	assert_int_equal(remove(file()), 0);
	wait_for_probe(c);
	assert_int_equal(take(c, "alice", 5, 5), COUNTERS_TAKEN);
	assert_int_equal(truncate(file(), size - 1), 0);
	breaks(c, "remove it");
	c->close(c);
}

/* Replaced by something else, and after that by nothing. */
TEST_WITH(test_replaced, folder_setup, folder_teardown)
{
	for (int kind = 0; kind < 4; kind++) {
		struct counters *c = store_of(BUCKETS);

		assert_int_equal(take(c, "alice", 5, 5), COUNTERS_TAKEN);
		assert_int_equal(take(c, "alice", 5, 1), COUNTERS_FULL);
		assert_int_equal(rename(file(), in_folder("old")), 0);
		if (kind == 0)
			assert_int_equal(mkfifo(file(), 0600), 0);
		else if (kind == 1)
			assert_int_equal(symlink("../old", file()), 0);
		else if (kind == 2)
			assert_int_equal(mkdir(file(), 0700), 0);
		else
			put_file("dir/counters", 0600, SPAN_LIT("x"));
		breaks(c, file());
		assert_non_null(c->probe(c));
		assert_int_equal(remove(file()), 0);
		c->close(c);
	}
}

/* Of a failure to open, not of a full limit. */
TEST_WITH(test_pause, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	long long start = lock_clock();

	put_folder("dir", 0777);
	assert_int_equal(chmod(in_folder("dir"), 0777), 0);
	breaks(c, "chmod o-w");
	assert_int_equal(chmod(in_folder("dir"), 0700), 0);
	wait_for_probe(c);
	assert_in_range(lock_clock() - start, 100, 100000);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_FULL);
	assert_int_equal(remove(file()), 0);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	c->close(c);
}

/*
 * Another process makes the file, which takes long on a busy disk: the first
 * call waits for it, and nobody is refused. Where it never ends, one call has
 * waited, and the others are told at once.
 */
TEST_WITH(test_made_elsewhere, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	long long start;
	int fd, late = 0, status;
	pid_t child;

	put_folder("dir", 0700);
	put_file("dir/counters.new", 0600, SPAN_LIT(""));
	fd = open(in_folder("dir/counters.new"), O_RDWR | O_CLOEXEC);
	assert_int_equal(lock_take(fd, 0), LOCK_TAKEN);
	start = lock_clock();
	child = child_of_test();
	if (child == 0) {
		usleep(100000);
		lock_drop(fd);
		_exit(0);
	}
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	assert_in_range(lock_clock() - start, 100, 100000);
	assert_int_equal(waitpid(child, &status, 0), child);
	c->close(c);
	assert_int_equal(remove(file()), 0);
	close(fd);

	c = store_of(BUCKETS);
	put_file("dir/counters.new", 0600, SPAN_LIT(""));
	fd = open(in_folder("dir/counters.new"), O_RDWR | O_CLOEXEC);
	assert_int_equal(lock_take(fd, 0), LOCK_TAKEN);
	assert_true(breaks_late(c, "still making it", SLOTS_MAKE_WAIT));
	for (int i = 0; i < 20; i++) {
		late += breaks_late(c, "still making it", SLOTS_MAKE_WAIT);
		usleep(20000);
	}
	assert_in_range(late, 0, 10);
	close(fd);
	wait_for_probe(c);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	c->close(c);
}

TEST_WITH(test_write_fails, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	struct rlimit before, limit;

	assert_int_equal(take(c, "alice", 5, 1), COUNTERS_TAKEN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = SLOTS_HEAD;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	breaks(c, "can't be written to");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(count_up(c, "alice", 5, NOW), 4);
	c->close(c);
}

/* Waits until n bytes came through. */
static void
wait_bytes(int fd, size_t n)
{
	char c;

	while (n-- > 0)
		assert_int_equal(read(fd, &c, 1), 1);
}

TEST_WITH(test_lock_held, folder_setup, folder_teardown)
{
	struct counters *c = store_of(BUCKETS);
	int pipes[2], late = 0, status;
	pid_t child;

	assert_null(c->probe(c));
	assert_int_equal(pipe(pipes), 0);
	child = child_of_test();
	if (child == 0) {
		int fd = open(file(), O_RDWR | O_CLOEXEC);

		if (lock_take(fd, 0) == LOCK_TAKEN &&
		    write(pipes[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	wait_bytes(pipes[0], 1);
	kill(child, SIGSTOP);
	assert_true(breaks_late(c, "another process holds its lock", 200));
	/* Then without waiting each time. */
	for (int i = 0; i < 100; i++)
		late += breaks_late(c, "another process holds its lock", 200);
	assert_in_range(late, 0, 50);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(take(c, "alice", 1, 1), COUNTERS_TAKEN);
	close(pipes[0]);
	close(pipes[1]);
	c->close(c);
}

/* What children count in memory that they share. */
static unsigned *
shared(size_t n)
{
	unsigned *memory = mmap(NULL, n * sizeof(unsigned),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	return memory;
}

static void
wait_all(unsigned n)
{
	int status;

	for (unsigned i = 0; i < n; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

/* A step; a machine that is busy may hold up who has the lock. */
static enum counters_what
take_at_last(struct counters *c, const char *name, unsigned limit)
{
	enum counters_what what = take(c, name, limit, 1);

	for (int i = 0; i < 60000 && what == COUNTERS_BROKEN; i++) {
		usleep(1000);
		what = take(c, name, limit, 1);
	}
	return what;
}

/* Also when the store was opened before the fork. */
TEST_WITH(test_processes, folder_setup, folder_teardown)
{
	unsigned *taken = shared(2);

	for (unsigned round = 0; round < 2; round++) {
		struct counters *c = store_of(BUCKETS);
		char name[32];

		snprintf(name, sizeof(name), "round %u", round);
		if (round == 1)
			assert_null(c->probe(c));
		for (unsigned i = 0; i < 4; i++)
			if (child_of_test() == 0) {
				for (int step = 0; step < 5000; step++)
					if (take_at_last(c, name, 100) ==
					    COUNTERS_TAKEN)
						__atomic_add_fetch(
						    &taken[round], 1,
						    __ATOMIC_SEQ_CST);
				_exit(0);
			}
		wait_all(4);
		assert_int_equal(taken[round], 100);
		c->close(c);
	}
	munmap(taken, 2 * sizeof(unsigned));
}

/*
 * All change to the new file together: no limit's worth twice. state: twice
 * the round, and one more while there are to be steps.
 */
static _Noreturn void
step_by_rounds(const unsigned *round_state, unsigned *taken, unsigned end)
{
	struct counters *c = store_of(BUCKETS);
	char name[32];

	for (;;) {
		unsigned now = __atomic_load_n(round_state, __ATOMIC_SEQ_CST);

		if (now == end)
			_exit(0);
		snprintf(name, sizeof(name), "%u", now / 2);
		if (now % 2 == 0)
			usleep(10);
		else if (take(c, name, 50, 1) == COUNTERS_TAKEN)
			__atomic_add_fetch(
			    &taken[now / 2], 1, __ATOMIC_SEQ_CST);
	}
}

TEST_WITH(test_removed_by_several, folder_setup, folder_teardown)
{
	enum { ROUNDS = 50 };
	unsigned *taken = shared(ROUNDS + 1), *now = &taken[ROUNDS];
	struct counters *c = store_of(BUCKETS);

	for (unsigned i = 0; i < 4; i++)
		if (child_of_test() == 0)
			step_by_rounds(now, taken, 2 * ROUNDS);
	for (unsigned round = 0; round < ROUNDS; round++) {
		char name[32];

		__atomic_add_fetch(now, 1, __ATOMIC_SEQ_CST);
		snprintf(name, sizeof(name), "%u", round);
		while (take_at_last(c, name, 50) == COUNTERS_TAKEN)
			__atomic_add_fetch(&taken[round], 1, __ATOMIC_SEQ_CST);
		__atomic_add_fetch(now, 1, __ATOMIC_SEQ_CST);
		assert_int_equal(remove(file()), 0);
	}
	wait_all(4);
	/* A step that was under way at the removal may be in either file. */
	for (unsigned round = 0; round < ROUNDS; round++)
		assert_in_range(taken[round], 50, 50 + 4);
	munmap(taken, (ROUNDS + 1) * sizeof(unsigned));
	c->close(c);
}

/* What is counted for this name, of a limit that is never reached. */
static unsigned
counted_now(struct counters *c, const char *name)
{
	struct counters_verdict v = { COUNTERS_BROKEN, NULL, 0 };
	struct counted counted;
	struct tally tally;

	counted_init(&counted, name, 0, 0, 1);
	for (int i = 0; i < 60000 && v.what == COUNTERS_BROKEN; i++) {
		usleep(i == 0 ? 0 : 1000);
		tally = counted_tally(&counted);
		v = c->take(c, &tally, 1, BATCH_MAX, NOW);
	}
	assert_int_equal(v.what, COUNTERS_FULL);
	return tally.counts[0].used;
}

static pid_t
stepper(unsigned *taken)
{
	pid_t child = child_of_test();

	if (child == 0) {
		struct counters *c = store_of(BUCKETS);

		for (;;)
			if (take(c, "alice", LIMIT_COUNT_MAX, 1) ==
			    COUNTERS_TAKEN)
				__atomic_add_fetch(taken, 1, __ATOMIC_SEQ_CST);
	}
	return child;
}

/* Kills at any point lose no count, and leave no lock and no damage. */
TEST_WITH(test_killed, folder_setup, folder_teardown)
{
	enum { KILLS = 1000 / THINNED(4) };
	struct counters *c = store_of(BUCKETS);
	unsigned *taken = shared(1), last = 0, seen;
	unsigned random = 1;
	pid_t children[4];
	int status;

	for (unsigned i = 0; i < 4; i++)
		children[i] = stepper(taken);
	for (unsigned i = 0; i < KILLS; i++) {
		pid_t *child;

		random = random * 1664525U + 1013904223U;
		child = &children[random >> 30];
		usleep((random >> 8) % 1500);
		kill(*child, SIGKILL);
		assert_int_equal(waitpid(*child, &status, 0), *child);
		assert_true(WIFSIGNALED(status));
		*child = stepper(taken);
		if (i % 50 != 0)
			continue;
		seen = counted_now(c, "alice");
		assert_true(seen >= last);
		last = seen;
	}
	for (unsigned i = 0; i < 4; i++) {
		kill(children[i], SIGKILL);
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
	}
	seen = counted_now(c, "alice");
	assert_true(seen >= last && *taken > 0);
	assert_true(*taken <= seen && seen <= *taken + KILLS + 4);
	assert_null(c->probe(c));
	munmap(taken, sizeof(unsigned));
	c->close(c);
}

/* A disk that is full: nothing is counted, nor what is left damaged. */
TEST_WITH(test_full_disk, folder_setup, disk_teardown)
{
	const char *disk = put_folder("disk", 0700);
	struct counters *c;
	int fd;

	need_root();
	if (mount("tmpfs", disk, "tmpfs", 0, "size=64k,mode=0700") != 0) {
		print_message("no mount here: a full disk is not tested\n");
		skip();
	}
	c = slots_new(disk, 1000);
	breaks(c, "no room for its");
	c->close(c);
	c = slots_new(disk, BUCKETS);
	assert_null(c->probe(c));
	fd = open(in_folder("disk/big"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, place, sizeof(place)) > 0)
		;
	close(fd);
	/* What was made needs no more room. */
	assert_int_equal(count_up(c, "alice", 20, NOW), 20);
	assert_int_equal(
	    mount(NULL, disk, NULL, MS_REMOUNT | MS_RDONLY, NULL), -1);
	c->close(c);
	assert_int_equal(
	    mount(NULL, disk, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	c = slots_new(disk, BUCKETS);
	breaks(c, "read-only");
	c->close(c);
}

/* Also when the test has failed. */
static int
disk_teardown(void **state)
{
	umount2(in_folder("disk"), MNT_DETACH);
	return folder_teardown(state);
}
