/*
 * What a signature also serves as. The string to sign names neither the action
 * nor the resource type, so a signature is good for every action whose
 * required names it holds (see action.h); we assume that Cloudinary ignores
 * names that an action does not know.
 */
#ifndef POLICY_OWNER_H
#define POLICY_OWNER_H

#include "policy/loader.h"

/* May a string of this policy hold the name? */
bool owner_may_hold(const struct policy *policy, const char *name);

/* Is it set to just this text? */
bool owner_is_set_to(
    const struct policy *policy, const char *name, const char *value);

/*
 * Does a signature of this policy serve as that action? Each one for the API
 * is an upload; what signs no string of parameters serves as itself alone.
 */
bool owner_serves(const struct policy *policy, enum action action);

/* Does the name say what one of these actions, or its own, acts on? */
bool owner_names_assets(const struct policy *policy, const char *name);

/* Says it at a line of the configuration. */
void owner_say(struct loader *l, enum severity severity, int line,
    const char *format, ...);

/* One id that a policy names, whatever stands around it. */
struct owner_id {
	const struct policy *policy;
	const struct term *term;
	const struct setting *folder; /* that stands before it, or NULL */
	int line;
	struct span source;       /* as configured, without the folder */
	const struct pattern *id; /* of the whole id alone, lives as long as the
				     loader; NULL: it need not be one user's */
	struct span missing;      /* then: why not; only while it is shown */
};

/* public_id = "a/{user}", behind folder = "b" */
void owner_say_id(const struct owner_id *one, struct sink *out);

typedef void owner_see(struct loader *l, const struct owner_id *id, void *with);

/* Are this parameter's values ids, paths or prefixes of ids? */
bool owner_is_id(const struct term *term);

/*
 * Shows each of the policy's, in set and in allow: by itself, and where it is
 * owned also as what Cloudinary makes of it with a folder in set. And of the
 * folders that a client may choose those that may come before an id.
 */
void owner_each_id(
    struct loader *l, const struct policy *policy, owner_see *see, void *with);

/* What Cloudinary may put before an id, depending on the account. */
extern const char *const owner_folders[];
extern const size_t owner_folders_count;

/* Would it put this one before the public_id of this policy? */
bool owner_carries(const struct policy *policy, const struct term *term);

/* The id behind that folder; NULL when there is no room (said at the end). */
const struct pattern *owner_join(struct loader *l, const struct policy *policy,
    const struct setting *folder, const struct pattern *id);

/* The one form of a user's tag in all of the configuration. */
struct tag_form {
	const struct text_template *tag; /* NULL: none was seen yet */
	const struct policy *policy;
};

/*
 * Refuses tags that fit assets of others, where archive would take them, or a
 * command take them away from there.
 */
void owner_tags(
    struct loader *l, const struct policy *policy, struct tag_form *form);

/*
 * Warns of a `tag` that others' assets may have, too: multi and sprite, which
 * no policy is for, ask for nothing else.
 */
void owner_warn_tag(struct loader *l, const struct policy *policy);

/* What an anonymous policy must and must not be. */
void owner_anonymous(struct loader *l, const struct policy *policy);

/* Refuses two ids of which one user's could be another's, or everybody's. */
void owner_apart(struct loader *l);

/* Which contracts it can serve. */
void owner_contracts(struct loader *l, const struct policy *policy);

/* Advice on one policy by itself: limit, lifetime, addresses, what it sets. */
void owner_advice(struct loader *l, const struct policy *policy);

/* Advice on each policy, and on what policies mean together. */
void owner_warn(struct loader *l);

#endif
