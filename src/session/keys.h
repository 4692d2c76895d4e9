/* The keys of the configuration: derived at start, tried at each request. */
#ifndef SESSION_KEYS_H
#define SESSION_KEYS_H

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
 * The key whose MAC over the parts this is, NULL for none. mac must have the
 * length of config->hash. Every key is tried, also after one fitted, so that
 * the time tells nothing about which.
 */
const struct session_key *keys_find(const struct session_config *config,
    const struct span *parts, size_t n_parts, struct span mac);

#endif
