/*
 * Patterns for ids and folders: segments between "/", each "*" (one segment),
 * "**" (one or more) or a template. Whole segments are compared.
 */
#ifndef POLICY_PATTERN_H
#define POLICY_PATTERN_H

#include "policy/template.h"

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
 * Is this a well-formed id of a client: segments [A-Za-z0-9_-]{1,64} between
 * single "/", the last perhaps with one extension [A-Za-z0-9]{1,16}, at most
 * ID_MAX bytes? wide: its segments may be what the configuration can write,
 * too. On false why (may be NULL) says what is not.
 */
bool id_valid(struct span id, bool wide, struct sink *why);

/*
 * Does a well-formed id match? What a wildcard takes is a client's choice, and
 * never wide. Problems as template_matches().
 */
bool pattern_matches(const struct pattern *p, const struct facts *facts,
    struct arena *arena, struct span id, struct problem *why);

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
 * Fresh: the first segment as above, the last one exactly {random}, and no
 * wildcard: nothing has this id yet. *why as above.
 */
bool pattern_fresh(const struct pattern *p, struct sink *why);

#endif
