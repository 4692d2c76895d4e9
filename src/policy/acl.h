/*
 * The paths of an auth token.
 *
 *   acl     = "/" segment *( "/" segment )
 *   segment = "*" / template of [A-Za-z0-9_.:-]
 *
 * "*" is the CDN's wildcard, for the rest of the path as well.
 */
#ifndef POLICY_ACL_H
#define POLICY_ACL_H

#include "policy/template.h"

/*
 * Can it stand in an acl, for every user? "*" only directly after "/"; no
 * "..", no empty segment, no "!", ",", "\" or byte outside ASCII. False with
 * the mistake and the right form in why.
 */
bool acl_valid(const struct text_template *acl, struct sink *why);

/*
 * Does the path, of an acl or a url as configured, hold only what is one
 * user's own? Behind [ "/" cloud_name ] "/"
 * resource_type "/" type and what a URL may have before an id (transformations,
 * "v1", never a "*"), stands an owned id (see pattern_owned()). *id is that
 * part, for owner_apart(). False with what is missing in why
 * (may be NULL).
 */
bool acl_owned(struct span path, struct span policy, struct span cloud_name,
    struct arena *arena, struct span *id, struct sink *why);

#endif
