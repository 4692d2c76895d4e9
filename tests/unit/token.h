/* Tokens for tests, with any header, right or wrong, and a right signature. */
#ifndef TESTS_TOKEN_H
#define TESTS_TOKEN_H

#include <stdalign.h>
#include <stdlib.h>

#include "base/enc.h"
#include "base/sink.h"
#include "session/session.h"

#define TOKEN_NOW 1700000060

/* A key of this secret that lives as long as the program. */
static inline struct session_key
token_key(const char *id, enum hash hash, struct span secret)
{
	static alignas(max_align_t) unsigned char memory[32][HMAC_KEY_MAX];
	static size_t used;
	struct hmac_key *key;

	if (used == sizeof(memory) / sizeof(memory[0]))
		used = 0;
	key = (void *)memory[used++];
	if (!hmac_key_init(key, hash, secret))
		abort();
	return (struct session_key){ span_of(id), key };
}

/* header "." payload, both encoded, and their MAC. */
static inline struct span
token_sign(struct span header, struct span payload,
    const struct session_key *key, struct sink *out)
{
	unsigned char mac[DIGEST_MAX];
	size_t mark = out->n, n;
	struct span covered;

	base64url_encode(header, out);
	sink_byte(out, '.');
	base64url_encode(payload, out);
	covered = sink_since(out, mark);
	n = hmac_of(key->hmac, &covered, 1, mac);
	sink_byte(out, '.');
	base64url_encode((struct span){ mac, n }, out);
	if (out->full)
		abort();
	return sink_since(out, mark);
}

#endif
