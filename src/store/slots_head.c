#include "store/slots_head.h"

#define BUCKETS_AT 16
#define KEY_AT 32
#define KEY_BYTES 32
#define CHECKED 504

static const struct span magic = SPAN_INIT("signpost slots 1");

static_assert(SLOTS_HEAD == BUCKET_BYTES, "buckets lie on sectors");

unsigned long long
slots_size(unsigned buckets)
{
	return SLOTS_HEAD + 2ULL * buckets * BUCKET_BYTES;
}

static bool
checksum(const unsigned char *head, unsigned char out[static DIGEST_MAX])
{
	struct span checked = { head, CHECKED };

	return digest_of(HASH_SHA256, &checked, 1, out);
}

bool
slots_head_make(struct random_source *random, unsigned buckets,
    unsigned char out[static SLOTS_HEAD])
{
	unsigned char sum[DIGEST_MAX];

	memset(out, 0, SLOTS_HEAD);
	memcpy(out, magic.p, magic.n);
	slot_put(out + BUCKETS_AT, 4, buckets);
	if (!random->fill(random, out + KEY_AT, KEY_BYTES) ||
	    !checksum(out, sum))
		return false;
	memcpy(out + CHECKED, sum, SLOTS_HEAD - CHECKED);
	return true;
}

const char *
slots_head_fault(const unsigned char head[static SLOTS_HEAD], unsigned buckets)
{
	struct span all = { head, SLOTS_HEAD };
	unsigned char sum[DIGEST_MAX];

	if (!span_starts(all, magic))
		return "this is no file of counts of this version: remove it "
		       "if nothing else needs it, and counting starts anew";
	if (!checksum(head, sum) ||
	    !digest_equal(head + CHECKED, sum, SLOTS_HEAD - CHECKED))
		return "its first block is damaged: remove it, and counting "
		       "starts anew";
	if (slot_get(head + BUCKETS_AT, 4) != buckets)
		return "it was made for another number of counts: remove it, "
		       "and counting starts anew";
	return NULL;
}

bool
slots_head_key(
    const unsigned char head[static SLOTS_HEAD], struct hmac_key *key)
{
	return hmac_key_init(
	    key, HASH_SHA256, (struct span){ head + KEY_AT, KEY_BYTES });
}
