/*
 * The texts of the policy's refusals: each names the parameter and what it
 * would have taken. All return false.
 */
#ifndef POLICY_REFUSE_H
#define POLICY_REFUSE_H

#include "policy/config.h"

/*
 * A name that Cloudinary does not know, or that this action does not take.
 * final: the client fixes its parameters itself, see contract_is_final().
 */
bool refuse_unknown(
    const struct policy *p, struct span name, bool final, struct problem *why);

/* A name that no client may ever send. */
bool refuse_reserved(const struct term *term, struct problem *why);

/* Neither in `set` nor in `allow`. */
bool refuse_not_allowed(const struct policy *p, const struct term *term,
    bool final, struct problem *why);

/* An element or key beside the server's own, where none may be added. */
bool refuse_addition(const struct policy *p, const struct term *term,
    struct span element, struct problem *why);

/* Set by the server (key: a group's, or empty), and sent with another value. */
bool refuse_fixed(const struct policy *p, const struct term *term,
    struct span key, struct span ours, bool final, struct problem *why);

/* Made by the server anew each time, so that it can't be repeated. */
bool refuse_random(
    const struct policy *p, const struct term *term, struct problem *why);

/* A timestamp where it is the server's: this is another contract's request. */
bool refuse_contract(struct problem *why);

/* A timestamp in another unit, or none at all. */
bool refuse_seconds(long long now, struct problem *why);

/* Set by the server, and missing in a final contract. */
bool refuse_absent(const struct policy *p, const struct term *term,
    struct span ours, struct problem *why);

/*
 * The same where {random} stands in it, which is the client's to make: absent,
 * or of another form. ours is one that would do.
 */
bool refuse_unlike(const struct policy *p, const struct term *term,
    struct span ours, bool absent, struct problem *why);

/* More elements than the rule takes. */
bool refuse_count(
    const struct term *term, const struct rule *rule, struct problem *why);

/* Required by the action, and not there. */
bool refuse_required(
    const struct policy *p, const char *name, struct problem *why);

/* One of the names, which end with NULL, is required, and none is there. */
bool refuse_required_any(
    const struct policy *p, const char *const *names, struct problem *why);

#endif
