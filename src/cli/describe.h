/*
 * A configuration in sentences, for whoever wrote it: what the program
 * understood. No byte of a secret is among them. A sink without enough room
 * keeps the beginning.
 */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "policy/config.h"

/* Accounts, session, origins, files, each policy, and what they sum up to. */
void describe_config(const struct config *config, struct sink *out);

/* Who is asking: the proof, its keys, and what else must hold. */
void describe_session(const struct session_config *session, struct sink *out);

/* "SHA-256" */
const char *describe_hash(enum hash hash);

/*
 * One sentence of it: "avatar: a logged-in user may upload one image into
 * users/{user}/, 20 an hour." and a newline.
 */
void describe_summary(const struct policy *policy, struct sink *out);

/*
 * The effective policy: that sentence, then who may use it, what is set, what
 * may be sent.
 */
void describe_policy(const struct policy *policy, struct sink *out);

/* "20 signatures an hour and 100 a day"; without the noun: "20 an hour". */
void describe_counts(
    const struct limit *limits, size_t n, bool noun, struct sink *out);

/* How many signatures one user, and one address, can get in all. */
void describe_reach(const struct config *config, struct sink *out);

/* "role is editor or admin" for each of them, one a line. */
void describe_require(
    const struct claim_rule *require, size_t n, struct sink *out);

/* "a", "a or b", "a, b or c" */
void describe_any(const struct span *s, size_t n, struct sink *out);

#endif
