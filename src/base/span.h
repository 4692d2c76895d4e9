/* A read-only view of bytes that somebody else owns. Not NUL-terminated. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const unsigned char *p;
	size_t n;
};

/* SPAN_INIT in static initializers (C11 wants a constant), SPAN_LIT elsewhere.
 */
#define SPAN_INIT(s)                                                           \
	{                                                                      \
		(const unsigned char *)("" s), sizeof(s) - 1                   \
	}
#define SPAN_LIT(s) ((struct span)SPAN_INIT(s))

/*
 * A view of a C string's bytes; NULL gives the empty span. Here and not in
 * span.c, so that a literal's length is known when it is compiled.
 */
static inline struct span
span_of(const char *text)
{
	return (struct span){ (const unsigned char *)text,
		text == NULL ? 0 : strlen(text) };
}

/* Same bytes? Not for secrets: see digest_equal(). */
static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
span_is(struct span s, const char *text)
{
	return span_eq(s, span_of(text));
}

/* The same, with A-Z taken as a-z. */
bool span_is_nocase(struct span s, const char *text);

bool span_starts(struct span s, struct span prefix);
bool span_ends(struct span s, struct span suffix);
bool span_has(struct span s, unsigned char c);

/* Bytewise order, the shorter of two equal beginnings first: <0, 0, >0. */
int span_cmp(struct span a, struct span b);

/* All but the first n bytes (n at most s.n), and the first n bytes alone. */
static inline struct span
span_skip(struct span s, size_t n)
{
	/* s.p may be NULL when there is nothing to skip. */
	return n == 0 ? s : (struct span){ s.p + n, s.n - n };
}

static inline struct span
span_head(struct span s, size_t n)
{
	return (struct span){ s.p, n };
}

/* Without SP and TAB at both ends. */
struct span span_trim(struct span s);

/* Without any of these bytes at both ends. */
struct span span_strip(struct span s, const char *bytes);

/* Split at the first sep. Without one, head is all of s and tail is empty. */
struct span_cut {
	struct span head, tail;
	bool found;
};
struct span_cut span_cut(struct span s, unsigned char sep);

/* The same at the last sep. */
struct span_cut span_cut_last(struct span s, unsigned char sep);

/*
 * Plain decimal digits: no sign, no leading zero but "0" itself, at most
 * 18 digits. False, and *out is 0, for anything else.
 */
bool span_digits(struct span s, long long *out);

#endif
