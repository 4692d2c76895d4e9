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
 * Can it stand in an acl, for every user? "*" only directly after "/" and as a
 * whole segment; no "." and no "..", no empty segment, no {ip}, no other byte
 * than those above, at most ACL_MAX bytes for the longest name. False with the
 * mistake and the right form in why.
 */
bool acl_valid(const struct text_template *acl, struct sink *why);

/*
 * Does the path, of an acl or a url as configured, hold only what is one
 * user's own? Behind [ "/" cloud_name ] "/" resource_type "/" type and what a
 * URL may have before an id (a signature, transformations, and last a version
 * such as "v1"; never a "*" nor a template), stands an owned id: see
 * pattern_owned(). A "*" behind the user's segment is fine. *id is that part
 * of the path, for owner_apart(). False, and *id is empty, with what is
 * missing in why (may be NULL).
 */
bool acl_owned(struct span path, struct span policy, struct span cloud_name,
    struct arena *arena, struct span *id, struct sink *why);

#endif
