/*
 * Ids, and what is written around them: alone or in a list (public_ids),
 * before a "/" (prefixes), behind image/upload/
 * (fully_qualified_public_ids), and behind a "/" (a token's url).
 *
 *   ids, folders   users/alice/cat
 *   prefixes       users/alice/
 *   full ids       image/upload/users/alice/cat
 *   paths          /image/upload/users/alice/cat
 */
#ifndef POLICY_ID_FORM_H
#define POLICY_ID_FORM_H

#include "policy/pattern.h"
#include "policy/vocabulary.h"

/*
 * Compiles a pattern of a term with term_has_patterns(). *out holds the
 * segments of the id alone (of a path: all of them), so that pattern_owned()
 * judges that; out->source is the whole source. What stands around the id is
 * never a pattern. False with the mistake and the right form in why.
 */
bool id_form_compile(const struct term *term, struct span source,
    struct span policy, struct arena *arena, struct pattern *out,
    struct sink *why);

/*
 * Is this a well-formed value of a client, with a well-formed id (see
 * id_valid(), also for wide) in it? On false why (may be NULL) says what is
 * not.
 */
bool id_form_valid(
    const struct term *term, struct span value, bool wide, struct sink *why);

/* Does a well-formed value match? Problems as template_matches(). */
bool id_form_matches(const struct term *term, const struct pattern *pattern,
    const struct facts *facts, struct arena *arena, struct span value,
    struct problem *why);

#endif
