/* The signature of an API request (version 2 of Cloudinary's scheme). */
#ifndef CLOUDINARY_API_SIGN_H
#define CLOUDINARY_API_SIGN_H

#include "base/digest.h"
#include "policy/decide.h"

/* Only made from a grant. */
struct signature {
	size_t n; /* 40 or 64; 0: none */
	char hex[2 * DIGEST_MAX + 1];
};

/* A parameter of a string to sign. Names sorted bytewise by the caller. */
struct signed_param {
	struct span name, value;
};

/*
 * name=value joined with "&"; in each pair "&" becomes "%26" (version 2);
 * a parameter with an empty value is left out.
 * Source: cloudinary_npm lib/utils/index.js api_string_to_sign.
 */
void string_to_sign(
    const struct signed_param *params, size_t n, struct sink *out);

/* Hex digest of the string and the secret behind it. False for HASH_NONE. */
bool signature_of(struct span string, struct span secret, enum hash hash,
    struct signature *out);

/*
 * Signs what was granted and nothing else. scratch has STRING_TO_SIGN_MAX
 * bytes and is overwritten. False, and *out is empty, when the grant is not
 * given or the string has no room.
 */
bool api_sign(
    const struct grant *grant, struct sink *scratch, struct signature *out);

#endif
