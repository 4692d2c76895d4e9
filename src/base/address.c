#include "base/address.h"

#include <string.h>

#include "base/enc.h"

#define V4_AT 12 /* where the IPv4 address lies in a mapped one */

static const struct span mapped = SPAN_INIT("\0\0\0\0\0\0\0\0\0\0\xff\xff");

static bool
is_v4(const struct address *a)
{
	return span_eq((struct span){ a->b, V4_AT }, mapped);
}

/*
 * v4    = octet 3("." octet)
 * octet = 0..255, without leading zeros: some read 010 as eight
 */
static bool
v4_parse(struct span text, unsigned char out[static 4])
{
	for (size_t i = 0; i < 4; i++) {
		struct span_cut cut = span_cut(text, '.');
		long long octet;

		if (cut.found != (i < 3) || !span_digits(cut.head, &octet) ||
		    octet > 255)
			return false;
		out[i] = (unsigned char)octet;
		text = cut.tail;
	}
	return true;
}

/* group = 1*4HEXDIG */
static bool
group_parse(struct span text, unsigned char out[static 2])
{
	unsigned value = 0;

	if (text.n == 0 || text.n > 4)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int digit = hex_digit(text.p[i]);

		if (digit < 0)
			return false;
		value = value << 4 | (unsigned)digit;
	}
	out[0] = (unsigned char)(value >> 8);
	out[1] = (unsigned char)(value & 255);
	return true;
}

/* groups = [ *(group ":") (group / v4) ], where v4 only ends an address */
static bool
groups_parse(
    struct span text, bool is_end, unsigned char out[static 16], size_t *n)
{
	struct span_cut cut = { .tail = text, .found = text.n > 0 };

	*n = 0;
	while (cut.found) {
		cut = span_cut(cut.tail, ':');
		if (is_end && !cut.found && span_has(cut.head, '.')) {
			if (*n > V4_AT || !v4_parse(cut.head, out + *n))
				return false;
			*n += 4;
		} else {
			if (*n > 14 || !group_parse(cut.head, out + *n))
				return false;
			*n += 2;
		}
	}
	return true;
}

/* Where "::" begins; the size of the text when there is none. */
static size_t
gap_of(struct span text)
{
	for (size_t i = 0; i + 1 < text.n; i++)
		if (text.p[i] == ':' && text.p[i + 1] == ':')
			return i;
	return text.n;
}

/*
 * v6 = groups                  eight, counting v4 as two
 *    / groups "::" groups      at most seven
 *
 * RFC 4291 section 2.2. No zone (RFC 4007): it means nothing to another host.
 */
static bool
v6_parse(struct span text, unsigned char out[static 16])
{
	unsigned char head[16], tail[16];
	size_t gap = gap_of(text), n_head, n_tail;

	if (gap == text.n)
		return groups_parse(text, true, out, &n_head) && n_head == 16;
	if (!groups_parse(span_head(text, gap), false, head, &n_head) ||
	    !groups_parse(span_skip(text, gap + 2), true, tail, &n_tail) ||
	    n_head + n_tail > 14)
		return false;
	memcpy(out, head, n_head);
	memcpy(out + 16 - n_tail, tail, n_tail);
	return true;
}

bool
address_parse(struct span text, struct address *out)
{
	struct address found = { { 0 } };
	bool ok;

	*out = found;
	if (span_has(text, ':')) {
		ok = v6_parse(text, found.b);
	} else {
		memcpy(found.b, mapped.p, V4_AT);
		ok = v4_parse(text, found.b + V4_AT);
	}
	if (ok)
		*out = found;
	return ok;
}

/* Is every bit behind the first `bits` zero? */
static bool
is_base(const struct address *a, unsigned bits)
{
	unsigned char rest = 0;

	for (unsigned i = bits / 8; i < 16; i++) {
		unsigned shift = i == bits / 8 ? bits % 8 : 0;

		rest |= (unsigned char)(a->b[i] & (0xff >> shift));
	}
	return rest == 0;
}

/* range = address [ "/" bits ], bits counted as the address is written */
bool
address_range_parse(struct span text, struct address_range *out)
{
	struct span_cut cut = span_cut(text, '/');
	unsigned most = span_has(cut.head, ':') ? 128 : 32;
	struct address base;
	long long bits = most;

	/* Zero bits would be a range of everything. */
	*out = (struct address_range){ { { 0 } }, 128 };
	if (!address_parse(cut.head, &base) ||
	    (cut.found && !span_digits(cut.tail, &bits)) || bits > most)
		return false;
	bits += 128 - most;
	if (!is_base(&base, (unsigned)bits))
		return false;
	*out = (struct address_range){ base, (unsigned)bits };
	return true;
}

bool
address_in(const struct address *a, const struct address_range *r)
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(a->b, r->base.b, whole) != 0)
		return false;
	return rest == 0 || (a->b[whole] ^ r->base.b[whole]) >> (8 - rest) == 0;
}

static void
v4_write(const unsigned char b[static 4], struct sink *out)
{
	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			sink_byte(out, '.');
		sink_int(out, b[i]);
	}
}

static unsigned
group_of(const struct address *a, size_t i)
{
	return (unsigned)a->b[2 * i] << 8 | a->b[2 * i + 1];
}

static void
group_write(unsigned value, struct sink *out)
{
	unsigned shift = 12;

	while (shift > 0 && value >> shift == 0)
		shift -= 4;
	for (;; shift -= 4) {
		sink_byte(out,
		    (unsigned char)"0123456789abcdef"[value >> shift & 15]);
		if (shift == 0)
			break;
	}
}

/* The first of the longest runs of two or more zero groups: its size. */
static size_t
longest_gap(const struct address *a, size_t *at)
{
	size_t longest = 1, run = 0;

	*at = 8;
	for (size_t i = 0; i < 8; i++) {
		run = group_of(a, i) == 0 ? run + 1 : 0;
		if (run > longest) {
			longest = run;
			*at = i + 1 - run;
		}
	}
	return *at == 8 ? 0 : longest;
}

/* RFC 5952 section 4. */
void
address_write(const struct address *a, struct sink *out)
{
	size_t gap, size = longest_gap(a, &gap);

	if (is_v4(a)) {
		v4_write(a->b + V4_AT, out);
		return;
	}
	for (size_t i = 0; i < 8; i++) {
		if (i == gap) {
			sink_text(out, "::");
			i += size - 1;
			continue;
		}
		if (i > 0 && i != gap + size)
			sink_byte(out, ':');
		group_write(group_of(a, i), out);
	}
}
