#define OPENSSL_SUPPRESS_DEPRECATED /* the cheap ones are, see digest.h */

#include "base/digest.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "base/sink.h"

#define BLOCK_MAX 128

/* A hash under way. */
struct state {
	enum hash hash;
	union {
		SHA_CTX sha1;
		SHA256_CTX sha256;
		SHA512_CTX sha512; /* and SHA-384 */
	} u;
};

struct hmac_key {
	struct state inner, outer;
};

static_assert(sizeof(struct hmac_key) <= HMAC_KEY_MAX, "as digest.h says");
static_assert(SHA512_DIGEST_LENGTH <= DIGEST_MAX, "room for every digest");
static_assert(SHA512_CBLOCK <= BLOCK_MAX, "room for every block");

size_t
digest_size(enum hash h)
{
	switch (h) {
	case HASH_SHA1:
		return SHA_DIGEST_LENGTH;
	case HASH_SHA256:
		return SHA256_DIGEST_LENGTH;
	case HASH_SHA384:
		return SHA384_DIGEST_LENGTH;
	case HASH_SHA512:
		return SHA512_DIGEST_LENGTH;
	case HASH_NONE:
		break;
	}
	return 0;
}

/* The block size B of RFC 2104; 0 for HASH_NONE. */
static size_t
block_size(enum hash h)
{
	if (digest_size(h) == 0)
		return 0;
	return h == HASH_SHA1 || h == HASH_SHA256 ? SHA256_CBLOCK
						  : SHA512_CBLOCK;
}

static bool
start(struct state *s, enum hash h)
{
	s->hash = h;
	switch (h) {
	case HASH_SHA1:
		return SHA1_Init(&s->u.sha1) == 1;
	case HASH_SHA256:
		return SHA256_Init(&s->u.sha256) == 1;
	case HASH_SHA384:
		return SHA384_Init(&s->u.sha512) == 1;
	case HASH_SHA512:
		return SHA512_Init(&s->u.sha512) == 1;
	case HASH_NONE:
		break;
	}
	return false;
}

static bool
add(struct state *s, struct span part)
{
	switch (s->hash) {
	case HASH_SHA1:
		return SHA1_Update(&s->u.sha1, part.p, part.n) == 1;
	case HASH_SHA256:
		return SHA256_Update(&s->u.sha256, part.p, part.n) == 1;
	case HASH_SHA384:
		return SHA384_Update(&s->u.sha512, part.p, part.n) == 1;
	case HASH_SHA512:
		return SHA512_Update(&s->u.sha512, part.p, part.n) == 1;
	case HASH_NONE:
		break;
	}
	return false;
}

static bool
finish(struct state *s, unsigned char *out)
{
	switch (s->hash) {
	case HASH_SHA1:
		return SHA1_Final(out, &s->u.sha1) == 1;
	case HASH_SHA256:
		return SHA256_Final(out, &s->u.sha256) == 1;
	case HASH_SHA384:
		return SHA384_Final(out, &s->u.sha512) == 1;
	case HASH_SHA512:
		return SHA512_Final(out, &s->u.sha512) == 1;
	case HASH_NONE:
		break;
	}
	return false;
}

static bool
add_all(struct state *s, const struct span *parts, size_t n_parts)
{
	for (size_t i = 0; i < n_parts; i++)
		if (!add(s, parts[i]))
			return false;
	return true;
}

bool
digest_of(enum hash h, const struct span *parts, size_t n_parts,
    unsigned char out[static DIGEST_MAX])
{
	struct state s;
	bool ok =
	    start(&s, h) && add_all(&s, parts, n_parts) && finish(&s, out);

	wipe(&s, sizeof(s)); /* one of the parts may be a secret */
	return ok;
}

size_t
hmac_key_size(void)
{
	return sizeof(struct hmac_key);
}

/* The state after the key's block, each byte of it changed by pad. */
static bool
start_padded(struct state *s, enum hash h,
    const unsigned char key[static BLOCK_MAX], unsigned char pad)
{
	unsigned char block[BLOCK_MAX];
	size_t n = block_size(h);
	bool ok;

	for (size_t i = 0; i < n; i++)
		block[i] = key[i] ^ pad;
	ok = start(s, h) && add(s, (struct span){ block, n });
	wipe(block, sizeof(block));
	return ok;
}

bool
hmac_key_init(struct hmac_key *key, enum hash h, struct span secret)
{
	unsigned char block[BLOCK_MAX] = { 0 };
	bool ok = digest_size(h) > 0 && secret.n > 0;

	if (ok && secret.n > block_size(h))
		ok = digest_of(h, &secret, 1, block);
	else if (ok)
		memcpy(block, secret.p, secret.n);
	ok = ok && start_padded(&key->inner, h, block, 0x36) &&
	     start_padded(&key->outer, h, block, 0x5c);
	wipe(block, sizeof(block));
	if (!ok)
		wipe(key, sizeof(*key)); /* HASH_NONE: hmac_of() refuses it */
	return ok;
}

size_t
hmac_of(const struct hmac_key *key, const struct span *parts, size_t n_parts,
    unsigned char out[static DIGEST_MAX])
{
	unsigned char inner[DIGEST_MAX];
	size_t n = digest_size(key->inner.hash);
	struct state s = key->inner;
	bool ok = add_all(&s, parts, n_parts) && finish(&s, inner);

	if (ok) {
		s = key->outer;
		ok = add(&s, (struct span){ inner, n }) && finish(&s, out);
	}
	wipe(&s, sizeof(s));
	wipe(inner, sizeof(inner));
	return ok ? n : 0;
}

bool
digest_equal(const unsigned char *a, const unsigned char *b, size_t n)
{
	if (n == 0)
		abort(); /* nothing compared would be everything accepted */
	return CRYPTO_memcmp(a, b, n) == 0;
}

void
wipe(void *p, size_t n)
{
	if (n > 0)
		OPENSSL_cleanse(p, n);
}

/*
 * SHA of "abc" from the examples that go with FIPS 180-4; HMAC of test case 2
 * of RFC 2202 (SHA-1) and of RFC 4231.
 */
static const struct known {
	enum hash hash;
	const char *digest, *hmac;
} known[] = {
	{ HASH_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d",
	    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ HASH_SHA256,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec384"
	    "3" },
	{ HASH_SHA384,
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
	    "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
	    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47"
	    "e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
	{ HASH_SHA512,
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce73"
	    "7" },
};

static bool
is_hex_of(const char *hex, struct span bytes)
{
	unsigned char mem[2 * DIGEST_MAX];
	struct sink text;

	sink_init(&text, mem, sizeof(mem));
	sink_hex(&text, bytes);
	return span_is(sink_view(&text), hex);
}

static bool
right(const struct known *k)
{
	struct span abc = SPAN_LIT("abc");
	struct span halves[] = { SPAN_LIT("what do ya want "),
		SPAN_LIT("for nothing?") };
	unsigned char out[DIGEST_MAX] = { 0 };
	size_t n = digest_size(k->hash);
	struct hmac_key key;

	if (!digest_of(k->hash, &abc, 1, out) ||
	    !is_hex_of(k->digest, (struct span){ out, n }))
		return false;
	return hmac_key_init(&key, k->hash, SPAN_LIT("Jefe")) &&
	       hmac_of(&key, halves, 2, out) == n &&
	       is_hex_of(k->hmac, (struct span){ out, n });
}

bool
digest_self_test(void)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!right(&known[i]))
			return false;
	return true;
}
