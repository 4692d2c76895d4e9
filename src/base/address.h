/* IP addresses and CIDR ranges, without a resolver (RFC 4291, 4632, 5952). */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include "base/sink.h"

/* IPv4 is kept as IPv4-mapped IPv6, so that ::ffff:192.0.2.1 is 192.0.2.1. */
struct address {
	unsigned char b[16];
};
struct address_range {
	struct address base;
	unsigned bits; /* 0..128, counted in the mapped form */
};

bool address_parse(struct span text, struct address *out);

/*
 * "192.0.2.0/24", "2001:db8::/32", or one address. Host bits must be zero.
 * "::/0" is every address, IPv4 too, since these are kept as mapped ones.
 */
bool address_range_parse(struct span text, struct address_range *out);
bool address_in(const struct address *a, const struct address_range *r);

/* Dotted IPv4, or IPv6 in RFC 5952 form. */
void address_write(const struct address *a, struct sink *out);

#endif
