/* Where a proof is found, and how what was signed is read: for all families. */
#ifndef SESSION_PROOF_H
#define SESSION_PROOF_H

#include "session/session.h"

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
