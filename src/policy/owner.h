/*
 * What a signature also serves as. The string to sign names neither the action
 * nor the resource type, so a signature is good for every action whose
 * required names it holds (see vocabulary.h); we assume that Cloudinary ignores
 * names that an action does not know.
 */
#ifndef POLICY_OWNER_H
#define POLICY_OWNER_H

#include "policy/conf.h"

/* May a string of this policy hold the name? */
bool owner_may_hold(const struct policy *policy, const char *name);

/*
 * Does a signature of this policy serve as that action? Each one for the API
 * is an upload; what signs no string of parameters serves as itself alone.
 */
bool owner_serves(const struct policy *policy, enum action action);

/* Can its `tag`, which it may hold, be no other than the user's own? */
bool owner_tag_is_own(const struct policy *policy);

/*
 * Refuses policies by which one user could reach another's assets; each
 * mistake is said. Not whole, where something else is wrong: looks only at
 * policies that are sound, each alone, and never at two together.
 */
void owner_check(struct loader *l, bool whole);

#endif
