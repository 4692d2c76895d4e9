/*
 * The file of counts as the drawing in src/store/slots.c has it, written down
 * once more: for tests that read it, damage it or make one of their own.
 */
#ifndef TESTS_SLOTS_FILE_H
#define TESTS_SLOTS_FILE_H

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/counters.h"
#include "base/digest.h"

#define SLOTS_HEAD 512
#define SLOT_BYTES 64
#define SLOT_TAG 16
#define SLOT_WINDOWS 3
#define SLOT_CHECKED 56
#define BUCKET_SLOTS 8
#define BUCKET_BYTES (BUCKET_SLOTS * SLOT_BYTES)
#define SLOT_DAY 86400
#define SLOT_SLACK_SECONDS 10
#define SLOT_BLOCK_SECONDS (SLOT_DAY + SLOT_SLACK_SECONDS)
#define SLOT_NOW_MAX 253402300799LL

/* The key of files that tests make: one of no account. */
#define SLOTS_KEY "a key for tests, of 32 bytes 789"

struct slot {
	unsigned char tag[SLOT_TAG];
	struct slot_window {
		long long end;
		unsigned count;
	} windows[SLOT_WINDOWS];
};

static inline size_t
slots_size(unsigned buckets)
{
	return SLOTS_HEAD + 2 * (size_t)buckets * BUCKET_BYTES;
}

static inline void
slot_put(unsigned char *out, size_t n, unsigned long long value)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(value >> 8 * i & 0xff);
}

static inline void
slot_pack(const struct hmac_key *key, unsigned index, const struct slot *slot,
    unsigned char out[static SLOT_BYTES])
{
	unsigned char sum[DIGEST_MAX], number[4];
	const struct span parts[] = { SPAN_LIT("slot"), { number, 4 },
		{ out, SLOT_CHECKED } };

	memset(out, 0, SLOT_BYTES);
	memcpy(out, slot->tag, SLOT_TAG);
	for (size_t i = 0; i < SLOT_WINDOWS; i++) {
		slot_put(out + SLOT_TAG + 12 * i, 8,
		    (unsigned long long)slot->windows[i].end);
		slot_put(
		    out + SLOT_TAG + 12 * i + 8, 4, slot->windows[i].count);
	}
	slot_put(number, 4, index);
	if (hmac_of(key, parts, 3, sum) == 0)
		abort();
	memcpy(out + SLOT_CHECKED, sum, SLOT_BYTES - SLOT_CHECKED);
}

/* Which name it is. */
static inline void
slot_tag(const struct hmac_key *key, const char *name,
    unsigned char out[static SLOT_TAG])
{
	const struct span parts[] = { SPAN_LIT("name"), span_of(name) };
	unsigned char mac[DIGEST_MAX];

	if (hmac_of(key, parts, 2, mac) == 0)
		abort();
	memcpy(out, mac, SLOT_TAG);
}

/* All of it, with a secret of 32 bytes and nothing counted. */
static inline void
slots_fill(const char *secret, unsigned buckets, unsigned char *out)
{
	const struct span checked = { out, 504 };
	const struct slot empty = { .tag = { 0 } };
	alignas(max_align_t) unsigned char mem[HMAC_KEY_MAX];
	struct hmac_key *key = (struct hmac_key *)(void *)mem;
	unsigned char sum[DIGEST_MAX];

	if (!hmac_key_init(key, HASH_SHA256,
		(struct span){ (const unsigned char *)secret, 32 }))
		abort();
	memset(out, 0, SLOTS_HEAD);
	memcpy(out, "signpost slots 1", 16);
	slot_put(out + 16, 4, buckets);
	memcpy(out + 32, secret, 32);
	if (!digest_of(HASH_SHA256, &checked, 1, sum))
		abort();
	memcpy(out + 504, sum, 8);
	for (unsigned i = 0; i < 2 * buckets * BUCKET_SLOTS; i++)
		slot_pack(key, i, &empty, out + SLOTS_HEAD + i * SLOT_BYTES);
}

#endif
