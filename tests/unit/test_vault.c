#define _GNU_SOURCE /* mincore, syscall */

#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/vault.h"
#include "hooks.h"

/*
 * What a vault asks of the kernel, by hooks, with a way to let them fail.
 * Straight to the kernel: a sanitizer's mlock() does nothing.
 */
static struct {
	bool mmap, mlock, mprotect;
	int refuse[2];     /* advice that the kernel does not take */
	const void *watch; /* must be all zeros when it is unmapped */
	size_t watch_n;
	bool watch_clean;
} kernel;

static int
refuse(int reason)
{
	errno = reason;
	return -1;
}

static void *
faulty_mmap(void *p, size_t n, int prot, int flags, int fd, off_t at)
{
	if (kernel.mmap) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap, p, n, prot, flags, fd, at);
}

static int
faulty_mprotect(void *p, size_t n, int prot)
{
	if (kernel.mprotect)
		return refuse(EACCES);
	return (int)syscall(SYS_mprotect, p, n, prot);
}

static int
faulty_madvise(void *p, size_t n, int advice)
{
	if (advice == kernel.refuse[0] || advice == kernel.refuse[1])
		return refuse(EINVAL);
	return (int)syscall(SYS_madvise, p, n, advice);
}

static int
faulty_mlock(const void *p, size_t n)
{
	return kernel.mlock ? refuse(ENOMEM) : (int)syscall(SYS_mlock, p, n);
}

static bool
all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static int
faulty_munmap(void *p, size_t n)
{
	if (kernel.watch_n > 0)
		kernel.watch_clean = all_zero(kernel.watch, kernel.watch_n);
	return (int)syscall(SYS_munmap, p, n);
}

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* What the kernel says of a mapping. */
struct mapping {
	uintptr_t from, to;
	char rights[5];
	char flags[256]; /* " rd wr dd " and so on */
};

/* The mapping that p lies in; all zeros when there is none. */
static struct mapping
mapping_of(uintptr_t p)
{
	struct mapping found = { 0, 0, "", "" }, m = found;
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512];
	unsigned long from, to;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx %4s", &from, &to, m.rights) == 3) {
			m.from = from;
			m.to = to;
		} else if (p >= m.from && p < m.to &&
			   strncmp(line, "VmFlags:", 8) == 0) {
			line[strcspn(line, "\n")] = ' ';
			found = m;
			snprintf(found.flags, sizeof(found.flags), "%.200s",
			    line + 8);
			break;
		}
	}
	fclose(f);
	return found;
}

/* How a child ends that does this: 0 well, else not. */
static int
child_does(void (*deed)(void *), void *what)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		signal(SIGSEGV, SIG_DFL); /* cmocka and sanitizers go on */
		deed(what);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void
write_one(void *p)
{
	*(volatile unsigned char *)p = 1;
}

static void
read_one(void *p)
{
	(void)*(volatile unsigned char *)p;
}

static struct vault *
new_vault(void)
{
	struct vault *v = vault_new();

	assert_non_null(v);
	return v;
}

TEST(test_pieces)
{
	struct vault *v = new_vault();
	unsigned char *before = NULL;
	size_t before_n = 0;

	for (size_t n = 1; n <= 70; n++) {
		unsigned char *p = vault_take(v, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		assert_true(all_zero(p, n));
		if (before != NULL)
			assert_true(p >= before + before_n);
		memset(p, 0xa5, n);
		before = p;
		before_n = n;
	}
	vault_free(v);
}

/* All that a configuration can name fits, and then nothing more. */
TEST(test_room)
{
	struct vault *v = new_vault();

	for (int i = 0; i < SECRETS_MAX; i++) {
		unsigned char *secret = vault_take(v, SECRET_MAX);
		unsigned char *key = vault_take(v, HMAC_KEY_MAX);

		assert_non_null(secret);
		assert_non_null(key);
		memset(secret, 0xa5, SECRET_MAX);
		memset(key, 0xa5, HMAC_KEY_MAX);
	}
	assert_null(vault_take(v, 1));
	vault_free(v);
}

TEST(test_too_much)
{
	const size_t most = SECRETS_MAX * (size_t)(SECRET_MAX + HMAC_KEY_MAX);
	struct vault *v = new_vault();
	unsigned char *p;

	assert_null(vault_take(v, SIZE_MAX));
	assert_null(vault_take(v, SIZE_MAX - 15));
	assert_null(vault_take(v, most + 1));
	p = vault_take(v, most);
	assert_non_null(p);
	p[most - 1] = 1;
	assert_null(vault_take(v, 1));
	vault_free(v);

	v = new_vault();
	assert_non_null(vault_take(v, most - 1));
	assert_null(vault_take(v, 1)); /* only alignment was left */
	vault_free(v);
}

TEST(test_scratch)
{
	struct vault *v = new_vault();
	unsigned char *scratch = vault_scratch(v);
	unsigned char *p = vault_take(v, 1);

	assert_non_null(scratch);
	memset(scratch, 0xa5, VAULT_SCRATCH);
	assert_int_equal(*p, 0);
	assert_ptr_equal(vault_scratch(v), scratch);
	*p = 1;
	assert_int_equal(scratch[VAULT_SCRATCH - 1], 0xa5);
	assert_true(vault_seal(v));
	assert_null(vault_scratch(v));
	vault_free(v);
}

TEST(test_seal)
{
	struct vault *v = new_vault();
	unsigned char *p = vault_take(v, 16), *scratch = vault_scratch(v);

	memcpy(p, "sixteen bytes...", 16);
	assert_string_equal(mapping_of((uintptr_t)p).rights, "rw-p");
	assert_int_equal(child_does(write_one, p), 0);
	assert_true(vault_seal(v));
	assert_string_equal(mapping_of((uintptr_t)p).rights, "r--p");
	assert_int_not_equal(child_does(write_one, p), 0);
	assert_int_not_equal(child_does(write_one, scratch), 0);
	assert_int_not_equal(child_does(write_one, v), 0);
	assert_int_equal(child_does(read_one, p), 0);
	assert_null(vault_take(v, 1));
	assert_null(vault_take(v, 0));
	assert_true(vault_seal(v));
	assert_memory_equal(p, "sixteen bytes...", 16);
	vault_free(v);
}

TEST(test_seal_refused)
{
	struct vault *v = new_vault();

	kernel.mprotect = true;
	assert_false(vault_seal(v));
	kernel.mprotect = false;
	assert_int_equal(errno, EACCES);
	assert_non_null(vault_take(v, 1));
	assert_true(vault_seal(v));
	vault_free(v);
}

/* Not in core files, not in children, and a page on each side is closed. */
TEST(test_pages)
{
	struct vault *v = new_vault();
	struct mapping m = mapping_of((uintptr_t)vault_take(v, 1));
	struct mapping below = mapping_of(m.from - 1), above = mapping_of(m.to);

	assert_non_null(strstr(m.flags, " dd "));
	assert_non_null(strstr(m.flags, " wf "));
	assert_string_equal(below.rights, "---p");
	assert_string_equal(above.rights, "---p");
	assert_true(below.to - below.from >= page_size());
	assert_true(above.to - above.from >= page_size());
	assert_int_equal(child_does(read_one, (void *)m.from), 0);
	assert_int_not_equal(child_does(read_one, (void *)(m.from - 1)), 0);
	assert_int_equal(child_does(read_one, (void *)(m.to - 1)), 0);
	assert_int_not_equal(child_does(read_one, (void *)m.to), 0);
	vault_free(v);
}

static void
use_in_child(void *what)
{
	struct vault *v = what;
	struct mapping m = mapping_of((uintptr_t)v);

	if (!all_zero((void *)m.from, m.to - m.from) ||
	    vault_take(v, 1) != NULL || vault_take(v, 0) != NULL ||
	    vault_scratch(v) != NULL)
		_exit(1);
	vault_free(v);
}

/* A child finds no secret, and no room. */
TEST(test_child)
{
	struct vault *v = new_vault();
	unsigned char *p = vault_take(v, 16);

	memset(p, 0xa5, 16);
	assert_int_equal(child_does(use_in_child, v), 0);
	assert_true(vault_seal(v));
	assert_int_equal(child_does(use_in_child, v), 0);
	assert_int_equal(p[15], 0xa5);
	vault_free(v);
}

static void
free_in_child(void *v)
{
	vault_free(v);
}

/* An older kernel leaves the pages out of the child; no kernel is refused. */
TEST(test_advice_refused)
{
	struct vault *v;

	kernel.refuse[0] = MADV_WIPEONFORK;
	v = new_vault();
	assert_non_null(strstr(mapping_of((uintptr_t)v).flags, " dc "));
	assert_int_equal(child_does(free_in_child, v), 0);
	assert_int_not_equal(child_does(read_one, v), 0);
	vault_free(v);
	kernel.refuse[1] = MADV_DONTFORK;
	assert_null(vault_new());
	assert_int_equal(errno, EINVAL);
	kernel.refuse[0] = MADV_DONTDUMP;
	kernel.refuse[1] = 0;
	assert_null(vault_new());
	assert_int_equal(errno, EINVAL);
	kernel.refuse[0] = 0;
}

TEST(test_no_memory)
{
	kernel.mmap = true;
	assert_null(vault_new());
	assert_int_equal(errno, ENOMEM);
	kernel.mmap = false;
	kernel.mprotect = true;
	assert_null(vault_new());
	assert_int_equal(errno, EACCES);
	kernel.mprotect = false;
}

TEST(test_locked)
{
	struct vault *v = new_vault();
	bool locked = vault_locked(v);

	assert_int_equal(
	    strstr(mapping_of((uintptr_t)v).flags, " lo ") != NULL, locked);
	vault_free(v);
	kernel.mlock = true;
	v = new_vault();
	kernel.mlock = false;
	assert_false(vault_locked(v));
	assert_null(strstr(mapping_of((uintptr_t)v).flags, " lo "));
	assert_non_null(vault_take(v, SECRET_MAX));
	assert_true(vault_seal(v));
	assert_false(vault_locked(v));
	vault_free(v);
}

/* Wiped, sealed or not, before it is given back, guard pages and all. */
TEST(test_given_back)
{
	for (int sealed = 0; sealed < 2; sealed++) {
		struct vault *v = new_vault();
		struct mapping m = mapping_of((uintptr_t)v);
		unsigned char in_core;

		memset(vault_take(v, SECRET_MAX), 0xa5, SECRET_MAX);
		memset(vault_scratch(v), 0xa5, VAULT_SCRATCH);
		if (sealed)
			assert_true(vault_seal(v));
		kernel.watch = v;
		kernel.watch_n = m.to - m.from;
		kernel.watch_clean = false;
		vault_free(v);
		kernel.watch_n = 0;
		assert_true(kernel.watch_clean);
		for (uintptr_t p = m.from - page_size(); p <= m.to;
		     p += page_size()) {
			assert_int_equal(
			    mincore((void *)p, page_size(), &in_core), -1);
			assert_int_equal(errno, ENOMEM);
		}
	}
	vault_free(NULL);
}

FIXTURE(open_group)
{
	hooks.mmap = faulty_mmap;
	hooks.mprotect = faulty_mprotect;
	hooks.madvise = faulty_madvise;
	hooks.mlock = faulty_mlock;
	hooks.munmap = faulty_munmap;
}

GROUP(open_group, NULL);
