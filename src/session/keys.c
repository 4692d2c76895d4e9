#include "session/keys.h"

#include "base/sink.h"

/* Half of a SHA-256's hex digits, as text. */
static bool
derive_hex(struct span secret, struct hmac_key *out)
{
	unsigned char digest[DIGEST_MAX], mem[32];
	struct sink hex;
	bool made;

	sink_init(&hex, mem, sizeof(mem));
	made = digest_of(HASH_SHA256, &secret, 1, digest);
	sink_hex(&hex, (struct span){ digest, sizeof(mem) / 2 });
	made = made && hmac_key_init(out, HASH_SHA256, sink_view(&hex));
	wipe(digest, sizeof(digest));
	wipe(mem, sizeof(mem));
	return made;
}

bool
keys_derive(const struct session_config *config, struct span secret,
    struct hmac_key *out)
{
	const struct signing *s = &config->signing;
	/* The salt, then the secret: the order of both concatenations. */
	const struct span parts[] = {
		s->salt_has_cookie ? config->cookie : (struct span){ NULL, 0 },
		s->salt,
		s->derivation == DERIVE_DJANGO_CONCAT
		    ? SPAN_LIT("signer")
		    : (struct span){ NULL, 0 },
		s->prefix,
		secret,
	};
	unsigned char derived[DIGEST_MAX];
	size_t n = 0;
	bool made;

	if (secret.n == 0)
		return false;
	switch (s->derivation) {
	case DERIVE_NOTHING:
		return hmac_key_init(out, config->hash, secret);
	case DERIVE_HEX32:
		return derive_hex(secret, out);
	case DERIVE_HMAC:
		if (s->prefix.n == 0 &&
		    hmac_key_init(out, config->hash, secret))
			n = hmac_of(out, parts, 2, derived);
		break;
	case DERIVE_DJANGO_CONCAT:
	case DERIVE_CONCAT:
		if (digest_of(config->hash, parts, 5, derived))
			n = digest_size(config->hash);
		break;
	}
	made = n > 0 &&
	       hmac_key_init(out, config->hash, (struct span){ derived, n });
	wipe(derived, sizeof(derived));
	return made;
}

/* The key whose MAC over the parts this is, NULL for none. */
static const struct session_key *
find(const struct session_config *config, const struct span *parts,
    size_t n_parts, struct span mac)
{
	const struct session_key *found = NULL;
	size_t size = digest_size(config->hash);
	unsigned char own[DIGEST_MAX];

	if (size == 0 || mac.n != size)
		return NULL;
	for (size_t i = 0; i < config->n_keys; i++) {
		const struct session_key *key = &config->keys[i];

		if (hmac_of(key->hmac, parts, n_parts, own) == size &&
		    digest_equal(own, mac.p, size))
			found = key;
	}
	/* It would be the right signature of a text that a client chose. */
	wipe(own, sizeof(own));
	return found;
}

enum session_why
keys_verify(const struct session_config *config, const struct span *parts,
    size_t n_parts, base64_decoder *decode, struct span signature,
    struct span *key_id)
{
	size_t digits = (8 * digest_size(config->hash) + 5) / 6, n;
	unsigned char mac[DIGEST_MAX];
	const struct session_key *key;

	/* What is longer may be padded up to a multiple of four. */
	if (signature.n < digits || signature.n > (digits + 3) / 4 * 4)
		return SESSION_MAC_SIZE;
	if (!decode(signature, mac, sizeof(mac), &n))
		return SESSION_MAC;
	key = find(config, parts, n_parts, (struct span){ mac, n });
	if (key == NULL)
		return SESSION_MAC;
	*key_id = key->id;
	return SESSION_OK;
}
