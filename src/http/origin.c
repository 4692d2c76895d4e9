#include "http/origin.h"

#include "base/address.h"
#include "base/limits.h"

static bool
is_lower(unsigned char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* scheme = lower *( lower / DIGIT / "+" / "-" / "." ), RFC 3986 3.1 */
static bool
scheme_valid(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (!is_lower(c) && (i == 0 || (!is_digit(c) && c != '+' &&
						   c != '-' && c != '.')))
			return false;
	}
	return s.n > 0;
}

/* label = 1*( lower / DIGIT / "-" / "_" ); all_digits says so of a whole one */
static bool
label_valid(struct span s, bool *all_digits)
{
	*all_digits = s.n > 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (!is_digit(c))
			*all_digits = false;
		if (!is_digit(c) && !is_lower(c) && c != '-' && c != '_')
			return false;
	}
	return s.n > 0;
}

/*
 * name = label *( "." label ), and an IPv4 address when the last label is a
 * number: that is how browsers tell them apart (WHATWG URL, "ends in a
 * number").
 */
static bool
name_valid(struct span host)
{
	struct span_cut cut = { .tail = host, .found = true };
	struct address address;
	bool number = false;

	while (cut.found) {
		cut = span_cut(cut.tail, '.');
		if (!label_valid(cut.head, &number))
			return false;
	}
	return !number || address_parse(host, &address);
}

/* "[" IPv6 "]" in the one spelling of RFC 5952, which browsers use too. */
static bool
bracketed_valid(struct span host)
{
	unsigned char mem[64];
	struct address address;
	struct sink out;

	if (host.n < 2 || host.p[0] != '[' || host.p[host.n - 1] != ']')
		return false;
	host = span_head(span_skip(host, 1), host.n - 2);
	sink_init(&out, mem, sizeof(mem));
	if (!span_has(host, ':') || !address_parse(host, &address))
		return false;
	address_write(&address, &out);
	return span_eq(sink_view(&out), host);
}

/* port = 1..65535 without leading zeros, and not the scheme's own */
static bool
port_valid(struct span scheme, struct span text)
{
	long long port;

	if (!span_digits(text, &port) || port < 1 || port > 65535)
		return false;
	return !(port == 80 && span_is(scheme, "http")) &&
	       !(port == 443 && span_is(scheme, "https"));
}

/*
 * origin = scheme "://" host [ ":" port ] / "null"
 * host   = name / "[" IPv6 "]"
 */
bool
origin_valid(struct span text)
{
	struct span_cut scheme = span_cut(text, ':'), port;
	struct span host;

	if (text.n > ORIGIN_MAX)
		return false;
	if (span_is(text, "null"))
		return true;
	if (!scheme.found || !scheme_valid(scheme.head) ||
	    !span_starts(scheme.tail, SPAN_LIT("//")))
		return false;
	host = span_skip(scheme.tail, 2);
	if (bracketed_valid(host))
		return true;
	port = span_cut_last(host, ':');
	if (port.found && !port_valid(scheme.head, port.tail))
		return false;
	return bracketed_valid(port.head) || name_valid(port.head);
}

struct span
origin_listed(const struct origins *list, struct span origin)
{
	for (size_t i = 0; i < list->n; i++)
		if (origin.n > 0 && span_eq(list->o[i], origin))
			return list->o[i];
	return (struct span){ NULL, 0 };
}

/*
 * Pictures, fonts, forms and links carry cookies too, and count as a request
 * of the user's: where a stranger's text is shown on the site's own page, also
 * with crossorigin, which makes their mode "cors".
 */
static bool
is_readable(const struct request *request)
{
	struct span mode = request->sec_fetch_mode;
	struct span dest = request->sec_fetch_dest;

	return (mode.n == 0 || span_is(mode, "cors") ||
		   span_is(mode, "same-origin")) &&
	       (dest.n == 0 || span_is(dest, "empty"));
}

bool
origin_check(const struct origins *list, const struct request *request,
    struct problem *why)
{
	const struct span none = { NULL, 0 };
	struct span origin = request->origin;

	if (!is_readable(request))
		return problem_set(why, 403, "cross_site", none,
		    "No script could read the answer to this (Sec-Fetch-Mode "
		    "is %q, Sec-Fetch-Dest is %q): call this from a page with "
		    "fetch().",
		    request->sec_fetch_mode, request->sec_fetch_dest);
	if (span_is(request->sec_fetch_site, "same-origin"))
		return true;
	if (span_is(origin, "null"))
		return problem_set(why, 403, "origin_not_listed", none,
		    "The Origin is \"null\" (a sandboxed frame, a local file "
		    "or a redirect), which could be any site: call this from "
		    "a page that was loaded from an address of your own.");
	if (origin.n > 0 && origin_listed(list, origin).n > 0)
		return true;
	if (origin.n > 0)
		return problem_set(why, 403, "origin_not_listed", none,
		    "The Origin %q is not on the list of origins; add it to "
		    "`origins` in the configuration if that site may ask.",
		    origin);
	if (request->sec_fetch_site.n > 0)
		return problem_set(why, 403, "cross_site", none,
		    "This was asked for from another site, or not by a "
		    "script (Sec-Fetch-Site is %q): call this from a page "
		    "with fetch().",
		    request->sec_fetch_site);
	return true;
}
