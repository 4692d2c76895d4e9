#define _GNU_SOURCE /* RTLD_NEXT */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "test.h"

#include <dlfcn.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/sink.h"
#include "digest_vectors.h"
#include "guard.h"

static const enum hash hashes[] = { HASH_SHA1, HASH_SHA256, HASH_SHA384,
	HASH_SHA512 };
#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

/*
 * libcrypto's functions, with a way to let one fail, or (FINAL only) give a
 * digest with one wrong bit. (In the other groups none fails.)
 */
enum fault { FAULT_NONE, FAULT_RETURN, FAULT_BIT };
static struct {
	const char *name;
	enum fault fault;
	int after; /* calls that still go well */
} broken;

static enum fault
fault_of(const char *name)
{
	if (broken.name == NULL || strcmp(broken.name, name) != 0)
		return FAULT_NONE;
	return broken.after-- > 0 ? FAULT_NONE : broken.fault;
}

static void *
real_one(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (found == NULL)
		abort();
	return found;
}

#define FAULTY(SHA, CTX)                                                       \
	int SHA##_Init(CTX *c)                                                 \
	{                                                                      \
		int (*real)(CTX *);                                            \
                                                                               \
		*(void **)&real = real_one(#SHA "_Init");                      \
		return fault_of(#SHA "_Init") == FAULT_NONE ? real(c) : 0;     \
	}                                                                      \
	int SHA##_Update(CTX *c, const void *p, size_t n)                      \
	{                                                                      \
		int (*real)(CTX *, const void *, size_t);                      \
                                                                               \
		*(void **)&real = real_one(#SHA "_Update");                    \
		return fault_of(#SHA "_Update") == FAULT_NONE ? real(c, p, n)  \
							      : 0;             \
	}                                                                      \
	int SHA##_Final(unsigned char *out, CTX *c)                            \
	{                                                                      \
		enum fault fault = fault_of(#SHA "_Final");                    \
		int (*real)(unsigned char *, CTX *);                           \
		int ok;                                                        \
                                                                               \
		*(void **)&real = real_one(#SHA "_Final");                     \
		ok = fault == FAULT_RETURN ? 0 : real(out, c);                 \
		if (fault == FAULT_BIT)                                        \
			out[7] ^= 0x10;                                        \
		return ok;                                                     \
	}

FAULTY(SHA1, SHA_CTX)
FAULTY(SHA256, SHA256_CTX)
FAULTY(SHA384, SHA512_CTX)
FAULTY(SHA512, SHA512_CTX)

static const char *const functions[] = { "SHA1_Init", "SHA1_Update",
	"SHA1_Final", "SHA256_Init", "SHA256_Update", "SHA256_Final",
	"SHA384_Init", "SHA384_Update", "SHA384_Final", "SHA512_Init",
	"SHA512_Update", "SHA512_Final" };
#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

static void
assert_hex(const unsigned char *bytes, size_t n, const char *hex)
{
	char mem[2 * DIGEST_MAX + 1] = "";
	struct sink text;

	sink_init(&text, mem, sizeof(mem) - 1);
	sink_hex(&text, (struct span){ bytes, n });
	assert_string_equal(mem, hex);
}

static struct hmac_key *
key_of(enum hash h, struct span secret)
{
	struct hmac_key *key = malloc(hmac_key_size());

	assert_non_null(key);
	memset(key, 0xa5, hmac_key_size());
	assert_true(hmac_key_init(key, h, secret));
	return key;
}

static void
check_digest(enum hash h, struct span text, const char *hex)
{
	unsigned char out[DIGEST_MAX];
	struct span copy = guarded(text);

	memset(out, 0xa5, sizeof(out));
	assert_true(digest_of(h, &copy, 1, out));
	assert_hex(out, digest_size(h), hex);
	for (size_t i = digest_size(h); i < sizeof(out); i++)
		assert_int_equal(out[i], 0xa5);
	guard_free(copy);
}

static void
check_hmac(enum hash h, struct span secret, struct span text, const char *hex)
{
	unsigned char out[DIGEST_MAX];
	struct span key_copy = guarded(secret), copy = guarded(text);
	struct hmac_key *key = key_of(h, key_copy);

	/* Twice: the key's states stay as they are. */
	for (int i = 0; i < 2; i++) {
		memset(out, 0xa5, sizeof(out));
		assert_int_equal(hmac_of(key, &copy, 1, out), digest_size(h));
		assert_hex(out, digest_size(h), hex);
	}
	for (size_t i = digest_size(h); i < sizeof(out); i++)
		assert_int_equal(out[i], 0xa5);
	free(key);
	guard_free(key_copy);
	guard_free(copy);
}

TEST(test_sizes)
{
	assert_int_equal(digest_size(HASH_NONE), 0);
	assert_int_equal(digest_size(HASH_SHA1), 20);
	assert_int_equal(digest_size(HASH_SHA256), 32);
	assert_int_equal(digest_size(HASH_SHA384), 48);
	assert_int_equal(digest_size(HASH_SHA512), 64);
	assert_int_equal(digest_size((enum hash)99), 0);
	assert_in_range(hmac_key_size(), 1, HMAC_KEY_MAX);
}

TEST(test_fips)
{
	for (size_t i = 0; i < sizeof(fips_examples) / sizeof(fips_examples[0]);
	     i++)
		for (size_t h = 0; h < HASHES; h++)
			check_digest(hashes[h], span_of(fips_examples[i].text),
			    fips_examples[i].hex[h]);
}

/* A million times "a", in pieces of 7 bytes and one of 1. */
TEST(test_million)
{
	static struct span parts[142858];
	unsigned char out[DIGEST_MAX];

	for (size_t i = 0; i < 142857; i++)
		parts[i] = SPAN_LIT("aaaaaaa");
	parts[142857] = SPAN_LIT("a");
	for (size_t h = 0; h < HASHES; h++) {
		assert_true(digest_of(hashes[h], parts, 142858, out));
		assert_hex(out, digest_size(hashes[h]), fips_million[h]);
	}
}

static void
fill(unsigned char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text[i] = (unsigned char)(i * 7 + 3);
}

/* Every length over two blocks, of text and of key. */
TEST(test_lengths)
{
	unsigned char text[260], d[DIGEST_MAX], next[DIGEST_MAX];

	fill(text, sizeof(text));
	for (size_t h = 0; h < HASHES; h++) {
		size_t size = digest_size(hashes[h]), n = 0;

		for (size_t i = 0; i <= sizeof(text); i++, n = size) {
			struct span parts[] = { { d, n }, { text, i } };

			assert_true(digest_of(hashes[h], parts, 2, next));
			memcpy(d, next, size);
		}
		assert_hex(d, size, chains[h][0]);
		n = 0;
		for (size_t i = 1; i <= sizeof(text); i++, n = size) {
			struct span parts[] = { { d, n },
				{ text, sizeof(text) - i } };
			struct hmac_key *key =
			    key_of(hashes[h], (struct span){ text, i });

			assert_int_equal(hmac_of(key, parts, 2, next), size);
			memcpy(d, next, size);
			free(key);
		}
		assert_hex(d, size, chains[h][1]);
	}
}

/* Wherever a text is cut, with nothing between, the digest is the same. */
TEST(test_parts)
{
	unsigned char text[150], whole[DIGEST_MAX], out[DIGEST_MAX];
	struct span all = { text, sizeof(text) };

	fill(text, sizeof(text));
	for (size_t h = 0; h < HASHES; h++) {
		size_t size = digest_size(hashes[h]);
		struct hmac_key *key = key_of(hashes[h], SPAN_LIT("Jefe"));

		for (size_t i = 0; i <= sizeof(text); i++) {
			struct span parts[] = { { NULL, 0 }, span_head(all, i),
				{ NULL, 0 }, span_skip(all, i) };

			assert_true(digest_of(hashes[h], &all, 1, whole));
			assert_true(digest_of(hashes[h], parts, 4, out));
			assert_memory_equal(out, whole, size);
			assert_int_equal(hmac_of(key, &all, 1, whole), size);
			assert_int_equal(hmac_of(key, parts, 4, out), size);
			assert_memory_equal(out, whole, size);
		}
		assert_int_equal(hmac_of(key, NULL, 0, out), size);
		assert_memory_not_equal(out, whole, size);
		free(key);
	}
}

static struct span
rfc_span(const struct rfc_bytes *b, unsigned char mem[static 256])
{
	if (b->times == 0)
		return span_of(b->text);
	memset(mem, b->byte, b->times);
	return (struct span){ mem, b->times };
}

TEST(test_rfc2202)
{
	unsigned char key[256], text[256];

	for (size_t i = 0; i < sizeof(rfc2202) / sizeof(rfc2202[0]); i++)
		check_hmac(HASH_SHA1, rfc_span(&rfc2202[i].key, key),
		    rfc_span(&rfc2202[i].text, text), rfc2202[i].hex);
}

TEST(test_rfc4231)
{
	unsigned char key[256], text[256];

	for (size_t i = 0; i < sizeof(rfc4231) / sizeof(rfc4231[0]); i++)
		for (size_t h = 0; h < 3; h++)
			check_hmac(hashes[h + 1],
			    rfc_span(&rfc4231[i].key, key),
			    rfc_span(&rfc4231[i].text, text),
			    rfc4231[i].hex[h]);
}

/* Every bit of the key and of the text counts. */
TEST(test_bits)
{
	unsigned char text[40], key[40], right[DIGEST_MAX], out[DIGEST_MAX];
	struct span part = { text, sizeof(text) };

	fill(text, sizeof(text));
	fill(key, sizeof(key));
	for (size_t h = 0; h < HASHES; h++) {
		struct span secret = { key, sizeof(key) };
		struct hmac_key *good = key_of(hashes[h], secret);
		size_t n = hmac_of(good, &part, 1, right);

		for (size_t bit = 0; bit < 8 * sizeof(text); bit++) {
			unsigned char flip = (unsigned char)(1U << bit % 8);
			struct hmac_key *bad;

			text[bit / 8] ^= flip;
			assert_int_equal(hmac_of(good, &part, 1, out), n);
			assert_false(digest_equal(out, right, n));
			text[bit / 8] ^= flip;
			key[bit / 8] ^= flip;
			bad = key_of(hashes[h], secret);
			key[bit / 8] ^= flip;
			assert_int_equal(hmac_of(bad, &part, 1, out), n);
			assert_false(digest_equal(out, right, n));
			free(bad);
		}
		assert_int_equal(hmac_of(good, &part, 1, out), n);
		assert_true(digest_equal(out, right, n));
		free(good);
	}
}

TEST(test_nothing)
{
	struct span text = SPAN_LIT("abc"), empty = SPAN_LIT("");
	struct hmac_key *key = malloc(hmac_key_size());
	unsigned char out[DIGEST_MAX], clean[DIGEST_MAX];

	memset(out, 0xa5, sizeof(out));
	memset(clean, 0xa5, sizeof(clean));
	assert_false(digest_of(HASH_NONE, &text, 1, out));
	assert_false(digest_of((enum hash)99, &text, 1, out));
	assert_false(hmac_key_init(key, HASH_NONE, text));
	assert_int_equal(hmac_of(key, &text, 1, out), 0);
	assert_false(hmac_key_init(key, (enum hash)99, text));
	assert_int_equal(hmac_of(key, &text, 1, out), 0);
	for (size_t h = 0; h < HASHES; h++) {
		assert_true(hmac_key_init(key, hashes[h], text));
		assert_false(hmac_key_init(key, hashes[h], empty));
		assert_int_equal(hmac_of(key, &text, 1, out), 0);
	}
	assert_memory_equal(out, clean, sizeof(out));
	free(key);
}

TEST(test_equal)
{
	unsigned char a[DIGEST_MAX], b[DIGEST_MAX];

	fill(a, sizeof(a));
	memcpy(b, a, sizeof(a));
	for (size_t n = 1; n <= sizeof(a); n++)
		assert_true(digest_equal(a, b, n));
	for (size_t bit = 0; bit < 8 * sizeof(a); bit++) {
		b[bit / 8] ^= (unsigned char)(1U << bit % 8);
		for (size_t n = 1; n <= sizeof(a); n++)
			assert_int_equal(digest_equal(a, b, n), n <= bit / 8);
		b[bit / 8] ^= (unsigned char)(1U << bit % 8);
	}
}

/* Comparing nothing aborts. */
TEST(test_equal_nothing)
{
	unsigned char a[1] = { 0 };
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		_exit(digest_equal(a, a, 0) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

TEST(test_wipe)
{
	unsigned char mem[66];

	for (size_t n = 0; n <= 64; n++) {
		memset(mem, 0xa5, sizeof(mem));
		wipe(mem + 1, n);
		assert_int_equal(mem[0], 0xa5);
		assert_int_equal(mem[n + 1], 0xa5);
		for (size_t i = 1; i <= n; i++)
			assert_int_equal(mem[i], 0);
	}
	wipe(NULL, 0);
}

/* Is everything refused, and nothing written, when this call fails? */
static bool
all_refuse(enum hash h, struct hmac_key *key)
{
	struct span text = SPAN_LIT("abc");
	unsigned char out[DIGEST_MAX] = { 0 }, zeros[DIGEST_MAX] = { 0 };
	int after = broken.after;
	bool refused = !digest_of(h, &text, 1, out);

	broken.after = after;
	refused = refused && (!hmac_key_init(key, h, text) ||
				 hmac_of(key, &text, 1, out) == 0);
	return refused && memcmp(out, zeros, sizeof(out)) == 0;
}

TEST(test_failing)
{
	struct hmac_key *key = malloc(hmac_key_size());

	for (size_t i = 0; i < FUNCTIONS; i++) {
		broken.name = functions[i];
		broken.fault = FAULT_RETURN;
		for (size_t h = 0; h < HASHES; h++) {
			broken.after = 0;
			if (h == i / 3)
				assert_true(all_refuse(hashes[h], key));
			else if (hashes[h] != HASH_SHA384 || i < 9)
				assert_false(all_refuse(hashes[h], key));
			/* else libcrypto's SHA-384 may be its SHA-512 inside */
		}
	}
	broken.name = NULL;
	free(key);
}

/* An HMAC is two hashes: the failure of the second one counts too. */
TEST(test_failing_later)
{
	struct span text = SPAN_LIT("abc");
	unsigned char out[DIGEST_MAX] = { 0 }, zeros[DIGEST_MAX] = { 0 };
	struct hmac_key *key = key_of(HASH_SHA256, text);

	broken.fault = FAULT_RETURN;
	for (size_t i = 4; i <= 5; i++) {
		broken.name = functions[i];
		broken.after = 1;
		assert_int_equal(hmac_of(key, &text, 1, out), 0);
		assert_memory_equal(out, zeros, sizeof(out));
		broken.after = 2;
		assert_int_equal(hmac_of(key, &text, 1, out), 32);
		memset(out, 0, sizeof(out));
	}
	/* A half-made key is no key. */
	broken.name = "SHA256_Init";
	broken.after = 1;
	assert_false(hmac_key_init(key, HASH_SHA256, text));
	broken.name = NULL;
	assert_int_equal(hmac_of(key, &text, 1, out), 0);
	free(key);
}

TEST(test_self_test)
{
	assert_true(digest_self_test());
	for (size_t i = 0; i < FUNCTIONS; i++) {
		broken.name = functions[i];
		broken.fault = FAULT_RETURN;
		broken.after = 0;
		assert_false(digest_self_test());
	}
	for (size_t i = 2; i < FUNCTIONS; i += 3)
		for (int after = 0; after < 3; after++) {
			broken.name = functions[i];
			broken.fault = FAULT_BIT;
			broken.after = after;
			assert_false(digest_self_test());
		}
	broken.name = NULL;
	assert_true(digest_self_test());
}
