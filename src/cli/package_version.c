#include "cli/package_version.h"

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* The end of a part is before every letter, and "~" before the end. */
static int
weight(struct span s)
{
	unsigned char c = s.n > 0 ? s.p[0] : 0;

	if (s.n == 0 || is_digit(c))
		return 0;
	if (c == '~')
		return -1;
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return c;
	return c + 256;
}

/* What stands before the next digits, cut off from both. */
static int
compare_words(struct span *a, struct span *b)
{
	while ((a->n > 0 && !is_digit(a->p[0])) ||
	       (b->n > 0 && !is_digit(b->p[0]))) {
		int order = weight(*a) - weight(*b);

		if (order != 0)
			return order;
		*a = span_skip(*a, a->n > 0);
		*b = span_skip(*b, b->n > 0);
	}
	return 0;
}

static struct span
cut_number(struct span *s)
{
	struct span number;

	while (s->n > 0 && s->p[0] == '0')
		*s = span_skip(*s, 1);
	number = *s;
	while (s->n > 0 && is_digit(s->p[0]))
		*s = span_skip(*s, 1);
	return span_head(number, number.n - s->n);
}

static int
compare_part(struct span a, struct span b)
{
	while (a.n > 0 || b.n > 0) {
		int order = compare_words(&a, &b);
		struct span m, n;

		if (order != 0)
			return order;
		m = cut_number(&a);
		n = cut_number(&b);
		if (m.n != n.n)
			return m.n < n.n ? -1 : 1;
		order = span_cmp(m, n);
		if (order != 0)
			return order;
	}
	return 0;
}

int
package_compare(struct span a, struct span b)
{
	struct span_cut ea = span_cut(a, ':'), eb = span_cut(b, ':');
	struct span none = { NULL, 0 };
	struct span_cut va, vb;
	int order =
	    compare_part(ea.found ? ea.head : none, eb.found ? eb.head : none);

	if (order != 0)
		return order;
	va = span_cut_last(ea.found ? ea.tail : a, '-');
	vb = span_cut_last(eb.found ? eb.tail : b, '-');
	order = compare_part(va.head, vb.head);
	return order != 0 ? order
			  : compare_part(va.found ? va.tail : none,
				vb.found ? vb.tail : none);
}

/* What stands behind the name of a field, on a line of its own. */
static bool
field(struct span line, const char *name, struct span *value)
{
	struct span own = span_of(name);

	if (!span_starts(line, own))
		return false;
	*value = span_trim(span_skip(line, own.n));
	return true;
}

struct span
package_installed(struct span status, const char *name)
{
	struct span none = { NULL, 0 }, version = none, value;
	struct span_cut cut = { .tail = status, .found = true };
	bool ours = false, installed = false;

	while (cut.found) {
		cut = span_cut(cut.tail, '\n');
		if (cut.head.n == 0) {
			if (ours && installed && version.n > 0)
				return version;
			ours = installed = false;
			version = none;
		} else if (field(cut.head, "Package:", &value)) {
			ours = span_is(value, name);
		} else if (field(cut.head, "Status:", &value)) {
			installed = span_ends(value, SPAN_LIT(" installed"));
		} else if (field(cut.head, "Version:", &value)) {
			version = value;
		}
	}
	return ours && installed ? version : none;
}

/*
 * Debian's security tracker: 2.4.5 has it, 2.4.2-2+deb12u1 has the change
 * alone; so has what Debian 11 calls 2.4.2-2+deb11u1.
 */
bool
package_fcgi_mended(struct span version)
{
	static const struct span older = SPAN_INIT("2.4.2-2+deb11u");

	return span_starts(version, older) ||
	       package_compare(version, SPAN_LIT("2.4.2-2+deb12u1")) >= 0;
}
