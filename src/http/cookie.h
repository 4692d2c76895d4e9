/* The Cookie header (RFC 6265 4.2), strictly. */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include "base/span.h"

/*
 * Is this a name that browsers take and send back? Wider than RFC 6265's
 * token, which RFC 6265bis 5.6 does not hold them to (koa:sess was Koa's): all
 * visible ASCII but = ; , " and the backslash.
 */
bool cookie_name(struct span name);

/* Without __Secure- or __Host- in front (RFC 6265bis 4.1.3). */
struct span cookie_unprefixed(struct span name);

enum cookie_found { COOKIE_NONE = 0, COOKIE_ONE, COOKIE_MANY, COOKIE_BAD };

/*
 * The value of the cookie of exactly this name. Pairs are split at ";", only
 * SP and TAB are trimmed, names are compared byte for byte, one surrounding
 * pair of quotes is stripped. COOKIE_MANY when the name occurs twice, even
 * with equal values; COOKIE_BAD when the value holds anything but cookie
 * octets or is over COOKIE_MAX. *value is empty unless COOKIE_ONE.
 */
enum cookie_found cookie_find(
    struct span header, struct span name, struct span *value);

#endif
