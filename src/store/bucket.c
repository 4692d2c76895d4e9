#include "store/bucket.h"

#include <limits.h>
#include <string.h>

#define PICK_BYTES 8 /* of the HMAC, behind the tag, for each choice */

static_assert(SLOT_TAG + BUCKET_CHOICES * PICK_BYTES <= 32, "of 32 bytes");

bool
place_find(const struct hmac_key *key, struct span name, enum crowd crowd,
    unsigned buckets, struct place *out)
{
	struct span parts[] = { SPAN_LIT("name"), name };
	unsigned char mac[DIGEST_MAX];
	unsigned region = crowd == CROWD_OPEN ? buckets : 0, first, second;

	*out = (struct place){ .tag = { 0 } };
	if (crowd == CROWD_NONE || buckets < BUCKETS_MIN ||
	    hmac_of(key, parts, 2, mac) < SLOT_TAG + 2 * PICK_BYTES)
		return false;
	first = (unsigned)(slot_get(mac + SLOT_TAG, PICK_BYTES) % buckets);
	/* One of the others. */
	second = (unsigned)(slot_get(mac + SLOT_TAG + PICK_BYTES, PICK_BYTES) %
			    (buckets - 1));
	second = (first + 1 + second) % buckets;
	memcpy(out->tag, mac, SLOT_TAG);
	out->buckets[0] = region + first;
	out->buckets[1] = region + second;
	return true;
}

unsigned
bucket_index(const struct bucket *b, unsigned at)
{
	return b->number * BUCKET_SLOTS + at;
}

static bool
unpack(const struct bucket *b, const struct hmac_key *key, unsigned at,
    struct slot *out)
{
	return slot_unpack(
	    key, bucket_index(b, at), b->bytes + at * SLOT_BYTES, out);
}

/* The tag first: it alone tells nearly all of them apart, for much less. */
bool
bucket_find(const struct bucket *b, const struct hmac_key *key,
    const unsigned char tag[static SLOT_TAG], unsigned *at, struct slot *out)
{
	for (unsigned i = 0; i < BUCKET_SLOTS; i++) {
		if (memcmp(b->bytes + i * SLOT_BYTES, tag, SLOT_TAG) != 0 ||
		    !unpack(b, key, i, out))
			continue;
		*at = i;
		return true;
	}
	return false;
}

struct survey
bucket_survey(struct bucket *b, const struct hmac_key *key, long long now)
{
	struct survey found = { .first_end = LLONG_MAX };
	struct slot slot;

	for (unsigned i = BUCKET_SLOTS; i-- > 0;) {
		bool good = unpack(b, key, i, &slot);

		if (!good)
			slot_block(&slot, now);
		if (slot_settle(&slot, now) || !good)
			bucket_put(b, key, i, &slot);
		found.damaged = found.damaged || !good;
		found.blocked = found.blocked || slot_blocked(&slot, now);
		if (slot_end(&slot) > now) {
			if (slot_end(&slot) < found.first_end)
				found.first_end = slot_end(&slot);
		} else if ((b->claimed & 1U << i) == 0) {
			found.n_free++;
			found.first_free = i;
		}
	}
	return found;
}

void
bucket_put(struct bucket *b, const struct hmac_key *key, unsigned at,
    const struct slot *slot)
{
	slot_pack(key, bucket_index(b, at), slot, b->bytes + at * SLOT_BYTES);
	b->changed |= 1U << at;
}

void
bucket_clear(struct bucket *b, const struct hmac_key *key)
{
	struct slot slot = { .tag = { 0 } };

	for (unsigned i = 0; i < BUCKET_SLOTS; i++)
		bucket_put(b, key, i, &slot);
}
