/*
 * Patterns for ids and folders: segments between "/", each "*" (one segment),
 * "**" (one or more) or a template. Whole segments are compared.
 */
#ifndef POLICY_PATTERN_H
#define POLICY_PATTERN_H

#include "policy/template.h"
#include "policy/vocabulary.h"

enum segment_kind { SEGMENT_TEXT = 1, SEGMENT_ONE, SEGMENT_MANY };

struct segment {
	enum segment_kind kind;
	struct text_template text; /* for SEGMENT_TEXT */
};

struct pattern {
	size_t n;
	const struct segment *segments;
	struct span source;
	bool wide; /* a literal is more than id_valid() takes of a client */
};

/*
 * Compiles it. A literal part of a segment is any UTF-8 text without control
 * characters and ? & # \ % < > * { }; no blank or "." begins or ends a segment.
 * Beside {user} and the like it holds no ".", but for one extension at the end
 * of the last segment. At most one "**". False with the mistake and the right
 * form in why.
 */
bool pattern_compile(struct span source, struct span policy,
    struct arena *arena, struct pattern *out, struct sink *why);

/*
 * Would a delivery URL read this segment, before the id's first, as something
 * else? These are 1*3LOWER "_" (every transformation, with room for new ones),
 * "$" (a variable), "v" 1*DIGIT (the version) and "s--" (the signature).
 */
bool pattern_url_part(struct span segment);

/*
 * Owned: the first segment is a literal (not like a transformation "w_200",
 * not "v" and digits, not "s--..."), and a segment before the first wildcard
 * is exactly {user}, {user_hash} or one {claim.NAME}. *why (may be NULL) says
 * what is missing.
 */
bool pattern_owned(const struct pattern *p, struct sink *why);

/*
 * Two ids that are each one user's own must not meet: beside "users/{user}",
 * an id "users/{user_hash}" or "users/team/{user}" would let somebody take
 * the name that is another's hash, or "team". So up to the user's segment two
 * ids are the same, or they part at a fixed word. What anybody can upload
 * (fresh, see below) must part from both.
 */
enum meeting { PATTERNS_MEET = 0, PATTERNS_PART, PATTERNS_SAME };

enum meeting pattern_meet(const struct pattern *a, const struct pattern *b);

/*
 * Fresh: the first segment as above, the last one exactly {random}, and no
 * wildcard: nothing has this id yet. *why as above.
 */
bool pattern_fresh(const struct pattern *p, struct sink *why);

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
    const struct ctx *ctx, struct span value);

#endif
