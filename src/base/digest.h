/*
 * SHA-1 and SHA-2 and HMAC over them, on libcrypto's low-level functions: one
 * call of EVP, HMAC() or even SHA1() makes a cold CGI start three times as
 * slow. The only file that knows OpenSSL.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/span.h"

enum hash { HASH_NONE = 0, HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512 };

#define DIGEST_MAX 64

/* Bytes of a digest; 0 for HASH_NONE. */
size_t digest_size(enum hash h);

/*
 * Digest of the parts, one after the other. Writes digest_size(h) bytes.
 * False, and nothing written, for HASH_NONE.
 */
bool digest_of(enum hash h, const struct span *parts, size_t n_parts,
    unsigned char out[static DIGEST_MAX]);

/*
 * A key, as the two states of the hash after the inner and the outer pad
 * (RFC 2104). As secret as the key itself, so it lies in the vault.
 */
struct hmac_key;

/* Bytes that a struct hmac_key needs, and what that never exceeds. */
#define HMAC_KEY_MAX 448
size_t hmac_key_size(void);

/* Fills *key, which has hmac_key_size() bytes. False for an empty key. */
bool hmac_key_init(struct hmac_key *key, enum hash h, struct span secret);

/* HMAC of the parts, digest_size() bytes; returns that size, 0 on failure. */
size_t hmac_of(const struct hmac_key *key, const struct span *parts,
    size_t n_parts, unsigned char out[static DIGEST_MAX]);

/*
 * Same bytes, in a time that depends on n alone. n is at least 1 and comes
 * from the configuration, never from the input; aborts on 0.
 */
bool digest_equal(const unsigned char *a, const unsigned char *b, size_t n);

/* Overwrite, and no compiler may leave it out. */
void wipe(void *p, size_t n);

/*
 * Known answers (FIPS 180-4 examples, RFC 2202 and RFC 4231) through the same
 * functions. False means that nothing may be signed or verified.
 */
bool digest_self_test(void);

#endif
