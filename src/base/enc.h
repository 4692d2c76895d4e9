/* Hex and base64, one spelling per value (RFC 4648 3.5, 5, 8). */
#ifndef BASE_ENC_H
#define BASE_ENC_H

#include "base/sink.h"

/* The value of a hex digit of either case, -1 for anything else. */
int hex_digit(unsigned char c);

/* Even number of hex digits, either case, into out (text.n / 2 bytes). */
bool hex_decode(struct span text, unsigned char *out, size_t cap, size_t *n);

/*
 * base64url without padding: no other character, no length of 4k+1, spare
 * bits zero. *n is 0 on failure. Checks room before the first write.
 */
bool base64url_decode(
    struct span text, unsigned char *out, size_t cap, size_t *n);

/* Standard alphabet or URL alphabet (not both), padded or not padded. */
bool base64_decode(struct span text, unsigned char *out, size_t cap, size_t *n);

void base64url_encode(struct span bytes, struct sink *out);

#endif
