/*
 * A configuration in sentences, for whoever wrote it: what the program
 * understood. No byte of a secret is among them. A sink without enough room
 * keeps the beginning.
 */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "policy/config.h"

/* Accounts, session, origins, and each policy. */
void describe_config(const struct config *config, struct sink *out);

/* The effective policy: who may use it, what is set, what may be sent. */
void describe_policy(const struct policy *policy, struct sink *out);

/* "role is editor or admin" for each of them, one a line. */
void describe_require(
    const struct claim_rule *require, size_t n, struct sink *out);

/* "a", "a or b", "a, b or c" */
void describe_any(const struct span *s, size_t n, struct sink *out);

#endif
