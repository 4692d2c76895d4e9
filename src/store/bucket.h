/*
 * Eight slots that lie together, and in which two of them a name can be.
 * Pure: bytes in, bytes out.
 *
 * A name is in one of two buckets that its HMAC picks; a new one goes to the
 * emptier. So a file can be filled nearly to the brim before a name finds no
 * room, and without the key nobody can make names that meet in one place.
 */
#ifndef STORE_BUCKET_H
#define STORE_BUCKET_H

#include "base/counters.h"
#include "store/slot.h"

#define BUCKET_SLOTS 8
#define BUCKET_BYTES (BUCKET_SLOTS * SLOT_BYTES)
#define BUCKET_CHOICES 2

/* Buckets of one crowd, at the least and at the most, in number. */
#define BUCKETS_MIN 2
#define BUCKETS_MAX 1048576

/* Where a name can be. */
struct place {
	unsigned char tag[SLOT_TAG];
	unsigned buckets[BUCKET_CHOICES]; /* two different ones, of the file */
};

struct bucket {
	unsigned number; /* which one of the file */
	/* Bit i: slot i is to be written; is spoken for in this step. */
	unsigned changed, claimed;
	bool loaded; /* its bytes are there */
	unsigned char bytes[BUCKET_BYTES];
};

/* What a look at all of a bucket's slots gives. */
struct survey {
	unsigned n_free, first_free; /* the second only when there is one */
	long long first_end;         /* of a slot that is not free */
	bool blocked;                /* a count may have been lost here */
	bool damaged;                /* seen for the first time */
};

/*
 * buckets: of one crowd, BUCKETS_MIN to BUCKETS_MAX. False when it can't be
 * said: no such crowd, or the HMAC failed.
 */
bool place_find(const struct hmac_key *key, struct span name, enum crowd crowd,
    unsigned buckets, struct place *out);

/* The number of a bucket's slot in all of the file. */
unsigned bucket_index(const struct bucket *b, unsigned at);

/* The good slot with this tag; false when there is none. */
bool bucket_find(const struct bucket *b, const struct hmac_key *key,
    const unsigned char tag[static SLOT_TAG], unsigned *at, struct slot *out);

/*
 * Settles every slot, puts blocks in place of damaged ones, and says what
 * there is.
 */
struct survey bucket_survey(
    struct bucket *b, const struct hmac_key *key, long long now);

void bucket_put(struct bucket *b, const struct hmac_key *key, unsigned at,
    const struct slot *slot);

/* All eight free. */
void bucket_clear(struct bucket *b, const struct hmac_key *key);

#endif
