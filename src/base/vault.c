#define _GNU_SOURCE /* madvise, MAP_ANONYMOUS */

#include "base/vault.h"

#include <assert.h>
#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/digest.h"

/* What a vault_take() of n bytes uses up. */
#define ALIGNED(n)                                                             \
	(((n) + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1))

/* Everything that a configuration can name, each with its HMAC states. */
#define ROOM (SECRETS_MAX * (ALIGNED(SECRET_MAX) + ALIGNED(HMAC_KEY_MAX)))

/*
 * Lies in the pages itself, so that sealing protects it too. In a forked child
 * it reads as zeros: not open, no room.
 */
struct vault {
	bool open, locked;
	size_t room;
	alignas(max_align_t) unsigned char scratch[VAULT_SCRATCH];
	alignas(max_align_t) unsigned char mem[ROOM];
};

static_assert(ROOM % alignof(max_align_t) == 0, "every piece is aligned");
/* 64 KiB is what many systems let a user lock, and a reload has two vaults. */
static_assert(sizeof(struct vault) <= 32768, "two fit into 64 KiB");

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* The vault in whole pages, without the guard pages around it. */
static size_t
size(void)
{
	size_t page = page_size();

	return (sizeof(struct vault) + page - 1) / page * page;
}

/* Linux before 4.14 cannot wipe on fork, but leave the pages out. */
static bool
keep_from_children(void *p, size_t n)
{
	return madvise(p, n, MADV_WIPEONFORK) == 0 ||
	       madvise(p, n, MADV_DONTFORK) == 0;
}

struct vault *
vault_new(void)
{
	size_t page = page_size();
	size_t n = size();
	unsigned char *base = mmap(
	    NULL, n + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct vault *v;
	int reason;

	if (base == MAP_FAILED)
		return NULL;
	v = (void *)(base + page);
	if (mprotect(v, n, PROT_READ | PROT_WRITE) != 0 ||
	    madvise(v, n, MADV_DONTDUMP) != 0 || !keep_from_children(v, n)) {
		reason = errno;
		munmap(base, n + 2 * page);
		errno = reason;
		return NULL;
	}
	v->locked = mlock(v, n) == 0;
	v->room = ROOM;
	v->open = true;
	return v;
}

void *
vault_take(struct vault *v, size_t n)
{
	unsigned char *p;

	if (!v->open || n > v->room)
		return NULL;
	p = v->mem + (ROOM - v->room);
	v->room -= ALIGNED(n);
	return p;
}

unsigned char *
vault_scratch(struct vault *v)
{
	return v->open ? v->scratch : NULL;
}

bool
vault_seal(struct vault *v)
{
	if (!v->open)
		return true;
	v->open = false;
	if (mprotect(v, size(), PROT_READ) == 0)
		return true;
	v->open = true;
	return false;
}

bool
vault_locked(const struct vault *v)
{
	return v->locked;
}

void
vault_free(struct vault *v)
{
	size_t page = page_size();

	if (v == NULL)
		return;
	if (mprotect(v, size(), PROT_READ | PROT_WRITE) == 0)
		wipe(v, sizeof(*v));
	munmap((unsigned char *)v - page, size() + 2 * page);
}
