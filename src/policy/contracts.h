/* Which clients, that exist already, a policy can serve. */
#ifndef POLICY_CONTRACTS_H
#define POLICY_CONTRACTS_H

#include "policy/config.h"

/*
 * What keeps the contracts whose clients fix every parameter themselves
 * (paramsToSign, text) from it, as a sentence's end; NULL: nothing.
 */
const char *contracts_final_obstacle(const struct policy *policy);

/* Does the widget take all that it sets from prepareUploadParams? */
bool contracts_prepare(const struct policy *policy);

#endif
