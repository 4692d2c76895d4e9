/*
 * What a signature also serves as. The string to sign names neither the action
 * nor the resource type, so a signature is good for every action whose
 * required names it holds; we assume that Cloudinary ignores names that an
 * action does not know.
 */
#ifndef POLICY_OWNER_H
#define POLICY_OWNER_H

#include "policy/loader.h"

/* An action, and the names that a string must hold to serve as it. */
struct service {
	const char *action;
	const char *all[2]; /* every one of them */
	const char *any[4]; /* and one of them, if any is named */
};

/* Without upload, which needs no name: every API signature is one. */
extern const struct service owner_services[];
extern const size_t owner_services_count;

/* May a string of this policy hold the name? */
bool owner_may_hold(const struct policy *policy, const char *name);

/* Does a signature of this policy serve as that action? */
bool owner_serves(const struct policy *policy, const struct service *service);

/* Says it at a line of the configuration. */
void owner_say(struct loader *l, enum severity severity, int line,
    const char *format, ...);

/* What Cloudinary may put before an id, depending on the account. */
extern const char *const owner_folders[];
extern const size_t owner_folders_count;

/* What an anonymous policy must and must not be. */
void owner_anonymous(struct loader *l, const struct policy *policy);

/* Refuses two ids of which one user's could be another's, or everybody's. */
void owner_apart(struct loader *l);

/* Advice on each policy, and on what policies mean together. */
void owner_warn(struct loader *l);

#endif
