/* Cloudinary's notifications, verified for a site's other programs. */
#ifndef WEBHOOK_H
#define WEBHOOK_H

#include "http/answer.h"
#include "policy/quota.h"

/*
 * The webhook policy that the query names, before anything else of the request
 * is looked at; NULL when it names none, or none of this kind. The arena and
 * scratch are used up and may be used again.
 */
const struct policy *webhook_asked(const struct config *config,
    const struct request *request, struct arena arena, struct params *scratch);

/*
 * {"valid": true} into body, once everything holds: the method, the sizes,
 * the address, the limits, the signature. False with the problem in *why.
 */
bool webhook_answer(const struct policy *policy, const struct facts *facts,
    const struct request *request, struct counters *counters,
    struct arena *arena, struct answer *out, struct sink *body,
    struct problem *why);

#endif
