/* Where a proof is found, and how what was signed is read: for all families. */
#ifndef SESSION_PROOF_H
#define SESSION_PROOF_H

#include "base/enc.h"
#include "session/session.h"

/* The keys of the configuration: derived at start, tried at each request. */

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

/* What a payload must say before it is a session, whoever signed it. */

/*
 * out->claims holds a payload whose MAC was right. Fills out->user and
 * out->expires when every claim that the configuration asks for is there, in
 * time, and of its type.
 */
struct session_verdict claims_check(const struct session_config *config,
    long long now, struct arena *arena, struct session *out);

/*
 * The same of a payload whose times are elsewhere: the claims that `require`
 * names, and the user. Fills out->user.
 */
enum session_why claims_user(const struct session_config *config,
    struct arena *arena, struct session *out);

/* A proof that is nothing but the user's name: is it one? Fills out->user. */
enum session_why claims_name(struct span name, struct session *out);

/* The one cookie of this name. */
enum session_why proof_cookie(
    const struct session_asked *asked, struct span name, struct span *value);

/* The same with percent signs undone, in the arena. */
enum session_why proof_cookie_decoded(
    const struct session_asked *asked, struct span name, struct span *value);

/*
 * The cookie of the configured name; where its format is chunked and there is
 * none, NAME.0, NAME.1 and on, without a gap, joined in the arena. The bare
 * name wins where both are there: chunks of an older, longer value may be left
 * over (combineChunks() of @supabase/ssr, getChunkedCookie() of Better Auth).
 */
enum session_why proof_chunks(const struct session_asked *asked,
    const struct session_config *config, struct span *value);

/*
 * text, whose MAC was right, as the JSON object that the form of the body says
 * (not BODY_TEXT). The object lives in the arena.
 */
enum session_why proof_object(enum body body, struct span text,
    struct arena *arena, struct json_value *out);

/*
 * text, whose MAC was right, as the user's name. JSON in base64,
 * deflated or not, is nobody's name: with the same key a framework signs what
 * it knows of its guests.
 */
enum session_why proof_name(struct span text, struct session *out);

/* Text that is JSON already. */
enum session_why proof_json(struct span text, struct json_value *out);

#endif
