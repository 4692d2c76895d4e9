/* The limits of one request, as one step of the counters. */
#ifndef POLICY_QUOTA_H
#define POLICY_QUOTA_H

#include "http/answer.h"
#include "policy/decide.h"

/*
 * Counts amount signatures of the policy: for the session's user (or, where
 * it is anonymous, the address; IPv6 by /64), and for the policy as a whole.
 * True when every limit had room for all, and when there is none. False with
 * a 429, or a 503 when they can't be counted, in *why; nothing is counted
 * then. The rates and the reason for the log go into out.
 */
bool quota_take(const struct policy *policy, const struct facts *facts,
    struct counters *counters, unsigned amount, struct arena *arena,
    struct answer *out, struct problem *why);

#endif
