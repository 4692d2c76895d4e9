/* The keys of the configuration: derived at start, tried at each request. */
#ifndef SESSION_KEYS_H
#define SESSION_KEYS_H

#include "base/enc.h"
#include "session/session.h"

/*
 * Fills *out, which has hmac_key_size() bytes, with the key that the family's
 * derivation makes of the secret: itsdangerous' Signer.derive_key(), Django's
 * salted_hmac(), Payload's getPayload().secret. config has format, hash,
 * cookie and signing. False for an empty secret, or where the derived one
 * would be.
 */
bool keys_derive(const struct session_config *config, struct span secret,
    struct hmac_key *out);

/*
 * Is signature, in the base64 that `decode` reads, the MAC of the parts by one
 * of the keys? Fills *key_id, else SESSION_MAC, or SESSION_MAC_SIZE where it
 * has not the length of config->hash, which comes from nowhere else (RFC 8725
 * 3.1). Every key is tried, also after one fitted, so that the time tells
 * nothing about which.
 */
enum session_why keys_verify(const struct session_config *config,
    const struct span *parts, size_t n_parts, base64_decoder *decode,
    struct span signature, struct span *key_id);

#endif
