/*
 * One slot of the file of counts: which name it is, and what was counted for
 * it in each of the three windows. Pure: bytes in, bytes out.
 *
 *   0  tag        16 bytes of the name's HMAC; zeros: no name
 *  16  windows    3 times: its end (8 bytes, seconds of Unix time) and what
 *                 was counted in it (4 bytes)
 *  52  zeros
 *  56  checksum   8 bytes of an HMAC over the slot's number and bytes 0 to 55
 *
 * Numbers are little-endian. Because of its number, a slot that was copied to
 * another place is damaged, and so is one of zeros only.
 */
#ifndef STORE_SLOT_H
#define STORE_SLOT_H

#include "base/digest.h"
#include "base/limits.h"

#define SLOT_BYTES 64
#define SLOT_TAG 16
#define SLOT_WINDOWS 3 /* of 60, 3600 and 86400 seconds, in this order */
#define SLOT_DAY 86400

/*
 * So far may the clocks of two requests be apart. Without it a request that
 * read the clock just before a window's end, and came late, would take what
 * was counted since for the past, and drop it.
 */
#define SLOT_SLACK_SECONDS 10

/* For so long a damaged slot is kept from everybody: see slot_block(). */
#define SLOT_BLOCK_SECONDS (SLOT_DAY + SLOT_SLACK_SECONDS)

/* The latest time that is taken for one: the end of the year 9999. */
#define SLOT_NOW_MAX 253402300799LL

struct slot {
	unsigned char tag[SLOT_TAG];
	struct slot_window {
		long long end; /* what was counted is void from here on */
		unsigned count;
	} windows[SLOT_WINDOWS];
};

/* Numbers in the file, n bytes of them, 1 to 8. */
void slot_put(unsigned char *out, size_t n, unsigned long long value);
unsigned long long slot_get(const unsigned char *in, size_t n);

/* Into bytes with their checksum. index: which slot of the file. */
void slot_pack(const struct hmac_key *key, unsigned index,
    const struct slot *slot, unsigned char out[static SLOT_BYTES]);

/* False, and *out is all zeros, when it is damaged. */
bool slot_unpack(const struct hmac_key *key, unsigned index,
    const unsigned char in[static SLOT_BYTES], struct slot *out);

/* Which window has this length; SLOT_WINDOWS when none has. */
size_t slot_window(unsigned seconds);

/*
 * Puts right what a clock that was ahead has left: a window that ends later
 * than the present one of its length keeps its count and ends with that one,
 * so that nobody waits longer than a window. True when something changed.
 */
bool slot_settle(struct slot *slot, long long now);

/* When the last of its windows is over, and the slot free. */
long long slot_end(const struct slot *slot);

/* What counts now, and the seconds until it does not, 1 to the length. */
unsigned slot_used(const struct slot *slot, size_t window, long long now);
unsigned slot_resets(const struct slot *slot, size_t window, long long now);

/* Counts amount; the caller knows that it fits. */
void slot_add(struct slot *slot, size_t window, unsigned amount, long long now);

/*
 * In place of a damaged slot: no name, until all that may have been counted
 * in it is over, also what another request counted whose clock is ahead.
 */
void slot_block(struct slot *slot, long long now);
bool slot_blocked(const struct slot *slot, long long now);

#endif
