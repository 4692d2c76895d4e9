/*
 * What a configuration allows, and is still unwise, and what its policies mean:
 * warnings and notes, which the endpoint does not look for.
 */
#ifndef CLI_ADVICE_H
#define CLI_ADVICE_H

#include "policy/config.h"

/* Says them; report->advise is this one wherever a person reads. */
void advice_say(struct report *report, const struct config *config);

/* Does the widget take all that the policy sets from prepareUploadParams? */
bool advice_prepare(const struct policy *policy);

#endif
