/*
 * Hex and base64, one spelling per value (RFC 4648 3.5, 5, 8), and percent
 * signs.
 */
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

/* The same, as most encoders write it: standard alphabet, and padded. */
bool base64_padded_decode(
    struct span text, unsigned char *out, size_t cap, size_t *n);

/* Any of these three. */
typedef bool base64_decoder(
    struct span text, unsigned char *out, size_t cap, size_t *n);

/* The byte that "%" and two hex digits at the front stand for, or -1. */
int percent_byte(struct span s);

/*
 * RFC 3986 2.1: "%" and two hex digits for a byte, all else for itself ("+" is
 * a plus). False for another "%", or without room.
 */
bool percent_decode(
    struct span text, unsigned char *out, size_t cap, size_t *n);

void base64url_encode(struct span bytes, struct sink *out);

/* Standard alphabet, with padding or without. */
void base64_encode(struct span bytes, bool padded, struct sink *out);

/* Everything but ALPHA, DIGIT and "-_.!~*'()", as encodeURIComponent(). */
void percent_encode(struct span text, struct sink *out);

#endif
