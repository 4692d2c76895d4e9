/*
 * The first block of the file of counts. Pure: bytes in, bytes out.
 *
 *    0  "signpost slots 1"    the format, with its version
 *   16  buckets of one crowd  4 bytes
 *   32  key                   32 random bytes, for all HMACs of this file
 *  504  checksum              the first 8 bytes of SHA-256 of bytes 0 to 503
 *
 * Zeros between them; numbers are little-endian. Behind it, at SLOTS_HEAD, the
 * buckets (bucket.h) of CROWD_KNOWN, then as many of CROWD_OPEN.
 */
#ifndef STORE_SLOTS_HEAD_H
#define STORE_SLOTS_HEAD_H

#include "base/random.h"
#include "store/bucket.h"

#define SLOTS_HEAD 512 /* a bucket's, so that none crosses a sector */

/* Size of all the file. */
unsigned long long slots_size(unsigned buckets);

/* A new one. False when there is no randomness. */
bool slots_head_make(struct random_source *random, unsigned buckets,
    unsigned char out[static SLOTS_HEAD]);

/* What is wrong with it, and what to do; NULL when it is right. */
const char *slots_head_fault(
    const unsigned char head[static SLOTS_HEAD], unsigned buckets);

/* The key of a right one; *key has hmac_key_size() bytes. */
bool slots_head_key(
    const unsigned char head[static SLOTS_HEAD], struct hmac_key *key);

#endif
