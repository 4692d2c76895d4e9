/*
 * Secrets from files of their own, straight into the vault: no copy is left
 * in a stdio buffer, in libconfig or on the stack.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/sink.h"
#include "base/trusted.h"
#include "base/vault.h"

enum encoding { ENCODING_TEXT = 0, ENCODING_HEX, ENCODING_BASE64 };

/*
 * The file at path (absolute, or below dir), decoded, into v.
 *
 * Refused, with the reason and what would be right in why:
 * - not a regular file, a symbolic link
 * - owner neither root nor the effective user
 * - any permission for others, write permission for the group, or read
 *   permission for a group that is not ours (effective or supplementary)
 * - a parent folder whose owner is neither root nor the effective user, or
 *   that others can write, or a group that is neither ours nor root's; a
 *   sticky one is fine, since what lies next below is root's or ours
 * - empty, over SECRET_FILE_MAX, over SECRET_MAX once decoded
 * - quotes, blanks, control characters or bytes outside ASCII in it (one
 *   trailing newline is allowed), bytes outside the encoding
 * - PEM text ("-----BEGIN" anywhere), a known placeholder
 *
 * Base64 may be of the standard or the URL alphabet (not both), with or
 * without padding, spare bits zero. On success *out is a view into v, and
 * real (may be NULL) gets the file's path without symbolic links, for the
 * check against the document root: PATH_TEXT_MAX bytes are enough, and with
 * less room than it needs the file is refused. Errors name the path, never a
 * byte of its content.
 */
bool secret_read(struct vault *v, const char *dir, const char *path,
    enum encoding e, struct span *out, struct sink *real, struct sink *why);

#endif
