/* Which site's page is asking, and may its browser read the answer. */
#ifndef HTTP_ORIGIN_H
#define HTTP_ORIGIN_H

#include "base/span.h"
#include "http/problem.h"
#include "http/request.h"

/* Sites that may ask beside the endpoint's own. The configuration's bytes. */
struct origins {
	size_t n;
	const struct span *o;
};

/*
 * An Origin as browsers write it (RFC 6454 7): scheme://host[:port] in lower
 * case, any scheme, no default port of http and https, no path; or "null".
 */
bool origin_valid(struct span text);

/* The list's own copy of that origin, or an empty span. */
struct span origin_listed(const struct origins *list, struct span origin);

/*
 * The order of checks for a proof that a browser sends by itself: what only a
 * script sends whose page can read the answer (Sec-Fetch-Mode and
 * Sec-Fetch-Dest, where they are present, as the Fetch standard makes them for
 * fetch() and XMLHttpRequest) goes on; then Sec-Fetch-Site: same-origin
 * passes; else an Origin that is present must be listed ("null" never is); else
 * a Sec-Fetch-Site that is present is refused; else it passes. False with a 403
 * in *why.
 */
bool origin_check(const struct origins *list, const struct request *request,
    struct problem *why);

#endif
